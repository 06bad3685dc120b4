"""Admission policies side by side, as text for people and as JSON types."""

from __future__ import annotations

import math
from typing import Any

from ..analysis.policy_comparison import PolicyComparison, PolicyFinding, PolicySweep
from ..dynamics.long_run import LongRun
from ..dynamics.policies import Reservation
from ..model.numbers import decimal_text, rational_text
from .numbers import percent, readable
from .tables import plain_table

__all__ = [
    "SCHEMA",
    "policies_record",
    "policies_text",
    "policy_label",
    "sweep_record",
    "sweep_text",
]

SCHEMA = "stabkit.policies/1"
_DIGITS = 30
_KEEPS = 1e-3  # of the equilibrium's tokens: what a run that keeps them may lack
_CAVEAT = (
    "Real schedulers differ: vLLM and SGLang keep the tokens generated before a preemption, the\n"
    "model discards them; a* must be estimated from the mix.\n"
)


def policies_record(found: PolicyComparison) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.policies/1``.

    Figures beside `policy` are of the run from the empty memory; `disturbed` has those of the run
    from the disturbed equilibrium. A rational is a text, a spectral radius decimal digits.
    """
    return {
        "schema": SCHEMA,
        "mix": found.mix.name,
        "equilibrium_admissions": rational_text(found.equilibrium_admissions),
        "policies": [_record(found, one) for one in found.policies],
    }


def _record(found: PolicyComparison, one: PolicyFinding) -> dict[str, Any]:
    radius = one.spectral_radius
    return {
        "policy": one.policy.name,
        "parameters": {name: rational_text(value) for name, value in one.parameters.items()},
        "verdict": one.verdict,
        "spectral_radius": None
        if radius is None
        else decimal_text(radius.low, radius.high, _DIGITS),
        **_figures(found, one.from_empty),
        "disturbed": None if one.disturbed is None else _figures(found, one.disturbed),
    }


def _figures(found: PolicyComparison, run: LongRun) -> dict[str, Any]:
    return {
        "utilisation": run.utilisation,
        "throughput_ratio": run.throughput_ratio,
        "request_ratio": run.request_ratio,
        "evictions_ratio": _evictions(found, run),
        "first_eviction_step": run.first_eviction,
        "completed_shares": None if run.completed_shares is None else list(run.completed_shares),
        "wasted_token_fraction": run.wasted_token_fraction,
        "period": run.period,
        "steps": run.steps,
        "reason": run.reason,
    }


def _evictions(found: PolicyComparison, run: LongRun) -> float | None:
    """Return evicted requests per step over a*."""
    if run.evictions_per_step is None:
        return None
    return run.evictions_per_step / float(found.equilibrium_admissions)


def policies_text(found: PolicyComparison) -> str:
    """Return the comparison as a table with the sentences that it supports."""
    heads = ("policy", "verdict", "|λ| max", "tokens", "requests", "evicted", "first", "memory")
    rows = [heads, *(_row(found, one) for one in found.policies)]
    parts = [
        f"{found.mix.name}\n\nFrom the empty memory, long-run means over those of the steady state "
        "(evicted: requests\nper step over a*; first: the first step that evicts; memory: mean use "
        "of the capacity).\n",
        plain_table(rows),
    ]
    if any(one.disturbed is not None for one in found.policies):
        other = [("policy", "tokens", "requests", "evicted", "first"), *_disturbed_rows(found)]
        parts += [
            "From greedy admission's steady state, disturbed by 20 % along its dominant mode.\n",
            plain_table(other),
        ]
    return "\n".join([*parts, *_sentences(found), _CAVEAT])


def policy_label(one: PolicyFinding) -> str:
    """Return a policy's name with its parameter.

    A rate is in units of a*.
    """
    if not one.parameters:
        return one.policy.name
    ((name, value),) = one.parameters.items()
    if name == "rate_over_equilibrium":
        return f"rate {readable(float(value), 4)} a*"
    if name == "watermark":
        return f"headroom {percent(value)}"
    return f"damped {readable(float(value), 4)}"


def _row(found: PolicyComparison, one: PolicyFinding) -> tuple[str, ...]:
    radius, run = one.spectral_radius, one.from_empty
    return (
        policy_label(one),
        one.verdict or "not linear",
        "-" if radius is None else readable(float((radius.low + radius.high) / 2), 7),
        *_shown(found, run),
        "-" if run.utilisation is None else percent(run.utilisation),
    )


def _shown(found: PolicyComparison, run: LongRun) -> tuple[str, str, str, str]:
    evicted = _evictions(found, run)
    return (
        "?" if run.throughput_ratio is None else f"{run.throughput_ratio:.4f}",
        "?" if run.request_ratio is None else f"{run.request_ratio:.4f}",
        "?" if evicted is None else f"{evicted:.4f}",
        "never" if run.first_eviction is None else f"{run.first_eviction}",
    )


def _disturbed_rows(found: PolicyComparison) -> list[tuple[str, ...]]:
    return [
        (policy_label(one), *_shown(found, one.disturbed))
        for one in found.policies
        if one.disturbed is not None
    ]


def _sentences(found: PolicyComparison) -> list[str]:
    """Return which policies keep the throughput, and where two starts end apart."""
    keeping = [one for one in found.policies if _ratio(one.from_empty) >= 1 - _KEEPS]
    names = ", ".join(policy_label(one) for one in keeping)
    lines = [
        f"From empty, the steady state's tokens are kept by: {names}.\n"
        if keeping
        else "From empty, none of these keeps the steady state's tokens.\n"
    ]
    apart = [
        policy_label(one)
        for one in found.policies
        if one.disturbed is not None
        and abs(_ratio(one.disturbed) - _ratio(one.from_empty)) > _KEEPS
    ]
    if apart:
        lines.append(f"The two starts end apart under: {', '.join(apart)}.\n")
    if any(isinstance(one.policy, Reservation) for one in found.policies):
        lines.append(
            "Reservation never evicts; what it costs is the memory that it keeps unused.\n"
        )
    return lines


def _ratio(run: LongRun) -> float:
    return math.nan if run.throughput_ratio is None else run.throughput_ratio


def sweep_record(found: PolicySweep) -> dict[str, Any]:
    """Return a sweep as JSON types."""
    return {
        "parameter": found.parameter,
        "points": [
            {
                "value": rational_text(value),
                "throughput_ratio": run.throughput_ratio,
                "request_ratio": run.request_ratio,
                "utilisation": run.utilisation,
                "first_eviction_step": run.first_eviction,
                "reason": run.reason,
            }
            for value, run in zip(found.values, found.runs, strict=True)
        ],
    }


def sweep_text(found: PolicySweep) -> str:
    """Return a sweep as a table: throughput against the parameter."""
    name = {"rate": "rate / a*"}.get(found.parameter, found.parameter)
    rows = [(name, "tokens", "requests", "memory", "first eviction")]
    for value, run in zip(found.values, found.runs, strict=True):
        rows.append(
            (
                readable(float(value), 6),
                "?" if run.throughput_ratio is None else f"{run.throughput_ratio:.4f}",
                "?" if run.request_ratio is None else f"{run.request_ratio:.4f}",
                "-" if run.utilisation is None else percent(run.utilisation),
                "never" if run.first_eviction is None else f"{run.first_eviction}",
            )
        )
    return plain_table(rows)
