"""``stabkit examples``: the packaged workloads, where they come from, and their licence."""

from __future__ import annotations

from ..present import Found, presented

__all__ = ["examples"]


@presented("examples", full=True)
def examples() -> Found:
    """List the packaged workloads, their source and licence.

    The sources and licences with --full.

    \b
    Examples:
      stabkit examples
      stabkit examples --full
    """
    from ...model.examples import examples as packaged

    return Found(packaged())
