"""The middle of a derivation: the roots, synchrony, the gcd theorem, s*."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import mpmath

from ...analysis.facts import DerivationFacts
from ...analysis.verdict.analysis import SynchronizedModeSummary, ThresholdSummary
from ...spectrum.roots.roots import Root
from ..document.tree import DocumentBlock, Formula, Paragraph, Table, section
from ..text.numbers import amount, counted
from .figures import chart_figure, memory_figure, roots_figure
from .numerals import LONGEST_NUMBER, complex_number, decimal, inline, real
from .theory import stated

__all__ = ["STABILITY"]

_ROOTS_SHOWN = 12
_ROOT_DIGITS = 22
_MODES_SHOWN = 12
_INTERVALS_SHOWN = 6
_UPWARDS = Context(prec=2, rounding=ROUND_CEILING)


@section(
    "The roots",
    "Compute the roots of $F$, mark them beside the unit circle, and give the spectral radius. "
    "How many steps does the fastest growing swing need to double, or the slowest decaying one "
    "to halve?",
)
def roots_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the table and the figure of the roots."""
    if not facts.roots:
        return
    radius = facts.analysis.spectral_radius
    if radius is not None:
        yield Paragraph("The spectral radius, with a proved bound on its error, is", (r"\rho",))
        error = rf" \pm {_bound_of(radius.radius)}" if radius.radius else ""
        yield Formula(rf"\rho = \max |\lambda| = {radius.value}{error} .", "radius")
    yield from _mode_lines(facts)
    if facts.pictures.memory is not None:
        yield Paragraph("A run of the model itself, in (fig:memory), shows it.")
        yield memory_figure(facts.pictures.memory)
    rows = list(_paired(facts.roots))
    shown = rows[:_ROOTS_SHOWN]
    whole = facts.all_roots and len(shown) == len(rows)
    which = "All roots" if whole else "The dominant roots"
    yield Paragraph(
        f"{which}, to {_ROOT_DIGITS} digits, are in (tab:roots)"
        f" and (fig:roots). Each lies within ${_bound(facts.roots)}$ of the value computed, which "
        "is proved, and it is the only one there."
    )
    yield _root_table(shown, facts)
    yield roots_figure(facts)


def _root_table(shown: list[tuple[Root, bool]], facts: DerivationFacts) -> Table:
    simple = all(root.multiplicity == 1 for root, _ in shown)
    rows = [
        (
            f"${complex_number(root.value, _ROOT_DIGITS, pair)}$",
            f"${_modulus(root, on)}$",
            *([] if simple else [f"{root.multiplicity}"]),
        )
        for root, pair, on in _marked(shown, facts)
    ]
    heads = ("$\\lambda$", "$|\\lambda|$", *([] if simple else ["multiplicity"]))
    return Table(heads, tuple(rows), "Roots of $F$, largest first.", "roots")


def _bound_of(radius: Decimal) -> str:
    """Return a proved radius, rounded upwards."""
    return decimal(_UPWARDS.plus(radius), 2)


def _modulus(root: Root, on: bool) -> str:
    if on:
        return "1"
    with mpmath.workdps(60):
        return real(abs(root.value), 12)


def _paired(roots: tuple[Root, ...]) -> Iterator[tuple[Root, bool]]:
    """Yield each root once, a pair of conjugates as its upper one."""
    for root in roots:
        if root.value.imag >= 0:
            yield root, bool(root.value.imag)


def _marked(
    shown: list[tuple[Root, bool]], facts: DerivationFacts
) -> Iterator[tuple[Root, bool, bool]]:
    on = {id(root): flag for root, flag in zip(facts.roots, facts.on_circle, strict=True)}
    for root, pair in shown:
        yield root, pair, on[id(root)]


def _bound(roots: tuple[Root, ...]) -> str:
    largest = max(root.radius for root in roots)
    if not largest:
        return "0"
    rounding = mpmath.mpf(10) ** (1 - _ROOT_DIGITS)  # of a modulus below 10
    parts = (Decimal(mpmath.nstr(part, 5)) for part in (largest, rounding))
    return decimal(_UPWARDS.add(*parts), 2)


def _mode_lines(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    modes = facts.analysis.dominant_modes
    if not modes:
        return
    mode = modes[0]
    period = (
        "it does not swing"
        if mode.period_steps is None
        else f"its period is {amount(f'${decimal(mode.period_steps)}$', 'step')}"
    )
    pace = "its size stays"
    if facts.roots and facts.roots[0].multiplicity > 1:
        pace = (
            f"as its multiplicity is ${facts.roots[0].multiplicity}$, deviations grow like a power "
            "of $n$"
        )
    if mode.doubling_steps is not None:
        pace = f"it doubles every {amount(f'${decimal(mode.doubling_steps)}$', 'step')}"
    elif mode.half_life_steps is not None:
        pace = f"it halves every {amount(f'${decimal(mode.half_life_steps)}$', 'step')}"
    yield Paragraph(
        f"The dominant mode $\\lambda = {_short_complex(mode.re, mode.im)}$ decides in the long "
        f"run: {period}, and {pace}."
    )


def _short_complex(re: float, im: float) -> str:
    if not im:
        return decimal(re, 8)
    return rf"{decimal(re, 8)} \pm {decimal(abs(im), 8)}\,i"


@section(
    "Synchronised modes",
    "Which modes are synchronised? Predict their moduli to first order, by one Newton step "
    "from the roots of unity (R3b), and compare them with the roots.",
)
def synchrony_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the synchronised modes, predicted against certified."""
    modes = facts.analysis.synchronized_modes
    g = facts.analysis.gcd
    if g == 1:
        return
    yield Paragraph(
        f"All decode lengths are multiples of ${g}$. Requests that are in step with each other "
        f"modulo ${g}$ stay so: the graph whose edges lead from each stage to the next, and from a "
        f"last stage to the first, has the period ${g}$, and its cyclic classes are ${g}$ cohorts. "
        "For long inputs each root of unity of that order but 1 moves to a mode outside of the "
        "circle."
    )
    yield from stated("R3b")
    if not modes:
        return
    rows = tuple(_mode_row(mode) for mode in modes[:_MODES_SHOWN])
    heads = ("$\\omega$", "order", "predicted $|\\lambda|$", "certified $|\\lambda|$")
    dash = any(mode.modulus is None for mode in modes[:_MODES_SHOWN])
    yield Paragraph(
        "The prediction in (tab:modes) is $1 + \\mu / \\sum_k p_k l_k (s_k + l_k)$, to first order."
        + " A dash stands where no certified path ties a root to $\\omega$." * dash
    )
    yield Table(heads, rows, _modes_caption(len(modes)), "modes")


def _modes_caption(count: int) -> str:
    first = f"the first {_MODES_SHOWN} of {count}, " if count > _MODES_SHOWN else ""
    return f"Synchronised modes, {first}by angle."


def _mode_row(mode: SynchronizedModeSummary) -> tuple[str, ...]:
    name = "-1" if mode.order == 2 else rf"e^{{2\pi i \cdot {mode.index}/{mode.order}}}"
    certified = "-" if mode.modulus is None else f"${decimal(mode.modulus, 9)}$"
    return (f"${name}$", f"{mode.order}", f"${decimal(mode.predicted_growth, 9)}$", certified)


def _asked_of_gcd(facts: DerivationFacts) -> str:
    more = ", and what does R9 say" if facts.analysis.gcd > 1 else ""
    return f"Does the gcd theorem (R7) apply? What does it say{more}?"


@section("The gcd theorem", _asked_of_gcd)
def gcd_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write what the gcd theorem says of this workload."""
    found = facts.analysis.gcd_theorem
    if facts.analysis.kernel.length == 1:
        return
    yield from stated("R7")
    if found is None or found.applies is None:
        yield Paragraph("Whether its condition holds was not decided here.")
    elif found.margin is None:
        holds = "holds" if found.applies else "does not hold"
        yield Paragraph(f"Its condition {holds} here.")
    else:
        holds = "holds" if found.applies else "fails"
        radius = rf" \pm {_bound_of(found.margin_radius)}" if found.margin_radius else ""
        yield Paragraph("Here, in tokens and certified,", ("w", "D_0", "D_1"))
        yield Formula(
            r"\min_{|w| = 1} \operatorname{Re} \frac{D_1(w) + g w D_0'(w)}{D_0(w)} + "
            rf"\frac{{g + 1}}{{2}} = {decimal(found.margin, 20)}{radius} ,",
            "margin",
        )
        yield Paragraph(f"and the condition {holds}.")
    several = facts.analysis.gcd > 1  # for gcd 1 R9 would prove at least 0 modes: nothing
    if several and found is not None and found.late_memory_margin is not None:
        margin = found.late_memory_margin
        yield from stated("R9")
        yield Paragraph(
            "The margin of R9's condition, $\\sum_k p_k l_k (l_k + s_k) / \\sum_k p_k l_k - "
            f"(L - 1)/2$, is ${_exactly(margin)}$, "
            f"{'positive' if margin > 0 else 'not positive'}."
        )
    yield Paragraph(_claim(facts))


def _exactly(value: Fraction) -> str:
    if len(str(value.numerator)) > LONGEST_NUMBER // 2:
        return decimal(value, 12)
    return inline(value)


def _claim(facts: DerivationFacts) -> str:
    found = facts.analysis.gcd_theorem
    claim = None if found is None else found.claim
    if claim is None:
        if facts.analysis.gcd == 1:
            return "It says nothing about this workload; the count above does not rest on it."
        return "Neither says anything about this workload; the count above does not rest on them."
    if claim.count == 0:
        return f"{claim.theorem} proves that no mode is unstable, without any root being computed."
    return (
        f"{claim.theorem} proves {claim.relation} {counted(claim.count, 'unstable mode')}, without "
        "any root being computed."
    )


@section(
    "The input length at which stability changes",
    "Replace all inputs by a common length $s$. For which $s$ is the equilibrium stable? Find "
    "the crossings of the unit circle (R8).",
)
def threshold_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write stability along the common input length."""
    found = facts.analysis.threshold
    if facts.analysis.kernel.length == 1:
        return
    yield Paragraph(
        f"{_whose_input(facts)} the generating function is linear in $s$: with $S(z) = \\sum_m S_m "
        "z^m$,",
        ("S", "s"),
    )
    yield Formula(r"G(z) = s S(z) + (z S(z))' .", "linear")
    yield Paragraph(
        "As $s$ varies, a root crosses the circle only where $G(e^{i\\theta}) = 0$ for some angle "
        "$\\theta$, that is, where with $z = e^{i\\theta}$",
        (r"\theta", "z"),
    )
    yield Formula(
        r"s = -1 - z \frac{S'(z)}{S(z)} , \qquad \operatorname{Im} z \frac{S'(z)}{S(z)} = 0 .",
        "crossing",
    )
    yield from stated("R8")
    if found is None:
        yield Paragraph("For this workload the crossings were not listed: it would take too long.")
        return
    yield Paragraph(_stable_inputs(found, facts.one_input))
    if found.input_length is not None:
        yield Paragraph("The largest of the crossings is the threshold,", ("s^*",))
        sign = r"\approx" if "." in found.input_length else "="  # exact ones are fractions
        yield Formula(rf"s^* {sign} {_end(found.input_length, 24)} .", "threshold")
    yield from _sufficient(found, facts.analysis.gcd)
    if facts.pictures.chart is not None:
        yield Paragraph("The same for every share of the two decode lengths is in (fig:chart).")
        yield chart_figure(facts.pictures.chart, facts)


def _whose_input(facts: DerivationFacts) -> str:
    if facts.one_input:
        return "Let the common input length $s$ vary;"
    return "Let every class have the same input length $s$, in place of its own;"


def _sufficient(found: ThresholdSummary, g: int) -> Iterator[DocumentBlock]:
    if found.sufficient_input_length is not None:
        bound = decimal(found.sufficient_input_length, 10, ROUND_CEILING)
        modes = "no mode is unstable, and none on the circle"
        if g > 1:
            verb = "is" if g == 2 else "are"
            modes = f"exactly {counted(g - 1, 'mode')} {verb} unstable"
        where = f"for $s > s^\\circ = {bound}$, a sufficient bound"
        if Fraction(found.sufficient_input_length) < 0:
            where = f"for every $s \\ge 0$, as its bound is $s^\\circ = {bound} < 0$"
        yield Paragraph(f"The gcd theorem alone says that {modes} {where}.", (r"s^\circ",))
    if found.variance_law is not None:
        yield Paragraph(
            "The rule of thumb for one narrow hump of decode lengths of the variance $\\sigma^2$, "
            "$\\mu^3 / (2 \\pi^2 \\sigma^2)$, says that the threshold is about "
            f"${decimal(found.variance_law, 4)}$; it is asymptotic, and no bound.",
            (r"\sigma",),
        )


def _stable_inputs(found: ThresholdSummary, own: bool) -> str:
    common = "With a common input length $s$"
    if not own:
        common += " in place of the workload's own inputs"
    if not found.stable_intervals:
        return "No common input length $s \\ge 0$ makes these decode lengths stable."
    if found.stable_intervals == (("0", None),) and found.input_length is None:
        return f"{common} no root crosses, and the equilibrium is stable for every $s \\ge 0$."
    parts = []
    for low, high in found.stable_intervals[:_INTERVALS_SHOWN]:
        start = _end(low, rounding=ROUND_CEILING)
        parts.append(
            f"$s > {start}$"
            if high is None
            else f"${start} < s < {_end(high, rounding=ROUND_FLOOR)}$"
        )
    more = len(found.stable_intervals) - len(parts)
    rest = f", and in {counted(more, 'more interval')}" if more else ""
    return f"{common} the equilibrium is stable for {' or '.join(parts)}{rest}."


def _end(text: str, digits: int = 10, rounding: str = ROUND_HALF_EVEN) -> str:
    """Return an end of an interval; as a decimal rounded inwards, so that the claim holds."""
    if "/" in text:
        return inline(Fraction(text))
    return decimal(text, digits, rounding)


STABILITY = (roots_section, synchrony_section, gcd_section, threshold_section)
