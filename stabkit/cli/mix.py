"""The MIX arguments: which workload a command is about.

MIX is nothing (the packaged default), classes ``INPUT:DECODE[:WEIGHT]``, one existing file, or one
packaged name. Numbers go on as text, so that they are read exactly.
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

if TYPE_CHECKING:
    from ..model.workload import Workload

__all__ = ["Capacity", "InputColumn", "MaxNumSeqs", "Mix", "OutputColumn", "read_mix"]

DEFAULT = "azure-conv-2023"
_CLOSE = 0.5  # of the letters: "azure" is meant for the packaged name, "5" for none

Mix = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MIX",
        help="Classes INPUT:DECODE[:WEIGHT], or one file (.toml .json .csv .jsonl), or one "
        f"packaged name (see 'stabkit examples'); by default {DEFAULT}.",
        show_default=False,
    ),
]
Capacity = Annotated[
    str | None,
    typer.Option(metavar="B", help="KV memory in tokens; overrides the capacity of MIX."),
]
InputColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of the prompt tokens in a trace file.")
]
OutputColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of the output tokens in a trace file.")
]
MaxNumSeqs = Annotated[int | None, typer.Option(metavar="N", min=1, help="At most N requests run.")]


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
