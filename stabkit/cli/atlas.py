"""``stabkit atlas``: the packaged thresholds of all pairs of coprime decode lengths up to 60."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from .options import AsJson, Figure, Output, check_targets
from .terminal import emit

if TYPE_CHECKING:
    from ..analysis.atlas import AtlasEntry

__all__ = ["atlas"]


def atlas(as_json: AsJson = False, output: Output = None, figure: Figure = None) -> int:
    """Show the thresholds of all pairs of coprime decode lengths up to 60, in equal shares.

    Some of the 1,101 pairs on the terminal; all of them as CSV with --output, or with --json.

    \b
    Examples:
      stabkit atlas
      stabkit atlas --output atlas.csv --figure atlas.pdf
    """
    from ..analysis.atlas import atlas as packaged
    from ..publish.text.atlas import atlas_csv, atlas_record, atlas_text

    check_targets(output, figure)
    entries = packaged()
    if figure is not None:
        _write_figure(entries, figure)
    if as_json:
        emit(json.dumps(atlas_record(entries), indent=2) + "\n", output)
    else:
        emit(atlas_text(entries) if output is None else atlas_csv(entries), output)
    return 0


def _write_figure(entries: tuple[AtlasEntry, ...], path: Path) -> None:
    from ..publish.figures.atlas import atlas_figure
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.files import write_whole

    write_whole(path, figure_bytes(atlas_figure(entries), figure_format(path)))
