"""Recommendations as sentences for an operator, and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from typing import Any

from ...analysis.operations.predictions import Prediction
from ...analysis.operations.recommend import Proposal, Recommendation, Rejected
from ..layout import title, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import amount, counted, percent, percent_above, readable, rounded
from .trials import trials_lines, trials_record

__all__ = ["SCHEMA", "recommendations_record", "recommendations_text", "sentence"]

SCHEMA = "stabkit.recommendation/4"
_TITLES = {
    "rate limit": "Limit the rate",
    "start-up": "Start under a rate limit",
    "watermark": "Keep a watermark",
    "gain": "Damp the admissions",
    "reservation": "Reserve for life",
    "prompt": "Longer prompts",
    "spread": "Spread the lengths",
    "pooling": "Pool replicas",
}


_SENTENCES = {
    "rate limit": (
        "Admit no more than {rate}: nothing is evicted in the long run, and {tokens} are completed."
    ),
    "start-up": (
        "Fill the empty server at no more than {rate}; once it is steady the limit can go, for "
        "greedy admission then stays at the steady state."
    ),
    "watermark": (
        "Keep {memory} of the memory free of admissions: from the empty memory the evictions then "
        "end, which they do not at a watermark less by a hundredth of the memory, and {tokens} are "
        "completed."
    ),
    "gain": "Admit {gain} of what fits: the loop is then stable, at {tokens}.",
    "reservation": (
        "Hold input plus output tokens for every request from its admission on: from the empty "
        "memory, or any start whose reservations fit, nothing is ever evicted, at {tokens}."
    ),
    "prompt": (
        "With {prompt} more in every prompt the mix is stable, and with one less it is not. The "
        "memory then holds fewer requests: {today}."
    ),
    "spread": (
        "If half of each class decoded {steps} less and half {steps} more, the mix would be "
        "stable, which it is not for one step less of spread. It would complete {today}."
    ),
    "pooling": (
        "Let two replicas share the classes, {mix}, in equal parts: together they complete {kept} "
        "of the tokens that they complete apart."
    ),
}
_SOURCES = (
    "Verdicts are proved. The fluid's throughputs are long-run means of its simulated run from the "
    "empty memory, to one part in a thousand; all are over the steady state's."
)


@TEXTS.writes(Recommendation)
def recommendations_text(found: Recommendation, full: bool = False) -> str:
    """Return what happens now, and what to do; in full with what is not recommended, and why."""
    lines = [title(found.mix.name), *wrapped(_now(found)), ""]
    lines += [*trials_lines(found.trials), ""]
    lines += _fluid(found, full)
    if full:
        lines += ["", *wrapped(_SOURCES)]
    elif found.rejected:
        lines += ["", *wrapped("What is not recommended, and why: --full.")]
    return "\n".join([*lines, ""])


def _fluid(found: Recommendation, full: bool) -> Iterator[str]:
    if not found.needed:
        yield from wrapped(
            "In the fluid nothing needs to change: the mix is stable, and the empty server reaches "
            "the steady state's throughput, to one part in a thousand."
        )
        return
    yield from wrapped(
        f"In the fluid alone, which many small requests come close to: {_helps(found)}"
    )
    for number, proposal in enumerate(found.proposals, start=1):
        title = _TITLES[proposal.kind]
        yield from wrapped(f"{number}. {title}. {sentence(found, proposal)}", "   ")
    if full and found.rejected:
        yield from ["", "Not recommended in the fluid:"]
        for idea in found.rejected:
            yield from wrapped(f"- {_TITLES[idea.kind].lower()}: {_rejection(idea)}", "  ")


def _helps(found: Recommendation) -> str:
    return "these are confirmed." if found.proposals else "nothing that was tried helps."


def _now(found: Recommendation) -> str:
    ratio = found.now.throughput_ratio
    runs = (
        "has no long-run throughput that is known"
        if ratio is None
        else f"completes {percent(ratio)} of the steady state's tokens in the long run"
    )
    return f"Now: {found.verdict}; from the empty memory the fluid of the mix {runs}."


def sentence(found: Recommendation, proposal: Proposal) -> str:
    """Return one proposal as a sentence that an operator can act on.

    Every number in it is one of the proposal's predictions.
    """
    value, text = proposal.value, _SENTENCES[proposal.kind]
    words = {
        "rate": _per_step(found, value) if "{rate}" in text else "",
        "tokens": f"{percent(proposal.throughput)} of the steady state's tokens",
        "memory": percent_above(value),
        "gain": readable(float(value), 3),
        "prompt": counted(int(value), "token"),
        "steps": counted(int(value), "step"),
        "today": f"{percent(proposal.throughput)} of today's steady state's tokens",
        "kept": percent(proposal.throughput),
        "mix": proposal.mix.name,
    }
    return text.format(**words) + _if_wrong(proposal)


def _if_wrong(proposal: Proposal) -> str:
    errors = ", ".join(
        f"{percent(ratio)} at {readable(float(100 * (e - 1)), 3).replace('-', 'minus ')} %"
        for e, ratio in proposal.sensitivity
    )
    return f" If the rate is set wrong: {errors}." if errors else ""


def _per_step(found: Recommendation, rate: Fraction) -> str:
    """Return a rate, rounded down, with its unit; without a capacity it is a fraction of B."""
    if found.mix.capacity is not None:
        return f"{amount(rounded(rate, ROUND_FLOOR), 'request')} per step"
    held = rounded(found.capacity / rate, ROUND_CEILING)
    return f"B / {held} requests per step (B: the capacity in tokens)"


def _rejection(idea: Rejected) -> str:
    if idea.throughput is None:
        return f"{idea.reason}."
    return f"{idea.reason} ({percent(idea.throughput)})."


@RECORDS.writes(Recommendation)
def recommendations_record(found: Recommendation) -> dict[str, Any]:
    """Return the recommendation as JSON types: schema ``stabkit.recommendation/4``."""
    return headed(
        SCHEMA,
        found.mix,
        **chosen(found, "verdict needed admissions_per_step=equilibrium_admissions"),
        throughput_ratio=found.now.throughput_ratio,
        proposals=[_proposal(found, proposal) for proposal in found.proposals],
        trials=trials_record(found.trials),
        rejected=[
            chosen(idea, "kind reason throughput_ratio=throughput") for idea in found.rejected
        ],
    )


def _proposal(found: Recommendation, proposal: Proposal) -> dict[str, Any]:
    return {
        **chosen(proposal, "kind value"),
        "sentence": sentence(found, proposal),
        **chosen(proposal, "workload=mix policy=policy.name parameters"),
        **chosen(proposal, "throughput_ratio=throughput"),
        "sensitivity": [
            {"factor": as_json(e), "throughput_ratio": ratio} for e, ratio in proposal.sensitivity
        ],
        "predictions": [_prediction(one) for one in proposal.predictions],
    }


def _prediction(one: Prediction) -> dict[str, Any]:
    found = chosen(one, "workload=mix policy=policy.name parameters quantity relation")
    told = "verdict" if isinstance(one.value, str) else "ratio"
    return found | {"verdict": None, "ratio": None} | {told: one.value}
