"""Results in a notebook: a piece of HTML for every result that has a text or a figure."""

from __future__ import annotations

from html import escape
from typing import Any

from ..records import Result
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
        A table of a workload, formulas of a stability criterion, the page of a derivation; of all
        else the text, or where there is none the figure. It makes no outside request.

    Raises
    ------
    InvalidArgument
        If `result` has neither.

    Examples
    --------
    >>> from stabkit import as_workload, html, nyquist
    >>> html(nyquist("5:3 5:5"))[:20]
    '<pre>5:3:1/2 5:5:1/2'
    """
    if PAGES.writer(result):
        written: str = PAGES(result)
        return written
    if TEXTS.writer(result) or not FIGURES.writer(result):
        return f"<pre>{escape(text(result))}</pre>"
    drawn: Any = figure(result)
    return str(drawn._repr_html_())
