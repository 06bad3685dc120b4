"""The kinds of request logs as a list for people and as JSON types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...model.traces.log_formats import LogFormat
from ..layout import heading, paragraph, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed

__all__ = ["SCHEMA", "formats_record", "formats_text"]

SCHEMA = "stabkit.formats/1"
_INDENT = " " * 7
_BEFORE = (
    "Request logs are recognised by what they call the tokens of a prompt and of its output, at "
    "any depth: in CSV, TSV, JSONL, JSON or Parquet, packed (.gz, .bz2, .xz) or not, from files or "
    "from standard input (-)."
)
_AFTER = (
    "Names of other interfaces are in docs/formats.md, with an example of each kind. Any other "
    "log: --input-column and --output-column, names or dotted paths. A window of times: --from and "
    "--to. A mix of classes: TOML or JSON."
)


@RECORDS.writes(LogFormat, many=True)
def formats_record(formats: Sequence[LogFormat]) -> dict[str, Any]:
    """Return the kinds of logs as JSON types: schema ``stabkit.formats/1``."""
    return headed(
        SCHEMA,
        formats=[
            chosen(one, "writer container fields") | {"time_column": one.times or None}
            for one in formats
        ],
    )


@TEXTS.writes(LogFormat, many=True)
def formats_text(formats: Sequence[LogFormat]) -> str:
    """Return two lines for each kind: who writes it, and what it calls the tokens."""
    kinds = (line for one in formats for line in _kind(one))
    return "\n".join([paragraph(_BEFORE), *kinds, "", paragraph(_AFTER)])


def _kind(one: LogFormat) -> list[str]:
    head = heading(f"{one.container:<7}{one.writer}")
    return [head, *wrapped(", ".join(one.fields), _INDENT, _INDENT)]
