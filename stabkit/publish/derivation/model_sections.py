"""The first half of a derivation: workload, memory kernel, characteristic and survival polynomial.

Every function returns one section. Where a kernel is short, every line of the calculation is shown;
where it is long, the formula, its ends, and its closed form.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ...analysis.facts import DerivationFacts, KernelPiece
from ...model.request_classes import RequestClass
from ..document.tree import DocumentBlock, Equations, Formula, Paragraph, Table, section
from ..text.numbers import amount, counted
from .figures import kernel_figure
from .numerals import SHOWN_TERMS, decimal, inline, number, polynomial, sparse_polynomial
from .theory import BALANCE, stated

__all__ = ["MODEL"]

_CLASSES_SHOWN = 12
_LINES_SHOWN = 6
_SUM_SHOWN = 6
_PIECES_SHOWN = 8
_SURVIVAL_SHOWN = 20
_FACTORS_SHOWN = 8


@section("The workload")
def workload_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the model in the numbers of this workload."""
    analysis = facts.analysis
    yield Paragraph(
        "A server processes all requests in its memory at once, one step after the other. A "
        "request of class $k$ enters with $s_k$ input tokens, its KV cache gains one token in "
        "every step, and after $l_k$ steps it completes and leaves: in stage $j$, after $j$ steps, "
        "it holds $s_k + j + 1$ tokens. The capacity is $B$ tokens. After each step, what fits is "
        "admitted, a share $p_k$ of it from class $k$; if the requests in service do not fit any "
        "more, the youngest are evicted, and their work is lost. The queue never runs empty. This "
        "is the model of [ADLS2026].",
        ("k", "s_k", "l_k", "j", "B", "p_k"),
    )
    shown = analysis.workload.classes[:_CLASSES_SHOWN]
    yield Table(
        ("class $k$", "input $s_k$", "decode $l_k$", "share $p_k$"),
        tuple(_class_row(k, c) for k, c in enumerate(shown, start=1)),
        f"The classes{_left_out(analysis.workload.class_count - len(shown))}.",
        "classes",
    )
    mean = f"$\\mu = {_value(facts.mean_decode_length)}$"
    count = analysis.workload.class_count
    yield Paragraph(
        f"{'The one class is' if count == 1 else f'The {count} classes are'} in (tab:classes). The "
        f"longest decode length is {amount(f'$L = {analysis.kernel.length}$', 'step')}, the "
        f"greatest common divisor of the decode lengths is $g = {analysis.gcd}$ (with an index, "
        "$g_m$ is the memory kernel), and the mean decode length is "
        f"{amount(mean, 'step')}.{_capacity(facts)}",
        ("L", "g", r"\mu", "m"),
    )
    if facts.mix.pairs is not None:
        yield Paragraph(
            "Requests of one decode length are one class, and $s_k$ is the mean of their inputs: "
            "for the fluid that changes nothing (R11)."
        )
    if not facts.one_input:
        yield Paragraph(
            "The inputs differ. All that is derived below is of this workload with its own inputs, "
            "but for two questions about its decode lengths, which say so: what becomes of the "
            "roots if the inputs grow, and for which common input, in place of them all, the "
            "equilibrium would be stable."
        )


def _class_row(k: int, c: RequestClass) -> tuple[str, ...]:
    return (f"{k}", f"${_cell(c.input_length)}$", f"${c.decode_length}$", f"${_cell(c.share)}$")


def _left_out(more: int) -> str:
    return f", the first of them; {counted(more, 'more class', 'more classes')} follow" * (more > 0)


def _cell(value: Fraction) -> str:
    """Return an exact number for a table; one too long for a column is rounded, and said so."""
    if len(str(value.numerator)) + len(str(value.denominator)) <= 14:
        return str(value)
    return rf"\approx {decimal(value, 8)}"


def _capacity(facts: DerivationFacts) -> str:
    capacity = facts.analysis.workload.capacity
    if capacity is None:
        return (
            " No capacity is given: it scales all numbers of requests alike and plays no part for "
            "stability, so $B$ stays a symbol."
        )
    return f" The capacity is {amount(f'$B = {number(capacity)}$', 'token')}."


def _value(value: Fraction) -> str:
    """Return a number exactly, with a decimal where it is a long fraction."""
    exact = inline(value)
    return exact if value.denominator < 1000 else rf"{exact} \approx {decimal(value, 8)}"


@section(
    "The memory kernel",
    "Write down the memory kernel $g_0, \\dots, g_{L-1}$ of this workload and its sum $G(1)$. "
    "How many tokens does an admission hold over its life?",
)
def kernel_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the memory kernel, its sum and the equilibrium."""
    yield Paragraph(
        "While nothing is evicted, the requests in stage $m$ are those that were admitted $m$ "
        "steps ago: of the $a_{n-m}$ requests of step $n - m$ a share $p_k$ is of class $k$, and "
        "it is still there if $m < l_k$. The memory is full after every admission, so that",
        ("a_n", "m", "n"),
    )
    yield BALANCE
    several = facts.analysis.kernel.length > 1
    seen = ", seen in (fig:kernel)," if several else ""
    yield Paragraph(f"The memory kernel $g_m${seen} is{_how_listed(facts)}")
    yield Equations(tuple(_kernel_lines(facts)), "kernel")
    if several:
        yield kernel_figure(facts)
    yield Paragraph(
        "Its sum is what one admission, of the mixed classes, holds over its life, in tokens times "
        "steps. With $G(z) = \\sum_m g_m z^m$,",
        ("G", "z"),
    )
    yield Formula(_total(facts), "sum")
    yield Paragraph(
        "The constant solution $a_n = a^*$ of (eq:balance) is the equilibrium, $a^* = B / G(1)$"
        + _equilibrium(facts),
        ("a^*",),
    )


def _how_listed(facts: DerivationFacts) -> str:
    if _short(facts):
        return ", class by class," if facts.analysis.workload.class_count > 1 else ""
    if len(facts.kernel_pieces) <= _PIECES_SHOWN:
        return " linear between two decode lengths:"
    return " linear between two decode lengths; its first and its last terms are"


def _kernel_lines(facts: DerivationFacts) -> Iterator[tuple[str, str]]:
    pieces, length = facts.kernel_pieces, facts.analysis.kernel.length
    if _short(facts):
        classes = facts.analysis.workload.classes
        for m, value in enumerate(facts.kernel or ()):
            yield f"g_{{{m}}}", f"= {_kernel_sum(m, classes)} = {number(value)}"
    elif len(pieces) <= _PIECES_SHOWN:
        for piece in pieces:
            line = sparse_polynomial([(0, piece.start), (1, piece.slope)], "m")
            yield "g_m", rf"= {line} , \qquad {_stretch(piece)}"
    else:
        for m in (0, 1, 2):
            yield f"g_{{{m}}}", f"= {_value(_term(pieces, m))}"
        yield r"\vdots", ""
        for m in (length - 2, length - 1):
            yield f"g_{{{m}}}", f"= {_value(_term(pieces, m))}"


def _stretch(piece: KernelPiece) -> str:
    if piece.first == piece.last:
        return f"m = {piece.first}"
    return rf"{piece.first} \le m \le {piece.last}"


def _term(pieces: tuple[KernelPiece, ...], m: int) -> Fraction:
    piece = next(one for one in pieces if one.last >= m)
    return piece.start + piece.slope * m


def _short(facts: DerivationFacts) -> bool:
    return (
        facts.analysis.kernel.length <= _LINES_SHOWN
        and facts.analysis.workload.class_count <= _SUM_SHOWN
    )


def _kernel_sum(m: int, classes: tuple[RequestClass, ...]) -> str:
    return " + ".join(
        f"{_factor(c.share)} ({number(c.input_length)} + {m + 1})".strip()
        for c in classes
        if c.decode_length > m
    )


def _factor(share: Fraction) -> str:
    return "" if share == 1 else rf"{number(share)} \cdot"


def _total(facts: DerivationFacts) -> str:
    total = facts.analysis.kernel.sum
    head = r"G(1) = \sum_k p_k l_k \left(s_k + \frac{l_k + 1}{2}\right)"
    if not _short(facts):
        return f"{head} = {_value(total)} ."
    terms = " + ".join(
        rf"{_factor(c.share)} {c.decode_length} \left({number(c.input_length)} + "
        rf"\frac{{{c.decode_length + 1}}}{{2}}\right)"
        for c in facts.analysis.workload.classes
    )
    return f"{head} = {terms} = {number(total)} ."


def _equilibrium(facts: DerivationFacts) -> str:
    found = facts.analysis.equilibrium
    if found is None:
        return "."
    admitted = amount(f"$a^* = {_value(found.admissions_per_step)}$", "admission")
    served = amount(f"$a^* \\mu = {_value(found.requests_in_service)}$", "request")
    return f": {admitted} per step, with {served} in service, each decoding one token per step."


@section(
    "The characteristic equation",
    "Let $a_n = a^* + \\delta_n$ and $\\delta_n = \\lambda^n$. Derive the characteristic equation "
    "$F(\\lambda) = 0$ and write its coefficients as integers.",
)
def characteristic_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the characteristic equation, from the balance on."""
    yield Paragraph(
        "Let $a_n = a^* + \\delta_n$. The constant drops out of (eq:balance), and the deviation "
        "obeys the homogeneous recurrence",
        (r"\delta_n",),
    )
    yield Formula(r"\sum_{m=0}^{L-1} g_m \delta_{n-m} = 0 .", "recurrence")
    yield Paragraph(
        "It has the solution $\\delta_n = \\lambda^n$ if and only if $\\lambda$ is a root of the "
        "characteristic polynomial",
        (r"\lambda",),
    )
    yield Formula(
        r"F(\lambda) = \sum_{m=0}^{L-1} g_m \lambda^{L-1-m} = \lambda^{L-1} G(1/\lambda) .",
        "characteristic",
        ("F",),
    )
    if facts.analysis.kernel.length == 1:
        return
    yield from _integer_blocks(facts)
    yield Paragraph(
        "Every solution is a sum of such modes, with a polynomial in $n$ before one of a multiple "
        "root. All deviations die out if and only if every root has a modulus below 1; a root "
        "outside of the unit circle is a swing that grows in every step."
    )
    yield Paragraph("Geometric sums close the form of $G$, class by class:")
    yield Formula(
        r"(1 - z)^2 G(z) = \sum_k p_k \left( s_k + 1 - s_k z - (s_k + l_k + 1) z^{l_k} + "
        r"(s_k + l_k) z^{l_k + 1} \right) .",
        "closed",
    )
    count = len([c for _, c in facts.closed_form if c])
    if count <= SHOWN_TERMS:
        yield Paragraph(f"In numbers these are {counted(count, 'term')},")
        yield Formula(f"(1 - z)^2 G(z) = {sparse_polynomial(facts.closed_form)} .")
    else:
        yield Paragraph(f"In numbers these are {counted(count, 'term')}.")


def _integer_blocks(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write F in integers, or where it has too many terms, say what stands for it."""
    degree = facts.analysis.kernel.length - 1
    if facts.kernel is None or degree >= SHOWN_TERMS:
        yield Paragraph(
            f"It is of degree ${degree}$, with the coefficients of (eq:kernel); its closed form "
            "follows from (eq:closed), with $z = 1/\\lambda$."
        )
        return
    factor, integers = facts.primitive_characteristic
    yield Paragraph("In integers it is")
    yield Formula(
        f"{'' if factor == 1 else number(factor) + ' '}F(\\lambda) = {polynomial(integers)} ."
    )


@section(
    "The survival polynomial",
    "Write down the survival polynomial $A(\\lambda)$. Which cyclotomic polynomials divide it, "
    "and why? Where are its other roots?",
)
def survival_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the survival polynomial and its cyclotomic factors."""
    if facts.analysis.kernel.length == 1:
        return
    yield Paragraph(
        "Let $S_m = \\sum_{k:\\, l_k > m} p_k$ be the share of an admission that is still in "
        "service after $m$ steps. The survival polynomial is",
        ("S_m",),
    )
    yield Formula(
        r"A(\lambda) = \sum_{m=0}^{L-1} S_m \lambda^{L-1-m} , \qquad (\lambda - 1) A(\lambda) = "
        r"\lambda^L - \sum_k p_k \lambda^{L - l_k} .",
        "survival",
        ("A",),
    )
    yield from _survival_blocks(facts)
    yield from stated("R1")
    yield from _factors(facts)
    yield from _common_input(facts) if facts.one_input else _growing_inputs(facts)


def _survival_blocks(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write A in numbers, or where it has many terms, its closed form."""
    closed = facts.closed_survival
    if facts.survival is not None and facts.analysis.kernel.length <= _SURVIVAL_SHOWN:
        yield Paragraph("Here")
        yield Formula(f"A(\\lambda) = {polynomial(facts.survival)} .")
    elif len(closed) <= _SURVIVAL_SHOWN + 1:
        yield Paragraph("Here")
        form = sparse_polynomial(closed, r"\lambda")
        yield Formula(rf"(\lambda - 1) A(\lambda) = {form} .")


def _factors(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    g = facts.analysis.gcd
    if g == 1:
        yield Paragraph(
            "The decode lengths are coprime, $g = 1$: no root of unity is a root of $A$, and all "
            "its roots lie strictly inside of the unit circle."
        )
        return
    degree = facts.analysis.kernel.length - g  # of what is left of A
    product = _cyclotomic(facts.cyclotomic_orders)
    yield Paragraph(
        f"Here $g = {g}$: the cyclotomic polynomials of the divisors of ${g}$, but 1, divide $A$"
        f"{'' if degree else ' and are all of it'},",
        (r"\Phi_d", "d"),
    )
    if not degree:
        yield Formula(rf"A(\lambda) = {product} .")
    elif facts.cofactor is not None and degree < SHOWN_TERMS:
        quotient = polynomial(facts.cofactor)
        yield Formula(rf"A(\lambda) = {product} \left({quotient}\right) .")
        yield Paragraph("All roots of the last factor lie inside of the circle.")
    else:
        yield Formula(rf"A(\lambda) = {product} \, Q(\lambda) .", introduces=("Q",))
        yield Paragraph(
            f"All roots of the cofactor $Q$, of degree ${degree}$, lie inside of the circle."
        )


def _cyclotomic(orders: tuple[int, ...]) -> str:
    if len(orders) > _FACTORS_SHOWN:
        return r"\prod_{d \mid g,\, d > 1} \Phi_d(\lambda)"
    return r" \, ".join(rf"\Phi_{{{d}}}(\lambda)" for d in orders)


def _common_input(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    yield Paragraph(
        "What $F$ has to do with $A$: all classes have one input length $s$, and then", ("s",)
    )
    yield from stated("R2")
    s, length = facts.mix.classes[0].input_length, facts.analysis.kernel.length
    survival, derivative = facts.survival, facts.survival_derivative
    if survival is not None and derivative is not None and length <= _LINES_SHOWN * 2:
        yield Paragraph(f"Here $s + L = {number(s + length)}$, and indeed")
        yield Formula(
            rf"F(\lambda) = {number(s + length)} \left({polynomial(survival)}\right) - \lambda "
            rf"\left({polynomial(derivative)}\right) ."
        )
    yield Paragraph("So $F / (s + L)$ tends to $A$ when $s$ grows.")


def _growing_inputs(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    if not all(c.input_length for c in facts.mix.classes):
        yield Paragraph(
            "$F / \\sum_k p_k s_k$ tends to such a polynomial when all inputs grow in proportion. "
            "Here a class has no input; it has no part in that limit, which then need not decide "
            "stability."
        )
        return
    yield Paragraph("What $F$ has to do with it, where the inputs differ:")
    yield from stated("R1b")
    weighted = facts.weighted_survival
    if weighted is not None and len(weighted) <= _LINES_SHOWN * 2:
        yield Paragraph("Here that limit is")
        yield Formula(rf"\sum_m \hat{{S}}_m \lambda^{{L-1-m}} = {polynomial(weighted)} .")
    yield Paragraph("R1 holds for it too, as for any positive shares.")


MODEL = (workload_section, kernel_section, characteristic_section, survival_section)
