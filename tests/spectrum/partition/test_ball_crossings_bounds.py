"""When an arc is excluded and when it is monotone: the inequalities, at the widths where they turn.

Oracle: a conj b as a trigonometric polynomial with exact integer coefficients, in mpmath.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any

import mpmath
import pytest
from flint import acb, arb, fmpq

from stabkit import Workload
from stabkit.spectrum.circle.arcs import Arc
from stabkit.spectrum.circle.budget import Budget, BudgetSpent
from stabkit.spectrum.partition import ball_crossings as module
from stabkit.spectrum.partition.ball_crossings import BallCrossings, _Free, _Open, _Run, _SlopedZero
from stabkit.spectrum.partition.pencil import kernel_pencil

MIXES = [[(0, 2), (0, 3)], [(3, 4, 1), (5, 7, 2)], [(0, 5, 1), (9, 6, 4), (2, 11, 2)]]


class Oracle:
    """v and y of a pencil, from dense kernels."""

    def __init__(self, crossings: BallCrossings) -> None:
        pencil = crossings.pencil
        self.rows = [
            self._times([1, -2, 1], list(kernel.coefficients))
            for kernel in (pencil.constant, pencil.slope)
        ]
        self.length = pencil.length

    @staticmethod
    def _times(first: list[int], second: list[int]) -> list[int]:
        product = [0] * (len(first) + len(second) - 1)
        for i, a in enumerate(first):
            for j, b in enumerate(second):
                product[i + j] += a * b
        return product

    @cached_property
    def product(self) -> dict[int, int]:
        """Coefficients of e^(i d theta) in a conj b."""
        found: dict[int, int] = {}
        for j, a in enumerate(self.rows[0]):
            for k, b in enumerate(self.rows[1]):
                found[j - k] = found.get(j - k, 0) + a * b
        return found

    def series(self, centre: Fraction, order: int) -> list[Any]:
        """Taylor coefficients at pi `centre`, kept for the next width."""
        key = centre, order, mpmath.mp.prec
        if key not in self._known:
            self._known[key] = self._summed(centre, order)
        return self._known[key]

    @cached_property
    def _known(self) -> dict[Any, list[Any]]:
        return {}

    def _summed(self, centre: Fraction, order: int) -> list[Any]:
        theta = mpmath.pi * centre.numerator / centre.denominator
        return [
            mpmath.fsum(c * (1j * d) ** i * mpmath.expj(d * theta) for d, c in self.product.items())
            / math.factorial(i)
            for i in range(order)
        ]

    @property
    def size(self) -> int:
        above, below = (sum(map(abs, row)) for row in self.rows)
        return above * below

    def outcome(self, centre: Fraction, half: Fraction) -> str:
        with mpmath.workdps(60):
            r = mpmath.pi * half.numerator / half.denominator
            series = self.series(centre, 4)
            e = r**4 / 24 * (self.length + 1) ** 4 * self.size
            v, y = [s.imag for s in series], [s.real for s in series]
            for first, parts in ((abs(v[0]), v), (y[0], y)):
                if first > mpmath.fsum(abs(parts[i]) * r**i for i in range(1, 4)) + e:
                    return "excluded"
            bend = mpmath.fsum(i * abs(v[i]) * r ** (i - 1) for i in (2, 3))
            return "monotone" if abs(v[1]) > bend + 4 * e / r else "open"

    def at_pi(self, width: Fraction) -> bool:
        """Whether v''' has one sign on an arc of this width that ends at pi."""
        with mpmath.workdps(60):
            w = mpmath.pi * width.numerator / width.denominator
            v = [s.imag for s in self.series(Fraction(1), 6)]
            rest = (self.length + 1) ** 6 * self.size * w**3 / 6
            return bool(6 * abs(v[3]) > 24 * abs(v[4]) * w + 60 * abs(v[5]) * w**2 + rest)


def crossings_of(classes: Any) -> BallCrossings:
    return BallCrossings(kernel_pencil(Workload.from_classes(classes), "common"), Budget())


def named(found: Any) -> str:
    return {_Open: "open", _Run: "monotone", _Free: "excluded"}[type(found)]


def turning_points(oracle: Oracle, centre: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """Half-widths on both sides of every change of the outcome, as near as 10^-9."""
    for k in range(1, 24):
        low, high = Fraction(1, 2 ** (k + 1)) / 2, Fraction(1, 2**k) / 2
        below, above = oracle.outcome(centre, low), oracle.outcome(centre, high)
        if below == above:
            continue
        while high - low > low / 10**9:
            middle = (low + high) / 2
            low, high = (middle, high) if oracle.outcome(centre, middle) == below else (low, middle)
        yield low, high


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_outcomes_turn_where_the_inequalities_do(classes: Any) -> None:
    crossings = crossings_of(classes)
    oracle = Oracle(crossings)
    seen = set()
    root = Fraction(math.acos(-3 / 4) / math.pi)  # of the first pencil
    for centre in (*(Fraction(j, 23) for j in range(3, 22, 2)), root):
        for ends in turning_points(oracle, centre):
            for half in ends:
                arc = Arc(centre - half, centre + half)
                expected = oracle.outcome(centre, half)
                seen.add(expected)
                assert named(crossings._examined(arc)) == expected, (centre, float(half))
    assert seen >= {"open", "excluded"}
    assert "monotone" in seen or classes != MIXES[0]


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_ends_of_a_run_have_the_signs_of_v(classes: Any) -> None:
    crossings = crossings_of(classes)
    oracle = Oracle(crossings)
    grid = [Fraction(j, 100) for j in range(1, 100)]
    values = [oracle.series(t, 1)[0].imag for t in grid]
    zeros = [t for t, v, w in zip(grid, values, values[1:], strict=False) if v * w < 0]
    assert zeros
    for low in zeros:
        high = low + Fraction(1, 100)
        rising = oracle.series(high, 1)[0].imag > 0
        while high - low > Fraction(1, 10**6):
            middle = (low + high) / 2
            above = (oracle.series(middle, 1)[0].imag > 0) == rising
            low, high = (low, middle) if above else (middle, high)
        arc = Arc(low - Fraction(1, 10**5), high + Fraction(1, 2 * 10**5))
        run = crossings._examined(arc)
        if isinstance(run, _Free):
            assert oracle.series(low, 1)[0].real > 0  # a zero of v, and no crossing
            continue
        assert isinstance(run, _Run)
        slope = 1 if rising else -1
        assert (run.slope, run.ends) == (slope, (-slope, slope))


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_arcs_that_end_at_pi(classes: Any) -> None:
    crossings = crossings_of(classes)
    oracle = Oracle(crossings)
    low, high = Fraction(1, 2**30), Fraction(1)
    assert oracle.at_pi(low)
    assert not oracle.at_pi(high)
    while high - low > low / 10**9:
        middle = (low + high) / 2
        low, high = (middle, high) if oracle.at_pi(middle) else (low, middle)
    with mpmath.workdps(40):
        series = oracle.series(Fraction(1), 4)
    assert crossings._slope_at_pi == (1 if series[1].imag > 0 else -1)
    bend = 1 if series[3].imag > 0 else -1
    for slope in (bend, 0, -bend):  # v' at pi must not have the other sign
        crossings.__dict__["_slope_at_pi"] = slope
        for width, monotone in ((low, slope != -bend), (high, False)):
            run = crossings._examined_at_pi(Arc(1 - width, Fraction(1)))
            assert isinstance(run, _Run) == monotone
            if isinstance(run, _Run):
                assert (run.slope, run.ends) == (bend, (-bend, 0))


def test_the_sign_at_an_end_is_known_iff_the_remainder_leaves_it() -> None:
    crossings = crossings_of(MIXES[0])
    oracle = Oracle(crossings)
    half = Fraction(1, 200)
    root = Fraction(math.acos(-3 / 4) / math.pi)

    def left_over(centre: Fraction, end: int) -> bool:
        with mpmath.workdps(50):
            r = mpmath.pi * half.numerator / half.denominator
            series = oracle.series(centre, 4)
            value = mpmath.fsum(s.imag * (end * r) ** i for i, s in enumerate(series))
            return bool(abs(value) > r**4 / 24 * (oracle.length + 1) ** 4 * oracle.size)

    for end in (-1, 1):
        # the end at the root itself, and well away from it
        low, high = root - end * half, root - end * half / 2
        assert not left_over(low, end)
        assert left_over(high, end)
        for _ in range(34):
            middle = (low + high) / 2
            low, high = (low, middle) if left_over(middle, end) else (middle, high)
        for centre, known in ((low, False), (high, True)):
            run = crossings._examined(Arc(centre - half, centre + half))
            assert isinstance(run, _Run)
            assert (run.ends[(end + 1) // 2] != 0) == known


def test_undecided_arcs_are_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    crossings = crossings_of(MIXES[0])
    whole = Arc(Fraction(1, 2), Fraction(7, 8))
    found, open_arcs = crossings.on([whole])
    assert (len(found), open_arcs) == (1, [])
    monkeypatch.setattr(module, "_EVALUATIONS", -1000)
    monkeypatch.setattr(module, "_PER_BIT", 0)
    assert crossings.on([whole])[1] == [whole]
    monkeypatch.undo()
    monkeypatch.setattr(module, "_NARROWEST", Fraction(1))
    assert crossings.on([whole])[1] == [whole]


@pytest.mark.parametrize(("off", "evaluations"), [(-1e-6, 1), (1e-6, 2)])
def test_a_value_is_refined_until_it_is_as_narrow_as_asked(
    off: float, evaluations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its radius below 2^-bits (1 + |x|): a and b are stubbed, x = 3."""
    asked: list[int] = []

    def made_up(*_: Any) -> tuple[list[acb], list[acb]]:
        asked.append(1)
        radius = 4 * 2.0**-20 * (1 + off) if len(asked) == 1 else 0.0
        return [acb(arb(-3, radius))], [acb(1)]

    monkeypatch.setattr(BallCrossings, "_derivatives", made_up)
    monkeypatch.setattr(BallCrossings, "_refine", lambda *_: None)
    ball = crossings_of(MIXES[0])._ball(_SlopedZero(Fraction(1, 4), Fraction(3, 4), 1), 20)
    assert (ball.mid(), len(asked)) == (3, evaluations)


@pytest.mark.parametrize("bits", [40, 120, 300])
def test_the_value_at_a_crossing_is_as_narrow_as_asked(bits: int) -> None:
    """(2, 3) with equal shares is marginal at s = 1: x is rational there."""
    crossings = crossings_of(MIXES[0])
    half = Fraction(1, 1000)
    root = Fraction(math.acos(-3 / 4) / math.pi).limit_denominator(10**6)
    slope = 1 if Oracle(crossings).series(root, 2)[1].imag > 0 else -1
    ball = crossings._ball(_SlopedZero(root - half, root + half, slope), bits)
    x = crossings.pencil.origin + Fraction(1)
    assert ball.contains(arb(fmpq(x.numerator, x.denominator)))
    assert ball.rad() * arb(2) ** bits < 1 + abs(ball)


def test_what_the_budget_does_not_reach_is_undecided() -> None:
    """Every evaluation is paid for, of the search and of what refines the crossings found."""
    arcs = [Arc(Fraction(1, 2), Fraction(7, 8)), Arc(Fraction(7, 8), Fraction(1))]
    pencil = crossings_of(MIXES[0]).pencil
    enough = Budget()
    found, open_arcs = BallCrossings(pencil, enough).on(arcs)
    assert not open_arcs
    paid = Budget().left - enough.left
    assert paid > 0
    assert BallCrossings(pencil, Budget(paid)).on(arcs)[1] == []
    short = Budget(paid - 1)
    assert BallCrossings(pencil, short).on(arcs)[1] == arcs[1:]
    assert short.is_spent
    assert BallCrossings(pencil, Budget(0)).on(arcs) == ([], arcs)
    for bits in (301, 300):
        before = enough.left
        assert all(crossing.ball(bits).rad() < arb(2) ** -250 for crossing in found)
        assert enough.left < before
    before = enough.left  # and paid for once
    assert all(crossing.ball(bits) > 0 for bits in (300, 301) for crossing in found)
    assert enough.left == before
    enough.left = 0
    with pytest.raises(BudgetSpent):
        found[0].ball(600)
    assert "ended in ball arithmetic" in enough.reason
