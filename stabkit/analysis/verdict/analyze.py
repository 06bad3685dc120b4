"""The main job: from a workload to a certified verdict, with everything a reader needs to trust it.

`analyze` joins the spectrum, which proves, and the dynamics, which measures; neither knows of the
other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any

import mpmath

from ... import __version__
from ...dynamics.long_run import long_run
from ...errors import ArgumentTypeError, InvalidWorkload, shown
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import decimal_text, listed, rational_text
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import RecordList
from ...spectrum.counting.counts import kernel_counts
from ...spectrum.fluctuations.evictions import server_noise, whole_requests
from ...spectrum.partition.d_partition import Crossing
from ...spectrum.partition.threshold import threshold_along
from ...spectrum.roots.dominant import kernel_modes
from ...spectrum.roots.roots import Root
from ...spectrum.roots.spectral_radius import spectral_radius
from ...spectrum.starts.no_eviction import never_evicts
from ...spectrum.synchrony.gcd_theorem import gcd_theorem
from ...spectrum.synchrony.modes import synchronized_modes
from .analysis import (
    Analysis,
    DominantMode,
    EmptyStart,
    Enclosure,
    Equilibrium,
    FiniteSummary,
    GcdTheoremSummary,
    KernelSummary,
    ModeCounts,
    NoEvictionSummary,
    SynchronizedCycle,
    SynchronizedModeSummary,
    ThresholdSummary,
    WorkloadSummary,
)
from .crosscheck import cross_check
from .lengths import LengthSummary

__all__ = [
    "analysis_of",
    "analyze",
    "analyze_many",
    "endpoint",
    "mode_summary",
    "resolved_modes",
    "threshold_summary",
]

_MODES = 6
_DIGITS = 40
_THRESHOLD_DIGITS = 28
# Terms: beyond, the counts take some ten seconds, and dominant modes or R7's margin minutes.
_LONGEST_RESOLVED = 2**20
# A few seconds: a crossing for every second term at most, each a sum over the decode lengths.
_LONGEST_THRESHOLD = 3_000
_MOST_THRESHOLD_WORK = 2_000_000  # L times the number of classes
_LONGEST_NOISE = 2**15  # terms: a second
_UNRESOLVED = "The dominant modes were not resolved one by one."


def analyze(mix: WorkloadLike, crosscheck: bool = True) -> Analysis:
    """Analyse a workload: is the memory steady, or does it drive itself into evictions, and why?

    Parameters
    ----------
    mix : WorkloadLike
    crosscheck : bool
        Whether to run the simulator too (its part of the result is None otherwise).

    Returns
    -------
    Analysis
        The verdict is "stable", "unstable", "marginal" or "undecided"; the first three are proved
        (`certified` is then True).

    Notes
    -----
    "Stable" is a statement about the eviction-free equilibrium: it attracts nearby states. Whether
    it attracts the empty state is measured by the cross-check, not proved (R12).

    Examples
    --------
    >>> a = analyze(Workload.from_classes([(5, 3), (5, 5)]), crosscheck=False)
    >>> a.verdict, a.counts.outside, a.gcd
    ('unstable', 2, 1)
    >>> Analysis.from_dict(a.to_dict()) == a
    True
    """
    if not isinstance(crosscheck, bool):
        raise ArgumentTypeError(
            f"'crosscheck' must be True or False, not {shown(crosscheck)}; a mix is one argument, "
            "such as '5:3 5:5'."
        )
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    return analysis_of(mix, kernel, resolved_modes(kernel), crosscheck)


def analysis_of(
    mix: Workload, kernel: MemoryKernel, modes: list[Root] | None, crosscheck: bool = True
) -> Analysis:
    """Return the analysis of a mix whose `modes` are known, as `resolved_modes` returns them."""
    counts = kernel_counts(kernel)
    radius = spectral_radius(kernel, modes, _DIGITS, counts.verdict)
    summaries = _dominant_modes(modes or [])
    empty = long_run(mix) if crosscheck else None
    return Analysis(
        version=__version__,
        workload=_summary(mix),
        kernel=KernelSummary(kernel.length, Fraction(kernel.total, kernel.denominator)),
        gcd=mix.gcd,
        verdict=counts.verdict,
        certified=counts.certified,
        method=counts.method,
        reason=counts.reason if modes is not None else f"{counts.reason} {_UNRESOLVED}",
        counts=ModeCounts.of(counts),
        undecided_arcs=counts.undecided_arcs,
        spectral_radius=None if radius is None else Enclosure.of(radius),
        dominant_modes=summaries,
        synchronized_modes=tuple(
            map(SynchronizedModeSummary.of, synchronized_modes(kernel, _DIGITS))
        ),
        gcd_theorem=GcdTheoremSummary.of(gcd_theorem(mix))
        if kernel.length <= _LONGEST_RESOLVED
        else None,
        threshold=threshold_summary(mix),
        equilibrium=_equilibrium(mix, kernel),
        synchronized_cycle=_synchronized_cycle(kernel) if mix.gcd > 1 else None,
        simulation=cross_check(mix, counts.verdict, summaries, empty) if crosscheck else None,
        empty_start=None
        if empty is None
        else EmptyStart(empty.evictions_per_step, empty.first_eviction),
        finite=_finite(mix, kernel, counts.verdict),
        no_eviction=NoEvictionSummary.of(never_evicts(mix)),
        mix=mix,
    )


def _summary(mix: Workload) -> WorkloadSummary:
    summary = WorkloadSummary.of(mix)
    return replace(summary, lengths=LengthSummary.of(mix), request_count=mix.request_count)


def analyze_many(
    mixes: Iterable[WorkloadLike],
    map: Callable[..., Iterable[Any]] = map,
    crosscheck: bool = True,
) -> list[Analysis]:
    """Analyse many workloads, in order, through any map-like executor.

    Parameters
    ----------
    mixes : iterable of WorkloadLike
    map : callable
        ``map(function, iterable)``: the built-in, or ``Executor.map`` of a process pool (workloads
        and analyses can be pickled).
    crosscheck : bool
        Whether to run the simulator on each of them too.

    Returns
    -------
    list of Analysis

    Examples
    --------
    >>> mixes = [Workload.from_classes([(s, 3), (s, 5)]) for s in (5, 10)]
    >>> [a.verdict for a in analyze_many(mixes, crosscheck=False)]
    ['unstable', 'stable']
    """
    workloads = listed(mixes, "'mixes'", "workloads")
    return RecordList(map(partial(analyze, crosscheck=crosscheck), workloads))


def _equilibrium(mix: Workload, kernel: MemoryKernel) -> Equilibrium | None:
    """a* = B / G(1) admissions per step; a* mu requests, each decoding one token per step."""
    if mix.capacity is None:
        return None
    admissions = kernel.admissions(mix.capacity)
    requests = admissions * kernel.mean_decode_length
    return Equilibrium(admissions, requests, requests)


def _finite(mix: Workload, kernel: MemoryKernel, verdict: Verdict) -> FiniteSummary | None:
    """R13, R15 and R16, which need the joint law of input and decode length."""
    if mix.capacity is None:
        return None
    if verdict != "stable":
        return FiniteSummary.unknown(
            f"evictions by formula are for stable mixes, and this one is {verdict}"
        )
    if kernel.length > _LONGEST_NOISE:
        return FiniteSummary.unknown("the longest decode is too long for it")
    try:
        noise = server_noise(whole_requests(mix), mix.capacity, kernel, verdict)
    except InvalidWorkload:
        return FiniteSummary.unknown(
            "the inputs are means, and whole requests need both lengths of every request"
        )
    return FiniteSummary(
        noise.admissions_cv,
        noise.visible,
        noise.evict_probability,
        noise.evicted_per_step,
        noise.reason,
    )


def _synchronized_cycle(kernel: MemoryKernel) -> SynchronizedCycle:
    """R10: G(1) over g sum_k p_k sum_(i < l_k / g) (s_k + (i + 1) g)."""
    g = math.gcd(*kernel.decode_lengths)
    held = sum(t * (n // g) + w * g * ((n // g) * (n // g + 1) // 2) for n, w, t in kernel)
    return SynchronizedCycle(Fraction(kernel.total, g * held))


def resolved_modes(kernel: MemoryKernel, count: int = _MODES) -> list[Root] | None:
    """Return `count` dominant modes, at least six, or None where it would take minutes."""
    if kernel.length == 1:
        return []
    return kernel_modes(kernel, count, _DIGITS) if kernel.length <= _LONGEST_RESOLVED else None


def threshold_summary(mix: Workload) -> ThresholdSummary | None:
    """Return stability along the common input length; None where it takes more than seconds.

    Counts are taken at samples of the first, the last and every stable interval; all the others
    follow from the directions of the crossings.
    """
    longest = mix.longest_decode
    if longest > _LONGEST_THRESHOLD or longest * len(mix.classes) > _MOST_THRESHOLD_WORK:
        return None
    found = threshold_along(mix, "common", every_sample=False)
    if not found.complete:
        return None
    law = found.law
    return ThresholdSummary(
        input_length=None if found.threshold is None else endpoint(found.threshold),
        sufficient_input_length=None if found.sufficient is None else _decimal(found.sufficient),
        stable_intervals=tuple(
            (
                "0" if part.low is None else endpoint(part.low),
                None if part.high is None else endpoint(part.high),
            )
            for part in found.stable_intervals
        ),
        variance_law=None if law is None or not law.in_range else law.estimate,
    )


def endpoint(crossing: Crossing) -> str:
    """Return a crossing as an exact rational, or as a decimal of the digits that are proved."""
    if crossing.exact is not None:
        return rational_text(crossing.exact)
    return _decimal(crossing.value)


def _decimal(value: RealEnclosure) -> str:
    return decimal_text(value.low, value.high, _THRESHOLD_DIGITS)


def _dominant_modes(modes: list[Root]) -> tuple[DominantMode, ...]:
    """Return one summary for each root, a multiple one as often as it is one; 6 at most."""
    repeated = (mode_summary(root) for root in modes for _ in range(root.multiplicity))
    return tuple(islice(repeated, _MODES))


def mode_summary(root: Root) -> DominantMode:
    """Return one root as a record: its place, its period, and the time to double or halve."""
    value = complex(root.value)
    modulus, angle = abs(value), math.atan2(value.imag, value.real)
    rate = _log_modulus(root)
    return DominantMode(
        re=value.real,
        im=value.imag,
        modulus=modulus,
        period_steps=2 * math.pi / abs(angle) if angle else None,
        doubling_steps=math.log(2) / rate if rate > 0 else None,
        half_life_steps=-math.log(2) / rate if rate < 0 else None,
    )


def _log_modulus(root: Root) -> float:
    """Return log |lambda|; 0 where the disc does not tell the modulus from 1."""
    with mpmath.workdps(2 * _DIGITS):
        rate = mpmath.log(abs(root.value))
        return float(rate) if abs(rate) > 2 * root.radius else 0.0
