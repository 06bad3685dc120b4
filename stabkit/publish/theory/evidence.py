"""The evidence for a step, as paragraphs and displayed formulas: what was checked.

What is printed was checked; what was checked is printed unless it is empty on paper, such as an
identity whose sides print alike, or a positive parameter that is positive. The equation of
linearity is shown for one class, and its two formal conditions are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from sympy import Symbol, symbols, sympify

from ...errors import ArgumentTypeError, shown
from ...theorems.evidence import (
    Cited,
    Enclosed,
    Evidence,
    ExactFinite,
    Identity,
    Inequality,
    Numeric,
    Reference,
    Summation,
)
from ...theorems.formulas import balanced, formula
from ...theorems.positivity import Interval
from ...theorems.textbook.algebra import Linearity
from ...theorems.textbook.deduction import Deduction
from ...theorems.textbook.limits import Vanishing
from ..document.latex_words import prose
from ..document.line_breaking import aligned, estimated_width
from ..document.symbols import introduced_in
from ..document.tree import Formula, Paragraph
from .assertions import asserted, joined

__all__ = ["evidence_blocks", "evidence_tex", "reference", "said"]

Blocks: TypeAlias = Iterator[Paragraph | Formula]
Words: TypeAlias = Mapping[Any, str]
_LINE = 34.0  # ems of a displayed line
_RELATION = re.compile(r"(?<![_{\w])(?:=|<|>|\\ge\b|\\le\b|\\to\b)(?![^{]*\})")
_STAGES = set(symbols("j m")) | set(symbols("j m", integer=True))
_LEFT = 14.0  # ems of a left side that others may be aligned behind


def reference(source: Reference) -> str:
    """Return a source as one sentence."""
    return f"{source.authors}, {source.title}, {source.locator}."


def said(text: str) -> Paragraph:
    """Return prose of a record, which introduces what it names or defines."""
    return Paragraph(text, introduces=introduced_in(text))


def evidence_tex(evidence: Evidence) -> str:
    """Return the evidence for a step as LaTeX paragraphs: what was checked.

    Parameters
    ----------
    evidence : Evidence
        Of a step or a witness of a `Theorem`.

    Returns
    -------
    str

    Raises
    ------
    InvalidArgument
        If the kind of evidence is unknown: nothing is printed as checked that is not understood.

    Examples
    --------
    >>> from sympy.abc import x
    >>> print(evidence_tex(Identity((x + 1) ** 2, x**2 + 2 * x + 1)))
    \\[
    (x + 1)^{2} = x^{2} + 2 x + 1.
    \\]
    """
    return "\n".join(
        f"\\[\n{block.latex}\n\\]" if isinstance(block, Formula) else prose(block.text)
        for block in evidence_blocks(evidence, {})
    )


def evidence_blocks(evidence: Evidence, words: Words, end: str = ".") -> Blocks:
    """Yield paragraphs and formulas; `words` are the propositions of the claim, by symbol."""
    writer = _WRITERS.get(type(evidence))
    if writer is None:
        raise ArgumentTypeError(f"'evidence' must be of a known kind, not {shown(evidence)}.")
    yield from writer(evidence, words, end)


def _identity(evidence: Identity, words: Words, end: str) -> Blocks:
    row = _row(evidence, bare=True)
    if row:
        given = joined([f"${balanced(zero)}$" for zero in evidence.given]) if evidence.given else ""
        if given:
            yield Paragraph(f"Given that {given},")
        yield from _broken(row, end)


def _broken(row: str, end: str) -> Blocks:
    """Yield a row, its sides apart where one of them is wider than a line."""
    left, _, right = row.partition(" \\\\ ")
    if right and max(estimated_width(left), estimated_width(right)) > _LINE:
        yield Formula(aligned(left))
        yield Formula(aligned(f"{right}{end}"))
    else:
        yield Formula(_ended(row, end))


def _row(evidence: Evidence, bare: bool = False) -> str:
    """Return what was checked as one formula; empty where it says nothing on paper.

    A formula has what is given beside it, but for a `bare` one.
    """
    if isinstance(evidence, Identity) and evidence.given and not bare:
        given = r",\ ".join(map(balanced, evidence.given))
        return rf"{_row(evidence, bare=True)} \enspace\text{{if}}\enspace {given}"
    if isinstance(evidence, Identity):
        left, right = formula(sympify(evidence.left)), formula(sympify(evidence.right))
        if left == right:
            return ""
        if estimated_width(left) > _LEFT and estimated_width(f"{left} = {right}") > _LINE:
            return f"{left} \\\\ = {right}"
        return f"{left} = {right}"
    if isinstance(evidence, Inequality):
        return _inequality(evidence)
    if isinstance(evidence, Vanishing):
        limit = rf"{formula(evidence.parameter)} \to \infty"
        return rf"{formula(evidence.expression)} \to 0 \quad ({limit})"
    assert isinstance(evidence, Summation)
    term = formula(evidence.term)
    summand = f"({term})" if sympify(evidence.term).is_Add else term
    lower = f"_{{{formula(evidence.index)}={formula(evidence.lower)}}}"
    upper = f"^{{{formula(evidence.upper)}}}"
    return rf"\sum{lower}{upper} {summand} = {formula(evidence.closed)}"


def _inequality(evidence: Inequality) -> str:
    expression = sympify(evidence.expression)
    if expression in evidence.domains or _domain_itself(expression, evidence.domains):
        return ""
    return balanced(expression, ">" if evidence.strict else r"\ge")


def _domain_itself(expression: Any, domains: Mapping[Symbol, Interval]) -> bool:
    """Return whether an inequality is the lower end of a domain: j + 1 <= l for l >= j + 1."""
    return any(expression == symbol - domain.low for symbol, domain in domains.items())


def _ended(row: str, end: str) -> str:
    """Return a row as a displayed formula: its right side on a line of its own where it is long."""
    left, wide, right = row.partition(" \\\\ ")
    if not wide:
        return aligned(f"{row}{end}")
    return rf"\begin{{aligned}} &{left} \\ &\quad {right}{end} \end{{aligned}}"


def _displayed(rows: Iterable[str], end: str) -> Blocks:
    """Yield rows in one line where they fit, else below each other, relations aligned."""
    found = [row.replace(" \\\\ ", " ") for row in rows if row]
    line = r", \qquad ".join(found)
    if len(found) < 2 or estimated_width(line) <= _LINE:
        yield Formula(aligned(f"{line}{end}"))
    elif max(map(estimated_width, found)) <= _LINE:
        lines = ", \\\\\n".join(_RELATION.sub(r"&\g<0>", row, count=1) for row in found)
        yield Formula(f"\\begin{{aligned}}\n{lines}{end}\n\\end{{aligned}}")
    else:
        for k, row in enumerate(found, 1):
            yield Formula(aligned(f"{row}{end if k == len(found) else ','}"))


def _single(evidence: Any, words: Words, end: str) -> Blocks:
    domains = _domains([evidence])
    row = _row(evidence)
    if not row:
        return
    placed = rf"{row} \quad ({', '.join(domains)})" if domains else row
    if estimated_width(placed) <= _LINE:
        yield Formula(_ended(placed, end))
        return
    if domains:
        yield Paragraph(f"For {joined([f'${one}$' for one in domains])},")
    yield Formula(_ended(row, end))


def _domains(checked: Iterable[Evidence]) -> list[str]:
    """Return the domains of the parameters that inequalities speak of, each once."""
    found: dict[str, None] = {}
    for one in checked:
        if isinstance(one, Inequality):
            needed = _needed(sympify(one.expression), one.domains)
            found |= {_domain(x, d): None for x, d in one.domains.items() if x in needed}
    return list(found)


def _needed(expression: Any, domains: Mapping[Symbol, Interval]) -> set[Any]:
    needed = set(expression.free_symbols)
    for symbol, domain in domains.items():
        if symbol in needed:
            for end in (domain.low, domain.high):
                needed |= set() if end is None else sympify(end).free_symbols
    return needed


def _domain(symbol: Symbol, domain: Interval) -> str:
    low, name = formula(domain.low), formula(symbol)
    if domain.high is not None:
        sign = r"\le" if domain.closed else "<"
        return f"{low} {sign} {name} {sign} {formula(domain.high)}"
    return f"{name} > {low}" if domain.open_low else rf"{name} \ge {low}"


def _deduction(evidence: Deduction, words: Words, end: str) -> Blocks:
    if isinstance(evidence.schema, Linearity):
        yield from _linearity(evidence.schema, end)
    else:
        yield from _textbook(evidence, words, "." if evidence.note else end)
    if evidence.note:
        yield said(evidence.note)


def _linearity(schema: Linearity, end: str) -> Blocks:
    """Yield the sums, the equation for the summands of one class, and the one for the sums."""
    stages = any(_STAGES & sympify(term).free_symbols for term in schema.summands.values())
    yield Paragraph(f"Summed over the classes{' and their stages' if stages else ''},")
    yield from _displayed(
        (rf"{formula(whole)} = \sum {_factor(term)}" for whole, term in schema.summands.items()),
        ",",
    )
    one_class = _row(schema.obligations()["one class"])
    if one_class:
        yield Paragraph("and for the summands of one class")
        yield from _broken(one_class, ",")
    relation = f"{formula(schema.relation.lhs)} = {formula(schema.relation.rhs)}"
    yield Paragraph(f"so that ${relation}${end}")


def _factor(term: Any) -> str:
    return f"({formula(term)})" if sympify(term).is_Add else formula(term)


def _textbook(evidence: Deduction, words: Words, end: str) -> Blocks:
    """Yield what is granted, what was checked, and what a textbook theorem concludes from it."""
    schema = evidence.schema
    granted = [asserted(one, words) for one in schema.assumptions()]
    obligations = list(schema.obligations().values())
    rows = list(filter(None, map(_row, obligations)))
    concluded = joined([asserted(one, words) for one in schema.conclusions()])
    conclusion = f"it follows by {schema.name} that {concluded}{end}"
    opening = f"Granted that {joined(granted, '; ')},"
    if not rows:
        yield Paragraph(f"{opening} {conclusion}")
        return
    domains = joined([f"${one}$" for one in _domains(obligations)] or [""])
    yield Paragraph(f"{opening} and since{f', for {domains},' if domains else ''}")
    yield from _displayed(rows, ",")
    yield Paragraph(conclusion)


def _finite(evidence: ExactFinite, words: Words, end: str) -> Blocks:
    yield said(f"Checked in exact arithmetic: {evidence.claim}; cases: {evidence.grid}.")


def _enclosure(evidence: Enclosed, words: Words, end: str) -> Blocks:
    low, high = evidence.low, evidence.high
    if low is None or high is None:
        bound = f"above ${formula(low)}$" if high is None else f"below ${formula(high)}$"
    else:
        bound = f"between ${formula(low)}$ and ${formula(high)}$"
    yield said(f"By certified enclosure, {evidence.claim} is {bound}.")


def _cited(evidence: Cited, words: Words, end: str) -> Blocks:
    yield said(f"{evidence.claim} Written proof: {reference(evidence.reference)}")


def _numeric(evidence: Numeric, words: Words, end: str) -> Blocks:
    tolerance = re.sub(r"^1e(-?)0*(\d+)$", r"$10^{\1\2}$", f"{evidence.tolerance:g}")
    yield said(
        f"Numerical evidence, no proof: {evidence.claim}; cases: {evidence.grid}; tolerance "
        f"{tolerance}."
    )


_WRITERS: dict[type, Callable[[Any, Words, str], Blocks]] = {
    Identity: _identity,
    Summation: _single,
    Inequality: _single,
    Deduction: _deduction,
    Vanishing: _single,
    ExactFinite: _finite,
    Enclosed: _enclosure,
    Cited: _cited,
    Numeric: _numeric,
}
