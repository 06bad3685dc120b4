"""What the program says: results on standard output or in a file, the rest on standard error.

All text passes through here, and *nothing but printable characters, line breaks and the colours of
our own reports* goes on to a terminal: names come from users, files and the names of files.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from ..errors import OutputError, StabkitWarning, printable, printable_lines

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "complain",
    "counting",
    "emit",
    "emit_latex",
    "emit_rich",
    "one_line",
    "reading",
    "remark",
    "warn",
    "working",
]

_LONGEST_LINE = 500
_FILE_WIDTH = 100


def emit(text: str, output: Path | None) -> None:
    """Write `text` to the file `output`, whole or not at all, or to standard output.

    All but its line breaks and printable characters are replaced.
    """
    _emit_clean(printable_lines(text), output)


def _emit_clean(text: str, output: Path | None) -> None:
    if output is not None:
        from ..publish.files import write_whole

        write_whole(output, text)
        return
    if sys.stdout is None:  # closed by whoever started us
        raise OutputError("standard output must be open, not closed.")
    try:
        _write_all(sys.stdout, text)
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise OutputError(f"standard output must be writable ({failure.strerror}).") from failure


def emit_latex(latex: str, output: Path | None) -> None:
    """Write a LaTeX document; typeset, if `output` is a .pdf file."""
    if output is None or output.suffix.lower() != ".pdf":
        emit(latex, output)
        return
    from ..publish.document.engine import pdf_of
    from ..publish.files import write_whole

    with working("typesetting"):
        pdf = pdf_of(latex)
    write_whole(output, pdf)


def emit_rich(draw: Callable[[Console], None], output: Path | None) -> None:
    """Write what `draw` prints on a console: in colour on a terminal only, plain to a file."""
    from rich.console import Console

    from .drawing import PrintableDrawing

    terminal = Console(markup=False, emoji=False)
    colour = output is None and terminal.is_terminal
    buffer = StringIO()
    console = Console(
        file=buffer,
        width=terminal.width if output is None else _FILE_WIDTH,
        force_terminal=colour,
        no_color=terminal.no_color,
        markup=False,
        emoji=False,
    )
    console.push_render_hook(PrintableDrawing())
    draw(console)
    text = buffer.getvalue()
    if colour:
        _emit_clean(text, None)  # printable but for the colours, which are ours
    else:
        emit("\n".join(line.rstrip() for line in text.split("\n")), output)


def complain(failure: Exception) -> None:
    """Print the one line of an error."""
    message = getattr(failure, "format_message", failure.__str__)()
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
        print(f"stabkit: {line}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        sys.stderr = None  # as when it is closed; the interpreter flushes it at exit


def remark(text: str) -> None:
    """Print one line of what the result on standard output leaves unsaid."""
    if sys.stderr is not None:
        print(f"stabkit: note: {one_line(text)}", file=sys.stderr)


def one_line(message: str) -> str:
    """Return a message on one printable line of bounded length.

    Examples
    --------
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
        reconfigure(errors="replace")
