"""``stabkit certify``: the proof of a verdict as data, which anyone can check without stabkit."""

from __future__ import annotations

from ..mix import MixOptions
from ..present import Found, presented
from ..terminal import working

__all__ = ["certify"]


@presented("verdict_certificate", data=True)
def certify(source: MixOptions) -> Found:
    """Write the proof of a verdict as data that anyone can check.

    It has the counts of modes of the mix and, for short decode lengths, those on both sides of
    every threshold. The checker is one page of plain Python, stabkit_check.py.

    \b
    Examples:
      stabkit certify 5:3 5:5 --output c.json && python -m stabkit_check c.json
      stabkit certify azure-conv-2023
    """
    workload = source.read()
    with working("proving"):
        from ...analysis.verdict.verdict_certificate import certify as certified

        return Found(certified(workload))
