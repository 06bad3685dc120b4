"""What the program says: results on standard output or in a file, the rest on standard error."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import OutputError, StabkitWarning

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "complain",
    "counting",
    "emit",
    "emit_latex",
    "emit_rich",
    "one_line",
    "remark",
    "warn",
    "working",
]

_LONGEST_LINE = 500
_FILE_WIDTH = 100


def emit(text: str, output: Path | None) -> None:
    """Write `text` to the file `output`, whole or not at all, or to standard output."""
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
    if output is None or output.suffix != ".pdf":
        emit(latex, output)
        return
    from ..publish.files import write_whole
    from ..publish.tex_engine import pdf_of

    with working("typesetting"):
        pdf = pdf_of(latex)
    write_whole(output, pdf)


def emit_rich(draw: Callable[[Console], None], output: Path | None) -> None:
    """Write what `draw` prints on a console: in colour on a terminal only, plain to a file."""
    from rich.console import Console

    terminal = Console(markup=False, emoji=False)
    colour = output is None and terminal.is_terminal
    buffer = StringIO()
    draw(
        Console(
            file=buffer,
            width=terminal.width if output is None else _FILE_WIDTH,
            force_terminal=colour,
            no_color=terminal.no_color,
            markup=False,
            emoji=False,
        )
    )
    lines = buffer.getvalue().split("\n")
    emit("\n".join(lines if colour else (line.rstrip() for line in lines)), output)


def complain(failure: Exception) -> None:
    """Print the one line of an error."""
    message = getattr(failure, "format_message", failure.__str__)()
    if sys.stderr is None:  # closed: print() would fall back to standard output
        return
    print(f"stabkit: error: {one_line(message)}", file=sys.stderr)


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
    print(f"stabkit: warning: {kind}{one_line(str(message))}", file=file or sys.stderr)


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
    text = "".join(c if c.isprintable() else "?" for c in words)
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
