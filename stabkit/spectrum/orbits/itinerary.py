"""The affine maps along an itinerary: exact periodic orbits and their Floquet multipliers.

The state is L cohorts y, youngest first (R11), the memory is full, and a step ends with a marginal
stage j (`stabkit.dynamics.orbits`; 0 for an admission):

    y'_m = 0 (m < j),    y'_m = y_(m-1) (m > j),    y'_j = (B - sum_(m > j) g_m y_(m-1)) / g_j,

with the memory kernel g; for one class these are the matrices M_1 and M_2^(j) of R6. Along an
itinerary j_1, ..., j_N the composition is an affine map y -> P y + b.

*Support.* A stage m is alive at the end of a period if its cohort, born m steps ago, was not
emptied since: that depends on the itinerary alone, if it is repeated until it covers L steps. Every
state of a periodic orbit of this itinerary is supported on the k alive stages, V, and repeating P
maps everything into V. So the orbit and the multipliers but zeros are those of P on V, k x k, and
its first state solves (1 - P) y = b.

*Multipliers.* The token total sum g_m y_m is B after every step, whatever y: so g P = 0 for the
linear part, on V too, and P has one eigenvalue 0 for the direction that changes the total. The
others, k - 1, and L - k zeros are the Floquet multipliers over N steps, for perturbations that
leave the memory full. Perturbations that are not of product form are gone after L steps: they add
zeros.

*Verdict.* Near a regular orbit (see there) the model *is* this affine map. If all multipliers are
inside the unit circle, nearby states converge to the orbit; if some is outside, almost all leave
its neighbourhood: an eigenvector for an eigenvalue but 0 lies in V, where the orbit's cohorts are
positive, so that the model can make the perturbation, of either sign.

References
----------
docs/model.md, R6, R11, R12.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_mat, fmpz_poly

from ...errors import InvalidArgument
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import exact_quantity, listed, whole_number
from ...model.workload import Workload
from .floquet import FloquetMultipliers, multipliers_of

__all__ = ["LARGEST_ITINERARY", "alive_stages", "itinerary_multipliers", "periodic_orbit"]

# Rational operations: steps times stages times alive stages. Entries have some N log2(g) bits.
LARGEST_ITINERARY = 4_000_000


def alive_stages(itinerary: Sequence[int], length: int) -> tuple[int, ...]:
    """Return the stages that can hold requests after one period of the itinerary.

    * `itinerary`: marginal stages, 0 <= j < L.
    * `length`: L, the longest decode length.

    >>> alive_stages([0, 1, 2], 6)  # an admission, cut twice: stages -1 mod 3
    (2, 5)
    """
    alive = [True] * length
    for _ in range(-(-length // len(itinerary))):
        for stage in itinerary:
            alive = [False] * stage + [True] + alive[stage:-1]
    return tuple(m for m, there in enumerate(alive) if there)


def periodic_orbit(
    mix: WorkloadLike, itinerary: Sequence[int], capacity: Fraction
) -> tuple[Fraction, ...] | None:
    """Return the state that one period of the itinerary's affine maps brings back, exactly.

    Parameters
    ----------
    mix : WorkloadLike
    itinerary : sequence of int
        Marginal stages of N >= 1 steps, 0 <= j < L; N L k <= 4 10^6 for k alive stages.
    capacity : Fraction
        B > 0, in tokens.

    Returns
    -------
    tuple of L Fractions, or None
        Cohorts y before the first step, youngest first, in requests; None if 1 is a multiplier,
        so that there is none, or a continuum.

    Raises
    ------
    InvalidArgument
        If the itinerary is not one, or too long.

    Notes
    -----
    Whether the model follows this itinerary from there is *not* checked; entries may be negative.

    Examples
    --------
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> [str(y) for y in periodic_orbit(mix, [0, 1], mix.capacity)]
    ['0', '35']
    """
    mix = as_workload(mix)
    alive, rows = _affine_map(mix, itinerary, _exact(capacity))
    size = len(alive)
    system = fmpq_mat(
        size, size, [int(i == j) - rows[i][j] for i in range(size) for j in range(size)]
    )
    try:
        found = system.solve(fmpq_mat(size, 1, [row[size] for row in rows]))
    except ZeroDivisionError:
        return None
    cohorts = [Fraction(0)] * mix.longest_decode
    for stage, value in zip(alive, found.entries(), strict=True):
        cohorts[stage] = Fraction(int(value.p), int(value.q))
    return tuple(cohorts)


def itinerary_multipliers(
    mix: WorkloadLike, itinerary: Sequence[int], digits: int = 50
) -> FloquetMultipliers:
    """Return the Floquet multipliers of an itinerary over one period, certified.

    Parameters
    ----------
    mix : WorkloadLike
    itinerary : sequence of int
        As for `periodic_orbit`.
    digits : int
        The radius of each disc is at most 10^-digits |multiplier|; 1 to 100 000.

    Returns
    -------
    FloquetMultipliers
        All L - 1 of them, zeros included.

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Examples
    --------
    Without evictions they are the roots of the characteristic polynomial:

    >>> mix = Workload.from_classes([(7, 3), (0, 1)])
    >>> itinerary_multipliers(mix, [0]).coefficients
    (9, 9, 10)
    """
    mix = as_workload(mix)
    alive, rows = _affine_map(mix, itinerary, fmpq(0))
    size = len(alive)
    linear = fmpq_mat(size, size, [x for row in rows for x in row[:size]])
    whole = linear.charpoly().numer()
    zeros = mix.longest_decode - size
    reduced = fmpz_poly([0] * zeros + [int(c) for c in whole.coeffs()[1:]])
    return multipliers_of(reduced, digits)


def _affine_map(
    mix: Workload, itinerary: Sequence[int], capacity: fmpq
) -> tuple[tuple[int, ...], list[list[Any]]]:
    """Return the alive stages and one period's map on them, a row [P | b] for each."""
    kernel = MemoryKernel.of(mix)
    length, tokens = kernel.length, kernel.coefficients
    itinerary = _checked(itinerary, length)
    alive = alive_stages(itinerary, length)
    if len(itinerary) * length * len(alive) > LARGEST_ITINERARY:
        raise InvalidArgument(
            f"'itinerary' must be shorter than {LARGEST_ITINERARY // (length * len(alive)) + 1} "
            f"steps for decode lengths up to {length}, not {len(itinerary)}."
        )
    width = len(alive) + 1
    rows: list[list[Any] | None] = [None] * length
    for column, stage in enumerate(alive):
        rows[stage] = [fmpq(int(i == column)) for i in range(width)]
    full = [fmpq(0)] * (width - 1) + [capacity * kernel.denominator]
    for stage in itinerary:
        held = [(tokens[m], rows[m - 1]) for m in range(stage + 1, length)]
        marginal = list(full)
        for weight, row in held:
            if row is not None:
                marginal = [x - weight * y for x, y in zip(marginal, row, strict=True)]
        kept = [x / tokens[stage] for x in marginal]
        rows = [None] * stage + [kept] + rows[stage:-1]
    return alive, [row for row in rows if row is not None]


def _checked(itinerary: Any, length: int) -> tuple[int, ...]:
    stages = listed(itinerary, "'itinerary'", f"stages from 0 to {length - 1}")
    if not stages:
        raise InvalidArgument("'itinerary' must be stages, at least one, not none.")
    return tuple(whole_number(j, "a stage of 'itinerary'", 0, length - 1) for j in stages)


def _exact(capacity: Any) -> fmpq:
    tokens = exact_quantity(capacity, "'capacity'")
    return fmpq(tokens.numerator, tokens.denominator)
