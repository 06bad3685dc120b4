r"""Symbolic derivations: one class, two classes, or any decode lengths with free inputs and shares.

With symbolic decode lengths the kernel has no list of terms, but its closed form and its survival
polynomial do; everything is derived from those. The formulas for one class and for two are written
with the symbols of the workload; each is an identity that a record of the theory proves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from sympy import Expr, Integer, Symbol, count_ops, false, latex

from ...analysis.facts import SymbolicFacts
from ...errors import InvalidArgument
from ...model.symbolic import SymbolicClass
from ..document.tree import (
    Document,
    DocumentBlock,
    Equations,
    Formula,
    Paragraph,
    Section,
    Table,
    section,
)
from ..text.criterion import criterion_relations
from .operation_sections import DISPERSION, FANO_FACTOR, LONG_WINDOW, WHOLE_REQUESTS
from .theory import BALANCE, cited_document, stated

__all__ = ["symbolic_document"]

Writer: TypeAlias = Callable[[SymbolicFacts], Section]

_SHORT = 40  # operations of a numerator that is printed


def symbolic_document(facts: SymbolicFacts) -> Document:
    """Return the derivation of a symbolic workload.

    Raises InvalidArgument if decode lengths are symbols, and there are neither one class nor two
    with a common input.
    """
    mix = facts.mix
    if facts.kernel:
        return _document("Stability for given decode lengths", facts, _GIVEN_LENGTHS)
    if len(mix.classes) == 1:
        return _document("Stability of one class", facts, _ONE_CLASS)
    if len(mix.classes) == 2 and mix.common_input_length is not None:
        return _document("Stability of two classes", facts, _TWO_CLASSES)
    raise InvalidArgument(
        "'mix' must have one class, or two with a common input, where decode lengths are symbols, "
        f"not {len(mix.classes)} classes."
    )


def _document(title: str, facts: SymbolicFacts, writers: Sequence[Writer]) -> Document:
    count = len(facts.mix.classes)
    common = facts.mix.common_input_length is not None
    free = any(c.input_length.free_symbols for c in facts.mix.classes)
    kind = "free" if free else "given"
    inputs = f"{kind} inputs" if count > 1 and not common else f"a {kind} input"
    lengths = "given decode lengths" if facts.kernel else "free decode lengths"
    abstract = (
        "Memory-constrained serving of requests whose KV cache grows while they are served, for "
        f"{'one class' if count == 1 else f'{count} classes'} with {inputs}"
        f"{' in common' * (common and count > 1)} and {lengths}. General theorems are quoted with "
        "their status; their proofs are in [Stabkit2026]."
    )
    sections = [write(facts) for write in (_opening, _closed_form, *writers)]
    return cited_document(title, abstract, sections)


@section("The model")
def _opening(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    yield Paragraph(
        "A request of class $k$ enters with $s_k$ tokens, gains one in every step, and leaves "
        "after $l_k$ steps: in stage $j$, after $j$ steps, it holds $s_k + j + 1$ tokens. A share "
        "$p_k$ of all admissions is of that class. What fits into the capacity $B$ after a step is "
        "admitted; if the requests in service do not fit, the youngest are evicted, and their work "
        "is lost. The queue never runs empty. This is the model of [ADLS2026].",
        ("k", "s_k", "l_k", "j", "p_k", "B"),
    )
    values = [(c.input_length, c.decode_length, c.share) for c in facts.mix.classes]
    rows = tuple((f"{k}", *(f"${latex(x)}$" for x in row)) for k, row in enumerate(values, start=1))
    heads = ("class $k$", "input $s_k$", "decode $l_k$", "share $p_k$")
    free = sorted({latex(symbol) for row in values for x in row for symbol in x.free_symbols})
    yield Table(heads, rows, "The classes.", "classes", tuple(free))
    yield Paragraph(
        "The classes are in (tab:classes); all symbols in it are free. The longest decode length "
        "is $L$, the greatest common divisor of the decode lengths is $g$ (with an index, $g_m$ is "
        "the memory kernel), and the mean decode length is $\\mu = \\sum_k p_k l_k$.",
        ("L", "g", r"\mu"),
    )


@section(
    "The memory kernel in closed form",
    "Derive the closed form of $(1 - z)^2 G(z)$ from the memory kernel.",
)
def _closed_form(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    yield Paragraph(
        "While nothing is evicted, the requests in stage $m$ are those that were admitted $m$ "
        "steps ago. With the admissions $a_n$ of step $n$ and the memory kernel $g_m$,",
        ("m", "a_n", "n", "g_m"),
    )
    yield BALANCE
    yield Paragraph(
        "The equilibrium is the constant solution $a^* = B / G(1)$ with $G(z) = \\sum_m g_m z^m$. "
        "It attracts nearby states if and only if all roots of the characteristic polynomial "
        "$F(\\lambda) = \\lambda^{L-1} G(1/\\lambda)$ lie inside of the unit circle. Geometric "
        "sums give, class by class,",
        ("a^*", "G", "z", "F", r"\lambda"),
    )
    yield Formula(f"(1 - z)^2 G(z) = {latex(facts.closed_form)} .", "closed")


@section(
    "Every mode is unstable",
    "Where are the roots of $F$? Use the ratios of neighbouring coefficients.",
)
def _annulus(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    s, n = _letters(facts.mix.classes[0])
    yield Paragraph(f"With one decode length the kernel increases, $g_m = {s} + m + 1$, and")
    yield Formula(
        rf"F(\lambda) = \sum_{{m=0}}^{{{n} - 1}} ({s} + m + 1) \lambda^{{{n} - 1 - m}} , "
        rf"\qquad G(1) = {n} \left({s} + \frac{{{n} + 1}}{{2}}\right) ."
    )
    yield Paragraph(
        f"The ratio of neighbouring coefficients falls from $({s} + 2)/({s} + 1)$ to $({s} + "
        f"{n})/({s} + {n} - 1)$. By the theorem of Eneström and Kakeya [Marden1966] all roots lie "
        "between the two:"
    )
    yield Formula(
        rf"1 < \frac{{{s} + {n}}}{{{s} + {n} - 1}} \le |\lambda| \le "
        rf"\frac{{{s} + 2}}{{{s} + 1}} ."
    )
    yield from stated("R5")


@section("The survival polynomial", "Factor the survival polynomial into cyclotomic polynomials.")
def _one_survival(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    s, n = _letters(facts.mix.classes[0])
    yield Paragraph(
        f"With $S_m$ the share that outlives $m$ steps, for long inputs $F / ({s} + 1)$ tends to "
        "the survival polynomial $A(\\lambda) = \\sum_m S_m \\lambda^{L-1-m}$. Here it is the "
        "product of cyclotomic polynomials $\\Phi_d$,",
        ("S_m", "A", r"\Phi_d", "d"),
    )
    yield Formula(
        rf"A(\lambda) = \frac{{\lambda^{{{n}}} - 1}}{{\lambda - 1}} = "
        rf"\prod_{{d \mid {n},\, d > 1}} \Phi_d(\lambda) .",
        "survival",
    )
    yield Paragraph(
        "All of its roots are roots of unity: one cohort for each stage. In first order "
        "each of them moves outwards by the factor"
    )
    yield Formula(rf"|\lambda| = 1 + \frac{{1}}{{{s} + {n}}} + O(({s} + {n})^{{-2}}) .", "outwards")
    yield from stated("R1", "R2", "R3")


@section(
    "Limit cycles and the loss",
    "Compute the throughput of the worst cycle over the equilibrium's, and its infimum.",
)
def _worst_cycle(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    s, n = _letters(facts.mix.classes[0])
    yield Paragraph(
        "The unstable equilibrium gives way to cycles of cohorts. In the worst one a single cohort "
        f"of $B / ({s} + {n})$ requests fills the memory in its last stage, and completes after "
        f"${n}$ steps. Over the equilibrium's throughput $a^* = B / G(1)$ it completes"
    )
    yield Formula(
        rf"\frac{{B / ({n} ({s} + {n}))}}{{B / G(1)}} = "
        rf"\frac{{2 {s} + {n} + 1}}{{2 ({s} + {n})}} = 1 - "
        rf"\frac{{{n} - 1}}{{2 ({s} + {n})}} ."
    )
    yield Paragraph(
        "For fixed input and ever longer decodes the loss tends to one half, and it never "
        "reaches it."
    )
    yield from stated("R6", "worst-cycle", "R6a")


@section("The survival polynomial", "Which roots of $A$ lie on the unit circle?")
def _two_survival(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    first, second = facts.mix.classes
    l1, l2 = latex(first.decode_length), latex(second.decode_length)
    p, q = latex(first.share), latex(second.share)
    yield Paragraph(
        "With $S_m$ the share that outlives $m$ steps, the survival polynomial is $A(\\lambda) = "
        f"\\sum_m S_m \\lambda^{{L-1-m}}$, and summing the geometric series, with $L = \\max({l1}, "
        f"{l2})$,",
        ("S_m", "A"),
    )
    yield Formula(
        rf"(\lambda - 1) A(\lambda) = \lambda^L \left(1 - {_factor(first.share)} "
        rf"\lambda^{{-{l1}}} - {_factor(second.share)} \lambda^{{-{l2}}}\right) ."
    )
    yield Paragraph(
        f"A root on the unit circle needs $\\lambda^{{{l1}}} = \\lambda^{{{l2}}} = 1$, for "
        f"a mean of two points of the circle with the positive weights ${p}$ and ${q}$ is "
        f"1 only if both are: $\\lambda^g = 1$ with $g = \\gcd({l1}, {l2})$. All other "
        "roots lie inside."
    )
    yield from stated("R1")


@section(
    "The characteristic polynomial",
    "Where does a simple root of $A$ move, to first order in $1/(s + L)$?",
)
def _perturbed(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    s, _ = _letters(facts.mix.classes[0])
    yield Paragraph("For a common input the two polynomials are tied by")
    yield Formula(rf"F(\lambda) = ({s} + L) A(\lambda) - \lambda A'(\lambda) .")
    yield from stated("R2")
    yield Paragraph(
        "So $F = 0$ says $A(\\lambda) = \\varepsilon \\lambda A'(\\lambda)$ with "
        f"$\\varepsilon = 1 / ({s} + L)$: a simple root $\\alpha$ of $A$ moves to $\\alpha "
        "(1 + \\varepsilon) + O(\\varepsilon^2)$, radially outwards.",
        (r"\varepsilon", r"\alpha"),
    )
    yield from stated("R3", "R3a")


@section(
    "When roots coincide",
    "For which share can $A$ have a double root, and for which decode lengths does it?",
)
def _multiple(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    first, second = facts.mix.classes
    if (first.decode_length - second.decode_length).is_nonnegative:
        first, second = second, first
    if first.decode_length == second.decode_length:
        yield Paragraph("The classes have one decode length, so that all roots of $A$ are simple.")
        return
    l1, l2 = latex(first.decode_length), latex(second.decode_length)
    between = f"({l2} - {l1})"
    yield Paragraph(
        "The expansion is for simple roots. A root of $A$ can be multiple only for one "
        "share, namely where"
    )
    yield Formula(
        rf"{_power(first.share, l2)} {between}^{{{l2} - {l1}}} {_power(first.decode_length, l1)} = "
        rf"{_power(second.share, l1)} {_power(second.decode_length, l2)} , \qquad {l1} < {l2} ."
    )
    yield from stated("R4")


@section(
    "Finite inputs: the gcd theorem and the threshold",
    "Coprime lengths are not enough. Find a pair of coprime lengths and a common input for "
    "which the equilibrium is unstable.",
)
def _finite_inputs(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    yield Paragraph(
        "How long is long? The gcd theorem gives a condition that needs no limit, and the "
        "D-partition the exact input length at which stability changes."
    )
    yield from stated("R7", "R8")


@section("Common divisors: the synchronised cycle", "Compute the loss of the synchronised cycle.")
def _synchronized(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    first, second = facts.mix.classes
    l1, l2 = latex(first.decode_length), latex(second.decode_length)
    s, p = latex(first.input_length), latex(first.share)
    yield Paragraph(
        "If $g > 1$, the states on one residue class of stages form a smaller copy of the "
        "model, with inputs and lengths divided by $g$. Its equilibrium is a limit cycle "
        "that completes less:"
    )
    yield Formula(
        r"\text{loss} = \frac{(g - 1) \mu}{2 g \sum_k p_k \sum_{i < l_k / g} "
        rf"({s} + (i + 1) "
        rf"g)}} , \qquad \mu = {p} \, {l1} + {_factor(second.share)} \, {l2} ."
    )
    yield from stated("R10")


@section("The memory kernel", "Write down the memory kernel of these decode lengths.")
def _kernel(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    yield Paragraph("Its terms are")
    yield Equations(
        tuple((f"g_{{{m}}}", f"= {latex(g)}") for m, g in enumerate(facts.kernel)), "kernel"
    )


@section(
    "The characteristic polynomial", "Write down the characteristic and the survival polynomial."
)
def _polynomials(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    yield Paragraph("With the kernel of (eq:kernel) the characteristic polynomial is")
    yield Formula(f"F(\\lambda) = {latex(facts.characteristic)} .", "characteristic")
    yield Paragraph(
        "With the share $S_m$ that outlives $m$ steps, the survival polynomial is", ("S_m",)
    )
    yield Formula(
        rf"A(\lambda) = \sum_m S_m \lambda^{{L-1-m}} = {latex(facts.survival)} .",
        "survival",
        ("A",),
    )
    yield from stated("R1", "R1b" if facts.mix.common_input_length is None else "R2")


@section("The criterion", "Find the inequalities that decide stability.")
def _criterion(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    if facts.criterion is None:
        yield from stated("R7")
        return
    inequalities, domain = criterion_relations(facts.criterion)
    where = f"For {' and '.join(f'${line}$' for line in domain)} the" if domain else "The"
    jury = "For so few steps the inequalities of Jury decide [Jury1964]."
    if facts.criterion.condition == false:
        yield Paragraph(f"{jury} {where} equilibrium is never stable.")
    elif not inequalities:
        yield Paragraph(f"{jury} {where} equilibrium is always stable.")
    else:
        yield Paragraph(f"{jury} {where} equilibrium is stable if and only if")
        yield Formula(_system(inequalities), "criterion")
    if not facts.criterion.simplified:
        yield Paragraph("They are not simplified further: the limit of work was reached.")


def _system(relations: list[str]) -> str:
    if len(relations) == 1:
        return f"{relations[0]} ."
    lines = r" \\ ".join(f"& {line}" for line in relations)
    return rf"\left\{{ \begin{{aligned}} {lines} \end{{aligned}} \right."


@section(
    "Finite server",
    "How much do the admissions of a step vary, if requests are whole and drawn at random? Where "
    "does that diverge?",
)
def _finite_server(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    yield WHOLE_REQUESTS
    yield Formula(f"{FANO_FACTOR} .", "fano", (r"\theta",))
    yield from stated("R13")
    parts = facts.fano_parts
    if parts is not None:
        numerator, factors = parts
        yield Paragraph(
            "For these lengths it is a rational function. Where the equilibrium loses its "
            "stability, if it does, it diverges: that boundary is among the zeros of its "
            "denominator."
        )
        if factors:
            yield Paragraph("On them one of these holds:")
        for one in factors:
            yield Formula(f"{latex(one)} = 0 .")
        if count_ops(numerator) <= _SHORT:
            yield Formula(f"V = {latex(facts.fano_factor)} .")
    yield from stated("R14")
    yield LONG_WINDOW
    yield Formula(f"{DISPERSION} = {latex(facts.window_dispersion)} .", "dispersion")


@section("What an operator can do", "Which admission policy keeps the throughput, and why?")
def _policies(facts: SymbolicFacts) -> Iterator[DocumentBlock]:
    yield Paragraph(
        "A gain $\\kappa$ on the admissions turns the characteristic polynomial into $g_0 "
        "\\lambda^{L-1} + \\kappa \\sum_{m \\ge 1} g_m \\lambda^{L-1-m}$, which by the "
        "theorem of Rouché is stable for $\\kappa \\sum_{m \\ge 1} g_m < g_0$, at the "
        "price of unused memory. Reservation is never unstable. A limit of $a^*$ "
        "admissions per step keeps the whole throughput of the equilibrium.",
        (r"\kappa",),
    )
    one_length = len({c.decode_length for c in facts.mix.classes}) == 1
    yield from stated("damped", "rate-limited", *["headroom"] * one_length, "reservation")


def _letters(one: SymbolicClass) -> tuple[str, str]:
    """Return the input and the decode length of a class."""
    return latex(one.input_length), latex(one.decode_length)


def _factor(share: Expr) -> str:
    """Return a share as a factor, in brackets where it is a sum."""
    return latex(share) if isinstance(share, (Symbol, Integer)) else f"({latex(share)})"


def _power(share: Expr, exponent: str) -> str:
    return f"{_factor(share)}^{{{exponent}}}"


_ONE_CLASS = (_annulus, _one_survival, _worst_cycle, _finite_server, _policies)
_TWO_CLASSES = (
    _two_survival,
    _perturbed,
    _multiple,
    _finite_inputs,
    _synchronized,
    _finite_server,
    _policies,
)
_GIVEN_LENGTHS = (_kernel, _polynomials, _criterion, _finite_server, _policies)
