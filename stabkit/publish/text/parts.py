"""Results of few words, most of them parts of others, as text for people and as JSON types.

Their JSON is of the schema ``stabkit.part/2``: `kind` is the class, and what it holds has the keys
that it has as a part of a whole result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from ...analysis.operations.closed_loops import ClosedLoop
from ...analysis.verdict.analysis import Bootstrap
from ...dynamics.basins import BasinSample
from ...dynamics.capture import CapturePiece
from ...dynamics.long_run import LongRun
from ...dynamics.necklaces import NecklaceCycle
from ...errors import printable
from ...model.request_classes import RequestClass
from ...model.workload import Workload
from ...records import Record
from ...spectrum.batched.counts import BatchedCounts
from ...spectrum.batched.values import BatchedValues
from ...spectrum.counting.counts import Counts
from ...spectrum.criterion.criterion import StabilityCriterion
from ...spectrum.orbits.floquet import FloquetMultipliers
from ...spectrum.roots.roots import Root
from ...spectrum.starts.no_eviction import NoEviction
from ...spectrum.synchrony.gcd_theorem import GcdTheorem
from ..layout import labelled, paragraph
from ..rendering import PAGES, RECORDS, TEXTS
from .analysis_rows import bootstrap_rows
from .cycles import multipliers_record
from .dialect import as_json, chosen, headed
from .margins import MARGINS, margin_fields, margin_text
from .numbers import amount, counted, percent, percent_above, readable
from .roots import DIGITS, root_fields, roots_text
from .synchrony import claim_text
from .tables import plain_table

__all__ = ["PART"]

PART = "stabkit.part/2"
_CLASS_HEADS = ("input (tokens)", "output (steps)", "share")
_MOST_ROWS = 20


@RECORDS.writes(*MARGINS)
def _margin_record(found: Any) -> dict[str, Any]:
    return _part(found, **margin_fields(found))


@TEXTS.writes(*MARGINS)
def _margin_text(found: Any) -> str:
    return margin_text(found)


@RECORDS.writes(NoEviction)
def _no_eviction_record(found: NoEviction) -> dict[str, Any]:
    names = "certain attracts_every_start rising ages_gcd worst_age largest_eviction largest_tokens"
    return _part(found, **chosen(found, names))


@TEXTS.writes(NoEviction)
def _no_eviction_text(found: NoEviction) -> str:
    after = f"after {counted(found.mix.longest_decode, 'step')} from any start"
    if not found.certain:
        most = f"{percent_above(found.largest_eviction)} of the memory"
        return paragraph(f"evictions: {after} at most {most} in a step (R19)")
    ends = "and it settles to" if found.attracts_every_start else "though it need not settle to"
    return paragraph(f"evictions: none {after}, {ends} the steady state (R19)")


@RECORDS.writes(Workload)
def _workload_record(mix: Workload) -> dict[str, Any]:
    return _part(mix, workload=as_json(mix))


@TEXTS.writes(Workload)
def _workload_text(mix: Workload) -> str:
    tokens = "none" if mix.capacity is None else amount(readable(mix.capacity), "token")
    table = plain_table([_CLASS_HEADS, *map(_class_cells, mix.classes)])
    return f"{printable(mix.name)}\ncapacity: {tokens}\n\n{table}"


@PAGES.writes(Workload)
def _workload_table(mix: Workload) -> str:
    """Return the classes as a table: the first ones, where there are many."""
    tokens = "no capacity" if mix.capacity is None else amount(readable(mix.capacity), "token")
    heads = "".join(f"<th>{head}</th>" for head in _CLASS_HEADS)
    cells = map(_class_cells, mix.classes[:_MOST_ROWS])
    rows = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in cells)
    rest = len(mix.classes) - _MOST_ROWS
    if rest > 0:
        more = f"and {counted(rest, 'more class', 'more classes')}"
        rows += f"<tr><td colspan=3>{more}</td></tr>"
    caption = f"<caption>{escape(printable(mix.name))} ({tokens})</caption>"
    return f"<table>{caption}<tr>{heads}</tr>{rows}</table>"


def _class_cells(one: RequestClass) -> tuple[str, str, str]:
    return readable(one.input_length), f"{one.decode_length}", percent(one.share)


@RECORDS.writes(Counts)
def _counts_record(found: Counts) -> dict[str, Any]:
    return _part(
        found,
        **chosen(found, "verdict certified method reason"),
        counts=as_json(found),
        undecided_arcs=as_json(found.undecided_arcs),
    )


@TEXTS.writes(Counts, ClosedLoop)
def _verdict_text(found: Counts | ClosedLoop) -> str:
    return paragraph(f"{found.verdict or 'no verdict'}: {found.reason}")


@RECORDS.writes(BatchedCounts)
def _batched_counts_record(found: BatchedCounts) -> dict[str, Any]:
    names = "inside", "on_circle", "outside"
    rows = zip(*(getattr(found, name).tolist() for name in names), strict=True)
    return _part(found, every_counts=[_unless_open(row, names) for row in rows])


def _unless_open(row: tuple[int, ...], names: tuple[str, ...]) -> dict[str, int | None]:
    return {name: None if n < 0 else n for name, n in zip(names, row, strict=True)}


@TEXTS.writes(BatchedCounts)
def _batched_counts_text(found: BatchedCounts) -> str:
    stable, decided = int(found.stable.sum()), int(found.decided.sum())
    rest = f", {len(found.outside) - decided:,} undecided" if decided < len(found.outside) else ""
    return f"{counted(decided, 'mix', 'mixes')} counted: {stable:,} stable{rest}\n"


@RECORDS.writes(BatchedValues)
def _batched_values_record(found: BatchedValues) -> dict[str, Any]:
    rows = zip(found.values.tolist(), found.errors.tolist(), strict=True)
    enclosures = [
        None if math.isnan(value) else {"value": f"{value!r}", "radius": f"{error!r}"}
        for value, error in rows
    ]
    return _part(found, every_value=enclosures)


@TEXTS.writes(BatchedValues)
def _batched_values_text(found: BatchedValues) -> str:
    proved = [pair for pair in zip(found.values, found.errors, strict=True) if pair[1] >= 0]
    if not proved:
        return "Nothing is proved of these mixes.\n"
    values, errors = zip(*proved, strict=True)
    return (
        f"{counted(len(proved), 'mix', 'mixes')} of {len(found.values):,}: from {min(values):.6g} "
        f"to {max(values):.6g}, to within {max(errors):.1g}\n"
    )


@RECORDS.writes(ClosedLoop)
def _closed_loop_record(found: ClosedLoop) -> dict[str, Any]:
    return _part(found, **chosen(found, "verdict counts spectral_radius reason"))


@RECORDS.writes(GcdTheorem)
def _gcd_theorem_record(found: GcdTheorem) -> dict[str, Any]:
    return _part(found, gcd_theorem=as_json(found))


@TEXTS.writes(GcdTheorem)
def _gcd_theorem_text(found: GcdTheorem) -> str:
    return f"{claim_text(found)}\n"


@RECORDS.writes(StabilityCriterion)
def _criterion_record(found: StabilityCriterion) -> dict[str, Any]:
    """Return the relations as sympy prints them."""
    return _part(
        found,
        inequalities=[str(relation) for relation in found.inequalities],
        assumptions=[str(relation) for relation in found.assumptions],
        **chosen(found, "simplified reason"),
    )


@RECORDS.writes(Root, many=True)
def _roots_record(found: Sequence[Root], digits: int = DIGITS) -> dict[str, Any]:
    """Return roots alone, without their workload."""
    return _part(found[0], roots=[root_fields(root, digits) for root in found])


@RECORDS.writes(NecklaceCycle, many=True)
def _necklaces_record(found: Sequence[NecklaceCycle]) -> dict[str, Any]:
    names = "composition period throughput throughput_ratio cohorts_by_step=states"
    return _part(found[0], necklaces=[chosen(one, names) for one in found])


@TEXTS.writes(NecklaceCycle, many=True)
def _necklaces_text(found: Sequence[NecklaceCycle]) -> str:
    rows = (
        (" ".join(map(str, one.composition)), f"{one.period}", percent(one.throughput_ratio))
        for one in found
    )
    return plain_table([("necklace", "period (steps)", "throughput"), *rows])


@RECORDS.writes(LongRun)
def _long_run_record(found: LongRun) -> dict[str, Any]:
    return _part(found, long_run=as_json(found))


@TEXTS.writes(LongRun)
def _long_run_text(found: LongRun) -> str:
    return labelled(_long_run_rows(found))


def _long_run_rows(found: LongRun) -> Iterator[tuple[str, str]]:
    yield "run", counted(found.steps, "step")
    if found.period is not None:
        yield "period", counted(found.period, "step")
    if found.throughput_ratio is not None:
        yield "tokens", f"{percent(found.throughput_ratio)} of the steady state's"
    if found.request_ratio is not None:
        yield "requests", f"{percent(found.request_ratio)} of the steady state's"
    if found.completed_shares is not None:
        yield "completed by class", " ".join(map(percent, found.completed_shares))
    if found.evictions_per_step is not None:
        rate = readable(found.evictions_per_step)
        yield "evictions", f"{rate} requests per step, or times a* without a capacity"
    if found.first_eviction is not None:
        yield "first eviction", f"step {found.first_eviction:,}"
    if found.wasted_token_fraction is not None:
        yield "decode steps lost", percent(found.wasted_token_fraction)
    if found.reason is not None:
        yield "not measured", found.reason


@RECORDS.writes(FloquetMultipliers)
def _multipliers_record(found: FloquetMultipliers, digits: int = DIGITS) -> dict[str, Any]:
    roots = [root_fields(root, digits) for root in found.multipliers]
    return _part(found, multipliers=multipliers_record(found), roots=roots)


@TEXTS.writes(FloquetMultipliers)
def _multipliers_text(found: FloquetMultipliers, digits: int = DIGITS) -> str:
    head = f"{found.verdict}: {found.inside} inside the unit circle, {found.on_circle} on it, "
    return f"{head}{found.outside} outside\n\n{roots_text(found.multipliers, digits)}"


@RECORDS.writes(CapturePiece, many=True)
def _pieces_record(found: Sequence[CapturePiece]) -> dict[str, Any]:
    names = "letters=word extreme_states=vertices dimension composition=cycle"
    return _part(found[0], pieces=[chosen(one, names) for one in found])


@TEXTS.writes(CapturePiece, many=True)
def _pieces_text(found: Sequence[CapturePiece]) -> str:
    heads = ("word of the way there", "dimension", "vertices", "parts of the cycle")
    rows = (
        (
            " ".join(map(str, one.word)) or "none",
            f"{one.dimension}",
            f"{len(one.vertices)}",
            " ".join(map(str, one.cycle)),
        )
        for one in found
    )
    return plain_table([heads, *rows])


@RECORDS.writes(Bootstrap)
def _bootstrap_record(found: Bootstrap) -> dict[str, Any]:
    return _part(found, bootstrap=as_json(found))


@TEXTS.writes(Bootstrap)
def _bootstrap_text(found: Bootstrap) -> str:
    return labelled(bootstrap_rows(found))


@RECORDS.writes(BasinSample)
def _basins_record(found: BasinSample) -> dict[str, Any]:
    return _part(found, **chosen(found, "starts steps_to_worst_cycle=steps"))


@TEXTS.writes(BasinSample)
def _basins_text(found: BasinSample) -> str:
    arrived = sum(steps is not None for steps in found.steps)
    starts = counted(len(found.starts), "random start")
    typical = "" if math.isinf(found.median) else f", half of them within {found.median:g} steps"
    return f"{arrived} of {starts} came to the worst cycle{typical}.\n"


@RECORDS.writes(Record)
def _fields_record(found: Record) -> dict[str, Any]:
    return _part(found, attributes=as_json(found))


@TEXTS.writes(Record)
def _fields_text(found: Record) -> str:
    """Return the fields of what has no text of its own, as its repr gives them."""
    return f"{type(found).__name__}\n\n{labelled(found.shown_fields(), '  ')}"


def _part(found: Any, **values: Any) -> dict[str, Any]:
    """Return a part of a result as a record of its own."""
    return headed(PART, kind=type(found).__name__, **values)
