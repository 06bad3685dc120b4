"""Root loci: where the roots of the characteristic polynomial go as one number of the mix changes.

The number is one of the inputs, the share of the first class or the gain of damped admission
(`kernel_family`). L stays, and every root moves continuously. At each value the roots are enclosed
in disjoint discs, and those outside the unit circle are counted exactly. Between two neighbouring
values with different counts the change is *bracketed* by exact counts at rational points, bisecting
down to a millionth of the range, and where there are few of them to eight digits of the value: it
happens within the bracket, which is a proof. Two changes that cancel between neighbouring values
are not seen.

References
----------
docs/model.md, Stability, Gain, R8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from ...errors import check_length
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import NumberLike, whole_number
from ...model.workload import Workload
from ...records import Series
from ..circle.sparse_polynomial import Complexes, Floats
from ..counting.counts import kernel_counts
from ..partition.family import Along, Parameter, kernel_family, parameter_of, parameter_range
from ..roots.location import circle_distance
from ..roots.roots import Root, all_roots, precision_of
from ..roots.smallest import LogDerivative

__all__ = ["CountChange", "RootLocus", "root_locus"]

LONGEST_LOCUS = 1_000
_MOST_POINTS = 1_001
_DIGITS = 15
_PER_ROOT = 8  # samples of the circle for each root, at least
_TERMS = 2**16  # of the closed form, over all starts of a Newton step; at least 16 starts
_RANKING_STEPS = 2  # of Newton's method, after which the nearest few to the circle go on
_NEWTON_STEPS = 6
_FINALISTS = 16
_ROUNDING = 1e-15  # of log |z| next to the circle: some units in the last place
_NARROWEST = Fraction(1, 10**6)  # of the range: far below the width of a line
_RELATIVE = Fraction(1, 10**8)  # of the value: all digits of a label are then right
_NEXT_TO_ZERO = Fraction(1, 10**18)  # of the range
_FEW = 24  # changes, which figures mark one by one
_PLACES = (Fraction(1, 2), Fraction(3, 7), Fraction(5, 9))  # where a bracket is cut

_Counted: TypeAlias = tuple[Fraction, int | None]  # a value and the unstable modes at it


@dataclass(frozen=True)
class CountChange:
    """Where the number of unstable modes changes: within [low, high], by exact counts at both.

    * `low`, `high`: values of the parameter.
    * `before`, `after`: unstable modes at `low` and at `high`.
    * `angle`: the argument, in radians from 0 to pi, of the root nearest to the circle at `high` of
      those that are on another side of it at `low`, in double precision; pi if the number changes
      by an odd one, as complex roots come in pairs. Unlike the counts it is not proved otherwise:
      where several roots are within 1e-15 of the circle it may be that of another one.
    """

    low: Fraction
    high: Fraction
    before: int
    after: int
    angle: float


@dataclass(frozen=True, eq=False, repr=False)
class RootLocus(Series):
    """The roots along one parameter.

    Attributes
    ----------
    mix : Workload
    along : {"common", "shift", "scale", "share", "gain", "line", "mean"}
        The parameter; "line" if it was given by slopes, "mean" for the older name ``"s"``.
    length : int
        L; there are L - 1 roots at every value.
    values : tuple of Fraction
        The parameter, equally spaced.
    roots : complex array, one row per value
        |lambda| descending, each correct to about 15 digits, repeated with its multiplicity.
    distances : float array of the same shape
        |lambda| - 1, to full relative accuracy; 0 for a root whose disc meets the circle.
    unstable : tuple of int or None
        The exact number of roots outside the circle at each value; None where undecided.
    changes : tuple of CountChange
        Ascending.

    Examples
    --------
    >>> from stabkit import Workload, root_locus
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> locus = root_locus(mix, "s", 9, 10, points=2)
    >>> locus.unstable
    (2, 0)
    >>> round(float(locus.changes[0].low), 4)
    9.8229
    """

    mix: Workload
    along: Parameter
    length: int
    values: tuple[Fraction, ...]
    roots: Complexes
    distances: Floats
    unstable: tuple[int | None, ...]
    changes: tuple[CountChange, ...]

    @property
    def name(self) -> str:
        """The name of the mix."""
        return self.mix.name

    def columns(self) -> dict[str, Any]:
        """Return the parameter under its name, the counts of unstable modes, the roots."""
        roots = enumerate(self.roots.T, start=1)
        return {
            self.along: np.array([float(value) for value in self.values]),
            "unstable": list(self.unstable),
            **{f"root_{k}": root for k, root in roots},
        }

    @property
    def spectral_radius(self) -> Floats | None:
        """The largest modulus at each value; None if there is no root (L = 1)."""
        return 1 + self.distances[:, 0] if self.length > 1 else None


def root_locus(
    mix: WorkloadLike,
    along: Along = "common",
    low: NumberLike | None = None,
    high: NumberLike | None = None,
    points: int = 41,
    map: Callable[..., Iterable[Any]] = map,
) -> RootLocus:
    """Return the roots of the characteristic polynomial along one parameter of the mix.

    Parameters
    ----------
    mix : WorkloadLike
        With L at most 1,000; of two classes or more for ``"share"``.
    along : {"common", "shift", "scale", "share", "gain"} or sequence
        A line of inputs as in `threshold`: one common input in tokens, the tokens added to all, the
        factor of all, or a slope for each class. Or the share of the first class, or the gain of
        damped admission. The older names ``"p"`` and ``"kappa"`` are the last two, and ``"s"`` is
        the mean input where all inputs change in proportion.
    low, high : number, optional
        The range, exact; low < high. No input is negative or above 10^12 tokens, 0 < share < 1,
        0 < gain <= 1. By default inputs from the least to twice the larger of their mean and L, on
        the mean, shares from 1/100 to 99/100, gains from 1/50 to 1.
    points : int
        How many values, 2 to 1 001.
    map : callable
        ``map(function, iterable)``: the built-in, or one that shows progress from value to value.

    Returns
    -------
    RootLocus

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain, or L is beyond the bound.

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 2), (5, 3)])
    >>> locus = root_locus(mix, "common", 0, "3/2", points=4)  # R8: marginal at s = 1 exactly
    >>> locus.unstable
    (2, 2, 0, 0)
    >>> change, = locus.changes
    >>> change.low < change.high == 1
    True
    """
    mix = as_workload(mix)
    check_length(mix.longest_decode, LONGEST_LOCUS, "for a root locus")
    start, stop = parameter_range(mix, along, low, high)
    points = whole_number(points, "'points'", 2, _MOST_POINTS)
    family = kernel_family(mix, along)
    values = tuple(start + (stop - start) * Fraction(i, points - 1) for i in range(points))
    located, unstable = zip(*map(partial(_at, family), values), strict=True)
    roots = [[complex(r.value) for r in row for _ in range(r.multiplicity)] for row in located]
    distances = [
        [circle_distance(r) for r in row for _ in range(r.multiplicity)] for row in located
    ]
    return RootLocus(
        mix,
        parameter_of(along),
        mix.longest_decode,
        values,
        np.array(roots, dtype=complex),
        np.array(distances, dtype=float),
        unstable,
        tuple(_changes(family, values, unstable)),
    )


def _at(
    family: Callable[[Fraction], MemoryKernel], value: Fraction
) -> tuple[list[Root], int | None]:
    kernel = family(value)
    return all_roots(kernel, precision_of(_DIGITS)), _unstable(kernel)


def _unstable(kernel: MemoryKernel) -> int | None:
    """Return the exact number of roots outside the unit circle."""
    return kernel_counts(kernel).outside


def _changes(
    family: Callable[[Fraction], MemoryKernel],
    values: tuple[Fraction, ...],
    unstable: tuple[int | None, ...],
) -> Iterator[CountChange]:
    width = values[-1] - values[0]
    ends = list(pairwise(zip(values, unstable, strict=True)))
    found = [b for pair in ends for b in _brackets(family, *pair, lambda _: width * _NARROWEST)]
    if len(found) <= _FEW:
        found = [b for pair in found for b in _brackets(family, *pair, partial(_digits, width))]
    for (low, before), (high, after) in found:
        if before is not None and after is not None:
            is_real = (after - before) % 2 == 1  # a change of the sign of G(-1): one passes -1
            angle = math.pi if is_real else _crossing_angle(family(low), family(high))
            yield CountChange(low, high, before, after, angle)


def _digits(width: Fraction, value: Fraction) -> Fraction:
    """Return the width of a bracket around `value` that tells its first digits."""
    return min(width * _NARROWEST, max(abs(value) * _RELATIVE, width * _NEXT_TO_ZERO))


def _brackets(
    family: Callable[[Fraction], MemoryKernel],
    lower: _Counted,
    upper: _Counted,
    narrow: Callable[[Fraction], Fraction],
) -> Iterator[tuple[_Counted, _Counted]]:
    """Bisect wherever the counts at two values differ; undecided counts end the search."""
    (low, before), (high, after) = lower, upper
    if before is None or after is None or before == after:
        return
    if high - low <= narrow(high):
        yield lower, upper
        return
    cuts = (low + (high - low) * place for place in _PLACES)
    counts = ((cut, _unstable(family(cut))) for cut in cuts)
    between = next((pair for pair in counts if pair[1] is not None), None)
    if between is None:
        yield lower, upper
        return
    yield from _brackets(family, lower, between, narrow)
    yield from _brackets(family, between, upper, narrow)


def _crossing_angle(before: MemoryKernel, kernel: MemoryKernel) -> float:
    """Return the argument of the root that crosses from `before` on, in double precision.

    Of equally spaced points of the circle, those with a locally shortest Newton step lie at a root
    each; where the step leads tells which ones are nearly on the circle, and Newton's method from
    these, which one is the nearest. Nearer ones may stay on their side, as g - 1 next to the roots
    of unity do where the inputs are huge: Newton's method goes on to the roots of `before`.
    """
    total = kernel.total
    weights = np.array([g / total for g in kernel.coefficients])
    size = 1 << (_PER_ROOT * kernel.length - 1).bit_length()
    terms = (weights, np.arange(kernel.length) * weights)
    values, slopes = (np.conj(np.fft.rfft(row, size)) for row in terms)
    z = np.exp(2j * np.pi / size * np.arange(len(values)))
    with np.errstate(all="ignore"):
        steps = np.nan_to_num(values / slopes, nan=np.inf)  # G / (z G')
        sizes = np.pad(np.abs(steps), 1, mode="reflect")
        minima = np.flatnonzero((sizes[1:-1] <= sizes[:-2]) & (sizes[1:-1] <= sizes[2:]))
        led_to = z[minima] * (1 - steps[minima])
        starts = max(16, _TERMS // len(kernel.closed_form))
        z = led_to[np.argsort(_distance(led_to), kind="stable")[:starts]]
        slope = LogDerivative(kernel)
        for _ in range(_RANKING_STEPS):
            z = z * (1 - 1 / slope(z))
        z = z[np.argsort(_distance(z), kind="stable")[:_FINALISTS]]
        for _ in range(_NEWTON_STEPS):
            z = z * (1 - 1 / slope(z))
        came_from, slope = z, LogDerivative(before)
        for _ in range(_NEWTON_STEPS):
            came_from = came_from * (1 - 1 / slope(came_from))
        crossed = _side(z) != _side(came_from)
        if np.any(crossed):
            z = z[crossed]
        return float(abs(np.angle(z[np.argmin(_distance(z))])))


def _side(z: Complexes) -> Floats:
    """Return the sign of log |z|, 0 where rounding hides it."""
    away: Floats = np.log(np.abs(z))
    return np.where(np.abs(away) > _ROUNDING, np.sign(away), 0.0)


def _distance(z: Complexes) -> Floats:
    return np.nan_to_num(np.abs(np.log(np.abs(z))), nan=np.inf)
