"""Closed loops as claimed and as derived: against exact runs, and claims that are wrong."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stabkit import InvalidArgument, Workload, closed_loop, closed_loop_polynomial, compare_policies
from stabkit.dynamics.capacity import equilibrium_admissions, simulated_capacity
from stabkit.dynamics.growth import measure_growth
from stabkit.dynamics.policies import (
    Damped,
    Greedy,
    Headroom,
    NotLinear,
    RateLimited,
    Reservation,
)
from stabkit.dynamics.policies.linearisation import checked_loop, level_admissions
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.isolation import isolated_disc_counts


def random_mix(rng: random.Random, longest: int = 9) -> Workload:
    lengths = rng.sample(range(1, longest + 1), rng.randint(1, 3))
    entries = [(Fraction(rng.randint(0, 60), 2), n, rng.randint(1, 9)) for n in lengths]
    return Workload.from_classes(entries, rng.choice([None, rng.randint(500, 5000)]))


@dataclass(frozen=True)
class Blend:
    """Admit between what fits and what fits for life: linear in both numbers of the memory."""

    part: Fraction
    name = "blend"

    def admissions(self, memory: Any) -> Any:
        now = memory.free / memory.per_request
        life = (memory.capacity - memory.reserved) / memory.lifetime_per_request
        return max(self.part * now + (1 - self.part) * life, 0)

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        kernel = MemoryKernel.of(mix)
        alpha = self.part / kernel.at(0)
        beta = (1 - self.part) / kernel.reserved.at(0)
        return of_terms({n: (alpha * w, alpha * t + beta * (t + n * w)) for n, w, t in kernel})


@dataclass(frozen=True)
class Eager:
    """Admit more than fits into (1 - eta) B, as far as it fits into B: a gain above 1."""

    gain: Fraction
    name = "eager"

    def admissions(self, memory: Any) -> Any:
        room = memory.capacity * Fraction(1, 2) - memory.used
        return min(max(self.gain * room, 0), memory.free) / memory.per_request

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        kernel = MemoryKernel.of(mix)
        terms = {n: (self.gain * w, self.gain * t) for n, w, t in kernel}
        share, held = terms.get(1, (0, 0))
        terms[1] = (share, held + (1 - self.gain) * kernel.first)
        return of_terms(terms)


def of_terms(terms: dict[int, Any]) -> MemoryKernel:
    terms = {n: tuple(map(Fraction, terms[n])) for n in sorted(terms) if any(terms[n])}
    scale = 1
    for w, t in terms.values():
        scale *= w.denominator * t.denominator
    shares, inputs = ([int(pair[i] * scale) for pair in terms.values()] for i in (0, 1))
    return MemoryKernel(scale, tuple(terms), tuple(shares), tuple(inputs))


def some_policy(rng: random.Random, mix: Workload) -> Any:
    return rng.choice(
        [
            Greedy(),
            Damped(Fraction(rng.randint(1, 20), 20)),
            Headroom(Fraction(rng.randint(0, 9), 20)),
            RateLimited(equilibrium_admissions(mix) * Fraction(rng.randint(1, 19), 20)),
            Reservation(),
            Blend(Fraction(rng.randint(0, 8), 8)),
            Eager(Fraction(rng.randint(9, 12), 8)),
        ]
    )


@pytest.mark.parametrize("seed", range(120))
def test_exact_runs_obey_the_confirmed_recurrence(seed: int) -> None:
    """Oracle: the simulator. sum_m c_m a(n - m) is one constant, step after step, exactly."""
    rng = random.Random(seed)
    mix = random_mix(rng)
    policy = some_policy(rng, mix)
    loop = checked_loop(mix, policy)
    assert isinstance(loop, MemoryKernel)
    level, length = level_admissions(mix, policy), mix.longest_decode
    size = level / 10**9  # small enough to grow for some steps
    cohorts = [level + size * rng.randint(-9, 9) for _ in range(length)]
    cohorts[0] = Fraction(0)  # the first fit admits it by the policy's rule
    run = ProductFormRun(mix, cohorts, exact=True, policy=policy)
    block = run.advance(2 * length)
    assert not any(block.evicted)
    past = [*reversed(cohorts[1:]), run.start.admitted[0], *block.admitted]
    sums = {
        sum(c * past[n - m] for m, c in enumerate(loop.coefficients))
        for n in range(length - 1, len(past))
    }
    assert sums == {sum(loop.coefficients) * level}


@pytest.mark.parametrize("seed", range(60))
def test_the_level_found_is_the_equilibrium(seed: int) -> None:
    """Oracle: the closed forms, and where runs of stable loops settle."""
    rng = random.Random(seed)
    mix = random_mix(rng)
    policy = some_policy(rng, mix)
    level = level_admissions(mix, policy)
    if hasattr(policy, "equilibrium"):
        assert level == policy.equilibrium(mix)
    start = [Fraction(0), *[level] * (mix.longest_decode - 1)]  # the first fit admits stage 0
    run = ProductFormRun(mix, start, exact=True, policy=policy)
    assert {*run.start.admitted, *run.advance(5).admitted} == {level}


@pytest.mark.parametrize("seed", range(20))
def test_a_loop_of_both_numbers_is_counted(seed: int) -> None:
    """Oracle: FLINT on theta g_m / g_0 + (1 - theta) r_m / r_0, written out by class and stage."""
    rng = random.Random(seed)
    mix = random_mix(rng)
    part = Fraction(rng.randint(1, 7), 8)
    now, life = (
        [sum(c.share * held(c, m) for c in mix.classes if m < c.decode_length)
         for m in range(mix.longest_decode)]
        for held in (lambda c, m: c.input_length + m + 1,
                     lambda c, _: c.input_length + c.decode_length)
    )  # fmt: skip
    rows = [part * g / now[0] + (1 - part) * r / life[0] for g, r in zip(now, life, strict=True)]
    scale = math.lcm(*(row.denominator for row in rows))
    outside, on, inside = isolated_disc_counts([int(row * scale) for row in rows])
    counted = closed_loop(mix, Blend(part)).counts
    assert counted is not None
    assert (counted.inside, counted.on_circle, counted.outside) == (inside, on, outside)
    ends = [closed_loop(mix, Blend(Fraction(k))).counts for k in (0, 1)]
    assert ends == [closed_loop(mix, name).counts for name in ("reservation", "greedy")]


@dataclass(frozen=True)
class Claiming:
    """A rule beside the closed loop that it claims."""

    admissions: Callable[[Any], Any]
    closed_loop: Callable[[Workload], Any]
    name: str = "claiming"


@pytest.mark.parametrize("seed", range(60))
def test_a_kernel_with_one_wrong_number_is_refused(seed: int) -> None:
    rng = random.Random(seed)
    mix = random_mix(rng)
    while mix.longest_decode == 1:
        mix = random_mix(rng)
    policy = some_policy(rng, mix)
    right = policy.closed_loop(mix)
    # of one length, another input alone may be a multiple
    part = rng.choice(["shares", "inputs"]) if len(right.decode_lengths) > 1 else "shares"
    numbers = list(getattr(right, part))
    numbers[rng.randrange(len(numbers))] += rng.choice([-1, 1]) * rng.randint(1, 3)
    wrong = replace(right, **{part: tuple(numbers)})
    assert checked_loop(mix, policy) == right
    if right.length == 1:  # a constant has no ratio to be wrong in
        wrong = MemoryKernel.of(mix)
    with pytest.raises(InvalidArgument, match="'closed_loop' of policy 'claiming' must be"):
        closed_loop(mix, Claiming(policy.admissions, lambda _: wrong))


MIX = Workload.from_classes([(5, 3), (5, 6)], 720)
KERNEL = MemoryKernel.of(MIX)
GREEDY = Greedy().admissions


def at_the_equilibrium(memory: Any) -> Any:
    return min(memory.free / memory.per_request, Fraction(20))


RULES = {
    "a limit at the equilibrium": (at_the_equilibrium, "'admissions' .* linear near its"),
    # a = (720 - 30 a)^2 / 720 is 20; of / 4320 it is (132 - sqrt(3024)) / 5
    "a square": (lambda m: m.free**2 / 720, "linear near its equilibrium"),
    "a square without a level": (lambda m: m.free**2 / 4320, "level at some rational rate"),
    "in floats": (lambda m: 0.5 * float(m.free / m.per_request), "exact of a memory in Fractions"),
    "more than fits": (lambda m: 2 * m.free / m.per_request, "at least 0 and at most what fits"),
    "less than nothing": (lambda m: -m.used / m.capacity, "at least 0 and at most what fits"),
    "nothing": (lambda m: 0 * m.free, "level at some rational rate"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", RULES)
@pytest.mark.parametrize("claim", [KERNEL, KERNEL.reserved, KERNEL.damped(Fraction(1, 2))])
def test_a_rule_that_is_not_linear_is_refused(what: str, claim: MemoryKernel) -> None:
    rule, message = RULES[what]
    policy: Any = Claiming(rule, lambda _: claim)
    for call in (closed_loop, closed_loop_polynomial):
        with pytest.raises(InvalidArgument, match=message):
            call(MIX, policy)
    with pytest.raises(InvalidArgument, match=message):
        compare_policies(MIX, ["greedy", policy])


IN_FLOATS = {
    "everywhere": lambda m: m.free / m.per_request,
    "half full": lambda m: m.free / m.per_request / (1 if m.used < 400 else 2),
    "nowhere": lambda m: float("nan"),
}


@pytest.mark.parametrize("rule", IN_FLOATS.values(), ids=IN_FLOATS)
def test_a_rule_that_is_another_in_floats_is_refused(rule: Any) -> None:
    """Damped by 1/2 it is stable, and greedy runs of this mix evict for ever."""
    policy: Any = Claiming(
        lambda m: rule(m) if isinstance(m.used, float) else m.free / m.per_request / 2,
        lambda mix: MemoryKernel.of(mix).damped(Fraction(1, 2)),
    )
    message = "'admissions' of policy 'claiming' must be in floats what they are exactly, "
    with pytest.raises(InvalidArgument, match=message):
        compare_policies(MIX, [policy])


@pytest.mark.parametrize(
    "claim",
    [
        None,
        (12, 7, 8),
        MemoryKernel(1, (6, 3), (1, 1), (5, 5)),
        MemoryKernel(1, (), (), ()),
        MemoryKernel(1, (3,), (1, 1), (5,)),
        MemoryKernel(2, (3, 6), (1, 1.0), (5, 5)),
        MemoryKernel(-2, (3, 6), (-1, -1), (-5, -5)),
        MemoryKernel(2, (3, 6, 7), (1, 1, 0), (5, 5, 0)),
        MemoryKernel(2, [3, 6], [1, 1], [5, 5]),  # type: ignore[arg-type]
        MemoryKernel(2, None, None, None),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_kernel_is_refused(claim: Any) -> None:
    policy: Any = Claiming(GREEDY, lambda _: claim)
    with pytest.raises(InvalidArgument, match="'closed_loop' of policy 'claiming' must be a Mem"):
        closed_loop(MIX, policy)


def test_a_multiple_of_the_kernel_is_the_same_loop() -> None:
    twice = MemoryKernel(1, (3, 6), (1, 1), (5, 5))
    policy: Any = Claiming(GREEDY, lambda _: twice)
    assert closed_loop(MIX, policy).counts == closed_loop(MIX, "greedy").counts


def test_a_kernel_with_a_part_that_adds_nothing_is_the_same_loop() -> None:
    """4 w tokens at (m + 1) - 7 for m < 7 and as much less for m < 6: 0 at m = 6."""
    longer = MemoryKernel(2, (3, 6, 7), (1, 1 - 4, 4), (5, 5 + 4 * 7, -4 * 7))
    assert longer.coefficients == (*KERNEL.coefficients, 0)
    policy: Any = Claiming(GREEDY, lambda _: longer)
    assert closed_loop(MIX, policy).verdict == closed_loop(MIX, "greedy").verdict
    assert closed_loop_polynomial(MIX, policy) == closed_loop_polynomial(MIX, "greedy")


def test_a_policy_says_why_it_is_not_linear() -> None:
    policy: Any = Claiming(GREEDY, lambda _: NotLinear("it tosses coins"))
    found = closed_loop(MIX, policy)
    assert (found.verdict, found.reason) == (None, "it tosses coins")


def test_a_constant_rate_of_ones_own_feeds_forward() -> None:
    constant: Any = Claiming(
        lambda m: min(m.free / m.per_request, Fraction(19)),
        lambda _: MemoryKernel(1, (1,), (1,), (0,)),
    )
    assert closed_loop(MIX, constant) == closed_loop(MIX, RateLimited(19))


def test_integers_of_numpy_do_not_overflow() -> None:
    constant: Any = Claiming(lambda _: np.int64(19), lambda _: MemoryKernel(1, (1,), (1,), (0,)))
    assert closed_loop(MIX, constant) == closed_loop(MIX, RateLimited(19))


@dataclass(frozen=True)
class Clipped:
    """Admit `level` - alpha (U - U*) - beta (R - R*), at least 0 and at most what fits."""

    mix: Workload
    level: Fraction
    alpha: Fraction
    beta: Fraction
    name = "clipped"

    def admissions(self, memory: Any) -> Any:
        kernel = MemoryKernel.of(self.mix)
        used, reserved = (
            self.level * (Fraction(of.total, of.denominator) - of.at(0))
            for of in (kernel, kernel.reserved)
        )
        wanted = self.level - self.alpha * (memory.used - used)
        wanted -= self.beta * (memory.reserved - reserved)
        return min(max(wanted, Fraction(0)), memory.free / memory.per_request)

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        kernel = MemoryKernel.of(mix)
        a, b = self.alpha, self.beta
        terms = {n: (a * Fraction(w), a * Fraction(t) + b * (t + n * w)) for n, w, t in kernel}
        rest = 1 - a * kernel.at(0) - b * kernel.reserved.at(0)
        share, held = terms.get(1, (0, 0))
        terms[1] = (share, held + rest * kernel.denominator)
        return of_terms(terms)


@pytest.mark.parametrize("part", [Fraction(1, 7), Fraction(1, 2), Fraction(9, 10)])
@pytest.mark.parametrize("gain", [Fraction(1, 20), Fraction(3, 2), Fraction(2)])
@pytest.mark.parametrize("classes", [[(0, 9)], [(5, 2), (50, 12, 3)], [(1, 8, 1), (0, 3, 10**9)]])
def test_the_level_between_two_limits_is_found(
    classes: Any, gain: Fraction, part: Fraction
) -> None:
    """Newton's method alone goes from what fits to nothing and back. Oracle: the level set."""
    mix = Workload.from_classes(classes, 1000)
    kernel, level = MemoryKernel.of(mix), part * equilibrium_admissions(mix)
    policy = Clipped(mix, level, gain / kernel.at(0), Fraction(0))
    assert level_admissions(mix, policy) == level
    assert checked_loop(mix, policy) == policy.closed_loop(mix)


@pytest.mark.parametrize("gain", [Fraction(-3, 20), Fraction(1, 3), Fraction(1), Fraction(5, 4)])
@pytest.mark.parametrize("classes", [[(0, 2)], [(5, 3)], [(5, 2), (7, 4)], [(40, 8), (40, 6, 5)]])
def test_a_loop_that_ends_in_zero_is_counted(classes: Any, gain: Fraction) -> None:
    """What is reserved and not used: c_(L-1) = 0, a mode of lambda = 0. Oracle: FLINT."""
    mix = Workload.from_classes(classes, 1000)
    kernel = MemoryKernel.of(mix)
    slope = gain / kernel.at(0)
    policy = Clipped(mix, equilibrium_admissions(mix) / 2, slope, -slope)
    stages = range(1, kernel.length - 1)
    row = [Fraction(1), *(slope * (kernel.at(m) - kernel.reserved.at(m)) for m in stages)]
    scale = math.lcm(*(c.denominator for c in row))
    outside, on, inside = (
        isolated_disc_counts([int(c * scale) for c in row]) if len(row) > 1 else (0, 0, 0)
    )
    found = closed_loop(mix, policy)
    assert found.counts is not None
    counted = found.counts.inside, found.counts.on_circle, found.counts.outside
    assert counted == (inside + 1, on, outside)
    largest = max(abs(np.roots([float(c) for c in row])), default=0)
    assert found.spectral_radius is not None
    assert float(found.spectral_radius.low) == pytest.approx(largest, rel=1e-9)


def test_a_limit_next_to_the_equilibrium_is_not_at_it() -> None:
    close = RateLimited(20 - Fraction(1, 10**900))
    assert closed_loop(MIX, close).verdict == "stable"
    assert closed_loop(MIX, RateLimited(20)).verdict is None


@pytest.mark.parametrize("seed", range(20))
def test_a_loop_that_overreacts_is_counted_and_measured(seed: int) -> None:
    """Oracles: FLINT on the polynomial written out from the rule, and the simulator's growth."""
    rng = random.Random(seed)
    mix = random_mix(rng)
    while mix.longest_decode < 2:
        mix = random_mix(rng)
    gain = Fraction(rng.randint(9, 12), 8)
    kernel = MemoryKernel.of(mix)
    first, *later = kernel.coefficients
    outside, on, inside = isolated_disc_counts(
        [first * gain.denominator, *(g * gain.numerator for g in later)]
    )
    found = closed_loop(mix, Eager(gain))
    assert found.counts is not None
    counted = found.counts
    assert (counted.inside, counted.on_circle, counted.outside) == (inside, on, outside)
    level = gain * simulated_capacity(mix) / 2 * kernel.denominator
    level /= first + gain * (kernel.total - first)
    assert level_admissions(mix, Eager(gain)) == level
    measured = measure_growth(mix, complex(found.modes[0].value), policy=Eager(gain))
    assert found.spectral_radius is not None
    if measured is not None:
        assert measured == pytest.approx(float(found.spectral_radius.low), abs=1e-6)


def test_a_long_loop_that_overreacts_is_undecided() -> None:
    found = closed_loop(Workload.from_classes([(5, 300), (5, 2)]), Eager(Fraction(9, 8)))
    assert (found.verdict, found.spectral_radius) == ("undecided", None)
    assert "up to 200 terms" in found.reason
