"""Checked theorems as a table for people and as JSON types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ...theorems.checked import CheckedStep, CheckedTheorem
from ...theorems.evidence import STATUSES
from ..layout import heading, labelled, paragraph, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed
from .formulas import unbroken
from .numbers import counted
from .tables import plain_table

__all__ = ["SCHEMA", "theorems_record", "theorems_text"]

SCHEMA = "stabkit.theorems/3"
_MORE = "Every step, and what the statuses mean: --full."
_MORE_OF_ALL = "What was checked: stabkit prove R7 for one, --full for all."
_PARTS = (("steps", "proof"), ("checks", "code"), ("sharpness", "sharp"))


@RECORDS.writes(CheckedTheorem, many=True)
def theorems_record(found: Sequence[CheckedTheorem], detailed: bool = True) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.theorems/3``.

    A `status` is one of `stabkit.theorems.evidence.STATUSES`. The claim was decided for so many
    `instances`, of which `failing` is the first for which it is false; so many `argued_links` of
    the `proof` are prose; `checks` compare code with the theorem, `sharpness` shows that hypotheses
    are needed. JSON is always `detailed`.
    """
    return headed(
        SCHEMA,
        theorems=[
            {
                **chosen(one.theorem, "label title chapter"),
                "status": one.status,
                **chosen(one.theorem, "statement hypotheses"),
                **chosen(one.tried, "instances failing"),
                "argued_links": len(one.links),
                **chosen(one, "links problem"),
                **chosen(one.theorem, "uses code formal conjecture refutation"),
                "proof": _checked(one.steps),
                "checks": _checked(one.checks),
                "sharpness": _checked(one.sharpness),
            }
            for one in found
        ],
    )


def _checked(steps: Sequence[CheckedStep]) -> list[dict[str, Any]]:
    return [chosen(step, "name evidence status") for step in steps]


@TEXTS.writes(CheckedTheorem, many=True)
def theorems_text(
    found: Sequence[CheckedTheorem], detailed: bool = False, full: bool = False
) -> str:
    """Return a line per theorem, in `full` a table; `detailed`: each, `full` with all its steps."""
    if not detailed:
        return f"{_table(found)}\n{_summary(found)}" if full else _list(found)
    blocks = ["\n".join(_one(one, full)) + "\n" for one in found]
    return "\n".join([*blocks, _summary(found) if full else paragraph(_MORE)])


def _list(found: Sequence[CheckedTheorem]) -> str:
    rows = [(one.theorem.label, f"{one.theorem.title} [{one.badge}]") for one in found]
    wrong = "".join(f"{line}\n" for line in _counterexamples(found))
    return f"{labelled(rows)}\n{wrong}{paragraph(f'{_counted(found)} {_MORE_OF_ALL}')}"


def _table(found: Sequence[CheckedTheorem]) -> str:
    heads = ("", "status", "claim", "proof", "code", "sharp", "")
    return plain_table([heads, *map(_row, found)])


def _row(one: CheckedTheorem) -> tuple[str, ...]:
    parts = (_passed(getattr(one, part)) for part, _ in _PARTS)
    return (one.theorem.label, one.badge, f"{one.tried.instances}", *parts, one.theorem.title)


def _passed(steps: Sequence[CheckedStep]) -> str:
    held = sum(step.status != "failed" for step in steps)
    if not steps:
        return "-"
    return f"{held}" if held == len(steps) else f"{held} of {len(steps)}"


def _counted(found: Sequence[CheckedTheorem]) -> str:
    counts = Counter(one.status for one in found)
    listed = ", ".join(f"{counts[status]} {status}" for status in STATUSES if counts[status])
    return f"{counted(len(found), 'theorem')}: {listed}."


def _summary(found: Sequence[CheckedTheorem]) -> str:
    text = (
        f"{_counted(found)} Every claim was tried on objects drawn at "
        "random and at the boundary: the column claim tells for how many it held, by engines that "
        "the proof does not use. Checked by computer algebra. Proved: identities, inequalities "
        "with a certificate and textbook theorems lead to the claim, each handing its result to "
        "the next as data. Formal: Coq has checked a proof of the whole theorem. Argued: every "
        "step is checked, but so many links between them are prose. A formal theorem stands on "
        "its own; another is as strong as its weakest step and as the theorems that it uses."
    )
    return "\n".join([*wrapped(text), *_counterexamples(found)]) + "\n"


def _counterexamples(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    for one in found:
        if one.tried.failing is not None:
            yield from wrapped(f"{one.theorem.label} fails for {one.tried.failing}")
        if one.problem is not None:
            yield from wrapped(f"{one.theorem.label}: {one.problem}")


def _one(one: CheckedTheorem, full: bool) -> Iterator[str]:
    theorem = one.theorem
    yield from map(heading, wrapped(f"{theorem.label}  {theorem.title}  [{one.badge}]"))
    for symbol, meaning in theorem.notation:
        yield from _indented(f"${symbol}$: {meaning}")
    for hypothesis in theorem.hypotheses:
        yield from _indented(f"Suppose: {hypothesis}")
    yield from _indented(theorem.statement)
    if theorem.conjecture is not None:
        yield from _indented(f"A conjecture: {theorem.conjecture}")
    if theorem.refutation is not None:
        yield from _indented(f"Refuted: {theorem.refutation}")
    yield from _indented(f"claim: held for {counted(one.tried.instances, 'object')}")
    if theorem.formal is not None:
        yield from _indented(theorem.formal.sentence(theorem.refutation is not None))
    if theorem.uses:
        yield from _indented(f"Uses {', '.join(theorem.uses)}.")
    yield from _steps(one) if full else _counts(one)


def _counts(one: CheckedTheorem) -> Iterator[str]:
    """Yield how many steps of each part passed, and every one that did not."""
    for part, title in _PARTS:
        steps = getattr(one, part)
        if steps:
            held = f"{_passed(steps)} {'step holds' if len(steps) == 1 else 'steps hold'}"
            yield from _indented(f"{title}: {held}")
        for step in steps:
            if step.problem is not None:
                yield from _indented(f"{title}: {step.name}: {step.status} ({step.problem})")
    if one.links:
        yield from _indented(f"in prose: {counted(len(one.links), 'link')}")
    if one.problem is not None:
        yield from _indented(one.problem)


def _steps(one: CheckedTheorem) -> Iterator[str]:
    for part, title in _PARTS:
        for step in getattr(one, part):
            why = "" if step.problem is None else f" ({step.problem})"
            yield from _indented(f"{title}: {step.name} ({step.evidence}): {step.status}{why}")
    if one.links:
        yield from _indented(f"in prose: {'; '.join(one.links)}")


def _indented(text: str) -> list[str]:
    return wrapped(unbroken(text), "    ", "  ")
