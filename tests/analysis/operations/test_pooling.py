"""Pooling: the published figures, brute force over arrangements, closed forms."""

from __future__ import annotations

from itertools import product

import pytest

from stabkit.analysis.operations.pooling import GOALS, pool
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

FOUR = [(4, 8), (4, 16), (3, 5), (3, 15)]
STEP = 5.1  # units of time, in the published experiment


def test_the_published_experiment() -> None:
    """Oracle: the authors' code. Two replicas of 500 tokens, 1000 steps from empty."""
    found = pool(FOUR, 2, 500, "requests", steps=1000, partition=[[0, 1], [2, 3]])
    assert found.given is not None
    first, second = found.given.blocks
    assert first.requests * 1000 == pytest.approx(2839.876, abs=5e-4)
    assert second.requests * 1000 == pytest.approx(4319.661, abs=5e-4)
    assert found.given.requests / STEP == pytest.approx(1.40383088, abs=5e-9)
    assert found.pooled.blocks[0].requests * 1000 == pytest.approx(3854.684, abs=5e-4)
    assert found.pooled.requests / STEP == pytest.approx(1.51164097, abs=5e-9)
    assert found.pooled.requests / found.given.requests - 1 == pytest.approx(0.0768, abs=5e-5)
    block = found.pooled.blocks[0]
    assert block.verdict == "unstable"
    assert block.spectral_radius is not None
    assert float(block.spectral_radius.low) == pytest.approx(1.0733, abs=5e-5)
    assert block.loss == pytest.approx(0.108, abs=5e-4)


def completions(classes: list[tuple[int, int, int]], steps: int) -> list[float]:
    run = simulate(Workload.from_classes(classes, 300), steps)
    return [float(c) / steps for c in run.completed_by_class.sum(axis=0)]


@pytest.mark.parametrize("objective", ["demand", "requests", "tokens"])
@pytest.mark.parametrize("replicas", [1, 2, 3, 4])
def test_the_best_partition_by_brute_force(objective: str, replicas: int) -> None:
    """All assignments of classes to labelled blocks, and all ways to deal out the replicas."""
    classes = [(6, 4, 1), (2, 7, 2), (9, 3, 3)]
    best = 0.0
    for labels in product(range(3), repeat=3):
        blocks = [[k for k in range(3) if labels[k] == b] for b in sorted(set(labels))]
        for counts in product(range(1, replicas + 1), repeat=len(blocks)):
            if sum(counts) != replicas:
                continue
            total = [0.0, 0.0, 0.0]
            for block, n in zip(blocks, counts, strict=True):
                done = completions([classes[k] for k in block], 400)
                for k, c in zip(block, done, strict=True):
                    total[k] += n * c
            value = {
                "demand": min(6 * c / classes[k][2] for k, c in enumerate(total)),
                "requests": sum(total),
                "tokens": sum(c * classes[k][1] for k, c in enumerate(total)),
            }[objective]
            best = max(best, value)
    found = pool(classes, replicas, 300, objective, steps=400)  # type: ignore[arg-type]
    assert found.best.value(objective) == pytest.approx(best)  # type: ignore[arg-type]
    assert found.exact


def test_dealing_out_replicas_by_brute_force() -> None:
    for values in product([0.5, 1.0, 2.5], repeat=3):
        for replicas in range(3, 8):
            ways = [c for c in product(range(1, 8), repeat=3) if sum(c) == replicas]
            worst = max(min(n * v for n, v in zip(c, values, strict=True)) for c in ways)
            total = max(sum(n * v for n, v in zip(c, values, strict=True)) for c in ways)
            dealt = GOALS["demand"].dealt(values, replicas)
            assert sum(dealt) == replicas
            assert min(n * v for n, v in zip(dealt, values, strict=True)) == worst
            dealt = GOALS["tokens"].dealt(values, replicas)
            assert sum(n * v for n, v in zip(dealt, values, strict=True)) == pytest.approx(total)


def test_one_class_is_the_worst_cycle_whatever_the_fleet() -> None:
    found = pool([(10, 5)], 3, 650)
    assert found.pooled == found.best
    assert found.pooled.requests == pytest.approx(3 * 10 * 13 / 15)
    assert found.pooled.blocks[0].loss == pytest.approx(2 / 15)


def test_pooling_two_unstable_classes_makes_them_stable() -> None:
    found = pool([(10, 3), (10, 5)], 2, 5050)
    assert found.dedicated is not None
    assert [b.verdict for b in found.dedicated.blocks] == ["unstable", "unstable"]
    assert [b.verdict for b in found.pooled.blocks] == ["stable"]
    assert found.pooled.demand == pytest.approx(200, rel=1e-6)
    assert found.pooled.demand > found.dedicated.demand


def test_many_classes_are_split_between_neighbours() -> None:
    found = pool([(5, n) for n in range(2, 11)], 2, 2000, steps=60)
    assert not found.exact
    assert "neighbours" in found.method
    assert found.dedicated is None
    assert found.best.demand >= found.pooled.demand


def test_a_policy_for_all_replicas() -> None:
    found = pool([(10, 5)], 2, 650, policy="rate-limited")
    assert found.pooled.requests == pytest.approx(20)
    assert found.pooled.blocks[0].verdict is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"replicas": 0}, "'replicas' must be an integer from 1 to 10000, not 0"),
        ({"objective": "fame"}, "'objective' must be 'demand', 'requests' or 'tokens'"),
        ({"steps": 0}, "'steps' must be an integer from 1"),
        ({"partition": [[0]]}, "'partition' must hold each class once, from 0 to 1, in at most "),
        ({"partition": [[0, 1], [1]]}, "once, from 0 to 1, in at most 2 blocks, not"),
        ({"partition": [[0], [1]], "replicas": 1}, "in at most 1 block, not"),
        ({"classes": [(5, n) for n in range(1, 26)]}, "'mix' must have at most 24 classes"),
    ],
)
def test_what_is_refused(arguments: dict[str, object], message: str) -> None:
    given = {"classes": [(10, 3), (10, 5)], "replicas": 2, **arguments}
    with pytest.raises(InvalidArgument, match=message):
        pool(**given)  # type: ignore[arg-type]
