"""Figure of policies side by side: what each completes in the long run, from both of its starts."""

from __future__ import annotations

from typing import Any

from ...analysis.operations.comparison import PolicyComparison, PolicyFinding
from ...analysis.pictures.policies import FATES, fate
from ..text.comparison import policy_label, ratio_text
from .bars import Bar, draw_bars
from .frame import literal
from .style import BLUE, GREY, INK, SKY, VERMILLION, Drawing, drawn, legend_below

__all__ = ["comparison_figure"]

_FACES: dict[str, dict[str, Any]] = {
    "never": {"facecolor": BLUE},
    "start": {"facecolor": SKY},
    "keeps": {"facecolor": "white", "edgecolor": INK, "hatch": "////", "linewidth": 0.6},
    "unknown": {},
}
_WORDS = {"never": "never evicts", "start": "at the start only", "keeps": "keeps evicting"}
_DISTURBED: dict[str, Any] = {"linestyle": "", "color": VERMILLION, "marker": "D", "markersize": 3}
_MIDDLE = 0.2  # of a bar, from its edge


@drawn(PolicyComparison, lambda found: 3.0 + 0.85 * len(found.policies))
def comparison_figure(figure: Drawing, found: PolicyComparison) -> None:
    """Draw a bar for every policy, from the empty memory, and a mark for the disturbed start."""
    axes, policies = figure.subplots(), found.policies
    draw_bars(axes, [_bar(one) for one in policies], "tokens / steady state's", reach=1.0)
    axes.axvline(1, color=GREY, linewidth=0.7, linestyle=(0, (1, 2)))
    fates = {fate(one.from_empty) for one in policies}
    for occurring in (one for one in FATES if one in fates):
        axes.barh(0, 0, label=_WORDS[occurring], **_FACES[occurring])
    ends = [
        (row, one.disturbed.throughput_ratio) for row, one in enumerate(policies) if one.disturbed
    ]
    known = [(row + _MIDDLE, ratio) for row, ratio in ends if ratio is not None]
    if known:
        rows, ratios = zip(*known, strict=True)
        axes.plot(ratios, rows, **_DISTURBED, label="from the disturbed steady state")
    legend_below(figure, axes)


def _bar(one: PolicyFinding) -> Bar:
    run = one.from_empty
    said = (
        "long run not known" if run.throughput_ratio is None else ratio_text(run.throughput_ratio)
    )
    text = f"{literal(policy_label(one))}: {said}"
    return Bar(text, run.throughput_ratio or 0.0, _FACES[fate(run)])
