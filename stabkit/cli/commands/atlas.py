"""``stabkit atlas``: the packaged thresholds of all pairs of coprime decode lengths up to 60."""

from __future__ import annotations

from ..present import Found, presented

__all__ = ["atlas"]


@presented("atlas", table=True)
def atlas() -> Found:
    """Show the thresholds of all pairs of coprime lengths up to 60.

    Decode lengths, in equal shares. Some of the 1,101 pairs on the terminal; all of them as CSV
    with --output FILE.csv, or with --json.

    \b
    Examples:
      stabkit atlas
      stabkit atlas --output atlas.csv --figure atlas.pdf
    """
    from ...analysis.atlas import atlas as packaged

    return Found(packaged())
