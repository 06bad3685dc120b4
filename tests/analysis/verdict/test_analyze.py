"""The main job against known figures, the vectors, and the two independent halves together."""

from __future__ import annotations

import json
import pickle
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stabkit
from stabkit import Analysis, Workload, analyze, analyze_many
from stabkit.analysis.verdict.analysis import NoEvictionSummary
from stabkit.analysis.verdict.crosscheck import cross_check

TRACES = {
    # docs/model.md, Real run, and the known spectral radii, double precision
    "azure-conv-2023": ("stable", 0.9974296338, (999, 0, 0)),
    "azure-code-2023": ("stable", 0.9962369, (1898, 0, 0)),
    "vllm-rtx4090": ("unstable", 1.00012, (1018, 0, 2)),
    # numpy 2.4.6: max(abs(numpy.roots(kernel))) = 0.99925419, none above 1 (2026-11-23, 32 s)
    "arxiv-summarization": ("stable", 0.99925418, (4055, 0, 0)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TRACES)
def test_packaged_traces(name: str) -> None:
    verdict, radius, counts = TRACES[name]
    a = analyze(Workload.named(name))
    assert (a.verdict, a.certified) == (verdict, True)
    assert (a.counts.inside, a.counts.on_circle, a.counts.outside) == counts
    assert a.spectral_radius is not None
    assert float(a.spectral_radius.value) == pytest.approx(radius, abs=6e-6)
    assert a.simulation is not None
    assert a.simulation.agrees
    assert a.simulation.growth_measured == pytest.approx(float(a.spectral_radius.value), abs=1e-7)


def test_azure_conversation_to_the_digits_known() -> None:
    a = analyze(Workload.named("azure-conv-2023"))
    assert a.spectral_radius is not None
    assert str(a.spectral_radius.value).startswith("0.9974296338")
    assert a.spectral_radius.radius < Fraction(1, 10**30)
    assert a.simulation is not None
    assert a.simulation.throughput_ratio == pytest.approx(1, abs=1e-6)
    assert a.simulation.from_empty_ratio == pytest.approx(1, abs=1e-6)


def test_real_run_has_the_period_and_the_equilibrium_of_the_model() -> None:
    a = analyze(Workload.named("vllm-rtx4090"), crosscheck=False)
    assert a.dominant_modes[0].period_steps == pytest.approx(657.8, abs=0.05)
    assert a.equilibrium is not None
    assert float(a.equilibrium.requests_in_service) == pytest.approx(34.39, abs=0.005)


@pytest.mark.parametrize(
    ("classes", "near", "empty"),
    [
        # docs/model.md, R6, R10, R12, Policies; completed tokens over the equilibrium's
        ([(10, 5)], 0.866667, 0.866667),
        ([(5, 2), (5, 4)], 0.934783, 0.934783),
        ([(5, 3), (5, 6)], 0.888889, 0.888889),
    ],
)
def test_throughput_ratios(classes: list, near: float, empty: float) -> None:
    s = analyze(Workload.from_classes(classes)).simulation
    assert s is not None
    assert s.throughput_ratio == pytest.approx(near, abs=1e-6)
    assert s.from_empty_ratio == pytest.approx(empty, abs=1e-6)


def test_stability_is_local_in_the_bistable_mix() -> None:
    # R12; the exact period-29 orbit from empty completes 0.99349 of the tokens
    a = analyze(Workload.named("bistable"))
    assert a.verdict == "stable"
    s = a.simulation
    assert s is not None
    assert s.throughput_ratio == pytest.approx(1, abs=1e-6)
    assert s.from_empty_ratio is not None
    assert s.from_empty_ratio < 0.995
    assert s.agrees


@pytest.mark.slow
def test_equilibrium_and_synchronised_ratio_of_the_vectors(
    vector_mixes: list[tuple[dict[str, Any], Workload]],
) -> None:
    for record, mix in vector_mixes:
        a = analyze(mix.with_capacity(10**15), crosscheck=False)
        per_unit = Fraction(record["equilibrium_admission_per_unit_capacity"])
        assert a.equilibrium is not None
        assert a.equilibrium.admissions_per_step == per_unit * 10**15
        assert a.equilibrium.token_throughput == per_unit * 10**15 * mix.mean_decode_length
        ratio = a.synchronized_cycle
        assert a.gcd == record["gcd"]
        expected = Fraction(record["synchronized_throughput_ratio"])
        assert (1 if ratio is None else ratio.throughput_ratio) == expected
        assert (ratio is None) == (a.gcd == 1)


@pytest.mark.slow
def test_verdicts_are_proved_or_undecided() -> None:
    undecided = analyze(Workload.from_classes([(7, 10**9), (7, 10**9 - 1)]))
    assert (undecided.verdict, undecided.certified) == ("undecided", False)
    assert undecided.counts.outside is None
    assert undecided.simulation is not None
    assert undecided.simulation.reason
    huge = analyze(Workload.from_classes([(7, 10**9)]))
    assert (huge.verdict, huge.counts.outside) == ("unstable", 10**9 - 1)
    certificate = analyze(Workload.from_classes([(7, 10**9), (7, 10**8)]))
    assert (certificate.verdict, certificate.method) == ("unstable", "certificate")
    marginal = analyze(Workload.named("marginal"))
    assert marginal.verdict == "marginal"
    assert marginal.spectral_radius is not None
    assert (marginal.spectral_radius.value, marginal.spectral_radius.radius) == (1, 0)
    assert marginal.dominant_modes[0].doubling_steps is None
    assert marginal.dominant_modes[0].half_life_steps is None
    trivial = analyze(Workload.from_classes([(7, 1)]))
    assert (trivial.verdict, trivial.spectral_radius) == ("stable", None)


@pytest.mark.parametrize(
    "classes",
    [
        [(1000, 1, 10), (1, 2, 1)],  # lambda = -0.0003: gone within a few steps
        [(100_000, 1), ("1/7", 3)],  # a complex pair of modulus 0.0056, below rounding at once
        [(1, 21, "1e-8"), (1, 1, 4)],
        [(5, 3, "1e308"), (5, 5, 1)],
        [(0, 1, "1e999"), (0, 2, 1)],
    ],
)
def test_fast_and_extreme_modes_are_measured_or_left_out_never_wrong(classes: list) -> None:
    a = analyze(Workload.from_classes(classes))
    assert a.certified
    assert a.simulation is not None
    assert a.simulation.agrees is not False
    assert a.simulation.growth_measured is not None or a.simulation.reason


def test_without_a_resolved_mode_nothing_is_said_of_a_start_near_the_equilibrium() -> None:
    # R12's mix settles elsewhere from empty: that must not count against a stable verdict
    check = cross_check(Workload.named("bistable"), "stable", ())
    assert (check.agrees, check.throughput_ratio) == (None, None)
    assert check.from_empty_ratio is not None
    assert check.from_empty_ratio < 0.995
    assert "not resolved" in (check.reason or "")


def test_the_real_run_has_long_run_figures() -> None:
    s = analyze(Workload.named("vllm-rtx4090")).simulation
    assert s is not None
    assert s.throughput_ratio == pytest.approx(0.991, abs=0.002)
    assert s.evictions_per_step is not None
    assert s.evictions_per_step > 0


def test_a_repeated_root_on_the_circle_is_listed_as_often_as_it_counts() -> None:
    # by hand: g = (1, 2, 1), F = (l + 1)^2
    a = analyze(Workload.from_classes([(0, 2, 2), (0, 3, 1)]), crosscheck=False)
    assert (a.verdict, a.counts.on_circle) == ("marginal", 2)
    assert [m.re for m in a.dominant_modes] == [-1, -1]


@pytest.mark.parametrize("mix", [None, 5, 1j])
def test_only_workloads_are_analysed(mix: Any) -> None:
    for function in (analyze, stabkit.simulate, stabkit.unit_circle_counts, stabkit.roots):
        with pytest.raises(stabkit.InvalidWorkload, match="'mix' must be a Workload, text such as"):
            function(mix)


CLASSES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 40), st.integers(1, 9)), min_size=1, max_size=4
)


@pytest.mark.slow
@given(CLASSES)
@settings(max_examples=40, deadline=None)
def test_the_simulator_sees_the_predicted_growth(classes: list) -> None:
    a = analyze(Workload.from_classes(classes))
    assert a.simulation is not None
    assert a.simulation.agrees is not False
    if a.simulation.growth_measured is None:
        return
    assert a.spectral_radius is not None
    assert a.simulation.growth_measured == pytest.approx(float(a.spectral_radius.value), abs=1e-6)
    if abs(a.simulation.growth_measured - 1) > 1e-6:
        assert (a.simulation.growth_measured > 1) == (a.verdict == "unstable")


@pytest.mark.slow
@given(CLASSES)
@settings(max_examples=40, deadline=None)
def test_records_round_trip(classes: list) -> None:
    mix = Workload.from_classes(classes, capacity=10**6)
    a = analyze(mix, crosscheck=len(classes) == 1)
    assert Analysis.from_dict(json.loads(json.dumps(a.to_dict()))) == a
    assert pickle.loads(pickle.dumps(a)) == a
    assert pickle.loads(pickle.dumps(mix)) == mix


def test_whether_a_start_can_evict() -> None:
    """By hand: g = (2, 3/2) never rises; g = (6, 7/2, 4) rises by a seventh at the age of 2."""
    calm, other = analyze_many(
        [Workload.from_classes(classes) for classes in ([(1, 1), (1, 2)], [(5, 1), (5, 3)])],
        crosscheck=False,
    )
    assert calm.no_eviction == NoEvictionSummary(True, True, Fraction(0))
    assert other.no_eviction == NoEvictionSummary(False, False, Fraction(1, 7))


def test_analyze_many_takes_any_map_and_keeps_the_order() -> None:
    mixes = [Workload.from_classes([(s, 3), (s, 5)]) for s in (5, 10, 20)]
    direct = analyze_many(mixes, crosscheck=False)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert analyze_many(mixes, map=pool.map, crosscheck=False) == direct
    assert [a.verdict for a in direct] == ["unstable", "stable", "stable"]


def test_the_analysis_and_the_polynomial_of_the_symbolic_core_are_one() -> None:
    # everything numeric comes from the kernel that sympy's F is built from: evaluate F at the mode
    mix = Workload.from_classes([("1/3", 3), (5, 7, "2/5"), (11, 8)])
    coefficients = stabkit.characteristic_polynomial(mix).all_coeffs()
    mode = stabkit.dominant_modes(mix, 1, 40)[0]
    with mpmath.workdps(60):
        values = [mpmath.mpf(int(c.p)) / int(c.q) for c in coefficients]
        size = mpmath.polyval(values, abs(mode.value))
        assert abs(mpmath.polyval(values, mode.value)) < size * mpmath.mpf("1e-39")


@pytest.mark.parametrize("second", ["5:5", 1, None])
def test_a_mix_is_one_argument(second: Any) -> None:
    with pytest.raises(TypeError, match=r"'crosscheck' must be True or False, not .* one argument"):
        analyze("5:3", second)
