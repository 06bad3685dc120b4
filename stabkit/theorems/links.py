"""How far a proof goes as data, and where prose is left: the one function that tells.

A conclusion of the claim is *reached* if a fact of a step, or of a theorem that is used, says the
same and holds under no more than the claim's hypotheses. If every conclusion is, the proof is one
chain of checked data. If not, the links of prose are counted: each conclusion that is not reached,
and each step that shows something which no later step takes up.
"""

from __future__ import annotations

from collections.abc import Mapping

from .claims import Claim
from .facts import Fact, Summed, follows, same
from .records import Step, Theorem, Use
from .wording import said

__all__ = ["facts_of", "links", "misused"]

Known = Mapping[str, tuple[Fact, ...]]


def facts_of(claim: Claim) -> tuple[Fact, ...]:
    """Return what a theorem gives to those that use it: its conclusions, under its hypotheses."""
    return tuple(Fact(conclusion, claim.hypotheses) for conclusion in claim.conclusions)


def links(theorem: Theorem, used: Known) -> tuple[str, ...]:
    """Return the links of a proof that are prose; none where the claim is reached by data.

    Parameters
    ----------
    theorem : Theorem
    used : mapping of str to facts
        The facts of earlier theorems, by label.
    """
    known = dict(used)
    for step in theorem.steps:
        known[step.name] = _derived(step, known)
    assumed = [*theorem.claim.hypotheses, *_definitions(theorem.claim)]
    names = [step.name for step in theorem.steps] + list(theorem.uses)
    consumed = {use.name for step in theorem.steps for use in step.uses}
    words, found = theorem.claim.known(), []
    for conclusion in theorem.claim.conclusions:
        by = [
            name
            for name in names
            if _reaches(known.get(name, ()), conclusion, assumed, theorem.claim)
        ]
        consumed |= set(by)
        if not by:
            found.append(f"to the conclusion: {said(conclusion, words)}")
    if not found:
        return ()
    loose = [step.name for step in theorem.steps if step.name not in consumed]
    return (*(f"from the step {name.replace('-', ' ')}" for name in loose), *found)


def misused(theorem: Theorem, used: Known) -> str | None:
    """Return what is wrong with the uses of a record; None if nothing is."""
    known = dict(used)
    for step in theorem.steps:
        for use in step.uses:
            if use.name not in known:
                return f"step {step.name} uses {use.name}, which does not come before it"
            before = step.evidence.facts()
            if not any(_differ(fact, fact.discharged(_placed(use, known))) for fact in before):
                return f"step {step.name} uses {use.name}, which says nothing that it needs"
        known[step.name] = _derived(step, known)
    return None


def _derived(step: Step, known: Known) -> tuple[Fact, ...]:
    available = [fact for use in step.uses for fact in _placed(use, known)]
    return tuple(fact.discharged(available) for fact in step.evidence.facts())


def _placed(use: Use, known: Known) -> list[Fact]:
    return [fact.at(use.at) for fact in known.get(use.name, ())]


def _differ(one: Fact, other: Fact) -> bool:
    return one.conditions != other.conditions


def _reaches(
    facts: tuple[Fact, ...], conclusion: object, assumed: list[object], claim: Claim
) -> bool:
    return any(
        same(fact.conclusion, conclusion)
        and all(follows(condition, assumed) for condition in fact.conditions)
        and _over_the_same(fact, claim)
        for fact in facts
    )


def _over_the_same(fact: Fact, claim: Claim) -> bool:
    """Tell whether the quantities that a fact takes as sums are sums over the same parts."""
    known = claim.known()
    summed = [x.args[0] for x in fact.conditions if isinstance(x, Summed)]
    return len({known[symbol].parts for symbol in summed}) <= 1


def _definitions(claim: Claim) -> list[object]:
    """Return what holds by the definition of the quantities."""
    return [
        Summed(quantity.symbol, quantity.summand)
        for quantity in claim.quantities
        if quantity.summand is not None
    ]
