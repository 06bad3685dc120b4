"""The verdict in plain sentences: what an operator of the server should take away."""

from __future__ import annotations

from ...analysis.verdict.analysis import Analysis, DominantMode
from .numbers import amount, counted, percent, readable

__all__ = ["disagreement", "local_only", "meaning"]

# How far the long-run mean of a run that did settle may be from 1: the cross-check's own tolerance
# for a run that came back. (Mixes that settle are within 1e-6; R12's example is at 0.9935.)
_SETTLED_WITHIN = 1e-3


def meaning(analysis: Analysis) -> str:
    """Return what the verdict means for a saturated server, in one or two sentences."""
    sentences = {
        "stable": _stable,
        "unstable": _unstable,
        "marginal": _marginal,
        "undecided": _undecided,
    }
    return sentences[analysis.verdict](analysis)


def disagreement(analysis: Analysis) -> str | None:
    """Return the warning that the simulator contradicts the spectrum, or None if it does not."""
    check = analysis.simulation
    if check is None or check.agrees is not False:
        return None
    figures = ""
    if check.growth_predicted is not None and check.growth_measured is not None:
        figures = (
            f" The spectrum predicts a growth of {readable(check.growth_predicted, 9)} per step, "
            f"the simulator measured {readable(check.growth_measured, 9)} (tolerance "
            f"{readable(check.tolerance, 3)})."
        )
    return (
        "THE SIMULATOR DISAGREES with the spectrum: do not rely on this result."
        f"{figures} One of the two is wrong; please report this workload."
    )


def local_only(analysis: Analysis) -> str | None:
    """Return the caveat that a stable mix does not settle from the empty start (R12), or None."""
    check, proved = analysis.simulation, analysis.certified_start
    if analysis.verdict != "stable":
        return None
    if proved is not None and (proved.start, proved.kind) == ("empty", "evicting"):
        return "But stability is local: started empty, the server is proved to evict for ever."
    if check is None or check.from_empty_ratio is None:
        return None
    if abs(check.from_empty_ratio - 1) <= _SETTLED_WITHIN:
        return None
    return (
        "But stability is local: started empty, the simulated server does not reach the steady "
        f"state. It keeps evicting, at {percent(check.from_empty_ratio)} of the steady state's "
        "tokens per step."
    )


def _stable(analysis: Analysis) -> str:
    if not analysis.dominant_modes:
        return (
            "A full server with this mix is in its steady state from the first step: every request "
            "takes one step, so nothing can swing."
        )
    mode = analysis.dominant_modes[0]
    pace = "" if mode.half_life_steps is None else f", halving every {_steps(mode.half_life_steps)}"
    return (
        "A full server with this mix settles to a steady state: in the fluid small disturbances "
        f"die out{pace}, without an eviction."
    )


def _unstable(analysis: Analysis) -> str:
    growing = [m for m in analysis.dominant_modes if m.doubling_steps is not None]
    return (
        "The steady state of this mix does not last. Memory demand swings ever wider"
        f"{_pace(growing)} until requests are evicted and their work is lost{_long_run(analysis)}."
    )


def _pace(growing: list[DominantMode]) -> str:
    if not growing or growing[0].doubling_steps is None:
        return ""
    return f", doubling every {_steps(growing[0].doubling_steps)},"


def _long_run(analysis: Analysis) -> str:
    check = analysis.simulation
    if check is None or check.throughput_ratio is None:
        return ""
    empty, elsewhere = check.from_empty_ratio, ""
    if empty is not None and abs(empty - check.throughput_ratio) > _SETTLED_WITHIN:
        elsewhere = f" from there, and {percent(empty)} from the empty memory"
    return (
        f"; in the long run the simulator completes {percent(check.throughput_ratio)} of the "
        f"steady state's tokens{elsewhere}"
    )


def _marginal(analysis: Analysis) -> str:
    count = analysis.counts.on_circle
    modes = "some modes" if count is None else counted(count, "mode")
    verb = "neither grows nor dies" if count == 1 else "neither grow nor die"
    effect = "a disturbance stays"
    if _repeated_on_circle(analysis):
        effect = "a disturbance stays or, because some of them coincide, slowly grows"
    return (
        f"This mix stands exactly on the border of stability: {modes} {verb} out by a factor, so "
        f"that {effect}, and the least change of the mix may tip it. Do not count on the steady "
        "state."
    )


def _repeated_on_circle(analysis: Analysis) -> bool:
    border = [m for m in analysis.dominant_modes if not m.doubling_steps and not m.half_life_steps]
    return len(set(border)) < len(border)


def _undecided(analysis: Analysis) -> str:
    return f"No verdict, neither stable nor unstable: {analysis.reason.rstrip('.')}."


def _steps(number: float) -> str:
    return amount(readable(number, 4), "step")
