"""Each kind of evidence: it holds where it must, fails where it must, and its mutants fail."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import Float, symbols

from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.evidence import (
    MEANINGS,
    STATUSES,
    Cited,
    Enclosed,
    ExactFinite,
    Identity,
    Inequality,
    Numeric,
    Reference,
    Summation,
    weakest,
)
from stabkit.theorems.positivity import Interval

x, y = symbols("x y")
m, n = symbols("m n", integer=True)
SOURCE = Reference("A. Author", "A Title", "theorem 1")


def interval(low, high):
    return lambda: RealEnclosure(Fraction(low), Fraction(high))


SOUND = [
    (Identity((x + 1) ** 2, x**2 + 2 * x + 1), "proved"),
    (Identity(x**2, 1, given=(x - 1,)), "proved"),
    (Summation(m, m, 1, n, n * (n + 1) / 2), "proved"),
    (Inequality(x + 1, {x: Interval(0)}), "proved"),
    (Inequality(y - x, {x: Interval(0, y, closed=True), y: Interval(0)}, strict=False), "proved"),
    (
        ExactFinite("squares", "0..4", lambda: range(5), lambda k: k * k, lambda k: k**2),
        "exact-finite",
    ),
    (Enclosed("a number", interval(1, 2), Fraction(1, 2), Fraction(3)), "enclosure"),
    (Cited("something", SOURCE), "cited"),
    (Numeric("a", "b", lambda: [1.0], lambda c: c, lambda c: c + 1e-9, 1e-6), "numeric"),
]


@pytest.mark.parametrize(("evidence", "status"), SOUND)
def test_sound_evidence_and_its_mutants(evidence, status):
    assert evidence.status() == status
    mutants = list(evidence.mutants())
    assert mutants
    assert {mutant.status() for mutant in mutants} == {"failed"}


WRONG = [
    Identity(x**2, x),
    Identity(x, y),
    Summation(m, m, 1, n, n * (n - 1) / 2),
    Summation(m, m, 0, n, n * (n + 1) / 2 + 1),  # the increment is right, the start is not
    Inequality(x - 1, {x: Interval(0)}),
    Inequality(y - x, {x: Interval(0, y, closed=True), y: Interval(0)}),  # 0 at x = y
    ExactFinite("empty", "nothing", list, lambda c: 1, lambda c: 1),
    ExactFinite("one fails", "0..4", lambda: range(5), lambda k: k, lambda k: min(k, 3)),
    ExactFinite("floats", "one", lambda: [1], lambda c: 0.5, lambda c: 0.5),
    ExactFinite("sympy floats", "one", lambda: [1], lambda c: Float(1), lambda c: Float(1)),
    Enclosed("too wide", interval(0, 2), Fraction(1, 2)),
    Enclosed("not decided", lambda: None, Fraction(1, 2)),
    Enclosed("no claim", interval(1, 2)),
    Enclosed("touches", interval(1, 2), Fraction(1)),
    Cited("no locator", Reference("A", "T", " ")),
    Numeric("not a number", "one", lambda: [1], lambda c: float("nan"), lambda c: 1.0, 1.0),
    Numeric("empty", "none", list, lambda c: 1.0, lambda c: 1.0, 1.0),
]


@pytest.mark.parametrize("evidence", WRONG)
def test_wrong_evidence_fails(evidence):
    assert evidence.status() == "failed"


def test_order_of_statuses():
    assert set(MEANINGS) == set(STATUSES)
    assert STATUSES[0] == "formal"
    assert STATUSES[-1] == "failed"
    assert weakest(["argued", "proved"]) == "argued"
    assert weakest([]) == "proved"
    assert weakest(["numeric", "proved"]) == "numeric"
    assert weakest(["failed", "conjecture"]) == "failed"


MALFORMED = [
    (Identity(1, 0, given=(x, x - 1)), "contradict each other"),
    (Identity(x, x + 1, given=(y**2 + 1 - y**2,)), "contradict each other"),
    (Identity(x, x + 1, given=(y - y,)), "says nothing"),
    (Identity(y / x, 0, given=(y, x)), "make the denominator x zero"),
    (Identity(y / x, 7, given=(y, x)), "make the denominator x zero"),
    (Identity((x**2 - 1) / (x - 1), 2, given=(x - 1,)), "make the denominator"),
    (Identity(1 / x, 1 / x + y, given=(x,)), "make the denominator x zero"),
    (Identity(1 / (x * y - 1), 1, given=(x - 1, y - 1)), "make the denominator"),
    (Inequality(x - 1, {x: Interval(2, 1)}), "a domain is not shown to have a point"),
    (Inequality(x, {x: Interval(0, y), y: Interval(0)}), "a domain is not shown to have a point"),
    (
        Inequality(y - x, {x: Interval(0, y, closed=True), y: Interval(-1)}, strict=False),
        "a domain is not shown to have a point",
    ),
]


@pytest.mark.parametrize(("evidence", "problem"), MALFORMED)
def test_nothing_follows_from_what_cannot_be(evidence, problem):
    assert evidence.status() == "failed"
    assert problem in evidence.problem()


def test_what_is_shown_is_data():
    (fact,) = Identity(x**2, 1, given=(x - 1,)).facts()
    assert (fact.conclusion.lhs, fact.conclusion.rhs) == (x**2, 1)
    assert [condition.lhs for condition in fact.conditions] == [x - 1]
    (fact,) = Inequality(x + 1, {x: Interval(0)}).facts()
    assert str(fact.conclusion) == "x + 1 > 0"
    assert [str(condition) for condition in fact.conditions] == ["x >= 0"]
    assert not Numeric("a", "b", lambda: [1.0], lambda c: c, lambda c: c, 1e-6).facts()
