"""Trajectories as a summary for people, as CSV and JSON; exact numbers there as text.

CSV: one row per step; completions per class follow where there are at most 16 classes. JSON: the
same columns as lists, schema ``stabkit.trajectory/2``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ...dynamics.trajectory import MOST_CLASS_COLUMNS, Trajectory
from ..layout import paragraph, title
from ..rendering import RECORDS, TABLES, TEXTS
from .dialect import chosen, headed
from .numbers import amount, counted, readable
from .tables import csv_text, plain_table

__all__ = ["COLUMNS", "SCHEMA", "trajectory_csv", "trajectory_record", "trajectory_text"]

SCHEMA = "stabkit.trajectory/2"
COLUMNS = ("admitted", "evicted", "completed", "memory", "completed_tokens")
_LABELS = {
    "admitted": "admitted (requests)",
    "evicted": "evicted (requests)",
    "completed": "completed (requests)",
    "completed_tokens": "completed (tokens)",
    "memory": "memory (tokens)",
}
_MORE = "A row per step: stabkit simulate ... --output run.csv, or into a pipe.\n"


@TEXTS.writes(Trajectory)
def trajectory_text(trajectory: Trajectory) -> str:
    """Return what the run was, and of its steps the mean, the least, the largest and the last."""
    run = f"{_policy(trajectory)}, {trajectory.arithmetic} arithmetic, "
    capacity = amount(readable(trajectory.capacity), "token")
    head = f"{trajectory.mix.name}, {capacity}, {run}"
    head += counted(len(trajectory.admitted) - 1, "step")
    heads = ("per step", "mean", "least", "largest", "last")
    rows = ((label, *_figures(getattr(trajectory, name))) for name, label in _LABELS.items())
    table = plain_table([heads, *rows], align="<>>>>")
    return "\n".join([title(head), table, paragraph(_evicting(trajectory)), _MORE])


def _policy(trajectory: Trajectory) -> str:
    """Return the name of the policy, and its parameters with theirs."""
    values = trajectory.parameters.items()
    given = (f"{name.replace('_', ' ')} {readable(value, 4)}" for name, value in values)
    return ", ".join([trajectory.policy, *given])


def _figures(column: Any) -> Iterator[str]:
    steps = [Fraction(value) for value in _values(column)[1:]] or [Fraction(0)]
    for value in (sum(steps) / len(steps), min(steps), max(steps), steps[-1]):
        yield readable(float(value), 5)


def _evicting(trajectory: Trajectory) -> str:
    evicting = [step for step, n in enumerate(_values(trajectory.evicted)) if n]
    if not evicting:
        return "No step evicts."
    first, last = f"{evicting[0]:,}", f"{evicting[-1]:,}"
    steps = counted(len(evicting), "step evicts", "steps evict")
    return f"{steps}, the first is step {first} and the last is step {last}."


@TABLES.writes(Trajectory)
def trajectory_csv(trajectory: Trajectory) -> str:
    """Return the run as CSV text with the header ``step,admitted,evicted,...``."""
    columns = [_values(getattr(trajectory, name)) for name in COLUMNS]
    by_class = [_values(row) for row in trajectory.completed_by_class]
    count = len(by_class[0]) if by_class else 0
    kept = count if count <= MOST_CLASS_COLUMNS else 0
    head = ("step", *COLUMNS, *(f"completed_{k}" for k in range(1, kept + 1)))
    rows = enumerate(zip(*columns, by_class, strict=True))
    return csv_text([head, *(map(_text, (step, *row, *own[:kept])) for step, (*row, own) in rows)])


@RECORDS.writes(Trajectory)
def trajectory_record(trajectory: Trajectory) -> dict[str, Any]:
    """Return the run as JSON types: schema ``stabkit.trajectory/2``.

    `capacity` is that of the run: where the workload has none, the one that makes a* = 1.
    """
    columns = {name: _json(getattr(trajectory, name)) for name in COLUMNS}
    return headed(
        SCHEMA,
        trajectory.mix,
        **chosen(trajectory, "capacity arithmetic policy parameters steps"),
        **columns,
        wasted_tokens=_json(trajectory.wasted_tokens),
        completed_by_class=[_json(row) for row in trajectory.completed_by_class],
    )


def _values(array: Any) -> list[Any]:
    return list(array.tolist()) if hasattr(array, "tolist") else list(array)


def _json(array: Iterable[Any]) -> list[Any]:
    return [_text(value) if isinstance(value, Fraction) else value for value in _values(array)]


def _text(value: int | float | Fraction) -> str:
    """Return a number in full; by Decimal, as `str` of an int stops at 4300 digits."""
    if isinstance(value, float):
        return repr(value)
    digits = str(Decimal(value.numerator))
    return digits if value.denominator == 1 else f"{digits}/{Decimal(value.denominator)}"
