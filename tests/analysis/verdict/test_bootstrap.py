"""The bootstrap against slow resampling in rationals, exact binomial laws, and its own promises.

The oracles share nothing with the fast path but numpy's draws: a resample is built as a Workload of
Fractions and goes through the exact counts and the mpmath roots; where only one number of a
resample matters, its law is summed from binomial coefficients.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stabkit
from stabkit import Analysis, InvalidArgument, Workload, analyze, bootstrap
from stabkit.analysis.verdict import bootstrap as module

# (input, decode) pairs in ascending order with how often they occur: near the border of stability
PAIRS = {(3, 2): 4, (9, 2): 3, (0, 3): 5, (7, 5): 6, (8, 5): 1, (30, 5): 2, (2, 11): 2, (6, 12): 1}


def sample_of(pairs: dict[tuple[int, int], int]) -> Workload:
    classes = [(*pair, count) for pair, count in pairs.items()]
    return Workload.from_classes(classes, name="sample", request_count=sum(pairs.values()))


def slow_resamples(sample: Workload, resamples: int, seed: int) -> list[Workload]:
    assert sample.request_count is not None
    rng = np.random.default_rng(seed)
    shares = [float(c.share) for c in sample.classes]
    drawn = [rng.multinomial(sample.request_count, shares) for _ in range(resamples)]
    return [
        Workload.from_classes(
            (c.input_length, c.decode_length, int(count))
            for c, count in zip(sample.classes, counts, strict=True)
            if count
        )
        for counts in drawn
    ]


@pytest.mark.parametrize("merge", [False, True])
def test_resamples_in_rationals(merge: bool) -> None:
    sample = sample_of(PAIRS).merged() if merge else sample_of(PAIRS)
    mixes = slow_resamples(sample, 60, seed=11)
    b = bootstrap(sample, resamples=60, seed=11, level=0.9)
    verdicts = Counter(stabkit.unit_circle_counts(mix, "schur-cohn").verdict for mix in mixes)
    assert len(verdicts) > 1
    assert {name: getattr(b.verdicts, name) for name in verdicts} == verdicts
    own = stabkit.unit_circle_counts(sample, "flint").verdict
    assert (b.verdict, b.agreement) == (own, verdicts[own] / 60)
    radii = sorted(float(abs(stabkit.roots(mix, 20, "mpmath")[0].value)) for mix in mixes)
    # the 5 % quantile of 60 values by linear interpolation: position 0.05 * 59 = 2.95
    expected = (
        radii[2] + 0.95 * (radii[3] - radii[2]),
        radii[56] + 0.05 * (radii[57] - radii[56]),
    )
    assert b.spectral_radius == pytest.approx(expected, rel=1e-12)
    assert b.resampled == ("decode lengths" if merge else "requests")
    assert b.unresolved == 0


def binomial(n: int, p: float) -> list[float]:
    return [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


def test_the_law_of_the_verdict_is_binomial_in_the_hand_case() -> None:
    """docs/model.md, Boundaries: (2, 3) at s = 100 is stable iff 2/103 < p < 102/103.

    Here p, the share of length 2, is never near 2/103. With n = 206 requests, 3 of them of length
    3, a resample has a binomial number of these: 2 is exactly the border, more are stable.
    """
    n, resamples = 206, 2000
    sample = Workload.from_classes([(100, 2, n - 3), (100, 3, 3)], request_count=n)
    b = bootstrap(sample, resamples=resamples, seed=3)
    law = binomial(n, 3 / n)
    expected = {"unstable": sum(law[:2]), "marginal": law[2], "stable": sum(law[3:])}
    for name, p in expected.items():
        error = math.sqrt(p * (1 - p) / resamples)
        assert abs(getattr(b.verdicts, name) / resamples - p) < 4 * error
    assert b.verdict == "stable"
    assert b.agreement == b.verdicts.stable / resamples


def two_lengths(n: int, of_length_3: int) -> Workload:
    return Workload.from_classes(
        [(100, 2, n - of_length_3), (100, 3, of_length_3)], request_count=n
    )


def radius_of_two_lengths(p: float) -> float:
    """The larger root of 101 x^2 - 102 x + 103 p, p the share of length 3, real for p < 1/4."""
    return (102 + math.sqrt(102**2 - 4 * 101 * 103 * p)) / (2 * 101)


def test_the_interval_is_made_of_binomial_quantiles() -> None:
    n, own = 400, 40
    b = bootstrap(two_lengths(n, own), resamples=1000, seed=5)
    assert b.spectral_radius is not None
    law = np.cumsum(binomial(n, own / n))
    # the radius falls with p; a quantile of 1000 draws is within 0.012 of its level (2.4 errors)
    for found, level in zip(b.spectral_radius, (0.975, 0.025), strict=True):
        most, least = (int(np.searchsorted(law, level + slack)) / n for slack in (0.012, -0.012))
        assert radius_of_two_lengths(most) - 1e-12 <= found <= radius_of_two_lengths(least) + 1e-12


def test_coverage_of_a_known_law() -> None:
    """Of 40 samples, the nominal 90 % intervals hold the true radius in 31 to 40: p > 0.99."""
    n, p = 300, 0.1
    truth, rng = radius_of_two_lengths(p), np.random.default_rng(8)
    hits = 0
    for _ in range(40):
        sample = two_lengths(n, int(rng.binomial(n, p)))
        interval = bootstrap(sample, resamples=80, level=0.9).spectral_radius
        assert interval is not None
        hits += interval[0] <= truth <= interval[1]
    assert 31 <= hits <= 40


def test_resampling_decode_lengths_alone_leaves_out_the_scatter_of_the_inputs() -> None:
    pairs = sample_of({(0, 3): 10, (100, 3): 10})
    merged = bootstrap(pairs.merged(), resamples=20).spectral_radius
    assert merged is not None
    assert merged[0] == merged[1]
    whole = bootstrap(pairs, resamples=20).spectral_radius
    assert whole is not None
    assert whole[0] < merged[0] < whole[1]


def test_trace_files_and_packaged_traces(shared: Path) -> None:
    """The packaged summary and the trace itself: the same lengths, with and without the inputs."""
    path = shared / "data" / "vllm_rtx4090" / "RTX4090__Llama-3.1-8B__vllm__requests.jsonl"
    lengths = bootstrap(Workload.named("vllm-rtx4090"), resamples=40)
    requests = bootstrap(Workload.from_file(path, merge=False), resamples=40)
    assert (lengths.request_count, requests.request_count) == (300, 300)
    assert (lengths.resampled, requests.resampled) == ("decode lengths", "requests")
    for b in (lengths, requests):
        assert (b.verdict, b.agreement) == ("unstable", b.verdicts.unstable / 40)
        assert b.spectral_radius is not None
        # docs/model.md, Real run: |lambda| = 1.00012
        assert 1 < b.spectral_radius[0] < 1.00012 < b.spectral_radius[1] < 1.0004


def test_the_quick_search_and_the_slow_one_agree(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trace = Workload.named("vllm-rtx4090")
    fast = bootstrap(trace, resamples=20)
    monkeypatch.setattr(module, "radius_near", lambda kernel, zeros: None)
    slow = bootstrap(trace, resamples=20)
    assert slow.spectral_radius == pytest.approx(fast.spectral_radius, rel=1e-12)
    assert replace(slow, spectral_radius=None) == replace(fast, spectral_radius=None)


def test_numbers_beyond_64_bits_are_exact() -> None:
    classes = [(10**12, 2, 10**9), (Fraction(1, 3), 3, 1)]
    sample = Workload.from_classes(classes, request_count=(10**9 + 1) * 10**5)
    (mix,) = slow_resamples(sample, 1, seed=0)
    radius = float(abs(stabkit.roots(mix, 20, "mpmath")[0].value))
    found = bootstrap(sample, resamples=1).spectral_radius
    assert found == pytest.approx((radius, radius), rel=1e-15)


def test_undecided_stays_undecided_and_unresolved_is_counted() -> None:
    classes = [(7, 10**9, 1), (7, 10**9 - 1, 1)]
    b = bootstrap(Workload.from_classes(classes, request_count=100), resamples=5)
    assert (b.verdict, b.agreement) == ("undecided", None)
    assert (b.verdicts.undecided, b.unresolved, b.spectral_radius) == (5, 5, None)
    # R5 proves the verdict, but of the spectral radius only an annulus: no figure to report
    b = bootstrap(Workload.from_classes([(7, 10**9)], request_count=100), resamples=5)
    assert (b.verdicts.unstable, b.agreement) == (5, 1)
    assert (b.unresolved, b.spectral_radius) == (5, None)


def test_requests_of_one_step_have_no_mode() -> None:
    trivial = bootstrap(Workload.from_classes([(5, 1)], request_count=9), resamples=5)
    assert (trivial.verdicts.stable, trivial.spectral_radius) == (5, None)
    # all of length 1 with probability (9/10)^10 = 0.35
    mixed = Workload.from_classes([(5, 1, 9), (5, 2, 1)], request_count=10)
    b = bootstrap(mixed, resamples=100)
    assert b.spectral_radius is not None
    assert b.spectral_radius[0] == 0
    assert b.unresolved == 0


def test_seeds_and_executors() -> None:
    sample = sample_of(PAIRS)
    b = bootstrap(sample, resamples=30, seed=1)
    assert bootstrap(sample, resamples=np.int64(30), seed=np.int64(1)) == b
    assert bootstrap(sample, resamples=30, seed=2).spectral_radius != b.spectral_radius
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert bootstrap(sample, resamples=30, seed=1, map=pool.map) == b


def test_it_travels_with_the_analysis() -> None:
    sample = sample_of(PAIRS)
    plain = analyze(sample, crosscheck=False)
    assert plain.bootstrap is None
    assert plain.to_dict()["bootstrap"] is None
    assert Analysis.from_dict(plain.to_dict()) == plain
    whole = replace(plain, bootstrap=bootstrap(sample, resamples=10))
    assert Analysis.from_dict(json.loads(json.dumps(whole.to_dict()))) == whole
    assert whole.bootstrap is not None
    assert whole.bootstrap.verdict == plain.verdict


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resamples": 0}, "'resamples' must be an integer from 1 to 100000, not 0."),
        ({"resamples": 100_001}, "'resamples' must be an integer from 1 to 100000, not"),
        ({"resamples": 10.0}, "'resamples' must be an integer from 1 to 100000, not 10.0."),
        ({"resamples": True}, "'resamples' must be an integer from 1 to 100000, not True."),
        ({"seed": -1}, "'seed' must be an integer of at least 0, not -1."),
        ({"seed": None}, "'seed' must be an integer of at least 0, not None."),
        ({"level": 0}, "'level' must be a number between 0 and 1, not 0."),
        ({"level": 1.0}, "'level' must be a number between 0 and 1, not 1.0."),
        ({"level": math.nan}, "'level' must be a number between 0 and 1, not nan."),
        ({"level": "0.9"}, "'level' must be a number between 0 and 1, not '0.9'."),
    ],
    ids=repr,
)
def test_arguments_outside_their_domain(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        bootstrap(sample_of(PAIRS), **options)
    assert str(caught.value).startswith(message)


def test_only_samples_are_resampled() -> None:
    with pytest.raises(stabkit.InvalidWorkload, match=r"'mix' must be a Workload, .*, not None"):
        bootstrap(None)  # type: ignore[arg-type]
    message = r"'mix' must be a trace, or another sample of at most 10\^15 requests, not '5:3:1'"
    for count in (None, 10**15 + 1):
        with pytest.raises(InvalidArgument, match=message):
            bootstrap(Workload.from_classes([(5, 3)], request_count=count))
