"""Robust stability in the shares, in words: a value and what it guarantees."""

from __future__ import annotations

from fractions import Fraction

from ...spectrum.margins.shares.polytope import Shares
from ...spectrum.margins.shares.robust import RobustShares
from ...spectrum.margins.shares.tolerance import ShareTolerance
from .numbers import percent, readable

__all__ = ["robust_said", "tolerance_said"]

_CLASSES_SHOWN = 6


def robust_said(found: RobustShares) -> tuple[str, str]:
    """Return the answer for a polytope of shares, and what it rests on."""
    where = "in the polytope" if found.bounds is None else "within the bounds"
    if found.within is not None:
        where = f"off by at most {percent(found.within)} each"
    if found.level is not None:
        where = f"that the sample leaves open at {percent(found.level)} (an estimate)"
    if found.robust is None:
        return f"not known for shares {where}", found.reason
    if found.robust:
        return (
            f"stable for all shares {where}",
            "Guarantee: whatever the shares are there, as long as they stay the same, the "
            f"equilibrium is stable. {found.reason}",
        )
    if found.witness is None:
        return f"not stable for all shares {where}", found.reason
    if found.witness == tuple(c.share for c in found.mix.classes):
        return f"not stable for all shares {where}", f"The mix itself is {found.witness_verdict}."
    return (
        f"not stable for all shares {where}",
        f"No guarantee: the mix is {found.witness_verdict} with the shares "
        f"{_listed(found.witness)} (exact counts; --json has them in full).",
    )


def tolerance_said(found: ShareTolerance) -> tuple[str, str]:
    """Return the largest error, rounded down, and what it guarantees."""
    if len(found.mix.classes) == 1:
        return "none", "There is one class, and no other shares."
    if not found.lower:
        return "0" if found.upper == 0 else "not known", found.reason
    value = f"{_per_cent_below(found.lower)} of each share"
    if found.upper is None or found.witness is None:
        beyond = "." if found.lower == 1 else f"; beyond that it is not known. {found.reason}"
    else:
        beyond = (
            f"; with the shares {_listed(found.witness)}, off by {percent(found.upper)}, it is not."
        )
    return (
        value,
        "Guarantee: whatever errors up to this the shares have, all at once, the equilibrium is "
        f"stable{beyond}",
    )


def _per_cent_below(ratio: Fraction) -> str:
    """Return per cent with one digit after the point, rounded down."""
    return percent(Fraction(int(1000 * ratio), 1000))


def _listed(shares: Shares) -> str:
    shown = ", ".join(readable(q, 4) for q in shares[:_CLASSES_SHOWN])
    return shown + (", ..." if len(shares) > _CLASSES_SHOWN else "")
