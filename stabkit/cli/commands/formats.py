"""``stabkit formats``: the request logs that are recognised."""

from __future__ import annotations

from ..present import Found, presented

__all__ = ["formats"]


@presented("log_formats")
def formats() -> Found:
    """List the kinds of request logs that are read as they are.

    \b
    Example:
      stabkit formats
    """
    from ...model.traces.log_formats import FORMATS

    return Found(FORMATS)
