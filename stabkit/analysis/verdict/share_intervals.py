"""Sampled traces: between which bounds are the shares of the classes?

A trace of n requests has n_k of class k, and n_k / n estimates p_k. The bounds of all p_k that hold
at once with a given probability are Goodman's: for each class the score interval, the q with

    (n_k / n - q)^2 <= z^2 q (1 - q) / n,

with the normal quantile z of level 1 - (1 - level) / (2 K), so that by Bonferroni's inequality all
K of them hold together. Like all of its kind they are approximate, good where n_k (1 - n_k / n) is
five or more; like the bootstrap, they know of no request that the trace does not hold.

References
----------
L. A. Goodman, "On simultaneous confidence intervals for multinomial proportions", Technometrics 7
(1965) 247-254. docs/model.md, Robust shares.
"""

from __future__ import annotations

import math
from fractions import Fraction
from statistics import NormalDist
from typing import Any

from ...errors import InvalidArgument, shown
from ...model.numbers import check_level
from ...model.workload import Workload, check_workload

__all__ = ["share_intervals"]

_UNIT = 10**9  # bounds are multiples of 1 / _UNIT, rounded outwards


def share_intervals(mix: Workload, level: Any = 0.95) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return bounds of all shares of a sample, which hold at once with a probability.

    Parameters
    ----------
    mix : Workload
        A sample, with its `request_count`, such as a trace.
    level : float
        Probability content of all intervals together, between 0 and 1.

    Returns
    -------
    tuple of (Fraction, Fraction)
        Low and high by class: what `robust_shares` takes as its bounds. An estimate, not a proof.

    Raises
    ------
    InvalidArgument
        If `mix` is no sample, or `level` is outside its domain.

    References
    ----------
    Goodman 1965; docs/model.md, Robust shares.

    Examples
    --------
    Is it stable whatever the shares are, as far as 400 requests tell?

    >>> from stabkit import robust_shares
    >>> sample = Workload.from_classes([(7, 2, 120), (7, 3, 280)], request_count=400)
    >>> bounds = share_intervals(sample)
    >>> [f"{float(low):.3f} {float(high):.3f}" for low, high in bounds]
    ['0.251 0.354', '0.646 0.749']
    >>> robust_shares(sample, bounds=bounds).robust
    True
    """
    count = check_workload(mix).request_count
    if count is None:
        raise InvalidArgument(
            f"'mix' must be a trace, or another sample of requests, not {shown(mix.name)}."
        )
    check_level(level)
    kinds = len(mix.classes)
    square = NormalDist().inv_cdf(1 - (1 - float(level)) / (2 * kinds)) ** 2 if kinds > 1 else 0.0
    return tuple(_score(float(c.share), count, square) for c in mix.classes)


def _score(share: float, count: int, square: float) -> tuple[Fraction, Fraction]:
    """Return the roots q of count (share - q)^2 = square q (1 - q)."""
    middle = square + 2 * count * share
    half = math.sqrt(square * (square + 4 * count * share * (1 - share)))
    low, high = ((middle + side * half) / (2 * (count + square)) for side in (-1, 1))
    return Fraction(math.floor(low * _UNIT), _UNIT), Fraction(math.ceil(high * _UNIT), _UNIT)
