"""The Fano factor under a policy: by hand, by brute force, and by a simulation."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stabkit import InvalidArgument, InvalidWorkload, Workload, policy_fano_factor
from stabkit.model.enclosure import RealEnclosure

TWO = [(9, 1, 1), (1, 2, 1)]
THREE = [(2, 1, 4), (5, 2, 2), (9, 3, 3)]
# Requests that the rule answers with, from memory, memory used and reserved, g_0 and r_0.
RULES: dict[str, Callable[..., float]] = {
    "greedy": lambda b, used, reserved, g, r: (b - used) / g,
    "damped:1/2": lambda b, used, reserved, g, r: (b - used) / g / 2,
    "reservation": lambda b, used, reserved, g, r: (b - reserved) / r,
}


def test_two_lengths_by_hand() -> None:
    """Z = 6 + 3 B z, B a fair coin: (9/4) over |6 + 3z/2|^2, of mean 1 / (36 - 9/4); and so on."""
    mix = Workload.from_classes(TWO)
    assert policy_fano_factor(mix, "greedy") == Fraction(1, 15)
    assert policy_fano_factor(mix, "damped:1/2") == Fraction(9, 16) / (36 - Fraction(9, 16))
    # r_0 = 13/2; what is reserved later is 3 B, of mean 3/2 and variance 9/4
    assert policy_fano_factor(mix, "reservation") == Fraction(9, 4) / (
        Fraction(169, 4) - Fraction(9, 4)
    )


def sampled_factor(classes: Any, rule: Callable[..., float], points: int = 4096) -> float:
    """The mean of E|Z|^2 / |E Z|^2 - 1 over roots of unity, Z class by class from the rule."""
    weights = np.array([w for *_, w in classes], dtype=float)
    weights /= weights.sum()
    g = sum(p * (s + 1) for p, (s, _, _) in zip(weights, classes, strict=True))
    r = sum(p * (s + n) for p, (s, n, _) in zip(weights, classes, strict=True))
    used, reserved = -rule(0, 1, 0, g, r), -rule(0, 0, 1, g, r)
    mean, square = np.zeros(points, dtype=complex), np.zeros(points)
    for p, (s, n, _) in zip(weights, classes, strict=True):
        later = [used * (s + m + 1) + reserved * (s + n) for m in range(1, n)]
        total = np.fft.fft([1.0, *later], points)
        mean += p * total
        square += p * np.abs(total) ** 2
    return float(np.mean(square / np.abs(mean) ** 2 - 1))


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(
    "classes", [TWO, THREE, [(30, 4, 1), (2, 1, 3), (7, 3, 2), (0, 2, 2), (11, 4, 2)]]
)
def test_equals_the_mean_of_its_density(classes: Any, name: str) -> None:
    found = policy_fano_factor(Workload.from_classes(classes), name)
    assert float(found) == pytest.approx(sampled_factor(classes, RULES[name]), rel=1e-9)


@pytest.mark.parametrize("name", RULES)
def test_long_kernels_are_enclosed(name: str) -> None:
    classes = [(50 + 7 * k % 13, k, 1 + k % 5) for k in range(1, 131)]
    found = policy_fano_factor(Workload.from_classes(classes), name)
    assert isinstance(found, RealEnclosure)
    assert found.high - found.low < Fraction(1, 10**6)
    expected = sampled_factor(classes, RULES[name], 2**14)
    assert float(found.low) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", ["damped:1/2", "reservation"])
def test_a_simulation_of_whole_requests_agrees(name: str) -> None:
    """A fraction of a request is admitted by chance, which leaves the mean alone."""
    generator = np.random.default_rng(1)
    shares = np.array([w for *_, w in THREE]) / 9
    g = sum(p * (s + 1) for p, (s, _, _) in zip(shares, THREE, strict=True))
    r = sum(p * (s + n) for p, (s, n, _) in zip(shares, THREE, strict=True))
    running: list[tuple[int, int, int]] = []
    admitted = []
    for _ in range(6000):
        running = [(s, n, j + 1) for s, n, j in running if j + 1 < n]
        used = sum(s + j + 1 for s, _, j in running)
        answer = RULES[name](2000, used, sum(s + n for s, n, _ in running), g, r)
        admitted.append(max(0, int(answer + generator.random())))
        drawn = generator.choice(3, size=admitted[-1], p=shares)
        running += [(*THREE[k][:2], 0) for k in drawn.tolist()]
    series = np.array(admitted[500:])
    found = float(policy_fano_factor(Workload.from_classes(THREE), name))
    assert series.var() / series.mean() == pytest.approx(found, rel=0.1)


def test_a_rate_is_kept_exactly() -> None:
    assert policy_fano_factor(Workload.from_classes(THREE), "rate-limited:0.9") == 0
    assert policy_fano_factor(Workload.from_classes([(4, 1), (9, 1)]), "greedy") == 0


@pytest.mark.parametrize(
    ("classes", "policy", "message"),
    [
        ([(5, 3), (5, 5)], "greedy", "must have a stable linear loop .*, not 'unstable'"),
        ([(5, 2), (5, 4)], "reservation", "must have a stable linear loop .*, not 'marginal'"),
        (TWO, "rate-limited:1.1", "must have a stable linear loop .*, not 'not linear'"),
    ],
)
def test_where_there_is_no_steady_state(classes: Any, policy: str, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        policy_fano_factor(Workload.from_classes(classes), policy)


def test_means_are_refused(tmp_path: Any) -> None:
    path = tmp_path / "summary.csv"
    path.write_text("decode_length,count,input_length_sum\n1,2,9\n2,1,4\n")
    with pytest.raises(InvalidWorkload, match="must hold single requests, not means"):
        policy_fano_factor(Workload.from_file(path), "greedy")
