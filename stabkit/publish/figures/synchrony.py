"""Figure of synchrony: the renewal graph of the mix."""

from __future__ import annotations

from typing import Any

from ...analysis.pictures.graph import graph_picture
from ...spectrum.synchrony.synchrony import Synchrony
from ..rendering import FIGURES
from .graph import renewal_graph_figure
from .style import Drawing

__all__ = ["synchrony_figure"]


@FIGURES.writes(Synchrony)
def synchrony_figure(found: Synchrony, **frame: Any) -> Drawing:
    """Return the renewal graph with its cohorts; in its `frame`."""
    return renewal_graph_figure(graph_picture(found.mix), **frame)
