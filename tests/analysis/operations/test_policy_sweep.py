"""Sweeps of a policy's parameter: closed forms, hand-computed cases, budgets and errors."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from stabkit.analysis.operations import sweep as module
from stabkit.analysis.operations.sweep import policy_sweep
from stabkit.analysis.pictures.policies import policy_picture
from stabkit.errors import InvalidArgument
from stabkit.model.enclosure import RealEnclosure
from stabkit.model.workload import Workload
from stabkit.spectrum.margins.gain import gain_margin

TWO = Workload.from_classes([(2, 2)])  # g = (3, 4), G(1) = 7
FIVE = Workload.from_classes([(10, 5)])  # G(1) = 11 + 12 + 13 + 14 + 15 = 65


def test_a_rate_up_to_the_equilibrium_is_what_is_completed() -> None:
    rates = policy_sweep(FIVE, "rate")
    assert (rates.values[0], rates.values[-1]) == (Fraction(1, 2), Fraction(3, 2))
    for value, run in zip(rates.values, rates.runs, strict=True):
        if value <= 1:
            assert run.throughput_ratio == pytest.approx(float(value), abs=1e-6)
            assert run.first_eviction is None


def test_gains_by_hand() -> None:
    """(2, 2), gain kappa: 3 lambda + 4 kappa is stable iff kappa < 3/4.

    Then kappa G(1) / (g_0 + kappa (G(1) - g_0)) = 7 kappa / (3 + 4 kappa); greedy ends at 7/8.
    """
    gains = policy_sweep(TWO, "gain", ["1/4", 0.5, "0.7", 1])
    for value, run in zip(gains.values[:3], gains.runs[:3], strict=True):
        expected = float(7 * value / (3 + 4 * value))
        assert run.throughput_ratio == pytest.approx(expected, abs=1e-6)
        assert run.utilisation == pytest.approx(expected, abs=1e-6)
        assert run.evictions_per_step == 0
    assert gains.runs[3].throughput_ratio == pytest.approx(7 / 8)
    assert gains.runs[3].evictions_per_step


@pytest.mark.parametrize(("s", "decode"), [(10, 5), (0, 3), (100, 20)])
def test_watermarks_of_one_class(s: int, decode: int) -> None:
    """eta >= (l-1)/(s+l) never evicts: (1-eta) B / (l (s+1)) requests, of B / G(1); less evicts."""
    enough = Fraction(decode - 1, s + decode)
    values = [enough - Fraction(1, 50), enough, enough + Fraction(1, 20)]
    below, at, beyond = policy_sweep(Workload.from_classes([(s, decode)]), "watermark", values).runs
    total = decode * s + decode * (decode + 1) // 2
    assert below.evictions_per_step
    for value, run in zip(values[1:], (at, beyond), strict=True):
        assert run.first_eviction is None
        ratio = float((1 - value) * total / (decode * (s + 1)))
        assert run.request_ratio == pytest.approx(ratio, abs=1e-6)
    # at the bound it is the worst cycle's, docs/model.md, Headroom
    worst = (2 * s + decode + 1) / (2 * (s + decode))
    assert at.throughput_ratio == pytest.approx(worst, abs=1e-6)


@pytest.mark.parametrize(
    ("classes", "top"),
    [([(10, 5)], 8), ([(100, 20)], 6), ([(0, 3)], 16), ([(2, 1)], 2), ([(3, 2), (9, 7)], 9)],
)
def test_default_watermarks_reach_beyond_the_end_of_evictions(
    classes: list[tuple[int, int]], top: int
) -> None:
    """(l - 1) / (s + l) is 5.3, 3.2, 13.3, 0 and 6.7 twentieths; two more, rounded up."""
    found = policy_sweep(Workload.from_classes(classes), "watermark")
    assert found.values == tuple(Fraction(top * k, 400) for k in range(21))
    assert found.runs[-1].first_eviction is None


def test_the_longest_watermarks_stay_below_one() -> None:
    found = policy_sweep(Workload.from_classes([(0, 200)]), "watermark")
    assert found.values[-1] == Fraction(19, 20)


def test_every_gain_below_the_end_that_is_drawn_is_proved_stable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the end is only known to be between two numbers."""
    wide = replace(gain_margin(TWO), largest_stable=RealEnclosure(Fraction(1, 2), Fraction(3, 4)))
    monkeypatch.setattr(module, "gain_margin", lambda _: wide)
    picture = policy_picture(TWO, [policy_sweep(TWO, "gain", [1])])
    assert picture.panels[0].stable_below == 0.5


def test_gain_one_and_watermark_none_are_greedy() -> None:
    mix = Workload.from_classes([(5, 3), (5, 6)])
    for parameter, value in (("gain", 1), ("watermark", 0)):
        run = policy_sweep(mix, parameter, [value]).runs[0]
        assert run.throughput_ratio == pytest.approx(8 / 9)  # docs/model.md, Policies


def test_the_capacity_only_scales() -> None:
    with_capacity = Workload.from_classes([(2, 2)], 140)
    for one, other in zip(
        policy_sweep(TWO, "rate", ["0.9", "1.3"]).runs,
        policy_sweep(with_capacity, "rate", ["0.9", "1.3"]).runs,
        strict=True,
    ):
        assert one.throughput_ratio == pytest.approx(other.throughput_ratio, abs=1e-9)


def test_what_is_too_long_has_a_reason() -> None:
    run = policy_sweep(Workload.from_classes([(5, 10**8), (7, 3)]), "gain", ["1/2"]).runs[0]
    assert run.throughput_ratio is None
    assert run.reason is not None
    assert "too short for decode lengths up to 100000000" in run.reason


@pytest.mark.parametrize(
    ("parameter", "values", "message"),
    [
        ("speed", None, "'parameter' must be 'gain', 'watermark' or 'rate', not 'speed'"),
        ("gain", [2], "'gain' must be above 0 and at most 1, not '2'"),
        ("watermark", [1], "'watermark' must be at least 0 and below 1, not '1'"),
        ("rate", [0], r"'rate' must be positive and at most 10\^18 per step, not 0"),
        ("gain", [], "'values' must hold at least one number, not none"),
        ("rate", ["fast"], "each of 'values' must be a finite rational number, not 'fast'"),
    ],
)
def test_what_is_refused(parameter: Any, values: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        policy_sweep(FIVE, parameter, values)
