"""Policies side by side: MODEL.md's table, closed forms, and what has no verdict."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stabkit.analysis.policy_comparison import compare_policies, policy_sweep
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

# Oracle: MODEL.md section 6, completed requests over a*, from the empty state; periodic rows.
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


def test_one_step_has_nothing_to_disturb() -> None:
    found = compare_policies(Workload.from_classes([(2, 1)]), ["greedy"])
    assert found.policies[0].disturbed is None
    assert found.policies[0].verdict == "stable"


def test_both_starts_of_a_bistable_mix() -> None:
    """R12: from empty it evicts for ever, from near the equilibrium it does not."""
    greedy = compare_policies(Workload.from_classes([(0, 6, 2), (5, 1, 3)]), ["greedy"]).policies[0]
    assert greedy.verdict == "stable"
    assert greedy.from_empty.period == 29
    assert greedy.from_empty.first_eviction is not None


def test_sweeps_have_known_ends() -> None:
    """One class: at rate r <= a* the throughput is r, at watermark eta >= (l-1)/(s+l) as below."""
    mix = Workload.from_classes([(10, 5)])
    rates = policy_sweep(mix, "rate")
    assert (rates.values[0], rates.values[-1]) == (Fraction(1, 2), Fraction(3, 2))
    for value, run in zip(rates.values, rates.runs, strict=True):
        if value <= 1:
            assert run.throughput_ratio == pytest.approx(float(value), abs=1e-6)
            assert run.first_eviction is None
    watermarks = policy_sweep(mix, "watermark", ["4/15", "1/3"])
    for value, run in zip(watermarks.values, watermarks.runs, strict=True):
        # (1 - eta) B / (l (s + 1)) over B / G(1), with G(1) = 65
        assert run.throughput_ratio == pytest.approx(float((1 - value) * 65 / 55), abs=1e-6)
    gains = policy_sweep(mix, "gain", [1])
    assert gains.runs[0].throughput_ratio == pytest.approx(13 / 15)


def test_what_is_refused() -> None:
    mix = Workload.from_classes([(10, 5)])
    with pytest.raises(InvalidArgument, match="'parameter' must be 'gain', 'watermark' or 'rate'"):
        policy_sweep(mix, "speed")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="'gain' must be above 0"):
        policy_sweep(mix, "gain", [2])
    with pytest.raises(InvalidArgument, match="greedy"):
        compare_policies(mix, ["gready"])
