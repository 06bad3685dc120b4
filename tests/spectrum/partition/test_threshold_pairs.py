"""The thresholds of all pairs of coprime decode lengths up to 40, against exact counts.

s* comes from the crossings of the unit circle (R8), s° from R7's condition, the counts from exact
arithmetic at the whole input lengths next to s*: three routes that must agree.
"""

import math

import pytest

from stabkit import Workload, threshold, unit_circle_counts
from stabkit.spectrum.partition.threshold import Threshold


def pair_of(shorter: int, longer: int, input_length: int = 0) -> Workload:
    return Workload.from_classes([(input_length, shorter), (input_length, longer)])


def whole_neighbours(found: Threshold) -> tuple[int, int]:
    """Return the largest whole number below s* and the least one above it, proved."""
    crossing = found.threshold
    assert crossing is not None
    if crossing.exact is not None:
        return math.ceil(crossing.exact) - 1, math.floor(crossing.exact) + 1
    value = crossing.value
    assert math.floor(value.low) == math.floor(value.high) < value.low
    return math.floor(value.low), math.floor(value.low) + 1


@pytest.mark.slow
@pytest.mark.parametrize("longer", range(2, 41))
def test_exact_counts_change_at_the_threshold(longer: int) -> None:
    for shorter in (n for n in range(1, longer) if math.gcd(n, longer) == 1):
        found = threshold(pair_of(shorter, longer))
        below, above = whole_neighbours(found)
        stable = unit_circle_counts(pair_of(shorter, longer, above))
        assert (stable.verdict, stable.certified) == ("stable", True)
        if below >= 0:
            unstable = unit_circle_counts(pair_of(shorter, longer, below))
            assert unstable.certified
            assert unstable.verdict != "stable"
        assert found.threshold is not None
        assert found.sufficient is not None
        assert found.sufficient.low >= found.threshold.value.high
