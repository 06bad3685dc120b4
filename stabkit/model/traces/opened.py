"""A log as bytes to read once: a file or the standard input, unpacked if it is compressed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from ...errors import InvalidWorkload
from ..file_kinds import HEAD

__all__ = [
    "LONGEST_LINE",
    "STANDARD_INPUT",
    "Wrap",
    "check_regular",
    "cut_off",
    "lines_of",
    "opened",
]

LONGEST_LINE = 2**20  # characters, of a table
STANDARD_INPUT = "-"
Wrap = Callable[[BinaryIO, int], BinaryIO]  # of a file and its size: what is read in its place
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PACKED: tuple[tuple[bytes, Callable[[Any], Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)


@contextmanager
def opened(source: Path, wrap: Wrap | None = None) -> Iterator[io.BufferedReader]:
    """Open a log: at its first byte that means something, whatever it is packed in.

    * `source`: a regular file, or ``-`` for the standard input.
    * `wrap`: of the file and its size in bytes: what is read in its place, such as one that draws a
      progress bar. The standard input has no size and is not wrapped.

    Raises InvalidWorkload if it is no regular file, or its compressed data is damaged.
    """
    with ExitStack() as stack:
        stream = _stream(source, wrap, stack)
        try:
            for mark, unpack in _PACKED:
                if stream.peek(HEAD).startswith(mark):
                    stream = io.BufferedReader(stack.enter_context(unpack(stream)))
            if stream.peek(HEAD).startswith(_BYTE_ORDER_MARK):
                stream.read(len(_BYTE_ORDER_MARK))
            yield stream
        except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile):
            raise InvalidWorkload("must be whole: its compressed data is damaged.") from None


def _stream(source: Path, wrap: Wrap | None, stack: ExitStack) -> io.BufferedReader:
    if str(source) == STANDARD_INPUT:
        if sys.stdin is None:
            raise InvalidWorkload("the standard input must be open, not closed.")
        return cast(io.BufferedReader, sys.stdin.buffer)
    size = check_regular(source)
    file: Any = stack.enter_context(source.open("rb"))
    return io.BufferedReader(cast(Any, wrap(file, size))) if wrap else file


def check_regular(file: Path) -> int:
    """Return the size of a file in bytes.

    Raises InvalidWorkload if it is a directory, or a pipe or a device, which could keep the reader
    waiting for ever.
    """
    status = os.stat(file)
    if not stat.S_ISREG(status.st_mode):
        kind = "a directory" if stat.S_ISDIR(status.st_mode) else "a pipe or device"
        raise InvalidWorkload(f"must be a regular file, not {kind}.")
    return status.st_size


def lines_of(stream: BinaryIO, first: int = 1, longest: int = LONGEST_LINE) -> Iterator[str]:
    """Iterate over the lines of a log; a line of a gigabyte is refused before it is read.

    * `first`: the number of the first line, for error messages.
    * `longest`: in bytes.
    """
    for number, line in enumerate(iter(lambda: stream.readline(longest + 1), b""), start=first):
        if len(line) > longest:
            raise InvalidWorkload(f"line {number}: must be at most {longest} characters.")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise InvalidWorkload(f"line {number}: must be UTF-8 text.")
        yield text


def cut_off(line: str, number: int) -> str:
    """Return what to add to a complaint of a line: where it has no end it may be half written.

    >>> cut_off('{"prompt_tok', 57)
    " It is the last line, perhaps still being written: 'head -n 56' leaves it out."
    >>> cut_off("{}\\n", 57)
    ''
    """
    if line.endswith("\n"):
        return ""
    left = f"'head -n {number - 1}' leaves it out"
    return f" It is the last line, perhaps still being written: {left}."
