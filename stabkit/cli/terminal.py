"""What the program says: results on standard output or in a file, the rest on standard error.

All text passes through here, and *nothing but printable characters, line breaks and the colours of
our own reports* goes on to a terminal: names come from users, files and the names of files.
"""

from __future__ import annotations

import codecs
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO
from unicodedata import name, normalize

from ..errors import OutputError, StabkitWarning, printable, printable_lines, told
from .colour import coloured, wants_colour

if TYPE_CHECKING:
    from ..sweeps.sweep_run import SweepProgress

__all__ = [
    "columns",
    "complain",
    "counting",
    "emit",
    "on_terminal",
    "one_line",
    "progressing",
    "reading",
    "remark",
    "spelled",
    "typeset",
    "warn",
    "working",
]

_LONGEST_LINE = 500
_ASCII = {
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "±": "+-",
    "−": "-",
    "–": "-",
    "×": "x",
    "·": "*",
    "∞": "infinity",
    "√": "sqrt ",
    "°": "0",
    "→": "->",
    "′": "'",
    "─": "-",
    "Σ": "Sum",
    "ö": "oe",
    "ü": "ue",
}
_NARROWEST = 20  # columns that a text is laid out for


def emit(
    text: str | None,
    styles: Mapping[str, str] | None = None,
    files: Mapping[Path, bytes | str] | None = None,
) -> None:
    """Write `text`, if any, to standard output, and `files`, of which none is left by a failure.

    All but line breaks and printable characters of a text is replaced. A terminal shows that of a
    report in colour, which has `styles`: see `stabkit.cli.colour`.
    """
    from ..publish.files import written

    gone = None
    contents = {
        path: printable_lines(content) if isinstance(content, str) else content
        for path, content in (files or {}).items()
    }
    with written(contents):
        try:
            if text is not None:
                _print(printable_lines(text), styles)
        except BrokenPipeError as failure:  # a reader such as `head` has enough of the text alone
            gone = failure
    if gone is not None:
        raise gone


def columns() -> int | None:
    """Return how wide the terminal is, or as ``COLUMNS`` says; None if a pipe is written to."""
    if os.environ.get("COLUMNS", "").isdecimal() or on_terminal():
        return max(shutil.get_terminal_size().columns, _NARROWEST)
    return None


def _print(text: str, styles: Mapping[str, str] | None) -> None:
    if styles is not None and wants_colour():
        text = coloured(text, styles)
    if sys.stdout is None:  # closed by whoever started us
        raise OutputError("standard output must be open, not closed.")
    try:
        _write_all(sys.stdout, text)
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise OutputError(f"standard output must be writable ({told(failure)}).") from failure


def on_terminal() -> bool:
    """Tell whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def typeset(latex: str, output: Path | None) -> bytes | str:
    """Return what is written of a LaTeX document: a PDF, if `output` is a .pdf file."""
    if output is None or output.suffix.lower() != ".pdf":
        return latex
    from ..publish.document.engine import pdf_of

    with working("typesetting"):
        return pdf_of(latex)


def complain(failure: Exception) -> None:
    """Print the one line of an error; of words that are not read, where those that are stand."""
    message = getattr(failure, "format_message", failure.__str__)()
    context = getattr(failure, "ctx", None)
    if context is not None and message.startswith(("No such", "Missing", "Got unexpected")):
        end = "" if message.endswith("?") else "."
        message = f"{message.rstrip('.')}{end} See '{context.command_path} --help'."
    _say(f"error: {one_line(message)}")


def warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print the one line of a warning; takes the arguments of `warnings.showwarning`."""
    kind = "" if issubclass(category, StabkitWarning) else f"{category.__name__}: "
    _say(f"warning: {kind}{one_line(str(message))}")


def _say(line: str) -> None:
    """Print a line on standard error; if that cannot be written, there is nobody to be told."""
    if sys.stderr is None:  # closed: print() would fall back to standard output
        return
    try:
        print(_folded(f"stabkit: {line}"), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        sys.stderr = None  # as when it is closed; the interpreter flushes it at exit


def _folded(line: str) -> str:
    """Return a line; on a terminal in as many as it takes there, broken between words."""
    if not _watched():
        return line
    from ..publish.layout import laid_out, wrapped

    with laid_out(shutil.get_terminal_size().columns):
        return "\n".join(wrapped(line, "    "))


def remark(text: str) -> None:
    """Print one line of what the result on standard output leaves unsaid."""
    _say(f"note: {one_line(text)}")


def one_line(message: str) -> str:
    """Return a message on one printable line of bounded length.

    >>> one_line("no file " + chr(27) + "[31m" + chr(10) + "here")
    'no file ?[31m here'
    """
    words = " ".join(message.split())
    text = printable(words)
    return text if len(text) <= _LONGEST_LINE else f"{text[: _LONGEST_LINE - 3]}..."


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that long work goes on; show nothing in a pipe."""
    if not _watched():
        yield
        return
    from rich.console import Console

    with Console(stderr=True, markup=False).status(what):
        yield


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """Yield a `map` of `total` items that shows a progress bar on a terminal; none in a pipe."""
    if not _watched():
        yield map
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield lambda function, items: bar.track(map(function, items), total, description=what)


@contextmanager
def progressing(what: str) -> Iterator[Callable[[SweepProgress], None] | None]:
    """Yield what shows how far a sweep is, how fast, and how long it will take; None in a pipe."""
    if not _watched():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    shown = (TextColumn(what), BarColumn(None), TextColumn("{task.fields[told]}"))
    with Progress(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, told="")

        def show(now: SweepProgress) -> None:
            told = f"{now.rows_done:,} of {now.rows:,}{_pace(now)}"
            bar.update(task, total=now.rows, completed=now.rows_done, told=told)

        yield show


def _pace(now: SweepProgress) -> str:
    """Return the speed and the time that is left, as far as they are known."""
    if now.rows_per_second is None or now.seconds_left is None:
        return ""
    minutes, seconds = divmod(round(now.seconds_left), 60)
    hours, minutes = divmod(minutes, 60)
    left = f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
    pace = f"{now.rows_per_second:,.{0 if now.rows_per_second >= 10 else 2}f}"
    return f", {pace} a second, about {left} left"


@contextmanager
def reading() -> Iterator[Callable[[BinaryIO, int], BinaryIO] | None]:
    """Yield what wraps a file so that a terminal shows how far its reading is; None in a pipe."""
    if not _watched():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        yield lambda file, size: bar.wrap_file(file, size, description="reading")


def _watched() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _write_all(stream: TextIO, text: str) -> None:
    """Write every byte: an unbuffered stream may take a part of them and say nothing."""
    _survive_encoding(stream)
    binary = getattr(stream, "buffer", None)
    if binary is None:
        stream.write(text)
    else:
        stream.flush()
        left = memoryview(text.encode(stream.encoding, stream.errors or "strict"))
        while left:
            written = binary.write(left)
            if not written:
                raise OSError(errno.EAGAIN, "full")
            left = left[written:]
    stream.flush()


def _survive_encoding(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="stabkit")


def spelled(text: str) -> str:
    """Return `text` as standard output will show it: what its encoding lacks is spelled out."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "stabkit").decode(encoding)


def _spelled(failure: UnicodeError) -> tuple[str, int]:
    """Spell out what an encoding lacks: λ as lambda, ≤ as <=, x² as x^2."""
    if not isinstance(failure, UnicodeEncodeError):
        raise failure
    lacking = failure.object[failure.start : failure.end]
    return "".join(map(_in_ascii, lacking)), failure.end


def _in_ascii(character: str) -> str:
    if character in _ASCII:
        return _ASCII[character]
    plain = normalize("NFKD", character).encode("ascii", "ignore").decode()
    if plain:
        return f"^{plain}" if "SUPERSCRIPT" in name(character) else plain
    words = name(character, "").split()
    return words[-1].lower().replace("lamda", "lambda") if words[:1] == ["GREEK"] else "?"


codecs.register_error("stabkit", _spelled)
