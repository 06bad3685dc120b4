"""The tolerance of the shares: the largest relative error that all of them may have at once.

The boxes |q_k - p_k| <= rho p_k, sum q_k = 1, grow with rho. A stable mix is stable in the box of
every rho below the least *deviation* max_k |q_k - p_k| / p_k of shares q with a mode on the circle:
the box is convex, so that from p no q in it is reached without a crossing, and where shares vanish
nothing else happens (`stabkit.spectrum.margins.shares.robust`). The lower bound of that deviation
is the one that `stabkit.spectrum.margins.shares.search` finds over all arcs of the circle, by
duality (`stabkit.spectrum.margins.shares.relative`), for any number of classes; the edges of the
box, whose number grows exponentially, are not looked at.

The upper bound is the deviation of shares that are not stable, by exact counts. They are looked for
in the direction of the shares that nearly attain the bound, and drawn in along the segment to p, to
its first crossing or just beyond it, by the D-partition.

References
----------
docs/model.md, Robust shares.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ....model.notation import WorkloadLike, as_workload
from ....model.workload import Workload
from ....records import Record
from ...circle.budget import Budget
from ...counting.certificates import single_decode_length
from ...counting.counts import kernel_counts
from ...partition.d_partition import d_partition, simplest_between
from ...partition.pencil import blend
from .polytope import NOT_STABLE, Shares, between, kernel_of, moved
from .radius import too_large
from .relative import RelativeCurves
from .search import ShareSearch

__all__ = ["ShareTolerance", "nearest_unstable", "share_tolerance"]

_ONE = Fraction(1)
_ROUNDED = 1 - Fraction(1, 2**40)  # what holds below a bound holds at so much of it
_STRETCHES = (2.0**-20, 2.0**-12, 2.0**-8, 2.0**-5, 2.0**-3, 0.5)
_NEAR = Fraction(1, 2**20)  # of the place of a crossing, beyond it
_DIGITS = 15


@dataclass(frozen=True, repr=False)
class ShareTolerance(Record):
    """How wrong all shares may be at once, relatively, before the mix is not stable.

    Attributes
    ----------
    mix : Workload
    lower : Fraction or None
        All shares q of sum 1 with |q_k - p_k| <= lower p_k are stable; 1 at most, where classes may
        vanish. None where nothing is proved.
    upper : Fraction or None
        The largest relative deviation of `witness`; None if there is none up to 1, or none known.
    witness : tuple of Fraction, or None
        Shares that are not stable, by class.
    reason : str
        One sentence: what proves this, or why there is nothing.

    Examples
    --------
    >>> from stabkit import Workload, share_tolerance
    >>> mix = Workload.from_classes([(10, 3), (10, 5)])
    >>> found = share_tolerance(mix)
    >>> round(float(found.lower), 4), found.lower <= found.upper
    (0.0139, True)
    """

    mix: Workload
    lower: Fraction | None
    upper: Fraction | None = None
    witness: Shares | None = None
    reason: str = ""


def share_tolerance(mix: WorkloadLike) -> ShareTolerance:
    """Return how wrong all shares may be at once, relatively, with the mix still stable.

    Parameters
    ----------
    mix : WorkloadLike
        Of any number of classes up to 2000; L at most 4000.

    Returns
    -------
    ShareTolerance
        0 for a mix that is not stable itself; `lower` is None with the reason where its modes are
        not counted, and beyond those bounds.

    Notes
    -----
    It is about relative errors of every share at once, as `robust_shares` has them; `share_radius`
    is about the Euclidean distance. `lower` is proved and `upper` attained; they are some 10^-5 of
    each other apart as a rule, more where the search ends after about five seconds.

    References
    ----------
    docs/model.md, Robust shares; the proof is in the introductions of this module and of
    `stabkit.spectrum.margins.shares.relative`.

    Examples
    --------
    Of lengths (2, 3) and input 7, stable iff 1/5 < p < 9/10: p = 3/10 may fall by a third.

    >>> found = share_tolerance(Workload.from_classes([(7, 2, 3), (7, 3, 7)]))
    >>> Fraction(33333, 100000) < found.lower < Fraction(1, 3) == found.upper
    True
    """
    mix = as_workload(mix)
    shares = tuple(c.share for c in mix.classes)
    kernel = kernel_of(mix, shares)
    own = kernel_counts(kernel)
    if own.verdict == "undecided":
        return ShareTolerance(mix, None, reason=f"The modes are not counted. {own.reason}")
    if own.verdict in NOT_STABLE:
        zero = Fraction(0)
        return ShareTolerance(mix, zero, zero, shares, f"The mix itself is {own.verdict}.")
    if len(shares) == 1 or single_decode_length(kernel):
        return ShareTolerance(mix, _ONE, reason="No shares have another number of modes outside.")
    if (reason := too_large(mix)) is not None:
        return ShareTolerance(mix, None, reason=reason)
    search = ShareSearch(RelativeCurves(mix.classes))
    search.run()
    lower = min(_ONE, Fraction(search.lower) * _ROUNDED)
    witness = None if lower == 1 else nearest_unstable(mix, search, _deviation)
    upper = None if witness is None else _deviation(shares, witness)
    if upper is not None and upper > 1:
        upper = witness = None
    return ShareTolerance(mix, lower, upper, witness, search.reason)


def nearest_unstable(
    mix: Workload, search: ShareSearch, distance: Callable[[Shares, Shares], Fraction]
) -> Shares | None:
    """Return the nearest shares of those tried that are not stable, by exact counts."""
    best: Shares | None = None
    shares, budget = tuple(c.share for c in mix.classes), Budget()
    for angle in search.promising():
        step = search.curves.least_step(angle)
        for stretch in _STRETCHES:
            beyond = moved(shares, step * (1 + stretch))
            if beyond is None:
                break
            if kernel_counts(kernel_of(mix, beyond), budget).verdict in NOT_STABLE:
                found = _drawn_in(mix, shares, beyond, budget)
                near = best is None or distance(shares, found) < distance(shares, best)
                best = found if near else best
                break
    return best


def _drawn_in(mix: Workload, shares: Shares, witness: Shares, budget: Budget) -> Shares:
    """Return shares that are not stable on the segment to the witness, next to a crossing."""
    ends = [kernel_of(mix, at) for at in (shares, witness)]
    partition = d_partition(blend(*ends), every_sample=False, budget=budget)
    for crossing, part in zip(partition.crossings, partition.intervals[1:], strict=True):
        place = crossing.exact
        if place is None:
            low = crossing.enclosure(_DIGITS).high
            high = _ONE if part.high is None else part.high.enclosure(_DIGITS).low
            place = simplest_between(low, min(high, low * (1 + _NEAR)))
        found = between(shares, witness, place)
        if kernel_counts(kernel_of(mix, found), budget).verdict in NOT_STABLE:
            return found
    return witness


def _deviation(shares: Shares, other: Shares) -> Fraction:
    return max(abs(q - p) / p for p, q in zip(shares, other, strict=True))
