"""The Lundberg exponent: how fast a watermark makes evictions rare, as a proved enclosure.

Let (S, T) be the input and decode length of a random admission, mu = E T, and W = S + T the tokens
that it frees at its end, mu > 0 and E W < infinity. In a small server the memory in use grows by
one token per running request and step, a* mu in all, and falls by W at the a* completions of a
step: between two completions by mu on the mean, in units in which a* = 1. That is a dual risk
process, and an eviction with a watermark w is its ruin from w. The probability that the growth ever
exceeds what completions free by more than w is e^(-R w), where **R > 0 solves Lundberg's equation**

    f(R) = 1 - E e^(-R W) - R mu = 0.

*Existence, uniqueness, bracket.* f(0) = 0, f'(0) = E W - mu = E S, and f'' = -E W^2 e^(-R W) < 0,
so that f is strictly concave. If E S = 0, then f < 0 for all R > 0 and there is no root. If
E S > 0, f is positive on some (0, r) and f(1/mu) = -E e^(-W/mu) < 0, so that there is exactly one
root, **0 < R < 1/mu**; f > 0 before it and f < 0 behind it. Hence

    R lies in [a, b], 0 < a < b, as soon as f(a) >= 0 >= f(b).                                 (1)

*Newton's method* from b_0 = 1/mu falls to R: a tangent of a concave f lies above it, so that its
zero is never below R. At 1/mu, and behind R, f' < 0: f(b) < 0 = f(0) makes it fall somewhere before
b, and it is concave. The iterates are only a guess; what is returned was proved by (1), its signs
by balls.

References
----------
docs/model.md, R17. S. Asmussen, H. Albrecher, *Ruin Probabilities*, 2nd ed., World Scientific 2010,
chapters III and IV.
"""

from __future__ import annotations

from fractions import Fraction

from flint import arb, ctx, fmpq

from ...model.enclosure import RealEnclosure, bounds_of
from ...model.numbers import whole_number
from ...model.workload import Workload

__all__ = ["lundberg_exponent"]

_MOST_DIGITS = 1_000


def lundberg_exponent(mix: Workload, digits: int = 15) -> RealEnclosure | None:
    """Return the root R > 0 of 1 - E e^(-R (S + T)) = R E T, per token; None where E S = 0.

    * `mix`: its classes as the joint law of (S, T).
    * `digits`: the enclosure is at most 10^-digits R wide; 1 <= digits <= 1000.

    Raises InvalidArgument if `digits` is outside its domain. See docs/model.md, R17.

    One prompt token and one step, W = 2 and mu = 1:

    >>> import math
    >>> root = lundberg_exponent(Workload.from_classes([(1, 1)]))
    >>> r = float(root.low)
    >>> abs(1 - math.exp(-2 * r) - r) < 1e-14, 0 < r < 1
    (True, True)
    >>> lundberg_exponent(Workload.from_classes([(0, 5)])) is None
    True
    """
    bits = 4 * whole_number(digits, "'digits'", 1, _MOST_DIGITS) + 8
    if not any(c.input_length for c in mix.classes):
        return None
    precision = 2 * bits
    while True:  # ends: R is positive, and the balls shrink with every doubling
        with ctx.workprec(precision):
            found = _enclosed(mix, bits)
        if found is not None:
            return found
        precision *= 2


def _enclosed(mix: Workload, bits: int) -> RealEnclosure | None:
    """Return the root within 2^-bits of itself, or None where the precision is too low."""
    law, mean = _freed(mix)
    mu = arb(fmpq(mean.numerator, mean.denominator))

    def surplus(r: arb) -> tuple[arb, arb]:
        """Return f(r) and f'(r)."""
        terms = [(w, p * (-r * w).exp()) for w, p in law]
        zeroth = sum((term for _, term in terms), arb(0))
        first = sum((w * term for w, term in terms), arb(0))
        return 1 - zeroth - r * mu, first - mu

    root, step = 1 / mu, 1 / mu
    while abs(step) > abs(root) * arb(2) ** -(bits + 4):
        value, slope = surplus(root)
        if not (slope < 0 and value < 0):
            break  # at the root, or lost in rounding: the signs will tell
        step = value / slope
        root = (root - step).mid()
    margin = root * arb(2) ** -(bits + 1)
    low, high = (root - margin).mid(), (root + margin).mid()
    if not (low > 0 and surplus(low)[0] > 0 and surplus(high)[0] < 0):
        return None
    return RealEnclosure(bounds_of(low)[0], min(bounds_of(high)[1], 1 / mean))


def _freed(mix: Workload) -> tuple[list[tuple[arb, arb]], Fraction]:
    """Return the law of W, as sizes and their shares, and mu."""
    shares, mean = dict[tuple[int, int], fmpq](), fmpq(0)
    for c in mix.classes:
        s, p = c.input_length, fmpq(c.share.numerator, c.share.denominator)
        size = s.numerator + c.decode_length * s.denominator, s.denominator
        shares[size] = shares.get(size, fmpq(0)) + p
        mean += p * c.decode_length
    law = [(arb(fmpq(*size)), arb(p)) for size, p in shares.items()]
    return law, Fraction(int(mean.p), int(mean.q))
