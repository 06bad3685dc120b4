r"""Breaking LaTeX formulas into lines of bounded width.

A formula is a sequence of *pieces* between relation signs (=, <, \le ...) and between the signs +
and - that stand outside all brackets. Pieces are put on lines greedily, a relation at the head of
a line aligned; a piece that is wider than a line is broken at the outermost signs *within* its
brackets, whose \left and \right then become plain brackets of a fixed size, for TeX does not pair
them across lines.

Widths are estimated by counting glyphs, in ems of the text font: a letter or digit 0.5, a sign with
its spaces 1.3, scripts two thirds; of a fraction, the wider one of numerator and denominator. It is
an estimate, on the safe side: what TeX makes of the lines is checked where TeX runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["aligned", "estimated_width"]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[^\\]", re.DOTALL)
_RELATIONS = {"=", "<", ">", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", r"\approx"}
_SIGNS = {"+", "-"}
_INVISIBLE = {r"\left", r"\right", r"\bigl", r"\bigr", r"\,", r"\;", r"\!", r"\operatorname"}
_OPENING, _CLOSING = "([{", ")]}"
_NARROW = {",", ".", "|", "!", "'", "i", "j", "l", ";", ":", "(", ")", "[", "]"}


def estimated_width(formula: str) -> float:
    """Return the estimated width of a formula, in ems.

    Examples
    --------
    >>> estimated_width(r"a + b") < estimated_width(r"a + b + c") < 6
    True
    >>> estimated_width(r"\\frac{a + b + c}{d}") == estimated_width(r"a + b + c") + 0.24
    True
    """
    return _measure(_TOKEN.findall(formula))


def aligned(formula: str, width: float = 34.0) -> str:
    r"""Return the formula for display: itself, or an ``aligned`` environment where it is too wide.

    Parameters
    ----------
    formula : str
        LaTeX of a formula, balanced brackets; one with an environment in it is left as it is.
    width : float
        Of a line, in ems.

    Examples
    --------
    >>> aligned("a = b")
    'a = b'
    >>> print(aligned("a = b + c + d", 4.0))
    \begin{aligned}
    a &= b \\
    &\quad + c \\
    &\quad + d
    \end{aligned}
    """
    if r"\begin{" in formula or estimated_width(formula) <= width:
        return formula
    lines = _lines(_TOKEN.findall(formula), width)
    if len(lines) == 1:
        return formula
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _measure(tokens: Sequence[str]) -> float:
    total, k = 0.0, 0
    while k < len(tokens):
        token = tokens[k]
        if token in ("^", "_"):
            group, k = _group(tokens, k + 1)
            total += 0.67 * _measure(group)
            continue
        if token in (r"\frac", r"\dfrac", r"\tfrac"):
            upper, k = _group(tokens, k + 1)
            lower, k = _group(tokens, k)
            total += max(_measure(upper), _measure(lower)) + 0.24
            continue
        total += _glyph(token)
        k += 1
    return total


def _glyph(token: str) -> float:
    if token.isspace() or token in _INVISIBLE or token in "{}":
        return 0.0
    if token in _RELATIONS or token in _SIGNS:
        return 1.3
    if token in (r"\quad", r"\sum", r"\prod"):
        return 1.2
    return 0.35 if token in _NARROW else 0.56


def _group(tokens: Sequence[str], start: int) -> tuple[Sequence[str], int]:
    """Return the argument that begins at `start`, and the place after it."""
    while start < len(tokens) and tokens[start].isspace():
        start += 1
    if start >= len(tokens) or tokens[start] != "{":
        return tokens[start : start + 1], start + 1
    depth = 0
    for k in range(start, len(tokens)):
        depth += (tokens[k] == "{") - (tokens[k] == "}")
        if depth == 0:
            return tokens[start + 1 : k], k + 1
    return tokens[start + 1 :], len(tokens)


def _lines(tokens: list[str], width: float) -> list[str]:
    """Fill lines greedily with pieces; the first relation is aligned, signs are indented."""
    lines: list[str] = []
    current, first = "", True
    for sign, piece in _pieces(tokens, width):
        text = f"{sign} {piece}".strip()
        mark = ""
        if sign in _RELATIONS and first:
            mark, first = "&", False
        if current and estimated_width(current + text) > width:
            lines.append(current if "&" in current else f"&{current}")
            indent = "&" if sign in _RELATIONS else r"&\quad "
            current = indent + text
            first = False
        else:
            current = f"{current} {mark}{text}".strip()
    return [*lines, current if "&" in current or not lines else f"&{current}"]


def _pieces(tokens: list[str], width: float) -> Iterator[tuple[str, str]]:
    """Yield (sign before it, piece), pieces wider than a line broken within their brackets."""
    for sign, part in _split(tokens, 0):
        if _measure(part) <= width - 2:
            yield sign, "".join(part).strip()
            continue
        yield from _within(sign, part, width)


def _within(sign: str, part: list[str], width: float) -> Iterator[tuple[str, str]]:
    depth, broken = 1, [(sign, part)]
    while depth < 4 and any(_measure(piece) > width - 2 for _, piece in broken):
        broken = [
            (s, piece)
            for before, whole in broken
            for s, piece in (
                _split(whole, depth, before) if _measure(whole) > width - 2 else [(before, whole)]
            )
        ]
        depth += 1
    for s, piece in broken:
        yield s, _unpaired("".join(piece).strip()) if len(broken) > 1 else "".join(piece).strip()


def _unpaired(text: str) -> str:
    return text.replace(r"\left", r"\bigl").replace(r"\right", r"\bigr")


def _split(tokens: list[str], level: int, sign: str = "") -> list[tuple[str, list[str]]]:
    """Split at relations and signs at that depth of brackets, never within braces."""
    parts: list[tuple[str, list[str]]] = []
    current: list[str] = []
    braces = brackets = 0
    for token in tokens:
        braces += (token == "{") - (token == "}")
        brackets += (token in "([") - (token in ")]") if len(token) == 1 else 0
        at_level = braces == 0 and brackets <= level
        if at_level and token in _RELATIONS | _SIGNS and _binary(current):
            parts.append((sign, current))
            sign, current = token, []
        else:
            current.append(token)
    return [*parts, (sign, current)]


def _binary(before: list[str]) -> bool:
    """Tell whether a sign after these tokens joins two terms: not right after an opening one."""
    for token in reversed(before):
        if not token.isspace():
            return token not in {"(", "[", "{", "^", "_", ",", r"\left", r"\bigl"}
    return False
