"""Fluctuations as text for people and as JSON types."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ...spectrum.fluctuations.fluctuations import Fluctuations
from ...spectrum.fluctuations.variance import Variance
from ..layout import paragraph, title
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed, proved
from .numbers import amount, percent, readable
from .tables import plain_table

__all__ = ["SCHEMA", "fluctuations_record", "fluctuations_text"]

SCHEMA = "stabkit.fluctuations/1"
_WORDS = {
    "admissions": "requests admitted",
    "running": "requests in service",
    "demand": "tokens needed before admission",
    "completions": "requests completed",
    "tokens": "decode tokens completed",
}


@RECORDS.writes(Fluctuations)
def fluctuations_record(found: Fluctuations) -> dict[str, Any]:
    """Return the record as JSON types: schema ``stabkit.fluctuations/1``."""
    return headed(
        SCHEMA,
        found.mix,
        **chosen(found, "verdict reason"),
        fano_factor=proved(found.fano_factor),
        **chosen(found, "window_dispersion mean_slack mean_admissions"),
        admissions_variance=proved(found.admissions_variance),
        peaks=[chosen(peak, "period_steps=period half_width density") for peak in found.peaks],
        angles=as_json(found.angles),
        observables=[
            {
                "observable": name,
                "variance": proved(variance),
                "densities": as_json(found.densities.get(name)),
            }
            for name, variance in found.variances.items()
        ],
    )


@TEXTS.writes(Fluctuations)
def fluctuations_text(found: Fluctuations) -> str:
    """Return the Fano factor and what it means, the variances, and the quasi-cycles."""
    head = f"{title(f'{found.name}: {found.verdict}')}\n"
    if found.fano_factor is None:
        return head + paragraph(" ".join(_nothing(found)))
    if not found.fano_factor:
        return head + "All requests are alike: nothing is left to chance.\n"
    return head + "\n".join(
        [paragraph(" ".join(_sentences(found))), _variances(found), _peaks(found)]
    )


def _nothing(found: Fluctuations) -> Iterator[str]:
    if found.verdict == "stable":
        yield "Variances were not found: the kernel is too long, or a mode too close to the circle."
    elif found.verdict == "undecided":
        yield "Without a proof that the mix is stable there is no variance to speak of."
    else:
        yield (
            f"The mix is {found.verdict}: around its equilibrium there is no steady state, and so "
            "no variance."
        )
    yield found.reason


def _sentences(found: Fluctuations) -> Iterator[str]:
    fano = _middle(found.fano_factor)
    yield (
        f"Fano factor V = {readable(fano)}: of a* admissions per step the variance is V a*, "
        "whatever the size of a large server."
    )
    if found.mean_admissions is not None and found.admissions_variance is not None:
        mean, variance = found.mean_admissions, _middle(found.admissions_variance)
        yield (
            f"With this memory {amount(readable(float(mean)), 'request')} per step are admitted on "
            f"average, with a standard deviation of {readable(math.sqrt(max(variance, 0.0)))}, "
            f"{percent(math.sqrt(max(variance, 0.0)) / float(mean))} of it."
        )
    yield (
        "Over a long window the variance of the completions is "
        f"{readable(float(found.window_dispersion))} times their mean."
    )


def _variances(found: Fluctuations) -> str:
    rows = (
        (_WORDS[name], "not found" if variance is None else readable(_middle(variance)))
        for name, variance in found.variances.items()
    )
    return plain_table([("per step", "variance over a*"), *rows])


def _peaks(found: Fluctuations) -> str:
    if not found.peaks:
        return "No dominant mode turns faster than it decays: no quasi-cycle.\n"
    rows = [("period (steps)", "half-width (periods)", "density of admissions")]
    rows += [
        (
            readable(peak.period),
            readable(peak.half_width * peak.period / (2 * math.pi), 3),
            readable(peak.density),
        )
        for peak in found.peaks
    ]
    head = "Quasi-cycles, swings that chance sustains (of the six dominant modes):"
    return paragraph(head) + plain_table(rows)


def _middle(variance: Variance | None) -> float:
    if variance is None or isinstance(variance, Fraction):
        return float(variance or 0)
    return float((variance.low + variance.high) / 2)
