"""Requests counted: a trace becomes a class mix.

The memory kernel sees a trace only through the number of requests and the sum of their input
lengths at each decode length (R11), so that a trace becomes one class per decode length with the
exact mean input length, and nothing is lost in the fluid model. What depends on single requests
(a bootstrap, blocks, the fluctuations of a finite server) needs the distinct pairs of input and
decode length, which are counted beside, up to a million of them. Memory grows with the number of
pairs, not with the number of requests.

A summary has a row per decode length, with the number of requests and the sum of their inputs, and
knows no pairs; counted pairs are a row per pair, with its number of requests.

**Failed requests.** Servers and load generators write a row for a request that failed, with an
empty field, null or -1 for what was never counted, or without the key. Such a row is left out and
counted, like one with 0 output tokens. Anything else that is no number is an error.

**Long requests.** A mean hides the longest request of its class, so that the largest s + l is kept
beside the means; with a capacity, so is the number of requests that are larger.

References
----------
docs/model.md, R11; docs/formats.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import InvalidWorkload, number_of, shown
from ..documents import Unreadable
from ..numbers import LARGEST_DECODE_LENGTH, LARGEST_INPUT_LENGTH, exact_integer, read_capacity
from .log_formats import COUNTED, SUMMARY
from .window import Window

__all__ = ["Tally", "from_json", "from_text"]

_LONGEST_FIELD = 30
_LARGEST_COUNT = 10**12
_MOST_PAIRS = 1_000_000  # about a gigabyte as classes
_PAIR_BOUNDS = ((0, LARGEST_INPUT_LENGTH), (0, LARGEST_DECODE_LENGTH))
_BOUNDS: dict[tuple[str, ...], tuple[tuple[int, int], ...]] = {
    SUMMARY: (
        (0, LARGEST_DECODE_LENGTH),
        (1, _LARGEST_COUNT),
        (0, _LARGEST_COUNT * LARGEST_INPUT_LENGTH),
    ),
    COUNTED: ((0, LARGEST_DECODE_LENGTH), (0, LARGEST_INPUT_LENGTH), (1, _LARGEST_COUNT)),
}


@dataclass
class Tally:
    """Requests and input tokens by decode length and by pair, and what had to be left out.

    * `merge`: whether a class is a decode length, or a pair of decode and input length.
    * `memory`: the whole tokens of the memory, if requests that do not fit into it are to be
      counted.
    * `columns` ((input column, output column)): where a log has the two numbers: names, or dotted
      paths; by default the one known pair.
    * `window`: the times that count.
    * `requests`, `inputs`: the number of requests of each decode length and the sum of their input
      lengths.
    * `pairs`: the number of requests of each pair (decode, input); None for a summary, and beyond a
      million pairs.
    * `without_output`, `failed`: the number of requests that decode nothing, and of rows that lack
      a count of tokens.
    * `largest`, `too_large`: the most tokens that one request needs, and the number of those that
      need more than `memory`.
    * `only_means`: whether `largest` is not known, because rows stand for several requests.

    >>> tally = Tally()
    >>> for tokens in [(3, 2), (6, 2), (1, 5), (9, 0)]:
    ...     tally.add(*tokens)
    >>> tally.arguments("two", None)["classes"], tally.largest, tally.without_output
    ([(Fraction(9, 2), 2, 2), (Fraction(1, 1), 5, 1)], 8, 1)
    """

    in_order: ClassVar[bool] = False  # whether requests are to come one by one
    merge: bool = True
    memory: int | None = None
    columns: tuple[str, str] | None = None
    window: Window | None = None
    requests: dict[int, int] = field(default_factory=dict)
    inputs: dict[int, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int], int] | None = field(default_factory=dict)
    without_output: int = 0
    failed: int = 0
    largest: int = 0
    too_large: int = 0
    only_means: bool = False

    def add(self, input_length: int, decode_length: int, count: int = 1) -> None:
        """Count `count` requests of one pair of lengths."""
        if decode_length == 0:
            self.without_output += count
            return
        self._count(input_length * count, decode_length, count)
        self.largest = max(self.largest, input_length + decode_length)
        if self.memory is not None and input_length + decode_length > self.memory:
            self.too_large += count
        if self.pairs is not None:
            pair = decode_length, input_length
            self.pairs[pair] = self.pairs.get(pair, 0) + count
            self._bound_pairs()

    def add_row(
        self,
        names: tuple[str, ...],
        values: Sequence[Any],
        read: Callable[[Any], int | None],
        where: str,
        count: int = 1,
    ) -> None:
        """Count a row, or complain of the place, the name and the value at fault.

        * `names`, `values`: of its numbers of tokens; `SUMMARY` and `COUNTED` stand for several
          requests.
        * `read`: `from_text` or `from_json`.
        * `where`: the place of the row, such as ``"line 3"``.
        * `count`: how many such rows there are.
        """
        numbers: Any = [read(value) for value in values]
        bounds = _BOUNDS.get(names, _PAIR_BOUNDS)
        for name, value, number, (least, most) in zip(names, values, numbers, bounds, strict=True):
            if number is not None and least <= number <= most:
                continue
            if names not in _BOUNDS and any(map(_is_lacking, values)):
                self.failed += count
                return
            _complain(f"{where}: {shown(name)}", value, least, most)
        if names == SUMMARY:
            decode_length, requests, input_sum = numbers
            self._add_summary(decode_length, requests, input_sum, where)
        elif names == COUNTED:
            decode_length, input_length, times = numbers
            self.add(input_length, decode_length, times * count)
        else:
            input_length, decode_length = numbers
            self.add(input_length, decode_length, count)

    def _add_summary(self, decode_length: int, count: int, input_sum: int, where: str) -> None:
        if input_sum > count * LARGEST_INPUT_LENGTH:
            raise InvalidWorkload(
                f"{where}: {shown(SUMMARY[2])} must be at most 10^12 for each of {count} "
                f"requests, not {shown(input_sum)}."
            )
        self.add_sum(input_sum, decode_length, count)

    def add_sum(self, input_sum: int, decode_length: int, count: int) -> None:
        """Count `count` requests of one decode length that hold `input_sum` tokens together."""
        self.pairs = None
        if count == 1 or input_sum == 0 or decode_length == 0:
            self.add(input_sum, decode_length, count)
            return
        self._count(input_sum, decode_length, count)
        self.only_means = True

    def _count(self, input_sum: int, decode_length: int, count: int) -> None:
        self.requests[decode_length] = self.requests.get(decode_length, 0) + count
        self.inputs[decode_length] = self.inputs.get(decode_length, 0) + input_sum

    def _bound_pairs(self) -> None:
        if self.pairs is None or len(self.pairs) <= _MOST_PAIRS:
            return
        if not self.merge:
            raise InvalidWorkload(
                f"the trace must hold at most {_MOST_PAIRS} distinct (input, decode) pairs to be "
                "kept apart, not more."
            )
        self.pairs = None

    def arguments(self, name: str, capacity: Any) -> dict[str, Any]:
        """Return the mix, by ascending decode length, each class at its mean input length.

        They are the arguments from which `Workload` makes itself.
        """
        total = sum(self.requests.values())
        if not total:
            left_out = self.without_output + self.failed
            rows = f" but {left_out} that were left out" if left_out else ""
            raise InvalidWorkload(
                f"the trace must hold at least one request with output, not none{rows}."
            )
        if self.too_large:
            raise InvalidWorkload(
                f"'capacity' must hold one request of every class, at least "
                f"{number_of(self.largest, 'token')}, "
                f"not {shown(read_capacity(capacity))}: {self.too_large} of {total} requests "
                f"{'is' if self.too_large == 1 else 'are'} too large."
            )
        pairs = None if self.pairs is None else sorted(self.pairs.items())
        apart = None if pairs is None else tuple((s, n, count) for (n, s), count in pairs)
        classes = [
            (Fraction(self.inputs[n], count), n, count)
            for n, count in sorted(self.requests.items())
        ]
        keep_apart = apart is not None and not self.merge
        return {
            "classes": apart if keep_apart else classes,
            "capacity": capacity,
            "name": name,
            "request_count": total,
            "means": not keep_apart and total > len(classes),
            "known_largest": None if self.only_means else Fraction(self.largest),
            "pairs": None if keep_apart else apart,
        }


def from_text(text: str) -> int | None:
    """Return the integer that a CSV field denotes, or None.

    Plain digits are nearly every field; int() alone would also take 1_0 and Arabic digits.
    """
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_FIELD:
        return int(text)
    return _integer_or_none(text)


def from_json(value: Any) -> int | None:
    """Return the integer that a JSON value denotes, or None: a number in quotes is text."""
    return None if isinstance(value, str) else _integer_or_none(value)


def _integer_or_none(value: Any) -> int | None:
    try:
        return exact_integer(value, "the field")
    except InvalidWorkload:
        return None


def _is_lacking(value: Any) -> bool:
    """Whether a field says that its request failed: nothing, null or -1."""
    if isinstance(value, str):
        return value.strip().lower() in ("", "null", "-1")
    return value is None or (not isinstance(value, (bool, Unreadable)) and value == -1)


def _complain(where: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, Unreadable):
        raise InvalidWorkload(f"{where}: {value}")
    if value is None:
        raise InvalidWorkload(f"{where} must be given.")
    raise InvalidWorkload(
        f"{where} must be an integer between {least} and 10^{len(str(most)) - 1}, "
        f"not {shown(value)}."
    )
