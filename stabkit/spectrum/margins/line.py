"""How far a mix is from the nearest change along a line: what the margins of a number share.

Along a line (`stabkit.spectrum.partition.pencil`) the D-partition has every crossing of the unit
circle and the verdict on every interval in between. The mix itself is the *present* value of the
number. What follows for it:

* the nearest crossings below and above the present value. Strictly between them no mode reaches the
  circle, so the number of unstable modes, hence the verdict, is that of the mix;
* the stable intervals, and for a mix that is not stable the nearest ends of them on both sides.

The proof is as good as the partition: where that is not complete, there may be a nearer crossing
than any that was found, and nothing is claimed.

References
----------
docs/model.md, R5, R8; `stabkit.spectrum.partition.d_partition`.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Self

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.verdict import Verdict
from ...model.workload import Workload
from ..circle.budget import Budget
from ..counting.certificates import single_decode_length
from ..counting.counts import Counts, kernel_counts
from ..partition.d_partition import CountInterval, Crossing, DPartition, d_partition
from ..partition.pencil import kernel_pencil

__all__ = ["LineMargin", "StableRange", "line_margin"]


# Some ten seconds: a crossing for every second term at most, each a sum over the decode lengths.
_LONGEST = 20_000
_MOST_WORK = 10_000_000  # L times the number of decode lengths
_DIGITS = (30, 75, 150, 300)


@dataclass(frozen=True)
class StableRange:
    """An open interval of stability; None stands for the end of the domain."""

    low: RealEnclosure | None
    high: RealEnclosure | None


@dataclass(frozen=True)
class LineMargin:
    """Where the nearest changes along a line are.

    * `verdict` ({"stable", "unstable", "marginal", "undecided"}): on the mix itself.
    * `below`, `above`: the nearest crossings; both the present value itself if a mode is on the
      circle.
    * `stable_below`, `stable_above`: for a mix that is not stable: the nearest ends of stable
      intervals.
    * `stable`: all stable intervals, ascending; None where one is not decided.
    * `complete`: whether every crossing is known. If so, None in `below` and `above` means that
      there is none up to the end of the domain; if not, it means that nothing is known.
    * `reason`: one sentence: what proves this, or why there is nothing.
    """

    verdict: Verdict
    below: RealEnclosure | None = None
    above: RealEnclosure | None = None
    stable_below: RealEnclosure | None = None
    stable_above: RealEnclosure | None = None
    stable: tuple[StableRange, ...] | None = None
    complete: bool = False
    reason: str = ""

    @classmethod
    def unknown(cls, verdict: Verdict, reason: str) -> Self:
        """Return the record of a line on which no crossing is known."""
        return cls(verdict, reason=reason)


def line_margin(
    mix: Workload,
    along: Literal["gain", "shift", "scale"],
    present: Fraction,
    kernel: MemoryKernel | None = None,
) -> LineMargin:
    """Return the nearest changes along a line around the value `present`, which `mix` has.

    The `kernel` of `mix` may be at hand already.

    >>> found = line_margin(Workload.from_classes([(5, 2), (5, 3)]), "shift", Fraction(0))
    >>> found.below, found.above, found.verdict
    (RealEnclosure(low=Fraction(-4, 1), high=Fraction(-4, 1)), None, 'stable')
    """
    kernel = MemoryKernel.of(mix) if kernel is None else kernel
    budget = Budget()
    counts = kernel_counts(kernel, budget)
    if along != "gain" and kernel.length > 1 and single_decode_length(kernel):
        reason = "R5: with one decode length every mode is unstable, whatever the inputs."
        return LineMargin("unstable", stable=(), complete=True, reason=reason)
    kinds = len(kernel.decode_lengths)
    if kernel.length > _LONGEST or kernel.length * kinds > _MOST_WORK:
        return LineMargin.unknown(
            counts.verdict,
            f"The D-partition would take too long for L = {kernel.length} with {kinds} decode "
            f"lengths: L goes up to {_LONGEST}, the product up to {_MOST_WORK}.",
        )
    if counts.verdict == "undecided":
        return LineMargin.unknown("undecided", f"The modes are not counted. {counts.reason}")
    partition = d_partition(kernel_pencil(mix, along, kernel), every_sample=False, budget=budget)
    if not partition.complete:
        return LineMargin.unknown(
            counts.verdict,
            "The D-partition is not complete: next to some angle a crossing is neither found nor "
            f"excluded. {partition.reason}",
        )
    return _located(partition, counts, present)


def _located(partition: DPartition, counts: Counts, present: Fraction) -> LineMargin:
    below: RealEnclosure | None
    above: RealEnclosure | None
    if counts.on_circle:
        below = above = RealEnclosure(present, present)
        reason = "A mode is on the unit circle."
    else:
        home = _home(partition.intervals, present)
        if home is None:
            reason = "A crossing is too close to be told from the mix itself."
            return LineMargin.unknown(counts.verdict, reason)
        below, above = _enclosure(home.low), _enclosure(home.high)
        reason = "D-partition: every crossing of the unit circle, with exact counts of the modes."
    stable = ends = None
    if all(part.verdict != "undecided" for part in partition.intervals):
        stable = tuple(
            StableRange(_enclosure(part.low), _enclosure(part.high))
            for part in partition.stable_intervals
        )
        ends = None if counts.verdict == "stable" else _stable_ends(partition, present)
    else:
        reason += " On some interval the modes are not counted."
    return LineMargin(
        counts.verdict, below, above, *(ends or (None, None)), stable, complete=True, reason=reason
    )


def _home(intervals: tuple[CountInterval, ...], present: Fraction) -> CountInterval | None:
    """Return the interval that holds the present value; None if that is not told.

    Between two neighbouring samples there is one crossing, and only that one has to be placed.
    """
    after = bisect_right([part.sample for part in intervals], present)
    left = intervals[after - 1] if after else None
    right = intervals[after] if after < len(intervals) else None
    between = left.high if left else right.low if right else None
    if between is None:
        return left or right
    for digits in _DIGITS:
        value = between.enclosure(digits)
        if value.high < present:
            return right
        if value.low > present:
            return left
    return None


def _stable_ends(
    partition: DPartition, present: Fraction
) -> tuple[RealEnclosure | None, RealEnclosure | None]:
    below = [part.high for part in partition.stable_intervals if part.sample < present]
    above = [part.low for part in partition.stable_intervals if part.sample > present]
    return _enclosure(below[-1] if below else None), _enclosure(above[0] if above else None)


def _enclosure(crossing: Crossing | None) -> RealEnclosure | None:
    return None if crossing is None else crossing.enclosure(_DIGITS[0])
