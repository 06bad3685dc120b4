"""Variances of a finite server's series in double precision, for tests of a domain: estimates.

Per a*, with X = sum_m Y(m) e^(i m theta), Y(m) = (S + m + 1) 1{T > m}, D = sum_(m < T) e^(i m theta),
U = (S + T + 1) e^(i T theta) and phi = E e^(i T theta), the admissions of a stable mix, its running
requests and the tokens that completions free have the spectral densities (R13, R14)

    f = E|X|^2 / |E X|^2 - 1,   E|D - c X|^2 with c = E D / E X,   E|U - c X|^2 with c = E U / E X.

Given the admissions, the completions of step n have the mean sum_l P(T = l) a_(n-l): their
*intensity*, of spectral density |phi|^2 f. It hardly varies where decode lengths are spread, and
varies most where requests come and go in cohorts. If completions were independent of each other,
the tokens that they free would have the variance E(S + T + 1)^2.

With E|V - c X|^2 = E|V|^2 - 2 Re(conj(c) E[V conj(X)]) + |c|^2 E|X|^2 all expectations are Fourier
sums of lags. With n = T - k these are: of D with itself n^+; of D with X, k steps younger or older,
sum_(0<j<=n) (S + j) and sum_(k<j<=T) (S + j); of X with itself sum_(0<j<=n) (S + j)(S + j + k); of U
with X (S + T + 1)(S + T + 1 - k) 1{T >= k}. The means over N equidistant angles converge like rho^N;
N is doubled until they change by less than 10^-6.

References
----------
docs/model.md, R13, R14.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...model.workload import Workload

__all__ = ["Reals", "Variances", "estimated_variances", "float_law", "window_dispersion"]

Reals = NDArray[np.float64]
_ACCURATE = 1e-6
_MOST_ANGLES = 2**22


@dataclass(frozen=True)
class Variances:
    """Variances per a*, of a stable mix.

    Attributes
    ----------
    admissions : float
        V, the Fano factor.
    running : float
        Of the running requests.
    intensity : float
        Of the mean of a step's completions, given the admissions.
    freed : float
        Of the tokens that completions free, over E(S + T + 1)^2: 1 if they were independent.
    """

    admissions: float
    running: float
    intensity: float
    freed: float


def estimated_variances(mix: Workload) -> Variances:
    """Return the variances of a stable mix, which is not checked; its classes are the joint law.

    Examples
    --------
    For lengths 1 and 2 with a common input R13 has V in closed form:

    >>> s, p = 5, 0.5
    >>> found = estimated_variances(Workload.from_classes([(s, 1), (s, 2)]))
    >>> exact = p * (1 - p) * (s + 2) ** 2 / ((p * (s + 2) - 1) * (2 * s + 3 - p * (s + 2)))
    >>> round(found.admissions / exact, 9)
    1.0
    """
    law = _JointLaw(mix)
    count = 4 * law.longest
    before = law.variances(1 << count.bit_length())
    while True:
        count = 2 * count
        found = law.variances(1 << count.bit_length())
        change = np.abs(np.subtract(found, before))
        if count > _MOST_ANGLES or (change <= _ACCURATE * np.abs(found)).all():
            return Variances(*map(float, found))
        before = found


def float_law(mix: Workload) -> tuple[Reals, Reals, Reals]:
    """Return the inputs, the outputs and the shares of the classes."""
    rows = [(float(c.input_length), c.decode_length, float(c.share)) for c in mix.classes]
    inputs, outputs, shares = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return inputs, outputs, shares


def window_dispersion(mix: Workload) -> float:
    """Return the squared coefficient of variation of the memory-time M = sum_m Y(m).

    It is f at theta = 0: the variance over the mean of the number completed in a long window (R14).

    Examples
    --------
    M = (2 + 1) + (2 + 2) = 7 of one half, and 2 + 1 = 3 of the other: variance 4, mean 5.

    >>> window_dispersion(Workload.from_classes([(2, 2), (2, 1)]))
    0.16
    """
    inputs, outputs, shares = float_law(mix)
    times = outputs * (inputs + (outputs + 1) / 2)
    mean = times @ shares
    return float((times - mean) ** 2 @ shares / mean**2)


class _JointLaw:
    """Lags of the joint law of (S, T) on 0, 1, ..., L - 1."""

    def __init__(self, mix: Workload) -> None:
        self.longest = mix.longest_decode
        self._inputs, self._outputs, self._shares = float_law(mix)

    def _tail(self, inputs: int, outputs: int) -> Reals:
        """E[S^inputs T^outputs 1{T > k}]."""
        weights = self._shares * self._inputs**inputs * self._outputs**outputs
        at = np.bincount(self._outputs.astype(int) - 1, weights, self.longest)
        return np.cumsum(at[::-1])[::-1]

    @cached_property
    def _lags(self) -> tuple[Reals, ...]:
        """P(T > k), E Y(k), lags of D with itself, of D with X both ways, of X, and of U with X."""
        k, t = np.arange(self.longest), self._tail
        alive, ages, squares = t(0, 0), t(0, 1), t(0, 2)
        held, held_ages = t(1, 0), t(1, 1)
        left = ages - k * alive  # E(T - k)^+
        input_left = held_ages - k * held  # E S (T - k)^+
        younger = input_left + (squares + ages - 2 * k * ages + (k * k - k) * alive) / 2
        older = input_left + (squares + ages - k * (k + 1) * alive) / 2
        cubes = 2 * t(0, 3) + 3 * (1 - k) * squares + (1 - 3 * k) * ages + (k**3 - k) * alive
        own = t(2, 1) - k * t(2, 0) + input_left + t(1, 2) - k * held_ages + cubes / 6
        whole = t(2, 0) + 2 * held_ages + squares + 2 * (held + ages) + alive  # E (S + T + 1)^2
        freed = np.concatenate(([0.0], whole - (k + 1) * (held + ages + alive)))
        return alive, held + (k + 1) * alive, left, younger, older, own, freed

    def variances(self, count: int) -> tuple[float, float, float, float]:
        """Return the means over `count` angles, in the order of `Variances`."""
        alive, kernel, left, younger, older, own, freed = self._lags

        def transform(lags: Reals) -> NDArray[np.complex128]:
            return np.fft.rfft(lags, count)

        def even(lags: Reals) -> Reals:
            return 2 * transform(lags).real - lags[0]

        # A transform has e^(-i k theta), the conjugate of what the lags stand for.
        power, mean = even(own), transform(kernel)
        density = power / np.abs(mean) ** 2 - 1
        cross = np.conj(transform(younger)) + transform(older) - younger[0]
        size = self._inputs + self._outputs + 1
        square = size * size @ self._shares

        def residual(own: Any, first: Reals, cross: NDArray[np.complex128]) -> float:
            c = transform(first) / mean
            return _mean(own - 2 * (c * cross).real + np.abs(c) ** 2 * power, count)

        return (
            _mean(density, count),
            residual(even(left), alive, cross),
            _mean(np.abs(transform(self._at_ends(self._shares))) ** 2 * density, count),
            residual(square, self._at_ends(self._shares * size), np.conj(transform(freed)))
            / square,
        )

    def _at_ends(self, weights: Reals) -> Reals:
        """Sum the weights of the requests of each decode length 0, 1, ..., L."""
        return np.bincount(self._outputs.astype(int), weights, self.longest + 1)


def _mean(half: Reals, count: int) -> float:
    """Return the mean over the circle of an even function, from its values on the upper half."""
    return float((2 * half.sum() - half[0] - half[-1]) / count)
