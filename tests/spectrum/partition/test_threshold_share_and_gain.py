"""Thresholds along a share and the gain: cases by hand, counts that know no pencil, the locus."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stabkit import (
    InvalidArgument,
    Workload,
    closed_loop,
    root_locus,
    threshold,
    to_dict,
    unit_circle_counts,
)

CLASSES = st.tuples(st.integers(0, 40), st.integers(1, 12), st.integers(1, 9))
MIXES = st.lists(CLASSES, min_size=2, max_size=4, unique_by=lambda c: c[:2]).map(
    Workload.from_classes
)
LONG = Workload.from_classes([(12, 26, 2), (12, 27, 1)])  # G(-1) = (-13) 2/3 + (12 + 14) 1/3 = 0


def values(found: Any) -> list[float]:
    return [float(crossing) for crossing in found.crossings]


# -- by hand ---------------------------------------------------------------------------------------


@given(st.fractions(0, 50, max_denominator=20))
def test_two_and_three_steps_along_the_share(s):
    """g = (s + 1, s + 2, (1 - p) (s + 3)): stable iff 2 / (s + 3) < p < (s + 2) / (s + 3)."""
    found = threshold(Workload.from_classes([(s, 2), (s, 3)]), "share")
    low, high = 2 / (s + 3), (s + 2) / (s + 3)
    if s == 0:
        assert [crossing.exact for crossing in found.crossings] == [low]
        assert found.stable_intervals == ()
    else:
        (stable,) = found.stable_intervals
        assert (stable.low.exact, stable.high.exact) == (low, high)
    assert [part.unstable for part in found.intervals] == ([2, 1] if s == 0 else [2, 0, 1])


@given(st.fractions(0, 50, max_denominator=20), st.fractions("1/10", "9/10", max_denominator=10))
def test_two_and_three_steps_along_the_gain(s, p):
    """Kernel (a, k b, k c), c = (1 - p) (s + 3): stable iff k c < a and k (b - c) < a."""
    found = threshold(Workload.from_classes([(s, 2, p), (s, 3, 1 - p)]), "gain")
    product, difference = (1 - p) * (s + 3), s + 2 - (1 - p) * (s + 3)
    ends = {(s + 1) / slope for slope in (product, difference) if slope > 0}
    assert [crossing.exact for crossing in found.crossings] == sorted(k for k in ends if k <= 1)
    first, last = found.stable_intervals[0], found.intervals[-1]
    assert (found.low, found.high, first.low) == (0, 1, None)
    assert last.high is None or last.high.exact == 1


@given(st.fractions(0, 50, max_denominator=20))
def test_one_length_along_the_gain(s):
    """Two steps: lambda = -k (s + 2) / (s + 1). Three: k (s + 3) < s + 1, the other never binds."""
    for length in (2, 3):
        found = threshold(Workload.from_classes([(s, length)]), "gain")
        assert [c.exact for c in found.crossings] == [(s + 1) / (s + length)]
        assert [part.unstable for part in found.intervals] == [0, length - 1]


def test_three_and_five_steps_by_hand():
    """s = 5, equal shares, c = cos theta: the imaginary parts have a factor sin theta.

    Gain: sum_(m>=1) g_m z^m = -g_0 / k with g = (6, 7, 8, 9/2, 5): 80 c^3 + 36 c^2 - 8 c + 5 = 0.
    Share p of 3 steps, q = 1 - p: A + q (9 z^3 + 10 z^4) = 0, A = 6 + 7 z + 8 z^2: times conj A the
    second part is 60 z^4 + 124 z^3 + 143 z^2 + 72 z, and 240 c^3 + 248 c^2 + 23 c - 26 = 0.
    """
    mix = Workload.from_classes([(5, 3), (5, 5)])
    expected: dict[str, list[float]] = {"gain": [], "share": []}
    for c in _within([80, 36, -8, 5]):
        one, two, three, four = (math.cos(m * math.acos(c)) for m in range(1, 5))
        expected["gain"].append(-6 / (7 * one + 8 * two + 4.5 * three + 5 * four))
    for c in _within([240, 248, 23, -26]):
        one, two, three, four = (math.cos(m * math.acos(c)) for m in range(1, 5))
        size = 36 + 49 + 64 + 2 * (42 + 56) * one + 2 * 48 * two
        expected["share"].append(1 + size / (60 * four + 124 * three + 143 * two + 72 * one))
    for along, numbers in expected.items():
        inside = sorted(x for x in numbers if 0 < x <= 1)
        assert inside
        assert values(threshold(mix, along)) == pytest.approx(inside, rel=1e-12)


def _within(coefficients: list[int]) -> list[float]:
    zeros = np.roots(coefficients)
    return [z.real for z in zeros if abs(z.imag) < 1e-12 and abs(z.real) < 1]


def test_minimal_polynomials_vanish_at_the_crossings():
    """x^3 - 9 x^2 - 9 x + 9 for (3,5), as in test_threshold; along the shift x + 5 for x."""
    mix = Workload.from_classes([(5, 3), (5, 5)])
    assert threshold(mix, "shift").crossings[-1].minimal_polynomial() == (-136, -24, 6, 1)
    for along, degree in (("share", 3), ("gain", 3)):
        for crossing in threshold(mix, along).crossings:
            polynomial = crossing.minimal_polynomial()
            value = crossing.enclosure(60).low
            assert math.gcd(*polynomial) == 1
            assert len(polynomial) == degree + 1
            assert abs(sum(a * value**i for i, a in enumerate(polynomial))) < Fraction(1, 10**40)


@pytest.mark.parametrize(
    ("mix", "along"), [("0:2 0:3", "common"), ("1:2 1:3:2", "common"), ("1:2 4:3:2", "gain")]
)
def test_minimal_polynomials_of_rational_crossings(mix, along):
    (crossing,) = threshold(mix, along).crossings
    constant, leading = crossing.minimal_polynomial()
    assert constant + leading * crossing.exact == 0
    assert (math.gcd(constant, leading), leading > 0) == (1, True)


def test_a_crossing_at_the_gain_of_the_mix_itself():
    """(2,3), s = 1, equal shares: 2 x^2 + 3 x + 2 = 0 at cos = -3/4; and G(-1) = 0 with L = 27."""
    for mix, angle in (
        (Workload.from_classes([(1, 2), (1, 3)]), math.acos(-3 / 4)),
        (LONG, math.pi),
    ):
        found = threshold(mix, "gain")
        last = found.crossings[-1]
        assert found.complete
        assert last.exact == 1
        assert angle in [pytest.approx(each) for each in last.angles]
        assert found.intervals[-1].high is last


# -- by counts that know no pencil -----------------------------------------------------------------


def shared(mix: Workload, p: Fraction) -> Workload:
    rest = 1 - mix.classes[0].share
    shares = [p, *(c.share * (1 - p) / rest for c in mix.classes[1:])]
    pairs = zip(mix.classes, shares, strict=True)
    return Workload.from_classes([(c.input_length, c.decode_length, share) for c, share in pairs])


def counted(mix: Workload, along: str, value: Fraction) -> Any:
    if along == "share":
        return unit_circle_counts(shared(mix, value), "flint")
    return closed_loop(mix, f"damped:{value}").counts


@settings(deadline=None, max_examples=40)
@given(MIXES, st.sampled_from(["share", "gain"]))
def test_counts_on_both_sides_of_every_crossing(mix, along):
    found = threshold(mix, along)
    assert found.complete
    for crossing, before, after in zip(
        found.crossings, found.intervals[:-1], found.intervals[1:], strict=False
    ):
        value = crossing.enclosure(40)
        step = Fraction(1, 10**12)
        low, high = value.low - step, value.high + step
        assume(low in before and high in after)  # no two crossings closer than that
        assert counted(mix, along, low).outside == before.unstable
        assert counted(mix, along, high).outside == after.unstable
        assert after.unstable - before.unstable == crossing.change


@settings(deadline=None, max_examples=40)
@given(MIXES, st.sampled_from(["share", "gain"]), st.fractions("1/50", "49/50", max_denominator=50))
def test_the_count_at_any_value(mix, along, value):
    found = threshold(mix, along)
    parts = [part for part in found.intervals if value in part]
    assume(parts)  # not a crossing
    assert counted(mix, along, value).outside == parts[0].unstable


@settings(deadline=None, max_examples=40)
@given(MIXES, st.sampled_from(["share", "gain"]))
def test_the_locus_brackets_the_same_crossings(mix, along):
    locus = root_locus(mix, along, points=9)
    ends = locus.values[0], locus.values[-1]
    found = [c.enclosure(20) for c in threshold(mix, along).crossings if c.change]
    for change in locus.changes:
        assert any(change.low <= v.high and v.low <= change.high for v in found)
    if not locus.changes:
        inside = [c for c in threshold(mix, along).crossings if ends[0] < float(c) < ends[1]]
        assert sum(c.change for c in inside) == 0


def test_long_kernels_along_both():
    """Beyond 24 terms crossings are found in balls; the locus counts by another route."""
    mix = Workload.from_classes([(40, 31), (10, 47), (90, 40)])
    for along in ("share", "gain"):
        found, locus = threshold(mix, along), root_locus(mix, along, points=9)
        assert found.complete
        assert len(found.crossings) > 3
        for value, unstable in zip(locus.values, locus.unstable, strict=True):
            parts = [part.unstable for part in found.intervals if value in part]
            assert parts == [unstable] or not parts


# -- the record ------------------------------------------------------------------------------------


def test_inputs_alone_have_a_threshold():
    found = threshold("0:1 5:1", "share")  # no mode at all: stable everywhere
    assert (found.threshold, found.sufficient, found.every_start, found.law) == (None,) * 4
    assert not found.is_finite
    record = to_dict(found)
    assert (record["slopes"], record["offsets"], record["threshold_value"]) == ([], [], None)
    assert record["stable_intervals"] == [["0", "1"]]


def test_older_names_mean_the_same():
    mix = Workload.from_classes([(4, 2), (6, 3)])
    for old, new in (("p", "share"), ("kappa", "gain")):
        assert to_dict(threshold(mix, old)) == to_dict(threshold(mix, new))
    mean = threshold(mix, "s")  # all in proportion: 5 times the factor
    factors = [5 * c.exact for c in threshold(mix, "scale").crossings]
    assert mean.along == "mean"
    assert [c.exact for c in mean.crossings] == factors


def test_refusals():
    with pytest.raises(InvalidArgument, match="two classes or more along 'share', not one"):
        threshold("10:5", "share")
    with pytest.raises(InvalidArgument, match="'share', 'gain' or a slope for each class, not 'x'"):
        threshold("10:5", "x")
