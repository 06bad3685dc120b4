"""Certificates against exact runs, cases derived by hand, and the mixes of docs/model.md."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
from flint import ctx

from stabkit import (
    ConvergentStart,
    EvictingStart,
    UndecidedStart,
    Workload,
    certify_start,
    cycles,
    simulate,
)
from stabkit.analysis.starts.ball_run import BallRun, Unresolved
from stabkit.errors import InvalidArgument
from stabkit.model.kernel import MemoryKernel

R12 = Workload.from_classes([(0, 6, 2), (5, 1, 3)])
PAIR = Workload.from_classes([(9, 2), (9, 3)], capacity=1000)
# g = (10, 10, 6): from empty the second step neither admits nor evicts
TIED = Workload.from_classes([(9, 1, 2), (9, 2, 9), (9, 3, 11)])


def evicting(mix: Workload, steps: int, state: Any = None) -> list[int]:
    run = simulate(mix, steps, "exact", state)
    return [n for n, lost in enumerate(run.evicted) if lost]


@pytest.mark.parametrize(
    ("mix", "state"),
    [
        (PAIR, None),
        (PAIR, [[200, 0], [0, 0, 50]]),  # more than fits, and not of product form
        (PAIR, [[0, 10], [9, 8, "1/3"]]),
        (TIED, None),
        (Workload.from_classes([(20, 3), (20, 5)]), None),
        (Workload.from_classes([(5, 1), (3, 4)]), None),
    ],
)
def test_the_evicting_steps_are_those_of_an_exact_run(mix: Workload, state: Any) -> None:
    found = certify_start(mix, state)
    assert isinstance(found, ConvergentStart)
    assert list(found.evicting) == evicting(mix, found.step + 60, state)
    run = simulate(mix, found.step, "exact", state)
    star = (mix.capacity or sum_of(mix)) / sum_of(mix)
    longest = max(range(len(mix.classes)), key=lambda k: mix.classes[k].decode_length)
    cohorts = [x / mix.classes[longest].share / star for x in run.final_state[longest]]
    assert max(abs(y - 1) for y in cohorts[:-1]) <= found.distance < found.allowed


def sum_of(mix: Workload) -> Fraction:
    kernel = MemoryKernel.of(mix)
    return Fraction(kernel.total, kernel.denominator)


def test_a_tie_is_decided_exactly() -> None:
    """By hand: g_0 = g_1, so that what is admitted at first fills the memory once more."""
    assert simulate(TIED, 2, "exact").admitted[1] == 0
    found = certify_start(TIED)
    assert isinstance(found, ConvergentStart)
    assert 1 not in found.evicting


def test_what_balls_do_not_decide_is_unresolved() -> None:
    """Within 2^-64 of a full memory, and not exactly: 8 bits do not tell an eviction from none."""
    kernel = MemoryKernel.of(PAIR)
    run = BallRun(kernel, [Fraction(1), Fraction(21, 22) + Fraction(1, 2**64), Fraction(0)])
    with ctx.workprec(8):
        run.to_balls()
        with pytest.raises(Unresolved, match="step 1"):
            run.advance()


def test_at_the_equilibrium_there_is_nothing_to_prove() -> None:
    found = certify_start(PAIR, "equilibrium")
    assert isinstance(found, ConvergentStart)
    assert (found.step, found.distance, found.evicting, found.start) == (0, 0, (), "equilibrium")
    one = certify_start(Workload.from_classes([(3, 1)]))
    assert isinstance(one, ConvergentStart)
    assert (one.step, one.evicting, one.last_eviction) == (0, (), None)


def test_r12_evicts_for_ever_and_its_equilibrium_attracts() -> None:
    found = certify_start(R12)
    assert isinstance(found, EvictingStart)
    known = next(seen.cycle for seen in cycles(R12).observations if seen.start == "empty")
    assert known is not None
    assert set(found.cycle.cohorts or ()) == set(known.cohorts or (0,))
    assert list(found.evicting) == evicting(R12, found.step)
    near = [
        [c.share * (Fraction(9, 10) if j else 1) for j in range(c.decode_length)]
        for c in R12.classes
    ]
    settled = certify_start(R12, near)
    assert isinstance(settled, ConvergentStart)


def test_the_mix_that_is_not_captured_is_not_certified_convergent() -> None:
    """docs/model.md, R22: (0, 16, 1/11), (5, 1, 8/11), (0, 4, 2/11); it evicts at step 10 000."""
    mix = Workload.from_classes([(0, 16, 1), (5, 1, 8), (0, 4, 2)])
    assert simulate(mix, 10_000).evicted[-200:].any()
    assert isinstance(certify_start(mix, max_steps=20_000), UndecidedStart)


def test_an_unstable_mix_gets_the_certificate_of_its_cycle() -> None:
    """R6: the worst cycle has period l; R10: in step, every third step admits."""
    worst = certify_start(Workload.from_classes([(10, 5)]))
    assert isinstance(worst, EvictingStart)
    assert (worst.cycle.period, worst.summary.evictions_per_period) == (5, 4)
    in_step = certify_start(Workload.from_classes([(5, 3), (5, 6)]))
    assert isinstance(in_step, EvictingStart)
    assert (in_step.cycle.period, in_step.summary.evictions_per_period) == (3, 2)


def test_a_captured_start_is_undecided() -> None:
    """By hand: 20 requests in both stages are the equilibrium of s = 2, l = 2, which repels."""
    mix = Workload.from_classes([(2, 2)], capacity=140)
    found = certify_start(mix, [[20, 20]], max_steps=2_000)
    assert isinstance(found, UndecidedStart)
    assert "unstable" in found.reason


@pytest.mark.parametrize(
    ("state", "max_steps"), [("full", 10), ([[1]], 10), ([[1, -1], [1, 1, 1]], 10), (None, 0)]
)
def test_arguments_outside_their_domain(state: Any, max_steps: int) -> None:
    with pytest.raises(InvalidArgument):
        certify_start(PAIR, state, max_steps)


def test_decode_lengths_have_a_bound() -> None:
    with pytest.raises(InvalidArgument, match="10000"):
        certify_start(Workload.from_classes([(5, 10_001)]))


def test_random_states_agree_with_exact_runs() -> None:
    r = random.Random(3)
    for _ in range(10):
        state = [[Fraction(r.randint(0, 90), 7) for _ in range(n)] for n in (2, 3)]
        found = certify_start(PAIR, state)
        assert isinstance(found, ConvergentStart)
        assert list(found.evicting) == evicting(PAIR, found.step + 40, state)


@pytest.mark.slow
def test_a_thousand_decode_steps() -> None:
    """Against a run in floats, of which evictions below a rounding of a* = 5 are none."""
    mix = Workload.named("azure-conv-2023")
    found = certify_start(mix)
    assert isinstance(found, ConvergentStart)
    run = simulate(mix, found.step + 2_000)
    assert list(found.evicting) == [n for n, lost in enumerate(run.evicted) if lost > 1e-9]
