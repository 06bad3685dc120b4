"""Figure of an analysis: the roots beside the memory demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...analysis.pictures.analysis import AnalysisPicture
from ..rendering import FIGURES
from .roots import draw_roots, in_plane, root_title
from .run import draw_run
from .style import house_style, legend_under, new_figure, settled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .style import Drawing

__all__ = ["analysis_figure"]

_HEIGHT = 6.8  # centimetres


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
    with house_style():
        figure = new_figure(_HEIGHT, ax=ax)
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
        return settled(figure)
