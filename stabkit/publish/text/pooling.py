"""Ways to share a fleet, as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...analysis.operations.pooling import Arrangement, Block, Pooling
from ..layout import paragraph, title, wrapped
from ..rendering import RECORDS, TEXTS
from .capacity import assumed_capacity
from .dialect import as_json, chosen, headed
from .numbers import amount, counted, percent, readable
from .tables import plain_table

__all__ = ["SCHEMA", "pooling_record", "pooling_text"]

SCHEMA = "stabkit.pooling/3"
_EQUAL = 1e-6  # of a value: rounding in a long-run mean does not tell less


@TEXTS.writes(Pooling)
def pooling_text(found: Pooling) -> str:
    """Return the comparison as tables and the sentences that they support."""
    window = (
        "long-run means from the empty memory"
        if found.steps is None
        else f"means of {counted(found.steps, 'step')} from the empty memory"
    )
    assumed = assumed_capacity(found.mix, found.capacity)
    lines = [
        title(
            f"{found.mix.name} on {counted(found.replicas, 'replica')} of "
            f"{amount(readable(found.capacity), 'token')}"
        ),
        *([] if assumed is None else [paragraph(assumed)]),
        paragraph(
            f"Objective: {found.goal.meaning} per step ({window}). {_ROWS} {found.goal.limit}"
        ),
    ]
    for name, arrangement in _named(found):
        worth = amount(readable(arrangement.value(found.objective), 8), found.goal.unit)
        lines.append(title(f"{name}: {worth} per step").rstrip())
        lines.append(plain_table([_HEADS, *(_row(found, block) for block in arrangement.blocks)]))
    lines += _sentences(found)
    return "\n".join(lines)


_ROWS = "The requests of a row are per step and replica."
_HEADS = ("classes", "replicas", "verdict", "|λ| max", "requests", "steady state", "requests lost")


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
    pooled, best = found.pooled, found.best
    worth, lines = pooled.value(found.objective), list[str]()
    apart = found.given or found.dedicated
    if apart is not None:
        against = "the given arrangement" if found.given else "dedicated replicas"
        lines.append(
            f"One pool is worth {_compared(worth, apart.value(found.objective), against)}."
        )
    verdict = pooled.blocks[0].verdict
    if verdict in ("unstable", "marginal"):
        lines.append(f"The pooled mix is {verdict}: one pool does not stabilise it.")
    if verdict == "undecided":
        lines.append("Whether the pooled mix is stable is undecided.")
    if best.value(found.objective) > worth * (1 + _EQUAL):
        gain = _compared(best.value(found.objective), worth, "one pool")
        lines.append(f"The best partition is worth {gain}.")
    return [*(part for line in lines for part in wrapped(line)), ""]


def _compared(worth: float, other: float, against: str) -> str:
    if abs(worth - other) <= _EQUAL * other:
        return f"as much as {against}"
    if not other:
        return f"more than {against}, where nothing is served in that time"
    direction = "more" if worth > other else "less"
    return f"{percent(abs(worth / other - 1))} {direction} than {against}"


@RECORDS.writes(Pooling)
def pooling_record(found: Pooling) -> dict[str, Any]:
    """Return the comparison as JSON types: schema ``stabkit.pooling/3``.

    Where `capacity_given` is false, `capacity` is the one at which a* of the demand is 1.
    """
    return headed(
        SCHEMA,
        found.mix,
        capacity=as_json(found.capacity),
        capacity_given=found.mix.capacity is not None,
        **chosen(found, "replicas objective steps"),
        dedicated=_arrangement(found.dedicated),
        partition=_arrangement(found.given),
        pooled=_arrangement(found.pooled),
        best=_arrangement(found.best),
        **chosen(found, "exact method"),
    )


def _arrangement(found: Arrangement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    names = "class_indices=classes replicas verdict spectral_radius completed_per_step=completed"
    pools = [
        chosen(block, f"{names} admissions_per_step=equilibrium loss") for block in found.blocks
    ]
    rates = "demand_per_step=demand requests_per_step=requests tokens_per_step=tokens"
    return chosen(found, rates) | {"pools": pools}
