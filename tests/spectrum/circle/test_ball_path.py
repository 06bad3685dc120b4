"""The winding number in balls alone: zeros known by construction, and the exact recursion."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from flint import acb, arb, ctx, fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle import ball_path
from stabkit.spectrum.circle.arcs import Arc, PathStart
from stabkit.spectrum.circle.ball_arcs import resolve_arcs
from stabkit.spectrum.circle.ball_path import follow_balls, kernel_ball_path, samples_for
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.counting.schur_cohn import zeros_in_disc


def product(*factors: list[int]) -> list[int]:
    polynomial = fmpz_poly([1])
    for factor in factors:
        polynomial *= fmpz_poly(factor)
    return [int(c) for c in polynomial.coeffs()]


@pytest.mark.parametrize(
    ("coefficients", "inside"),
    [
        (product([3, 0, 1], [1, 0, 3]), 2),
        (product([5, -6, 5 * 4]), 2),  # |z|^2 = 1/4
        (product([10**9 + 1, 0, 10**9], [7, 1]), 0),  # next to +-i, outside
        (product([10**9, 0, 10**9 + 1], [7, 1]), 2),  # and inside
        (product([10**12, 0, 0, 10**12 + 1], [1, 0, 0, 0, 0, 1000]), 8),
        ([1, 3, 1], 1),
    ],
)
def test_zeros_known_by_construction(coefficients: list[int], inside: int) -> None:
    terms = {m: b for m, b in enumerate(coefficients) if b}
    path = follow_balls(terms, PathStart(0, 0.0), Budget())
    resolve_arcs(path, terms, 128, Budget())
    assert path.half_turns() == inside


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(1, 9)), min_size=1, max_size=6
    )
)
def test_kernels_by_the_exact_recursion(classes: list[tuple[int, int, int]]) -> None:
    """Where no zero is on the circle, as many as Schur and Cohn count."""
    kernel = MemoryKernel.of(Workload.from_classes([*classes, (3, 3, 1)]))
    forth, back = fmpz_poly(list(kernel.coefficients)), fmpz_poly(list(kernel.coefficients)[::-1])
    path = kernel_ball_path(kernel, Budget())
    resolve_arcs(path, kernel.closed_form, 128, Budget())
    common = forth.gcd(back)
    if common.degree() == 0:
        assert path.half_turns() == zeros_in_disc(kernel.coefficients)
    elif path.half_turns() is not None:  # then all that is common comes in pairs z, 1 / z
        off_circle = [int(c) for c in (forth // common).coeffs()]
        assert path.half_turns() == zeros_in_disc(off_circle) + common.degree() // 2


def test_a_zero_on_the_circle_stays_undecided() -> None:
    """(2, 3) at s = 1: G is 2 + 3 z + 2 z^2, with zeros on the circle where cos theta = -3/4."""
    kernel = MemoryKernel.of(Workload.from_classes([(1, 2), (1, 3)]))
    path = kernel_ball_path(kernel, Budget())
    resolve_arcs(path, kernel.closed_form, 64, Budget())
    assert path.half_turns() is None
    assert any(arc.lo <= math.acos(-0.75) / math.pi <= arc.hi for arc in path.undecided)


def test_the_arcs_reach_from_the_start_to_half_a_turn() -> None:
    """5 + z is at least 4 on the circle: each of the samples 3 and 4 of 8 has a direction."""
    path = follow_balls({0: 5, 1: 1}, PathStart(3, 0.0), Budget())
    assert not path.undecided
    assert sorted(path.directions) == [Fraction(6, 8), Fraction(7, 8)]


def test_what_the_budget_does_not_reach_is_undecided() -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(9, 30), (9, 41)]))
    budget = Budget(100)
    path = kernel_ball_path(kernel, budget)
    assert path.undecided == [Arc(Fraction(2 * path.start.index, samples_for(42)), Fraction(1))]
    assert "ball arithmetic" in budget.reason


def test_the_reach_of_a_sample_bounds_its_arc() -> None:
    """h at both ends of every arc, term by term, is no farther than the bound says."""
    terms, degree = {0: 5, 1: -3, 4: 7, 9: 11}, 9
    size = samples_for(degree)
    values, reaches = ball_path._samples(terms, degree, size)

    def h(angle: arb) -> acb:
        """Conjugate, as the samples are, with the centring."""
        unit = acb(0, -1) * angle
        return sum((b * (unit * (2 * m - degree) / 2).exp() for m, b in terms.items()), acb(0))

    with ctx.workprec(128):
        for j, (value, reach) in enumerate(zip(values, reaches, strict=True)):
            centre = 2 * arb.pi() * j / size
            rotated = value * (acb(0, 1) * centre * degree / 2).exp()
            assert h(centre).overlaps(rotated)
            for end in (-1, 1):
                assert abs(h(centre + end * arb.pi() / size) - rotated) < reach
            assert reach < math.pi / size * 100  # and is of the order of w |h'|
