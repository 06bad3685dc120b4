"""The exact objects of a derivation, against sympy's polynomials of the same workload."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

import pytest
from sympy import Poly, Rational, cyclotomic_poly, prod

from stabkit import characteristic_polynomial, survival_polynomial
from stabkit.analysis.facts import DerivationFacts, derivation_facts
from stabkit.model.symbolic import LAMBDA
from stabkit.spectrum.counting.schur_cohn import zeros_in_disc

pytestmark = pytest.mark.slow


MIXES = ["5:1 5:3", "2:4 7:6:3", "1:5", "1/3:4:2 0:8 9:20", "4:6 4:10:5 1:15"]


def polynomial(descending: Any) -> Poly:
    return Poly.from_list([Rational(c) for c in descending], LAMBDA, domain="QQ")


@pytest.fixture(scope="module", params=MIXES)
def facts(request: Any) -> DerivationFacts:
    return derivation_facts(request.param)


def test_the_characteristic_polynomial_is_made_primitive(facts: DerivationFacts) -> None:
    factor, integers = facts.primitive_characteristic
    assert polynomial(integers) == characteristic_polynomial(facts.mix) * Rational(factor)
    assert factor > 0
    assert gcd(*integers) == 1


def test_the_survival_polynomial_has_its_closed_form(facts: DerivationFacts) -> None:
    survival = survival_polynomial(facts.mix)
    closed = Poly(dict(facts.closed_survival), LAMBDA, domain="QQ")
    assert closed == survival * Poly(LAMBDA - 1)
    assert polynomial(facts.survival_derivative) == survival.diff(LAMBDA)


def test_the_cyclotomic_factors_leave_the_cofactor(facts: DerivationFacts) -> None:
    product = prod(Poly(cyclotomic_poly(d, LAMBDA), LAMBDA) for d in facts.cyclotomic_orders)
    assert polynomial(facts.cofactor) * product == survival_polynomial(facts.mix)


def test_the_worst_loss_is_that_of_one_class() -> None:
    """R6: (l - 1) / (2 (s + l))."""
    assert derivation_facts("1:5").worst_loss == Fraction(1, 3)
    assert derivation_facts("5:1 5:3").worst_loss is None


def test_every_polynomial_of_the_recursion_has_its_count() -> None:
    for mix in ("5:3 5:5", "2:4 7:6:3", "0:11 3:12"):
        reduction = derivation_facts(mix).reduction
        assert reduction is not None
        counts = tuple(zeros_in_disc(step.coefficients) for step in reduction.steps)
        assert reduction.zeros == counts
