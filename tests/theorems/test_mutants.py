"""The records of the theory can fail: no changed claim is proved, no changed step holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

import stabkit
from stabkit.theorems.facts import follows
from stabkit.theorems.links import links

RECORDS = stabkit.theorems()
LABELS = [theorem.label for theorem in RECORDS]


@pytest.mark.slow
@pytest.mark.parametrize("theorem", RECORDS, ids=LABELS)
def test_a_changed_claim_is_never_proved(theorem):
    """Every constant, relation, connective and quantifier, and every hypothesis left out."""
    used = {one.label: one.claim for one in RECORDS if one.label in theorem.uses}
    mutants = list(theorem.claim.mutants())
    assert len(mutants) >= 2 * len(theorem.claim.conclusions)  # two other relations for each
    for claim in mutants:
        tried = claim.tried()
        if tried.failing is None and tried.instances >= claim.least:
            assert links(replace(theorem, claim=claim), used) or _supposes_more(claim, theorem), (
                claim
            )


def _supposes_more(claim, theorem):
    """Whether a claim follows from a theorem's: the same conclusions, from stronger hypotheses."""
    return claim.conclusions == theorem.claim.conclusions and all(
        follows(hypothesis, claim.hypotheses) for hypothesis in theorem.claim.hypotheses
    )


@pytest.mark.slow
@pytest.mark.parametrize("theorem", RECORDS, ids=LABELS)
def test_every_mutant_of_every_step_fails(theorem, pieces):
    for step in pieces(theorem):
        mutants = list(step.evidence.mutants())
        assert mutants, step.name
        for mutant in mutants:
            assert mutant.status() == "failed", (step.name, mutant)
