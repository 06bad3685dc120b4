"""Bounds of Re[n / q] on an arc: the formula in ball arithmetic, every error term on its own.

Quotients are imaginary at the centre, so that what the bounds add to Re V0 = 0 is seen undisguised.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, ctx

from stabkit.spectrum.circle.arcs import Arc
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.circle.sparse_polynomial import TAYLOR_ORDER, GridSamples, TaylorModels
from stabkit.spectrum.circle.winding import Pieces
from stabkit.spectrum.synchrony import least_real_part as arc_search
from stabkit.spectrum.synchrony.least_real_part import (
    LOWEST,
    ArcSearch,
    _bounded,
    _Bounds,
    _double,
)

UNIT = 2.0**-53
SIZE = 16
WIDTH = math.pi / SIZE
TIGHT = {"slack": -4 * UNIT, "room": 1e-6}  # the last sums are rounded; 8 u of their size covers it

# q = 2 throughout, n(0) = 6 i: V0 = 3 i
PARTS: dict[str, dict[str, Any]] = {
    "rounding alone": {},
    "error above": {"errors": (0.25, 0.0)},
    "error below": {"errors": (0.0, 0.25)},
    "slope": {"n1": 4.0 + 1j},
    "imaginary slope above": {"n1": 4j},  # rounding alone
    "imaginary slope below": {"q1": 2.0},
    "slope and error below": {"n1": 4.0 + 1j, "errors": (0.0, 0.25)},
    "slope below": {"q1": 1.0 + 2j, "errors": (0.125, 0.25)},
    "curve": {"curve": 0.5},
    "swing": {"n1": 4.0 + 1j, "swing": 0.5},
    "all": {"n1": 4j - 1, "q1": 0.5, "curve": 0.5, "swing": 0.25, "errors": (0.125, 0.0625)},
}


def expected(
    n1: complex = 0,
    q1: complex = 0,
    curve: float = 0,
    swing: float = 0,
    errors: tuple[float, float] = (0.0, 0.0),
    half: float = 0.5,
) -> tuple[arb, arb, arb]:
    """What lies between Re V0 and the lower bound, what between it and the upper one, and noise."""
    above, below, size = (arb(x) for x in (*errors, 2))
    w = arb(half)
    slope = (acb(n1.real, n1.imag) - acb(0, 3) * acb(q1.real, q1.imag)) / 2 if q1 or n1 else acb(0)
    # 64 u: fewer than 8 operations of relative error 8 u
    sizes = 6 + 6 + w * (abs(acb(complex(n1))) + 3 * abs(acb(complex(q1))) + 2 * abs(slope))
    noise = above + (3 + w * abs(slope)) * below + 64 * arb(UNIT) * sizes
    residual = w**2 * arb(curve) + abs(slope) * w * arb(swing)
    rounding = 8 * arb(UNIT) * (3 + w * abs(slope))
    reach = w * abs(slope.real) + (residual + noise) / (size - arb(swing) - below) + rounding
    return reach, noise / (size - below) + rounding, noise / (size - below)


@pytest.mark.parametrize("half", [0.5, 2.0**-20])
@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_the_bounds_of_the_introduction(
    parts: dict[str, Any], half: float, is_just_above: Callable[..., bool]
) -> None:
    given = {"n1": 0, "q1": 0, "curve": 0.0, "swing": 0.0, "errors": (0.0, 0.0), **parts}
    n, q = ([np.array([complex(x)])] for x in (6j, 2))
    n.append(np.array([complex(given["n1"])]))
    q.append(np.array([complex(given["q1"])]))
    curve, swing = (np.array([given[name]]) for name in ("curve", "swing"))
    found = _bounded(n, q, half, curve, swing, given["errors"])
    with ctx.workprec(200):
        reach, upper, noise = expected(**parts, half=half)
        assert is_just_above(-found.lower[0], reach, **TIGHT)
        assert is_just_above(found.upper[0], upper, **TIGHT)
        # the noise is used to tell what halving can win, and rounded to nearest
        assert is_just_above(found.noise[0], noise, -1e-9)


def test_numbers_worked_by_hand() -> None:
    """V0 = 3 i, slope (4 + i) / 2 of modulus sqrt(17) / 2, w = 1/2, |q| = 2, errors 1/4 and 1/8.

    The numerator's error is 1/4 + (3 + sqrt(17) / 4) / 8, over |q| >= 2 - 1/8.
    """
    n, q = [np.array([6j]), np.array([4 + 1j])], [np.array([2 + 0j]), np.array([0j])]
    found = _bounded(n, q, 0.5, np.zeros(1), np.zeros(1), (0.25, 0.125))
    noise = (0.25 + (3 + math.sqrt(17) / 4) / 8) / 1.875
    assert found.noise[0] == pytest.approx(noise, rel=1e-12)
    assert found.lower[0] == pytest.approx(-(1 + noise), rel=1e-8)
    assert found.upper[0] == pytest.approx(noise, rel=1e-8)


def test_where_the_denominator_may_vanish_there_is_no_bound() -> None:
    n, q = [np.full(4, 6j), np.zeros(4, complex)], [np.full(4, 2 + 0j), np.zeros(4, complex)]
    swing = np.array([2.0, 1.0, 0.0, 0.0])
    errors = (0.0, np.array([0.0, 1.0, 2.0, 1.99]))
    found = _bounded(n, q, 0.5, np.zeros(4), swing, errors)
    assert [bool(np.isfinite(x)) for x in found.lower] == [False, False, False, True]
    assert np.all(found.lower[:3] == -math.inf)
    assert [bool(np.isfinite(x)) for x in found.upper] == [True, True, False, True]
    assert found.noise[2] == math.inf


def bounded(swing: float, q_error: float) -> _Bounds:
    n, q = [np.array([6j]), np.array([0j])], [np.array([2 + 0j]), np.array([0j])]
    return _bounded(n, q, 0.5, np.zeros(1), np.array([swing]), (0.25, q_error))


@pytest.mark.parametrize(("part", "told"), [(0.75, False), (1.25, True)])
def test_the_denominator_is_reckoned_a_little_smaller(part: float, told: bool) -> None:
    """By 10^-14 for the rounding of |q|, and by 10^-9 of the swing."""
    assert bool(np.isfinite(bounded(0.0, 2 * (1 - part * 1e-14)).upper[0])) == told
    assert bool(np.isfinite(bounded(0.0, 2 * (1 - part * 1e-14)).lower[0])) == told
    assert bool(np.isfinite(bounded(2 * (1 - part * 1e-9), 0.0).lower[0])) == told


def test_bounds_have_room_for_their_own_rounding(is_just_above: Callable[..., bool]) -> None:
    """1 + 1e-9 for the error, and once more for the residual."""
    found = bounded(0.0, 0.0)
    for bound in (-found.lower[0], found.upper[0]):
        assert is_just_above(bound, Fraction(1, 8), 0.99e-9, 0.02e-9)
    n, q = [np.array([6j]), np.array([0j])], [np.array([2 + 0j]), np.array([0j])]
    curved = _bounded(n, q, 0.5, np.ones(1), np.zeros(1), (0.0, 0.0))
    assert is_just_above(-curved.lower[0], Fraction(1, 8), 1.99e-9, 0.02e-9)


def test_what_is_not_finite_is_no_bound() -> None:
    n, q = [np.array([1e308 + 0j]), np.array([1e308j])], [np.array([1e-308 + 0j]), np.array([0j])]
    with np.errstate(all="ignore"):
        found = _bounded(n, q, 1.0, np.zeros(1), np.zeros(1), (0.0, 0.0))
    assert (found.lower[0], found.upper[0]) == (-math.inf, math.inf)


# --- what the bounds are given ---------------------------------------------------------------


def search_of(above: Any, below: Any) -> ArcSearch:
    search = ArcSearch({0: 1, 1: 1}, {0: 2, 1: 1}, Fraction(0), Fraction(1), Budget())
    search.numerator, search.denominator = above, below
    return search


def samples(
    value: complex,
    first: complex = 0,
    second: complex = 0,
    errors: tuple[float, float, float] = (0.0, 0.0, 0.0),
    third: float = 0.0,
) -> Any:
    rows = (np.full(SIZE // 2 + 1, x, dtype=complex) for x in (value, first, second))
    grid = GridSamples(*rows, errors, third)
    return SimpleNamespace(size=SIZE, half_width=WIDTH, grid=lambda: grid, grid_work=3)


# V0 = 3 i; `first` holds h' / i and `second` -h''
ON_GRID: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "value above": ({"errors": (0.5, 0, 0)}, {}, {"errors": (0.5, 0.0)}),
    "slope above": ({"errors": (0, 0.5, 0)}, {}, {"errors": (0.5 * WIDTH, 0.0)}),
    "bend above": ({"errors": (0, 0, 0.5)}, {}, {"errors": (0.25 * WIDTH**2, 0.0)}),
    "value below": ({}, {"errors": (0.5, 0, 0)}, {"errors": (0.0, 0.5)}),
    "slope below": ({}, {"errors": (0, 0.5, 0)}, {"errors": (0.0, 0.5 * WIDTH)}),
    "bend below": ({}, {"errors": (0, 0, 0.5)}, {"errors": (0.0, 0.25 * WIDTH**2)}),
    "third above": ({"third": 2.0}, {}, {"curve": WIDTH / 6 * 2}),
    "third below": (
        {},
        {"third": 2.0},
        {"curve": WIDTH / 6 * 3 * 2, "swing": WIDTH**2 * WIDTH / 6 * 2},
    ),
    "second above": ({"second": 2.0}, {}, {"curve": 1.0}),
    "second below": ({}, {"second": 0.5}, {"curve": 0.75, "swing": WIDTH**2 / 4}),
    # n'' - V0 q'' = -(6 - 3 i (-2 i)) = 0: rounding is all that is left
    "second cancels": ({"second": 6.0}, {"second": -2j}, {"swing": WIDTH**2}),
    "first above": ({"first": 4.0}, {}, {"n1": 4j}),
    "first below": ({}, {"first": 1.0}, {"q1": 1j, "swing": WIDTH}),
}


@pytest.mark.parametrize(("above", "below", "terms"), ON_GRID.values(), ids=ON_GRID)
def test_bounds_on_the_grid(
    above: dict[str, Any],
    below: dict[str, Any],
    terms: dict[str, Any],
    is_just_above: Callable[..., bool],
) -> None:
    search = search_of(samples(6j, **above), samples(2 + 0j, **below))
    found = search._on_grid(np.array([1, 5]))
    with ctx.workprec(200):
        bend = 8 * UNIT * (abs(above.get("second", 0)) + 3 * abs(below.get("second", 0)))
        curve = terms.get("curve", 0.0) + bend
        reach, upper, _ = expected(**{**terms, "curve": curve}, half=WIDTH)
        assert is_just_above(-found.lower, [reach, reach], **TIGHT)
        assert is_just_above(found.upper, [upper, upper], **TIGHT)


def models(coefficients: dict[int, complex], error: float = 0.0, slope_error: float = 0.0) -> Any:
    def taylor(indices: np.ndarray, by_transform: bool) -> TaylorModels:
        rows = np.zeros((len(indices), TAYLOR_ORDER + 1), dtype=complex)
        for order, value in coefficients.items():
            rows[:, order] = value
        return TaylorModels(rows, error, slope_error)

    return SimpleNamespace(size=SIZE, taylor=taylor, taylor_work=lambda *_: 3, exponents=range(4))


# at t = 0; curve: sum i (i - 1) / 2 |a_i - V0 b_i|
ON_MODELS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "error above": (models({0: 6j}, 0.5), models({0: 2}), {"errors": (0.5, 0.0)}),
    "slope error above": (models({0: 6j}, 0, 0.5), models({0: 2}), {"errors": (0.25, 0.0)}),
    "error below": (models({0: 6j}), models({0: 2}, 0.5), {"errors": (0.0, 0.5)}),
    "slope error below": (models({0: 6j}), models({0: 2}, 0, 0.5), {"errors": (0.0, 0.25)}),
    "second above": (models({0: 6j, 2: 1}), models({0: 2}), {"curve": 1.0}),
    "fifth above": (models({0: 6j, 5: 1}), models({0: 2}), {"curve": 10.0}),
    "second below": (models({0: 6j}), models({0: 2, 2: 0.5}), {"curve": 1.5, "swing": 0.125}),
    "fourth below": (models({0: 6j}), models({0: 2, 4: 0.25}), {"curve": 4.5, "swing": 0.375}),
    "both cancel": (models({0: 6j, 2: 3j}), models({0: 2, 2: 1}), {"swing": 0.25}),
    "first below": (models({0: 6j}), models({0: 2, 1: 1}), {"q1": 1.0, "swing": 0.5}),
    "first above": (models({0: 6j, 1: 5}), models({0: 2}), {"n1": 5.0}),
}


@pytest.mark.parametrize(("above", "below", "terms"), ON_MODELS.values(), ids=ON_MODELS)
def test_bounds_from_models(
    above: Any, below: Any, terms: dict[str, Any], is_just_above: Callable[..., bool]
) -> None:
    search = search_of(above, below)
    search.high = -1e300  # nothing can be better: the first bounds are the last
    search._bisect(Pieces(np.array([3]), np.zeros(1), np.full(1, 0.5)))
    ((lower, arcs),) = search.finished
    assert arcs.halves.tolist() == [0.5]
    with ctx.workprec(200):
        order = np.arange(TAYLOR_ORDER + 1)
        upper, under = (part.taylor([0], False).coefficients[0] for part in (above, below))
        sizes = np.abs(upper) + 3 * np.abs(under)
        bend = 8 * UNIT * float(sizes @ (order * (order - 1) / 2))
        reach, _, _ = expected(**{**terms, "curve": terms.get("curve", 0.0) + bend})
        assert is_just_above(-lower, [reach], **TIGHT)


def test_bends_of_models_have_room_for_their_rounding(is_just_above: Callable[..., bool]) -> None:
    """1 + 1e-9 for the curve, besides that for the residual and that for the quotient."""
    search = search_of(models({0: 6j, 5: 1e9}), models({0: 2}))
    search.high = -1e300
    search._bisect(Pieces(np.array([3]), np.zeros(1), np.full(1, 0.5)))
    ((lower, _),) = search.finished
    assert is_just_above(-lower, [Fraction(10**10, 8)], 2.99e-9, 0.02e-9)


# --- which arcs are done ---------------------------------------------------------------------


def left_after(lower: float, upper: float, noise: float, half: float, high: float) -> bool:
    search = search_of(samples(1), samples(1))
    search.high, search.tolerated = high, 1.0
    found = _Bounds(*(np.array([x]) for x in (lower, upper, noise)))
    left = search._left_open(found, Pieces(np.array([3]), np.zeros(1), np.array([half])))
    assert search.high == min(high, upper)
    assert len(left.samples) + len(search.finished[0][0]) == 1
    return bool(len(left.samples))


TOLERANCE = 1e-10 * (1 + 1)  # of |high| = 1 and the size 1


@pytest.mark.parametrize(("part", "left"), [(0.99, False), (1.01, True)])
def test_bounds_within_the_tolerance_are_done(part: float, left: bool) -> None:
    assert left_after(1 - part * TOLERANCE, 1.0, 0.0, 1.0, 1.0) == left
    assert left_after(-1 - part * TOLERANCE, 3.0, 0.0, 1.0, -1.0) == left


@pytest.mark.parametrize(("part", "left"), [(0.99, True), (1.01, False)])
def test_what_rounding_alone_makes_wide_is_not_halved(part: float, left: bool) -> None:
    """Halving helps if the noise is below a quarter of the bounds' distance."""
    assert left_after(0.5, 1.0, part / 8, 1.0, 1.0) == left
    assert left_after(1 - 2 * TOLERANCE, 1.0, part * TOLERANCE / 2, 1.0, 1.0) == left


@pytest.mark.parametrize(("half", "left"), [(2.0**-39, True), (2.0**-40, False)])
def test_narrow_arcs_are_not_halved(half: float, left: bool) -> None:
    assert left_after(0.5, 1.0, 0.0, half, 1.0) == left


def test_without_a_finite_noise_an_arc_is_put_aside() -> None:
    assert not left_after(-math.inf, math.inf, math.inf, 1.0, 1.0)


def test_too_many_arcs_are_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    search = search_of(samples(1), samples(1))
    arcs = Pieces(np.arange(4), np.zeros(4), np.ones(4))
    found = _Bounds(np.zeros(4), np.ones(4), np.zeros(4))
    monkeypatch.setattr(arc_search, "_MOST_SUBARCS", 4)
    assert len(search._left_open(found, arcs).samples) == 4
    monkeypatch.setattr(arc_search, "_MOST_SUBARCS", 3)
    assert len(search._left_open(found, arcs).samples) == 0
    assert len(search.finished[-1][0]) == 4


# --- the quantity ----------------------------------------------------------------------------


def test_quotients_are_scaled_and_shifted() -> None:
    search = ArcSearch({0: 6, 1: -12}, {0: 4, 1: 3}, Fraction(1, 3), Fraction(7), Budget())
    assert search.scale == 3
    assert search.numerator.coefficients.tolist() == [0.5, -1.0]
    assert search.denominator.coefficients.tolist() == [1.0, 0.75]
    for part in (search.numerator, search.denominator):
        # rounded once, as quotients of integers are; twice that is reckoned with
        assert part.coefficient_error == 2 * UNIT
    assert search.tolerated == math.nextafter(7 / 3, math.inf)
    assert search.least(Fraction(5)) == 5  # nothing was found as yet
    search.high = 0.25
    assert search.least(Fraction(5)) == Fraction(1, 3) + Fraction(3, 4)
    assert search.least(Fraction(1)) == 1
    search.search_near(Fraction(0), Fraction(1, 3) - 3000)
    assert search.high == math.nextafter(-1000.0, math.inf)


def test_open_arcs_are_exact_and_have_their_bounds() -> None:
    search = search_of(samples(1), samples(1))
    search.shift, search.scale, search.high, search.tolerated = (
        Fraction(1, 2),
        Fraction(3),
        0.0,
        1.0,
    )
    arcs = Pieces(np.array([2, 3, 4, 5]), np.array([0.0, 0.5, -0.25, 0.0]), np.full(4, 0.25))
    search.finished = [(np.array([-1.0, LOWEST, 0.0, -0.9e-10]), arcs)]
    first, second, third = search.open_arcs()
    assert first == (Fraction(-5, 2), Arc(Fraction(15, 4 * SIZE), Fraction(17, 4 * SIZE)))
    assert second == (Fraction(LOWEST), Arc(Fraction(25, 4 * SIZE), Fraction(27, 4 * SIZE)))
    assert third[1] == Arc(Fraction(39, 4 * SIZE), Fraction(41, 4 * SIZE))
    assert search.open_count() == 2  # the third is within the tolerance
    search.finished = [(np.array([-math.inf]), Pieces(*(part[:1] for part in arcs)))]
    assert search.open_arcs()[0][0] == Fraction(LOWEST)
    search.scale = Fraction(1, 2)  # no bound stays none
    search.finished = [(np.array([LOWEST]), Pieces(*(part[:1] for part in arcs)))]
    assert search.open_arcs()[0][0] == Fraction(LOWEST)


def test_doubles_are_rounded_upwards() -> None:
    for value in (Fraction(1, 3), Fraction(-1, 3), Fraction(10**30, 7), Fraction(0)):
        assert value < Fraction(_double(value)) < value + abs(value) / 2**51 + Fraction(1, 2**1000)
    assert _double(Fraction(2) ** 900 + 1) == math.inf
    assert _double(-(Fraction(2) ** 900) - 1) == LOWEST
    assert _double(Fraction(2) ** 900) < math.inf


def test_the_near_part_reaches_its_end_and_the_far_part_begins_at_its_start() -> None:
    quotient = {0: 5, 1: 1, 3: 1}
    far = ArcSearch({0: -1, 1: -2, 3: -1}, quotient, Fraction(0), Fraction(1), Budget())
    whole = Pieces.whole(np.arange(2, far.size // 2 + 1))
    assert whole.samples.tolist() == list(range(2, far.size // 2 + 1))
    seen: list[Any] = []
    far._bisect = seen.append  # type: ignore[method-assign,assignment]
    for end in (Fraction(3, far.size), Fraction(4, far.size), Fraction(5, far.size)):
        far.search_near(end, Fraction(1))
    # sample j stands for 2 j - 1 ... 2 j + 1 over N
    assert [arcs.samples[-1] for arcs in seen] == [2, 2, 3]
    assert all(arcs.samples[0] == 0 for arcs in seen)
