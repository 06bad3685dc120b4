"""``stabkit atlas``: the packaged thresholds of all pairs of coprime decode lengths up to 60."""

from __future__ import annotations

from typing import Annotated

import typer

from ...errors import InvalidArgument, shown
from ..present import Found, presented

__all__ = ["atlas"]


@presented("atlas", table=True)
def atlas(
    lengths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[L1 L2]", help="The pair to look up, in steps; by default all."),
    ] = None,
) -> Found:
    """Show the thresholds of all pairs of coprime lengths up to 60.

    Decode lengths, in equal shares. Some of the 1,101 pairs on the terminal; all of them as CSV
    with --output FILE.csv, or with --json. Other shares and lengths: stabkit threshold.

    \b
    Examples:
      stabkit atlas
      stabkit atlas 3 5
      stabkit atlas --output atlas.csv --figure atlas.pdf
    """
    from ...analysis.atlas import atlas as packaged

    every = packaged()
    if not lengths:
        return Found(every)
    wanted = sorted(lengths, key=lambda text: (len(text), text))
    found = [one for one in every if [str(one.shorter), str(one.longer)] == wanted]
    if not found:
        raise InvalidArgument(
            "'[L1 L2]' must be two coprime decode lengths up to 60, such as 3 5, "
            f"not {shown(' '.join(lengths))}."
        )
    return Found(found)
