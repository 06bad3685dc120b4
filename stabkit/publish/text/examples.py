"""The packaged workloads as a list for people and as JSON types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ...model.examples import Example
from ..rendering import RECORDS, REPORTS
from .dialect import as_json, headed
from .numbers import readable

__all__ = ["SCHEMA", "catalogue_record", "render_catalogue"]

SCHEMA = "stabkit.examples/2"
_WIDEST = 100


@REPORTS.writes(Example)
def render_catalogue(examples: Sequence[Example], console: Console) -> None:
    """Print the packaged workloads: name, what each shows, capacity and why, source, licence."""
    width = min(console.width, _WIDEST)
    for example in examples:
        console.print(
            Text.assemble((example.name, "bold"), "  ", example.title),
            width=width,
            highlight=False,
        )
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for label, text in _rows(example):
            grid.add_row(Text(label, style="dim"), Text(text))
        console.print(Padding(grid, (0, 0, 1, 2)), width=width, highlight=False)


@RECORDS.writes(Example)
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
