"""The one style of all figures: width, type, palette, marks, line styles.

Figures are one journal column wide (9 cm) and set in type that is read at that width; enlarge them
freely, or ask for another size (`frame`). Colours are those of Okabe and Ito, which colour-blind
readers tell apart. No distinction rests on colour alone: marks differ in shape, lines in dashes,
areas in lightness, so that a grey print says the same. The ground is white, never transparent, so
that dark pages leave a figure as it is; text stays text in SVG and PDF.

Examples
--------
A drawing of one's own in this style is made within `house_style`, from `new_figure` to `settled`;
`stabkit.figure_bytes` makes a file of it.

>>> from stabkit import figure_bytes, style
>>> with style.house_style():
...     drawing = style.new_figure(5)
...     drawn = drawing.subplots().plot([0, 1], color=style.BLUE)
>>> figure_bytes(style.settled(drawing), "png")[1:4]
b'PNG'

References
----------
M. Okabe, K. Ito, "Color Universal Design", 2008, https://jfly.uni-koeln.de/color.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

from ...errors import InvalidArgument, shown
from ..rendering import FIGURES
from ..text.numbers import readable
from .frame import DOTS_PER_INCH, FigureSize, figure_size, headline

if TYPE_CHECKING:
    import matplotlib.axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.layout_engine import LayoutEngine
    from matplotlib.legend import Legend

__all__ = [
    "BLUE",
    "COHORT_COLOURS",
    "DISC",
    "DOTS_PER_INCH",
    "GREY",
    "INK",
    "ROOT_FATES",
    "SHADE",
    "SKY",
    "SMALL",
    "VERMILLION",
    "drawn",
    "house_style",
    "legend_above",
    "legend_below",
    "legend_under",
    "new_figure",
    "pinned",
    "settled",
]

# Of matplotlib, which is not loaded before something is drawn.
Axes: TypeAlias = "matplotlib.axes.Axes"
Drawing: TypeAlias = "Figure | SubFigure"
AnyDrawing = TypeVar("AnyDrawing", bound="Figure | SubFigure")

INK, GREY = "#000000", "#5A5A5A"
BLUE, SKY, VERMILLION = "#0072B2", "#56B4E9", "#D55E00"
DISC = "#F0F0F0"  # the unit disc
SHADE = "#B9DDF3"  # what is stable: SKY, lightened
# Ordered so that neighbours differ in lightness too.
COHORT_COLOURS = (
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#BBBBBB",
)
# What becomes of a mode: label, colour, marker.
ROOT_FATES = (("decays", BLUE, "o"), ("stays", INK, "D"), ("grows", VERMILLION, "X"))
SMALL = 6.5  # the least size of type, in points
_WIDTH = 9.0
_CM = 1 / 2.54
_LAYOUT_PASSES = 4
_PLACES = 5  # after the point, of the figure's width and height: less than a pixel
_UNMOVED = 9  # after the point too, of what a pass of the layout has left where it was
_LEGEND_MARK = 22.0
_LABEL_ROOM = 26.0  # points for tick labels and the label of an axis
_LEGEND: dict[str, Any] = {"handlelength": 1.4, "handletextpad": 0.4, "columnspacing": 1.0}
_SETTINGS: dict[Any, Any] = {
    "font.size": 7.5,
    "axes.titlesize": 8.0,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "lines.linewidth": 1.0,
    "figure.constrained_layout.wspace": 0.06,
    "svg.fonttype": "none",
    "svg.hashsalt": "stabkit",
    "pdf.fonttype": 42,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Apply the style, and nothing of the user's own settings, while a figure is made or saved.

    Returns
    -------
    context manager
    """
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


@overload
def new_figure(height: float, width: float = ..., ax: None = None) -> Figure: ...
@overload
def new_figure(height: float, width: float = ..., ax: Axes | None = ...) -> Drawing: ...
def new_figure(height: float, width: float = _WIDTH, ax: Axes | None = None) -> Drawing:
    """Return an empty figure; with `ax`, the part of its figure there.

    Parameters
    ----------
    height, width : float
        In centimetres; by default one journal column wide.
    ax : matplotlib.axes.Axes, optional
        As in `stabkit.figure`: its figure keeps its size.

    Returns
    -------
    matplotlib.figure.Figure or SubFigure
        With the constrained layout.

    Raises
    ------
    InvalidArgument
        If `ax` is not of a grid, or no longer in its figure.
    """
    from .shown import ShownFigure

    if ax is None:
        size = (width * _CM, height * _CM)
        return ShownFigure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
    place = ax.get_subplotspec() if hasattr(ax, "get_subplotspec") else None
    if place is None:
        raise InvalidArgument(
            f"'ax' must be axes of a grid, as 'Figure.subplots' makes them, not {shown(ax)}."
        )
    parent = ax.figure
    if parent is None or ax not in parent.axes:
        raise InvalidArgument("'ax' must be axes that are still in their figure, not removed ones.")
    ax.remove()
    return parent.add_subfigure(place)


def drawn(
    kind: type,
    height: float | Callable[[Any], float],
    says: Callable[[Any], str] = lambda _: "",
    many: bool = False,
) -> Callable[[Callable[[Drawing, Any], None]], Callable[..., Drawing]]:
    """Return a decorator: the function draws results of a class into an empty figure.

    What it becomes is the writer that `stabkit.figure` finds: of the result and, if they are given,
    of axes whose place the figure takes, of a size and a title; in the house style, below the name
    of the workload, with its layout settled.

    Parameters
    ----------
    kind : type
        The class of the results.
    height : float, or a function of the result that returns one
        In centimetres.
    says : function of the result
        Returns what the title says below the name.
    many : bool
        Whether it draws several results together, and so is given a list.

    Returns
    -------
    callable
        The decorator.
    """

    def decorate(draw: Callable[[Drawing, Any], None]) -> Callable[..., Drawing]:
        @FIGURES.writes(kind, many=many)
        @wraps(draw)
        def writer(
            result: Any,
            ax: Axes | None = None,
            size: FigureSize | None = None,
            title: str | None = None,
        ) -> Drawing:
            with house_style():
                figure = _empty(height(result) if callable(height) else height, ax, size)
                headline(figure, title, result, says(result))
                draw(figure, result)
                _write_ticks(figure)
                return _laid_out(figure, size)

        return writer

    return decorate


def _empty(height: float, ax: Axes | None, size: FigureSize | None) -> Drawing:
    """Return an empty figure of the size that is asked for, or a part of another's."""
    if size is None:
        return new_figure(height, ax=ax)
    if ax is not None:
        raise InvalidArgument("'size' must be left out with 'ax': its figure keeps its size.")
    wide, high = figure_size(size)
    return new_figure(height if high is None else high / _CM, wide / _CM)


def _write_ticks(figure: Drawing) -> None:
    """Write the ticks of linear axes as texts write numbers, with thousands grouped."""
    from matplotlib.ticker import ScalarFormatter

    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is ScalarFormatter:
                axis.set_major_formatter(_tick)


def _tick(value: float, _: float) -> str:
    return readable(float(value)).replace("-", "−")


def _laid_out(figure: AnyDrawing, size: FigureSize | None) -> AnyDrawing:
    """Return the figure settled and pinned; refuse a size that leaves its axes no room."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "constrained_layout not applied")
        try:
            return pinned(settled(figure))
        except UserWarning as failure:
            raise InvalidArgument(
                f"'size' must leave room for what the figure shows, not {shown(size)}."
            ) from failure


def pinned(figure: AnyDrawing) -> AnyDrawing:
    """Return a settled figure with its axes at rounded places.

    The solver of the constrained layout does not repeat its last bits; an SVG file names its clip
    paths after them. A part of another's figure has no places yet.

    Parameters
    ----------
    figure : Figure or SubFigure

    Returns
    -------
    Figure or SubFigure
        The same.
    """
    from matplotlib.figure import Figure

    for axes in figure.axes if isinstance(figure, Figure) else ():
        left, bottom, width, height = axes.get_position().bounds
        place = (round(left, _PLACES), round(bottom, _PLACES))
        axes.set_position((*place, round(width, _PLACES), round(height, _PLACES)))
    return figure


def settled(figure: AnyDrawing) -> AnyDrawing:
    """Return the figure with its layout fixed, so that every later drawing is the same.

    Parameters
    ----------
    figure : matplotlib.figure.Figure or SubFigure

    Returns
    -------
    matplotlib.figure.Figure or SubFigure
        The same object.

    Notes
    -----
    One pass of the constrained layout does not reach a fixed point where axes have equal aspect. A
    part of another's figure is left to that one.
    """
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        return figure
    engine = figure.get_layout_engine()
    if engine and figure.axes:
        _run_layout(engine, figure)
    figure.set_layout_engine(None)  # "none" leaves one that does nothing, and saving draws twice
    figure.draw_without_rendering()
    return figure


def _run_layout(engine: LayoutEngine, figure: Figure) -> None:
    """Run a layout until it moves nothing, or has run often enough."""
    last: list[list[float]] = []
    for _ in range(_LAYOUT_PASSES):
        engine.execute(figure)
        bounds = [axes.get_position(original=True).bounds for axes in figure.axes]
        places = [[round(x, _UNMOVED) for x in place] for place in bounds]
        if places == last:
            break
        last = places


def legend_above(axes: Axes) -> None:
    """Put the legend of an axes on one line above it.

    Parameters
    ----------
    axes : matplotlib.axes.Axes

    Returns
    -------
    None
    """
    handles, labels = _entries(axes)
    style = _LEGEND | {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "borderaxespad": 0.2}
    _enlarge(axes.legend(handles, labels, ncols=len(labels), **style))


def legend_under(axes: Axes) -> None:
    """Put the legend of an axes, one entry a line, under its horizontal label.

    Parameters
    ----------
    axes : matplotlib.axes.Axes

    Returns
    -------
    None
    """
    from matplotlib.transforms import offset_copy

    handles, labels = _entries(axes)
    if handles:
        root = axes.get_figure(root=True)
        below = offset_copy(axes.transAxes, root, y=-_LABEL_ROOM, units="points")
        style = _LEGEND | {"loc": "upper center", "bbox_to_anchor": (0.5, 0), "borderaxespad": 0}
        _enlarge(axes.legend(handles, labels, bbox_transform=below, **style))


def legend_below(figure: Drawing, axes: Axes, columns: int = 2) -> None:
    """Put the legend of an axes, if it has any entry, at the foot of the figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure or SubFigure
    axes : matplotlib.axes.Axes
    columns : int
        Entries on a line.

    Returns
    -------
    None
    """
    handles, labels = _entries(axes)
    if handles:
        style = _LEGEND | {"loc": "outside lower center", "ncols": columns}
        _enlarge(figure.legend(handles, labels, **style))


def _entries(axes: Axes) -> tuple[list[Any], list[str]]:
    """Return handles and labels, marks before lines."""
    from matplotlib.lines import Line2D

    entries = zip(*axes.get_legend_handles_labels(), strict=True)
    ordered = sorted(entries, key=lambda entry: isinstance(entry[0], Line2D))
    return [handle for handle, _ in ordered], [label for _, label in ordered]


def _enlarge(legend: Legend) -> None:
    """Show marks in the legend at a size at which their shape is told."""
    from matplotlib.collections import PathCollection

    for handle in legend.legend_handles:
        if isinstance(handle, PathCollection):
            handle.set_sizes([_LEGEND_MARK])
