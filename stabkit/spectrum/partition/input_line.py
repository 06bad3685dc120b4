"""Lines through the inputs of a mix: s_k = sigma_k x + c_k, one number x for all classes.

Three of them have names, with the mix's own inputs s_k:

========== =============== ============= =================================
name       slopes sigma_k  offsets c_k   x
========== =============== ============= =================================
``common`` 1               0             one input s for all
``shift``  1               s_k           delta, added to all
``scale``  s_k             0             the factor N of all
========== =============== ============= =================================

Any other one is given by its slopes, class by class, with the own inputs as offsets: with slopes
(1, 0, 2) the prompts of the first class grow by x tokens, those of the third by 2 x, and the second
class keeps its own. Inputs are not negative: x starts at the *least* value, max -c_k / sigma_k over
the classes with sigma_k > 0.

References
----------
docs/model.md, Input lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, get_args

from ...errors import InvalidArgument, shown
from ...model.numbers import LARGEST_INPUT_LENGTH, is_listed, listed, rational_argument
from ...model.workload import Workload
from ...records import Record

__all__ = ["AlongInputs", "InputLine", "NamedLine", "input_line"]

NamedLine = Literal["common", "shift", "scale"]
AlongInputs = NamedLine | Sequence[Any]


@dataclass(frozen=True, repr=False)
class InputLine(Record):
    """The inputs s_k = sigma_k x + c_k, by class.

    Attributes
    ----------
    slopes : tuple of Fraction
        sigma_k >= 0.
    offsets : tuple of Fraction
        c_k, in tokens where x is a number of tokens or a factor; c_k >= 0 where sigma_k = 0.

    Examples
    --------
    >>> from stabkit import Workload, threshold
    >>> line = threshold(Workload.from_classes([(5, 3), (9, 5)]), "shift").line
    >>> [int(offset) for offset in line.offsets], int(line.low)
    ([5, 9], -5)
    """

    slopes: tuple[Fraction, ...]
    offsets: tuple[Fraction, ...]

    @property
    def low(self) -> Fraction:
        """The least x at which no input is negative; 0 if no slope is positive.

        Examples
        --------
        >>> InputLine((Fraction(1), Fraction(2)), (Fraction(3), Fraction(4))).low
        Fraction(-2, 1)
        """
        pairs = zip(self.slopes, self.offsets, strict=True)
        return max((-c / sigma for sigma, c in pairs if sigma), default=Fraction(0))

    def at(self, x: Fraction) -> tuple[Fraction, ...]:
        """Return the inputs at x, by class."""
        return tuple(sigma * x + c for sigma, c in zip(self.slopes, self.offsets, strict=True))

    @staticmethod
    def moved(mix: Workload, inputs: tuple[Fraction, ...]) -> Workload:
        """Return `mix` with these `inputs`; without its capacity, which may not hold them."""
        pairs = zip(mix.classes, inputs, strict=True)
        classes = tuple(replace(c, input_length=s) for c, s in pairs)
        return replace(mix, classes=classes, capacity=None)


def input_line(mix: Workload, along: AlongInputs) -> InputLine:
    """Return the line that `along` names or lists.

    * `along` ({"common", "shift", "scale"} or sequence): a name, or for each class, in the order of
      `mix`, its slope or a pair of slope and offset.

    Raises InvalidArgument if it is none of these, a slope is negative, or all are 0; or an input is
    negative all along the line.

    >>> mix = Workload.from_classes([(5, 2), (7, 3)])
    >>> input_line(mix, "shift") == input_line(mix, [1, 1]) == input_line(mix, [(1, 5), (1, 7)])
    True
    """
    own = tuple(c.input_length for c in mix.classes)
    ones, zeros = ((Fraction(n),) * len(own) for n in (1, 0))
    if isinstance(along, str) and along in get_args(NamedLine):
        return {
            "common": InputLine(ones, zeros),
            "shift": InputLine(ones, own),
            "scale": InputLine(own, zeros),
        }[along]
    entries = listed(along, "'along'", "'common', 'shift', 'scale' or a slope for each class")
    if len(entries) != len(own):
        raise InvalidArgument(
            f"'along' must have one slope for each class of the mix, {len(own)}, "
            f"not {len(entries)}."
        )
    numbered = enumerate(zip(entries, own, strict=True), start=1)
    pairs = [_pair(entry, s, number) for number, (entry, s) in numbered]
    if not any(sigma for sigma, _ in pairs):
        raise InvalidArgument("'along' must have a slope that is not 0.")
    slopes, offsets = zip(*pairs, strict=True)
    return InputLine(slopes, offsets)


def _pair(entry: Any, own: Fraction, number: int) -> tuple[Fraction, Fraction]:
    parts = tuple(entry) if is_listed(entry) else (entry, own)
    if len(parts) != 2:
        raise InvalidArgument(
            f"'along' of class {number} must be a slope, or a slope and an offset, "
            f"not {shown(entry)}."
        )
    slope, offset = (rational_argument(part, f"'along' of class {number}") for part in parts)
    if not 0 <= slope <= LARGEST_INPUT_LENGTH:
        raise InvalidArgument(
            f"'along' of class {number} must have a slope between 0 and 10^12, not {shown(slope)}."
        )
    least = 0 if not slope else -LARGEST_INPUT_LENGTH
    if not least <= offset <= LARGEST_INPUT_LENGTH:
        raise InvalidArgument(
            f"'along' of class {number} must have an offset between {least} and 10^12 tokens with "
            f"the slope {shown(slope)}, not {shown(offset)}."
        )
    return slope, offset
