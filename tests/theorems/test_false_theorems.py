"""False theorems in plausible steps: the runner calls none of them proved."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stabkit_proofs.objects import common_mixes, mixes
from stabkit_proofs.quantities import (
    COMMON,
    COMMON_INPUT,
    GCD,
    STABLE,
    UNSTABLE,
    common,
    stable,
    unstable,
)
from sympy import Eq, Ge, diff, symbols

import stabkit
from stabkit.theorems.claims import Claim
from stabkit.theorems.evidence import Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem
from stabkit.theorems.runner import prove
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import Hurwitz, Rouche

s, S, d, A, G, N, z = symbols("s S d A G N z")
m, g = symbols("m g", integer=True)
OPEN = Interval(0, open_low=True)
RECORDS = {theorem.label: theorem for theorem in stabkit.theorems()}

# Every step is true, and none has to do with the conclusion.
COPRIME_IS_ENOUGH = Theorem(
    label="X1",
    title="Coprime lengths are stable for every input",
    claim=Claim(common_mixes, (GCD, COMMON, COMMON_INPUT, STABLE), (common, Eq(g, 1)), (stable,)),
    steps=(
        Step(
            "split",
            "the kernel is linear in the input",
            Identity((s + m + 1) * z**m * S, s * z**m * S + diff(z * z**m * S, z)),
        ),
        Step(
            "no-crossing",
            "the survival function falls",
            Deduction(
                Rouche(
                    G,
                    A,
                    bound=S * (s + 1),
                    floor=(S + d) * (s + 2),
                    domains={S: OPEN, d: Interval(0), s: Interval(0)},
                )
            ),
        ),
        Step(
            "limit",
            "by R1 the limit has no root there",
            Deduction(
                Hurwitz(
                    G,
                    A,
                    parameter=s,
                    coefficient=(s + m + 1) * S / (s + 1),
                    tends_to=S,
                    leading=S,
                    domains={S: OPEN},
                )
            ),
        ),
    ),
    lesson="Coprime is enough.",
)
EVERYTHING_IS_STABLE = Theorem(
    label="X2",
    title="0 = 1",
    claim=Claim(mixes, (STABLE,), (), (stable,)),
    steps=(Step("square", "by algebra", Identity((s + 1) ** 2, s**2 + 2 * s + 1)),),
    lesson="x",
)


@pytest.mark.parametrize("theorem", [COPRIME_IS_ENOUGH, EVERYTHING_IS_STABLE])
def test_the_steps_hold_and_the_claim_is_refuted(theorem):
    assert {step.evidence.status() for step in theorem.steps} == {"proved"}
    (one,) = prove([theorem])
    assert one.status == "refuted"
    assert stabkit.Workload.from_classes(part.split(":") for part in one.tried.failing.split())


def status_of(theorem):
    """Return the status of a record that stands in for the one of its label."""
    records = [theorem if t.label == theorem.label else t for t in RECORDS.values()]
    return prove(records, [theorem.label])[0].status


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [Eq(unstable, g + 5), Eq(unstable, g), Ge(unstable, g)])
def test_the_gcd_theorem_with_another_number(wrong):
    theorem = RECORDS["R7"]
    right = Eq(unstable, g - 1)
    assert right in theorem.claim.conclusions
    conclusions = tuple(wrong if c == right else c for c in theorem.claim.conclusions)
    assert status_of(replace(theorem, claim=replace(theorem.claim, conclusions=conclusions))) == (
        "refuted"
    )


@pytest.mark.slow
def test_the_gcd_theorem_with_a_weaker_condition():
    theorem = RECORDS["R7"]
    (condition,) = theorem.claim.hypotheses
    claim = replace(theorem.claim, hypotheses=(condition.func(condition.lhs, -2 * g),))
    assert status_of(replace(theorem, claim=claim, sharpness=())) == "refuted"


def test_what_is_stated_cannot_be_written_beside_the_claim():
    for words in ("statement", "hypotheses", "formula"):
        with pytest.raises(TypeError):
            replace(RECORDS["R7"], **{words: "The equilibrium has g + 5 unstable modes."})


def test_true_steps_that_do_not_lead_to_a_true_claim_are_argued():
    true = replace(EVERYTHING_IS_STABLE, claim=Claim(mixes, (UNSTABLE,), (), (Ge(unstable, 0),)))
    (one,) = prove([true])
    assert one.badge == "argued (2 links)"


@pytest.mark.slow
@pytest.mark.parametrize("label", ["headroom", "reservation"])
def test_the_old_statements_of_two_policies_are_refuted(label):
    """Without any of the hypotheses: on the start they had none, or too weak a one."""
    claim = RECORDS[label].claim
    assert claim.tried().failing is None
    for dropped in claim.hypotheses:
        kept = tuple(h for h in claim.hypotheses if h != dropped)
        assert replace(claim, hypotheses=kept).tried().failing is not None, dropped


def test_an_inequality_on_nothing_is_no_step():
    empty = Step("nothing", "why", Inequality(s - 1, {s: Interval(2, 1)}))
    (one,) = prove([replace(EVERYTHING_IS_STABLE, claim=RECORDS["R1"].claim, steps=(empty,))])
    assert one.status == "failed"
    assert "a domain is not shown to have a point" in one.steps[0].problem
