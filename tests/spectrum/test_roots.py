"""All roots: identities of the coefficients, exact counts, FLINT's discs, multiple roots."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import mpmath
import pytest
from flint import acb, arb, ctx, fmpz_poly

from stabkit import InvalidArgument, Root, Workload, roots, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.isolation import root_balls


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


def test_bench_mixes(shared: Path) -> None:
    mixes = json.loads((shared / "vectors" / "bench_mixes.json").read_text())["mixes"]
    for record in mixes.values():
        if record["degree"] <= 1900:
            mix = Workload.from_classes(record["classes"])
            check_identities(mix, roots(mix, 50), 50)


def test_random_mixes(random_mixes: Iterator[Workload]) -> None:
    for mix in itertools.islice(random_mixes, 200):
        if mix.longest_decode > 1:
            check_identities(mix, roots(mix, 30), 30)


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


def test_multiple_roots_are_exact() -> None:
    # by hand: g = (4, 4, 1), F = (2 l + 1)^2
    (double,) = roots(Workload.from_classes([(2, 1, 1), ("9/2", 2, 2), (1, 3, 1)]))
    assert (double.value, double.multiplicity) == (-0.5, 2)
    path = Path(__file__).parents[1] / "vectors" / "multiple_roots.json"
    for record in json.loads(path.read_text())["mixes"]:
        classes = [(s, length, Fraction(p)) for s, length, p in record["classes"]]
        if classes[-1][1] <= 60:
            found = roots(Workload.from_classes(classes), 30)
            (at_minus_one,) = (r for r in found if abs(r.value + 1) <= r.radius)
            assert at_minus_one.multiplicity == record["multiplicity"]


@pytest.mark.parametrize("k", range(10, 301, 58))
def test_near_critical_ladder(k: int) -> None:
    # (2, 3), s = 100: the share 102/103 of length 2 puts a root at -1; 2^-k beyond, it is outside
    for sign in (-1, 1):
        share = Fraction(102, 103) + sign * Fraction(1, 2**k)
        found = roots(Workload.from_classes([(100, 2, share), (100, 3, 1 - share)]), 120)
        with mpmath.workdps(140):
            assert (abs(found[0].value) - found[0].radius > 1) == (sign > 0)


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
    with pytest.raises(InvalidArgument, match="'digits' must be a positive integer, not 0"):
        roots(mix, 0)
    with pytest.raises(InvalidArgument, match="'method' must be 'auto' or 'mpmath', not 'qr'"):
        roots(mix, 10, "qr")
    with pytest.raises(InvalidArgument, match="up to 401 for all roots by method 'mpmath'"):
        roots(Workload.from_classes([(5, 402), (5, 3)]), 10, "mpmath")
