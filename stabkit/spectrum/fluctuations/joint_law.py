"""The joint law of input and decode length, by the moments that fluctuations depend on.

The fluid sees a class mix through its means at every decode length (R11); single requests do not
forget their own input. Let (S, T) be the input and decode length of a random admission and

    Y(m) = (S + m + 1) 1{T > m}

the tokens that it holds m steps after it was admitted, so that E Y(m) = g_m. All that is needed of
the law beyond the kernel are sums of products of such terms over m, for which S enters as S^i with
i <= 3 and, at each decode length, a polynomial in T. So the moments

    E[S^i 1{T = t}],   i = 0, 1, 2, 3,

at each of the distinct decode lengths t hold everything, however many pairs there are. With the
*tails* E[S^i T^j 1{T > k}], for all k by one running sum, the autocovariance sums are

    N_k = sum_m E[Y(m) Y(m + k)] = sum over T > k of sum_(j=1)^(T-k) (S + j) (S + j + k)
        = E[((S^2 + S)(T - k) + S T (T - k)
             + (2 T^3 + 3 (1 - k) T^2 + (1 - 3k) T + k^3 - k) / 6) 1{T > k}],

by sum_(j<=n) j = n (n + 1) / 2 and sum_(j<=n) j^2 = n (n + 1)(2n + 1) / 6 at n = T - k. They are
exact and cost O(1) for each k.

References
----------
docs/model.md, Kernel, R11, R13.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from ...model.workload import Workload

__all__ = ["JointLaw"]

_HIGHEST = 3  # the power of S in the covariance of a request and the slack beside it


@dataclass(frozen=True)
class JointLaw:
    """The moments of S at each decode length, in integers over a common denominator.

    * `denominator`: D > 0, common to every list below: all are D times the true numbers.
    * `decode_lengths`: the distinct decode lengths t, ascending.
    * `moments`: D E[S^i 1{T = t}] for i = 0, 1, 2, 3, each for every t.

    >>> law = JointLaw.of(Workload.from_classes([(1, 2), (2, 2), (4, 3, 2)]))
    >>> law.denominator, law.decode_lengths, law.moments
    (4, (2, 3), ((2, 2), (3, 8), (5, 32), (9, 128)))
    """

    denominator: int
    decode_lengths: tuple[int, ...]
    moments: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, mix: Workload) -> JointLaw:
        """Return the joint law of a mix, one class for each distinct pair.

        Raises InvalidWorkload if the inputs of `mix` are means and the pairs are not known.
        """
        classes = mix.unmerged().classes
        unit = math.lcm(*(c.input_length.denominator for c in classes))
        weight = math.lcm(*(c.share.denominator for c in classes))
        sums: dict[int, list[int]] = {}
        for c in classes:
            tokens = c.input_length.numerator * (unit // c.input_length.denominator)
            count = c.share.numerator * (weight // c.share.denominator)
            at = sums.setdefault(c.decode_length, [0] * (_HIGHEST + 1))
            for i in range(_HIGHEST + 1):
                at[i] += count * tokens**i * unit ** (_HIGHEST - i)
        lengths = tuple(sorted(sums))
        moments = tuple(tuple(sums[t][i] for t in lengths) for i in range(_HIGHEST + 1))
        return cls(weight * unit**_HIGHEST, lengths, moments)

    @property
    def length(self) -> int:
        """The number L of terms of the kernel: the longest decode length."""
        return self.decode_lengths[-1]

    @property
    def is_certain(self) -> bool:
        """Whether all requests are alike: nothing is left to chance."""
        shares, inputs, squares, _ = self.moments
        return len(shares) == 1 and shares[0] * squares[0] == inputs[0] ** 2

    def mean(self, inputs: int, steps: int = 0) -> int:
        """Return D E[S^inputs T^steps].

        >>> JointLaw.of(Workload.from_classes([(1, 2), (4, 3)])).mean(2, 1)  # 1 * 2 + 16 * 3
        50
        """
        pairs = zip(self.decode_lengths, self.moments[inputs], strict=True)
        return sum(t**steps * moment for t, moment in pairs)

    def tails(self, inputs: int, steps: int = 0) -> list[int]:
        """Return D E[S^inputs T^steps 1{T > k}] for 0 <= k < L."""
        at = [0] * self.length
        for t, moment in zip(self.decode_lengths, self.moments[inputs], strict=True):
            at[t - 1] = t**steps * moment
        return list(accumulate(reversed(at)))[::-1]

    @cached_property
    def kernel(self) -> list[int]:
        """D g_m = D E Y(m), 0 <= m < L."""
        alive, held = self.tails(0), self.tails(1)
        return [s + (m + 1) * w for m, (w, s) in enumerate(zip(alive, held, strict=True))]

    @cached_property
    def autocovariance_sums(self) -> list[int]:
        """D N_k = D sum_m E[Y(m) Y(m + k)], 0 <= k < L.

        >>> JointLaw.of(Workload.from_classes([(5, 3)])).autocovariance_sums
        [149, 98, 48]
        """
        powers = zip(*(self.tails(0, j) for j in range(4)), strict=True)
        inputs = zip(*(self.tails(1, j) for j in range(3)), strict=True)
        squares = zip(*(self.tails(2, j) for j in range(2)), strict=True)
        return [
            (c1 + b1 + b2)
            - k * (c0 + b0 + b1)
            + (2 * a3 + 3 * (1 - k) * a2 + (1 - 3 * k) * a1 + (k**3 - k) * a0) // 6
            for k, ((a0, a1, a2, a3), (b0, b1, b2), (c0, c1)) in enumerate(
                zip(powers, inputs, squares, strict=True)
            )
        ]

    @property
    def memory_time(self) -> Fraction:
        """E M = G(1), the mean memory-time of a request in token-steps, M = S T + T (T + 1) / 2."""
        doubled = 2 * self.mean(1, 1) + self.mean(0, 2) + self.mean(0, 1)
        return Fraction(doubled, 2 * self.denominator)

    @property
    def window_dispersion(self) -> Fraction:
        """Var M / (E M)^2: variance over mean of the number completed in a long window."""
        return self.memory_time_squared / self.memory_time**2 - 1

    @property
    def memory_time_squared(self) -> Fraction:
        """E M^2, which is N_0 + 2 (N_1 + N_2 + ...) too.

        >>> JointLaw.of(Workload.from_classes([(5, 3)])).memory_time_squared == (6 + 7 + 8) ** 2
        True
        """
        squares = self.mean(2, 2) + self.mean(1, 3) + self.mean(1, 2)
        steps = self.mean(0, 4) + 2 * self.mean(0, 3) + self.mean(0, 2)
        return Fraction(4 * squares + steps, 4 * self.denominator)
