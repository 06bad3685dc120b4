"""Workloads: the class mix of an LLM server, in exact rationals.

A *class* of requests has an input length s (prompt tokens held from admission on), a decode length
l (decode steps until completion) and a share p of the admissions. While a batch executes, a request
that has done j decode steps holds s + j + 1 tokens of KV memory, so that it grows by one token per
step and frees s + l at the end. A *workload* is a tuple of classes whose shares sum to 1 and,
optionally, a capacity B: the tokens that the KV memory holds.

Notation of the references, bound here once: s_k = `input_length`, l_k = `decode_length`,
p_k = `share`, L = max l_k = `longest_decode`, g = gcd(l_1, ..., l_K) = `gcd`,
mu = sum p_k l_k = `mean_decode_length`.

References
----------
.. [ADLS] R. Ao, J. Dong, G. Luo, D. Simchi-Levi, "Service-Induced Congestion in Memory-Constrained
   LLM Serving", arXiv:2606.15555, 2026.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import InvalidWorkload, number_of, shown
from ..records import Record
from .examples import example_arguments
from .files import named_columns, read_workload, record_arguments, warn_of_rows_left_out
from .numbers import NumberLike, exact_integer, rational_text, read_capacity
from .request_classes import Classes, RequestClass, read_classes
from .traces.columns import Frame, frame_columns, tally_columns
from .traces.tally import Tally

__all__ = ["RequestClass", "Workload"]

_LARGEST_COUNT = 10**18


@dataclass(frozen=True, repr=False)
class Workload(Record):
    """A mix of request classes and, optionally, the memory that serves it.

    Build one with `from_classes`, `from_file`, `named` or `from_dict`, which validate.

    Attributes
    ----------
    classes : tuple of RequestClass
        In the order given; equal (input, decode) pairs are merged into the first.
    capacity : Fraction or None
        KV memory in tokens, or None where only the shape of the dynamics matters.
    name : str
        How reports call the workload.
    request_count : int or None
        How many requests the mix was counted from, if it is a sample, such as a trace: each class
        is then share * request_count of them. Two workloads of the same mix are equal, whatever
        the size of the sample that it was found in.
    means : bool
        Whether the input of a class may be the mean of several requests that were merged.
    known_largest : Fraction or None
        The most tokens that one of the merged requests needs, if it is known; see
        `largest_request`.
    pairs : tuple of (input_length, decode_length, weight) or None
        The classes before they were merged, where they are known; see `unmerged`. They are part of
        no record: `to_dict` leaves them out.

    Examples
    --------
    >>> mix = Workload.from_classes([(100, 7, 1), (100, 10, 1)], capacity=10_000)
    >>> mix.gcd, mix.longest_decode, mix.mean_decode_length
    (1, 10, Fraction(17, 2))
    >>> Workload.from_dict(mix.to_dict()) == mix
    True
    """

    classes: tuple[RequestClass, ...]
    capacity: Fraction | None = None
    name: str = "workload"
    request_count: int | None = field(default=None, compare=False)
    means: bool = field(default=False, compare=False)
    known_largest: Fraction | None = field(default=None, compare=False)
    pairs: tuple[tuple[Any, int, Any], ...] | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.capacity is not None:
            _check_that_all_fit(self.capacity, self.classes, self.known_largest)

    @classmethod
    def from_classes(
        cls,
        classes: Classes,
        capacity: NumberLike | None = None,
        name: str | None = None,
        request_count: NumberLike | None = None,
    ) -> Workload:
        """Return the workload of the given classes.

        Parameters
        ----------
        classes : iterable of (input_length, decode_length[, weight])
            Tokens, steps and a positive weight (default 1); weights are normalised to shares.
            Every number may take any of the forms of `exact_rational`.
        capacity : number, optional
            KV memory in tokens; 0 < capacity <= 10^18 and at least max(s_k + l_k), the most that
            one request needs. Text may end in k, M or G (powers of 1000) or Ki, Mi or Gi (of 1024).
        name : str, optional
            How reports call the workload; by default the classes themselves.
        request_count : int, optional
            The number of requests, if the mix is a sample of them; every class must be a whole
            number of requests.

        Returns
        -------
        Workload

        Raises
        ------
        InvalidWorkload
            If there is no class, a number is not exact, not finite or out of its bounds, or the
            shares and inputs have no common denominator up to 10^1000.

        Examples
        --------
        >>> sample = Workload.from_classes([(100, 7, 3), (100, 10, 1)], request_count=4)
        >>> [int(c.share * sample.request_count) for c in sample.classes]
        [3, 1]
        """
        return cls._of(classes, capacity, name, request_count)

    @classmethod
    def _of(
        cls,
        classes: Any,
        capacity: Any,
        name: str | None,
        request_count: Any,
        means: bool = False,
        known_largest: Fraction | None = None,
        pairs: tuple[tuple[Any, int, Any], ...] | None = None,
    ) -> Workload:
        """Return the workload that a caller, a file or a record describes, if it is one."""
        mix = read_classes(classes)
        return cls(
            mix,
            read_capacity(capacity),
            _label(mix) if name is None else str(name),
            _read_request_count(request_count, mix),
            means,
            known_largest,
            pairs if means else None,
        )

    @classmethod
    def from_file(
        cls,
        path: str | Path | Sequence[str | Path],
        capacity: NumberLike | None = None,
        input_column: str | None = None,
        output_column: str | None = None,
        merge: bool = True,
        *,
        since: NumberLike | date | None = None,
        until: NumberLike | date | None = None,
        time_column: str | None = None,
        wrap: Callable[[BinaryIO, int], BinaryIO] | None = None,
    ) -> Workload:
        """Return the workload that a mix file describes, or that request logs hold.

        Parameters
        ----------
        path : str or Path, or a sequence of them
            A mix in TOML or JSON: classes and capacity. Or request logs, which count as one: CSV
            or TSV, JSONL, JSON, Parquet, one request per row, or counts of them; compressed by
            gzip, bzip2 or xz or not. What a file is, its content tells, and ``-`` is the standard
            input; see docs/formats.md.
        capacity : number, optional
            Overrides the capacity of the file.
        input_column, output_column : str, optional
            Where the two numbers of tokens are, in a log whose names are not recognised: columns,
            or dotted paths such as ``usage.prompt_tokens``.
        merge : bool
            Whether a trace becomes one class per decode length, with the exact mean input length,
            or one per distinct pair of input and decode length. By R11 the two have the same
            dynamics; what speaks of single requests tells them apart, and takes the pairs of a
            merged trace from `unmerged`. A summary holds no pairs, and is read the same way in both
            cases, as are mixes in TOML and JSON.
        since, until : number, text or datetime, optional
            Only the requests from `since` on and before `until`, in the times of the log itself: a
            number, or a date in ISO 8601.
        time_column : str, optional
            Where the time of a request is, if the name is not recognised.
        wrap : callable, optional
            Of an open file and its size in bytes: the file that is read in its place, such as
            ``rich.progress.wrap_file``, which shows how far the reading is.

        Raises
        ------
        InvalidWorkload
            If the file cannot be read or does not describe a workload.
        """
        columns, times = (input_column, output_column), (since, until, time_column)
        return read_workload(path, cls._of, capacity, columns, merge, times, wrap)

    @classmethod
    def from_requests(
        cls,
        inputs: Iterable[NumberLike | None],
        outputs: Iterable[NumberLike | None],
        capacity: NumberLike | None = None,
        name: str | None = None,
        merge: bool = True,
    ) -> Workload:
        """Return the workload that a list of requests holds.

        Parameters
        ----------
        inputs, outputs : list, array or series of int
            Prompt and output tokens of every request. One that lacks a number (None, NaN, -1) or
            has no output is left out, with a warning.
        capacity : number, optional
            KV memory in tokens.
        name : str, optional
            By default "requests".
        merge : bool
            As in `from_file`.

        Raises
        ------
        InvalidWorkload
            If they differ in length, no request has output, or a number is no whole one.

        Examples
        --------
        >>> mix = Workload.from_requests([5, 5, 9], [3, 5, 5])
        >>> [(int(c.input_length), c.decode_length, str(c.share)) for c in mix.classes]
        [(5, 3, '1/3'), (7, 5, '2/3')]
        """
        return cls._counted(("inputs", "outputs"), [inputs, outputs], capacity, name, merge)

    @classmethod
    def from_dataframe(
        cls,
        frame: Frame,
        capacity: NumberLike | None = None,
        input_column: str | None = None,
        output_column: str | None = None,
        name: str | None = None,
        merge: bool = True,
    ) -> Workload:
        """Return the workload that a data frame holds, one request a row.

        Parameters
        ----------
        frame : data frame
            Of pandas or polars, a table of pyarrow, or a mapping of names to columns.
        capacity : number, optional
            KV memory in tokens.
        input_column, output_column : str, optional
            Of the frame, if its names are not recognised.
        name : str, optional
            By default "requests".
        merge : bool
            As in `from_file`.

        Raises
        ------
        InvalidWorkload
            If the columns are not recognised, or as in `from_requests`.

        Examples
        --------
        >>> Workload.from_dataframe({"input_length": [5, 5], "output_length": [3, 5]}).gcd
        1
        """
        names, columns = frame_columns(frame, named_columns(input_column, output_column))
        return cls._counted(names, columns, capacity, name, merge)

    @classmethod
    def _counted(
        cls, names: tuple[str, ...], columns: Any, capacity: Any, name: str | None, merge: bool
    ) -> Workload:
        tokens = read_capacity(capacity)
        tally = Tally(merge, None if tokens is None else int(tokens))
        tally_columns(tally, names, columns)
        label = "requests" if name is None else name
        workload = cls._of(**tally.arguments(label, capacity))
        warn_of_rows_left_out(tally, label, stacklevel=4)
        return workload

    @classmethod
    def named(cls, name: str, capacity: NumberLike | None = None) -> Workload:
        """Return the packaged example `name`; a `capacity` in tokens overrides its own.

        `stabkit.examples` lists them.
        """
        return cls._of(**example_arguments(name, capacity))

    @classmethod
    def from_dict(cls, record: Mapping[str, object]) -> Workload:
        """Return the workload whose `to_dict` is `record`; validated like any other input."""
        sample_keys = ("request_count", "means", "known_largest")
        return cls._of(**record_arguments(record, "share", "classes", sample_keys=sample_keys))

    def to_dict(self) -> dict[str, Any]:
        """Return every attribute as JSON types, every rational as exact text."""
        return {
            "name": self.name,
            "classes": [
                {
                    "input_length": rational_text(c.input_length),
                    "decode_length": c.decode_length,
                    "share": rational_text(c.share),
                }
                for c in self.classes
            ],
            "capacity": None if self.capacity is None else rational_text(self.capacity),
            "request_count": self.request_count,
            "means": self.means,
            "known_largest": (
                None if self.known_largest is None else rational_text(self.known_largest)
            ),
        }

    def with_capacity(self, capacity: NumberLike | None) -> Workload:
        """Return the same mix with another capacity (tokens), or with None."""
        return replace(self, capacity=read_capacity(capacity))

    def merged(self) -> Workload:
        """Return the mix with one class per decode length, ascending, at its mean input length.

        By R11 the dynamics is the same, evictions included.

        Examples
        --------
        >>> mix = Workload.from_classes([(7, 5), (1, 3, 2), (4, 3)])
        >>> [(str(c.input_length), c.decode_length, str(c.share)) for c in mix.merged().classes]
        [('2', 3, '3/4'), ('7', 5, '1/4')]
        """
        shares: dict[int, Fraction] = {}
        inputs: dict[int, Fraction] = {}
        for c in self.classes:
            n = c.decode_length
            shares[n] = shares.get(n, Fraction(0)) + c.share
            inputs[n] = inputs.get(n, Fraction(0)) + c.share * c.input_length
        classes = (RequestClass(inputs[n] / p, n, p) for n, p in sorted(shares.items()))
        return replace(
            self,
            classes=tuple(classes),
            means=self.means or len(shares) < len(self.classes),
            known_largest=self.largest_request,
            pairs=self.pairs
            if self.means
            else tuple((c.input_length, c.decode_length, c.share) for c in self.classes),
        )

    def unmerged(self) -> Workload:
        """Return the mix with one class per distinct pair of input and decode length.

        It is the joint law of the two, on which all depends that speaks of single requests, such as
        the fluctuations of a finite server (R13); the mean inputs of `merged` have lost it.

        Returns
        -------
        Workload
            The mix itself where no class holds means.

        Raises
        ------
        InvalidWorkload
            If the inputs are means and the pairs are not known, as in a summary.

        Examples
        --------
        >>> apart = Workload.from_classes([(1, 3, 2), (4, 3), (7, 5)])
        >>> apart.merged().unmerged() == apart
        True
        """
        if not self.means:
            return self
        if self.pairs is None:
            raise InvalidWorkload(
                "'mix' must hold single requests, not means by decode length; read the trace "
                "itself, or a table of decode_length, input_length, count."
            )
        total = sum(weight for _, _, weight in self.pairs)
        apart = (RequestClass(Fraction(s), n, Fraction(w, total)) for s, n, w in self.pairs)
        return replace(self, classes=tuple(apart), means=False, known_largest=None, pairs=None)

    @property
    def largest_request(self) -> Fraction | None:
        """The most tokens that one request needs, max(s + l); None where inputs are means.

        A trace that was merged by decode length knows it all the same; a summary, which tells only
        means, does not, nor does a class whose input is not a whole number of tokens.

        Examples
        --------
        >>> pairs = Workload.from_classes([(100, 7, 3), (5000, 7, 1)])
        >>> [(int(mix.classes[0].input_length), int(mix.largest_request))
        ...     for mix in (pairs, pairs.merged())]
        [(100, 5007), (1325, 5007)]
        """
        if self.means or any(c.input_length.denominator > 1 for c in self.classes):
            return self.known_largest
        return max(c.input_length + c.decode_length for c in self.classes)

    @property
    def gcd(self) -> int:
        """The greatest common divisor g of the decode lengths."""
        return math.gcd(*(c.decode_length for c in self.classes))

    @property
    def longest_decode(self) -> int:
        """The longest decode length L, in steps: the memory kernel has L terms."""
        return max(c.decode_length for c in self.classes)

    @property
    def mean_decode_length(self) -> Fraction:
        """The mean decode length mu = sum p_k l_k of an admitted request, in steps."""
        return sum((c.share * c.decode_length for c in self.classes), Fraction(0))

    @property
    def mean_input_length(self) -> Fraction:
        """The mean input length sum p_k s_k of an admitted request, in tokens."""
        return sum((c.share * c.input_length for c in self.classes), Fraction(0))

    @property
    def common_input_length(self) -> Fraction | None:
        """The input length s if all classes have the same one, else None."""
        lengths = {c.input_length for c in self.classes}
        return lengths.pop() if len(lengths) == 1 else None


def _check_that_all_fit(
    capacity: Fraction, classes: Sequence[RequestClass], largest: Fraction | None
) -> None:
    """Refuse a memory that could never hold a request, alone and at its end."""
    needed = max(c.input_length + c.decode_length for c in classes)
    needed = needed if largest is None else max(needed, largest)
    if capacity < needed:
        raise InvalidWorkload(
            "'capacity' must hold one request of every class, at least "
            f"{number_of(math.ceil(needed), 'token')}, not {shown(capacity)}."
        )


def _read_request_count(request_count: Any, classes: Sequence[RequestClass]) -> int | None:
    if request_count is None:
        return None
    count = exact_integer(request_count, "'request_count'")
    whole = all(count % c.share.denominator == 0 for c in classes)
    if not (whole and 1 <= count <= _LARGEST_COUNT):
        raise InvalidWorkload(
            "'request_count' must be from 1 to 10^18 and make every class a whole number of "
            f"requests, not {shown(request_count)}."
        )
    return count


def _label(classes: Sequence[RequestClass]) -> str:
    texts = [f"{c.input_length}:{c.decode_length}:{c.share}" for c in classes[:3]]
    shown_classes = " ".join(text if len(text) <= 40 else f"{text[:37]}..." for text in texts)
    return shown_classes if len(classes) <= 3 else f"{shown_classes} ... ({len(classes)} classes)"
