"""``stabkit simulate``: run the model step by step; CSV or JSON out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ...errors import InvalidArgument, StabkitError, shown
from ..mix import MixOptions
from ..options import Animation, option, policy_option
from ..present import Found, presented
from ..terminal import working

if TYPE_CHECKING:
    from ...dynamics.trajectory import Arithmetic
    from ...model.workload import Workload

__all__ = ["simulate"]

_STEPS = 1000
_STATE = "'--state' must be a JSON file of counts [class][stage]"


@presented("trajectory", table=True, stream=True)
def simulate(
    source: MixOptions,
    steps: str | None = option(
        None,
        "N",
        "Batch steps to run; by default 1000, and with --animate 149, or three times the longest "
        "decode length if that is more.",
    ),
    arithmetic: str = option(
        "float", "exact|float|integer", "Exact rationals, doubles, or whole requests."
    ),
    policy: str = policy_option("As in `stabkit policy`."),
    state: str | None = option(
        None,
        "FILE",
        "Start from the request counts [class][stage] of a JSON file, or from 'equilibrium'; by "
        "default empty.",
    ),
    animation: Animation = None,
) -> Found:
    """Run the model step by step: a summary, or CSV in a pipe.

    A terminal shows a summary. A pipe or a file gets a row per batch step: requests admitted,
    evicted and completed, the memory in tokens, and the tokens of the completed requests. Step 0 is
    the fitted initial state. Without a capacity the steady state is taken to admit one request per
    step. The animation has a bar per stage and a frame per step, or every n-th where that would be
    more than 150 frames.

    \b
    Examples:
      stabkit simulate 5:3 5:5 --capacity 1000 --steps 200
      stabkit simulate 2:2 --capacity 140 --arithmetic integer --steps 20
      stabkit simulate azure-code-2023 --output run.csv --figure run.png
      stabkit simulate 5:8 --capacity 999 --arithmetic integer --animate run.gif
    """
    workload = source.read()
    count = _step_count(workload, steps, animation is not None)
    start = read_start(state)
    rule = cast("Arithmetic", arithmetic)
    with working("simulating"):
        from ...dynamics.simulator import simulate as run
        from ...publish.text.capacity import assumed_capacity

        beside = {}
        if animation is not None:  # first, for it takes fewer steps than the rest
            beside[animation] = _frames(workload, count, rule, start, policy)
        found = run(workload, count, rule, start, policy)
    return Found(found, note=assumed_capacity(workload, found.capacity), beside=beside)


def _step_count(workload: Workload, steps: str | None, animated: bool) -> int:
    from ...model.numbers import exact_integer

    if steps is not None:
        return exact_integer(steps, "'--steps'")
    if not animated:
        return _STEPS
    from ...analysis.pictures.animation import steps_to_animate

    return steps_to_animate(workload)


def read_start(state: str | None) -> str | list[list[Any]] | None:
    """Return what ``--state`` says: None, "equilibrium", or the counts of a file."""
    if not state or state == "equilibrium":
        return state or None
    return read_state(Path(state), " or 'equilibrium'")


def read_state(path: Path, others: str = "") -> list[list[Any]]:
    """Return the request counts ``[class][stage]`` of a JSON file, every number exact.

    * `others`: what else the option takes, for the message.

    Raises InvalidArgument if the file cannot be read or does not hold a list of lists of numbers.
    """
    from ...model.files import read_json_file

    try:
        state = read_json_file(path)
    except StabkitError as failure:
        raise InvalidArgument(f"{_STATE}{others}; {failure}") from failure
    if not isinstance(state, list) or not all(isinstance(stages, list) for stages in state):
        raise InvalidArgument(f"{_STATE}{others}, not {shown(str(path))}.")
    return [_counts(stages, k) for k, stages in enumerate(state, start=1)]


def _counts(stages: list[Any], position: int) -> list[Any]:
    from ...model.numbers import rational_argument

    return [rational_argument(n, f"a count of class {position} in '--state'") for n in stages]


def _frames(*run: Any) -> bytes:
    """Return the animation of a run: `simulate`'s workload, steps, arithmetic, start and policy."""
    from ...analysis.pictures.animation import animation_picture
    from ...publish.figures.animation import animation_bytes

    return animation_bytes(animation_picture(*run))
