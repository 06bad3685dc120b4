"""The memory kernel: how much memory one admission holds, step after step.

While nothing is evicted, the requests in stage m of class k are the share p_k of the admissions m
steps ago, and the memory equation is a convolution, sum_m g_m a(n - m) = B, with the *memory
kernel*

    g_m = sum_k p_k (s_k + m + 1) 1{m < l_k} = E[(S + m + 1) 1{T > m}],   0 <= m < L,

where (S, T) are the input and decode length of a random admission. Its generating function
G(z) = sum_m g_m z^m decides stability, and has the sparse closed form

    H(z) = (1 - z)^2 G(z)
         = sum_k p_k [(s_k + 1) - s_k z - (s_k + l_k + 1) z^(l_k) + (s_k + l_k) z^(l_k + 1)].

Both depend on the classes only through, for each decode length l, the total share w_l and the
share-weighted input t_l = sum of p_k s_k over the classes with l_k = l (R11: merging classes of
equal decode length by their mean input changes nothing). `MemoryKernel` holds these as integers
over one common denominator, so that everything built on it is exact and fast; this module imports
neither sympy nor numpy.

References
----------
docs/model.md, Kernel, Closed form; [ADLS] section 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from ..errors import InvalidArgument, shown
from ..records import Record
from .numbers import NumberLike, rational_argument
from .workload import Workload

__all__ = ["MemoryKernel"]


@dataclass(frozen=True, repr=False)
class MemoryKernel(Record):
    """The memory kernel of a workload, in integers over a common denominator.

    Up to a factor it is also the closed loop of a linear admission policy: that of `damped` or
    `reserved`, or any other of this form.

    Attributes
    ----------
    denominator : int
        D > 0. The kernel, the survival function and the closed form below are D times the true
        ones, which makes every number an integer.
    decode_lengths : tuple of int
        The distinct decode lengths, ascending, in steps.
    shares : tuple of int
        D w_l for each of them.
    inputs : tuple of int
        D t_l for each of them: the share-weighted input length, in tokens.

    References
    ----------
    docs/model.md, Kernel, Closed form.

    Examples
    --------
    >>> from stabkit import MemoryKernel, Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(5, 1), (5, 3)]))
    >>> kernel.denominator, kernel.coefficients
    (2, (12, 7, 8))
    >>> kernel.closed_form
    {0: 12, 1: -17, 2: 6, 3: -9, 4: 8}
    """

    denominator: int
    decode_lengths: tuple[int, ...]
    shares: tuple[int, ...]
    inputs: tuple[int, ...]

    @classmethod
    def of(cls, workload: Workload) -> MemoryKernel:
        """Return the kernel of `workload`."""
        merged: dict[int, tuple[Fraction, Fraction]] = {}
        for c in workload.classes:
            share, held = merged.get(c.decode_length, (Fraction(0), Fraction(0)))
            merged[c.decode_length] = (share + c.share, held + c.share * c.input_length)
        lengths = tuple(sorted(merged))
        terms = [merged[length] for length in lengths]
        scale = math.lcm(*(part.denominator for pair in terms for part in pair))
        return cls(
            scale,
            lengths,
            tuple(int(share * scale) for share, _ in terms),
            tuple(int(held * scale) for _, held in terms),
        )

    @classmethod
    def of_totals(
        cls, decode_lengths: Sequence[int], requests: Sequence[int], inputs: Sequence[int]
    ) -> MemoryKernel:
        """Return the kernel of a sample, from its totals at each decode length.

        * `decode_lengths`: the distinct decode lengths, ascending.
        * `requests`, `inputs`: how many requests have each of them (positive), and the sum of their
          input lengths; both may be multiplied by one positive factor, which drops out.

        >>> trace = [(3, 2), (6, 2), (1, 5)]  # (input length, decode length) of every request
        >>> MemoryKernel.of_totals([2, 5], [2, 1], [9, 1]) == MemoryKernel.of(
        ...     Workload.from_classes(trace)
        ... )
        True
        """
        common = math.gcd(*requests, *inputs)
        shares = tuple(count // common for count in requests)
        held = tuple(tokens // common for tokens in inputs)
        return cls(sum(shares), tuple(decode_lengths), shares, held)

    @property
    def length(self) -> int:
        """The number L of terms: the longest decode length."""
        return self.decode_lengths[-1]

    @property
    def first(self) -> int:
        """D g_0 = D sum p_k (s_k + 1): the memory that an admission takes at once."""
        return sum(self.shares) + sum(self.inputs)

    @property
    def total(self) -> int:
        """D G(1) = D sum p_k (s_k l_k + l_k (l_k + 1) / 2): the token-steps of an admission."""
        return sum(t * n + w * (n * (n + 1) // 2) for n, w, t in self)

    @property
    def mean_decode_length(self) -> Fraction:
        """The mean decode length mu, in steps."""
        return Fraction(sum(w * n for n, w, _ in self), self.denominator)

    def damped(self, gain: NumberLike) -> MemoryKernel:
        """Return the kernel g_0, gain g_1, ..., gain g_(L-1), of damped admission.

        * `gain`: 0 < gain <= 1; 1 is the greedy loop, this kernel itself.

        It is the kernel of a mix, up to the normalisation of the shares, so that every engine works
        on it unchanged: scale all classes by the gain, which gives gain g_m at every m, and make up
        for what is missing at m = 0 by memory that is held for one step by nobody,

            w = 0,  t = (1 - gain) g_0  at decode length 1.

        Its shares add up to `gain`, not to 1. Raises InvalidArgument if `gain` is outside its
        domain.

        >>> half = MemoryKernel.of(Workload.from_classes([(5, 1), (5, 3)])).damped(Fraction(1, 2))
        >>> [Fraction(g, half.denominator) for g in half.coefficients] == [6, Fraction(7, 4), 2]
        True
        """
        gain = rational_argument(gain, "'gain'")
        if not 0 < gain <= 1:
            raise InvalidArgument(f"'gain' must be positive and at most 1, not {shown(gain)}.")
        if gain == 1:
            return self
        a, b = gain.numerator, gain.denominator
        terms = {n: (a * w, a * t) for n, w, t in self}
        share, held = terms.get(1, (0, 0))
        terms[1] = (share, held + (b - a) * self.first)
        lengths = tuple(sorted(terms))
        return MemoryKernel(
            b * self.denominator,
            lengths,
            tuple(terms[n][0] for n in lengths),
            tuple(terms[n][1] for n in lengths),
        )

    @property
    def reserved(self) -> MemoryKernel:
        """The kernel r_m = sum_k p_k (s_k + l_k) 1{m < l_k} of reservation; its shares are 0.

        Every request holds s_k + l_k tokens from its admission on.

        >>> held = MemoryKernel.of(Workload.from_classes([(5, 1), (5, 3)])).reserved
        >>> [Fraction(r, held.denominator) for r in held.coefficients] == [7, 4, 4]
        True
        """
        lifetimes = tuple(t + w * n for n, w, t in self)
        return MemoryKernel(self.denominator, self.decode_lengths, (0,) * len(lifetimes), lifetimes)

    def at(self, stage: int) -> Fraction:
        """Return g_m, in tokens, for one stage m; O(1) in L."""
        held = sum(t + (stage + 1) * w for n, w, t in self if n > stage)
        return Fraction(held, self.denominator)

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Iterate over (decode length, D w_l, D t_l)."""
        return iter(zip(self.decode_lengths, self.shares, self.inputs, strict=True))

    @cached_property
    def coefficients(self) -> tuple[int, ...]:
        """D g_0, ..., D g_(L-1). O(L) integers: mind the length before asking for it."""
        return self.leading(self.length)

    def admissions(self, capacity: Fraction) -> Fraction:
        """Return a* = B / G(1), the admissions per step at which the memory stays full."""
        return capacity * self.denominator / self.total

    def leading(self, count: int) -> tuple[int, ...]:
        """Return D g_0, D g_1, ... of the first `count` stages, or of all if there are fewer."""
        return tuple(
            held + (m + 1) * share
            for start, stop, share, held in self.plateaus()
            for m in range(start, min(stop, count))
        )

    @cached_property
    def survival(self) -> tuple[int, ...]:
        """D S_m = D P(T > m) for 0 <= m < L: the survival function of the decode length."""
        return tuple(share for start, stop, share, _ in self.plateaus() for _ in range(start, stop))

    @cached_property
    def closed_form(self) -> dict[int, int]:
        """D (1 - z)^2 G(z) as {exponent: coefficient}, ascending, zeros left out."""
        terms = {0: self.first, 1: -sum(self.inputs)}
        for n, w, t in self:
            terms[n] = terms.get(n, 0) - (t + (n + 1) * w)
            terms[n + 1] = terms.get(n + 1, 0) + t + n * w
        return {m: terms[m] for m in sorted(terms) if terms[m]}

    def at_minus_one(self) -> int:
        """D G(-1), from the closed form: its sign is the parity of the number of zeros in (-1, 0).

        The value is exact: (1 - z)^2 = 4 at z = -1.
        """
        return sum(-c if m % 2 else c for m, c in self.closed_form.items()) // 4

    def plateaus(self) -> Iterator[tuple[int, int, int, int]]:
        """Iterate over (start, stop, D P(T > m), D E[S 1{T > m}]), for start <= m < stop."""
        share, held, start = sum(self.shares), sum(self.inputs), 0
        for n, w, t in self:
            yield start, n, share, held
            share, held, start = share - w, held - t, n
