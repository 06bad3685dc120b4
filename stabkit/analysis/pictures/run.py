"""What the figures show, as plain data: memory demand and kernel.

(Roots and graph: `stabkit.analysis.pictures.roots` and `graph`. The Nyquist curve and the root
locus are their own data: `stabkit.spectrum.curves.nyquist` and `stabkit.spectrum.curves.locus`.)

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

from ...dynamics.simulator import LARGEST_RUN
from ...dynamics.trajectory import Trajectory
from ...errors import ArgumentTypeError, InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.workload import Workload
from ...records import Series

__all__ = [
    "KernelPicture",
    "RunPicture",
    "kernel_picture",
    "run_picture",
    "steps_to_show",
]

# More steps than this show a solid block; fewer rounds of the longest request hide slow swings.
_MOST_STEPS = 4000
_ROUNDS = 40
_FEWEST_ROUNDS = 3
# Steps times longest decode: a run that costs more than about a second is left out.
_MOST_WORK = 10**8
_LONGEST_KERNEL = 10**6

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class RunPicture(Series):
    """Memory demand and evictions of a run, beside the capacity.

    Attributes
    ----------
    capacity : float
        In tokens.
    demand, evicted : ndarray of float
        Tokens asked for and requests evicted in steps 1, 2, ...
    name : str
        Of the workload.

    Examples
    --------
    >>> from stabkit import Workload, run_picture, simulate
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> picture = run_picture(mix, simulate(mix, 3))
    >>> picture.capacity, (picture.evicted > 0).tolist()
    (140.0, [True, False, True])
    """

    capacity: float
    demand: Floats
    evicted: Floats
    name: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class KernelPicture(Series):
    """Memory kernel and survival function at stages m = 0, ..., L - 1.

    Attributes
    ----------
    name : str
        Of the workload.
    kernel, survival : ndarray of float
        g_m, in tokens, and P(T > m).

    Examples
    --------
    >>> from stabkit import Workload, kernel_picture
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> picture = kernel_picture(mix)
    >>> picture.kernel.tolist(), picture.survival.tolist()
    ([6.0, 7.0, 8.0, 4.5, 5.0], [1.0, 1.0, 1.0, 0.5, 0.5])
    """

    name: str
    kernel: Floats
    survival: Floats


def run_picture(workload: WorkloadLike, trajectory: Trajectory) -> RunPicture:
    """Return the memory demand and the evictions of a run of `workload`.

    Parameters
    ----------
    workload : WorkloadLike
        The one that was run.
    trajectory : Trajectory
        What `simulate` returned.

    Returns
    -------
    RunPicture

    Examples
    --------
    >>> from stabkit import Workload, figure, run_picture, simulate
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> picture = run_picture(mix, simulate(mix, 20))
    >>> len(picture.demand), len(figure(picture).axes)
    (20, 2)
    """
    workload = as_workload(workload)
    if not isinstance(trajectory, Trajectory):
        raise ArgumentTypeError(
            f"'trajectory' must be a run, as `simulate` returns it, not {shown(trajectory)}."
        )
    admitted, evicted = _floats(trajectory.admitted), _floats(trajectory.evicted)
    completed, memory = _floats(trajectory.completed), _floats(trajectory.memory)
    freed = _floats([c.input_length + c.decode_length for c in workload.classes])
    released = _floats(trajectory.completed_by_class) @ freed
    remaining = float(sum(sum(stages) for stages in trajectory.final_state))
    later = np.cumsum((admitted - evicted - completed)[::-1])[::-1]
    in_service = remaining - later[1:]
    demand = memory[:-1] - released[1:] + in_service - completed[1:]
    return RunPicture(float(trajectory.capacity), demand, evicted[1:], workload.name)


def steps_to_show(workload: Workload, wanted: int | None = None) -> int | None:
    """Return how many steps of a run a picture shows, or None if that is too much work.

    As many as are `wanted`, if the simulator allows them; by default what a workload needs.
    """
    longest = workload.longest_decode
    stages = sum(c.decode_length for c in workload.classes)
    if stages > LARGEST_RUN // 2:
        return None
    kept = (LARGEST_RUN - stages) // (len(workload.classes) + 8) - 1  # what the simulator allows
    if wanted is not None:
        return min(wanted, kept, _MOST_WORK // longest) or None
    steps = min(max(min(_ROUNDS * longest, _MOST_STEPS), _FEWEST_ROUNDS * longest), kept)
    return steps if longest <= steps <= _MOST_WORK // longest else None


def kernel_picture(workload: WorkloadLike) -> KernelPicture:
    """Return the memory kernel and the survival function of `workload`.

    Parameters
    ----------
    workload : WorkloadLike
        With L at most 10^6.

    Returns
    -------
    KernelPicture

    Raises
    ------
    InvalidArgument
        If L is beyond 10^6.

    Examples
    --------
    >>> from stabkit import Workload, kernel_picture
    >>> kernel_picture(Workload.from_classes([(2, 2)])).kernel.tolist()
    [3.0, 4.0]
    """
    workload = as_workload(workload)
    if workload.longest_decode > _LONGEST_KERNEL:
        raise InvalidArgument(
            "'workload' must have decode lengths up to 10^6 for a picture of its kernel, "
            f"not {workload.longest_decode}."
        )
    kernel = MemoryKernel.of(workload)
    return KernelPicture(
        workload.name,
        _floats([g / kernel.denominator for g in kernel.coefficients]),
        _floats([share / kernel.denominator for share in kernel.survival]),
    )


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=float)
