"""The distance to instability in the inputs: by hand, known thresholds, exact counts on grids."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from stabkit import InvalidArgument, InvalidWorkload, Workload, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.spectrum.margins.inputs import input_margin
from stabkit.spectrum.margins.line import StableRange

# Found by a random search: stable, unstable, stable as all inputs grow. FLINT confirms it below.
TWO_INTERVALS = Workload.from_classes([(25, 14, 4), (289, 1, 1)])


def exactly(value: Fraction | int) -> RealEnclosure:
    return RealEnclosure(Fraction(value), Fraction(value))


def shifted(mix: Workload, delta: Fraction | int) -> Workload:
    return Workload.from_classes(
        (c.input_length + delta, c.decode_length, c.share) for c in mix.classes
    )


def scaled(mix: Workload, factor: Fraction) -> Workload:
    return Workload.from_classes(
        (c.input_length * factor, c.decode_length, c.share) for c in mix.classes
    )


def in_some(ranges: tuple[StableRange, ...] | None, value: Fraction) -> bool:
    assert ranges is not None
    return any(
        (part.low is None or part.low.high < value) and (part.high is None or value < part.high.low)
        for part in ranges
    )


def is_strictly_within(
    value: Fraction, low: RealEnclosure | None, high: RealEnclosure | None
) -> bool:
    return (low is None or low.high < value) and (high is None or value < high.low)


def mixes_of_different_inputs(seed: int) -> Iterator[Workload]:
    rng = random.Random(seed)
    while True:
        mix = Workload.from_classes(
            (rng.randint(0, 20) if rng.random() < 0.8 else rng.randint(0, 300), length, weight)
            for length, weight in (
                (rng.randint(1, 16), rng.randint(1, 9)) for _ in range(rng.randint(2, 4))
            )
        )
        if len({c.decode_length for c in mix.classes}) > 1:
            yield mix


# --- by hand ---------------------------------------------------------------------------------


def test_lengths_two_and_three_at_five() -> None:
    # R8: stable iff s > 1 at p = 1/2
    margin = input_margin(Workload.from_classes([(5, 2), (5, 3)]))
    assert (margin.below, margin.above, margin.distance) == (exactly(-4), None, exactly(4))
    assert (margin.verdict, margin.least, margin.present) == ("stable", -5, 0)
    assert margin.stable_values == (StableRange(exactly(-4), None),)
    assert margin.stable_below is margin.stable_above is None
    scale = input_margin(Workload.from_classes([(5, 2), (5, 3)]), "scale")
    assert (scale.below, scale.above) == (exactly(Fraction(1, 5)), None)
    assert scale.distance == exactly(Fraction(4, 5))


@pytest.mark.parametrize("s", [0, 1, 3, 30])
@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(2, 3), Fraction(9, 10), Fraction(2, 11)])
def test_lengths_two_and_three(s: int, p: Fraction) -> None:
    # docs/model.md, Boundaries: stable iff 2 / (s + 3) < p < (s + 2) / (s + 3)
    least_stable = max(2 / p - 3, (3 * p - 2) / (1 - p))
    assert least_stable >= 0
    margin = input_margin(Workload.from_classes([(s, 2, p), (s, 3, 1 - p)]))
    end = exactly(least_stable - s)
    assert margin.stable_values == (StableRange(end, None),)
    if s > least_stable:
        assert (margin.verdict, margin.below, margin.stable_above) == ("stable", end, None)
    elif s == least_stable:
        assert (margin.verdict, margin.below, margin.above) == ("marginal", exactly(0), exactly(0))
        assert margin.distance == exactly(0)
    else:
        assert (margin.verdict, margin.stable_above) == ("unstable", end)
        assert margin.above is not None
        assert margin.above.high <= end.low


@pytest.mark.parametrize(
    ("lengths", "threshold"),
    [
        ((2, 5), "6.9243440"),
        ((3, 5), "9.8229483"),
        ((4, 7), "29.594185"),
        ((7, 10), "117.43968"),
        ((5, 6, 7), "11.695930"),
        ((99, 100), "199534.49"),
    ],
)
@pytest.mark.parametrize("s", [0, 20, 10**6])
def test_known_thresholds(lengths: tuple[int, ...], threshold: str, s: int) -> None:
    # the values of docs/model.md, R8, from an implementation independent of stabkit
    margin = input_margin(Workload.from_classes((s, n) for n in lengths))
    stable_from = Fraction(threshold) - s
    unit = Fraction(1, 10 ** len(threshold.partition(".")[2]))
    if s > Fraction(threshold):
        end, verdict = margin.below, "stable"
    else:
        end, verdict = margin.stable_above, "unstable"
    assert end is not None
    assert margin.verdict == verdict
    assert max(abs(end.low - stable_from), abs(end.high - stable_from)) <= unit
    if s:
        factor = input_margin(Workload.from_classes((s, n) for n in lengths), "scale")
        there = factor.below if verdict == "stable" else factor.stable_above
        assert there is not None
        assert there.low <= (end.high + s) / s
        assert there.high >= (end.low + s) / s


# --- exact counts ----------------------------------------------------------------------------


def test_whole_shifts_against_exact_counts() -> None:
    changes = 0
    for mix in islice(mixes_of_different_inputs(1), 25):
        margin = input_margin(mix)
        here = unit_circle_counts(mix, "schur-cohn")
        deltas = range(int(margin.least), 40)
        verdicts = set()
        for delta in deltas:
            counts = unit_circle_counts(shifted(mix, delta), "schur-cohn")
            verdicts.add(counts.verdict)
            assert in_some(margin.stable_values, Fraction(delta)) == (counts.verdict == "stable")
            if is_strictly_within(Fraction(delta), margin.below, margin.above):
                assert (counts.outside, counts.on_circle) == (here.outside, 0)
        changes += len(verdicts) > 1
    assert changes > 5


def test_ends_of_the_shifts_are_tight() -> None:
    near = Fraction(1, 2**40)
    seen = 0
    for mix in islice(mixes_of_different_inputs(2), 40):
        margin = input_margin(mix)
        here = unit_circle_counts(mix, "flint").outside
        for end, way in ((margin.below, -1), (margin.above, 1)):
            if end is None or end == exactly(0):
                continue
            seen += 1
            inner, outer = sorted((end.low - near, end.high + near), reverse=way < 0)
            assert end.high - end.low < near
            assert unit_circle_counts(shifted(mix, inner), "flint").outside == here
            assert unit_circle_counts(shifted(mix, outer), "flint").outside != here
    assert seen > 20


def test_factors_against_exact_counts() -> None:
    changes = 0
    for mix in islice(mixes_of_different_inputs(3), 25):
        margin = input_margin(mix, "scale")
        here = unit_circle_counts(mix, "schur-cohn")
        verdicts = set()
        for factor in [Fraction(j, 8) for j in range(25)]:
            counts = unit_circle_counts(scaled(mix, factor), "schur-cohn")
            verdicts.add(counts.verdict)
            assert in_some(margin.stable_values, factor) == (counts.verdict == "stable")
            if is_strictly_within(factor, margin.below, margin.above):
                assert (counts.outside, counts.on_circle) == (here.outside, 0)
        changes += len(verdicts) > 1
    assert changes > 5


def test_longer_inputs_may_destabilise_and_stabilise_again() -> None:
    margin = input_margin(TWO_INTERVALS)
    counted = {-25: 0, 0: 0, 10: 0, 11: 2, 50: 2, 95: 2, 96: 0, 10_000: 0}
    for delta, outside in counted.items():
        assert unit_circle_counts(shifted(TWO_INTERVALS, delta), "flint").outside == outside
        assert in_some(margin.stable_values, Fraction(delta)) == (outside == 0)
    assert (margin.verdict, margin.below) == ("stable", None)
    assert margin.above == margin.distance
    assert margin.stable_below is margin.stable_above is None
    assert margin.above is not None
    assert 10 < margin.above.low < 11
    # from the unstable stretch, both ways lead out of it
    between = input_margin(shifted(TWO_INTERVALS, 50))
    assert between.verdict == "unstable"
    assert (between.stable_below, between.stable_above) == (between.below, between.above)
    assert between.stable_below is not None
    assert between.stable_above is not None
    assert -40 < between.stable_below.low < -39
    assert 45 < between.stable_above.low < 46
    assert between.distance == RealEnclosure(-between.stable_below.high, -between.stable_below.low)


@pytest.mark.parametrize("by", [Fraction(1, 3), 7, 200])
def test_a_shifted_mix_has_shifted_ends(by: Fraction | int) -> None:
    for mix in islice(mixes_of_different_inputs(4), 10):
        ranges = input_margin(mix).stable_values
        moved = input_margin(shifted(mix, by)).stable_values
        assert ranges is not None
        assert moved is not None
        bounds = [(p.low, p.high) for p in ranges]
        there = [(p.low, p.high) for p in moved]
        for ends, others in zip(reversed(bounds), reversed(there), strict=False):
            for end, other in zip(ends, others, strict=True):
                if end is not None and other is not None:
                    assert other.low <= end.high - by
                    assert other.high >= end.low - by


# --- the rest --------------------------------------------------------------------------------


@pytest.mark.parametrize("along", ["shift", "scale"])
@pytest.mark.parametrize("length", [2, 9, 10**9])
def test_one_decode_length_is_never_stable(along: Any, length: int) -> None:
    margin = input_margin(Workload.from_classes([(3, length), (8, length, 2)]), along)
    assert (margin.verdict, margin.complete, margin.stable_values) == ("unstable", True, ())
    assert margin.below is margin.above is margin.stable_above is margin.distance is None
    assert "R5" in margin.reason


def test_no_mode() -> None:
    margin = input_margin(Workload.from_classes([(3, 1), (9, 1)]))
    assert (margin.verdict, margin.below, margin.above) == ("stable", None, None)
    assert margin.stable_values == (StableRange(None, None),)


def test_inputs_of_length_zero_have_no_way_down() -> None:
    mix = Workload.from_classes([(0, 3), (0, 5)])
    margin = input_margin(mix)
    assert (margin.least, margin.below, margin.verdict) == (0, None, "unstable")
    # scaling does nothing
    scale = input_margin(mix, "scale")
    assert (scale.below, scale.above, scale.stable_values) == (None, None, ())


def test_long_kernels_are_left_out() -> None:
    margin = input_margin(Workload.from_classes([(0, 3), (7, 20_001)]))
    assert not margin.complete
    assert margin.below is margin.above is margin.stable_values is margin.distance is None
    assert "too long" in margin.reason


def test_a_trace() -> None:
    mix = Workload.named("azure-code-2023")
    margin = input_margin(mix, "scale")
    assert margin.verdict == "stable"
    assert margin.above is None
    assert margin.below is not None
    assert unit_circle_counts(scaled(mix, margin.below.low * Fraction(99, 100))).outside == 2
    assert unit_circle_counts(scaled(mix, margin.below.high * Fraction(101, 100))).outside == 0


def test_arguments_are_checked() -> None:
    mix = Workload.from_classes([(5, 3), (5, 5)])
    with pytest.raises(InvalidArgument, match=r"'along' must be 'shift' or 'scale', not 'common'"):
        input_margin(mix, "common")  # type: ignore[arg-type]
    with pytest.raises(InvalidWorkload, match="'mix' must be a Workload"):
        input_margin(3)  # type: ignore[arg-type]


def test_distance_is_the_nearer_way() -> None:
    margin = input_margin(Workload.from_classes([(5, 3), (5, 5)]))
    assert margin.below is not None
    assert margin.above is not None
    down = RealEnclosure(-margin.below.high, -margin.below.low)
    assert down.high < margin.above.low
    assert margin.distance == down
    assert replace(margin, below=None).distance == margin.above
