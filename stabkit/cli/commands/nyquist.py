"""``stabkit nyquist``: the curve G(e^(i theta)) and what it encircles."""

from __future__ import annotations

from ..mix import MixOptions
from ..present import Found, presented
from ..terminal import working

__all__ = ["nyquist"]


@presented("nyquist")
def nyquist(source: MixOptions) -> Found:
    """Say how often the Nyquist curve encircles 0, which decides.

    The curve G(e^iθ) of the memory kernel goes around 0 once for every mode that grows.

    \b
    Examples:
      stabkit nyquist 5:3 5:5
      stabkit nyquist azure-conv-2023 --figure nyquist.pdf
    """
    workload = source.read()
    with working("following the curve"):
        from ...spectrum.curves.nyquist import nyquist as nyquist_curve

        return Found(nyquist_curve(workload))
