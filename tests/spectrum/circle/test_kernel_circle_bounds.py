"""Kernels on circles: the error of coefficients, the start, and counts that stay undecided."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq, fmpz_poly

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle import winding
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.circle.kernel import circle_polynomial, kernel_phase_path, zeros_within
from stabkit.spectrum.circle.sparse_polynomial import (
    PHASE_ERROR,
    TAYLOR_ORDER,
    CirclePolynomial,
    GridSamples,
    TaylorModels,
)
from stabkit.spectrum.circle.winding import PhasePath
from stabkit.spectrum.counting import by_winding as counts_module
from stabkit.spectrum.counting.by_winding import DiscCount, count_by_winding
from stabkit.spectrum.counting.schur_cohn import is_quick
from stabkit.spectrum.partition import axis_arcs as axis_module
from stabkit.spectrum.partition.axis_arcs import axis_arcs
from stabkit.spectrum.partition.pencil import kernel_pencil

UNIT = 2.0**-53
MIXES = [[(5, 3), (5, 5)], [(1000, 97, 1), (1000, 200, 2)], [(0, 6, 2), (5, 1, 3), ("1/3", 60)]]


def kernel_of(classes: Any) -> MemoryKernel:
    return MemoryKernel.of(Workload.from_classes(classes))


# --- coefficients ----------------------------------------------------------------------------


@pytest.mark.parametrize("radius", [1.0, 0.9, 1.001, 3.0])
@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_the_error_of_coefficients(
    classes: Any, radius: float, is_just_above: Callable[..., bool]
) -> None:
    """(16 + 8 max |m log2 r|) u."""
    kernel = kernel_of(classes)
    polynomial = circle_polynomial(kernel, radius)
    with ctx.workprec(200):
        farthest = max(kernel.closed_form) * abs(arb(radius).log() / arb(2).log())
        formula = (16 + 8 * farthest) * arb(2) ** -53
        assert is_just_above(polynomial.coefficient_error, formula, -1e-12)
        largest = int(np.argmax(np.abs(polynomial.coefficients)))
        terms = list(kernel.closed_form.items())
        scale = arb(terms[largest][1]) * arb(radius) ** terms[largest][0]
        scale /= arb(float(polynomial.coefficients[largest]))
        for (m, c), found in zip(terms, polynomial.coefficients.tolist(), strict=True):
            true = arb(c) * arb(radius) ** m / scale
            assert abs(arb(found) - true) <= 2 * formula * abs(true) + arb(2) ** -1000


@pytest.mark.parametrize("radius", [1.0, 0.97, 1.02])
@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_the_start_is_nine_tenths_of_what_is_proved(classes: Any, radius: float) -> None:
    """V theta^2 < 2, with the second central moment of m under g_m r^m; theta = 2 pi j / N."""
    kernel = kernel_of(classes)
    path = kernel_phase_path(kernel, radius)
    weights = [Fraction(g) * Fraction(radius) ** m for m, g in enumerate(kernel.coefficients)]
    total = sum(weights)
    mean = sum(m * w for m, w in enumerate(weights)) / total
    variance = float(sum((m - mean) ** 2 * w for m, w in enumerate(weights)) / total)
    spacing = 2 * math.pi / path.polynomial.size
    index, allowed = path.start.index, math.sqrt(2 / variance)
    assert index * spacing <= 0.9 * allowed * (1 + 1e-12)
    assert (index + 1) * spacing > 0.9 * allowed * (1 - 1e-12) or index == 1
    theta = index * spacing
    factor = complex(1 - radius * math.cos(theta), -radius * math.sin(theta))
    argument = (float(mean) - path.polynomial.degree / 2) * theta
    argument += 2 * math.atan2(factor.imag, factor.real)
    assert path.start.argument == pytest.approx(argument, abs=1e-12)


def test_an_undecided_radius_is_not_guessed() -> None:
    # (2, 3) at s = 1 has modes on the circle itself
    kernel = kernel_of([(1, 2), (1, 3)])
    assert zeros_within(kernel, 1.0) is None
    assert (zeros_within(kernel, 0.999), zeros_within(kernel, 1.001)) == (0, 2)


# --- counts in stages ------------------------------------------------------------------------


def test_a_count_that_contradicts_the_sign_at_minus_one_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = kernel_of(MIXES[0])
    for half_turns, error in ((2, False), (4, False), (3, True), (1, True)):
        monkeypatch.setattr(PhasePath, "half_turns", lambda _, n=half_turns: n)
        if error:
            with pytest.raises(ArithmeticError, match="contradicts the exact sign"):
                count_by_winding(kernel)
        else:
            assert count_by_winding(kernel).within == half_turns
    monkeypatch.setattr(PhasePath, "half_turns", lambda _: None)
    assert count_by_winding(kernel) == DiscCount()


def test_dense_coefficients_are_rounded_once_and_reckoned_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[CirclePolynomial] = []
    follow = winding.follow_phase

    def recorded(polynomial: CirclePolynomial, *rest: Any) -> PhasePath:
        asked.append(polynomial)
        return follow(polynomial, *rest)

    monkeypatch.setattr(winding, "follow_phase", recorded)
    monkeypatch.setattr(counts_module, "is_quick", lambda _: False)
    # (z^2 + 3 z + 1) has one zero in the disc; -2 z + 1 has it, z - 2 not
    for coefficients, inside in (
        ([1, 3, 1], 1),
        ([-1, -3, -1], 1),
        ([1, 0, 0, 7], 3),
        ([-7, 0, 0, 1], 0),
        ([7, 0, 0, -1], 0),
        ([6, -5, 1], 0),
        ([1, -5, 6], 2),
    ):
        found = counts_module._zeros_off_circle(fmpz_poly(coefficients), Budget())
        assert found == inside
        assert asked[-1].coefficient_error == 2 * UNIT
        assert np.max(np.abs(asked[-1].coefficients)) == 1


def test_what_balls_do_not_decide_is_left_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts_module, "is_quick", lambda _: False)
    monkeypatch.setattr(PhasePath, "half_turns", lambda _: None)
    assert counts_module._zeros_off_circle(fmpz_poly([1, 3, 1]), Budget()) is None


def test_the_exact_recursion_is_for_forty_terms_of_a_hundred_bits() -> None:
    assert is_quick([2**100 - 1] * 40)
    assert not is_quick([2**100] * 40)
    assert not is_quick([2**100 - 1] * 41)


# --- crossings of an axis --------------------------------------------------------------------

SIZE = 16
WIDTH = math.pi / SIZE
PAIR_LINE = kernel_pencil(Workload.from_classes([(0, 2), (0, 3)]), "common")
AXIS: dict[str, tuple[dict[str, Any], float]] = {
    "slope": ({"first": 3.0}, 3 * WIDTH),
    "bend": ({"second": 3.0}, 3 * WIDTH**2 / 2),
    "third": ({"third": 3.0}, 3 * WIDTH**3 / 6),
    "error of the value": ({"errors": (3.0, 0, 0)}, 3.0),
    "error of the slope": ({"errors": (0, 3.0, 0)}, 3 * WIDTH),
    "error of the bend": ({"errors": (0, 0, 3.0)}, 3 * WIDTH**2 / 2),
}


class MadeUp:
    """Samples -v_0 + i v, the same everywhere; v_0 does not matter but for the centring phase."""

    size, degree, length, half_width = SIZE, 3, 2, WIDTH
    exponents = range(4)
    grid_work = 0

    def taylor_work(self, *_: Any) -> int:
        return 0

    def __init__(
        self,
        value: complex,
        first: float = 0,
        second: float = 0,
        third: float = 0,
        errors: tuple[float, float, float] = (0, 0, 0),
    ) -> None:
        rows = (np.full(SIZE // 2 + 1, x, dtype=complex) for x in (value, first, second))
        self.samples = GridSamples(*rows, errors, third)

    def grid(self) -> GridSamples:
        return self.samples

    def phases(self, indices: Any) -> Any:
        return np.ones(len(indices))


def failed(curve: MadeUp, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The samples whose arcs are not clear of the axis."""
    seen: list[list[int]] = []
    monkeypatch.setattr(axis_module, "CirclePolynomial", lambda *_: curve)
    monkeypatch.setattr(axis_module, "_bisected", lambda _, i, __: seen.append(i.tolist()) or [])
    axis_arcs(PAIR_LINE, Budget())
    return seen[0]


@pytest.mark.parametrize(("terms", "limit"), AXIS.values(), ids=AXIS)
def test_a_disc_clear_of_the_axis_excludes_a_crossing(
    terms: dict[str, Any], limit: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = 1e-9
    for direction in (1j, -1j, 1.0):
        clear = MadeUp(1.01 * limit * (1 + few) * direction, **terms)
        assert failed(clear, monkeypatch) == []
        unclear = MadeUp(1.01 * limit * (1 - few) * direction, **terms)
        assert len(failed(unclear, monkeypatch)) > 4
    assert failed(MadeUp(-1e6 * limit, **terms), monkeypatch)  # the negative axis itself


def test_the_rounding_of_the_centring_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    """(32 + 8) u of the value, the largest part of which is along the axis."""
    rounding = PHASE_ERROR + 8 * UNIT
    assert failed(MadeUp(-1 + 1.01 * rounding * 1.0001j), monkeypatch) == []
    assert failed(MadeUp(-1 + 1.01 * rounding * 0.9999j), monkeypatch)


MODELS: dict[str, tuple[dict[int, complex], dict[str, float]]] = {
    "error": ({0: 1.01 * 2j}, {"error": 2.0}),
    "error of the slope": ({0: 1.01 * 2j}, {"slope_error": 2 / 0.5}),
    # 3 i x^2 at t = +-1/2: values 3/4, slopes 3, bends 6 at most: reach 3/2 + 3/4
    "bend": ({0: 1.01 * 2.25j - 0.75j, 2: 3j}, {}),
    # i x^5 at t = -1/2: value -1/32, slope 5/16, bends 20: reach 5/32 + 5/2
    "fifth order": ({0: 1.01 * (2.5 + 5 / 32) * 1j + 1j / 32, 5: 1j}, {}),
}


@pytest.mark.parametrize(("coefficients", "errors"), MODELS.values(), ids=MODELS)
def test_half_an_arc_is_clear_iff_its_model_says_so(
    coefficients: dict[int, complex], errors: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At t = -1/2 the height is 1.01 times what the bound adds up to, or a little off that."""
    monkeypatch.setattr(axis_module, "_NARROWEST", 0.5)  # one round
    for factor, left in ((1 + 1e-7, 0), (1 - 1e-7, 1)):
        rows = np.zeros((1, TAYLOR_ORDER + 1), dtype=complex)
        for order, value in coefficients.items():
            rows[0, order] = value
        rows[0, 0] *= factor
        models = TaylorModels(rows, **{"error": 0.0, "slope_error": 0.0, **errors})
        curve: Any = MadeUp(0.0)
        curve.taylor = lambda *_, models=models: models
        arcs = axis_module._bisected(curve, np.array([3]), Budget())
        assert len(arcs) == left
        if left:
            assert arcs[0].lo == Fraction(5, SIZE)


def test_the_curve_has_coefficients_rounded_once_and_reckoned_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        axis_module, "CirclePolynomial", lambda *parts: given.append(parts) or MadeUp(1j)
    )
    assert axis_arcs(PAIR_LINE, Budget()) == []
    assert given[0][2] == 2 * UNIT


def test_the_coefficients_of_the_curve_are_exact_quotients() -> None:
    pencil = kernel_pencil(Workload.from_classes([(0, 2), (0, 3)]), "common")
    exponents, coefficients = axis_module._coefficients(pencil)
    # C = (2, 4, 3) / 2, U = (2, 2, 1) / 2 in halves, times (1 - z) and (1 - 1/z)
    c = np.polymul([3, 4, 2], [-1, 1])[::-1]
    u = np.polymul([1, 2, 2], [-1, 1])[::-1]
    product = np.convolve(c, u[::-1])
    assert exponents.tolist() == list(range(7))
    assert coefficients == pytest.approx(product / np.max(np.abs(product)), rel=1e-15)


def test_arcs_left_by_bisection_hold_the_crossing_and_are_narrow() -> None:
    # (2, 3): cos theta = -3 / 4 only
    (arc,) = axis_arcs(PAIR_LINE, Budget())
    with ctx.workprec(100):
        theta = (arb(-3) / 4).acos() / arb.pi()
        assert arb(fmpq(arc.lo.numerator, arc.lo.denominator)) < theta
        assert theta < arb(fmpq(arc.hi.numerator, arc.hi.denominator))
    assert arc.hi - arc.lo < 1e-8
