"""The rounding of the disturbance margin's rows: formula (4) in balls, the tail by injection."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.margins import disturbance as module
from stabkit.spectrum.margins.disturbance import _Response, disturbance_margin

UNIT = arb(2) ** -53
MIXES = [[(10, 3), (10, 5)], [(0, 6, 2), (5, 1, 3)], [(1, 1), (1, 2)]]


def response_of(classes: Any, steps: int = 512) -> _Response:
    return _Response(MemoryKernel.of(Workload.from_classes(classes)), steps)


def total(values: Any) -> arb:
    return sum((abs(arb(float(x))) for x in values), arb(0))


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_local_errors_are_those_of_the_introduction(
    classes: Any, is_just_above: Callable[..., bool]
) -> None:
    """u (2.01 |R_(i-1,1)| ||c||_1 + 1.01 ||R_i||_1) for each step, 1.001 times that."""
    response = response_of(classes)
    for steps in (1, 60, 256):
        before = response.steps
        response._advance(steps)
        assert response.steps == before + steps
    with ctx.workprec(200):
        pivots = total(response.cells[: response.steps])
        norms = total(response.row_norms[: response.steps])
        formula = UNIT * (arb(2.01) * pivots * total(response.ratios) + arb(1.01) * norms)
        assert is_just_above(response.local, formula, 0.99e-3, 0.02e-3)


def test_underflow_has_a_share_of_the_error() -> None:
    response = response_of(MIXES[0])
    response.cells[0] = 0.0
    response._advance(7)
    assert response.local == pytest.approx(1e-300 * 4 * 7, rel=1e-12, abs=0)
    response = response_of(MIXES[0])
    response.ratios = np.zeros(4)
    response._advance(3)
    # a pivot of 1 moves nothing: rows are 0, and its own share is left
    assert response.local == pytest.approx(1e-300 * 4 * (3 + 1), rel=1e-12, abs=0)


def prepared(local: float, norms: list[float], width: int = 4) -> _Response:
    response = response_of(MIXES[0])
    assert len(response.ratios) == width
    response.steps, response.local = len(norms), local
    response.row_norms[: len(norms)] = norms
    return response


@pytest.mark.parametrize("norms", [[0.5, 0.25], [2.0, 3.0, 1.0]])
@pytest.mark.parametrize("local", [0.0, 1e-12, 0.2])
def test_the_largest_norm_is_that_of_formula_four(
    norms: list[float], local: float, is_just_above: Callable[..., bool]
) -> None:
    """P = P' / (1 - S), a sum of L - 1 terms being in error by 1.01 L u, L = 4 + 4."""
    response = prepared(local, norms)
    with ctx.workprec(200):
        summing = 1 + arb(1.01) * 8 * UNIT
        formula = max(1.0, *norms) * summing / (1 - arb(local))
        assert is_just_above(response.largest_norm, formula, 7e-16, 1e-14)
        assert is_just_above(response._summing, summing, -UNIT, 2 * UNIT)
        if local:
            assert is_just_above(response.row_error, arb(local) * formula, 15e-16, 1e-14)
        else:
            assert response.row_error == 0


# --- the tail --------------------------------------------------------------------------------


def tail_of(norms: list[float], cells: list[float], local: float = 0.0, window: int = 4) -> bool:
    """Rows n = 0, 1, ... of these norms; h_(n+1) are the cells, from n = 0 on."""
    response = prepared(local, norms)
    response.cells[0] = 1.0
    response.cells[1 : len(cells) + 1] = cells
    return response._tail_is_low()


LOW = [3.0, 2.0, 0.5, 0.5, 0.5, 0.5]
DIPS = [-0.75, 0.1, 0.1, 0.1, 0.1, 0.1]


def test_a_low_tail_is_one_in_every_row_of_the_window() -> None:
    assert tail_of(LOW, DIPS)
    for n in range(2, 6):
        higher = list(LOW)
        higher[n] = 1.0001
        assert not tail_of(higher, DIPS)
    assert not tail_of([3.0, *LOW[2:4]], DIPS[:3])  # fewer steps than the window


@pytest.mark.parametrize("off", [1e-9, -1e-9])
def test_the_later_entries_are_below_the_dip(off: float) -> None:
    """P max |h| <= max -h: 3 |h| <= 0.75 here, whatever the sign of h."""
    for sign in (1, -1):
        for n in range(2, 6):
            cells = list(DIPS)
            cells[n] = sign * 0.25 * (1 + off)
            assert tail_of(LOW, cells) == (off < 0)


@pytest.mark.parametrize(("off", "low"), [(1.25e-12, True), (0.75e-12, False)])
def test_the_comparisons_have_room_for_their_rounding(off: float, low: bool) -> None:
    """1e-12 of either side; the errors of sums, some 10^-15, are in the norms."""
    assert tail_of([*LOW[:5], 1 - off], DIPS) == low
    assert tail_of([1.0, 0.5, 0.5, 0.5, 0.5, 0.5], [-0.75, *[0.1] * 4, 0.75 * (1 - off)]) == low


@pytest.mark.parametrize("off", [1e-6, -1e-6])
def test_errors_of_rows_count_in_the_tail(off: float) -> None:
    local = 1e-3
    error = local * 3 / (1 - local)  # S P
    norms = [*LOW[:5], 1 - error * (1 + off)]
    assert tail_of(norms, DIPS, local) == (off > 0)
    # P (|h| + S P) <= dip - S P
    entry = (0.75 - error) * (1 - local) / 3 - error
    cells = [*DIPS[:5], entry * (1 - off)]
    assert tail_of(LOW, cells, local) == (off > 0)


def test_ends_without_a_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    response = response_of(MIXES[0], 300)
    monkeypatch.setattr(_Response, "_tail_is_low", lambda _: False)
    assert not response.settled()
    assert response.steps == 300
    for local, settles in ((0.2499, True), (0.2501, False)):
        response = response_of(MIXES[0], 300)
        response.local = local
        monkeypatch.setattr(_Response, "_tail_is_low", lambda _: True)
        assert response.settled() == settles
    response = response_of(MIXES[0], 300)
    response.cells[0] = np.inf
    assert not response.settled()


# --- the result ------------------------------------------------------------------------------


def test_enclosures_are_the_reciprocals_with_their_errors() -> None:
    response = prepared(1e-6, [3.0, 4.0, 0.5])
    response.cells[1:4] = [-0.75, -0.8, 0.1]
    found = response.margin()
    error = Fraction(response.row_error)
    summing = 4 * Fraction(response._summing - 1)
    few = 1 + Fraction(1.01e-12)
    room = 1 + Fraction(0.99e-12)  # of the errors, for their own rounding
    assert found.peak_step == 1
    assert found.largest is not None
    assert found.burst is not None
    assert (
        1 / (4 + (error + summing) * few) <= found.largest.low <= 1 / (4 + (error + summing) * room)
    )
    assert (
        1 / (4 - (error + summing) * room)
        <= found.largest.high
        <= 1 / (4 - (error + summing) * few)
    )
    dip = Fraction(0.8)
    assert 1 / (dip + error * few) <= found.burst.low <= 1 / (dip + error * room)
    assert 1 / (dip - error * room) <= found.burst.high <= 1 / (dip - error * few)
    assert found.burst_step == 1
    assert found.horizon == 3


def test_cohorts_are_not_negative_but_bursts_may_exceed_one() -> None:
    response = prepared(0.0, [0.5, 0.25, 0.25, 0.25])
    response.cells[1:5] = [-0.5, 0.1, 0.1, 0.1]
    found = response.margin()
    assert found.largest is not None
    assert found.burst is not None
    assert found.largest.low == found.largest.high == 1
    assert found.burst.low == found.burst.high == 2


@pytest.mark.parametrize(("steps", "enough"), [(2 * 5, True), (2 * 5 - 1, False)])
def test_the_budget_holds_two_kernels_at_least(
    steps: int, enough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(module, "_MOST_STEPS", steps)
    monkeypatch.setattr(_Response, "settled", lambda self: asked.append(self.most_steps) or False)
    margin = disturbance_margin(Workload.from_classes(MIXES[0]))
    assert f"within {steps} steps" in margin.reason
    assert asked == ([steps] if enough else [])
    monkeypatch.setattr(module, "_MOST_STEPS", 10**9)
    monkeypatch.setattr(module, "_MOST_WORK", 11 * (5 + 3000) + 3004)
    disturbance_margin(Workload.from_classes(MIXES[0]))
    assert asked[-1] == 11
