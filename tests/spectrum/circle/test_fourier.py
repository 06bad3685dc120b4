"""The error bound of the fast Fourier transform against true errors, found by exact arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq

from stabkit.spectrum.circle.fourier import SparseTransform, real_transform


def true_error(x: np.ndarray, k: int, computed: complex) -> float:
    with ctx.workprec(200):
        exact = acb(0)
        for m, value in enumerate(x.tolist()):
            sine, cosine = arb.sin_cos_pi_fmpq(fmpq(2 * m * k % (2 * len(x)), len(x)))
            exact += arb(value) * acb(cosine, sine)
        return float(abs(exact - acb(arb(computed.real), arb(computed.imag))).mid())


def samples(kind: str, size: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    if kind == "random":
        return rng.standard_normal(size)
    if kind == "sparse":
        x = np.zeros(size)
        x[rng.integers(0, size // 4, 6)] = rng.standard_normal(6)
        return x
    return np.cos(2 * math.pi * 3 * np.arange(size) / size) * (1 + np.arange(size)) ** 2


@pytest.mark.parametrize("kind", ["random", "sparse", "growing wave"])
@pytest.mark.parametrize("size", [8, 128, 1024, 4096])
def test_true_errors_stay_below_the_bound_and_the_bound_is_not_idle(kind: str, size: int) -> None:
    x = samples(kind, size)
    values, bound = real_transform(x)
    picks = np.unique(np.linspace(0, size // 2, 9).astype(int))
    worst = max(true_error(x, int(k), complex(values[k])) for k in picks)
    assert worst <= bound
    assert bound <= 1e-11 * math.sqrt(size) * float(np.linalg.norm(x))


def test_only_powers_of_two() -> None:
    with pytest.raises(ValueError, match="power of two, not 12"):
        real_transform(np.zeros(12))


@pytest.mark.parametrize("twice_centre", [0, 7, 9_999])
@pytest.mark.parametrize("terms", [3, 40])
def test_few_terms_are_summed_within_the_bound(terms: int, twice_centre: int) -> None:
    """The sums themselves, with phases reduced exactly, at every kind of sample: see `parts`."""
    rng = np.random.default_rng(terms)
    size = 2**16
    exponents = np.sort(rng.choice(size // 4, terms, replace=False))
    transform = SparseTransform(exponents, size, twice_centre)
    assert transform.points == 4096
    weights = rng.standard_normal((2, terms))
    found = np.full((2, size // 2 + 1), np.nan, dtype=complex)
    for indices, sums in transform.parts(weights):
        assert np.all(np.isnan(found[:, indices]))
        found[:, indices] = sums
    assert not np.any(np.isnan(found))
    picks = [0, 1, 8, 15, 16, 17, 4095, 4096, 16_384, 20_001, size // 2 - 8, size // 2]
    for row, values in zip(weights, found, strict=True):
        worst = 0.0
        with ctx.workprec(200):
            for j in picks:
                exact = acb(0)
                for m, weight in zip(exponents.tolist(), row.tolist(), strict=True):
                    turns = fmpq((2 * m - twice_centre) * j % (2 * size), size)
                    sine, cosine = arb.sin_cos_pi_fmpq(turns)
                    exact += arb(weight) * acb(cosine, sine)
                off = exact - acb(values[j].real, values[j].imag)
                worst = max(worst, float(abs(off).mid()))
        bound = transform.error(row)
        assert worst <= bound <= 3e-12 * float(np.sum(np.abs(row)))


def test_what_is_folded_and_what_is_not() -> None:
    """Sixteen transforms at least, of four points for each term at least."""
    few, many = np.arange(3), np.arange(2000)
    assert SparseTransform(few, 2**16).points == 2**12
    assert SparseTransform(few, 2**15).points == 2**15
    assert SparseTransform(many, 2**17).points == 2**13
    assert SparseTransform(many, 2**16).points == 2**16
