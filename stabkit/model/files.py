"""Workload files: TOML and JSON mixes, CSV and JSONL traces, and records of plain types.

A mix in TOML (JSON has the same keys)::

    name = "chat and code"      # optional: by default the name of the file
    capacity = 10000            # optional, tokens

    [[class]]
    input_length = 100
    decode_length = 7
    weight = "1/2"              # optional: by default 1

Traces are described in `traces`. Only regular files up to a stated size are read, and whatever is
wrong with one is `InvalidWorkload`, with a message of one line that starts with the file's name.
"""

from __future__ import annotations

import difflib
import os
import stat
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO, TypeVar

from ..errors import InvalidWorkload, StabkitWarning, shown
from .documents import read_json, read_toml
from .file_kinds import HEAD, refuse_other_kinds
from .numbers import exact_rational, read_capacity
from .request_rows import columns_of
from .traces import Tally, tally_csv, tally_jsonl

__all__ = [
    "LARGEST_LOG",
    "LARGEST_MIX_FILE",
    "LARGEST_TRACE",
    "read_json_file",
    "read_log",
    "read_table",
    "read_workload",
    "record_arguments",
]

R = TypeVar("R")

LARGEST_MIX_FILE = 16 * 2**20
LARGEST_LOG = 2**28
LARGEST_TRACE = 2**30
_LONGEST_LINE = 2**20

_DOCUMENTS = {".toml": read_toml, ".json": read_json}
_TRACES = {".csv": tally_csv, ".jsonl": tally_jsonl}


def read_workload(
    path: str | os.PathLike[str],
    make: Callable[..., R],
    capacity: Any = None,
    input_column: str | None = None,
    output_column: str | None = None,
    merge: bool = True,
) -> R:
    """Return the workload that a ``.toml``, ``.json``, ``.csv`` or ``.jsonl`` file describes.

    Parameters
    ----------
    path : str or path-like
        A regular file of at most 16 MiB (TOML, JSON) or 1 GiB (traces), in UTF-8. The suffix, in
        either case, decides how it is read.
    make : callable
        Makes the workload from its arguments, `Tally.arguments` or `record_arguments`; what it
        refuses is refused under the name of the file.
    capacity : number, optional
        KV memory in tokens; overrides the capacity of the file.
    input_column, output_column : str, optional
        The two token columns of a trace whose header is not recognised; both or neither.
    merge : bool
        Whether a trace becomes one class per decode length, or one per distinct pair of input and
        decode length.

    Returns
    -------
    object
        What `make` makes, named by the file: its ``name`` key, or its stem.

    Raises
    ------
    InvalidWorkload
        If the file cannot be read or does not describe a workload, whatever the reason.

    Warns
    -----
    StabkitWarning
        If requests without output tokens were left out of a trace.
    """
    return _guarded(
        path,
        lambda file: _read(file, make, capacity, _columns(input_column, output_column), merge),
    )


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


def _guarded(path: Any, read: Callable[[Path], R]) -> R:
    """Return what `read` makes of the file; whatever is wrong becomes `InvalidWorkload`."""
    file = _as_path(path)
    try:
        return read(file)
    except InvalidWorkload as error:
        reason = str(error)
    except OSError as error:
        reason = f"must be a readable file ({error.strerror or type(error).__name__})."
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

    Parameters
    ----------
    record : mapping
        ``name`` and ``capacity``, both optional, and a list of classes under `class_key`, each a
        mapping with ``input_length``, ``decode_length`` and, optionally, `weight_key`.
    weight_key, class_key : str
        ``"weight"`` and ``"class"`` in files, ``"share"`` and ``"classes"`` in `Workload.to_dict`.
    capacity, name : optional
        A capacity that overrides the record's, and a name for a record without one.
    sample_keys : tuple of str
        ``"request_count"``, ``"means"`` and ``"known_largest"`` in `Workload.to_dict`. A file has
        no such keys: what it states is the mix itself, not a sample.

    Raises
    ------
    InvalidWorkload
        If a key is unknown or missing, or a value is not admissible.
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
        raise InvalidWorkload(f"{what} must be a table of {', '.join(known)}, not {shown(record)}.")
    for key in record:
        if key not in known:
            nearest = difflib.get_close_matches(str(key)[:60], known, n=1, cutoff=0)[0]
            raise InvalidWorkload(
                f"a key of {what} must be one of {', '.join(known)}, not {shown(key)}; "
                f"did you mean '{nearest}'?"
            )


def _read(
    file: Path,
    make: Callable[..., R],
    capacity: Any,
    columns: tuple[str, str] | None,
    merge: bool,
) -> R:
    suffix = file.suffix.lower()
    if suffix not in _DOCUMENTS and suffix not in _TRACES:
        if file.is_file() and file.stat().st_size:
            _check_kind(file)
        raise InvalidWorkload(
            f"the file name must end in .toml, .json, .csv or .jsonl, not {shown(suffix)}."
        )
    if suffix in _TRACES:
        return _read_trace(file, make, capacity, columns, merge)
    if columns is not None:
        raise InvalidWorkload("'input_column' and 'output_column' must be left out: not a trace.")
    record = _DOCUMENTS[suffix](_read_text(file))
    return make(**record_arguments(record, "weight", "class", capacity, _stem(file)))


def _read_trace(
    file: Path,
    make: Callable[..., R],
    capacity: Any,
    columns: tuple[str, str] | None,
    merge: bool,
) -> R:
    _check_regular(file, LARGEST_TRACE)
    _check_kind(file)
    tokens = read_capacity(capacity)
    memory = None if tokens is None else int(tokens)
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        tally = _TRACES[file.suffix.lower()](_lines(stream), columns, merge, memory)
    workload = make(**tally.arguments(_stem(file), capacity))
    _warn_of_rows_left_out(tally, _label(file))
    return workload


def _warn_of_rows_left_out(tally: Tally, label: str) -> None:
    left_out = tally.without_output + tally.failed
    if not left_out:
        return
    requests = "1 request" if left_out == 1 else f"{left_out} requests"
    lacking = ""
    if tally.failed:
        lacking = f" ({tally.failed} of them lacking a number of tokens: empty, null or -1)"
    warnings.warn(
        f"{requests} without output tokens in {label} {'was' if left_out == 1 else 'were'} left "
        f"out{lacking}.",
        StabkitWarning,
        stacklevel=8,  # the caller of Workload.from_file
    )


def _read_bytes(file: Path, largest: int) -> bytes:
    _check_regular(file, largest)
    with file.open("rb") as stream:
        content = stream.read(largest + 1)
    _check_size(len(content), largest)
    refuse_other_kinds(content[:HEAD])
    return content


def _read_text(file: Path) -> str:
    content = _read_bytes(file, LARGEST_MIX_FILE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidWorkload(f"line {line}: must be UTF-8 text.") from None


def _lines(stream: TextIO) -> Iterator[str]:
    """Iterate over the lines of a trace; a line of a gigabyte is refused before it is read."""
    pieces = iter(lambda: stream.readline(_LONGEST_LINE + 1), "")
    for number, line in enumerate(pieces, start=1):
        if len(line) > _LONGEST_LINE:
            raise InvalidWorkload(f"line {number}: must be at most {_LONGEST_LINE} characters.")
        if "\0" in line or not (line.isascii() or _is_unicode(line)):
            raise InvalidWorkload(f"line {number}: must be UTF-8 text.")
        yield line


def _check_regular(file: Path, largest: int) -> None:
    """Refuse directories, and pipes and devices, which could keep the reader waiting for ever."""
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        kind = "a directory" if stat.S_ISDIR(status.st_mode) else "a pipe or device"
        raise InvalidWorkload(f"must be a regular file, not {kind}.")
    _check_size(status.st_size, largest)


def _check_kind(file: Path) -> None:
    with file.open("rb") as stream:
        refuse_other_kinds(stream.read(HEAD))


def _check_size(size: int, largest: int) -> None:
    if size > largest:
        raise InvalidWorkload(f"must be at most {largest // 2**20} MiB, not {size} bytes.")


def _columns(input_column: str | None, output_column: str | None) -> tuple[str, str] | None:
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


def _as_path(path: Any) -> Path:
    try:
        return Path(path)
    except TypeError:
        raise InvalidWorkload(f"'path' must be the name of a file, not {shown(path)}.") from None


def _label(file: Path) -> str:
    name = "".join(c if c.isprintable() else "?" for c in file.name or str(file))
    return name if len(name) <= 100 else f"{name[:80]}...{name[-17:]}"


def _stem(file: Path) -> str:
    return file.stem.encode("utf-8", "replace").decode("utf-8")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
