"""Input lines: kernels by definition, exact counts, limits, and hand-derived cases."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest

from stabkit import InvalidArgument, Threshold, Workload, threshold, to_dict, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.partition.input_line import InputLine, input_line
from stabkit.spectrum.partition.pencil import kernel_pencil

Lines = Iterator[tuple[Workload, list[tuple[Fraction, Fraction]]]]


def lines(seed: int, count: int, longest: int = 12) -> Lines:
    """Random mixes with slopes and offsets, a third of the slopes 0, some offsets negative."""
    rng = random.Random(seed)
    while count:
        mix = Workload.from_classes(
            (rng.randint(0, 40), rng.randint(1, longest), rng.randint(1, 9))
            for _ in range(rng.randint(2, 4))
        )
        pairs = []
        for _ in mix.classes:
            slope = rng.choice((0, 0, 1, 1, 2, Fraction(1, 3)))
            pairs.append((Fraction(slope), Fraction(rng.randint(-9 if slope else 0, 30))))
        if any(slope for slope, _ in pairs):
            yield mix, pairs
            count -= 1


def moved(mix: Workload, pairs: list[tuple[Fraction, Fraction]], x: Fraction) -> Workload:
    return Workload.from_classes(
        (slope * x + offset, c.decode_length, c.share)
        for (slope, offset), c in zip(pairs, mix.classes, strict=True)
    )


def test_the_kernel_at_a_value_is_that_of_the_mix_there() -> None:
    for mix, pairs in lines(1, 60):
        pencil = kernel_pencil(mix, input_line(mix, pairs))
        assert pencil.origin == max(-c / slope for slope, c in pairs if slope)
        for x in (Fraction(0), Fraction(3, 7), Fraction(22)):
            found, expected = pencil.at(x), MemoryKernel.of(moved(mix, pairs, pencil.origin + x))
            rows = [[Fraction(g, k.denominator) for g in k.coefficients] for k in (found, expected)]
            assert rows[0] == rows[1]


def test_the_named_lines_are_cases() -> None:
    mix = Workload.from_classes([(3, 4), (8, 7, 2), (5, 9)])
    own = [c.input_length for c in mix.classes]
    for name, slopes, offsets in (
        ("common", [1] * 3, [0] * 3),
        ("shift", [1] * 3, own),
        ("scale", own, [0] * 3),
    ):
        along = list(zip(slopes, offsets, strict=True))
        assert input_line(mix, name) == input_line(mix, along)
        named, listed = threshold(mix, name), threshold(mix, along)
        assert (named.along, listed.along) == (name, "line")
        for one, other in zip(named.crossings, listed.crossings, strict=True):
            assert one.value == other.value
        assert named.line == listed.line
        assert named.sufficient == listed.sufficient
        assert (named.sufficient is None) == (name == "scale")
    assert input_line(mix, "shift") == input_line(mix, ["1", 1, Fraction(1)])


def inside(part, low: Fraction, rng: random.Random) -> Iterator[Fraction]:
    """Yield points of an interval, two of them next to its ends."""
    start = low if part.low is None else part.low.value.high
    stop = 3 * abs(start) + 50 if part.high is None else part.high.value.low
    yield start + Fraction(rng.randint(1, 99), 100) * (stop - start)
    yield start + (stop - start) / 10**9
    yield stop - (stop - start) / 10**9


def test_between_crossings_the_count_is_exact() -> None:
    rng = random.Random(2)
    checked = crossed = 0
    for mix, pairs in lines(3, 60):
        found = threshold(mix, pairs)
        assert found.complete
        crossed += len(found.crossings)
        for part in found.intervals:
            for x in inside(part, found.low, rng):
                counts = unit_circle_counts(moved(mix, pairs, x), "schur-cohn")
                assert (counts.outside, counts.verdict) == (part.unstable, part.verdict)
                checked += 1
    assert min(checked, crossed) > 60


def is_stable(found: Threshold, value: Fraction) -> bool:
    for part in found.stable_intervals:
        above = part.low is None or value > part.low.enclosure(60).high
        if above and (part.high is None or value < part.high.enclosure(60).low):
            return True
    return False


def scanned(seed: int, count: int, steps: int, longest: int) -> int:
    """Compare with exact verdicts at many values from the least one on; return the changes."""
    changes = 0
    for mix, pairs in lines(seed, count, longest):
        found = threshold(mix, pairs)
        assert found.complete
        last = None
        for step in range(steps):
            x = found.low + Fraction(step, 2)
            verdict = unit_circle_counts(moved(mix, pairs, x), "schur-cohn").verdict
            assert is_stable(found, x) == (verdict == "stable"), (mix, pairs, x)
            changes += last not in (None, verdict)
            last = verdict
    return changes


def test_a_scan_sees_the_same_intervals() -> None:
    assert scanned(4, 25, 60, 9) > 10


@pytest.mark.long
def test_a_long_scan_sees_the_same_intervals() -> None:
    """300 lines at 200 values each."""
    changes = scanned(5, 300, 200, 14)
    print(changes)
    assert changes > 100


# -- what happens far out --------------------------------------------------------------------------


def test_where_all_inputs_grow_the_gcd_decides() -> None:
    """docs/model.md, Input lines: g - 1 unstable modes beyond the last crossing."""
    seen = set()
    for mix, pairs in lines(6, 150, 9):
        if all(slope for slope, _ in pairs):
            last = threshold(mix, pairs).intervals[-1]
            assert (last.unstable, last.high) == (mix.gcd - 1, None)
            seen.add(mix.gcd)
    assert {1, 2} <= seen


def test_where_some_do_not_the_gcd_decides_nothing() -> None:
    # g = (x + 2, x + 4, 3) / 2: lambda^2 (x + 2) + lambda (x + 4) + 3, stable iff x > 1
    stable = threshold(Workload.from_classes([(0, 2), (0, 3)]), (1, 0))
    assert (stable.threshold.exact, stable.is_finite) == (1, True)
    # the lengths that grow have gcd 2, and so have they all but for one that does not
    unstable = threshold(Workload.from_classes([(0, 2), (0, 3), (0, 4)]), (1, 0, 1))
    assert (unstable.is_finite, unstable.gcd) == (False, 1)
    assert unstable.intervals[-1].unstable == 1
    # 3 G(-1) = 2 (x + 1) - 2 (x + 2) + 1 - 2 + 3 = 0 for every x
    marginal = threshold(Workload.from_classes([(0, 2, 2), (0, 3, 1)]), (1, 0))
    assert marginal.intervals[-1].verdict == "marginal"
    assert not marginal.stable_intervals


def test_whose_prompts_may_grow() -> None:
    """(5, 2), (5, 3): g = (6 + x/2, 7 + x/2, 4) or (6 + x/2, 7 + x/2, 4 + x/2)."""
    mix = Workload.from_classes([(5, 2), (5, 3)])
    first, second = threshold(mix, (1, 0)), threshold(mix, (0, 1))
    assert (first.low, first.threshold.exact) == (-5, -4)
    assert (second.low, second.crossings) == (-5, ())
    assert second.intervals[0].verdict == "stable"
    record = to_dict(first)
    assert (record["along"], record["slopes"], record["offsets"]) == (
        "line",
        ["1", "0"],
        ["5", "5"],
    )
    assert record["stable_intervals"] == [["-4", None]]


def test_equal_slopes_have_a_sufficient_bound() -> None:
    """R7's margin rises by the slope: along 2 x it is half as far as along the shift."""
    mix = Workload.from_classes([(3, 4), (8, 7, 2), (5, 9)])
    once, twice = threshold(mix, (1, 1, 1)).sufficient, threshold(mix, (2, 2, 2)).sufficient
    assert math.isclose(float(once.high), 2 * float(twice.high))
    assert threshold(mix, (1, 1, 2)).sufficient is None


@pytest.mark.parametrize(
    ("along", "complaint"),
    [
        (
            "sum",
            "'scale', 'share', 'gain' or a slope for each class, not 'sum'",
        ),
        (3, "or a slope for each class, not 3"),
        ((1,), "'along' must have one slope for each class of the mix, 2, not 1"),
        ((0, 0), "'along' must have a slope that is not 0"),
        ((1, -1), "'along' of class 2 must have a slope between 0 and 10^12, not -1"),
        ((1, "x"), "'along' of class 2 must be a finite rational number, not 'x'"),
        (((1, 2, 3), 1), "'along' of class 1 must be a slope, or a slope and an offset"),
        (((0, -1), 1), "'along' of class 1 must have an offset between 0 and 10^12 tokens"),
        ((1, (1, 10**13)), "'along' of class 2 must have an offset between -10"),
    ],
)
def test_errors(along, complaint) -> None:
    with pytest.raises(InvalidArgument) as caught:
        threshold(Workload.from_classes([(5, 2), (5, 3)]), along)
    assert complaint in str(caught.value)


def test_no_slope_at_all_starts_at_0() -> None:
    """`scale` of a mix without inputs: one interval, all of it."""
    assert InputLine((Fraction(0),), (Fraction(4),)).low == 0
    found = threshold(Workload.from_classes([(0, 2), (0, 5)]), "scale")
    assert (found.low, len(found.intervals), found.sufficient) == (0, 1, None)


def test_a_share_is_below_one_and_a_gain_above_zero() -> None:
    mix = Workload.from_classes([(5, 3), (5, 5)])
    shares, gains = kernel_pencil(mix, "share"), kernel_pencil(mix, "gain")
    assert [shares.holds(Fraction(p)) for p in ("0.5", "1", "3/2")] == [True, False, False]
    assert [gains.holds(Fraction(k)) for k in ("-1", "0", "0.5", "1")] == [False, False, True, True]
