"""Make docs/worst_cycle.gif, docs/space_time.png and docs/cycle.png: how a server falls in step.

One class, prompts of 10 tokens and outputs of 8, in a memory of 1200 tokens. Whole requests cannot
be at the equilibrium of 10.34 a step; the rounding is the disturbance, and it grows until all that
is in service was admitted at once.

Run: python scripts/make_cycle_pictures.py (10 seconds). It gives the same bytes every time.
"""

from pathlib import Path

import stabkit
from stabkit import figure_bytes

STEPS = 119
MIX = stabkit.Workload.from_classes([(10, 8)], capacity=1200)
START = {"arithmetic": "integer", "state": "equilibrium"}


def main() -> None:
    docs = Path(__file__).parents[1] / "docs"
    film = stabkit.animation_picture(MIX, STEPS, **START)
    docs.joinpath("worst_cycle.gif").write_bytes(stabkit.animation_bytes(film))
    run = stabkit.simulate(MIX, STEPS, record_states=True, **START)
    space_time = stabkit.figure(stabkit.space_time_picture(MIX, run, STEPS))
    docs.joinpath("space_time.png").write_bytes(figure_bytes(space_time, "png"))
    worst = stabkit.necklace_cycle(MIX, [8])
    name = "the worst cycle of prompts of 10 tokens, outputs of 8"
    cycle = stabkit.figure(stabkit.cycle_picture(MIX, [worst.states[0]], worst.period, name))
    docs.joinpath("cycle.png").write_bytes(figure_bytes(cycle, "png"))


if __name__ == "__main__":
    main()
