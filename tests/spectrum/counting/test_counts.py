"""Counts: every engine against the vectors, against the others, and on cases built to be hard."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import InvalidArgument, Workload, roots, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.certificates import instability_certificate
from stabkit.spectrum.counting.counts import kernel_counts

CLASSES = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 50), st.fractions(0, 1000, max_denominator=12)),
        st.integers(1, 70),
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=5,
)


def triple(mix: Workload, method: str = "auto") -> tuple[int | None, int | None, int | None]:
    counts = unit_circle_counts(mix, method)
    return counts.inside, counts.on_circle, counts.outside


@pytest.mark.parametrize("method", ["auto", "schur-cohn", "winding"])
def test_vectors(vector_mixes: list[tuple[dict[str, Any], Workload]], method: str) -> None:
    for record, mix in vector_mixes:
        expected = (record["inside"], record["on_circle"], record["outside"])
        assert triple(mix, method) == expected, mix.name


@pytest.mark.parametrize("method", ["auto", "schur-cohn", "winding", "flint"])
def test_reciprocal_zeros_on_and_off_the_circle(method: str) -> None:
    """By hand: F = 15 z^6 + 27 z^5 + 35 z^4 + 28 z^3 + 35 z^2 + 27 z + 15 is reciprocal.

    With u = z + 1 / z it is z^3 (15 u^3 + 27 u^2 - 10 u - 26): one real zero, u = 0.93, on the
    circle, and a complex pair, four zeros off it.
    """
    classes = [(1, 2, 1), ("1/2", 3, 4), (0, 5, "5/2"), (0, 6, "33/14"), (0, 7, "15/7")]
    mix = Workload.from_classes(classes)
    kernel = MemoryKernel.of(mix).coefficients
    assert [Fraction(15 * g, kernel[0]) for g in kernel] == [15, 27, 35, 28, 35, 27, 15]
    assert triple(mix, method) == (2, 2, 2)


@pytest.mark.slow
def test_long_kernels(shared: Path) -> None:
    """Degrees up to 10^6; the file tells which methods agreed on each count."""
    mixes = json.loads((shared / "vectors" / "bench_mixes.json").read_text())["mixes"]
    for name, record in mixes.items():
        counts = unit_circle_counts(Workload.from_classes(record["classes"]))
        assert counts.outside == record["unstable_modes"], name
        assert counts.inside == record["degree"] - record["unstable_modes"], name


@given(CLASSES)
@settings(max_examples=150, deadline=None)
@pytest.mark.slow
def test_schur_cohn_winding_and_isolation_agree(classes: list) -> None:
    mix = Workload.from_classes(classes)
    by_recursion = triple(mix, "schur-cohn")
    assert triple(mix, "winding") == by_recursion
    assert triple(mix, "flint") == by_recursion
    assert sum(filter(None, by_recursion)) == mix.longest_decode - 1


@pytest.mark.parametrize(
    ("classes", "counts"),
    [
        ([(3, 1)], (0, 0, 0)),  # L = 1
        ([(1, 2), (1, 3)], (0, 2, 0)),  # docs/model.md, R8: marginal at s = 1
        ([(0, 1), (5, 2)], (0, 1, 0)),  # root exactly -1
        ([(5, 3), (5, 5)], (2, 0, 2)),  # coprime and unstable
        ([(10, 3), (10, 5)], (4, 0, 0)),
        ([(1000, 97, 1), (1000, 200, 2)], (137, 0, 62)),
        ([(7, 40)], (0, 0, 39)),  # R5
    ],
)
def test_known_cases(classes: list, counts: tuple[int, int, int]) -> None:
    assert triple(Workload.from_classes(classes)) == counts


def near_critical(k: int, sign: int) -> Workload:
    """(2, 3) at s = 100 with share 102/103 of length 2 is marginal (R8); here off by 2^-k."""
    share = Fraction(102, 103) + sign * Fraction(1, 2**k)
    return Workload.from_classes([(100, 2, share), (100, 3, 1 - share)])


@pytest.mark.parametrize("method", ["auto", "winding", "schur-cohn", "flint"])
def test_near_critical_ladder_of_two_and_three(method: str) -> None:
    for k in range(10, 301, 10 if method == "winding" else 1):
        assert triple(near_critical(k, -1), method) == (2, 0, 0)
        assert triple(near_critical(k, +1), method) == (1, 0, 1)


def seven_and_ten(share: Fraction) -> Workload:
    return Workload.from_classes([(100, 7, share), (100, 10, 1 - share)])


def roots_on_either_side(mix: Workload, k: int) -> tuple[int, int]:
    """Roots inside and outside, from discs small enough for a distance of about 2^-k."""
    digits = k // 3 + 20
    found = roots(mix, digits)
    with mpmath.workdps(2 * digits):
        inside = sum(abs(r.value) + r.radius < 1 for r in found)
        return inside, sum(abs(r.value) - r.radius > 1 for r in found)


@pytest.mark.slow
@pytest.mark.parametrize(("low", "high"), [("1/8", "5/32"), ("15/16", "31/32")])
def test_near_critical_ladder_of_seven_and_ten(low: str, high: str) -> None:
    """The share is bisected to 2^-300 of a value at which a pair of modes crosses the circle."""
    ends = [Fraction(low), Fraction(high)]
    counts = [triple(seven_and_ten(share), "schur-cohn") for share in ends]
    for k in range(5, 301):
        assert counts[0] != counts[1]
        middle = sum(ends) / 2
        found = triple(seven_and_ten(middle), "schur-cohn")
        side = int(found != counts[0])
        ends[side], counts[side] = middle, found
        for share, (inside, on, outside) in zip(ends, counts, strict=True):
            mix = seven_and_ten(share)
            assert triple(mix) == (inside, on, outside)
            if k % 10 == 0:
                assert triple(mix, "winding") == triple(mix, "flint") == (inside, on, outside)
                assert roots_on_either_side(mix, k) == (inside, outside)


@pytest.mark.parametrize("method", ["auto", "winding", "flint"])
def test_the_rung_itself_is_marginal(method: str) -> None:
    mix = Workload.from_classes([(100, 2, 102), (100, 3, 1)])
    assert triple(mix, method) == (1, 1, 0)


def minus_one_on_circle(odd: int, even: int, shift: Fraction = Fraction(0)) -> Workload:
    """F(-1) = 0: an odd length l adds p (s + (l + 1) / 2) to G(-1), an even one -p l / 2."""
    s = Fraction(even - odd - 1, 2)
    return Workload.from_classes([(s + shift, odd), (3000, even)])


def test_no_certificate_for_kernels_that_do_not_grow() -> None:
    """1 + z of reservation has its zero on the circle: R9's real mode below -1 is not there."""
    survival = MemoryKernel(1, (2,), (0,), (1,))
    assert instability_certificate(survival) is None
    assert kernel_counts(survival).verdict == "marginal"
    assert instability_certificate(MemoryKernel(1, (2,), (1,), (1,))) is not None


def test_root_at_minus_one_of_a_long_kernel_is_found_exactly() -> None:
    on = unit_circle_counts(minus_one_on_circle(101, 200))
    assert (on.on_circle, on.method) == (1, "winding")
    # a tiny change of the input moves the real root to either side, and only that one
    inward = unit_circle_counts(minus_one_on_circle(101, 200, Fraction(1, 10**60)))
    outward = unit_circle_counts(minus_one_on_circle(101, 200, -Fraction(1, 10**60)))
    assert on.outside is not None
    assert (inward.on_circle, inward.outside) == (0, on.outside)
    assert (outward.on_circle, outward.outside) == (0, on.outside + 1)


@pytest.mark.slow
def test_multiple_roots_on_the_circle_and_next_to_it() -> None:
    """Roots -1 of multiplicity 2 to 8, and the same mixes with one share moved by 10^-e."""
    path = Path(__file__).parents[2] / "vectors" / "multiple_roots.json"
    for record in json.loads(path.read_text())["mixes"]:
        classes = [(s, length, Fraction(p)) for s, length, p in record["classes"]]
        assert triple(Workload.from_classes(classes), "winding")[1] == record["multiplicity"]
        for exponent in (12, 30, 60, 120):
            first = (*classes[0][:2], classes[0][2] + Fraction(1, 10**exponent))
            mix = Workload.from_classes([first, *classes[1:]])
            counted = triple(mix, "winding")
            assert counted[1] == 0
            if mix.longest_decode <= 40:
                assert counted == triple(mix, "schur-cohn")


def cube_roots_on_circle(n: int) -> Workload:
    """A mix with G(w) = 0 at w = exp(2 pi i / 3), derived by hand.

    As 1 + w + w^2 = 0, a class of length 3 n adds p 3 n / (w - 1) = -p n (2 + w) to G(w), one of
    length 1 and input a adds p (a + 1), one of length 2 and input b p (b + 1 + (b + 2) w). With
    equal shares the coefficients of 1 and w vanish iff b = n - 2 and a = n.
    """
    return Workload.from_classes([(n, 1), (n - 2, 2), (7, 3 * n)])


def test_conjugate_roots_on_the_circle_of_a_long_kernel_are_found_exactly() -> None:
    mix = cube_roots_on_circle(20)
    counts = unit_circle_counts(mix)
    assert (counts.on_circle, counts.method) == (2, "winding")
    assert triple(mix, "flint") == (counts.inside, 2, counts.outside)
    assert triple(mix, "schur-cohn") == (counts.inside, 2, counts.outside)


def test_counts_say_how_they_were_obtained() -> None:
    assert unit_circle_counts(Workload.from_classes([(3, 9)])).method == "enestrom-kakeya"
    assert unit_circle_counts(Workload.from_classes([(3, 9), (3, 8)])).method == "schur-cohn"
    assert unit_circle_counts(Workload.from_classes([(3, 9), (3, 80)])).method == "winding"


def test_lengths_beyond_any_kernel() -> None:
    assert unit_circle_counts(Workload.from_classes([(0, 10**9)])).outside == 10**9 - 1
    even = unit_circle_counts(Workload.from_classes([(7, 10**9), (7, 10**8)]))
    assert (even.verdict, even.method, even.outside) == ("unstable", "certificate", None)
    coprime = unit_circle_counts(Workload.from_classes([(7, 10**9), (7, 10**9 - 1)]))
    assert (coprime.verdict, coprime.certified) == ("undecided", False)
    assert coprime.undecided_arcs


def test_certificates_hold_where_counts_are_known(random_mixes: Iterator[Workload]) -> None:
    proved = 0
    for mix in itertools.islice(random_mixes, 400):
        if instability_certificate(MemoryKernel.of(mix)) is not None:
            proved += 1
            outside = unit_circle_counts(mix, "schur-cohn").outside
            assert outside is not None
            assert outside >= mix.gcd - 1 >= 1
    assert proved > 50


def test_r9_needs_its_condition() -> None:
    # docs/model.md, R9: g = 40 with 37 unstable modes, not 39; the certificate is that of an even g
    total = sum((n + 120) * (121 - n) ** 4 for n in range(1, 121))
    weights = {n: 8211 * (n + 120) * (121 - n) ** 4 for n in range(1, 121)}
    for n, extra in ((1, 1693), (3, 24), (4, 72)):
        weights[n] += extra * total
    mix = Workload.from_classes([(0, 40 * n, w) for n, w in weights.items()])
    assert unit_circle_counts(mix).outside == 37


@pytest.mark.slow
def test_a_stable_mix_of_gcd_three() -> None:
    # docs/model.md, R9: gcd > 1 does not imply instability
    rates = [(0.0044, 0.038), (0.0102, 0.137), (0.8214, 0.00035)]
    longest = 120_000
    shares = [Fraction(0)] * (longest + 1)
    shares[1] = Fraction("0.164")
    survival = [[c * (1 - eta) ** n for n in range(longest)] for c, eta in rates]
    for n in range(1, longest):
        shares[n] += Fraction(sum(row[n - 1] - row[n] for row in survival))
    shares[longest] = Fraction(sum(row[longest - 1] for row in survival))
    mix = Workload.from_classes((0, 3 * n, p) for n, p in enumerate(shares) if p > 0)
    assert mix.gcd == 3
    counts = unit_circle_counts(mix)
    assert (counts.verdict, counts.outside) == ("stable", 0)


@pytest.mark.parametrize("method", ["qr", "", None])
def test_unknown_method(method: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"'method' must be 'auto', .* not"):
        unit_circle_counts(Workload.from_classes([(1, 2)]), method)


def test_dense_methods_have_a_bound() -> None:
    with pytest.raises(InvalidArgument, match="beyond L = 20000, not 'flint'"):
        unit_circle_counts(Workload.from_classes([(1, 20_001), (1, 2)]), "flint")
