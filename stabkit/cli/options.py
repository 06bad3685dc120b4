"""The options that commands share, and the check of output paths before long work."""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Animation", "AsJson", "Figure", "Output", "check_targets"]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the result to FILE, whole or not at all."),
]
Figure = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw a figure into FILE (.png, .svg or .pdf)."),
]
Animation = Annotated[
    Path | None,
    typer.Option("--animate", metavar="FILE", help="Draw an animation into FILE (.gif)."),
]


def check_targets(output: Path | None, figure: Path | None, animation: Path | None = None) -> None:
    """Refuse output paths that could not be written, before the long work starts.

    Raises
    ------
    OutputError
        If a path cannot be written, the suffix of the figure or the animation is another one, or
        two of them are one file.
    """
    from ..errors import OutputError, shown
    from ..publish.figures import figure_format
    from ..publish.files import check_target

    if figure is not None:
        figure_format(figure)
    if animation is not None:
        from ..publish.animation import animation_format

        animation_format(animation)
    if figure is not None or animation is not None:
        os.environ["MPLBACKEND"] = "agg"  # figures go to files, whatever the user's screen
    targets = {"--output": output, "--figure": figure, "--animate": animation}
    named = [(name, path) for name, path in targets.items() if path is not None]
    for _, path in named:
        check_target(path)
    for (first, one), (second, other) in combinations(named, 2):
        if one.resolve() == other.resolve():
            raise OutputError(f"'{second}' must differ from '{first}', not {shown(str(other))}.")
