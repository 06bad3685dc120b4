"""``stabkit examples``: the packaged workloads, where they come from, and their licence."""

from __future__ import annotations

from ..present import Found, presented

__all__ = ["examples"]


@presented("examples")
def examples() -> Found:
    """List the packaged workloads, their source and licence.

    \b
    Example:
      stabkit examples
    """
    from ...model.examples import examples as packaged

    return Found(packaged())
