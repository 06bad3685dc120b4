"""The basin of an orbit: exact runs from within follow its itinerary, and come nearer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest

from stabkit import Workload, cycles, memory_kernel
from stabkit.dynamics.orbits import followed
from stabkit.spectrum.orbits.basin import orbit_basin


@pytest.mark.parametrize(
    "classes",
    [[(0, 6, 2), (5, 1, 3)], [(1, 6, 7), (15, 1, 4)], [(10, 5)], [(5, 3), (5, 6)]],
)
def test_exact_runs_from_the_basin_come_nearer(classes: list[tuple[int, ...]]) -> None:
    mix, r = Workload.from_classes(classes), random.Random(5)
    cycle = next(o.cycle for o in cycles(mix).observations if o.start == "empty")
    assert cycle is not None
    assert cycle.itinerary is not None
    assert cycle.cohorts is not None
    basin = orbit_basin(mix, cycle.itinerary, cycle.cohorts)
    assert basin is not None
    for start in full_states_near(mix, cycle.cohorts[0], basin.radius, r):
        run = followed(mix, start, basin.periods * cycle.period)
        assert run.itinerary == cycle.itinerary * basin.periods
        offsets = (abs(a - b) for a, b in zip(run.states[-1], cycle.cohorts[0], strict=True))
        assert max(offsets) <= basin.radius / 2


def full_states_near(
    mix: Workload, first: Sequence[Fraction], radius: Fraction, r: random.Random
) -> Iterator[list[Fraction]]:
    """Yield four states of full memory nearer than the radius, by a thousandth."""
    kernel = [Fraction(int(g.p), int(g.q)) for g in memory_kernel(mix)]
    for _ in range(4):
        offsets = [Fraction(r.choice((-1, 0, 1)) if y else r.choice((0, 1))) for y in first]
        largest = max(range(len(first)), key=lambda j: first[j])
        held = sum((g * d for g, d in zip(kernel, offsets, strict=True)), Fraction(0))
        offsets[largest] -= held / kernel[largest]
        size = radius * Fraction(999, 1000) / (max(map(abs, offsets)) or 1)
        yield [y + size * d for y, d in zip(first, offsets, strict=True)]


def test_an_orbit_that_repels_has_none() -> None:
    """The equilibrium of s = 2, l = 2: deviations grow by 4/3 a step."""
    mix = Workload.from_classes([(2, 2)], capacity=140)
    assert orbit_basin(mix, [0], [(Fraction(20), Fraction(20))]) is None


def test_by_hand() -> None:
    """s = 2, l = 2, B = 140: y_0' = (140 - 4 y_0) / 3 at first, then y_1' = 35 whatever y.

    The first admission is 140/3 - 4/3 y_0: gap 140/3, norm 4/3. In the eviction 35 stay of it: the
    gap 140/3 - 35 = 35/3, and what was held varies by 4/3: 35/4. After it all is as it was.
    """
    mix = Workload.from_classes([(2, 2)], capacity=140)
    basin = orbit_basin(mix, [0, 1], [(Fraction(0), Fraction(35)), (Fraction(140, 3), Fraction(0))])
    assert basin is not None
    assert basin.periods == 1
    assert 0 <= Fraction(35, 4) - basin.radius < Fraction(1, 10**60)
