"""The runner: a theorem is as strong as its weakest step and what it uses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sympy import symbols

from stabkit.errors import InvalidArgument
from stabkit.theorems.evidence import Cited, ExactFinite, Identity, Numeric, Reference
from stabkit.theorems.records import Step, Theorem, Witness
from stabkit.theorems.registry import MalformedRecord, check_order
from stabkit.theorems.runner import prove

x = symbols("x")
PROVED = Identity(x + x, 2 * x)
FINITE = ExactFinite("c", "g", lambda: [1], lambda c: c, lambda c: c)
NUMERIC = Numeric("c", "g", lambda: [1.0], lambda c: c, lambda c: c, 1e-9)
CITED = Cited("c", Reference("A", "T", "L"))
WRONG = Identity(x, 1)


def theorem(label, *evidence, **fields):
    steps = tuple(Step(f"step-{k}", "why", e) for k, e in enumerate(evidence))
    return Theorem(label, label.title(), (), (), "so", x, steps, "a lesson", **fields)


def statuses(*theorems):
    return [one.status for one in prove(theorems)]


@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        ((PROVED,), "proved"),
        ((PROVED, FINITE), "exact-finite"),
        ((CITED, PROVED), "cited"),
        ((PROVED, NUMERIC, CITED), "numeric"),
        ((PROVED, WRONG), "failed"),
        ((), "failed"),
    ],
)
def test_the_weakest_step_decides(evidence, status):
    assert statuses(theorem("a", *evidence)) == [status]


def test_what_is_used_decides_too():
    first = theorem("a", NUMERIC)
    assert statuses(first, theorem("b", PROVED, uses=("a",))) == ["numeric", "numeric"]
    last = theorem("c", PROVED, uses=("b",))
    assert statuses(first, theorem("b", PROVED, uses=("a",)), last)[-1] == "numeric"
    assert statuses(theorem("a", WRONG), theorem("b", PROVED, uses=("a",))) == ["failed"] * 2


def test_a_conjecture_stays_one():
    assert statuses(theorem("a", PROVED, conjecture="searched to 9")) == ["conjecture"]
    assert statuses(theorem("a", WRONG, conjecture="searched to 9")) == ["failed"]


def test_checks_and_witnesses_must_hold_and_prove_nothing():
    check = Step("code", "why", NUMERIC)
    witness = Witness("h", "t", FINITE)
    assert statuses(theorem("a", PROVED, checks=(check,), sharpness=(witness,))) == ["proved"]
    wrong = replace(witness, evidence=WRONG)
    assert statuses(theorem("a", PROVED, sharpness=(wrong,))) == ["failed"]
    assert statuses(theorem("a", PROVED, checks=(Step("c", "w", WRONG),))) == ["failed"]


def test_only_what_is_asked_for_and_what_it_uses_is_checked():
    checked = []

    def counting(function, theorems):
        theorems = list(theorems)
        checked.extend(t.label for t in theorems)
        return map(function, theorems)

    records = [
        theorem("a", PROVED),
        theorem("b", PROVED),
        theorem("R6′", PROVED, uses=("a",)),
    ]
    found = prove(records, ["R6'"], counting)
    assert [one.theorem.label for one in found] == ["R6′"]
    assert checked == ["a", "R6′"]


def test_unknown_labels():
    with pytest.raises(InvalidArgument, match="'LABEL' must be one of a, not 'R99'"):
        prove([theorem("a", PROVED)], ["R99"])


def test_order_of_records():
    check_order([theorem("a", PROVED), theorem("b", PROVED, uses=("a",))])
    with pytest.raises(MalformedRecord, match="must be unique, not a twice"):
        check_order([theorem("a", PROVED), theorem("a", PROVED)])
    with pytest.raises(MalformedRecord, match="'uses' of a must name earlier theorems, not b"):
        check_order([theorem("a", PROVED, uses=("b",)), theorem("b", PROVED)])
