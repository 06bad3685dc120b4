"""The runner: makes every check of every record, and says what is proved.

The status of a step is that of its evidence; the status of a theorem is the weakest of its steps
and of the theorems it uses; it is "conjecture" at best where the record says so, and "failed" if
any step, check or witness fails. So numeric evidence never becomes a proof, and what was not shown
is never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidArgument, shown
from .evidence import Status, weakest
from .records import Step, Theorem

__all__ = ["CheckedStep", "CheckedTheorem", "prove", "selected"]


@dataclass(frozen=True)
class CheckedStep:
    """A step (or check, or witness) and what its evidence showed."""

    name: str
    evidence: str
    status: Status


@dataclass(frozen=True)
class CheckedTheorem:
    """A theorem and what was shown of it."""

    theorem: Theorem
    status: Status
    steps: tuple[CheckedStep, ...]
    checks: tuple[CheckedStep, ...]
    sharpness: tuple[CheckedStep, ...]


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
        Which ones; by default all. ``R6'`` may be written for R6′.
    map : callable
        ``map(function, iterable)``, in order: a progress bar, or an executor.

    Returns
    -------
    list of CheckedTheorem
        Those asked for, in the order of the records.

    Raises
    ------
    InvalidArgument
        If a label is unknown.
    """
    wanted = selected(theorems, labels)
    needed = _with_uses(theorems, wanted)
    parts = map(_parts, needed)
    found: dict[str, CheckedTheorem] = {}
    for theorem, (steps, checks, sharpness) in zip(needed, parts, strict=True):
        status = _status(theorem, (steps, checks, sharpness), found)
        found[theorem.label] = CheckedTheorem(theorem, status, steps, checks, sharpness)
    return [found[theorem.label] for theorem in wanted]


def selected(theorems: Sequence[Theorem], labels: Iterable[str]) -> list[Theorem]:
    """Return the theorems of these labels, in their own order; all if there are none.

    Raises
    ------
    InvalidArgument
        If a label is unknown.
    """
    asked = {label.replace("'", "′") for label in labels}
    known = {theorem.label for theorem in theorems}
    for label in sorted(asked - known):
        raise InvalidArgument(
            f"'LABEL' must be one of {', '.join(t.label for t in theorems)}, not {shown(label)}."
        )
    return [theorem for theorem in theorems if not asked or theorem.label in asked]


def _with_uses(theorems: Sequence[Theorem], wanted: Sequence[Theorem]) -> list[Theorem]:
    by_label = {theorem.label: theorem for theorem in theorems}
    needed, open_ends = set(), [theorem.label for theorem in wanted]
    while open_ends:
        label = open_ends.pop()
        if label not in needed:
            needed.add(label)
            open_ends.extend(by_label[label].uses)
    return [theorem for theorem in theorems if theorem.label in needed]


def _parts(theorem: Theorem) -> tuple[tuple[CheckedStep, ...], ...]:
    witnesses = [Step(w.drops, w.text, w.evidence) for w in theorem.sharpness]
    return tuple(
        tuple(CheckedStep(step.name, step.evidence.kind, step.evidence.status()) for step in part)
        for part in (theorem.steps, theorem.checks, witnesses)
    )


def _status(
    theorem: Theorem,
    parts: tuple[tuple[CheckedStep, ...], ...],
    found: dict[str, CheckedTheorem],
) -> Status:
    if not theorem.steps or any(step.status == "failed" for part in parts for step in part):
        return "failed"
    statuses = [step.status for step in parts[0]]
    statuses += [found[label].status for label in theorem.uses]
    if theorem.conjecture is not None:
        statuses.append("conjecture")
    return weakest(statuses)
