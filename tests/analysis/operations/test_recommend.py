"""Recommendations: every prediction is checked anew by another engine, on many mixes."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpz_poly

from stabkit.analysis.operations.predictions import Prediction, holds
from stabkit.analysis.operations.recommend import Recommendation, recommend
from stabkit.dynamics.policies import Damped, Greedy, Policy, RateLimited
from stabkit.dynamics.simulator import simulate
from stabkit.model.kernel import MemoryKernel
from stabkit.model.workload import Workload
from stabkit.publish.text.recommend import recommendations_record, recommendations_text

pytestmark = pytest.mark.slow


def random_mix(seed: int) -> Workload:
    rng = random.Random(seed)
    stretch = rng.choice([1, 1, 1, 2, 3])
    lengths = rng.sample(range(1, 9), rng.randint(1, 3))
    return Workload.from_classes(
        [(rng.randint(0, 25), stretch * n, rng.randint(1, 5)) for n in lengths],
        rng.choice([None, 10_000]),
    )


def verdict(mix: Workload, policy: Policy) -> str:
    """By FLINT's isolation of all complex roots of the closed loop's polynomial."""
    kernel = MemoryKernel.of(mix).coefficients
    gain = policy.gain if isinstance(policy, Damped) else Fraction(1)
    assert isinstance(policy, (Damped, Greedy))
    scaled = [Fraction(kernel[0]), *(gain * g for g in kernel[1:])]
    common = np.lcm.reduce([g.denominator for g in scaled])
    polynomial = fmpz_poly([int(g * int(common)) for g in scaled[::-1]])
    moduli = [abs(complex(root)) for root, _ in polynomial.complex_roots()]
    if any(m > 1 + 1e-12 for m in moduli):
        return "unstable"
    return "marginal" if any(m > 1 - 1e-12 for m in moduli) else "stable"


def tokens(mix: Workload, policy: Policy, steps: int = 2500) -> float:
    """Completed tokens per step, by the simulator that keeps every class apart."""
    run = simulate(mix, 2 * steps, policy=policy)
    lengths = np.array([c.decode_length for c in mix.classes])
    window = np.sin(np.pi * (np.arange(steps) + 0.5) / steps) ** 2
    return float(window @ (run.completed_by_class[-steps:] @ lengths) / window.sum())


def assert_true(prediction: Prediction) -> None:
    if prediction.quantity == "verdict":
        found = verdict(prediction.mix, prediction.policy)
        assert (found == prediction.value) is (prediction.relation == "is")
        return
    assert isinstance(prediction.value, float)
    if prediction.quantity == "throughput":
        measured = tokens(prediction.mix, prediction.policy) / float(prediction.scale)
        if prediction.relation == "at least":
            assert measured >= prediction.value - 2e-3
        else:
            assert measured == pytest.approx(prediction.value, abs=2e-3)
    elif prediction.quantity == "evictions":
        run = simulate(prediction.mix, 5000, policy=prediction.policy)
        late = float(run.evicted[-2500:].mean()) / float(prediction.scale)
        assert late == pytest.approx(prediction.value, abs=1e-9 if prediction.value == 0 else 2e-3)
    else:
        full = simulate(
            prediction.mix,
            100 * prediction.mix.longest_decode,
            policy=prediction.policy,
            record_states=True,
        )
        assert full.states is not None
        run = simulate(prediction.mix, 4000, state=full.states[-1])
        lengths = np.array([c.decode_length for c in prediction.mix.classes])
        late = float((run.completed_by_class[-1000:] @ lengths).mean())
        assert late / float(prediction.scale) >= prediction.value - 1e-3


@pytest.mark.parametrize(
    "seed", [*range(40), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(40, 100))]
)
def test_every_claim_holds_by_another_path(seed: int) -> None:
    found = recommend(random_mix(seed))
    for proposal in found.proposals:
        assert proposal.predictions
        for prediction in proposal.predictions:
            assert_true(prediction)


def kinds(found: Recommendation) -> dict[str, float]:
    return {p.kind: p.throughput for p in found.proposals}


def test_one_class_by_hand() -> None:
    """s = 10, l = 5: worst cycle 13/15; watermark 4/15; B / (5 * 15) = 26/3 reserved a step."""
    found = recommend(Workload.from_classes([(10, 5)], 650))
    assert found.verdict == "unstable"
    assert found.now.throughput_ratio == pytest.approx(13 / 15)
    assert kinds(found)["rate limit"] == pytest.approx(1)
    assert kinds(found)["watermark"] == pytest.approx(13 / 15, abs=1e-6)
    assert kinds(found)["reservation"] == pytest.approx(13 / 15, abs=1e-4)
    values = {p.kind: p.value for p in found.proposals}
    assert values["rate limit"] == 10
    assert values["watermark"] == Fraction(4, 15)


def test_a_proposal_and_its_predictions_tell_the_parameters() -> None:
    found = recommendations_record(recommend(Workload.from_classes([(10, 5)], capacity=650)))
    rate, *_ = found["proposals"]
    assert rate["parameters"] == {"rate_over_equilibrium": "1"}
    told = [one["parameters"]["rate_over_equilibrium"] for one in rate["predictions"]]
    assert told == ["1", "1", "4/5", "9/10", "19/20", "21/20", "11/10", "6/5"]


def test_the_smallest_prompt_that_helps() -> None:
    """R8: (3, 5) with equal shares is stable from 9.823 on: five tokens more than 5."""
    found = recommend(Workload.from_classes([(5, 3), (5, 5)]))
    values = {p.kind: p.value for p in found.proposals}
    assert values["prompt"] == 5


def test_a_stable_mix_that_settles_needs_nothing() -> None:
    found = recommend(Workload.from_classes([(10, 3), (10, 5)]))
    assert not found.needed
    assert found.proposals == ()


def test_a_bistable_mix_is_started_under_a_limit() -> None:
    found = recommend(Workload.from_classes([(0, 6, 2), (5, 1, 3)]))
    assert found.verdict == "stable"
    assert found.now.throughput_ratio == pytest.approx(0.9935, abs=1e-3)
    assert "start-up" in kinds(found)


def test_no_rate_limit_where_greedy_completes_more() -> None:
    """docs/model.md, Class mix: s = 1, l = (1, 6), p = (4/5, 1/5) completes 1.0057 of tokens."""
    found = recommend(Workload.from_classes([(1, 1, 4), (1, 6, 1)]))
    assert found.now.throughput_ratio == pytest.approx(1.0057, abs=1e-3)
    assert "rate limit" not in kinds(found)
    assert found.needed == (found.verdict != "stable")
    assert found.needed
    assert any(idea.kind == "rate limit" for idea in found.rejected)


def test_pooling_with_another_workload() -> None:
    short, long = Workload.from_classes([(4, 4)], 500), Workload.from_classes([(4, 7)], 500)
    found = recommend(short, [long])
    pooled = [p for p in found.proposals if p.kind == "pooling"]
    assert len(pooled) == 1
    apart = tokens(short, Greedy()) + tokens(long, Greedy())
    together = 2 * tokens(Workload.from_classes([(4, 4), (4, 7)], 500), Greedy())
    assert pooled[0].throughput == pytest.approx(together / apart, abs=2e-3)
    assert together > apart


def test_a_false_claim_does_not_hold() -> None:
    mix = Workload.from_classes([(10, 5)])
    assert not holds(Prediction(mix, Greedy(), "verdict", "is", "stable"))
    assert holds(Prediction(mix, Greedy(), "verdict", "is not", "stable"))
    assert not holds(Prediction(mix, Greedy(), "throughput", "about", 4.0, Fraction(1)))
    assert not holds(Prediction(mix, RateLimited(1), "evictions", "about", 0.1, Fraction(1)))


@pytest.mark.parametrize("seed", range(0, 100, 10))
def test_sentences_have_the_numbers_of_the_predictions(seed: int) -> None:
    found = recommend(random_mix(seed))
    text = " ".join(recommendations_text(found).split())
    assert found.verdict in text
    for proposal in found.proposals:
        if proposal.kind in ("prompt", "spread"):
            assert f"{proposal.value} " in text
