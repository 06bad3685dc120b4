"""The gain margin: by which factor may the admission gain change before a mode grows?

Damped admission with gain kappa admits kappa times what the free memory allows; kappa = 1 is
greedy. Its characteristic polynomial is

    g_0 lambda^(L-1) + kappa sum_(m>=1) g_m lambda^(L-1-m),

so that kappa is the gain of the feedback loop of the memory, and the classical gain margin is the
factor by which it may rise (or fall) before a mode reaches the unit circle.

*Meaning.* For kappa <= 1 the loop exists: a controller that admits a part of what fits. kappa > 1
would admit more than fits, which evicts at once; there the margin is a notion of the linear model
only, a measure of how far greedy is from oscillating.

*Small gains.* If kappa sum_(m>=1) g_m < g_0, the first coefficient exceeds the sum of all others,
and by Rouché's theorem every mode is stable. So every mix has stable gains, whatever its length.

References
----------
docs/model.md, Gain, R8; `MemoryKernel.damped`, `stabkit.spectrum.margins.line`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.verdict import Verdict
from ...records import Record
from .line import StableRange, line_margin

__all__ = ["GainMargin", "gain_margin"]

_ONE = Fraction(1)


@dataclass(frozen=True, repr=False)
class GainMargin(Record):
    """The gains around kappa = 1 at which a mode is on the unit circle.

    Attributes
    ----------
    verdict : {"stable", "unstable", "marginal", "undecided"}
        On the mix itself, kappa = 1.
    lower, upper : RealEnclosure or None
        The nearest such gains below and above 1, dimensionless: every constant gain strictly
        between them has as many unstable modes as the mix. None: no such gain down to 0, or up to
        infinity. Both exactly 1 if the mix has a mode on the circle.
    largest_stable : RealEnclosure or None
        The supremum of the stable gains up to 1. For a stable mix 1; for another one, every gain in
        the last stable interval below it is stable.
    stable_gains : tuple of StableRange, or None
        All stable gains, ascending; None where they are not known.
    sufficient : Fraction or None
        g_0 / sum_(m>=1) g_m: every gain below it is stable, whatever else is known. None at L = 1,
        where every gain is.
    complete : bool
        Whether every crossing is known. If not, everything but `sufficient` is None.
    reason : str
        One sentence: what proves this, or why there is nothing.

    Examples
    --------
    >>> from stabkit import Workload, gain_margin
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> found = gain_margin(mix)
    >>> found.verdict, round(float(found.largest_stable.low), 4)
    ('unstable', 0.8885)
    """

    verdict: Verdict
    lower: RealEnclosure | None
    upper: RealEnclosure | None
    largest_stable: RealEnclosure | None
    stable_gains: tuple[StableRange, ...] | None
    sufficient: Fraction | None
    complete: bool
    reason: str


def gain_margin(mix: WorkloadLike) -> GainMargin:
    """Return how much the admission gain may rise or fall, and all stable gains.

    Parameters
    ----------
    mix : WorkloadLike
        The capacity plays no role.

    Returns
    -------
    GainMargin
        Where the D-partition would take too long (L > 20,000, or L times the number of decode
        lengths > 10^7) or is not complete: None with the reason.

    Notes
    -----
    Guaranteed: damped admission with any constant gain strictly between `lower` and `upper` has the
    verdict of the mix, about the eviction-free equilibrium; that is proved, by the D-partition
    along the gain. Not guaranteed: anything about a gain that varies over time, and for kappa > 1
    anything about the real scheduler, which cannot admit more than fits. A gain below 1 leaves
    memory unused: of B it uses kappa G(1) / (g_0 + kappa (G(1) - g_0)).

    References
    ----------
    docs/model.md, Gain, R8.

    Examples
    --------
    Here g = (6, 7, 4): 6 lambda^2 + 7 kappa lambda + 4 kappa is stable iff 4 kappa < 6 and
    7 kappa < 6 + 4 kappa.

    >>> margin = gain_margin("5:2 5:3")
    >>> margin.upper, margin.lower, margin.sufficient
    (RealEnclosure(low=Fraction(3, 2), high=Fraction(3, 2)), None, Fraction(6, 11))
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    found = line_margin(mix, "gain", _ONE, kernel)
    largest = found.stable_below
    if found.verdict == "stable" and found.complete:
        largest = RealEnclosure(_ONE, _ONE)
    later = kernel.total - kernel.first
    return GainMargin(
        verdict=found.verdict,
        lower=found.below,
        upper=found.above,
        largest_stable=largest,
        stable_gains=found.stable,
        sufficient=Fraction(kernel.first, later) if later else None,
        complete=found.complete,
        reason=found.reason,
    )
