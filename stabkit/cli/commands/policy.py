"""``stabkit policy``: admission policies side by side, and what to recommend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import typer

from ...errors import InvalidArgument
from ..completion import complete_policy
from ..mix import MaxNumSeqs, MixOptions, read_mix
from ..options import flag, option, refuse_beside, refuse_without
from ..present import Found, presented
from ..terminal import working

if TYPE_CHECKING:
    from ...analysis.operations.recommend import Recommendation
    from ...model.workload import Workload

__all__ = ["policy"]


@presented("policies", full=True)
def policy(
    context: typer.Context,
    source: MixOptions,
    policies: list[str] | None = option(
        None,
        "NAME[:X]",
        "greedy, damped[:GAIN], headroom[:WATERMARK], rate-limited[:TIMES_A*], reservation or "
        "NAME[:X,Y] of one that is installed; may be given more than once.",
        "--policy",
        autocompletion=complete_policy,
    ),
    sweep: str | None = option(
        None,
        "PARAMETER",
        "Throughput against rate, gain, watermark, or POLICY:PARAMETER of a policy that is "
        "installed.",
    ),
    recommend: bool = flag("--recommend", "What to change, each proposal analysed anew first."),
    share_with: list[str] | None = option(
        None,
        "MIX",
        "With --recommend: the classes of another replica, such as '10:3 5:8', to pool with; may "
        "be given more than once.",
    ),
    max_num_seqs: MaxNumSeqs = None,
    steps: int | None = option(
        None,
        "N",
        "Steps of each run of whole requests; 0 for none, by default until some 100,000 steps "
        "and admissions.",
        min=0,
    ),
) -> Found:
    """Compare admission policies, or recommend what to change.

    Verdict, throughput and evictions, from empty and disturbed; with a capacity also of whole
    requests in random order. By default greedy, damped by 1/2, a watermark of 5 %, rates of 1, 1.05
    and 1.2 a*, and reservation. `--sweep` shows the throughput against one parameter instead. The
    figure is of that one, of the policies that `--policy` gives, or against the rate, the gain and
    the watermark.

    \b
    Examples:
      stabkit policy 10:5
      stabkit policy 5:3 5:5 --policy greedy --policy rate-limited:1.05
      stabkit policy 5:3 5:5 --recommend
      stabkit policy 10:5 --capacity 650 --max-num-seqs 44
    """
    compared = ("policies", "max_num_seqs", "steps")
    if recommend:
        refuse_beside(context, "--recommend", "sweep", *compared)
    else:
        refuse_without(context, "--recommend", "share_with")
    if sweep is not None:
        refuse_beside(context, "--sweep", *compared)
    others = [other.split() for other in share_with or ()]
    if not all(others):
        raise InvalidArgument("'--share-with' must be the classes of a replica, not empty.")
    workload = source.read()
    with working("running the policies"):
        if recommend:
            return Found(_recommendation(workload, others))
        if sweep is None:
            from ...analysis.operations.comparison import compare_policies
            from ...analysis.pictures.policies import policy_picture

            found = compare_policies(workload, policies or None, max_num_seqs, steps)
            return Found(found, picture=None if policies else partial(policy_picture, workload))
        from ...analysis.operations.sweep import policy_sweep

        return Found(policy_sweep(workload, sweep))


def _recommendation(workload: Workload, others: list[list[str]]) -> Recommendation:
    from ...analysis.operations.recommend import recommend

    return recommend(workload, [read_mix(other, None) for other in others])
