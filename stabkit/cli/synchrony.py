"""``stabkit synchrony``: what the decode lengths have in common, and the modes that come of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import emit, working

if TYPE_CHECKING:
    from ..model.workload import Workload

__all__ = ["synchrony"]


def synchrony(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
) -> int:
    """Show which requests can fall in step, and what becomes of it.

    The gcd of the decode lengths, the cohorts, the synchronised modes with their predicted and
    certified growth, what the gcd proves (R7, R9), and near-synchronous modes. The figure is the
    renewal graph.

    \b
    Examples:
      stabkit synchrony 100:4 100:6
      stabkit synchrony 100:50 100:151 --figure graph.png
    """
    check_targets(output, figure, reads=mix or ())
    workload = read_mix(mix, capacity, input_column, output_column)
    with working("looking for synchrony"):
        from ..publish.text.synchrony import synchrony_record, synchrony_text
        from ..spectrum.synchrony.gcd_theorem import gcd_theorem
        from ..spectrum.synchrony.synchrony import synchrony as synchrony_of

        found, theorem = synchrony_of(workload), gcd_theorem(workload)
        if figure is not None:
            _write_figure(workload, figure)
    if as_json:
        record = synchrony_record(found, theorem)
        emit(json.dumps(record, indent=2, allow_nan=False) + "\n", output)
    else:
        emit(synchrony_text(found, theorem), output)
    return 0


def _write_figure(workload: Workload, path: Path) -> None:
    from ..analysis.pictures.run import graph_picture
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.figures.graph import synchrony_figure
    from ..publish.files import write_whole

    write_whole(path, figure_bytes(synchrony_figure(graph_picture(workload)), figure_format(path)))
