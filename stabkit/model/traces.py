"""Traces: one row per request, or one per decode length, summarised to a class mix.

The memory kernel sees a trace only through the number of requests and the sum of their input
lengths at each decode length (R11), so that a trace becomes one class per decode length with the
exact mean input length, and nothing is lost in the fluid model. A bootstrap draws requests, so
that the distinct pairs of input and decode length can be kept apart too. Both kinds of file are
read as a stream: memory grows with the number of classes, not with the number of requests.

References
----------
MODEL.md, R11. Column names: Azure Public Dataset (LLM inference traces); microsoft/vidur and
microsoft/sarathi-serve; kvcache-ai/Mooncake; casys-kaist/LLMServingSim.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ..errors import InvalidWorkload, shown
from .documents import read_json
from .numbers import exact_integer
from .workload import LARGEST_DECODE_LENGTH, LARGEST_INPUT_LENGTH, Workload

__all__ = ["PAIRS", "SUMMARY", "Tally", "tally_csv", "tally_jsonl"]

SUMMARY = ("decode_length", "count", "input_length_sum")
PAIRS = (
    ("ContextTokens", "GeneratedTokens"),
    ("num_prefill_tokens", "num_decode_tokens"),
    ("input_length", "output_length"),
    ("input_toks", "output_toks"),
)
_LONGEST_FIELD = 30
_LARGEST_COUNT = 10**12
_MOST_PAIRS = 1_000_000  # about a gigabyte as classes
_PAIR_BOUNDS = ((0, LARGEST_INPUT_LENGTH), (0, LARGEST_DECODE_LENGTH))
_SUMMARY_BOUNDS = (
    (0, LARGEST_DECODE_LENGTH),
    (1, _LARGEST_COUNT),
    (0, _LARGEST_COUNT * LARGEST_INPUT_LENGTH),
)


@dataclass
class Tally:
    """Requests and input tokens by class, and the requests that had to be left out.

    Attributes
    ----------
    merge : bool
        Whether a class is a decode length, or a pair of decode and input length.
    requests, inputs : dict
        The number of requests of each class and the sum of their input lengths.
    without_output : int
        The number of requests that decode nothing.

    Examples
    --------
    >>> tally = Tally()
    >>> for tokens in [(3, 2), (6, 2), (1, 5), (9, 0)]:
    ...     tally.add(*tokens)
    >>> tally.workload("two", None).classes[0].input_length, tally.without_output
    (Fraction(9, 2), 1)
    """

    merge: bool = True
    requests: dict[tuple[int, ...], int] = field(default_factory=dict)
    inputs: dict[tuple[int, ...], int] = field(default_factory=dict)
    without_output: int = 0

    def add(self, input_sum: int, decode_length: int, count: int = 1) -> None:
        """Count `count` requests of one decode length that hold `input_sum` prompt tokens."""
        if decode_length == 0:
            self.without_output += count
            return
        key = (decode_length,) if self.merge else (decode_length, input_sum)
        self.requests[key] = self.requests.get(key, 0) + count
        self.inputs[key] = self.inputs.get(key, 0) + input_sum
        if not self.merge and len(self.requests) > _MOST_PAIRS:
            raise InvalidWorkload(
                f"the trace must hold at most {_MOST_PAIRS} distinct (input, decode) pairs to be "
                "kept apart, not more."
            )

    def workload(self, name: str, capacity: Any) -> Workload:
        """Return the mix, by ascending decode length, each class at its mean input length."""
        if not self.requests:
            raise InvalidWorkload("the trace must hold at least one request with output, not none.")
        classes = [
            (Fraction(self.inputs[key], count), key[0], count)
            for key, count in sorted(self.requests.items())
        ]
        return Workload.from_classes(classes, capacity, name, sum(self.requests.values()))


def tally_csv(
    lines: Iterable[str], columns: tuple[str, str] | None = None, merge: bool = True
) -> Tally:
    """Return the tally of a CSV trace, whose first line names the columns.

    Parameters
    ----------
    lines : iterable of str
        The file, line by line.
    columns : (input column, output column), optional
        By default the one recognised set of columns that the header holds.
    merge : bool
        Whether requests of equal decode length become one class, or only those of equal input
        length too. A summary, which holds no single requests, is always merged.

    Raises
    ------
    InvalidWorkload
        If the columns are not recognised, or a row is malformed; the message names the line.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        chosen = _choose(header, columns)
        positions = [header.index(name) for name in chosen]
        tally = Tally(merge or chosen == SUMMARY)
        for row in reader:
            if len(row) == len(header):
                _add(tally, chosen, [row[p] for p in positions], _in_text, reader.line_num)
            elif "".join(row).strip():
                raise InvalidWorkload(
                    f"line {reader.line_num}: a row must have {len(header)} fields, not {len(row)}."
                )
    except csv.Error as error:
        raise InvalidWorkload(f"line {reader.line_num}: must be CSV ({error}).") from None
    return tally


def tally_jsonl(
    lines: Iterable[str], columns: tuple[str, str] | None = None, merge: bool = True
) -> Tally:
    """Return the tally of a JSONL trace: one object per line, blank lines apart.

    Parameters and exceptions are those of `tally_csv`; the first object stands for the header.
    """
    tally = Tally(merge)
    chosen: tuple[str, ...] = ()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = read_json(line, number)
        if not isinstance(row, dict):
            raise InvalidWorkload(f"line {number}: must be a JSON object, not {shown(row)}.")
        if not chosen:
            chosen = _choose(list(row), columns)
            tally.merge = merge or chosen == SUMMARY
        for name in chosen:
            if name not in row:
                raise InvalidWorkload(f"line {number}: {shown(name)} must be given.")
        _add(tally, chosen, [row[name] for name in chosen], _in_json, number)
    return tally


def _choose(found: Sequence[str], columns: tuple[str, str] | None) -> tuple[str, ...]:
    """Return the columns to read: those asked for, or the one recognised set among `found`."""
    sets: Sequence[tuple[str, ...]] = (SUMMARY, *PAIRS) if columns is None else (columns,)
    held = [names for names in sets if all(found.count(name) == 1 for name in names)]
    if len(held) == 1:
        return held[0]
    wanted = " or ".join(_listed(names) for names in sets)
    options = "" if columns else ", or be named by 'input_column' and 'output_column'"
    raise InvalidWorkload(f"the columns must be {wanted}{options}, not {_listed(found)}.")


def _listed(names: Sequence[str]) -> str:
    quoted = ", ".join(shown(name) for name in names[:12])
    return f"({quoted}{', ...' if len(names) > 12 else ''})"


def _add(
    tally: Tally,
    columns: tuple[str, ...],
    values: Sequence[Any],
    read: Callable[[Any], int | None],
    line: int,
) -> None:
    """Add a row to `tally`, or complain of the line, the column and the value at fault."""
    bounds = _SUMMARY_BOUNDS if columns == SUMMARY else _PAIR_BOUNDS
    numbers = []
    for name, value, (least, most) in zip(columns, values, bounds, strict=True):
        number = read(value)
        if number is None or not least <= number <= most:
            raise InvalidWorkload(
                f"line {line}: {shown(name)} must be an integer between {least} and "
                f"10^{len(str(most)) - 1}, not {shown(value)}."
            )
        numbers.append(number)
    if columns == SUMMARY:
        decode_length, count, input_sum = numbers
        tally.add(input_sum, decode_length, count)
    else:
        tally.add(*numbers)


def _in_text(text: str) -> int | None:
    """Return the integer that a CSV field denotes, or None.

    Plain digits are nearly every field; int() alone would also take 1_0 and Arabic digits.
    """
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_FIELD:
        return int(text)
    return _integer_or_none(text)


def _in_json(value: Any) -> int | None:
    """Return the integer that a JSON value denotes, or None: a number in quotes is text."""
    return None if isinstance(value, str) else _integer_or_none(value)


def _integer_or_none(value: Any) -> int | None:
    try:
        return exact_integer(value, "the field")
    except InvalidWorkload:
        return None
