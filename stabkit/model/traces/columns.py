"""Requests as columns: sequences and arrays of Python, data frames, and Parquet files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Protocol

from ...errors import InvalidWorkload, shown
from .log_formats import choose, choose_time, refuse
from .tally import Tally, from_json
from .window import Window

__all__ = ["frame_columns", "tally_columns", "tally_parquet"]

_ROWS = 2**18  # of a Parquet file at a time


def tally_columns(tally: Tally, names: tuple[str, ...], columns: Sequence[Any]) -> None:
    """Count the requests of columns of the same length.

    * `names`: of the numbers of tokens, for error messages.
    * `columns`: those numbers, and with a window the times: lists, arrays or series.

    Raises InvalidWorkload if a column is no sequence, they differ in length, or a number is not
    admissible.

    >>> tally = Tally()
    >>> tally_columns(tally, ("inputs", "outputs"), [(7, 1, 7), [5, 3.0, None]])
    >>> tally.pairs, tally.failed
    ({(5, 7): 1, (3, 1): 1}, 1)
    """
    lists = [_listed(column) for column in columns]
    if len({len(column) for column in lists}) > 1:
        raise InvalidWorkload(
            f"{' and '.join(map(shown, names))} must be of one length, not of "
            f"{' and '.join(str(len(column)) for column in lists)}."
        )
    if (window := tally.window) is not None:
        times = lists.pop()
        inside = [window.admits(time, f"row {n}") for n, time in enumerate(times, start=1)]
        lists = [[x for x, here in zip(column, inside, strict=True) if here] for column in lists]
    rows = ((row, 1) for row in zip(*lists, strict=True)) if tally.in_order else _counted(lists)
    for values, count in rows:
        numbers = [None if _is_missing(value) else value for value in values]
        tally.add_row(names, numbers, from_json, "the requests", count)


def _counted(lists: Sequence[list[Any]]) -> Iterable[tuple[tuple[Any, ...], int]]:
    """Return the distinct rows with their numbers; one by one, what cannot be compared."""
    try:
        return Counter(zip(*lists, strict=True)).items()
    except TypeError:
        return ((values, 1) for values in zip(*lists, strict=True))


def _listed(column: Any) -> list[Any]:
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            column = getattr(column, method)()
            break
    if isinstance(column, (str, bytes)) or not hasattr(column, "__iter__"):
        raise InvalidWorkload(
            f"a column of requests must be a list of numbers, not {shown(column)}."
        )
    return list(column)


def _is_missing(value: Any) -> bool:
    """Whether a number is missing: NaN is not itself, and NA of pandas does not tell."""
    try:
        return bool(value != value)
    except TypeError:
        return True


class Frame(Protocol):
    """A data frame of pandas or polars, a table of pyarrow, or a mapping of names to columns."""

    def __getitem__(self, name: str, /) -> object:
        """Return the column of that name."""


def frame_columns(
    frame: Frame, columns: tuple[str, str] | None = None, window: Window | None = None
) -> tuple[tuple[str, ...], list[Any]]:
    """Return the names of the two columns of a data frame, and the columns; then that of the times.

    * `frame` (data frame): of pandas or polars, a table of pyarrow, or a mapping of names to
      sequences.
    * `columns` ((input column, output column)): by default the one known pair among its names.

    Raises InvalidWorkload if it has no columns, or they are not recognised.
    """
    found = _names(frame)
    names = choose(found, columns, pairs_only=True) or refuse(found, columns)
    read = [*names, choose_time(found, window.column)] if window else list(names)
    return names, [frame[name] for name in read]


def _names(frame: Any) -> list[str]:
    names = getattr(frame, "column_names", getattr(frame, "columns", None))
    names = frame.keys() if names is None and hasattr(frame, "keys") else names
    if names is None:
        raise InvalidWorkload(f"'frame' must be a data frame with columns, not {shown(frame)}.")
    return [str(name) for name in names]


def tally_parquet(tally: Tally, stream: BinaryIO) -> None:
    """Count the requests of a Parquet file; nested columns have dotted paths.

    Exceptions are those of `tally_columns` and `frame_columns`.
    """
    for frame in _frames(stream):
        tally_columns(tally, *frame_columns(frame, tally.columns, tally.window))


def _frames(stream: BinaryIO) -> Iterator[Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InvalidWorkload(
            "must be read with pyarrow, which is not installed: pip install 'stabkit[parquet]'."
        ) from None
    try:
        whole = stream if stream.seekable() else pyarrow.BufferReader(stream.read())
        file = pyarrow.parquet.ParquetFile(whole)
        for batch in file.iter_batches(batch_size=_ROWS):
            yield _flat(pyarrow.Table.from_batches([batch]))
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise InvalidWorkload(f"must be Parquet ({shown(str(error))}).") from None


def _flat(table: Any) -> Any:
    while any(hasattr(kind, "fields") and kind.num_fields for kind in table.schema.types):
        wider = table.flatten()
        if wider.column_names == table.column_names:
            break
        table = wider
    return table
