r"""Plots in pgfplots: the same layers as in HTML, in the same colours, shapes and dashes."""

from __future__ import annotations

from collections.abc import Iterator

from .latex_words import prose
from .tree import Layer, Plot

__all__ = ["COLOURS", "tikz"]

COLOURS = {"stabkitinside": "0072B2", "stabkitoutside": "D55E00", "stabkitmark": "009E73"}
_TONES = {  # colour, mark, its size in that of a dot, dashes
    "inside": ("stabkitinside", "*", 1.0, "solid"),
    "outside": ("stabkitoutside", "triangle*", 1.3, "densely dashed"),
    "on": ("black", "square*", 1.0, "solid"),
    "mark": ("stabkitmark", "o", 2.0, "densely dotted"),
    "plain": ("black!60", "x", 1.2, "solid"),
}
_KINDS = {
    "line": "no marks,",
    "steps": "const plot,no marks,",
    "marks": "only marks,",
    "stems": "ycomb,",
    "area": "draw=none,fill opacity=.15,",
}
_FEW = 60  # points of a layer that are drawn large
_LONG_NUMBER = 1e6  # from here on an axis has a power of ten of its own
_SHORT_NAME = 18  # letters, of which two fit beside each other


def tikz(plot: Plot, width: str, height: str) -> Iterator[str]:
    """Yield the lines of a picture.

    * `width`, `height`: lengths of TeX, of the axes with their labels.
    """
    yield r"\begin{tikzpicture}"
    yield rf"\begin{{axis}}[width={width},height={height},{_axes(plot)}]"
    for layer in plot.layers:
        style, points = _style(layer, plot.legend), _points(layer)
        close = r" \closedcycle" if layer.kind == "area" else ""
        yield rf"\addplot[{style}] coordinates {{{points}}}{close};"
        if layer.name and plot.legend:
            yield rf"\addlegendentry{{{prose(layer.name)}}}"
    yield r"\end{axis}"
    yield r"\end{tikzpicture}"


def _axes(plot: Plot) -> str:
    scale = "axis equal" if plot.square else "enlarge x limits=.03"
    scale += "".join(
        f",scaled {axis} ticks=false"
        for axis, place in (("x", 0), ("y", 1))
        if all(abs(q[place]) < _LONG_NUMBER for layer in plot.layers for q in layer.points)
    )
    return (
        rf"{scale},xlabel={{{prose(plot.x)}}},ylabel={{{prose(plot.y)}}},"
        r"ticklabel style={/pgf/number format/fixed},"
        r"grid=major,grid style={gray!20},tick label style={font=\small},"
        r"legend style={draw=none,font=\small,at={(0.5,1.02)},anchor=south,column sep=4pt},"
        rf"legend cell align=left,legend columns={_legend_columns(plot)}"
    )


def _legend_columns(plot: Plot) -> int:
    return 1 if max(len(layer.name) for layer in plot.layers) > _SHORT_NAME else 2


def _style(layer: Layer, legend: bool) -> str:
    colour, mark, scale, dashes = _TONES[layer.tone]
    size = scale * (2.2 if len(layer.points) <= _FEW else 0.9)
    shape = (
        rf"mark={mark},mark size={size:.3g}pt,mark options=solid,"
        if layer.kind in ("marks", "stems")
        else ""
    )
    fill = f"fill={colour}," if layer.kind == "area" else ""
    silent = "" if layer.name and legend else ",forget plot"
    return rf"{_KINDS[layer.kind]}{shape}{fill}{dashes},{colour}{silent}"


def _points(layer: Layer) -> str:
    return " ".join(f"({x:.6g},{y:.6g})" for x, y in layer.points)
