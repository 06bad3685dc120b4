"""R7's margin next to w = 1, in balls, and where the search gives up.

Oracle: the dense polynomials of R7 in docs/model.md, summed directly in mpmath.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import acb, arb, fmpq

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.arcs import Arc
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.synchrony import condition as module
from stabkit.spectrum.synchrony.condition import Margin, _BallSearch, _on_arc, condition_margin
from stabkit.spectrum.synchrony.least_real_part import ArcSearch
from stabkit.spectrum.synchrony.quotient import RenewalQuotient

MIXES = [
    [(0, 1), (0, 2)],
    [(5, 3, 1), (7, 5, 2)],
    [(100, 4, 1), (300, 6, 1), (5, 10, 2)],
    [(6, 8, 1), (3460, 4, 632)],
]


def quotient_of(classes: Any) -> RenewalQuotient:
    return RenewalQuotient(MemoryKernel.of(Workload.from_classes(classes)))


def dense(classes: Any) -> tuple[list[Fraction], list[Fraction], Fraction, int]:
    """Coefficients of E - a D + g w D' and of D, the mean input a, and g."""
    mix = Workload.from_classes(classes)
    g = mix.gcd
    a = sum((c.share * c.input_length for c in mix.classes), Fraction(0))
    stages = range(mix.longest_decode // g)
    alive = [[c for c in mix.classes if c.decode_length // g > m] for m in stages]
    below = [sum((c.share for c in part), Fraction(0)) for part in alive]
    held = [sum((c.share * c.input_length for c in part), Fraction(0)) for part in alive]
    above = [e - a * d + g * m * d for m, (e, d) in enumerate(zip(held, below, strict=True))]
    return above, below, a, g


def real(x: Fraction) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator


def quantity(classes: Any, theta: Any) -> Any:
    above, below, a, g = dense(classes)
    n, d = (
        mpmath.fsum(real(c) * mpmath.expj(m * theta) for m, c in enumerate(part))
        for part in (above, below)
    )
    return real(a) + (n / d).real + mpmath.mpf(g + 1) / 2


# --- the whole -------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [MIXES[3], [(0, 60, 1), (900, 30, 50)], *MIXES[:3]], ids=str)
def test_the_margin_is_below_the_quantity_everywhere(classes: Any) -> None:
    margin = condition_margin(MemoryKernel.of(Workload.from_classes(classes)))
    assert margin is not None
    assert margin.low is not None
    with mpmath.workdps(40):
        values = [quantity(classes, mpmath.pi * j / 199) for j in range(200)]
        assert real(margin.low) <= min(values)
        # within the error of 200 samples of a function that is smooth on that scale
        spread = max(values) - min(values)
        assert real(margin.high) >= min(values) - spread / 50


@pytest.mark.parametrize("classes", [[(0, 1), (0, 2)], [(3, 2, 5), (3, 3, 1)]], ids=str)
def test_a_minimum_at_minus_one_is_exact(classes: Any) -> None:
    above, below, a, g = dense(classes)
    n, d = (sum(c * (-1) ** m for m, c in enumerate(part)) for part in (above, below))
    exact = a + n / d + Fraction(g + 1, 2)
    assert condition_margin(MemoryKernel.of(Workload.from_classes(classes))) == Margin(exact, exact)


def quick_quantity(classes: Any, theta: np.ndarray) -> np.ndarray:
    above, below, a, g = dense(classes)
    powers = np.exp(1j * np.outer(theta, np.arange(len(below))))
    n, d = (powers @ np.array([float(c) for c in part]) for part in (above, below))
    values: np.ndarray = float(a) + (n / d).real + (g + 1) / 2
    return values


def test_near_arcs_have_true_bounds(random_mixes: Iterator[Workload]) -> None:
    """The dense polynomials next to w = 1, where the global minimum rarely is."""
    checked = 0
    for mix in itertools.islice((m for m in random_mixes if m.longest_decode > m.gcd), 30):
        quotient = RenewalQuotient(MemoryKernel.of(mix))
        above, below = (dict(enumerate(terms)) for terms in quotient.dense_terms)
        shift = Fraction(quotient.gcd + 1, 2)
        search = ArcSearch(above, below, shift, 1 + quotient.mean_input, Budget())
        search.search_near(Fraction(1), Fraction(10**9))
        classes = [(c.input_length, c.decode_length, c.share) for c in mix.classes]
        arcs = search.open_arcs()[:50]
        values = quick_quantity(
            classes, np.array([math.pi * float(arc.lo + arc.hi) / 2 for _, arc in arcs])
        ) - float(quotient.mean_input)
        bounds = np.array([float(bound) for bound, _ in arcs])
        assert np.all(bounds <= values + 1e-9 * (1 + np.abs(values)))
        assert np.all(bounds >= values - 1e-6 * (1 + np.abs(values)))
        checked += len(arcs)
        least = float(search.least(Fraction(10**9)) + quotient.mean_input)
        sampled = float(np.min(quick_quantity(classes, np.linspace(0, math.pi, 4001))))
        assert least <= sampled + 1e-8 * (1 + abs(sampled))
    assert checked > 40


# --- in balls --------------------------------------------------------------------------------


def taylor(coefficients: list[Fraction], theta: Any) -> list[Any]:
    """Of sum b_m e^(i (m - c) theta), c in the middle: 8 coefficients."""
    c = mpmath.mpf(len(coefficients) - 1) / 2
    return [
        mpmath.fsum(
            real(b) * (1j * (m - c)) ** i * mpmath.expj((m - c) * theta)
            for m, b in enumerate(coefficients)
        )
        / math.factorial(i)
        for i in range(8)
    ]


def bound_on(classes: Any, arc: Arc) -> tuple[Any, Any]:
    """The bound of `arc_search` with Taylor's formula of order 8, and the value at the centre."""
    above, below, a, g = dense(classes)
    w = mpmath.pi * real(arc.hi - arc.lo) / 2
    theta = mpmath.pi * real(arc.hi + arc.lo) / 2
    n, q = taylor(above, theta), taylor(below, theta)
    c = mpmath.mpf(len(below) - 1) / 2
    # moduli of the coefficients, E, a D and g w D' each on its own
    sizes = [real(b) for b in below]
    held = [real(x + a * b - g * m * b) for m, (x, b) in enumerate(zip(above, below, strict=True))]
    top = mpmath.fsum(held) + mpmath.fsum((real(a) + g * m) * b for m, b in enumerate(sizes))
    tail = (c * w) ** 8 / math.factorial(8)
    value = n[0] / q[0]
    slope = (n[1] - value * q[1]) / q[0]
    residual = tail * top + (abs(value) + abs(slope) * w) * tail * mpmath.fsum(sizes)
    for i in range(9):
        at = [part[i] if i < 8 else 0 for part in (n, q)]
        before = q[i - 1] if i else 0
        residual += abs(at[0] - value * at[1] - slope * before) * w**i
    least = abs(q[0]) - tail * mpmath.fsum(sizes)
    least -= mpmath.fsum(abs(q[i]) * w**i for i in range(1, 8))
    shift = mpmath.mpf(g + 1) / 2
    lower = value.real - w * abs(slope.real) - residual / least + shift
    return (lower if least > 0 else None), value.real + shift


@pytest.mark.parametrize("classes", MIXES, ids=str)
@pytest.mark.parametrize(
    "arc", [Arc(Fraction(3, 8), Fraction(7, 16)), Arc(Fraction(4, 5), Fraction(1))], ids=str
)
def test_ball_bounds_are_those_of_the_formula(classes: Any, arc: Arc) -> None:
    search = _BallSearch(quotient_of(classes), Fraction(10**9), [], Budget())
    seen = False
    for depth in range(8):
        part = Arc(arc.lo, arc.lo + (arc.hi - arc.lo) / 2**depth)
        lower, upper = search._bounds(part)
        with mpmath.workdps(60):
            expected, value = bound_on(classes, part)
            assert 0 <= real(upper) - value < mpmath.mpf(10) ** -25 * (1 + abs(value))
            if expected is None:
                assert lower < -(10**200)
                continue
            seen = True
            allowed = mpmath.mpf(10) ** -20 * (1 + abs(value - expected))
            assert -allowed < expected - real(lower) < allowed
    assert seen


def test_the_sums_of_moduli_are_those_of_the_dense_polynomials() -> None:
    for classes in MIXES:
        quotient = quotient_of(classes)
        search = _BallSearch(quotient, Fraction(0), [], Budget())
        above, below, a, g = dense(classes)
        held = [x + a * b - g * m * b for m, (x, b) in enumerate(zip(above, below, strict=True))]
        grown = sum((g * m * b for m, b in enumerate(below)), Fraction(0))
        assert search.below == sum(below)
        assert search.above == sum(held) + a * sum(below) + grown
        assert search.centre == Fraction(len(below) - 1, 2)


def test_the_remainder_on_an_arc_is_taylors(is_just_above: Callable[..., bool]) -> None:
    """sup |f^(k) / k!| of what a polynomial of degree R - 1 leaves out: w^(R-k) D / ((R-k)! k!)."""
    half, derivative = arb(1) / 4, fmpq(3)
    for order in (3, 5, 8):
        balls = _on_arc([acb(0)] * order, half, derivative)
        for k, ball in enumerate(balls):
            formula = 3 * half ** (order - k) / (math.factorial(order - k) * math.factorial(k))
            for part in (ball.real, ball.imag):
                assert part.mid() == 0
                assert is_just_above(part.rad(), formula)


def test_balls_on_an_arc_hold_the_polynomial_and_no_more() -> None:
    coefficients = [1, -2, 3, 1, -4]
    half = arb(1) / 8
    balls = _on_arc([acb(c) for c in coefficients], half, fmpq(0))
    polynomial = np.polynomial.Polynomial(coefficients)
    for k, ball in enumerate(balls):
        centre = polynomial.deriv(k)(0) / math.factorial(k) if k else 1
        reach = sum(math.comb(i, k) * abs(coefficients[i]) / 8 ** (i - k) for i in range(k + 1, 5))
        assert float(ball.real.mid()) == pytest.approx(centre)
        assert float(ball.real.rad()) == pytest.approx(reach, rel=1e-6)
        assert ball.imag == 0


def test_convexity_is_asked_of_the_hull_with_its_remainders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def recorded(taylor: Any, half: Any, derivative: Any) -> Any:
        asked.append((float(half), Fraction(int(derivative.p), int(derivative.q))))
        return _on_arc(taylor, half, derivative)

    monkeypatch.setattr(module, "_on_arc", recorded)
    search = _BallSearch(quotient_of(MIXES[2]), Fraction(0), [], Budget())
    search._is_convex(Arc(Fraction(1, 2), Fraction(5, 8)))
    assert [half for half, _ in asked] == [pytest.approx(math.pi / 16, rel=1e-12)] * 2
    assert [size for _, size in asked] == [2**8 * search.above, 2**8 * search.below]


def test_convexity_is_proved_where_it_holds_only() -> None:
    classes = MIXES[1]
    search = _BallSearch(quotient_of(classes), Fraction(0), [], Budget())
    with mpmath.workdps(30):
        proved = 0
        for j in range(5, 60):
            centre, half = Fraction(j, 64), Fraction(1, 2000)
            convex = search._is_convex(Arc(centre - half, centre + half))
            bend = mpmath.diff(lambda t: quantity(classes, t), mpmath.pi * real(centre), 2)
            proved += convex
            assert not convex or bend > 0
            assert convex or bend < 20  # small hulls: the sign of the curvature decides
        assert 3 < proved < 50


def test_sharpening_is_the_tangent_s_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """q(t) - |q'(t)| |hull| at the middle of the hull, if Newton's method makes no step."""
    classes = MIXES[1]
    monkeypatch.setattr(module, "_SMALLEST_STEP", 1)
    monkeypatch.setattr(_BallSearch, "_is_convex", lambda *_: True)
    arc = Arc(Fraction(9, 16), Fraction(5, 8))
    for pieces in ([arc], [Arc(arc.lo, Fraction(19, 32)), Arc(Fraction(19, 32), arc.hi)]):
        search = _BallSearch(
            quotient_of(classes), Fraction(10**9), [(Fraction(0), p) for p in pieces], Budget()
        )
        low = search._sharpened()
        _, _, a, _ = dense(classes)
        with mpmath.workdps(60):
            middle = mpmath.pi * 19 / 32
            value = quantity(classes, middle) - real(a)
            slope = mpmath.diff(lambda t: quantity(classes, t), middle)
            width = mpmath.pi / 16
            assert real(low) == pytest.approx(value - abs(slope) * width, rel=1e-20, abs=1e-20)
            assert 0 <= real(search.high) - value < mpmath.mpf(10) ** -25


def test_hulls_that_prove_nothing() -> None:
    quotient = quotient_of(MIXES[0])
    at_one = _BallSearch(
        quotient, Fraction(10), [(Fraction(0), Arc(Fraction(0), Fraction(1, 8)))], Budget()
    )
    assert at_one._sharpened() < -(10**200)
    concave = _BallSearch(
        quotient_of(MIXES[1]),
        Fraction(10),
        [(Fraction(0), Arc(Fraction(1, 8), Fraction(7, 8)))],
        Budget(),
    )
    assert concave._sharpened() < -(10**200)


# --- limits ----------------------------------------------------------------------------------


def test_a_sign_is_told_from_bounds_only() -> None:
    assert Margin(Fraction(1, 10), Fraction(1)).positive is True
    assert Margin(Fraction(0), Fraction(1)).positive is None
    assert Margin(None, Fraction(1)).positive is None
    assert Margin(None, Fraction(0)).positive is False
    assert Margin(Fraction(-1), Fraction(-1, 2)).positive is False
    assert Margin(None, Fraction(1)).enclosure is None


def test_beyond_the_limits_less_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = MemoryKernel.of(Workload.from_classes(MIXES[1]))
    whole = condition_margin(kernel)
    assert whole is not None
    assert whole.low is not None
    monkeypatch.setattr(module, "_LONGEST", kernel.length)
    assert condition_margin(kernel) == whole
    for limit, value in (("LONGEST_SEARCHED", kernel.length - 1), ("_MOST_ARCS", -1)):
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, value)
            open_below = condition_margin(kernel)
            assert open_below is not None
            assert open_below.low is None
            assert whole.low <= open_below.high
    with monkeypatch.context() as patch:
        patch.setattr(module, "LONGEST_SEARCHED", kernel.length)
        assert condition_margin(kernel) == whole
    monkeypatch.setattr(module, "_LONGEST", kernel.length - 1)
    assert condition_margin(kernel) is None


@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_the_two_parts_of_the_circle_meet(classes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    far: list[int] = []
    near: list[Fraction] = []
    sizes: list[int] = []
    search_far, search_near = ArcSearch.search_far, ArcSearch.search_near

    def recorded_far(self: ArcSearch, start: int, only_samples: bool = False) -> None:
        far.append(start)
        sizes.append(self.size)
        search_far(self, start, only_samples)

    def recorded_near(self: ArcSearch, end: Fraction, least: Fraction) -> None:
        near.append(end)
        search_near(self, end, least)

    monkeypatch.setattr(ArcSearch, "search_far", recorded_far)
    monkeypatch.setattr(ArcSearch, "search_near", recorded_near)
    condition_margin(MemoryKernel.of(Workload.from_classes(classes)))
    # the arc of sample j is (2 j - 1) / N to (2 j + 1) / N, in units of pi
    assert near == [Fraction(2 * far[0] - 1, sizes[0])]
    assert 1 <= far[0] < sizes[0] // 2


@pytest.mark.parametrize("classes", [*MIXES, [(0, 300, 1), (9, 30, 5)]], ids=str)
def test_the_far_part_starts_one_deviation_of_age_from_w_1(classes: Any) -> None:
    """theta = 1 / sigma, sigma^2 the variance of m under weights P(T' > m); in samples, below."""
    _, below, _, _ = dense(classes)
    mean = sum(m * d for m, d in enumerate(below)) / sum(below)
    variance = sum((m - mean) ** 2 * d for m, d in enumerate(below)) / sum(below)
    size = 4096
    index = int(size / (2 * math.pi * math.sqrt(variance)))
    found = module._start_index(quotient_of(classes), size)
    assert found == max(1, min(index, size // 2 - 1))


@pytest.mark.parametrize(("depth", "halvings"), [(119, 2), (120, 1), (121, 0)])
def test_arcs_are_halved_down_to_a_width(
    depth: int, halvings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Arc] = []
    monkeypatch.setattr(
        _BallSearch, "_bounds", lambda _, arc: asked.append(arc) or (Fraction(-9), Fraction(3))
    )
    monkeypatch.setattr(_BallSearch, "_sharpened", lambda _: Fraction(-(10**6)))
    arc = Arc(Fraction(1, 2), Fraction(1, 2) + Fraction(1, 2**depth))
    _BallSearch(quotient_of(MIXES[1]), Fraction(3), [(Fraction(-9), arc)], Budget()).run()
    narrowest = min((part.hi - part.lo for part in asked), default=arc.hi - arc.lo)
    assert narrowest == Fraction(1, 2 ** (depth + halvings))
    assert narrowest == Fraction(1, 2**121)


def test_without_any_effort_the_first_bounds_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BALL_TERMS", 0)
    monkeypatch.setattr(_BallSearch, "_sharpened", lambda _: Fraction(-(10**6)))
    arcs = [
        (Fraction(-7), Arc(Fraction(1, 2), Fraction(3, 4))),
        (Fraction(-9), Arc(Fraction(3, 4), Fraction(1))),
    ]
    quotient = quotient_of([(5, 3, 1), (7, 5, 2)])
    a = quotient.mean_input
    assert _BallSearch(quotient, Fraction(3), arcs, Budget()).run() == Margin(a - 9, a + 3)
    assert _BallSearch(quotient, Fraction(3), [], Budget()).run() == Margin(a + 3, a + 3)


@pytest.mark.parametrize(
    ("low", "high", "known"), [(-4, -3, True), (-5, -3, False), (-6, -5, True), (-6, -4, False)]
)
def test_the_sign_decides_how_narrow_an_enclosure_is_sought(
    low: int, high: int, known: bool
) -> None:
    quotient = quotient_of([(5, 3), (5, 5)])  # a = 5
    arc = Arc(Fraction(1, 2), Fraction(3, 4))
    search = _BallSearch(quotient, Fraction(high), [(Fraction(low), arc)], Budget())
    tolerance = (6 - Fraction(high)) * Fraction(1, 10**9 if known else 10**25)
    assert search._tolerance() == tolerance
    assert search._effort() == (60_000 if known else 600_000)
