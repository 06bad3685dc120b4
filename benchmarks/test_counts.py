"""Certified counts beside their peers, each answer checked.

The mixes have two lengths and a common input; the counts were agreed on by exact Schur-Cohn, FLINT
and the winding number. `numpy.roots` gives no guarantee: it is shown for its time, and where its
answer is wrong, that is what the test asserts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stabkit import Workload, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.isolation import isolated_disc_counts

MIXES = {
    9: (Workload.from_classes([(100, 7), (100, 10)]), 2),
    199: (Workload.from_classes([(1000, 97, 1), (1000, 200, 2)]), 62),
    999: (Workload.from_classes([(10_000, 499, 1), (10_000, 1000, 2)]), 226),
    4055: (Workload.named("arxiv-summarization"), 0),
}


def by_stabkit(mix: Workload) -> int | None:
    return unit_circle_counts(mix).outside


def by_flint(mix: Workload) -> int:
    return isolated_disc_counts(MemoryKernel.of(mix).coefficients)[0]


def by_numpy(mix: Workload) -> int:
    kernel = np.array(MemoryKernel.of(mix).coefficients, dtype=float)
    return int(np.sum(np.abs(np.roots(kernel)) > 1))


@pytest.mark.parametrize("degree", MIXES)
@pytest.mark.parametrize("peer", [by_stabkit, by_flint, by_numpy])
def test_unstable_modes(benchmark: Any, degree: int, peer: Any) -> None:
    if (peer is by_flint and degree > 199) or (peer is by_numpy and degree > 999):
        pytest.skip("the peer takes more than ten seconds")
    benchmark.group = f"unstable modes, degree {degree}"
    mix, expected = MIXES[degree]
    rounds = 20 if peer is by_stabkit or degree < 100 else 2
    assert benchmark.pedantic(peer, args=(mix,), rounds=rounds, warmup_rounds=1) == expected


def test_numpy_is_wrong_next_to_the_circle() -> None:
    # (2, 3), s = 100: the share 102/103 of length 2 is critical; beyond it one mode is outside
    share = Fraction(102, 103) + Fraction(1, 2**60)
    mix = Workload.from_classes([(100, 2, share), (100, 3, 1 - share)])
    assert by_stabkit(mix) == by_flint(mix) == 1
    assert by_numpy(mix) != 1
