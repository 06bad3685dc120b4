"""Ball arithmetic next to the circle, on polynomials whose zeros are known by construction."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpz_poly

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle import ball_arcs
from stabkit.spectrum.circle.ball_arcs import resolve_arcs
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.circle.kernel import kernel_phase_path
from stabkit.spectrum.counting.by_winding import _zeros_off_circle, count_by_winding
from stabkit.spectrum.counting.counts import _by_schur_cohn, _by_winding
from stabkit.spectrum.partition.pencil import kernel_pencil

# Pythagorean triples: e^(i theta) with rational cosine, so that a pair of zeros has rational terms.
COSINES = [Fraction(3, 5), Fraction(-5, 13), Fraction(8, 17), Fraction(-20, 29), Fraction(-1)]


def integral(factor: list[Fraction]) -> fmpz_poly:
    scale = math.lcm(*(c.denominator for c in factor))
    return fmpz_poly([int(c * scale) for c in factor])


def zeros_at(radii: list[Fraction]) -> fmpz_poly:
    """Zeros r e^(+-i theta), ascending coefficients r^2 - 2 r cos theta z + z^2; z + r at -1."""
    product = fmpz_poly([3, 0, 1])
    for r, cosine in zip(radii, COSINES, strict=False):
        factor = [r, Fraction(1)] if cosine == -1 else [r * r, -2 * r * cosine, Fraction(1)]
        product *= integral(factor)
    return product


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    seen: list[int] = []
    plain = ball_arcs.scaled_derivatives

    def counted(*arguments: Any) -> Any:
        seen.append(1)
        return plain(*arguments)

    monkeypatch.setattr(ball_arcs, "scaled_derivatives", counted)
    return seen


@pytest.mark.parametrize("exponent", [5, 13, 20, 90, 300])
@pytest.mark.parametrize("pattern", [0b00000, 0b10101, 0b01011, 0b11111])
def test_single_zeros_however_near(exponent: int, pattern: int, evaluations: list[int]) -> None:
    near = Fraction(1, 10**exponent)
    sides = [1 - near * (k + 1) if pattern >> k & 1 else 1 + near * (k + 1) for k in range(5)]
    inside = sum((1 if c == -1 else 2) for c, r in zip(COSINES, sides, strict=True) if r < 1)
    assert _zeros_off_circle(zeros_at(sides), Budget()) == inside
    assert len(evaluations) < 800  # halvings alone: some 3 for each bit of each of the five zeros


@pytest.mark.parametrize("exponent", [9, 25])
def test_zeros_on_both_sides_at_one_angle(exponent: int) -> None:
    """Not single: 1 - near and 1 + near at the same angle, and a triple just inside."""
    near = Fraction(1, 10**exponent)
    pair = zeros_at([1 - near]) * zeros_at([1 + near * 2])
    assert _zeros_off_circle(pair, Budget()) == 2
    assert _zeros_off_circle(pair * zeros_at([1 - near * 3, 1 - near]) ** 3, Budget()) == 14


def test_a_zero_on_the_circle_is_left_open_at_once(evaluations: list[int]) -> None:
    """(2, 3) at s = 1 is marginal (R8); a zero on the circle is no matter of precision."""
    kernel = MemoryKernel.of(Workload.from_classes([(1, 2), (1, 3)]))
    path = kernel_phase_path(kernel)
    resolve_arcs(path, kernel.closed_form, 4096, Budget())
    assert path.undecided
    assert len(evaluations) < 100
    assert count_by_winding(kernel).on_circle == 2


def test_tiny_shares_against_the_exact_recursion() -> None:
    """Zeros within 10^-60 of the circle, all around it: integers decide, and agree."""
    pencil = kernel_pencil(Workload.from_classes([(0, 3, "1e-60"), (0, 25)]), "common")
    for common in (10**60, 7 * 10**61, 10**63):
        kernel = pencil.at(Fraction(common))
        exact, found = _by_schur_cohn(kernel), _by_winding(kernel)
        assert exact.inside is not None
        assert (found.inside, found.outside) == (exact.inside, exact.outside)


def cluster(zeros: int, bits: int) -> fmpz_poly:
    """That many zeros at 1 - 2^-bits times e^(i theta), their conjugates, and two far away."""
    r = 1 - Fraction(1, 2**bits)
    return integral([r * r, -2 * r * COSINES[0], Fraction(1)]) ** zeros * fmpz_poly([3, 0, 1])


@pytest.mark.parametrize(("zeros", "bits"), [(8, 40), (12, 20)])
def test_a_cluster_next_to_the_circle(zeros: int, bits: int) -> None:
    """So many zeros at one place need a higher order and, in proportion, more arcs per bit."""
    assert _zeros_off_circle(cluster(zeros, bits), Budget()) == 2 * zeros


def test_a_cluster_beyond_the_budget_is_left_open_with_the_limit() -> None:
    """48 zeros at 2^-40: whatever is tried is paid for, and the end has a reason."""
    budget = Budget(10**7)
    assert _zeros_off_circle(cluster(48, 40), budget) is None
    assert "budget of work, 10^8 operations" in budget.reason
    assert budget.left > -(10**7)
    # (3, 25) with a tiny share has zeros within 10^-60 of the circle, all around it
    pencil = kernel_pencil(Workload.from_classes([(0, 3, "1e-60"), (0, 25)]), "common")
    kernel = pencil.at(Fraction(10**60))
    assert _by_winding(kernel).certified
    short = Budget(10_000)
    counts = _by_winding(kernel, short)
    assert (counts.verdict, counts.reason) == ("undecided", short.reason)
    assert counts.undecided_arcs


def test_newton_steps_and_doublings_are_paid_for(
    evaluations: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    paid: list[int] = []

    class Counted(Budget):
        def spend(self, terms: int, order: int, bits: int, stage: str = "") -> None:
            paid.append(bits)
            super().spend(terms, order, bits)

    sides = [1 - Fraction(k + 1, 10**90) for k in range(5)]
    assert _zeros_off_circle(zeros_at(sides), Counted()) == 9
    assert len(paid) == len(evaluations)
    assert max(paid) > 300
