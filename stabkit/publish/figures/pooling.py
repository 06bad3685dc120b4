"""Figure of pooling: what each arrangement of a fleet is worth, with its blocks and verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...analysis.operations.pooling import Arrangement, Block, Pooling
from ..text.numbers import counted, readable
from .bars import Bar, draw_bars
from .style import BLUE, SKY, Drawing, drawn

__all__ = ["pooling_figure"]

_MOST_BLOCKS, _MOST_CLASSES = 4, 3  # that are named
_BEST: dict[str, Any] = {"facecolor": BLUE}
_OTHER: dict[str, Any] = {"facecolor": SKY}


@drawn(
    Pooling,
    lambda found: (
        2.3 + sum(0.9 + 0.36 * len(_blocks(one, found)) for _, one in _arrangements(found))
    ),
    lambda found: counted(found.replicas, "replica"),
)
def pooling_figure(figure: Drawing, found: Pooling) -> None:
    """Draw a bar for every arrangement, the best one dark; above it its blocks."""
    most = found.best.value(found.objective)
    bars = []
    for name, one in _arrangements(found):
        worth = one.value(found.objective)
        said = "\n".join([f"{name}: {readable(worth)}", *_blocks(one, found)])
        bars.append(Bar(said, worth, _BEST if worth == most else _OTHER))
    draw_bars(figure.subplots(), bars, f"{found.goal.meaning} per step")


def _arrangements(found: Pooling) -> Iterator[tuple[str, Arrangement]]:
    """Yield what is compared, the best one apart only if it is another."""
    if found.dedicated is not None:
        yield "dedicated", found.dedicated
    if found.given is not None:
        yield "as given", found.given
    yield "one pool", found.pooled
    if found.best.blocks not in [
        one.blocks for one in (found.dedicated, found.given, found.pooled) if one
    ]:
        yield "best" if found.exact else "best found", found.best


def _blocks(arrangement: Arrangement, found: Pooling) -> list[str]:
    """Return a line for each block, of a few."""
    lines = [_block(block, found) for block in arrangement.blocks[:_MOST_BLOCKS]]
    more = len(arrangement.blocks) - len(lines)
    return [*lines, f"  and {counted(more, 'more block')}"] if more else lines


def _block(block: Block, found: Pooling) -> str:
    classes = [found.mix.classes[k] for k in block.classes]
    named = " ".join(
        f"{readable(c.input_length)}:{c.decode_length}" for c in classes[:_MOST_CLASSES]
    )
    more = " …" if len(classes) > _MOST_CLASSES else ""
    return f"  {named}{more} on {block.replicas:,}: {block.verdict or 'not linear'}"
