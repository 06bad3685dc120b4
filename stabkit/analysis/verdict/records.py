"""The Analysis: everything that stabkit found out about one workload, as plain data.

The records mirror the JSON schema ``stabkit.analysis/1`` field by field. Every number in them is
exactly what the JSON says: a Fraction is written ``"p/q"``, a Decimal as its digits, so that
``Analysis.from_dict(a.to_dict()) == a``. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from ...model.codec import decode, encode
from ...model.verdict import Verdict

__all__ = [
    "SCHEMA",
    "Analysis",
    "Bootstrap",
    "ClassSummary",
    "CrossCheck",
    "DominantMode",
    "EmptyStart",
    "Enclosure",
    "Equilibrium",
    "GcdTheorem",
    "KernelSummary",
    "ModeCounts",
    "SynchronizedCycle",
    "SynchronizedMode",
    "ThresholdSummary",
    "UnstableModes",
    "VerdictCounts",
    "WorkloadSummary",
]

SCHEMA = "stabkit.analysis/1"


@dataclass(frozen=True)
class ClassSummary:
    """One class: input length in tokens, decode length in steps, share of the admissions."""

    input_length: Fraction
    decode_length: int
    share: Fraction


@dataclass(frozen=True)
class WorkloadSummary:
    """The workload as reports show it: at most its first 64 classes, capacity in tokens."""

    name: str
    class_count: int
    classes: tuple[ClassSummary, ...]
    capacity: Fraction | None


@dataclass(frozen=True)
class KernelSummary:
    """Number of terms L of the memory kernel, and its sum G(1) in token-steps per admission."""

    length: int
    sum: Fraction


@dataclass(frozen=True)
class ModeCounts:
    """Roots of the characteristic polynomial inside, on and outside the unit circle."""

    inside: int | None
    on_circle: int | None
    outside: int | None


@dataclass(frozen=True)
class Enclosure:
    """A real number known to lie within `radius` of `value` (proved)."""

    value: Decimal
    radius: Decimal


@dataclass(frozen=True)
class DominantMode:
    """One root of the characteristic polynomial, rounded to double precision.

    `period_steps` is 2 pi / |arg| (null for a positive real root); of the two times, the one that
    applies is given: `doubling_steps` of a growing mode or `half_life_steps` of a decaying one.
    """

    re: float
    im: float
    modulus: float
    period_steps: float | None
    doubling_steps: float | None
    half_life_steps: float | None


@dataclass(frozen=True)
class SynchronizedMode:
    """The root of unity exp(2 pi i index / order), `limit` in the plane, and what becomes of it.

    `predicted_growth` is R3b's modulus in first order; `modulus` that of the root which certified
    continuation leads to, null where it leads to none.
    """

    order: int
    index: int
    limit: tuple[float, float]
    modulus: float | None
    predicted_growth: float


@dataclass(frozen=True)
class UnstableModes:
    """A number of unstable modes that a theorem proves without counting them."""

    relation: Literal["exactly", "at least"]
    count: int
    theorem: Literal["R7", "R9"]


@dataclass(frozen=True)
class GcdTheorem:
    """Whether R7's condition holds, and by how much; what R7 or R9 then prove.

    `applies` is null where that could not be decided. `margin` is the certified minimum over the
    circle minus its bound, in tokens, within `margin_radius`. `late_memory_margin` is the same for
    R9's condition, exactly. `claim` is null where neither says anything.
    """

    applies: bool | None
    margin: Decimal | None
    margin_radius: Decimal | None = None
    late_memory_margin: Fraction | None = None
    claim: UnstableModes | None = None


@dataclass(frozen=True)
class ThresholdSummary:
    """Stability along a common input length (R8); texts are exact rationals or decimals.

    It is in place of the workload's own inputs. `variance_law` is null outside of its range, that
    is, where sigma / mu > 0.1 or the estimate is not within an eighth of the threshold.
    """

    input_length: str | None
    sufficient_input_length: str | None
    stable_intervals: tuple[tuple[str, str | None], ...]
    variance_law: float | None


@dataclass(frozen=True)
class Equilibrium:
    """The eviction-free equilibrium: admissions per step a*, requests, tokens per step."""

    admissions_per_step: Fraction
    requests_in_service: Fraction
    token_throughput: Fraction


@dataclass(frozen=True)
class SynchronizedCycle:
    """Throughput of the synchronised limit cycle over the equilibrium's (R10)."""

    throughput_ratio: Fraction


@dataclass(frozen=True)
class CrossCheck:
    """What the independent simulator measured, beside what the spectrum predicts.

    Growth is the factor per step of a small disturbance along the dominant mode. The figures from
    `throughput_ratio` to `evictions_per_step` are long-run means of the run that starts near the
    equilibrium; `from_empty_ratio` is the token ratio of the run that starts empty (`EmptyStart`
    has more of that one). Evictions are requests, of a* = 1 where the workload has no capacity. A
    figure that the runs were too short for is None, and `reason` says so. `completed_shares` has
    the classes' order, all of them.
    """

    steps: int
    agrees: bool | None
    tolerance: float
    growth_predicted: float | None
    growth_measured: float | None
    throughput_ratio: float | None
    request_ratio: float | None
    completed_shares: tuple[float, ...] | None
    wasted_token_fraction: float | None
    evictions_per_step: float | None
    from_empty_ratio: float | None
    reason: str | None


@dataclass(frozen=True)
class EmptyStart:
    """Evictions of the cross-check's run from the empty memory.

    `evictions_per_step` is the long-run mean, in requests (of a* = 1 where the workload has no
    capacity), null where the run was too short for it; `first_eviction` is the first step that
    evicts, from 1, null if none did.
    """

    evictions_per_step: float | None
    first_eviction: int | None


@dataclass(frozen=True)
class VerdictCounts:
    """How many resamples have each verdict; they add up to all of them."""

    stable: int
    unstable: int
    marginal: int
    undecided: int


@dataclass(frozen=True)
class Bootstrap:
    """What a trace, as a sample of its requests, leaves open: an estimate, not a proof.

    `resampled` says what was drawn: whole requests, that is pairs of input and decode length, or
    decode lengths alone, each at the mean input of its requests. `verdict` is the trace's own and
    `agreement` the share of the resamples that have the same one (null if it is undecided).
    `spectral_radius` is the percentile interval at `level`, over all resamples but the `unresolved`
    ones, whose spectral radius was not found to enough digits (null if that is none, or at L = 1).
    """

    resamples: int
    seed: int
    level: float
    request_count: int
    resampled: Literal["requests", "decode lengths"]
    verdict: Verdict
    verdicts: VerdictCounts
    agreement: float | None
    spectral_radius: tuple[float, float] | None
    unresolved: int


@dataclass(frozen=True)
class Analysis:
    """The whole finding; see the module's introduction and INTERFACE's schema.

    `bootstrap` is null unless it was asked for, with `stabkit.bootstrap` or ``--bootstrap``.
    `empty_start` is null without `simulation`.
    `reason` says in one sentence what proves the verdict, or why it is undecided.
    """

    version: str
    workload: WorkloadSummary
    kernel: KernelSummary
    gcd: int
    verdict: Verdict
    certified: bool
    method: str
    reason: str
    counts: ModeCounts
    undecided_arcs: tuple[tuple[float, float], ...]
    spectral_radius: Enclosure | None
    dominant_modes: tuple[DominantMode, ...]
    synchronized_modes: tuple[SynchronizedMode, ...] | None
    gcd_theorem: GcdTheorem | None
    threshold: ThresholdSummary | None
    equilibrium: Equilibrium | None
    synchronized_cycle: SynchronizedCycle | None
    simulation: CrossCheck | None
    bootstrap: Bootstrap | None = None
    empty_start: EmptyStart | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON types: schema ``stabkit.analysis/1``."""
        record: dict[str, Any] = encode(self)
        return {"schema": SCHEMA, **record}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Analysis:
        """Return the Analysis whose `to_dict` is `record`.

        Raises
        ------
        InvalidArgument
            If `record` is not of schema ``stabkit.analysis/1``.
        """
        return decode(cls, record, SCHEMA)
