"""``stabkit margins``: how much may change before the verdict does, and what that guarantees."""

from __future__ import annotations

from ..mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from ..present import Found, presented
from ..terminal import working
from .analyze import UNDECIDED

__all__ = ["margins"]


@presented("margins")
def margins(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
) -> Found:
    """Show the stability margins, each with what it guarantees.

    The gain margin, the distance to instability in the inputs (shifted, scaled), the radius of
    stability in the class shares, and the largest disturbance that causes no eviction. For a mix
    that is not stable: the gains and inputs that would make it so.

    \b
    Examples:
      stabkit margins 10:3 10:5
      stabkit margins 5:3 5:5 --capacity 1000 --json
    """
    workload = read_mix(mix, capacity, input_column, output_column)
    with working("measuring the margins"):
        from ...analysis.margins import margins as margins_of

        found = margins_of(workload)
    return Found(found, status=UNDECIDED if found.verdict == "undecided" else 0)
