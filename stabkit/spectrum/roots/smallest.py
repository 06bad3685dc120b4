"""The zeros of G of smallest modulus, in double precision, and a disc proved to hold just those.

The modes of largest modulus are the zeros of G of smallest modulus. A sampled winding number gives
a first guess of the radius that holds enough of them; Newton's method from the samples on that
circle finds zeros; a radius in a gap between their moduli is chosen, and the certified winding
number for it (`kernel_circle.zeros_within`) tells whether all zeros inside have been found. If not,
the search goes on from the new circle and, with the known zeros divided out, from inside.

Synchronised and nearly synchronised mixes have rings of thousands of zeros whose moduli differ by
less than doubles resolve, and no double separates the nearest of them from the rest. The first
round therefore ends with candidates in more digits (`rings`); later ones look for all of the ring,
and for the gap beyond it.

Everything uses the logarithmic derivative z G'/G = z H'/H + 2 z / (1 - z) of the sparse closed
form, which is evaluated with the largest term taken out and so never overflows.

Here only the count is proved; `stabkit.spectrum.roots.inclusion` proves where the zeros are.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import takewhile

import numpy as np

from ...model.kernel import MemoryKernel
from ..circle.kernel import circle_polynomial, zeros_within
from ..circle.sparse_polynomial import Complexes
from .rings import separated_zeros, synchronized_starts

__all__ = ["LogDerivative", "radius_bracket", "smallest_zeros"]

_BISECTIONS = 50
_NEWTON_STEPS = 15
_ROUNDS = 7
_MOST_EFFORT = 2**21  # kernel length times effort: rounds that would take many seconds are left out
_MOST_SAMPLES = 400_000_000  # of the bisection for a radius: some ten seconds
_EVALUATIONS = 60_000  # terms per Newton step, over all starts, in the first round
_MOST_PAIRS = 2**22  # of a start and a known zero, in one step
_MOST_REFINED = 2**24  # terms of all steps after which targets are ranked
_REFINEMENTS = 3  # each squares an error of some tenth of the spacing: 10^-16 L^-1 is left
_TERMS_AT_ONCE = 2**14
_LEAST_GAP = 2.0**-48  # of moduli: zeros in double precision are off by some 2^-53
_EXTRA = 10  # zeros beyond those asked for, among which a gap of moduli is sought


def smallest_zeros(kernel: MemoryKernel, count: int) -> tuple[Complexes, float | Fraction] | None:
    """Return at least `count` zeros of G (all, if it has fewer) and a radius that holds just these.

    * `count`: at most the degree of G.

    Approximate zeros with Im z >= 0, ascending in modulus; with the conjugates of the complex ones
    they are as many as there are in |z| < radius, a number that is proved. None if the search
    failed.
    """
    radius = math.exp(radius_bracket(kernel, count, count + 2 * _EXTRA)[1])
    known = np.zeros(0, dtype=complex)
    for attempt in range(_ROUNDS):
        effort = 4**attempt  # harder cases: rings of many zeros with almost equal moduli
        if attempt and effort * kernel.length > _MOST_EFFORT:
            break
        most = _first_starts(kernel, count, min(effort, 64))
        seeds = synchronized_starts(kernel)[: 0 if attempt else None]
        starts = [_starts_on_circle(kernel, radius, most), _starts_inside(radius, attempt), seeds]
        known = _distinct(
            [*known, *_newton(kernel, np.concatenate(starts), known, 2 * radius)], kernel.length
        )
        if _weight(known) < count:
            radius *= 1 + 2.0**attempt / kernel.length
            continue
        extra = len(known) if attempt or len(seeds) > count else _EXTRA
        for radius in _gaps(known, count, extra):
            inside = known[np.abs(known) < radius]
            held = _weight(inside)
            if _sampled_zeros(kernel, radius) > 2 * held + _EXTRA:
                continue  # many are missing; the certified count would be a waste
            if zeros_within(kernel, radius) == held:
                return inside, radius
        if attempt == 0 and (found := separated_zeros(kernel, known, count, _EXTRA)):
            return found
    return None


def _gaps(zeros: Complexes, count: int, extra: int) -> list[float]:
    """Return radii in the widest gaps between moduli that leave `count` zeros inside.

    One among the nearer half of the `extra` zeros beyond, for of those farther out some may not
    have been found yet, and two among them all.
    """
    moduli = np.abs(zeros)
    weights = np.cumsum(np.where(zeros.imag > 0, 2, 1))
    first = int(np.searchsorted(weights, count))
    beyond = np.append(moduli, moduli[-1] * (1 + 1e-3))[first : first + extra + 1]
    gaps = np.diff(beyond)
    nearer = np.argmax(gaps[: (len(gaps) + 1) // 2])
    best = {int(nearer), *np.argsort(-gaps, kind="stable")[:2].tolist()}
    return [
        float((beyond[i] + beyond[i + 1]) / 2)
        for i in sorted(best)
        if gaps[i] > _LEAST_GAP * beyond[i]
    ]


def _first_starts(kernel: MemoryKernel, count: int, effort: int = 1) -> int:
    """Return how many samples on the circle are starts, of an effort that is 1 in round one."""
    return max(2 * (count + _EXTRA), effort * _EVALUATIONS // len(kernel.closed_form))


def radius_bracket(kernel: MemoryKernel, count: int, enough: int) -> tuple[float, float, int]:
    """Return logarithms of two radii and the number of zeros seen within the second one.

    That is at least `count`, and at most `enough` if the bisection gets there; within the first one
    fewer are seen. It ends when the radii are 10^-3 / L apart, or when the budget is used up.
    """
    low, high, seen = _bracket(kernel, count)
    most = _MOST_SAMPLES // (8 * kernel.length)
    for _ in range(min(_BISECTIONS, most)):
        if seen <= enough or high - low < 1e-3 / kernel.length:
            break
        middle = (low + high) / 2
        at_middle = _sampled_zeros(kernel, math.exp(middle))
        if at_middle >= count:
            high, seen = middle, at_middle
        else:
            low = middle
    return low, high, seen


def _bracket(kernel: MemoryKernel, count: int) -> tuple[float, float, int]:
    """Return logarithms of radii and the number of zeros seen within the second one.

    That is at least `count`; within the first one fewer are seen.
    """
    step = 1 / kernel.length
    low = high = 0.0
    seen = at_low = _sampled_zeros(kernel, 1.0)
    while at_low >= count:
        high, seen = low, at_low
        low, step = low - step, 2 * step
        at_low = _sampled_zeros(kernel, math.exp(low))
    while seen < count:
        low, high, step = high, high + step, 2 * step
        seen = _sampled_zeros(kernel, math.exp(high))
    return low, high, seen


def _sampled_zeros(kernel: MemoryKernel, radius: float) -> int:
    """Return the winding number of G at samples of the circle: plausible, not proved."""
    polynomial = circle_polynomial(kernel, radius)
    values = polynomial.values()[1:]  # without z = 1
    z = np.exp(2j * np.pi / polynomial.size * np.arange(1, len(values) + 1))
    values = values / (1 - radius * z) ** 2 + 0.0  # 0 for -0, as signs stand for angles
    return round(float(np.angle(values[-1]) + 2 * np.pi * _turns(values)) / np.pi)


def _turns(values: Complexes) -> int:
    """Return how often values whose arguments differ by less than half a turn pass the cut at pi.

    Upwards in the argument less downwards.
    """
    upper = values.imag >= 0
    passages = np.flatnonzero(upper[1:] != upper[:-1])
    left = (np.conj(values[passages]) * values[passages + 1]).imag
    falling = upper[passages]
    return int(np.sum(falling & (left > 0))) - int(np.sum(~falling & (left < 0)))


def _starts_on_circle(kernel: MemoryKernel, radius: float, most: int) -> Complexes:
    """Return samples with a locally smallest Newton step: those that lead deepest inside first.

    Only steps of about a sample's spacing tell where they lead; starts with longer ones go last.
    """
    polynomial = circle_polynomial(kernel, radius)
    samples = polynomial.grid()
    z = radius * np.exp(2j * np.pi / polynomial.size * np.arange(len(samples.values)))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = samples.first / samples.values + polynomial.degree / 2 + 2 * z / (1 - z)
        step = np.nan_to_num(np.abs(1 / slope), nan=np.inf)[1:]
        padded = np.concatenate([[np.inf], step, [np.inf]])
        minima = np.flatnonzero((step <= padded[:-2]) & (step <= padded[2:])) + 1
        target = z[minima] * (1 - 1 / slope[minima])
        steps = _MOST_REFINED // max(1, len(target) * len(kernel.closed_form))
        for _ in range(min(steps, _REFINEMENTS)):
            target *= 1 - 1 / LogDerivative(kernel)(target)
    depth = np.nan_to_num(np.abs(target), nan=np.inf)
    best = np.lexsort((depth, step[minima - 1] > 2 * radius / kernel.length))[:most]
    return np.asarray(z[minima[best]])


def _starts_inside(radius: float, attempt: int) -> Complexes:
    """Return 24 points of the upper half disc, other ones and deeper ones for each attempt."""
    angles = np.pi * (np.arange(24) + (attempt % 7) / 7) / 24
    depth = np.linspace(0.1, 1, 24)[:: 1 if attempt % 2 else -1] * 0.7**attempt
    starts: Complexes = radius * (1 - depth) * np.exp(1j * angles)
    return starts[np.abs(starts) > 0]


def _newton(
    kernel: MemoryKernel, starts: Complexes, known: Complexes, farthest: float
) -> Complexes:
    """Return limits of Newton's method on G with the `known` zeros and conjugates divided out."""
    log_derivative = LogDerivative(kernel)
    if len(known) * len(starts) > _MOST_PAIRS:
        known = known[:0]  # a ring of so many zeros is found from its own starts
    divided = np.concatenate([known, np.conj(known[known.imag > 0])])
    z, limits = starts, []
    with np.errstate(all="ignore"):
        for _ in range(_NEWTON_STEPS):
            slope = log_derivative(z)
            slope -= np.sum(z[:, None] / (z[:, None] - divided), axis=1)
            target = z * (1 - 1 / slope)
            size = np.abs(target)
            settled = np.abs(target - z) <= 1e-13 * size
            limits.append(target[settled])
            z = target[~settled & (size > 0) & (size < farthest)]
            if not len(z):
                break
    return np.concatenate([*limits, z[:0]])


class LogDerivative:
    """z G'/G, vectorised: z H'/H + 2 z / (1 - z).

    The closed form is taken as sum_l z^l (a_l + b_l z) over l = 0 and the decode lengths. The
    moduli of the a_l z^l are kept as logarithms and the largest one is taken out, so that nothing
    overflows, whatever the modulus of z and the range of the coefficients. Of many lengths the
    directions of z^l are products of two powers each, of which there are few.
    """

    def __init__(self, kernel: MemoryKernel) -> None:
        pairs = [(0, kernel.first, -sum(kernel.inputs))]
        pairs += [(n, -(t + (n + 1) * w), t + n * w) for n, w, t in kernel]
        lengths = np.array([n for n, _, _ in pairs])
        self._exponents = lengths.astype(float)
        stride = math.isqrt(kernel.length)
        stride = stride if len(pairs) > 4 * stride else 1
        self._powers = tuple(
            np.unique(part, return_inverse=True)
            for part in (lengths - lengths % stride, lengths % stride)
        )
        self._sizes = np.array([math.log(abs(a)) for _, a, _ in pairs])
        signs = np.array([1.0 if a > 0 else -1.0 for _, a, _ in pairs])
        ratios = np.array([b / a for _, a, b in pairs])
        columns = [np.ones(len(pairs)), self._exponents, ratios, (self._exponents + 1) * ratios]
        self._weights = signs[:, None] * np.stack(columns, axis=1).astype(complex)

    def __call__(self, z: Complexes) -> Complexes:
        """Return z G'/G at every point of `z`, not 0 and not 1."""
        rows = max(1, _TERMS_AT_ONCE // len(self._exponents))
        blocks = [self._block(z[start : start + rows]) for start in range(0, len(z), rows)]
        return np.concatenate([*blocks, z[:0]])

    def _block(self, z: Complexes) -> Complexes:
        sizes = self._sizes + np.log(np.abs(z))[:, None] * self._exponents
        sizes -= np.max(sizes, axis=1)[:, None]
        terms = np.exp(sizes) * self._directions(z)
        value, slope, value_shifted, slope_shifted = (terms @ self._weights).T
        ratio: Complexes = (slope + z * slope_shifted) / (value + z * value_shifted)
        return ratio + 2 * z / (1 - z)

    def _directions(self, z: Complexes) -> Complexes:
        """Return (z / |z|)^l for all points and lengths."""
        (coarse, giants), (fine, babies) = self._powers
        angles = 1j * np.angle(z)[:, None]
        directions: Complexes = np.exp(angles * coarse)[:, giants]
        return directions * np.exp(angles * fine)[:, babies] if len(fine) > 1 else directions


def _distinct(zeros: list[complex], length: int) -> Complexes:
    """Merge repetitions, reflect into the upper half plane, put nearly real zeros on the axis."""
    kept: list[complex] = []
    for zero in sorted(zeros, key=lambda z: z.real):
        tolerance = 1e-6 * abs(zero) / length
        upper = complex(zero.real, abs(zero.imag) if abs(zero.imag) > tolerance else 0.0)
        near = takewhile(lambda z: upper.real - z.real <= tolerance, reversed(kept))  # noqa: B023
        if all(abs(upper - other) > tolerance for other in near):
            kept.append(upper)
    return np.array(sorted(kept, key=abs), dtype=complex)


def _weight(zeros: Complexes) -> int:
    """Count zeros together with the conjugates of the complex ones."""
    return int(np.sum(np.where(zeros.imag > 0, 2, 1)))
