"""How far a proof goes as data, and where prose is left: the one function that tells.

A conclusion of the claim is *reached* if a fact of a step, or of a theorem that is used, says the
same and holds under no more than the claim's hypotheses. A conjunction is reached if its parts are,
an implication if what follows is under what it supposes, and a statement for every index if its
body is for an arbitrary one. If every conclusion is reached, the proof is one chain of checked
data. If not, the links of prose are counted: each conclusion that is not reached, and each step
that shows something which no later step takes up.

A theorem that is used gives its conclusions under its hypotheses, as long as their symbols stand
for the same quantities in both claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import And, Ge, Implies, Le

from .claims import Claim, Every, symbols_of
from .facts import Fact, Summed, follows, same
from .records import Step, Theorem, Use
from .wording import said

__all__ = ["links", "misused"]

Known = dict[str, tuple[Fact, ...]]


def links(theorem: Theorem, used: Mapping[str, Claim]) -> tuple[str, ...]:
    """Return the links of a proof that are prose; none where the claim is reached by data.

    * `used`: the claims of the theorems that it uses, by label.
    """
    known = _given(theorem.claim, used)
    for step in theorem.steps:
        known[step.name] = _derived(step, known)
    assumed = [*theorem.claim.hypotheses, *_definitions(theorem.claim)]
    consumed = {use.name for step in theorem.steps for use in step.uses}
    words, found = theorem.claim.known(), []
    for conclusion in theorem.claim.conclusions:
        by = _reached(conclusion, known, assumed, theorem.claim)
        consumed |= by
        if not by:
            found.append(f"to the conclusion: {said(conclusion, words)}")
    if not found:
        return ()
    loose = [step.name for step in theorem.steps if step.name not in consumed]
    return (*(f"from the step {name.replace('-', ' ')}" for name in loose), *found)


def misused(theorem: Theorem, used: Mapping[str, Claim]) -> str | None:
    """Return what is wrong with the uses of a record; None if nothing is."""
    known = _given(theorem.claim, used)
    for step in theorem.steps:
        for use in step.uses:
            if use.name not in known:
                return f"step {step.name} uses {use.name}, which does not come before it"
            if use.at and (use.name in used or set(use.at) & set(theorem.claim.known())):
                return f"step {step.name} takes {use.name} at other values of its quantities"
            needs, offers = step.evidence.facts(), _placed(use, known)
            if not any(offer.serves(need) for offer in offers for need in needs):
                return f"step {step.name} uses {use.name}, which says nothing that it needs"
        known[step.name] = _derived(step, known)
    return None


def _given(claim: Claim, used: Mapping[str, Claim]) -> Known:
    """Return the facts of used theorems whose symbols mean the same in both claims."""
    own = claim.known()
    return {
        label: tuple(
            Fact(conclusion, other.hypotheses)
            for conclusion in other.conclusions
            if all(
                own.get(symbol) == other.known()[symbol]
                for predicate in (conclusion, *other.hypotheses)
                for symbol in symbols_of(predicate)
            )
        )
        for label, other in used.items()
    }


def _derived(step: Step, known: Known) -> tuple[Fact, ...]:
    available = [fact for use in step.uses for fact in _placed(use, known)]
    return tuple(fact.discharged(available) for fact in step.evidence.facts())


def _placed(use: Use, known: Known) -> list[Fact]:
    return [fact.at(use.at) for fact in known.get(use.name, ())]


def _reached(conclusion: Any, known: Known, assumed: list[Any], claim: Claim) -> set[str]:
    """Return the names of the steps and theorems that reach a conclusion; none if it is not."""
    by = {name for name, facts in known.items() if _say(facts, conclusion, assumed, claim)}
    if by:
        return by
    if isinstance(conclusion, And):
        parts = [_reached(part, known, assumed, claim) for part in conclusion.args]
        return set().union(*parts) if all(parts) else set()
    if isinstance(conclusion, Implies):
        return _reached(conclusion.args[1], known, [*assumed, conclusion.args[0]], claim)
    if isinstance(conclusion, Every):
        body, index, low, high = conclusion.args
        if any(one.has(index) for one in assumed):
            return set()
        spread = (Ge(index, low, evaluate=False), Le(index, high, evaluate=False))
        return _reached(body, known, [*assumed, *spread], claim)
    return set()


def _say(facts: Iterable[Fact], conclusion: Any, assumed: list[Any], claim: Claim) -> bool:
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
    return len({known[symbol].parts for symbol in summed if symbol in known}) <= 1


def _definitions(claim: Claim) -> list[Any]:
    """Return what holds by the definition of the quantities."""
    return [
        Summed(quantity.symbol, quantity.summand)
        for quantity in claim.quantities
        if quantity.summand is not None
    ]
