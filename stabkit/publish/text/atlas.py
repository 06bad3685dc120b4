"""The atlas of thresholds as CSV, as JSON types and as a short text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...analysis.atlas import LONGEST, AtlasEntry
from ..layout import labelled, paragraph, title
from ..rendering import RECORDS, TABLES, TEXTS
from .dialect import chosen, headed
from .numbers import readable
from .tables import csv_text, plain_table

__all__ = ["COLUMNS", "SCHEMA", "atlas_csv", "atlas_record", "atlas_text"]

SCHEMA = "stabkit.atlas/3"
COLUMNS = (
    "shorter_length",
    "longer_length",
    "threshold",
    "sufficient_input_length",
    "stable_intervals",
)
_HEADS = ("", "decode lengths", "threshold s*", "sufficient s°", "pair law")
_EXTREMES = 3
_CLOSE = 0.125
_ADJACENT = (5, 10, 20, 30, 40, 50)


@TABLES.writes(AtlasEntry, many=True)
def atlas_csv(entries: Sequence[AtlasEntry]) -> str:
    """Return one line per pair under the names of the columns; the form of the packaged file."""
    return csv_text([COLUMNS, *map(_cells, entries)])


@RECORDS.writes(AtlasEntry, many=True)
def atlas_record(entries: Sequence[AtlasEntry]) -> dict[str, Any]:
    """Return the atlas as JSON types: schema ``stabkit.atlas/3``; thresholds are decimal text."""
    return headed(SCHEMA, share="1/2", longest=LONGEST, pairs=[_pair(one) for one in entries])


def _pair(entry: AtlasEntry) -> dict[str, Any]:
    lengths = "shorter_length=shorter longer_length=longer"
    bounds = "threshold_value=threshold sufficient_input_length=sufficient"
    above = [[f"{entry.threshold}", None]] if entry.stable_intervals == 1 else None
    return chosen(entry, f"{lengths} {bounds}") | {"stable_intervals": above}


@TEXTS.writes(AtlasEntry, many=True)
def atlas_text(entries: Sequence[AtlasEntry]) -> str:
    """Return the least and the largest thresholds and some of adjacent lengths, with the law."""
    if len(entries) == 1:
        return _pair_text(entries[0])
    ordered = sorted(entries, key=lambda entry: entry.threshold)
    adjacent = [e for e in entries if e.longer == e.shorter + 1 and e.shorter in _ADJACENT]
    widest = max(entries, key=lambda entry: entry.longer - entry.shorter)
    groups = (
        ("least", ordered[:_EXTREMES]),
        ("largest", ordered[-_EXTREMES:][::-1]),
        ("adjacent", adjacent),
        ("farthest apart", [widest]),
    )
    rows = [(name if e is group[0] else "", *_row(e)) for name, group in groups for e in group]
    return "\n".join([_head(entries), plain_table([_HEADS, *rows]), _foot()])


def _pair_text(entry: AtlasEntry) -> str:
    rows = [
        ("stable", f"for every common input above s*, {_STABLE}"),
        ("threshold s*", f"{readable(entry.threshold, 12)} tokens"),
        ("sufficient s°", f"{readable(entry.sufficient, 12)} tokens, from R7's condition"),
    ]
    if _law(entry) != "-":
        rows.append(("pair law", f"{_law(entry)} tokens, an estimate"))
    head = f"decode lengths {entry.shorter} and {entry.longer}, in equal shares"
    return f"{title(head)}\n{labelled(rows)}"


_STABLE = "for none up to it"


def _head(entries: Sequence[AtlasEntry]) -> str:
    return paragraph(
        f"{len(entries):,} pairs of coprime decode lengths up to {LONGEST} steps, in equal shares. "
        f"Each is stable for every common input length s above s* (in tokens), {_STABLE} (exact; "
        "mixes of more lengths can be). R7's condition holds above s°. The pair law "
        "μ³ / (2 π² p (1 - p)) estimates s*; where it is off by more than an eighth stands -."
    )


def _foot() -> str:
    return paragraph(
        "One pair: stabkit atlas 3 5. All of them: --output FILE.csv writes a table; --json prints "
        "them."
    )


def _cells(entry: AtlasEntry) -> tuple[int, int, str, str, int]:
    return (
        entry.shorter,
        entry.longer,
        f"{entry.threshold}",
        f"{entry.sufficient}",
        entry.stable_intervals,
    )


def _row(entry: AtlasEntry) -> tuple[str, ...]:
    return (
        f"{entry.shorter}, {entry.longer}",
        readable(entry.threshold, 8),
        readable(entry.sufficient, 8),
        _law(entry),
    )


def _law(entry: AtlasEntry) -> str:
    """Return the law where it is within an eighth of s*, as for the variance law elsewhere."""
    threshold = float(entry.threshold)
    near = abs(entry.pair_law - threshold) <= _CLOSE * threshold
    return readable(entry.pair_law, 5) if near else "-"
