"""Figures of finite servers that other simulators of whole requests have measured.

They are from docs/model.md's source: two simulators written independently of stabkit and of each
other, 2026, quoted to the digits given there; laws with a closed form are quoted as that.
"""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import pytest

from stabkit import RequestRun, Workload, simulate_requests
from stabkit.dynamics.capacity import equilibrium_admissions, simulated_capacity

pytestmark = pytest.mark.slow


def throughput(run: RequestRun, mix: Workload, admissions: float) -> float:
    """Completed tokens per step over a* mu."""
    tokens = run.means["completed_tokens"].value
    return tokens / (admissions * float(mix.mean_decode_length))


@pytest.mark.parametrize(
    ("lengths", "kept", "evictions"),
    [
        ((10, 5), (0.950, 0.996, 0.999), 0.16),
        ((100, 20), (0.989, 0.999, 1.000), 0.09),
        ((250, 130), (0.996, 0.998, 1.005), 0.23),
    ],
)
def test_kept_progress_costs_prefill_and_few_decode_steps(
    lengths: tuple[int, int], kept: tuple[float, ...], evictions: float
) -> None:
    """One class, saturated from empty, at a* = 2, 20 and 100; evictions per completion at 100."""
    mix = Workload.from_classes([lengths])
    for admissions, ratio in zip((2, 20, 100), kept, strict=True):
        capacity = admissions * simulated_capacity(mix)
        steps = max(1000, 60 * lengths[1])
        run = simulate_requests(mix, steps=steps, capacity=capacity, keep_progress=True)
        assert throughput(run, mix, admissions) == pytest.approx(ratio, abs=0.006)
        assert run.totals["wasted"] == 0
    assert run.means["evictions_per_completion"].value == pytest.approx(evictions, abs=0.006)
    assert run.totals["recomputed"] > run.totals["evicted"] * lengths[0]


@pytest.mark.parametrize(("lengths", "worst"), [((10, 5), 26 / 30), ((100, 20), 221 / 240)])
def test_progress_thrown_away_costs_decode_steps(lengths: tuple[int, int], worst: float) -> None:
    """The worst cycle's (2 s + l + 1) / (2 (s + l)) (R6), reached from empty."""
    mix = Workload.from_classes([lengths])
    run = simulate_requests(mix, steps=1000, capacity=100 * simulated_capacity(mix))
    assert throughput(run, mix, 100) == pytest.approx(worst, abs=0.003)


def test_a_stable_trace_evicts_rarely_and_at_little_cost() -> None:
    """Azure conversation, 1.3 million tokens: 1.2 % of steps, .31 % of admissions, .998-.999."""
    mix = Workload.named("azure-conv-2023", capacity=1_300_000)
    run = simulate_requests(mix, steps=60_000, seed=1, every=None, table=False)
    assert run.means["evicting"].value == pytest.approx(0.012, abs=0.001)
    assert run.means["evictions_per_admission"].value == pytest.approx(0.0031, abs=0.0004)
    assert throughput(run, mix, float(equilibrium_admissions(mix))) > 0.996


def test_policies_of_a_stable_trace() -> None:
    """The same: rate a* .98, reservation .88; one seed for all."""
    mix = Workload.named("azure-conv-2023", capacity=1_300_000)
    admissions = equilibrium_admissions(mix)
    for rules, ratio in (({"rate": admissions}, 0.98), ({"reserve": "true-length"}, 0.88)):
        run = simulate_requests(mix, steps=30_000, every=None, table=False, **rules)
        assert throughput(run, mix, float(admissions)) == pytest.approx(ratio, abs=0.01)


def test_policies_of_a_small_server() -> None:
    """The 4090's trace, greedy .957; 1 % watermark -.001, rate a* -.072, reservation -.190.

    One run of 200 000 steps has a standard deviation of .003.
    """
    mix = Workload.named("vllm-rtx4090")
    admissions = equilibrium_admissions(mix)

    def tokens(**rules: object) -> float:
        runs = [
            simulate_requests(mix, steps=200_000, seed=seed, every=None, table=False, **rules)
            for seed in range(3)
        ]
        return sum(throughput(run, mix, float(admissions)) for run in runs) / 3

    greedy = tokens()
    assert greedy == pytest.approx(0.957, abs=0.01)
    assert tokens(watermark="1/100") - greedy == pytest.approx(-0.001, abs=0.005)
    assert tokens(rate=admissions) - greedy == pytest.approx(-0.072, abs=0.01)
    assert tokens(reserve="true-length") - greedy == pytest.approx(-0.190, abs=0.01)


def test_admissions_vary_as_the_fano_factor_says() -> None:
    """(3,5), s = 20, 1/2: V = 56672963/34445205 as B grows, found by exact computation (R13)."""
    mix = Workload.from_classes([(20, 3), (20, 5)])
    run = simulate_requests(mix, steps=6000, capacity=200 * simulated_capacity(mix), table=False)
    net = (run.series.admitted - run.series.evicted)[500:]
    assert net.var() / 200 == pytest.approx(56672963 / 34445205, rel=0.07)


def test_a_bistable_mix_runs_on_its_cycle_from_empty() -> None:
    """Classes (0,6,2/5), (5,1,3/5) at a* = 1000 from empty: .833."""
    mix = Workload.from_classes([(0, 6, Fraction(2, 5)), (5, 1, Fraction(3, 5))])
    run = simulate_requests(mix, steps=600, capacity=1000 * simulated_capacity(mix), table=False)
    assert throughput(run, mix, 1000) == pytest.approx(0.833, abs=0.003)


def test_memory_is_that_of_the_running_requests() -> None:
    """Without series and table; the sums of the batch means stop to grow at 10 240 rows."""
    mix = Workload.from_classes([(20, 3), (20, 5), (7, 11)], capacity=400)

    def peak(steps: int) -> int:
        tracemalloc.start()
        simulate_requests(mix, steps=steps, every=None, table=False)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)  # what is loaded once
    assert peak(40_000) < 1.2 * peak(12_000)


def test_intervals_of_single_runs_cover_the_long_run_mean() -> None:
    """95 % of them; 60 runs, so that 50 or more do with probability .9996 (binomial)."""
    mix = Workload.from_classes([(20, 3), (20, 5), (7, 11)], capacity=400)
    names = ("running", "completed_tokens", "evicted", "evicting", "evictions_per_admission")
    whole = simulate_requests(mix, steps=300_000, seed=10**6, every=None, table=False)
    covered = dict.fromkeys(names, 0)
    for seed in range(60):
        run = simulate_requests(mix, steps=2500, seed=seed, every=None, table=False)
        for name in names:
            covered[name] += run.means[name].low <= whole.means[name].value <= run.means[name].high
    assert min(covered.values()) >= 50, covered
