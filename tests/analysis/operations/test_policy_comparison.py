"""Policies side by side: a measured table, closed forms, and what has no verdict."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import pytest

from stabkit.analysis.operations.comparison import compare_policies
from stabkit.dynamics.long_run import LongRun
from stabkit.dynamics.requests import simulate_requests
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.workload import Workload

# Oracle: docs/model.md, Policies, completed requests over a*, from the empty state; periodic rows.
TABLE = {
    ((10, 5),): [0.8667, 0.8553, 0.8667, 1.0, 0.9909, 0.9636, 0.8667],
    ((5, 3), (5, 6)): [0.8889, 0.8571, 0.8889, 1.0, 0.9929, 0.9714, 0.8000],
}


@pytest.mark.parametrize(("classes", "expected"), TABLE.items())
def test_the_default_columns_are_those_of_the_reference(
    classes: tuple[tuple[int, int], ...], expected: list[float]
) -> None:
    found = compare_policies(Workload.from_classes(classes))
    names = [f.policy.name for f in found.policies]
    assert names == ["greedy", "damped", "headroom", *3 * ["rate-limited"], "reservation"]
    for one, ratio in zip(found.policies, expected, strict=True):
        assert one.from_empty.request_ratio == pytest.approx(ratio, abs=5e-5)


def test_two_steps_by_hand() -> None:
    """s = 2, l = 2: greedy ends on cohorts of B / 4 every 2 steps: (B / 8) / (B / 7) = 7/8.

    F = 3 lambda + 4 has the root -4/3; damped by 1/2 it is 3 lambda + 2.
    """
    found = compare_policies(Workload.from_classes([(2, 2)], 140), ["greedy", "damped:1/2"])
    greedy, damped = found.policies
    assert found.equilibrium_admissions == 20
    assert greedy.verdict == "unstable"
    assert greedy.spectral_radius is not None
    assert greedy.spectral_radius.low <= Fraction(4, 3) <= greedy.spectral_radius.high
    assert greedy.from_empty.throughput_ratio == pytest.approx(7 / 8)
    assert greedy.disturbed is not None
    assert greedy.disturbed.throughput_ratio == pytest.approx(7 / 8)
    assert damped.verdict == "stable"
    assert damped.spectral_radius is not None
    assert damped.spectral_radius.low <= Fraction(2, 3) <= damped.spectral_radius.high
    # kappa G(1) / (g_0 + kappa (G(1) - g_0)) = (7/2) / (3 + 2)
    assert damped.from_empty.utilisation == pytest.approx(0.7)
    assert damped.parameters == {"gain": Fraction(1, 2)}


def test_a_policy_of_ones_own_has_no_verdict() -> None:
    class Nothing:
        name = "half of the rest"

        def admissions(self, memory):  # type: ignore[no-untyped-def]
            return memory.free / memory.per_request / 2

    mix = Workload.from_classes([(2, 2)], 140)
    own = compare_policies(mix, [Nothing()]).policies[0]  # type: ignore[list-item]
    same = compare_policies(mix, ["damped:1/2"]).policies[0]
    assert own.verdict is None
    assert own.parameters == {}
    assert own.from_empty.throughput_ratio == pytest.approx(same.from_empty.throughput_ratio)


def test_numbers_of_any_kind_are_parameters_of_ones_own() -> None:
    @dataclass(frozen=True)
    class Every:
        steps: int = 3
        gain: float = 0.1
        part: Fraction = Fraction(1, 3)
        loud: bool = True
        name: str = "every"

        def admissions(self, memory: Any) -> Any:
            return self.part * memory.free / memory.per_request

    own = compare_policies(Workload.from_classes([(2, 2)]), [Every()]).policies[0]
    assert own.parameters == {"steps": 3, "gain": Fraction(1, 10), "part": Fraction(1, 3)}


def test_one_step_has_nothing_to_disturb() -> None:
    found = compare_policies(Workload.from_classes([(2, 1)]), ["greedy"])
    assert found.policies[0].disturbed is None
    assert found.disturbed_reason == "with decode lengths of 1 there is no mode to disturb"
    assert found.policies[0].verdict == "stable"


def test_both_starts_of_a_bistable_mix() -> None:
    """R12: from empty it evicts for ever, from near the equilibrium it does not."""
    greedy = compare_policies(Workload.from_classes([(0, 6, 2), (5, 1, 3)]), ["greedy"]).policies[0]
    assert greedy.verdict == "stable"
    assert greedy.from_empty.period == 29
    assert greedy.from_empty.first_eviction is not None
    assert greedy.disturbed is not None
    assert greedy.disturbed.throughput_ratio == pytest.approx(1, abs=1e-6)
    assert greedy.disturbed.first_eviction is None


def test_evictions_and_waste_by_hand() -> None:
    """Greedy on (2, 2), B = 140, ends on [46 2/3, 0] [0, 35]: every 2 steps 11 2/3 of 46 2/3 go.

    They lose a decode step each, beside 35 requests of 2 tokens: 7/24 a* a step, and 1/7 wasted.
    """
    for run in both_runs(Workload.from_classes([(2, 2)], 140), "greedy"):
        assert run.period == 2
        assert run.evictions_per_step == pytest.approx(20 * 7 / 24)
        assert run.wasted_token_fraction == pytest.approx(1 / 7)
        assert run.completed_shares == (1.0,)


def both_runs(mix: Workload, policy: str) -> tuple[LongRun, LongRun]:
    one = compare_policies(mix, [policy]).policies[0]
    assert one.disturbed is not None
    return one.from_empty, one.disturbed


@pytest.mark.parametrize("classes", [[(5, 3), (5, 6)], [(5, 3), (5, 5)], [(0, 4), (30, 8)]])
def test_reservation_has_its_closed_form(classes: list[tuple[int, int]]) -> None:
    """B / sum p_k l_k (s_k + l_k) requests, of B / G(1), from the empty memory."""
    mix = Workload.from_classes(classes)
    total = sum(
        c.share * (c.input_length + m + 1) for c in mix.classes for m in range(c.decode_length)
    )
    held = sum(c.share * c.decode_length * (c.input_length + c.decode_length) for c in mix.classes)
    run = compare_policies(mix, ["reservation"]).policies[0].from_empty
    assert run.request_ratio == pytest.approx(float(total / held), abs=1e-6)
    assert run.first_eviction is None


@pytest.mark.parametrize("policy", ["headroom:1/20", "damped:9/10", "rate-limited:1.2", "greedy"])
def test_figures_are_those_of_an_exact_run(policy: str) -> None:
    """The second engine: fractions, 400 steps of (2, 2), the last two of them a period."""
    mix = Workload.from_classes([(2, 2)], 140)
    run = compare_policies(mix, [policy]).policies[0].from_empty
    exact = simulate(mix, 400, "exact", policy=policy)
    tail = slice(-40, None)
    assert run.request_ratio == pytest.approx(float(sum(exact.completed[tail]) / 40 / 20))
    assert run.evictions_per_step == pytest.approx(float(sum(exact.evicted[tail]) / 40))
    assert run.utilisation == pytest.approx(float(sum(exact.memory[tail]) / 40 / 140))
    evicting = [n for n, evicted in enumerate(exact.evicted) if evicted]
    # index 0 is the fitted start, so that index n is step n of the long run
    assert run.first_eviction == (evicting[0] if evicting else None)


def test_what_is_too_long_to_run_has_reasons() -> None:
    found = compare_policies(Workload.from_classes([(5, 10**8), (7, 3)]))
    assert found.disturbed_reason == "no dominant mode of greedy admission is known"
    for one in found.policies:
        assert one.disturbed is None
        assert one.from_empty.throughput_ratio is None
        assert one.from_empty.reason


def test_headroom_has_the_verdict_of_greedy_and_reservation_is_never_unstable() -> None:
    found = compare_policies(Workload.from_classes([(5, 3), (5, 6)]))
    by_name = {one.policy.name: one for one in found.policies}
    assert by_name["headroom"].verdict == by_name["greedy"].verdict == "unstable"
    assert by_name["reservation"].verdict == "marginal"  # g = 3
    assert by_name["damped"].verdict == "stable"
    assert by_name["rate-limited"].verdict is None


def test_whole_requests_of_one_class_by_hand() -> None:
    """Cohorts of 43 = floor(650 / 15) complete every 5 steps, of the steady state's 50 requests.

    A rate of 10 keeps 50; one of 10.5 admits 11 and 10 by turns, 53 at most of at most 650 tokens.
    """
    found = compare_policies(
        Workload.from_classes([(10, 5)], 650),
        ["greedy", "damped", "rate-limited:1", "reservation"],
        max_num_seqs=43,
        steps=2_000,
    )
    greedy, damped, rate, reservation = (one.whole for one in found.policies)
    assert found.capped is not None
    for one, share in ((greedy, 0.86), (rate, 1), (reservation, 0.86), (found.capped.whole, 0.86)):
        assert one is not None
        assert one.throughput is not None
        assert one.throughput.value == pytest.approx(share)
    assert damped is not None
    assert (damped.throughput, damped.reason) == (None, "no such setting")
    assert found.capped.cap.never_evicts
    assert (found.whole_steps, found.whole_reason) == (2_000, None)


def test_small_servers_are_no_fluid() -> None:
    """Oracle: other seeds of the simulator; the rate limit that the fluid praises starves it."""
    mix = Workload.from_classes([(5, 3), (5, 5)], 100)
    found = compare_policies(mix, ["greedy", "rate-limited", "headroom:1/10"], steps=4_000)
    options = ({}, {"rate": found.equilibrium_admissions}, {"watermark": "1/10"})
    scale = float(found.equilibrium_admissions * mix.mean_decode_length)
    shares = []
    for one, given in zip(found.policies, options, strict=True):
        run = simulate_requests(mix, steps=4_000, seed=5, table=False, **given)
        assert one.whole is not None
        assert one.whole.throughput is not None
        shares.append(one.whole.throughput.value)
        other = run.means["completed_tokens"].value / scale
        assert shares[-1] == pytest.approx(other, abs=0.02)
    fluid = [one.from_empty.throughput_ratio or 0 for one in found.policies]
    assert fluid[1] > fluid[0] + 0.02
    assert shares[1] < shares[0] - 0.02


def test_a_policy_of_ones_own_may_know_its_setting() -> None:
    class Own:
        name = "own"
        scheduler_options: ClassVar[dict[str, str]] = {"watermark": "1/10"}

        def admissions(self, memory):  # type: ignore[no-untyped-def]
            return max(memory.free - memory.capacity / 10, 0) / memory.per_request

    class Other:
        name = "other"
        admissions = Own.admissions

    mix = Workload.from_classes([(5, 3), (5, 5)], 100)
    own, other, same, tight = (
        one.whole
        for one in compare_policies(
            mix,
            [Own(), Other(), "headroom:1/10", "headroom:19/20"],  # type: ignore[list-item]
            steps=500,
        ).policies
    )
    assert own == same
    assert other is not None
    assert other.reason == "no such setting"
    assert tight is not None
    assert tight.reason == "a request would never fit"


def test_why_no_whole_requests_are_run() -> None:
    mix = Workload.from_classes([(10, 5)], 650)
    assert compare_policies(mix, ["greedy"], steps=0).policies[0].whole is None
    assert "no steps" in (compare_policies(mix, ["greedy"], steps=0).whole_reason or "")
    half = compare_policies(Workload.from_classes([("1/2", 3)], 100), ["greedy"])
    assert "no whole tokens" in (half.whole_reason or "")
    large = compare_policies(mix.with_capacity(10**8), ["greedy"], max_num_seqs=5)
    assert "would take minutes" in (large.whole_reason or "")
    assert large.capped is not None
    assert (large.capped.whole, large.capped.cap.never_evicts) == (None, True)
    for classes in ([(0, 5), (10**9, 5)], [(10, 10**9)]):  # 10^10 of the first fit at their start
        many = compare_policies(Workload.from_classes(classes, 10**10), ["greedy"])
        assert "would take minutes" in (many.whole_reason or "")
    with pytest.raises(InvalidWorkload, match="'capacity' must be given to run whole requests"):
        compare_policies(mix.with_capacity(None), max_num_seqs=3)
    for steps, message in ((99, "must be 0 or at least 100"), (10**7, "'steps' must be")):
        with pytest.raises(InvalidArgument, match=message):
            compare_policies(mix, steps=steps)
    with pytest.raises(InvalidArgument, match="'steps' must admit at most"):
        compare_policies(mix.with_capacity(10**8), steps=1_000)


def test_what_is_refused() -> None:
    mix = Workload.from_classes([(10, 5)])
    with pytest.raises(InvalidArgument, match="greedy"):
        compare_policies(mix, ["gready"])
    for policies in ("greedy", [], 3):
        with pytest.raises(InvalidArgument, match="'policies' must be a list of at least one"):
            compare_policies(mix, policies)  # type: ignore[arg-type]
