"""The rows of the report, as (label, text): why the verdict holds, numbers, checks.

A row whose figure the analysis leaves out is left out. Every term that an operator may not know
carries its meaning in the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction

from ...analysis.verdict.analysis import (
    Analysis,
    Bootstrap,
    CrossCheck,
    EmptyStart,
    ThresholdSummary,
    WorkloadSummary,
)
from .capacity import assumption
from .finite_words import rate, visibility
from .numbers import (
    amount,
    counted,
    enclosed,
    percent,
    percent_above,
    readable,
    rounded,
    steady_rate,
)

__all__ = ["Rows", "bootstrap_rows", "crosscheck_rows", "number_rows", "reason_rows"]

Rows = Iterator[tuple[str, str]]

_INTERVALS_SHOWN = 4
_CLASSES_SHOWN = 8


def reason_rows(analysis: Analysis, full: bool = True) -> Rows:
    """Yield why the verdict is what it is: mode counts, proof, spectral radius, gcd."""
    yield from _count_rows(analysis, full)
    proof = f"{'certified' if analysis.certified else 'not certified'} ({analysis.method})"
    yield "proof", f"{proof}. {analysis.reason}" if full else proof
    if analysis.spectral_radius is not None:
        radius = enclosed(analysis.spectral_radius)
        yield "spectral radius", f"{radius}, the largest factor per step"
    yield "gcd of the decodes", _gcd_text(analysis.gcd)
    if full:
        yield from _gcd_theorem_rows(analysis)
        yield from _synchronised_rows(analysis)


def _count_rows(analysis: Analysis, full: bool) -> Rows:
    counts, modes = analysis.counts, analysis.kernel.length - 1
    if modes == 0:
        yield "modes", "none: every request takes one step, so there is no way to swing"
        return
    if counts.inside is None or counts.on_circle is None or counts.outside is None:
        yield "modes", f"{modes:,} in all, not counted one by one"
        return
    found = (
        f"{counted(counts.inside, 'decays', 'decay')}, {counts.on_circle} on the border, "
        f"{counted(counts.outside, 'grows', 'grow')}"
    )
    yield "modes", f"{found}; {counted(modes, 'way', 'ways')} to swing in all" if full else found


def _gcd_text(gcd: int) -> str:
    if gcd == 1:
        return "1: the decode lengths share no rhythm"
    return (
        f"{gcd}: requests can fall in step, in {gcd} cohorts that are admitted and finish together"
    )


def _gcd_theorem_rows(analysis: Analysis) -> Rows:
    theorem = analysis.gcd_theorem
    if theorem is None:
        return
    margin = (
        "" if theorem.margin is None else f" (margin {amount(readable(theorem.margin), 'token')})"
    )
    if theorem.applies:
        grow = (
            "no mode grows"
            if analysis.gcd == 1
            else counted(analysis.gcd - 1, "mode grows", "modes grow")
        )
        yield "gcd theorem (R7)", f"applies{margin}: exactly gcd − 1 modes grow, that is, {grow}"
        return
    failure = "its condition was not decided" if theorem.applies is None else "its condition fails"
    text = f"{failure}{margin}: the gcd alone does not decide"
    if theorem.claim is not None:
        grow = counted(theorem.claim.count, "mode grows", "modes grow")
        text = f"{failure}{margin}; by {theorem.claim.theorem} at least {grow}"
    yield "gcd theorem (R7)", text


def _synchronised_rows(analysis: Analysis) -> Rows:
    modes = analysis.synchronized_modes
    if not modes:
        return
    predicted = max(mode.predicted_growth for mode in modes)
    found = [mode.modulus for mode in modes if mode.modulus is not None]
    text = f"{counted(len(modes), 'mode')} of the cohorts; predicted factor {readable(predicted)}"
    if found:
        text += f", found {readable(min(found))}"
        text += (
            f" to {readable(max(found))}" if readable(min(found)) != readable(max(found)) else ""
        )
    yield "falling in step", text


def number_rows(analysis: Analysis, full: bool = True) -> Rows:
    """Yield the quantities with their units: capacity, kernel, equilibrium, threshold."""
    capacity = analysis.workload.capacity
    if capacity is not None:
        yield "capacity", f"{amount(readable(capacity), 'token')} of KV memory"
    elif analysis.simulation is not None:
        yield "capacity", assumption(analysis.kernel.sum)
    if full:
        yield from _kernel_rows(analysis)
    equilibrium = analysis.equilibrium
    if equilibrium is not None:
        yield (
            "steady state",
            f"{amount(steady_rate(equilibrium.admissions_per_step), 'admission')} and "
            f"{amount(readable(equilibrium.token_throughput), 'token')} per step, "
            f"{amount(readable(equilibrium.requests_in_service), 'request')} in service",
        )
    yield from _finite_rows(analysis, full)
    if full or (analysis.no_eviction is not None and analysis.no_eviction.certain):
        yield from _no_eviction_rows(analysis)
    cycle = analysis.synchronized_cycle
    if cycle is not None:
        ratio = percent(cycle.throughput_ratio)
        yield "all in step", f"{ratio} of the steady state's tokens (synchronised cycle, R10)"
    if analysis.threshold is not None:
        yield from _threshold_rows(analysis.threshold, analysis.gcd, full)


def _kernel_rows(analysis: Analysis) -> Rows:
    longest = counted(analysis.kernel.length, "step")
    yield "longest decode", f"{longest} (terms of the memory kernel)"
    held = amount(readable(analysis.kernel.sum), "token-step")
    yield "memory per admission", f"{held} over its life"


def _finite_rows(analysis: Analysis, full: bool) -> Rows:
    """Yield what a real server of this size shows, beside the fluid's verdict."""
    found = analysis.finite
    if found is None:
        return
    if found.admissions_cv is not None:
        seen = visibility(analysis.verdict, found.admissions_cv, found.visible)
        yield "whole requests", f"one sees {seen if full else seen.partition(':')[0]}"
    label = "  evictions" if found.admissions_cv is not None else "whole requests"
    if found.evict_probability is None or found.evicted_per_step is None:
        yield label, f"not known by formula: {found.reason} (stabkit finite simulates them)"
    elif found.reason is not None:
        yield label, f"none, ever: {found.reason}"
    else:
        yield (
            label,
            f"{rate(found.evict_probability)} of the steps evict, by chance, "
            f"{readable(found.evicted_per_step, 2)} requests per step (R16, within 15 %)",
        )


def _no_eviction_rows(analysis: Analysis) -> Rows:
    """Yield what holds of every start, as soon as its state is of product form."""
    found = analysis.no_eviction
    if found is None:
        return
    after = f"after {counted(analysis.kernel.length, 'step')}"
    if not found.certain:
        most = percent_above(found.largest_eviction)
        yield "any start", f"{after} a step evicts at most {most} of the memory (R19)"
    elif found.attracts_every_start:
        yield "any start", f"{after} nothing is evicted, and it settles to the steady state (R19)"
    else:
        yield "any start", f"{after} nothing is evicted, though it need not settle (R19)"


def _threshold_rows(threshold: ThresholdSummary, gcd: int, full: bool) -> Rows:
    yield "stable inputs", _intervals(threshold)
    if not full:
        return
    if threshold.sufficient_input_length is not None:
        yield "gcd theorem proves", _sufficient(Fraction(threshold.sufficient_input_length), gcd)
    if threshold.variance_law is not None:
        law = readable(threshold.variance_law, 4)
        yield (
            "rule of thumb",
            f"stable from about {law} tokens on (variance law, for one narrow hump of lengths)",
        )


def _sufficient(bound: Fraction, gcd: int) -> str:
    """Say what R7 proves beyond its bound: stability for gcd 1, unstable modes for any other."""
    claim = "stable" if gcd == 1 else f"unstable, with {counted(gcd - 1, 'growing mode')},"
    if bound < 0:
        return f"{claim} at every common input"
    where = f"above {amount(rounded(bound, ROUND_CEILING), 'token')}"
    return f"{claim} at every common input {where} (R7, a sufficient bound)"


def _intervals(threshold: ThresholdSummary) -> str:
    if not threshold.stable_intervals:
        return "no common input length is stable"
    if threshold.stable_intervals == (("0", None),) and threshold.input_length is None:
        return "every common input length is stable"
    shown = [_interval(*bounds) for bounds in threshold.stable_intervals[:_INTERVALS_SHOWN]]
    more = len(threshold.stable_intervals) - len(shown)
    rest = f" or in {counted(more, 'more interval')}" if more else ""
    inputs = amount(" or ".join(shown), "token")
    return f"a common input {inputs}{rest}, in place of the mix's own"


def _interval(low: str, high: str | None) -> str:
    """Return an open interval, rounded inwards: what is claimed holds for the digits shown."""
    start = rounded(Fraction(low), ROUND_CEILING)
    if high is None:
        return f"above {start}"
    return f"between {start} and {rounded(Fraction(high), ROUND_FLOOR)}"


def crosscheck_rows(
    check: CrossCheck, workload: WorkloadSummary, empty: EmptyStart | None = None, full: bool = True
) -> Rows:
    """Yield what the independent simulator measured beside what the spectrum predicts."""
    if full and check.steps:
        yield "run", f"{counted(check.steps, 'step')}, from near the steady state and from empty"
    yield from _growth_rows(check, full)
    yield from _near_rows(check, workload, full)
    yield from _empty_rows(check, workload, empty, full)
    if check.reason is not None:
        yield "not measured", check.reason


def _growth_rows(check: CrossCheck, full: bool) -> Rows:
    if check.growth_predicted is not None and check.growth_measured is not None:
        answer = {True: "agrees", False: "DISAGREES", None: "not comparable"}[check.agrees]
        growths = (
            f"{readable(check.growth_predicted, 9)} predicted, "
            f"{readable(check.growth_measured, 9)} measured: {answer}"
        )
        within = f" (tolerance {readable(check.tolerance, 2)})" if full else ""
        yield "growth per step", f"{growths}{within}"
    elif check.growth_predicted is not None:
        yield "growth per step", f"{readable(check.growth_predicted, 9)} predicted"


def _near_rows(check: CrossCheck, workload: WorkloadSummary, full: bool) -> Rows:
    """Yield the long run of the start near the steady state, evictions included."""
    if check.throughput_ratio is not None:
        requests = ""
        if full and check.request_ratio is not None:
            requests = f", {percent(check.request_ratio)} of its requests"
        ratio = percent(check.throughput_ratio)
        yield "started near it", f"{ratio} of the steady state's tokens{requests} in the long run"
    if check.evictions_per_step or (full and check.evictions_per_step is not None):
        yield "  evictions", _evictions(check.evictions_per_step, workload)
    if full and check.wasted_token_fraction is not None:
        yield "  wasted work", f"{percent(check.wasted_token_fraction)} of the decode steps done"
    if full and check.completed_shares is not None and workload.class_count <= _CLASSES_SHOWN:
        shares = ", ".join(percent(share) for share in check.completed_shares)
        yield "  completed by class", f"{shares} (in the order of the classes)"


def _empty_rows(
    check: CrossCheck, workload: WorkloadSummary, empty: EmptyStart | None, full: bool
) -> Rows:
    """Yield the long run of the empty start, and whether it evicts, then or on its way."""
    if check.from_empty_ratio is None:
        return
    ratio = percent(check.from_empty_ratio)
    yield "started empty", f"{ratio} of the steady state's tokens in the long run"
    if empty is None or empty.evictions_per_step is None:
        return
    text = _evictions(empty.evictions_per_step, workload)
    if empty.first_eviction is not None and not full:
        way = "the first at" if empty.evictions_per_step else "on its way, from"
        text += f"; {way} step {empty.first_eviction:,}"
    elif empty.first_eviction is not None:
        ends = "" if empty.evictions_per_step else ", though it evicts on its way"
        text += f"{ends} (the first at step {empty.first_eviction:,})"
    yield "  evictions", text


def _evictions(per_step: float, workload: WorkloadSummary) -> str:
    """Without a capacity the fluid is scaled to one admission per step."""
    if not per_step:
        return "none in the long run"
    evicted = readable(per_step, 4)
    if workload.capacity is None:
        return f"{evicted} per steady-state admission in the long run"
    return f"{amount(evicted, 'request')} per step in the long run"


def bootstrap_rows(bootstrap: Bootstrap) -> Rows:
    """Yield what other samples of the same size might have said of the trace."""
    requests = counted(bootstrap.request_count, "request")
    inputs = ""
    if bootstrap.resampled == "decode lengths":
        inputs = "; decode lengths only, each at its mean input"
    times = f"{counted(bootstrap.resamples, 'time')} (seed {bootstrap.seed})"
    yield "resampled", f"{times}: {requests} drawn anew from those of the trace{inputs}"
    yield "verdicts", _verdicts_text(bootstrap)
    if bootstrap.spectral_radius is not None:
        low, high = (readable(bound, 7) for bound in bootstrap.spectral_radius)
        yield "spectral radius", f"{low} to {high} in the middle {percent(bootstrap.level)} of them"
    if bootstrap.unresolved:
        yield "left out there", f"{counted(bootstrap.unresolved, 'resample')}, not resolved"
    yield (
        "an estimate",
        "not a proof: it takes the requests for independent draws from one law, without bursts or "
        "drift, and knows of none longer than the longest in the trace",
    )


def _verdicts_text(bootstrap: Bootstrap) -> str:
    counts = vars(bootstrap.verdicts).items()
    found = [f"{count:,} {verdict}" for verdict, count in counts if count]
    text = ", ".join(found)
    if bootstrap.agreement is None:
        return text
    return f"{text}; {percent(bootstrap.agreement)} agree with the trace's own verdict"
