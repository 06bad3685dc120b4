"""What is the same around every figure: its size, its resolution and its title.

The title is the name of the mix, or a text of one's own, above a line on what is seen. A size is
given in inches or by name:

========== =======================================================================
``column`` 3.54 wide, one journal column: what every figure has by default
``page``   7.2 wide, the text of a page
``slide``  6.4 x 3.6, to be enlarged to a whole slide, so that its type is read
========== =======================================================================

The first two keep the height that the kind of figure has by itself. Type keeps its points at any
size.
"""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any, TypeAlias

from ...errors import ArgumentTypeError, InvalidArgument, printable, shown
from ...model.numbers import whole_number
from ..rendering import name_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

__all__ = ["DOTS_PER_INCH", "SIZES", "FigureSize", "dots_per_inch", "figure_size", "headline"]

FigureSize: TypeAlias = str | tuple[float, float]
SIZES: dict[str, tuple[float, float | None]] = {
    "column": (9 / 2.54, None),
    "page": (7.2, None),
    "slide": (6.4, 3.6),
}
DOTS_PER_INCH = 300
_FEWEST_DOTS, _MOST_DOTS = 20, 2400
_SMALLEST, _LARGEST = 1.5, 50.0  # inches
_MOST_PIXELS = 10**8
_TITLE = 8.0
_FILLED = 0.94  # of the width of a figure, by letters of the mean width of their line
_MOST_LETTERS = 400
_MOST_LINES = 3


def figure_size(size: Any) -> tuple[float, float | None]:
    """Return width and height in inches; the height is None where the figure has its own.

    * `size`: such as ``"slide"``, ``"3.4x2.5"`` or (3.4, 2.5).

    Raises InvalidArgument if it is neither, or beyond 1.5 to 50 inches.

    >>> figure_size("3.4x2.5"), figure_size("page"), figure_size((4, 3))
    ((3.4, 2.5), (7.2, None), (4.0, 3.0))
    """
    if isinstance(size, str) and size in SIZES:
        return SIZES[size]
    sides = _sides(size)
    if len(sides) != 2 or not all(_SMALLEST <= side <= _LARGEST for side in sides):
        kind = InvalidArgument if isinstance(size, (str, list, tuple)) else ArgumentTypeError
        raise kind(
            "'size' must be width x height in inches, each from 1.5 to 50, such as 3.4x2.5, or "
            f"{', '.join(list(SIZES)[:-1])} or {list(SIZES)[-1]}, not {shown(size)}."
        )
    return sides[0], sides[1]


def _sides(size: Any) -> list[float]:
    """Return the numbers of a size, and none if it is no size."""
    parts = size.replace("×", "x").split("x") if isinstance(size, str) else size
    try:
        return [float(part) for part in parts] if isinstance(parts, (list, tuple)) else []
    except (TypeError, ValueError, OverflowError):
        return []


def dots_per_inch(dpi: Any, inches: tuple[float, float | None] = (1, 1)) -> int:
    """Return a resolution that can be drawn at that size.

    * `dpi` (int): from 20 to 2 400.
    * `inches`: width and height of the figure.

    Raises InvalidArgument if `dpi` is another number, or the picture has more than 10^8 pixels.
    """
    dots = whole_number(dpi, "'dpi'", _FEWEST_DOTS, _MOST_DOTS)
    width, height = inches
    area = width * (height or width)
    if dots**2 * area > _MOST_PIXELS:
        most = math.isqrt(int(_MOST_PIXELS / area))
        raise InvalidArgument(f"'dpi' must be at most {most} for a figure so large, not {dots}.")
    return dots


def headline(figure: Figure | SubFigure, title: str | None, result: Any, says: str) -> None:
    """Write what the figure is of, and below it what it says, above all that is drawn.

    * `title`: in place of the name of the result's workload; an empty one leaves that out.
    * `result`: what is drawn.
    * `says`: may hold formulas.

    Raises InvalidArgument if `title` is no text.
    """
    if title is not None and not isinstance(title, str):
        raise ArgumentTypeError(f"'title' must be a text, not {shown(title)}.")
    name = printable(name_of(result) if title is None else title)[:_MOST_LETTERS]
    above = _lines(figure, name, 1 if title is None else _MOST_LINES)
    below = [line for part in says.split("\n") for line in _lines(figure, part)]
    written = "\n".join([*map(literal, above), *below])
    if written:
        figure.suptitle(written, fontsize=_TITLE)


def literal(text: str) -> str:
    r"""Return a text of a user as matplotlib shows it letter by letter: a dollar opens no formula.

    >>> literal("$x_" + chr(27))
    '\\$x_?'
    """
    return printable(text).replace("$", r"\$")


def _lines(figure: Figure | SubFigure, text: str, most: int = _MOST_LINES) -> list[str]:
    """Return a text in lines as wide as the figure, what is too long cut off."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=_TITLE)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    room = _FILLED * 72 * figure.bbox.width / figure.get_figure(root=True).dpi
    across = max(1, int(room * len(text) / width)) if width else 1
    shortened = text if len(text) <= most * across else f"{text[: most * across - 1]}…"
    return textwrap.wrap(shortened, across, max_lines=most, placeholder="…")
