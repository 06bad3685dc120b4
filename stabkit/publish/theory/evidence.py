"""The evidence for a step as LaTeX: formulas displayed, words around them.

Prose of a record is plain text with mathematics between dollar signs and goes through as it is,
save for what is special to LaTeX in the text between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Symbol, latex, sympify

from ...errors import ArgumentTypeError, shown
from ...theorems.evidence import (
    Cited,
    Enclosure,
    Evidence,
    ExactFinite,
    Identity,
    Inequality,
    Numeric,
    Reference,
    Summation,
)
from ...theorems.positivity import Interval
from ...theorems.textbook.deduction import Deduction
from ...theorems.textbook.limits import Vanishing
from ..document.latex_words import escaped, prose
from ..document.line_breaking import aligned, estimated_width

__all__ = ["evidence_tex", "formula", "reference"]

_INLINE = 8.0  # ems of a formula that may stand in a line of text
_LEFT = 14.0  # ems of a left side that others may be aligned behind


def reference(source: Reference) -> str:
    """Return a source as one sentence of LaTeX."""
    return escaped(f"{source.authors}, {source.title}, {source.locator}.")


def formula(expression: Any) -> str:
    """Return a sympy object as LaTeX, scripts in the names kept."""
    return str(latex(expression, mul_symbol=None))


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
    \\left(x + 1\\right)^{2} = x^{2} + 2 x + 1
    \\]
    """
    writer = _WRITERS.get(type(evidence))
    if writer is None:
        raise ArgumentTypeError(f"'evidence' must be of a known kind, not {shown(evidence)}.")
    return writer(evidence)


def _display(text: str) -> str:
    return f"\\[\n{aligned(text)}\n\\]"


def _identity(evidence: Identity) -> str:
    left, right = formula(sympify(evidence.left)), formula(sympify(evidence.right))
    if estimated_width(left) > _LEFT:  # a line of its own, or what follows is pushed out
        text = f"{_display(left)}\n{_display(f'= {right}')}"
    else:
        text = _display(f"{left} = {right}")
    if not evidence.given:
        return text
    given = ", ".join(f"${formula(sympify(expression))} = 0$" for expression in evidence.given)
    return f"{text}\nprovided that {given}."


def _summation(evidence: Summation) -> str:
    limits = f"_{{{formula(evidence.index)}={formula(sympify(evidence.lower))}}}^{{"
    limits += f"{formula(evidence.upper)}}}"
    term, closed = formula(sympify(evidence.term)), formula(sympify(evidence.closed))
    return _display(rf"\sum{limits} \left({term}\right) = {closed}")


def _inequality(evidence: Inequality) -> str:
    sign = ">" if evidence.strict else r"\ge"
    expression = sympify(evidence.expression)
    text = _display(f"{formula(expression)} {sign} 0")
    used = {x: d for x, d in evidence.domains.items() if x in _needed(expression, evidence.domains)}
    if not used:
        return text
    domains = ", ".join(f"${_domain(x, d)}$" for x, d in used.items())
    return f"{text}\nfor {domains}."


def _needed(expression: Any, domains: Mapping[Symbol, Interval]) -> set[Any]:
    needed = set(expression.free_symbols)
    for symbol, domain in domains.items():
        if symbol in needed:
            for end in (domain.low, domain.high):
                needed |= set() if end is None else sympify(end).free_symbols
    return needed


def _domain(symbol: Symbol, domain: Interval) -> str:
    low, name = formula(sympify(domain.low)), formula(symbol)
    if domain.high is not None:
        sign = r"\le" if domain.closed else "<"
        return f"{low} {sign} {name} {sign} {formula(sympify(domain.high))}"
    return f"{name} > {low}" if domain.open_low else rf"{name} \ge {low}"


def _deduction(evidence: Deduction) -> str:
    lines = [f"By the textbook theorem \\emph{{{escaped(evidence.schema.title)}}}:"]
    for name, part in evidence.schema.obligations().items():
        lines.append(rf"\par\noindent\emph{{{escaped(name)}.}} {evidence_tex(part)}")
    lines += [rf"\par\noindent {_spread(line)}" for line in evidence.in_words()]
    return "\n".join(lines)


def _spread(text: str) -> str:
    """Return prose whose wide formulas are displayed, as a line cannot be broken within them."""
    parts = text.split("$")
    shown = [
        (_display(part) if estimated_width(part) > _INLINE else f"${part}$")
        if k % 2
        else prose(part)
        for k, part in enumerate(parts)
    ]
    return "\n".join(shown)


def _vanishing(evidence: Vanishing) -> str:
    expression = formula(sympify(evidence.expression))
    return _display(rf"{expression} \to 0 \quad ({formula(evidence.parameter)} \to \infty)")


def _finite(evidence: ExactFinite) -> str:
    return f"In exact arithmetic: {prose(evidence.claim)}. Grid: {prose(evidence.grid)}."


def _enclosure(evidence: Enclosure) -> str:
    low = "" if evidence.low is None else f"${formula(sympify(evidence.low))} <{{}}$ "
    high = "" if evidence.high is None else f" ${{}}< {formula(sympify(evidence.high))}$"
    return f"By certified enclosure: {low}{prose(evidence.claim)}{high}."


def _cited(evidence: Cited) -> str:
    return f"{prose(evidence.claim)} Written proof: {reference(evidence.reference)}"


def _numeric(evidence: Numeric) -> str:
    return (
        f"Numerical evidence, no proof: {prose(evidence.claim)}. Cases: {prose(evidence.grid)}; "
        f"tolerance {evidence.tolerance:g}."
    )


_WRITERS: dict[type, Callable[[Any], str]] = {
    Identity: _identity,
    Summation: _summation,
    Inequality: _inequality,
    Deduction: _deduction,
    Vanishing: _vanishing,
    ExactFinite: _finite,
    Enclosure: _enclosure,
    Cited: _cited,
    Numeric: _numeric,
}
