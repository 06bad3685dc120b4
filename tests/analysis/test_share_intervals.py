"""Bounds of sampled shares: Goodman's definition, and how often they hold in simulated samples."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from stabkit import InvalidArgument, Workload, robust_shares, share_intervals


def sample(counts: list[int]) -> Workload:
    classes = [(7, n, count) for n, count in enumerate(counts, start=2) if count]
    return Workload.from_classes(classes, request_count=sum(counts))


def test_ends_are_roots_of_the_score_equation() -> None:
    mix = sample([120, 250, 30])
    z = NormalDist().inv_cdf(1 - 0.1 / 6)
    for c, ends in zip(mix.classes, share_intervals(mix, 0.9), strict=True):
        for q in map(float, ends):
            assert math.isclose(
                abs(float(c.share) - q), z * math.sqrt(q * (1 - q) / 400), rel_tol=1e-6
            )
        assert ends[0] < c.share < ends[1]


def test_they_hold_together_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    law = np.array([0.5, 0.3, 0.15, 0.05])
    held = 0
    for counts in rng.multinomial(500, law, 400):
        bounds = share_intervals(sample(counts.tolist()), 0.9)
        held += all(low <= q <= high for (low, high), q in zip(bounds, law, strict=True))
    assert 0.88 <= held / 400 <= 0.97  # Bonferroni: a little more than 90 %


def test_one_class_is_certain() -> None:
    assert share_intervals(sample([9])) == ((1, 1),)


def test_they_are_bounds_of_robust_shares() -> None:
    """Of lengths (2, 3) and input 7 stable iff 1/5 < p < 9/10: 400 requests tell, 40 do not."""
    many, few = sample([100, 300]), sample([10, 30])
    assert robust_shares(many, bounds=share_intervals(many)).robust is True
    assert robust_shares(few, bounds=share_intervals(few)).robust is False


@pytest.mark.parametrize("level", [0, 1, "x", True, float("nan")])
def test_levels_that_are_none(level) -> None:
    with pytest.raises(InvalidArgument, match="'level' must be a number between 0 and 1"):
        share_intervals(sample([1, 2]), level)


def test_a_mix_that_is_no_sample() -> None:
    with pytest.raises(InvalidArgument, match="'mix' must be a trace, or another sample"):
        share_intervals(Workload.from_classes([(1, 2)]))
