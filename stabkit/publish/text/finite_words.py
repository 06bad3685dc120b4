"""Words for what a finite server shows of the fluid's verdict, for every report that says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...analysis.operations.running_cap import RunningCap
from ...model.verdict import Verdict
from .dialect import chosen
from .numbers import percent, readable

__all__ = ["cap_record", "capped", "rate", "visibility"]


def rate(share: float) -> str:
    """Return a share as per cent, with two digits where it is small.

    >>> rate(0.012386), rate(0.867), rate(3.1e-7), rate(0.0)
    ('1.2 %', '86.7 %', '0.000031 %', '0 %')
    """
    return f"{readable(100 * share, 2)} %" if share < 0.1 else percent(share)


def visibility(verdict: Verdict, cv: float | None, visible: bool | None) -> str:
    """Say whether one sees the fluid's verdict through the noise of whole requests (R15).

    * `cv`: the root of V / a*.
    * `visible`: whether a* is at least 10 V.
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


def capped(cap: RunningCap) -> Iterator[tuple[str, str]]:
    """Yield labels and sentences on what a cap on running requests does."""
    label, steady = f"cap of {cap.max_num_seqs:,}", readable(float(cap.requests))
    if cap.never_evicts:
        yield "memory", f"suffices: {cap.reason}"
        never = "none, ever, if all of it is for requests"
        yield "evictions", f"{never}: the fluid's verdict does not arise"
        return
    if cap.binds:
        share = percent(cap.memory_share)
        held = f"binds: {cap.max_num_seqs:,} run, not {steady}, on {share} of the memory"
        yield label, f"{held}; {_locally(cap)}; {_possible(cap.always)}"
    elif cap.max_num_seqs == cap.requests:
        yield label, "is what runs at the steady state: cap and memory bind at once, no verdict"
    else:
        yield label, f"does not bind at the steady state, {steady}: the verdict is as without it"


def _locally(cap: RunningCap) -> str:
    if cap.verdict == "stable":
        return "small disturbances die out there, as the decode lengths have no common divisor"
    lengths = f"the decode lengths are multiples of {cap.common_divisor:,}"
    return f"swings neither grow nor die out there, for {lengths}"


def _possible(always: int | None) -> str:
    if always is None:
        return "whether so many fit whatever happens is not known: inputs are means"
    return f"more than {always:,} can fill the memory, and some are evicted then"


def cap_record(cap: RunningCap | None) -> dict[str, Any] | None:
    """Return what a cap does as JSON types."""
    names = "max_num_seqs never_evicts binds requests_in_service=running memory_share"
    return None if cap is None else chosen(cap, f"{names} verdict common_divisor")
