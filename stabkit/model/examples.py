"""Packaged workloads: four real traces, counted, and six small mixes that each teach one thing.

Their classes, sources, licences and capacities are in ``packaged/examples.toml``, and the notices
that the licences ask for in ``packaged/ATTRIBUTION.md``.
"""

from __future__ import annotations

import difflib
import gzip
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from ..errors import InvalidWorkload, WorkloadTypeError, shown
from ..records import Record, RecordList
from .documents import read_toml
from .files import record_arguments
from .numbers import exact_rational
from .traces.tally import Tally

__all__ = ["Example", "example_arguments", "examples"]


@dataclass(frozen=True, repr=False)
class Example(Record):
    """A packaged workload.

    Attributes
    ----------
    name : str
        What `Workload.named` and the command line call it.
    title : str
        One line for a table.
    kind : {"trace", "teaching"}
        Real lengths, counted by pair, or a small mix made up for one purpose.
    source, licence : str
        Where it comes from, with the notice that the licence asks for, and the licence (SPDX).
    capacity : Fraction
        KV memory in tokens.
    capacity_reason : str
        Why this capacity: measured, assumed or chosen.
    shows : str
        What to look at.
    """

    name: str
    title: str
    kind: Literal["trace", "teaching"]
    source: str
    licence: str
    capacity: Fraction
    capacity_reason: str
    shows: str


def examples() -> list[Example]:
    """Return the packaged workloads: traces first, then the teaching mixes.

    Returns
    -------
    list of Example

    Examples
    --------
    >>> [example.name for example in examples() if example.kind == "teaching"][:2]
    ['homogeneous', 'coprime-stable']
    """
    return RecordList(_example(record) for record in _catalogue().values())


def example_arguments(name: str, capacity: Any = None) -> dict[str, Any]:
    """Return the arguments from which `Workload` makes the example called `name`.

    * `name`: one of the names of `examples`.
    * `capacity`: KV memory in tokens; overrides the example's.

    Raises InvalidWorkload if there is no such example; the message names the nearest ones.

    >>> example_arguments("homogeneous")["classes"]
    [(10, 5, 1)]
    """
    catalogue = _catalogue()
    if not isinstance(name, str) or name not in catalogue:
        kind = InvalidWorkload if isinstance(name, str) else WorkloadTypeError
        raise kind(
            f"'name' must be a packaged example such as {_nearest(name, list(catalogue))}, "
            f"not {shown(name)}."
        )
    record = catalogue[name]
    tokens = record["capacity"] if capacity is None else capacity
    if "counts" in record:
        return _counted(record["counts"]).arguments(name, tokens)
    return record_arguments({"class": record["class"]}, "weight", "class", tokens, name)


@cache
def _counted(counts: str) -> Tally:
    """Return the tally of a packaged trace: rows of decode length, input length, count."""
    rows = gzip.decompress(_packaged(counts).read_bytes()).decode("ascii").splitlines()
    tally = Tally()
    for row in rows[1:]:
        decode_length, input_length, count = map(int, row.split(","))
        tally.add(input_length, decode_length, count)
    return tally


def _nearest(name: Any, known: list[str]) -> str:
    close = difflib.get_close_matches(str(name)[:60], known, n=2, cutoff=0.3) or known[:2]
    return " or ".join(f"'{candidate}'" for candidate in close)


def _example(record: dict[str, Any]) -> Example:
    return Example(
        name=record["name"],
        title=record["title"],
        kind=record["kind"],
        source=record["source"],
        licence=record["licence"],
        capacity=exact_rational(record["capacity"], "'capacity'"),
        capacity_reason=record["capacity_reason"],
        shows=record["shows"],
    )


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    document = read_toml(_packaged("examples.toml").read_text(encoding="utf-8"))
    return {record["name"]: record for record in document["example"]}


def _packaged(name: str) -> Traversable:
    return files("stabkit.model").joinpath("packaged", name)
