"""The cross-check: does a simulator that knows no algebra see what the spectrum predicts?

Three runs. *Growth*: from the equilibrium plus a disturbance along the dominant mode, the factor
per step before the first eviction is fitted and compared with the spectral radius. *Near the
equilibrium*: a small disturbance of the same kind, run on to its long-run means. *From empty*: the
start of a real server, whose long-run means can differ, for stability is local (R12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.growth import disturbed_state, measure_growth
from ...dynamics.long_run import LongRun, long_run
from ...model.verdict import Verdict
from ...model.workload import Workload
from .analysis import CrossCheck, DominantMode

__all__ = ["GROWTH_TOLERANCE", "cross_check"]

# The fit rests on double precision: rounding of relative size L * 1e-16 against a disturbance of
# 1e-3 or more, over hundreds of steps, leaves well under 1e-6 (the tests compare it on many mixes).
GROWTH_TOLERANCE = 1e-6
# The start near the equilibrium, relative to a*: small where it must come back, and large enough
# where it grows that evictions are reached within a few doublings.
_DISTURBANCE = {"unstable": 0.2}
_SMALL_DISTURBANCE = 1e-3
# A mode of smaller modulus is gone within one step, as far as doubles can tell.
_FASTEST_DECAY = 1e-100
# A run that has come back to the equilibrium completes a* mu tokens per step; one that has not is
# off by more than the disturbance it began with.
_RATIO_TOLERANCE = _SMALL_DISTURBANCE
_LONGEST_SIMULATED = 2_000_000


def cross_check(
    mix: Workload, verdict: Verdict, modes: Sequence[DominantMode], empty: LongRun | None = None
) -> CrossCheck:
    """Return what the simulator measured beside what the spectrum predicts.

    Parameters
    ----------
    mix : Workload
    verdict : str
        The spectrum's verdict.
    modes : sequence of DominantMode
        The dominant mode first; may be empty.
    empty : LongRun, optional
        The run from the empty memory, where it is known.

    Returns
    -------
    CrossCheck
        `agrees` is None where nothing could be compared, and `reason` says why.
    """
    if mix.longest_decode > _LONGEST_SIMULATED:
        reason = f"decode lengths beyond {_LONGEST_SIMULATED} steps are not simulated"
        neither = LongRun.unknown(reason)
        return replace(_record(verdict, None, None, neither, neither), reason=reason)
    mode = modes[0] if modes else None
    measured = None
    if mode is not None and mode.modulus > _FASTEST_DECAY:
        measured = measure_growth(mix, complex(mode.re, mode.im))
    near = _run_near(mix, verdict, mode)
    return _record(verdict, mode, measured, near, long_run(mix) if empty is None else empty)


def _run_near(mix: Workload, verdict: Verdict, mode: DominantMode | None) -> LongRun:
    """Run from the equilibrium, disturbed along its dominant mode if that can be told."""
    if mode is not None and mode.modulus > _FASTEST_DECAY:
        size = _DISTURBANCE.get(verdict, _SMALL_DISTURBANCE)
        return long_run(mix, disturbed_state(mix, complex(mode.re, mode.im), size))
    if mode is None and mix.longest_decode > 1:
        reason = "the dominant mode, along which to disturb it, is not resolved"
        return LongRun.unknown(reason)
    return long_run(mix, np.full(mix.longest_decode, float(equilibrium_admissions(mix))))


def _record(
    verdict: Verdict,
    mode: DominantMode | None,
    measured: float | None,
    near: LongRun,
    empty: LongRun,
) -> CrossCheck:
    predicted = None if mode is None else mode.modulus
    return CrossCheck(
        steps=near.steps + empty.steps,
        agrees=_agrees(verdict, predicted, measured, near),
        tolerance=GROWTH_TOLERANCE,
        growth_predicted=predicted,
        growth_measured=measured,
        throughput_ratio=near.throughput_ratio,
        request_ratio=near.request_ratio,
        completed_shares=near.completed_shares,
        wasted_token_fraction=near.wasted_token_fraction,
        evictions_per_step=near.evictions_per_step,
        from_empty_ratio=empty.throughput_ratio,
        reason=_reason(mode, measured, near, empty),
    )


def _agrees(
    verdict: Verdict, predicted: float | None, measured: float | None, near: LongRun
) -> bool | None:
    """Compare the growth, and, for a stable mix, whether the run near the equilibrium returned."""
    findings = []
    if predicted is not None and measured is not None:
        findings.append(abs(measured - predicted) <= GROWTH_TOLERANCE)
    if verdict == "stable" and near.period is not None:
        ratio = near.throughput_ratio
        findings.append(ratio is not None and abs(ratio - 1) <= _RATIO_TOLERANCE)
    return all(findings) if findings else None


def _reason(
    mode: DominantMode | None, measured: float | None, near: LongRun, empty: LongRun
) -> str | None:
    """Say which figures are missing and why."""
    missing = []
    if mode is not None and measured is None:
        missing.append("growth: evictions come too early, or the mode dies out too fast, to fit it")
    if near.throughput_ratio is None:
        missing.append(f"near the equilibrium: {near.reason}")
    if empty.throughput_ratio is None:
        missing.append(f"from empty: {empty.reason}")
    return "; ".join(missing) or None
