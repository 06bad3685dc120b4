"""The walk in fixed point: that of double precision, and R16 as a sum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stabkit import Workload
from stabkit.spectrum.fluctuations.fixed_point_walk import FixedPointWalk
from stabkit.spectrum.fluctuations.memory_walk import MemoryWalk
from stabkit.spectrum.fluctuations.tail import compound_poisson

MIXES = {
    "even": ([(40 + k % 7, k) for k in range(1, 41)], 9_000),
    "no input": ([(0, k) for k in range(1, 30)], 3_000),
    "weights": ([(7, 90, 3), (150, 20, 2), (33, 61, 5), (0, 1, 1)], 40_000),
    "large": ([(31 * k % 97, 1 + k % 45, 1 + k % 4) for k in range(60)], 12_000),
}


@pytest.mark.parametrize("watermark", [0, 1, 30, 400])
@pytest.mark.parametrize("name", MIXES)
def test_the_walk_of_double_precision(name: str, watermark: int) -> None:
    classes, capacity = MIXES[name]
    mix = Workload.from_classes(classes)
    found = FixedPointWalk(mix).evictions(capacity, watermark)
    other = MemoryWalk(mix).evictions(capacity, watermark)
    assert found.probability == pytest.approx(other.probability, rel=1e-6, abs=1e-12)
    assert found.per_step == pytest.approx(other.per_step, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("name", MIXES)
def test_moments(name: str) -> None:
    mix = Workload.from_classes(MIXES[name][0])
    found, other = FixedPointWalk(mix), MemoryWalk(mix)
    for moment in ("mean_output", "memory_time", "slack"):
        assert getattr(found, moment) == pytest.approx(getattr(other, moment), rel=1e-12)


@pytest.mark.parametrize("name", MIXES)
def test_without_a_watermark_it_is_r16(name: str) -> None:
    """Evictions per step are E(x - Z)^+ / E(S + 1), x a whole neighbour of a mu (docs/model.md)."""
    classes, capacity = MIXES[name]
    walk = FixedPointWalk(mix := Workload.from_classes(classes))
    a = (capacity - walk.slack) / walk.memory_time
    x = a * walk.mean_output
    freed = {int(c.input_length) + c.decode_length + 1: 0.0 for c in mix.classes}
    for c in mix.classes:
        freed[int(c.input_length) + c.decode_length + 1] += float(c.share)
    law = compound_poisson(a, freed, math.floor(x) + 1)
    below, upper = math.floor(x), x - math.floor(x)
    missing = [
        float(np.clip(whole - np.arange(len(law)), 0, None) @ law) for whole in (below, below + 1)
    ]
    held = float(sum(c.share * (c.input_length + 1) for c in mix.classes))
    expected = ((1 - upper) * missing[0] + upper * missing[1]) / held
    assert walk.evictions(capacity).per_step == pytest.approx(expected, rel=1e-9)
