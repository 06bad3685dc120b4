"""The words of ``compute``: the columns of each, and about how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

__all__ = [
    "COUNTS",
    "FINITE",
    "MEASURES",
    "NEAR",
    "RADIUS",
    "Column",
    "Measure",
    "columns_of",
    "meanings",
]


class Column(NamedTuple):
    """One column of the parts: of which `kind`, one of those of `stabkit.sweeps.parts`, with its
    meaning: its unit, and when it is null."""

    kind: str
    meaning: str


class Measure(NamedTuple):
    """One word of ``compute``: columns, and about how many seconds of one core a row takes.

    That is a formula of the longest decode length of the row.
    """

    columns: Mapping[str, Column]
    seconds: Callable[[int], float]


def columns_of(compute: Iterable[str], line: str | None) -> dict[str, Column]:
    """Return all columns of results, in their order; `line` as that of a grid."""
    measures = [MEASURES[word] for word in compute] if line is None else [_LINES]
    columns = {name: column for one in measures for name, column in one.columns.items()}
    return {**columns, "reason": _REASON}


def meanings(axes: Iterable[str], results: Mapping[str, Column]) -> dict[str, str]:
    """Return what every column of the parts means, in their order."""
    given = {"row": "The number of the mix, from 0 on.", **dict.fromkeys(axes, "Of the plan.")}
    return given | {name: one.meaning for name, one in results.items()}


_REASON = Column("text", "Why figures of this row are null; null where nothing is to be said.")
COUNTS = {
    "verdict": Column(
        "text", "stable, unstable, marginal or undecided; null where the closed loop is not linear."
    ),
    "certified": Column("truth", "Whether the verdict is proved."),
    "inside": Column("integer", "Modes inside the unit circle; null where they are not counted."),
    "on_circle": Column("integer", "Modes on it; null with inside."),
    "outside": Column("integer", "Unstable modes; null with inside."),
}
RADIUS = {
    "spectral_radius": Column(
        "real", "max |λ|, a factor per step; null at L = 1, and where nothing is proved."
    ),
    "spectral_radius_error": Column("real", "|value - max |λ|| is at most this, proved."),
}
_THRESHOLD = {
    "threshold": Column("real", "s*, in tokens; null if there is none or it is infinite."),
    "sufficient_input_length": Column("real", "s°, in tokens; null where it was not found."),
    "stable_intervals": Column("intervals", "All stable common inputs, in tokens."),
}
_LINE = {
    "threshold": _THRESHOLD["threshold"],
    "intervals": Column("counted intervals", "The line between its crossings, in tokens."),
    "complete": Column("truth", "Whether all crossings are proved to be found."),
}
FINITE = {
    "admissions_per_step": Column("real", "a*, in requests per step."),
    "fano_factor": Column("real", "V, dimensionless; null unless it is stable."),
    "admissions_cv": Column("real", "Coefficient of variation; null unless it is stable."),
    "visible": Column("truth", "Whether the verdict is seen through the noise (R15)."),
    "evict_probability": Column("real", "Of a step to evict (R16); null outside its domain."),
    "evicted_per_step": Column("real", "Requests per step (R16); null outside its domain."),
}
NEAR = {
    "agrees": Column("truth", "Whether the simulator agrees; null where nothing is compared."),
    "growth_predicted": Column("real", "Factor per step: the spectral radius."),
    "growth_measured": Column("real", "Factor per step, fitted; null where it cannot be."),
    "throughput_ratio": Column("real", "Tokens over a* μ, from near the equilibrium."),
    "request_ratio": Column("real", "Completed requests over a*, in the same run."),
    "wasted_token_fraction": Column("real", "Decode steps lost to evictions, in the same run."),
    "evictions_per_step": Column("real", "Requests per step, in the same run."),
}
_CROSS_CHECK = NEAR | {
    "from_empty_ratio": Column("real", "Tokens over a* μ, from the empty memory."),
    "from_empty_evictions_per_step": Column("real", "Requests per step, in that run."),
}
# Seconds were measured on a core of 2.5 GHz; they size the chunks, and promise nothing.
MEASURES = {
    "counts": Measure(COUNTS, lambda longest: 2e-6 + 1e-6 * longest),
    "radius": Measure(RADIUS, lambda longest: 1e-5 * longest if longest <= 64 else 1e-2),
    "threshold": Measure(_THRESHOLD, lambda longest: 1e-2 + 2e-4 * longest),
    "finite": Measure(FINITE, lambda longest: 5e-4 + 2e-6 * longest),
    "cross-check": Measure(_CROSS_CHECK, lambda longest: 0.2 + 1e-4 * longest),
}
_LINES = Measure(_LINE, MEASURES["threshold"].seconds)
