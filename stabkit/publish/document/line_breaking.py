r"""Breaking LaTeX formulas into lines of bounded width.

A formula is read as a row of *atoms*: letters, numbers, signs, brackets, and commands with their
arguments. Between atoms it may be broken, and every place has a price: least before a relation (=,
<, \le ...) and after a wide space, more before a sign, a product or a quotient, ten more for every
bracket that is open there, most between the digits of a long number. Of all ways to set lines that
are not too wide, the cheapest one is taken, where every line has a price too. Fractions that are
too wide become quotients on the line, and \left and \right that come to stand on two lines become
brackets of a fixed size, for TeX does not pair them across lines.

breqn, which breaks formulas while TeX runs, was tried for this. In a column of article it leaves
a number of 60 digits 80 pt too wide and the Fano factor of a symbolic mix 15 pt, for it breaks
neither numbers nor fractions; and it makes + and = active in all formulas of the paper.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from .widths import (
    BIG,
    FRACTIONS,
    RELATIONS,
    SIGNS,
    SIZED,
    TOKEN,
    UPRIGHT,
    after_space,
    argument,
    estimated_width,
    measured,
)

__all__ = [
    "aligned",
    "breakable",
    "broken",
    "broken_equations",
    "estimated_width",
    "inline_pieces",
    "prose_pieces",
]

_ROWS = re.compile(
    r"(.*)\\begin\{(?:gathered|aligned)\}(.*)\\end\{(?:gathered|aligned)\}(.*)", re.S
)
_PRODUCTS = {r"\cdot", r"\times", "/", r"\big/"}
_OPENING, _CLOSING = {"(", "[", r"\{"}, {")", "]", r"\}"}
_ARGUMENTS = {r"\sqrt", r"\mathcal", r"\mathbb", r"\mathbf", r"\hat", r"\bar", r"\tilde"}
_GROUP = 5  # digits that stay together
_LONGEST_NUMBER = 15  # digits of a number that is not broken
_LINE, _BRACKET, _NOT_ALIGNED, _TOO_WIDE = 4.0, 10.0, 8.0, 1000.0  # prices
_WIDEST_FRACTION = 12.0  # ems, in prose


class _Atom(NamedTuple):
    text: str
    width: float
    kind: str  # relation, sign, product, open, close, comma, wide, digits, or plain
    apart: bool = False  # a space of the source stands before it


def aligned(formula: str, width: float = 34.0) -> str:
    r"""Return the formula for display: itself, or an ``aligned`` environment where it is too wide.

    * `formula`: LaTeX of a formula, balanced brackets.
    * `width`: of a line, in ems.

    >>> aligned("a = b")
    'a = b'
    >>> print(aligned("a = b + c + d", 5.0))
    \begin{aligned}
    a &= b + c \\
    &\quad + d
    \end{aligned}
    """
    lines = broken(formula, width)
    if len(lines) == 1:
        return formula
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def broken(formula: str, width: float) -> list[str]:
    r"""Return the lines of a formula, each with one ``&``; itself if one line is enough.

    * `formula`: the rows of an environment ``gathered`` or ``aligned`` are broken one by one; what
      has another environment in it is left as it is.
    * `width`: of a line, in ems.
    """
    rows = _ROWS.fullmatch(formula.strip())
    if rows:
        before, inside, after = rows.groups()
        return _broken_rows(before, inside, after, width)
    if r"\begin{" in formula or estimated_width(formula) <= width:
        return [formula]
    return _broken_row(formula, width)


def _broken_rows(before: str, inside: str, after: str, width: float) -> list[str]:
    rows = [row.strip().removeprefix("&").strip() for row in inside.split(r"\\")]
    room = width - estimated_width(before + after)
    lines = [
        line
        for row in rows
        for line in ([row] if "&" in row else _broken_row(row, room, aligned=False))
    ]
    if before or after:
        joined = " \\\\\n".join(lines)
        return [f"{before}\\begin{{aligned}}\n{joined}\n\\end{{aligned}}{after}"]
    return lines


def _broken_row(row: str, width: float, aligned: bool = True) -> list[str]:
    atoms = _atoms(_linear(TOKEN.findall(row), width))
    side = next((k for k, a in enumerate(atoms) if a.kind == "relation" and k), 0)
    short = sum(atom.width for atom in atoms[:side]) <= width / 3
    sides = [side, 0] if aligned and short else [0]
    _, side, cuts = min(
        ((price + (0.0 if side else _NOT_ALIGNED), side, cuts))
        for side in sides
        for price, cuts in [_cheapest(atoms, side, width)]
    )
    lines = []
    for start, end in pairwise(cuts):
        place = _statement_side(atoms, start, end, side)
        if place:
            lines.append(f"{_paired(atoms[start:place])} &{_paired(atoms[place:end])}")
        else:
            lines.append(f"&{_indent(atoms, start, side)}{_paired(atoms[start:end])}")
    return lines


def _statement_side(atoms: Sequence[_Atom], start: int, end: int, side: int) -> int:
    """Return where the relation is that a line aligns at, if it begins a statement; else 0."""
    if not side or (start and atoms[start - 1].kind != "wide"):
        return 0
    place = next((k for k in range(start + 1, end) if atoms[k].kind == "relation"), 0)
    widths = [sum(atom.width for atom in part) for part in (atoms[:side], atoms[start:place])]
    return place if widths[1] <= widths[0] else 0


def _indent(atoms: Sequence[_Atom], start: int, side: int) -> str:
    if start == 0:
        return ""
    depth = _depths(atoms)[start]
    if depth:
        return r"\qquad "
    anew = atoms[start].kind == "relation" and side
    return "" if anew or atoms[start - 1].kind == "wide" else r"\quad "


def _cheapest(atoms: Sequence[_Atom], side: int, width: float) -> tuple[float, list[int]]:
    """Return the least sum of prices of lines, and where the lines begin and the last one ends.

    Lines after the first begin below the relation that ends the left-hand side, of `side` atoms.
    """
    prices = _prices(atoms)
    places = [0, *(k for k in sorted(prices) if k > side), len(atoms)]
    ends = [0.0, *accumulate(atom.width for atom in atoms)]
    best: dict[int, tuple[float, int]] = {0: (0.0, 0)}
    for n, end in enumerate(places[1:], start=1):
        tail = atoms[end - 1].width if atoms[end - 1].kind == "wide" else 0.0
        found = []
        for start in reversed(places[:n]):
            taken = ends[side] + _indented(atoms, start, side) if start else 0.0
            excess = ends[end] - ends[start] - tail - (width - taken)
            price = _LINE + prices.get(start, 0.0) + _TOO_WIDE * max(0.0, excess)
            found.append((best[start][0] + price, -start))  # of equals, the fuller first line
            if excess > width:
                break
        best[end] = (min(found)[0], -min(found)[1])
    cuts = [len(atoms)]
    while cuts[0]:
        cuts.insert(0, best[cuts[0]][1])
    return best[len(atoms)][0], cuts


def _indented(atoms: Sequence[_Atom], start: int, side: int) -> float:
    return {"": 0.0, r"\quad ": 1.0, r"\qquad ": 2.0}[_indent(atoms, start, side)]


def _prices(atoms: Sequence[_Atom]) -> dict[int, float]:
    """Return what a break before an atom costs, where one is possible."""
    depths = _depths(atoms)
    found = {}
    for k in range(1, len(atoms)):
        price = _price(atoms[k - 1], atoms[k])
        if price is not None:
            found[k] = price + _BRACKET * depths[k]
    return found


def _price(before: _Atom, atom: _Atom) -> float | None:
    if before.kind == "wide":
        return -5.0  # another statement
    if before.kind in ("relation", "sign", "product", "open"):
        return None
    if before.kind == "comma":
        return 1.0
    of_kind = {"relation": 0.0, "sign": 2.0, "product": 4.0}
    if atom.kind in of_kind:
        return of_kind[atom.kind]
    if atom.kind == "digits" and before.kind == "digits":
        return 30.0
    if atom.apart and (atom.kind == "open" or before.kind == "close"):
        return None if atom.kind in ("close", "comma", "wide") else 6.0
    return None


@cache
def _depth_steps(kinds: tuple[str, ...]) -> tuple[int, ...]:
    steps = ((kind == "open") - (kind == "close") for kind in kinds)
    return (0, *accumulate(steps))


def _depths(atoms: Sequence[_Atom]) -> tuple[int, ...]:
    """Return how many brackets are open before each atom."""
    return _depth_steps(tuple(atom.kind for atom in atoms))


def _paired(atoms: Sequence[_Atom]) -> str:
    r"""Return a line of LaTeX; a \left without its \right becomes a bracket of a fixed size."""
    texts = [atom.text for atom in atoms if atom is not atoms[-1] or atom.kind != "wide"]
    waiting: list[int] = []
    for k, text in enumerate(texts):
        if text.startswith(r"\left"):
            waiting.append(k)
        elif text.startswith(r"\right"):
            if waiting:
                waiting.pop()
            else:
                texts[k] = text.replace(r"\right", r"\bigr")
    for k in waiting:
        texts[k] = texts[k].replace(r"\left", r"\bigl")
    apart = (" " if atom.apart and k else "" for k, atom in enumerate(atoms))
    return "".join(f"{gap}{text}" for gap, text in zip(apart, texts, strict=False)).strip()


def _atoms(tokens: Sequence[str]) -> list[_Atom]:
    found: list[_Atom] = []
    k, apart = 0, False
    while k < len(tokens):
        if tokens[k].isspace():
            k, apart = k + 1, True
            continue
        start = k
        k = _atom_end(tokens, start)
        text = "".join(tokens[start:k])
        kind = _kind(tokens[start:k], found)
        if kind == "digits" and len(text) > _LONGEST_NUMBER:
            parts = [text[j : j + _GROUP] for j in range(0, len(text), _GROUP)]
        else:
            parts = [text]
        for part in parts:
            found.append(_Atom(part, measured(TOKEN.findall(part)), kind, apart))
            apart = False
    return found


def _atom_end(tokens: Sequence[str], start: int) -> int:
    """Return the place after the atom that begins at `start`: with its arguments."""
    token, k = tokens[start], start + 1
    if token in SIZED:
        return after_space(tokens, k) + 1
    if token == "{":
        return argument(tokens, start)[1]
    count = 2 if token in FRACTIONS else token in UPRIGHT | _ARGUMENTS or token in ("^", "_")
    for _ in range(count):
        k = argument(tokens, k)[1]
    while token in BIG and k < len(tokens) and tokens[k] in ("_", "^"):
        k = argument(tokens, k + 1)[1]
    return k


def _kind(tokens: Sequence[str], before: Sequence[_Atom]) -> str:
    token = tokens[-1] if tokens[0] in SIZED else tokens[0]
    joins = bool(before) and before[-1].kind not in ("relation", "sign", "open", "comma", "wide")
    if token in RELATIONS:
        return "relation"
    if token in SIGNS:
        return "sign" if joins else "plain"
    if token in _PRODUCTS:
        return "product"
    if token in _OPENING or tokens[0] in (r"\left", r"\bigl"):
        return "open"
    if token in _CLOSING or tokens[0] in (r"\right", r"\bigr"):
        return "close"
    if token.isdigit():
        return "digits"
    return {",": "comma", ";": "comma", r"\quad": "wide", r"\qquad": "wide"}.get(token, "plain")


def _linear(tokens: Sequence[str], width: float) -> list[str]:
    """Return the formula with those fractions that are too wide as quotients on the line."""
    found: list[str] = []
    k = 0
    while k < len(tokens):
        start = k
        k = _atom_end(tokens, k)
        atom = tokens[start:k]
        if tokens[start] in FRACTIONS and measured(atom) > width - 3:
            upper, after = argument(tokens, start + 1)
            lower, _ = argument(tokens, after)
            quotient = [*_factor(upper, False), " ", "/", " ", *_factor(lower, True)]
            following = after_space(tokens, k)
            if following < len(tokens) and tokens[following] not in _AFTER_QUOTIENT:
                quotient = [r"\left", "(", *quotient, r"\right", ")"]
            found += [" ", *_linear(quotient, width)]
        else:
            found += atom
    return found


_AFTER_QUOTIENT = RELATIONS | SIGNS | {",", ".", r"\right", ")", "]", r"\quad", r"\qquad"}


def _factor(tokens: Sequence[str], whole: bool) -> Sequence[str]:
    """Return a numerator, or denominator (`whole`), in brackets where it is a sum or a product."""
    atoms = _atoms(tokens)
    depths = _depths(atoms)
    outer = [atom for k, atom in enumerate(atoms) if k and not depths[k]]
    several = any(atom.kind in ("sign", "product") for atom in outer)
    several |= whole and any(atom.apart for atom in outer)
    return [r"\left", "(", *tokens, r"\right", ")"] if several else tokens


def broken_equations(equations: Sequence[tuple[str, str]], width: float) -> list[str]:
    r"""Return the lines of equations, (left, relation and right), that are aligned together.

    >>> broken_equations([("a", "= b + c"), (r"\vdots", "")], 4.0)
    ['a &= b', '&\\quad + c', '\\vdots &']
    """
    side = max(estimated_width(left) for left, _ in equations)
    found: list[str] = []
    for left, right in equations:
        if side <= width / 2:
            first, *rest = broken(right, width - side)
            found += [f"{left} &{first.removeprefix('&')}", *rest]
        else:
            found += [line if "&" in line else f"&{line}" for line in broken(left, width)]
            found += [rf"&\quad {line.removeprefix('&')}" for line in broken(right, width - 2)]
    return found


def breakable(formula: str, longest: float = 12.0) -> str:
    r"""Return a formula for prose that TeX may break after commas and between groups of digits.

    * `longest`: a formula that is no wider, in ems, is left as it is.

    >>> print(breakable("x = 1234567890123456789"))
    x = 12345\penalty800 67890\penalty800 12345\penalty800 6789
    """
    if estimated_width(formula) <= longest and not re.search(r"\d{16}", formula):
        return formula
    text = ""
    atoms = _prose_atoms(formula)
    for before, atom in zip([None, *atoms], atoms, strict=False):
        gap = " " if atom.apart and before else ""
        text += (_parting(before, atom) if before else "") or gap
        text += atom.text
    # TeX breaks no line between \left and \right.
    return text.replace(r"\left", r"\bigl").replace(r"\right", r"\bigr")


def _prose_atoms(formula: str) -> list[_Atom]:
    return _atoms(_linear(TOKEN.findall(formula), _WIDEST_FRACTION))


def _parting(before: _Atom, atom: _Atom) -> str:
    """Return what lets a line end between two atoms where no sign does: rather at a sign."""
    if before.kind == "digits" == atom.kind:
        return r"\penalty800 "
    return r"\allowbreak " if before.kind == "comma" and atom.apart else ""


def prose_pieces(formula: str, width: float = 14.0) -> list[str]:
    """Return a formula for prose in pieces that are no wider, to stand on lines of their own.

    >>> prose_pieces("a + b + c + d", 5.0)
    ['a + b + c', '+ d']
    """
    if estimated_width(formula) <= width or r"\begin{" in formula:
        return [formula]
    atoms = _atoms(_linear(TOKEN.findall(formula), width))
    return [_paired(atoms[start:end]) for start, end in pairwise(_cheapest(atoms, 0, width)[1])]


def inline_pieces(formula: str) -> list[float]:
    """Return the widths, in ems, of what TeX cannot break of a formula that is `breakable`."""
    atoms = _prose_atoms(formula)
    widths = [0.0]
    for before, atom in zip([None, *atoms], atoms, strict=False):
        after_sign = before and before.kind in ("relation", "sign", "product")
        if before and (after_sign or _parting(before, atom)):
            widths.append(0.0)
        widths[-1] += atom.width
    return widths
