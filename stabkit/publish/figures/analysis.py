"""Figure of an analysis: the roots beside the memory demand that swings as they say."""

from __future__ import annotations

from typing import Any

from ...analysis.pictures.analysis import AnalysisPicture, analysis_picture
from ...analysis.verdict.analysis import Analysis
from ...errors import InvalidArgument
from ..rendering import FIGURES
from ..text.numbers import amount, readable
from .roots import draw_roots, in_plane, root_title
from .run import draw_run
from .style import Drawing, drawn, legend_under

__all__ = ["analysis_figure", "found_figure"]

_HEIGHT = 7.2  # centimetres
_COLUMNS = 60  # of a long run, at half the width of a figure


@drawn(AnalysisPicture, _HEIGHT, lambda picture: _finding(picture))
def analysis_figure(figure: Drawing, picture: AnalysisPicture) -> None:
    """Draw the roots against the unit circle beside a run in which the dominant mode is seen.

    Without a run the roots are drawn alone.
    """
    roots, run = picture.roots, picture.run
    panels = figure.subplots(1, 1 if run is None else 2, squeeze=False)[0]
    draw_roots(panels[0], roots)
    panels[0].set_title(root_title(roots).partition(": ")[2])
    if run is not None:
        draw_run(panels[1], run, "", _COLUMNS)
        panels[1].set_title("memory demand" if picture.mode else "memory demand,\nstarted empty")
    for axes in panels:
        axes.set_box_aspect(1 if in_plane(roots) else None)
        legend_under(axes)


def _finding(picture: AnalysisPicture) -> str:
    """Return the verdict, and what becomes of the swing."""
    mode, verdict = picture.mode, picture.roots.verdict
    if mode is None or picture.run is None:
        return verdict
    if mode.doubling_steps is not None:
        return f"{verdict}: a small swing doubles every {_steps(mode.doubling_steps)}"
    if mode.half_life_steps is not None:
        return f"{verdict}: a swing halves every {_steps(mode.half_life_steps)}"
    return f"{verdict}: a swing stays as it is"


def _steps(steps: float) -> str:
    return amount(readable(steps, 4), "step")


@FIGURES.writes(Analysis)
def found_figure(found: Analysis, **frame: Any) -> Drawing:
    """Return the picture of a workload that was analysed; in its `frame`."""
    if found.mix is None:
        raise InvalidArgument(
            "'result' must hold its workload to be drawn, which an Analysis read from JSON does "
            "not: draw that of `analyze(mix)` instead."
        )
    return analysis_figure(analysis_picture(found.mix, found.verdict), **frame)
