"""``stabkit locus``: where the roots go as inputs, a share or the admission gain change."""

from __future__ import annotations

from dataclasses import replace

from ...errors import InvalidArgument, shown
from ..mix import MixOptions
from ..options import Along, line_of, option
from ..present import Found, presented
from ..terminal import counting

__all__ = ["locus"]


@presented("locus", full=True)
def locus(
    source: MixOptions,
    along: Along = "common",
    between: str | None = option(None, "LOW:HIGH", "First and last value.", "--range"),
    points: int = option(41, "N", "How many values."),
) -> Found:
    """Follow all roots along one parameter, with exact counts.

    A row per value: the spectral radius and the number of unstable modes; then the brackets in
    which that number changes. It is moved along the same lines as in stabkit threshold, or along
    the share of the first class or the gain of damped admission. Values may be fractions such as
    1/3.

    \b
    Examples:
      stabkit locus 5:3 5:5 --range 0:20 --figure locus.png
      stabkit locus 10:5 --along gain
      stabkit locus 5:2 5:3 --along share --range 1/100:1/2 --json
    """
    low, high = (None, None) if between is None else _ends(between)
    if between is None and not source.has_files:  # of a log it is a window of times
        low, high = source.since, source.until  # an older spelling of the range
        source = replace(source, since=None, until=None)
    workload = source.read()
    with counting("following the roots", points) as counted:
        from ...spectrum.curves.locus import root_locus

        return Found(root_locus(workload, line_of(along), low, high, points, map=counted))


def _ends(text: str) -> tuple[str | None, str | None]:
    """Return both ends; one that is left out has its default."""
    low, colon, high = text.partition(":")
    if not colon:
        raise InvalidArgument(f"'--range' must be LOW:HIGH, not {shown(text)}.")
    return low or None, high or None
