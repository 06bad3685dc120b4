r"""Symbolic derivations: one class, two classes, or any decode lengths with free inputs and shares.

With symbolic decode lengths the kernel has no list of terms, but its closed form and its survival
polynomial do; everything is derived from those. The formulas for one class and for two are written
with the symbols of the workload; each is an identity that a record of the theory proves.
"""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Integer, Symbol, latex

from ...errors import InvalidArgument
from ...model.polynomials import (
    characteristic_polynomial,
    closed_form,
    memory_kernel,
    survival_polynomial,
)
from ...model.symbolic import SymbolicWorkload
from ...spectrum.criterion.criterion import LONGEST_SYMBOLIC, stability_criterion
from ..document.tree import Document, DocumentBlock, Formula, Paragraph, Section
from ..text.criterion import criterion_latex
from .theory import cited_document, stated

__all__ = ["symbolic_document"]

_LONGEST = 40


def symbolic_document(mix: SymbolicWorkload) -> Document:
    """Return the derivation of a symbolic workload.

    Raises
    ------
    InvalidArgument
        If decode lengths are symbols, and there are neither one class nor two with a common input.
    """
    numeric = all(c.decode_length.is_Integer for c in mix.classes)
    if numeric:
        return _document("Stability for given decode lengths", mix, _given_lengths(mix))
    if len(mix.classes) == 1:
        return _document("Stability of one class", mix, _one_class(mix))
    if len(mix.classes) == 2 and mix.common_input_length is not None:
        return _document("Stability of two classes", mix, _two_classes(mix))
    raise InvalidArgument(
        "'mix' must have one class, or two with a common input, where decode lengths are symbols, "
        f"not {len(mix.classes)} classes."
    )


def _document(title: str, mix: SymbolicWorkload, sections: Iterator[Section]) -> Document:
    classes = "; ".join(
        f"$({latex(c.input_length)}, {latex(c.decode_length)}, {latex(c.share)})$"
        for c in mix.classes
    )
    abstract = (
        "Memory-constrained serving of requests whose KV cache grows while they are served. The "
        f"classes, as (input length, decode length, share), are {classes}; all symbols are free."
    )
    return cited_document(title, abstract, [*_opening(mix), *sections])


def _opening(mix: SymbolicWorkload) -> Iterator[Section]:
    yield Section(
        "The model",
        (
            Paragraph(
                "A request of class $k$ enters with $s_k$ tokens, gains one in every step, and "
                "leaves after $l_k$ steps; a share $p_k$ of all admissions is of that class. What "
                "fits into the capacity $B$ after a step is admitted; if the requests in service "
                "do not fit, the youngest are evicted [ADLS2026]. While nothing is evicted, the "
                "admissions $a_n$ obey"
            ),
            Formula(
                r"\sum_{m=0}^{L-1} g_m a_{n-m} = B , \qquad "
                r"g_m = \sum_{k:\, l_k > m} p_k (s_k + m + 1) ."
            ),
            Paragraph(
                "The equilibrium is the constant solution $a^* = B / G(1)$ with $G(z) = \\sum_m "
                "g_m z^m$. It attracts nearby states if and only if all roots of the "
                "characteristic polynomial $F(\\lambda) = \\lambda^{L-1} G(1/\\lambda)$ lie inside "
                "of the unit circle. Class by class, geometric sums give"
            ),
            Formula(f"(1 - z)^2 G(z) = {latex(closed_form(mix))} ."),
        ),
        "Derive the closed form of $(1 - z)^2 G(z)$ from the memory kernel.",
    )


def _one_class(mix: SymbolicWorkload) -> Iterator[Section]:
    yield _annulus(mix)
    yield _one_survival(mix)
    yield _worst_cycle(mix)
    yield _policies()


def _annulus(mix: SymbolicWorkload) -> Section:
    one = mix.classes[0]
    s, n = latex(one.input_length), latex(one.decode_length)
    return Section(
        "Every mode is unstable",
        (
            Paragraph(f"With one decode length the kernel increases, $g_m = {s} + m + 1$, and"),
            Formula(
                rf"F(\lambda) = \sum_{{m=0}}^{{{n} - 1}} ({s} + m + 1) \lambda^{{{n} - 1 - m}} , "
                rf"\qquad G(1) = {n} \left({s} + \frac{{{n} + 1}}{{2}}\right) ."
            ),
            Paragraph(
                "The ratio of neighbouring coefficients falls from $(s + 2)/(s + 1)$ to "
                "$(s + l)/(s + l - 1)$. By the theorem of Eneström and Kakeya all roots lie "
                "between the two:"
            ),
            Formula(
                rf"1 < \frac{{{s} + {n}}}{{{s} + {n} - 1}} \le |\lambda| \le "
                rf"\frac{{{s} + 2}}{{{s} + 1}} ."
            ),
            *stated("R5"),
        ),
        "Where are the roots of $F$? Use the ratios of neighbouring coefficients.",
    )


def _one_survival(mix: SymbolicWorkload) -> Section:
    one = mix.classes[0]
    s, n = latex(one.input_length), latex(one.decode_length)
    return Section(
        "The survival polynomial",
        (
            Paragraph("For long inputs $F / (s + 1)$ tends to the survival polynomial, here"),
            Formula(
                rf"A(\lambda) = \frac{{\lambda^{{{n}}} - 1}}{{\lambda - 1}} = "
                rf"\prod_{{d \mid {n},\, d > 1}} \Phi_d(\lambda) ."
            ),
            Paragraph(
                "All of its roots are roots of unity: one cohort for each stage. In first order "
                "each of them moves outwards by the factor"
            ),
            Formula(rf"|\lambda| = 1 + \frac{{1}}{{{s} + {n}}} + O((s + l)^{{-2}}) ."),
            *stated("R1", "R2", "R3"),
        ),
        "Factor the survival polynomial into cyclotomic polynomials.",
    )


def _worst_cycle(mix: SymbolicWorkload) -> Section:
    one = mix.classes[0]
    s, n = latex(one.input_length), latex(one.decode_length)
    return Section(
        "Limit cycles and the loss",
        (
            Paragraph(
                "The unstable equilibrium gives way to cycles of cohorts. In the worst one a "
                "single cohort of $B / (s + l)$ requests fills the memory, is admitted, grows, and "
                "completes after $l$ steps. Over the equilibrium's throughput $a^* = B / G(1)$ it "
                "completes"
            ),
            Formula(
                rf"\frac{{B / ({n} ({s} + {n}))}}{{B / G(1)}} = "
                rf"\frac{{2 {s} + {n} + 1}}{{2 ({s} + {n})}} = 1 - "
                rf"\frac{{{n} - 1}}{{2 ({s} + {n})}} ."
            ),
            Paragraph(
                "For fixed input and ever longer decodes the loss tends to one half, and it never "
                "reaches it."
            ),
            *stated("R6", "worst-cycle", "R6a"),
        ),
        "Compute the throughput of the worst cycle over the equilibrium's, and its infimum.",
    )


def _two_classes(mix: SymbolicWorkload) -> Iterator[Section]:
    yield _two_survival(mix)
    yield _perturbed(mix)
    yield _multiple(mix)
    yield _finite_inputs()
    yield _synchronized(mix)
    yield _policies()


def _two_survival(mix: SymbolicWorkload) -> Section:
    first, second = mix.classes
    l1, l2 = latex(first.decode_length), latex(second.decode_length)
    p, q = latex(first.share), latex(second.share)
    return Section(
        "The survival polynomial",
        (
            Paragraph(
                f"Let $L = \\max({l1}, {l2})$. With $S_m$ the share that outlives $m$ steps, "
                "$A(\\lambda) = \\sum_m S_m \\lambda^{L-1-m}$, and summing the geometric series"
            ),
            Formula(
                rf"(\lambda - 1) A(\lambda) = \lambda^L \left(1 - {_factor(first.share)} "
                rf"\lambda^{{-{l1}}} - {_factor(second.share)} \lambda^{{-{l2}}}\right) ."
            ),
            Paragraph(
                f"A root on the unit circle needs $\\lambda^{{{l1}}} = \\lambda^{{{l2}}} = 1$, for "
                f"a mean of two points of the circle with the positive weights ${p}$ and ${q}$ is "
                f"1 only if both are: $\\lambda^g = 1$ with $g = \\gcd({l1}, {l2})$. All other "
                "roots lie inside."
            ),
            *stated("R1"),
        ),
        "Which roots of $A$ lie on the unit circle?",
    )


def _perturbed(mix: SymbolicWorkload) -> Section:
    s = latex(mix.classes[0].input_length)
    return Section(
        "The characteristic polynomial",
        (
            Paragraph("For a common input the two polynomials are tied by"),
            Formula(rf"F(\lambda) = ({s} + L) A(\lambda) - \lambda A'(\lambda) ."),
            *stated("R2"),
            Paragraph(
                "So $F = 0$ says $A(\\lambda) = \\varepsilon \\lambda A'(\\lambda)$ with "
                "$\\varepsilon = 1 / (s + L)$: a simple root $\\alpha$ of $A$ moves to $\\alpha "
                "(1 + \\varepsilon) + O(\\varepsilon^2)$, radially outwards."
            ),
            *stated("R3", "R3a"),
        ),
        "Let $\\varepsilon = 1/(s + L)$. Where does a simple root of $A$ move to first order?",
    )


def _multiple(mix: SymbolicWorkload) -> Section:
    first, second = mix.classes
    l1, l2 = latex(first.decode_length), latex(second.decode_length)
    return Section(
        "When roots coincide",
        (
            Paragraph(
                "The expansion is for simple roots. A root of $A$ can be multiple only for one "
                "share, namely where"
            ),
            Formula(
                rf"{_power(first.share, l2)} ({l2} - {l1})^{{{l2} - {l1}}} {l1}^{{{l1}}} = "
                rf"{_power(second.share, l1)} {l2}^{{{l2}}} , \qquad {l1} < {l2} ."
            ),
            *stated("R4"),
        ),
        "For which share can $A$ have a double root, and for which decode lengths does it?",
    )


def _finite_inputs() -> Section:
    return Section(
        "Finite inputs: the gcd theorem and the threshold",
        (
            Paragraph(
                "How long is long? The gcd theorem gives a condition that needs no limit, and the "
                "D-partition the exact input length at which stability changes."
            ),
            *stated("R7", "R8", "variance-law"),
        ),
        "Coprime lengths are not enough. Find a pair of coprime lengths and a common input for "
        "which the equilibrium is unstable.",
    )


def _synchronized(mix: SymbolicWorkload) -> Section:
    first, second = mix.classes
    l1, l2 = latex(first.decode_length), latex(second.decode_length)
    s, p = latex(first.input_length), latex(first.share)
    return Section(
        "Common divisors: the synchronised cycle",
        (
            Paragraph(
                "If $g > 1$, the states on one residue class of stages form a smaller copy of the "
                "model, with inputs and lengths divided by $g$. Its equilibrium is a limit cycle "
                "that completes less:"
            ),
            Formula(
                r"\text{loss} = \frac{(g - 1) \mu}{2 g \sum_k p_k \sum_{i < l_k / g} "
                rf"({s} + (i + 1) "
                rf"g)}} , \qquad \mu = {p} \, {l1} + {_factor(second.share)} \, {l2} ."
            ),
            *stated("R10"),
        ),
        "Compute the loss of the synchronised cycle.",
    )


def _given_lengths(mix: SymbolicWorkload) -> Iterator[Section]:
    length = mix.longest_decode
    if length > _LONGEST:
        raise InvalidArgument(
            f"'mix' must have decode lengths up to {_LONGEST} for a symbolic derivation, "
            f"not {length}."
        )
    kernel = memory_kernel(mix)
    lines = tuple(Formula(f"g_{{{m}}} = {latex(g)}") for m, g in enumerate(kernel))
    yield Section(
        "The memory kernel", lines, "Write down the memory kernel of these decode lengths."
    )
    yield Section(
        "The characteristic polynomial",
        (
            Formula(f"F(\\lambda) = {latex(characteristic_polynomial(mix).as_expr())} ."),
            Paragraph("The survival polynomial, its limit for long inputs, is"),
            Formula(f"A(\\lambda) = {latex(survival_polynomial(mix).as_expr())} ."),
            *stated("R1", "R1b" if mix.common_input_length is None else "R2"),
        ),
        "Write down the characteristic and the survival polynomial.",
    )
    blocks: list[DocumentBlock] = [*stated("R7")]
    if length <= LONGEST_SYMBOLIC:
        found = stability_criterion(mix)
        blocks = [
            Paragraph(
                "For so few steps the inequalities of Jury can be solved [Jury1964]. The "
                "equilibrium is"
            ),
            Formula(criterion_latex(found).strip()),
            Paragraph(found.reason),
        ]
    yield Section("The criterion", tuple(blocks), "Find the inequalities that decide stability.")
    yield _policies()


def _policies() -> Section:
    return Section(
        "What an operator can do",
        (
            Paragraph(
                "A gain $\\kappa$ on the admissions turns the characteristic polynomial into $g_0 "
                "\\lambda^{L-1} + \\kappa \\sum_{m \\ge 1} g_m \\lambda^{L-1-m}$, which by the "
                "theorem of Rouché is stable for $\\kappa \\sum_{m \\ge 1} g_m < g_0$, at the "
                "price of unused memory. Reservation is never unstable. A limit of $a^*$ "
                "admissions per step keeps the whole throughput of the equilibrium."
            ),
            *stated("damped", "rate-limited", "headroom", "reservation"),
        ),
        "Which admission policy keeps the throughput, and why?",
    )


def _factor(share: Expr) -> str:
    """Return a share as a factor, in brackets where it is a sum."""
    return latex(share) if isinstance(share, (Symbol, Integer)) else f"({latex(share)})"


def _power(share: Expr, exponent: str) -> str:
    return f"{_factor(share)}^{{{exponent}}}"
