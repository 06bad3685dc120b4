"""Control engineers' margins of one workload, joined: what may change, and what that guarantees.

============= ===================================================================================
margin        guarantees
============= ===================================================================================
`gain`        every constant admission gain strictly within keeps the verdict
`shift`       every number of tokens added to all inputs, strictly within, keeps the verdict
`scale`       every factor on all inputs, strictly within, keeps the verdict
`shares`      all class shares nearer than the radius keep the number of unstable modes
`disturbance` from every cohort off by at most this fraction, greedy never evicts
============= ===================================================================================

Each is about one change with all else as it is; together they are no guarantee. The first four are
about the linear model around the eviction-free equilibrium, the last one about the fluid model with
evictions. Bounds are decimals rounded outwards, so that they hold as they stand.

References
----------
docs/model.md, Gain, R5, R8, R11; `stabkit.spectrum.margins.gain`, `input_margin`,
`share_radius`, `disturbance`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import singledispatch
from typing import Any, Literal

from .. import __version__
from ..errors import InvalidArgument, shown
from ..model.codec import decode, encode
from ..model.enclosure import RealEnclosure
from ..model.kernel import MemoryKernel
from ..model.verdict import Verdict
from ..model.workload import Workload
from ..spectrum.margins.disturbance import DisturbanceMargin, disturbance_margin
from ..spectrum.margins.gain import GainMargin, gain_margin
from ..spectrum.margins.inputs import InputMargin, input_margin
from ..spectrum.margins.line import StableRange
from ..spectrum.margins.shares.radius import ShareRadius, share_radius
from .verdict.analysis import WorkloadSummary

__all__ = [
    "SCHEMA",
    "Bounds",
    "DisturbanceSummary",
    "GainSummary",
    "InputSummary",
    "Margins",
    "SharesSummary",
    "StableBounds",
    "margins",
    "summary",
]

SCHEMA = "stabkit.margins/2"
_DIGITS = 30


@dataclass(frozen=True)
class Bounds:
    """A real number proved to lie in [low, high]; 30 digits, equal where that is exact."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class StableBounds:
    """An open interval of stability; null stands for the end of the domain."""

    lower: Bounds | None
    upper: Bounds | None


@dataclass(frozen=True)
class GainSummary:
    """The gain margin; `stabkit.spectrum.margins.gain.GainMargin` says what each field is.

    Null in `lower` and `upper` means unlimited if `complete`, and unknown if not.
    """

    lower: Bounds | None
    upper: Bounds | None
    largest_stable: Bounds | None
    stable_gains: tuple[StableBounds, ...] | None
    sufficient: Fraction | None
    complete: bool
    reason: str


@dataclass(frozen=True)
class InputSummary:
    """The distance to instability in the inputs; see `stabkit.spectrum.margins.inputs.InputMargin`.

    Null in `below` and `above` means that there is no crossing down to `least`, or at all above,
    if `complete`, and unknown if not.
    """

    least: Fraction
    below: Bounds | None
    above: Bounds | None
    distance: Bounds | None
    stable_below: Bounds | None
    stable_above: Bounds | None
    stable_values: tuple[StableBounds, ...] | None
    complete: bool
    reason: str


@dataclass(frozen=True)
class SharesSummary:
    """The radius of stability in the shares; see
    `stabkit.spectrum.margins.shares.radius.ShareRadius`.

    `radius_lower` <= radius <= `radius_upper`, Euclidean; `total_variation_lower` is a bound in
    total variation.
    """

    radius_lower: Decimal | None
    radius_upper: Decimal | None
    limited_by: Literal["crossing", "simplex"] | None
    crossing_lower: Decimal | None
    crossing_upper: Decimal | None
    total_variation_lower: Decimal | None
    reason: str


@dataclass(frozen=True)
class DisturbanceSummary:
    """The largest disturbance without eviction; see `stabkit.spectrum.margins.disturbance`.

    `largest` is a fraction of every cohort's equilibrium size, `burst` one of a*.
    """

    largest: Bounds | None
    peak_step: int | None
    burst: Bounds | None
    burst_step: int | None
    reason: str


@dataclass(frozen=True)
class Margins:
    """All margins of a workload; a null has its reason beside it.

    Attributes
    ----------
    version : str
        Of stabkit.
    workload : WorkloadSummary
        What the margins are of.
    verdict : {"stable", "unstable", "marginal", "undecided"}
    admissions_per_step : Fraction or None
        a* = B / G(1), the unit of `disturbance.burst`; None without a capacity.
    gain, shift, scale, shares, disturbance
        How far the gain, the inputs (shifted, scaled), the shares and the state may go.
    """

    version: str
    workload: WorkloadSummary
    verdict: Verdict
    admissions_per_step: Fraction | None
    gain: GainSummary
    shift: InputSummary
    scale: InputSummary
    shares: SharesSummary
    disturbance: DisturbanceSummary

    @property
    def name(self) -> str:
        """The name of the workload."""
        return self.workload.name

    @property
    def capacity(self) -> Fraction | None:
        """Tokens; None if it has none."""
        return self.workload.capacity

    def to_dict(self) -> dict[str, Any]:
        """Return the margins as JSON types: schema ``stabkit.margins/2``."""
        record: dict[str, Any] = encode(self)
        return {"schema": SCHEMA, **record}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Margins:
        """Return the Margins whose `to_dict` is `record`.

        Raises
        ------
        InvalidArgument
            If `record` is not of schema ``stabkit.margins/2``.
        """
        return decode(cls, record, SCHEMA)


def margins(mix: Workload) -> Margins:
    """Return the margins of a workload: in the gain, the inputs, the shares and the state.

    Parameters
    ----------
    mix : Workload
        The capacity plays a role for `admissions_per_step` only.

    Returns
    -------
    Margins

    Notes
    -----
    What each margin guarantees and what it does not is said where it is computed: `gain_margin`,
    `input_margin`, `share_radius`, `disturbance_margin`. Most of the time goes into the shares,
    about five seconds at most.

    References
    ----------
    docs/model.md, Stability, Gain, R8.

    Examples
    --------
    >>> found = margins(Workload.from_classes([(5, 2), (5, 3)]))
    >>> found.gain.upper, found.shift.below
    (Bounds(low=Decimal('1.5'), high=Decimal('1.5')), Bounds(low=Decimal('-4'), high=Decimal('-4')))
    >>> Margins.from_dict(found.to_dict()) == found
    True
    """
    gain = gain_margin(mix)
    return Margins(
        version=__version__,
        workload=WorkloadSummary.of(mix),
        verdict=gain.verdict,
        admissions_per_step=_admissions(mix),
        gain=summary(gain),
        shift=summary(input_margin(mix, "shift")),
        scale=summary(input_margin(mix, "scale")),
        shares=summary(share_radius(mix)),
        disturbance=summary(disturbance_margin(mix)),
    )


def _admissions(mix: Workload) -> Fraction | None:
    kernel = MemoryKernel.of(mix)
    return None if mix.capacity is None else mix.capacity * kernel.denominator / kernel.total


@singledispatch
def summary(found: Any) -> Any:
    """Return one margin as `Margins` holds it: bounds in decimals, rounded outwards."""
    raise InvalidArgument(f"'found' must be a margin, not {shown(found)}.")


@summary.register
def _(found: GainMargin) -> GainSummary:
    return GainSummary(
        lower=_bounds(found.lower),
        upper=_bounds(found.upper),
        largest_stable=_bounds(found.largest_stable),
        stable_gains=_ranges(found.stable_gains),
        sufficient=found.sufficient,
        complete=found.complete,
        reason=found.reason,
    )


@summary.register
def _(found: InputMargin) -> InputSummary:
    return InputSummary(
        least=found.least,
        below=_bounds(found.below),
        above=_bounds(found.above),
        distance=_bounds(found.distance),
        stable_below=_bounds(found.stable_below),
        stable_above=_bounds(found.stable_above),
        stable_values=_ranges(found.stable_values),
        complete=found.complete,
        reason=found.reason,
    )


@summary.register
def _(found: ShareRadius) -> SharesSummary:
    return SharesSummary(
        radius_lower=_decimal(found.lower, ROUND_FLOOR),
        radius_upper=_decimal(found.upper, ROUND_CEILING),
        limited_by=found.limited_by,
        crossing_lower=_decimal(found.crossing_lower, ROUND_FLOOR),
        crossing_upper=_decimal(found.crossing_upper, ROUND_CEILING),
        total_variation_lower=_decimal(found.total_variation_lower, ROUND_FLOOR),
        reason=found.reason,
    )


@summary.register
def _(found: DisturbanceMargin) -> DisturbanceSummary:
    return DisturbanceSummary(
        largest=_bounds(found.largest),
        peak_step=found.peak_step,
        burst=_bounds(found.burst),
        burst_step=found.burst_step,
        reason=found.reason,
    )


def _ranges(stable: tuple[StableRange, ...] | None) -> tuple[StableBounds, ...] | None:
    if stable is None:
        return None
    return tuple(StableBounds(_bounds(part.low), _bounds(part.high)) for part in stable)


def _bounds(interval: RealEnclosure | None) -> Bounds | None:
    if interval is None:
        return None
    low = Context(_DIGITS, ROUND_FLOOR).divide(*_parts(interval.low))
    high = Context(_DIGITS, ROUND_CEILING).divide(*_parts(interval.high))
    return Bounds(low, high)


def _decimal(value: Fraction | None, rounding: str) -> Decimal | None:
    return None if value is None else Context(_DIGITS, rounding).divide(*_parts(value))


def _parts(value: Fraction) -> tuple[Decimal, Decimal]:
    return Decimal(value.numerator), Decimal(value.denominator)
