"""The walk of free memory: R16 in closed form, the chain solved by elimination, R17's formulas."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from stabkit import Workload
from stabkit.spectrum.fluctuations.fixed_point_walk import FixedPointWalk
from stabkit.spectrum.fluctuations.lundberg import lundberg_exponent
from stabkit.spectrum.fluctuations.memory_walk import MemoryWalk
from stabkit.spectrum.fluctuations.walk import Evictions, Walk

SMALL = ((0, 1, 2), (3, 2, 1), (1, 6, 3), (5, 4, 1))  # (input, decode, weight)
SPREAD = tuple((40 + k % 7, k, 1) for k in range(1, 41))


def law(classes: tuple[tuple[int, int, int], ...]) -> list[tuple[int, int, float]]:
    total = sum(w for _, _, w in classes)
    return [(s, t, w / total) for s, t, w in classes]


def mean(classes: tuple[tuple[int, int, int], ...], function: object) -> float:
    return sum(p * function(s, t) for s, t, p in law(classes))  # type: ignore[operator]


def freed(classes: tuple[tuple[int, int, int], ...], a: float, top: int) -> np.ndarray:
    """P(Z = n): sum over N of Poisson weights times powers of the law of S + T + 1."""
    one = np.zeros(top + 1)
    for s, t, p in law(classes):
        if s + t + 1 <= top:
            one[s + t + 1] += p
    power, found = np.eye(1, top + 1)[0], np.zeros(top + 1)
    for n in range(80):
        found += math.exp(n * math.log(a) - a - math.lgamma(n + 1)) * power
        power = np.convolve(power, one)[: top + 1]
    return found


def at_capacity(classes: tuple[tuple[int, int, int], ...], room: float) -> tuple[float, float]:
    """Return a and x = a mu of the walk."""
    slack = mean(classes, lambda s, t: s * (s + 1)) / (2 * mean(classes, lambda s, t: s + 1))
    time = mean(classes, lambda s, t: t * (s + 1) + t * (t - 1) / 2)
    a = (room - slack) / time
    return a, a * mean(classes, lambda s, t: t)


def shortfall(z: np.ndarray, level: float) -> float:
    return sum((level - n) * p for n, p in enumerate(z) if n < level)


@pytest.mark.parametrize("classes", [SMALL, SPREAD])
@pytest.mark.parametrize("scale", [0.3, 2.0, 7.0])
def test_without_a_watermark_it_is_the_formula_of_r16(
    classes: tuple[tuple[int, int, int], ...], scale: float
) -> None:
    capacity = scale * mean(classes, lambda s, t: t * (s + 1) + t * (t - 1) / 2)
    a, x = at_capacity(classes, capacity)
    z = freed(classes, a, math.ceil(x) + 1)
    per_step = shortfall(z, x) / mean(classes, lambda s, t: s + 1)
    held = mean(classes, lambda s, t: shortfall(z, x) - shortfall(z, x - s - 1))
    probability = held / mean(classes, lambda s, t: s + 1)
    found = MemoryWalk(Workload.from_classes(classes)).evictions(capacity)
    # E min(S + 1, (x - Z)^+) is linear between whole x, so that a mixture of two x changes nothing
    assert found.per_step == pytest.approx(per_step, rel=1e-9)
    assert found.probability == pytest.approx(probability, rel=1e-9)


def by_elimination(
    classes: tuple[tuple[int, int, int], ...], capacity: float, watermark: int
) -> Evictions:
    """Solve the chain on 0, ..., w - 1, a refill and an eviction as a linear system."""
    a, x = at_capacity(classes, capacity - watermark)
    low = math.floor(x)
    z = freed(classes, a, watermark + low + 10)
    weight = mean(classes, lambda s, t: s + 1)
    slack = [mean(classes, lambda s, t, r=r: s >= r) / weight for r in range(200)]

    @cache
    def number(missing: int) -> float:
        """E of the requests that it takes to free `missing` tokens: one, and then the rest."""
        if missing <= 0:
            return 0.0
        return 1 + mean(classes, lambda s, t: number(missing - s - 1))

    refill, evict, size = watermark, watermark + 1, watermark + 2
    moves, requests = np.zeros((size, size)), np.zeros(size)

    def add(state: int, free: int, share: float) -> None:
        for running, chance in ((low, low + 1 - x), (low + 1, x - low)):
            for n, p in enumerate(z):
                after = free - running + n
                if after < 0:
                    moves[state, evict] += share * chance * p
                    requests[state] += share * chance * p * number(-after)
                elif after < watermark:
                    moves[state, after] += share * chance * p

    for free in range(watermark):
        add(free, free, 1.0)
    for r, p in enumerate(slack):
        add(refill, watermark + r, p)
        if r < watermark:
            add(evict, r, p)
        else:
            add(evict, r, p)
    moves[:, refill] += 1 - moves.sum(1)
    system = np.vstack((moves.T - np.eye(size), np.ones(size)))
    stationary = np.linalg.lstsq(system, np.eye(1, size + 1, size)[0], rcond=None)[0]
    return Evictions(float(stationary @ moves[:, evict]), float(stationary @ requests))


@pytest.mark.parametrize("classes", [SMALL, SPREAD[:12]])
@pytest.mark.parametrize("watermark", [0, 1, 3, 8, 20])
@pytest.mark.parametrize("scale", [0.5, 1.6])
def test_with_a_watermark_it_is_the_chain_solved_exactly(
    classes: tuple[tuple[int, int, int], ...], watermark: int, scale: float
) -> None:
    capacity = watermark + scale * mean(classes, lambda s, t: t * (s + 1) + t * (t - 1) / 2)
    exact = by_elimination(classes, capacity, watermark)
    found = MemoryWalk(Workload.from_classes(classes)).evictions(capacity, watermark)
    assert found.per_step == pytest.approx(exact.per_step, rel=1e-6, abs=1e-12)
    assert found.probability == pytest.approx(exact.probability, rel=1e-6, abs=1e-12)


# Where nothing waits, or the rate pauses while the law still moves.
PAUSES = (
    (((1, 63, 3),), 1768, 50),
    (((0, 65, 5), (0, 123, 3), (0, 69, 4)), 2328, 50),
    (((7, 40, 1),), 446.86, 100),
)


@pytest.mark.parametrize("walk", [MemoryWalk, FixedPointWalk])
@pytest.mark.parametrize(("classes", "capacity", "watermark"), PAUSES)
def test_it_does_not_end_where_the_rate_pauses(
    walk: type[Walk],
    classes: tuple[tuple[int, int, int], ...],
    capacity: float,
    watermark: int,
) -> None:
    exact = by_elimination(classes, capacity, watermark)
    found = walk(Workload.from_classes(classes)).evictions(capacity, watermark)
    assert found.per_step == pytest.approx(exact.per_step, rel=1e-6)


@pytest.fixture(scope="module")
def conversation() -> MemoryWalk:
    return MemoryWalk(Workload.named("azure-conv-2023").unmerged())


def test_watermarks_of_five_admissions_per_step(conversation: MemoryWalk) -> None:
    """R17's factors .67, .41, .20 at 1, 2, 3 mean outputs, which two simulators measured."""
    capacity = 5 * conversation.memory_time
    rates = [
        conversation.evictions(capacity, round(k * conversation.mean_output)).per_step
        for k in range(4)
    ]
    assert [rate / rates[0] for rate in rates[1:]] == pytest.approx([0.67, 0.41, 0.20], abs=0.015)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_large_servers_have_the_first_formula_of_r17(
    conversation: MemoryWalk, share: float
) -> None:
    """E(x - w - Z)^+ / E(S + 1) within 10 % for a* = 5 up to w = .5 x; at .7 x it is 15 % less."""
    mix, a = conversation.mix, 5.0
    capacity = a * conversation.memory_time
    x = conversation.admissions(capacity) * conversation.mean_output
    watermark = round(share * x)
    classes = tuple((int(c.input_length), c.decode_length, 0) for c in mix.classes)
    shares = [float(c.share) for c in mix.classes]
    sizes = np.zeros(math.ceil(x) + 1)
    for (s, t, _), p in zip(classes, shares, strict=True):
        if s + t + 1 < len(sizes):
            sizes[s + t + 1] += p
    # the transform on four times the length, at radius e^(-40 / n): wrapped terms are below 1e-17
    n = 4 * len(sizes)
    damped = np.zeros(n)
    damped[: len(sizes)] = sizes * np.exp(-40 / n * np.arange(len(sizes)))
    rate = conversation.admissions(capacity)
    z = np.fft.irfft(np.exp(rate * (np.fft.rfft(damped) - 1)), n)[: len(sizes)]
    z *= np.exp(40 / n * np.arange(len(sizes)))
    held = sum(p * (s + 1) for (s, _, _), p in zip(classes, shares, strict=True))
    formula = shortfall(z, x - watermark) / held
    found = conversation.evictions(capacity, watermark).per_step
    assert found == pytest.approx(formula, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("a", [0.15, 0.3])
@pytest.mark.parametrize("outputs", [1, 2, 4, 6])
def test_small_servers_have_lundbergs_law(conversation: MemoryWalk, a: float, outputs: int) -> None:
    """R17's second formula within 10 %, and e^(-R w) from one watermark to the next within 5 %."""
    mix, mu = conversation.mix, conversation.mean_output
    root = lundberg_exponent(mix)
    assert root is not None
    r = float(root.low)
    capacity = a * conversation.memory_time
    watermark = round(outputs * mu)
    inputs = float(sum((c.share * c.input_length for c in mix.classes), Fraction(0)))
    tilted = sum(
        float(c.share) * (w := float(c.input_length + c.decode_length)) * math.exp(-r * w)
        for c in mix.classes
    )
    y = r * a * mu
    formula = a * mu / inputs * (1 - tilted / mu) * (y / math.expm1(y)) ** 2
    found, further = (
        conversation.evictions(capacity, watermark + more).per_step for more in (0, round(mu))
    )
    assert found == pytest.approx(formula * math.exp(-r * watermark), rel=0.1)
    assert further / found == pytest.approx(math.exp(-r * round(mu)), rel=0.05)
