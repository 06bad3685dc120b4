"""Prose in lines that a terminal of 80 columns does not break."""

from __future__ import annotations

import textwrap

__all__ = ["paragraph", "wrapped"]

_WIDTH = 79


def wrapped(text: str, indent: str = "", first: str = "") -> list[str]:
    """Return `text` in lines, the first after `first`, the others after `indent`.

    No word is broken: it may be a name or a number that is copied.

    Examples
    --------
    >>> wrapped("one " * 22, indent="  ")[1]
    '  one one'
    """
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def paragraph(text: str) -> str:
    """Return `text` in lines, each with its end."""
    return "\n".join(wrapped(text)) + "\n"
