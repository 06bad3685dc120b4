"""What the gcd of the decode lengths proves about the unstable modes, and under which condition.

* R7, the gcd theorem: if Re[(E(w) + g w D'(w)) / D(w)] > -(g + 1) / 2 for all |w| = 1, there are
  exactly g - 1 unstable modes and no marginal one. Its *margin* is the minimum of the left side
  less the right one; it is enclosed over the whole circle (`stabkit.spectrum.synchrony.condition`).
* R9: if sum p_k l_k (l_k + s_k) / sum p_k l_k > (L - 1) / 2, there are at least g - 1 unstable
  modes; and for even g there is always a real one below -1.

Where neither condition holds the gcd proves nothing: docs/model.md, R9, has a stable mix of gcd 3,
and many coprime mixes are unstable.

References
----------
docs/model.md, R7, R9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...records import Record
from ..counting.certificates import late_memory

__all__ = ["GcdTheorem", "gcd_theorem"]


@dataclass(frozen=True, repr=False)
class GcdTheorem(Record):
    """What R7 and R9 prove about one workload.

    Attributes
    ----------
    gcd : int
        g.
    applies : bool or None
        Whether R7's condition holds (proved either way); None where that could not be decided.
    margin : RealEnclosure or None
        R7's margin, in tokens; None where only its sign or nothing is known.
    late_memory_applies : bool
        Whether R9's condition holds: sum p_k l_k (l_k + s_k) / sum p_k l_k > (L - 1) / 2.
    late_memory_margin : Fraction
        The left side less the right one, exactly, in tokens.
    reason : str
        Says so where the budget of work ended before the margin was enclosed as sought.

    Examples
    --------
    >>> from stabkit import Workload, gcd_theorem
    >>> found = gcd_theorem(Workload.from_classes([(10, 3), (10, 5)]))
    >>> found.gcd, found.applies
    (1, True)
    >>> found.claim
    ('exactly', 0, 'R7')
    """

    gcd: int
    applies: bool | None
    margin: RealEnclosure | None
    late_memory_applies: bool
    late_memory_margin: Fraction
    reason: str = ""

    @property
    def claim(self) -> tuple[Literal["exactly", "at least"], int, Literal["R7", "R9"]] | None:
        """The number of unstable modes that is proved, and by what; None if nothing is.

        At least 0 is not a claim.
        """
        if self.applies:
            return "exactly", self.gcd - 1, "R7"
        if self.late_memory_applies and self.gcd > 1:
            return "at least", self.gcd - 1, "R9"
        if self.gcd % 2 == 0:
            return "at least", 1, "R9"
        return None


def gcd_theorem(mix: WorkloadLike) -> GcdTheorem:
    """Test the conditions under which the gcd of the decode lengths decides stability.

    Parameters
    ----------
    mix : WorkloadLike

    Returns
    -------
    GcdTheorem

    Notes
    -----
    R7's condition needs a minimum over the unit circle; it is enclosed by branch and bound, every
    arc of the circle with a proved bound. Beyond L = 200,000 its failure can be proved, not its
    holding; beyond 5,000,000 it is not tested.

    References
    ----------
    docs/model.md, R7, R9.

    Examples
    --------
    >>> theorem = gcd_theorem("100:4 100:6")
    >>> theorem.applies, theorem.claim
    (True, ('exactly', 1, 'R7'))
    >>> gcd_theorem("5:3 5:5").claim is None
    True
    """
    from .condition import condition_margin  # and with it numpy

    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    margin = condition_margin(kernel)
    late = late_memory(kernel)
    return GcdTheorem(
        gcd=math.gcd(*kernel.decode_lengths),
        applies=None if margin is None else margin.positive,
        margin=None if margin is None else margin.enclosure,
        late_memory_applies=late > 0,
        late_memory_margin=late,
        reason="" if margin is None else margin.reason,
    )
