"""The plane of a stability chart: two numbers of a mix that vary, and the kernel at each point.

With classes k of decode length l_k, input s_k and share p_k under damped admission of gain kappa,

    G(z) = g_0 + kappa sum_(m>=1) g_m z^m,    g_m = sum_k p_k (s_k + m + 1) 1{m < l_k}.

For two classes p_1 = p and p_2 = 1 - p, and s is a common input where it varies. Then G is linear
in each of s, p and kappa while the others rest, so that in any two of them, x and y, it is

    G = a + b x + c y + d x y,                                                                (1)

a, b, c, d polynomials in z: the differences of G at x, y = 0, 1. For three classes x = p_1 and
y = p_2 are two of three shares, p_3 = 1 - x - y; the plane is the simplex, and d = 0.

A *row* is the line of fixed y. Along it the kernels are a pencil
(`stabkit.spectrum.partition.pencil`):

====== ============================================================= =================
x      pencil                                                        its number is
====== ============================================================= =================
s      ``common``, both of its kernels damped                        x
p      blend of the two classes, damped                              x
kappa  ``gain``                                                      x
p_1    blend of the ends p_1 = 0 and p_1 = 1 - y of the row, damped  x / (1 - y)
====== ============================================================= =================

(1) makes the boundary curves, in double precision; the rows make the counts, exactly. They share
no code, so that each is a check on the other.

References
----------
docs/model.md, Boundaries.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ...model.numbers import LARGEST_INPUT_LENGTH, rational_argument
from ...model.workload import Workload
from ..circle.sparse_polynomial import Floats
from ..partition.pencil import KernelPencil, blend, kernel_pencil

__all__ = ["CALLED", "DOMAINS", "Axis", "ChartFrame", "ChartPlane"]

_ASPECT = 4 / 3  # width over height of the picture that distances are measured in
_INSET = Fraction(1, 1000)  # of the axis: the first row beside an end that is not in the domain
_ROUNDED = 2**20

# The least and the largest value of each number, and whether they belong to its domain.
DOMAINS: dict[str, tuple[Fraction, bool, Fraction, bool]] = {
    "s": (Fraction(0), True, Fraction(LARGEST_INPUT_LENGTH), True),
    "p": (Fraction(0), False, Fraction(1), False),
    "kappa": (Fraction(0), False, Fraction(1), True),
    "p1": (Fraction(0), False, Fraction(1), False),
    "p2": (Fraction(0), False, Fraction(1), False),
}
# What `root_locus` calls them.
CALLED = {"s": "common", "p": "share", "kappa": "gain"}


@dataclass(frozen=True)
class Axis:
    """A number that varies, its range, and its scale in the picture.

    * `logarithmic`: whether the picture is linear in log(1 + value) instead of in the value.
    """

    number: str
    low: Fraction
    high: Fraction
    logarithmic: bool = False

    @property
    def name(self) -> str:
        """The word for the number, as `root_locus` and the options of the program have it."""
        return CALLED.get(self.number, self.number)

    def place(self, value: Any) -> Any:
        """Return where a value is, in double precision: 0 at `low`, 1 at `high`."""
        low, high = float(self.low), float(self.high)
        if not self.logarithmic:
            return (value - low) / (high - low)
        return np.log((1 + value) / (1 + low)) / math.log((1 + high) / (1 + low))

    def at(self, place: Floats) -> Floats:
        """Return the values at places, in double precision: the inverse of `place`."""
        low, high = float(self.low), float(self.high)
        if not self.logarithmic:
            return low + place * (high - low)
        return (1 + low) * ((1 + high) / (1 + low)) ** place - 1

    def value(self, place: Fraction) -> Fraction:
        """Return the value at a place in [0, 1]; a simple fraction near it if logarithmic.

        At an end that is not in the domain it is the value next to it, a thousandth away.
        """
        least, with_least, largest, with_largest = DOMAINS[self.number]
        if place == 0 and self.low == least and not with_least:
            place = _INSET
        if place == 1 and self.high == largest and not with_largest:
            place = 1 - _INSET
        if not self.logarithmic or place in (0, 1):
            return self.low + place * (self.high - self.low)
        value = float(self.at(np.array(float(place))))
        return Fraction(round(value * _ROUNDED), _ROUNDED)


@dataclass(frozen=True)
class ChartPlane:
    """Two numbers of a mix that vary, the others at rest.

    * `decode_lengths`: two, or three for the simplex of shares.
    * `vary`: horizontal and vertical number: two of "s", "p" and "kappa", or ("p1", "p2").
    * `inputs`: the input length of each class; of no effect where s varies.
    * `share`, `gain`: p and kappa; of no effect where they vary.
    """

    decode_lengths: tuple[int, ...]
    vary: tuple[str, str]
    inputs: tuple[Fraction, ...]
    share: Fraction = Fraction(1, 2)
    gain: Fraction = Fraction(1)

    @property
    def is_simplex(self) -> bool:
        """Whether the plane is that of three shares."""
        return len(self.decode_lengths) == 3

    def holds(self, x: Fraction, y: Fraction) -> bool:
        """Tell whether a point is in the domain."""
        if self.is_simplex and x + y >= 1:
            return False
        for number, value in zip(self.vary, (x, y), strict=True):
            least, with_least, largest, with_largest = DOMAINS[number]
            above = value >= least if with_least else value > least
            below = value <= largest if with_largest else value < largest
            if not (above and below):
                return False
        return True

    def point(self, x: Any, y: Any) -> tuple[Fraction, Fraction]:
        """Return a point of the domain, exact.

        Raises InvalidArgument if it is not one.
        """
        across, up = (
            rational_argument(value, f"'{number}'")
            for number, value in zip(self.vary, (x, y), strict=True)
        )
        if not self.holds(across, up):
            names = " and ".join(f"'{number}'" for number in self.vary)
            raise InvalidArgument(
                f"{names} must be in the domain of the chart, not {shown(across)}, {shown(up)}."
            )
        return across, up

    def mix(self, x: Fraction, y: Fraction) -> Workload:
        """Return the mix at a point; the gain is not a part of it."""
        if self.is_simplex:
            shares: Sequence[Fraction] = (x, y, 1 - x - y)
            return self._workload(self.inputs, shares)
        numbers = self._numbers(x, y)
        inputs = (numbers["s"],) * 2 if "s" in self.vary else self.inputs
        return self._workload(inputs, (numbers["p"], 1 - numbers["p"]))

    def kernel(self, x: Fraction, y: Fraction) -> MemoryKernel:
        """Return the memory kernel at a point, damped, up to a positive factor."""
        return MemoryKernel.of(self.mix(x, y)).damped(self._numbers(x, y)["kappa"])

    def row(self, y: Fraction) -> tuple[KernelPencil, Fraction]:
        """Return the pencil along the row at y, and the factor from its number to x."""
        along = self.vary[0]
        if self.is_simplex:
            first, rest = (
                MemoryKernel.of(self._workload(self.inputs, shares)).damped(self.gain)
                for shares in ((1 - y, y, 0), (0, y, 1 - y))
            )
            return blend(rest, first), 1 - y
        if along == "kappa":
            return kernel_pencil(self.mix(Fraction(1), y), "gain"), Fraction(1)
        gain = self._numbers(Fraction(0), y)["kappa"]
        if along == "s":
            pencil = kernel_pencil(self.mix(Fraction(0), y), "common")
            constant, slope = (k.damped(gain) for k in (pencil.constant, pencil.slope))
            return replace(pencil, constant=constant, slope=slope), Fraction(1)
        inputs = (y,) * 2 if self.vary[1] == "s" else self.inputs
        first, rest = (
            MemoryKernel.of(self._workload(inputs, shares)).damped(gain)
            for shares in ((1, 0), (0, 1))
        )
        return blend(rest, first), Fraction(1)

    def bilinear(self) -> NDArray[np.float64]:
        """Return the coefficients of a, b, c, d of (1), ascending, one column each."""
        a, right, up, corner = (self._terms(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)))
        return np.stack([a, right - a, up - a, corner - right - up + a], axis=1)

    def _terms(self, x: float, y: float) -> Floats:
        """Return the damped kernel from its definition, in double precision."""
        numbers: dict[str, Any] = self._numbers(x, y)
        shares = (x, y, 1 - x - y) if self.is_simplex else (numbers["p"], 1 - numbers["p"])
        inputs = (numbers["s"],) * 2 if "s" in self.vary else self.inputs
        m = np.arange(max(self.decode_lengths))
        terms = np.zeros(len(m))
        for s, n, share in zip(inputs, self.decode_lengths, shares, strict=True):
            terms += float(share) * (float(s) + m + 1) * (m < n)
        terms[1:] *= float(numbers["kappa"])
        return terms

    def _numbers(self, x: Any, y: Any) -> dict[str, Any]:
        return {"s": None, "p": self.share, "kappa": self.gain} | dict(
            zip(self.vary, (x, y), strict=True)
        )

    def _workload(self, inputs: Sequence[Fraction], shares: Sequence[Fraction | int]) -> Workload:
        parts = zip(inputs, self.decode_lengths, shares, strict=True)
        return Workload.from_classes([part for part in parts if part[2]])


@dataclass(frozen=True)
class ChartFrame:
    """A plane with the ranges that are drawn, and the picture in which distances are measured.

    The picture is a rectangle of height 1, or an equilateral triangle of side 1: there p_1 is 1 at
    the right, p_2 at the top, p_3 at the left corner.
    """

    plane: ChartPlane
    horizontal: Axis
    vertical: Axis

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the picture."""
        return (1.0, math.sqrt(3) / 2) if self.plane.is_simplex else (_ASPECT, 1.0)

    def drawn(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return where points are in the picture."""
        if self.plane.is_simplex:
            return x + y / 2, y * math.sqrt(3) / 2
        return _ASPECT * self.horizontal.place(x), self.vertical.place(y)

    def distance_to_sides(self, across: Floats, up: Floats) -> Floats:
        """Return the distances of places in the picture from its border; negative outside."""
        width, height = self.size
        sides = [across, width - across, up, height - up]
        if self.plane.is_simplex:  # its height is sin 60 degrees
            sides = [up, across * height - up / 2, (width - across) * height - up / 2]
        nearest: Floats = np.min(np.stack(sides), axis=0)
        return nearest
