"""``stabkit margins``: how much may change before the verdict does, and what that guarantees."""

from __future__ import annotations

import json

from .analyze import UNDECIDED
from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Output, check_targets
from .terminal import emit, working

__all__ = ["margins"]


def margins(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    as_json: AsJson = False,
    output: Output = None,
) -> int:
    """Show the stability margins, each with what it guarantees.

    The gain margin, the distance to instability in the inputs (shifted, scaled), the radius of
    stability in the class shares, and the largest disturbance that causes no eviction. For a mix
    that is not stable: the gains and inputs that would make it so.

    \b
    Examples:
      stabkit margins 10:3 10:5
      stabkit margins 5:3 5:5 --capacity 1000 --json
    """
    check_targets(output, reads=mix or ())
    workload = read_mix(mix, capacity, input_column, output_column)
    with working("measuring the margins"):
        from ..analysis.margins import margins as margins_of
        from ..publish.text.margins import margins_text

        found = margins_of(workload)
    if as_json:
        emit(json.dumps(found.to_dict(), indent=2, allow_nan=False) + "\n", output)
    else:
        emit(margins_text(found), output)
    return UNDECIDED if found.verdict == "undecided" else 0
