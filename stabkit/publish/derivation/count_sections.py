"""The count of the roots inside, on and outside of the circle, and what proves it.

Up to L = 12 the recursion of Schur and Cohn stands whole, in integers, and Sturm's chain where
roots are on the circle. Beyond, the winding number with its arcs, their criterion, the argument as
a figure and the least modulus on the circle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR

from ...analysis.facts import CircleReduction, DerivationFacts
from ...spectrum.counting.evidence import CircleEvidence
from ...spectrum.counting.schur_cohn import SchurCohnStep, SingularStep
from ...spectrum.counting.self_reciprocal import CircleFactor
from ..document.tree import DocumentBlock, Equations, Formula, Paragraph, Table, section
from ..text.numbers import amount, counted
from .figures import argument_figure
from .numerals import LONGEST_INTEGER, decimal, whole_polynomial
from .theory import stated

__all__ = ["count_section"]

_SHORT = 12  # digits of numbers that a table compares
_LONGEST_CHAIN = 12


@section(
    "Inside or outside of the unit circle",
    "How many roots of $F$ lie inside, on and outside of the unit circle? Prove it without "
    "computing them.",
)
def count_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the count of the roots and what proves it."""
    analysis = facts.analysis
    if analysis.kernel.length == 1:
        yield Paragraph(
            "With $L = 1$ the polynomial $F = g_0$ has no root at all: every request completes "
            "after one step, and every step starts afresh. The equilibrium is stable."
        )
        return
    if analysis.method == "enestrom-kakeya":
        yield from _one_length()
    elif facts.reduction is not None:
        yield from _schur_cohn(facts.reduction)
    elif facts.evidence is not None:
        yield from _winding(facts.evidence)
    else:
        yield Paragraph(f"The count was not made in a form that fits here. {analysis.reason}")
    yield Paragraph(_counts(facts))
    if analysis.method != "enestrom-kakeya" and (facts.reduction or facts.evidence):
        yield Paragraph(
            "To check this count without stabkit: stabkit certify writes such a proof as data, for "
            "the mixes that docs/certificates.md names, and stabkit_check.py, a page of plain "
            "Python, checks it."
        )


def _one_length() -> Iterator[DocumentBlock]:
    yield from stated("R5")
    yield Paragraph(
        "With one decode length $l$ and the mean input $\\bar{s}$ the coefficients of $F$ are "
        "$\\bar{s} + 1 < \\bar{s} + 2 < \\dots < \\bar{s} + l$, and the quotient of each by the "
        "one before is at least $(\\bar{s} + l)/(\\bar{s} + l - 1)$ and at most $(\\bar{s} + "
        "2)/(\\bar{s} + 1)$. By the theorem of Eneström and Kakeya, that all roots of a "
        "polynomial with positive coefficients have moduli between the least and the largest of "
        "these quotients [Marden1966], no root lies in $|\\lambda| \\le 1$: all modes grow.",
        ("l", r"\bar{s}"),
    )


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
        "The roots of $F$ outside of the circle are the reciprocals of the zeros of $G$ in the "
        "open disc $|z| < 1$. Those are counted in integers: without its denominators $G$ is a "
        "positive multiple of"
    )
    yield Formula(whole_polynomial(reduction.polynomial) + " .", "integers")
    if len(reduction.common) > 1:
        yield from _common_factor(reduction.common, reduction.factors)
    if not reduction.steps:
        yield Paragraph("Nothing but a constant is left of $G$ without $C$.")
        return
    yield from _recursion(len(reduction.common) > 1, reduction.steps[0].singular is not None)
    yield Equations(tuple(_lines(reduction.steps)), "reduction")
    for j, step in enumerate(reduction.steps, start=1):
        if step.singular is not None:
            yield from _singular(j, step.singular)
    if _longest(reduction.steps) > LONGEST_INTEGER:
        yield Paragraph(
            "An integer of more than 200 digits is shown by its ends. All of them come from "
            "(eq:transform), which in Python is one line for the coefficients p of a polynomial "
            "in ascending order, before the division by their greatest common divisor: "
            "[p[-1] * x - p[0] * y for x, y in zip(p[1:], p[-2::-1])]."
        )
    yield _table(reduction)
    yield Paragraph(_conclusion(reduction))


def _recursion(divided: bool, singular: bool) -> Iterator[DocumentBlock]:
    start = "the quotient of (eq:integers) by $C$" if divided else "(eq:integers)"
    start = f"what comes below of {start}" if singular else start
    yield Paragraph(
        f"Let $P_1$ be {start}, and for $j = 1, 2, \\dots$ let $u_j$ be the leading coefficient "
        "of $P_j$, $v_j$ its constant term, $P_j^*(z) = z^{\\deg P_j} P_j(1/z)$ the reversed "
        "polynomial, and $N_j$ the number of zeros of $P_j$ in the open disc. The next polynomial "
        "is the transform of Schur,",
        ("P_j", "u_j", "v_j", "P_j^*", "N_j", "z"),
    )
    yield Formula(r"P_{j+1}(z) = \frac{u_j P_j(z) - v_j P_j^*(z)}{z} ,", "transform")
    yield Paragraph(
        "divided by the greatest common divisor of its coefficients. On the circle $|P_j| = "
        "|P_j^*|$, so that by the theorem of Rouché [Marden1966]"
    )
    yield Formula(
        r"N_j = \begin{cases} N_{j+1} + 1 & \text{if } |u_j| > |v_j| , \\ "
        r"\deg P_j - 1 - N_{j+1} & \text{if } |u_j| < |v_j| . \end{cases}",
        "rule",
    )


def _lines(steps: Sequence[SchurCohnStep]) -> Iterator[tuple[str, str]]:
    for j, step in enumerate(steps, start=1):
        if step.singular is not None:
            yield rf"\hat{{P}}_{{{j}}}(z)", f"= {whole_polynomial(step.singular.coefficients)}"
        yield f"P_{{{j}}}(z)", f"= {whole_polynomial(step.coefficients)}"


def _singular(j: int, step: SingularStep) -> Iterator[DocumentBlock]:
    constant = f"+ {step.constant}" if step.constant > 0 else f"- {-step.constant}"
    power = "z" if step.power == 1 else f"z^{{{step.power}}}"
    source = f"What comes of (eq:transform) at $j = {j - 1}$" if j > 1 else "The first polynomial"
    yield Paragraph(
        f"{source} is $\\hat{{P}}_{{{j}}}$, whose first and last coefficients have one modulus. "
        f"Multiplied by ${power} {constant}$, which has no zero in "
        "the closed disc, and with $\\hat{v} R - \\hat{u} R^*$ formed of the product $R$, of "
        "the leading coefficient $\\hat{u}$ and the constant term $\\hat{v}$, it becomes "
        f"$P_{{{j}}}$, with as many zeros in the disc [Marden1966].",
        (r"\hat{P}_j", "R", "R^*", r"\hat{u}", r"\hat{v}"),
    )


def _longest(steps: Sequence[SchurCohnStep]) -> int:
    return max(len(str(abs(c))) for step in steps for c in step.coefficients)


def _table(reduction: CircleReduction) -> Table:
    steps = reduction.steps
    ends = [abs(c) for step in steps for c in (step.coefficients[0], step.coefficients[-1])]
    short = max(ends) < 10**_SHORT
    rows = []
    for j, (step, count) in enumerate(zip(steps, reduction.zeros, strict=True), start=1):
        sign = ">" if step.expanding else "<"
        v, u = abs(step.coefficients[0]), abs(step.coefficients[-1])
        compared = f"${u} {sign} {v}$" if short else f"$|u_{{{j}}}| {sign} |v_{{{j}}}|$"
        following = f"N_{{{j + 1}}}" if j < len(steps) else "0"
        rule = f"{following} + 1" if step.expanding else f"{step.degree_after} - {following}"
        rows.append((f"{j}", f"${len(step.coefficients) - 1}$", compared, f"${rule} = {count}$"))
    heads = ("$j$", "$\\deg P_j$", "$|u_j|$ and $|v_j|$", "$N_j$")
    return Table(
        heads, tuple(rows), "The zeros in the disc, from the last line upwards.", "reduction"
    )


def _conclusion(reduction: CircleReduction) -> str:
    rest = "$G / C$" if len(reduction.common) > 1 else "$G$"
    return (
        f"The last transform is a constant, without zeros; (tab:reduction) goes back from it by "
        f"(eq:rule). So {rest} has {counted(reduction.zeros[0], 'zero')} in the open disc."
    )


def _common_factor(
    common: tuple[int, ...], factors: tuple[CircleFactor, ...]
) -> Iterator[DocumentBlock]:
    """Write gcd(G, G*), and count its zeros on the circle by Sturm's theorem."""
    yield Paragraph(
        "A zero on the circle is a zero of the reversed polynomial $G^*(z) = z^{L-1} G(1/z)$ too. "
        "The greatest common divisor of both, which holds all of these zeros, is",
        ("G^*", "z"),
    )
    yield Formula(f"C(z) = {whole_polynomial(common)} .", "common", ("C",))
    for factor in factors:
        yield from _sturm(factor, len(factors) == 1 and factor.multiplicity == 1)
    on = sum(factor.multiplicity * factor.zeros for factor in factors)
    pairs = len(common) - 1 - on
    others = f", and ${pairs // 2}$ inside as outside, in pairs $z$ and $1/z$" if pairs else ""
    yield Paragraph(f"So $C$ has {counted(on, 'zero')} on the circle{others}.")


def _sturm(factor: CircleFactor, whole: bool) -> Iterator[DocumentBlock]:
    name = "It" if whole else f"Its factor ${whole_polynomial(factor.coefficients)}$"
    power = f", of multiplicity ${factor.multiplicity}$," if factor.multiplicity > 1 else ""
    real = " and ".join(f"${root}$" for root in factor.real)
    seen = f" has the zero{'s' * (len(factor.real) > 1)} {real}" if real else ""
    chain = factor.chain
    if len(chain[0]) == 1:
        yield Paragraph(f"{name}{power}{seen} and no others.")
        return
    if len(chain[0]) > _LONGEST_CHAIN:
        yield Paragraph(
            f"{name}{power}{seen + '; apart from them it' if seen else ''} is a power of $z$ times "
            f"a polynomial of degree ${len(chain[0]) - 1}$ in $x = z + 1/z$, with "
            f"{counted(factor.pairs, 'zero')} in $-2 < x < 2$ by Sturm's theorem, each of which is "
            "a pair of zeros on the circle.",
            ("x",),
        )
        return
    yield Paragraph(
        f"{name}{power}{seen + '; apart from them it' if seen else ''} is a power of $z$ times a "
        "polynomial $T_0(x)$ in $x = z + 1/z$; a pair of zeros on the circle is a zero in $-2 < x "
        "< 2$. Sturm's chain, $T_1 = T_0'$ and then the negative of every remainder, without "
        "common factors of its coefficients, is",
        ("x", "T_0"),
    )
    yield Equations(
        tuple((f"T_{{{j}}}(x)", f"= {whole_polynomial(link, 'x')}") for j, link in enumerate(chain))
    )
    low, high = (_signs(factor.signs_at(x)) for x in (-2, 2))
    yield Paragraph(
        f"At $x = -2$ its signs are ${low}$, at $x = 2$ they are ${high}$: "
        f"{factor.changes_at(-2)} and {factor.changes_at(2)} changes. So $T_0$ has "
        f"{counted(factor.pairs, 'zero')} between."
    )


def _signs(signs: tuple[int, ...]) -> str:
    return ", ".join("+" if sign > 0 else "-" for sign in signs)


def _winding(found: CircleEvidence) -> Iterator[DocumentBlock]:
    yield Paragraph(
        "The roots of $F$ outside of the circle are the reciprocals of the zeros of $G$ in the "
        "open disc $|z| < 1$. The argument principle counts those."
    )
    name = "G"
    if len(found.common) > 1:
        name = "P"
        yield from _common_factor(found.common, found.factors)
        yield Paragraph("The winding number is that of $P = G / C$.", ("P",))
    degree = "\\deg P" if name == "P" else "L - 1"
    yield Paragraph(
        f"${name}$ is real on the real axis and positive at 1. If it has no zero on the circle "
        f"and $N$ zeros in the disc, its argument grows by $\\pi N$ as $z = e^{{i\\theta}}$ goes "
        f"from 1 to $-1$ along the upper half circle. With $c = ({degree})/2$ let $h(\\theta) = "
        f"e^{{-ic\\theta}} {name}(e^{{i\\theta}})$. By Taylor's theorem, on an arc of half-width "
        "$\\beta$ around $\\theta_0$,",
        ("N", r"\theta", "c", "h", r"\beta", "z"),
    )
    term = "g_m" if name == "G" else "|b_m|"
    where = ", b_m \\text{ the coefficients of } P" if name == "P" else ""
    yield Formula(
        r"|h(\theta) - h(\theta_0)| \le \beta |h'(\theta_0)| + \frac{\beta^2}{2} |h''(\theta_0)| + "
        rf"\frac{{\beta^3}}{{6}} \sum_m {term} |m - c|^3{where} .",
        "arc",
        ("b_m",) if name == "P" else (),
    )
    yield Paragraph(
        f"The half circle is covered by {counted(found.arcs, 'arc')}. On each of them the right "
        "side of (eq:arc), or the same with more terms, and with all errors of rounding added, is "
        f"below $|h(\\theta_0)| / 1.01$: so ${name}$ has no zero there, and the argument of $h$ "
        "stays within a right angle of that at the centre. From one centre to the next it changes "
        "by less than $\\pi$, and its principal value is the change. (tab:winding) has what they "
        "add up to, and (fig:argument) shows it."
    )
    yield _winding_table(found, name)
    yield argument_figure(found, name)
    if found.least is not None:
        yield Paragraph(
            f"By the theorem of Rouché every polynomial whose coefficients differ from those of "
            f"${name}$ by less than the least $|{name}|$ on the circle, added up, has as many "
            "zeros in the disc, and none on the circle."
        )


def _winding_table(found: CircleEvidence, name: str) -> Table:
    rows = [
        ("arcs of the upper half circle", f"{found.arcs:,}"),
        ("of them certified in more than double precision", f"{found.narrow_arcs:,}"),
        ("change of the argument, over $\\pi$: the zeros in the disc", f"${found.zeros}$"),
    ]
    if found.least is not None:
        low, high = found.least
        bounds = f"{decimal(low, 4, ROUND_FLOOR)} \\dots {decimal(high, 4, ROUND_CEILING)}"
        rows += [
            (f"least $|{name}|$ on the circle, over ${name}(1)$", f"${bounds}$"),
            ("where, $\\theta / \\pi$", f"${decimal(found.angle / math.pi, 4)}$"),
        ]
    return Table(("quantity", "value"), tuple(rows), f"The winding number of ${name}$.", "winding")
