"""The distance to instability in the inputs: how much may the prompts change before a mode grows?

Two ways for all inputs to change together, each along a line:

* *shift*: every s_k becomes s_k + delta, delta in tokens. A longer system prompt is delta > 0, a
  shared prefix that is cached, thus held once for all, is delta < 0.
* *scale*: every s_k becomes N s_k. Another tokenizer, or compressed prompts.

Inputs are not negative: delta >= -min s_k and N >= 0 are the domain, its least value included.

References
----------
docs/model.md, Stability, R8; `stabkit.spectrum.margins.line`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ...errors import check_choice
from ...model.enclosure import RealEnclosure
from ...model.notation import WorkloadLike, as_workload
from ...model.verdict import Verdict
from ...records import Record
from .line import StableRange, line_margin

__all__ = ["InputMargin", "input_margin"]

_ZERO = Fraction(0)


@dataclass(frozen=True, repr=False)
class InputMargin(Record):
    """The changes of all inputs, around none, at which a mode is on the unit circle.

    Attributes
    ----------
    along : {"shift", "scale"}
        Whether the values below are tokens delta in s_k + delta or factors N in N s_k.
    verdict : {"stable", "unstable", "marginal", "undecided"}
        On the mix itself: delta = 0, N = 1.
    present, least : Fraction
        The value of the mix itself, and the least of the domain: -min s_k or 0.
    below, above : RealEnclosure or None
        The nearest such values: every value strictly between them has as many unstable modes as the
        mix. None: no such value down to `least`, or up to infinity. Both `present` if the mix has a
        mode on the circle.
    stable_below, stable_above : RealEnclosure or None
        For a mix that is not stable: where the nearest stable values begin. None if there are none.
    stable_values : tuple of StableRange, or None
        All stable values, ascending; None where they are not known. A `low` of None is `least`,
        which is stable too.
    complete : bool
        Whether every crossing is known. If not, the values are None.
    reason : str
        One sentence: what proves this, or why there is nothing.

    Examples
    --------
    >>> from stabkit import Workload, input_margin
    >>> mix = Workload.from_classes([(10, 3), (10, 5)])
    >>> found = input_margin(mix, "shift")
    >>> found.verdict, round(float(found.distance.low), 4)  # 10 - 9.82295
    ('stable', 0.1771)
    """

    along: Literal["shift", "scale"]
    verdict: Verdict
    present: Fraction
    least: Fraction
    below: RealEnclosure | None
    above: RealEnclosure | None
    stable_below: RealEnclosure | None
    stable_above: RealEnclosure | None
    stable_values: tuple[StableRange, ...] | None
    complete: bool
    reason: str

    @property
    def distance(self) -> RealEnclosure | None:
        """How far the nearest crossing is, above or below; None if there is none or unknown."""
        ways = [
            RealEnclosure(min(ends), max(ends))
            for value in (self.below, self.above)
            if value is not None
            for ends in [(abs(value.low - self.present), abs(value.high - self.present))]
        ]
        if not ways:
            return None
        return RealEnclosure(min(way.low for way in ways), min(way.high for way in ways))


def input_margin(mix: WorkloadLike, along: Literal["shift", "scale"] = "shift") -> InputMargin:
    """Return how far all inputs may be shifted or scaled together before a mode reaches the circle.

    Parameters
    ----------
    mix : WorkloadLike
        The capacity plays no role.
    along : {"shift", "scale"}
        s_k + delta, in tokens, or N s_k, dimensionless.

    Returns
    -------
    InputMargin
        Where the D-partition would take too long (L > 20,000, or L times the number of decode
        lengths > 10^7) or is not complete: None with the reason.

    Raises
    ------
    InvalidArgument
        If `along` is neither.

    Notes
    -----
    Guaranteed: every common shift (or factor) strictly between `below` and `above` keeps the
    verdict; that is proved, by the D-partition along the line. Not guaranteed: anything about the
    inputs of one class that change alone, or of several by different amounts; the shift and the
    factor are one number each, changed with all else as it is.

    References
    ----------
    docs/model.md, R8.

    Examples
    --------
    R8: with lengths (2, 3) and equal shares, stable iff s > 1.

    >>> margin = input_margin("5:2 5:3")
    >>> margin.below, margin.above, margin.distance == RealEnclosure(Fraction(4), Fraction(4))
    (RealEnclosure(low=Fraction(-4, 1), high=Fraction(-4, 1)), None, True)
    """
    mix = as_workload(mix)
    check_choice(along, "'along'", ("shift", "scale"))
    shortest = min(c.input_length for c in mix.classes)
    present, least = (_ZERO, -shortest) if along == "shift" else (Fraction(1), _ZERO)
    found = line_margin(mix, along, present)
    return InputMargin(
        along=along,
        verdict=found.verdict,
        present=present,
        least=least,
        below=found.below,
        above=found.above,
        stable_below=found.stable_below,
        stable_above=found.stable_above,
        stable_values=found.stable,
        complete=found.complete,
        reason=found.reason,
    )
