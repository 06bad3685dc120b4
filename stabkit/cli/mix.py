"""The MIX arguments: which workload a command is about.

MIX is nothing (the packaged default), classes ``INPUT:DECODE[:WEIGHT]``, existing files, or one
packaged name; the notation is that of `stabkit.as_workload`. A command that has a parameter of the
class `MixOptions` takes MIX and all the options that go with it.
"""

from __future__ import annotations

import functools
import inspect
import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

from ..errors import InvalidArgument, InvalidWorkload, StabkitWarning, shown
from .completion import complete_mix
from .terminal import reading

if TYPE_CHECKING:
    from ..model.workload import Workload

__all__ = [
    "BlockSize",
    "InputColumn",
    "Log",
    "MaxNumSeqs",
    "MixOptions",
    "OutputColumn",
    "RequiredMix",
    "capacity_of",
    "declare",
    "optional",
    "parameters_of",
    "read_mix",
    "refuse_of_a_log",
    "takes_mix",
]

R = TypeVar("R")

DEFAULT = "azure-conv-2023"

_WHAT = (
    "Classes INPUT:DECODE[:WEIGHT], or files (a mix, or request logs as 'stabkit formats' lists "
    "them; - for standard input), or one packaged name (see 'stabkit examples')"
)


def _argument(help: str) -> Any:
    return typer.Argument(metavar="MIX", help=help, show_default=False, autocompletion=complete_mix)


Mix = Annotated[list[str] | None, _argument(f"{_WHAT}; by default {DEFAULT}.")]
RequiredMix = Annotated[list[str], _argument(f"{_WHAT}.")]
Capacity = Annotated[
    str | None,
    typer.Option(metavar="B", help="KV memory in tokens, as 64k; overrides that of MIX."),
]
Log = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Take the capacity from a server's log or /metrics: vLLM, SGLang, TGI, TensorRT-LLM "
        "or LMDeploy.",
    ),
]
BlockSize = Annotated[
    int | None,
    typer.Option(metavar="N", min=1, help="Tokens of a block, if the log counts blocks."),
]
InputColumn = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Column or dotted path of the prompt tokens in a log."),
]
OutputColumn = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Column or dotted path of the output tokens in a log."),
]
Since = Annotated[
    str | None,
    typer.Option("--from", metavar="TIME", help="Requests from this time of the log on."),
]
Until = Annotated[
    str | None, typer.Option("--to", metavar="TIME", help="Requests before this time of the log.")
]
TimeColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column or dotted path of that time.")
]
MaxNumSeqs = Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N requests run.")]


def capacity_of(
    capacity: str | None, log: Path | None = None, block_size: int | None = None
) -> str | None:
    """Return the capacity that is given, or that a server's log states.

    Raises InvalidArgument if both are given, the log cannot be read or states none, or only its
    blocks are given.
    """
    if log is None and block_size is not None:
        raise InvalidArgument("'--block-size' must be given with '--log', not without it.")
    if log is None:
        return capacity
    if capacity is not None:
        raise InvalidArgument("'--capacity' must be given without '--log', not with it.")
    from ..model.files import read_log
    from ..model.start_up_log import capacity_from_log

    try:
        text = read_log(log)
    except InvalidWorkload as failure:
        raise InvalidArgument(f"'--log' must be a file that can be read; {failure}") from failure
    return str(capacity_from_log(text, block_size))


@dataclass(frozen=True)
class MixOptions:
    """MIX and the options that go with it, as they were given."""

    mix: Mix = None
    capacity: Capacity = None
    log: Log = None
    block_size: BlockSize = None
    input_column: InputColumn = None
    output_column: OutputColumn = None
    since: Since = None
    until: Until = None
    time_column: TimeColumn = None

    @property
    def has_files(self) -> bool:
        """Whether MIX names a file, or standard input."""
        return any(map(_is_file, self.mix or ()))

    def read(self, merge: bool = True) -> Workload:
        """Return the workload that is meant; `merge` as in `Workload.from_file`.

        Raises InvalidWorkload if it is none, or not admissible. Raises InvalidArgument if options
        are given that go with something else.
        """
        tokens = capacity_of(self.capacity, self.log, self.block_size)
        return read_mix(self.mix, tokens, self._of_a_log(), merge)

    def _of_a_log(self) -> dict[str, str]:
        names = ("input_column", "output_column", "since", "until", "time_column")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def takes_mix(command: Callable[..., R]) -> Callable[..., R]:
    """Return a command with MIX and its options in place of its parameter `source`.

    An option of that name which the command has itself stays its own.
    """
    taken = parameters_of(command)
    named = {parameter.name for parameter in taken}
    own = [field.name for field in fields(MixOptions) if field.name not in named]
    hints = get_type_hints(MixOptions, include_extras=True)
    options = [optional(name, hints[name], None) for name in own]

    @functools.wraps(command)
    def run(**arguments: Any) -> R:
        source = MixOptions(**{name: arguments.pop(name) for name in own})
        return command(source=source, **arguments)

    rest = [parameter for parameter in taken if parameter.name != "source"]
    declare(run, sorted([*options, *rest], key=lambda p: p.default is not p.empty))
    return run


def parameters_of(command: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a command, with their annotations as objects."""
    hints = get_type_hints(command, include_extras=True)
    taken = inspect.signature(command).parameters
    return [parameter.replace(annotation=hints[name]) for name, parameter in taken.items()]


def optional(name: str, hint: Any, default: Any) -> inspect.Parameter:
    """Return a parameter that may be left out."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(name, kind, default=default, annotation=hint)


def declare(run: Callable[..., Any], parameters: Sequence[inspect.Parameter]) -> None:
    """Let a function of any arguments say that it has these parameters."""
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]


def read_mix(
    arguments: Sequence[str] | None,
    capacity: str | None,
    of_a_log: dict[str, str] | None = None,
    merge: bool = True,
) -> Workload:
    """Return the workload that the arguments describe.

    * `arguments`: MIX.
    * `capacity`: in tokens.
    * `of_a_log`: options that go with a request log alone, by the parameters of
      `Workload.from_file`.
    * `merge`: as in `Workload.from_file`.
    """
    from ..model.notation import read_notation

    mix = [word for one in arguments or [DEFAULT] for word in _words(one)]
    if any(map(_is_file, mix)) and not any(":" in one and not _is_file(one) for one in mix):
        return _from_files(mix, capacity, of_a_log or {}, merge)
    refuse_of_a_log(of_a_log or {}, mix)
    workload = read_notation(mix, capacity, "'MIX'")
    return workload if merge else workload.unmerged()


def refuse_of_a_log(options: Iterable[str], words: Sequence[str]) -> None:
    """Refuse options that go with a request log, if there are any, beside `words`, which are none.

    * `options`: the parameters of a command that were given.
    """
    named = " and ".join(f"'{name}'" for name in list(options)[:2])
    if named:
        raise InvalidArgument(f"{named} must go with a request log, not {_quoted(words)}.")


def _words(argument: str) -> list[str]:
    """Return the classes of an argument: more than one where a shell has left them together."""
    return argument.split() if ":" in argument and not _is_file(argument) else [argument]


def _is_file(text: str) -> bool:
    return text == "-" or os.path.exists(text)


def _from_files(
    mix: Sequence[str], capacity: str | None, of_a_log: dict[str, str], merge: bool
) -> Workload:
    from ..model.workload import Workload

    for one in mix:
        if os.path.isdir(one):
            raise InvalidWorkload(f"'MIX' must be files, not the directory {shown(one)}.")
    with reading() as wrap:
        options: dict[str, Any] = {**of_a_log, "merge": merge, "wrap": wrap}
        workload = Workload.from_file([Path(one) for one in mix], capacity, **options)
    if workload.means and workload.largest_request is None and workload.capacity is not None:
        warnings.warn(
            f"{workload.name} holds only mean inputs: whether the memory can hold every request "
            "that they stand for is not known.",
            StabkitWarning,
            stacklevel=2,
        )
    return workload


def _quoted(mix: Sequence[str]) -> str:
    return shown(" ".join(mix))
