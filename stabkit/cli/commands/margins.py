"""``stabkit margins``: how much may change before the verdict does, and what that guarantees."""

from __future__ import annotations

from fractions import Fraction

from ...errors import InvalidArgument, InvalidWorkload, shown
from ..mix import MixOptions
from ..options import option
from ..present import Found, presented
from ..terminal import working
from .analyze import UNDECIDED

__all__ = ["margins"]


@presented("margins")
def margins(
    source: MixOptions,
    shares_within: str | None = option(
        None,
        "E",
        "Is it stable for all shares that are off by at most E of themselves, such as 20%? And up "
        "to which E?",
    ),
    shares_level: str | None = option(
        None,
        "P",
        "Is it stable for all shares that the requests of a trace leave open at the level P, such "
        "as 95%?",
    ),
) -> Found:
    """Show the stability margins, each with what it guarantees.

    The gain margin, the distance to instability in the inputs (shifted, scaled), the radius of
    stability in the class shares, and the largest disturbance that causes no eviction. For a mix
    that is not stable: the gains and inputs that would make it so. With '--shares-within': whether
    it is stable whatever errors of that size the shares have, all at once.

    \b
    Examples:
      stabkit margins 10:3 10:5
      stabkit margins 10:3 10:5 20:7 --shares-within 20%
      stabkit margins 5:3 5:5 --capacity 1000 --json
    """
    workload = source.read()
    with working("measuring the margins"):
        from ...analysis.margins import margins as margins_of

        found = margins_of(
            workload,
            None if shares_within is None else _ratio(shares_within, "'--shares-within'"),
            None if shares_level is None else _ratio(shares_level, "'--shares-level'", below=True),
        )
    return Found(found, status=UNDECIDED if found.verdict == "undecided" else 0)


def _ratio(text: str, name: str, below: bool = False) -> Fraction:
    """Return a number up to 1, or `below` it, or per cent as such a number."""
    from ...model.numbers import exact_rational

    try:
        number = exact_rational(text.removesuffix("%"), name) / (100 if "%" in text else 1)
    except InvalidWorkload:
        number = Fraction(0)
    if not 0 < number <= 1 or (below and number == 1):
        domain = f"above 0 and {'below' if below else 'at most'} 1"
        raise InvalidArgument(
            f"{name} must be {domain}, such as 1/5 or the percentage 20%, not {shown(text)}."
        )
    return number
