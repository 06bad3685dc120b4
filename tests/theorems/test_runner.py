"""The runner: a theorem is as strong as its claim, its weakest step, its links and what it uses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from sympy import Eq, Ge, Symbol, symbols

from stabkit.errors import InvalidArgument
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Cited, ExactFinite, Identity, Numeric, Reference
from stabkit.theorems.records import Formal, Step, Theorem, Use, Witness
from stabkit.theorems.registry import MalformedRecord, check_order
from stabkit.theorems.runner import prove

x, y = symbols("x y")
PROVED = Identity(x + x, 2 * x)
FINITE = ExactFinite("c", "g", lambda: [1], lambda c: c, lambda c: c)
NUMERIC = Numeric("c", "g", lambda: [1.0], lambda c: c, lambda c: c, 1e-9)
CITED = Cited("c", Reference("A", "T", "L"))
WRONG = Identity(x, 1)


def numbers(rng):
    yield from (0, 1)
    yield from (rng.randint(-9, 9) for _ in range(40))


X = Quantity(x, "the number drawn", lambda drawn: drawn)
TWICE = Quantity(y, "twice the number", lambda drawn: drawn + drawn)
CLAIM = Claim(numbers, (X, TWICE), (), (Eq(x + x, 2 * x, evaluate=False),))


def theorem(label, *evidence, claim=CLAIM, **fields):
    steps = tuple(Step(f"step-{k}", "why", e) for k, e in enumerate(evidence))
    return Theorem(label, label.title(), claim, steps, "a lesson", **fields)


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


def test_a_formal_proof_is_one_of_the_whole_theorem():
    whole = Formal("A.v", ("a",), "0")
    part = replace(whole, part="the first half")
    assert statuses(theorem("a", NUMERIC, formal=whole)) == ["formal"]
    assert statuses(theorem("a", NUMERIC, formal=part)) == ["numeric"]
    assert statuses(theorem("a", WRONG, formal=whole)) == ["failed"]
    false = replace(CLAIM, conclusions=(Eq(x, 0),))
    assert statuses(theorem("a", PROVED, claim=false, formal=whole)) == ["refuted"]
    used = theorem("a", NUMERIC, formal=whole), theorem("b", PROVED, uses=("a",))
    assert statuses(*used) == ["formal", "proved"]


def test_checks_and_witnesses_must_hold_and_prove_nothing():
    check = Step("code", "why", NUMERIC)
    claim = replace(CLAIM, hypotheses=(Ge(x, 0),), least=10)
    witness = Witness(Ge(x, 0), "t", FINITE)
    fields = {"claim": claim, "checks": (check,)}
    assert statuses(theorem("a", PROVED, sharpness=(witness,), **fields)) == ["proved"]
    wrong = replace(witness, evidence=WRONG)
    assert statuses(theorem("a", PROVED, sharpness=(wrong,), **fields)) == ["failed"]
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
    with pytest.raises(
        InvalidArgument,
        match=r"'LABEL' must be the label or the title of a theorem, such as a .*, not 'R99'",
    ):
        prove([theorem("a", PROVED)], ["R99"])


def test_records_that_lack_what_is_asked_for_or_used():
    with pytest.raises(InvalidArgument, match=r"'theorems' must hold records .* there are none"):
        prove([], ["R7"])
    with pytest.raises(InvalidArgument, match="must hold what they use: a is missing"):
        prove([theorem("b", PROVED, uses=("a",))])
    assert prove([]) == []


def test_order_of_records():
    check_order([theorem("a", PROVED), theorem("b", PROVED, uses=("a",))])
    with pytest.raises(MalformedRecord, match="must be unique, not a twice"):
        check_order([theorem("a", PROVED), theorem("a", PROVED)])
    with pytest.raises(MalformedRecord, match="'uses' of a must name earlier theorems, not b"):
        check_order([theorem("a", PROVED, uses=("b",)), theorem("b", PROVED)])


def test_a_false_claim_is_refuted_whatever_the_steps_say():
    false = replace(CLAIM, conclusions=(Eq(x + x, 2 * x, evaluate=False), Eq(y, 2 * x + 1)))
    (one,) = prove([theorem("a", PROVED, claim=false)])
    assert (one.status, one.tried.failing) == ("refuted", "0")
    assert statuses(theorem("a", WRONG, claim=false)) == ["refuted"]


def test_what_is_called_refuted_must_be():
    assert statuses(theorem("a", PROVED, refutation="it was believed")) == ["failed"]
    false = replace(CLAIM, conclusions=(Eq(y, 0),))
    assert statuses(theorem("a", PROVED, claim=false, refutation="it was believed")) == ["refuted"]


def test_a_claim_about_nothing_fails():
    empty = replace(CLAIM, hypotheses=(Ge(x, 100),))
    (one,) = prove([theorem("a", PROVED, claim=empty)])
    assert one.status == "failed"
    assert "0 objects only" in one.problem


def test_a_symbol_without_a_quantity_fails():
    (one,) = prove([theorem("a", PROVED, claim=replace(CLAIM, conclusions=(Eq(Symbol("q"), 1),)))])
    assert one.status == "failed"
    assert "'q' of a claim must be one of its quantities" in one.problem


def test_prose_between_the_steps_is_counted():
    doubled = replace(CLAIM, conclusions=(Eq(y, 2 * x),))
    (one,) = prove([theorem("a", PROVED, Identity(x * x, x**2), claim=doubled)])
    assert (one.status, one.badge) == ("argued", "argued (3 links)")
    assert one.links[0] == "from the step step 0"
    assert one.links[-1] == "to the conclusion: $y = 2 x$"
    (one,) = prove([theorem("a", Identity(y, 2 * x, given=(y - x - x,)), claim=doubled)])
    assert one.badge == "argued (2 links)"  # that y is x + x is not among the hypotheses
    given = replace(doubled, hypotheses=(Eq(y, x + x, evaluate=False),))
    assert statuses(theorem("a", Identity(y, 2 * x, given=(y - x - x,)), claim=given)) == ["proved"]


def test_argued_passes_on():
    loose = theorem("a", PROVED, claim=replace(CLAIM, conclusions=(Eq(y, 2 * x),)))
    found = prove([loose, theorem("b", PROVED, uses=("a",))])
    assert [one.badge for one in found] == ["argued (2 links)", "argued (by what it uses)"]


def test_a_step_hands_its_result_on():
    first = Step("first", "why", Identity(y + 1, 2 * x + 1, given=(y - 2 * x,)))
    used = Step("used", "why", Identity(y, x + x, given=(y + 1 - 2 * x - 1,)), uses=(Use("first"),))
    claim = replace(CLAIM, hypotheses=(Eq(y, 2 * x),), conclusions=(Eq(y, x + x, evaluate=False),))
    record = replace(theorem("a", PROVED, claim=claim), steps=(first, used))
    assert statuses(record) == ["proved"]


@pytest.mark.parametrize(
    ("use", "problem"),
    [(Use("nowhere"), "does not come before it"), (Use("first"), "says nothing that it needs")],
)
def test_a_use_must_be_one(use, problem):
    steps = (Step("first", "why", PROVED), Step("second", "why", PROVED, uses=(use,)))
    (one,) = prove([replace(theorem("a", PROVED), steps=steps)])
    assert one.status == "failed"
    assert problem in one.problem


@dataclass(frozen=True)
class Authority:
    """Evidence of a kind that nobody knows."""

    kind: str = "authority"

    def status(self):
        return "proved"

    def facts(self):
        return ()

    def problem(self):
        return None


def test_unknown_evidence_is_an_error():
    with pytest.raises(MalformedRecord, match="must be of a known kind"):
        prove([theorem("a", Authority())])
