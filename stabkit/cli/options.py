"""The options that commands share, and the check of output paths before long work."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from ..errors import InvalidArgument, StabkitWarning
from .completion import complete_line, complete_policy

__all__ = [
    "Along",
    "Animation",
    "AsJson",
    "Dpi",
    "Figure",
    "Output",
    "Size",
    "Title",
    "check_targets",
    "deprecated",
    "flag",
    "is_given",
    "line_of",
    "name_of",
    "option",
    "policy_option",
    "refuse_beside",
    "refuse_without",
    "target_option",
]

T = TypeVar("T")


def option(default: Any, metavar: str, help: str, *names: str, **settings: Any) -> Any:
    """Return an option of a command, to stand as the default of its parameter."""
    return typer.Option(default, *names, metavar=metavar, help=help, **settings)


def flag(name: str, help: str = "", **settings: Any) -> Any:
    """Return an option without a value, which is off by default."""
    return typer.Option(False, name, help=help, **settings)


def deprecated(name: str, instead: str, until: str) -> dict[str, Any]:
    """Return the settings of an option that no help lists, and that warns where it is given.

    * `name`, `instead`: the option, and what does the same.
    * `until`: the version in which it goes.
    """

    def told(value: T) -> T:
        if value:
            warning = f"'{name}' is deprecated, and goes in {until}: '{instead}' does the same."
            warnings.warn(warning, StabkitWarning, stacklevel=2)
        return value

    return {"hidden": True, "callback": told}


def policy_option(help: str) -> Any:
    """Return the option of one policy, which is greedy by default."""
    return option("greedy", "NAME[:X]", help, autocompletion=complete_policy)


def target_option(*names: str, dash: bool = False, **settings: Any) -> Any:
    """Return a `typer.Option` of a file to be written; a dash may be standard output."""
    return typer.Option(*names, metavar="FILE", parser=_output if dash else _target, **settings)


def _target(text: str) -> Path:
    """Return the path; refuse one that can only be a directory: `Path` forgets the last slash."""
    if os.path.basename(text) in ("", ".", ".."):
        from ..publish.files import check_target

        check_target(text)
    return Path(text)


def _output(text: str) -> Path | None:
    """Return the path; None, which is standard output, for a dash."""
    return None if text == "-" else _target(text)


def name_of(parameter: Any) -> str:
    """Return what a parameter of a command is called: the option, or the argument."""
    option = max(parameter.opts, key=len)
    return str(option if option.startswith("-") else parameter.metavar or option)


def is_given(context: typer.Context, name: str) -> bool:
    """Tell whether a parameter of a command was typed, be it as it is by default."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse_beside(context: typer.Context, mode: str, *names: str) -> None:
    """Refuse those of the parameters `names` that were typed, which `mode` has no use for.

    * `mode`: an option, such as ``--symbolic``, or an argument, which was given too.
    """
    _refuse(context, names, f"be given without '{mode}', not with it")


def refuse_without(context: typer.Context, mode: str, *names: str) -> None:
    """Refuse those of the parameters `names` that were typed, which nothing but `mode` has use for.

    * `mode`: an option or an argument, which was not given.
    """
    _refuse(context, names, f"go with '{mode}', not alone")


def _refuse(context: typer.Context, names: Sequence[str], must: str) -> None:
    for parameter in context.command.params:
        if parameter.name in names and is_given(context, parameter.name):
            raise InvalidArgument(f"'{name_of(parameter)}' must {must}.")


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[
    Path | None,
    target_option(help="Write the result to FILE, whole or not at all.", dash=True),
]
Figure = Annotated[Path | None, target_option(help="Draw a figure into FILE (.png, .svg or .pdf).")]
Size = Annotated[
    str | None,
    typer.Option(
        metavar="WxH", help="Of the figure, in inches, such as 3.4x2.5; or column, page or slide."
    ),
]
Dpi = Annotated[int | None, typer.Option(metavar="N", help="Dots per inch of the figure (300).")]
Title = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Of the figure, in place of the name of the mix.")
]
Animation = Annotated[
    Path | None, target_option("--animate", help="Draw an animation into FILE (.gif).")
]
Along = Annotated[
    str,
    typer.Option(
        metavar="LINE",
        help="What moves: common (one input for all), shift (tokens added to all), scale (a factor "
        "of all), a slope for each class, such as 1,0,2, share (of the first class) or gain (of "
        "damped admission).",
        autocompletion=complete_line,
    ),
]
_SLOPES = re.compile(r"[\d,]")


def line_of(along: str) -> Any:
    """Return what ``--along`` says: a name, which is checked later, or the slopes."""
    return along.split(",") if _SLOPES.search(along) else along


def check_targets(
    output: Path | None,
    figure: Path | None = None,
    animation: Path | None = None,
    table: Path | None = None,
    reads: Iterable[str | Path | None] = (),
) -> None:
    """Refuse output paths that could not be written, before the long work starts.

    * `output`, `figure`, `animation`, `table`: what the options of these names say; the table's is
      ``--csv``.
    * `reads`: the arguments that may name a file to read: it must not be written.

    Raises OutputError if a path cannot be written, the suffix of the figure or the animation is
    another one, or two of the files are one.
    """
    from ..errors import OutputError, shown
    from ..publish.figures.formats import figure_format
    from ..publish.files import check_target

    if figure is not None:
        figure_format(figure)
    if animation is not None:
        from ..publish.figures.animation import animation_format

        animation_format(animation)
    if figure is not None or animation is not None:
        os.environ["MPLBACKEND"] = "agg"  # figures go to files, whatever the user's screen
    targets = {"--output": output, "--figure": figure, "--animate": animation, "--csv": table}
    named = [(name, path) for name, path in targets.items() if path is not None]
    for name, path in named:
        check_target(path, name)
    for (first, one), (second, other) in combinations(named, 2):
        if one.resolve() == other.resolve():
            raise OutputError(f"'{second}' must differ from '{first}', not {shown(str(other))}.")
    sources = [source for source in reads if source is not None and os.path.exists(source)]
    for name, path in named:
        if path.exists() and any(os.path.samefile(path, source) for source in sources):
            raise OutputError(f"'{name}' must not be a file that is read, {shown(str(path))}.")
