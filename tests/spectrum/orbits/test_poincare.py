"""The Poincaré matrices against R6, the exact simulator, F and matrices worked out by hand.

Oracles: the simulator in exact arithmetic, which imports nothing of `stabkit.spectrum`; the
characteristic polynomial F and `state_matrix`, built from the kernel and from the affine step;
sympy's resultant, determinant and `charpoly`; FLINT's isolation for the counts; and hand
calculation where a test says so.
"""

from __future__ import annotations

import random
from fractions import Fraction
from math import prod

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath.libmp import to_rational
from sympy import Matrix, Poly, Rational, Symbol, cancel, eye, ones, resultant, zeros
from sympy.polys.matrices import DomainMatrix

from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.polynomials import characteristic_polynomial
from stabkit.model.state_space import state_matrix
from stabkit.model.symbolic import LAMBDA, SymbolicWorkload
from stabkit.model.workload import Workload
from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.spectrum.orbits.poincare import (
    FloquetMultipliers,
    admit_matrix,
    fit_matrix,
    floquet_multipliers,
    level_state,
    poincare_matrix,
)

S = Symbol("s")
LEVELS = [(length, level) for length in range(1, 7) for level in range(length)]
EVERY_LEVEL = pytest.mark.parametrize(("length", "level"), LEVELS)
INPUTS = st.fractions(0, 50, max_denominator=4)


def tokens(length: int, s: object) -> Matrix:
    return Matrix([[s + j + 1 for j in range(length)]])


def vanishes(matrix: Matrix) -> bool:
    return all(cancel(entry) == 0 for entry in matrix)


def capacity_of(shape: list[Fraction], s: Fraction) -> Fraction:
    return sum(x * (s + j + 1) for j, x in enumerate(shape))


def shape_of(length: int, level: int) -> list[Fraction]:
    """Return the state of MODEL R6 at c = 1, written down anew."""
    return [Fraction(x) for x in [0] * level + [level + 1] + [1] * (length - level - 1)]


def run(s: Fraction, state: list[Fraction], steps: int) -> tuple[list[list[Fraction]], list[str]]:
    """Return the simulator's states from `state`, which fills the memory, and what each step did.

    A step admits ("+"), or its evictions stop in a marginal stage, given by its number; "0" is a
    step that does neither, which is where the map switches.
    """
    mix = Workload.from_classes([(s, len(state))], capacity=capacity_of(state, s))
    found = simulate(mix, steps, "exact", state=[state], record_states=True)
    states = [row for (row,) in found.states]
    assert states[0] == state
    itinerary = []
    for n in range(1, steps + 1):
        if found.evicted[n] > 0:
            itinerary.append(str(next(j for j, x in enumerate(states[n]) if x)))
        else:
            itinerary.append("+" if found.admitted[n] > 0 else "0")
    return states, itinerary


def itinerary_of(length: int, level: int) -> list[str]:
    return ["+"] * (length - level) + [str(j) for j in range(1, level + 1)]


def nearby(rng: random.Random, s: Fraction, shape: list[Fraction], size: Fraction) -> list:
    """Return a random state of the same memory; empty stages can only gain requests."""
    state = [
        x + size * Fraction(rng.randint(0 if x == 0 else -1000, 1000), 1000) for x in shape[:-1]
    ]
    free = capacity_of(shape, s) - capacity_of(state, s)
    return [*state, free / (s + len(shape))]


def exact(states: list[Fraction]) -> Matrix:
    return Matrix([Rational(x.numerator, x.denominator) for x in states])


# R6, symbolically in s


@EVERY_LEVEL
def test_eigenvalue_one_with_the_state_of_the_level(length: int, level: int) -> None:
    matrix, state = poincare_matrix(length, level), level_state(length, level)
    assert vanishes(matrix * state - state)
    assert cancel((tokens(length, S) * state)[0] - 1) == 0
    assert vanishes(
        state / state[-1] - exact(shape_of(length, level)) / shape_of(length, level)[-1]
    )


@EVERY_LEVEL
def test_token_total_is_conserved(length: int, level: int) -> None:
    weights = tokens(length, S)
    assert vanishes(weights * poincare_matrix(length, level) - weights)


@pytest.mark.slow
@EVERY_LEVEL
def test_poincare_matrix_is_the_product_of_r6(length: int, level: int) -> None:
    product = eye(length)
    for _ in range(length - level):
        product = admit_matrix(length) * product
    for stage in range(1, level + 1):
        product = fit_matrix(length, stage) * product
    assert vanishes(product - poincare_matrix(length, level))


@pytest.mark.parametrize("length", range(1, 7))
def test_admit_matrix_is_the_token_balance_form(length: int) -> None:
    mix = SymbolicWorkload.from_classes([(S, length, 1)])
    assert vanishes(admit_matrix(length) - state_matrix(mix, "token-balance"))


@pytest.mark.parametrize(("length", "stage"), [(n, j) for n in range(2, 7) for j in range(1, n)])
def test_fit_matrix_shifts_empties_and_conserves(length: int, stage: int) -> None:
    matrix = fit_matrix(length, stage)
    assert matrix[:stage, :] == zeros(stage, length)
    assert matrix[stage + 1 :, :] == eye(length)[stage : length - 1, :]
    assert vanishes(tokens(length, S) * matrix - tokens(length, S))


@pytest.mark.parametrize(("length", "level"), [(1, 0), (4, 0), (5, 2), (6, 5)])
@pytest.mark.parametrize("s", [Rational(0), Rational(7, 2), Symbol("a") + 1])
def test_symbolic_matrices_at_other_inputs(length: int, level: int, s: object) -> None:
    at = {S: s}
    assert vanishes(poincare_matrix(length, level, s) - poincare_matrix(length, level).subs(at))
    assert vanishes(level_state(length, level, s) - level_state(length, level).subs(at))


# the matrices are the model's steps


@given(
    s=INPUTS, weights=st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(lambda x: any(x))
)
@settings(deadline=None)
def test_every_matrix_is_a_step_of_the_simulator(s: Fraction, weights: list[int]) -> None:
    length = len(weights)
    state = [Fraction(length * x) for x in weights]  # memory for one request at least
    states, done = run(s, state, 3 * length)
    for before, after, kind in zip(states, states[1:], done, strict=False):
        at = Rational(str(s))
        matrix = admit_matrix(length, at) if kind in "+0" else fit_matrix(length, int(kind), at)
        assert matrix * exact(before) == exact(after)


@EVERY_LEVEL
@pytest.mark.parametrize("s", [Fraction(0), Fraction(3, 2), Fraction(40)])
def test_the_cycle_itself_keeps_off_the_switching_surfaces(
    length: int, level: int, s: Fraction
) -> None:
    shape = shape_of(length, level)
    states, done = run(s, shape, length)
    assert done == itinerary_of(length, level)  # a step with used = B would be a "0" here
    assert states[-1] == shape
    for stage in range(1, level + 1):  # the marginal stage is cut, and not used up
        before = states[length - level + stage - 1][stage - 1]
        assert before > states[length - level + stage][stage] > 0


@EVERY_LEVEL
@pytest.mark.parametrize("s", [Fraction(0), Fraction(3, 2), Fraction(40)])
def test_l_steps_from_nearby_states_are_the_poincare_matrix(
    length: int, level: int, s: Fraction
) -> None:
    rng = random.Random(f"{length} {level} {s}")
    shape = shape_of(length, level)
    matrix = poincare_matrix(length, level, s)
    for _ in range(5):
        state = nearby(rng, s, shape, Fraction(1, 10**6))
        states, done = run(s, state, length)
        assert done == itinerary_of(length, level)
        assert matrix * exact(state) == exact(states[-1])


def test_far_from_the_cycle_the_matrix_is_not_the_map() -> None:
    state = [Fraction(9), Fraction(0), Fraction(1)]  # evicts at once; level 1 admits twice first
    states, done = run(Fraction(1), state, 3)
    assert done != itinerary_of(3, 1)
    assert poincare_matrix(3, 1, 1) * exact(state) != exact(states[-1])


# the multipliers


@pytest.mark.parametrize("length", range(2, 7))
@pytest.mark.parametrize("s", [0, Rational(1, 2), 9])
def test_level_0_has_the_powers_of_the_roots_of_f(length: int, s: object) -> None:
    y = Symbol("y")
    f = characteristic_polynomial(Workload.from_classes([(s, length)])).as_expr()
    powers = resultant(f.subs(LAMBDA, y), LAMBDA - y**length, y)
    found = floquet_multipliers(length, 0, s)
    assert poly(found).monic() == Poly(powers, LAMBDA).monic()
    assert (found.inside, found.on_circle, found.outside) == (0, 0, length - 1)  # R5
    low, high = (Rational(s + length) / (s + length - 1), (s + Rational(2)) / (s + 1))
    for root in found.multipliers:  # 1e-9: rounding of the centres to doubles
        assert low**length - 1e-9 <= abs(complex(root.value)) <= high**length + 1e-9


def poly(found: FloquetMultipliers) -> Poly:
    return Poly(list(found.coefficients), LAMBDA, domain="QQ")


@pytest.mark.parametrize("length", range(1, 9))
def test_worst_cycle_is_reached_exactly_from_nearby(length: int) -> None:
    found = floquet_multipliers(length, length - 1, "3/2")
    assert found.verdict == "attracting"
    assert (found.inside, found.on_circle, found.outside) == (length - 1, 0, 0)
    assert [(r.value, r.radius, r.multiplicity) for r in found.multipliers] == (
        [(0, 0, length - 1)] if length > 1 else []
    )
    # all multipliers 0, and the map itself is 0 on ker t: P = v t, not merely nilpotent
    state = level_state(length, length - 1, Rational(3, 2))
    assert poincare_matrix(length, length - 1, "3/2") == state * tokens(length, Rational(3, 2))
    rng = random.Random(length)
    shape = shape_of(length, length - 1)
    for _ in range(5):
        states, _ = run(
            Fraction(3, 2), nearby(rng, Fraction(3, 2), shape, Fraction(1, 100)), length
        )
        assert states[-1] == shape


@given(length=st.integers(1, 9), s=INPUTS, data=st.data())
@settings(max_examples=40, deadline=None)
def test_counts_are_those_of_the_theorem_and_of_flint(
    length: int, s: Fraction, data: st.DataObject
) -> None:
    level = data.draw(st.integers(0, length - 1))
    found = floquet_multipliers(length, level, s)
    counts = (found.inside, found.on_circle, found.outside)
    assert counts == (level, 0, length - level - 1)
    assert found.verdict == ("attracting" if level == length - 1 else "repelling")
    charpoly = poincare_matrix(length, level, s).charpoly(LAMBDA)
    assert poly(found).monic() * Poly(LAMBDA - 1, LAMBDA) == charpoly
    ascending = list(found.coefficients[::-1])
    assert ascending[:level] == [0] * level
    within, on, outside = isolated_disc_counts(ascending[level:])
    assert (level + within, on, outside) == counts


@EVERY_LEVEL
def test_product_of_the_multipliers(length: int, level: int) -> None:
    block = DomainMatrix.from_Matrix(poincare_matrix(length, level)[level:, level:]).to_field()
    expected = ((S + length) / (S + 1)) ** (length - level) * (S + 1) / (S + level + 1)
    found = block.domain.to_sympy(block.det())
    assert any(cancel(found - sign * expected) == 0 for sign in (1, -1))


@EVERY_LEVEL
def test_backward_map_of_the_proof_is_positive(length: int, level: int) -> None:
    for s in (0, Rational(1, 3), 100):
        backward = poincare_matrix(length, level, s)[level:, level:].inv()
        assert all(entry > 0 for entry in backward)
        assert (
            backward * level_state(length, level, s)[level:, :]
            == (level_state(length, level, s)[level:, :])
        )


@pytest.mark.parametrize(("length", "level", "s"), [(5, 0, 10), (6, 2, Fraction(1, 3)), (7, 3, 0)])
def test_discs_enclose_the_roots_that_mpmath_finds(
    length: int, level: int, s: Fraction | int
) -> None:
    found = floquet_multipliers(length, level, s, digits=30)
    assert sum(root.multiplicity for root in found.multipliers) == length - 1
    with mpmath.workdps(80):
        others = mpmath.polyroots(
            list(found.coefficients[: length - level]), maxsteps=200, extraprec=400
        )
        for root in found.multipliers:
            if root.value:
                assert root.radius <= abs(root.value) * mpmath.mpf(10) ** -30
                assert min(abs(root.value - z) for z in others) <= root.radius + 1e-60


# worked out by hand


def test_two_stages_by_hand() -> None:
    # level 0: M_1 = [[-1, s+2], [s+1, 0]] / (s+1) has trace -1/(s+1) and determinant
    # -(s+2)/(s+1), hence eigenvalues 1 and -(s+2)/(s+1); squared over the period of two steps
    square = ((S + 2) / (S + 1)) ** 2
    equilibrium = poincare_matrix(2, 0)
    assert cancel(equilibrium.trace() - 1 - square) == 0
    assert cancel(equilibrium.det() - square) == 0
    # level 1: after one admission and one fit all tokens are in stage 1, (s+1, s+2) / (s+2)
    worst = Matrix([[0, 0], [(S + 1) / (S + 2), 1]])
    assert vanishes(poincare_matrix(2, 1) - worst)
    assert vanishes(fit_matrix(2, 1) - Matrix([[0, 0], [(S + 1) / (S + 2), 1]]))
    assert vanishes(level_state(2, 0) - ones(2, 1) / (2 * S + 3))
    assert vanishes(level_state(2, 1) - Matrix([0, 1]) / (S + 2))
    at_two = floquet_multipliers(2, 0, 2)  # (4/3)^2
    assert at_two.coefficients == (9, -16)
    (root,) = at_two.multipliers
    centre, radius = (Fraction(*to_rational(x._mpf_)) for x in (root.value.real, root.radius))
    assert abs(centre - Fraction(16, 9)) <= radius


def test_level_1_of_three_stages_by_hand() -> None:
    # V is (0, u, x) with (s+2) u + (s+3) x = B: two admissions multiply areas by (s+3)/(s+1) each,
    # the fit by (s+1)/(s+2); at s = 1 the multiplier is 4 * 2/3 = 8/3, observed in the simulator:
    change = Fraction(1, 1000)
    states, _ = run(Fraction(1), [Fraction(0), 2 + 4 * change, 1 - 3 * change], 3)
    assert states[-1] == [0, 2 + 4 * change * Fraction(8, 3), 1 - 3 * change * Fraction(8, 3)]
    assert floquet_multipliers(3, 1, 1).coefficients == (3, -8, 0)


def test_a_repelling_level_captures_the_kernel_exactly() -> None:
    # sympy's nullspace gives the direction, the simulator the capture
    (kernel,) = poincare_matrix(3, 1, 1).nullspace()
    kernel = kernel / kernel[0] / 1000  # the empty stage can only gain
    assert (tokens(3, 1) * kernel)[0] == 0
    state = exact(shape_of(3, 1)) + kernel
    states, _ = run(Fraction(1), [Fraction(int(x.p), int(x.q)) for x in state], 3)
    assert states[0] != shape_of(3, 1)
    assert states[-1] == shape_of(3, 1)


# the record and its arguments


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [((2, 0, 0), "attracting"), ((1, 1, 0), "neutral"), ((0, 1, 1), "repelling")],
)
def test_verdict_of_counts(counts: tuple[int, int, int], verdict: str) -> None:
    record = FloquetMultipliers((1, 0, 0), (), *counts)
    assert record.verdict == verdict


@pytest.mark.parametrize("level", [-1, 3, True, "1", 1.0, None])
@pytest.mark.parametrize("function", [poincare_matrix, level_state, floquet_multipliers])
def test_level_outside_its_domain(function: object, level: object) -> None:
    with pytest.raises(InvalidArgument, match="'level' must be an integer from 0 to 2, not"):
        function(3, level, 1)


@pytest.mark.parametrize("stage", [0, 3, True, None])
def test_stage_outside_its_domain(stage: object) -> None:
    with pytest.raises(InvalidArgument, match="'stage' must be an integer from 1 to 2, not"):
        fit_matrix(3, stage, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: admit_matrix(21), "'decode_length' must be at most 20 steps .* not 21"),
        (lambda: poincare_matrix(61, 0, 1), "'decode_length' must be at most 60 steps .* not 61"),
        (lambda: floquet_multipliers(61, 0, 1), "must be at most 60 steps .* not 61"),
        (
            lambda: floquet_multipliers(3, 0, 1, digits=0),
            "'digits' must be an integer from 1 to 100000",
        ),
    ],
)
def test_arguments_beyond_their_bounds(call: object, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        call()


@pytest.mark.parametrize("function", [poincare_matrix, level_state, floquet_multipliers])
@pytest.mark.parametrize(
    ("length", "s", "message"),
    [
        (0, 1, "'decode_length' of class 1 must be"),
        (3, -1, "'input_length' of class 1 must be .*, not -1"),
        (3, "s", "'input_length' of class 1 must be a finite rational"),
    ],
)
def test_lengths_outside_their_domain(
    function: object, length: object, s: object, message: str
) -> None:
    with pytest.raises(InvalidWorkload, match=message):
        function(length, 0, s)


def test_the_multipliers_need_a_number() -> None:
    with pytest.raises(InvalidWorkload, match="'input_length' of class 1 must be"):
        floquet_multipliers(3, 0, S)


def test_long_cycles() -> None:
    found = floquet_multipliers(40, 37, 100)
    assert (found.inside, found.on_circle, found.outside) == (37, 0, 2)
    # MODEL R6's steps have determinants (s+l)/(s+1) and, for the fits, (s+j)/(s+j+1)
    expected = Fraction(140, 101) ** 3 * prod(Fraction(100 + j, 101 + j) for j in range(1, 38))
    assert Fraction(found.coefficients[2], found.coefficients[0]) == expected
