r"""Tables as LaTeX that are no wider than a column.

Widths are estimated as those of formulas are. A table that fits has its columns as wide as they
need; in one that does not, the wide columns share what the narrow ones leave, in proportion to
what they lack, and TeX breaks their cells: words, sums, and numbers between groups of digits.
Smaller type is tried before that. A table that is too high for a page becomes several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from .latex_words import prose
from .line_breaking import estimated_width, inline_pieces
from .tree import Table

__all__ = ["tabular"]

_SIZES = ((r"\small", 0.93), (r"\footnotesize", 0.86), (r"\scriptsize", 0.79))  # em over 10 pt
_GAP = 1.0  # between columns, ems
_LETTER = 0.52
_HIGHEST = 30  # lines


def tabular(table: Table, room: float, environment: str = "tabular") -> Iterator[str]:
    """Yield a table in type that fits, in a group of its own.

    * `room`: ems of ten-point type.
    * `environment`: of the table; a ``longtable`` is broken, with its heads, where a page ends.
    """
    columns = list(zip(table.heads, *table.rows, strict=True))
    natural = [max(map(_natural, cells)) for cells in columns]
    least = [max(map(_least, cells)) for cells in columns]
    gaps = _GAP * (len(columns) - 1)
    fits = [s for widths in (natural, least) for s in _SIZES if sum(widths) + gaps <= room / s[1]]
    size, em = [*fits, _SIZES[-1]][0]
    widths = _shared(natural, least, room / em - gaps)
    wide = [given < wish for given, wish in zip(widths, natural, strict=True)]
    head = [
        rf"\begin{{{environment}}}{{@{{}}{_kinds(widths, wide)}@{{}}}}\toprule",
        _row(table.heads, wide) + r" \midrule" + r" \endhead" * (environment == "longtable"),
    ]
    end = rf"\bottomrule\end{{{environment}}}"
    yield rf"{{{size}\setlength{{\tabcolsep}}{{{_GAP / 2}em}}\renewcommand{{\arraystretch}}{{1.15}}"
    yield from head
    height = 0
    for row in table.rows:
        lines = max(ceil(_natural(cell) / width) for cell, width in zip(row, widths, strict=True))
        if height and height + lines > _HIGHEST and environment == "tabular":
            yield from (end, r"\par\medskip", *head)
            height = 0
        height += lines
        yield _row(row, wide)
    yield f"{end}}}"


def _kinds(widths: Sequence[float], wide: Sequence[bool]) -> str:
    return "".join(
        f"p{{{width:.2f}em}}" if broken else "r" if k else "l"
        for k, (width, broken) in enumerate(zip(widths, wide, strict=True))
    )


def _row(cells: Sequence[str], wide: Sequence[bool]) -> str:
    written = (
        rf"\raggedright {prose(cell, 0.0)}" if broken else prose(cell)
        for cell, broken in zip(cells, wide, strict=True)
    )
    # \raggedright gives \\ another meaning.
    return " & ".join(written) + (r" \tabularnewline" if any(wide) else r" \\")


def _shared(natural: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Return the widths of columns: what they need, or their part of the room that there is."""
    if sum(natural) <= room:
        return list(natural)
    fair = room / len(natural)
    given = [wish if wish <= fair else low for wish, low in zip(natural, least, strict=True)]
    lacking = sum(natural) - sum(given)
    part = max(0.0, room - sum(given)) / lacking if lacking else 0.0
    return [
        width + min(1.0, part) * (wish - width) for width, wish in zip(given, natural, strict=True)
    ]


def _natural(cell: str) -> float:
    words, formulas = cell.split("$")[::2], cell.split("$")[1::2]
    return 0.01 + _LETTER * sum(map(len, words)) + sum(map(estimated_width, formulas))


def _least(cell: str) -> float:
    words = " ".join(cell.split("$")[::2]).split()
    pieces = [max(inline_pieces(formula)) for formula in cell.split("$")[1::2]]
    return max([0.01, *(_LETTER * len(word) for word in words), *pieces])
