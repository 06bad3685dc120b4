"""Figures of an analysis: the roots beside the memory demand, one row for each mix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...analysis.pictures.analysis import AnalysisPicture, analysis_picture
from ...analysis.verdict.analysis import Analysis
from ...errors import InvalidArgument
from ..rendering import FIGURES
from .roots import draw_roots, in_plane, root_title
from .run import draw_run
from .style import house_style, legend_under, new_figure, settled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .style import Drawing

__all__ = ["analysis_figure", "comparison_figure", "found_figure"]

_ROW = 6.8  # centimetres


@FIGURES.writes(AnalysisPicture)
def analysis_figure(picture: AnalysisPicture, ax: Axes | None = None) -> Drawing:
    """Return the roots against the unit circle beside the memory demand of a run from empty.

    Parameters
    ----------
    picture : AnalysisPicture
        As `analysis_picture` makes it; without a run the roots are drawn alone.
    ax : matplotlib.axes.Axes, optional
        As in `stabkit.figure`.
    """
    return comparison_figure([("", picture)], ax)


@FIGURES.writes(Analysis)
def found_figure(found: Analysis, ax: Axes | None = None) -> Drawing:
    """Return the picture of a workload that was analysed; `ax` as in `stabkit.figure`."""
    if found.mix is None:
        raise InvalidArgument(
            "'result' must hold its workload to be drawn, which an Analysis read from JSON does "
            "not: draw that of `analyze(mix)` instead."
        )
    return analysis_figure(analysis_picture(found.mix, found.verdict), ax)


def comparison_figure(
    cases: Sequence[tuple[str, AnalysisPicture]], ax: Axes | None = None
) -> Drawing:
    """Return one row per case, a title and its picture, as `analysis_figure` draws one."""
    with house_style():
        figure = new_figure(_ROW * len(cases), ax=ax)
        rows = figure.subfigures(len(cases), 1, squeeze=False)[:, 0]
        for row, (title, picture) in zip(rows, cases, strict=True):
            roots, run = picture.roots, picture.run
            if title:
                row.suptitle(title, fontsize=8.5, fontweight="bold", x=0.01, ha="left")
            panels = row.subplots(1, 1 if run is None else 2, squeeze=False)[0]
            draw_roots(panels[0], roots)
            panels[0].set_title(root_title(roots).replace(": ", "\n"))
            if run is not None:
                draw_run(panels[1], run, "")
                panels[1].set_title("memory demand,\nstarted empty")
            for axes in panels:
                axes.set_box_aspect(1 if in_plane(roots) else None)
                legend_under(axes)
        return settled(figure)
