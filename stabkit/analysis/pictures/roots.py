"""Roots as the figures show them: points, their proved discs, the annulus, where they come from.

Every root carries its signed distance |lambda| - 1 from the circle as a number of its own, rounded
once from the precision in which the root is known: near-marginal roots keep their digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import ArgumentTypeError, shown
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import listed
from ...model.workload import Workload
from ...records import Record
from ...spectrum.counting.counts import unit_circle_counts
from ...spectrum.roots.dominant import dominant_modes
from ...spectrum.roots.location import circle_distance, root_annulus
from ...spectrum.roots.roots import Root, Roots, roots
from ...spectrum.synchrony.modes import synchronized_modes

__all__ = [
    "RootPicture",
    "RootPoint",
    "SynchronizedMark",
    "root_picture",
    "roots_picture",
    "roots_to_show",
    "synchronized_to_show",
]

# All roots of longer kernels take minutes and would be one line.
_LONGEST_ALL = 2000
_DOMINANT = (64, 6)  # fewer are proved where so many are not
_DIGITS = 20
_ROUNDING = 1e-15  # of a root in double precision


@dataclass(frozen=True)
class RootPoint:
    """A root, its signed distance |lambda| - 1 from the circle (0 if its disc meets the circle),
    the proved radius of its disc, and its multiplicity."""

    value: complex
    distance: float
    radius: float
    multiplicity: int


@dataclass(frozen=True)
class SynchronizedMark:
    """A g-th root of unity, and the root that comes from it where one is known."""

    limit: complex
    root: RootPoint | None


@dataclass(frozen=True, repr=False)
class RootPicture(Record):
    """Roots as points of the complex plane.

    Attributes
    ----------
    verdict : str
    mode_count : int
        L - 1, whether or not all of them are shown.
    points : tuple of RootPoint
        |lambda| descending.
    annulus : (float, float) or None
        It holds all roots; given by its bounds' signed distances from the circle, so that an
        annulus close to the circle keeps its digits. None if there is no root.
    synchronized : tuple of SynchronizedMark
    name : str
        Of the workload.

    Examples
    --------
    >>> from stabkit import Workload, root_picture, roots
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> picture = root_picture(mix, roots(mix), "unstable")
    >>> picture.mode_count, picture.complete, picture.largest_radius < 1e-15
    (4, True, True)
    """

    verdict: str
    mode_count: int
    points: tuple[RootPoint, ...]
    annulus: tuple[float, float] | None
    synchronized: tuple[SynchronizedMark, ...] = ()
    name: str = ""

    @property
    def complete(self) -> bool:
        """Whether every root is shown."""
        return sum(point.multiplicity for point in self.points) == self.mode_count

    @property
    def tied(self) -> bool:
        """Whether any root is known to come from a root of unity."""
        return any(mark.root is not None for mark in self.synchronized)

    @property
    def largest_radius(self) -> float:
        """The largest proved radius of an inclusion disc."""
        return max((point.radius for point in self.points), default=0.0)


def roots_to_show(workload: Workload) -> list[Root]:
    """Return all roots up to L = 2000, beyond that the dominant ones that can be proved."""
    if workload.longest_decode <= _LONGEST_ALL:
        return roots(workload, _DIGITS) if workload.longest_decode > 1 else []
    found = (dominant_modes(workload, count, _DIGITS) for count in _DOMINANT)
    return next((modes for modes in found if modes), [])


def synchronized_to_show(workload: Workload) -> list[tuple[complex, complex | None]]:
    """Return the g-th roots of unity, at most 64, each with its root where certified."""
    modes = synchronized_modes(MemoryKernel.of(workload), _DIGITS)
    return [(m.limit, None if m.root is None else complex(m.root.value)) for m in modes]


def root_picture(
    workload: WorkloadLike,
    found: Sequence[Root],
    verdict: str,
    synchronized: Sequence[tuple[complex, complex | None]] = (),
) -> RootPicture:
    """Return the roots `found` of `workload` as a picture.

    Parameters
    ----------
    workload : WorkloadLike
    found : sequence of Root
        All of them or some, such as `roots_to_show` returns.
    verdict : str
        On the workload, such as `unit_circle_counts` proves; the title of the figure says it.
    synchronized : sequence of (complex, complex or None)
        g-th roots of unity, each with the root that comes from it where that is known.

    Returns
    -------
    RootPicture

    Examples
    --------
    >>> from stabkit import Workload, dominant_modes, figure, root_picture
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> picture = root_picture(mix, dominant_modes(mix, 2), "unstable")
    >>> len(picture.points), picture.mode_count
    (2, 4)
    >>> len(figure(picture).axes)
    1
    """
    workload = as_workload(workload)
    found = listed(found, "'found'", "a list of roots")
    if not all(isinstance(root, Root) for root in found):
        raise ArgumentTypeError(f"'found' must be a list of roots, not {shown(found)}.")
    points = tuple(
        RootPoint(complex(r.value), circle_distance(r), float(r.radius), r.multiplicity)
        for r in found
    )
    bounds = root_annulus(MemoryKernel.of(workload))
    return RootPicture(
        verdict,
        workload.longest_decode - 1,
        points,
        None if bounds is None else (float(bounds[0] - 1), float(bounds[1] - 1)),
        tuple(SynchronizedMark(limit, _same(points, value)) for limit, value in synchronized),
        workload.name,
    )


def roots_picture(found: Roots) -> RootPicture:
    """Return roots that know their workload, with the roots of unity that they come from."""
    verdict = unit_circle_counts(found.mix).verdict
    return root_picture(found.mix, found, verdict, synchronized_to_show(found.mix))


def _same(points: Sequence[RootPoint], value: complex | None) -> RootPoint | None:
    """Return the point at `value`, None if it is not among them."""
    if value is None:
        return None
    near = (p for p in points if abs(p.value - value) <= _ROUNDING * abs(value) + p.radius)
    return min(near, key=lambda point: abs(point.value - value), default=None)
