"""Every textbook theorem: obligations from its objects, and a conclusion that says no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import Eq, Ge, I, Rational, symbols

from stabkit.theorems.evidence import Identity, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.textbook.algebra import (
    Bezout,
    DeterminantLemma,
    Linearity,
    LinearRecurrence,
    Period,
    Perron,
    TriangleEquality,
)
from stabkit.theorems.textbook.deduction import SCHEMAS, Deduction
from stabkit.theorems.textbook.limits import (
    ImplicitFunction,
    IntermediateValue,
    Monotone,
    Vanishing,
)
from stabkit.theorems.textbook.schema import DISC, Beyond, TextbookTheorem, Within, Zeros
from stabkit.theorems.textbook.zeros import (
    ArgumentPrinciple,
    BoundaryCrossing,
    Cubic,
    EdgeTheorem,
    EnestromKakeya,
    Hurwitz,
    Rouche,
    SchurCohn,
)

a, d, e, f, h, p, s, t, x, z, W, V = symbols("a d e f h p s t x z W V")
k, length, m, n = symbols("k l m n", integer=True)
POSITIVE = {a: Interval(0, open_low=True)}
BOTH = {**POSITIVE, d: Interval(0)}
CUBE = Monotone(x**3 + x, x, (-1, 1), 3 * x**2 + 1, -2, 2, {x: Interval(0)})
ROOT = ImplicitFunction(x**2 - 1 - e, x, e, 1, 2, Rational(1, 2))
SUMS = {W: p * (s + 1), V: p}

# A sound use, and an object with which the theorem does not apply.
USES = [
    (EnestromKakeya(f, a, a + d, BOTH, high=1), {"high": Rational(1, 2)}),
    (EnestromKakeya(f, a + d, a, BOTH, low=1), {"low": 2}),
    (EnestromKakeya(f, a + d, a, BOTH, low=1), {"following": -a}),
    (TriangleEquality(x, z, n, a, POSITIVE), {"weight": -a}),
    (Rouche(f, h, bound=a, floor=2 * a + d, domains=BOTH), {"bound": 3 * a}),
    (Hurwitz(f, h, s, (s + m) * a / s, a, a, POSITIVE), {"tends_to": 2 * a}),
    (Hurwitz(f, h, s, (s + m) * a / s, a, a, POSITIVE), {"leading": a - 1}),
    (ROOT, {"slope": 1}),
    (ROOT, {"start": I}),
    (ROOT, {"derivative": 1}),
    (ArgumentPrinciple(f, n, a, a + d, BOTH), {"on_arcs": a - d}),
    (SchurCohn(f, n, a - x, (a - x,), a, POSITIVE), {"diagonal": -a}),
    (SchurCohn(f, n, a - x, (a - x,), a, POSITIVE), {"off_diagonal": a + x}),
    (Cubic(V, f, (a, d, d + 1, d), BOTH), {"coefficients": (-a, d, d, d)}),
    (Cubic(V, f, (a, d, d + 1, d), BOTH), {"coefficients": (a, -d - 1, d, d)}),
    (Perron(f, a, (a + d) - d, a, BOTH), {"image": a + d}),
    (
        Period(p, m, (length - k) + 1, {length: Interval(k)}, Summation(1, k, 0, n, n + 1)),
        {"walk": length - k},
    ),
    (IntermediateValue(f, (0, 1), -a, a + d, BOTH), {"at_high": -d}),
    (CUBE, {"derivative": 3 * x}),
    (CUBE, {"at_low": 2}),
    (DeterminantLemma(x, z**2, t, a * d, (a, d), Identity(z * (a / z), a)), {"term": a + d}),
    (LinearRecurrence(symbols("stable"), f, a, d, x), None),
    (BoundaryCrossing(f, s, s + 1, -x / a, s * a + x, {s: Interval(0)}), {"leading": s - 1}),
    (BoundaryCrossing(f, s, s + 1, -x / a, s * a + x, {s: Interval(0)}), {"crossing": x / a}),
    (EdgeTheorem(f, a * (s + 1) * z**m, a, a * (s + 1), {**POSITIVE, s: Interval(0)}), None),
    (EdgeTheorem(f, a * z**m, a, a, POSITIVE), {"summand": a**2 * z**m}),
    (EdgeTheorem(f, a * z**m, a, a, POSITIVE), {"leading": a - 1}),
    (Linearity(Eq(W, (s + 1) * V), SUMS), {"relation": Eq(W, s * V)}),
    (Linearity(Eq(W, (s + 1) * V), SUMS), {"relation": Eq(W, s * V + p)}),
    (Linearity(Eq(W, V), {W: p, V: p}), {"relation": Eq(W**2, V**2)}),
    (Bezout(z, n, m), None),
]


@pytest.mark.parametrize(("schema", "wrong"), USES)
def test_obligations_are_made_from_the_objects(schema, wrong):
    deduction = Deduction(schema)
    assert deduction.problem() is None
    assert deduction.status() == "proved"
    assert {mutant.status() for mutant in deduction.mutants()} == {"failed"}
    if wrong is not None:
        assert Deduction(replace(schema, **wrong)).status() == "failed"


def test_all_are_tried():
    assert {type(schema) for schema, _ in USES} == set(SCHEMAS)


def test_a_theorem_that_is_not_in_the_list_proves_nothing():
    class Authority(TextbookTheorem):
        def obligations(self):
            return {}

        def conclusions(self):
            return (Eq(s, s + 1),)

    assert Deduction(Authority()).status() == "failed"


def test_conclusions_are_those_of_the_objects():
    (fact,) = Deduction(EnestromKakeya(f, a, a + d, BOTH, high=1)).facts()
    assert fact.conclusion == Eq(Zeros(f, Beyond(1)), 0)
    (fact,) = Deduction(EnestromKakeya(f, a + d, a, BOTH, low=1)).facts()
    assert fact.conclusion == Eq(Zeros(f, Within(1)), 0)
    (fact,) = Deduction(SchurCohn(f, n, a - x, (a - x,), a, POSITIVE)).facts()
    assert fact.conclusion == Ge(Zeros(f, DISC), n)
    assert Eq(a - x, 0) in fact.conditions
    (fact,) = Deduction(Bezout(z, n, m)).facts()
    assert fact.conclusion == Eq(z**m, 1)
    assert Eq(z**n, 1) in fact.conditions


@pytest.mark.parametrize(
    ("expression", "status"),
    [(1 / s, "proved"), (0, "proved"), ((s + 1) / s - 1, "proved"), (s / (s + 1), "failed")],
)
def test_limits(expression, status):
    assert Vanishing(expression, s).status() == status
