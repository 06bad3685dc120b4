"""``stabkit cycle``: the limit cycles of a mix, exactly, and which of them runs end on."""

from __future__ import annotations

from pathlib import Path

from ..mix import MixOptions
from ..options import option
from ..present import Found, presented
from ..terminal import working
from .simulate import read_state

__all__ = ["cycle"]


@presented("cycles", full=True)
def cycle(
    source: MixOptions,
    state: str | None = option(
        None, "FILE", "A further start: the request counts [class][stage] of a JSON file."
    ),
    max_period: int | None = option(
        None,
        "N",
        "Longest period looked for in runs, in steps; by default 2000, or 2 L.",
        min=1,
        max=100_000,
    ),
) -> Found:
    """Find the limit cycles, exactly, and which of them runs end on.

    One cycle for every necklace of the gcd of the decode lengths, the equilibrium and the
    synchronised cycle among them, and those that runs from empty and from near the equilibrium
    end on: exact throughput, Floquet multipliers, and whether they attract. The figure shows two
    periods of the cycle that the run from empty (or from the given state) ends on; without one, the
    first 200 steps in space and time.

    \b
    Examples:
      stabkit cycle 10:5
      stabkit cycle 0:6:2 5:1:3
      stabkit cycle 5:3 5:6 --figure cycle.png
    """
    workload = source.read()
    start = None if state is None else read_state(Path(state))
    with working("looking for cycles"):
        from ...analysis.cycles.cycles import cycles

        return Found(cycles(workload, start, max_period))
