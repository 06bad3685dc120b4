"""The Fano factor: known rationals, the Lyapunov equation, the boundary, and real traces."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Rational, cancel, limit, oo, symbols

from stabkit import InvalidWorkload, SymbolicWorkload, Workload, fano_factor
from stabkit.model.enclosure import RealEnclosure

S, P = symbols("s p", positive=True)
# By hand, from the two and three linear equations; the rest from a second implementation.
ONE_TWO = P * (1 - P) * (S + 2) ** 2 / ((P * (S + 2) - 1) * (2 * S + 3 - P * (S + 2)))
TWO_THREE = (
    P * (1 - P) * (S + 3) ** 2 * (2 * S + 4 - P * (S + 3))
    / ((P * (S + 3) - 2) * (S + 2 - P * (S + 3)) * (3 * S + 6 - P * (S + 3)))
)  # fmt: skip
KNOWN = {
    10: Fraction(2191793, 47975),
    11: Fraction(430687, 55917),
    12: Fraction(192209, 41847),
    20: Fraction(56672963, 34445205),
}


@pytest.mark.parametrize(("lengths", "formula"), [((1, 2), ONE_TWO), ((2, 3), TWO_THREE)])
def test_two_lengths_in_symbols(lengths: tuple[int, int], formula: Any) -> None:
    first, second = lengths
    mix = SymbolicWorkload.from_classes([(S, first, P), (S, second, 1 - P)])
    assert cancel(fano_factor(mix) - formula) == 0


@pytest.mark.parametrize("s", KNOWN)
def test_three_and_five(s: int) -> None:
    assert fano_factor(Workload.from_classes([(s, 3), (s, 5)])) == KNOWN[s]


def test_long_inputs_leave_the_variance_of_the_lengths() -> None:
    half = Rational(1, 2)
    in_symbols = fano_factor(SymbolicWorkload.from_classes([(S, 3, half), (S, 5, half)]))
    assert limit(in_symbols, S, oo) == Rational(3, 4)
    for s, value in KNOWN.items():
        assert in_symbols.subs(S, s) == Rational(value.numerator, value.denominator)


def test_the_bistable_mix() -> None:
    assert fano_factor(Workload.from_classes([(0, 6, 2), (5, 1, 3)])) == Fraction(987, 16)


def test_equals_the_lyapunov_equation(
    stable_mixes: list[Workload], lyapunov_variances: Callable[[Workload], dict[str, Fraction]]
) -> None:
    for mix in stable_mixes:
        assert fano_factor(mix) == lyapunov_variances(mix)["admissions"]


def test_grows_like_the_reciprocal_distance_from_the_boundary() -> None:
    """(2, 3) at 1/2 is marginal at s = 1: (s - 1) V has a limit, by the formula."""
    factors = [
        distance * fano_factor(Workload.from_classes([(1 + distance, 2), (1 + distance, 3)]))
        for distance in (Fraction(1, 10**k) for k in (3, 6, 9))
    ]
    expected = limit((S - 1) * TWO_THREE.subs(P, Rational(1, 2)), S, 1)
    assert expected > 0
    for factor, error in zip(factors, (1e-2, 1e-5, 1e-8), strict=True):
        assert float(factor) == pytest.approx(float(expected), rel=error)


@pytest.mark.parametrize(
    ("classes", "verdict"),
    [
        ([(5, 3), (5, 5)], "unstable"),
        ([(1, 2), (1, 3)], "marginal"),
        ([(5, 3), (7, 3)], "unstable"),
    ],
)
def test_where_it_is_no_variance_it_says_so(classes: list[tuple[int, int]], verdict: str) -> None:
    with pytest.raises(InvalidWorkload, match=f"must be stable for a Fano factor, not {verdict}"):
        fano_factor(Workload.from_classes(classes))


def test_undecided_is_said() -> None:
    mix = Workload.from_classes([(10, 16_000_001, 1), (10, 1, 9), (3, 16_000_000, 1)])
    with pytest.raises(InvalidWorkload, match="not undecided: The kernel has 16000001 terms"):
        fano_factor(mix)


@pytest.mark.parametrize("length", [1, 4])
def test_one_class_has_no_chance_in_it(length: int) -> None:
    assert fano_factor(Workload.from_classes([(10, length)])) == 0
    assert fano_factor(SymbolicWorkload.from_classes([(S, length, 1)])) == 0


def test_one_step_requests_by_hand() -> None:
    """L = 1: a renewal process, V is the squared coefficient of variation of S + 1."""
    assert fano_factor(Workload.from_classes([(0, 1), (2, 1)])) == Fraction(1, 4)


def test_symbols_have_a_bound() -> None:
    with pytest.raises(InvalidWorkload, match="at most 10 steps for a Fano factor in symbols"):
        fano_factor(SymbolicWorkload.from_classes([(S, 11, P), (S, 2, 1 - P)]))


TRACES = {
    "azure2023/AzureLLMInferenceTrace_conv.csv": (3.219, 1.914),
    "azure2023/AzureLLMInferenceTrace_code.csv": (2.817, 1.072),
    "vidur/arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv": (1.471, 1.277),
}


def middle(enclosure: Any) -> float:
    assert isinstance(enclosure, RealEnclosure)
    assert enclosure.high - enclosure.low < Fraction(1, 10**7)
    return float(enclosure.low + enclosure.high) / 2


@pytest.mark.slow
@pytest.mark.parametrize("name", TRACES)
def test_real_traces_jointly_and_by_means(name: str, shared: Path) -> None:
    """References from a second implementation, to three decimals."""
    joint, merged = TRACES[name]
    mix = Workload.from_file(shared / "data" / name, merge=False)
    assert middle(fano_factor(mix)) == pytest.approx(joint, abs=5.1e-4)
    assert middle(fano_factor(mix.merged())) == pytest.approx(joint, abs=5.1e-4)
    alike = Workload.from_classes(mix.merged().classes)  # every request of a length the mean one
    assert middle(fano_factor(alike)) == pytest.approx(merged, abs=5.1e-4)


def test_the_trace_of_the_real_run_is_unstable_though_its_integral_exists(shared: Path) -> None:
    """4.042 and 3.650 are integrals over the circle and no variances: two modes are outside."""
    path = shared / "data/vllm_rtx4090/RTX4090__Llama-3.1-8B__vllm__requests.jsonl"
    mix = Workload.from_file(path, merge=False)
    for requests, expected in (
        (mix, 4.042),
        (Workload.from_classes(mix.merged().classes), 3.650),
    ):
        with pytest.raises(InvalidWorkload, match="must be stable for a Fano factor, not unstable"):
            fano_factor(requests)
        assert integral(requests) == pytest.approx(expected, abs=5.1e-4)


def integral(mix: Workload, points: int = 2**17) -> float:
    """The mean of E|X|^2 / |E X|^2 - 1 over roots of unity, from the memory of each class."""
    length = mix.longest_decode
    mean, square = np.zeros(points), np.zeros(points)
    for c in mix.classes:
        held = float(c.input_length) + np.arange(1, c.decode_length + 1)
        lags = np.correlate(held, held, "full")[c.decode_length - 1 :]
        mean[: c.decode_length] += float(c.share) * held
        square[: c.decode_length] += float(c.share) * lags
    square[-length + 1 :] += square[1:length][::-1]
    density = np.fft.fft(square).real / np.abs(np.fft.fft(mean)) ** 2 - 1
    return float(np.mean(density))
