"""The error bound of the fast Fourier transform against true errors, found by exact arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq

from stabkit.spectrum.circle.fourier import real_transform


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
