"""Plain tables: columns of text that no terminal folds, so that digits can be copied."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["plain_table"]


def plain_table(rows: Sequence[Sequence[str]]) -> str:
    """Return `rows` as lines, the first one being the heads, columns aligned and two spaces apart.

    Examples
    --------
    >>> print(plain_table([("s", "modes"), ("100", "2")]), end="")
    s    modes
    100  2
    """
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines) + "\n"
