"""How lessons show things: figures with a text alternative, badges, answers that wait."""

from __future__ import annotations

import base64
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

import marimo as mo

import stabkit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["answer", "badge", "number", "picture"]


def picture(figure: Figure, says: str, width: int = 30) -> Any:
    """Return a figure as an image that shrinks with the page.

    Parameters
    ----------
    figure : Figure
    says : str
        What a reader who does not see it should know: plain text.
    width : int
        At most, in em.
    """
    data = base64.b64encode(stabkit.figure_bytes(figure, "svg")).decode("ascii")
    return mo.Html(
        f'<img alt="{escape(says)}" src="data:image/svg+xml;base64,{data}" '
        f'style="width: min(100%, {width}em); background: white; display: block; margin: auto">'
    )


def number(value: Any) -> str:
    """Return an exact number as LaTeX."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact)
    sign = "-" if exact < 0 else ""
    return rf"{sign}\tfrac{{{abs(exact.numerator)}}}{{{exact.denominator}}}"


def badge(label: str) -> str:
    """Return the status of a theorem, as the runner found it, as HTML that stands out."""
    found = next(one.badge for one in stabkit.theorems() if one.label == label)
    return (
        '<span style="border: 1px solid; border-radius: .3em; padding: 0 .4em; '
        f'font-size: .85em">{escape(found)}</span>'
    )


def answer(text: str) -> Any:
    """Return a solution, hidden until it is asked for: Markdown with mathematics."""
    return mo.accordion({"Solution": mo.md(text)})
