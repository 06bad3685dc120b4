"""The first half of a derivation: workload, memory kernel, characteristic and survival polynomial.

Every function returns one section. Where a kernel is short, every line of the calculation is shown;
where it is long, the formula, its ends, and its sparse form.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

from ...analysis.facts import DerivationFacts
from ...analysis.verdict.analysis import ClassSummary
from ..document.tree import DocumentBlock, Formula, Paragraph, Table, section
from ..text.numbers import amount, counted
from .numerals import decimal, inline, number, polynomial, sparse_polynomial
from .theory import BALANCE, stated

__all__ = ["characteristic_section", "kernel_section", "survival_section", "workload_section"]

_CLASSES_SHOWN = 12
_LINES_SHOWN = 6
_SUM_SHOWN = 6


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
        "is the model of [ADLS2026]."
    )
    shown = analysis.workload.classes[:_CLASSES_SHOWN]
    yield Table(
        ("class $k$", "input $s_k$", "decode $l_k$", "share $p_k$"),
        tuple(
            (
                f"{k}",
                f"${_cell(c.input_length)}$",
                f"${c.decode_length}$",
                f"${_cell(c.share)}$",
            )
            for k, c in enumerate(shown, start=1)
        ),
    )
    more = analysis.workload.class_count - len(shown)
    rest = (
        f" Shown are the first of them; {counted(more, 'more class', 'more classes')} follow."
        if more
        else ""
    )
    mean = f"$\\mu = {_value(facts.mean_decode_length)}$"
    yield Paragraph(
        f"There {'is' if analysis.workload.class_count == 1 else 'are'} "
        f"{counted(analysis.workload.class_count, 'class', 'classes')}; the longest decode length "
        f"is {amount(f'$L = {analysis.kernel.length}$', 'step')}, the greatest common divisor of "
        f"the decode lengths is $g = {analysis.gcd}$, and the mean decode length is "
        f"{amount(mean, 'step')}.{_capacity(facts)}{rest}"
    )


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
        "steps ago: of the $a_{n-m}$ requests of that step a share $p_k$ is of class $k$, and it "
        "is still there if $m < l_k$. The memory is full after every admission, so that"
    )
    yield BALANCE
    analysis = facts.analysis
    if facts.kernel is not None and _short(facts):
        yield Paragraph("In numbers, class by class:")
        for m, value in enumerate(facts.kernel):
            yield Formula(_kernel_line(m, value, analysis.workload.classes))
    elif facts.kernel is not None:
        yield Paragraph("Its first and its last terms are, exactly,")
        for m in (0, 1, 2, len(facts.kernel) - 2, len(facts.kernel) - 1):
            if 0 <= m < len(facts.kernel):
                yield Formula(f"g_{{{m}}} = {_value(facts.kernel[m])} .")
    else:
        yield Paragraph(f"It has $L = {analysis.kernel.length}$ terms, too many to list.")
    yield Paragraph(
        "Its sum is what one admission, of the mixed classes, holds over its life, in tokens times "
        "steps:"
    )
    yield Formula(_total(facts))
    yield Paragraph(
        "The constant solution $a_n = a^*$ of the balance is the equilibrium, $a^* = B / G(1)$"
        + _equilibrium(facts)
    )


def _short(facts: DerivationFacts) -> bool:
    return (
        facts.analysis.kernel.length <= _LINES_SHOWN
        and facts.analysis.workload.class_count <= _SUM_SHOWN
    )


def _kernel_line(m: int, value: Fraction, classes: tuple[ClassSummary, ...]) -> str:
    alive = [c for c in classes if c.decode_length > m]
    terms = " + ".join(
        f"{_factor(c.share)} ({number(c.input_length)} + {m + 1})".strip() for c in alive
    )
    return f"g_{{{m}}} = {terms} = {number(value)}"


def _factor(share: Fraction) -> str:
    return "" if share == 1 else rf"{number(share)} \cdot"


def _total(facts: DerivationFacts) -> str:
    total = facts.analysis.kernel.sum
    head = r"G(1) = \sum_k p_k l_k \left(s_k + \frac{l_k + 1}{2}\right)"
    if not _short(facts):
        return f"{head} = {_value(total)}"
    terms = " + ".join(
        rf"{_factor(c.share)} {c.decode_length} \left({number(c.input_length)} + "
        rf"\frac{{{c.decode_length + 1}}}{{2}}\right)"
        for c in facts.analysis.workload.classes
    )
    return f"{head} = {terms} = {number(total)}"


def _equilibrium(facts: DerivationFacts) -> str:
    found = facts.analysis.equilibrium
    if found is None:
        return "."
    admitted = amount(f"$a^* = {_value(found.admissions_per_step)}$", "admission")
    served = amount(f"$a^* \\mu = {_value(found.requests_in_service)}$", "request")
    return f": {admitted} per step, with {served} in service, each decoding one token per step."


@section(
    "The characteristic equation",
    "Let $a_n = a^* + c \\lambda^n$. Derive the characteristic equation $F(\\lambda) = 0$ and "
    "write its coefficients as integers.",
)
def characteristic_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the characteristic equation, from the balance on."""
    yield Paragraph(
        "Let $a_n = a^* + d_n$. The constant drops out of the balance, and the deviation obeys the "
        "homogeneous recurrence"
    )
    yield Formula(r"g_0 d_n + g_1 d_{n-1} + \cdots + g_{L-1} d_{n-L+1} = 0 .")
    yield Paragraph(
        "With $d_n = \\lambda^n$, divided by $\\lambda^{n-L+1}$, this is the characteristic "
        "equation $F(\\lambda) = \\sum_m g_m \\lambda^{L-1-m} = 0$, that is"
    )
    yield from _polynomial_blocks(facts)
    yield Paragraph(
        "A solution is a sum of such modes. All deviations die out if and only if every root has "
        "modulus below 1; a root outside of the unit circle is a swing that grows in every step."
    )
    yield Paragraph(
        "The sum can be closed. With $G(z) = \\sum_m g_m z^m$, so that $F(\\lambda) = "
        "\\lambda^{L-1} G(1/\\lambda)$,"
    )
    yield Formula(f"(1 - z)^2 G(z) = {sparse_polynomial(facts.closed_form)}")
    count = len([c for _, c in facts.closed_form if c])
    yield Paragraph(
        f"This has {counted(count, 'term')}; whatever the lengths, it has at most two per class "
        "and two more. It is how $G$ is evaluated where $L$ is large."
    )


def _polynomial_blocks(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    if facts.kernel is None:
        length = facts.analysis.kernel.length
        yield Formula(
            rf"g_0 \lambda^{{{length - 1}}} + g_1 \lambda^{{{length - 2}}} + \cdots + "
            rf"g_{{{length - 1}}} = 0 ."
        )
        return
    scale = lcm(*(c.denominator for c in facts.kernel))
    integers = [int(c * scale) for c in facts.kernel]
    content = reduce(gcd, integers)
    factor = Fraction(scale, content)
    yield Formula(
        f"{'' if factor == 1 else number(factor) + ' '}F(\\lambda) = "
        f"{polynomial([c // content for c in integers])} = 0 ."
    )


@section(
    "The survival polynomial",
    "Write down the survival polynomial $A(\\lambda)$. Which cyclotomic polynomials divide it, "
    "and why? Where are its other roots?",
)
def survival_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the survival polynomial and its cyclotomic factors."""
    yield Paragraph(
        "Let $S_m = \\sum_{k:\\, l_k > m} p_k$ be the share of an admission that is still in "
        "service after $m$ steps, and $A(\\lambda) = \\sum_m S_m \\lambda^{L-1-m}$. It is what $F "
        "/ (s + 1)$ tends to when the common input length $s$ grows."
    )
    if facts.survival is not None:
        yield Formula(f"A(\\lambda) = {polynomial(facts.survival)}")
    yield from stated("R1")
    yield from _factors(facts)
    if len({c.input_length for c in facts.mix.classes}) == 1:
        yield from stated("R2")
        yield from _common_input(facts)
    else:
        yield Paragraph(
            "Here the inputs differ. What remains of the kernel when all inputs grow in proportion "
            "is the survival polynomial weighted by memory, with $p_k s_k / \\sum_j p_j s_j$ in "
            "place of $p_k$ (R1b)."
        )


def _factors(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    g = facts.analysis.gcd
    if g == 1:
        yield Paragraph(
            "The decode lengths are coprime, $g = 1$: no root of unity is a root of $A$, and all "
            "its roots lie strictly inside of the unit circle."
        )
        return
    orders = facts.synchrony.orders
    names = r" \cdot ".join(rf"\Phi_{{{d}}}(\lambda)" for d in orders[:8])
    more = r" \cdots" if len(orders) > 8 else ""
    yield Paragraph(
        f"Here $g = {g}$: the {counted(g - 1, 'root')} of unity $\\omega \\ne 1$ with $\\omega^"
        f"{{{g}}} = 1$ {'is a root' if g == 2 else 'are roots'} of $A$, and the cyclotomic "
        "polynomials of their orders divide it:"
    )
    if facts.kernel is None:
        yield Formula(rf"A(\lambda) = {names}{more}\, C(\lambda)")
        return
    cofactor = [Fraction(int(c.p), int(c.q)) for c in facts.synchrony.cofactor.all_coeffs()]
    yield Formula(
        rf"A(\lambda) = {names}{more}\, C(\lambda) , \qquad C(\lambda) = {polynomial(cofactor)}"
    )
    yield Paragraph("All roots of the cofactor $C$ lie inside of the circle.")


def _common_input(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    s, length = facts.mix.classes[0].input_length, facts.analysis.kernel.length
    if facts.survival is None or length > 12:
        return
    derivative = [c * (length - 1 - m) for m, c in enumerate(facts.survival)][:-1]
    yield Paragraph(f"Here $s + L = {number(s + length)}$, and indeed")
    yield Formula(
        rf"F(\lambda) = {number(s + length)} \left({polynomial(facts.survival)}\right) - \lambda "
        rf"\left({polynomial(derivative)}\right)"
    )
