"""The runner: decides every claim on objects, makes every check, and says what is proved.

The status of a step is that of its evidence. The status of a theorem is

* refuted, if an object meets its hypotheses and not its conclusions, whatever the steps say;
* failed, if a step, check or witness fails, is malformed, or the claim met too few objects;
* formal, if its record names a proof of all of it that Coq has checked;
* else the weakest of its steps, of the theorems it uses and, if prose is left between the steps,
  of "argued"; "conjecture" at best where the record says so.

So numeric evidence never becomes a proof, and what was not shown is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ..errors import ArgumentTypeError, InvalidArgument, shown
from ..model.numbers import listed
from ..records import RecordList
from .checked import CheckedStep, CheckedTheorem
from .claims import Claim, MalformedClaim, Tried
from .evidence import (
    Cited,
    Enclosed,
    ExactFinite,
    Identity,
    Inequality,
    Numeric,
    Status,
    Summation,
    weakest,
)
from .links import links, misused
from .records import Step, Theorem
from .registry import MalformedRecord
from .textbook.deduction import Deduction

__all__ = ["KINDS", "prove", "selected"]

_MOST_NEAR = 3  # theorems, that a message names

KINDS = (Identity, Summation, Inequality, Deduction, ExactFinite, Enclosed, Cited, Numeric)


def prove(
    theorems: Sequence[Theorem],
    labels: Iterable[str] = (),
    map: Callable[..., Iterable[Any]] = map,
) -> list[CheckedTheorem]:
    """Check theorems, and those that they use.

    Parameters
    ----------
    theorems : sequence of Theorem
        All records, such that `uses` points backwards.
    labels : iterable of str
        Which ones, by label or title; by default all. ``r6'`` may be written for R6′.
    map : callable
        ``map(function, iterable)``, in order: a progress bar, or an executor.

    Returns
    -------
    list of CheckedTheorem
        Those asked for, in the order of the records.

    Raises
    ------
    InvalidArgument
        If `theorems` are no theorems or lack one that another uses, or a label is unknown.

    Examples
    --------
    >>> from stabkit import prove, theorems
    >>> [(one.theorem.label, one.status) for one in prove(theorems(), ["kernel"])]
    [('kernel', 'proved')]
    """
    records = listed(theorems, "'theorems'", "records")
    if not all(isinstance(theorem, Theorem) for theorem in records):
        raise ArgumentTypeError(f"'theorems' must be records, not {shown(theorems)}.")
    wanted = selected(records, labels)
    needed = _with_uses(records, wanted)
    known = {theorem.label: theorem.claim for theorem in needed}
    found: dict[str, CheckedTheorem] = {}
    for theorem, parts in zip(needed, map(_own_checks, needed), strict=True):
        used = {label: known[label] for label in theorem.uses}
        found[theorem.label] = _checked(theorem, parts, used, found)
    return RecordList(found[theorem.label] for theorem in wanted)


def selected(theorems: Sequence[Theorem], labels: Iterable[str]) -> list[Theorem]:
    """Return the theorems of these labels or titles, in their own order; all if there are none.

    Capital letters make no difference: ``r7``, ``R7`` and ``gcd theorem`` are one.

    Raises InvalidArgument if a label is unknown.
    """
    asked = {_folded(str(label)): label for label in listed(labels, "'labels'", "labels")}
    if asked and not theorems:
        raise InvalidArgument("'theorems' must hold records to choose from; there are none.")
    known = {name: t for t in reversed(theorems) for name in (_folded(t.title), _folded(t.label))}
    for folded in sorted(set(asked) - set(known)):
        near = " or ".join(f"{one.label} ({one.title})" for one in _nearest(theorems, folded))
        raise InvalidArgument(
            f"'LABEL' must be the label or the title of a theorem, such as {near}, "
            f"not {shown(asked[folded])}; 'stabkit prove' lists all."
        )
    wanted = {known[label].label for label in asked}
    return [theorem for theorem in theorems if not asked or theorem.label in wanted]


def _nearest(theorems: Sequence[Theorem], folded: str) -> list[Theorem]:
    """Return the first theorems whose label or title has all words asked for, or the most alike."""
    names = {theorem.label: _folded(f"{theorem.label} {theorem.title}") for theorem in theorems}
    having = [t for t in theorems if all(word in names[t.label] for word in folded.split("-"))]
    if having:
        return having[:_MOST_NEAR]
    known = {name: t for t in theorems for name in (_folded(t.title), _folded(t.label))}
    alike = get_close_matches(folded, known, n=1, cutoff=0.3)
    return [known[name] for name in alike] or [theorems[0]]


def _folded(name: str) -> str:
    return "-".join(name.replace("'", "′").casefold().split())


def _with_uses(theorems: Sequence[Theorem], wanted: Sequence[Theorem]) -> list[Theorem]:
    by_label = {theorem.label: theorem for theorem in theorems}
    needed, open_ends = set(), [theorem.label for theorem in wanted]
    while open_ends:
        label = open_ends.pop()
        if label not in by_label:
            raise InvalidArgument(f"'theorems' must hold what they use: {label} is missing.")
        if label not in needed:
            needed.add(label)
            open_ends.extend(by_label[label].uses)
    return [theorem for theorem in theorems if theorem.label in needed]


@dataclass(frozen=True)
class _OwnChecks:
    """What can be checked of a record by itself."""

    tried: Tried
    problem: str | None
    steps: tuple[CheckedStep, ...]
    checks: tuple[CheckedStep, ...]
    sharpness: tuple[CheckedStep, ...]


def _own_checks(theorem: Theorem) -> _OwnChecks:
    problem, tried = None, Tried(0, 0, 0, None)
    try:
        tried = theorem.claim.tried()
    except MalformedClaim as error:
        problem = str(error)
    witnesses = [Step(theorem.dropped(w), w.text, w.evidence) for w in theorem.sharpness]
    pieces = (theorem.steps, theorem.checks, witnesses)
    return _OwnChecks(tried, problem, *(tuple(_step(step) for step in part) for part in pieces))


def _step(step: Step) -> CheckedStep:
    if not isinstance(step.evidence, KINDS):
        raise MalformedRecord(
            f"'evidence' of {step.name} must be of a known kind, not {shown(step.evidence)}."
        )
    status = step.evidence.status()
    problem = step.evidence.problem() if status == "failed" else None
    return CheckedStep(step.name, step.evidence.kind, status, problem)


def _checked(
    theorem: Theorem,
    parts: _OwnChecks,
    used: Mapping[str, Claim],
    found: Mapping[str, CheckedTheorem],
) -> CheckedTheorem:
    problem = parts.problem or _vacuous(theorem, parts.tried) or misused(theorem, used)
    prose = links(theorem, used)
    status = _status(theorem, parts, problem, prose, found)
    return CheckedTheorem(
        theorem,
        status,
        parts.tried,
        prose,
        problem,
        parts.steps,
        parts.checks,
        parts.sharpness,
    )


def _vacuous(theorem: Theorem, tried: Tried) -> str | None:
    if theorem.refutation is not None:
        return None if tried.failing else "no counterexample was found to what is called refuted"
    if tried.failing is None and tried.instances < theorem.claim.least:
        return (
            f"its claim was decided for {tried.instances} objects only, not for "
            f"{theorem.claim.least}"
        )
    return None


def _status(
    theorem: Theorem,
    parts: _OwnChecks,
    problem: str | None,
    prose: tuple[str, ...],
    found: Mapping[str, CheckedTheorem],
) -> Status:
    pieces = (*parts.steps, *parts.checks, *parts.sharpness)
    if parts.tried.failing is not None and not problem:
        return "refuted"
    if not theorem.steps or problem or any(step.status == "failed" for step in pieces):
        return "failed"
    if theorem.formal is not None and not theorem.formal.part:
        return "formal"
    statuses: list[Status] = [step.status for step in parts.steps]
    statuses += [found[label].status for label in theorem.uses]
    if prose:
        statuses.append("argued")
    if theorem.conjecture is not None:
        statuses.append("conjecture")
    return weakest(statuses)
