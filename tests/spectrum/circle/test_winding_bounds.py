"""The test that certifies an arc, by injection: one error term, and values on both sides of 1.01
times what it adds up to. Samples and models are made up, so that every term is the only one once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stabkit.spectrum.circle.arcs import Arc, PathStart, joined
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.circle.sparse_polynomial import (
    TAYLOR_ORDER,
    CirclePolynomial,
    GridSamples,
    TaylorModels,
)
from stabkit.spectrum.circle.winding import PhasePath, evaluate, follow_phase

SIZE = 16
WIDTH = math.pi / SIZE
SAMPLES = SIZE // 2 + 1
NEAR = 1e-9


@dataclass
class MadeUp:
    """A polynomial that says of itself what it is told to."""

    value: float = 1.0
    first: float = 0.0
    second: float = 0.0
    errors: tuple[float, float, float] = (0.0, 0.0, 0.0)
    third_bound: float = 0.0
    coefficients: dict[int, complex] = field(default_factory=dict)
    error: float = math.inf
    slope_error: float = 0.0
    size: int = SIZE
    degree: int = 3
    asked: list[Any] = field(default_factory=list)
    blocks: tuple[int, ...] = (SAMPLES,)

    @property
    def half_width(self) -> float:
        return WIDTH

    @property
    def exponents(self) -> range:
        return range(self.degree + 1)

    @property
    def grid_work(self) -> int:
        return 5

    def taylor_work(self, count: int, by_transform: bool = False) -> int:
        return 7 if by_transform else count * len(self.exponents)

    def grid_blocks(self) -> Iterator[GridSamples]:
        for count in self.blocks:
            values, first, second = (
                np.full(count, x, dtype=complex) for x in (self.value, self.first, self.second)
            )
            yield GridSamples(values, first, second, self.errors, self.third_bound)

    def phases(self, indices: np.ndarray) -> np.ndarray:
        return np.ones(len(indices), dtype=complex)

    def taylor(self, indices: np.ndarray, by_transform: bool = False) -> TaylorModels:
        self.asked.append((indices.tolist(), by_transform))
        rows = np.zeros((len(indices), TAYLOR_ORDER + 1), dtype=complex)
        for order, value in self.coefficients.items():
            rows[:, order] = value
        return TaylorModels(rows, self.error, self.slope_error)


def followed(polynomial: Any, start: int = 0, budget: Budget | None = None) -> PhasePath:
    return follow_phase(polynomial, PathStart(start, 0.0), budget or Budget())


# --- on the grid -----------------------------------------------------------------------------

GRID = {
    "slope": ({"first": 3.0}, 3 * WIDTH),
    "bend": ({"second": 3.0}, 3 * WIDTH**2 / 2),
    "third": ({"third_bound": 3.0}, 3 * WIDTH**3 / 6),
    "error of the value": ({"errors": (3.0, 0.0, 0.0)}, 3.0),
    "error of the slope": ({"errors": (0.0, 3.0, 0.0)}, 3 * WIDTH),
    "error of the bend": ({"errors": (0.0, 0.0, 3.0)}, 3 * WIDTH**2 / 2),
    "all": (
        {"first": 1.0, "second": 2.0, "third_bound": 4.0, "errors": (0.1, 0.2, 0.3)},
        0.1 + 1.2 * WIDTH + 2.3 * WIDTH**2 / 2 + 4 * WIDTH**3 / 6,
    ),
}


@pytest.mark.parametrize(("terms", "limit"), GRID.values(), ids=GRID)
def test_a_sample_stands_for_its_arc_iff_it_exceeds_the_bound(
    terms: dict[str, Any], limit: float
) -> None:
    above = MadeUp(1.01 * limit * (1 + NEAR), **terms)
    path = followed(above)
    assert path.samples.tolist() == [0, SAMPLES - 1]  # the two ends of a run
    assert not path.offsets.any()
    assert not path.undecided
    assert not above.asked
    below = MadeUp(1.01 * limit * (1 - NEAR), **terms)
    path = followed(below)
    assert not len(path.samples)
    assert path.undecided == [Arc(Fraction(0), Fraction(1))]


def test_only_samples_from_the_start_on_are_looked_at() -> None:
    path = followed(MadeUp(), start=3)
    assert path.samples.tolist() == [3, SAMPLES - 1]
    path = followed(MadeUp(0.0), start=3)
    assert path.undecided == [Arc(Fraction(6, SIZE), Fraction(1))]


@pytest.mark.parametrize("blocks", [(SAMPLES,), (1, 5, 3), (1,) * SAMPLES])
def test_runs_of_samples_tell_what_all_of_them_do(blocks: tuple[int, ...]) -> None:
    """Values of arguments 0, 2, 4, ... with gaps: a run is its ends and what it turns by."""
    values = np.exp(2j * np.arange(SAMPLES))
    gaps = [2, 3, 6]

    class Turning(MadeUp):
        def grid_blocks(self) -> Iterator[GridSamples]:
            for part in np.split(np.arange(SAMPLES), np.cumsum(self.blocks)[:-1]):
                inside = np.where(np.isin(part, gaps), 0.0, values[part])
                nothing = np.zeros(len(part), dtype=complex)
                yield GridSamples(inside, nothing, nothing, (0.0, 0.0, 0.0), 0.0)

    path = followed(Turning(blocks=blocks))
    assert not {2, 3, 6} & set(path.samples.tolist())
    path.undecided = []
    filled = np.array(gaps)
    path.add(filled, np.zeros(3), values[filled])
    turned = 2 * (SAMPLES - 1) + math.pi * 3 / 2  # of h, and of its centring by degree / 2
    assert path.half_turns() == round(turned / math.pi)
    if blocks == (SAMPLES,):
        assert sorted(path.samples.tolist()) == [0, 1, 2, 3, 4, 5, 6, 7, 8]
        known = {s: a for s, a in zip(path.samples, path.ahead, strict=True) if not np.isnan(a)}
        assert known == pytest.approx({0: 2.0, 4: 2.0, 7: 2.0})


@pytest.mark.parametrize(("constant", "zeros"), [(1.0, 0), (0.1, 5)])
def test_a_run_turns_by_what_the_centred_polynomial_does(constant: float, zeros: int) -> None:
    """1 + z^5 / 10 and 1 / 10 + z^5: h turns by -+ 5 pi / 2 over the half circle, in one run."""
    coefficients = np.array([constant, 1.1 - constant])
    path = followed(CirclePolynomial(np.array([0, 5]), coefficients, 0.0))
    size = path.polynomial.size
    assert path.samples.tolist() == [0, size // 2]
    assert path.ahead[0] == pytest.approx((zeros - 2.5) * math.pi)
    assert path.half_turns() == zeros


# --- with Taylor models ----------------------------------------------------------------------

MODELS = {
    "error": ({0: 1.01 * 2.0}, {"error": 2.0}),
    "error of the slope": ({0: 1.01 * 2.0}, {"slope_error": 2 / 0.5}),
    # |v + 2 i t| at t = +-1/2, of slope 2: reach 1
    "slope": ({0: math.sqrt(1.01**2 - 1), 1: 2j}, {}),
    # 3 x^2 there: values 3/4, slopes 3, bends 6 at most: reach 3/2 + 3/4
    "bend": ({0: 1.01 * 2.25 - 0.75, 2: 3.0}, {}),
    # 2 x^5: value -1/16 at t = -1/2, slope 5/8, bends 40 at most: reach 5/16 + 5
    "fifth order": ({0: 1.01 * (5 + 5 / 16) + 1 / 16, 5: 2.0}, {}),
}


@pytest.mark.parametrize(("coefficients", "errors"), MODELS.values(), ids=MODELS)
def test_half_an_arc_passes_iff_its_model_exceeds_the_bound(
    coefficients: dict[int, complex], errors: dict[str, float]
) -> None:
    """At t = -1/2 the value is 1.01 times what the bound adds up to; a little is added or taken."""
    halves = {(s, t) for s in range(SAMPLES) for t in (-0.5, 0.5)}
    halves -= {(0, -0.5), (SAMPLES - 1, 0.5)}
    for sign in (1, -1):
        moved = {**coefficients, 0: coefficients[0] * (1 + sign * 1e-7)}
        path = followed(MadeUp(0.0, coefficients=moved, **{"error": 0.0, **errors}))
        found = set(zip(path.samples.tolist(), path.offsets.tolist(), strict=True))
        if sign > 0:
            assert found == halves
            assert not path.undecided
        else:
            assert not {(s, -0.5) for s in range(1, SAMPLES)} & found


def test_arcs_are_halved_until_they_pass() -> None:
    # at t = w, next to the centre: |1 + 100 i w| > 101 w iff w^2 < 1 / 201, so that w = 1 / 16
    path = followed(MadeUp(0.0, coefficients={0: 1.0, 1: 100j}, error=0.0))
    assert not path.undecided
    nearest = np.abs(path.offsets[path.samples == 4]).min()
    assert nearest == 2.0**-4
    assert np.all(np.abs(path.values - (1 + 100j * path.offsets)) < 1e-12)


@pytest.mark.parametrize(("part", "half_width"), [(1.01, 6 / 16), (0.99, 10 / 32)])
def test_an_arc_is_given_up_once_rounding_is_four_times_the_reach(
    part: float, half_width: float
) -> None:
    """The model is t, the reach w, the error about 1/4: given up at w = 1/16, or next at 1/32.

    What is left are the pieces with |t| <= 1.01 (error + w): up to t = 5/16, or 9/32.
    """
    path = followed(MadeUp(0.0, coefficients={1: 1.0}, error=part / 4))
    inner = [arc for arc in path.undecided if arc.lo > 0 and arc.hi < 1]
    assert {float(arc.hi - arc.lo) * SIZE / 2 for arc in inner} == {half_width}
    assert len(inner) == SAMPLES - 2


def test_a_zero_on_the_circle_is_narrowed_down() -> None:
    polynomial = CirclePolynomial(np.array([0, 1, 2]), np.array([1.0, 0.0, 1.0]), 0.0)  # at +-i
    (arc,) = follow_phase(polynomial, PathStart(0, -0.1), Budget()).undecided
    assert arc.lo < Fraction(1, 2) < arc.hi
    assert arc.hi - arc.lo < 1e-13


def test_many_terms_are_transformed_and_few_summed() -> None:
    few = MadeUp(0.0, coefficients={0: 1.0}, error=0.0, degree=13)  # 9 times 14 < 8 times 16
    followed(few)
    assert few.asked == [(list(range(SAMPLES)), False)]
    many = MadeUp(0.0, coefficients={0: 1.0}, error=0.0, degree=14)
    followed(many)
    assert many.asked == [(list(range(SAMPLES)), True)]


def test_arcs_next_to_a_zero_are_halved_to_a_width() -> None:
    """Of the model t, without any error, pieces with |t| <= 1.01 w are left: t = w and -w."""
    path = followed(MadeUp(0.0, coefficients={1: 1.0}, error=0.0))
    inner = [arc for arc in path.undecided if arc.lo > 0 and arc.hi < 1]
    assert {(arc.hi - arc.lo) * SIZE / 2 for arc in inner} == {Fraction(2) ** -44}


WHOLE = [Arc(Fraction(0), Fraction(1))]
# samples; models of nine samples with four terms; sixteen halves of their arcs, two units each
STAGES = (5, 36, 32)


@pytest.mark.parametrize("paid", range(len(STAGES)))
def test_what_the_budget_does_not_reach_is_left_undecided(paid: int) -> None:
    short = Budget(sum(STAGES[: paid + 1]) - 1)
    path = followed(MadeUp(0.0, coefficients={0: 1.0}, error=0.0), budget=short)
    assert path.undecided == WHOLE
    assert path.half_turns() is None
    assert "ended in double precision" in short.reason


def test_a_budget_that_just_reaches_changes_nothing() -> None:
    enough = Budget(sum(STAGES))
    assert not followed(MadeUp(0.0, coefficients={0: 1.0}, error=0.0), budget=enough).undecided
    assert (enough.left, enough.reason) == (0, "")


def test_transforms_have_a_price_of_their_own() -> None:
    many = MadeUp(0.0, coefficients={0: 1.0}, error=0.0, degree=14)
    assert followed(many, budget=Budget(5 + 7 - 1)).undecided == WHOLE
    assert not followed(many, budget=Budget(5 + 7 + 32)).undecided


def test_too_many_arcs_are_left_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = MadeUp(0.0, coefficients={0: 1.0, 1: 100j}, error=0.0)
    monkeypatch.setattr("stabkit.spectrum.circle.winding._MOST_AT_ONCE", 16)
    assert not followed(made_up).undecided  # 16 halves in the first round, and never more
    monkeypatch.setattr("stabkit.spectrum.circle.winding._MOST_AT_ONCE", 15)
    assert followed(made_up).undecided == [Arc(Fraction(0), Fraction(1))]


def test_values_and_slopes_of_models() -> None:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((5, TAYLOR_ORDER + 1)) + 1j * rng.standard_normal(
        (5, TAYLOR_ORDER + 1)
    )
    offsets = rng.uniform(-1, 1, 5)
    values, slopes = evaluate(rows, offsets)
    for row, t, value, slope in zip(rows, offsets, values, slopes, strict=True):
        polynomial = np.polynomial.Polynomial(row)
        assert value == pytest.approx(polynomial(t), rel=1e-12)
        assert slope == pytest.approx(polynomial.deriv()(t), rel=1e-12)


# --- the count -------------------------------------------------------------------------------


def path_of(arguments: list[float], start: float, degree: int = 2) -> PhasePath:
    polynomial: Any = MadeUp(degree=degree)
    values = np.exp(1j * np.array(arguments)) * np.arange(1, len(arguments) + 1)
    count = np.arange(len(arguments))
    return PhasePath(polynomial, PathStart(0, start), count, np.zeros(len(arguments)), values)


def test_half_turns_are_added_up_from_the_start() -> None:
    # the argument of h goes from .2 to 2 pi, that of P by pi degree / 2 more: three half turns
    assert path_of([0.1, 1.2, 2.4, 3.6, 4.9, 6.2], 0.2).half_turns() == 3
    assert path_of([0.1, 1.2, 2.4, 3.6, 4.9, 6.2], 0.2 + 2 * math.pi).half_turns() == 5
    assert path_of([0.1, 1.2, 2.4, 3.6, 4.9, 6.2], 0.2, degree=4).half_turns() == 4
    assert path_of([-0.1, -1.2, -2.4], -0.2, degree=6).half_turns() == 2


def test_pieces_may_be_added_in_any_order() -> None:
    path = path_of([0.1, 1.2, 2.4], 0.0)
    path.add(np.array([3, 2, 2]), np.array([0.0, 0.5, 0.25]), np.exp(1j * np.array([6, 4, 3.2])))
    path.samples, path.offsets, path.values = (
        part[::-1] for part in (path.samples, path.offsets, path.values)
    )
    assert path.half_turns() == 3


@pytest.mark.parametrize(("off", "half_turns"), [(1.1e-6, 1), (0.9e-6, None), (-0.9e-6, None)])
def test_a_start_on_the_other_side_says_nothing(off: float, half_turns: int | None) -> None:
    path = path_of([0.0], math.pi - off, degree=2)
    assert path.half_turns() == half_turns


def test_an_open_arc_leaves_the_count_undecided() -> None:
    arc = Arc(Fraction(1, 4), Fraction(3, 8))  # in units of pi; about sample 2.5 of 16
    path = path_of([0.1, 1.2, 2.4], 0.0)
    path.samples = np.array([0, 1, 4])
    path.undecided = [arc]
    assert path.half_turns() is None
    path.fill(arc, [1j * np.exp(1.0j), np.exp(2.0j)])
    assert not path.undecided
    assert path.samples.tolist()[3:] == [2, 2]
    assert path.offsets.tolist()[3:] == [1.0, 1.0]
    assert path.half_turns() == 2


def test_arcs_that_touch_are_joined() -> None:
    a, b, c, d, e = (Fraction(n, 16) for n in (1, 2, 3, 5, 8))
    arcs = [Arc(d, e), Arc(b, c), Arc(a, b)]
    assert joined(arcs) == [Arc(a, c), Arc(d, e)]
    assert joined([Arc(a, d), Arc(b, c), Arc(c, e)]) == [Arc(a, e)]
    assert joined([]) == []
