r"""How wide a formula is, estimated from the widths of Computer Modern.

The unit is an em of the text font: a digit has 0.5, a relation with its spaces 1.34, scripts four
fifths of their letters; of a fraction the wider one of numerator and denominator counts. What TeX
makes of the lines that rest on it is checked where TeX runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = [
    "BIG",
    "FRACTIONS",
    "RELATIONS",
    "SIGNS",
    "SIZED",
    "TOKEN",
    "UPRIGHT",
    "after_space",
    "argument",
    "estimated_width",
    "measured",
]

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|\s+|[^\\]", re.DOTALL)
RELATIONS = {"=", "<", ">", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", r"\approx"}
RELATIONS |= {r"\propto", r"\to", r"\in", r"\mid", r"\equiv", r"\sim", r"\iff", r"\implies"}
SIGNS = {"+", "-", r"\pm", r"\mp"}
_SPACES = {r"\quad": 1.0, r"\qquad": 2.0, r"\,": 0.17, r"\;": 0.28, r"\:": 0.22, r"\!": -0.17}
SIZED = {r"\left", r"\right", r"\bigl", r"\bigr", r"\Bigl", r"\Bigr"}
BIG = {r"\sum": 1.45, r"\prod": 1.28, r"\int": 1.0, r"\min": 1.4, r"\max": 1.55, r"\sup": 1.4}
_OPERATORS = {r"\gcd": 1.5, r"\cos": 1.3, r"\sin": 1.2, r"\log": 1.3, r"\exp": 1.5, r"\ldots": 1.3}
_OPERATORS |= {r"\cdots": 1.4, r"\dots": 1.4, r"\infty": 1.0, r"\vdots": 0.3, r"\Pr": 1.3}
FRACTIONS = {r"\frac": 1.0, r"\dfrac": 1.0, r"\tfrac": 0.8}
UPRIGHT = {r"\text", r"\operatorname", r"\mathrm", r"\mathsf"}
_NARROW = {",": 0.45, ".": 0.28, "|": 0.28, "!": 0.28, "'": 0.28, "i": 0.35, "j": 0.42, "l": 0.3}
_NARROW |= {";": 0.45, ":": 0.28, "(": 0.39, ")": 0.39, "[": 0.28, "]": 0.28, "t": 0.37, "r": 0.46}
_NARROW |= {"s": 0.47, "c": 0.44, "m": 0.88, "w": 0.72, "/": 0.5, r"\iota": 0.36, r"\circ": 0.5}


def estimated_width(formula: str) -> float:
    """Return the estimated width of a formula, in ems.

    >>> estimated_width(r"a + b") < estimated_width(r"a + b + c") < 6
    True
    >>> estimated_width(r"\\frac{a + b + c}{d}") == estimated_width(r"a + b + c") + 0.24
    True
    """
    return measured(TOKEN.findall(formula))


def measured(tokens: Sequence[str], script: bool = False) -> float:
    """Return the width of tokens; in a `script` signs have no space around them."""
    total, k = 0.0, 0
    while k < len(tokens):
        token = tokens[k]
        k += 1
        if token in ("^", "_"):
            group, k = argument(tokens, k)
            total += 0.8 * measured(group, True)
        elif token in FRACTIONS:
            upper, k = argument(tokens, k)
            lower, k = argument(tokens, k)
            size = FRACTIONS[token]
            total += size * max(measured(upper), measured(lower)) + 0.24
        elif token in UPRIGHT:
            group, k = argument(tokens, k)
            total += 0.5 * len("".join(group)) + 0.17
        elif token in BIG:
            widths = [BIG[token]]
            while k < len(tokens) and tokens[k] in ("_", "^"):
                group, k = argument(tokens, k + 1)
                widths.append(0.8 * measured(group, True))
            total += max(widths) + 0.17
        else:
            total += _glyph(token, script)
    return total


def _glyph(token: str, script: bool) -> float:
    if token in RELATIONS:
        return 0.78 if script else 1.34
    if token in SIGNS:
        return 0.78 if script else 1.22
    if token == r"\cdot":
        return 0.28 if script else 0.73
    if token.isspace() or token in SIZED or token in "{}&":
        return 0.0
    if token.isdigit():
        return 0.5 * len(token)
    known = _SPACES.get(token, _OPERATORS.get(token, _NARROW.get(token)))
    if known is not None:
        return known
    return 0.78 if token.isupper() else 0.6


def after_space(tokens: Sequence[str], start: int) -> int:
    """Return the place of the first token, from `start` on, that is no space."""
    while start < len(tokens) and tokens[start].isspace():
        start += 1
    return start


def argument(tokens: Sequence[str], start: int) -> tuple[Sequence[str], int]:
    """Return the argument that begins at `start`, and the place after it."""
    start = after_space(tokens, start)
    if start >= len(tokens) or tokens[start] != "{":
        return tokens[start : start + 1], start + 1
    depth = 0
    for k in range(start, len(tokens)):
        depth += (tokens[k] == "{") - (tokens[k] == "}")
        if depth == 0:
            return tokens[start + 1 : k], k + 1
    return tokens[start + 1 :], len(tokens)
