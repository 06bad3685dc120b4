"""Words for what a finite server shows of the fluid's verdict, for every report that says it."""

from __future__ import annotations

from ...model.verdict import Verdict
from .numbers import percent, readable

__all__ = ["rate", "visibility"]


def rate(share: float) -> str:
    """Return a share as per cent, with two digits where it is small.

    Examples
    --------
    >>> rate(0.012386), rate(0.867), rate(3.1e-7), rate(0.0)
    ('1.2 %', '86.7 %', '0.000031 %', '0 %')
    """
    return f"{readable(100 * share, 2)} %" if share < 0.1 else percent(share)


def visibility(verdict: Verdict, cv: float | None, visible: bool | None) -> str:
    """Say whether one sees the fluid's verdict through the noise of whole requests (R15).

    Parameters
    ----------
    verdict : str
    cv : float or None
        The root of V / a*.
    visible : bool or None
        Whether a* is at least 10 V.
    """
    if cv is None:
        return f"the swing of a mix that is {verdict}, and noise: a simulation shows both together"
    if cv == 0:
        return "the verdict: all requests are alike, and nothing is left to chance"
    ratio = cv**-2  # a* / V
    noise = f"chance moves admissions by {rate(cv)} (a* = {readable(ratio, 2)} V)"
    if visible:
        return f"the verdict: {noise}"
    if ratio >= 1:
        return f"the verdict and noise: {noise}; swings come and go, and are no instability"
    return f"noise: {noise}; swings are no instability, and calm is no proof of stability"
