"""Whole requests: how an admission splits over classes, and what a full stage keeps.

Both rules are in docs/model.md, Integer counts. The eviction rule is stated one request at a time;
with 10^18 requests it must not be carried out that way. Removing a request from the class with most
left, ties to the class named first, levels the counts from above: when the fullest class has v
left, class k has min(c_k, v), and sum_k h_k max(c_k - v, 0) tokens are free, where h_k is what a
request holds. The last full round ends at the smallest level at which that is not yet enough; the
final requests leave in the order of the classes, one each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

__all__ = ["largest_remainder", "levelled"]


def largest_remainder(admissions: Fraction | int, shares: Sequence[Any]) -> list[int]:
    """Split floor(admissions) requests over the classes by the largest remainder of p_k a.

    * `admissions`: a >= 0, in requests.
    * `shares`: p_k, summing to 1.

    The split follows counts, not memory: where input lengths differ, the classes rounded up may
    need more memory than the floor left over. The next fit settles that.

    floor(p_k a), plus 1 for the classes with the largest fractional parts, ties to the class named
    first, so that the sum is floor(a).

    >>> largest_remainder(Fraction(17, 2), [Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)])
    [4, 2, 2]
    >>> largest_remainder(7, [Fraction(1, 2), Fraction(1, 2)])
    [4, 3]
    """
    quotas = [share * admissions for share in shares]
    split = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(quotas)), key=lambda k: (split[k] - quotas[k], k))
    for k in by_remainder[: math.floor(admissions) - sum(split)]:
        split[k] += 1
    return split


def levelled(counts: Sequence[int], held: Sequence[Any], excess: Any) -> list[int]:
    """Return what remains of `counts` when just enough requests leave to free `excess` tokens.

    * `counts`: requests of each class in the stage, at least 0.
    * `held`: tokens that one request of each class holds; positive.
    * `excess`: tokens to free; positive.

    All zeros where the stage holds less than `excess`.

    >>> levelled([5, 2, 4], [1, 1, 1], 3)
    [3, 2, 3]
    """

    def freed(level: int) -> Any:
        return sum(h * (c - level) for c, h in zip(counts, held, strict=True) if c > level)

    if freed(0) < excess:
        return [0] * len(counts)
    enough, short = 0, max(counts)  # freed(short) < excess <= freed(enough)
    while short - enough > 1:
        middle = (enough + short) // 2
        enough, short = (middle, short) if freed(middle) >= excess else (enough, middle)
    kept = [min(count, short) for count in counts]
    missing = excess - freed(short)
    for k, count in enumerate(counts):
        if missing <= 0:
            break
        if count >= short:
            kept[k] -= 1
            missing -= held[k]
    return kept
