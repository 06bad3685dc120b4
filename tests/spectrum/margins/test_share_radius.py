"""The share radius: hand-derived cases, exact counts along rays, dense searches, mpmath."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from stabkit import Workload, unit_circle_counts
from stabkit.spectrum.circle.fourier import UNIT_ROUNDOFF
from stabkit.spectrum.margins.shares.arcs import (
    HALF_TURN,
    ClassCurves,
    _remainders,
    distance_bounds,
)
from stabkit.spectrum.margins.shares.radius import _root, share_radius
from stabkit.spectrum.margins.shares.search import ShareSearch

THREE = Workload.from_classes([(1, 2, 3), (4, 7, 2), (9, 5, 4)])


def at_shares(mix: Workload, shares: Sequence[Fraction]) -> Workload:
    pairs = zip(mix.classes, shares, strict=True)
    return replace(mix, classes=tuple(replace(c, share=q) for c, q in pairs if q))


def outside_and_on(mix: Workload, shares: Sequence[Fraction], method: Any = "schur-cohn") -> Any:
    counts = unit_circle_counts(at_shares(mix, shares), method)
    return counts.outside, counts.on_circle


def class_values(mix: Workload, z: Any) -> list[Any]:
    """G_k(z) by its definition, with one class k alone."""
    return [
        sum((c.input_length + m + 1) * z**m for m in range(c.decode_length)) for c in mix.classes
    ]


def least_distance(mix: Workload, theta: Any) -> Any:
    """Least ||d||, sum d = 0, sum d_k G_k = -G, by the normal equations (K >= 3), in mpmath."""
    count = len(mix.classes)
    values = [
        mpmath.fsum(
            (mpmath.mpf(c.input_length.numerator) / c.input_length.denominator + m + 1)
            * mpmath.expj(m * theta)
            for m in range(c.decode_length)
        )
        for c in mix.classes
    ]
    shares = [mpmath.mpf(c.share.numerator) / c.share.denominator for c in mix.classes]
    g = mpmath.fsum(p * v for p, v in zip(shares, values, strict=True))
    rows = mpmath.matrix(3, count)
    for k, v in enumerate(values):
        rows[0, k], rows[1, k], rows[2, k] = v.real, v.imag, 1
    right = mpmath.matrix([-g.real, -g.imag, 0])
    d = rows.T * mpmath.lu_solve(rows * rows.T, right)
    return mpmath.norm(d)


def random_mixes_of(seed: int, least: int, most: int, longest: int) -> list[Workload]:
    rng = random.Random(seed)
    mixes = []
    while len(mixes) < most:
        common = rng.choice([None, 0, 4, 60])
        mix = Workload.from_classes(
            (rng.randint(0, 40) if common is None else common, rng.randint(1, longest), weight)
            for weight in (rng.randint(1, 9) for _ in range(rng.randint(least, 5)))
        )
        if len(mix.classes) >= least and len({c.decode_length for c in mix.classes}) > 1:
            mixes.append(mix)
    return mixes


# --- cases derived by hand -------------------------------------------------------------------


@pytest.mark.parametrize("s", [2, 5, 7, 40])
@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(3, 7), Fraction(1, 9), Fraction(19, 20)])
def test_lengths_two_and_three(s: int, p: Fraction) -> None:
    # stable iff 2 / (s + 3) < p < (s + 2) / (s + 3), modes on the circle at both ends; the faces
    # p = 0 and p = 1 are further from a p in between, and may be nearer from one outside.
    mix = Workload.from_classes([(s, 2, p), (s, 3, 1 - p)])
    radius = share_radius(mix)
    ends = [abs(p - Fraction(2, s + 3)), abs(p - Fraction(s + 2, s + 3))]
    crossing = 2 * min(ends) ** 2
    face = 2 * min(p, 1 - p) ** 2
    assert radius.crossing_lower is not None
    assert radius.crossing_upper is not None
    assert radius.lower is not None
    assert radius.upper is not None
    assert radius.crossing_lower**2 <= crossing <= radius.crossing_upper**2
    assert radius.lower**2 <= min(crossing, face) <= radius.upper**2
    nearer = "crossing" if crossing < face else "simplex"
    assert radius.limited_by == (None if crossing == face else nearer)
    assert radius.upper - radius.lower <= radius.upper * Fraction(1, 10**6)
    assert radius.total_variation_lower is not None
    assert radius.total_variation_lower <= min(*ends, p, 1 - p)  # TV of two classes is |p - q|
    assert radius.total_variation_lower >= min(*ends, p, 1 - p) * (1 - Fraction(1, 10**6))


def test_crossing_at_minus_one_is_rational() -> None:
    # At z = -1 everything is real: the distance is |G(-1)| / ||P (G_k(-1))||, exactly. The distance
    # jumps there: on both sides of pi a second equation makes it larger.
    mix = Workload.from_classes([(20, 12, 3), (4, 1), (10, 29, 2), (2, 4, 2), (5, 60)])
    values = class_values(mix, -1)
    mean = Fraction(sum(values)) / len(values)
    g = sum(c.share * v for c, v in zip(mix.classes, values, strict=True))
    square = g**2 / sum((v - mean) ** 2 for v in values)
    radius = share_radius(mix)
    assert radius.angle == math.pi
    assert radius.lower is not None
    assert radius.upper is not None
    assert radius.lower**2 <= square <= radius.upper**2
    assert radius.upper < radius.lower * (1 + Fraction(1, 10**6))
    nearby = least_distance(mix, mpmath.pi - mpmath.mpf(10) ** -3)
    assert nearby > 1.01 * math.sqrt(square)


def test_distance_to_the_faces() -> None:
    # One decode length: no crossing (R5), so the ball ends where the least class vanishes, at
    # d = (-1/6, 1/12, 1/12): ||d||^2 = 1/24.
    radius = share_radius(Workload.from_classes([(1, 4, 1), (3, 4, 2), (8, 4, 3)]))
    assert radius.limited_by == "simplex"
    assert radius.lower is not None
    assert radius.upper is not None
    assert radius.lower**2 <= Fraction(1, 24) <= radius.upper**2
    assert radius.upper - radius.lower < Fraction(1, 2**50)
    assert radius.crossing_upper is None
    assert radius.beyond is None


# --- exact counts ----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("mix", random_mixes_of(1, 2, 40, 14), ids=lambda mix: mix.name)
def test_counts_do_not_change_inside_and_change_beyond(mix: Workload) -> None:
    radius = share_radius(mix)
    shares = [c.share for c in mix.classes]
    here = outside_and_on(mix, shares)
    if here[1]:
        assert radius.lower == radius.upper == 0
        return
    assert radius.lower is not None
    assert radius.crossing_lower is not None
    rng = random.Random(7)
    for _ in range(12):
        steps = [Fraction(rng.gauss(0, 1)) for _ in shares]
        steps = [step - sum(steps) / len(steps) for step in steps]
        norm = _root(sum((step**2 for step in steps), Fraction(0)), up=True)
        for reach, ball in [(radius.lower, True), (radius.crossing_lower, False)]:
            moved = [p + d * reach / norm for p, d in zip(shares, steps, strict=True)]
            assert min(moved) >= 0 or not ball  # the ball lies in the simplex
            if min(moved) >= 0:
                assert outside_and_on(mix, moved) == here
    if radius.beyond is not None:
        assert radius.crossing_upper is not None
        assert sum(radius.beyond) == 1
        assert min(radius.beyond) >= 0
        square = sum((q - p) ** 2 for q, p in zip(radius.beyond, shares, strict=True))
        assert radius.crossing_lower**2 <= square <= radius.crossing_upper**2
        assert outside_and_on(mix, radius.beyond, "flint") != here
        assert radius.direction is not None
        # the count of the same ray is still that of p just inside the lower bound
        ratio = radius.crossing_lower / radius.crossing_upper
        inside = [p + ratio * (q - p) for q, p in zip(radius.beyond, shares, strict=True)]
        assert outside_and_on(mix, inside) == here


@pytest.mark.slow
def test_the_bounds_are_close() -> None:
    gaps = []
    for mix in random_mixes_of(2, 2, 40, 25):
        radius = share_radius(mix)
        if radius.upper:
            assert radius.lower is not None
            gaps.append(float(1 - radius.lower / radius.upper))
            assert radius.limited_by is not None
    assert max(gaps) < 1e-5


def test_two_classes_against_a_scan_of_the_shares() -> None:
    for mix in random_mixes_of(3, 2, 60, 9):
        if len(mix.classes) != 2:
            continue
        radius = share_radius(mix)
        if not radius.crossing_lower:
            continue
        p = mix.classes[0].share
        here = outside_and_on(mix, [p, 1 - p])
        changed = [
            abs(p - q)
            for q in (Fraction(n, 400) for n in range(401))
            if outside_and_on(mix, [q, 1 - q]) != here
        ]
        scanned = min(changed, default=Fraction(2)) ** 2 * 2
        assert scanned >= radius.crossing_lower**2
        if radius.crossing_upper is not None:
            assert (
                radius.crossing_upper**2
                >= 2 * max(Fraction(0), min(changed, default=Fraction(0)) - Fraction(1, 400)) ** 2
            )


# --- the lower bound on arcs -----------------------------------------------------------------


def test_arc_bounds_lie_below_the_least_distance_in_the_arc() -> None:
    rng = random.Random(11)
    with mpmath.workdps(40):
        for mix in random_mixes_of(4, 3, 12, 30):
            curves = ClassCurves(mix.classes)
            for bits in (46, 42, 36, 20, 4):
                half = 1 << bits
                centre = rng.randrange(half, HALF_TURN - half)
                (bound,), _ = distance_bounds(curves, np.array([centre]), np.array([half]))
                for where in (-1, -0.4, 0, 0.7, 1):
                    theta = mpmath.pi * (centre + where * half) / HALF_TURN
                    distance = least_distance(mix, theta)
                    assert bound <= distance
                assert bits > 20 or bound >= distance * (1 - 1e-5)


@pytest.mark.parametrize("vanishing", ["mix", "centred"])
def test_remainders_of_the_linear_parts(vanishing: str) -> None:
    # u such that the second derivative of b, or of a (two classes), is 0 at the centre of the arc:
    # what is left of e, or of e', is the third order
    generator = np.random.default_rng(1)
    for mix in random_mixes_of(4, 2, 40, 12):
        if vanishing == "centred" and len(mix.classes) > 2:
            continue
        curves = ClassCurves(mix.classes)
        for bits in (45, 43, 41):
            half = 1 << bits
            angles = generator.integers(half, HALF_TURN - half, size=100)
            found = curves.derivatives(angles)
            second = found.mix[2] if vanishing == "mix" else found.centred[2][:, 0]
            u = np.conj(1j * second / np.abs(second))
            a = [(u[:, None] * v).real for v in found.centred]
            b = [(u * v).real for v in found.mix]
            width = half * math.pi / HALF_TURN
            bend, bulge = _remainders(curves, a, b, np.full(len(angles), width))
            for t in np.linspace(-1, 1, 9):
                there = curves.derivatives(angles + int(t * half))
                error = np.abs((u * there.mix[0]).real - b[0] - t * width * b[1])
                errors = (u[:, None] * there.centred[0]).real - a[0] - t * width * a[1]
                assert np.all(error <= bend)
                assert np.all(np.linalg.norm(errors, axis=1) <= bulge)


def test_rounding_stays_within_its_bound() -> None:
    mix = Workload.from_classes([(1000, 3), (7, 400, 5), (0, 1000, 2), ("1/3", 61)])
    curves = ClassCurves(mix.classes)
    centre = Fraction(curves.doubled_centre, 2)
    worst = 0.0
    with mpmath.workdps(40):
        for angle in (HALF_TURN // 1000, 123456789012345, HALF_TURN - 1):
            theta = mpmath.pi * angle / HALF_TURN
            for order, computed in enumerate(curves.sums(np.array([angle]))):
                for k, c in enumerate(mix.classes):
                    s = mpmath.mpf(c.input_length.numerator) / c.input_length.denominator
                    exact = mpmath.fsum(
                        (s + m + 1)
                        * mpmath.mpf(float(m - centre)) ** order
                        * mpmath.expj(mpmath.mpf(float(m - centre)) * theta)
                        for m in range(c.decode_length)
                    )
                    error = float(abs(mpmath.mpmathify(complex(computed[0, k])) - exact))
                    worst = max(worst, error / curves.sizes[order][k])
    assert UNIT_ROUNDOFF / 100 < worst < curves.eta / 3


@pytest.mark.parametrize("mix", [THREE, Workload.from_classes([(5, 1), (9, 2)])])
def test_the_arcs_cover_every_angle_of_a_crossing(mix: Workload) -> None:
    search = ShareSearch(ClassCurves(mix.classes))
    search.run()
    order = np.argsort(search.angles)
    starts = (search.angles - search.halves)[order]
    ends = (search.angles + search.halves)[order]
    assert starts[0] * (mix.longest_decode - 1) <= HALF_TURN
    assert ends[-1] == HALF_TURN
    assert np.array_equal(starts[1:], ends[:-1])


@pytest.mark.slow
def test_against_a_dense_search() -> None:
    for mix in random_mixes_of(5, 3, 10, 12):
        radius = share_radius(mix)
        if not radius.crossing_lower:
            continue
        values = [least_distance(mix, mpmath.pi * j / 600) for j in range(1, 600)]
        real = class_values(mix, -1)
        mean = Fraction(sum(real)) / len(real)
        g = sum(c.share * v for c, v in zip(mix.classes, real, strict=True))
        spread = sum((v - mean) ** 2 for v in real)
        if spread:
            values.append(mpmath.sqrt(float(g**2 / spread)))
        assert float(radius.crossing_lower) <= min(values) * (1 + 1e-12)


# --- what has no radius ----------------------------------------------------------------------


def test_marginal_mixes_have_radius_zero() -> None:
    mix = Workload.from_classes([(1, 2), (1, 3)])
    radius = share_radius(mix)
    assert (radius.lower, radius.upper, radius.limited_by) == (0, 0, "crossing")
    assert radius.total_variation_lower == 0


def test_unstable_mixes_have_one() -> None:
    # (5, 3), (5, 5) has two unstable modes at p = 1/2, and none on the circle
    radius = share_radius(Workload.from_classes([(5, 3), (5, 5)]))
    assert radius.lower is not None
    assert radius.lower > Fraction(3, 10)


def test_the_nearest_crossing_may_lead_to_fewer_unstable_modes() -> None:
    """(2, 3) at s = 5 has two below p = 1/4 and none above: from 1/5 that is sqrt(2) / 20 away."""
    radius = share_radius(Workload.from_classes([(5, 2, 1), (5, 3, 4)]))
    assert radius.limited_by == "crossing"
    assert radius.beyond is not None
    assert radius.beyond[0] > Fraction(1, 4)
    assert float(radius.upper) == pytest.approx(math.sqrt(2) / 20, rel=1e-3)


@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        ([(3, 4)], "one class"),
        ([(10, 4001), (10, 3)], "goes up to L = 4000"),
        ([(10**6, 2 * 10**7), (10**6, 2 * 10**7 - 2)], "not counted"),
    ],
)
def test_where_there_is_none_the_reason_is_given(classes: Any, reason: str) -> None:
    radius = share_radius(Workload.from_classes(classes))
    assert reason in radius.reason
    assert radius.lower is radius.upper is radius.crossing_lower is radius.beyond is None
    assert radius.total_variation_lower is None


def test_an_ended_search_still_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    full = share_radius(THREE)
    monkeypatch.setattr("stabkit.spectrum.margins.shares.search._MOST_WORK", 500)
    ended = share_radius(THREE)
    assert "budget" in ended.reason
    assert ended.crossing_lower is not None
    assert full.crossing_upper is not None
    assert 0 <= ended.crossing_lower < full.crossing_upper


def test_roots_are_rounded_outwards() -> None:
    for square in (Fraction(2), Fraction(1, 3 * 10**40), Fraction(10**9, 7)):
        low, high = _root(square, up=False), _root(square, up=True)
        assert low**2 < square < high**2
        assert high - low < low * Fraction(1, 2**50)
    assert _root(Fraction(0), up=False) == 0


@pytest.mark.slow
def test_a_trace_of_many_classes() -> None:
    mix = Workload.named("vllm-rtx4090")
    radius = share_radius(mix)
    assert len(mix.classes) > 50
    assert radius.crossing_lower is not None
    assert radius.face is not None
    assert radius.crossing_lower > 0
    rng = random.Random(3)
    weights = [rng.random() for _ in mix.classes]
    target = [Fraction(w) / sum(map(Fraction, weights)) for w in weights]
    pairs = list(zip(mix.classes, target, strict=True))
    length = _root(sum(((q - c.share) ** 2 for c, q in pairs), Fraction(0)), up=True)
    part = radius.crossing_lower / length
    moved = [c.share + part * (q - c.share) for c, q in pairs]  # in the simplex, by convexity
    assert part < 1
    here = outside_and_on(mix, [c.share for c in mix.classes], "winding")
    assert outside_and_on(mix, moved, "winding") == here


def test_a_mode_on_the_circle_beside_growing_ones_is_a_radius_of_zero() -> None:
    # G(-1) = p 5 - (1 - p) 5 / 3 = 0 at p = 1/4: by hand, sums of (s + m + 1) (-1)^m
    mix = Workload.from_classes([(1, 9), (Fraction(10, 3), 4, 3)])
    assert outside_and_on(mix, [c.share for c in mix.classes])[1] > 0
    radius = share_radius(mix)
    assert (radius.lower, radius.upper, radius.limited_by) == (0, 0, "crossing")


@pytest.mark.parametrize("exponent", [8, 11, 12, 13, 14, 16])
def test_next_to_the_circle_the_search_is_over_when_rounding_hides_the_rest(exponent: int) -> None:
    """At theta = pi one equation: the distance |G(-1)| / ||G_k(-1) - mean|| is known exactly."""
    mix = Workload.from_classes([(1, 9), (Fraction(10, 3), 4, 3 + Fraction(1, 10**exponent))])
    values = class_values(mix, -1)
    mean = sum(values) / 2
    g = sum(c.share * v for c, v in zip(mix.classes, values, strict=True))
    square = g**2 / sum((v - mean) ** 2 for v in values)
    radius = share_radius(mix)
    assert radius.lower is not None
    assert radius.crossing_upper is not None
    assert radius.lower**2 <= square <= radius.crossing_upper**2 <= 5 * square + 10**-22
    search = ShareSearch(ClassCurves(mix.classes))
    search.run()
    assert search.work < 10**7  # a tenth of the budget


def test_the_budget_counts_the_upkeep_of_the_cover(monkeypatch: pytest.MonkeyPatch) -> None:
    """With evaluations for nothing the search ends all the same, because passes cost too."""
    search = ShareSearch(ClassCurves(THREE.classes))
    monkeypatch.setattr(type(search), "_evaluated", lambda self, a, h: (0.0 * a, 1.0 + 0.0 * a))
    monkeypatch.setattr("stabkit.spectrum.margins.shares.search._MOST_WORK", 10**6)
    search.run()
    assert search.reason.endswith("ended by its budget.")
    assert len(search.angles) < 10**6
