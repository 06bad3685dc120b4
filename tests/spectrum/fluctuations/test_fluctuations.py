"""The whole record: against a simulation of whole requests, and where there is nothing to say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stabkit import InvalidArgument, InvalidWorkload, Workload, fano_factor, fluctuations
from stabkit.model.enclosure import RealEnclosure
from stabkit.spectrum.fluctuations.fluctuations import Fluctuations

OBSERVABLES = ("admissions", "running", "demand", "completions", "tokens")
LONG = [(50 + 7 * k % 13, k, 1 + k % 5) for k in range(1, 181)]


def served(classes: Sequence[tuple[int, int, int]], capacity: int, steps: int, seed: int) -> Any:
    """Serve whole requests, in the order of a random queue: five numbers for every step.

    Written for this test alone. A request is (admission order, s, l, steps done).
    """
    generator = np.random.default_rng(seed)
    weights = np.array([w for *_, w in classes], dtype=float)
    queue: list[tuple[int, int]] = []
    running: list[list[int]] = []
    rows = []
    for _ in range(steps):
        for request in running:
            request[2] += 1
        done = [n for _, n, j in running if j == n]
        running = [request for request in running if request[2] < request[1]]
        used = demand = sum(s + j + 1 for s, _, j in running)
        admitted = 0
        while used > capacity:  # the latest admitted first; back to the head of the queue
            s, n, j = running.pop()
            used -= s + j + 1
            queue.append((s, n))
        while demand <= capacity:
            if not queue:
                drawn = generator.choice(len(classes), size=1000, p=weights / weights.sum())
                queue = [classes[k][:2] for k in drawn.tolist()]
            if used + queue[-1][0] + 1 > capacity:
                break
            s, n = queue.pop()
            running.append([s, n, 0])
            used += s + 1
            admitted += 1
        rows.append((admitted, len(running), demand, len(done), sum(done)))
    return np.array(rows, dtype=float)


@pytest.mark.parametrize(
    ("classes", "capacity"),
    [([(9, 1, 1), (1, 2, 1)], 75), ([(2, 1, 4), (5, 2, 2), (9, 3, 3)], 330)],
)
def test_a_simulation_of_whole_requests_agrees(
    classes: list[tuple[int, int, int]], capacity: int
) -> None:
    """At a* of about 10 and 18: means to 1 %, variances to 8 % (measured: below 5 %)."""
    found = fluctuations(Workload.from_classes(classes, capacity=capacity))
    rows = served(classes, capacity, 25_000, seed=3)[1000:]
    mean = found.mean_admissions
    assert mean is not None
    assert rows[:, 0].mean() == pytest.approx(float(mean), rel=0.01)
    assert rows[:, 0].var() == pytest.approx(float(exactly(found.admissions_variance)), rel=0.04)
    for column, name in enumerate(OBSERVABLES):
        expected = float(exactly(found.variance(name)) * mean)
        assert rows[:, column].var() == pytest.approx(expected, rel=0.08), name


def exactly(variance: object) -> Fraction:
    assert isinstance(variance, Fraction)
    return variance


def test_the_slack_shows_on_a_small_server() -> None:
    """At a* = 5 it adds 7 % to the variance, and takes 2 % from the mean."""
    mix = Workload.from_classes([(9, 1), (1, 2)], capacity=38)
    found = fluctuations(mix)
    rows = served([(9, 1, 1), (1, 2, 1)], 38, 60_000, seed=4)[1000:]
    mean, variance = found.mean_admissions, exactly(found.admissions_variance)
    assert mean is not None
    plain = Fraction(38) / Fraction(15, 2)
    assert rows[:, 0].mean() == pytest.approx(float(mean), rel=0.004)
    assert abs(rows[:, 0].mean() / float(plain) - 1) > 0.015
    assert rows[:, 0].var() == pytest.approx(float(variance), rel=0.03)
    assert abs(rows[:, 0].var() / float(exactly(found.fano_factor) * plain) - 1) > 0.03


def test_slack_by_hand() -> None:
    """One class (6, 3): R is uniform on 0 ... 6, E R = 3; E M = 24, and M has no chance in it."""
    found = fluctuations(Workload.from_classes([(6, 3)], capacity=99))
    assert found.mean_slack == 3
    assert found.mean_admissions == Fraction(99 - 3, 24)
    assert found.fano_factor == 0


def test_slack_needs_whole_tokens() -> None:
    parts = fluctuations(Workload.from_classes([("1/2", 1), (3, 2)], capacity=100))
    assert (parts.mean_slack, parts.mean_admissions, parts.admissions_variance) == (None,) * 3
    no_memory = fluctuations(Workload.from_classes([(9, 1), (1, 2)]))
    assert no_memory.mean_slack == Fraction(90 + 2, 2 * 12)
    assert no_memory.mean_admissions is None


def test_the_mean_of_every_spectrum_is_the_variance() -> None:
    angles = 2 * math.pi * np.arange(4096) / 4096
    for classes in ([(20, 3), (20, 5)], LONG):
        found = fluctuations(Workload.from_classes(classes))
        for name in OBSERVABLES:
            mean = float(np.mean(found.spectrum(name, angles)))
            variance = found.variance(name)
            if isinstance(variance, RealEnclosure):
                variance = variance.low
            assert variance is not None
            assert mean == pytest.approx(float(variance), rel=1e-6)


def test_long_kernels_are_enclosed() -> None:
    mix = Workload.from_classes(LONG, capacity=10**7)
    found = fluctuations(mix)
    assert found.fano_factor == fano_factor(mix)
    assert isinstance(found.fano_factor, RealEnclosure)
    assert isinstance(found.admissions_variance, RealEnclosure)
    assert found.mean_admissions is not None
    least = found.fano_factor.low * found.mean_admissions
    assert least < found.admissions_variance.low < least + 10


def test_quasi_cycles_are_the_peaks_of_the_density() -> None:
    """(20; 3, 5) has a mode next to the circle: the maximum over a fine grid lies there."""
    found = fluctuations(Workload.from_classes([(20, 3), (20, 5)]))
    slowest = found.peaks[0]
    angles = np.linspace(0, math.pi, 200_001)
    density = found.spectrum("admissions", angles)
    top = angles[np.argmax(density)]
    assert abs(top - 2 * math.pi / slowest.period) < 0.2 * slowest.half_width
    assert density.max() == pytest.approx(slowest.density, rel=0.01)
    half = angles[density > density.max() / 2]
    width = (half[(half > top - 0.3)].max() - half[half > top - 0.3].min()) / 2
    assert width == pytest.approx(slowest.half_width, rel=0.15)


def test_angles_are_as_near_on_every_octave_and_hold_every_peak() -> None:
    """400 from 2 pi / (16 L) to pi, at one ratio: (8 L)^(1/399); 0, and the peaks between."""
    found = fluctuations(Workload.from_classes([(20, 3), (20, 5)]))
    assert found.angles[[0, 1, -1]] == pytest.approx([0, 2 * math.pi / (16 * 5), math.pi])
    assert np.all(np.diff(found.angles) > 0)
    assert (found.angles[2:] / found.angles[1:-1]).max() <= 40 ** (1 / 399) + 1e-9
    for peak in found.peaks:
        assert np.abs(found.angles - 2 * math.pi / peak.period).min() < 1e-12


def test_a_mode_that_does_not_turn_is_no_cycle() -> None:
    """(9, 1), (1, 2): one root, -1/4; by g = (6, 3/2). Mirrored signs there are none to try."""
    found = fluctuations(Workload.from_classes([(9, 1), (1, 2)]))
    assert [(peak.period, peak.half_width) for peak in found.peaks] == [(2.0, 0.75)]


@pytest.mark.parametrize(
    ("classes", "verdict"), [([(5, 3), (5, 5)], "unstable"), ([(1, 2), (1, 3)], "marginal")]
)
def test_without_stability_there_is_no_variance(
    classes: list[tuple[int, int]], verdict: str
) -> None:
    found = fluctuations(Workload.from_classes(classes, capacity=1000))
    assert found.verdict == verdict
    assert found.fano_factor is found.admissions_variance is None
    assert set(found.variances.values()) == {None}
    assert not found.peaks
    assert not found.densities
    with pytest.raises(InvalidArgument, match=f"must be stable for a spectrum, not {verdict}"):
        found.spectrum("running", [1.0])


def test_means_are_refused(tmp_path: Any) -> None:
    path = tmp_path / "summary.csv"
    path.write_text("decode_length,count,input_length_sum\n1,2,9\n2,1,4\n")
    with pytest.raises(InvalidWorkload, match="must hold single requests, not means"):
        fluctuations(Workload.from_file(path))


@pytest.mark.parametrize(
    ("observable", "angles", "message"),
    [
        ("evictions", [1.0], "'observable' must be 'admissions', 'running', "),
        (3, [1.0], "'observable' must be 'admissions'"),
        ("running", 1.0, "'angles' must be a list of numbers"),
        ("running", ["x"], "'angles' must be numbers"),
        ("running", [math.inf], "'angles' must be finite"),
    ],
)
def test_arguments_are_checked(observable: Any, angles: Any, message: str) -> None:
    found = fluctuations(Workload.from_classes([(9, 1), (1, 2)]))
    with pytest.raises(InvalidArgument, match=message):
        found.spectrum(observable, angles)


def test_no_angles_give_no_densities() -> None:
    found: Fluctuations = fluctuations(Workload.from_classes([(9, 1), (1, 2)]))
    assert found.spectrum("tokens", []).shape == (0,)
