"""Sampled traces: how far could the verdict and the spectral radius be off by chance?

A trace of n requests is a sample. Had it been taken at another hour of the same kind, its lengths,
hence its memory kernel and its spectral radius, would have been others. Efron's nonparametric
bootstrap estimates how much: draw n requests with replacement from the n of the trace, analyse the
resample like a trace of its own, and repeat. How the resamples scatter around the trace estimates
how such traces scatter around the law that they come from.

Drawing n requests with replacement gives class k a multinomial number of requests, with
probabilities p_k. A resample is therefore a vector of counts, and its kernel consists of integer
sums of these: it is exact, and so is its verdict. What is estimated is the sampling error.

References
----------
B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7 (1979) 1-26;
B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (the percentile
interval). docs/model.md, R11.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from ...errors import InvalidArgument, shown
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import check_level, whole_number
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...spectrum.counting.counts import kernel_counts
from ...spectrum.roots.dominant import kernel_modes
from ...spectrum.roots.nearby_radius import radius_near
from ...spectrum.roots.roots import LONGEST_ISOLATED
from ...spectrum.roots.spectral_radius import spectral_radius
from .analysis import Bootstrap, VerdictCounts

__all__ = ["LARGEST_SAMPLE", "MOST_RESAMPLES", "bootstrap"]

MOST_RESAMPLES = 100_000
LARGEST_SAMPLE = 10**15  # beyond, doubles do not hold the share of a single request
_DIGITS = 15
_MODES = 6  # of the trace, from which the search for those of a resample starts
# A factor per step acts over up to L steps: this keeps its L-th power to a hundredth.
_ENOUGH = 1e-2


class _Finding(NamedTuple):
    verdict: Verdict
    spectral_radius: float | None


def bootstrap(
    mix: WorkloadLike,
    resamples: int = 200,
    seed: int = 0,
    level: float = 0.95,
    map: Callable[..., Iterable[Any]] = map,
) -> Bootstrap:
    """Estimate the sampling error of a trace's verdict and spectral radius by resampling it.

    Parameters
    ----------
    mix : WorkloadLike
        A sample, with its `request_count`: a trace, read with ``merge=False`` if possible, or a
        packaged one.
    resamples : int
        How many times to draw as many requests as the trace holds; 1 to 100 000.
    seed : int
        Not negative; of numpy's PCG64 generator. The same seed gives the same result, with the same
        release of numpy.
    level : float
        Probability content of the interval, between 0 and 1.
    map : callable
        ``map(function, iterable)``: the built-in, one that shows progress, or ``Executor.map`` of a
        process pool.

    Returns
    -------
    Bootstrap
        `resampled` is "requests" if the classes of `mix` are pairs of input and decode length, and
        "decode lengths" if each decode length has only one class, at a (mean) input length that
        every resample keeps. The latter leaves out the scatter of the inputs.

    Raises
    ------
    InvalidWorkload
        If `mix` is not a Workload.
    InvalidArgument
        If `mix` is not a sample or has more than 10^15 requests, or another argument is outside
        its domain.

    Notes
    -----
    The interval holds the spectral radii between the (1 - level) / 2 and the (1 + level) / 2
    quantile (linear interpolation), without a correction for bias. A resample whose requests all
    take one step has no mode; it counts as 0. Each spectral radius is proved to about 1e-13 L.

    What a bootstrap does not know: requests longer than the longest one of the trace, which no
    resample can hold, and whatever is not independent and identically distributed, such as bursts
    and drift over the day. Its figures are estimates, however exact each resample is.

    Examples
    --------
    >>> sample = Workload.from_classes([(100, 2, 99), (100, 3, 1)], request_count=100)
    >>> b = bootstrap(sample, resamples=50)
    >>> b.verdict, b.verdicts.stable + b.verdicts.unstable, b.resampled
    ('stable', 50, 'decode lengths')
    >>> bootstrap(sample, resamples=50) == b
    True
    """
    mix = as_workload(mix)
    sample = _Sample(mix)
    resamples = whole_number(resamples, "'resamples'", 1, MOST_RESAMPLES)
    seed = whole_number(seed, "'seed'", 0)
    check_level(level)
    kernel = MemoryKernel.of(mix)
    modes = kernel_modes(kernel, _MODES, _DIGITS) if kernel.length > 1 else None
    zeros = [1 / complex(mode.value) for mode in modes or [] if mode.value.imag >= 0]
    rng = np.random.default_rng(int(seed))
    drawn = (sample.draw(rng) for _ in range(resamples))
    found: list[_Finding] = list(map(partial(_finding, zeros=zeros), drawn))
    verdict = kernel_counts(kernel).verdict
    verdicts = Counter(finding.verdict for finding in found)
    radii = [f.spectral_radius for f in found if f.spectral_radius is not None]
    return Bootstrap(
        resamples=int(resamples),
        seed=int(seed),
        level=float(level),
        request_count=sample.size,
        resampled=sample.resampled,
        verdict=verdict,
        verdicts=_verdict_counts(verdicts),
        agreement=None if verdict == "undecided" else verdicts[verdict] / int(resamples),
        spectral_radius=_interval(radii, level) if mix.longest_decode > 1 else None,
        unresolved=len(found) - len(radii),
    )


class _Sample:
    """The requests of a workload by class, from which resamples are drawn, as kernels."""

    def __init__(self, mix: Workload) -> None:
        if mix.request_count is None or mix.request_count > LARGEST_SAMPLE:
            raise InvalidArgument(
                "'mix' must be a trace, or another sample of at most 10^15 requests, "
                f"not {shown(mix.name)}."
            )
        self.size = mix.request_count
        classes = sorted(mix.classes, key=lambda c: c.decode_length)
        lengths = np.array([c.decode_length for c in classes])
        self._first = np.flatnonzero(np.diff(lengths, prepend=0))
        self._lengths = lengths[self._first]
        self._shares = [float(c.share) for c in classes]
        # Mean inputs are fractions: their common denominator makes all totals integers.
        self._scale = math.lcm(*(c.input_length.denominator for c in classes))
        inputs = [int(c.input_length * self._scale) for c in classes]
        fits = max(inputs) * self.size < 2**63
        self._inputs = np.array(inputs, dtype=np.int64 if fits else object)

    @property
    def resampled(self) -> Literal["requests", "decode lengths"]:
        """What a draw draws."""
        return "requests" if len(self._inputs) > len(self._lengths) else "decode lengths"

    def draw(self, rng: np.random.Generator) -> MemoryKernel:
        """Return the kernel of as many requests, drawn with replacement."""
        counts = rng.multinomial(self.size, self._shares)
        requests = np.add.reduceat(counts, self._first)
        inputs = np.add.reduceat(counts * self._inputs, self._first)
        drawn = requests > 0
        return MemoryKernel.of_totals(
            self._lengths[drawn].tolist(),
            [count * self._scale for count in requests[drawn].tolist()],
            inputs[drawn].tolist(),
        )


def _finding(kernel: MemoryKernel, zeros: Sequence[complex]) -> _Finding:
    near = radius_near(kernel, zeros) if kernel.length > LONGEST_ISOLATED else None
    verdict = _verdict(kernel, near)
    if kernel.length == 1:
        return _Finding(verdict, 0.0)
    sought = near is None or verdict == "marginal"
    enclosure = _radius(kernel, verdict) if sought else near
    if enclosure is None or enclosure.high - enclosure.low > _ENOUGH / kernel.length:
        return _Finding(verdict, None)
    return _Finding(verdict, float((enclosure.low + enclosure.high) / 2))


def _verdict(kernel: MemoryKernel, radius: RealEnclosure | None) -> Verdict:
    """Return the verdict: the spectral radius proves it, but next to 1."""
    if radius is None or radius.low <= 1 <= radius.high:
        return kernel_counts(kernel).verdict
    return "stable" if radius.high < 1 else "unstable"


def _radius(kernel: MemoryKernel, verdict: Verdict) -> RealEnclosure | None:
    """Return the spectral radius, in the way of `analyze`."""
    modes = None if verdict == "marginal" else kernel_modes(kernel, _MODES, _DIGITS)
    return spectral_radius(kernel, modes, _DIGITS, verdict)


def _verdict_counts(verdicts: Mapping[Verdict, int]) -> VerdictCounts:
    return VerdictCounts(
        stable=verdicts["stable"],
        unstable=verdicts["unstable"],
        marginal=verdicts["marginal"],
        undecided=verdicts["undecided"],
    )


def _interval(radii: Sequence[float], level: float) -> tuple[float, float] | None:
    if not radii:
        return None
    low, high = np.quantile(radii, [(1 - float(level)) / 2, (1 + float(level)) / 2])
    return float(low), float(high)
