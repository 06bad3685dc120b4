"""The dominant modes: the roots of largest modulus, each enclosed, with a proof of completeness.

Short kernels: FLINT isolates all roots. Long ones: `disc_zeros` finds the zeros of G nearest the
origin together with a radius that provably holds no others, and `inclusion` encloses each. Either
way a root comes as an mpmath number with a proved radius.
"""

from __future__ import annotations

from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...records import RecordList
from .inclusion import proved_discs
from .roots import (
    LARGEST_DIGITS,
    LONGEST_ISOLATED,
    Root,
    isolated_roots,
    precision_of,
    roots_of_discs,
)
from .smallest import smallest_zeros

__all__ = ["dominant_modes", "kernel_modes"]

_LONGEST = 5_000_000  # terms: all samples of a circle, with two derivatives, take some 2 GB
_LONGEST_FALLBACK = 150  # kernels that FLINT isolates within a second if the search fails


def dominant_modes(mix: WorkloadLike, count: int = 6, digits: int = 50) -> list[Root] | None:
    """Return the `count` roots of largest modulus, |lambda| descending, none missed.

    Parameters
    ----------
    mix : WorkloadLike
    count : int
        How many roots, counted with multiplicity; all L - 1 if there are fewer. A pair of
        conjugates counts as two, the one in the upper half plane first.
    digits : int
        Each radius is at most 10^-digits |lambda|.

    Returns
    -------
    list of Root, or None
        None where the proof did not succeed: beyond 5,000,000 terms, and for some kernels of more
        than 150 with a multiple root, or with thousands of roots whose moduli agree to 14 digits
        and no wider gap of moduli beyond them.

    Raises
    ------
    InvalidArgument
        If `count` or `digits` is not a positive integer (digits at most 100,000).

    Notes
    -----
    Completeness at large L rests on a certified winding number around the circle of radius R: as
    many zeros of G = sum g_m z^m in |z| < R as discs were found there. A returned root that ties in
    modulus with one left out, to the proved accuracy, is not told apart from it.

    Examples
    --------
    >>> import mpmath
    >>> modes = dominant_modes("5:3 5:5", count=2, digits=30)
    >>> [mpmath.nstr(mode.value, 6) for mode in modes]
    ['(-0.757466 + 0.732667j)', '(-0.757466 - 0.732667j)']
    >>> all(mode.radius < 1e-30 * abs(mode.value) for mode in modes)
    True
    """
    mix = as_workload(mix)
    return kernel_modes(MemoryKernel.of(mix), count, digits)


def kernel_modes(kernel: MemoryKernel, count: int, digits: int) -> list[Root] | None:
    """Return the same of any kernel, such as that of a closed loop; see `dominant_modes`."""
    count = whole_number(count, "'count'")
    digits = whole_number(digits, "'digits'", 1, LARGEST_DIGITS)
    bits = precision_of(digits)
    if kernel.length <= LONGEST_ISOLATED:
        return _first(isolated_roots(kernel, bits), count)
    if kernel.length > _LONGEST:
        return None
    found = smallest_zeros(kernel, min(count, kernel.length - 1))
    discs = found and proved_discs(kernel, found[0], found[1], bits)
    if discs:
        return _first(roots_of_discs(discs, bits), count)
    return (
        _first(isolated_roots(kernel, bits), count) if kernel.length <= _LONGEST_FALLBACK else None
    )


def _first(ranked: list[Root], count: int) -> RecordList[Root]:
    """Return the first roots, until their multiplicities reach `count`."""
    chosen = RecordList[Root]()
    for root in ranked:
        if sum(r.multiplicity for r in chosen) >= count:
            break
        chosen.append(root)
    return chosen
