"""Chapter 7, continued: the Fano factor of a long kernel, enclosed by a trapezoidal sum."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from flint import acb, arb, ctx, fmpq, fmpz_poly
from sympy import Abs, Function, Le, symbols

from stabkit import RequestClass, Workload
from stabkit.model.enclosure import RealEnclosure, bounds_of
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.isolation import root_balls
from stabkit.spectrum.fluctuations.joint_law import JointLaw
from stabkit.spectrum.fluctuations.observables import density_of
from stabkit.spectrum.fluctuations.trapezoid import enclosed_mean, zero_free_disc
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .notation import n, z
from .request_noise import FANO, admissions_variance, autocovariance_sum, fano, stable_mixes

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_BITS = 200
_r, _m, _trap, _zero_free = symbols("r m_r T_n free")
_sums = Function("N")
_a, _b, _q, _R = symbols("a b q R")


@dataclass(frozen=True)
class Sampled:
    """A mix, a number of angles, and the radius of a circle."""

    mix: Workload
    points: int
    radius: Fraction

    @property
    def sums_at_radius(self) -> Fraction:
        """N(r)."""
        r = self.radius
        later = range(1, self.mix.longest_decode)
        terms = (autocovariance_sum(self.mix, k) * (r**k + r**-k) for k in later)
        return autocovariance_sum(self.mix, 0) + sum(terms, Fraction(0))

    @property
    def trapezoidal(self) -> RealEnclosure:
        """T_n, in balls."""
        with ctx.workprec(_BITS):
            total = sum((self._density(k) for k in range(self.points)), arb(0))
            return RealEnclosure(*bounds_of(total / self.points))

    def _density(self, k: int) -> arb:
        root = acb(fmpq(2 * k, self.points)).exp_pi_i()
        memory = [_memory(c, root) for c in self.mix.classes]
        shares = [_ball(c.share) for c in self.mix.classes]
        mean = sum((w * x for w, x in zip(shares, memory, strict=True)), acb(0))
        squares = (w * abs(x) ** 2 for w, x in zip(shares, memory, strict=True))
        return sum(squares, arb(0)) / abs(mean) ** 2

    @property
    def least_modulus(self) -> Fraction:
        """A lower bound of |G| on the circle, from balls that cover it; 0 where there is none."""
        return _least_modulus(self.mix, self.radius)

    @property
    def zero_free(self) -> bool | None:
        """Whether G has no zero in the disc."""
        _, form = _kernel(self.mix)
        with ctx.workprec(_BITS):
            balls = [ball for ball, _ in root_balls(fmpz_poly(list(form)))]
            if all(abs(ball) > _ball(self.radius) for ball in balls):
                return True
            return False if any(abs(ball) < _ball(self.radius) for ball in balls) else None

    def fano_error(self) -> RealEnclosure:
        """The error of the sum less its bound."""
        exact, found = admissions_variance(self.mix), self.trapezoidal
        bound = 2 * self.sums_at_radius / (self.least_modulus**2 * (self.radius**self.points - 1))
        ends = (found.low - 1 - exact, found.high - 1 - exact)
        least = Fraction(0) if ends[0] < 0 < ends[1] else min(map(abs, ends))
        return RealEnclosure(least - bound, max(map(abs, ends)) - bound)


def _ball(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def _memory(c: RequestClass, point: acb) -> acb:
    total = acb(0)
    for m in range(c.decode_length - 1, -1, -1):
        total = total * point + _ball(c.input_length + m + 1)
    return total


def _kernel(mix: Workload) -> tuple[int, tuple[int, ...]]:
    found = MemoryKernel.of(mix)
    return found.denominator, tuple(found.coefficients)


@cache
def _least_modulus(mix: Workload, radius: Fraction) -> Fraction:
    scale, form = _kernel(mix)
    arcs = 512
    with ctx.workprec(_BITS):
        angle = arb(0, arb(fmpq(1, arcs)))  # of half an arc, over pi
        least = []
        for k in range(arcs):
            point = acb(arb(fmpq(2 * k, arcs)) + angle).exp_pi_i() * _ball(radius)
            value = acb(0)
            for term in reversed(form):
                value = value * point + term
            least.append(bounds_of(abs(value))[0])
    return max(Fraction(0), min(least)) / scale


def _samples(rng: random.Random) -> Iterator[Sampled]:
    for mix in stable_mixes(rng):
        for points in (4, 16, 40):
            yield Sampled(mix, points, 1 + Fraction(rng.randint(1, 30), 100))


_BEYOND = Sampled(Workload.from_classes([(4, 2), (4, 3)], 1000), 40, Fraction(3, 2))

TRAPEZOID = Theorem(
    label="fano-enclosure",
    title="The trapezoidal sum of a Fano factor",
    claim=Claim(
        objects=_samples,
        quantities=(
            FANO,
            Quantity(n, "a number of equidistant angles", lambda x: x.points),
            Quantity(_r, "a radius above 1", lambda x: x.radius),
            Quantity(
                _trap,
                r"the mean of $E|X|^2 / |E X|^2$ over the $n$-th roots of unity, $X = \sum_{m < "
                r"T} (S + m + 1) z^m$",
                lambda x: x.trapezoidal,
            ),
            Quantity(
                _sums,
                r"$N_0 + \sum_{k \ge 1} N_k (r^k + r^{-k})$",
                lambda x, r: x.sums_at_radius,
            ),
            Quantity(
                _m,
                r"a positive lower bound of $|G|$ on $|z| = r$; for the mixes that are tried, one "
                "from balls that cover the circle",
                lambda x: x.least_modulus,
            ),
            Quantity(_zero_free, r"$G$ has no zero in $|z| \le r$", lambda x: x.zero_free),
        ),
        hypotheses=(_zero_free,),
        conclusions=(Le(Abs(_trap - 1 - fano), 2 * _sums(_r) / (_m**2 * (_r**n - 1))),),
    ),
    uses=("R13",),
    code=("stabkit.fano_factor",),
    steps=(
        Step(
            "aliasing",
            r"The $n$-th roots of unity see $z^k$ as 1 where $n$ divides $k$, and have the mean "
            r"0 of all other powers: $T_n - 1 - V$ is the sum of the Fourier coefficients of $N "
            r"/ (G \tilde G)$, $\tilde G = G(1/z)$, at the multiples of $n$ but 0.",
            Identity((1 - z**n) / (1 - z), 0, given=(z**n - 1,)),
        ),
        Step(
            "coefficients",
            r"That function is analytic for $1/r \le |z| \le r$. By Cauchy's estimate its "
            r"coefficients are at most $r^{-|k|}$ times its maximum on $|z| = r$ or $1/r$, where "
            r"$|N(z)| \le N(r)$, and $|G| \ge m_r$ on the whole disc, as $1/G$ is analytic there "
            r"(maximum principle). With $R = N(r)$, $|N| = R - a$ and a product of moduli $m_r^2 "
            r"+ b$, $a, b \ge 0$,",
            Inequality(
                _R / _m**2 - (_R - _a) / (_m**2 + _b),
                {_R: _OPEN, _a: Interval(0), _m: _OPEN, _b: Interval(0)},
                False,
            ),
        ),
        Step(
            "sum",
            r"Twice the geometric series of $q = r^{-n}$ is, with $R = r^n$ in this step",
            Identity(2 * _q / (1 - _q), 2 / (_R - 1), given=(_q * _R - 1,)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The enclosures that the code makes so for long kernels, with the bound of its "
            r"rounding.",
            ExactFinite(
                "whether they hold the exact value",
                "stable mixes of up to ten stages",
                lambda: [mix for mix in stable_mixes(random.Random(2)) if mix.longest_decode > 2],
                lambda mix: _holds(mix),
                lambda mix: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _zero_free,
            r"(4, 2), (4, 3) in equal shares has zeros of $G$ at $|z| < 3/2$. With 40 angles the "
            r"error is above what the bound would say at $r = 3/2$.",
            Enclosed("the error less the bound", _BEYOND.fano_error, low=Fraction(0)),
        ),
    ),
    lesson=(
        r"A mean over the circle needs few angles if the function is smooth beyond the circle: "
        r"every further angle divides the error by $r$. That turns a sum of floating-point numbers "
        r"into a proof, for kernels of thousands of terms."
    ),
)


def _holds(mix: Workload) -> bool:
    disc = zero_free_disc(MemoryKernel.of(mix))
    found = (
        None if disc is None else enclosed_mean(density_of("admissions", JointLaw.of(mix)), disc)
    )
    return found is not None and found.low <= admissions_variance(mix) <= found.high


THEOREMS = (TRAPEZOID,)
