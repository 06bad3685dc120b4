"""The gain margin: Jury's conditions by hand, exact counts of the damped kernel, FLINT above 1."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, pairwise
from typing import Any

import pytest

from stabkit import InvalidWorkload, Workload
from stabkit.model.enclosure import RealEnclosure
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.counts import Counts, kernel_counts
from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.spectrum.margins import line as module
from stabkit.spectrum.margins.gain import GainMargin, gain_margin
from stabkit.spectrum.margins.line import StableRange, _stable_ends, line_margin
from stabkit.spectrum.partition.d_partition import DPartition, d_partition
from stabkit.spectrum.partition.pencil import kernel_pencil

# Found by a random search; its stable gains are two intervals, which FLINT confirms below.
TWO_INTERVALS = Workload.from_classes([(258, 2, 7), (234, 3, 9), (4, 10, 7)])


def exactly(value: Fraction | int) -> RealEnclosure:
    return RealEnclosure(Fraction(value), Fraction(value))


def unstable_modes(mix: Workload, gain: Fraction) -> tuple[int, int]:
    """Modes outside and on the circle, by FLINT's root isolation of g_0 + gain sum g_m z^m."""
    first, *later = MemoryKernel.of(mix).coefficients
    coefficients = [gain.denominator * first, *(gain.numerator * g for g in later)]
    outside, on, _ = isolated_disc_counts(coefficients)
    return outside, on


def damped_is_stable(mix: Workload, gain: Fraction) -> bool:
    return kernel_counts(MemoryKernel.of(mix).damped(gain)).verdict == "stable"


def in_some(ranges: tuple[StableRange, ...] | None, value: Fraction) -> bool:
    assert ranges is not None
    return any(
        (part.low is None or part.low.high < value) and (part.high is None or value < part.high.low)
        for part in ranges
    )


def short_mixes(seed: int) -> Iterator[Workload]:
    rng = random.Random(seed)
    while True:
        common = rng.choice([None, rng.randint(0, 60)])
        yield Workload.from_classes(
            (rng.randint(0, 60) if common is None else common, rng.randint(1, 36), weight)
            for weight in (rng.randint(1, 9) for _ in range(rng.randint(1, 4)))
        )


# --- by hand ---------------------------------------------------------------------------------


@pytest.mark.parametrize("s", [0, 1, 5, 40])
@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(1, 3), Fraction(9, 10), Fraction(1, 20)])
def test_lengths_two_and_three(s: int, p: Fraction) -> None:
    # g_0 x^2 + k g_1 x + k g_2 with g = (s + 1, s + 2, (1 - p)(s + 3)). Jury: |k g_2| < g_0 and
    # k g_1 < g_0 + k g_2, that is k < g_0 / g_2 and, if g_1 > g_2, k < g_0 / (g_1 - g_2).
    g0, g1, g2 = s + 1, s + 2, (1 - p) * (s + 3)
    bounds = [g0 / g2] + ([g0 / (g1 - g2)] if g1 > g2 else [])
    largest = min(bounds)
    margin = gain_margin(Workload.from_classes([(s, 2, p), (s, 3, 1 - p)]))
    assert margin.stable_gains == (StableRange(None, exactly(largest)),)
    assert margin.complete
    assert margin.sufficient == g0 / (g1 + g2)
    if largest > 1:
        assert (margin.verdict, margin.lower, margin.upper) == ("stable", None, exactly(largest))
        assert margin.largest_stable == exactly(1)
    elif largest == 1:
        assert (margin.verdict, margin.lower, margin.upper) == ("marginal", exactly(1), exactly(1))
        assert margin.largest_stable == exactly(1)
    else:
        assert margin.verdict == "unstable"
        assert margin.largest_stable == exactly(largest)


@pytest.mark.parametrize("s", [0, 3, 100])
def test_one_mode(s: int) -> None:
    # One mode, -k g_1 / g_0: the sufficient condition is the exact one.
    margin = gain_margin(Workload.from_classes([(s, 1, 2), (s, 2, 3)]))
    exact = Fraction(5 * (s + 1), 3 * (s + 2))
    assert margin.sufficient == exact
    assert margin.stable_gains == (StableRange(None, exactly(exact)),)


def test_no_mode() -> None:
    margin = gain_margin(Workload.from_classes([(3, 1)]))
    assert (margin.verdict, margin.lower, margin.upper) == ("stable", None, None)
    assert margin.stable_gains == (StableRange(None, None),)
    assert margin.sufficient is None
    assert margin.complete


def test_a_marginal_mix_has_none() -> None:
    margin = gain_margin(Workload.from_classes([(1, 2), (1, 3)]))
    assert (margin.lower, margin.upper, margin.largest_stable) == (exactly(1),) * 3


# --- exact counts ----------------------------------------------------------------------------


@pytest.mark.slow
def test_gains_up_to_one_against_counts_of_the_damped_kernel() -> None:
    grid = [Fraction(j, 32) for j in range(1, 33)]
    bracketed = 0
    for mix in islice(short_mixes(1), 30):
        margin = gain_margin(mix)
        stable = [damped_is_stable(mix, gain) for gain in grid]
        assert stable == [in_some(margin.stable_gains, gain) for gain in grid]
        assert stable[-1] == (margin.verdict == "stable")
        assert margin.stable_gains is not None
        ends = [
            end for part in margin.stable_gains for end in (part.low, part.high) if end is not None
        ]
        for (low, before), (high, after) in pairwise(zip(grid, stable, strict=True)):
            if before == after:
                continue
            bracketed += 1
            while high - low > Fraction(1, 2**24):
                middle = (low + high) / 2
                if damped_is_stable(mix, middle) == before:
                    low = middle
                else:
                    high = middle
            assert any(low <= end.low and end.high <= high for end in ends)
    assert bracketed > 10


def test_crossings_on_both_sides_of_one_against_isolation() -> None:
    near = Fraction(1, 2**40)
    seen = {"lower": 0, "upper": 0}
    for mix in islice(short_mixes(2), 40):
        margin = gain_margin(mix)
        here = unstable_modes(mix, Fraction(1))
        for name, end, way in (("lower", margin.lower, -1), ("upper", margin.upper, 1)):
            if end is None or end == exactly(1):
                continue
            seen[name] += 1
            assert end.high - end.low < near
            inner, outer = sorted((end.low - near, end.high + near), reverse=way < 0)
            assert unstable_modes(mix, inner) == here
            assert unstable_modes(mix, outer) != here
            assert unstable_modes(mix, 1 + (inner - 1) / 2) == here
    assert min(seen.values()) > 8


def test_without_a_crossing_every_gain_has_the_same_count() -> None:
    found = 0
    for mix in islice(short_mixes(3), 50):
        margin = gain_margin(mix)
        here = unstable_modes(mix, Fraction(1)) if mix.longest_decode > 1 else (0, 0)
        if margin.upper is None and mix.longest_decode > 1:
            found += 1
            for gain in (2, 1000):
                assert unstable_modes(mix, Fraction(gain)) == here
        if margin.lower is None and mix.longest_decode > 1:
            for part in range(1, 10, 2):
                assert unstable_modes(mix, Fraction(part, 10)) == here
    assert found


def test_gains_below_the_sufficient_one_are_stable(random_mixes: Iterator[Workload]) -> None:
    for mix in islice(random_mixes, 40):
        margin = gain_margin(mix)
        if margin.sufficient is None:
            continue
        kernel = MemoryKernel.of(mix)
        first, *later = kernel.coefficients
        assert margin.sufficient == Fraction(first, sum(later))
        gain = min(Fraction(1), margin.sufficient * Fraction(999, 1000))
        assert damped_is_stable(mix, gain)
        assert margin.largest_stable is not None
        assert margin.largest_stable.high >= min(Fraction(1), margin.sufficient)


def test_stable_gains_may_be_two_intervals() -> None:
    margin = gain_margin(TWO_INTERVALS)
    first, second = margin.stable_gains or ()
    assert first.low is None
    assert margin.upper == first.high
    assert first.high is not None
    assert second.low is not None
    assert second.high is not None
    counted = {"1.5": 0, "1.78": 0, "1.79": 2, "2.07": 2, "2.08": 0, "2.1": 0, "2.11": 1}
    for text, outside in counted.items():
        gain = Fraction(text)
        assert unstable_modes(TWO_INTERVALS, gain)[0] == outside
        assert in_some(margin.stable_gains, gain) == (outside == 0)
    # seen from the gain 2.09, the neighbours are the ends of the second interval
    there = line_margin(TWO_INTERVALS, "gain", Fraction("2.09"))
    assert (there.below, there.above) == (second.low, second.high)


def test_the_nearest_of_several_stable_intervals() -> None:
    partition = d_partition(kernel_pencil(TWO_INTERVALS, "gain"))
    first, second = partition.stable_intervals
    assert first.high is not None
    assert second.low is not None
    assert second.high is not None
    ends = {Fraction(2): (first.high, second.low), Fraction(3): (second.high, None)}
    for present, (below, above) in ends.items():
        found = _stable_ends(partition, present)
        assert found[0] == below.enclosure(30)
        assert found[1] == (None if above is None else above.enclosure(30))
    assert _stable_ends(partition, Fraction(-1)) == (None, None)  # the first one has no low end


def test_the_largest_stable_gain_may_be_below_other_crossings() -> None:
    mix = Workload.from_classes([(5, 4)])
    margin = gain_margin(mix)
    assert margin.lower is not None
    assert margin.largest_stable is not None
    counted = {"0.61": 0, "0.611": 2, "0.74": 2, "0.76": 3, "1": 3}
    for text, outside in counted.items():
        assert unstable_modes(mix, Fraction(text)) == (outside, 0)
    assert Fraction("0.61") < margin.largest_stable.low <= margin.largest_stable.high
    assert margin.largest_stable.high < Fraction("0.611")
    # z = -1: 6 - 7 k + 8 k - 9 k = 0
    assert margin.lower == exactly(Fraction(3, 4))


# --- what is not known -----------------------------------------------------------------------


def changed_partition(change: Callable[[DPartition], DPartition]) -> Callable[..., DPartition]:
    return lambda *arguments, **options: change(d_partition(*arguments, **options))


def nothing_is_claimed(margin: GainMargin) -> bool:
    known = (margin.lower, margin.upper, margin.largest_stable, margin.stable_gains)
    return not margin.complete and known == (None,) * 4


def test_an_incomplete_partition_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    mix = Workload.from_classes([(10, 3), (10, 5)])
    incomplete = changed_partition(lambda found: replace(found, complete=False))
    monkeypatch.setattr(module, "d_partition", incomplete)
    margin = gain_margin(mix)
    assert nothing_is_claimed(margin)
    assert "not complete" in margin.reason
    assert (margin.verdict, margin.sufficient) == ("stable", Fraction(11, 28 + Fraction(23, 2)))


def test_an_undecided_interval_hides_the_stable_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(found: DPartition) -> DPartition:
        *rest, last = found.intervals
        return replace(found, intervals=(*rest, replace(last, verdict="undecided")))

    monkeypatch.setattr(module, "d_partition", changed_partition(change))
    margin = gain_margin(Workload.from_classes([(10, 3), (10, 5)]))
    assert margin.stable_gains is None
    assert margin.upper is not None
    assert "not counted" in margin.reason


def test_undecided_modes(monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = Counts.unknown("An arc is open.", (), "winding")
    monkeypatch.setattr(module, "kernel_counts", lambda *_: undecided)
    margin = gain_margin(Workload.from_classes([(10, 3), (10, 5)]))
    assert nothing_is_claimed(margin)
    assert margin.verdict == "undecided"
    assert "An arc is open." in margin.reason


@pytest.mark.parametrize("classes", [[(0, 3), (7, 20_001)], [(s, 9000 + s) for s in range(1200)]])
def test_long_kernels_have_the_sufficient_gain(classes: Any) -> None:
    margin = gain_margin(Workload.from_classes(classes))
    assert nothing_is_claimed(margin)
    assert "too long" in margin.reason
    assert margin.sufficient is not None
    assert margin.verdict == "unstable"


def test_a_crossing_next_to_the_present_value(monkeypatch: pytest.MonkeyPatch) -> None:
    mix = Workload.from_classes([(10, 3), (10, 5)])
    (crossing,) = d_partition(kernel_pencil(mix, "gain")).crossings
    upper, sharp = crossing.enclosure(30), crossing.enclosure(60)
    beside = sharp.low - Fraction(1, 10**45)
    assert upper.low < beside < upper.high
    found = line_margin(mix, "gain", beside)
    assert (found.below, found.above, found.complete) == (None, upper, True)
    monkeypatch.setattr(module, "_DIGITS", (30,))
    blurred = line_margin(mix, "gain", beside)
    assert not blurred.complete
    assert "too close" in blurred.reason


def test_not_a_workload() -> None:
    with pytest.raises(InvalidWorkload, match="'mix' must be a Workload"):
        gain_margin(3)  # type: ignore[arg-type]
