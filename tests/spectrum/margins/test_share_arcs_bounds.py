"""Remainders, rounding and slack of the share radius' arcs against their formulas in balls."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from stabkit import Workload
from stabkit.model.workload import RequestClass
from stabkit.spectrum.margins.shares import arcs as module
from stabkit.spectrum.margins.shares.arcs import (
    HALF_TURN,
    ClassCurves,
    Derivatives,
    _bounds,
    _remainders,
    distance_bounds,
)

UNIT = arb(2) ** -53
MIXES = [
    [(1, 2, 3), (4, 7, 2), (9, 5, 4)],
    [(0, 1), (100, 40)],
    [("1/3", 61), (7, 300, 5), (1000, 3)],
]


@pytest.fixture(params=MIXES, ids=str)
def mix(request: pytest.FixtureRequest) -> Workload:
    return Workload.from_classes(request.param)


def exactly(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def norm(values: Sequence[arb]) -> arb:
    return sum((value**2 for value in values), arb(0)).sqrt()


def moments(mix: Workload, curves: ClassCurves, order: int, constant: Fraction | None) -> list[arb]:
    """sum_(m < l_k) |m - c|^i (s_k + m + 1), or with s_k + 1 + c + |m - c| in its place."""
    c = Fraction(curves.doubled_centre, 2)
    return [
        exactly(
            sum(
                (
                    abs(m - c) ** order
                    * (k.input_length + 1 + (m if constant is None else constant + abs(m - c)))
                    for m in range(k.decode_length)
                ),
                Fraction(0),
            )
        )
        for k in mix.classes
    ]


def weighted(mix: Workload, values: Sequence[arb]) -> arb:
    return sum((exactly(k.share) * v for k, v in zip(mix.classes, values, strict=True)), arb(0))


MOMENTS = {"slack": 0.99e-9, "room": 0.02e-9}


def test_moments_and_their_norms(mix: Workload, is_just_above: Callable[..., bool]) -> None:
    curves = ClassCurves(mix.classes)
    with ctx.workprec(200):
        third = moments(mix, curves, 3, None)
        assert is_just_above(curves.mix_moment, weighted(mix, third), **MOMENTS)
        assert is_just_above(curves.moment_norm, norm(third), **MOMENTS)
        centre = Fraction(curves.doubled_centre, 2)
        for order in range(3):
            sizes = moments(mix, curves, order, centre)
            assert is_just_above(curves.mix_sizes[order], weighted(mix, sizes), **MOMENTS)
            assert is_just_above(curves.size_norms[order], norm(sizes), **MOMENTS)


def test_the_centre_is_the_mean_age(mix: Workload) -> None:
    alive = [
        sum((k.share for k in mix.classes if k.decode_length > m), Fraction(0))
        for m in range(mix.longest_decode)
    ]
    mean = sum(m * a for m, a in enumerate(alive)) / sum(alive)
    assert abs(ClassCurves(mix.classes).doubled_centre - 2 * mean) <= 1


def test_the_relative_error_is_that_of_the_introduction(
    mix: Workload, is_just_above: Callable[..., bool]
) -> None:
    formula = 4 * (mix.longest_decode + len(mix.classes) + 64) * UNIT
    assert is_just_above(ClassCurves(mix.classes).eta, formula)
    # more than twice gamma_(L+8) + gamma_(K+8), the phases' 32 u and the projection
    parts = mix.longest_decode + len(mix.classes) + 16 + 32
    assert formula > 2 * parts * UNIT


@pytest.mark.parametrize("width", [0.25, 1e-3, 1e-9, 0.0])
@pytest.mark.parametrize("bends", [(0.0, 0.0), (3.0, 0.5)])
def test_remainders_are_taylors_and_the_roundings(
    mix: Workload,
    width: float,
    bends: tuple[float, float],
    is_just_above: Callable[..., bool],
) -> None:
    curves = ClassCurves(mix.classes)
    count = len(mix.classes)
    b = [np.zeros(1), np.zeros(1), np.array([-bends[0]])]
    a = [np.zeros((1, count)), np.zeros((1, count)), np.zeros((1, count))]
    a[2][0, :2] = 3 / 5 * bends[1], -4 / 5 * bends[1]
    found = _remainders(curves, a, b, np.array([width]))
    with ctx.workprec(200):
        w, eta = arb(width), arb(curves.eta) * arb(1.001)
        for bound, bend, third, sizes in (
            (found[0], bends[0], curves.mix_moment, curves.mix_sizes),
            (found[1], bends[1], curves.moment_norm, curves.size_norms),
        ):
            noise = eta * (arb(sizes[0]) + w * arb(sizes[1]) + w**2 / 2 * arb(sizes[2]))
            formula = w**2 / 2 * (arb(bend) + w / 3 * arb(third)) + noise
            assert is_just_above(bound, [formula], 0.9e-9, 0.2e-9)


def test_errors_of_the_derivatives_have_the_factors_of_taylor(
    mix: Workload, is_just_above: Callable[..., bool]
) -> None:
    """1, w and w^2 / 2, where there is nothing else."""
    curves = ClassCurves(mix.classes)
    curves.mix_moment = curves.moment_norm = 0.0
    nothing = [np.zeros(1)] * 3, [np.zeros((1, len(mix.classes)))] * 3
    for order, factor in enumerate((Fraction(1), Fraction(1, 4), Fraction(1, 32))):
        curves.mix_sizes = [2.0 * (i == order) for i in range(3)]
        curves.size_norms = [3.0 * (i == order) for i in range(3)]
        found = _remainders(curves, nothing[1], nothing[0], np.array([0.25]))
        for bound, size in zip(found, (2, 3), strict=True):
            formula = Fraction(curves.eta) * Fraction(1.001) * factor * size
            assert is_just_above(bound, [formula], 0.9e-9, 0.2e-9)


def made_up(mix: Workload, mean: Sequence[complex], vectors: Any) -> Derivatives:
    centred = [np.array([vector], dtype=complex) for vector in vectors]
    return Derivatives(centred, [np.array([value], dtype=complex) for value in mean])


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("width", [0.0, 1e-4])
def test_the_bound_is_formula_three(sign: int, width: float) -> None:
    """min over t = -w, w of (b_0 + t b_1 - e) / (||a_0 + t a_1|| + e'), and a slack of 4 eta."""
    mix = Workload.from_classes([(1, 2), (4, 7)])
    curves = ClassCurves(mix.classes)
    vectors = ([3.0, -3.0], [1.0, -1.0], [0.5, -0.5])
    mean = (2.0 * sign, -5.0 * sign, 1.5)
    found = _bounds(curves, made_up(mix, mean, vectors), np.ones(1, complex), np.array([width]))
    w, root = Fraction(width), math.sqrt(2)
    a, b = ([np.array([v]) for v in vectors], [np.array([x]) for x in mean])
    e, e1 = (float(x[0]) for x in _remainders(curves, a, b, np.array([width])))
    with ctx.workprec(200):
        ends = []
        for t in (-w, w):
            above = arb(2) - 5 * exactly(t) - arb(e)
            below = arb(2).sqrt() * (3 + exactly(t)) + arb(e1)
            ends.append(above / below)
        least = ends[0] if bool(ends[0] < ends[1]) else ends[1]
        formula = least * (1 - 4 * arb(curves.eta))
        off = arb(float(found.lower[0])) / formula - 1
        assert abs(off) < 4 * UNIT  # norms and quotients: a few roundings, 4 eta covers them
    assert found.at_centre[0] == pytest.approx(2 / (3 * root), rel=1e-14)


def test_where_the_mean_changes_its_sign_the_bound_is_zero() -> None:
    mix = Workload.from_classes([(1, 2), (4, 7)])
    curves = ClassCurves(mix.classes)
    found = made_up(mix, (1.0, 100.0, 0.0), ([1.0, -1.0], [0.0, 0.0], [0.0, 0.0]))
    assert _bounds(curves, found, np.ones(1, complex), np.array([0.05])).lower[0] == 0
    assert _bounds(curves, found, np.ones(1, complex), np.array([0.0])).lower[0] > 0.7
    nothing = made_up(mix, (0.0, 0.0, 0.0), ([0.0, 0.0],) * 3)
    dual = _bounds(curves, nothing, np.ones(1, complex), np.zeros(1))
    assert (dual.lower[0], dual.at_centre[0]) == (0, 0)  # rounding hides it


def test_bounds_of_points_are_the_dual_s_values() -> None:
    """At theta = pi everything is real: |G| / ||projected G_k||, less 4 eta and the errors."""
    classes = [RequestClass(Fraction(s), n, p) for s, n, p in _thirds()]
    curves = ClassCurves(classes)
    bounds = distance_bounds(curves, np.array([HALF_TURN]), np.array([0]))
    values = [
        sum((-1) ** m * (k.input_length + m + 1) for m in range(k.decode_length)) for k in classes
    ]
    mean = sum(values) / len(values)
    g = abs(sum(k.share * v for k, v in zip(classes, values, strict=True)))
    square = sum((v - mean) ** 2 for v in values)
    exact = math.sqrt(g**2 / square)
    assert exact * (1 - 1e-10) <= bounds.at_centre[0] <= exact  # rounding is subtracted
    e, e1 = (curves.eta * sizes[0] for sizes in (curves.mix_sizes, curves.size_norms))
    expected = (float(g) - e) / (math.sqrt(square) + e1)
    assert bounds.lower[0] == pytest.approx(expected * (1 - 4 * curves.eta), rel=1e-14)


def _thirds() -> list[tuple[int, int, Fraction]]:
    third = Fraction(1, 3)
    return [(4, 1, third), (10, 30, third), (2, 5, third)]


def test_arcs_are_as_wide_as_their_units() -> None:
    """A wider arc has the lower bound; one more unit of pi / 2^48 is seen."""
    mix = Workload.from_classes(MIXES[0])
    curves = ClassCurves(mix.classes)
    centre = np.array([HALF_TURN * 2 // 3])
    bounds = [
        float(distance_bounds(curves, centre, np.array([half])).lower[0])
        for half in (1 << 43, (1 << 43) * 101 // 100, 1 << 44)
    ]
    assert bounds == sorted(bounds, reverse=True)
    assert len(set(bounds)) == 3


@pytest.mark.parametrize("half", [1, 3, 1 << 20, 5 << 40])
def test_widths_are_rounded_upwards(
    half: int, is_just_above: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[Any] = []

    def recorded(curves: ClassCurves, found: Derivatives, u: Any, width: Any) -> Any:
        widths.append(width[0])
        return _bounds(curves, found, u, width)

    monkeypatch.setattr(module, "_bounds", recorded)
    curves = ClassCurves(Workload.from_classes(MIXES[0]).classes)
    distance_bounds(curves, np.array([HALF_TURN // 3]), np.array([half]))
    with ctx.workprec(200):
        formula = half * arb.pi() / HALF_TURN
    assert is_just_above(widths, [formula] * len(widths), 4e-16, 8e-16)


def test_chunks_are_joined_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    curves = ClassCurves(Workload.from_classes(MIXES[0]).classes)
    angles = np.arange(1, 9) * (HALF_TURN // 9)
    halves = np.full(8, 1 << 30)
    whole = distance_bounds(curves, angles, halves)
    monkeypatch.setattr("stabkit.spectrum.margins.shares.arcs._CHUNK", 30)
    parts = distance_bounds(curves, angles, halves)
    assert parts.lower == pytest.approx(whole.lower, rel=1e-13)
