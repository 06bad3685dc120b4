"""The disturbance margin: exact rows, brute force over sign vectors, and the simulator.

The simulator shares nothing with the module under test but the workload. A state that is about to
fit has an empty stage 0, and row 0 of a run is its fit: row n is step n of the theory.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from stabkit import Workload, simulate, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.margins.disturbance import _Response, disturbance_margin

# Peaks at steps 0, 1, 1, 4 and 7; in the fourth the box is the binding end, epsilon = 1.
MIXES = [
    [(10, 3), (10, 5)],
    [(1, 2, 7), (1, 3, 4)],
    [(3, 3, 1), (1, 2, 3)],
    [(1, 2, 9), (1, 4, 8), (3, 5, 5)],
    [(0, 2), (30, 2), (3, 2), (0, 9)],
    [(0, 6, 2), (5, 1, 3)],
    [(1, 1), (1, 2)],
]


def workload(classes: Any) -> Workload:
    return Workload.from_classes(classes, capacity=1000)


def exact_rows(mix: Workload, steps: int) -> list[list[Fraction]]:
    """R_(n,j) by the recurrence (1) itself, one unit disturbance at a time."""
    kernel = MemoryKernel.of(mix).coefficients
    columns = []
    for j in range(1, len(kernel)):
        alpha = [Fraction(int(i == j)) for i in range(1, len(kernel))]  # youngest first
        column = []
        for _ in range(steps):
            new = -sum(g * a for g, a in zip(kernel[1:], alpha, strict=True)) / Fraction(kernel[0])
            alpha = [new, *alpha[:-1]]
            column.append(new)
        columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


def disturbed(mix: Workload, alpha: Sequence[Any]) -> list[list[Fraction]]:
    """The counts of the equilibrium disturbed by alpha, before the fit of step 0."""
    kernel = MemoryKernel.of(mix)
    assert mix.capacity is not None
    level = mix.capacity * kernel.denominator / kernel.total
    cohorts = [Fraction(0), *(level * (1 + Fraction(a)) for a in alpha)]
    return [[c.share * y for y in cohorts[: c.decode_length]] for c in mix.classes]


def first_eviction(mix: Workload, alpha: Sequence[Any], steps: int = 40) -> int | None:
    run = simulate(mix, steps, "exact", disturbed(mix, alpha))
    return next((n for n, evicted in enumerate(run.evicted) if evicted > 0), None)


# --- against exact arithmetic ----------------------------------------------------------------


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_enclosures_against_exact_rows(classes: Any) -> None:
    mix = workload(classes)
    margin = disturbance_margin(mix)
    rows = exact_rows(mix, 60)
    norms = [sum(abs(r) for r in row) for row in rows]
    assert margin.largest is not None
    assert margin.burst is not None
    assert margin.peak_step is not None
    assert margin.worst is not None
    epsilon = min(Fraction(1), 1 / max(norms))
    assert margin.largest.low <= epsilon <= margin.largest.high
    assert margin.largest.high - margin.largest.low < Fraction(1, 10**9)
    assert norms[margin.peak_step] == max(norms)
    peak = sum(w * r for w, r in zip(margin.worst, rows[margin.peak_step], strict=True))
    assert peak == -max(norms)
    burst = 1 / max(-row[0] for row in rows)
    assert margin.burst.low <= burst <= margin.burst.high
    assert margin.burst.high - margin.burst.low < Fraction(1, 10**9)
    assert -rows[margin.burst_step or 0][0] == 1 / burst


def test_closed_form_where_the_first_step_is_the_worst() -> None:
    # rho_0 = (g_1 + ... + g_(L-1)) / g_0 = G(1) / g_0 - 1: g = (11, 12, 13, 7, 15/2)
    margin = disturbance_margin(Workload.from_classes([(10, 3), (10, 5)]))
    assert margin.peak_step == 0
    assert margin.worst == (1, 1, 1, 1)
    assert margin.largest is not None
    assert margin.largest.low <= Fraction(22, 79) <= margin.largest.high
    assert margin.burst is not None
    assert margin.burst.low <= Fraction(11, 12) <= margin.burst.high


def test_brute_force_over_sign_vectors() -> None:
    # the minimum of a linear function over a box is at a vertex
    rng = random.Random(2)
    seen = 0
    while seen < 12:
        classes = [(rng.randint(0, 9), rng.randint(1, 5), rng.randint(1, 9)) for _ in range(3)]
        mix = Workload.from_classes(classes)
        margin = disturbance_margin(mix)
        if not margin.largest or not margin.largest.high:
            continue
        seen += 1
        rows = np.array(exact_rows(mix, 50), dtype=float)
        vertices = np.array(list(itertools.product([-1.0, 1.0], repeat=rows.shape[1])))
        least = float(np.min(vertices @ rows.T))
        assert min(1.0, -1 / least) == pytest.approx(float(margin.largest.low), rel=1e-12)


# --- against the simulator -------------------------------------------------------------------


@pytest.mark.parametrize("classes", MIXES[:-1], ids=str)
def test_the_simulator_evicts_just_outside_and_not_inside(classes: Any) -> None:
    mix = workload(classes)
    margin = disturbance_margin(mix)
    assert margin.largest is not None
    assert margin.worst is not None
    assert first_eviction(mix, [margin.largest.low * w for w in margin.worst]) is None
    beyond = margin.largest.high * (1 + Fraction(1, 10**9))
    assert beyond < 1
    assert first_eviction(mix, [beyond * w for w in margin.worst]) == margin.peak_step


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_the_simulator_evicts_after_a_larger_burst_only(classes: Any) -> None:
    mix = workload(classes)
    margin = disturbance_margin(mix)
    assert margin.burst is not None
    others = [0] * (mix.longest_decode - 2)
    assert first_eviction(mix, [margin.burst.low, *others]) is None
    beyond = margin.burst.high * (1 + Fraction(1, 10**9))
    assert first_eviction(mix, [beyond, *others]) == margin.burst_step


def test_no_disturbance_in_the_box_evicts() -> None:
    rng = random.Random(4)
    for classes in MIXES:
        mix = workload(classes)
        margin = disturbance_margin(mix)
        assert margin.largest is not None
        for _ in range(4):
            signs = [rng.choice([-1, 1]) for _ in range(mix.longest_decode - 1)]
            sizes = [rng.choice([Fraction(1), Fraction(rng.random())]) for _ in signs]
            alpha = [w * x * margin.largest.low for w, x in zip(signs, sizes, strict=True)]
            assert first_eviction(mix, alpha, 30) is None


@pytest.mark.parametrize("classes", [[(5, 3), (5, 5)], [(100, 4), (100, 6)], [(10, 5)]], ids=str)
def test_unstable_mixes_evict_after_the_least_burst(classes: Any) -> None:
    mix = workload(classes)
    margin = disturbance_margin(mix)
    assert margin.largest is not None
    assert margin.burst is not None
    assert margin.largest.high == margin.burst.high == 0
    assert margin.worst is margin.peak_step is None
    alpha = [Fraction(1, 10**4), *([0] * (mix.longest_decode - 2))]
    run = simulate(mix, 4000, "float", disturbed(mix, alpha))
    assert np.any(run.evicted > 1e-9)


# --- the certificate -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "classes", [MIXES[0], [(1, 60, 2), (30, 6, 8), (3, 46, 3), (30, 5, 8), (30, 3, 4)]], ids=str
)
def test_rounding_and_tail_against_sixty_digits(classes: Any) -> None:
    kernel = MemoryKernel.of(Workload.from_classes(classes))
    response = _Response(kernel, 100_000)
    assert response.settled()
    width = len(response.ratios)
    with mpmath.workdps(60):
        ratios = [mpmath.mpf(g) / kernel.first for g in kernel.coefficients[1:]]
        row, norms, dips = [mpmath.mpf(1)] + [mpmath.mpf(0)] * width, [], []
        for _ in range(2 * response.steps):
            row = [row[j + 1] - row[0] * ratios[j] for j in range(width)] + [mpmath.mpf(0)]
            norms.append(mpmath.fsum(abs(r) for r in row))
            dips.append(-row[0])
        errors = [
            float(abs(norms[n] - mpmath.mpf(float(response.row_norms[n]))))
            for n in range(response.steps)
        ]
    assert 0 < max(errors) < response.row_error
    assert response.row_error < 1e-9
    assert max(norms) == max(norms[: response.steps])
    assert max(norms) <= response.largest_norm
    assert max(dips) == max(dips[: response.steps])


def test_the_horizon_is_no_longer_than_needed_and_not_shorter() -> None:
    # the modes of (10, 3), (10, 5) decay by 0.9949 per step: some 700 steps for a factor of 30
    margin = disturbance_margin(Workload.from_classes([(10, 3), (10, 5)]))
    assert margin.horizon is not None
    assert 300 < margin.horizon < 3000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("classes", "reason"),
    [
        ([(7, 1), (3, 1)], "L = 1"),
        ([(1, 2), (1, 3)], "marginal"),
        ([("1.000001", 2), ("1.000001", 3)], "too close to the unit circle"),
        ([(0, 200_000), (0, 1, 10**12)], "budget"),
    ],
)
def test_where_there_is_none_the_reason_is_given(classes: Any, reason: str) -> None:
    margin = disturbance_margin(Workload.from_classes(classes))
    assert reason in margin.reason
    assert margin.largest is margin.burst is margin.worst is margin.horizon is None


def test_the_capacity_plays_no_role() -> None:
    plain = Workload.from_classes(MIXES[1])
    assert disturbance_margin(plain) == disturbance_margin(plain.with_capacity(12345))


def test_a_trace() -> None:
    mix = Workload.named("azure-conv-2023")
    assert unit_circle_counts(mix).verdict == "stable"
    margin = disturbance_margin(mix)
    assert margin.largest is not None
    kernel = MemoryKernel.of(mix)
    first = Fraction(kernel.first, kernel.total - kernel.first)  # the first step is the worst
    assert margin.largest.low <= first <= margin.largest.high
