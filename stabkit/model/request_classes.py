"""Classes of requests: how a mix comes in, with shares that sum to 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from ..errors import InvalidWorkload, WorkloadTypeError, shown
from ..records import Record
from .codec import Positive
from .numbers import (
    LARGEST_DECODE_LENGTH,
    LARGEST_INPUT_LENGTH,
    exact_integer,
    exact_rational,
    is_listed,
)

__all__ = ["Classes", "RequestClass", "read_classes"]

# The memory kernel is integers over one denominator. Real mixes need some 10^20; the bound keeps
# every figure of merit printable and stops weights such as 1/p for a thousand large primes p.
_LARGEST_DENOMINATOR = 10**1000


@dataclass(frozen=True, slots=True, repr=False)
class RequestClass(Record):
    """One class of requests.

    Attributes
    ----------
    input_length : Fraction
        Prompt tokens held from admission on; 0 <= input_length <= 10^12.
    decode_length : int
        Decode steps until completion; 1 <= decode_length <= 10^9.
    share : Fraction
        Fraction of the admissions; positive, and the shares of a workload sum to 1.

    Examples
    --------
    >>> from stabkit import Workload
    >>> Workload.from_classes([(5, 3), (20, 9, 3)]).classes[1]
    RequestClass(input_length=20, decode_length=9, share=3/4)
    """

    input_length: Fraction
    decode_length: Positive
    share: Fraction


Classes: TypeAlias = Iterable[Sequence[object] | RequestClass]


def read_classes(classes: Any) -> tuple[RequestClass, ...]:
    """Return the classes of a mix, equal ones merged into the first, their weights normalised.

    * `classes`: as `Workload.from_classes` takes them.

    Raises InvalidWorkload if there is none, or one is not admissible; the message tells its place,
    from 1 on.
    """
    entries = [_read_class(c, n) for n, c in enumerate(_entries(classes), start=1)]
    if not entries:
        raise InvalidWorkload("'classes' must hold at least one class, not none.")
    return _normalised(entries)


def _entries(classes: Any) -> Iterable[Any]:
    if not is_listed(classes):
        raise WorkloadTypeError(
            f"'classes' must be a list of (input, decode, weight), not {shown(classes)}."
        )
    return tuple(classes)


def _read_class(entry: Any, position: int) -> tuple[tuple[Fraction, int], Fraction]:
    if isinstance(entry, RequestClass):
        entry = (entry.input_length, entry.decode_length, entry.share)
    if isinstance(entry, (str, bytes)) or not isinstance(entry, Sequence):
        raise WorkloadTypeError(
            f"class {position} must be (input, decode, weight), not {shown(entry)}."
        )
    if len(entry) not in (2, 3):
        raise InvalidWorkload(
            f"class {position} must be (input, decode) or (input, decode, weight), "
            f"not {len(entry)} entries."
        )
    source = f"of class {position}"
    s = exact_rational(entry[0], f"'input_length' {source}")
    if not 0 <= s <= LARGEST_INPUT_LENGTH:
        raise InvalidWorkload(
            f"'input_length' {source} must be between 0 and 10^12 tokens, not {shown(entry[0])}."
        )
    length = exact_integer(entry[1], f"'decode_length' {source}")
    if length < 1:
        raise InvalidWorkload(
            f"'decode_length' {source} must be a positive integer, not {shown(entry[1])}."
        )
    if length > LARGEST_DECODE_LENGTH:
        raise InvalidWorkload(
            f"'decode_length' {source} must be at most 10^9 steps, not {shown(entry[1])}."
        )
    weight = exact_rational(entry[2] if len(entry) == 3 else 1, f"'weight' {source}")
    if weight <= 0:
        raise InvalidWorkload(f"'weight' {source} must be positive, not {shown(entry[2])}.")
    return (s, length), weight


def _normalised(
    entries: Sequence[tuple[tuple[Fraction, int], Fraction]],
) -> tuple[RequestClass, ...]:
    """Return the classes, merged, with shares that sum to 1."""
    scale = _common_denominator((weight for _, weight in entries), "'weight'")
    counts: dict[tuple[Fraction, int], int] = {}
    for pair, weight in entries:
        counts[pair] = counts.get(pair, 0) + int(weight * scale)
    total = sum(counts.values())
    mix = tuple(RequestClass(s, n, Fraction(count, total)) for (s, n), count in counts.items())
    _common_denominator((c.share for c in mix), "'weight'")
    _common_denominator((c.share * c.input_length for c in mix), "'input_length' times 'weight'")
    return mix


def _common_denominator(numbers: Iterable[Fraction], name: str) -> int:
    common = 1
    for number in numbers:
        common = math.lcm(common, number.denominator)
        if common > _LARGEST_DENOMINATOR:
            raise InvalidWorkload(
                f"{name} must have a common denominator of at most 10^1000 over all classes, "
                f"not {shown(common)}."
            )
    return common
