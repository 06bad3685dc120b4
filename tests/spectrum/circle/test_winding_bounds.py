"""The test that certifies an arc, by injection: one term, and values on both sides of the limit.

Models are made up, so that every term is the only one once.
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
    TaylorModels,
)
from stabkit.spectrum.circle.winding import (
    PhasePath,
    Pieces,
    _arcs,
    _ends,
    _Search,
    directions,
    evaluate,
    follow_phase,
)

SIZE = 16
SAMPLES = SIZE // 2 + 1
NEAR = 1e-8  # bounds of a model's second derivative have room of 1e-9
KAPPA = 2.0**-40
HUGE = 1e200


@dataclass
class MadeUp:
    """A polynomial that says of itself what it is told to."""

    at_samples: dict[int, complex] = field(default_factory=dict)
    coefficients: dict[int, complex] = field(default_factory=dict)
    error: float = 0.0
    slope_error: float = 0.0
    sample_error: float = HUGE
    size: int = SIZE
    degree: int = 3
    asked: list[Any] = field(default_factory=list)
    parts: tuple[tuple[int, ...], ...] = (tuple(range(SAMPLES)),)

    @property
    def exponents(self) -> range:
        return range(self.degree + 1)

    @property
    def models_work(self) -> int:
        return 5

    def taylor_work(self, count: int, by_transform: bool = False) -> int:
        return 7 if by_transform else count * len(self.exponents)

    def models(self) -> Iterator[tuple[np.ndarray, TaylorModels]]:
        for part in self.parts:
            rows = np.zeros((len(part), 4), dtype=complex)
            for order, value in self.at_samples.items():
                rows[:, order] = value
            yield np.array(part), TaylorModels(rows, self.sample_error, self.slope_error)

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


# --- at the samples --------------------------------------------------------------------------

# What a model v + a_1 t + a_2 t^2 + a_3 t^3 has besides v > 0, and the least v with which it passes
WHOLE_ARCS: dict[str, tuple[dict[int, complex], float, float, float]] = {
    "error": ({}, 3.0, 0.0, 1.01 * 3),
    "error of the slope": ({}, 0.0, 3.0, 1.01 * 3),
    "slope towards 0": ({1: 3.0}, 0.0, 0.0, 3 + 1.01 * 6 * KAPPA),
    "slope past 0": ({1: 3j}, 0.0, 0.0, 1.01 * 3 * KAPPA),
    "bend": ({2: 3j}, 0.0, 0.0, 1.01 * 3),  # half the second derivative
    "third order": ({3: -3.0}, 0.0, 0.0, 1.01 * 9),
    "all": ({1: -1 + 7j, 2: 0.5, 3: 0.25}, 0.1, 0.2, math.nan),
}


@pytest.mark.parametrize(
    ("terms", "error", "slope_error", "limit"), WHOLE_ARCS.values(), ids=WHOLE_ARCS
)
def test_a_sample_stands_for_its_arc_iff_it_exceeds_the_bound(
    terms: dict[int, complex], error: float, slope_error: float, limit: float
) -> None:
    if math.isnan(limit):
        # the line v + (-1 + 7 i) t passes 0 at a distance of 7 v / |-1 + 7 i|
        rho = 0.5 + 0.75 + 0.1 + 0.2
        limit = 1.01 * rho * math.hypot(1, 7) / 7
    made_up = {"slope_error": slope_error, "sample_error": error}
    above = MadeUp({0: limit * (1 + NEAR), **terms}, **made_up)
    path = followed(above)
    assert path.samples.tolist() == [0, SAMPLES - 1]  # the two ends of a run
    assert not path.offsets.any()
    assert not path.undecided
    assert not above.asked
    rows = np.zeros((1, 4), dtype=complex)
    for order, value in {0: limit * (1 - NEAR), **terms}.items():
        rows[0, order] = value
    assert not directions(TaylorModels(rows, error, slope_error))[0].any()


def test_what_passes_stays_in_a_half_plane() -> None:
    """Random models, a third of which pass; and those that pass through 0 never do."""
    rng = np.random.default_rng(5)
    sizes = np.array([0.7, 1.0, 0.15, 0.05])
    rows = rng.standard_normal((4000, 4)) + 1j * rng.standard_normal((4000, 4))
    rows *= sizes
    t = np.linspace(-1, 1, 101)
    passes, f = directions(TaylorModels(rows, 0.0, 0.0))
    assert 400 < np.sum(passes) < 3600
    values = rows @ t ** np.arange(4)[:, None]
    assert np.all((np.conj(f)[:, None] * values).real[passes] > 0)
    zeros = rng.uniform(-1, 1, len(rows))
    rows[:, 0] -= np.sum(rows * zeros[:, None] ** np.arange(4), axis=1)
    assert not np.any(directions(TaylorModels(rows, 0.0, 0.0))[0])


def test_only_samples_from_the_start_on_are_looked_at() -> None:
    path = followed(MadeUp({0: 1.0}, sample_error=0.0), start=3)
    assert path.samples.tolist() == [3, SAMPLES - 1]
    path = followed(MadeUp(error=HUGE), start=3)
    assert path.undecided == [Arc(Fraction(6, SIZE), Fraction(1))]


PARTS = [
    (tuple(range(SAMPLES)),),
    ((0,), (1, 2, 3, 4, 5), (6, 7, 8)),
    tuple((j,) for j in range(SAMPLES)),
    ((0, 1, 4, 5), (8,), (2, 3, 6, 7)),  # every fourth, and those that they are the conjugates of
]


@pytest.mark.parametrize("parts", PARTS)
def test_runs_of_samples_tell_what_all_of_them_do(parts: tuple[tuple[int, ...], ...]) -> None:
    """Values of arguments 0, 2, 4, ... with gaps: a run is its ends and what it turns by."""
    values = np.exp(2j * np.arange(SAMPLES))
    gaps = [2, 3, 6]

    class Turning(MadeUp):
        def models(self) -> Iterator[tuple[np.ndarray, TaylorModels]]:
            for part in map(np.array, self.parts):
                rows = np.zeros((len(part), 4), dtype=complex)
                rows[:, 0] = np.where(np.isin(part, gaps), 0.0, values[part])
                yield part, TaylorModels(rows, 0.1, 0.0)

    path = followed(Turning(parts=parts, error=HUGE))
    assert not {2, 3, 6} & set(path.samples.tolist())
    path.undecided = []
    filled = np.array(gaps)
    path.add(filled, np.zeros(3), values[filled])
    turned = 2 * (SAMPLES - 1) + math.pi * 3 / 2  # of h, and of its centring by degree / 2
    assert path.half_turns() == round(turned / math.pi)
    if len(parts) == 1:
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
    # v + 2 t comes as near to 0 as v - 2 at the end t = -1
    "slope": ({0: 2.0, 1: 2.0}, {}),
    # 3 t^2: value 3/4 and slope -3 at t = -1/2, bends 6 at most: rho 3/4
    "bend": ({0: 1.01 * 0.75 + 1.5 - 0.75, 2: 3.0}, {}),
    # 2 t^5: value -1/16 and slope 5/8, bends 40 at most: rho 5
    "fifth order": ({0: 1.01 * 5 + 5 / 16 + 1 / 16, 5: 2.0}, {}),
}


@pytest.mark.parametrize(("coefficients", "errors"), MODELS.values(), ids=MODELS)
def test_half_an_arc_passes_iff_its_model_exceeds_the_bound(
    coefficients: dict[int, complex], errors: dict[str, float]
) -> None:
    """At t = -1/2 the least real part is 1.01 times rho; a little is added or taken."""
    halves = {(s, t) for s in range(SAMPLES) for t in (-0.5, 0.5)}
    halves -= {(0, -0.5), (SAMPLES - 1, 0.5)}
    for sign in (1, -1):
        moved = {**coefficients, 0: coefficients[0] * (1 + sign * 1e-7)}
        path = followed(MadeUp(coefficients=moved, **errors))
        found = set(zip(path.samples.tolist(), path.offsets.tolist(), strict=True))
        if sign > 0:
            assert found == halves
            assert not path.undecided
        else:
            assert not {(s, -0.5) for s in range(1, SAMPLES)} & found


def test_arcs_are_halved_until_they_pass() -> None:
    # of t^2 + a the piece next to the centre, t = w, is at least a - w^2, and rho is w^2
    path = followed(MadeUp(coefficients={0: 1e-3, 2: 1.0}))
    assert not path.undecided
    nearest = np.abs(path.offsets[path.samples == 4]).min()
    assert nearest == 2.0**-6  # the first power with 2.01 w^2 < a


@pytest.mark.parametrize(("part", "half_width"), [(1.01, 4 / 16), (0.99, 6 / 32)])
def test_an_arc_is_given_up_once_its_error_is_four_times_what_halving_helps(
    part: float, half_width: float
) -> None:
    """Models t^2 at the samples, given up at w = 1/16, or next at 1/32.

    Pieces at t = k w, k odd, are at least (k^2 - 2 k) w^2, rho is w^2 and the error 4 or 16 w^2:
    k = 3 is left, or 5.
    """
    polynomial = MadeUp({2: 1.0}, sample_error=part * 4 / 16**2, error=HUGE)
    polynomial.taylor = lambda *_: pytest.fail("not asked")  # type: ignore[method-assign]
    search = _Search(polynomial, PathStart(0, 0.0), Budget())  # type: ignore[arg-type]
    left = [search.sample(*models) for models in polynomial.models()]
    reached = left[0].offsets + left[0].halves
    assert float(reached.max()) == half_width


@pytest.mark.parametrize(("part", "half_width"), [(1.01, 6 / 16), (0.99, 8 / 32)])
def test_the_last_models_are_followed_until_nothing_moves(part: float, half_width: float) -> None:
    """The model is t, which moves by w; its error about 1/4: given up at w = 1/16, or at 1/32.

    What is left are the pieces with |t| - w <= 1.01 error, a little more than 1/4, or less.
    """
    path = followed(MadeUp(coefficients={1: 1.0}, error=part / 4))
    inner = [arc for arc in path.undecided if arc.lo > 0 and arc.hi < 1]
    assert {float(arc.hi - arc.lo) * SIZE / 2 for arc in inner} == {half_width}
    assert len(inner) == SAMPLES - 2


def test_a_zero_on_the_circle_is_narrowed_down() -> None:
    polynomial = CirclePolynomial(np.array([0, 1, 2]), np.array([1.0, 0.0, 1.0]), 0.0)  # at +-i
    (arc,) = follow_phase(polynomial, PathStart(0, -0.1), Budget()).undecided
    assert arc.lo < Fraction(1, 2) < arc.hi
    assert arc.hi - arc.lo < 1e-13


def test_many_terms_are_transformed_and_few_summed() -> None:
    few = MadeUp(coefficients={0: 1.0}, degree=13)  # 9 times 14 < 8 times 16
    followed(few)
    assert few.asked == [(list(range(SAMPLES)), False)]
    many = MadeUp(coefficients={0: 1.0}, degree=14)
    followed(many)
    assert many.asked == [(list(range(SAMPLES)), True)]


def test_arcs_next_to_a_zero_are_halved_to_a_width() -> None:
    """Of the model t, without any error, pieces that touch 0 are left: t = w and -w."""
    path = followed(MadeUp(coefficients={1: 1.0}))
    inner = [arc for arc in path.undecided if arc.lo > 0 and arc.hi < 1]
    assert {(arc.hi - arc.lo) * SIZE / 2 for arc in inner} == {Fraction(2) ** -44}


WHOLE = [Arc(Fraction(0), Fraction(1))]
# samples; sixteen halves, two units each; models of nine samples with four terms; halves again
STAGES = (5, 32, 36, 32)


@pytest.mark.parametrize("paid", range(len(STAGES)))
def test_what_the_budget_does_not_reach_is_left_undecided(paid: int) -> None:
    short = Budget(sum(STAGES[: paid + 1]) - 1)
    path = followed(MadeUp(coefficients={0: 1.0}), budget=short)
    assert path.undecided == WHOLE
    assert path.half_turns() is None
    assert "ended in double precision" in short.reason


def test_a_budget_that_just_reaches_changes_nothing() -> None:
    enough = Budget(sum(STAGES))
    assert not followed(MadeUp(coefficients={0: 1.0}), budget=enough).undecided
    assert (enough.left, enough.reason) == (0, "")


def test_transforms_have_a_price_of_their_own() -> None:
    many = MadeUp(coefficients={0: 1.0}, degree=14)
    assert followed(many, budget=Budget(5 + 32 + 7 - 1)).undecided == WHOLE
    assert not followed(many, budget=Budget(5 + 32 + 7 + 32)).undecided


def test_too_many_arcs_are_left_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = MadeUp(coefficients={0: 1e-3, 2: 1.0})
    monkeypatch.setattr("stabkit.spectrum.circle.winding._MOST_AT_ONCE", 16)
    assert not followed(made_up).undecided  # 16 halves in the first round, and never more
    monkeypatch.setattr("stabkit.spectrum.circle.winding._MOST_AT_ONCE", 15)
    assert followed(made_up).undecided == [Arc(Fraction(0), Fraction(1))]


def test_what_is_left_in_too_many_arcs_is_one_arc(monkeypatch: pytest.MonkeyPatch) -> None:
    made_up = MadeUp(coefficients={1: 1.0})
    path = followed(made_up)
    assert len(path.samples) > SAMPLES == len(path.undecided)  # next to each sample one
    monkeypatch.setattr("stabkit.spectrum.circle.winding._MOST_LEFT", SAMPLES)
    assert followed(made_up).undecided == path.undecided
    monkeypatch.setattr("stabkit.spectrum.circle.winding._MOST_LEFT", SAMPLES - 1)
    path = followed(made_up)
    assert path.undecided == WHOLE
    assert not len(path.samples)


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


@pytest.mark.parametrize("degree", range(1, 9))
@pytest.mark.parametrize("half_turns", [-2, -1, 0, 1, 2, 5])
@pytest.mark.parametrize("beside", [-1, 1])
def test_the_last_value_gives_the_parity_and_the_sum_the_rest(
    degree: int, half_turns: int, beside: int
) -> None:
    """h(pi) is e^(-i c pi) times a number of argument n pi, next to a quarter turn from f; the sum
    is off by as much again."""
    end = (half_turns - degree / 2) * math.pi + beside * (math.pi / 2 - 1e-10)
    path = path_of([end - 1, end], end - 1, degree)
    for off in (0, -beside * 1.5, beside * 1.5):
        path.ahead = np.array([1 + off, math.nan])
        assert path.half_turns() == half_turns


def test_more_changes_than_rounding_allows_are_not_added() -> None:
    path = path_of([0.1, 1.2, 2.4], 0.0)
    path.polynomial.size = 2 * (6 * 10**7 - 3)  # type: ignore[misc]
    assert path.half_turns() == 2
    path.polynomial.size += 2  # type: ignore[misc]
    assert path.half_turns() is None


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


def test_open_pieces_that_touch_are_joined_exactly() -> None:
    rng = np.random.default_rng(8)
    size = 2**26
    for share in (0.0, 0.3, 0.7, 1.0):
        pieces = [
            (sample, k * half, half)
            for sample in range(1000, 1100)
            for half in [2.0 ** -int(rng.integers(0, 45))]
            for k in sorted({0.0} if half == 1 else {1 / half - 1, -1.0, 1.0, 1 - 1 / half})
            if rng.random() < share
        ]
        rng.shuffle(pieces)
        samples, offsets, halves = np.array(pieces).reshape(-1, 3).T
        exact = [
            Arc(*((2 * int(j) + Fraction(t) + side * Fraction(w)) / size for side in (-1, 1)))
            for j, t, w in pieces
        ]
        found = _arcs(size, *_ends(Pieces(samples.astype(np.int64), offsets, halves)))
        assert found == joined(exact)


def test_arcs_that_touch_are_joined() -> None:
    a, b, c, d, e = (Fraction(n, 16) for n in (1, 2, 3, 5, 8))
    arcs = [Arc(d, e), Arc(b, c), Arc(a, b)]
    assert joined(arcs) == [Arc(a, c), Arc(d, e)]
    assert joined([Arc(a, d), Arc(b, c), Arc(c, e)]) == [Arc(a, e)]
    assert joined([]) == []
