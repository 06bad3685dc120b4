"""`memory_demand` against the simulator, which shares nothing with it but the kernel."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stabkit import Workload, run_picture, simulate
from stabkit.dynamics.demand import memory_demand

MIXES = [
    [(9, 3), (9, 5)],
    [(0, 1)],
    [(0, 6, 2), (5, 1, 3)],
    [(40, 23, 9), (40, 24, 11)],
    [("1/3", 4), (7, 12, 5), (100, 2, 3)],
]


@pytest.mark.parametrize("classes", MIXES)
def test_the_simulator_agrees(classes: list[tuple[int, int]]) -> None:
    mix = Workload.from_classes(classes)
    picture = run_picture(mix, simulate(mix, 60, "exact"))
    found = list(memory_demand(mix, 60))
    assert [part for part, _ in found] == pytest.approx(picture.demand / picture.capacity)
    assert [evicts for _, evicts in found] == [bool(count) for count in picture.evicted]


def test_by_hand() -> None:
    """Two stages of 3 and 4 tokens, B = 7: 7/3 requests need 28/3, then all leave."""
    (first, evicts), (second, _) = memory_demand(Workload.from_classes([(2, 2)]), 2)
    assert evicts
    assert first == pytest.approx(Fraction(28, 3) / 7)
    assert second == 0
