"""The spectral radius from the zeros of a similar kernel, against the vectors and the other search.

Oracle: vectors/mixes.json, spectral radii to 40 digits from an implementation of their own.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stabkit import Workload, dominant_modes
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.roots import nearby_radius as module
from stabkit.spectrum.roots.nearby_radius import radius_near


def zeros_of(mix: Workload, count: int = 6) -> list[complex]:
    modes = dominant_modes(mix, count, 15)
    assert modes is not None
    return [1 / complex(mode.value) for mode in modes if mode.value.imag >= 0]


def test_spectral_radii_of_the_vectors(
    vector_mixes: list[tuple[dict[str, Any], Workload]],
) -> None:
    found = 0
    for record, mix in vector_mixes:
        if record["spectral_radius"] is None or mix.longest_decode > 2000:
            continue
        # as far off as a resample may be: the first class lost a tenth of its requests
        classes = [(c.input_length, c.decode_length, c.share) for c in mix.classes]
        classes[0] = (*classes[0][:2], classes[0][2] * Fraction(9, 10))
        zeros = zeros_of(Workload.from_classes(classes)) if mix.longest_decode > 1 else []
        enclosure = radius_near(MemoryKernel.of(mix), zeros)
        if enclosure is not None:
            found += 1
            slack = Fraction(1, 10**30)  # of the vector's last digit
            expected = Fraction(record["spectral_radius"])
            assert enclosure.low - slack <= expected <= enclosure.high + slack
            assert enclosure.high - enclosure.low < 1e-9
    assert found > len(vector_mixes) // 2


def test_a_zero_that_is_not_the_nearest_proves_nothing() -> None:
    mix = Workload.from_classes([(5, 7), (5, 10), (9, 4)])
    kernel, zeros = MemoryKernel.of(mix), zeros_of(mix)
    assert abs(zeros[0]) < 0.99 * abs(zeros[1])
    assert radius_near(kernel, zeros) is not None
    assert radius_near(kernel, zeros[1:]) is None
    assert radius_near(kernel, []) is None


def test_a_limit_that_is_no_zero_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    mix = Workload.from_classes([(5, 7), (5, 10), (9, 4)])
    kernel, zeros = MemoryKernel.of(mix), np.array(zeros_of(mix))
    for factor in (0.99, 1.01):
        limits = factor * zeros
        monkeypatch.setattr(module, "_newton", lambda *_, limits=limits: limits)
        assert radius_near(kernel, zeros) is None


def test_without_a_start_that_leads_anywhere_there_is_no_claim() -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(5, 7), (5, 10)]))
    for start in (0j, complex("nan"), complex("inf"), 1 + 0j, 1e300 + 1e300j):
        assert radius_near(kernel, [start]) is None
    assert radius_near(MemoryKernel.of(Workload.from_classes([(5, 2)])), [-0.9 + 0j]) is None
