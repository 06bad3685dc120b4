"""Headroom: greedy admission up to a watermark below the capacity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...model.kernel import MemoryKernel
from ...model.workload import Workload
from ...records import Record
from ..capacity import equilibrium_admissions
from .policy import MemoryView, RationalParameters, parameter
from .registry import register_policy

__all__ = ["Headroom"]

_PARTS = 20
_LARGEST_WATERMARK = Fraction(19, 20)  # of a sweep


def _watermarks(mix: Workload) -> list[Fraction]:
    """Return even steps from 0 to a multiple of 1/20 that is 1/10 or more above the ratio.

    That is (l - 1) / (s + l), with the means of l and s.
    """
    decode = mix.mean_decode_length
    held = sum((c.share * c.input_length for c in mix.classes), decode)
    ratio = (decode - 1) / held
    top = min(Fraction(math.ceil(_PARTS * ratio) + 2, _PARTS), _LARGEST_WATERMARK)
    return [top * k / _PARTS for k in range(_PARTS + 1)]


@register_policy
@dataclass(frozen=True, repr=False)
class Headroom(Record, RationalParameters):
    """Fill the memory up to a watermark below the capacity.

    Parameters
    ----------
    watermark : number
        eta, 0 <= eta < 1: the fraction of B that admissions leave free; 0 is greedy.

    Notes
    -----
    The equilibrium is that of a capacity (1 - eta) B and exactly as stable. Evictions start at B.

    *When it never evicts.* From a start within (1 - eta) B nothing is ever evicted if
    eta >= (l_k - 1) / (s_k + l_k) for every class k; eta >= (L - 1) / (L + min_k s_k) is enough for
    that. *Proof.* Let n be the last step at which the memory was within (1 - eta) B. Since then
    nothing was admitted, for admissions end within (1 - eta) B. A request that is left held
    s_k + 1 tokens or more at n, and holds s_k + l_k at most: the memory has grown by a factor of
    max_k (s_k + l_k) / (s_k + 1) <= 1 / (1 - eta) at most, to B at most. ∎ From a start of product
    form, such as the empty one, classes of one decode length count as one, with their mean input
    (R11). From others they do not: classes (0,3) and (6,3) in equal shares have the mean input 3
    and (l - 1) / (s + l) = 1/3, and yet 60 requests (0,3) in stage 0, which are within
    (1 - 1/3) 90 tokens, need 120 in the next step and 30 of them are lost, in two steps.

    Examples
    --------
    >>> from stabkit import Headroom, Workload, simulate
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> float(max(simulate(mix, 50, policy=Headroom("1/4")).evicted))
    0.0
    """

    watermark: Any = parameter(
        Fraction(1, 20),
        lambda eta: 0 <= eta < 1,
        "at least 0 and below 1",
        r"\eta",
        _watermarks,
    )
    name: ClassVar[str] = "headroom"
    label: ClassVar[str] = "headroom {watermark:%}"

    @property
    def scheduler_options(self) -> dict[str, Any]:
        """The watermark of `stabkit.simulate_requests`."""
        return {"watermark": self.watermark}

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests that fill (1 - eta) B."""
        room = memory.free - self.watermark * memory.capacity
        return room / memory.per_request if room > 0 else 0 * room

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return (1 - eta) a*, in requests per step."""
        return (1 - Fraction(self.watermark)) * equilibrium_admissions(mix)

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        """Return the memory kernel, as for greedy: sum_m g_m a(n - m) = (1 - eta) B."""
        return MemoryKernel.of(mix)
