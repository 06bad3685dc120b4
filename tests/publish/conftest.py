"""Hand-made analyses: the report must show what stands in the record, whatever computed it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from stabkit.analysis.verdict.analysis import (
    Analysis,
    Bootstrap,
    CrossCheck,
    DominantMode,
    Enclosure,
    Equilibrium,
    GcdTheoremSummary,
    KernelSummary,
    ModeCounts,
    SynchronizedCycle,
    SynchronizedModeSummary,
    ThresholdSummary,
    VerdictCounts,
    WorkloadSummary,
)
from stabkit.cli.colour import coloured
from stabkit.model.request_classes import RequestClass
from stabkit.publish.layout import laid_out
from stabkit.publish.text.analysis import analysis_text

CHECK = CrossCheck(
    steps=4000,
    agrees=True,
    tolerance=1e-6,
    growth_predicted=1.05,
    growth_measured=1.0500001,
    throughput_ratio=0.8666667,
    request_ratio=0.91,
    completed_shares=(0.5, 0.5),
    wasted_token_fraction=0.0625,
    evictions_per_step=0.75,
    from_empty_ratio=0.8666667,
    reason=None,
)

BOOTSTRAP = Bootstrap(
    resamples=1000,
    seed=3,
    level=0.95,
    request_count=19_366,
    resampled="requests",
    verdict="unstable",
    verdicts=VerdictCounts(stable=40, unstable=950, marginal=0, undecided=10),
    agreement=0.95,
    spectral_radius=(0.9987654321, 1.2),
    unresolved=0,
)

UNSTABLE = Analysis(
    version="0.1.0",
    workload=WorkloadSummary(
        "demo",
        2,
        (
            RequestClass(Fraction(5), 3, Fraction(1, 2)),
            RequestClass(Fraction(5), 6, Fraction(1, 2)),
        ),
        Fraction(10_000),
    ),
    kernel=KernelSummary(6, Fraction(75, 2)),
    gcd=3,
    verdict="unstable",
    certified=True,
    method="schur-cohn",
    reason="2 of 5 modes grow.",
    counts=ModeCounts(3, 0, 2),
    undecided_arcs=(),
    spectral_radius=Enclosure(Decimal("1.05"), Decimal("1e-40")),
    dominant_modes=(
        DominantMode(-0.525, 0.909, 1.05, 3.0, 14.2067, None),
        DominantMode(-0.525, -0.909, 1.05, 3.0, 14.2067, None),
        DominantMode(0.25, 0.0, 0.25, None, None, 0.5),
    ),
    synchronized_modes=(SynchronizedModeSummary(3, 1, (-0.5, 0.866), 1.05, 1.06),),
    gcd_theorem=GcdTheoremSummary(True, Decimal("4.5")),
    threshold=ThresholdSummary(None, None, (), None),
    equilibrium=Equilibrium(Fraction(800, 3), Fraction(1200), Fraction(1200)),
    synchronized_cycle=SynchronizedCycle(Fraction(8, 9)),
    simulation=CHECK,
)


@pytest.fixture
def unstable() -> Analysis:
    return UNSTABLE


@pytest.fixture
def resampled() -> Analysis:
    return replace(UNSTABLE, bootstrap=BOOTSTRAP)


@pytest.fixture
def stable() -> Analysis:
    return replace(
        UNSTABLE,
        gcd=1,
        verdict="stable",
        reason="All 5 modes decay.",
        counts=ModeCounts(5, 0, 0),
        spectral_radius=Enclosure(Decimal("0.997430"), Decimal("1e-40")),
        dominant_modes=(DominantMode(0.99, 0.1215, 0.99743, 51.4, None, 269.4),),
        synchronized_modes=None,
        synchronized_cycle=None,
        threshold=ThresholdSummary("19/2", "12", (("19/2", None),), 9.9),
        simulation=replace(CHECK, from_empty_ratio=1.0, throughput_ratio=1.0, request_ratio=1.0),
    )


@pytest.fixture
def report() -> Callable[..., str]:
    def printed(
        analysis: Analysis, width: int = 100, terminal: bool = False, full: bool = True
    ) -> str:
        with laid_out(width) as styles:
            text = analysis_text(analysis, full)
        return coloured(text, styles) if terminal else text

    return printed
