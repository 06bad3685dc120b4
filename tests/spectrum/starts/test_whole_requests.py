"""The soft start of whole requests: the sum (1) written out, and starts of the simulator."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist
from typing import Any, ClassVar

import pytest

from stabkit import Scheduler, Workload, fano_factor, simulate_requests, soft_start
from stabkit.dynamics.requests.model import _Server

PAIR = [(2, 2), (2, 3)]  # G(1) = 19/2


class _Slow(_Server):
    """The model's server, whose rate ends with the slow start."""

    slow = 0

    def step(self, queue: Any, now: float) -> Any:
        self._rated = self._row + 1 < self.slow
        return super().step(queue, now)


@dataclass(frozen=True, kw_only=True)
class SlowStart(Scheduler):
    """A user's own scheduler: `rate` for so many steps, then what fits."""

    slow: int = 0
    name: ClassVar[str] = "slow-start"

    def server(self, source: Any) -> _Server:
        server = _Slow(self, source)
        server.slow = self.slow
        return server


def evicting_starts(mix: Workload, delta: float, starts: int) -> float:
    """The share of the starts that evict in the slow steps or in the L after them."""
    found = soft_start(mix)
    assert found.equilibrium is not None
    rate = Fraction((1 - delta) * float(found.equilibrium)).limit_denominator(10**6)
    rules = SlowStart(capacity=mix.capacity, rate=rate, slow=found.steps)
    evicting = 0
    for seed in range(starts):
        steps = found.steps + mix.longest_decode
        run = simulate_requests(mix, scheduler=rules, steps=steps, seed=seed, table=False)
        evicting += bool(run.series.evicted.any())
    return evicting / starts


def test_the_sum_is_five_per_cent() -> None:
    """b = 19/2 (1/3, -1/9, ...) by long division of 1 by (1 - z) (3 + 4 z + 5/2 z^2)."""
    mix = Workload.from_classes(PAIR, 950)
    found = soft_start(mix)
    assert found.whole is not None
    b = [Fraction(19, 2) * x for x in (Fraction(1, 3), Fraction(-1, 9), Fraction(11, 54))]
    scale = math.sqrt(100 / float(fano_factor(mix)))
    at = sum(NormalDist().cdf(-scale * (1 - found.whole * (1 - float(x)))) for x in b)
    assert math.isclose(at, 0.05, rel_tol=1e-6)
    assert found.delta is not None
    assert found.whole < found.delta.low


def test_where_there_is_none() -> None:
    assert soft_start(Workload.from_classes(PAIR)).whole is None
    assert soft_start(Workload.from_classes(PAIR, 100)).whole is None
    assert soft_start(Workload.from_classes([(5, 3), (5, 5)], 1000)).whole is None
    assert soft_start(Workload.from_classes([(Fraction(1, 2), 2), (2, 3)], 10_000)).whole is None


def test_a_large_server_is_the_fluid() -> None:
    found = soft_start(Workload.from_classes([(20, 3), (20, 5)], 10**7))
    assert found.delta is not None
    assert found.whole == float(found.delta.low)
    alike = soft_start(Workload.from_classes([(3, 1)], 1000))
    assert alike.whole == 1


def test_a_few_starts() -> None:
    mix = Workload.from_classes(PAIR, 950)
    whole = soft_start(mix).whole
    assert whole is not None
    assert evicting_starts(mix, whole, 40) <= 0.075
    assert evicting_starts(mix, 18 / 37, 40) > 0.25


@pytest.mark.slow
@pytest.mark.parametrize(
    ("classes", "total", "admissions"),
    [(PAIR, Fraction(19, 2), 200), ([(20, 3), (20, 5)], Fraction(185, 2), 20)],
    ids=["2:2 2:3", "20:3 20:5"],
)
def test_starts_of_the_simulator(classes: Any, total: Fraction, admissions: int) -> None:
    mix = Workload.from_classes(classes, int(total * admissions))
    whole = soft_start(mix).whole
    assert whole is not None
    assert evicting_starts(mix, whole, 150) <= 0.05
