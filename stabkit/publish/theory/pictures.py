"""The picture of a result as TikZ: points in a plane, with a caption."""

from __future__ import annotations

from collections.abc import Iterator

from ...theorems.records import Picture, Series
from ..document.latex_words import prose

__all__ = ["picture_tex"]

_STYLES = {
    "bars": "ycomb,thick",
    "line": "thick,no marks",
    "dashed": "thick,dashed,no marks",
    "dots": "only marks,mark=*,mark size=1.4pt",
    "rings": "only marks,mark=o,mark size=2.4pt",
}
_COLOURS = ("stabkitblue", "stabkitorange", "stabkitgreen")
_CIRCLE = r"\addplot[black,domain=0:360,samples=181,forget plot] ({cos(x)},{sin(x)});"


def picture_tex(picture: Picture) -> Iterator[str]:
    """Yield a picture as the lines of a LaTeX figure."""
    yield from (r"\begin{figure}[htb]\centering", r"\begin{tikzpicture}")
    yield rf"\begin{{axis}}[{','.join(_options(picture))}]"
    if picture.circle:
        yield _CIRCLE
    for colour, series in zip(_COLOURS, picture.series, strict=False):
        yield from _drawn(series, colour)
    yield from (r"\end{axis}", r"\end{tikzpicture}")
    yield from (rf"\caption{{{prose(picture.caption)}}}", r"\end{figure}")


def _options(picture: Picture) -> Iterator[str]:
    size = "height=.6\\linewidth,axis equal image" if picture.circle else "height=.4\\linewidth"
    yield rf"width=.72\linewidth,{size}"
    yield f"xlabel={{{prose(picture.across)}}},ylabel={{{prose(picture.up)}}}"
    yield "grid=major,grid style={gray!20},legend pos=outer north east"
    yield "legend cell align=left,legend style={draw=none,font=\\small}"
    yield from (f"{axis}mode=log" for axis in picture.logarithmic)


def _drawn(series: Series, colour: str) -> Iterator[str]:
    points = " ".join(f"({x:.5g},{y:.5g})" for x, y in series.points)
    yield rf"\addplot[{_STYLES[series.kind]},{colour}] coordinates {{{points}}};"
    if series.name:
        yield rf"\addlegendentry{{{prose(series.name)}}}"
