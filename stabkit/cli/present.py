"""The one way out of every command: --json, --output, --figure; --tex where there is an article.

A command parses its arguments, calls the library and returns what it `Found`. `presented` adds the
options, refuses before the work starts what could not be written after it, and writes; a command
with a `MixOptions` takes MIX. What ``--output FILE`` gets, its suffix says:

=================== ======================================
.txt, or none       the text
.json               JSON, as with --json
.csv                the table, of results that have one
.png, .svg, .pdf    the figure, of results that have one
.tex, .pdf          the LaTeX article, of results with one
=================== ======================================

Text and JSON come from ``stabkit.publish.text``, the figure from ``stabkit.publish.figures``; a
command that calls itself ``presented("margins")`` offers ``--figure`` as soon as there is a file
``figures/margins.py``.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..errors import InvalidArgument, OutputError, shown
from .mix import declare, optional, parameters_of, takes_mix
from .options import AsJson, Dpi, Figure, Output, Size, Title, check_targets
from .terminal import columns, emit, on_terminal, remark, spelled, typeset, working

__all__ = ["Form", "Found", "form_of", "presented", "write"]

_FIGURES = "stabkit.publish.figures"
_PICTURES = (".png", ".svg", ".pdf")
_LATEX = (".tex", ".pdf")
_WRITTEN = ("animation", "table")
_DEFAULTS = dict.fromkeys(("as_json", "full", "tex"), False)
_FRAME = ("size", "dpi", "title")
Form = Literal["text", "json", "table", "figure", "latex"]
AsLatex = Annotated[
    bool, typer.Option("--tex", help="As a LaTeX article (.tex, or .pdf with --output).")
]

InFull = Annotated[bool, typer.Option("--full", help="Print all of the report.")]


@dataclass(frozen=True)
class Found:
    """What a command found.

    * `result`: a result of the library, or a text that is all there is.
    * `options`: what its text and JSON take, such as the number of digits.
    * `status`: the exit status.
    * `latex`: returns the LaTeX article.
    * `note`: what the text leaves unsaid, for standard error.
    * `beside`: by path what else is written, such as a table.
    * `picture`: returns what the figure is of, where that is not the result.
    """

    result: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    status: int = 0
    latex: Callable[[], str] | None = None
    note: str | None = None
    beside: Mapping[Path, bytes | str] = field(default_factory=dict)
    picture: Callable[[], Any] | None = None


def presented(
    name: str,
    table: bool = False,
    latex: bool = False,
    full: bool = False,
    stream: bool = False,
    data: bool = False,
) -> Callable[[Callable[..., Found]], Callable[..., int]]:
    """Return a decorator that makes a command of the program of a function that returns `Found`.

    * `name`: what the module of the result, and so those of its text and figure, is called.
    * `table`, `latex`: whether there is a table, or an article.
    * `full`: whether the text leaves out something that ``--full`` adds.
    * `stream`: whether a pipe, or a file without a suffix, gets the table and not the text.
    * `data`: whether a file gets JSON, and no text.
    """
    has_figure = find_spec(f"{_FIGURES}.{name}") is not None

    def decorate(command: Callable[..., Found]) -> Callable[..., int]:
        added: dict[str, Any] = {"as_json": AsJson, "output": Output}
        if has_figure:
            added |= {"figure": Figure, "size": Size, "dpi": Dpi, "title": Title}
        if full:
            added["full"] = InFull
        if latex:
            added["tex"] = AsLatex
        forms = dict(_forms(table, has_figure, latex))
        if data:
            del forms[".txt"]
        if "source" in inspect.signature(command).parameters:
            command = takes_mix(command)

        @functools.wraps(command)
        def run(**arguments: Any) -> int:
            out = {option: arguments.pop(option, None) for option in ("output", "figure")}
            flags = {flag: arguments.pop(flag, False) for flag in ("as_json", "tex")}
            layout = {"full": arguments.pop("full")} if full else {}
            more = {name: arguments.get(name) for name in _WRITTEN}
            frame = {option: arguments.pop(option, None) for option in _FRAME}
            check_targets(**out, **more, reads=_files(arguments))
            form = form_of(out["output"], forms, **flags)
            if more["table"] is not None:
                form_of(more["table"], {"": "table", ".csv": "table"}, name="--csv")
            if stream and form == "text" and _flows(out["output"]):
                form = "table"
            if data and out["output"] is not None:
                form = "json"
            _check_frame(**frame, drawn=form == "figure" or out["figure"] is not None)
            found = command(**arguments)
            return write(found, form, out["output"], out["figure"], layout, frame)

        more = [optional(key, hint, _DEFAULTS.get(key)) for key, hint in added.items()]
        declare(run, [*parameters_of(command), *more])
        return run

    return decorate


def _forms(table: bool, figure: bool, latex: bool) -> Iterator[tuple[str, Form]]:
    """Yield what each suffix of ``--output`` asks for."""
    yield from (("", "text"), (".txt", "text"), (".json", "json"))
    if table:
        yield ".csv", "table"
    if figure:
        yield from ((suffix, "figure") for suffix in _PICTURES)
    if latex:
        yield from ((suffix, "latex") for suffix in _LATEX)


def _flows(output: Path | None) -> bool:
    """Tell whether neither a reader nor a suffix asks for the text."""
    return not on_terminal() if output is None else output.suffix.lower() != ".txt"


def form_of(
    output: Path | None,
    forms: Mapping[str, Form],
    as_json: bool = False,
    tex: bool = False,
    name: str = "--output",
) -> Form:
    """Return what is written to the output; flags and suffix must not contradict each other."""
    if as_json and tex:
        raise InvalidArgument("'--tex' must be given without '--json', not with it.")
    flag: Form | None = "json" if as_json else "latex" if tex else None
    suffix = "" if output is None else output.suffix.lower()
    if output is not None and output.exists() and not output.is_file():
        suffix = ""  # a device, whatever it is called
    allowed = [known for known, form in forms.items() if known and flag in (None, form)]
    if suffix and suffix not in allowed:
        last = f" or {allowed[-1]}" if len(allowed) > 1 else allowed[-1]
        ends = ", ".join(allowed[:-1]) + last
        raise OutputError(f"'{name}' must end in {ends}, not {shown(str(output))}.")
    return flag or forms[suffix]


def _files(arguments: Mapping[str, Any]) -> Iterator[str]:
    """Yield the arguments that may name a file that is read."""
    for name, value in arguments.items():
        if isinstance(value, str):
            yield from (value, *value.split())
        elif isinstance(value, list):
            yield from (word for item in value for word in (item, *item.split()))
        elif isinstance(value, Path) and name not in _WRITTEN:
            yield str(value)


def _check_frame(size: str | None, dpi: int | None, title: str | None, drawn: bool) -> None:
    """Refuse, before the work starts, what a figure cannot have, and a frame without a figure."""
    asked = {"--size": size, "--dpi": dpi, "--title": title}
    unused = [option for option, value in asked.items() if value is not None and not drawn]
    if unused:
        raise InvalidArgument(
            f"'{unused[0]}' must go with '--figure FILE' or '--output FILE.png', not alone."
        )
    if size is not None or dpi is not None:
        from ..publish.figures.frame import DOTS_PER_INCH, dots_per_inch, figure_size

        inches = figure_size("column" if size is None else size)
        dots_per_inch(DOTS_PER_INCH if dpi is None else dpi, inches)


def write(
    found: Found,
    form: Form,
    output: Path | None,
    figure: Path | None = None,
    layout: Mapping[str, bool] | None = None,
    frame: Mapping[str, Any] | None = None,
) -> int:
    """Write all that was found, nothing before everything is made; return the exit status."""
    if isinstance(found.result, str) and form in ("json", "figure"):
        raise OutputError(f"'--output' must end in .txt for symbols, not {shown(str(output))}.")
    files = dict(found.beside)
    for drawing in (figure, output if form == "figure" else None):
        if drawing is not None:
            files[drawing] = _drawn(found, drawing, **(frame or {}))
    text, styles = None, None
    if form != "figure":
        content, styles = _content(found, form, output, layout or {})
        if output is None:
            text = str(content)
        else:
            files[output] = content
    emit(text, styles, files)
    if found.note is not None and form != "json":
        remark(found.note)
    return found.status


def _drawn(found: Found, path: Path, size: str | None, dpi: int | None, title: str | None) -> bytes:
    with working("drawing"):
        from ..publish.figures.formats import figure_bytes, figure_format
        from ..publish.rendering import figure

        shown_by = found.result if found.picture is None else found.picture()
        drawing = figure(shown_by, size=size, title=title)
        return figure_bytes(drawing, figure_format(path), dpi)


def _content(
    found: Found, form: Form, output: Path | None, layout: Mapping[str, bool]
) -> tuple[bytes | str, Mapping[str, str] | None]:
    """Return the result in a form, and of a text how its lines look on a terminal."""
    from ..publish.layout import laid_out
    from ..publish.rendering import TABLES, text, to_dict

    if form == "latex":
        return typeset(found.latex() if found.latex is not None else "", output), None
    if form == "table":
        return TABLES(found.result), None
    if isinstance(found.result, str):
        return found.result, None
    if form == "json":
        record = to_dict(found.result, **found.options)
        return json.dumps(record, indent=2, allow_nan=False) + "\n", None
    shown = (columns(), spelled) if output is None else (None, str)
    with laid_out(*shown) as styles:
        return text(found.result, **found.options, **layout), styles
