"""Where the formulas of a finite server answer: docs/model.md, R16, its bounds from both sides."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.fluctuations.evictions import ServerNoise, server_noise


def noise_at(mix: Workload, admissions: str) -> ServerNoise:
    """Return the noise of a stable mix where B = a* sum p n (s + (n + 1) / 2)."""
    memory_time = sum(
        c.share * c.decode_length * (c.input_length + Fraction(c.decode_length + 1, 2))
        for c in mix.classes
    )
    found = server_noise(mix, Fraction(admissions) * memory_time, MemoryKernel.of(mix), "stable")
    assert found.admissions == Fraction(admissions)
    return found


@pytest.mark.parametrize(
    ("admissions", "answers"), [("0.149", False), ("0.15", True), ("12", True), ("12.01", False)]
)
def test_from_015_to_12_admissions_per_step(admissions: str, answers: bool) -> None:
    mix = Workload.from_classes([(40 + 10 * (k % 7), k) for k in range(1, 401)])
    found = noise_at(mix, admissions)
    assert (found.evict_probability is not None) == answers
    assert ("from 0.15 to 12" in (found.reason or "")) == (not answers)


@pytest.mark.parametrize(("admissions", "answers"), [("1.21", False), ("1.23", True)])
def test_from_25_running_requests(admissions: str, answers: bool) -> None:
    mix = Workload.from_classes([(40 + k % 7, k) for k in range(1, 41)])  # 20.5 steps on average
    found = noise_at(mix, admissions)
    assert (found.evict_probability is not None) == answers
    assert ("25 to 20,000 running" in (found.reason or "")) == (not answers)


def test_requests_of_one_step_are_never_evicted() -> None:
    found = noise_at(Workload.from_classes([(3, 1), (5, 1, 2)]), "7")
    assert (found.evict_probability, found.evicted_per_step) == (0, 0)
