"""All roots: identities of the coefficients, exact counts, FLINT's discs, multiple roots."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Literal

import mpmath
import pytest
from flint import acb, arb, ctx, fmpz_poly

from stabkit import InvalidArgument, Root, Workload, roots, survival_polynomial, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.isolation import root_balls


def check_identities(mix: Workload, found: list[Root], digits: int) -> None:
    """Sum and product of the roots, their number, their radii and the exact unstable count."""
    g = MemoryKernel.of(mix).coefficients
    assert sum(r.multiplicity for r in found) == len(g) - 1
    counts = unit_circle_counts(mix)
    with mpmath.workdps(digits + 30):
        assert all(r.radius <= abs(r.value) * mpmath.mpf(10) ** -digits for r in found)
        if not counts.on_circle:
            outside = sum(r.multiplicity for r in found if abs(r.value) > 1 + r.radius)
            assert outside == counts.outside
        slack = mpmath.mpf(10) ** (-digits - 20) * len(g)
        total = mpmath.fsum(r.value * r.multiplicity for r in found)
        spread = mpmath.fsum(r.radius * r.multiplicity for r in found)
        assert abs(total + mpmath.mpf(g[1]) / g[0]) <= spread + slack
        product = mpmath.fprod(r.value**r.multiplicity for r in found)
        expected = (-1) ** (len(g) - 1) * mpmath.mpf(g[-1]) / g[0]
        relative = mpmath.fprod((1 + r.radius / abs(r.value)) ** r.multiplicity for r in found) - 1
        assert abs(product - expected) <= abs(expected) * (2 * relative + slack)


def exact(value: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = value._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent


def check_discs_are_disjoint(found: list[Root]) -> None:
    """In integers: every pair of discs whose real parts overlap is compared."""
    discs = [(exact(r.value.real), exact(r.value.imag), exact(r.radius)) for r in found]
    unit = max(part.denominator for disc in discs for part in disc)
    scaled = sorted(tuple(int(part * unit) for part in disc) for disc in discs)
    widest = max((radius for _, _, radius in scaled), default=0)
    for i, (x, y, radius) in enumerate(scaled):
        for other_x, other_y, other_radius in scaled[i + 1 :]:
            if other_x - x > radius + widest:
                break
            assert (x - other_x) ** 2 + (y - other_y) ** 2 > (radius + other_radius) ** 2


def check_order(found: list[Root]) -> None:
    """|value| descending, exactly; conjugates adjacent, the upper one first; real ones single."""
    squares = [exact(r.value.real) ** 2 + exact(r.value.imag) ** 2 for r in found]
    assert squares == sorted(squares, reverse=True)
    rest = iter(found)
    for root in rest:
        if root.value.imag != 0:
            mirror = next(rest)
            assert root.value.imag > 0
            assert exact(mirror.value.real) == exact(root.value.real)
            assert exact(mirror.value.imag) == -exact(root.value.imag)
            assert (mirror.radius, mirror.multiplicity) == (root.radius, root.multiplicity)


def bench_mixes(shared: Path, longest: int = 1900) -> dict[str, Workload]:
    mixes = json.loads((shared / "vectors" / "bench_mixes.json").read_text())["mixes"]
    return {
        name: Workload.from_classes(record["classes"])
        for name, record in mixes.items()
        if record["degree"] <= longest
    }


@pytest.mark.slow
def test_bench_mixes(shared: Path) -> None:
    for mix in bench_mixes(shared).values():
        found = roots(mix, 50)
        check_identities(mix, found, 50)
        check_discs_are_disjoint(found)
        check_order(found)


@pytest.mark.slow
def test_random_mixes(random_mixes: Iterator[Workload]) -> None:
    for mix in itertools.islice(random_mixes, 200):
        if mix.longest_decode > 1:
            found = roots(mix, 30)
            check_identities(mix, found, 30)
            check_discs_are_disjoint(found)
            check_order(found)


def test_a_trace_of_hundreds_of_classes() -> None:
    """162 decode lengths: chains of powers so long widen rectangular balls beyond all use."""
    mix = Workload.named("vllm-rtx4090")
    found = roots(mix, 30)
    check_identities(mix, found, 30)
    check_discs_are_disjoint(found)


def test_many_digits(shared: Path) -> None:
    mix = bench_mixes(shared)["e100"]
    found = roots(mix, 1500)
    check_identities(mix, found, 1500)
    check_discs_are_disjoint(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["b", "c", "e200", "hom50"])
def test_three_engines_agree_on_bench_mixes(shared: Path, name: str) -> None:
    """Discs by doubles and Arb, by pure mpmath, and FLINT's balls: one meets exactly one."""
    mix = bench_mixes(shared)[name]
    fast, pure = roots(mix, 25), roots(mix, 25, "mpmath")
    with ctx.workprec(200):
        polynomial = fmpz_poly(list(reversed(MemoryKernel.of(mix).coefficients)))
        balls = [ball for ball, _ in root_balls(polynomial)]
        discs, others = ([as_ball(root) for root in found] for found in (fast, pure))
        for disc in discs:
            assert sum(disc.overlaps(ball) for ball in balls) == 1
            assert sum(disc.overlaps(other) for other in others) == 1
    assert len(fast) == len(pure) == len(balls)


def as_ball(root: Root) -> acb:
    """A square that holds the disc, and touches no other as the discs are so small."""
    radius = arb(root.radius)
    return acb(arb(arb(root.value.real), radius), arb(arb(root.value.imag), radius))


def test_discs_are_flints(random_mixes: Iterator[Workload]) -> None:
    long = (mix for mix in random_mixes if mix.longest_decode > 50)
    for mix in itertools.islice(long, 12):
        found = roots(mix, 30)
        with ctx.workprec(200):
            polynomial = fmpz_poly(list(reversed(MemoryKernel.of(mix).coefficients)))
            balls = [ball for ball, _ in root_balls(polynomial)]
            for root in found:
                disc = acb(arb(root.value.real), arb(root.value.imag))
                inside = [b for b in balls if abs(b - disc) < 2 * arb(root.radius) + arb("1e-50")]
                assert len(inside) == 1


def test_both_methods_agree_disc_by_disc(random_mixes: Iterator[Workload]) -> None:
    for mix in itertools.islice(random_mixes, 15):
        fast, pure = roots(mix, 25), roots(mix, 25, "mpmath")
        assert len(fast) == len(pure)
        with mpmath.workdps(60):
            for root in fast:
                near = [r for r in pure if abs(r.value - root.value) <= r.radius + root.radius]
                assert [r.multiplicity for r in near] == [root.multiplicity]


@pytest.mark.parametrize("method", ["auto", "mpmath"])
@pytest.mark.parametrize("s", [0, 1, 100, "7/3", 10**9])
def test_a_double_root_of_the_survival_polynomial_keeps_one_copy(s: int | str, method: str) -> None:
    """R3: (2, 3), p = 3/4, A = (l + 1/2)^2. By hand F = (l + 1/2) ((s + 1) l + (s + 3) / 2)."""
    mix = Workload.from_classes([(s, 2, "3/4"), (s, 3, "1/4")])
    _, ((factor, multiplicity),) = survival_polynomial(mix).factor_list()
    assert (factor.all_coeffs(), multiplicity) == ([2, 1], 2)
    moved, kept = roots(mix, 40, method)
    assert (kept.value, kept.multiplicity, moved.multiplicity) == (-0.5, 1, 1)
    with mpmath.workdps(60):
        other = -mpmath.mpf(Fraction(s).numerator + 3 * Fraction(s).denominator)
        other /= 2 * (Fraction(s).numerator + Fraction(s).denominator)
        assert abs(moved.value - other) <= moved.radius + mpmath.mpf(10) ** -58


def test_multiple_roots_are_exact() -> None:
    # by hand: g = (4, 4, 1), F = (2 l + 1)^2
    (double,) = roots(Workload.from_classes([(2, 1, 1), ("9/2", 2, 2), (1, 3, 1)]))
    assert (double.value, double.multiplicity) == (-0.5, 2)
    path = Path(__file__).parents[2] / "vectors" / "multiple_roots.json"
    for record in json.loads(path.read_text())["mixes"]:
        classes = [(s, length, Fraction(p)) for s, length, p in record["classes"]]
        if classes[-1][1] <= 60:
            found = roots(Workload.from_classes(classes), 30)
            (at_minus_one,) = (r for r in found if abs(r.value + 1) <= r.radius)
            assert at_minus_one.multiplicity == record["multiplicity"]


def number_outside(mix: Workload, k: int) -> int:
    """Count the roots beyond the circle, from discs small enough for a distance of about 2^-k."""
    digits = k // 3 + 20
    found = roots(mix, digits)
    with mpmath.workdps(2 * digits):
        sides = [abs(r.value) - 1 for r in found]
        assert all(abs(side) > r.radius for side, r in zip(sides, found, strict=True))
        return sum(r.multiplicity for side, r in zip(sides, found, strict=True) if side > 0)


@pytest.mark.parametrize("sign", [-1, 1])
def test_near_critical_ladder(sign: int) -> None:
    # (2, 3), s = 100: the share 102/103 of length 2 puts a root at -1; 2^-k beyond, it is outside
    for k in range(10, 301):
        share = Fraction(102, 103) + sign * Fraction(1, 2**k)
        mix = Workload.from_classes([(100, 2, share), (100, 3, 1 - share)])
        assert number_outside(mix, k) == (sign > 0)


def test_near_critical_roots_of_a_long_kernel() -> None:
    """Degree 79, by doubles and balls: an odd length l adds p (s + (l + 1) / 2) to G(-1), an even
    one -p l / 2, so that s = 9 puts a root at -1."""
    for k in range(10, 301, 29):
        outside = []
        for sign in (-1, 1):
            s = 9 + sign * Fraction(1, 2**k)
            mix = Workload.from_classes([(s, 61), (3000, 80)])
            outside.append(number_outside(mix, k))
            assert outside[-1] == unit_circle_counts(mix).outside
        assert outside[0] == outside[1] + 1


def test_real_roots_and_conjugates_are_exact(random_mixes: Iterator[Workload]) -> None:
    for mix in itertools.islice(random_mixes, 30):
        found = roots(mix, 40)
        for root in found:
            real, imaginary = root.value.real, root.value.imag
            if imaginary == 0:
                continue
            with mpmath.workprec(2000):
                mirrored = mpmath.mpc(real, -imaginary)
                assert any(other.value == mirrored for other in found)


def test_bad_arguments() -> None:
    mix = Workload.from_classes([(5, 3), (5, 4)])
    with pytest.raises(
        InvalidArgument, match="'digits' must be an integer from 1 to 100000, not 0"
    ):
        roots(mix, 0)
    with pytest.raises(InvalidArgument, match="'method' must be 'auto' or 'mpmath', not 'qr'"):
        roots(mix, 10, "qr")
    with pytest.raises(InvalidArgument, match="up to 401 for all roots by method 'mpmath'"):
        roots(Workload.from_classes([(5, 402), (5, 3)]), 10, "mpmath")


@pytest.mark.parametrize("method", ["auto", "mpmath"])
@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([(9, 1), (1, 2)], [Fraction(-1, 4)]),  # g = (6, 3/2)
        ([(8, 1), (1, 2)], [Fraction(-3, 11)]),  # g = (11/2, 3/2)
        # 404 z^2 + 408 z + 103 = (2 z + 1) (202 z + 103): docs/model.md, R3
        ([(100, 2, 3), (100, 3, 1)], [Fraction(-103, 202), Fraction(-1, 2)]),
    ],
)
def test_a_real_root_of_few_binary_places_has_a_radius_of_zero(
    method: Literal["auto", "mpmath"], classes: list[tuple[int, ...]], expected: list[Fraction]
) -> None:
    found = roots(Workload.from_classes(classes), method=method)
    for one, root in zip(found, expected, strict=True):
        assert one.value.imag == 0
        assert abs(exact(one.value.real) - root) <= exact(one.radius)
        assert (one.radius == 0) == (root.denominator in (2, 4))
