"""The sums that an exact run keeps up to date, against their definitions in every step."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from stabkit.dynamics.accounts import ExactAccount, FloatAccount
from stabkit.dynamics.policies import policy_named
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.dynamics.simulator import simulate
from stabkit.model.kernel import MemoryKernel
from stabkit.model.workload import Workload

MIX = Workload.from_classes([(3, 2, 1), ("5/2", 5, 2), (0, 5, 4), (1, 9, 3)], capacity="1000/7")


def by_definition(stage: int) -> tuple[Fraction, Fraction, Fraction]:
    """g_j, S_j and r_j: docs/model.md, Kernel."""
    alive = [c for c in MIX.classes if c.decode_length > stage]
    return (
        sum((c.share * (c.input_length + stage + 1) for c in alive), Fraction(0)),
        sum((c.share for c in alive), Fraction(0)),
        sum((c.share * (c.input_length + c.decode_length) for c in alive), Fraction(0)),
    )


@pytest.mark.parametrize("stage", range(9))
def test_weights_of_a_stage(stage: int) -> None:
    kernel = MemoryKernel.of(MIX)
    assert ExactAccount(kernel).weights(stage) == by_definition(stage)
    assert FloatAccount(kernel).weights(stage) == pytest.approx(
        tuple(map(float, by_definition(stage)))
    )


@pytest.mark.parametrize("policy", ["greedy", "reservation", "headroom:1/10", "damped:1/2"])
@pytest.mark.parametrize("started", [False, True])
def test_sums_are_those_of_the_state_in_every_step(policy: str, started: bool) -> None:
    rng = random.Random(8)
    cohorts = [Fraction(rng.randint(0, 3), rng.randint(1, 4)) for _ in range(9)]
    run = ProductFormRun(MIX, cohorts if started else None, True, policy_named(policy, MIX))
    evictions = 0
    for _ in range(40):
        block = run.advance(1)
        evictions += block.evicted[0] > 0
        weighted = [[w * y for w in by_definition(j)] for j, y in enumerate(run.cohorts())]
        memory, requests, lifetimes = (sum(column) for column in zip(*weighted, strict=True))
        assert block.memory[0] == memory
        assert requests == sum(sum(row) for row in run.state())
        assert run._reserved() == lifetimes
    assert policy not in ("greedy", "headroom:1/10") or evictions > 5


def test_a_million_stages_exactly() -> None:
    """By hand: s = 5, l = 10^6 from empty, B = G(1): B / 6 requests, then they grow and shrink."""
    run = simulate(Workload.from_classes([(5, 10**6)]), 3, "exact")
    capacity = Fraction(10**6 * (2 * 5 + 10**6 + 1), 2)
    assert run.admitted[0] == capacity / 6
    # the survivors of a step need one token more each: evicted until they fit, all in one cohort
    assert run.evicted[1] == capacity / 6 - capacity / 7
    assert run.evicted[2] == capacity / 7 - capacity / 8
    assert set(run.memory) == {capacity}
