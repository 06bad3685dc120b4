"""Results of few words, most of them parts of others, as text for people and as JSON types.

Their JSON is of the schema ``stabkit.part/1``: `kind` is the class, the other keys are its fields.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...analysis.margins import summary
from ...analysis.operations.closed_loops import ClosedLoop
from ...analysis.verdict.analysis import GcdTheoremSummary, ModeCounts
from ...dynamics.basins import BasinSample
from ...dynamics.necklaces import NecklaceCycle
from ...errors import printable
from ...model.codec import encode
from ...model.numbers import rational_text
from ...model.workload import Workload
from ...spectrum.counting.counts import Counts
from ...spectrum.margins.disturbance import DisturbanceMargin
from ...spectrum.margins.gain import GainMargin
from ...spectrum.margins.inputs import InputMargin
from ...spectrum.margins.shares.radius import ShareRadius
from ...spectrum.synchrony.gcd_theorem import GcdTheorem
from ..rendering import RECORDS, TEXTS
from .dialect import enclosure, part, workload
from .margins import margin_text
from .numbers import amount, counted, percent, readable
from .synchrony import claim_text
from .tables import plain_table

__all__: list[str] = []


@RECORDS.writes(GainMargin)
@RECORDS.writes(InputMargin)
@RECORDS.writes(ShareRadius)
@RECORDS.writes(DisturbanceMargin)
def _margin_record(found: Any) -> dict[str, Any]:
    return part(type(found).__name__, **encode(summary(found)))


@TEXTS.writes(GainMargin)
@TEXTS.writes(InputMargin)
@TEXTS.writes(ShareRadius)
@TEXTS.writes(DisturbanceMargin)
def _margin_text(found: Any) -> str:
    return margin_text(found)


@RECORDS.writes(Workload)
def _workload_record(mix: Workload) -> dict[str, Any]:
    return part("Workload", workload=workload(mix))


@TEXTS.writes(Workload)
def _workload_text(mix: Workload) -> str:
    tokens = "none" if mix.capacity is None else amount(readable(mix.capacity), "token")
    rows = [("input (tokens)", "output (steps)", "share")]
    rows += [
        (readable(c.input_length), f"{c.decode_length}", percent(c.share)) for c in mix.classes
    ]
    return f"{printable(mix.name)}\ncapacity: {tokens}\n\n{plain_table(rows)}"


@RECORDS.writes(Counts)
def _counts_record(found: Counts) -> dict[str, Any]:
    return part(
        "Counts",
        verdict=found.verdict,
        certified=found.certified,
        method=found.method,
        reason=found.reason,
        counts=encode(ModeCounts.of(found)),
        undecided_arcs=encode(found.undecided_arcs),
    )


@TEXTS.writes(Counts)
def _counts_text(found: Counts) -> str:
    return f"{found.verdict}: {found.reason}\n"


@RECORDS.writes(ClosedLoop)
def _closed_loop_record(found: ClosedLoop) -> dict[str, Any]:
    return part(
        "ClosedLoop",
        verdict=found.verdict,
        counts=None if found.counts is None else encode(ModeCounts.of(found.counts)),
        spectral_radius=enclosure(found.spectral_radius),
        reason=found.reason,
    )


@TEXTS.writes(ClosedLoop)
def _closed_loop_text(found: ClosedLoop) -> str:
    return f"{found.verdict or 'no verdict'}: {found.reason}\n"


@RECORDS.writes(GcdTheorem)
def _gcd_theorem_record(found: GcdTheorem) -> dict[str, Any]:
    return part("GcdTheorem", gcd_theorem=encode(GcdTheoremSummary.of(found)))


@TEXTS.writes(GcdTheorem)
def _gcd_theorem_text(found: GcdTheorem) -> str:
    return f"{claim_text(found)}\n"


@RECORDS.writes(NecklaceCycle)
def _necklaces_record(found: NecklaceCycle | Sequence[NecklaceCycle]) -> dict[str, Any]:
    every = [found] if isinstance(found, NecklaceCycle) else found
    return part("NecklaceCycle", cycles=[encode(one) for one in every])


@TEXTS.writes(NecklaceCycle)
def _necklaces_text(found: NecklaceCycle | Sequence[NecklaceCycle]) -> str:
    every = [found] if isinstance(found, NecklaceCycle) else found
    rows: list[tuple[str, ...]] = [("necklace", "period (steps)", "throughput")]
    for one in every:
        parts = " ".join(map(str, one.composition))
        rows.append((parts, f"{one.period}", percent(one.throughput_ratio)))
    return plain_table(rows)


@RECORDS.writes(BasinSample)
def _basins_record(found: BasinSample) -> dict[str, Any]:
    starts = [[rational_text(requests) for requests in start] for start in found.starts]
    return part("BasinSample", starts=starts, steps_to_worst_cycle=list(found.steps))


@TEXTS.writes(BasinSample)
def _basins_text(found: BasinSample) -> str:
    arrived = sum(steps is not None for steps in found.steps)
    starts = counted(len(found.starts), "random start")
    typical = "" if math.isinf(found.median) else f", half of them within {found.median:g} steps"
    return f"{arrived} of {starts} came to the worst cycle{typical}.\n"
