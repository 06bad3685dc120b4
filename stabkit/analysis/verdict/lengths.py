"""What a mix of many classes is like: its largest classes, and quantiles of the lengths."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from heapq import nlargest
from itertools import accumulate
from typing import Any

from ...model.request_classes import RequestClass
from ...model.workload import Workload

__all__ = ["QUANTILES", "LengthSummary", "quantiles"]

_LARGEST = 8
QUANTILES = (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100), Fraction(1))


@dataclass(frozen=True)
class LengthSummary:
    """The largest classes of a mix, and quantiles of its lengths at `QUANTILES`.

    * `largest`: at most eight, the largest share first.
    * `inputs`: in tokens; None where only means of the inputs are known.
    * `decodes`: in steps.
    """

    largest: tuple[RequestClass, ...]
    inputs: tuple[Fraction, ...] | None
    decodes: tuple[int, ...]

    @classmethod
    def of(cls, mix: Workload) -> LengthSummary | None:
        """Return the summary of a workload; None if it has so few classes that all can be shown.

        >>> mix = Workload.from_classes([(5, n) for n in range(1, 11)])
        >>> LengthSummary.of(mix).decodes
        (1, 5, 9, 10, 10)
        """
        if len(mix.classes) <= _LARGEST:
            return None
        own = [(c.input_length, c.decode_length, c.share) for c in mix.classes]
        requests = own if mix.pairs is None else mix.pairs
        means = mix.means and mix.pairs is None
        return cls(
            tuple(nlargest(_LARGEST, mix.classes, key=lambda one: one.share)),
            None if means else quantiles((Fraction(s), weight) for s, _, weight in requests),
            quantiles((length, share) for _, length, share in own),
        )


def quantiles(weighted: Iterable[tuple[Any, Any]]) -> tuple[Any, ...]:
    """Return for each of `QUANTILES` the least value up to which that share of the weights is.

    >>> quantiles([(8, 1), (2, 1)])
    (2, 2, 8, 8, 8)
    """
    ordered = sorted(weighted)
    sums = list(accumulate(weight for _, weight in ordered))
    return tuple(ordered[bisect_left(sums, level * sums[-1])][0] for level in QUANTILES)
