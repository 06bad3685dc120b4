"""``stabkit synchrony``: what the decode lengths have in common, and the modes that come of it."""

from __future__ import annotations

from ..mix import MixOptions
from ..present import Found, presented
from ..terminal import working

__all__ = ["synchrony"]


@presented("synchrony")
def synchrony(source: MixOptions) -> Found:
    """Show which requests can fall in step, and what becomes of it.

    The gcd of the decode lengths, the cohorts, the synchronised modes with their predicted and
    certified growth, what the gcd proves (R7, R9), and near-synchronous modes. The figure is the
    renewal graph.

    \b
    Examples:
      stabkit synchrony 100:4 100:6
      stabkit synchrony 100:50 100:151 --figure graph.png
    """
    workload = source.read()
    with working("looking for synchrony"):
        from ...spectrum.synchrony.synchrony import synchrony as synchrony_of

        return Found(synchrony_of(workload))
