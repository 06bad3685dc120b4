"""``stabkit pool``: which classes should share the replicas of a fleet."""

from __future__ import annotations

from dataclasses import replace

from ...errors import InvalidArgument, number_of, shown
from ..mix import MixOptions, RequiredMix
from ..options import option, policy_option
from ..present import Found, presented
from ..terminal import working

__all__ = ["pool"]


@presented("pooling")
def pool(
    source: MixOptions,
    mix: RequiredMix,
    replicas: int = option(2, "N", "Replicas of the fleet.", min=1),
    objective: str = option(
        "demand",
        "NAME",
        "'demand': the rate at which all classes can be served in their shares; 'requests' or "
        "'tokens': what the saturated fleet completes.",
    ),
    policy: str = policy_option("Of every replica, as in `stabkit policy`."),
    steps: int | None = option(None, "N", "Count N steps from empty, not the long run.", min=1),
    partition: str | None = option(
        None, "BLOCKS", "Compare this too, such as 1,2/3,4 (classes from 1 on)."
    ),
) -> Found:
    """Compare ways to share a fleet of replicas.

    Dedicated replicas, one pool, the best partition. Capacity is that of one replica. Every
    replica's mix is analysed anew: pooling different decode lengths helps, and does not always
    stabilise. MIX has at most 24 classes.

    \b
    Examples:
      stabkit pool 10:3 10:5 --replicas 2 --capacity 5050
      stabkit pool 4:8 4:16 3:5 3:15 --capacity 500 --partition 1,2/3,4
    """
    workload = replace(source, mix=mix).read()
    blocks = None if partition is None else _blocks(partition, len(workload.classes), replicas)
    with working("comparing arrangements"):
        from ...analysis.operations.pooling import pool as pool_of

        found = pool_of(
            workload,
            replicas,
            objective=objective,  # type: ignore[arg-type]
            policy=policy,
            steps=steps,
            partition=blocks,
        )
    return Found(found)


def _blocks(text: str, classes: int, replicas: int) -> list[list[int]]:
    """Read 1,2/3,4 as class indices from 0 on; every class once, in at most `replicas` blocks."""
    blocks = [block.split(",") for block in text.split("/")]
    numbers = [k.strip() for block in blocks for k in block]
    known = {str(k) for k in range(1, classes + 1)}
    if sorted(numbers) != sorted(known) or len(blocks) > replicas:
        rest = ",".join(map(str, range(2, classes + 1)))
        example = f"1{'/' if replicas > 1 else ','}{rest}".rstrip("/,")
        raise InvalidArgument(
            f"'--partition' must hold each class from 1 to {classes} once, in at most "
            f"{number_of(replicas, 'block')}, such as {example}, not {shown(text)}."
        )
    return [[int(k) - 1 for k in block] for block in blocks]
