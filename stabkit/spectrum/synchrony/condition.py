"""R7's margin, enclosed by proof: double precision first, ball arithmetic for what it leaves.

The upper half circle is covered in two parts, next to w = 1 with the dense polynomials of the
renewal quotient, and from there to w = -1 with the sparse ones (`arc_search`). Arcs that double
precision cannot finish go to Arb, with the dense polynomials again, now got from the sparse ones:

    D ~ q i / (2 sin(theta / 2)),
    E - a D + g w D' ~ (n + g (i cot(theta / 2) - 1) q / 2) i / (2 sin(theta / 2)),

where q and n are Q and N centred at frequency L' / 2, so that the frequencies on the left are those
of a polynomial of degree L' - 1 centred at its middle, c = (L' - 1) / 2; the Taylor remainder of
order R on an arc of half-width w is then at most (c w)^R / R! times the sum of its coefficients'
moduli. The bound on an arc is that of `arc_search`, with Taylor coefficients up to R.

*Work.* Every evaluation in balls is paid from the call's budget, and so are the samples and arcs in
double precision. Balls have an effort of their own besides: K + 20 units each of 60,000 once the
sign is known, for then they add digits only, else of 600,000; with 2 K + 1 terms of 8 derivatives
that is less than 24 (w + 8 + w^2 / 512) times as many units of the budget.

*Sharpening.* Off the arcs that are left the quantity q(theta) is at least the least value found. If
it is convex on their hull, shown by a ball that holds q'' on it, then q(theta) >= q(t) -
|q'(t)| |hull| there for every t of the hull.
Newton's method finds a t with q'(t) nearly 0, which gives as many digits as one likes. A hull that
ends at theta = pi has its minimum there, where the quantity is rational. (At theta = 0 the
quotients below are singular, and the arcs are left as they are; for a common input the minimum is
never there, because w D' / D has mean 0 on the circle and is positive at w = 1.)
"""

from __future__ import annotations

import heapq
import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import acb, acb_series, arb, ctx, fmpq

from ...model.enclosure import RealEnclosure, fraction_of
from ...model.kernel import MemoryKernel
from ..circle.arcs import Arc
from ..circle.ball_arcs import scaled_derivatives
from ..circle.budget import Budget, BudgetSpent
from ..circle.dyadic import exact as rational
from .least_real_part import LOWEST, ArcSearch
from .quotient import RenewalQuotient

__all__ = ["Margin", "condition_margin"]

_LONGEST = 5_000_000  # terms: the samples of two polynomials take some 2 GB
LONGEST_SEARCHED = 200_000  # beyond, only the samples are looked at
_ORDER = 8
_NARROWEST = Fraction(1, 2**120)  # a zero of D so close to the circle is not resolved
_MOST_ARCS = 5_000  # more of them mean that D comes too near 0 on much of the circle
_SHARP_BITS = 192
_NEWTON_STEPS = 12
_SMALLEST_STEP = Fraction(1, 2**120)
_BALL_TERMS = 60_000  # summed in balls before the enclosure is left as wide as it is
_STAGE = "R7's margin"


class Margin(NamedTuple):
    """low <= margin <= high, both exact and proved; `low` is None where no bound was found.

    `reason` says so where the budget of work ended before the bounds were as narrow as sought.
    """

    low: Fraction | None
    high: Fraction
    reason: str = ""

    @property
    def positive(self) -> bool | None:
        """Whether the margin is positive; None where the bounds do not tell."""
        if self.low is not None and self.low > 0:
            return True
        return False if self.high <= 0 else None

    @property
    def enclosure(self) -> RealEnclosure | None:
        """Both bounds, or None."""
        return None if self.low is None else RealEnclosure(self.low, self.high)


def condition_margin(kernel: MemoryKernel, budget: Budget | None = None) -> Margin | None:
    """Return bounds of R7's margin; None beyond 5,000,000 kernel terms.

    They agree to some 30 digits if one minimum is told from all others, else to nine; unless D
    comes so near 0 on the circle, or the quantity is so nearly constant there, that the effort is
    spent before: then they are wider, or there is no lower one.

    * `kernel`: beyond 200,000 terms only an upper bound is sought, by samples.
    * `budget`: of the whole call; None for a call of its own.

    For l = (1, 2) with p = 1/2 and no input, D = 1 + w / 2 and the quantity is
    Re[(w / 2) / (1 + w / 2)] + 1, least at w = -1: the margin is -1 + 1 = 0.

    >>> from stabkit import Workload
    >>> margin = condition_margin(MemoryKernel.of(Workload.from_classes([(0, 1), (0, 2)])))
    >>> margin.high, margin.high - margin.low < 1e-9
    (Fraction(0, 1), True)
    """
    quotient = RenewalQuotient(kernel)
    if quotient.is_constant:
        exact = quotient.mean_input + Fraction(quotient.gcd + 1, 2)
        return Margin(exact, exact)
    if kernel.length > _LONGEST:
        return None
    budget = budget or Budget()
    a, g, size = quotient.mean_input, quotient.gcd, 1 + quotient.mean_input
    far = ArcSearch(*quotient.terms, Fraction(1, 2), size, budget)
    start = _start_index(quotient, far.size)
    far.search_far(start, only_samples=kernel.length > LONGEST_SEARCHED)
    least = far.least(quotient.at_minus_one - a)
    if kernel.length > LONGEST_SEARCHED:
        return Margin(None, a + least, budget.reason)
    if budget.is_spent:
        return Margin(None, a + least, budget.reason)
    above, below = (dict(enumerate(terms)) for terms in quotient.dense_terms)
    near = ArcSearch(above, below, Fraction(g + 1, 2), size, budget)
    near.search_near(Fraction(2 * start - 1, far.size), least)
    if budget.is_spent or far.open_count() + near.open_count() > _MOST_ARCS:
        return Margin(None, a + near.least(least), budget.reason)
    constant = far.near_count() + near.near_count() > _MOST_ARCS  # but for rounding
    arcs = far.open_arcs(constant) + near.open_arcs(constant)
    floor = min(far.floor(), near.floor()) if constant else None
    return _BallSearch(quotient, near.least(least), arcs, budget, floor).run()


def _start_index(quotient: RenewalQuotient, size: int) -> int:
    """Return the sample from which on the sparse quotient is used: where |D| has begun to fall.

    |D| is at least D(1) (1 - theta^2 V / 2), with V the variance of m under weights P(T' > m). The
    choice decides how well the bounds do, not whether they hold.
    """
    kernel = quotient.kernel
    tails = np.cumsum([w / kernel.denominator for w in kernel.shares[::-1]])[::-1]
    survival = np.repeat(tails, np.diff([0, *kernel.decode_lengths]) // quotient.gcd)
    stages = np.arange(len(survival), dtype=float)
    mean, square = (float(np.average(stages**i, weights=survival)) for i in (1, 2))
    reach = math.sqrt(1 / max(square - mean**2, 1e-9)) / (2 * math.pi / size)
    return max(1, int(min(reach, size // 2 - 1)))


class _BallSearch:
    """Branch and bound in ball arithmetic on the arcs that double precision left.

    `floor` is a lower bound on all arcs that are not given; None if nothing there is less than
    `high`.
    """

    def __init__(
        self,
        quotient: RenewalQuotient,
        high: Fraction,
        arcs: list[tuple[Fraction, Arc]],
        budget: Budget,
        floor: Fraction | None = None,
    ) -> None:
        self.quotient, self.high, self.budget, self.floor = quotient, high, budget, floor
        self.heap = [(bound, order, arc) for order, (bound, arc) in enumerate(arcs)]
        heapq.heapify(self.heap)
        kernel, scale, g = quotient.kernel, quotient.kernel.denominator, quotient.gcd
        self.centre = Fraction(quotient.length - 1, 2)
        # the sums of the moduli of the coefficients of D and of E - a D + g w D', at most
        self.below = Fraction(sum(w * (n // g) for n, w, _ in kernel), scale)
        held = Fraction(sum(t * (n // g) for n, _, t in kernel), scale)
        aged = Fraction(sum(w * n * (n // g - 1) for n, w, _ in kernel), 2 * scale)
        self.above = held + quotient.mean_input * self.below + aged

    def run(self) -> Margin:
        """Return bounds of the margin, refined as far as the effort goes or the budget reaches."""
        try:
            self._halve()
            low = self._low()
            if self.floor is None and low < self.high:
                low = max(low, self._sharpened())
        except BudgetSpent:
            low = self._low()
        shift = self.quotient.mean_input
        if self.floor is not None:
            low = min(low, self.floor)
        high = shift + self.high
        return Margin(shift + low if low > LOWEST else None, high, self.budget.reason)

    def _halve(self) -> None:
        """Halve the arc of the lowest bound, again and again."""
        spent, cost = 0, 20 + len(self.quotient.kernel.decode_lengths)
        while spent * cost < self._effort() and self._low() < self.high - self._tolerance():
            bound, _, arc = self.heap[0]
            if arc.hi - arc.lo < _NARROWEST:
                break
            middle = (arc.lo + arc.hi) / 2
            parts = [Arc(arc.lo, middle), Arc(middle, arc.hi)]
            bounds = [self._bounds(part) for part in parts]
            heapq.heappop(self.heap)
            for part, (lower, upper) in zip(parts, bounds, strict=True):
                self.high = min(self.high, upper)
                spent += 1
                heapq.heappush(self.heap, (max(lower, bound), -spent, part))

    def _sharpened(self) -> Fraction:
        """Return a lower bound by convexity, and note the value found; `LOWEST` without a proof."""
        arcs = sorted((arc for bound, _, arc in self.heap if bound < self.high), key=_start)
        hull = Arc(arcs[0].lo, arcs[-1].hi)  # it may go beyond theta = pi, the mirror image
        if hull.lo <= 0 or not self._is_convex(hull):
            return Fraction(LOWEST)
        if hull.hi >= 1:
            self.high = min(self.high, self.quotient.at_minus_one - self.quotient.mean_input)
            return self.high
        with ctx.workprec(_SHARP_BITS + 4 * self.quotient.length.bit_length()):
            width = arb.pi() * rational(hull.hi - hull.lo)
            point = (hull.lo + hull.hi) / 2
            for _ in range(_NEWTON_STEPS):
                value, slope, bend = _derivatives(*self._taylor(point))
                step = fraction_of((slope / bend / arb.pi()).mid())
                if not hull.lo < point - step < hull.hi or abs(step) < _SMALLEST_STEP:
                    break
                point -= step
            shift = Fraction(self.quotient.gcd + 1, 2)
            self.high = min(self.high, fraction_of(value.upper()) + shift)
            return fraction_of((value - abs(slope) * width).lower()) + shift

    def _is_convex(self, hull: Arc) -> bool:
        """Tell whether the quantity is proved to be convex on the hull."""
        with ctx.workprec(_SHARP_BITS + 4 * self.quotient.length.bit_length()):
            half = arb.pi() * rational((hull.hi - hull.lo) / 2)
            n, q = self._taylor((hull.lo + hull.hi) / 2)
            n, q = (
                _on_arc(part, half, rational(self.centre**_ORDER * size))
                for part, size in ((n, self.above), (q, self.below))
            )
            return bool(_derivatives(n, q)[2] > 0)

    def _low(self) -> Fraction:
        return min(self.heap[0][0], self.high) if self.heap else self.high

    def _tolerance(self) -> Fraction:
        """Return the width to reach: a finer one while the sign of the margin is open."""
        relative = Fraction(1, 10**9 if self._sign_is_known() else 10**25)
        return relative * (1 + self.quotient.mean_input + abs(self.high))

    def _effort(self) -> int:
        return _BALL_TERMS if self._sign_is_known() else 10 * _BALL_TERMS

    def _sign_is_known(self) -> bool:
        low, high = (self.quotient.mean_input + bound for bound in (self._low(), self.high))
        return low > 0 or high <= 0

    def _bounds(self, arc: Arc) -> tuple[Fraction, Fraction]:
        """Return a lower bound of Re[N / Q] on the arc, and its value at the centre from above."""
        depth = arc.hi.denominator.bit_length() + arc.lo.denominator.bit_length()
        with ctx.workprec(128 + 2 * depth + 4 * self.quotient.length.bit_length()):
            half = arb.pi() * rational((arc.hi - arc.lo) / 2)
            n, q = self._taylor((arc.lo + arc.hi) / 2)
            value = n[0] / q[0]
            middle = value.mid()
            slope = ((n[1] - middle * q[1]) / q[0]).mid()
            tail = (half * rational(self.centre)) ** _ORDER / math.factorial(_ORDER)
            residual = tail * rational(self.above) + (abs(middle) + abs(slope) * half) * tail * (
                rational(self.below)
            )
            shifted = [acb(0), *q]
            for i, below in enumerate([*q, acb(0)]):
                above = n[i] if i < _ORDER else acb(0)
                residual += abs(above - middle * below - slope * shifted[i]) * half**i
            least = abs(q[0]) - tail * rational(self.below)
            least -= sum((abs(q[i]) * half**i for i in range(1, _ORDER)), arb(0))
            lower = middle.real - half * abs(slope.real) - residual / least
            shift = Fraction(self.quotient.gcd + 1, 2)
            bound = fraction_of(lower.lower()) + shift if least > 0 else Fraction(LOWEST)
            return bound, fraction_of(value.real.upper()) + shift

    def _taylor(self, centre: Fraction) -> tuple[list[acb], list[acb]]:
        """Return the Taylor coefficients of E - a D + g w D' and D, up to a common phase."""
        for terms in self.quotient.terms:
            self.budget.spend(len(terms), _ORDER, ctx.prec, _STAGE)
        above, below = (self._series(terms, centre) for terms in self.quotient.terms)
        angle = acb_series([arb.pi() * rational(centre / 2), arb("0.5")], prec=_ORDER)
        sine, cosine = angle.sin(), angle.cos()
        factor = acb_series([acb(0, "0.5")], prec=_ORDER) / sine
        g = self.quotient.gcd
        above = above + below * (cosine / sine * acb(0, 1) - 1) * g / 2
        return _coefficients(above * factor), _coefficients(below * factor)

    def _series(self, terms: dict[int, int], centre: Fraction) -> acb_series:
        sums = scaled_derivatives(terms, _ORDER, centre)
        scale = self.quotient.kernel.denominator**2
        half_i = acb(0, "0.5")
        parts = [s * half_i**i / (math.factorial(i) * scale) for i, s in enumerate(sums)]
        return acb_series(parts, prec=_ORDER)


def _start(arc: Arc) -> Fraction:
    return arc.lo


def _on_arc(taylor: list[acb], half: arb, derivative: fmpq) -> list[acb]:
    """Return balls for f, f' and f'' / 2 on |t| <= half, from Taylor coefficients at 0.

    `derivative` bounds the derivative of order R on the arc, R the number of coefficients.
    """
    order = len(taylor)
    balls = []
    for k in range(3):
        rest = half ** (order - k) * derivative / (math.factorial(order - k) * math.factorial(k))
        offsets = (arb(i == k, 0 if i == k else (half ** (i - k)).upper()) for i in range(k, order))
        terms = (math.comb(i, k) * taylor[i] * t for i, t in enumerate(offsets, start=k))
        balls.append(sum(terms, acb(arb(0, rest.upper()), arb(0, rest.upper()))))
    return balls


def _derivatives(n: list[acb], q: list[acb]) -> tuple[arb, arb, arb]:
    """Return Re[n / q] and its first two derivatives, from Taylor coefficients."""
    value = n[0] / q[0]
    slope = (n[1] - value * q[1]) / q[0]
    bend = (n[2] - slope * q[1] - value * q[2]) / q[0]
    return value.real, slope.real, 2 * bend.real


def _coefficients(series: acb_series) -> list[acb]:
    return [series[i] for i in range(_ORDER)]
