"""The criterion in symbols against exact counts at rational points, on the boundary as well.

The oracle is `unit_circle_counts`, the Schur-Cohn recursion over the integers: it shares no code
with the criterion, which comes from Liénard and Chipart by way of a Möbius map.
"""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from sympy import (
    QQ,
    Expr,
    Gt,
    Lt,
    Poly,
    Rational,
    Symbol,
    cancel,
    expand,
    false,
    linsolve,
    ring,
    sqrt,
    symbols,
    true,
)

from stabkit import Workload, unit_circle_counts
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.polynomials import characteristic_polynomial
from stabkit.model.symbolic import LAMBDA, SymbolicWorkload
from stabkit.spectrum.criterion.criterion import stability_criterion
from stabkit.spectrum.criterion.domain import domain_of
from stabkit.spectrum.criterion.pruning import as_relation, pruned
from stabkit.spectrum.criterion.work import OutOfWork, Work

S, P, P1, P2, P3, S1, S2 = symbols("s p p_1 p_2 p_3 s_1 s_2")
PAIRS = list(combinations(range(1, 6), 2))
TRIPLES = list(combinations(range(1, 6), 3))
SHARES = {2: [P, 1 - P], 3: [P1, P2, 1 - P1 - P2], 4: [P1, P2, P3, 1 - P1 - P2 - P3]}


def common(lengths: tuple[int, ...]) -> SymbolicWorkload:
    return SymbolicWorkload.from_classes(
        zip([S] * len(lengths), lengths, SHARES[len(lengths)], strict=True)
    )


def value(e: Expr, point: dict[Symbol, Fraction]) -> Fraction:
    """The exact value of a rational expression; much faster than `subs`."""
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    if e.is_Symbol:
        return point[e]
    parts = [value(x, point) for x in e.args]
    if e.is_Pow:
        return parts[0] ** parts[1].numerator
    return math.prod(parts) if e.is_Mul else sum(parts, Fraction(0))


def at(mix: SymbolicWorkload, point: dict[Symbol, Fraction]) -> Workload:
    """The numeric mix at a point."""
    return Workload.from_classes(
        (value(c.input_length, point), int(c.decode_length), value(c.share, point))
        for c in mix.classes
    )


COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


def holds(relations: Iterable[Any], point: dict[Symbol, Fraction]) -> bool:
    """Whether all relations hold."""
    return all(
        r is not false and COMPARE[r.rel_op](value(r.lhs, point), value(r.rhs, point))
        for r in relations
    )


def stable(mix: SymbolicWorkload, point: dict[Symbol, Fraction]) -> bool:
    return unit_circle_counts(at(mix, point)).verdict == "stable"


def random_shares(rng: random.Random, count: int) -> list[Fraction]:
    """Positive shares that sum to 1, often very uneven."""
    weights = [rng.choice([1, 2, 3, 7, 20, 150]) * rng.randint(1, 9) for _ in range(count)]
    return [Fraction(w, sum(weights)) for w in weights]


def random_input(rng: random.Random) -> Fraction:
    return Fraction(rng.choice([0, 0, 1, 2, rng.randint(0, 60)]), rng.choice([1, 1, 2, 3, 10]))


def points(mix: SymbolicWorkload, count: int, seed: int) -> Iterator[dict[Symbol, Fraction]]:
    """Random points of the domain of a mix with free shares, all but the last being symbols."""
    rng = random.Random(seed)
    shares = [c.share for c in mix.classes[:-1]]
    inputs = [x for x in mix.symbols if x not in shares]
    for _ in range(count):
        values = random_shares(rng, len(shares) + 1)[:-1]
        point = dict(zip(shares, values, strict=True))
        yield point | {x: random_input(rng) for x in inputs}


def agreement(mix: SymbolicWorkload, count: int, work_limit: int = 10**9) -> set[bool]:
    """Compare at random points; return the verdicts that occurred."""
    criterion = stability_criterion(mix, work_limit)
    seen = set()
    for point in points(mix, count, seed=count + sum(mix.decode_lengths)):
        verdict = stable(mix, point)
        assert holds(criterion.inequalities, point) == verdict, point
        assert holds(criterion.assumptions, point)
        seen.add(verdict)
    return seen


# the published example, and what is always or never true


def test_two_and_three_steps() -> None:
    criterion = stability_criterion(common((2, 3)))
    assert criterion.inequalities == (P > 2 / (S + 3), P < (S + 2) / (S + 3))
    assert criterion.assumptions == (S >= 0, P > 0, P < 1)
    assert criterion.simplified


def test_one_step_is_always_stable() -> None:
    criterion = stability_criterion(SymbolicWorkload.from_classes([(S, 1, P), (S1, 1, 1 - P)]))
    assert (criterion.inequalities, criterion.simplified) == ((), True)
    assert criterion.condition is true


@pytest.mark.parametrize(
    ("classes", "reason"),
    [([(S, n, 1)], "one decode length") for n in (2, 3, 4, 5)]
    + [
        ([(S1, 3, P), (S2, 3, 1 - P)], "one decode length"),
        ([(S1, 2, P), (S2, 4, 1 - P)], "even"),
    ],
    ids=str,
)
def test_never_stable(classes: list[Any], reason: str) -> None:
    criterion = stability_criterion(SymbolicWorkload.from_classes(classes))
    assert criterion.inequalities == (false,)
    assert criterion.condition is false
    assert reason in criterion.reason


# against the exact counts


@pytest.mark.parametrize("lengths", PAIRS, ids=str)
def test_two_classes(lengths: tuple[int, int]) -> None:
    seen = agreement(common(lengths), 250)
    assert seen == ({False} if lengths == (2, 4) else {True, False})


@pytest.mark.parametrize("lengths", TRIPLES, ids=str)
def test_three_classes(lengths: tuple[int, int, int]) -> None:
    assert agreement(common(lengths), 200) == {True, False}


@pytest.mark.parametrize("lengths", [(1, 2, 3, 5), (2, 3, 4, 5)], ids=str)
def test_four_classes(lengths: tuple[int, ...]) -> None:
    assert agreement(common(lengths), 200) == {True, False}


@pytest.mark.parametrize("lengths", [(2, 3), (3, 4), (1, 5), (3, 5)], ids=str)
def test_inputs_of_their_own(lengths: tuple[int, int]) -> None:
    mix = SymbolicWorkload.from_classes([(S1, lengths[0], P), (S2, lengths[1], 1 - P)])
    assert agreement(mix, 200) == {True, False}


@pytest.mark.parametrize("lengths", [(2, 3), (1, 4), (2, 5), (2, 3, 5)], ids=str)
def test_unsimplified_is_as_true(lengths: tuple[int, ...]) -> None:
    mix = common(lengths)
    criterion = stability_criterion(mix, work_limit=0)
    assert not criterion.simplified
    assert len(criterion.inequalities) == {3: 2, 4: 2, 5: 3}[max(lengths)]
    assert "not simplified further" in criterion.reason
    assert agreement(mix, 100, work_limit=0) == {True, False}


# on the boundary


@pytest.mark.parametrize("lengths", [pair for pair in PAIRS if pair != (2, 4)], ids=str)
def test_roots_on_the_circle_at_equality_of_a_bound(lengths: tuple[int, int]) -> None:
    mix = common(lengths)
    criterion = stability_criterion(mix)
    for relation in criterion.inequalities:
        if relation.lhs != P:
            continue
        for s in (Fraction(1, 3), Fraction(2), Fraction(17)):
            point = {S: s, P: value(relation.rhs, {S: s})}
            assert not stable(mix, point)
            assert not holds(criterion.inequalities, point)


def boundary(
    mix: SymbolicWorkload, unknowns: list[Symbol], fixed: dict[Symbol, Fraction], c: Rational
) -> dict[Symbol, Any] | None:
    """The point at which lambda^2 - 2 c lambda + 1 divides F: two equations that are linear."""
    polynomial = Poly(characteristic_polynomial(mix).as_expr().subs(fixed), LAMBDA)
    rest = polynomial.rem(Poly(LAMBDA**2 - 2 * c * LAMBDA + 1, LAMBDA))
    solutions = list(linsolve([expand(e) for e in rest.all_coeffs()], unknowns))
    if len(solutions) != 1 or any(x.free_symbols for x in solutions[0]):
        return None
    values = (Fraction(int(x.p), int(x.q)) for x in solutions[0])
    return fixed | dict(zip(unknowns, values, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(
    "lengths", [(2, 3, 4), (1, 3, 4), (2, 3, 5), (1, 4, 5), (3, 4, 5)], ids=str
)
def test_pairs_on_the_circle_with_a_common_input(lengths: tuple[int, int, int]) -> None:
    mix, found = common(lengths), 0
    criterion = stability_criterion(mix)
    for numerator in range(-19, 20):
        for s in (0, 1, 4, 11):
            point = boundary(mix, [P1, P2], {S: Fraction(s)}, Rational(numerator, 20))
            if point is None or not holds(criterion.assumptions, point):
                continue
            counts = unit_circle_counts(at(mix, point))
            assert counts.on_circle is not None
            assert counts.on_circle >= 2
            assert not holds(criterion.inequalities, point)
            found += counts.verdict == "marginal"
    assert found > 0


@pytest.mark.slow
@pytest.mark.parametrize("lengths", [(3, 4), (1, 4), (3, 5), (4, 5)], ids=str)
def test_pairs_on_the_circle_with_inputs_of_their_own(lengths: tuple[int, int]) -> None:
    mix = SymbolicWorkload.from_classes([(S1, lengths[0], P), (S2, lengths[1], 1 - P)])
    criterion, found = stability_criterion(mix), 0
    for numerator in range(-19, 20):
        for share in (Fraction(1, 2), Fraction(4, 5), Fraction(9, 10)):
            point = boundary(mix, [S1, S2], {P: share}, Rational(numerator, 20))
            if point is None or not holds(criterion.assumptions, point):
                continue
            assert unit_circle_counts(at(mix, point)).on_circle
            assert not holds(criterion.inequalities, point)
            found += 1
    assert found > 0


# the theorem in the module docstring, by algebra


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_hurwitz_determinants_of_the_moebius_image(degree: int) -> None:
    from stabkit.spectrum.criterion.criterion import _conditions

    a = list(symbols(f"a:{degree + 1}"))
    w = Symbol("w")
    image = sum(x * (1 + w) ** (degree - m) * (1 - w) ** m for m, x in enumerate(a))
    b = Poly(expand(image), w).all_coeffs()
    found = _conditions(a)
    assert expand(found[0] - b[0]) == 0
    if degree == 2:
        assert expand(2 * found[1] - b[1]) == 0
    if degree == 3:
        assert expand(8 * found[1] - (b[1] * b[2] - b[0] * b[3])) == 0
        assert expand(b[1] + b[2] - 2 * (3 * a[0] - a[2])) == 0
    if degree == 4:
        determinant = b[1] * b[2] * b[3] - b[0] * b[3] ** 2 - b[1] ** 2 * b[4]
        assert expand(64 * found[1] - determinant) == 0
        assert expand(8 * found[2] - b[1] - b[3]) == 0
        assert expand(b[2] - 2 * (3 * a[0] - a[2]) - 6 * a[4]) == 0


def test_the_third_condition_matters_for_degree_four() -> None:
    # nearly all requests have length 5: every mode is outside, and D > 0 as if all were inside
    mix, point = common((1, 5)), {S: Fraction(2), P: Fraction(1, 100)}
    plain = stability_criterion(mix, work_limit=0).inequalities
    assert [holds([i], point) for i in plain] == [True, True, False]
    assert unit_circle_counts(at(mix, point)).outside == 4


# numbers in place of symbols


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([(S, 2, "1/2"), (S, 3, "1/2")], (S > 1,)),
        ([(2, 2, P), (2, 3, 1 - P)], (Gt(P, Rational(2, 5)), Lt(P, Rational(4, 5)))),
        ([(1, 2, "1/2"), (1, 3, "1/2")], (false,)),  # on the boundary
        ([(2, 2, "1/2"), (2, 3, "1/2")], ()),
        ([(0, 2, P), (0, 3, 1 - P)], (false,)),  # 2/3 < p < 2/3
        ([(0, 1, P), (0, 2, 1 - P)], (Gt(P, Rational(1, 2)),)),
        ([(S, 1, "2/3"), (S, 2, "1/3")], ()),  # for every input
        ([(sqrt(2), 2, P), (sqrt(2), 3, 1 - P)], None),
    ],
    ids=str,
)
def test_numbers(classes: list[Any], expected: tuple[Any, ...] | None) -> None:
    criterion = stability_criterion(SymbolicWorkload.from_classes(classes))
    assert criterion.simplified
    if expected is not None:
        assert criterion.inequalities == expected
    else:
        assert criterion.condition.subs(P, Rational(1, 2)) is true
        assert criterion.condition.subs(P, Rational(2, 5)) is false


def test_all_numeric_mixes_are_decided_without_time() -> None:
    criterion = stability_criterion(
        SymbolicWorkload.from_classes([(5, 3, "1/2"), (5, 5, "1/2")]), work_limit=0
    )
    assert (criterion.inequalities, criterion.simplified) == ((false,), True)


@pytest.mark.parametrize("share", [P1 / (P1 + P2), sqrt(P1), P1**2], ids=str)
def test_shares_that_are_not_affine(share: Expr) -> None:
    mix = SymbolicWorkload.from_classes([(S, 2, share), (S, 3, 1 - share)])
    assert stability_criterion(mix).inequalities == (share > 2 / (S + 3), share < (S + 2) / (S + 3))


def test_a_share_symbol_in_an_input() -> None:
    mix = SymbolicWorkload.from_classes([(10 * P, 2, P), (10 * P, 3, 1 - P)])
    criterion = stability_criterion(mix)
    for k in range(1, 40):
        point = {P: Fraction(k, 40)}
        assert holds(criterion.inequalities, point) == stable(mix, point)


@pytest.mark.parametrize(
    "classes",
    [
        [(S, 2, P), (S, 3, P), (S, 5, 1 - 2 * P)],  # an edge of the simplex
        [(S, 2, Rational(1, 3)), (S, 3, P), (S, 5, Rational(2, 3) - P)],
        [(S + 1, 2, P), (2 * S, 4, P / 2), (3, 5, 1 - 3 * P / 2)],
        [(S - 3, 2, P), (S, 3, P), (S, 5, 1 - 2 * P)],  # S is not evidently >= 3
    ],
    ids=str,
)
def test_shares_confined_to_a_segment(classes: list[Any]) -> None:
    mix = SymbolicWorkload.from_classes(classes)
    criterion = stability_criterion(mix)
    seen = set()
    for k in range(1, 40):
        for s in (3, 3.5, 5, 9, 30):
            point = {P: Fraction(k, 40), S: Fraction(s)}
            if holds(criterion.assumptions, point):
                verdict = stable(mix, point)
                assert holds(criterion.inequalities, point) == verdict
                seen.add(verdict)
    assert seen == {True, False}


# each pruning rule where it matters

DOMAIN = domain_of(common((2, 3)))
p, s = DOMAIN.ring.gens
HALF = p - DOMAIN.ring(1) / 2


@pytest.mark.parametrize(
    ("polynomials", "expected"),
    [
        ([(s + 1) * HALF], (Gt(P, Rational(1, 2)),)),  # a positive factor
        ([(p - 2) * HALF], (Lt(P, Rational(1, 2)),)),  # a negative one
        ([(p - 2) ** 2 * HALF], (Gt(P, Rational(1, 2)),)),  # its square
        ([s * HALF], (Gt(P, Rational(1, 2)), S > 0)),  # zero at s = 0
        ([-s * HALF], (Lt(P, Rational(1, 2)), S > 0)),
        ([-(HALF**2) * (3 * p - 1)], ((1 - 3 * P) * (2 * P - 1) ** 2 > 0,)),  # kept squares
        ([-HALF * (3 * p - 1) ** 2], ((1 - 2 * P) * (3 * P - 1) ** 2 > 0,)),
        ([-(HALF**2) * (3 * p - 1) ** 3], ((1 - 3 * P) ** 3 * (2 * P - 1) ** 2 > 0,)),
        ([s - 3], (S > 3,)),  # a bound on an input
        ([s * p - 1], (S > 1 / P,)),  # not p > 1/s: s may be 0
        ([HALF, 4 * p - 1], (Gt(P, Rational(1, 2)),)),  # the larger lower bound
        ([-HALF, 3 - 4 * p], (Lt(P, Rational(1, 2)),)),  # the smaller upper bound
        ([HALF, HALF * (s + 2)], (Gt(P, Rational(1, 2)),)),  # the same twice
        ([HALF, 1 - p * (s + 2)], None),  # 1/2 < p < 1/(s + 2)
        ([p * (s + 2) - 1, HALF * HALF * (p - 2)], None),  # a square against a sign
        ([p**2 - 1 - s], None),
        ([4 * p - 1, 17 * p**2 - 1], (Gt(P, Rational(1, 4)),)),  # rule (b)
        ([1 - 4 * p, 15 * p**2 - 1], None),  # rule (b)
        ([4 * p - 1, 15 * p**2 - 1], (15 * P**2 - 1 > 0,)),  # rule (a)
        ([3 - 4 * p, 1 - 2 * p**2], (1 - 2 * P**2 > 0,)),  # rule (a) above
        ([s - p], (P < S,)),
        ([p - s, 1 - 5 * p], (P > S, Lt(P, Rational(1, 5)))),
    ],
    ids=str,
)
def test_pruning(polynomials: list[Any], expected: tuple[Any, ...] | None) -> None:
    found = pruned(DOMAIN, polynomials)
    if expected is None:
        assert found is None
        relations: tuple[Any, ...] = (false,)
    else:
        assert found is not None
        relations = tuple(as_relation(DOMAIN, i) for i in found)
        assert relations == expected
    for k in range(1, 24):
        for t in (0, Fraction(1, 7), Fraction(1, 2), 1, 3, 8):
            point = {P: Fraction(k, 24), S: Fraction(t)}
            values = [value(e.as_expr(P, S), point) for e in polynomials]
            assert holds(relations, point) == all(v > 0 for v in values)


def test_a_factor_with_negative_leading_terms_keeps_its_denominator_positive() -> None:
    # the slope of p_1 is p_2 (1 - p_1 - ...)-like: positive on the domain, led by a negative term
    domain = domain_of(common((2, 3, 5)))
    x, y, t = domain.ring.gens
    polynomials = [x * (2 - y + t) - 1, x * (2 - y + t) - 1 + y]
    found = pruned(domain, polynomials)
    assert found is not None
    assert [as_relation(domain, i) for i in found] == [P1 > 1 / (2 + S - P2)]


@pytest.mark.parametrize(("lengths", "count"), [((1, 4), 1), ((3, 4), 1), ((1, 3), 1), ((4, 5), 2)])
def test_the_condition_at_minus_one_is_left_out_where_it_follows(
    lengths: tuple[int, int], count: int
) -> None:
    assert len(stability_criterion(common(lengths)).inequalities) == count


@pytest.mark.parametrize(
    ("lengths", "share"),
    [((1, 5), "4/5"), ((1, 5), "3/4"), ((2, 5), "5/7")],
    ids=["a_0 - a_4", "b_1", "b_3"],
)
def test_another_condition_stands_in_for_the_third(lengths: tuple[int, int], share: str) -> None:
    # at these shares the one that is named is a multiple of s, and no other one is >= 0 for all s
    rest = 1 - Rational(share)
    mix = SymbolicWorkload.from_classes([(S, lengths[0], share), (S, lengths[1], rest)])
    criterion = stability_criterion(mix)
    assert len(criterion.inequalities) == 1
    for k in range(200):
        point = {S: Fraction(k, 20)}
        assert holds(criterion.inequalities, point) == stable(mix, point)


def test_the_difference_of_the_ends_may_be_the_only_one_to_stand_in() -> None:
    # a_0 - a_4 = 4 s / 5, and b_1, b_3 = 2 (a_0 - a_4) -+ 2 (a_1 - a_3) take both signs at s = 0
    four_fifths = Rational(4, 5)
    mix = SymbolicWorkload.from_classes(
        [(S, 1, P), (S, 2, four_fifths - P), (S, 5, 1 - four_fifths)]
    )
    criterion = stability_criterion(mix)
    plain = stability_criterion(mix, work_limit=0)
    seen = set()
    for k in range(1, 32):
        for s in (0, Fraction(1, 3), 1, 2, 5, 20):
            point = {P: Fraction(k, 40), S: Fraction(s)}
            verdict = stable(mix, point)
            assert holds(criterion.inequalities, point) == verdict
            seen.add(verdict)
    assert (len(criterion.inequalities), len(plain.inequalities)) == (2, 3)
    assert seen == {True, False}


# the domain

D = Symbol("d", nonnegative=True)


@pytest.mark.parametrize(
    ("inputs", "share", "meanings"),
    [
        ((S, S), P, (P, S)),
        ((2 * S, S + 1), P, (P, S)),
        ((S + 3, S + 4), P, (P, S + 3, S + 4)),  # S may be -2
        ((S, S - 3), P, (P, S, S - 3)),
        ((S, S + D), P, (P, S, D)),
        ((S, S * P1), P, (P, S, S * P1)),
        ((7, sqrt(2)), P, (P, sqrt(2))),
        ((P, P), P, (P, P)),
        ((S, S), P**2 / 2 + P / 2, (P**2 / 2 + P / 2, S)),
        ((S, S), P + P1, (P + P1, S)),  # no polytope: P alone is not confined
        ((S, S), Rational(1, 3), (S,)),
    ],
    ids=str,
)
def test_unknowns(inputs: tuple[Any, Any], share: Expr, meanings: tuple[Expr, ...]) -> None:
    mix = SymbolicWorkload.from_classes([(inputs[0], 2, share), (inputs[1], 3, 1 - share)])
    assert domain_of(mix).meanings == meanings


@pytest.mark.parametrize(
    ("shares", "vertices"),
    [
        ([P, P + Rational(1, 4), Rational(3, 4) - 2 * P], {(0,), (Rational(3, 8),)}),
        ([P1, P2, 1 - P1 - P2], {(0, 0), (0, 1), (1, 0)}),
        # a square: x + y, x - y >= -1/4, each share at most 1/2
        (
            [P1, Rational(1, 2) - P1, P2, Rational(1, 2) - P2],
            {(0, 0), (0, Rational(1, 2)), (Rational(1, 2), 0), (Rational(1, 2), Rational(1, 2))},
        ),
        ([Rational(1, 2), Rational(1, 4), Rational(1, 4)], {()}),
    ],
    ids=["segment", "triangle", "square", "point"],
)
def test_vertices(shares: list[Expr], vertices: set[Any]) -> None:
    mix = SymbolicWorkload.from_classes((S, n, share) for n, share in enumerate(shares, start=2))
    assert set(domain_of(mix).vertices) == vertices


def test_segments_end_where_the_domain_ends() -> None:
    quarter = Rational(1, 4)
    mix = SymbolicWorkload.from_classes([(S, 2, P - quarter), (S, 3, 1 + quarter - P)])
    domain = domain_of(mix)
    x = domain.ring.gens[0]

    def relations(*polynomials: Any) -> list[Any]:
        found = pruned(domain, polynomials)
        assert found is not None
        return [as_relation(domain, i) for i in found]

    # zeros .10 and .60: positive near 0, but negative from 1/4 to 1/2
    below = 170 * x**2 - 119 * x + 10
    assert relations(2 * x - 1, below) == [170 * P**2 - 119 * P + 10 > 0]
    # zeros .61 and 1.09: negative from 3/4 to 1, but not to 5/4
    above = 30 * x**2 - 51 * x + 20
    assert relations(3 - 4 * x, above) == [
        Lt(P, Rational(3, 4)),
        30 * P**2 - 51 * P + 20 > 0,
    ]


def test_shares_that_cannot_all_be_positive_leave_nothing_to_prove() -> None:
    mix = SymbolicWorkload.from_classes([(S, 2, P), (S, 3, -P), (S, 5, 1)])
    assert stability_criterion(mix).assumptions == (S >= 0, P > 0, Lt(P, 0))


# the work limit


def test_what_is_counted_is_what_a_product_does() -> None:
    _, x, y = ring("x, y", QQ)
    work = Work(20)
    assert work.product(x + y + 1, x - y) == (x + y + 1) * (x - y)
    assert work.left == 14
    with pytest.raises(OutOfWork):
        work.product(x + y + 1, (x + y + 1) ** 2)
    assert work.left == 14


def test_the_same_limit_gives_the_same_answer() -> None:
    mix = common((2, 3, 5))
    enough = next(n for n in range(0, 10**5, 100) if stability_criterion(mix, n).simplified)
    for _ in range(2):
        assert stability_criterion(mix, enough).simplified
        assert not stability_criterion(mix, enough - 100).simplified


def test_work_stopped_midway_leaves_the_plain_criterion() -> None:
    criterion = stability_criterion(common((2, 3)), work_limit=100)
    assert not criterion.simplified
    assert "more than the work limit of 100 term products" in criterion.reason
    assert [cancel(i.lhs) for i in criterion.inequalities] == [
        expand((1 - P) * (S + 3) - 1),
        expand(P * (S + 3) - 2),
    ]


@pytest.mark.parametrize(
    "s",
    [
        (P1 + 2 * P2 + 3) ** 10**5,
        Symbol("x", nonnegative=True) ** 10**9,
        1 / (P1 + P2 + 1) ** 10**6,
        sum(Symbol(f"x{i}", nonnegative=True) for i in range(60)) ** 60,
    ],
    ids=str,
)
def test_what_would_take_for_ever_is_not_begun(s: Expr) -> None:
    mix = SymbolicWorkload.from_classes([(s, 3, P), (s, 5, 1 - P)])
    assert not stability_criterion(mix).simplified


# refusals


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        (
            SymbolicWorkload.from_classes([(S, 2, P), (S, 7, 1 - P)]),
            "'mix' must have decode lengths up to 5 for a symbolic criterion, not 7.",
        ),
        (Workload.from_classes([(1, 2, 1)]), "'mix' must be a SymbolicWorkload, not Workload"),
        (None, "'mix' must be a SymbolicWorkload, not None"),
        (
            SymbolicWorkload.from_classes([(Symbol("x", imaginary=True), 2, P), (1, 3, 1 - P)]),
            "'mix' must have real inputs and shares",
        ),
    ],
    ids=str,
)
def test_refused_mixes(mix: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        stability_criterion(mix)


def test_symbolic_lengths_are_refused() -> None:
    length = Symbol("n", integer=True, positive=True)
    mix = SymbolicWorkload.from_classes([(S, 2, P), (S, length, 1 - P)])
    with pytest.raises(InvalidWorkload, match="'decode_length' of class 2 must be an integer here"):
        stability_criterion(mix)


@pytest.mark.parametrize("limit", [-1, math.nan, "10", None, True, 2.5])
def test_refused_work_limits(limit: Any) -> None:
    with pytest.raises(InvalidArgument, match="'work_limit' must be an integer of at least 0"):
        stability_criterion(common((2, 3)), limit)
