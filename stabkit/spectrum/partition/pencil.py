"""Pencils of memory kernels, G = C + x U: a mix along one number, for the D-partition.

Every number along which stabkit looks for stability enters the kernel linearly, after a change of
scale at most. With C and U kernels of coefficients >= 0 and x >= 0 the lines are

============= ====================== ============================= ========================
`along`       number                 C                             U
============= ====================== ============================= ========================
an InputLine  x in sigma_k x + c_k   kernel at the least x         E[Sigma 1{T > m}]
``gain``      kappa = 1 / x          g_m for m >= 1, else 0        g_0 for m = 0, else 0
``share``     p = x / (1 + x)        kernel of the other classes   kernel of the first one
============= ====================== ============================= ========================

The last two are the kernel times a positive factor, which moves no root. A pencil may be followed
from a later x on (`KernelPencil.beyond`): the gains up to 1 are those with x >= 1.

So for all x in the domain G has coefficients >= 0, which excludes zeros next to z = 1: for
0 <= theta (L - 1) < pi the numbers e^(i m theta), m < L, lie in the upper half plane or on the
positive real axis, and a sum of them with weights >= 0 is 0 only if all weights are (for theta > 0
those of m >= 1 have positive imaginary parts, so that all their weights would be 0, and then that
of m = 0 too).

References
----------
docs/model.md, Kernel, Gain, R8, Input lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from flint import fmpq, fmpq_poly

from ...errors import InvalidArgument
from ...model.kernel import MemoryKernel
from ...model.workload import Workload
from .input_line import InputLine, NamedLine, input_line

__all__ = ["KernelPencil", "PencilLine", "blend", "kernel_pencil"]

PencilLine = InputLine | NamedLine | Literal["gain", "share"]


@dataclass(frozen=True)
class KernelPencil:
    """The kernels C + x U for x >= 0, and what the number x stands for.

    * `constant`, `slope`: C and U, with the same denominator and decode lengths; their coefficients
      are >= 0.
    * `scale` ({"affine", "reciprocal", "odds"}): whether the number that users speak of is y, 1 / y
      or y / (1 + y), with y = x + `origin`.
    * `origin`: a whole number where the scale is not affine.
    """

    constant: MemoryKernel
    slope: MemoryKernel
    scale: Literal["affine", "reciprocal", "odds"] = "affine"
    origin: Fraction = Fraction(0)

    @property
    def length(self) -> int:
        """The number L of terms."""
        return self.constant.length

    def at(self, x: Fraction) -> MemoryKernel:
        """Return the kernel of the number that x stands for: C + x U, its factor taken out.

        >>> pencil = kernel_pencil(Workload.from_classes([(5, 1), (5, 3)]), "common")
        >>> pencil.at(Fraction(5)) == MemoryKernel.of(Workload.from_classes([(5, 1), (5, 3)]))
        True
        """
        a, b = x.numerator, x.denominator
        terms = [
            (n, b * w0 + a * w1, b * t0 + a * t1)
            for (n, w0, t0), (_, w1, t1) in zip(self.constant, self.slope, strict=True)
        ]
        lengths, shares, inputs = zip(*(term for term in terms if term[1] or term[2]), strict=True)
        y = a + b * int(self.origin)
        factor = {"affine": b, "reciprocal": y or b, "odds": b + y}[self.scale]
        return MemoryKernel(factor * self.constant.denominator, lengths, shares, inputs)

    @property
    def is_closed(self) -> bool:
        """Whether the number that x = 0 stands for is in the domain."""
        return self.scale == "affine" or self.origin > 0

    def beyond(self, x: int) -> KernelPencil:
        """Return the same kernels from a whole number x on: C + x U in place of C.

        >>> gains = kernel_pencil(Workload.from_classes([(5, 1), (5, 3)]), "gain").beyond(1)
        >>> gains.number(Fraction(0)), gains.holds(Fraction(1)), gains.holds(Fraction(2))
        (Fraction(1, 1), True, False)
        """
        shares, inputs = (
            tuple(c + x * u for c, u in zip(above, below, strict=True))
            for above, below in (
                (self.constant.shares, self.slope.shares),
                (self.constant.inputs, self.slope.inputs),
            )
        )
        constant = replace(self.constant, shares=shares, inputs=inputs)
        return replace(self, constant=constant, origin=self.origin + x)

    def number(self, x: Fraction) -> Fraction | None:
        """Return the number that x >= 0 stands for; None for infinity."""
        y = x + self.origin
        if self.scale == "reciprocal":
            return 1 / y if y else None
        return y / (1 + y) if self.scale == "odds" else y

    def holds(self, number: Fraction) -> bool:
        """Tell whether a number is in the domain."""
        outside = {"affine": False, "reciprocal": number <= 0, "odds": number >= 1}
        if outside[self.scale]:
            return False
        x = self.position(number)
        return x >= 0 if self.is_closed else x > 0

    def position(self, number: Fraction) -> Fraction:
        """Return the x that stands for `number`, the inverse of `number`."""
        if self.scale == "affine":
            return number - self.origin
        y = 1 / number if self.scale == "reciprocal" else number / (1 - number)
        return y - self.origin

    def polynomial_of_number(self, ascending: Sequence[int]) -> tuple[int, ...]:
        """Return the minimal polynomial of the number that a root x of a minimal polynomial is.

        It is the sum of a_i u^i v^(n-i) where x = u / v in terms of the number: the substitution
        is invertible, so that what is irreducible stays so, and keeps its degree as x is finite.

        >>> pencil = kernel_pencil(Workload.from_classes([(5, 1), (5, 3)]), "share")
        >>> pencil.polynomial_of_number((-2, 1))  # x = 2, the share 2/3
        (-2, 3)
        """
        y = fmpq(self.origin.numerator, self.origin.denominator)
        u, v = {
            "affine": (fmpq_poly([-y, 1]), fmpq_poly([1])),
            "reciprocal": (fmpq_poly([1, -y]), fmpq_poly([0, 1])),
            "odds": (fmpq_poly([-y, 1 + y]), fmpq_poly([1, -1])),
        }[self.scale]
        degree = len(ascending) - 1
        whole = sum((a * u**i * v ** (degree - i) for i, a in enumerate(ascending)), fmpq_poly([]))
        numerator = whole.numer()
        content = numerator.content() * (1 if numerator.leading_coefficient() > 0 else -1)
        return tuple(int(a) // int(content) for a in numerator.coeffs())


def kernel_pencil(
    mix: Workload, along: PencilLine, kernel: MemoryKernel | None = None
) -> KernelPencil:
    """Return the kernels of `mix` along a line; its own `kernel` may be at hand already.

    Raises InvalidArgument if `mix` has one class only, along ``"share"``.
    """
    if along == "gain":
        return _gain_pencil(MemoryKernel.of(mix) if kernel is None else kernel)
    if along != "share":
        return _input_pencil(mix, input_line(mix, along) if isinstance(along, str) else along)
    if len(mix.classes) < 2:
        raise InvalidArgument("'mix' must have two classes or more along 'share', not one.")
    first, rest = (
        MemoryKernel.of(
            Workload.from_classes((c.input_length, c.decode_length, c.share) for c in part)
        )
        for part in (mix.classes[:1], mix.classes[1:])
    )
    return blend(rest, first)


def blend(rest: MemoryKernel, first: MemoryKernel) -> KernelPencil:
    """Return the pencil of the kernels (1 - p) rest + p first, 0 <= p < 1, along the odds of p."""
    return KernelPencil(*_aligned(rest, first), scale="odds")


def _input_pencil(mix: Workload, line: InputLine) -> KernelPencil:
    """Return the pencil of the kernel at the least x, and of the memory that one more of x adds."""
    start, slope = (
        MemoryKernel.of(line.moved(mix, inputs)) for inputs in (line.at(line.low), line.slopes)
    )
    nothing = (0,) * len(slope.decode_lengths)
    return KernelPencil(*_aligned(start, replace(slope, shares=nothing)), origin=line.low)


def _gain_pencil(kernel: MemoryKernel) -> KernelPencil:
    """All but g_0: the kernel, and -g_0 held for one step by nobody; that is the slope's g_0."""
    held = MemoryKernel(kernel.denominator, (1,), (0,), (kernel.first,))
    slope, constant = _aligned(held, kernel)
    missing = tuple(t - h for t, h in zip(constant.inputs, slope.inputs, strict=True))
    return KernelPencil(replace(constant, inputs=missing), slope, scale="reciprocal")


def _aligned(one: MemoryKernel, other: MemoryKernel) -> tuple[MemoryKernel, MemoryKernel]:
    """Return both with the same denominator and the same decode lengths."""
    lengths = tuple(sorted({*one.decode_lengths, *other.decode_lengths}))

    def spread(kernel: MemoryKernel, factor: int) -> MemoryKernel:
        terms = {n: (factor * w, factor * t) for n, w, t in kernel}
        shares, inputs = zip(*(terms.get(n, (0, 0)) for n in lengths), strict=True)
        return MemoryKernel(factor * kernel.denominator, lengths, shares, inputs)

    common = math.lcm(one.denominator, other.denominator)
    return spread(one, common // one.denominator), spread(other, common // other.denominator)
