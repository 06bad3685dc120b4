"""Robust stability: is a mix stable for all shares of a polytope?

The memory kernel G_q = sum_k q_k G_k is linear in the shares q, and g_0 = sum_k q_k (s_k + 1) >= 1
is the leading coefficient of the characteristic polynomial in its formal degree L - 1, with L the
longest decode length of all classes: a longest class that vanishes gives roots 0, which are stable.
So the edge theorem applies on the whole simplex, its faces included:

*Edge theorem* (Bartlett, Hollot, Huang). A polytope of shares has no mode with |lambda| >= 1
anywhere iff its edges have none.

*Proof* for zeros of G_q in |z| <= 1. For a fixed z the values G_q(z) are a convex polygon P(z), the
linear image of the polytope; every boundary point of P(z) is the image of a point on an edge. Let 0
be in P(z_0), |z_0| <= 1, and let t be the least number in [0, 1] with 0 in P(t z_0): there is one,
as P depends continuously on z, and t > 0, as P(0) is positive. For smaller numbers 0 is outside, so
it is no inner point of P(t z_0); it is on the boundary, and some G_q with q on an edge has the zero
t z_0 in the closed disc. []

Along an edge, from a to b, G is a pencil in the odds of the position, and its D-partition
(`stabkit.spectrum.partition.d_partition`) finds every crossing; the ends are counted. So the answer
is exact: robust, or not with shares that are not stable. Factors do not matter, G_(c q) = c G_q:
weights that are off one by one, and normalised after, are a polytope of shares too.

A sample leaves an ellipsoid of shares open (`stabkit.spectrum.margins.shares.sampled`). It has no
edges: there the bound in its own norm decides, or shares inside that are not stable.

Where the edges of a box around a mix do not tell, being too many or too much work, its tolerance
does if that suffices (`stabkit.spectrum.margins.shares.tolerance`): it needs none.

References
----------
docs/model.md, Robust shares, R8. A. C. Bartlett, C. V. Hollot, L. Huang, "Root locations of an
entire polytope of polynomials: it suffices to check the edges", Math. Control Signals Systems 1
(1988) 61-71.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ....errors import InvalidArgument, shown
from ....model.enclosure import RealEnclosure
from ....model.notation import WorkloadLike, as_workload
from ....model.numbers import NumberLike, check_level, listed, rational_argument
from ....model.verdict import Verdict
from ....model.workload import Workload
from ....records import Record
from ...circle.budget import Budget
from ...counting.counts import kernel_counts
from ...partition.d_partition import DPartition, d_partition
from ...partition.pencil import blend
from ...partition.threshold import LONGEST_THRESHOLD
from .polytope import (
    MOST_VERTICES,
    NOT_STABLE,
    Bounds,
    SharePolytope,
    Shares,
    between,
    box,
    hull,
    kernel_of,
)
from .radius import too_large
from .sampled import SampledCurves, chi_square, pearson
from .search import ShareSearch
from .tolerance import nearest_unstable, share_tolerance

__all__ = [
    "EdgeCrossing",
    "RobustShares",
    "relative_error",
    "robust_shares",
]

_BEYOND = 1e-6  # of the ellipsoid's size: what is proved reaches so far beyond it
_NOT_MET = (
    "No shares that are not stable were found in the sample's ellipsoid, and the bound proves less "
    "than all of it."
)
_EDGES = "Edge theorem: every vertex is counted, and every edge is D-partitioned."


@dataclass(frozen=True, repr=False)
class EdgeCrossing(Record):
    """Shares (1 - t) a + t b with a mode on the unit circle.

    Attributes
    ----------
    edge : (tuple of Fraction, tuple of Fraction)
        a and b.
    place : RealEnclosure
        t, proved.

    Examples
    --------
    >>> from stabkit import Workload, robust_shares
    >>> mix = Workload.from_classes([(10, 3), (10, 5)])
    >>> robust_shares(mix, "1/500").crossing is None  # no edge of the box leaves stability
    True
    """

    edge: tuple[Shares, Shares]
    place: RealEnclosure


@dataclass(frozen=True, repr=False)
class RobustShares(Record):
    """Whether a mix is stable for all shares of a polytope, or of the ellipsoid of a sample.

    Attributes
    ----------
    mix : Workload
        Its own shares need not be in the polytope.
    robust : bool or None
        Whether all shares of the polytope or ellipsoid are stable; None where it is not decided:
        there may be too many edges or classes, or the bound and the shares found do not meet.
    within : Fraction or None
        The relative tolerance of every share, where that was asked for.
    bounds : tuple of (Fraction, Fraction), or None
        Of every share, by class; None where vertices were given.
    level : float or None
        Of the ellipsoid of the sample, where that was asked for.
    vertices, edges : int or None
        How many; None if they are too many.
    witness : tuple of Fraction, or None
        Shares of the polytope that are not stable, by class.
    witness_verdict : {"unstable", "marginal"} or None
        Their verdict, by exact counts.
    crossing : EdgeCrossing or None
        In place of a witness: a mode that touches the circle at shares that are not rational.
    reason : str
        One sentence: what proves this, or why there is nothing.

    Examples
    --------
    >>> from stabkit import Workload, robust_shares
    >>> mix = Workload.from_classes([(10, 3), (10, 5)])
    >>> robust_shares(mix, "1/500").robust, robust_shares(mix, "1/50").robust
    (True, False)
    """

    mix: Workload
    robust: bool | None = None
    within: Fraction | None = None
    bounds: Bounds | None = None
    level: Fraction | float | None = None
    vertices: int | None = None
    edges: int | None = None
    witness: Shares | None = None
    witness_verdict: Verdict | None = None
    crossing: EdgeCrossing | None = None
    reason: str = ""


def robust_shares(
    mix: WorkloadLike,
    within: NumberLike | None = None,
    bounds: Iterable[Sequence[object]] | None = None,
    vertices: Iterable[Iterable[object]] | None = None,
    level: Fraction | float | None = None,
) -> RobustShares:
    """Tell whether a mix is stable for all shares of a polytope, or of the ellipsoid of a sample.

    Parameters
    ----------
    mix : WorkloadLike
        Whose inputs and decode lengths hold; the capacity plays no role.
    within : number, optional
        The box |q_k - p_k| <= within p_k around the shares p of `mix`, every one at once; positive
        and at most 1. The shares q have the sum 1, here and below.
    bounds : iterable of (low, high), optional
        In place of it: low_k <= q_k <= high_k, class by class, 0 <= low_k <= high_k.
    vertices : iterable of iterable of numbers, optional
        In place of both: weights >= 0 by class, normalised to shares, whose convex hull is meant.
    level : float, optional
        In place of all: the shares that the sample which `mix` is, with its `request_count`, leaves
        open at this level, between 0 and 1; L at most 4000, 2000 classes.

    Returns
    -------
    RobustShares
        `robust` is None, with the reason, where a partition is not complete, beyond L = 20,000 and
        1000 vertices (nine classes or so), or where the budget of work ends. Where that happens
        `within` is decided by `share_tolerance`, unless it is between its bounds.

    Raises
    ------
    InvalidArgument
        If not exactly one of the four is given, or it is outside its domain, the bounds admit no
        shares of sum 1, or `mix` is no sample.

    Notes
    -----
    All shares of the polytope are covered, not only its edges; that is the edge theorem. That an
    ellipsoid holds the true shares with the probability `level` is an estimate. It is about
    constant shares: nothing is said about a mix whose shares change while it runs.

    References
    ----------
    docs/model.md, Robust shares; the proof is in the introduction of this module.

    Examples
    --------
    Of lengths (2, 3) and input 7, stable iff 1/5 < p < 9/10:

    >>> mix = Workload.from_classes([(7, 2, 3), (7, 3, 7)])
    >>> robust_shares(mix, 0.2).robust
    True
    >>> found = robust_shares(mix, "1/3")
    >>> found.robust, found.witness, found.witness_verdict
    (False, (Fraction(1, 5), Fraction(4, 5)), 'marginal')

    90 requests are enough to say so at 95 %, 80 are not:

    >>> classes = [(7, 2, 3), (7, 3, 7)]
    >>> samples = [Workload.from_classes(classes, request_count=n) for n in (80, 90)]
    >>> [robust_shares(sample, level=0.95).robust for sample in samples]
    [False, True]
    """
    mix = as_workload(mix)
    given = [value for value in (within, bounds, vertices, level) if value is not None]
    if len(given) != 1:
        raise InvalidArgument(
            "'within' must be given, or else 'bounds', 'vertices' or 'level': one of the four, not "
            f"{len(given) or 'none'}."
        )
    if level is not None:
        check_level(level)
        return _sampled(mix, float(level))
    if vertices is not None:
        return _decided(mix, hull(_weights(mix, vertices)), Budget())
    relative = None if within is None else relative_error(within, "'within'")
    limits = _bounds(mix, bounds) if relative is None else _around(mix, relative)
    return _decided(mix, box(limits), Budget(), relative, limits)


# --- what is asked -------------------------------------------------------------------------------


def relative_error(value: Any, name: str) -> Fraction:
    """Return the relative error of shares that an argument is: positive and at most 1."""
    relative = rational_argument(value, name)
    if not 0 < relative <= 1:
        raise InvalidArgument(f"{name} must be positive and at most 1, not {shown(relative)}.")
    return relative


def _around(mix: Workload, relative: Fraction) -> Bounds:
    return tuple((c.share * (1 - relative), c.share * (1 + relative)) for c in mix.classes)


def _bounds(mix: Workload, bounds: Any) -> Bounds:
    pairs = tuple(_numbers(pair, "'bounds'", 2, "ends") for pair in _by_class(mix, bounds))
    for number, (low, high) in enumerate(pairs, start=1):
        if not 0 <= low <= high:
            raise InvalidArgument(
                f"'bounds' of class {number} must be 0 <= low <= high, not {low} and {high}."
            )
    least, most = (sum(ends, Fraction(0)) for ends in zip(*pairs, strict=True))
    if not least <= 1 <= most:
        raise InvalidArgument(
            "'bounds' must admit shares of sum 1, not only sums between "
            f"{shown(least)} and {shown(most)}."
        )
    return tuple((low, high) for low, high in pairs)


def _by_class(mix: Workload, bounds: Any) -> tuple[Any, ...]:
    pairs = listed(bounds, "'bounds'", "a pair (low, high) for each class")
    if len(pairs) != len(mix.classes):
        raise InvalidArgument(
            f"'bounds' must have a pair for each class of 'mix', {len(mix.classes)}, "
            f"not {len(pairs)}."
        )
    return pairs


def _weights(mix: Workload, vertices: Any) -> tuple[Shares, ...]:
    """Return the vertices as shares."""
    rows = listed(vertices, "'vertices'", "one or more rows of weights")
    weights = [_numbers(row, "'vertices'", len(mix.classes), "weights") for row in rows]
    if not weights:
        raise InvalidArgument("'vertices' must hold at least one row of weights, not none.")
    for row in weights:
        if min(row) < 0 or not any(row):
            raise InvalidArgument(
                "'vertices' must be rows of weights >= 0 that are not all 0, not "
                f"{shown(', '.join(map(str, row)))}."
            )
    return tuple(tuple(w / sum(row) for w in row) for row in weights)


def _numbers(row: Any, name: str, count: int, what: str) -> Shares:
    parts = listed(row, name, f"rows of {count} {what}")
    if len(parts) != count:
        raise InvalidArgument(f"{name} must be rows of {count} {what}, not of {len(parts)}.")
    return tuple(rational_argument(part, name) for part in parts)


# --- the edge theorem ----------------------------------------------------------------------------


def _decided(
    mix: Workload,
    polytope: SharePolytope | None,
    budget: Budget,
    within: Fraction | None = None,
    bounds: Bounds | None = None,
) -> RobustShares:
    found = RobustShares(mix, within=within, bounds=bounds)
    if polytope is not None:
        found = replace(found, vertices=len(polytope.vertices), edges=len(polytope.edges))
    if within is not None:
        own = tuple(c.share for c in mix.classes)
        counts = kernel_counts(kernel_of(mix, own), budget)
        if counts.verdict in NOT_STABLE:
            return _refuted(found, own, counts.verdict)
    if polytope is None:
        return _by_tolerance(found, f"There are more than {MOST_VERTICES} vertices.")
    if mix.longest_decode > LONGEST_THRESHOLD:
        reason = f"The D-partition goes up to L = {LONGEST_THRESHOLD}, not {mix.longest_decode}."
        return replace(found, reason=reason)
    kernels = [kernel_of(mix, shares) for shares in polytope.vertices]
    reason = ""
    for shares, kernel in zip(polytope.vertices, kernels, strict=True):
        counts = kernel_counts(kernel, budget)
        if counts.verdict in NOT_STABLE:
            return _refuted(found, shares, counts.verdict)
        reason = reason or ("" if counts.verdict == "stable" else counts.reason)
    for i, j in polytope.edges:
        partition = d_partition(blend(kernels[i], kernels[j]), every_sample=False, budget=budget)
        if partition.complete and len(partition.stable_intervals) == 1 > len(partition.crossings):
            continue
        ends = (polytope.vertices[i], polytope.vertices[j])
        refuted = _on_edge(found, partition, ends, budget)
        if refuted is not None:
            return refuted
        reason = reason or partition.reason or "The modes are not counted along an edge."
        if budget.is_spent:
            break
    return _by_tolerance(found, reason) if reason else replace(found, robust=True, reason=_EDGES)


def _sampled(mix: Workload, level: float) -> RobustShares:
    """Decide the ellipsoid that a sample leaves open."""
    if mix.request_count is None:
        raise InvalidArgument(
            f"'mix' must be a trace, or another sample of requests, not {shown(mix.name)}."
        )
    found = RobustShares(mix, level=level)
    own = tuple(c.share for c in mix.classes)
    counts = kernel_counts(kernel_of(mix, own))
    if counts.verdict in NOT_STABLE:
        return _refuted(found, own, counts.verdict)
    if counts.verdict != "stable" or mix.longest_decode == 1:
        return replace(found, robust=counts.verdict == "stable" or None, reason=counts.reason)
    if (reason := too_large(mix)) is not None:
        return replace(found, reason=reason)
    size = Fraction(chi_square(len(own) - 1, level)) / mix.request_count
    search = ShareSearch(SampledCurves(mix.classes, math.sqrt(size) * (1 + _BEYOND)))
    search.run()
    if Fraction(search.lower) ** 2 > size * (1 + Fraction(_BEYOND)):
        return replace(found, robust=True, reason=search.reason)
    witness = nearest_unstable(mix, search, pearson)
    if witness is not None and pearson(own, witness) <= size:
        return _refuted(found, witness, kernel_counts(kernel_of(mix, witness)).verdict)
    return replace(found, reason=_NOT_MET)


def _by_tolerance(found: RobustShares, reason: str) -> RobustShares:
    """Return what the tolerance tells of a box whose edges do not tell, for a `reason`."""
    if found.within is not None:
        known = share_tolerance(found.mix)
        if known.lower is not None and found.within <= known.lower:
            return replace(found, robust=True, reason=known.reason)
        if known.upper is not None and known.upper <= found.within:
            assert known.witness is not None
            counts = kernel_counts(kernel_of(found.mix, known.witness))
            return _refuted(found, known.witness, counts.verdict)
        reason += f" The tolerance of the shares does not tell. {known.reason}"
    return replace(found, reason=reason)


def _on_edge(
    found: RobustShares, partition: DPartition, ends: tuple[Shares, Shares], budget: Budget
) -> RobustShares | None:
    """Return shares of an edge that are not stable; None where none are known."""
    places = [part.sample for part in partition.intervals if part.verdict in NOT_STABLE]
    if not places and partition.complete:
        places = [crossing.exact for crossing in partition.crossings if crossing.exact is not None]
    for place in places:
        shares = between(*ends, place)
        counts = kernel_counts(kernel_of(found.mix, shares), budget)
        if counts.verdict in NOT_STABLE:
            return _refuted(found, shares, counts.verdict)
    if not partition.complete or any(part.verdict != "stable" for part in partition.intervals):
        return None
    touching = EdgeCrossing(ends, partition.crossings[0].value)
    return replace(found, robust=False, crossing=touching, reason=_EDGES)


def _refuted(found: RobustShares, shares: Shares, verdict: Verdict) -> RobustShares:
    reason = "Exact counts at the shares of the witness."
    return replace(found, robust=False, witness=shares, witness_verdict=verdict, reason=reason)
