"""Claims are decided as their predicates say, and what is said is what is decided."""

from __future__ import annotations

from fractions import Fraction

import pytest
from sympy import (
    And,
    Eq,
    Equivalent,
    Function,
    Ge,
    Gt,
    Implies,
    Le,
    Lt,
    Ne,
    Not,
    Or,
    Symbol,
    symbols,
)

from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Every, Exists, MalformedClaim, Quantity, changed
from stabkit.theorems.wording import conclusions, hypotheses, notation

x, y, even = symbols("x y even")
k = symbols("k", integer=True)
power = Function("power")
X = Quantity(x, "the number", lambda drawn: drawn)
Y = Quantity(
    y, "a number near it", lambda drawn: RealEnclosure(Fraction(drawn), drawn + Fraction(1, 3))
)
EVEN = Quantity(even, "the number is even", lambda drawn: drawn % 2 == 0)
POWER = Quantity(power, "its powers", lambda drawn, n: drawn**n)
ALL = (X, Y, EVEN, POWER)


def decided(predicate, drawn):
    """Return whether a predicate holds for one number; None for undecided."""
    tried = Claim(lambda rng: [drawn], ALL, (), (predicate,)).tried()
    return False if tried.failing else True if tried.instances else None


@pytest.mark.parametrize(
    ("predicate", "number", "answer"),
    [
        (Eq(x, 3), 3, True),
        (Eq(x, 3), 4, False),
        (Ne(x, 3), 4, True),
        (Gt(x, 3), 3, False),
        (Ge(x, 3), 3, True),
        (Lt(x, 3), 3, False),
        (Le(x, 3), 3, True),
        (Eq(x**2 / 4, x - 1), 2, True),
        (Eq(x**-1, Fraction(1, 2)), 2, True),
        (Eq(1 / x, 1), 0, None),
        (Gt(y, x - 1), 5, True),
        (Gt(y, x), 5, None),  # the enclosure begins there
        (Ge(y, x), 5, True),
        (Gt(x, y), 5, False),
        (Lt(y, x + 1), 5, True),
        (Eq(y, x + 1), 5, False),
        (Eq(y, x), 5, None),
        (Gt(y**2, 24), 5, True),
        (Gt(y * -1, -6), 5, True),
        (Ge(y**2, 0), -1, True),
        (even, 4, True),
        (even, 3, False),
        (Not(even), 3, True),
        (And(even, Gt(x, 2)), 4, True),
        (Or(even, Gt(x, 2)), 1, False),
        (Implies(even, Gt(x, 2)), 1, True),
        (Implies(Gt(y, x), even), 3, None),
        (Implies(Gt(y, x), even), 4, True),
        (Equivalent(even, Eq(x, 4)), 4, True),
        (Equivalent(even, Eq(x, 4)), 6, False),
        (Every(Ge(power(k), k), k, 0, 4), 2, True),
        (Every(Gt(power(k), k), k, 0, 1), 1, False),
        (Exists(Eq(power(k), 8), k, 0, 3), 2, True),
        (Exists(Eq(power(k), 8), k, 0, 2), 2, False),
        (Every(Gt(x, 99), k, 1, 0), 2, True),
        (Exists(Gt(x, 0), k, 1, 0), 2, False),
    ],
)
def test_predicates(predicate, number, answer):
    assert decided(predicate, number) is answer


def test_counts():
    claim = Claim(lambda rng: range(10), ALL, (even,), (Gt(y, x),), least=1)
    tried = claim.tried()
    assert (tried.instances, tried.undecided, tried.outside, tried.failing) == (0, 5, 5, None)


def test_the_same_objects_every_time():
    drawn = []

    def numbers(rng):
        drawn.append([rng.random() for _ in range(3)])
        return [1]

    for least in (1, 2):
        Claim(numbers, ALL, (), (Eq(x, 1),), least).tried()
    assert len(drawn) == 1
    claim = Claim(lambda rng: [rng.randint(0, 10**9)], ALL, (), (Eq(x, -1),))
    again = Claim(lambda rng: [rng.randint(0, 10**9)], ALL, (), (Eq(x, -1),))
    assert claim.tried().failing == again.tried().failing


def _up_to(drawn):
    return [{k: n} for n in range(drawn)]


def test_a_sum_over_the_classes_is_checked():
    total = Quantity(y, "a sum", lambda drawn: drawn * (drawn - 1) // 2, summand=k, parts=_up_to)
    assert Claim(lambda rng: range(9), (X, total), (), (Ge(y, 0),)).tried().failing is None
    wrong = Quantity(y, "a sum", lambda drawn: drawn, summand=k, parts=_up_to)
    assert Claim(lambda rng: range(9), (X, wrong), (), (Ge(y, 0),)).tried().failing == "1"


@pytest.mark.parametrize("value", [0.5, "1", [1], 1j])
def test_values_are_exact(value):
    claim = Claim(lambda rng: [1], (Quantity(x, "it", lambda drawn: value),), (), (Eq(x, 1),))
    with pytest.raises(MalformedClaim, match="must be exact or enclosed"):
        claim.tried()


def test_every_symbol_has_a_quantity():
    claim = Claim(lambda rng: [1], (X,), (), (Every(Eq(x, Symbol("q") + k), k, 0, 1),))
    with pytest.raises(MalformedClaim, match="'q' of a claim must be one of its quantities"):
        claim.tried()


def test_changes():
    assert {str(wrong) for wrong in changed(Every(Gt(x, 2), k, 0, x))} >= {
        "Exists(x > 2, k, 0, x)",
        "Every(x < 2, k, 0, x)",
        "Every(x >= 2, k, 0, x)",
        "Every(x > 3, k, 0, x)",
        "Every(x > 2, k, 1, x)",
    }
    assert Implies(Gt(x, 1), even) in set(changed(Implies(even, Gt(x, 1))))
    assert even in set(changed(Not(even)))
    assert Equivalent(Not(even), Eq(x, 4)) in set(changed(Equivalent(even, Eq(x, 4))))


def test_a_changed_claim_is_a_changed_sentence():
    stated = Implies(even, Every(Gt(power(k), 0), k, 1, 2))
    claim = Claim(lambda rng: [4], ALL, (Ge(x, 3),), (stated,))
    mutants = list(claim.mutants())
    said = {(hypotheses(one), conclusions(one)) for one in (claim, *mutants)}
    assert len(said) == len(mutants) + 1 >= 10


def test_sentences():
    claim = Claim(lambda rng: [4], ALL, (Ge(x, 3),), (Equivalent(even, Ne(y, 2)), Not(even)))
    assert hypotheses(claim) == (r"$x \ge 3$.",)
    assert conclusions(claim) == (
        r"The number is even if and only if $y \neq 2$. It is not true that the number is even."
    )
    assert [symbol for symbol, _ in notation(claim)] == ["x", "y", r"\operatorname{power}(n)"]
