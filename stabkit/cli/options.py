"""The options that several commands share, and the check of output paths before long work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsJson", "Figure", "Output", "check_targets"]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the result to FILE, whole or not at all."),
]
Figure = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw a figure into FILE (.png, .svg or .pdf)."),
]


def check_targets(output: Path | None, figure: Path | None) -> None:
    """Refuse output paths that could not be written, before the long work starts.

    Raises
    ------
    OutputError
        If a path cannot be written, the figure's suffix is unknown, or both are one file.
    """
    from ..errors import OutputError, shown
    from ..publish.figures import figure_format
    from ..publish.files import check_target

    if figure is not None:
        figure_format(figure)
        os.environ["MPLBACKEND"] = "agg"  # figures go to files, whatever the user's screen
    for path in (output, figure):
        if path is not None:
            check_target(path)
    if output is not None and figure is not None and output.resolve() == figure.resolve():
        raise OutputError(f"'--figure' must differ from '--output', not {shown(str(figure))}.")
