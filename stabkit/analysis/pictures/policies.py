"""What the picture of policies shows, as plain data: throughput against a policy's parameter.

Every point is a run from the empty memory, and it has one of three fates: it *never* evicts, it
evicts *at the start* only, while the empty memory fills, or it *keeps* evicting. A stable gain may
evict at the start, so that the second is no sign of an instability; the third is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...dynamics.long_run import LongRun
from ...errors import InvalidArgument, shown
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import listed
from ...model.workload import Workload
from ...records import Record, Series
from ..operations.sweep import PolicySweep, usual_sweeps
from .run import Floats

__all__ = [
    "FATES",
    "Fate",
    "PolicyPanel",
    "PolicyPicture",
    "fate",
    "policy_picture",
    "sweeps_picture",
]

Fate = Literal["never", "start", "keeps", "unknown"]
FATES: tuple[Fate, ...] = ("never", "start", "keeps")


@dataclass(frozen=True, eq=False, repr=False)
class PolicyPanel(Series):
    """One sweep.

    Attributes
    ----------
    parameter : str
        As `PolicySweep` has it.
    across : ndarray of float, shape (points,)
        Its values, ascending.
    throughput : ndarray of float, shape (points,)
        Completed tokens over the greedy equilibrium's; nan where they are not known.
    fates : tuple of {"never", "start", "keeps", "unknown"}
        Whether the run at each point evicts.
    stable_below : float or None
        The end of the stable gains; None for another parameter, where every gain is stable, and
        where it is not known.
    unit : str
        Of the values: "a*" of a rate, else none.

    Examples
    --------
    >>> from stabkit import Workload, policy_picture
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> [panel.parameter for panel in policy_picture(mix).panels]
    ['rate', 'gain', 'watermark']
    """

    parameter: str
    across: Floats
    throughput: Floats
    fates: tuple[Fate, ...]
    stable_below: float | None = None
    unit: str = ""


@dataclass(frozen=True, eq=False, repr=False)
class PolicyPicture(Record):
    """Sweeps of one workload, beside greedy admission and the equilibrium, which is 1.

    Attributes
    ----------
    name : str
        Of the workload.
    greedy : float or None
        The token ratio of greedy admission in the long run from the empty memory.
    panels : tuple of PolicyPanel

    Examples
    --------
    >>> from stabkit import Workload, policy_picture
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> picture = policy_picture(mix)
    >>> round(picture.greedy, 4), len(picture.panels)
    (0.8667, 3)
    """

    name: str
    greedy: float | None
    panels: tuple[PolicyPanel, ...]


def policy_picture(mix: WorkloadLike, sweeps: Sequence[PolicySweep] | None = None) -> PolicyPicture:
    """Return the throughput against the parameters of policies.

    Parameters
    ----------
    mix : WorkloadLike
    sweeps : sequence of PolicySweep, optional
        Of `mix`; by default of the rate, the gain and the watermark.

    Returns
    -------
    PolicyPicture

    Raises
    ------
    InvalidArgument
        If `mix` is no workload, `sweeps` no sweeps, or one of another workload.

    Notes
    -----
    The end of the stable gains is proved, rounded to a float; everything else is measured.

    Examples
    --------
    One class of l = 2: a watermark of (l - 1) / (s + l) = 1/4 ends the evictions.

    >>> mix = Workload.from_classes([(2, 2)])
    >>> from stabkit import policy_sweep
    >>> picture = policy_picture(mix, [policy_sweep(mix, "watermark", [0, "1/4"])])
    >>> picture.panels[0].fates, round(picture.greedy, 12)
    (('keeps', 'never'), 0.875)
    """
    mix = as_workload(mix)
    return sweeps_picture(mix, usual_sweeps(mix) if sweeps is None else sweeps)


def sweeps_picture(mix: Workload, sweeps: Sequence[PolicySweep]) -> PolicyPicture:
    """Return the picture of sweeps of `mix`, from what they carry."""
    given = listed(sweeps, "'sweeps'", "a list of sweeps")
    if not given or not all(isinstance(sweep, PolicySweep) for sweep in given):
        raise InvalidArgument(f"'sweeps' must be a list of sweeps, not {shown(sweeps)}.")
    if any(sweep.mix != mix for sweep in given):
        raise InvalidArgument("'sweeps' must all be of 'mix'.")
    return PolicyPicture(mix.name, given[0].greedy.throughput_ratio, tuple(map(_panel, given)))


def _panel(sweep: PolicySweep) -> PolicyPanel:
    points = sorted(zip(sweep.values, sweep.runs, strict=True), key=lambda point: point[0])
    return PolicyPanel(
        parameter=sweep.parameter,
        across=np.array([float(value) for value, _ in points]),
        throughput=np.array([_throughput(run) for _, run in points]),
        fates=tuple(fate(run) for _, run in points),
        stable_below=None if sweep.stable_below is None else float(sweep.stable_below.low),
        unit=sweep.unit,
    )


def _throughput(run: LongRun) -> Any:
    return np.nan if run.throughput_ratio is None else run.throughput_ratio


def fate(run: LongRun) -> Fate:
    """Return whether a run evicts: never, at the start only, or for ever."""
    if run.evictions_per_step is None:
        return "unknown"
    if run.first_eviction is None:
        return "never"
    return "keeps" if run.evictions_per_step else "start"
