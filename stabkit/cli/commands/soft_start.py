"""``stabkit soft-start``: how to start a cold server without an eviction."""

from __future__ import annotations

from ..mix import MixOptions
from ..present import Found, presented
from ..terminal import working

__all__ = ["soft_start"]


@presented("soft_start")
def soft_start(source: MixOptions) -> Found:
    """Say how to start a cold server without an eviction.

    Whether a server that fills its memory at once comes to evict, and when; and how many requests
    per step to admit instead, and for how long, so that it never does. Given a capacity, also in
    requests per step, and with an estimate for whole requests, which need a higher rate.

    \b
    Examples:
      stabkit soft-start 10:3 10:5
      stabkit soft-start azure-conv-2023
      stabkit soft-start 2:2 2:3 --capacity 1000 --json
    """
    workload = source.read()
    with working("looking for the slowest start that is needed"):
        from ...spectrum.starts.soft_start import soft_start as soft_start_of

        return Found(soft_start_of(workload))
