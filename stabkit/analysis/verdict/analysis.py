"""The Analysis: everything that stabkit found out about one workload, as plain data.

The records mirror the JSON schema ``stabkit.analysis/1`` field by field. Every number in them is
exactly what the JSON says: a Fraction is written ``"p/q"``, a Decimal as its digits, so that
``Analysis.from_dict(a.to_dict()) == a``. Nothing here computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_UP, Context, Decimal
from fractions import Fraction
from typing import Any, Literal, Self

from ...model.codec import ExactText, NonNegative, Positive, decode, encode
from ...model.enclosure import RealEnclosure
from ...model.request_classes import RequestClass
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.counting.counts import Counts
from ...spectrum.starts.no_eviction import NoEviction
from ...spectrum.synchrony.gcd_theorem import GcdTheorem
from ...spectrum.synchrony.modes import SynchronizedMode
from .lengths import LengthSummary

__all__ = [
    "SCHEMA",
    "SHOWN_CLASSES",
    "Analysis",
    "Bootstrap",
    "CertifiedStart",
    "CrossCheck",
    "DominantMode",
    "EmptyStart",
    "Enclosure",
    "Equilibrium",
    "FiniteSummary",
    "GcdTheoremSummary",
    "KernelSummary",
    "ModeCounts",
    "NoEvictionSummary",
    "SynchronizedCycle",
    "SynchronizedModeSummary",
    "ThresholdSummary",
    "UnstableModes",
    "VerdictCounts",
    "WorkloadSummary",
]

SCHEMA = "stabkit.analysis/1"
SHOWN_CLASSES = 64
_DIGITS = 40


@dataclass(frozen=True)
class WorkloadSummary:
    """The workload as reports show it: at most its first 64 classes, capacity in tokens.

    `lengths`, of a mix of many classes, and `request_count`, of a sample, are for texts and part of
    no record.
    """

    name: str
    class_count: Positive
    classes: tuple[RequestClass, ...]
    capacity: Fraction | None
    lengths: LengthSummary | None = field(default=None, compare=False)
    request_count: int | None = field(default=None, compare=False)

    @classmethod
    def of(cls, mix: Workload) -> WorkloadSummary:
        """Return the summary of a workload."""
        return cls(mix.name, len(mix.classes), mix.classes[:SHOWN_CLASSES], mix.capacity)


@dataclass(frozen=True)
class KernelSummary:
    """Number of terms L of the memory kernel, and its sum G(1) in token-steps per admission."""

    length: Positive
    sum: Fraction


@dataclass(frozen=True)
class ModeCounts:
    """Roots of the characteristic polynomial inside, on and outside the unit circle.

    They are what JSON holds of them; `Counts` needs its proof beside them for its verdict.
    """

    inside: int | None
    on_circle: int | None
    outside: int | None

    @classmethod
    def of(cls, counts: Counts) -> ModeCounts:
        """Return the numbers of the engine's finding."""
        return cls(counts.inside, counts.on_circle, counts.outside)


@dataclass(frozen=True)
class Enclosure:
    """A real number known to lie within `radius` of `value` (proved)."""

    value: Decimal
    radius: Decimal

    @classmethod
    def of(cls, interval: RealEnclosure) -> Enclosure:
        """Return a middle of 40 digits and a radius, rounded up, that covers the interval."""
        middle = (interval.low + interval.high) / 2
        value = Context(_DIGITS).divide(Decimal(middle.numerator), Decimal(middle.denominator))
        farthest = max(interval.high - Fraction(value), Fraction(value) - interval.low)
        upward = Context(prec=3, rounding=ROUND_UP)
        return cls(value, upward.divide(Decimal(farthest.numerator), farthest.denominator))


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
class SynchronizedModeSummary:
    """The root of unity exp(2 pi i index / order), `limit` in the plane, and what becomes of it.

    `predicted_growth` is R3b's modulus in first order; `modulus` that of the root which certified
    continuation leads to, null where it leads to none.
    """

    order: Positive
    index: Positive
    limit: tuple[float, float]
    modulus: float | None
    predicted_growth: float

    @classmethod
    def of(cls, mode: SynchronizedMode) -> SynchronizedModeSummary:
        """Return the numbers of the engine's finding."""
        modulus = None if mode.root is None else float(abs(mode.root.value))
        limit = (mode.limit.real, mode.limit.imag)
        return cls(mode.order, mode.index, limit, modulus, mode.predicted_growth)


@dataclass(frozen=True)
class UnstableModes:
    """A number of unstable modes that a theorem proves without counting them."""

    relation: Literal["exactly", "at least"]
    count: int
    theorem: Literal["R7", "R9"]


@dataclass(frozen=True)
class GcdTheoremSummary:
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

    @classmethod
    def of(cls, found: GcdTheorem) -> GcdTheoremSummary:
        """Return the numbers of the engine's finding."""
        margin = None if found.margin is None else Enclosure.of(found.margin)
        return cls(
            applies=found.applies,
            margin=None if margin is None else margin.value,
            margin_radius=None if margin is None else margin.radius,
            late_memory_margin=found.late_memory_margin,
            claim=None if found.claim is None else UnstableModes(*found.claim),
        )


@dataclass(frozen=True)
class ThresholdSummary:
    """Stability along a common input length (R8); texts are exact rationals or decimals.

    It is in place of the workload's own inputs. `variance_law` is null outside of its range, that
    is, where sigma / mu > 0.1 or the estimate is not within an eighth of the threshold.
    """

    input_length: ExactText | None
    sufficient_input_length: ExactText | None
    stable_intervals: tuple[tuple[ExactText, ExactText | None], ...]
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
    first_eviction: Positive | None


@dataclass(frozen=True)
class FiniteSummary:
    """What a server of the workload's capacity does with whole requests, by formula.

    `admissions_cv` is the coefficient of variation of admissions per step, `visible` whether the
    verdict is what one sees (R15); both null unless stable. `evict_probability` is that of a step,
    `evicted_per_step` in requests (R16), null where they are not known: `reason` says why that is
    so, or why they are 0 exactly.
    """

    admissions_cv: NonNegative | None
    visible: bool | None
    evict_probability: NonNegative | None
    evicted_per_step: NonNegative | None
    reason: str | None

    @classmethod
    def unknown(cls, reason: str) -> Self:
        """Return the summary in which nothing is known, for a `reason`."""
        return cls(
            admissions_cv=None,
            visible=None,
            evict_probability=None,
            evicted_per_step=None,
            reason=reason,
        )


@dataclass(frozen=True)
class NoEvictionSummary:
    """Whether a state of product form, as all are after L steps, can evict (R19).

    `largest_eviction` is the most that a step can evict, a fraction of the capacity; 0 where no
    state evicts (`certain`). `attracts_every_start` says whether every start is proved to reach the
    equilibrium by that. It is what JSON holds; `NoEviction` needs its workload and ages too.
    """

    certain: bool
    attracts_every_start: bool
    largest_eviction: Fraction

    @classmethod
    def of(cls, found: NoEviction) -> NoEvictionSummary:
        """Return the summary of the engine's finding."""
        return cls(found.certain, found.attracts_every_start, found.largest_eviction)


@dataclass(frozen=True)
class CertifiedStart:
    """What is proved of the run from a start; `stabkit.certify_start` has more (R22).

    `start` is the empty memory, the equilibrium, or a given state.
    At `step` all cohorts are within `deviation` of the equilibrium, or of a cycle that evicts in
    `evictions_per_period` steps of each `period`, and everything within `allowed_deviation`, both
    over a*, converges to it. `evicting_steps` evict until then; of a convergent run they are all,
    and `last_eviction` is the last one, from 0, the fit of the start. `reason` says why it is
    undecided. What does not apply is null.
    """

    start: Literal["empty", "equilibrium", "given"]
    kind: Literal["convergent", "evicting", "undecided"]
    step: int | None = None
    evicting_steps: int | None = None
    last_eviction: int | None = None
    deviation: NonNegative | None = None
    allowed_deviation: NonNegative | None = None
    period: Positive | None = None
    evictions_per_period: Positive | None = None
    reason: str | None = None


@dataclass(frozen=True)
class VerdictCounts:
    """How many resamples have each verdict; they add up to all of them."""

    stable: int
    unstable: int
    marginal: int
    undecided: int


@dataclass(frozen=True, repr=False)
class Bootstrap(Record):
    """What a trace, as a sample of its requests, leaves open: an estimate, not a proof.

    `resampled` says what was drawn: whole requests, that is pairs of input and decode length, or
    decode lengths alone, each at the mean input of its requests. `verdict` is the trace's own and
    `agreement` the share of the resamples that have the same one (null if it is undecided).
    `spectral_radius` is the percentile interval at `level`, over all resamples but the `unresolved`
    ones, whose spectral radius was not found to enough digits (null if that is none, or at L = 1).
    """

    resamples: Positive
    seed: int
    level: float
    request_count: Positive
    resampled: Literal["requests", "decode lengths"]
    verdict: Verdict
    verdicts: VerdictCounts
    agreement: float | None
    spectral_radius: tuple[float, float] | None
    unresolved: int


@dataclass(frozen=True, repr=False)
class Analysis(Record):
    """The whole finding about one workload.

    Attributes
    ----------
    version : str
        Of stabkit.
    workload, kernel
        What was analysed: the mix, and the size of its memory kernel.
    gcd : int
        The greatest common divisor of the decode lengths.
    verdict : {"stable", "unstable", "marginal", "undecided"}
    certified : bool
        Whether `verdict` is proved.
    method, reason : str
        The engine that decided, and in one sentence what proves the verdict or why it is undecided.
    counts : ModeCounts
        Modes inside, on and outside the unit circle.
    undecided_arcs : tuple of (float, float)
        Arguments in radians, 0 <= theta <= pi, on which a root may lie on or next to the circle.
    spectral_radius : Enclosure or None
    dominant_modes : tuple of DominantMode
    synchronized_modes : tuple of SynchronizedModeSummary, or None
        The modes that come of the gcd.
    gcd_theorem, threshold, equilibrium, synchronized_cycle
        What the gcd proves; where along the inputs the mix is stable; the eviction-free state and
        the cycle in step. Each None where there is none or it was not computed.
    simulation : CrossCheck or None
        What the simulator sees near the equilibrium.
    bootstrap : Bootstrap or None
        None unless it was asked for, with `stabkit.bootstrap` or ``--bootstrap``.
    empty_start : EmptyStart or None
        What runs from the empty memory end on; None without `simulation`.
    finite : FiniteSummary or None
        What chance does to a server of this capacity; None without one.
    no_eviction : NoEvictionSummary or None
        Whether a start can evict at all; None in an Analysis written before there was this.
    certified_start : CertifiedStart or None
        None unless it was asked for, with `stabkit.certify_start` or ``--certify-start``.
    mix : Workload or None
        What was analysed, whole, for figures; None in an Analysis that was read from JSON. It takes
        no part in comparisons.

    Examples
    --------
    >>> from stabkit import Workload, analyze
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> found = analyze(mix, crosscheck=False)
    >>> found.verdict, found.counts, found.certified
    ('unstable', ModeCounts(inside=2, on_circle=0, outside=2), True)
    """

    version: str
    workload: WorkloadSummary
    kernel: KernelSummary
    gcd: Positive
    verdict: Verdict
    certified: bool
    method: str
    reason: str
    counts: ModeCounts
    undecided_arcs: tuple[tuple[float, float], ...]
    spectral_radius: Enclosure | None
    dominant_modes: tuple[DominantMode, ...]
    synchronized_modes: tuple[SynchronizedModeSummary, ...] | None
    gcd_theorem: GcdTheoremSummary | None
    threshold: ThresholdSummary | None
    equilibrium: Equilibrium | None
    synchronized_cycle: SynchronizedCycle | None
    simulation: CrossCheck | None
    bootstrap: Bootstrap | None = None
    empty_start: EmptyStart | None = None
    finite: FiniteSummary | None = None
    no_eviction: NoEvictionSummary | None = None
    certified_start: CertifiedStart | None = None
    mix: Workload | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON types: schema ``stabkit.analysis/1``."""
        record: dict[str, Any] = encode(self)
        return {"schema": SCHEMA, **record}

    @classmethod
    def from_dict(cls, record: Mapping[str, object]) -> Analysis:
        """Return the Analysis whose `to_dict` is `record`.

        Raises
        ------
        InvalidArgument
            If `record` is not of schema ``stabkit.analysis/1``.
        """
        return decode(cls, record, SCHEMA)
