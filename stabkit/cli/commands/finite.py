"""``stabkit finite``: what a real server of this size does with whole requests."""

from __future__ import annotations

from ..mix import MaxNumSeqs, MixOptions
from ..options import option
from ..present import Found, presented
from ..terminal import working

__all__ = ["finite"]


@presented("finite")
def finite(
    source: MixOptions,
    evictions: str = option(
        "1e-4", "RATE", "Evicted requests per step at most, to find a watermark for."
    ),
    max_num_seqs: MaxNumSeqs = None,
    steps: int | None = option(
        None,
        "N",
        "Steps of the simulation; 0 for none, by default as many as a second or so takes.",
        min=0,
    ),
) -> Found:
    """Say what a real server of this size does with whole requests.

    The fluid has parts of requests; a server has whole ones, drawn at random. Whether the fluid's
    verdict can be seen through the noise, how often requests are evicted, which watermark makes
    that rare, and when there are no evictions at all: by formula where one is known to hold, and
    by simulation. The capacity comes from --capacity or from MIX.

    \b
    Examples:
      stabkit finite
      stabkit finite azure-conv-2023 --capacity 400000 --evictions 1e-3
      stabkit finite 430:1024 --capacity 560000 --max-num-seqs 256
    """
    workload = source.read()
    with working("simulating whole requests"):
        from ...analysis.operations.finite import finite_server

        return Found(finite_server(workload, max_num_seqs, evictions, steps))
