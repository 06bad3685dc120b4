"""The end of a derivation: equilibrium against limit cycle, policies, cross-check, conclusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction

from ...analysis.cycles.limit_cycle import LimitCycle, Observation
from ...analysis.facts import DerivationFacts, PolicyLoop
from ...analysis.verdict.analysis import FiniteSummary
from ...model.enclosure import RealEnclosure
from ..document.tree import DocumentBlock, Formula, Paragraph, Section, Table, section
from ..text.numbers import counted
from ..text.verdict import disagreement, local_only, meaning
from .figures import cycle_figure
from .numerals import decimal, equals, inline, number
from .theory import stated

__all__ = ["DISPERSION", "FANO_FACTOR", "LONG_WINDOW", "OPERATION", "WHOLE_REQUESTS"]

_CYCLES_SHOWN = 10


def _compare(facts: DerivationFacts) -> str:
    label = " (R10)" if facts.analysis.gcd > 1 else ""
    return (
        "What does the server do in the long run? Compare the throughput of the limit cycles with "
        f"that of the equilibrium{label}."
    )


@section("Limit cycles", _compare)
def cycle_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write the limit cycles beside the equilibrium."""
    g, found = facts.analysis.gcd, facts.analysis.synchronized_cycle
    if facts.analysis.kernel.length == 1:
        return
    if facts.worst_loss is not None:
        yield from stated("R6", "worst-cycle")
        yield from _worst_cycle(facts, facts.worst_loss)
    if found is not None:
        yield from stated("R10")
        yield from _synchronised(g, found.throughput_ratio)
    if facts.cycles is None:
        yield Paragraph("The limit cycles that runs end on were not computed at this length.")
        return
    yield from _listed(facts.cycles.cycles)
    for observation in facts.cycles.observations:
        yield Paragraph(_observed(observation))
    if facts.pictures.cycle is not None:
        yield cycle_figure(facts.pictures.cycle)
    ends = [one.cycle for one in facts.cycles.observations if one.cycle is not None]
    if facts.analysis.verdict == "stable" and any(cycle.period > 1 for cycle in ends):
        yield Paragraph("So the stable equilibrium does not attract every start.")
        yield from stated("R12")


def _synchronised(g: int, ratio: Fraction) -> Iterator[DocumentBlock]:
    yield Paragraph(
        f"With $g = {g}$, a batch that is in step throughout admits in every ${g}$-th step "
        "only. It completes, over the equilibrium's tokens,"
    )
    yield Formula(
        r"\frac{\sum_k p_k \sum_{m < l_k} (s_k + m + 1)}{g \sum_k p_k \sum_{i < l_k / g} "
        rf"(s_k + (i + 1) g)}} {equals(ratio)} .",
        "synchronised",
    )


def _listed(named: Sequence[LimitCycle]) -> Iterator[DocumentBlock]:
    """Yield the table of cycles, and between which numbers those are that are left out."""
    if not named:
        return
    yield Paragraph(
        "(tab:cycles) has the limit cycles that theory names or that a run ended on "
        "(observed), with what they complete over the equilibrium's. Fractions are exact, "
        "decimals rounded."
    )
    heads = ("cycle", "period", "tokens", "requests", "attracts")
    rows = tuple(_cycle_row(cycle) for cycle in named[:_CYCLES_SHOWN])
    yield Table(heads, rows, "Limit cycles.", "cycles")
    if len(named) > _CYCLES_SHOWN:
        hidden = [float(cycle.throughput_ratio) for cycle in named[_CYCLES_SHOWN:]]
        span = f"from ${decimal(min(hidden))}$ to ${decimal(max(hidden))}$"
        yield Paragraph(f"Left out: {counted(len(hidden), 'cycle')}, at {span} of the tokens.")


def _worst_cycle(facts: DerivationFacts, loss: Fraction) -> Iterator[DocumentBlock]:
    one = facts.analysis.workload.classes[0]
    s, length = one.input_length, one.decode_length
    yield Paragraph(
        "In the worst cycle one cohort fills the memory alone. Here the loss is", (r"\bar{s}", "l")
    )
    yield Formula(
        r"\frac{l - 1}{2 (\bar{s} + l)} = "
        rf"\frac{{{length - 1}}}{{2 ({number(s)} + {length})}} "
        f"{equals(loss)} .",
        "loss",
    )


def _cycle_row(cycle: LimitCycle) -> tuple[str, ...]:
    name = {
        "level": "equilibrium" if cycle.period == 1 else "level",
        "necklace": "necklace",
        "synchronized": "synchronised",
        "observed": "observed",
    }[cycle.kind]
    if cycle.composition is not None and len(cycle.composition) <= 8:
        name = f"{name} $({', '.join(map(str, cycle.composition))})$"
    attracts = {True: "yes", False: "no", None: "undecided"}[cycle.attracting]
    return (
        name,
        f"{cycle.period}",
        f"${_short_ratio(cycle.throughput_ratio)}$",
        f"${_short_ratio(cycle.request_ratio)}$",
        attracts,
    )


def _short_ratio(value: Fraction) -> str:
    if value.denominator < 1000:
        return f"{value.numerator}/{value.denominator}" if value.denominator > 1 else f"{value}"
    return decimal(value)


def _observed(observation: Observation) -> str:
    start = {"empty": "From the empty memory", "near equilibrium": "From near the equilibrium"}
    head = start.get(observation.start, "From the given state")
    tokens = observation.throughput_ratio
    throughput = ""
    if tokens is not None and observation.period != 1:
        throughput = f", at ${decimal(float(tokens))}$ of the equilibrium's tokens"
    within = f" in {counted(observation.steps, 'step')}" if observation.steps else ""
    if observation.period is not None:
        kind = (
            "the equilibrium"
            if observation.period == 1
            else f"a cycle of {observation.period} steps"
        )
        exact = "" if observation.cycle is not None else "; measured, no exact orbit is known"
        return f"{head} a run ends on {kind}{throughput} (observed{within}{exact})."
    rotation = ""
    if observation.rotation is not None:
        rotation = f"; its rotation number is about ${decimal(observation.rotation.value, 7)}$"
    longest = observation.max_period
    return f"{head} a run shows no period up to {longest}{within}{throughput}{rotation}."


def _derive(facts: DerivationFacts) -> str:
    asked = (
        "Derive the characteristic polynomial under damped admission with gain $\\kappa$ and "
        "under reservation. "
    )
    return f"{asked * (facts.analysis.kernel.length > 1)}Which policy keeps the throughput?"


@section("Admission policies", _derive)
def policy_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write what admission policies would do."""
    if facts.analysis.kernel.length > 1:
        yield Paragraph(
            "Damped admission takes the fraction $\\kappa$ of what fits. The balance then has the "
            "characteristic polynomial",
            (r"\kappa",),
        )
        yield Formula(
            r"g_0 \lambda^{L-1} + \kappa \sum_{m=1}^{L-1} g_m \lambda^{L-1-m} .", "damped"
        )
        yield Paragraph(_gain(facts))
    yield Paragraph(
        "Reservation holds $s_k + l_k$ tokens for a request from its admission on. From a start "
        "whose reservations fit, such as the empty memory, it never evicts. Its "
        "coefficients $\\sum_{k:\\, l_k > m} p_k (s_k + l_k)$ do not increase, so by "
        "the theorem of Eneström and Kakeya no mode grows."
    )
    if facts.analysis.kernel.length > 1:
        heads = ("policy", "verdict of its loop", "spectral radius")
        rows = tuple(_loop_row(entry) for entry in facts.loops)
        yield Table(heads, rows, "The loops of two policies, with this workload.", "policies")
    yield Paragraph(
        "A rate limit at $a^*$ admissions per step feeds forward: from the $L$-th step on it never "
        "evicts and admits $a^*$ requests per step, the whole throughput of the equilibrium, as "
        "long as the estimate of $a^*$ is not too high."
    )
    yield from stated("rate-limited")


def _gain(facts: DerivationFacts) -> str:
    found = facts.gain
    if found is None or not found.complete or found.largest_stable is None:
        if found is not None and found.complete:
            return "No gain up to 1 makes this loop stable in a last interval below 1."
        return "Its largest stable gain was not computed at this length."
    low = found.largest_stable.low
    sufficient = ""
    if found.sufficient is not None:
        sufficient = (
            f" By the theorem of Rouché every $\\kappa < g_0 / \\sum_{{m \\ge 1}} g_m "
            f"{equals(found.sufficient)}$ is stable."
        )
    return (
        f"The stable gains up to 1 end at $\\kappa = {decimal(low, 10, ROUND_FLOOR)}$.{sufficient}"
    )


def _loop_row(entry: PolicyLoop) -> tuple[str, ...]:
    parameters = (f"${symbol} = {inline(value)}$" for symbol, value in entry.parameters)
    name = ", ".join([entry.policy.name, *parameters])
    radius = entry.loop.spectral_radius
    shown = "-" if radius is None else f"${decimal((radius.low + radius.high) / 2, 12)}$"
    return (name, entry.loop.verdict or "not linear", shown)


WHOLE_REQUESTS: Paragraph = Paragraph(
    "The fluid admits exact shares. A server admits whole requests, and the class of the next one "
    "is drawn at random, class $k$ with the probability $p_k$. Such a request has $X_k(z) = "
    "\\sum_{m < l_k} (s_k + m + 1) z^m$, with $\\sum_k p_k X_k = G$, and the memory-time $M_k = "
    "X_k(1)$, what it holds over its life. Around a stable equilibrium the admissions of a step "
    "have a variance of $V a^*$, to leading order for a large server.",
    ("X_k", "M_k", "V", "z"),
)
LONG_WINDOW = Paragraph(
    "Around a stable equilibrium the variance of the number completed in a long window, over its "
    "mean, is the squared coefficient of variation of the memory-time:"
)
FANO_FACTOR = (
    r"V = \frac{1}{2 \pi} \int_0^{2 \pi} \frac{\sum_k p_k |X_k(e^{i\theta})|^2}"
    r"{|G(e^{i\theta})|^2} \mathrm{d}\theta - 1"
)
DISPERSION = r"\frac{\sum_k p_k M_k^2}{(\sum_k p_k M_k)^2} - 1"


@section(
    "Finite server",
    "Requests are whole, and the class of the next one is drawn at random. How much do the "
    "admissions of a step vary (R13), and the completions of a long window (R14)?",
)
def finite_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write what chance does to the fluid's steady state."""
    noise = facts.noise
    yield WHOLE_REQUESTS
    value = "" if noise.fano_factor is None else _proved(noise.fano_factor)
    yield Formula(f"{FANO_FACTOR} {value} .", "fano", (r"\theta",))
    if facts.mix.pairs is not None:
        yield Paragraph(
            "For this formula every pair of an input and a decode length is a class of its own, "
            "with its own $p_k$."
        )
    if noise.fano_factor is None:
        yield Paragraph(f"Here no value of $V$ is given: {noise.reason}.")
    else:
        yield from stated("R13")
    if noise.window_dispersion is not None:
        yield from stated("R14")
        yield LONG_WINDOW
        yield Formula(f"{DISPERSION} {equals(noise.window_dispersion)} .", "dispersion")
    finite = facts.analysis.finite
    if finite is not None and finite.admissions_cv is not None:
        yield Paragraph(
            "At this capacity the coefficient of variation of the admissions is "
            f"$\\sqrt{{V / a^*}} = {decimal(finite.admissions_cv, 4)}$. {_visible(finite)}"
        )


def _proved(value: Fraction | RealEnclosure) -> str:
    if isinstance(value, Fraction):
        return equals(value)
    low, high = decimal(value.low, 10, ROUND_FLOOR), decimal(value.high, 10, ROUND_CEILING)
    return rf"= {low} \dots {high}"


def _visible(finite: FiniteSummary) -> str:
    if finite.admissions_cv == 0:
        return "All requests are alike, and nothing is left to chance."
    if finite.visible:
        return "So a run shows the verdict, and some noise."
    return (
        "So a run shows noise beside the verdict, or instead of it: swings are no proof of "
        "instability, and calm is none of stability."
    )


@section("Cross-check by simulation")
def crosscheck_section(facts: DerivationFacts) -> Iterator[DocumentBlock]:
    """Write what an independent simulator measured."""
    check = facts.analysis.simulation
    if check is None or (not check.steps and check.growth_measured is None):
        if check is not None:
            yield Paragraph(f"No simulation was run: {check.reason}.")
        return
    steps = "until the first eviction"
    if check.steps:
        steps = f"for {counted(check.steps, 'step')}"
    yield Paragraph(
        f"A simulator that knows of no polynomial ran the model itself, step by step, {steps}. "
        "What it measured, in (tab:simulation), is no proof."
    )
    rows = [
        ("growth per step, predicted", check.growth_predicted, 10),
        ("growth per step, measured", check.growth_measured, 10),
        ("tolerance of that comparison", check.growth_measured and check.tolerance, 2),
        ("tokens from near the equilibrium, over the equilibrium's", check.throughput_ratio, 6),
        ("requests, over the equilibrium's", check.request_ratio, 6),
        ("tokens from the empty memory, over the equilibrium's", check.from_empty_ratio, 6),
        ("share of decode work wasted, from near the equilibrium", check.wasted_token_fraction, 6),
        *_evictions(facts),
    ]
    yield Table(
        ("quantity", "value"),
        tuple((name, f"${decimal(value, n)}$") for name, value, n in rows if value is not None),
        "What the simulator measured.",
        "simulation",
    )
    if check.completed_shares is not None and len(check.completed_shares) <= _CYCLES_SHOWN:
        shares = ", ".join(f"${decimal(share, 5)}$" for share in check.completed_shares)
        yield Paragraph(f"Shares of the completed requests, class by class: {shares}.")
    agrees = {True: "agree", False: "do not agree", None: "cannot be compared"}[check.agrees]
    yield Paragraph(f"Prediction and measurement {agrees}.")
    if check.reason is not None:
        yield Paragraph(f"Not all was measured: {check.reason.rstrip('.')}.")


def _evictions(facts: DerivationFacts) -> Iterator[tuple[str, float | None, int]]:
    """Yield the evictions of both runs, as requests only where a capacity says how many."""
    check, empty = facts.analysis.simulation, facts.analysis.empty_start
    given = facts.analysis.workload.capacity is not None
    name = "evicted requests per step" if given else "evicted requests per step, over $a^*$"
    if check is not None:
        yield f"{name}, from near the equilibrium", check.evictions_per_step, 6
    if empty is not None:
        yield f"{name}, from the empty memory", empty.evictions_per_step, 6
        if empty.first_eviction is not None:
            yield "first step that evicts, from the empty memory", empty.first_eviction, 9


def conclusion_section(facts: DerivationFacts) -> Section:
    """Return the verdict in words."""
    analysis = facts.analysis
    blocks = [Paragraph(meaning(analysis))]
    blocks += [Paragraph(text) for text in (local_only(analysis), disagreement(analysis)) if text]
    blocks.append(
        Paragraph(
            "What this rests on: a fluid of requests, a queue that never runs empty, evictions "
            "that discard all progress, and admissions with fixed shares. Stability is local: it "
            "speaks of states near the equilibrium."
        )
    )
    return Section("Conclusion", tuple(blocks), None)


OPERATION = (cycle_section, policy_section, finite_section, crosscheck_section, conclusion_section)
