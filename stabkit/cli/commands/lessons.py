"""``stabkit lessons``: lists the lessons, and serves one as a page on this machine."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ...errors import InvalidArgument, StabkitError
from ..options import (
    AsJson,
    Output,
    check_targets,
    deprecated,
    flag,
    is_given,
    option,
    refuse_beside,
    refuse_without,
)
from ..present import Found, form_of, write
from ..terminal import emit

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["lessons"]

_HOST = "127.0.0.1"  # never another: the page runs code


class MissingMarimo(StabkitError):
    """The extra that serves lessons is not installed."""


def lessons(
    context: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="The lesson to open.")
    ] = None,
    port: int = option(2718, "PORT", "Port on this machine.", min=1024, max=65535),
    no_browser: bool = flag("--no-browser", "Print the address, and open nothing."),
    headless: bool = flag("--headless", **deprecated("--headless", "--no-browser", "0.4.0")),
    as_json: AsJson = False,
    output: Output = None,
) -> int:
    """List the lessons, or open one in a browser.

    They are notebooks with pictures, sliders and exercises. A lesson is served on this machine
    alone and needs no network. With --output it is written to a file instead, a marimo notebook to
    change as you like. Needs: pip install 'stabkit[teach]'.

    \b
    Examples:
      stabkit lessons
      stabkit lessons 3
      stabkit lessons 3 --output mine.py
    """
    from ...publish.text.lessons import installed_lessons

    check_targets(output)
    found = installed_lessons()
    serving = ("port", "no_browser", "headless")
    if number is None:
        refuse_without(context, "NUMBER", *serving)
        form = form_of(output, {"": "text", ".txt": "text", ".json": "json"}, as_json)
        return write(Found(found), form, output)
    refuse_beside(context, "NUMBER", "as_json")
    form = form_of(output, {"": "text", ".py": "text"})
    chosen = [one for one in found.lessons if one.number == number]
    if not chosen:
        numbers = ", ".join(str(one.number) for one in found.lessons) or "of an installed lesson"
        raise InvalidArgument(f"'NUMBER' must be one of {numbers}, not {number}.")
    if is_given(context, "output"):
        refuse_beside(context, "--output", *serving)
        return write(Found(chosen[0].path.read_text(encoding="utf-8")), form, output)
    return _serve(chosen[0].path, port, no_browser or headless)


def _serve(notebook: Path, port: int, no_browser: bool) -> NoReturn:
    if find_spec("marimo") is None:
        raise MissingMarimo("a lesson needs marimo: pip install 'stabkit[teach]'.")
    command = [sys.executable, "-m", "marimo", "-q", "run", str(notebook)]
    command += ["--host", _HOST, "--port", str(port), "--no-token"]
    if no_browser:
        command.append("--headless")
    emit(f"http://{_HOST}:{port} (stop with Ctrl-C)\n")
    # the server takes the place of this process, so that whatever stops the one stops the other
    os.execve(sys.executable, command, {**os.environ, "MARIMO_SKIP_UPDATE_CHECK": "1"})
