"""How lessons show things: figures with a text alternative, verdicts, badges, answers that wait."""

from __future__ import annotations

import base64
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

import marimo as mo

import stabkit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["answer", "badge", "number", "picture", "verdict"]

# An image takes the colour scheme of the page that it stands on: at night its ink is light, the
# hues stay, and the ground is the page's.
_NIGHT = (
    "<style>@media (prefers-color-scheme: dark) { svg { filter: invert(1) hue-rotate(180deg) } "
    '[style="fill: #ffffff"] { fill: none !important } }</style>'
)


def picture(figure: Figure, says: str, width: int = 30) -> Any:
    """Return a figure as an image that shrinks with the page and follows its colour scheme.

    Parameters
    ----------
    figure : Figure
    says : str
        What a reader who does not see it should know: plain text.
    width : int
        At most, in em.
    """
    drawn = (
        stabkit.figure_bytes(figure, "svg").decode("utf-8").replace("<defs>", _NIGHT + "<defs>", 1)
    )
    data = base64.b64encode(drawn.encode("utf-8")).decode("ascii")
    return mo.Html(
        f'<img alt="{escape(says)}" src="data:image/svg+xml;base64,{data}" '
        f'style="width: min(100%, {width}em); background: none; display: block; margin: auto">'
    )


def verdict(html: str) -> Any:
    """Return what a slider is answered first: a sentence that is also read aloud.

    Parameters
    ----------
    html : str
        The sentence; what it quotes is escaped.
    """
    return mo.Html(f'<p role="status" aria-live="polite" style="font-size: 1.2em">{html}</p>')


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
