"""Figures of results that are drawn as the picture of their workload, or of a few of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...analysis.operations.recommend import Recommendation
from ...analysis.operations.sweep import PolicySweep
from ...analysis.pictures.policies import sweeps_picture
from ...analysis.pictures.run import kernel_picture
from ...model.workload import Workload
from ..rendering import FIGURES
from .policies import policy_figure
from .run import kernel_figure
from .style import Drawing

__all__: list[str] = []


@FIGURES.writes(Recommendation)
def _policies(found: Recommendation, **frame: Any) -> Drawing:
    """Return the throughput against the rate, the gain and the watermark."""
    return policy_figure(sweeps_picture(found.mix, found.sweeps), **frame)


@FIGURES.writes(PolicySweep, many=True)
def _sweeps(found: Sequence[PolicySweep], **frame: Any) -> Drawing:
    """Return the throughput against a parameter; of several sweeps a panel for each."""
    return policy_figure(sweeps_picture(found[0].mix, found), **frame)


@FIGURES.writes(Workload)
def _workload(mix: Workload, **frame: Any) -> Drawing:
    """Return the memory kernel above the survival function."""
    return kernel_figure(kernel_picture(mix), **frame)
