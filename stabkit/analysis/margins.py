"""Control engineers' margins of one workload, joined: what may change, and what that guarantees.

============= ===================================================================================
margin        guarantees
============= ===================================================================================
`gain`        every constant admission gain strictly within keeps the verdict
`shift`       every number of tokens added to all inputs, strictly within, keeps the verdict
`scale`       every factor on all inputs, strictly within, keeps the verdict
`shares`      all class shares nearer than the radius keep the number of unstable modes
`robust`      all class shares off by at most a given relative error are stable, if so
`tolerance`   all class shares off by less than this relative error are stable
`sample`      all class shares that a sample leaves open at a given level are stable, if so
`disturbance` from every cohort off by at most this fraction, greedy never evicts
============= ===================================================================================

Each is about one change with all else as it is; together they are no guarantee. All but the last
one are about the linear model around the eviction-free equilibrium, that about the fluid model with
evictions.

References
----------
docs/model.md, Gain, R5, R8, R11, Robust shares; `stabkit.spectrum.margins.gain`, `input_margin`,
`share_radius`, `robust_shares`, `disturbance`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..dynamics.capacity import equilibrium_admissions
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import NumberLike, check_level
from ..model.verdict import Verdict
from ..model.workload import Workload
from ..records import Record
from ..spectrum.margins.disturbance import DisturbanceMargin, disturbance_margin
from ..spectrum.margins.gain import GainMargin, gain_margin
from ..spectrum.margins.inputs import InputMargin, input_margin
from ..spectrum.margins.shares.radius import ShareRadius, share_radius
from ..spectrum.margins.shares.robust import (
    RobustShares,
    relative_error,
    robust_shares,
)
from ..spectrum.margins.shares.tolerance import ShareTolerance, share_tolerance

__all__ = ["Margins", "margins"]


@dataclass(frozen=True, repr=False)
class Margins(Record):
    """All margins of a workload; a None has its reason beside it.

    Attributes
    ----------
    mix : Workload
        What the margins are of.
    gain : GainMargin
    shift, scale : InputMargin
    shares : ShareRadius
    disturbance : DisturbanceMargin
        How far the gain, the inputs (shifted, scaled), the shares and the state may go.
    robust : RobustShares or None
    tolerance : ShareTolerance or None
        Whether all shares may be off by a relative error, and the largest such error; None where
        none was asked about.
    sample : RobustShares or None
        The same for the shares that a sample leaves open; None where no level was asked about.

    Examples
    --------
    >>> from stabkit import Workload, margins
    >>> mix = Workload.from_classes([(10, 3), (10, 5)])
    >>> found = margins(mix)
    >>> found.verdict
    'stable'
    >>> round(float(found.gain.largest_stable.low), 4), round(float(found.scale.below.low), 4)
    (1.0, 0.9823)
    """

    mix: Workload
    gain: GainMargin
    shift: InputMargin
    scale: InputMargin
    shares: ShareRadius
    disturbance: DisturbanceMargin
    robust: RobustShares | None = None
    tolerance: ShareTolerance | None = None
    sample: RobustShares | None = None

    @property
    def verdict(self) -> Verdict:
        """On the workload itself."""
        return self.gain.verdict

    @property
    def admissions_per_step(self) -> Fraction | None:
        """a* = B / G(1), the unit of `disturbance.burst`; None without a capacity."""
        return None if self.mix.capacity is None else equilibrium_admissions(self.mix)


def margins(
    mix: WorkloadLike,
    shares_within: NumberLike | None = None,
    shares_level: Fraction | float | None = None,
) -> Margins:
    """Return the margins of a workload: in the gain, the inputs, the shares and the state.

    Parameters
    ----------
    mix : WorkloadLike
        The capacity plays a role for `admissions_per_step` only.
    shares_within : number, optional
        A relative error of all shares at once, such as 0.2, positive and at most 1: the margins
        `robust` and `tolerance` are found as well.
    shares_level : number, optional
        A level between 0 and 1, such as 0.95, of a `mix` that is a sample: `sample` is found.

    Returns
    -------
    Margins

    Raises
    ------
    InvalidArgument
        If `shares_within` or `shares_level` is outside its domain, or `mix` is no sample.

    Notes
    -----
    What each margin guarantees and what it does not is said where it is computed: `gain_margin`,
    `input_margin`, `share_radius`, `robust_shares`, `disturbance_margin`. Most of the time goes
    into the shares, about five seconds at most; with `shares_within`, some twenty more, and with
    `shares_level` some ten.

    References
    ----------
    docs/model.md, Stability, Gain, R8, Robust shares.

    Examples
    --------
    >>> found = margins(Workload.from_classes([(5, 2), (5, 3)]))
    >>> found.gain.upper
    RealEnclosure(low=Fraction(3, 2), high=Fraction(3, 2))
    >>> found.shift.below
    RealEnclosure(low=Fraction(-4, 1), high=Fraction(-4, 1))
    """
    mix = as_workload(mix)
    error = None if shares_within is None else relative_error(shares_within, "'shares_within'")
    if shares_level is not None:
        check_level(shares_level, "'shares_level'")
    return Margins(
        mix,
        gain_margin(mix),
        input_margin(mix, "shift"),
        input_margin(mix, "scale"),
        share_radius(mix),
        disturbance_margin(mix),
        None if error is None else robust_shares(mix, error),
        None if error is None else share_tolerance(mix),
        None if shares_level is None else robust_shares(mix, level=shares_level),
    )
