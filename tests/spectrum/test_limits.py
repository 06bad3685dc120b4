"""Defaults, ends and limits of what is computed along a line, and domains away from the origin."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Integer, Rational, Symbol

from stabkit import InvalidArgument, Workload, nyquist, root_locus, threshold
from stabkit.model.symbolic import SymbolicWorkload
from stabkit.spectrum.criterion.domain import domain_of
from stabkit.spectrum.curves import locus as locus_module
from stabkit.spectrum.curves import nyquist as nyquist_module
from stabkit.spectrum.curves.nyquist import _usual_points
from stabkit.spectrum.partition import threshold as threshold_module

PAIR = Workload.from_classes([(1, 2), (1, 3)])  # stable from s = 1 on, of two unstable modes


# --- root loci -------------------------------------------------------------------------------


def test_a_locus_has_forty_one_values_over_the_usual_range() -> None:
    locus = root_locus(Workload.from_classes([(10, 3, 1), (4, 2, 2)]))
    assert len(locus.values) == len(locus.unstable) == 41
    assert (locus.values[0], locus.values[-1]) == (0, 12)  # twice the mean input, 6
    assert (locus.along, root_locus(PAIR).values[-1]) == ("common", 6)  # twice L
    for along, ends in (("p", ("1/100", "99/100")), ("kappa", ("1/50", "1"))):
        values = root_locus(PAIR, along).values  # type: ignore[arg-type]
        assert (values[0], values[-1]) == tuple(map(Fraction, ends))
        assert len(values) == 41


@pytest.mark.parametrize("points", [2, 3, 6])
def test_a_change_in_the_last_interval_is_found(points: int) -> None:
    (change,) = root_locus(PAIR, "s", 0, "101/100", points).changes
    assert (change.before, change.after) == (2, 0)
    assert change.low < 1 <= change.high
    (change,) = root_locus(PAIR, "s", "99/100", 5, points).changes  # and in the first one
    assert change.low < 1 <= change.high
    assert change.high - change.low <= Fraction(401, 100) / 10**6


def test_numbers_of_points_at_the_limits() -> None:
    one = Workload.from_classes([(5, 1)])
    assert len(root_locus(one, points=1001).values) == 1001
    with pytest.raises(InvalidArgument, match="from 2 to 1001, not 1002"):
        root_locus(one, points=1002)


def test_an_undecided_count_ends_the_bisection(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    counted = locus_module._unstable

    def undecided(kernel: Any) -> int | None:
        asked.append(kernel)
        return counted(kernel) if len(asked) <= 2 else None

    monkeypatch.setattr(locus_module, "_unstable", undecided)
    (change,) = root_locus(PAIR, "s", 0, 3, points=2).changes
    assert (change.low, change.high, change.before, change.after) == (0, 3, 2, 0)
    monkeypatch.setattr(locus_module, "_unstable", lambda _: None)
    locus = root_locus(PAIR, "s", 0, 3, points=2)
    assert (locus.changes, locus.unstable) == ((), (None, None))


# --- Nyquist curves --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "points"),
    [
        (1, 512),  # at least
        (32, 512),
        (33, 528),  # 16 L: 32 for each turn of the whole circle
        (4096, 65536),
        (4097, 65536),  # the usual most
        (32768, 65536),
        (32769, 65538),  # two for each term
        (100_000, 200_000),
    ],
)
def test_the_usual_number_of_points(length: int, points: int) -> None:
    assert _usual_points(length) == points


@pytest.mark.parametrize(("points", "half"), [(None, 1024), (1, 64), (64, 64), (65, 128)])
def test_samples_are_a_power_of_two_and_finer_at_first(points: int | None, half: int) -> None:
    """At least as many as asked for, or as terms; up to 4 turns of z^L eight times as many."""
    curve = nyquist(Workload.from_classes([(3, 40), (3, 5)]), points)
    assert curve.theta[-1] - curve.theta[-2] == pytest.approx(math.pi / half)
    stop = math.ceil(2 * half * 4 / 40)
    assert len(curve.theta) == 8 * stop + half + 1 - stop
    assert curve.theta[1] == pytest.approx(math.pi / half / 8)


def test_lengths_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert nyquist_module.LONGEST_CURVE == 100_000
    monkeypatch.setattr(nyquist_module, "LONGEST_CURVE", 3)
    assert nyquist(PAIR).length == 3
    monkeypatch.setattr(nyquist_module, "LONGEST_CURVE", 2)
    with pytest.raises(InvalidArgument, match="up to 2 for a Nyquist curve, not 3"):
        nyquist(PAIR)
    assert locus_module.LONGEST_LOCUS == 1_000
    monkeypatch.setattr(locus_module, "LONGEST_LOCUS", 3)
    assert root_locus(PAIR, points=2).length == 3
    monkeypatch.setattr(locus_module, "LONGEST_LOCUS", 2)
    with pytest.raises(InvalidArgument, match="up to 2 for a root locus, not 3"):
        root_locus(PAIR, points=2)


# --- thresholds ------------------------------------------------------------------------------


def test_a_threshold_is_found_for_the_longest_mix_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    class Found:
        crossings, intervals, complete, reason = (), (), False, ""

    def recorded(pencil: Any, *_: Any) -> Any:
        asked.append(pencil.length)
        return Found

    monkeypatch.setattr(threshold_module, "d_partition", recorded)
    assert not threshold(Workload.from_classes([(5, 19_999), (5, 20_000)])).complete
    assert asked == [20_000]
    with pytest.raises(InvalidArgument, match="up to 20000 for a threshold, not 20001"):
        threshold(Workload.from_classes([(5, 20_000), (5, 20_001)]))
    assert asked == [20_000]


# --- domains of shares -----------------------------------------------------------------------

P, S = Symbol("p"), Symbol("s", nonnegative=True)
HALF = Rational(1, 2)


def shifted() -> Any:
    """Shares 1 - p, p - 1/2 and 1/2: 1/2 < p < 1."""
    mix = SymbolicWorkload.from_classes([(S, 2, 1 - P), (S, 3, P - HALF), (S, 5, HALF)])
    return domain_of(mix)


def test_a_domain_without_the_origin() -> None:
    domain = shifted()
    assert sorted(v[0] for v in domain.vertices) == [HALF, 1]
    chart = domain.chart()
    assert chart.weight == sum(chart.ring.gens[:2], chart.ring(0))
    p, s = domain.ring.gens
    for _, _, share in domain.classes:
        assert chart.positive(share)
    for positive in (2 * p - 1, 1 - p, p, 4 * p - 1, s + p, (1 - p) * (2 * p - 1)):
        assert chart.nonnegative(positive)
    for sometimes in (4 * p - 3, 3 - 4 * p, p - 1, 1 - 2 * p, 1 - s, -p):
        assert not chart.nonnegative(sometimes)
    assert not chart.positive(s * p)  # not at s = 0
    assert not chart.positive(p - p)


def test_lifted_polynomials_are_those_on_the_domain() -> None:
    """At c = (c_0, c_1): p = (v_0 c_0 + v_1 c_1) / (c_0 + c_1), times (c_0 + c_1)^degree."""
    domain = shifted()
    chart = domain.chart()
    p, s = domain.ring.gens
    polynomial = 3 * p**2 - 5 * p * s + 2 * s**2 - 7 * p + 4
    low, high = (v[0] for v in domain.vertices)
    for c0, c1, at in ((1, 3, 2), (5, 2, 0), (1, 0, 7), (0, 4, 1)):
        share = (low * c0 + high * c1) / Integer(c0 + c1)
        value = 3 * share**2 - 5 * share * at + 2 * at**2 - 7 * share + 4
        lifted = chart.lifted(polynomial).evaluate(
            list(zip(chart.ring.gens, (c0, c1, at), strict=True))
        )
        assert lifted == value * (c0 + c1) ** 2


def test_segments_have_the_ends_asked_for() -> None:
    domain = shifted()
    p, s = domain.ring.gens
    one = domain.ring.one
    assert [low / high for low, high in domain.ends()] == [HALF, 1]
    segment = domain.segment((3 * one, 4 * one), (one, one))  # 3/4 to 1
    assert segment.nonnegative(4 * p - 3)
    assert segment.nonnegative(1 - p)
    assert not segment.nonnegative(5 * p - 4)
    moving = domain.segment((one + s, 2 + s), (one, one))  # (1 + s) / (2 + s) to 1
    assert moving.nonnegative(p * (2 + s) - 1 - s)
    assert not moving.nonnegative(p * (2 + s) - 1 - 2 * s)


def test_angles_of_crossings_are_in_the_upper_half() -> None:
    (change,) = root_locus(PAIR, "s", 0, 2, points=2).changes
    assert 0 < change.angle < math.pi
    roots = np.roots([2, 3, 2])
    assert change.angle == pytest.approx(abs(np.angle(roots[0])), abs=1e-5)
