"""The test of an arc in ball arithmetic, at the width at which it turns.

Oracle: the module's inequality, evaluated apart in mpmath; bisection on the arc's width finds where
it turns, and the code must turn there too, within one part in 10^9.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import ctx

from stabkit.spectrum.circle import ball_arcs
from stabkit.spectrum.circle.arcs import Arc, PathStart
from stabkit.spectrum.circle.ball_arcs import (
    _directions,
    _past_zero,
    resolve_arcs,
    scaled_derivatives,
)
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.circle.sparse_polynomial import CirclePolynomial
from stabkit.spectrum.circle.winding import PhasePath, follow_phase

CASES = [
    # remainder alone: h = cos theta, h'' = -h; at theta = 0 the slope vanishes
    ({0: 1, 2: 1}, 2, Fraction(0)),
    ({0: 1, 2: 1}, 4, Fraction(1, 8)),
    ({0: 5, 3: -2, 7: 9}, 1, Fraction(1, 2)),
    ({0: 5, 3: -2, 7: 9}, 3, Fraction(3, 16)),
    ({0: 7, 1: -30, 8: 11, 9: 3}, 6, Fraction(5, 8)),
    ({0: 7, 1: -30, 8: 11, 9: 3}, 12, Fraction(1)),
]


def certified(terms: dict[int, int], order: int, centre: Fraction, half: Fraction) -> bool:
    """|h| > 1.01 (sum_(0 < i < R) w^i / i! |h^(i)| + w^R / R! sum |b_m| |m - c|^R)."""
    with mpmath.workdps(60):
        c, w = mpmath.mpf(max(terms)) / 2, mpmath.pi * half.numerator / half.denominator
        theta = mpmath.pi * centre.numerator / centre.denominator
        derivatives = [
            abs(
                mpmath.fsum(
                    b * (m - c) ** i * mpmath.expj((m - c) * theta) for m, b in terms.items()
                )
            )
            for i in range(order)
        ]
        reach = mpmath.fsum(w**i / math.factorial(i) * derivatives[i] for i in range(1, order))
        size = mpmath.fsum(abs(b) * abs(m - c) ** order for m, b in terms.items())
        reach += w**order / math.factorial(order) * size
        return bool(derivatives[0] > mpmath.mpf(1.01) * reach)


@pytest.mark.parametrize(("terms", "order", "centre"), CASES)
def test_an_arc_is_certified_up_to_the_width_of_the_inequality(
    terms: dict[int, int], order: int, centre: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    low, high = Fraction(0), Fraction(1)
    assert certified(terms, order, centre, Fraction(1, 2**30))
    assert not certified(terms, order, centre, high)
    while high - low > low / 10**9:
        middle = (low + high) / 2
        low, high = (middle, high) if certified(terms, order, centre, middle) else (low, middle)
    for half, passes in ((low * (1 - Fraction(1, 10**9)), True), (high, False)):
        path = follow_stub(centre - half, centre + half)
        monkeypatch.setattr(ball_arcs, "_ORDER", order)
        monkeypatch.setattr(ball_arcs, "_EVALUATIONS", 0 if passes else 1000)
        monkeypatch.setattr(ball_arcs, "_past_zero", lambda *_: None)  # the inequality alone
        resolve_arcs(path, terms, 40, Budget())
        assert not path.undecided
        assert (len(path.values) == 1) == passes


def follow_stub(lo: Fraction, hi: Fraction) -> PhasePath:
    """A path that has nothing but one open arc."""
    polynomial = CirclePolynomial(np.array([0, 1]), np.ones(2), 0.0)
    nothing: Any = np.zeros(0)
    return PhasePath(
        polynomial, PathStart(0, 0.0), nothing.astype(int), nothing, nothing, [Arc(lo, hi)]
    )


def test_the_direction_is_that_of_h() -> None:
    terms = {0: 5, 3: -2, 7: 9}
    theta = math.pi * 3 / 16
    h = sum(b * complex(mpmath.expj((m - 3.5) * theta)) for m, b in terms.items())
    width = Fraction(1, 2**20)
    remainder = sum(abs(b) * abs(2 * m - 7) ** 6 for m, b in terms.items())
    lo, hi = Fraction(3, 16) - width, Fraction(3, 16) + width
    (direction,) = _directions(terms, 6, remainder, Arc(lo, hi), 40, Budget()) or ()
    assert direction == pytest.approx(h / abs(h), rel=1e-12)


def test_values_of_an_arc_are_ascending() -> None:
    # P = 1 + z^2 - 3 z^5: winds about 0 five times, and every arc is open at first
    terms = {0: 1, 2: 1, 5: -3}
    path = follow_stub(Fraction(0), Fraction(1))
    path.polynomial = CirclePolynomial(*_arrays(terms), 0.0)
    path.start = PathStart(0, math.pi)
    resolve_arcs(path, terms, 40, Budget())
    assert len(path.values) > 5
    assert path.half_turns() == 5 + 1  # from pi on, one half turn ahead


def _arrays(terms: dict[int, int]) -> Any:
    return np.array(list(terms)), np.array(list(terms.values()), dtype=float)


# z = -1 is a zero of 1 + z, at distance 2^-b that of 2^b + 1 + 2^b z
@pytest.mark.parametrize(("bits", "decided"), [(16, False), (24, True)])
def test_the_resolution_asked_for_is_what_is_reached(
    bits: int, decided: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ball_arcs, "_past_zero", lambda *_: None)  # by halving alone
    terms = {0: 2**20 + 1, 1: 2**20}
    path = follow_stub(Fraction(15, 16), Fraction(17, 16))
    resolve_arcs(path, terms, bits, Budget())
    assert (not path.undecided) == decided


def test_a_zero_on_the_circle_is_left_open_at_any_resolution() -> None:
    for bits in (8, 64, 128):
        path = follow_stub(Fraction(1, 4), Fraction(3, 4))
        resolve_arcs(path, {0: 1, 2: 1}, bits, Budget(), orders=2)
        assert path.undecided == [Arc(Fraction(1, 4), Fraction(3, 4))]
        assert path.half_turns() is None


def test_clusters_need_the_higher_orders() -> None:
    # 7 zeros at distance 2^-40 from z = -1: (1 + q z)^7, q = 1 + 2^-40
    terms = {m: math.comb(7, m) * (2**40 + 1) ** m * 2 ** (40 * (7 - m)) for m in range(8)}
    path = follow_stub(Fraction(5, 8), Fraction(11, 8))
    resolve_arcs(path, terms, 60, Budget(), orders=1)
    assert path.undecided
    resolve_arcs(path, terms, 60, Budget(), orders=2)
    assert not path.undecided


def test_what_doubles_leave_open_is_filled_in() -> None:
    terms = {0: 2**60 + 1, 1: 0, 2: 2**60}  # two zeros near +-i, just outside
    polynomial = CirclePolynomial(*_arrays({m: b / 2**60 for m, b in terms.items()}), 1e-15)
    path = follow_phase(polynomial, PathStart(0, 0.0), Budget())
    assert path.undecided
    assert path.half_turns() is None
    resolve_arcs(path, terms, 128, Budget())
    assert path.half_turns() == 0


# --- past a single zero ------------------------------------------------------------------------

# (z + 1 + 2^-40) (2 z^3 - z + 9): next to theta = pi a zero with x = 0, y = 2^-40 or nearly so
NEAR = 2**40
SINGLE = {0: 9 * (NEAR + 1), 1: 9 * NEAR - NEAR - 1, 2: -NEAR, 3: 2 * (NEAR + 1), 4: 2 * NEAR}


def derivative(order: int, theta: Any) -> Any:
    """h^(order), in mpmath."""
    c = mpmath.mpf(max(SINGLE)) / 2
    return mpmath.fsum(
        b * (1j * (m - c)) ** order * mpmath.expj((m - c) * theta) for m, b in SINGLE.items()
    )


def is_single(order: int, width: Fraction) -> bool:
    """5 w S / (2 |h'(theta)|) < 1 / 8, |h'(theta)| > |h'(pi)| - 4 w S, S a bound of |h''|."""
    with mpmath.workdps(60):
        c, w = mpmath.mpf(max(SINGLE)) / 2, mpmath.pi * width.numerator / width.denominator
        bend = mpmath.fsum(
            (4 * w) ** (i - 2) / math.factorial(i - 2) * abs(derivative(i, mpmath.pi))
            for i in range(2, order)
        )
        size = mpmath.fsum(abs(b) * abs(m - c) ** order for m, b in SINGLE.items())
        bend += (4 * w) ** (order - 2) / math.factorial(order - 2) * size
        return bool(40 * w * bend < 2 * (abs(derivative(1, mpmath.pi)) - 4 * w * bend))


def past_zero(order: int, arc: Arc) -> list[complex] | None:
    remainder = sum(abs(b) * abs(2 * m - max(SINGLE)) ** order for m, b in SINGLE.items())
    with ctx.workprec(300):
        sums = scaled_derivatives(SINGLE, order, (arc.lo + arc.hi) / 2)
        return _past_zero(SINGLE, sums, remainder, arc, 100, Budget())


@pytest.mark.parametrize("order", [2, 3, 4, 6])
def test_a_zero_is_passed_up_to_the_width_of_the_inequality(order: int) -> None:
    low, high = Fraction(1, 2**20), Fraction(1)
    while high - low > low / 10**9:
        middle = Fraction(round((low + high) * 2**60), 2**61)
        low, high = (middle, high) if is_single(order, middle) else (low, middle)
    passed = past_zero(order, Arc(1 - low, 1 + low))
    assert passed is not None
    assert len(passed) == 2
    assert past_zero(order, Arc(1 - high, 1 + high)) is None


@pytest.mark.parametrize(("part", "steps"), [(Fraction(999, 8000), 1), (Fraction(1001, 8000), 2)])
def test_newtons_method_ends_an_eighth_beside_the_zero(
    part: Fraction, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The zero is at distance log(1 + 2^-40) from the circle: at x = `part` times that."""
    away = Fraction(float(part * Fraction(1, NEAR)) / math.pi)
    asked: list[Any] = []

    def counted(terms: Any, order: int, theta: Fraction) -> Any:
        asked.append(theta)
        return scaled_derivatives(terms, order, theta)

    width = Fraction(1, 2**12)
    arc = Arc(1 + away - width, 1 + away + width)
    remainder = sum(abs(b) * abs(2 * m - max(SINGLE)) ** 6 for m, b in SINGLE.items())
    with ctx.workprec(300):
        sums = scaled_derivatives(SINGLE, 6, 1 + away)
        monkeypatch.setattr(ball_arcs, "scaled_derivatives", counted)
        directions = _past_zero(SINGLE, sums, remainder, arc, 100, Budget())
    assert directions is not None
    assert len(directions) == 2
    assert len(asked) == steps


@pytest.mark.parametrize(("widths", "found"), [(Fraction(19, 10), True), (Fraction(21, 10), False)])
def test_newtons_method_stays_within_two_widths(widths: Fraction, found: bool) -> None:
    """Beyond, the bound of h'' does not hold: the arc is halved."""
    width = Fraction(1, 2**12)
    off = Fraction(round(widths * 2**10), 2**22)
    directions = past_zero(6, Arc(1 + off - width / 2, 1 + off + width / 2))
    assert (directions is not None) == found
    if directions is not None:
        (direction,) = directions  # all of the arc is after the zero
        with mpmath.workdps(60):
            h = derivative(0, mpmath.pi * (1 + mpmath.mpf(off.numerator) / off.denominator))
            turned = abs(mpmath.arg(h / direction))
        assert turned < math.pi / 4 + 0.21
