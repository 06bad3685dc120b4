"""The polynomials against the identities of docs/model.md, numerically and with free symbols.

Provenance: the oracles are theorems (R1, R1b, R2, R5, the closed form) whose other side is built
here from the classes, not from the kernel, and sympy's own cyclotomic polynomials.
"""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Poly, Rational, Symbol, cyclotomic_poly, expand, symbols

from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.polynomials import (
    characteristic_polynomial,
    closed_form,
    common_input_form,
    generating_function,
    memory_kernel,
    survival_polynomial,
)
from stabkit.model.symbolic import LAMBDA, SymbolicWorkload, Z
from stabkit.model.workload import Workload

S, T, U, P, Q = symbols("s t u p q", positive=True)
SHARES = st.fractions("1/9", 5, max_denominator=9)
INPUTS = st.fractions(0, 20, max_denominator=4)
LENGTHS = st.integers(1, 12)
MIXES = st.lists(st.tuples(INPUTS, LENGTHS, SHARES), min_size=1, max_size=4).map(
    Workload.from_classes
)
COMMON = st.tuples(INPUTS, st.lists(st.tuples(LENGTHS, SHARES), min_size=1, max_size=4)).map(
    lambda drawn: Workload.from_classes([(drawn[0], n, w) for n, w in drawn[1]])
)
SYMBOLIC = {
    "one class": [(S, 4, 1)],
    "two, common input": [(S, 2, P), (S, 5, 1 - P)],
    "three, common input": [(S, 2, P), (S, 3, Q), (S, 6, 1 - P - Q)],
    "two, own inputs": [(S, 3, P), (T, 4, 1 - P)],
    "three, own inputs": [(S, 1, P), (T, 4, Q), (U, 6, 1 - P - Q)],
    "rational shares": [(S, 2, 1 / (1 + P)), (T, 3, P / (1 + P))],
}


def symbolic(name: str) -> SymbolicWorkload:
    return SymbolicWorkload.from_classes(SYMBOLIC[name])


def assert_zero(expression: object) -> None:
    assert sympy.simplify(expand(expression)) == 0


@given(COMMON)
def test_r2_for_numbers(mix: Workload) -> None:
    assert (characteristic_polynomial(mix) - common_input_form(mix)).is_zero


@pytest.mark.parametrize("name", ["one class", "two, common input", "three, common input"])
def test_r2_for_symbols(name: str) -> None:
    mix = symbolic(name)
    assert (characteristic_polynomial(mix) - common_input_form(mix)).is_zero


def test_r2_needs_the_common_input() -> None:
    """Without its hypothesis the identity fails for every s, and the function says so."""
    mix = SymbolicWorkload.from_classes([(S, 2, P), (S + 1, 3, 1 - P)])
    a = survival_polynomial(mix)
    right = (S + 3) * a.as_expr() - LAMBDA * a.as_expr().diff(LAMBDA)
    assert expand(characteristic_polynomial(mix).as_expr() - right) != 0
    with pytest.raises(InvalidWorkload, match="'input_length' must be the same for all classes"):
        common_input_form(mix)
    with pytest.raises(InvalidWorkload, match="'input_length' must be the same for all classes"):
        common_input_form(Workload.from_classes([(1, 2), (2, 3)]))


@given(MIXES)
def test_r1_renewal_equation(mix: Workload) -> None:
    """(1 - x) A = -x^L (1 - sum p_k x^(-l_k))."""
    longest = mix.longest_decode
    terms = {longest: Rational(-1)}
    for c in mix.classes:
        power = longest - c.decode_length
        terms[power] = terms.get(power, 0) + Rational(c.share.numerator, c.share.denominator)
    left = Poly(1 - LAMBDA, LAMBDA) * survival_polynomial(mix)
    assert (left - Poly(terms, LAMBDA)).is_zero


@given(MIXES)
def test_cyclotomic_factors_divide_the_survival_polynomial(mix: Workload) -> None:
    """R1: exactly the roots of unity of order d | g, d > 1, are roots on the circle, simple."""
    a = survival_polynomial(mix)
    for d in range(2, mix.longest_decode + 1):
        phi = Poly(cyclotomic_poly(d, LAMBDA), LAMBDA)
        assert a.rem(phi).is_zero == (mix.gcd % d == 0)
        assert not a.rem(phi * phi).is_zero


@pytest.mark.parametrize("length", [1, 2, 5, 30])
@pytest.mark.parametrize("s", [0, "1/3", 10])
def test_homogeneous_coefficients_increase_by_one(s: object, length: int) -> None:
    """R5: F = (s+1) x^(l-1) + (s+2) x^(l-2) + ... + (s+l)."""
    f = characteristic_polynomial(Workload.from_classes([(s, length)]))
    assert f.all_coeffs() == [Rational(str(s)) + j for j in range(1, length + 1)]


@pytest.mark.slow
@given(MIXES)
def test_closed_form_is_the_generating_function(mix: Workload) -> None:
    left = Poly(closed_form(mix), Z)
    assert (left - Poly((1 - Z) ** 2, Z) * generating_function(mix)).is_zero


@pytest.mark.parametrize("name", SYMBOLIC)
def test_closed_form_for_symbols(name: str) -> None:
    mix = symbolic(name)
    assert_zero(closed_form(mix) - (1 - Z) ** 2 * generating_function(mix).as_expr())


@given(st.integers(1, 9), st.integers(1, 9))
def test_closed_form_with_symbolic_lengths(short: int, long: int) -> None:
    l_1, l_2 = symbols("l_1 l_2", integer=True, positive=True)
    free = closed_form(SymbolicWorkload.from_classes([(S, l_1, P), (T, l_2, 1 - P)]))
    fixed = SymbolicWorkload.from_classes([(S, short, P), (T, long, 1 - P)])
    dense = (1 - Z) ** 2 * generating_function(fixed).as_expr()
    assert expand(free.subs({l_1: short, l_2: long}) - dense) == 0


@pytest.mark.parametrize("name", SYMBOLIC)
def test_symbols_and_numbers_meet(name: str) -> None:
    """Substituting numbers into the symbolic polynomials gives the numeric ones."""
    values = {S: Rational(7, 2), T: 4, U: 0, P: Rational(1, 3), Q: Rational(1, 4)}
    mix = symbolic(name)
    numbers = [
        tuple(sympy.sympify(x).subs(values) for x in (c.input_length, c.decode_length, c.share))
        for c in mix.classes
    ]
    numeric = Workload.from_classes(numbers)
    for polynomial in (characteristic_polynomial, generating_function, survival_polynomial):
        assert_zero(polynomial(mix).as_expr().subs(values) - polynomial(numeric).as_expr())
    assert_zero(closed_form(mix).subs(values) - closed_form(numeric))
    for mine, theirs in zip(memory_kernel(mix), memory_kernel(numeric), strict=True):
        assert_zero(mine.subs(values) - theirs)


@given(MIXES)
def test_three_forms_of_one_kernel(mix: Workload) -> None:
    f, g = characteristic_polynomial(mix), generating_function(mix)
    assert f.all_coeffs() == memory_kernel(mix) == g.all_coeffs()[::-1]
    assert f.degree() == mix.longest_decode - 1
    assert f.domain == g.domain == survival_polynomial(mix).domain == sympy.QQ


def test_kernel_of_a_known_mix_in_the_documented_order() -> None:
    """By hand: s = 1, lengths 1 and 3, shares 1/4 and 3/4: g = 2, 9/4, 3."""
    mix = Workload.from_classes([(1, 1, 1), (1, 3, 3)])
    assert memory_kernel(mix) == [2, Rational(9, 4), 3]
    assert characteristic_polynomial(mix).eval(2) == 2 * 4 + Rational(9, 4) * 2 + 3
    assert generating_function(mix).eval(2) == 2 + Rational(9, 4) * 2 + 3 * 4


def test_memory_weights() -> None:
    """R1b: (N, 2, 1/2), (0, 3, 1/2) has the limit x (x + 1), with the exponents of L = 3."""
    mix = Workload.from_classes([(9, 2), (0, 3)])
    assert survival_polynomial(mix, "memory").as_expr() == LAMBDA**2 + LAMBDA
    weighted = survival_polynomial(symbolic("two, own inputs"), "memory").as_expr()
    held = P * S + (1 - P) * T
    assert_zero(weighted - (LAMBDA**3 + LAMBDA**2 + LAMBDA + (1 - P) * T / held))


@given(COMMON.filter(lambda mix: mix.common_input_length > 0))
def test_memory_weights_are_shares_for_a_common_input(mix: Workload) -> None:
    assert survival_polynomial(mix, "memory") == survival_polynomial(mix)


def test_memory_weights_are_the_limit_of_f() -> None:
    """F / g_0 for inputs N sigma_k tends to the memory-weighted polynomial as N grows (R1b)."""
    big = Symbol("N", positive=True)
    mix = SymbolicWorkload.from_classes([(2 * big, 2, "1/3"), (5 * big, 3, "2/3")])
    f = characteristic_polynomial(mix)
    limit = [sympy.limit(c / f.LC(), big, sympy.oo) for c in f.all_coeffs()]
    assert limit == survival_polynomial(mix, "memory").all_coeffs()


def test_memory_weights_need_an_input() -> None:
    with pytest.raises(InvalidWorkload, match="'input_length' must be positive for some class"):
        survival_polynomial(Workload.from_classes([(0, 2), (0, 3)]), "memory")


def test_unknown_weights() -> None:
    with pytest.raises(InvalidArgument, match="'weights' must be 'share' or 'memory', not 'mass'"):
        survival_polynomial(Workload.from_classes([(0, 2)]), "mass")


@pytest.mark.parametrize(
    "function", [memory_kernel, characteristic_polynomial, survival_polynomial, common_input_form]
)
@pytest.mark.parametrize("build", [Workload.from_classes, SymbolicWorkload.from_classes])
def test_dense_forms_are_bounded(function: object, build: object) -> None:
    with pytest.raises(InvalidWorkload, match=r"at most 10\^6 steps for a dense polynomial"):
        function(build([(1, 10**6 + 1, 1)]))


def test_closed_form_is_not_bounded() -> None:
    assert closed_form(Workload.from_classes([(1, 10**9)])).coeff(Z**10**9) == -(2 + 10**9)


@pytest.mark.parametrize("mix", [None, 5, 1j])
@pytest.mark.parametrize("function", [memory_kernel, closed_form, survival_polynomial])
def test_only_workloads_have_polynomials(function: object, mix: object) -> None:
    with pytest.raises(InvalidWorkload, match="'mix' must be a Workload"):
        function(mix)


def test_the_double_roots_of_two_classes_need_not_be_real() -> None:
    """docs/model.md, R4: of (4, 6), p = 3/4, the double roots +-i/sqrt(2) are not real."""
    survival = survival_polynomial(Workload.from_classes([(1, 4, 3), (1, 6, 1)]))
    assert 3**6 * 2**2 * 4**4 * 4**4 == 4**6 * 6**6  # p^6 2^2 4^4 = (1 - p)^4 6^6, times 4^10
    assert survival == Poly((LAMBDA + 1) * (LAMBDA**2 + Rational(1, 2)) ** 2, LAMBDA)


def test_the_domain_is_the_smallest_that_holds_the_shares() -> None:
    s, p, q = symbols("s p q", positive=True)
    for share, domain in (
        (p, sympy.QQ[p, s]),
        (p / (p + q), sympy.QQ.frac_field(p, q, s)),
        (sympy.sqrt(p), sympy.EX),
    ):
        mix = SymbolicWorkload.from_classes([(s, 2, share), (s, 3, sympy.together(1 - share))])
        assert characteristic_polynomial(mix).domain == domain
