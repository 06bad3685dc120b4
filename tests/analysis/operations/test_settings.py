"""Settings on whole requests: what the paper's one class proves, and what noise does not."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stabkit import InvalidArgument, InvalidWorkload, Workload, compare_settings
from stabkit.analysis.operations.settings import Settings


@pytest.fixture(scope="module")
def one_class() -> Settings:
    """s = 10, l = 5, B = 650: nothing is random, and a* = 10."""
    return compare_settings(Workload.from_classes([(10, 5)], capacity=650), steps=1_000)


def test_one_class_by_hand(one_class: Settings) -> None:
    """Whole requests cycle at 43 of the 50 of the steady state; the rate a* keeps all of them."""
    assert one_class.server.verdict == "unstable"
    assert one_class.throughput_ratio == pytest.approx(0.86, abs=1e-9)
    best = one_class.recommended
    assert best is not None
    assert (best.name, best.value, best.evicted_per_step) == ("rate", 10, 0)
    assert best.throughput_ratio == pytest.approx(1, abs=1e-9)
    assert best.gain.low == pytest.approx(0.14, abs=1e-9)
    by_name = {(one.name, one.value): one for one in one_class.settings}
    slower = by_name["rate", Fraction(19, 2)]
    assert slower.throughput_ratio == pytest.approx(0.95, abs=1e-3)
    reserved = by_name["reservation", None]  # 650 / 15 requests, whole
    assert reserved.throughput_ratio == pytest.approx(43 / 50, abs=1e-9)
    assert reserved.evicted_per_step == 0
    assert not reserved.better


def test_settings_are_sorted_and_compared_on_the_same_requests(one_class: Settings) -> None:
    gains = [one.gain.value for one in one_class.settings]
    assert gains == sorted(gains, reverse=True)
    for one in one_class.settings:
        change = one.throughput_ratio - one_class.throughput_ratio
        assert one.gain.value == pytest.approx(change, abs=1e-12)
        assert one.better == (one.gain.low > 0)


def test_a_stable_mix_is_left_alone() -> None:
    """R18: with a* above 1.1 V nothing is gained, and the rate a* costs more than evictions do."""
    mix = Workload.from_classes([(40 + k % 7, k) for k in range(1, 41)], capacity=3_000)
    found = compare_settings(mix, steps=3_000)
    assert found.server.verdict == "stable"
    assert found.leave_alone
    assert found.recommended is None
    assert found.evicted_per_step > 0
    slow = next(one for one in found.settings if one.value == found.server.admissions * 19 / 20)
    assert slow.gain.high < 0
    reserved = next(one for one in found.settings if one.name == "reservation")
    assert reserved.gain.high < -0.05


def test_the_rule_does_not_speak_of_unstable_mixes_or_of_noise() -> None:
    unstable = compare_settings(Workload.from_classes([(5, 3), (5, 5)], capacity=200), steps=100)
    assert not unstable.leave_alone
    noisy = Workload.from_classes([(40 + k % 7, k) for k in range(1, 41)], capacity=600)
    assert not compare_settings(noisy, steps=100).leave_alone


def test_arguments_have_domains() -> None:
    with pytest.raises(InvalidWorkload, match="'capacity' must be given"):
        compare_settings(Workload.from_classes([(10, 5)]))
    with pytest.raises(InvalidArgument, match="'steps' must be"):
        compare_settings(Workload.from_classes([(10, 5)], capacity=650), steps=99)
    with pytest.raises(InvalidArgument, match="at most 1000 admissions per step"):
        compare_settings(Workload.from_classes([(10, 5)], capacity=10**6))
