"""Admission policies side by side, as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ...analysis.operations.comparison import CapFinding, PolicyComparison, PolicyFinding
from ...analysis.operations.running_cap import RunningCap
from ...analysis.operations.whole_runs import WholeFinding
from ...dynamics.capacity import Simulated
from ...dynamics.long_run import LongRun
from ...errors import InvalidArgument, printable, shown
from ..layout import paragraph, title
from ..rendering import RECORDS, TEXTS
from .capacity import assumed_capacity
from .dialect import chosen, headed
from .finite_words import cap_record, capped
from .numbers import interval, percent, readable
from .tables import plain_table

__all__ = [
    "COLUMNS",
    "SCHEMA",
    "VERDICTS",
    "head",
    "policies_record",
    "policies_text",
    "policy_label",
    "ratio_text",
    "run_cells",
    "run_figures",
]

SCHEMA = "stabkit.policies/3"
_LARGE = 100  # evictions over a* may be; four digits after the point would widen the table
_LONGEST_LABEL = 15  # of a policy of one's own
_HEADS = ("policy", "verdict", "|λ| max", "tokens", "requests", "evicted", "first", "memory")
COLUMNS = (
    "From the empty memory, long-run means over those of the steady state (evicted: requests per "
    "step over a*; first: the first step that evicts; memory: mean use over the capacity)."
)
VERDICTS = "The verdict is on the policy's own steady state; - stands where its loop is not linear."
_SECOND_START = "From the greedy steady state, disturbed by 20 % along its dominant mode."
_MORE = "The same from a disturbed steady state, and what each policy needs: --full."
_WHOLE = (
    "steps from the empty memory, the first tenth left out, the same requests for all; tokens over "
    "the steady state's with 95 % intervals, evicted requests per step over a*."
)
_CAVEAT = "vLLM keeps the tokens of a preempted request; the model discards its progress."


@RECORDS.writes(PolicyComparison)
def policies_record(found: PolicyComparison) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.policies/3``.

    The figures beside `policy` are of the run from the empty memory, those in `disturbed` of the
    run from the disturbed greedy equilibrium. `evictions_ratio` is evicted requests per step over
    a*. `reason` says why figures or the period of a run are null, `verdict_reason` what proves the
    verdict or why there is none, `disturbed_reason` why there is no second start. `whole_requests`
    are runs of `whole_steps` steps, and `whole_reason` is why there are none.
    """
    return headed(
        SCHEMA,
        found.mix,
        **chosen(found, "admissions_per_step=equilibrium_admissions"),
        **chosen(found, "disturbed_reason whole_steps whole_reason"),
        capped=None if found.capped is None else _cap_record(found.capped),
        policies=[_record(found, one) for one in found.policies],
    )


def _record(found: PolicyComparison, one: PolicyFinding) -> dict[str, Any]:
    return {
        **chosen(one, "policy=policy.name parameters"),
        **chosen(one, "verdict verdict_reason=reason spectral_radius"),
        **run_figures(found, one.from_empty),
        "disturbed": None if one.disturbed is None else run_figures(found, one.disturbed),
        "whole_requests": _whole_record(one.whole),
    }


def _cap_record(one: CapFinding) -> dict[str, Any]:
    return {"cap": cap_record(one.cap), "whole_requests": _whole_record(one.whole)}


def _whole_record(one: WholeFinding | None) -> dict[str, Any] | None:
    names = "throughput_ratio=throughput evicted_per_step reason"
    return None if one is None else chosen(one, names)


def run_figures(found: Simulated, run: LongRun) -> dict[str, Any]:
    """Return the figures of a run as JSON types."""
    return {
        **chosen(run, "utilisation throughput_ratio request_ratio"),
        "evictions_ratio": _evictions(found, run),
        **chosen(run, "first_eviction completed_shares wasted_token_fraction period steps reason"),
    }


def _evictions(found: Simulated, run: LongRun) -> float | None:
    """Return evicted requests per step over a*."""
    if run.evictions_per_step is None:
        return None
    return run.evictions_per_step / float(found.equilibrium_admissions)


@TEXTS.writes(PolicyComparison)
def policies_text(found: PolicyComparison, full: bool = False) -> str:
    """Return the comparison as tables with sentences; in full with the second start."""
    more = [] if full else [paragraph(_MORE)]
    parts = [
        *head(found),
        paragraph(f"{COLUMNS} {VERDICTS}"),
        plain_table([_HEADS, *(_row(found, one) for one in found.policies)]),
    ]
    if full and found.disturbed_reason is None:
        heads = ("policy", "tokens", "requests", "evicted", "first")
        parts += [paragraph(_SECOND_START), plain_table([heads, *_disturbed_rows(found)])]
    elif full:
        parts.append(paragraph(f"There is no second start: {found.disturbed_reason}."))
    parts += map(paragraph, _sentences(found, full))
    return "\n".join([*parts, *_whole_requests(found), *more])


def head(found: Simulated) -> list[str]:
    """Return the name of the mix, and the capacity where one is assumed."""
    assumed = assumed_capacity(found.mix, found.capacity)
    return [title(found.mix.name), *([] if assumed is None else [paragraph(assumed)])]


def policy_label(one: PolicyFinding) -> str:
    """Return a policy's name with its parameters, and a name of one's own shortened.

    A rate is in units of a*.
    """
    values = {name: _Parameter(value) for name, value in one.parameters.items()}
    if template := getattr(one.policy, "label", None):
        return printable(_filled(template, values, one.policy.name))
    name = printable(one.policy.name)
    name = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 3]}..."
    return " ".join([name, *map(format, values.values())])


def _filled(template: Any, values: Mapping[str, _Parameter], name: str) -> str:
    try:
        return str(template.format_map(values))
    except (AttributeError, LookupError, TypeError, ValueError):
        raise InvalidArgument(
            f"'label' of policy {shown(name)} must be a template of its parameters, not "
            f"{shown(template)}."
        ) from None


class _Parameter(Fraction):
    """A parameter as a label shows it: ``{gain}``, or ``{watermark:%}`` as per cent."""

    def __format__(self, spec: str) -> str:
        return percent(Fraction(self)) if spec == "%" else readable(float(self), 4)


def _row(found: PolicyComparison, one: PolicyFinding) -> tuple[str, ...]:
    radius = one.spectral_radius
    return (
        policy_label(one),
        one.verdict or "-",
        "-" if radius is None else readable(float((radius.low + radius.high) / 2), 7),
        *run_cells(found, one.from_empty),
        ratio_text(one.from_empty.utilisation),
    )


def _disturbed_rows(found: PolicyComparison) -> Iterator[tuple[str, ...]]:
    for one in found.policies:
        if one.disturbed is not None:
            yield policy_label(one), *run_cells(found, one.disturbed)


def run_cells(found: Simulated, run: LongRun) -> tuple[str, str, str, str]:
    """Return a run's tokens, requests and evictions, and its first eviction, for a table."""
    return (
        ratio_text(run.throughput_ratio),
        ratio_text(run.request_ratio),
        ratio_text(_evictions(found, run)),
        _first(run),
    )


def ratio_text(value: float | None) -> str:
    """Return a ratio to four digits after the point; a question mark where it is not known."""
    if value is None:
        return "?"
    return f"{value:.4f}" if value < _LARGE else readable(value)


def _first(run: LongRun) -> str:
    """Return the first step that evicts; a run without long-run means says nothing of later."""
    if run.first_eviction is not None:
        return f"{run.first_eviction}"
    return "?" if run.throughput_ratio is None else "never"


def _sentences(found: PolicyComparison, full: bool) -> Iterator[str]:
    """Yield what the tables support; in full also what differs in real schedulers."""
    yield from _kept(found)
    if found.ending_apart:
        yield f"The two starts end apart under: {_names(found.ending_apart)}."
    if found.evicting_though_stable:
        yield (
            "The steady state is stable against small disturbances, and the start that is "
            "disturbed by a fifth keeps evicting all the same, under: "
            f"{_names(found.evicting_though_stable)}."
        )
    if found.drifting:
        yield (
            "From empty, what is completed differs from the admitted shares of the classes under: "
            f"{_names(found.drifting)}."
        )
    if full:
        # Each once, in an order of their own, whatever that of the table.
        remarks = {getattr(one.policy, "remark", "") for one in found.policies} - {""}
        yield from sorted(remarks, reverse=True)
        yield _CAVEAT


def _kept(found: PolicyComparison) -> Iterator[str]:
    """Yield which policies keep the throughput, from the runs that tell."""
    known = [one for one in found.policies if one.from_empty.throughput_ratio is not None]
    if found.keeping:
        yield (
            "From empty, to one part in a thousand, the steady state's tokens are kept by: "
            f"{_names(found.keeping)}."
        )
    elif known:
        yield f"From empty, none of these keeps the steady state's tokens: {_names(known)}."
    unknown = [one for one in found.policies if one.from_empty.throughput_ratio is None]
    if unknown:
        reason = unknown[0].from_empty.reason
        yield f"From empty, the long run is not known under: {_names(unknown)} ({reason})."


def _whole_requests(found: PolicyComparison) -> Iterator[str]:
    """Yield what whole requests make of the policies, where a server is known."""
    if found.mix.capacity is None:
        return
    if found.whole_steps:
        yield paragraph(f"Whole requests in random order, {found.whole_steps:,} {_WHOLE}")
        yield plain_table([("policy", "fluid", "whole requests", "evicted"), *_whole_rows(found)])
    else:
        yield paragraph(f"Whole requests were not run: {found.whole_reason}.")
    if found.capped is not None:
        yield paragraph(_cap_sentence(found.capped.cap))


def _cap_sentence(cap: RunningCap) -> str:
    label, words = next(capped(cap))
    return f"Under the cap {label} {words}." if cap.never_evicts else f"The {label} {words}."


def _whole_rows(found: PolicyComparison) -> Iterator[tuple[str, ...]]:
    for one in found.policies:
        if one.whole is not None:
            fluid = ratio_text(one.from_empty.throughput_ratio)
            yield policy_label(one), fluid, *_whole_cells(found, one.whole)
    if found.capped is not None and found.capped.whole is not None:
        cap = found.capped.cap
        fluid = ratio_text(float(cap.memory_share)) if cap.never_evicts else "-"
        yield f"cap of {cap.max_num_seqs:,}", fluid, *_whole_cells(found, found.capped.whole)


def _whole_cells(found: PolicyComparison, one: WholeFinding) -> tuple[str, str]:
    if one.throughput is None or one.evicted_per_step is None:
        return one.reason or "", "-"
    value = f"{one.throughput.value:.4f}"
    ends = interval(one.throughput.low, one.throughput.high, "{:.4f}".format, _decimals)
    evicted = max(0.0, one.evicted_per_step.value) / float(found.equilibrium_admissions)
    return value if ends == value else f"{value} ({ends})", ratio_text(evicted)


def _decimals(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"


def _names(policies: Sequence[PolicyFinding]) -> str:
    return ", ".join(policy_label(one) for one in policies)
