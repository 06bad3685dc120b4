"""The packaged workloads as a list for people and as JSON types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...model.examples import Example
from ..layout import labelled, paragraph, title
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, headed
from .numbers import readable
from .tables import plain_table

__all__ = ["SCHEMA", "catalogue_record", "catalogue_text"]

SCHEMA = "stabkit.examples/2"
_MORE = (
    "Analyse one: stabkit analyze azure-code-2023. What each shows, its capacity, source and "
    "licence: stabkit examples --full."
)


@TEXTS.writes(Example, many=True)
def catalogue_text(examples: Sequence[Example], full: bool = False) -> str:
    """Return the packaged workloads; in full: capacity and why, source and licence of each."""
    if not full:
        rows = ((one.name, one.title, one.licence) for one in examples)
        return f"{plain_table([('name', 'what it is', 'licence'), *rows])}\n{paragraph(_MORE)}"
    return "\n".join(
        f"{title(f'{one.name}  {one.title}')}{labelled(_rows(one), '  ')}" for one in examples
    )


@RECORDS.writes(Example, many=True)
def catalogue_record(examples: Sequence[Example]) -> dict[str, Any]:
    """Return the packaged workloads as JSON types: schema ``stabkit.examples/2``."""
    return headed(SCHEMA, examples=as_json(examples))


def _rows(example: Example) -> list[tuple[str, str]]:
    return [
        ("shows", example.shows),
        ("capacity", f"{readable(example.capacity)} tokens. {example.capacity_reason}"),
        ("source", example.source),
        ("licence", example.licence),
    ]
