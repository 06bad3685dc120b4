"""Where a synchronised mode has moved to: certified continuation from the limit of long inputs.

With E(z) = sum_m E[S 1{T > m}] z^m and C(z) = sum_m (m + 1) P(T > m) z^m the generating function is
G = E + C. Inputs N times as long give N E + C, whose zeros are those of

    G_tau = E + tau C,    tau = 1 / N,

so that tau = 0 is the limit of long inputs (R1, R1b: E is the memory-weighted survival polynomial,
up to order of coefficients and a factor) and tau = 1 the workload itself. Every z != 1 with z^g = 1
is a zero of E, for (1 - z) E(z) = sum p_k s_k (1 - z^l_k), and a simple one. The zero of G_tau that
starts there is followed to tau = 1.

*One step.* Around a point c let phi_i be the Taylor coefficients of (1 - z)^2 G_tau, a polynomial
of 2K + 2 terms, with tau a ball that holds a whole interval. If

    |phi_1| r > |phi_0| + sum_{2 <= i < R} |phi_i| r^i + tail,
    tail = sum_m |b_m| C(m, R) (|c| + r)^(m - R) r^R,

then for each of these tau exactly one zero lies in |z - c| < r (Rouche, against phi_1 (z - c);
Pellet), a simple one, which therefore depends continuously on tau. It is not z = 1, where the
polynomial has a double zero. The tail bounds the remainder of Taylor's formula for each z^m.

*From one step to the next.* At the common end point a disc for that tau alone, inside both steps'
discs, holds exactly one zero: so both discs follow the same one. At z^g = 1 the first disc is
shown to hold the start.

A path that meets another one (two real zeros that leave the axis, say) or comes too near another
one to be told from it is given up: no result, rather than a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from flint import acb, arb, ctx, fmpq

from ...model.kernel import MemoryKernel
from ..roots.inclusion import ZeroDisc

__all__ = ["followed_zeros"]

_ORDER = 8
_NARROWEST = Fraction(1, 2**40)
_MOST_STEPS = 400
_MOST_SPENT = 2_000_000  # over all paths: some seconds
_FEWEST_BITS = 96


@dataclass(frozen=True)
class _ArbDisc:
    """|z - centre| < radius, the centre an exact number."""

    centre: acb
    radius: arb

    def holds(self, other: _ArbDisc) -> bool:
        return bool(abs(self.centre - other.centre) + other.radius < self.radius)


class _Homotopy:
    """(1 - z)^2 (E + tau C) of one kernel: for each power, its coefficient in E and in C."""

    def __init__(self, kernel: MemoryKernel) -> None:
        held = {0: sum(kernel.inputs), 1: -sum(kernel.inputs)}
        aged = {0: sum(kernel.shares)}
        for n, w, t in kernel:
            for terms, power, c in (
                (held, n, -t), (held, n + 1, t), (aged, n, -(n + 1) * w), (aged, n + 1, n * w)
            ):  # fmt: skip
                terms[power] = terms.get(power, 0) + c
        powers = sorted({*held, *aged})
        self.terms = [(m, held.get(m, 0), aged.get(m, 0)) for m in powers]
        self.length = kernel.length
        self.spent = 0  # sums of one power's term, so far

    def taylor(self, centre: acb, tau: arb, order: int) -> list[acb]:
        """Return phi_0, ..., phi_(order-1) at `centre`, the parts of E and of C summed apart: the
        width of `tau` then multiplies the sum of the latter, in which terms cancel."""
        self.spent += order * len(self.terms)
        held_sums, aged_sums = [acb(0)] * order, [acb(0)] * order
        power, reached, inverse = acb(1), 0, 1 / centre
        for m, held, aged in self.terms:
            power *= centre ** (m - reached)
            reached, binomial = m, power
            for i in range(min(order, m + 1)):
                held_sums[i] += held * binomial
                aged_sums[i] += aged * binomial
                binomial *= inverse * (m - i) / (i + 1)
        return [held + tau * aged for held, aged in zip(held_sums, aged_sums, strict=True)]

    def tail(self, centre: acb, tau: arb, radius: arb) -> arb:
        """Return the bound of what the Taylor polynomial leaves out in |z - centre| <= radius."""
        farthest, total = abs(centre) + radius, arb(0)
        for m, held, aged in self.terms:
            if m >= _ORDER:
                size = abs(held + tau * aged) * comb(m, _ORDER)
                total += size * farthest ** (m - _ORDER)
        return total * radius**_ORDER

    def newton(self, start: acb, tau: arb, steps: int) -> acb:
        """Return the exact midpoint that Newton's method reaches."""
        z = start
        for _ in range(steps):
            value, slope = self.taylor(z, tau, 2)
            z = (z - value / slope).mid()
        return z

    def disc(self, centre: acb, tau: arb, radii: Iterator[arb]) -> _ArbDisc | None:
        """Return the disc of the first radius that provably holds exactly one zero, or None."""
        sizes = [abs(phi) for phi in self.taylor(centre, tau, _ORDER)]
        for radius in radii:
            rest = sizes[0] + sum((s * radius**i for i, s in enumerate(sizes) if i > 1), arb(0))
            if not sizes[1] * radius > rest:
                continue
            if sizes[1] * radius > rest + self.tail(centre, tau, radius):
                return _ArbDisc(centre, radius)
        return None


def followed_zeros(
    kernel: MemoryKernel, indices: Iterable[int], gcd: int, bits: int
) -> dict[int, ZeroDisc | None]:
    """Return the zeros of G that exp(2 pi i k / gcd) move to as the inputs shrink to theirs.

    * `indices`: the k to follow, 0 < k < gcd; in this order, until the effort is spent (a few
      seconds).
    * `gcd`: a common divisor of the decode lengths.
    * `bits`: each disc's radius is at most 2^-bits |z|.

    For each k a disc that holds this zero, and no other one within twice its radius; None where the
    path could not be certified, as when no class has any input.

    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(100, 4), (100, 6)]))
    >>> disc = followed_zeros(kernel, [1], 2, 64)[1]
    >>> disc.is_real, round(float(disc.centre.real), 6)
    (True, -0.990345)
    """
    if not any(kernel.inputs):
        return dict.fromkeys(indices)
    homotopy = _Homotopy(kernel)
    bits = max(bits, _FEWEST_BITS // 2 + 12 + kernel.length.bit_length())
    precision = _FEWEST_BITS + 2 * (kernel.length.bit_length() + max(kernel.inputs).bit_length())
    found: dict[int, ZeroDisc | None] = {}
    for index in indices:
        with ctx.workprec(precision):
            followed = _follow(homotopy, _root_of_unity(index, gcd))
        with ctx.workprec(precision + 2 * bits):
            found[index] = None if followed is None else _refined(homotopy, followed, bits)
    return found


def _root_of_unity(index: int, gcd: int) -> acb:
    sine, cosine = arb.sin_cos_pi_fmpq(fmpq(2 * index, gcd))
    return acb(cosine, sine)


def _follow(homotopy: _Homotopy, start: acb) -> _ArbDisc | None:
    """Follow the zero from tau = 0 to 1; return a disc that holds it, alone, at tau = 1."""
    zero = homotopy.disc(start.mid(), arb(0), _small(homotopy))
    if zero is None or not zero.holds(_ArbDisc(start.mid(), abs(start - start.mid()).upper())):
        return None
    reached, step, eased = Fraction(0), Fraction(1), True
    for _ in range(_MOST_STEPS):
        if reached == 1:
            return zero
        if step < _NARROWEST or homotopy.spent > _MOST_SPENT:
            return None
        step = min(step, 1 - reached)
        ahead = _step(homotopy, zero, reached, reached + step)
        if ahead is None:
            step, eased = step / 2, False
        else:
            zero, reached = ahead, reached + step
            step, eased = (2 * step if eased else step), True
    return None


def _step(homotopy: _Homotopy, zero: _ArbDisc, low: Fraction, high: Fraction) -> _ArbDisc | None:
    """Return a disc for the followed zero at tau = `high`, `zero` being one at tau = `low`."""
    middle, end = _number((low + high) / 2), _number(high)
    interval = _number(low).union(end)
    centre = homotopy.newton(zero.centre, middle, 2)
    tube = homotopy.disc(centre, interval, _wide(homotopy))
    if tube is None or not tube.holds(zero):
        return None
    alone = homotopy.disc(homotopy.newton(centre, end, 3), end, _small(homotopy))
    return alone if alone is not None and tube.holds(alone) else None


def _wide(homotopy: _Homotopy) -> Iterator[arb]:
    """Yield radii for a whole interval of tau, the widest first: zeros are about 6 / L apart."""
    return (arb(2) ** -k / homotopy.length for k in range(16))


def _small(homotopy: _Homotopy) -> Iterator[arb]:
    """Yield radii for a single tau, the smallest first."""
    return (arb(2) ** -k / homotopy.length for k in range(50, 0, -5))


def _refined(homotopy: _Homotopy, followed: _ArbDisc, bits: int) -> ZeroDisc | None:
    """Return a disc of the size asked for, so far within `followed` that twice it is alone too."""
    one, centre = arb(1), followed.centre
    for _ in range(4 + bits.bit_length()):
        centre = homotopy.newton(centre, one, 1)
        small = abs(centre).lower() * arb(2) ** -(bits + 1)
        disc = homotopy.disc(centre, one, iter([small]))
        if disc is not None:
            alone = followed.holds(_ArbDisc(centre, 2 * small))
            return ZeroDisc(disc.centre, disc.radius.upper()) if alone else None
    return None


def _number(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))
