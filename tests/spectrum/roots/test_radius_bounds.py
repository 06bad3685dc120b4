"""Enclosures of the spectral radius by counts that are stubbed, and by discs worked by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb

from stabkit import Workload
from stabkit.model.enclosure import fraction_of
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.roots import nearby_radius as near_radius
from stabkit.spectrum.roots import spectral_radius
from stabkit.spectrum.roots.nearby_radius import radius_near
from stabkit.spectrum.roots.roots import Root
from stabkit.spectrum.roots.spectral_radius import _bracket, _from_modes

KERNEL = MemoryKernel.of(Workload.from_classes([(5, 3), (5, 5)]))


# --- a bracket of counts ---------------------------------------------------------------------


@pytest.mark.parametrize("log_radius", [-1.7, -0.6, -0.05, 0.0, 0.03, 0.4, 1.9])
@pytest.mark.parametrize("answers", [0, 1, 2, 3, 4, 6, 9, 20, 10**6])
def test_an_undecided_count_ends_the_search_and_proves_nothing(
    log_radius: float, answers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two zeros at e^log_radius; the counts answer so many times."""
    asked: list[float] = []

    def counted(_: MemoryKernel, radius: float) -> int | None:
        asked.append(radius)
        if len(asked) > answers:
            return None
        return 2 if radius > math.exp(log_radius) else 0

    monkeypatch.setattr(spectral_radius, "zeros_within", counted)
    found = _bracket(KERNEL)
    assert len(asked) <= answers + 1
    if found is None:
        assert answers < 10
        return
    assert found.low < Fraction(math.exp(-log_radius)) <= found.high * (1 + Fraction(1, 10**15))
    if answers > 100:
        width = math.log(found.high / found.low)
        assert 0 < width <= 1e-12 * (1 + 1e-3)  # 10^-13 times L, or 10
    else:
        assert found.high > found.low


def test_long_kernels_get_a_wider_bracket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        spectral_radius, "zeros_within", lambda _, radius: 2 if radius > 1.001 else 0
    )
    found = _bracket(MemoryKernel.of(Workload.from_classes([(5, 300), (5, 500)])))
    assert found is not None
    assert 25e-12 / 1.01 < math.log(found.high / found.low) <= 50e-12 * 1.001


# --- from discs ------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [5, 20, 50])
def test_discs_enclose_the_largest_modulus(digits: int) -> None:
    """5 and 4 with radius r: between 5 - r and 5 + r, and what is left out is at most 10^-digits
    of the last modulus, twice reckoned."""
    with mpmath.workdps(80):
        radius = mpmath.mpf(10) ** -digits
        modes = [
            Root(5 * mpmath.expj(1), radius),
            Root(4 * mpmath.expj(2), radius),
        ]
        enclosure = _from_modes(modes, digits)
        exact = Fraction(*map(int, (radius * 2**400, mpmath.mpf(2) ** 400)))
    # a rectangular ball around the disc: at most sqrt(2) times as wide
    rounding = Fraction(1, 10**70)
    assert 5 - 2 * exact < enclosure.low <= 5 - exact + rounding
    left_out = 1 + Fraction(2, 10**digits)
    assert (
        (5 + exact) * left_out - rounding
        <= enclosure.high
        < (5 + Fraction(3, 2) * exact) * left_out
    )


def test_a_dyadic_number_is_read_exactly() -> None:
    for value in (Fraction(3, 8), Fraction(-5), Fraction(7 * 2**70), Fraction(0)):
        assert fraction_of(arb(value.numerator) / value.denominator) == value


# --- next to known zeros ---------------------------------------------------------------------


@pytest.mark.parametrize(("length", "width"), [(5, 1e-11), (200, 2e-11)])
def test_the_enclosure_is_as_wide_as_documented(
    length: int, width: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(5, 3), (5, length)]))
    monkeypatch.setattr(near_radius, "_newton", lambda *_: np.array([0.8 + 0.1j, 0.9j]))
    radius = abs(0.8 + 0.1j)
    monkeypatch.setattr(near_radius, "zeros_within", lambda _, r: 2 if r > radius else 0)
    found = radius_near(kernel, [0.8j])
    assert found is not None
    assert math.log(found.high * Fraction(radius)) == pytest.approx(width, rel=1e-4, abs=0)
    assert math.log(found.low * Fraction(radius)) == pytest.approx(-width, rel=1e-4, abs=0)


@pytest.mark.parametrize(
    ("inner", "outer", "proved"),
    [(0, 2, True), (0, 1, True), (0, 0, False), (2, 2, False), (None, 2, False), (0, None, False)],
)
def test_both_counts_must_say_so(
    inner: Any, outer: Any, proved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_radius, "_newton", lambda *_: np.array([0.8 + 0.1j]))
    radius = abs(0.8 + 0.1j)
    monkeypatch.setattr(near_radius, "zeros_within", lambda _, r: inner if r < radius else outer)
    assert (radius_near(KERNEL, [0.8j]) is not None) == proved
