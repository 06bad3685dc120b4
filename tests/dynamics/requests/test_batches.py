"""Batch means: their intervals cover means that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stabkit.dynamics.requests.batches import Batches


def ar1(phi: float, rows: int, generator: np.random.Generator) -> np.ndarray:
    """A stationary autoregression of order 1 with mean 7 and innovations of variance 1."""
    noise = generator.standard_normal(rows)
    series = np.empty(rows)
    series[0] = noise[0] / math.sqrt(1 - phi**2)
    for i in range(1, rows):
        series[i] = phi * series[i - 1] + noise[i]
    return series + 7


def test_intervals_cover_the_mean_of_an_autoregression() -> None:
    """95 %, within what 400 runs can tell: the mean is 7, the correlation time 19 rows."""
    generator, covered, halves = np.random.default_rng(1), 0, []
    for _ in range(400):
        batches = Batches(1)
        batches.add(ar1(0.9, 4000, generator)[:, None])
        found = batches.estimate(lambda means: means[0])
        covered += found.low <= 7 <= found.high
        halves.append((found.high - found.low) / 2)
    assert 0.91 <= covered / 400 <= 0.98
    # The variance of the mean of 3600 rows is (1 / (1 - phi))² / 3600 (AR(1), long runs).
    assert np.mean(halves) == pytest.approx(2.07 * 10 / math.sqrt(3600), rel=0.05)


def test_a_ratio_is_covered_and_narrower_than_its_parts() -> None:
    """y = 3 x + noise: the ratio of the means is 3."""
    generator, covered = np.random.default_rng(2), 0
    for _ in range(300):
        x = ar1(0.5, 2000, generator)
        batches = Batches(2)
        batches.add(np.stack([x, 3 * x + generator.standard_normal(2000)], axis=1))
        found = batches.estimate(lambda means: means[1] / means[0])
        covered += found.low <= 3 <= found.high
        mean = batches.estimate(lambda means: means[1])
        assert (found.high - found.low) / found.value < (mean.high - mean.low) / mean.value
    assert 0.9 <= covered / 300 <= 0.985


@pytest.mark.parametrize("pieces", [1, 7, 1000, 4096])
def test_long_runs_are_summed_in_any_pieces(pieces: int) -> None:
    """100 000 rows are kept as 6 250 sums of 16: the batches are those of the rows themselves."""
    values = np.random.default_rng(3).integers(0, 1000, (100_000, 2)).astype(float)
    batches = Batches(2)
    for start in range(0, 100_000, pieces if pieces > 1 else 100_000):
        batches.add(values[start : start + (pieces if pieces > 1 else 100_000)])
    size = (6250 - 625) // 20 * 16
    np.testing.assert_allclose(
        batches.means(), values[-20 * size :].reshape(20, size, 2).mean(axis=1)
    )


@pytest.mark.parametrize("rows", [0, 1, 19])
def test_too_few_rows_have_no_interval(rows: int) -> None:
    batches = Batches(1)
    batches.add(np.ones((rows, 1)))
    assert math.isnan(batches.estimate(lambda means: means[0]).value)
