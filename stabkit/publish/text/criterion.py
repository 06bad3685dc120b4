"""The stability criterion in symbols as lines of text and as LaTeX.

A lower and an upper bound on the same symbol are joined to a chain, ``a < p < b``. Names of symbols
come from users: what is not plainly a name is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from latex2mathml.converter import convert
from sympy import Basic, Expr, Symbol, false, latex, sstr
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from ...errors import printable
from ...spectrum.criterion.criterion import StabilityCriterion
from ..rendering import PAGES, TEXTS
from .formulas import operators

__all__ = ["criterion_latex", "criterion_relations", "criterion_text"]

_PLAIN_NAME = re.compile(r"[A-Za-z]+(_[A-Za-z0-9]+|[0-9]+)?")
_REVERSED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS = {"<=": "≤", ">=": "≥"}
_LATEX_SIGNS = {"<=": r"\le", ">=": r"\ge"}
_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{c: f"\\{c}" for c in "&%$#_{}"},
}


@TEXTS.writes(StabilityCriterion)
def criterion_text(criterion: StabilityCriterion) -> str:
    """Return the criterion as lines for a terminal: inequalities, domain, and whether simplified.

    >>> from sympy import symbols
    >>> from stabkit.model.symbolic import SymbolicWorkload
    >>> from stabkit.spectrum.criterion.criterion import stability_criterion
    >>> s, p = symbols("s p")
    >>> mix = SymbolicWorkload.from_classes([(s, 2, p), (s, 3, 1 - p)])
    >>> print(criterion_text(stability_criterion(mix)), end="")
    stable if and only if
        2/(s + 3) < p < (s + 2)/(s + 3)
    for
        s ≥ 0
        0 < p < 1
    """
    return "\n".join(_lines(criterion, _indented, str)) + "\n"


def criterion_latex(criterion: StabilityCriterion) -> str:
    r"""Return the criterion as a LaTeX ``gathered`` block, for any display of mathematics.

    >>> from sympy import symbols
    >>> from stabkit.model.symbolic import SymbolicWorkload
    >>> from stabkit.spectrum.criterion.criterion import stability_criterion
    >>> s, p = symbols("s p")
    >>> mix = SymbolicWorkload.from_classes([(s, 2, p), (s, 3, 1 - p)])
    >>> print(criterion_latex(stability_criterion(mix)), end="")
    \begin{gathered}
    \text{stable if and only if} \\
    \frac{2}{s + 3} < p < \frac{s + 2}{s + 3} \\
    \text{for} \\
    s \ge 0 \\
    0 < p < 1
    \end{gathered}
    """
    lines = _latex_lines(criterion)
    return "\\begin{gathered}\n" + " \\\\\n".join(lines) + "\n\\end{gathered}\n"


def criterion_relations(criterion: StabilityCriterion) -> tuple[list[str], list[str]]:
    r"""Return the inequalities and the domain as lines of LaTeX; never stable has no inequality.

    >>> from sympy import symbols
    >>> from stabkit.model.symbolic import SymbolicWorkload
    >>> from stabkit.spectrum.criterion.criterion import stability_criterion
    >>> s, p = symbols("s p")
    >>> mix = SymbolicWorkload.from_classes([(s, 1, 1 - p), (s, 2, p)])
    >>> criterion_relations(stability_criterion(mix))
    (['p < \\frac{s + 1}{s + 2}'], ['s \\ge 0', '0 < p < 1'])
    """
    return _relations(_statement(criterion)[1]), _relations(criterion.assumptions)


def _lines(
    criterion: StabilityCriterion,
    written: Callable[[Iterable[Basic]], list[str]],
    prose: Callable[[str], str],
) -> list[str]:
    """Return inequalities, domain, and whether they are simplified: relations as `written`."""
    head, inequalities = _statement(criterion)
    lines = [prose(head), *written(inequalities)]
    if criterion.assumptions:
        lines += [prose("for"), *written(criterion.assumptions)]
    if not criterion.simplified:
        lines.append(prose("(not simplified further: the time limit ran out)"))
    return lines


def _latex_lines(criterion: StabilityCriterion) -> list[str]:
    return _lines(criterion, _relations, lambda words: rf"\text{{{words}}}")


@PAGES.writes(StabilityCriterion)
def _criterion_page(criterion: StabilityCriterion) -> str:
    """Return the criterion as MathML, which browsers set without a script."""
    return "\n".join(convert(line, display="block") for line in _latex_lines(criterion))


def _statement(criterion: StabilityCriterion) -> tuple[str, tuple[Basic, ...]]:
    if not criterion.inequalities:
        return "always stable", ()
    if false in criterion.inequalities:
        return "never stable", ()
    return "stable if and only if", criterion.inequalities


def _chains(
    relations: Iterable[Basic], show: Callable[[Expr], str], signs: dict[str, str]
) -> list[str]:
    """Return a line for each relation, the first lower and upper bound of a term on one line."""
    lines: list[str] = []
    waiting = [r for r in relations if isinstance(r, Relational)]
    while waiting:
        first = waiting.pop(0)
        partner = next((r for r in waiting if _joins(first, r)), None)
        if partner is None:
            lines.append(f"{show(first.lhs)} {_sign(first.rel_op, signs)} {show(first.rhs)}")
            continue
        waiting.remove(partner)
        low, high = (first, partner) if first.rel_op.startswith(">") else (partner, first)
        lines.append(
            f"{show(low.rhs)} {_sign(_REVERSED[low.rel_op], signs)} {show(low.lhs)} "
            f"{_sign(high.rel_op, signs)} {show(high.rhs)}"
        )
    return lines


def _joins(one: Relational, other: Relational) -> bool:
    return bool(one.lhs == other.lhs and {one.rel_op[0], other.rel_op[0]} == {"<", ">"})


def _sign(sign: str, signs: dict[str, str]) -> str:
    return signs.get(sign, sign)


def _indented(relations: Iterable[Basic]) -> list[str]:
    return [f"    {line}" for line in _chains(relations, _text, _SIGNS)]


def _relations(relations: Iterable[Basic]) -> list[str]:
    return _chains(relations, _latex, _LATEX_SIGNS)


def _text(expression: Expr) -> str:
    return operators(printable(sstr(expression)))


def _latex(expression: Expr) -> str:
    plain = expression.xreplace({f: Symbol(sstr(f)) for f in expression.atoms(AppliedUndef)})
    odd = (x for x in plain.atoms(Symbol) if not _PLAIN_NAME.fullmatch(x.name))
    names: dict[Any, str] = {x: rf"\mathtt{{{_escaped(x.name)}}}" for x in odd}
    return str(latex(plain, symbol_names=names))


def _escaped(name: str) -> str:
    return "".join(_LATEX_SPECIAL.get(c, c) for c in printable(name))
