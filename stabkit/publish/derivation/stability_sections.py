"""The middle of a derivation: the verdict's proof, the roots, synchrony, the gcd theorem, s*."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import mpmath

from ...analysis.facts import CircleReduction, DerivationFacts
from ...analysis.verdict.analysis import SynchronizedModeSummary, ThresholdSummary
from ...spectrum.counting.schur_cohn import SchurCohnStep
from ...spectrum.roots.roots import Root
from ..document.tree import CirclePlot, DocumentBlock, Formula, Paragraph, Table, section
from ..text.numbers import amount, counted
from .numerals import LONGEST_NUMBER, complex_number, decimal, inline, polynomial, real
from .theory import stated

__all__ = [
    "criterion_section",
    "gcd_section",
    "roots_section",
    "synchrony_section",
    "threshold_section",
]

_ROOTS_SHOWN = 12
_ROOT_DIGITS = 22
_MODES_SHOWN = 12
_INTERVALS_SHOWN = 6
_PLOTTED = 401


@section(
    "Inside or outside of the unit circle",
    "How many roots of $F$ lie inside, on and outside of the unit circle? Prove it without "
    "computing them.",
)
def criterion_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the count of the roots and what proves it."""
    analysis = facts.analysis
    if analysis.kernel.length == 1:
        yield Paragraph(
            "With $L = 1$ the polynomial $F = g_0$ has no root at all: every request completes "
            "after one step, and every step starts afresh. The equilibrium is stable."
        )
        return
    if analysis.method == "enestrom-kakeya":
        yield from stated("R5")
        yield Paragraph(
            "With one decode length the coefficients $s + 1 < s + 2 < \\dots < s + l$ of $F$ "
            "increase. By the theorem of Eneström and Kakeya no root lies in $|\\lambda| \\le 1$: "
            "all modes grow."
        )
    elif facts.reduction is not None and analysis.method == "schur-cohn":
        yield from _schur_cohn(facts.reduction)
    else:
        yield Paragraph(f"The count is certified. {analysis.reason}")
    yield Paragraph(_counts(facts))


def _counts(facts: DerivationFacts) -> str:
    counts = facts.analysis.counts
    verdict = f"The equilibrium is {facts.analysis.verdict}."
    if counts.inside is None or counts.on_circle is None or counts.outside is None:
        undecided = "Without exact counts no verdict is given."
        return verdict if facts.analysis.verdict == "unstable" else f"{undecided} {verdict}"
    return (
        f"$F$ has {amount(f'${facts.analysis.kernel.length - 1}$', 'root')}: ${counts.inside}$ "
        f"inside of the unit circle, ${counts.on_circle}$ on it and ${counts.outside}$ outside. "
        f"{verdict}"
    )


def _schur_cohn(reduction: CircleReduction) -> Iterator[DocumentBlock]:
    yield Paragraph(
        "We count the zeros of $G$ in the open unit disc; they are the reciprocals of the roots of "
        "$F$ outside. The recursion of Schur and Cohn takes an integer polynomial $P(z) = c + "
        "\\dots + a z^n$ to $T(z) = (a P(z) - c P^*(z)) / z$ with the reversed polynomial $P^*(z) "
        "= z^n P(1/z)$. Let $N$ count the zeros in the open disc. On the circle $|P| = |P^*|$, so "
        "that by the theorem of Rouché $N(P) = N(T) + 1$ if $|a| > |c|$, and $N(P) = n - 1 - "
        "N(T)$ if $|a| < |c|$ [Marden1966]. Common factors of the coefficients are divided out."
    )
    yield Formula(f"G(z) \\propto {polynomial(reduction.polynomial[::-1], 'z')}")
    if len(reduction.common) > 1:
        yield Paragraph(
            "A zero on the circle is also one of the reversed polynomial. Both have the common "
            "factor"
        )
        yield Formula(f"C(z) = {polynomial(reduction.common[::-1], 'z')}")
        yield Paragraph(
            "which holds all zeros on the circle: with $x = z + 1/z$ it is a polynomial in $x$, "
            "whose zeros in $-2 < x < 2$ are counted by the theorem of Sturm, and a factor $z \\pm "
            "1$ is seen at once. Its other zeros come in pairs $z$, $1/z$, one inside and one "
            "outside. The recursion is for what is left of $G$ without it."
        )
    if reduction.steps:
        yield Table(
            ("step", "$n$", "$a$", "$c$", "compare", "hence"),
            tuple(_step_row(k, step) for k, step in enumerate(reduction.steps, start=1)),
        )
        if any(step.singular for step in reduction.steps):
            yield Paragraph(
                "A star marks a singular step, $|a| = |c|$: there the polynomial is first "
                "multiplied by a factor $z^q \\pm k$, $k \\ge 2$, without zeros in the disc and "
                "transformed once, which changes nothing in the count (Cohn)."
            )
    yield Paragraph(_conclusion(reduction))


def _step_row(k: int, step: SchurCohnStep) -> tuple[str, ...]:
    a, c = step.coefficients[-1], step.coefficients[0]
    sign, effect = (">", "N(T) + 1") if step.expanding else ("<", f"{step.degree_after} - N(T)")
    star = "*" if step.singular else ""
    return (
        f"{k}{star}",
        f"${len(step.coefficients) - 1}$",
        f"${_entry(a)}$",
        f"${_entry(c)}$",
        f"$|a| {sign} |c|$",
        f"$N(P) = {effect}$",
    )


def _entry(value: int) -> str:
    digits = str(value)
    return digits if len(digits) <= 14 else decimal(Fraction(value), 6)


def _conclusion(reduction: CircleReduction) -> str:
    within = 0
    counts = []
    for step in reversed(reduction.steps):
        within = within + 1 if step.expanding else step.degree_after - within
        counts.append(within)
    rest = "what is left of $G$" if len(reduction.common) > 1 else "$G$"
    if not counts:
        return f"Nothing is left to reduce: {rest} has no further zero."
    chain = ", ".join(f"${n}$" for n in counts)
    return (
        f"Read from the last step, where $T$ is a constant without zeros, up to the first, the "
        f"counts are {chain}: so {rest} has {counted(within, 'zero')} in the open disc."
    )


@section(
    "The roots",
    "Compute the roots of $F$, mark them beside the unit circle, and give the spectral radius. "
    "How many steps does the fastest growing swing need to double, or the slowest decaying one "
    "to halve?",
)
def roots_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the table and the figure of the roots."""
    analysis = facts.analysis
    if not facts.roots:
        yield Paragraph("There is no root to list.")
        return
    radius = analysis.spectral_radius
    if radius is not None:
        yield Paragraph("The spectral radius, with a proved bound on its error, is")
        yield Formula(rf"\rho = \max |\lambda| = {radius.value} \pm {_bound_of(radius.radius)} .")
    yield from _mode_lines(facts)
    rows = list(_paired(facts.roots))
    shown = rows[:_ROOTS_SHOWN]
    whole = facts.all_roots and len(shown) == len(rows)
    which = "all roots" if whole else "the dominant roots"
    yield Paragraph(
        f"The table has {which}, to {_ROOT_DIGITS} digits. Each lies within "
        f"${_bound(facts.roots)}$ of the value computed, which is proved, and it is the only one "
        "there."
    )
    yield _root_table(shown, facts)
    yield _plot(facts)


def _root_table(shown: list[tuple[Root, bool]], facts: DerivationFacts) -> Table:
    rows = [
        (
            f"${complex_number(root.value, _ROOT_DIGITS, pair)}$",
            f"${_modulus(root, on)}$",
            f"{root.multiplicity}",
        )
        for root, pair, on in _marked(shown, facts)
    ]
    if all(root.multiplicity == 1 for root, _ in shown):
        return Table(("$\\lambda$", "$|\\lambda|$"), tuple(row[:2] for row in rows))
    return Table(("$\\lambda$", "$|\\lambda|$", "multiplicity"), tuple(rows))


def _bound_of(radius: Decimal) -> str:
    """Return a proved radius, rounded upwards."""
    return decimal(Context(prec=2, rounding=ROUND_CEILING).plus(radius), 2)


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
    return _bound_of(Decimal(mpmath.nstr(largest, 5)) + Decimal(mpmath.nstr(rounding, 5)))


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


def _plot(facts: DerivationFacts) -> CirclePlot:
    places = [(float(r.value.real), float(r.value.imag)) for r in facts.roots[:_PLOTTED]]
    on = tuple(q for q, flag in zip(places, facts.on_circle, strict=False) if flag)
    others = tuple(q for q, flag in zip(places, facts.on_circle, strict=False) if not flag)
    marks = tuple(m.limit for m in facts.analysis.synchronized_modes or ())
    caption = "Roots of $F$ and the unit circle: dots inside, triangles outside"
    caption += ", squares on it" if on else ""
    caption += (
        "; rings mark the roots of unity that the synchronised modes come from" if marks else ""
    )
    return CirclePlot(others, on, marks, f"{caption}.")


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
        yield Paragraph(
            "The decode lengths have no common divisor: the renewal graph of the stages is "
            "aperiodic, and there is no synchronised mode."
        )
        return
    yield Paragraph(
        f"All decode lengths are multiples of ${g}$. Requests that are in step with each other "
        f"modulo ${g}$ stay so: the renewal graph of the stages has the period ${g}$, and its "
        f"cyclic classes are ${g}$ cohorts. For long inputs each root of unity $\\omega \\ne 1$ of "
        "that order moves to a mode outside of the circle."
    )
    yield from stated("R3b")
    if not modes:
        return
    rows = tuple(_mode_row(mode) for mode in modes[:_MODES_SHOWN])
    yield Table(("$\\omega$", "order", "predicted $|\\lambda|$", "certified $|\\lambda|$"), rows)
    yield Paragraph(
        "The prediction is one Newton step, $1 + \\mu / \\sum_k p_k l_k (s_k + l_k)$ (R3b). A dash "
        "stands where no certified path ties a root to $\\omega$."
    )


def _mode_row(mode: SynchronizedModeSummary) -> tuple[str, ...]:
    name = "-1" if mode.order == 2 else rf"e^{{2\pi i \cdot {mode.index}/{mode.order}}}"
    certified = "-" if mode.modulus is None else f"${decimal(mode.modulus, 9)}$"
    return (f"${name}$", f"{mode.order}", f"${decimal(mode.predicted_growth, 9)}$", certified)


@section(
    "The gcd theorem", "Does the gcd theorem (R7) apply? What does it say, and what does R9 say?"
)
def gcd_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write what the gcd theorem says of this workload."""
    found = facts.analysis.gcd_theorem
    yield from stated("R7")
    if found is None or found.applies is None:
        yield Paragraph("Whether its condition holds was not decided here.")
    elif found.margin is None:
        holds = "holds" if found.applies else "does not hold"
        yield Paragraph(f"Its condition {holds} here.")
    else:
        holds = "holds" if found.applies else "fails"
        radius = rf" \pm {_bound_of(found.margin_radius)}" if found.margin_radius else ""
        yield Paragraph("Here, in tokens and certified,")
        yield Formula(
            r"\min_{|w| = 1} \operatorname{Re} \frac{E(w) + g w D'(w)}{D(w)} + \frac{g + 1}{2} = "
            f"{decimal(found.margin, 20)}{radius} :"
        )
        yield Paragraph(f"the condition {holds}.")
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
    "the crossings of the unit circle.",
)
def threshold_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write stability along the common input length."""
    found = facts.analysis.threshold
    yield Paragraph(
        "For a common input length $s$ the generating function is linear in it, $G(z) = s A_z(z) + "
        "C(z)$ with $A_z = \\sum_m S_m z^m$ and $C = \\sum_m (m + 1) S_m z^m$. A root crosses the "
        "circle only where $G(e^{i\\theta}) = 0$, that is, at"
    )
    yield Formula(
        r"s = - \frac{C(e^{i\theta})}{A_z(e^{i\theta})} , \qquad "
        r"\operatorname{Im} \frac{C(e^{i\theta})}{A_z(e^{i\theta})} = 0 ."
    )
    yield from stated("R8")
    if found is None:
        yield Paragraph("For this workload the crossings were not listed: it would take too long.")
        return
    yield Paragraph(_stable_inputs(found))
    if found.input_length is not None:
        yield Paragraph("The largest of the crossings is the threshold,")
        yield Formula(f"s^* = {_end(found.input_length, 24)} .")
    yield from _sufficient(found, facts.analysis.gcd)


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
        yield Paragraph(f"The gcd theorem alone says that {modes} {where}.")
    if found.variance_law is not None:
        yield Paragraph(
            "The rule of thumb for one narrow hump of lengths, $\\mu^3 / (2 \\pi^2 \\sigma^2)$, "
            f"says $s^* \\approx {decimal(found.variance_law, 4)}$; it is asymptotic, and no bound."
        )


def _stable_inputs(found: ThresholdSummary) -> str:
    if not found.stable_intervals:
        return (
            "No common input length $s \\ge 0$, in place of the workload's own inputs, makes these "
            "decode lengths stable."
        )
    if found.stable_intervals == (("0", None),) and found.input_length is None:
        return (
            "No root crosses: with a common input length $s$ in place of the workload's own inputs "
            "the equilibrium is stable for every $s \\ge 0$."
        )
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
    return (
        "With a common input length $s$ in place of the workload's own inputs, the equilibrium is "
        f"stable for {' or '.join(parts)}{rest}."
    )


def _end(text: str, digits: int = 10, rounding: str = ROUND_HALF_EVEN) -> str:
    """Return an end of an interval; as a decimal rounded inwards, so that the claim holds."""
    if "/" in text:
        return inline(Fraction(text))
    return decimal(text, digits, rounding)
