"""The MIX arguments: which workload a command is about.

MIX is nothing (the packaged default), classes ``INPUT:DECODE[:WEIGHT]``, one existing file, or one
packaged name. Numbers go on as text, so that they are read exactly. Where a command takes
``--capacity`` it takes ``--log`` and ``--block-size`` too: `presented` adds them.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InvalidArgument, InvalidWorkload, StabkitWarning, shown
from .completion import complete_mix

if TYPE_CHECKING:
    from ..model.workload import Workload

__all__ = [
    "BlockSize",
    "Capacity",
    "InputColumn",
    "Log",
    "MaxNumSeqs",
    "Mix",
    "OutputColumn",
    "capacity_of",
    "read_mix",
]

DEFAULT = "azure-conv-2023"
_CLOSE = 0.5  # of the letters: "azure" is meant for the packaged name, "5" for none

Mix = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MIX",
        help="Classes INPUT:DECODE[:WEIGHT], or one file (.toml .json .csv .jsonl), or one "
        f"packaged name (see 'stabkit examples'); by default {DEFAULT}.",
        show_default=False,
        autocompletion=complete_mix,
    ),
]
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
    str | None, typer.Option(metavar="NAME", help="Column of the prompt tokens in a trace file.")
]
OutputColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of the output tokens in a trace file.")
]
MaxNumSeqs = Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N requests run.")]


def capacity_of(
    capacity: str | None, log: Path | None = None, block_size: int | None = None
) -> str | None:
    """Return the capacity that is given, or that a server's log states.

    Raises
    ------
    InvalidArgument
        If both are given, the log cannot be read or states none, or only its blocks are given.
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


def read_mix(
    arguments: Sequence[str] | None,
    capacity: str | None,
    input_column: str | None = None,
    output_column: str | None = None,
    merge: bool = True,
) -> Workload:
    """Return the workload that the arguments describe; `merge` as in `Workload.from_file`.

    Raises
    ------
    InvalidWorkload
        If they describe none, or a workload that is not admissible.
    InvalidArgument
        If trace columns are named for something that is not a trace file.
    """
    from ..model.workload import Workload

    mix = list(arguments or [DEFAULT])
    if len(mix) == 1 and os.path.exists(mix[0]):
        if os.path.isdir(mix[0]):
            raise InvalidWorkload(f"'MIX' must be a file, not the directory {shown(mix[0])}.")
        workload = Workload.from_file(Path(mix[0]), capacity, input_column, output_column, merge)
        if workload.means and workload.largest_request is None and workload.capacity is not None:
            warnings.warn(
                f"{Path(mix[0]).name} holds only mean inputs: whether the memory can hold every "
                "request that they stand for is not known.",
                StabkitWarning,
                stacklevel=2,
            )
        return workload
    if input_column is not None or output_column is not None:
        raise InvalidArgument(
            f"'--input-column' and '--output-column' must go with a trace file, not {_quoted(mix)}."
        )
    if len(mix) == 1 and ":" not in mix[0]:
        named = _named(mix[0], capacity)
        return named if merge else named.unmerged()
    return Workload.from_classes([_class_parts(text) for text in mix], capacity)


def _class_parts(text: str) -> list[str]:
    parts = text.split(":")
    if len(parts) not in (2, 3):
        raise InvalidWorkload(
            "'MIX' must be classes INPUT:DECODE[:WEIGHT], or one file, or one packaged name; "
            f"{shown(text)} is not a class."
        )
    return parts


def _named(name: str, capacity: str | None) -> Workload:
    from ..model.examples import examples
    from ..model.workload import Workload

    names = [example.name for example in examples()]
    if name not in names:
        close = get_close_matches(name, names, n=1, cutoff=_CLOSE)
        hint = f"nearest: {close[0]}" if close else "see 'stabkit examples'"
        raise InvalidWorkload(
            "'MIX' must be classes INPUT:DECODE[:WEIGHT], an existing file or a packaged name "
            f"({hint}), not {shown(name)}."
        )
    return Workload.named(name, capacity)


def _quoted(mix: Sequence[str]) -> str:
    return shown(" ".join(mix))
