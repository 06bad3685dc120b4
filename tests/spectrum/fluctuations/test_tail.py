"""Compound Poisson sums: against powers of the law, and the exponential of its transform."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stabkit import InvalidArgument
from stabkit.spectrum.fluctuations.tail import compound_poisson

SIZES = {2: 0.3, 3: 0.25, 7: 0.4, 90: 0.05}


def by_powers(rate: float, sizes: dict[int, float], top: int) -> np.ndarray:
    """Sum e^-a a^n / n! times the n-th power of the law, without sizes above top."""
    law = np.zeros(top + 1)
    for size, share in sizes.items():
        if size <= top:
            law[size] = share
    power, total = np.eye(1, top + 1)[0], np.zeros(top + 1)
    for n in range(60):
        total += math.exp(-rate) * rate**n / math.factorial(n) * power
        power = np.convolve(power, law)[: top + 1]
    return total


@pytest.mark.parametrize("rate", [0.01, 0.7, 6.0])
@pytest.mark.parametrize("top", [0, 1, 6, 40, 200])
def test_it_is_the_mixture_of_the_powers(rate: float, top: int) -> None:
    found = compound_poisson(rate, SIZES, top)
    assert found.shape == (top + 1,)
    assert found == pytest.approx(by_powers(rate, SIZES, top), rel=1e-12, abs=1e-300)


def test_it_is_the_exponential_of_the_transform() -> None:
    length = 4096  # Z beyond that has a probability below 1e-30 at this rate
    law = np.zeros(length)
    for size, share in SIZES.items():
        law[size] = share
    whole = np.fft.irfft(np.exp(5.0 * (np.fft.rfft(law) - 1)), length)
    assert compound_poisson(5.0, SIZES, 1000) == pytest.approx(whole[:1001], abs=1e-15)
    assert compound_poisson(5.0, SIZES, 3000).sum() == pytest.approx(1, abs=1e-12)


def test_a_small_probability_keeps_its_digits() -> None:
    """P(Z = 2 n) of twos alone is a Poisson probability, to 1e-12 of itself, at e^-600 too."""
    found = compound_poisson(600.0, {2: 1.0}, 40)
    exact = [math.exp(-600 + n * math.log(600) - math.lgamma(n + 1)) for n in range(21)]
    assert found[::2] == pytest.approx(exact, rel=1e-11)
    assert not found[1::2].any()


@pytest.mark.parametrize("rate", [0.0, -1.0, 701.0, math.nan])
def test_the_rate_has_a_domain(rate: float) -> None:
    with pytest.raises(InvalidArgument, match="'rate' must be above 0 and at most 700"):
        compound_poisson(rate, SIZES, 5)


@pytest.mark.parametrize("top", [-1, 10**9])
def test_the_work_is_bounded(top: int) -> None:
    with pytest.raises(InvalidArgument, match="'top' must take at most"):
        compound_poisson(1.0, SIZES, top)
