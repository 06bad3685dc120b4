"""What the figures show, as plain data: modes of an analysis, memory demand of a run.

The *memory demand* of a step is what the requests that survive it would need for the next
execution, before anything is admitted or evicted. With M tokens held and N requests in service
after the previous step, and c_k completions, each survivor grows by one token and each completion
of class k frees s_k + l_k tokens:

    demand = M - sum c_k (s_k + l_k) + N - sum c_k.

Below the capacity the difference is room for admissions; above it, requests are evicted. (The
memory *after* that is no picture of anything: a saturated greedy server is always full.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..analysis.records import Analysis, DominantMode
from ..dynamics.trajectory import Trajectory
from ..model.workload import Workload

__all__ = ["ModePicture", "RunPicture", "mode_picture", "run_picture", "steps_to_show"]

# More steps than this show a solid block; fewer rounds of the longest request hide slow swings.
_MOST_STEPS = 4000
_ROUNDS = 40
_FEWEST_ROUNDS = 3
# Steps times longest decode: a run that costs more than about a second is left out.
_MOST_WORK = 10**8


@dataclass(frozen=True)
class ModePicture:
    """Modes as points of the complex plane, and how many modes there are in all."""

    verdict: str
    decaying: tuple[complex, ...]
    staying: tuple[complex, ...]
    growing: tuple[complex, ...]
    mode_count: int


@dataclass(frozen=True)
class RunPicture:
    """Memory demand (tokens) and evictions (requests) of steps 1, 2, ..., beside the capacity."""

    capacity: float
    demand: NDArray[np.float64]
    evicted: NDArray[np.float64]


def mode_picture(analysis: Analysis) -> ModePicture:
    """Return the dominant modes of `analysis` as a picture."""
    points: dict[str, list[complex]] = {"decays": [], "stays": [], "grows": []}
    for mode in analysis.dominant_modes:
        points[_fate(mode)].append(complex(mode.re, mode.im))
    return ModePicture(
        analysis.verdict,
        decaying=tuple(points["decays"]),
        staying=tuple(points["stays"]),
        growing=tuple(points["grows"]),
        mode_count=analysis.kernel.length - 1,
    )


def _fate(mode: DominantMode) -> str:
    if mode.doubling_steps is not None:
        return "grows"
    return "stays" if mode.half_life_steps is None and mode.modulus else "decays"


def run_picture(workload: Workload, trajectory: Trajectory) -> RunPicture:
    """Return the memory demand and the evictions of a run of `workload`."""
    admitted, evicted = _floats(trajectory.admitted), _floats(trajectory.evicted)
    completed, memory = _floats(trajectory.completed), _floats(trajectory.memory)
    freed = _floats([c.input_length + c.decode_length for c in workload.classes])
    released = _floats(trajectory.completed_by_class) @ freed
    remaining = float(sum(sum(stages) for stages in trajectory.final_state))
    later = np.cumsum((admitted - evicted - completed)[::-1])[::-1]
    in_service = remaining - later[1:]
    demand = memory[:-1] - released[1:] + in_service - completed[1:]
    return RunPicture(float(trajectory.capacity), demand, evicted[1:])


def steps_to_show(workload: Workload) -> int | None:
    """Return how many steps a picture of this workload needs, or None if that is too much work."""
    longest = workload.longest_decode
    steps = max(min(_ROUNDS * longest, _MOST_STEPS), _FEWEST_ROUNDS * longest)
    return steps if steps * longest <= _MOST_WORK else None


def _floats(values: Any) -> NDArray[np.float64]:
    return np.asarray(values, dtype=float)
