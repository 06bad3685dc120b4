"""Shares that a sample leaves open: hand-derived ellipsoids, exact counts inside, and resamples."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from stabkit import InvalidArgument, Workload, margins, robust_shares, unit_circle_counts
from stabkit.spectrum.counting.counts import kernel_counts
from stabkit.spectrum.margins.shares.polytope import Shares, kernel_of
from stabkit.spectrum.margins.shares.sampled import SampledCurves, chi_square, pearson
from stabkit.spectrum.margins.shares.search import ShareSearch

PAIR = [(7, 2, 3), (7, 3, 7)]  # stable iff 1/5 < p < 9/10


def own(mix: Workload) -> Shares:
    return tuple(c.share for c in mix.classes)


def is_stable(mix: Workload, shares: Shares) -> bool:
    return kernel_counts(kernel_of(mix, shares)).verdict == "stable"


def lower(mix: Workload) -> float:
    search = ShareSearch(SampledCurves(mix.classes, 10.0))
    search.run()
    return search.lower


@pytest.mark.parametrize(
    ("freedom", "level", "quantile"),
    [
        (1, 0.95, 3.841),
        (1, 0.1, 0.01579),
        (2, 0.99, 9.210),
        (10, 0.99, 23.209),
        (30, 0.95, 43.773),
        (100, 0.95, 124.342),
    ],
)
def test_quantiles(freedom: int, level: float, quantile: float) -> None:
    """Printed tables, to the digits that they have."""
    assert chi_square(freedom, level) == pytest.approx(quantile, rel=2e-4)


@pytest.mark.slow
@pytest.mark.parametrize("freedom", [1, 2, 7, 200, 2000])
@pytest.mark.parametrize("level", [1e-300, 1e-160, 1e-9, 0.3, 0.5, 0.9999, 1 - 1e-12, 1 - 2**-53])
def test_quantiles_of_extreme_levels(freedom: int, level: float) -> None:
    """scipy, by the smaller tail."""
    chi2 = pytest.importorskip("scipy.stats").chi2
    expected = chi2.ppf(level, freedom) if level < 0.5 else chi2.isf(1 - level, freedom)
    assert chi_square(freedom, level) == pytest.approx(expected, rel=1e-8, abs=1e-290)
    with mpmath.workdps(3):
        assert chi_square(freedom, level) == pytest.approx(expected, rel=1e-8, abs=1e-290)


def test_a_level_next_to_one_does_not_pass_a_marginal_mix() -> None:
    """1440 requests of the pair by hand: 1440 / 21 = 68.57 is below the quantile, 68.76."""
    mix = Workload.from_classes(PAIR, request_count=1440)
    assert robust_shares(mix, level=1 - 2**-53).robust is False


def test_nearest_shares_that_are_negative_leave_it_undecided() -> None:
    mix = Workload.from_classes([(464, 3, 6), (3, 8, 3), (91, 2, 1), (0, 4, 10)], request_count=20)
    found = robust_shares(mix, level=0.9999)
    assert (found.robust, found.witness) == (None, None)
    assert "the bound proves less than all of it" in found.reason


def test_two_classes_by_hand() -> None:
    """From p = 3/10 to 1/5 Pearson's statistic over n is 1/30 + 1/70 = 1/21: n > 3.841 * 21."""
    assert lower(Workload.from_classes(PAIR)) ** 2 == pytest.approx(1 / 21, rel=1e-7)
    few, enough = (Workload.from_classes(PAIR, request_count=n) for n in (80, 90))
    refuted = robust_shares(few, level=0.95)
    assert (refuted.robust, refuted.witness) == (False, (Fraction(1, 5), Fraction(4, 5)))
    assert robust_shares(enough, level=0.95).robust is True
    assert robust_shares(enough, level=0.99).robust is False  # n > 6.635 * 21


def test_a_rare_class_of_huge_memory_does_not_loosen_the_bound() -> None:
    rare = Fraction(1, 10**30)
    classes = [(7, 2, 3 * (1 - rare)), (7, 3, 7 * (1 - rare)), (10**12, 40, 10 * rare)]
    assert lower(Workload.from_classes(classes)) ** 2 <= 1 / 21


@pytest.mark.slow
def test_inside_all_shares_are_stable_and_witnesses_are_not() -> None:
    rng = random.Random(11)
    seen = {True: 0, False: 0}
    while min(seen.values()) < 12:
        lengths = rng.sample(range(1, 9), rng.randint(2, 4))
        weights = [rng.randint(1, 9) for _ in lengths]
        mix = Workload.from_classes(
            [(rng.choice((0, 3, 20)), n, w) for n, w in zip(lengths, weights, strict=True)],
            request_count=sum(weights) * rng.choice((1, 4, 30)),
        )
        if unit_circle_counts(mix).verdict != "stable":
            continue
        found = robust_shares(mix, level=0.9)
        size = chi_square(len(lengths) - 1, 0.9) / (mix.request_count or 1)
        assert found.robust is not None, found.reason
        seen[found.robust] += 1
        if found.witness is not None:
            assert pearson(own(mix), found.witness) <= size
            assert not is_stable(mix, found.witness)
        else:
            assert all(is_stable(mix, q) for q in inside(mix, size, rng))


def inside(mix: Workload, size: float, rng: random.Random) -> list[Shares]:
    """Return shares in the ellipsoid, most of them at its border, that are in the simplex."""
    shares, found = own(mix), []
    for _ in range(40):
        step = [Fraction(rng.gauss(0, 1)) for _ in shares]
        step = [d - sum(step) * p for d, p in zip(step, shares, strict=True)]
        far = pearson(shares, tuple(p + d for p, d in zip(shares, step, strict=True)))
        scale = Fraction((size / float(far)) ** 0.5 * rng.choice((0.5, 0.999, 0.999999)))
        moved = tuple(p + scale * d for p, d in zip(shares, step, strict=True))
        if min(moved) >= 0:
            found.append(moved)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", ["azure-conv-2023", "azure-code-2023"])
def test_resamples_of_a_trace_are_as_the_ellipsoid_says(name: str) -> None:
    """docs/operators.md: at 99.99 %; the bootstrap's resamples, counted exactly."""
    mix = Workload.named(name)
    assert robust_shares(mix, level=0.9999).robust is True
    generator = np.random.default_rng(0)
    counts = generator.multinomial(mix.request_count, [float(p) for p in own(mix)], size=4)
    for row in counts.tolist():
        assert is_stable(mix, tuple(Fraction(n, mix.request_count) for n in row))


def test_margins_join_it() -> None:
    mix = Workload.from_classes(PAIR, request_count=90)
    assert margins(mix, shares_level=0.95).sample == robust_shares(mix, level=0.95)
    assert margins(mix).sample is None


@pytest.mark.parametrize(
    ("count", "classes", "verdict", "robust"),
    [(10, [(5, 3, 1), (5, 5, 1)], "unstable", False), (10, [(5, 1, 1)], None, True)],
)
def test_mixes_that_nothing_has_to_be_looked_for(
    count: int, classes: Any, verdict: str | None, robust: bool
) -> None:
    found = robust_shares(Workload.from_classes(classes, request_count=count), level=0.95)
    assert (found.robust, found.witness_verdict) == (robust, verdict)


@pytest.mark.parametrize(
    ("mix", "arguments", "complaint"),
    [
        (Workload.from_classes(PAIR), {"level": 0.95}, "'mix' must be a trace"),
        (Workload.from_classes(PAIR, request_count=10), {"level": 1}, "'level' must be"),
        (Workload.from_classes(PAIR, request_count=10), {"level": 0.9, "within": 0.1}, "one of"),
    ],
)
def test_errors(mix: Workload, arguments: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidArgument, match=complaint):
        robust_shares(mix, **arguments)
