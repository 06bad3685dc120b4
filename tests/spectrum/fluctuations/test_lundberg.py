"""Lundberg's exponent: against Lambert's W, mpmath's root finder, and its limits."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from stabkit import InvalidArgument, Workload
from stabkit.spectrum.fluctuations.lundberg import lundberg_exponent


def lies_in(value: object, mix: Workload, digits: int = 30) -> bool:
    found = lundberg_exponent(mix, digits)
    assert found is not None
    assert found.low < found.high <= found.low * (1 + Fraction(1, 10**digits))
    with mpmath.workdps(digits + 30):
        low, high = (mpmath.mpf(x.numerator) / x.denominator for x in (found.low, found.high))
        return bool(low < value <= high)  # 1 / mu, but for what 60 digits do not show


@pytest.mark.parametrize(("s", "n"), [(1, 1), (2, 3), (100, 7), (7, 1000), (10**6, 3)])
def test_one_class_by_lamberts_function(s: int, n: int) -> None:
    """With c = (s + n) / n, y = 1 - n R solves y = e^(-c (1 - y)): y = -W(-c e^-c) / c."""
    with mpmath.workdps(60):
        c = mpmath.mpf(s + n) / n
        y = -mpmath.lambertw(-c * mpmath.exp(-c)).real / c
        assert 0 < y < 1
        assert lies_in((1 - y) / n, Workload.from_classes([(s, n)]))


def test_several_classes_by_another_root_finder() -> None:
    classes = [(3, 5, 2), (40, 2, 1), (0, 9, 3)]
    total = sum(p for _, _, p in classes)
    mu = Fraction(sum(n * p for _, n, p in classes), total)

    def surplus(r: mpmath.mpf) -> mpmath.mpf:
        terms = (p * mpmath.exp(-r * (s + n)) for s, n, p in classes)
        return 1 - sum(terms) / total - r * mpmath.mpf(mu.numerator) / mu.denominator

    with mpmath.workdps(60):
        start = mpmath.mpf(mu.denominator) / mu.numerator
        root = mpmath.findroot(surplus, (start / 2, start), solver="anderson")
        assert root > start / 100
        assert lies_in(root, Workload.from_classes(classes))


def test_it_is_below_the_reciprocal_of_the_mean_output_and_near_it_for_long_prompts() -> None:
    """R mu = 1 - E e^(-R W): for s = 10^4 it differs from 1 by about e^-2500."""
    for s, least in ((1, 0), (100, 1 - Fraction(1, 10**5)), (10_000, 1 - Fraction(1, 10**29))):
        found = lundberg_exponent(Workload.from_classes([(s, 3), (s, 5)]), digits=30)
        assert found is not None
        assert least < found.low * 4 < found.high * 4 <= 1


def test_none_without_prompts_and_some_with_the_rarest() -> None:
    assert lundberg_exponent(Workload.from_classes([(0, 5), (0, 2)])) is None
    rare = Workload.from_classes([(0, 5), ("1/1000", 7, "1/1000000")])
    found = lundberg_exponent(rare)
    assert found is not None
    # R = 2 E S / E W^2 to first order, 2e-9 / 25
    assert float(found.low) == pytest.approx(8e-11, rel=1e-4)


@pytest.mark.parametrize("digits", [0, 1001, "x"])
def test_digits_have_a_domain(digits: object) -> None:
    with pytest.raises(InvalidArgument, match="'digits'"):
        lundberg_exponent(Workload.from_classes([(1, 1)]), digits)  # type: ignore[arg-type]
