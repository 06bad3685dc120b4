"""Workload files: TOML and JSON mixes, request logs, and records of plain types.

A mix in TOML (JSON has the same keys)::

    name = "chat and code"      # optional: by default the name of the file
    capacity = 10000            # optional, tokens

    [[class]]
    input_length = 100
    decode_length = 7
    weight = "1/2"              # optional: by default 1

Logs are described in `traces`. What a file is, its content tells. Whatever is wrong with one is
`InvalidWorkload`, with a message of one line that starts with the file's name.
"""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ..errors import InvalidWorkload, StabkitWarning, WorkloadTypeError, number_of, shown, told
from .documents import read_json, read_toml
from .file_kinds import HEAD, refuse_other_kinds
from .numbers import exact_rational, read_capacity
from .traces.log_formats import UnknownColumns
from .traces.opened import STANDARD_INPUT, Wrap, opened
from .traces.read import NoLog, tally_log
from .traces.rows import OrderedRows, columns_of
from .traces.tally import Tally
from .traces.window import Window, window

__all__ = [
    "LARGEST_LOG",
    "LARGEST_MIX_FILE",
    "named_columns",
    "read_json_file",
    "read_log",
    "read_requests",
    "read_table",
    "read_workload",
    "record_arguments",
    "warn_of_rows_left_out",
]

R = TypeVar("R")

LARGEST_MIX_FILE = 16 * 2**20
LARGEST_LOG = 2**28
_MOST_NAMES = 3
_PACKED = (".gz", ".bz2", ".xz")


def read_workload(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    make: Callable[..., R],
    capacity: Any = None,
    columns: tuple[Any, Any] = (None, None),
    merge: bool = True,
    times: tuple[Any, Any, Any] = (None, None, None),
    wrap: Wrap | None = None,
) -> R:
    """Return the workload that a mix describes, or that one or several request logs hold.

    The arguments are those of `stabkit.Workload.from_file`, and `make`, which makes the workload
    from its own, `Tally.arguments` or `record_arguments`: what it refuses is refused under the name
    of the file. A mix has at most 16 MiB. The name is the file's ``name`` key, or its stem.

    Raises InvalidWorkload if a file cannot be read or does not describe a workload, whatever the
    reason; StabkitWarning if requests without output tokens were left out of a log.
    """
    files = _as_paths(path)
    tokens = read_capacity(capacity)
    memory = None if tokens is None else int(tokens)
    tally = _guarded(
        files[0], lambda _: Tally(merge, memory, named_columns(*columns), window(*times))
    )
    workload = _read(files, make, capacity, wrap, tally)
    warn_of_rows_left_out(tally, " and ".join(map(_label, files[:_MOST_NAMES])), stacklevel=4)
    return workload


def read_json_file(path: str | os.PathLike[str]) -> Any:
    """Return the value that a JSON file describes, every number exact.

    The bounds on the file and the exception are those of `read_workload`.
    """
    return _guarded(path, lambda file: read_json(_read_text(file)))


def read_log(path: str | os.PathLike[str]) -> str:
    """Return the text of a server's log; bytes that are not UTF-8 become marks of replacement.

    The exception is that of `read_workload`; the file has at most 256 MiB.
    """
    return _guarded(path, lambda file: _read_bytes(file, LARGEST_LOG).decode("utf-8", "replace"))


def read_table(path: str | os.PathLike[str]) -> dict[str, list[str]]:
    """Return the columns of a CSV file as texts, by the names in its first line.

    The exception is that of `read_workload`; the file has at most 16 MiB.
    """
    return _guarded(path, lambda file: columns_of(_read_text(file).splitlines()))


def read_requests(
    path: str | os.PathLike[str], columns: tuple[Any, Any] = (None, None)
) -> list[tuple[Any, ...]]:
    """Return the requests of a log in their order, as `stabkit.model.traces.rows` has them.

    The formats, columns, exception and warning are those of `read_workload`, but for summaries and
    counted pairs.
    """
    kept = OrderedRows()

    def read(file: Path) -> None:
        kept.columns = named_columns(*columns)
        try:
            tally_log(kept, file, table=OrderedRows.read_table)
        except NoLog:
            raise InvalidWorkload("must be requests in their order, not a mix.") from None

    _guarded(path, read)
    warn_of_rows_left_out(kept, _label(Path(path)), stacklevel=4)
    return kept.rows


def _guarded(path: Any, read: Callable[[Path], R]) -> R:
    """Return what `read` makes of the file; whatever is wrong becomes `InvalidWorkload`."""
    (file,) = _as_paths(path)
    try:
        return read(file)
    except UnknownColumns as error:
        raise UnknownColumns(f"{_label(file)}: {error}", error.columns) from None
    except InvalidWorkload as error:
        reason = str(error)
    except OSError as error:
        reason = f"must be a readable file ({told(error)})."
    except RecursionError:
        reason = "must not be nested as deeply as this."
    except ValueError:  # a path that no file system takes
        reason = "must be the name of a file."
    raise InvalidWorkload(f"{_label(file)}: {reason}")


def record_arguments(
    record: Any,
    weight_key: str,
    class_key: str,
    capacity: Any = None,
    name: str | None = None,
    sample_keys: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the arguments from which `Workload` makes itself, out of a mapping of plain types.

    * `record`: ``name`` and ``capacity``, both optional, and a list of classes under `class_key`,
      each a mapping with ``input_length``, ``decode_length`` and, optionally, `weight_key`.
    * `weight_key`, `class_key`: ``"weight"`` and ``"class"`` in files, ``"share"`` and
      ``"classes"`` in `Workload.to_dict`.
    * `capacity`, `name`: a capacity that overrides the record's, and a name for a record without
      one.
    * `sample_keys`: ``"request_count"``, ``"means"`` and ``"known_largest"`` in `Workload.to_dict`.
      A file has no such keys: what it states is the mix itself, not a sample.

    Raises InvalidWorkload if a key is unknown or missing, or a value is not admissible.
    """
    known = ("name", "capacity", class_key, *sample_keys)
    _check_keys(record, known, "the workload")
    entries = record.get(class_key)
    if not isinstance(entries, (list, tuple)):
        raise InvalidWorkload(f"'{class_key}' must be a list of classes, not {shown(entries)}.")
    title = record.get("name", name)
    if title is not None and not (isinstance(title, str) and _is_unicode(title)):
        raise InvalidWorkload(f"'name' must be text, not {shown(title)}.")
    largest = record.get("known_largest")
    return {
        "classes": [_class_entry(entry, n, weight_key) for n, entry in enumerate(entries, start=1)],
        "capacity": record.get("capacity") if capacity is None else capacity,
        "name": title,
        "request_count": record.get("request_count"),
        "means": record.get("means") is True,
        "known_largest": None if largest is None else exact_rational(largest, "'known_largest'"),
    }


def _class_entry(entry: Any, position: int, weight_key: str) -> tuple[Any, Any, Any]:
    known = ("input_length", "decode_length", weight_key)
    _check_keys(entry, known, f"class {position}")
    for key in known[:2]:
        if key not in entry:
            raise InvalidWorkload(f"'{key}' of class {position} must be given.")
    return entry[known[0]], entry[known[1]], entry.get(weight_key, 1)


def _check_keys(record: Any, known: tuple[str, ...], what: str) -> None:
    if not isinstance(record, Mapping):
        raise WorkloadTypeError(
            f"{what} must be a table of {', '.join(known)}, not {shown(record)}."
        )
    for key in record:
        if key not in known:
            nearest = difflib.get_close_matches(str(key)[:60], known, n=1, cutoff=0)[0]
            raise InvalidWorkload(
                f"a key of {what} must be one of {', '.join(known)}, not {shown(key)}; "
                f"did you mean '{nearest}'?"
            )


def _read(
    files: Sequence[Path], make: Callable[..., R], capacity: Any, wrap: Wrap | None, tally: Tally
) -> R:
    for file in files:
        found = _guarded(file, lambda file: _mix_or_count(file, tally, wrap))
        if found and len(files) > 1:
            raise InvalidWorkload(f"{_label(file)}: a mix must be read alone.")
        for mix in found:
            return _guarded(file, partial(_made, mix=mix, make=make, capacity=capacity))
    return _guarded(files[0], lambda _: make(**_arguments(files, capacity, tally)))


def _arguments(files: Sequence[Path], capacity: Any, tally: Tally) -> dict[str, Any]:
    span = tally.window
    if span is not None and not tally.requests and span.left_out:
        raise InvalidWorkload(
            f"'since' and 'until' must leave a request between them; the times of the trace go "
            f"from {span.earliest} to {span.latest}."
        )
    return tally.arguments(_name(files, span), capacity)


def _made(file: Path, mix: Any, make: Callable[..., R], capacity: Any) -> R:
    return make(**record_arguments(mix, "weight", "class", capacity, _stem(file)))


def _mix_or_count(file: Path, tally: Tally, wrap: Wrap | None) -> list[Any]:
    """Return the one record of a mix, or else count the requests of a log."""
    if file.suffix.lower() == ".toml":
        return [_record(_read_text(file), read_toml, tally)]
    try:
        tally_log(tally, file, wrap)
    except NoLog as found:
        return [_record(found.text, read_toml if found.is_toml else read_json, tally)]
    return []


def _record(text: str, read: Callable[[str], Any], tally: Tally) -> Any:
    """Return what the text of a mix says; nothing of a log may be asked of it."""
    _check_size(len(text), LARGEST_MIX_FILE)
    if tally.columns is not None or tally.window is not None:
        raise InvalidWorkload(
            "'input_column' and 'output_column' must be left out, and a window of times: not a "
            "trace."
        )
    return read(text)


def _name(files: Sequence[Path], span: Window | None) -> str:
    """Return how a workload is called that was counted from files."""
    names = [_stem(file) for file in files]
    name = " + ".join(names) if len(names) <= _MOST_NAMES else f"{names[0]} + {len(names) - 1} more"
    return f"{name} {span}" if span else name


def warn_of_rows_left_out(tally: Tally, label: str, stacklevel: int) -> None:
    """Warn of the requests of a log that do not count, if there are any."""
    left_out = tally.without_output + tally.failed
    if not left_out:
        return
    lacking = ""
    if tally.failed:
        lacking = f" ({tally.failed} of them lacking a number of tokens: empty, null or -1)"
    warnings.warn(
        f"{number_of(left_out, 'request')} without output tokens in {label} "
        f"{'was' if left_out == 1 else 'were'} left out{lacking}.",
        StabkitWarning,
        stacklevel=stacklevel,
    )


def _read_bytes(file: Path, largest: int) -> bytes:
    with opened(file) as stream:
        refuse_other_kinds(stream.peek(HEAD)[:HEAD])
        content = stream.read(largest + 1)
    _check_size(len(content), largest)
    return content


def _read_text(file: Path) -> str:
    content = _read_bytes(file, LARGEST_MIX_FILE)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidWorkload(f"line {line}: must be UTF-8 text.") from None


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise InvalidWorkload(f"must be at most {largest // 2**20} MiB.")


def named_columns(input_column: str | None, output_column: str | None) -> tuple[str, str] | None:
    """Return the two columns that are asked for, None for neither.

    Raises InvalidWorkload if only one is, or one is no text, or both are the same.
    """
    if input_column is None and output_column is None:
        return None
    if not (isinstance(input_column, str) and isinstance(output_column, str)):
        given = [shown(name) for name in (input_column, output_column) if name is not None]
        raise InvalidWorkload(
            "'input_column' and 'output_column' must both be given as text, "
            f"not {' and '.join(given)}{' alone' if len(given) == 1 else ''}."
        )
    if input_column.strip() == output_column.strip():
        raise InvalidWorkload(
            f"'input_column' and 'output_column' must differ, not {shown(input_column)} twice."
        )
    return input_column.strip(), output_column.strip()


def _as_paths(path: Any) -> list[Path]:
    several = isinstance(path, (list, tuple)) and len(path) > 0
    try:
        return [Path(one) for one in (path if several else [path])]
    except TypeError:
        raise WorkloadTypeError(
            f"'path' must be the name of a file, or several, not {shown(path)}."
        ) from None


def _label(file: Path) -> str:
    if str(file) == STANDARD_INPUT:
        return "standard input"
    name = "".join(c if c.isprintable() else "?" for c in file.name or str(file))
    return name if len(name) <= 100 else f"{name[:80]}...{name[-17:]}"


def _stem(file: Path) -> str:
    if str(file) == STANDARD_INPUT:
        return "standard input"
    inner = file.with_suffix("") if file.suffix.lower() in _PACKED else file
    return inner.stem.encode("utf-8", "replace").decode("utf-8")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
