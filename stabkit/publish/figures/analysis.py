"""Figure of an analysis: the roots beside the memory demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...analysis.pictures.analysis import AnalysisPicture, analysis_picture
from ...analysis.verdict.analysis import Analysis
from ...errors import InvalidArgument
from ..rendering import FIGURES
from .roots import draw_roots, in_plane, root_title
from .run import draw_run
from .style import drawn, legend_under

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .style import Drawing

__all__ = ["analysis_figure", "found_figure"]

_HEIGHT = 6.8  # centimetres


@drawn(AnalysisPicture, _HEIGHT)
def analysis_figure(figure: Drawing, picture: AnalysisPicture) -> None:
    """Draw the roots against the unit circle beside the memory demand of a run from empty.

    Without a run the roots are drawn alone.
    """
    roots, run = picture.roots, picture.run
    panels = figure.subplots(1, 1 if run is None else 2, squeeze=False)[0]
    draw_roots(panels[0], roots)
    panels[0].set_title(root_title(roots).replace(": ", "\n"))
    if run is not None:
        draw_run(panels[1], run, "")
        panels[1].set_title("memory demand,\nstarted empty")
    for axes in panels:
        axes.set_box_aspect(1 if in_plane(roots) else None)
        legend_under(axes)


@FIGURES.writes(Analysis)
def found_figure(found: Analysis, ax: Axes | None = None) -> Drawing:
    """Return the picture of a workload that was analysed; `ax` as in `stabkit.figure`."""
    if found.mix is None:
        raise InvalidArgument(
            "'result' must hold its workload to be drawn, which an Analysis read from JSON does "
            "not: draw that of `analyze(mix)` instead."
        )
    return analysis_figure(analysis_picture(found.mix, found.verdict), ax)
