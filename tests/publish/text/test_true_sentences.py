"""Sentences of reports that were once false for some mix, and are true for it now, everywhere.

Known values are those of docs/model.md, or computed by hand in the test.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from stabkit import (
    Workload,
    analyze,
    atlas,
    nyquist,
    pool,
    recommend,
    root_locus,
    simulate,
    threshold,
)
from stabkit.analysis.cycles.observed import observe
from stabkit.analysis.facts import derivation_facts
from stabkit.analysis.operations import recommend as recommend_module
from stabkit.analysis.operations.comparison import compare_policies
from stabkit.analysis.operations.sweep import policy_sweep
from stabkit.cli import main
from stabkit.dynamics.long_run import long_run
from stabkit.publish.derivation import Derivation, derivation_document
from stabkit.publish.figures.locus import locus_figure
from stabkit.publish.text.analysis import analysis_text
from stabkit.publish.text.atlas import atlas_text
from stabkit.publish.text.comparison import policies_text
from stabkit.publish.text.nyquist import nyquist_text
from stabkit.publish.text.pooling import pooling_record, pooling_text
from stabkit.publish.text.recommend import recommendations_text
from stabkit.publish.text.sweep import sweep_text
from stabkit.publish.text.threshold import threshold_record, threshold_text
from stabkit.publish.text.trajectory import trajectory_record

pytestmark = pytest.mark.slow

QUASI_PERIODIC = [(5, 3), (5, 5)]
EVEN = [(5, 4), (5, 6)]
BISTABLE = [(0, 6, 2), (5, 1, 3)]  # R12


def mix_of(classes: Any, capacity: Any = None) -> Workload:
    return Workload.from_classes(classes, capacity)


def report(analysis: Any) -> str:
    return " ".join(analysis_text(analysis, full=True).split())


def article(facts: Any) -> str:
    return " ".join(Derivation(derivation_document(facts)).article.split())


# --- R7 beyond its bound, and the variance law. ---


def test_beyond_its_bound_r7_proves_an_unstable_mode_for_gcd_2() -> None:
    mix = mix_of(EVEN)
    text = report(analyze(mix, crosscheck=False))
    assert "gcd theorem from" not in text
    assert "gcd theorem proves unstable, with 1 growing mode, at every common input" in text
    facts = derivation_facts(mix)
    assert "exactly 1 mode is unstable" in article(facts)


def test_a_negative_bound_holds_at_every_input() -> None:
    text = report(analyze(mix_of([(1, 1)]), crosscheck=False))
    assert "gcd theorem proves stable at every common input" in text
    assert "-1 tokens" not in text


@pytest.mark.parametrize("classes", [QUASI_PERIODIC, EVEN, [(0, 49), (0, 59)], [(0, 98), (0, 100)]])
def test_no_variance_law_where_it_is_wrong(classes: Any) -> None:
    mix = mix_of(classes)
    found, analysis = threshold(mix), analyze(mix, crosscheck=False)
    assert analysis.threshold is not None
    assert analysis.threshold.variance_law is None
    assert threshold_record(found)["variance_law"] is None
    assert "variance law" not in threshold_text(found, 20)
    assert "variance law" not in report(analysis)


def test_the_variance_law_with_its_error_where_it_is_right() -> None:
    """99, 100: the estimate 199 617.9 is 0.042 % above s* = 199 534.49."""
    mix = mix_of([(0, 99), (0, 100)])
    assert "about 199,600, 0.042 % above s*" in threshold_text(threshold(mix), 20)
    assert "stable from about 199,600 tokens on" in report(analyze(mix, crosscheck=False))


# --- Whose inputs are moved; theorems that say nothing. ---


def test_a_common_input_is_in_place_of_the_own_ones() -> None:
    mix = mix_of(BISTABLE)
    facts = derivation_facts(mix)
    assert "a common input above 5.47111 tokens, in place of the mix's own" in report(
        facts.analysis
    )
    assert "With a common input length $s$ in place of the workload's own inputs" in article(facts)
    assert "in place of the mix's own inputs" in threshold_text(threshold(mix), 20)


def test_at_least_0_modes_is_no_claim() -> None:
    """R9's condition holds whenever l_k >= L/2; of coprime lengths it proves nothing."""
    facts = derivation_facts(mix_of([(0, 4), (0, 5)]))
    theorem = facts.analysis.gcd_theorem
    assert theorem is not None
    assert theorem.late_memory_margin is not None
    assert theorem.late_memory_margin > 0
    assert "R9" not in article(facts).split("The gcd theorem}")[1].split(r"\section")[0]
    assert "at least 0" not in article(facts) + report(facts.analysis)


def test_a_simulation_that_was_not_run_has_no_figures() -> None:
    facts = derivation_facts(mix_of(EVEN))
    check = facts.analysis.simulation
    assert check is not None
    empty = {name: None for name in vars(check) if name not in ("steps", "tolerance", "reason")}
    none = replace(check, steps=0, reason="too long", **empty)
    text = article(replace(facts, analysis=replace(facts.analysis, simulation=none)))
    assert "for 0 steps" not in text
    assert "No simulation was run: too long." in text


def test_observed_cycles_are_named_as_such() -> None:
    assert "or that a run ended on (observed)" in article(derivation_facts(mix_of(BISTABLE)))


# --- One long-run figure, one capacity. ---


@pytest.mark.parametrize("classes", [QUASI_PERIODIC, EVEN, BISTABLE])
def test_one_long_run_figure_in_every_command(classes: Any) -> None:
    mix = mix_of(classes)
    analysis = analyze(mix)
    assert analysis.simulation is not None
    ratio = analysis.simulation.from_empty_ratio
    greedy = compare_policies(mix, ["greedy"]).policies[0].from_empty
    pooled = pool(mix, 1).pooled.blocks[0]
    assert greedy.throughput_ratio == ratio
    assert recommend(mix).now.throughput_ratio == ratio
    assert pooled.requests == pytest.approx(greedy.request_ratio, rel=1e-12)  # a* = 1
    seen = observe(mix, "empty", None, [], 2000, 20_000)
    assert seen.throughput_ratio == pytest.approx(ratio, abs=1e-6)


def test_the_recommendation_of_a_long_trace_knows_its_long_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recommend_module, "_IDEAS", ())
    mix = Workload.named("vllm-rtx4090")
    found = recommend(mix)
    assert found.now.throughput_ratio == long_run(mix).throughput_ratio
    assert "completes 99.1 % of the steady state's tokens" in " ".join(
        recommendations_text(found).split()
    )


def test_one_assumed_capacity_that_is_said() -> None:
    """G(1) = (4 (5 + 5/2) + 6 (5 + 7/2)) / 2 = 81/2 of (5,4) and (5,6)."""
    mix = mix_of(EVEN)
    found = pool(mix, 2)
    assert simulate(mix, 1).capacity == found.capacity == Fraction(81, 2)
    assert trajectory_record(simulate(mix, 1))["capacity"] == "81/2"
    record = pooling_record(found)
    assert (record["capacity"], record["capacity_given"]) == ("81/2", False)
    said = "40.5 tokens are assumed, at which the steady state admits one request per step"
    for text in (pooling_text(found), policies_text(compare_policies(mix, ["greedy"]))):
        assert said in " ".join(text.split())
    assert said in report(analyze(mix))
    given = mix.with_capacity(1000)
    assert "assumed" not in pooling_text(pool(given, 2)) + report(analyze(given))


def test_a_pool_of_requests_longer_than_the_assumed_memory() -> None:
    """G(1) = (9 * 5 + 99 * 1) / 100 = 1.44 < 9 tokens: the fluid has parts of requests."""
    found = pool(mix_of([(0, 9, 1), (0, 1, 99)]), 2)
    assert found.capacity == Fraction(144, 100)
    assert found.dedicated is not None
    # One class of s = 0, l = 9 completes (2 s + l + 1) / (2 (s + l)) of a* = 1.44 / 45 (R6).
    assert found.dedicated.blocks[0].requests == pytest.approx(0.032 * 10 / 18)
    assert found.pooled.requests == pytest.approx(2)


# --- Evictions. ---


def test_evictions_of_both_starts() -> None:
    analysis = analyze(mix_of(BISTABLE))
    assert analysis.empty_start is not None
    run = simulate(mix_of(BISTABLE), 100, "exact")
    first = next(n for n, evicted in enumerate(run.evicted) if evicted)
    assert analysis.empty_start.first_eviction == first == 4
    text = report(analysis)
    near, empty = text.split("started near it")[1].split("started empty")
    assert "evictions none in the long run" in near
    assert "evictions 0.01693 per steady-state admission in the long run (the first at step 4)" in (
        empty
    )
    facts = derivation_facts(mix_of(BISTABLE))
    assert "evicted requests per step, over $a^*$, from the empty memory" in article(facts)
    facts = derivation_facts(mix_of(BISTABLE, 1200))
    assert "evicted requests per step, from the empty memory" in article(facts)


def test_a_marginal_mix_without_evictions_needs_no_watermark() -> None:
    """(2,3) at s = 1 is marginal (R8): no sentence that 1 % ends evictions that there are not."""
    mix = mix_of([(1, 2), (1, 3)])
    found = recommend(mix)
    assert found.verdict == "marginal"
    kinds = {p.kind for p in found.proposals} | {r.kind for r in found.rejected}
    assert ("watermark" in kinds) == (found.now.evictions_per_step != 0)


def test_never_evict_statements_name_their_start() -> None:
    text = " ".join(recommendations_text(recommend(mix_of([(10, 5)]))).split())
    assert "from the empty memory, or any start whose reservations fit, nothing is ever" in text
    assert "Keep 26.7 % of the memory free of admissions: from the empty memory" in text


# --- Labels of the locus. ---


@pytest.mark.parametrize("high", [20, 10**6, 10**9])
def test_all_digits_of_a_label_are_right(high: int) -> None:
    """docs/model.md, R8: s* of (3,5) is 9.8229483, however wide the range; roots at .63041 too."""
    locus = root_locus(mix_of(QUASI_PERIODIC), "s", 0, high, points=3)
    last = locus.changes[-1]
    assert float(last.low) <= 9.8229483 <= float(last.high) + 1e-7
    assert float(last.high - last.low) <= 1e-7
    labels = [axes.get_xlabel() for axes in locus_figure(locus).axes]
    assert any("at 9.8229" in label for label in labels)


# --- One of something; nothing of something. ---


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze", "0:1", "--capacity", "1"),
        ("analyze", "0:2"),  # the root of lambda + 2 doubles every step
        ("analyze", "1:2", "1:3"),  # s* = 1
        ("analyze", "5:1", "3:2"),  # the root of 2 lambda + 1 halves every step
        ("threshold", "1:2", "1:3"),
        ("margins", "100:1", "1:2", "--capacity", "101"),
        ("sizing", "3:1", "5:1", "--capacity", "16", "--block-size", "16", "--step-seconds", "1"),
        ("pool", "0:1", "--capacity", "1"),
        ("policy", "0:1"),
        ("policy", "0:2", "--capacity", "3", "--recommend"),
        ("derive", "0:1", "--capacity", "1", "--fragment"),
        ("derive", "5:1", "3:2", "--fragment"),
        ("analyze", "0:1", "--capacity", "1/2"),  # refused
    ],
)
def test_one_of_something_is_no_plural(arguments: Any, capsys: Any) -> None:
    main(arguments)
    shown = capsys.readouterr()
    nouns = "tokens|token-steps|steps|requests|admissions|blocks|classes|modes|roots|terms"
    plural = re.compile(rf".{{40}}(?<![\d.,^{{/-])(?<![−+-] )1\$? (?:{nouns})\b")
    assert plural.findall(" ".join((shown.out + shown.err).split())) == []


def test_a_spread_that_was_not_tried_is_not_said_to_fail() -> None:
    """(5,1) cannot be spread; of (5/2,9) with 12 tokens no spread fits into the memory."""

    def reasons(mix: Workload) -> list[str]:
        draft = recommend(mix)
        return [idea.reason for idea in draft.rejected if idea.kind == "spread"]

    # F = 8 lambda + 7 of ((0, 2), (5, 1)) is stable; (0, 2) with 1 % of (0, 1) is not.
    assert reasons(mix_of([(0, 2, 99), (0, 1, 1)])) == ["a decode length of 1 cannot be spread"]
    full = "with any spread the longest request would not fit into the memory"
    assert reasons(mix_of([("5/2", 9)], 12)) == [full]
    assert reasons(mix_of([(0, 2)])) == ["a spread by 1 step does not make the mix stable"]


# --- Bounds on the side where they hold. ---


@pytest.mark.parametrize("digits", [1, 2, 3, 5, 12, 20])
@pytest.mark.parametrize("classes", [QUASI_PERIODIC, EVEN, [(1, 2), (1, 3)], [(0, 99), (0, 100)]])
def test_what_holds_above_the_sufficient_bound_holds_above_its_digits(
    classes: Any, digits: int
) -> None:
    """ "9.8: stable above it" of (3,5) was false: s* is 9.8229483."""
    found = threshold(mix_of(classes))
    assert found.sufficient is not None
    line = next(row for row in threshold_text(found, digits).splitlines() if "gcd theorem" in row)
    bound = Fraction(line.split()[3].rstrip(":"))
    assert bound >= found.sufficient.high
    assert bound - found.sufficient.low < 2 * 10 ** (1 - digits) * abs(bound)


def test_r7_where_its_quantity_is_constant() -> None:
    """E = 5/2 + 3 (1 + w) / 2 and w D' = w / 2 are together 4 D, D = 1 + w / 2: 4 + 1."""
    mix = mix_of([(5, 1), (3, 2)])
    theorem = analyze(mix, crosscheck=False).gcd_theorem
    assert theorem is not None
    assert (theorem.applies, theorem.margin) == (True, 5)
    assert "-5: stable at every δ" in threshold_text(threshold(mix, "shift"), 20)


# --- Marginal mixes. ---


def test_evictions_that_get_ever_rarer_are_none_in_the_long_run() -> None:
    """From empty the exact run of R8's marginal mix evicts at 11 of 1500 steps, less each time."""
    mix = mix_of([(1, 2), (1, 3)])
    evicted = [e for e in simulate(mix, 400, "exact").evicted if e]
    assert len(evicted) == 11
    assert evicted == sorted(evicted, reverse=True)
    assert evicted[-1] < 2e-5
    found = long_run(mix)
    assert (found.evictions_per_step, found.first_eviction) == (0, 1)
    empty = report(analyze(mix)).split("started empty")[1]
    assert "evictions none in the long run, though it evicts on its way (the first at step 1)" in (
        empty
    )
    assert "watermark" not in {idea.kind for idea in recommend(mix).rejected}


def test_a_curve_through_0_neither_encircles_it_nor_crosses_the_axis_there() -> None:
    text = nyquist_text(nyquist(mix_of([(1, 2), (1, 3)])))
    assert "passes through 0: 2 modes are on the unit circle" in text
    assert "encircle" not in text
    assert nyquist(mix_of([(1, 2), (1, 3)])).crossings == ()
    # Four roots of 1 + ... + w^4 are outside for R5, none on the circle: by hand, +2 and +2.
    assert sum(c.turns for c in nyquist(mix_of([(10, 5)])).crossings) == 2


# --- Fleets and sweeps. ---


def test_one_pool_of_one_class_is_worth_what_dedicated_replicas_are() -> None:
    text = pooling_text(pool(mix_of([(10, 5)]), 2))
    assert "One pool is worth as much as dedicated replicas." in text
    assert "The pooled mix is unstable: one pool does not stabilise it." in text
    assert "helps" not in text


def test_a_fleet_that_completes_nothing_yet() -> None:
    """In step 1 of an empty server no request of two steps or more completes."""
    text = pooling_text(pool(mix_of(EVEN), 2, steps=1))
    assert "One pool is worth as much as dedicated replicas." in text
    other = pooling_text(pool(mix_of([(0, 1), (0, 2)]), 2, steps=1, objective="demand"))
    assert "nan" not in other


def test_a_sweep_names_its_units_and_the_assumed_capacity() -> None:
    text = " ".join(sweep_text(policy_sweep(mix_of(EVEN), "gain", [1])).split())
    assert "evicted: requests per step over a*" in text
    assert "40.5 tokens are assumed" in text
    assert "assumed" not in sweep_text(policy_sweep(mix_of(EVEN, 1000), "gain", [1]))


# --- The atlas. ---


def test_the_atlas_shows_a_law_only_where_it_is_within_an_eighth() -> None:
    text = atlas_text(atlas())
    assert "variance" not in text
    thresholds = {(e.shorter, e.longer): float(e.threshold) for e in atlas()}
    rows = [line.replace(",", "").split()[-5:] for line in text.splitlines()]
    shown = [row for row in rows if len(row) == 5 and row[0].isdigit() and row[1].isdigit()]
    assert len(shown) == 13
    for row in shown:
        value = thresholds[int(row[0]), int(row[1])]
        law = ((int(row[0]) + int(row[1])) / 2) ** 3 * 4 / (2 * math.pi**2)
        assert (row[4] == "-") == (abs(law - value) > value / 8)
