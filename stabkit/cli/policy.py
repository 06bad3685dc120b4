"""``stabkit policy``: admission policies side by side, and what to recommend."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InvalidArgument, shown
from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import emit, working

if TYPE_CHECKING:
    from ..analysis.operations.sweep import PolicySweep
    from ..model.workload import Workload

__all__ = ["policy"]

_PARAMETERS = ("rate", "gain", "watermark")


def policy(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    policies: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            metavar="NAME[:X]",
            help="greedy, damped[:GAIN], headroom[:WATERMARK], rate-limited[:TIMES_A*] or "
            "reservation; may be given more than once.",
        ),
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(metavar="PARAMETER", help="Throughput against 'rate', 'gain' or 'watermark'."),
    ] = None,
    recommend: Annotated[
        bool,
        typer.Option("--recommend", help="What to change, each proposal analysed anew first."),
    ] = False,
    share_with: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MIX",
            help="With --recommend: the classes of another replica, such as '10:3 5:8', to pool "
            "with; may be given more than once.",
        ),
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
) -> int:
    """Compare admission policies: verdict, throughput, evictions, from empty and disturbed.

    By default greedy, damped by 1/2, a watermark of 5 %, rates of 1, 1.05 and 1.2 a*, and
    reservation. `--sweep` shows the throughput against one parameter instead; the figure against
    that one, or against the rate, the gain and the watermark.

    \b
    Examples:
      stabkit policy 10:5
      stabkit policy 5:3 5:5 --policy greedy --policy rate-limited:1.05
      stabkit policy 5:3 5:5 --recommend
    """
    if sweep is not None and sweep not in _PARAMETERS:
        raise InvalidArgument(f"'--sweep' must be rate, gain or watermark, not {shown(sweep)}.")
    if recommend and (policies or sweep is not None):
        raise InvalidArgument("'--recommend' must be given without '--policy' and '--sweep'.")
    if share_with and not recommend:
        raise InvalidArgument("'--share-with' must go with '--recommend'.")
    if sweep is not None and policies:
        raise InvalidArgument("'--sweep' must be given without '--policy', not with it.")
    others = [other.split() for other in share_with or ()]
    if not all(others):
        raise InvalidArgument("'--share-with' must be the classes of a replica, not empty.")
    check_targets(output, figure, reads=chain(mix or (), *others))
    workload = read_mix(mix, capacity, input_column, output_column)
    sweeps = None
    with working("running the policies"):
        if recommend:
            text = _recommendation(workload, others, as_json)
        elif sweep is not None:
            text, sweeps = _sweep(workload, sweep, as_json)
        else:
            text = _comparison(workload, policies, as_json)
        if figure is not None:
            _write_figure(workload, sweeps, figure)
    emit(text, output)
    return 0


def _json(record: object) -> str:
    return json.dumps(record, indent=2, allow_nan=False) + "\n"


def _comparison(workload: Workload, policies: list[str] | None, as_json: bool) -> str:
    from ..analysis.operations.comparison import compare_policies
    from ..publish.text.policies import policies_record, policies_text

    found = compare_policies(workload, policies or None)
    return _json(policies_record(found)) if as_json else policies_text(found)


def _sweep(workload: Workload, parameter: str, as_json: bool) -> tuple[str, list[PolicySweep]]:
    from ..analysis.operations.sweep import policy_sweep
    from ..publish.text.policies import sweep_record, sweep_text

    found = policy_sweep(workload, parameter)  # type: ignore[arg-type]
    return _json(sweep_record(found)) if as_json else sweep_text(found), [found]


def _recommendation(workload: Workload, others: list[list[str]], as_json: bool) -> str:
    from ..analysis.operations.recommend import recommend
    from ..publish.text.recommendations import recommendations_record, recommendations_text

    found = recommend(workload, [read_mix(other, None) for other in others])
    return _json(recommendations_record(found)) if as_json else recommendations_text(found)


def _write_figure(workload: Workload, sweeps: list[PolicySweep] | None, path: Path) -> None:
    from ..analysis.pictures.policies import policy_picture
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.figures.policies import policy_figure
    from ..publish.files import write_whole

    drawing = policy_figure(policy_picture(workload, sweeps))
    write_whole(path, figure_bytes(drawing, figure_format(path)))
