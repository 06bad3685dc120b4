"""D-partitions at their edges: triple zeros, near coincidences, x = 0, huge numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import arb

from stabkit import Workload
from stabkit.publish.text.threshold import threshold_text
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.counting.counts import kernel_counts, unit_circle_counts
from stabkit.spectrum.partition.axis_arcs import axis_arcs
from stabkit.spectrum.partition.ball_crossings import BallCrossings
from stabkit.spectrum.partition.crossing import CircleCrossing
from stabkit.spectrum.partition.d_partition import _told_apart, d_partition
from stabkit.spectrum.partition.exact_crossings import exact_crossings
from stabkit.spectrum.partition.pencil import kernel_pencil
from stabkit.spectrum.partition.threshold import threshold


@pytest.mark.slow
@pytest.mark.parametrize(
    ("classes", "along"),
    [
        ([(0, 6, 10), (0, 29, 1)], "common"),
        ([(0, 8, 13), (0, 27, 2)], "common"),
        ([(0, 12, 7), (0, 43, 1)], "common"),
        ([(1, 26, 2), (1, 37, 1)], "gain"),
        ([(0, 24, 5), (0, 31, 3)], "gain"),
    ],
)
def test_a_triple_zero_of_v_at_pi_is_no_contradiction(classes, along):
    """V'(pi) = 0, so that V has a zero of order 3 there: no arc that ends at pi is monotone."""
    pencil = kernel_pencil(Workload.from_classes(classes), along)
    found = d_partition(pencil)  # raised ArithmeticError: the open arc holds a change of one mode
    exact = Fraction(-pencil.constant.at_minus_one(), pencil.slope.at_minus_one())
    if found.complete:
        assert pencil.number(exact) in [c.exact for c in found.crossings]
    for part in found.intervals:
        assert kernel_counts(pencil.at(pencil.position(part.sample))).outside == part.unstable


@pytest.mark.parametrize(
    "classes",
    [
        [(0, 9, 11), (0, 24, 226823)],  # three crossings at 1689652.09877..., 10^-7 apart
        [(0, 4, 33753397), (0, 26, 234682059), (0, 19, 268435456)],  # the two largest, 2e-6 apart
        [(0, 4, 20184161), (0, 26, 30147487), (0, 16, 50331648)],  # the two largest, 5e-10 apart
    ],
)
def test_crossings_are_told_apart_whatever_their_coarse_order(classes):
    """They were joined if the lower ends of their coarse enclosures were in the wrong order."""
    found = d_partition(kernel_pencil(Workload.from_classes(classes), "common"))
    assert all(len(crossing.angles) == 1 for crossing in found.crossings)
    assert all(c.value.high - c.value.low < Fraction(1, 10**15) for c in found.crossings)


def test_the_threshold_next_to_another_crossing_has_its_digits():
    mix = Workload.from_classes([(0, 4, 33753397), (0, 26, 234682059), (0, 19, 268435456)])
    assert "214.65798053531187" in threshold_text(threshold(mix), 20)
    assert [part.unstable for part in threshold(mix).intervals][-3:] == [4, 2, 0]


def test_a_crossing_at_exactly_0_leaves_the_rest_decided():
    """L > 24, the mix itself is marginal (a pair at +-i), and its least input is 0."""
    mix = Workload.from_classes([(4, 14, 70), (5, 28, 58), (0, 5, 14)])
    assert unit_circle_counts(mix).on_circle == 2
    assert threshold(mix, "shift").complete
    pencil = kernel_pencil(mix, "shift")
    found, open_arcs = BallCrossings(pencil, Budget()).on(axis_arcs(pencil, Budget()))
    assert open_arcs == []
    (at_zero,) = (c for c in found if c.exact == 0)
    assert at_zero.angle == pytest.approx(math.pi / 2)
    assert at_zero.minimal_polynomial() == (0, 1)
    before, beyond = (unstable_at(mix, x) for x in (-0.01, 0.01))
    assert at_zero.change == beyond - before != 0


def unstable_at(mix: Workload, x: float) -> int:
    """Return the roots outside the circle for inputs s_k + x, which numpy counts."""
    kernel = [
        sum(
            float(c.share) * (float(c.input_length) + x + m + 1) * (m < c.decode_length)
            for c in mix.classes
        )
        for m in range(mix.longest_decode)
    ]
    return int(np.sum(abs(np.roots(kernel)) > 1))


def test_marginal_other_classes_leave_the_line_of_the_share_decided():
    """p = 0, where (1,2), (1,3) are marginal, is outside of the domain."""
    pencil = kernel_pencil(Workload.from_classes([(1, 30), (1, 2), (1, 3)]), "share")
    assert d_partition(pencil).complete


def test_stable_but_at_0_is_not_everywhere():
    mix = Workload.from_classes([(0, 1), (0, 2)])
    assert unit_circle_counts(mix).verdict == "marginal"
    assert "everywhere" not in threshold_text(threshold(mix), 20)


@pytest.mark.slow
def test_a_threshold_beyond_the_doubles_is_printed():
    mix = Workload.from_classes([(0, 2, 10**400), (0, 3, 1)])
    assert "stable" in threshold_text(threshold(mix), 20)


def test_values_below_the_domain_are_in_no_interval():
    mix = Workload.from_classes([(5, 3), (5, 5)])
    for along, value in (("common", Fraction(-1)), ("shift", Fraction(-6))):
        assert not any(value in part for part in threshold(mix, along).intervals)


@pytest.mark.slow
def test_a_triple_zero_at_pi_by_balls_alone():
    """Where no algebraic numbers are computed any more: V'(pi) = 0 is told by integers."""
    for lengths, weights in (((6, 29), (10, 1)), ((8, 27), (13, 2)), ((12, 43), (7, 1))):
        mix = Workload.from_classes((0, n, w) for n, w in zip(lengths, weights, strict=True))
        pencil = kernel_pencil(mix, "common")
        found, open_arcs = BallCrossings(pencil, Budget()).on(axis_arcs(pencil, Budget()))
        assert open_arcs == []
        exact = exact_crossings(pencil, Budget())
        rows = [
            sorted((float(c.ball(60).mid()), c.change) for c in side) for side in (found, exact)
        ]
        assert [change for _, change in rows[0]] == [change for _, change in rows[1]]
        assert [x for x, _ in rows[0]] == pytest.approx([x for x, _ in rows[1]])


@pytest.mark.parametrize("classes", [[(0, 30), (0, 31)], [(3, 5, 2), (3, 8), (3, 13)]])
def test_beyond_the_budget_the_directions_tell_the_same_numbers(
    classes: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    pencil = kernel_pencil(Workload.from_classes(classes), "common")
    whole = d_partition(pencil)
    assert all(part.counts is not None for part in whole.intervals)
    monkeypatch.setattr("stabkit.spectrum.partition.d_partition._MOST_COUNTED", 0)
    quick = d_partition(pencil)
    assert any(part.counts is None for part in quick.intervals)
    assert [p.unstable for p in quick.intervals] == [p.unstable for p in whole.intervals]
    assert [p.verdict for p in quick.intervals] == [p.verdict for p in whole.intervals]
    assert [c.change for c in quick.crossings] == [c.change for c in whole.crossings]


def test_beyond_the_budget_an_incomplete_partition_claims_its_ends_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from stabkit.spectrum.partition import d_partition as module

    plain = module._circle_crossings
    monkeypatch.setattr(module, "_MOST_COUNTED", 0)
    monkeypatch.setattr(module, "_circle_crossings", lambda *call: (plain(*call)[0], False))
    found = d_partition(kernel_pencil(Workload.from_classes([(0, 30), (0, 31)]), "common"))
    assert not found.complete
    assert [part.counts is not None for part in found.intervals[1:-1]] == [False] * (
        len(found.intervals) - 2
    )
    assert {part.verdict for part in found.intervals[1:-1]} == {"undecided"}


def test_beyond_the_budget_what_has_no_unstable_modes_is_still_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """(2, 3) at s = 10 is stable between p = 2/13 and 12/13: proved by two ways, not one."""
    monkeypatch.setattr("stabkit.spectrum.partition.d_partition._MOST_COUNTED", 0)
    pencil = kernel_pencil(Workload.from_classes([(10, 2), (10, 3)]), "share")
    below, stable, above = d_partition(pencil).intervals
    assert (below.unstable, stable.unstable, above.unstable) == (2, 0, 1)
    assert stable.counts is not None
    assert stable.counts.certified


def crossing_at(x, angle):
    return CircleCrossing(angle, 2, Fraction(x), lambda bits: arb(x))


def test_crossings_of_one_value_are_together_wherever_they_are_on_the_line():
    """Two at 2 behind one at 1, and before one at 3."""
    found = _told_apart([crossing_at(x, x / 4 + y) for x, y in ((3, 0), (2, 0), (1, 0), (2, 1))])
    assert [[source.exact for source in group] for group in found] == [[1], [2, 2], [3]]
