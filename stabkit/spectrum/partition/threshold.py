"""From which input length on is a mix steady? Stability along one number, by D-partition.

Lines through the inputs s_k of a mix, sigma_k x + c_k (`stabkit.spectrum.partition.input_line`):

* ``common``: all classes get the same input s >= 0, whatever their own ones are (R8);
* ``shift``: s_k + delta, delta >= -min s_k;
* ``scale``: N s_k, N >= 0;
* any slopes sigma_k >= 0, not all 0, from the least x on at which no input is negative.

Two more numbers enter the kernel linearly, up to a factor, and have the same partition
(`stabkit.spectrum.partition.pencil`):

* ``share``: the share p of the first class, 0 < p < 1, the others in proportion;
* ``gain``: the gain kappa of damped admission, 0 < kappa <= 1. Small gains are stable, for any mix
  (`stabkit.spectrum.margins.gain`).

What follows is about inputs. The *threshold* s* is the largest crossing on the line, if the mix is
stable beyond it. For g = 1 and a common input it is so, and without a crossing all s >= 0 are
stable (R8); for g > 1 the mix is unstable for all large s (R3), and s* is infinite, though stable
intervals can exist (R9). *Stable intervals can exist below s* too*: the unstable count is not
monotone, and of (3,4,5) with weights 251:149:100 the inputs from .02328 to .03735 are stable below
s* = .26515. So the list of all stable intervals is the answer, not s* alone. Along any line on
which all inputs grow there are g - 1 unstable modes beyond the last crossing; where some do not,
exact counts there decide, not g.

*Sufficient.* R7's condition holds for a common input iff s > s°, where -s° is R7's margin of the
mix with s = 0: with E = s D the margin is s plus that of s = 0. Along every line of equal slopes
sigma the margin rises by sigma for one more of x. For g = 1 all s > s° are stable, so s° >= s*.

*From every start.* Stability is local (R12). For g = 1 there is a common input beyond which every
start converges, evictions or not: `stabkit.spectrum.partition.every_start` has it and its proof
(R23). It is at least s*.

*Variance law* (asymptotic, not a bound): s* ~ mu^3 / (2 pi^2 sigma^2) for a smooth law of decode
lengths with mean mu and variance sigma^2. The next terms, with skewness and excess kurtosis,

    mu^3 / (2 pi^2 sigma^2) + mu (kappa_4 - 3) / 6 - 1/2 - 5 sigma kappa_3 / 3 + O(1 / mu),

take most of its excess away. They are proved for T = n + X with a fixed bounded X and n -> oo, and
the leading one as that of s* itself (the record ``variance-law``).

*Where the law is shown.* No condition on mean and variance makes it right: (49, 59) has
sigma / mu = 0.09, and s* is 99.9 times the estimate; (5,6) has sigma / mu = 0.09 too, and the
estimate is 17 % above s*. Conditions on the differences of the lengths do not help either, for a
length of tiny share changes those and not s*. So the law is *in range* where it has been checked on
the mix itself: sigma / mu <= 0.1, s* exists and is not 0, and the estimate is within an eighth of
it. Measured: of the 199 pairs of coprime lengths up to 60 in equal shares with sigma / mu <= 0.1
(`stabkit.atlas`) 54 are in range, all adjacent, and beyond that bound none would be; gamma laws of
mean 200 have an excess of 2.5 % at sigma / mu = 0.05, 10.8 % at 0.1 and 28 % at 0.15.

References
----------
docs/model.md, R1b, R3, R7, R8, R9, R23, Input lines, Stable inputs, Variance law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from ...errors import check_length
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.workload import Workload
from ...records import Record
from ..circle.budget import Budget
from .d_partition import CountInterval, Crossing, d_partition
from .family import Along, Parameter, line_of, parameter_of
from .input_line import InputLine
from .pencil import KernelPencil, kernel_pencil

__all__ = ["LONGEST_THRESHOLD", "Threshold", "VarianceLaw", "threshold", "variance_law"]

LONGEST_THRESHOLD = 20_000
_LARGEST_ESTIMATE = 10**300  # near the largest double
_NONE = Fraction(0)
_ALL = RealEnclosure(Fraction(-1), Fraction(-1))
_GLOBAL = 3  # steps up to which a stable equilibrium attracts every start
_NARROW = 0.1  # sigma / mu of the mixes for which the variance law is shown
_CLOSE = 0.125  # the error up to which it is


@dataclass(frozen=True, repr=False)
class VarianceLaw(Record):
    """The asymptotic estimate of s* from mean and variance of the decode length.

    Attributes
    ----------
    estimate : float
        mu^3 / (2 pi^2 sigma^2), in tokens.
    expansion : float
        The same with the next terms, mu (kappa_4 - 3) / 6 - 1/2 - 5 sigma kappa_3 / 3, in tokens.
    coefficient_of_variation : float
        sigma / mu.
    relative_error : float or None
        (estimate - s*) / s*, measured on the mix itself; None where s* is 0, infinite or not known.

    Examples
    --------
    >>> from stabkit import Workload, threshold
    >>> law = threshold(Workload.from_classes([(0, 59), (0, 60)])).law
    >>> law.in_range, round(float(law.estimate))
    (True, 42686)
    """

    estimate: float
    expansion: float
    coefficient_of_variation: float
    relative_error: float | None = None

    @property
    def in_range(self) -> bool:
        """Whether reports show it: sigma / mu <= 0.1, and it is within an eighth of s*."""
        error = self.relative_error
        return (
            self.coefficient_of_variation <= _NARROW and error is not None and abs(error) <= _CLOSE
        )


@dataclass(frozen=True, repr=False)
class Threshold(Record):
    """Where on a line of inputs, or along a share or the gain, the mix is stable.

    Attributes
    ----------
    mix : Workload
    along : {"common", "shift", "scale", "line", "share", "gain", "mean"}
        "line" if it was given by slopes, "mean" for the older name ``"s"``.
    line : InputLine or None
        The inputs by class, as slopes and offsets; None where they do not change.
    low : Fraction
        Where the line begins: 0, or -min s_k for ``shift``.
    high : Fraction or None
        Where it ends: 1 for ``share`` and ``gain``, None for inputs.
    gcd : int
        g of the decode lengths.
    crossings : tuple of Crossing
        All values at which modes are on the unit circle, ascending.
    intervals : tuple of CountInterval
        The line between them, each with its exact number of unstable modes.
    complete : bool
        Whether all crossings are proved to be found; if not, no interval is claimed.
    law : VarianceLaw or None
        Along ``common``; None for a single decode length or next to it. Not to be relied on where
        it is not `in_range`.
    reason : str
        What was met where the partition is not complete or an interval is undecided.

    Examples
    --------
    >>> from stabkit import Workload, threshold
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> found = threshold(mix)
    >>> round(float(found.threshold), 7)
    9.8229483
    >>> len(found.stable_intervals), found.complete
    (1, True)
    """

    mix: Workload
    along: Parameter
    line: InputLine | None
    low: Fraction
    high: Fraction | None
    gcd: int
    crossings: tuple[Crossing, ...]
    intervals: tuple[CountInterval, ...]
    complete: bool
    law: VarianceLaw | None
    reason: str
    _pencil: KernelPencil = field(compare=False)
    _budget: Budget = field(compare=False)

    def __repr__(self) -> str:
        return (
            f"Threshold(along={self.along!r}, threshold={self.threshold}, "
            f"stable_intervals={len(self.stable_intervals)}, crossings={len(self.crossings)}, "
            f"complete={self.complete})"
        )

    @property
    def stable_intervals(self) -> tuple[CountInterval, ...]:
        """All intervals of stability, ascending; empty if the partition is not complete."""
        if not self.complete:
            return ()
        return tuple(part for part in self.intervals if part.verdict == "stable")

    @property
    def threshold(self) -> Crossing | None:
        """The largest crossing, if the mix is stable for all larger inputs; else None.

        It is None too if the mix is stable on the whole line, or in no unbounded interval, and
        along a share or the gain.
        """
        return self.stable_intervals[-1].low if self.is_finite else None

    @property
    def is_finite(self) -> bool:
        """Whether the mix is stable for all inputs that are large enough."""
        stable = self.stable_intervals
        return self.line is not None and bool(stable) and stable[-1].high is None

    @cached_property
    def sufficient(self) -> RealEnclosure | None:
        """s°: beyond it R7 proves exactly g - 1 unstable modes.

        None where the inputs do not grow together, and where its lower bound was not found.
        """
        slopes = set() if self.line is None else set(self.line.slopes)
        slope = max(slopes, default=Fraction(0))
        if slope <= 0 or slopes != {slope}:
            return None
        from ..synchrony.condition import condition_margin

        margin = condition_margin(self._pencil.constant, self._budget)
        if margin is None or margin.low is None:
            return None
        # R7's margin rises by the slope of all inputs.
        return RealEnclosure(*(self.low - end / slope for end in (margin.high, margin.low)))

    @cached_property
    def every_start(self) -> RealEnclosure | None:
        """A common input above which every start reaches the equilibrium (R23), in tokens.

        Sufficient, and at least s*; evictions on the way are allowed for. It is s* itself with
        three steps at most, where stability is global, or -1 if all inputs are stable. None along
        the other lines, for g > 1, and where half a second is not enough to find it.
        """
        if self.along != "common":
            return None
        if self.mix.longest_decode <= _GLOBAL and self.is_finite:
            return _ALL if self.threshold is None else self.threshold.value
        from .every_start import every_start

        return every_start(MemoryKernel.of(self.mix))


def threshold(mix: WorkloadLike, along: Along = "common") -> Threshold:
    """Return the exact list of stable intervals along one number of a mix.

    Parameters
    ----------
    mix : WorkloadLike
        With L at most 20 000; of two classes or more for ``"share"``.
    along : {"common", "shift", "scale", "share", "gain"} or sequence
        The common input length s in tokens (own inputs are not looked at), the number delta of
        tokens added to every input, or the factor N of all inputs. Any other line s_k = sigma_k x +
        c_k, x in tokens, is a sequence of the slopes sigma_k, or of pairs (sigma_k, c_k), in the
        order of the classes: rationals, sigma_k >= 0 and not all 0. Without offsets c_k these are
        the mix's own inputs. Or the share of the first class, 0 < p < 1, or the gain of damped
        admission, 0 < kappa <= 1.

    Returns
    -------
    Threshold

    Raises
    ------
    InvalidArgument
        If `along` is no name and no such sequence, an input with the slope 0 is negative, L is
        beyond the bound, or `mix` has one class only, along ``"share"``.

    Notes
    -----
    Every interval is certified twice: by exact counts at a rational sample point, and by the
    directions of the crossings between the samples. Up to 24 kernel terms the crossings are
    algebraic numbers (`Crossing.minimal_polynomial`); beyond, they are enclosed to any precision.
    One budget of work, some ten seconds, is spent on all of it; what it does not reach stays open.

    References
    ----------
    docs/model.md, R7, R8, R23, Input lines.

    Examples
    --------
    >>> found = threshold(Workload.from_classes([(5, 2), (5, 3)]))
    >>> found.threshold.exact, [part.unstable for part in found.intervals]
    (Fraction(1, 1), [2, 0])
    >>> threshold(Workload.from_classes([(5, 4), (5, 6)])).stable_intervals
    ()

    The threshold is not all: decode lengths 3, 4 and 5 that are stable below it as well.

    >>> found = threshold(Workload.from_classes([(0, 3, 251), (0, 4, 149), (0, 5, 100)]))
    >>> [part.verdict for part in found.intervals]
    ['unstable', 'stable', 'unstable', 'stable']

    Whose prompts may change? With x more tokens for those of 2 steps g = (6 + x/2, 7 + x/2, 4), and
    g_0 > g_2 for x > -4; with as many for those of 3 steps g = (6 + x/2, 7 + x/2, 4 + x/2), and
    both g_0 > g_2 and g_0 + g_2 > g_1 hold for every x >= -5.

    >>> mix = Workload.from_classes([(5, 2), (5, 3)])
    >>> [[str(c.exact) for c in threshold(mix, slopes).crossings] for slopes in ((1, 0), (0, 1))]
    [['-4'], []]

    Along the share p of those of 2 steps g = (6, 7, 8 - 8 p): g_2 < g_0 for p > 1/4, and
    g_1 < g_0 + g_2 for p < 7/8. At p = 1/8 the gain makes it (6, 7 kappa, 7 kappa).

    >>> [str(c.exact) for c in threshold(mix, "share").crossings]
    ['1/4', '7/8']
    >>> [str(c.exact) for c in threshold("5:2:1 5:3:7", "gain").crossings]
    ['6/7']
    """
    mix = as_workload(mix)
    return threshold_along(mix, along, every_sample=True)


def threshold_along(mix: Workload, along: Along, every_sample: bool) -> Threshold:
    """Return `threshold`, with counts at all samples or only where they decide; see d_partition."""
    line = line_of(mix, along)
    check_length(mix.longest_decode, LONGEST_THRESHOLD, "for a threshold")
    pencil = _pencil(mix, parameter_of(along), line)
    budget = Budget()
    found = d_partition(pencil, every_sample, budget)
    law = variance_law(pencil.constant) if along == "common" else None
    whole = Threshold(
        mix,
        parameter_of(along),
        line,
        Fraction(0) if line is None else line.low,
        Fraction(1) if line is None else None,
        mix.gcd,
        found.crossings,
        found.intervals,
        found.complete,
        law,
        found.reason,
        pencil,
        budget,
    )
    return whole if law is None else replace(whole, law=_compared(law, whole.threshold))


def _pencil(mix: Workload, parameter: Parameter, line: InputLine | None) -> KernelPencil:
    """Return the kernels along the line, or along shares; of gains those up to 1."""
    if line is not None:
        return kernel_pencil(mix, line)
    if parameter == "share":
        return kernel_pencil(mix, "share")
    return kernel_pencil(mix, "gain").beyond(1)


def _compared(law: VarianceLaw, threshold: Crossing | None) -> VarianceLaw:
    """Return the law with its error on a mix of this threshold."""
    if threshold is None or not float(threshold):
        return law
    return replace(law, relative_error=law.estimate / float(threshold) - 1)


def variance_law(kernel: MemoryKernel) -> VarianceLaw | None:
    """Return the variance law's estimate; None if sigma = 0, or so near 0 that it overflows.

    >>> law = variance_law(MemoryKernel.of(Workload.from_classes([(0, 99), (0, 100)])))
    >>> round(law.estimate), round(law.expansion, 1)
    (199618, 199534.5)
    """
    mean = kernel.mean_decode_length
    variance, third, fourth = (
        sum((Fraction(w, kernel.denominator) * (n - mean) ** order for n, w, _ in kernel), _NONE)
        for order in (2, 3, 4)
    )
    if not variance or mean**3 / variance > _LARGEST_ESTIMATE:
        return None
    estimate = float(mean**3 / variance) / (2 * math.pi**2)
    later = mean * (fourth / variance**2 - 6) / 6 - Fraction(1, 2) - 5 * third / (3 * variance)
    return VarianceLaw(estimate, estimate + float(later), math.sqrt(variance) / float(mean))
