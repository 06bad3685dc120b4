"""``stabkit nyquist``: the curve G(e^(i theta)) and what it encircles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import emit, working

if TYPE_CHECKING:
    from ..spectrum.curves.nyquist import NyquistCurve

__all__ = ["nyquist"]


def nyquist(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
) -> int:
    """Say how often the Nyquist curve encircles 0, and why that decides.

    The curve G(e^iθ) of the memory kernel goes around 0 once for every mode that grows.

    \b
    Examples:
      stabkit nyquist 5:3 5:5
      stabkit nyquist azure-conv-2023 --figure nyquist.pdf
    """
    check_targets(output, figure, reads=mix or ())
    workload = read_mix(mix, capacity, input_column, output_column)
    with working("following the curve"):
        from ..spectrum.curves.nyquist import nyquist as nyquist_curve

        curve = nyquist_curve(workload)
        if figure is not None:
            _write_figure(curve, figure)
    _print(curve, as_json, output)
    return 0


def _print(curve: NyquistCurve, as_json: bool, output: Path | None) -> None:
    from ..publish.text.nyquist import nyquist_record, nyquist_text

    if as_json:
        emit(json.dumps(nyquist_record(curve), indent=2, allow_nan=False) + "\n", output)
    else:
        emit(nyquist_text(curve), output)


def _write_figure(curve: NyquistCurve, path: Path) -> None:
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.figures.nyquist import nyquist_figure
    from ..publish.files import write_whole

    write_whole(path, figure_bytes(nyquist_figure(curve), figure_format(path)))
