"""Results in a notebook: a piece of HTML for every result."""

from __future__ import annotations

from html import escape
from typing import Any

from ..records import Record, Result
from .rendering import FIGURES, PAGES, TEXTS, figure, text

__all__ = ["html"]


def html(result: Result) -> str:
    """Return a result as a piece of a web page, as a notebook shows it.

    Parameters
    ----------
    result : dataclass or sequence of them
        What a function of stabkit returned.

    Returns
    -------
    str
        A table of a workload, formulas of a stability criterion, the page of a derivation; the
        figure of what is only to be drawn, and of all else the text. It makes no outside request.

    Raises
    ------
    InvalidArgument
        If `result` is none.

    Examples
    --------
    >>> from stabkit import as_workload, html, nyquist
    >>> html(nyquist("5:3 5:5"))[:20]
    '<pre>5:3:1/2 5:5:1/2'
    """
    if PAGES.writer(result):
        written: str = PAGES(result)
        return written
    if TEXTS.kind(result) is Record and FIGURES.writer(result):  # a picture
        drawn: Any = figure(result)
        return str(drawn._repr_html_())
    return f"<pre>{escape(text(result))}</pre>"
