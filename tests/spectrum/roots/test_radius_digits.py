"""The spectral radius has the digits that its modes are proved to, whatever their digits look like.

The oracle is FLINT's isolation of the roots of the characteristic polynomial, whose coefficients
are summed here from the definition of the kernel; moduli are compared as balls of 400 bits.
"""

from __future__ import annotations

import math
import random
from decimal import Decimal
from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq, fmpz_poly

from stabkit import Workload, dominant_modes, unit_circle_counts
from stabkit.analysis.verdict.analysis import Enclosure
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.roots.location import circle_distance
from stabkit.spectrum.roots.roots import Root
from stabkit.spectrum.roots.spectral_radius import spectral_radius

KINDS = ("whole", "rational", "equal inputs", "zero inputs", "common zeros", "tiny share")


def random_mix(rng: random.Random) -> Workload:
    kind, count, longest = rng.choice(KINDS), rng.randint(1, 4), rng.randint(2, 60)
    g = rng.choice([2, 3, 4, 6]) if kind == "common zeros" and longest > 11 else 1
    lengths = [g * rng.randint(1, longest // g) for _ in range(count - 1)] + [longest // g * g]
    one = Fraction(rng.randint(0, 500), rng.randint(1, 9))
    classes = []
    for length in lengths:
        s = Fraction(rng.randint(0, 300), rng.randint(1, 12) if kind == "rational" else 1)
        s = one if kind == "equal inputs" else Fraction(0) if kind == "zero inputs" else s
        weight = Fraction(rng.randint(1, 12), rng.choice([1, 7]) if kind == "rational" else 1)
        classes.append((s, length, weight))
    if kind == "tiny share":
        classes[0] = (*classes[0][:2], Fraction(1, 10 ** rng.randint(3, 30)))
    return Workload.from_classes(classes)


def largest_modulus(mix: Workload) -> arb:
    """By definition: g_m = sum_k p_k (s_k + m + 1) over l_k > m; call it under `ctx.workprec`."""
    alive = [[c for c in mix.classes if c.decode_length > m] for m in range(mix.longest_decode)]
    kernel = [
        sum((c.share * (c.input_length + m + 1) for c in row), Fraction(0))
        for m, row in enumerate(alive)
    ]
    scale = math.lcm(*(g.denominator for g in kernel))
    polynomial = fmpz_poly([int(g * scale) for g in reversed(kernel)])
    moduli = [abs(root) for root, _ in polynomial.complex_roots()]
    largest = moduli[0]
    for modulus in moduli[1:]:
        largest = largest.max(modulus)
    return largest


def check(mix: Workload) -> str:
    """Compare what `analyze` reports with the oracle, to 30 digits of the value."""
    modes = dominant_modes(mix, 6, 40)
    assert modes is not None, mix.name
    verdict = unit_circle_counts(mix).verdict
    found = spectral_radius(MemoryKernel.of(mix), modes, 40, verdict)
    assert found is not None
    shown = Enclosure.of(found)
    assert isinstance(shown.value, Decimal)
    value, radius = Fraction(shown.value), Fraction(shown.radius)
    assert radius <= value / 10**30, mix.name
    with ctx.workprec(400):
        expected = largest_modulus(mix)
        assert expected.rad() < arb(10) ** -50
        middle = arb(fmpq(value.numerator, value.denominator))
        distance = abs(expected - middle)
        assert distance.lower() <= arb(fmpq(radius.numerator, radius.denominator)), mix.name
    return verdict


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_thirty_digits_of_every_radius(seed: int) -> None:
    rng = random.Random(1000 + seed)
    for _ in range(50):
        check(random_mix(rng))


@pytest.mark.long
def test_thirty_digits_of_three_thousand_radii() -> None:
    rng = random.Random(17)
    verdicts = [check(random_mix(rng)) for _ in range(3000)]
    assert {"stable", "unstable"} <= set(verdicts)


@pytest.mark.parametrize(
    ("classes", "square"),
    [
        ([(0, 3)], 3),  # F = l^2 + 2 l + 3, by hand: l = -1 +- i sqrt 2
        ([(5, 3)], Fraction(8, 6)),
        ([(Fraction(1, 2), 1, 1), (1, 3, 2)], None),
        ([(0, 2)], 4),  # a real root -2, dyadic
        ([(2, 2)], Fraction(16, 9)),
    ],
)
def test_short_mantissas_of_one_part_cost_no_digits(classes: list, square: Fraction | None) -> None:
    mix = Workload.from_classes(classes)
    assert check(mix)
    if square is not None:
        modes = dominant_modes(mix, 6, 40)
        found = spectral_radius(MemoryKernel.of(mix), modes, 40, "unstable")
        assert found is not None
        assert found.low**2 <= square <= found.high**2
        assert found.high - found.low < Fraction(1, 10**38)


def test_distance_from_the_circle_of_numbers_with_few_bits() -> None:
    """|1 + 2^-300 i|^2 - 1 = 2^-600, which no precision taken from the parts' lengths shows."""
    value = mpmath.mpc(1, mpmath.ldexp(1, -300))
    root = Root(value, mpmath.mpf(0))
    assert circle_distance(root) == 2.0**-601
    assert circle_distance(Root(value, mpmath.ldexp(1, -600))) == 0.0
