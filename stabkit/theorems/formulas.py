r"""Formulas of records as LaTeX, in the order that the field writes them in.

sympy sorts what commutes by its own order: $- C + M$, $A (L + s)$. Here a sum begins with a
positive term, then falls in degree, or in powers of $\lambda$, or rises in powers of $z$, $w$ and
$\varepsilon$; in a product numbers come first, then letters, sums, powers with a letter in the
exponent, and the polynomials $A$, $F$, $G$ last. What was checked is the same: only the order on
paper, and the side of a relation that a term stands on, are chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sympy import Add, Mul, Pow, S, Subs, Symbol, sympify
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

__all__ = ["balanced", "formula"]

_AS_DECIMAL = 100  # denominators from here on
_FALLING = {"lambda"}
_RISING = {"z", "w", "epsilon", "varepsilon"}
_POLYNOMIALS = {"A", "A'", "F", "F_d", "G", "H", "Q", "chi", r"\tilde{G}"}
_ONE_LETTER = {"epsilon": "varepsilon", "phi": "varphi"}  # one shape of a letter in all records
_FIRST = "s"  # the input length stands first in a sum of lengths: s + l, s + m + 1
# Unstable, on the circle, between s and t, cycles, by the formula, completions, number: no letters.
_LABELLED = {"N_u", "N_c", "N_st", "n_c", "P_f", "E_f", "v_c", "x_N", "v_N"}
_TALL = re.compile(r"\\frac|\\sum|\\left")
_BRACKETS = re.compile(r"\\left\(((?:(?!\\left|\\right|\\frac|\\sum).)*)\\right\)")


def formula(expression: Any) -> str:
    r"""Return a sympy object as LaTeX, terms and factors in the order of the field.

    >>> from sympy import symbols
    >>> A, B, L, M, lam, s, z = symbols("A B L M lambda s z")
    >>> print(formula(M - B), formula(A * (L + s) - lam * A), formula(z * (s + 2)))
    M - B (s + L) A - \lambda A z (s + 2)
    """
    text = str(_Printer().doprint(sympify(expression)))
    while (plain := _BRACKETS.sub(_plain, text)) != text:
        text = plain
    return text


def balanced(expression: Any, sign: str = "=") -> str:
    r"""Return ``expression sign 0`` as LaTeX, its negative terms on the other side.

    * `sign`: one of ``=``, ``>`` and ``\ge``.

    >>> from sympy import symbols
    >>> s, l = symbols("s l")
    >>> print(balanced(s - l), balanced(1 - s, ">"), balanced(s + l, r"\ge"))
    s = l s < 1 s + l \ge 0
    """
    terms = Add.make_args(sympify(expression))
    below = [term for term in terms if _negative(term)]
    if not below:
        return f"{formula(expression)} {sign} 0"
    left = Add(*(term for term in terms if not _negative(term)))
    right = Add(*(-term for term in below))
    if left.is_number or (right.is_Symbol and not left.is_Symbol):
        turned = {"=": "=", ">": "<", r"\ge": r"\le"}[sign]
        return f"{formula(right)} {turned} {formula(left)}"
    return f"{formula(left)} {sign} {formula(right)}"


def _plain(found: re.Match[str]) -> str:
    return f"({found[1].strip()})"


class _Printer(LatexPrinter):  # type: ignore[misc]
    """LaTeX in the order of the field."""

    def __init__(self) -> None:
        super().__init__({"mul_symbol": None})

    def _print_Add(self, expr: Any, order: Any = None) -> str:  # noqa: N802
        text = ""
        for term in _terms(expr):
            sign = "-" if _negative(term) else "+" if text else ""
            shown = self._print(-term if _negative(term) else term)
            text += f" {sign} {shown}"
        return text.strip()

    def _print_Mul(self, expr: Any) -> str:  # noqa: N802
        number, factors = expr.as_coeff_mul()
        if number.is_negative:
            return f"- {self._print(Mul(-number, *factors))}"
        above = [factor for factor in factors if not _below(factor)]
        below = [1 / factor for factor in factors if _below(factor)]
        upper, lower = sympify(number).as_numer_denom()
        below = [part for factor in below for part in _primitive(factor)]
        lower = Mul(lower, *(part for part in below if part.is_number))
        below = [part for part in below if not part.is_number]
        if lower == 1 and not below:
            return self._product(upper, above)
        if not below and upper == 1 and any(isinstance(factor, Subs) for factor in above):
            return rf"\frac{{1}}{{{self._print(lower)}}} {self._product(upper, above)}"
        return rf"\frac{{{self._product(upper, above)}}}{{{self._product(lower, below)}}}"

    def _product(self, number: Any, factors: Iterable[Any]) -> str:
        ordered = sorted(factors, key=_factor_key)
        if number != 1 or not ordered:
            ordered.insert(0, number)
        if len(ordered) == 1:
            return str(self._print(ordered[0]))
        text = ""
        for k, factor in enumerate(ordered):
            shown = str(self._print(factor))
            if factor.is_Add or self._needs_mul_brackets(factor, k == 0, k == len(ordered) - 1):
                shown = rf"\left({shown}\right)"
            text += (r" \cdot " if text and shown[0].isdigit() else " ") + shown
        return text.strip()

    def _print_Abs(self, expr: Any, exp: Any = None) -> str:  # noqa: N802
        inside = self._print(expr.args[0])
        tall = _TALL.search(inside)
        text = rf"\left|{inside}\right|" if tall else f"|{inside}|"
        return f"{text}^{{{exp}}}" if exp else text

    def _print_Function(self, expr: Any, exp: Any = None) -> str:  # noqa: N802
        if not isinstance(expr, AppliedUndef):
            return str(super()._print_Function(expr, exp))
        name = self._deal_with_super_sub(expr.func.__name__)
        if name.isalpha() and len(name) > 1:
            name = rf"\operatorname{{{name}}}"
        arguments = [self._print(argument) for argument in expr.args]
        if (len(name) > 1 and "\\" not in name) or not all(a.is_integer for a in expr.args):
            return f"{name}({', '.join(arguments)})"
        first, *others = arguments  # as in x_k^{(j)}
        upper = f"^{{({', '.join(others)})}}" if others else ""
        return f"{name}_{{{first}}}{upper}"

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:  # noqa: N802
        if expr.name in _LABELLED:
            letter, label = expr.name.split("_")
            return rf"{letter}_{{\mathrm{{{label}}}}}"
        bare = expr.name.rstrip("'")
        name = super()._print_Symbol(Symbol(_ONE_LETTER.get(bare, bare)), style)
        return str(name) + "'" * (len(expr.name) - len(bare))

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        digits = next((k for k in range(9) if 10**k % expr.q == 0), None)
        if digits is None or max(expr.q, abs(expr.p) // 10) < _AS_DECIMAL:
            return str(super()._print_Rational(expr))
        return f"{Decimal(int(expr.p)) / Decimal(int(expr.q)):.{digits}f}"

    def _print_LessThan(self, relation: Any) -> str:  # noqa: N802
        return rf"{self._print(relation.lhs)} \le {self._print(relation.rhs)}"

    def _print_GreaterThan(self, relation: Any) -> str:  # noqa: N802
        return rf"{self._print(relation.lhs)} \ge {self._print(relation.rhs)}"


def _negative(term: Any) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _below(factor: Any) -> bool:
    return (
        isinstance(factor, Pow)
        and bool(factor.exp.as_coeff_Mul()[0].is_negative)
        and bool(factor.exp.is_number)
    )


def _primitive(factor: Any) -> tuple[Any, ...]:
    """Return a sum as its integer content times the rest: 2 l + 2 s as 2 (l + s)."""
    content, rest = factor.as_content_primitive() if factor.is_Add else (S.One, factor)
    return (content, rest) if content.is_Integer and content > 1 else (factor,)


def _terms(total: Any) -> list[Any]:
    found = sorted(total.args, key=_term_key)
    first = next((k for k, term in enumerate(found) if not _negative(term)), 0)
    return [found[first], *found[:first], *found[first + 1 :]]


def _term_key(term: Any) -> tuple[Any, ...]:
    powers = {base: _size(power) for base, power in _powers(term).items()}
    falling = sum(power for base, power in powers.items() if str(base) in _FALLING)
    rising = sum(power for base, power in powers.items() if str(base) in _RISING)
    degree = sum(power for power in powers.values() if power > 0)
    letters = sorted(_letter_key(base) for base in powers)
    return (-falling, rising, -degree, letters, str(term))


def _powers(term: Any) -> dict[Any, Any]:
    return {base: power for base, power in term.as_powers_dict().items() if not base.is_number}


def _size(power: Any) -> float:
    """Return an exponent, letters in it being large, for the order alone."""
    letters = sorted(power.free_symbols, key=str)
    return float(power.subs({x: 1000 + 10 * k for k, x in enumerate(letters)}))


def _letter_key(base: Any) -> tuple[Any, ...]:
    name = _name(base)
    return (not isinstance(base, Symbol), name[:1] != _FIRST, name)


def _factor_key(factor: Any) -> tuple[Any, ...]:
    base, power = factor.as_base_exp()
    if str(base) in _POLYNOMIALS or isinstance(base, AppliedUndef):
        kind = 4
    elif not power.is_number:
        kind = 3
    elif base.is_Add:
        kind = 2
    else:
        kind = 1
    small = isinstance(base, Symbol) and str(base) in _FALLING | _RISING
    return (kind, small, _name(base).lower(), str(factor))


def _name(base: Any) -> str:
    return str(base).removeprefix(r"\tilde{")
