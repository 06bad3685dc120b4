"""Ways to share a fleet, as text for people and as JSON types."""

from __future__ import annotations

import math
from collections.abc import Iterator
from textwrap import fill
from typing import Any

from ...analysis.operations.pooling import Arrangement, Block, Pooling
from ...errors import printable
from ...model.numbers import rational_text
from ..rendering import RECORDS, TEXTS
from .capacity import assumed_capacity
from .dialect import enclosure, headed
from .numbers import counted, percent, readable
from .tables import plain_table

__all__ = ["SCHEMA", "pooling_record", "pooling_text"]

SCHEMA = "stabkit.pooling/2"
_WIDTH = 90
_EQUAL = 5e-5  # a part that `percent` rounds to nothing
_MEANS = {
    "demand": "requests of the whole demand served per step",
    "requests": "completed requests per step",
    "tokens": "completed tokens per step",
}


@TEXTS.writes(Pooling)
def pooling_text(found: Pooling) -> str:
    """Return the comparison as tables and the sentences that they support."""
    window = (
        "long-run means from the empty memory"
        if found.steps is None
        else f"means of {counted(found.steps, 'step')} from the empty memory"
    )
    assumed = assumed_capacity(found.mix)
    lines = [
        f"{printable(found.mix.name)} on {counted(found.replicas, 'replica')} of "
        f"{readable(found.capacity)} tokens\n",
        *([] if assumed is None else [f"{fill(assumed, _WIDTH)}\n"]),
        f"Objective: {_MEANS[found.objective]} ({window}).\n",
    ]
    for name, arrangement in _named(found):
        lines.append(f"{name}: {readable(arrangement.value(found.objective), 8)}")
        lines.append(plain_table([_HEADS, *(_row(found, block) for block in arrangement.blocks)]))
    lines += _sentences(found)
    return "\n".join(lines)


_HEADS = ("classes", "replicas", "verdict", "|λ| max", "requests", "steady state", "loss")


def _named(found: Pooling) -> Iterator[tuple[str, Arrangement]]:
    if found.dedicated is not None:
        yield "dedicated replicas", found.dedicated
    if found.given is not None:
        yield "as given", found.given
    yield "one pool", found.pooled
    scope = "the best of all partitions" if found.exact else f"the best found ({found.method})"
    yield scope, found.best


def _row(found: Pooling, block: Block) -> tuple[str, ...]:
    radius = block.spectral_radius
    names = [found.mix.classes[k] for k in block.classes]
    shown = " ".join(f"{readable(c.input_length)}:{c.decode_length}" for c in names[:6])
    return (
        shown + (" ..." if len(names) > 6 else ""),
        f"{block.replicas}",
        block.verdict or "not linear",
        "-" if radius is None else readable(float((radius.low + radius.high) / 2), 6),
        readable(block.requests, 7),
        readable(float(block.equilibrium), 7),
        percent(block.loss) if abs(block.loss) > _EQUAL else "0 %",
    )


def _sentences(found: Pooling) -> list[str]:
    pooled, best = (one.value(found.objective) for one in (found.pooled, found.best))
    apart = found.given or found.dedicated
    against = "the given arrangement" if found.given else "dedicated replicas"
    lines = []
    change = 0.0 if apart is None else _change(pooled, apart.value(found.objective))
    if apart is not None:
        lines.append(f"One pool is worth {_worth(change)} {against}.")
    verdict = found.pooled.blocks[0].verdict
    if verdict is not None and verdict != "stable":
        helps = "mixing helps, but does not" if change > 0 else "mixing does not"
        lines.append(f"The pooled mix is {verdict} all the same: {helps} stabilise it.")
    if best > pooled * (1 + 1e-6):
        lines.append(f"The best partition is worth {_worth(_change(best, pooled))} one pool.")
    return [*lines, ""]


def _change(value: float, other: float) -> float:
    """Return value / other - 1; infinite where only the other completes nothing, 0 where both."""
    if other == 0:
        return math.inf if value > 0 else 0.0
    return value / other - 1


def _worth(change: float) -> str:
    if change == math.inf:
        return "something where nothing is completed by"
    if abs(change) <= _EQUAL:
        return "as much as"
    return f"{percent(abs(change))} {'more' if change > 0 else 'less'} than"


@RECORDS.writes(Pooling)
def pooling_record(found: Pooling) -> dict[str, Any]:
    """Return the comparison as JSON types: schema ``stabkit.pooling/2``.

    Where `capacity_given` is false, `capacity` is the one at which a* of the demand is 1.
    """
    return headed(
        SCHEMA,
        found.mix,
        capacity=rational_text(found.capacity),
        capacity_given=found.mix.capacity is not None,
        replicas=found.replicas,
        objective=found.objective,
        steps=found.steps,
        dedicated=_arrangement(found.dedicated),
        given=_arrangement(found.given),
        pooled=_arrangement(found.pooled),
        best=_arrangement(found.best),
        exact=found.exact,
        method=found.method,
    )


def _arrangement(found: Arrangement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "demand_per_step": found.demand,
        "requests_per_step": found.requests,
        "tokens_per_step": found.tokens,
        "blocks": [_block(block) for block in found.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    return {
        "classes": list(block.classes),
        "replicas": block.replicas,
        "verdict": block.verdict,
        "spectral_radius": enclosure(block.spectral_radius),
        "completed_per_step": list(block.completed),
        "equilibrium_admissions": rational_text(block.equilibrium),
        "loss": block.loss,
    }
