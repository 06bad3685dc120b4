"""Synchrony: cyclotomic factors by sympy, paths by small numerical steps, graphs by matrices."""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import mpmath
import networkx as nx
import numpy as np
import pytest
from flint import fmpz_poly
from sympy import Poly, Symbol, cyclotomic_poly, divisors

from stabkit import (
    InvalidWorkload,
    Root,
    Workload,
    dominant_modes,
    roots,
    survival_polynomial,
    synchrony,
)
from stabkit.model.kernel import MemoryKernel
from stabkit.model.symbolic import LAMBDA
from stabkit.spectrum.counting.self_reciprocal import circle_zeros, self_reciprocal_part
from stabkit.spectrum.synchrony.renewal_graph import imprimitivity, renewal_graph

MIXES = [
    [(100, 4), (100, 6)],
    [(5, 3), (5, 6)],
    [(0, 4), (100, 6)],
    [(5, 24, 1), (5, 30, 2), (5, 36, 7)],
    [(33, 30, 7), (0, 48, 1), (10, 54, 1)],
    [(1, 52)],
    [(3, 32, 7), (3, 36, 1)],
    [(50, 6), (50, 42)],
    [(1000, 1), (0, 7)],
]


@pytest.mark.parametrize("classes", MIXES)
def test_cyclotomic_factors_divide_exactly(classes: list) -> None:
    mix = Workload.from_classes(classes)
    found = synchrony(mix)
    assert found.orders == tuple(d for d in divisors(mix.gcd) if d > 1)
    product = Poly(1, LAMBDA)
    for order in found.orders:
        product *= Poly(cyclotomic_poly(order, LAMBDA), LAMBDA)
    survival = survival_polynomial(mix)
    assert product.set_domain("QQ") * found.cofactor == survival
    assert product.degree() == mix.gcd - 1
    # R1: the cofactor has no zero on the circle left
    scaled = found.cofactor.clear_denoms()[1]
    rest = fmpz_poly([int(c) for c in reversed(scaled.all_coeffs())])
    assert circle_zeros(self_reciprocal_part(rest)) == 0


def tracked(mix: Workload, start: mpmath.mpc, steps: int = 50) -> mpmath.mpc:
    """Follow the root of sum_m (E_m + tau (m + 1) S_m) lambda^(L-1-m) from tau = 0 to 1."""
    kernel = MemoryKernel.of(mix)
    pairs = zip(kernel.coefficients, kernel.survival, strict=True)
    held = [g - (m + 1) * w for m, (g, w) in enumerate(pairs)]
    z = start
    for step in range(steps + 1):
        tau = mpmath.mpf(step) / steps
        coefficients = [
            e + tau * (m + 1) * w
            for m, (e, w) in enumerate(zip(held, kernel.survival, strict=True))
        ]
        for _ in range(4):
            value, slope = mpmath.polyval(coefficients, z, derivative=True)
            z -= value / slope
    return z


@pytest.mark.slow
@pytest.mark.parametrize("classes", MIXES)
def test_certified_paths_end_where_small_steps_end(classes: list) -> None:
    mix = Workload.from_classes(classes)
    with mpmath.workdps(30):
        for mode in synchrony(mix).modes[:4]:
            assert mode.root is not None
            end = tracked(mix, mpmath.expjpi(mpmath.mpf(2 * mode.index) / mode.order))
            assert abs(end - mode.root.value) < mpmath.mpf(10) ** -20


def test_the_modes_are_roots_and_lead_to_different_ones() -> None:
    for classes in MIXES:
        mix = Workload.from_classes(classes)
        modes, found = synchrony(mix).modes, roots(mix, 30)
        assert [Fraction(m.index, m.order) for m in modes] == [
            Fraction(k, mix.gcd) for k in range(1, mix.gcd)
        ]
        tied = [_nearest_root(mode.root, found) for mode in modes if mode.root is not None]
        assert len(set(tied)) == len(tied) == mix.gcd - 1


def _nearest_root(root: Root, found: list[Root]) -> int:
    with mpmath.workdps(60):
        (index,) = [
            i for i, r in enumerate(found) if abs(r.value - root.value) <= r.radius + root.radius
        ]
    return index


def test_conjugates_are_exact_and_minus_one_stays_real() -> None:
    modes = synchrony(Workload.from_classes([(5, 24), (5, 30)])).modes
    for mode, mirrored in zip(modes, reversed(modes), strict=True):
        assert mode.root is not None
        assert mirrored.root is not None
        assert mode.root.value.real == mirrored.root.value.real
        with mpmath.workprec(4000):
            assert mode.root.value.imag == -mirrored.root.value.imag
        assert (mode.root.value.imag > 0) == (mode.limit.imag > 0)
    assert modes[2].limit == -1
    assert modes[2].root is not None
    assert modes[2].root.value.imag == 0


def test_predicted_growth_is_first_order() -> None:
    """R3b: the error of the prediction falls with the square of the inputs."""
    errors = []
    for n in (10**3, 10**4, 10**5):
        mix = Workload.from_classes([(n, 4, 1), (3 * n, 6, 2)])
        mode = synchrony(mix).modes[0]
        assert mode.root is not None
        errors.append(abs(float(abs(mode.root.value)) - mode.predicted_growth))
    assert errors[1] < errors[0] / 90
    assert errors[2] < errors[1] / 90
    # by hand: mu = 5, sum p l (s + l) = 2 * 104 + 3 * 106 = 526
    y = synchrony(Workload.from_classes([(100, 4), (100, 6)]))
    assert y.modes[0].predicted_growth == pytest.approx(1 + 5 / 526, abs=1e-15)
    assert y.first_order_growth == 1 + Fraction(1, 106)
    assert synchrony(Workload.from_classes([(1, 4), (2, 6)])).first_order_growth is None


@pytest.mark.parametrize("digits", [1, 10, 15, 60])
def test_any_number_of_digits(digits: int) -> None:
    mode = synchrony(Workload.from_classes([(100, 4), (100, 6)]), digits).modes[0]
    assert mode.root is not None
    assert mode.root.radius <= abs(mode.root.value) * mpmath.mpf(10) ** -digits


def test_no_path_without_any_input() -> None:
    assert [mode.root for mode in synchrony(Workload.from_classes([(0, 4), (0, 6)])).modes] == [
        None
    ]


def test_a_path_that_meets_another_one_is_given_up() -> None:
    """l = (2, 4): with s_k N, N falling to 1, the real root that starts at -1 may collide.

    G_tau is a real cubic for it; where the tracked zero would have to leave the axis, no tie is
    claimed, and where a tie is claimed the root is real.
    """
    for share in range(1, 40):
        mix = Workload.from_classes([(1, 2, share), (0, 4, 40 - share)])
        (mode,) = synchrony(mix).modes
        if mode.root is not None:
            assert mode.root.value.imag == 0
            assert mode.root.value.real < -1  # G(-1) = -mu / 2 keeps it from crossing


@pytest.mark.parametrize("lengths", [[4, 6], [3, 5], [6, 10, 15], [9], [1], [12, 18, 30]])
def test_period_of_the_renewal_graph(lengths: list[int]) -> None:
    g = math.gcd(*lengths)
    graph = renewal_graph(lengths)
    assert imprimitivity(graph) == g
    assert nx.is_aperiodic(graph) == (g == 1)
    # Perron-Frobenius: as many eigenvalues of largest modulus as the index of imprimitivity
    moduli = np.abs(np.linalg.eigvals(nx.to_numpy_array(graph)))
    assert int(np.sum(moduli > moduli.max() - 1e-6)) == g


def test_cohorts_are_the_cyclic_classes() -> None:
    found = synchrony(Workload.from_classes([(5, 4), (5, 6)]))
    assert found.cohorts == (range(0, 6, 2), range(1, 6, 2))
    assert found.period == 2
    for j, k in found.graph.edges:
        assert (k - j - 1) % 2 == 0


def test_near_synchrony_needs_modulus_and_phase() -> None:
    # docs/model.md, Synchrony: (50, 151), theta = 2 pi / 101 has |phi_T| = 1 with phase -1
    y = synchrony(Workload.from_classes([(100, 50), (100, 151)]))
    assert y.near_synchronous
    for mode in y.near_synchronous:
        theta = 2 * math.pi * mode.turns
        direct = sum(np.exp(1j * theta * n) for n in (50, 151)) / 2
        assert mode.characteristic == pytest.approx(direct, abs=1e-9)
        assert abs(direct - 1) < 0.25
        assert abs(mode.turns - 1 / 101) > 1e-3
        k, d = mode.nearest.numerator, mode.nearest.denominator
        assert abs(d * mode.turns - k) < 0.02
    assert Fraction(1, 50) in [mode.nearest for mode in y.near_synchronous]


def test_synchronised_modes_are_not_near_synchronous_too() -> None:
    """Of (30, 45) both phases are near 0 only where 15 theta is: at the synchronised modes."""
    y = synchrony(Workload.from_classes([(100, 30), (100, 45)]))
    assert len(y.modes) == sum(mode.root is not None for mode in y.modes) == 14
    assert y.near_synchronous == ()


def test_different_inputs_weigh_by_memory() -> None:
    y = synchrony(Workload.from_classes([(0, 3), (1000, 2)]))
    assert (y.gcd, y.memory_gcd, y.modes) == (1, 2, ())


def test_random_mixes_tie_synchronised_modes_to_unstable_roots(
    random_mixes: Iterator[Workload],
) -> None:
    stretched = (mix for mix in random_mixes if mix.gcd > 1 and mix.longest_decode > 1)
    tied = 0
    for mix in itertools.islice(stretched, 40):
        for mode in synchrony(mix).modes:
            if mode.root is not None:
                tied += 1
                assert mode.root.radius <= abs(mode.root.value) * mpmath.mpf(10) ** -30
    assert tied > 100


@pytest.mark.parametrize("mix", ["1000:200 1000:400", "5000:300 5000:600 5000:900", "1000:150"])
def test_nor_are_those_beyond_the_64_that_are_listed(mix: str) -> None:
    y = synchrony(mix)
    for root in dominant_modes(mix, 24):
        index = cmath.phase(complex(root.value)) / (2 * math.pi) * y.gcd
        assert abs(index - round(index)) < 0.02
    assert len(y.modes) < y.gcd - 1
    assert y.near_synchronous == ()


def test_long_graphs_are_refused() -> None:
    y = synchrony(Workload.from_classes([(10**6, 200_000)]))
    assert len(y.modes) == 64
    with pytest.raises(InvalidWorkload, match="at most 100000 steps for a graph, not 200000"):
        _ = y.graph


def test_the_cofactor_is_in_lambda() -> None:
    assert synchrony(Workload.from_classes([(1, 4), (1, 6)])).cofactor.gens == (Symbol("lambda"),)
