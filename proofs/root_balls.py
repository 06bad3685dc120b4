"""Roots of the survival polynomial and where those of the characteristic polynomial are: balls.

FLINT isolates all roots of an integer polynomial in complex balls; distances between such balls are
balls again. No proof of a record uses them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import lcm

from flint import acb, arb, ctx, fmpq, fmpq_poly, fmpz_poly

from stabkit import Workload
from stabkit.model.enclosure import RealEnclosure, bounds_of
from stabkit.spectrum.counting.isolation import root_balls

from .objects import common_mixes, mixes
from .quantities import KERNEL, SURVIVAL

__all__ = [
    "SurvivalRoot",
    "SynchronousZero",
    "distance_to_zeros",
    "enclosed",
    "isolation",
    "kernel_values",
    "modulus_nearest",
    "moved",
    "multiplicity",
    "number_near",
    "survival_roots",
    "synchronous_zeros",
]

_BITS = 160
Balls = tuple[tuple[acb, int], ...]


@dataclass(frozen=True)
class SurvivalRoot:
    """A mix and one root of its survival polynomial A, by its place in FLINT's list."""

    mix: Workload
    place: int

    @property
    def ball(self) -> acb:
        """The ball that holds the root."""
        return _isolated(_survival(self.mix))[self.place][0]

    @property
    def multiplicity(self) -> int:
        """Its multiplicity as a root of A."""
        return _isolated(_survival(self.mix))[self.place][1]


def survival_roots(rng: random.Random) -> Iterator[SurvivalRoot]:
    """Yield roots of A, simple and double ones, L = 2 among the mixes, and unequal inputs."""
    for classes in (
        ((0, 2, 3), (0, 3, 1)),
        ((100, 2, 3), (100, 3, 1)),
        ((9, 4, 3), (9, 6, 1)),
        ((1000, 4, 3), (1000, 6, 1)),
        ((50, 1, 3), (50, 2, 5), (50, 3, 1)),
        ((7, 1, 1), (7, 2, 1)),
        ((0, 1, 1), (0, 2, 1)),
        ((Fraction(1, 20), 1, 1), (Fraction(1, 20), 2, 1)),
        ((400, 1, 1), (0, 2, 3)),
        ((900, 3, 1), (1, 5, 1)),
    ):
        yield from _roots_of(Workload.from_classes(classes), rng)
    for mix in common_mixes(rng):
        longer = rng.choice((0, 0, 300, 10_000))
        yield from _roots_of(
            Workload.from_classes(
                [(c.input_length + longer, c.decode_length, c.share) for c in mix.classes]
            ),
            rng,
        )


def _roots_of(mix: Workload, rng: random.Random) -> Iterator[SurvivalRoot]:
    number = len(_isolated(_survival(mix)))
    for place in {0, rng.randrange(number)} if number else ():
        yield SurvivalRoot(mix, place)


def _survival(mix: Workload) -> tuple[Fraction, ...]:
    """Return the coefficients of A, ascending."""
    return tuple(SURVIVAL.value(mix, m) for m in reversed(range(mix.longest_decode)))


def kernel_values(mix: Workload) -> tuple[Fraction, ...]:
    """Return g_0, ..., g_(L-1): the coefficients of G, ascending."""
    return tuple(KERNEL.value(mix, m) for m in range(mix.longest_decode))


@cache
def _isolated(ascending: tuple[Fraction, ...]) -> Balls:
    scale = lcm(*(x.denominator for x in ascending))
    with ctx.workprec(_BITS):
        return tuple(root_balls(fmpz_poly([int(x * scale) for x in ascending])))


def enclosed(ball: arb) -> RealEnclosure:
    """Return the ball of a real number as an interval.

    Raises
    ------
    ZeroDivisionError
        If the ball is not finite: a quantity without a value.
    """
    if not ball.is_finite():
        raise ZeroDivisionError("the ball is not finite")
    return RealEnclosure(*bounds_of(ball))


def isolation(root: SurvivalRoot) -> RealEnclosure | Fraction:
    """Return 2 |alpha| / d; 0 where there is no other root."""
    others = [ball for k, (ball, _) in enumerate(_isolated(_survival(root.mix))) if k != root.place]
    with ctx.workprec(_BITS):
        ratios = [2 * abs(root.ball) / abs(root.ball - other) for other in others]
        return enclosed(_largest(ratios)) if ratios else Fraction(0)


def _largest(balls: list[arb]) -> arb:
    found = balls[0]
    for ball in balls[1:]:
        found = found.max(ball)
    return found


def multiplicity(root: SurvivalRoot) -> int:
    """Return the multiplicity as a root of F: of the irreducible factor of A that it is a root of.

    The factors of A over the rationals come from FLINT, and those of F are divided out exactly.
    """
    rest = _polynomial(kernel_values(root.mix)[::-1])
    factor, found = _factor(root), 0
    while rest.degree() > 0 and (rest % factor).degree() < 0:
        rest, found = rest // factor, found + 1
    return found


def _factor(root: SurvivalRoot) -> fmpq_poly:
    ascending = _survival(root.mix)
    scale = lcm(*(x.denominator for x in ascending))
    _, factors = fmpz_poly([int(x * scale) for x in ascending]).factor()
    with ctx.workprec(_BITS):
        near = [f for f, _ in factors if any(_same(root.ball, b) for b, _ in root_balls(f))]
    (only,) = near
    return fmpq_poly(only)


def _same(one: acb, other: acb) -> bool:
    return bool(one.overlaps(other))


def _polynomial(ascending: tuple[Fraction, ...]) -> fmpq_poly:
    return fmpq_poly([fmpq(x.numerator, x.denominator) for x in ascending])


def moved(root: SurvivalRoot, epsilon: Fraction, order: int) -> acb:
    """Return alpha (1 + m e), or with the term of second order, (1 + alpha A'' / (2 A')) e^2."""
    with ctx.workprec(_BITS):
        step = arb(fmpq(epsilon.numerator, epsilon.denominator))
        factor = acb(1 + root.multiplicity * step)
        if order == 2:
            slope = _polynomial(_survival(root.mix)).derivative()
            bend = root.ball * _at(slope.derivative(), root.ball) / (2 * _at(slope, root.ball))
            factor += (1 + bend) * step**2
        return root.ball * factor


def _at(polynomial: fmpq_poly, where: acb) -> acb:
    found = acb(0)
    for coefficient in reversed(polynomial.coeffs()):
        found = found * where + arb(coefficient)
    return found


def distance_to_zeros(ascending: tuple[Fraction, ...], where: acb) -> RealEnclosure | None:
    """Return the distance of a point to the nearest zero of a polynomial; None without zeros."""
    if len(ascending) == 1:
        return None
    with ctx.workprec(_BITS):
        return enclosed(-_largest([-abs(ball - where) for ball, _ in _isolated(ascending)]))


def modulus_nearest(ascending: tuple[Fraction, ...], where: acb) -> RealEnclosure | None:
    """Return the modulus of the zero nearest to a point; None if there is none, or two may be."""
    if len(ascending) == 1:
        return None
    with ctx.workprec(_BITS):
        found = sorted(
            (enclosed(abs(ball - where)).high, enclosed(abs(ball - where)).low, k)
            for k, (ball, _) in enumerate(_isolated(ascending))
        )
        if len(found) > 1 and found[1][1] <= found[0][0]:
            return None
        return enclosed(abs(_isolated(ascending)[found[0][2]][0]))


def number_near(root: SurvivalRoot) -> int | None:
    """Return the number of roots of F within d / 2, with multiplicity; all where d is infinite."""
    everything = _isolated(kernel_values(root.mix)[::-1])
    ratio = isolation(root)
    if not isinstance(ratio, RealEnclosure):
        return sum(times for _, times in everything)
    found = 0
    with ctx.workprec(_BITS):
        for ball, times in everything:
            near = enclosed(abs(ball - root.ball) / abs(root.ball))  # against d / 2 over |alpha|
            if near.high < 1 / ratio.high:
                found += times
            elif near.low <= 1 / ratio.low:
                return None
    return found


@dataclass(frozen=True)
class SynchronousZero:
    """A mix, and a root of unity omega = exp(2 pi i k / g)."""

    mix: Workload
    turns: int

    def newton(self) -> acb:
        """Return omega - G / G' at omega, from the coefficients of G alone."""
        with ctx.workprec(_BITS):
            omega = acb(2 * fmpq(self.turns, self.mix.gcd)).exp_pi_i()
            whole = _polynomial(kernel_values(self.mix))
            return omega - _at(whole, omega) / _at(whole.derivative(), omega)


def synchronous_zeros(rng: random.Random) -> Iterator[SynchronousZero]:
    """Yield mixes whose gcd exceeds 1, from no input to very long ones, and a few coprime ones."""
    for mix in mixes(rng):
        for factor in (1, 30, 10_000):
            longer = Workload.from_classes(
                [(factor * c.input_length, c.decode_length, c.share) for c in mix.classes]
            )
            yield SynchronousZero(longer, rng.randint(1, max(1, mix.gcd - 1)))
