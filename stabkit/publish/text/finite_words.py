"""Words for what a finite server shows of the fluid's verdict, for every report that says it."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from ...model.verdict import Verdict
from ...spectrum.fluctuations.variance import Variance
from .numbers import percent, readable

__all__ = ["rate", "visibility"]


class Visibility(Protocol):
    """What is known of a server, a* and V."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def fano_factor(self) -> Variance | None: ...
    @property
    def admissions_cv(self) -> float | None: ...
    @property
    def visible(self) -> bool | None: ...


def rate(share: float) -> str:
    """Return a share as per cent, with two digits where it is small.

    Examples
    --------
    >>> rate(0.012386), rate(0.867), rate(3.1e-7), rate(0.0)
    ('1.2 %', '86.7 %', '3.1e-5 %', '0 %')
    """
    return f"{readable(100 * share, 2)} %" if share < 0.1 else percent(Decimal(share))


def visibility(server: Visibility) -> str:
    """Say whether one sees the fluid's verdict through the noise of whole requests (R15)."""
    if server.fano_factor is None or server.admissions_cv is None:
        return (
            f"V is no variance of a mix that is {server.verdict}: a simulation shows the swing and "
            "the noise together"
        )
    ratio = server.admissions_cv**-2  # a* / V
    noise = f"chance moves admissions by {rate(server.admissions_cv)} (a* = {readable(ratio, 2)} V)"
    if server.visible:
        return f"the verdict: {noise}"
    if ratio >= 1:
        return f"the verdict and noise: {noise}; swings come and go, and are no instability"
    return f"noise: {noise}; swings are no instability, and calm is no proof of stability"
