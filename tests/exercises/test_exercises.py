"""A thousand generated exercises: every answer by another path, in exact arithmetic.

The oracles know the mix and what the question gives, and nothing of how the answer was made: sums
term by term from the definitions, FLINT's certified roots and factors, arithmetic modulo a
cyclotomic polynomial, and a simulator of their own.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise, product
from math import gcd, lcm
from typing import Any

import pytest
from flint import ctx, fmpq, fmpq_poly, fmpz_poly

from stabkit import Exercise, InvalidArgument, Workload, exercise
from stabkit.exercises.exercises import TOPICS

EACH = 200
Class = tuple[Fraction, int, Fraction]
State = list[list[Fraction]]  # by class, then by stage


# --- From the definitions. ---


def classes(mix: Workload) -> list[Class]:
    return [(c.input_length, c.decode_length, c.share) for c in mix.classes]


def kernel(found: list[Class]) -> list[Fraction]:
    longest = max(n for _, n, _ in found)
    return [
        sum((p * (s + m + 1) for s, n, p in found if m < n), Fraction(0)) for m in range(longest)
    ]


def common_input(found: list[Class], s: Fraction | int) -> list[Class]:
    return [(Fraction(s), n, p) for _, n, p in found]


def token_steps(found: list[Class]) -> Fraction:
    return sum((p * sum(s + j for j in range(1, n + 1)) for s, n, p in found), Fraction(0))


def mean(found: list[Class]) -> Fraction:
    return sum((p * n for _, n, p in found), Fraction(0))


def whole(values: list[Fraction]) -> fmpz_poly:
    """The polynomial with these coefficients, leading one first, without denominators."""
    common = lcm(*(value.denominator for value in values))
    return fmpz_poly([int(value * common) for value in reversed(values)])


def counts(values: list[Fraction]) -> tuple[int, int, int]:
    """Inside, on and outside of the unit circle, by FLINT's isolating balls.

    What a ball does not tell at 200 bits lies on the circle: then it is a root of the gcd of the
    polynomial and its reverse too, or the test fails.
    """
    polynomial = whole(values)
    shared = polynomial.gcd(fmpz_poly(polynomial.coeffs()[::-1]))
    before, ctx.prec = ctx.prec, 200
    try:
        sizes = [(abs(root), times) for root, times in polynomial.complex_roots()]
        inside = sum(times for size, times in sizes if size < 1)
        outside = sum(times for size, times in sizes if size > 1)
        on = polynomial.degree() - inside - outside
        undecided = [abs(root) for root, _ in shared.complex_roots()] if on else []
        assert on == sum(not (size < 1 or size > 1) for size in undecided)
    finally:
        ctx.prec = before
    return inside, on, outside


def verdict(values: list[Fraction]) -> str:
    _, on, outside = counts(values)
    return "unstable" if outside else "marginal" if on else "stable"


Admission = Callable[[Fraction, Fraction], Fraction]  # (free memory, tokens of a newcomer)


def run(
    found: list[Class], capacity: Fraction, state: State, steps: int, admit: Admission | None = None
) -> tuple[list[State], list[Fraction], list[Fraction]]:
    """The exact fluid model by its rules: states, completed and evicted requests of each step."""
    newcomer = sum((p * (s + 1) for s, _, p in found), Fraction(0))
    states, completed, evicted = [state], [], []
    for _ in range(steps):
        completed.append(sum((stages[-1] for stages in state), Fraction(0)))
        state = [[Fraction(0), *stages[:-1]] for stages in state]
        used = sum(
            (
                (s + j + 1) * x
                for (s, _, _), stages in zip(found, state, strict=True)
                for j, x in enumerate(stages)
            ),
            Fraction(0),
        )
        lost = Fraction(0)
        if used <= capacity:
            free = capacity - used
            new = free / newcomer if admit is None else admit(free, newcomer)
            for (_, _, p), stages in zip(found, state, strict=True):
                stages[0] = p * new
        for j in range(max(n for _, n, _ in found)):
            here = [k for k, (_, n, _) in enumerate(found) if j < n]
            tokens = sum(((found[k][0] + j + 1) * state[k][j] for k in here), Fraction(0))
            if used > capacity and tokens:
                cut = min(Fraction(1), (used - capacity) / tokens)
                used -= cut * tokens
                for k in here:
                    lost += cut * state[k][j]
                    state[k][j] *= 1 - cut
        states.append(state)
        evicted.append(lost)
    return states, completed, evicted


def empty(found: list[Class]) -> State:
    return [[Fraction(0)] * n for _, n, _ in found]


# --- The oracle of each kind. ---


def single_root(one: Exercise) -> dict[str, Any]:
    """By the dynamics: how a disturbance of the equilibrium goes on."""
    found, capacity = classes(one.mix), Fraction(1000)
    g, best = kernel(found), capacity / token_steps(found)
    now = best * Fraction(1001, 1000)
    before = (capacity - g[0] * now) / g[1]
    (_, _, p), (_, _, q) = found
    states, _, evicted = run(found, capacity, [[p * now], [q * now, q * before]], 1)
    assert not any(evicted)
    return {"root": (states[1][0][0] / p - best) / (now - best), "verdict": verdict(g)}


def annulus(one: Exercise) -> dict[str, Any]:
    g = kernel(classes(one.mix))
    quotients = [after / before for before, after in pairwise(g)]
    for root, _ in whole(g).complex_roots():
        assert not abs(root) < fraction(min(quotients))
        assert not abs(root) > fraction(max(quotients))
    return {
        "growing modes": counts(g)[2],
        "at least": min(quotients),
        "at most": max(quotients),
    }


def fraction(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def quadratic(one: Exercise) -> dict[str, Any]:
    """The pair c + sqrt(d), c - sqrt(d) from its sum and its product."""
    g = kernel(classes(one.mix))
    total, product = -g[1] / g[0], g[2] / g[0]
    middle, under = total / 2, (total**2 - 4 * product) / 4
    assert g[0] * (middle**2 + under) + g[1] * middle + g[2] == 0  # F's rational part
    assert 2 * g[0] * middle + g[1] == 0  # and that of sqrt(d)
    return {"c": middle, "d": under, "verdict": verdict(g)}


def root_count(one: Exercise) -> dict[str, Any]:
    inside, on, outside = counts(kernel(classes(one.mix)))
    assert on == 0
    return {"inside": inside, "outside": outside}


def survivors(found: list[Class]) -> list[Fraction]:
    longest = max(n for _, n, _ in found)
    return [sum((p for _, n, p in found if n > m), Fraction(0)) for m in range(longest)]


def cyclotomic_orders(found: list[Class]) -> list[int]:
    """The d > 1 with Phi_d | A, once each, from FLINT's factors of A."""
    _, factors = whole(survivors(found)).factor()
    orders = [d for d in range(2, 50) for f, _ in factors if f == fmpz_poly.cyclotomic(d)]
    assert all(times == 1 for f, times in factors if f in map(fmpz_poly.cyclotomic, orders))
    return orders


def synchronised_modes(one: Exercise) -> dict[str, Any]:
    """(F + lambda A') / A is the time 1 / epsilon, from polynomial division."""
    found = classes(one.mix)
    f, a = (
        fmpq_poly([fraction(x) for x in reversed(values)])
        for values in (kernel(found), survivors(found))
    )
    time, rest = divmod(f + fmpq_poly([0, 1]) * a.derivative(), a)
    assert rest == 0
    assert time.degree() == 0
    degrees = [fmpz_poly.cyclotomic(d).degree() for d in cyclotomic_orders(found)]
    return {"synchronised modes": sum(degrees), "steps": Fraction(str(time[0]))}


def survival_polynomial(one: Exercise) -> dict[str, Any]:
    found = survivors(classes(one.mix))
    return {
        "coefficients": tuple(found),
        "orders": tuple(cyclotomic_orders(classes(one.mix))),
        "roots on the circle": counts(found)[1],
    }


def first_order_growth(one: Exercise) -> dict[str, Any]:
    """1 + 1 / Re(u G'(u) / G(u)) for the roots of unity u, modulo cyclotomic polynomials."""
    found = classes(one.mix)
    g = fmpq_poly([fraction(x) for x in kernel(found)])
    orders, growths = cyclotomic_orders(found), set()
    for d in orders:
        modulus = fmpq_poly(fmpz_poly.cyclotomic(d).coeffs())
        divisor, inverse, _ = (g % modulus).xgcd(modulus)
        assert divisor == 1
        quotient = fmpq_poly([0, 1]) * g.derivative() * inverse % modulus
        conjugate = quotient(fmpq_poly([0] * (d - 1) + [1])) % modulus
        twice = (quotient + conjugate) % modulus
        assert twice.degree() == 0
        growths.add(1 + 2 / Fraction(str(twice[0])))
    (growth,) = growths
    modes = sum(fmpz_poly.cyclotomic(d).degree() for d in orders)
    return {"synchronised modes": modes, "modulus": growth}


def renewal_graph(one: Exercise) -> dict[str, Any]:
    """By walks: the period is the gcd of the lengths of the closed ones."""
    lengths = [n for _, n, _ in classes(one.mix)]
    edges = {(j, j + 1) for j in range(max(lengths) - 1)} | {(n - 1, 0) for n in lengths}
    (stage,) = dict(one.given).values()
    reached, closed, seen = {stage}, [], []
    for n in range(1, 6 * max(lengths)):
        reached = {b for a, b in edges if a in reached}
        seen.append(reached)
        if stage in reached:
            closed.append(n)
    period = gcd(*closed)
    cohort = set().union(*seen[period - 1 :: period])
    return {"edges": len(edges), "period": period, "stages": tuple(sorted(cohort))}


def gcd_theorem(one: Exercise) -> dict[str, Any]:
    """The condition on the circle, from D's values at exact points of it."""
    found = classes(one.mix)
    g, (s,) = gcd(*(n for _, n, _ in found)), {s for s, _, _ in found}

    def real_part(x: Fraction, y: Fraction) -> Fraction:
        d, derivative, (a, b) = [Fraction(0)] * 2, [Fraction(0)] * 2, (Fraction(1), Fraction(0))
        for i in range(max(n for _, n, _ in found) // g):
            share = sum((p for _, n, p in found if n // g > i), Fraction(0))
            d = [d[0] + share * a, d[1] + share * b]
            derivative = [derivative[0] + i * share * a, derivative[1] + i * share * b]  # of w D'
            a, b = a * x - b * y, a * y + b * x
        return (derivative[0] * d[0] + derivative[1] * d[1]) / (d[0] ** 2 + d[1] ** 2)

    points = [Fraction(t, 7) for t in range(60)]
    on_circle = [((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)) for t in points]
    values = [real_part(x, y) for x, y in [*on_circle, (Fraction(-1), Fraction(0))]]
    assert all(before > after for before, after in pairwise(values))  # least at w = -1
    bound = -Fraction(g + 1, 2) - g * values[-1]
    if s <= bound:
        return {"bound": bound, "applies": "no"}
    _, on, outside = counts(kernel(found))
    assert on == 0
    return {"bound": bound, "applies": "yes", "growing modes": outside}


def jury(g: list[Fraction]) -> list[Fraction]:
    """What must be positive, for roots inside; linear in s and in a gain."""
    return [g[0] - g[1]] if len(g) == 2 else [g[0] - g[2], g[0] + g[2] - g[1]]


def zeros(at_0: list[Fraction], at_1: list[Fraction]) -> list[Fraction | None]:
    """Of linear functions, from their values."""
    return [None if a == b else a / (a - b) for a, b in zip(at_0, at_1, strict=True)]


def threshold_of_few(one: Exercise) -> dict[str, Any]:
    found = classes(one.mix)
    at_0, at_1 = (jury(kernel(common_input(found, s))) for s in (0, 1))
    assert all(b > a for a, b in zip(at_0, at_1, strict=True))
    border = max(x for x in zeros(at_0, at_1) if x is not None)
    assert verdict(kernel(common_input(found, border))) == "marginal"
    return {"threshold": border, "verdict": verdict(kernel(found))}


def minus_one(one: Exercise) -> dict[str, Any]:
    found = classes(one.mix)

    def alternating(s: Fraction | int) -> Fraction:
        return sum(
            ((-1) ** m * x for m, x in enumerate(kernel(common_input(found, s)))), Fraction(0)
        )

    (border,) = zeros([alternating(0)], [alternating(1)])
    assert border is not None
    assert alternating(border) == 0
    value = alternating(found[0][0])
    if value < 0:
        assert verdict(kernel(found)) == "unstable"
    return {"G(-1)": value, "proof": "yes" if value < 0 else "no", "input": border}


def variance_law(one: Exercise) -> dict[str, Any]:
    found = classes(one.mix)
    size = lcm(*(p.denominator for _, _, p in found))
    population = [Fraction(n) for _, n, p in found for _ in range(int(p * size))]
    average, variance = statistics.mean(population), statistics.pvariance(population)
    said = re.findall(
        r"says ([\d.]+) .* ([\d.]+), and the law ([\d.]+) % too (\w+)", one.solution[-1]
    )
    law, near, off = map(Fraction, said[0][:3])
    assert 100 * variance <= average**2  # the range of the law
    assert abs(100 * (law / near - 1) - (off if said[0][3] == "high" else -off)) < Fraction(3, 5)
    assert verdict(kernel(common_input(found, near + Fraction(3, 50)))) == "stable"
    assert verdict(kernel(common_input(found, near - Fraction(3, 50)))) == "unstable"
    return {"mean": average, "variance": variance, "c": average**3 / variance}


def cycle(one: Exercise, pattern: list[int]) -> tuple[list[Fraction], Fraction, Fraction]:
    """The state c times a pattern that fills the memory, its throughput and a*, by a run."""
    found, capacity = classes(one.mix), Fraction(one.mix.capacity or 0)
    held = sum(((found[0][0] + j + 1) * x for j, x in enumerate(pattern)), Fraction(0))
    state = [x * capacity / held for x in pattern]
    states, completed, _ = run(found, capacity, [state], len(pattern))
    assert states[-1] == [state]
    return state, sum(completed) / len(pattern), capacity / token_steps(found)


def worst_cycle(one: Exercise) -> dict[str, Any]:
    _, worst, best = cycle(one, [0] * (one.mix.longest_decode - 1) + [1])
    return {"equilibrium": best, "worst cycle": worst, "loss": 1 - worst / best}


def level(one: Exercise) -> dict[str, Any]:
    (i,), length = dict(one.given).values(), one.mix.longest_decode
    state, throughput, _ = cycle(one, [0] * i + [i + 1] + [1] * (length - i - 1))
    return {"state": tuple(state), "throughput": throughput}


def necklace(one: Exercise) -> dict[str, Any]:
    (parts,) = dict(one.given).values()
    pattern = [0] * one.mix.longest_decode
    place = -1
    for part in parts:
        place += part
        pattern[place] = part
    _, throughput, best = cycle(one, pattern)
    return {"throughput": throughput, "ratio": throughput / best}


def renormalisation(one: Exercise) -> dict[str, Any]:
    """One residue class of stages in step, and g steps of a run."""
    found, capacity = classes(one.mix), Fraction(1000)
    g = gcd(*(n for _, n, _ in found))
    state = [[p * (j % g == g - 1) for j in range(n)] for _, n, p in found]
    held = sum(
        (
            (s + j + 1) * x
            for (s, _, _), stages in zip(found, state, strict=True)
            for j, x in enumerate(stages)
        ),
        Fraction(0),
    )
    state = [[x * capacity / held for x in stages] for stages in state]
    states, completed, _ = run(found, capacity, state, g)
    assert states[-1] == state
    return {
        "inputs": tuple(s / g for s, _, _ in found),
        "decode lengths": tuple(n // g for _, n, _ in found),
        "loss": 1 - sum(completed) / g / (capacity / token_steps(found)),
    }


def by_hand(one: Exercise) -> dict[str, Any]:
    ((s, _, _),) = classes(one.mix)
    ((young, _),) = dict(one.given).values()
    capacity, results = int(one.mix.capacity or 0), {}
    for n in (1, 2, 3):
        old = young
        while (s + 2) * old > capacity:  # one eviction at a time
            old -= 1
        new = 0
        while old == young and (s + 2) * old + (s + 1) * (new + 1) <= capacity:
            new += 1
        young = new
        results[f"after step {n}"] = (young, old)
    return results


def fixed_point(next_: Callable[[Fraction], Fraction]) -> Fraction:
    """Of an affine map, from two values."""
    shift, slope = next_(Fraction(0)), next_(Fraction(1)) - next_(Fraction(0))
    return shift / (1 - slope)


def reservation(one: Exercise) -> dict[str, Any]:
    found, capacity = classes(one.mix), Fraction(one.mix.capacity or 0)
    newcomer = sum((p * (s + n) for s, n, p in found), Fraction(0))

    def admitted(a: Fraction) -> Fraction:
        held = sum((p * a * (s + n) for s, n, p in found for _ in range(1, n)), Fraction(0))
        return (capacity - held) / newcomer

    best, kept = capacity / token_steps(found), fixed_point(admitted)
    return {"equilibrium": best, "reservation": kept, "ratio": kept / best}


def tokens(found: list[Class], state: State) -> Fraction:
    return sum(
        (
            (s + j + 1) * x
            for (s, _, _), stages in zip(found, state, strict=True)
            for j, x in enumerate(stages)
        ),
        Fraction(0),
    )


def headroom(one: Exercise) -> dict[str, Any]:
    """Runs from empty: with the least watermark the memory gets exactly full, and no fuller."""
    found, capacity = classes(one.mix), Fraction(one.mix.capacity or 0)
    length = one.mix.longest_decode
    grown = Fraction(found[0][0] + length) / (found[0][0] + 1)  # of a cohort, in its life
    eta = 1 - 1 / grown
    below = eta - Fraction(1, 10**6)

    def watermark(share: Fraction) -> Admission:
        return lambda free, newcomer: max(Fraction(0), free - share * capacity) / newcomer

    states, completed, evicted = run(found, capacity, empty(found), 4 * length, watermark(eta))
    assert not any(evicted)
    assert max(tokens(found, state) for state in states) == capacity
    assert any(run(found, capacity, empty(found), 4 * length, watermark(below))[2])
    return {"headroom": eta, "throughput": sum(completed[-length:]) / length}


def rate_limit(one: Exercise) -> dict[str, Any]:
    """Run from empty at a constant rate: the memory gets exactly full."""
    found, capacity = classes(one.mix), Fraction(one.mix.capacity or 0)
    steps = one.mix.longest_decode
    states, _, _ = run(found, 10**9 * capacity, empty(found), steps, lambda *_: Fraction(1))
    rate = capacity / tokens(found, states[-1])
    states, _, evicted = run(found, capacity, empty(found), 3 * steps, lambda *_: rate)
    assert not any(evicted)
    assert tokens(found, states[-1]) == capacity
    return {"rate": rate, "in service": sum(sum(stages) for stages in states[-1])}


def loop(g: list[Fraction], kappa: Fraction) -> list[Fraction]:
    return [g[0], *(kappa * x for x in g[1:])]


def memory_in_use(found: list[Class], kappa: Fraction) -> Fraction:
    """Of a memory of 1 token, at the fixed point of damped admission."""
    newcomer = sum((p * (s + 1) for s, _, p in found), Fraction(0))

    def older(a: Fraction) -> Fraction:
        return sum((p * a * (s + j) for s, n, p in found for j in range(2, n + 1)), Fraction(0))

    a = fixed_point(lambda a: kappa * (1 - older(a)) / newcomer)
    return older(a) + newcomer * a


def damped(one: Exercise) -> dict[str, Any]:
    found, (kappa,) = classes(one.mix), dict(one.given).values()
    g = kernel(found)
    (gain,) = zeros([g[0]], [g[0] - sum(g[1:], Fraction(0))])
    assert gain is not None
    if kappa < gain:
        assert verdict(loop(g, kappa)) == "stable"
    return {
        "sufficient gain": gain,
        "covered": "yes" if kappa < gain else "no",
        "memory in use": memory_in_use(found, kappa),
    }


def largest_gain(one: Exercise) -> dict[str, Any]:
    g = kernel(classes(one.mix))
    borders = zeros(jury(loop(g, Fraction(0))), jury(loop(g, Fraction(1))))
    gain = min(x for x in borders if x is not None and x > 0)
    assert verdict(loop(g, gain)) == "marginal"
    assert verdict(loop(g, gain * Fraction(999, 1000))) == "stable"
    assert verdict(loop(g, gain * Fraction(1001, 1000))) == "unstable"
    return {"gain": gain, "memory in use": memory_in_use(classes(one.mix), gain)}


def memory_times(found: list[Class]) -> list[Fraction]:
    return [sum((s + j for j in range(1, n + 1)), Fraction(0)) for s, n, _ in found]


def fano_of_two(found: list[Class]) -> Fraction:
    """The mean of N / |G|^2 less 1: 1 / |G|^2 has the coefficients r^|k| / (g_0^2 - g_1^2)."""
    g = kernel(found)
    lives = [([s + j for j in range(1, n + 1)], p) for s, n, p in found]
    power = sum((p * sum(y * y for y in life) for life, p in lives), Fraction(0))
    lag = sum((p * a * b for life, p in lives for a, b in pairwise(life)), Fraction(0))
    return (power + 2 * lag * (-g[1] / g[0])) / (g[0] ** 2 - g[1] ** 2) - 1


def fano_factor(one: Exercise) -> dict[str, Any]:
    return {"Fano factor": fano_of_two(classes(one.mix))}


def index_of_dispersion(one: Exercise) -> dict[str, Any]:
    found = classes(one.mix)
    times = memory_times(found)
    mean = sum((p * m for (_, _, p), m in zip(found, times, strict=True)), Fraction(0))
    pairs = list(zip(found, times, strict=True))
    variance = sum((p * (m - mean) ** 2 for (_, _, p), m in pairs), Fraction(0))
    return {"index of dispersion": variance / mean**2}


def visible_size(one: Exercise) -> dict[str, Any]:
    found = classes(one.mix)
    fano = fano_of_two(found)
    assert dict(one.given) == {"Fano factor": fano}
    return {"admissions": 10 * fano, "capacity": 10 * fano * token_steps(found)}


def safe_limit(one: Exercise) -> dict[str, Any]:
    """So many of the largest fit, and one more does not; the steady state by its fixed point."""
    found, capacity = classes(one.mix), Fraction(one.mix.capacity or 0)
    limit = 0
    while all((limit + 1) * (s + n) <= capacity for s, n, _ in found):
        limit += 1
    a = fixed_point(lambda a: a + capacity - a * token_steps(found))
    return {"limit": limit, "in service": a * mean(found)}


def mean_slack(one: Exercise) -> dict[str, Any]:
    """The boundary falls on a token of a prompt + 1 at random; what is before it is left over."""
    found, capacity = classes(one.mix), Fraction(one.mix.capacity or 0)
    before = [(p, r) for s, _, p in found for r in range(int(s) + 1)]
    slack = sum((p * r for p, r in before), Fraction(0)) / sum(p for p, _ in before)
    return {"mean slack": slack, "admissions": (capacity - slack) / token_steps(found)}


def outcomes(found: list[Class], n: int) -> Iterator[tuple[Fraction, int]]:
    """Of n requests in stage 0: the probability of each outcome, and what it needs one step on."""
    for drawn in product(found, repeat=n):
        chance = Fraction(1)
        for _, _, p in drawn:
            chance *= p
        yield chance, int(sum(s + 2 for s, length, _ in drawn if length > 1))


def overshoot(one: Exercise) -> dict[str, Any]:
    capacity, (n,) = one.mix.capacity, dict(one.given).values()
    every = list(outcomes(classes(one.mix), n))
    assert sum(chance for chance, _ in every) == 1
    return {
        "probability": sum((c for c, need in every if need > capacity), Fraction(0)),
        "mean overshoot": sum((c * max(need - capacity, 0) for c, need in every), Fraction(0)),
    }


def safe_load(one: Exercise) -> dict[str, Any]:
    found, capacity, (risk,) = classes(one.mix), one.mix.capacity, dict(one.given).values()
    risks, n = {}, 0
    while n * (found[0][0] + 1) <= capacity:
        risks[n] = sum((c for c, need in outcomes(found, n) if need > capacity), Fraction(0))
        n += 1
    return {
        "safe for certain": max(n for n, chance in risks.items() if chance == 0),
        "safe load": max(n for n, chance in risks.items() if chance <= risk),
    }


def whole_requests(one: Exercise, watermark: int = 0) -> tuple[list[list[int]], list[list[int]]]:
    """Whole requests of one class from empty, two lives long: stages, and evicted by stage."""
    ((s, length, _),), capacity = classes(one.mix), int(one.mix.capacity)
    stages, seen, evicted = [0] * length, [], []
    for _ in range(2 * length):
        stages, out = [0, *stages[:-1]], [0] * length
        held = [int(s) + j + 1 for j in range(length)]
        full = sum(h * x for h, x in zip(held, stages, strict=True)) > capacity
        while sum(h * x for h, x in zip(held, stages, strict=True)) > capacity:
            youngest = next(j for j, x in enumerate(stages) if x)
            stages[youngest] -= 1
            out[youngest] += 1
        while (
            not full
            and sum(h * x for h, x in zip(held, stages, strict=True)) + held[0]
            <= capacity - watermark
        ):
            stages[0] += 1
        seen.append(list(stages))
        evicted.append(out)
    return seen, evicted


def watermark(one: Exercise) -> dict[str, Any]:
    (_, evicted), length = whole_requests(one), classes(one.mix)[0][1]
    lost = sum(map(sum, evicted[:length]))
    w = next(w for w in range(1000) if not any(map(sum, whole_requests(one, w)[1])))
    return {"evicted": lost, "watermark": w, "share": Fraction(w, int(one.mix.capacity))}


def whole_cycle(one: Exercise) -> dict[str, Any]:
    length = classes(one.mix)[0][1]
    seen, evicted = (part[:length] for part in whole_requests(one))
    assert all(sum(map(bool, stages)) == 1 for stages in seen)  # the cohort is alone
    lost = sum(j * x for out in evicted for j, x in enumerate(out))
    cohort = tuple(map(sum, seen))
    return {"cohort": cohort, "lost": Fraction(lost, sum(cohort))}


def full_of(found: list[Class], stage: int, capacity: Fraction) -> State:
    """A memory that is full of one cohort in a stage, each class with its share."""
    held = sum((p * (s + stage + 1) for s, n, p in found if n > stage), Fraction(0))
    return [
        [p * capacity / held if j == stage else Fraction(0) for j in range(n)] for _, n, p in found
    ]


def no_start(one: Exercise) -> dict[str, Any]:
    found, (age,), capacity = classes(one.mix), dict(one.given).values(), Fraction(1)
    longest = max(n for _, n, _ in found)
    evicts = [
        run(found, capacity, full_of(found, j, capacity), 2 * longest)[2] for j in range(longest)
    ]
    later = [
        sum(
            (s + age + 2) * x
            for (s, n, _), stages in zip(found, state, strict=True)
            for j, x in enumerate(stages)
            if j == age and n > age + 1
        )
        for state in [full_of(found, age, capacity)]
    ]
    return {
        "kernel": tuple(kernel(found)),
        "some start evicts": "yes" if any(map(any, evicts)) else "no",
        "excess": max(later[0] - capacity, Fraction(0)),
    }


def first_eviction(one: Exercise) -> dict[str, Any]:
    found, capacity = classes(one.mix), Fraction(one.mix.capacity or 0)
    states, _, evicted = run(found, capacity, empty(found), 8)
    step = next(n for n, lost in enumerate(evicted) if lost)
    admitted = [sum(stages[0] for stages in state) for state in states[1 : step + 1]]
    return {"admitted": tuple(admitted), "first eviction in step": step}


def started(found: list[Class], delta: Fraction) -> bool:
    """Whether a start from empty at (1 - delta) a* for two steps, then greedy, evicts."""
    capacity, left = Fraction(1), [1, 1]

    def admit(free: Fraction, newcomer: Fraction) -> Fraction:
        return (
            (1 - delta) * capacity / token_steps(found) if left and left.pop() else free / newcomer
        )

    return any(run(found, capacity, empty(found), 80, admit)[2])


def soft_start(one: Exercise) -> dict[str, Any]:
    found = classes(one.mix)
    g, b = kernel(found), []
    for n in range(80):
        b.append((sum(g) - sum(g[m] * b[n - m] for m in range(1, min(n, 2) + 1))) / g[0])
    delta = 1 / (1 - min(b))
    assert min(b) == b[1]
    assert not started(found, delta)
    assert started(found, min(Fraction(1), delta + Fraction(1, 1000)))
    return {"b": tuple(b[:2]), "delta": delta}


def in_step(one: Exercise) -> dict[str, Any]:
    found = classes(one.mix)
    g = gcd(*(n for _, n, _ in found))
    small = kernel([(s / g, n // g, p) for s, n, p in found])
    root = -small[1] / small[0]
    capacity = Fraction(1)
    a = capacity / sum(
        (p * sum(s + (i + 1) * g for i in range(n // g)) for s, n, p in found), Fraction(0)
    )
    about = [[p * a if j % g == g - 1 else Fraction(0) for j in range(n)] for _, n, p in found]
    states, completed, _ = run(found, capacity, about, 4 * g)
    assert states[-1] == states[g]
    throughput = sum(completed[g:], Fraction(0)) / (3 * g)
    return {
        "root": root,
        "attracts": "yes" if abs(root) < 1 else "no",
        "ratio": throughput / (capacity / token_steps(found)),
    }


ORACLES: dict[str, Callable[[Exercise], dict[str, Any]]] = {
    "single-root": single_root,
    "annulus": annulus,
    "quadratic": quadratic,
    "root-count": root_count,
    "synchronised-modes": synchronised_modes,
    "survival-polynomial": survival_polynomial,
    "first-order-growth": first_order_growth,
    "renewal-graph": renewal_graph,
    "gcd-theorem": gcd_theorem,
    "two-and-three": threshold_of_few,
    "one-and-two": threshold_of_few,
    "minus-one": minus_one,
    "variance-law": variance_law,
    "worst-cycle": worst_cycle,
    "level": level,
    "necklace": necklace,
    "renormalisation": renormalisation,
    "by-hand": by_hand,
    "reservation": reservation,
    "headroom": headroom,
    "rate-limit": rate_limit,
    "damped": damped,
    "gain-of-two-steps": largest_gain,
    "gain-of-three-steps": largest_gain,
    "fano-factor": fano_factor,
    "index-of-dispersion": index_of_dispersion,
    "visible-size": visible_size,
    "safe-limit": safe_limit,
    "mean-slack": mean_slack,
    "overshoot": overshoot,
    "safe-load": safe_load,
    "watermark": watermark,
    "whole-cycle": whole_cycle,
    "no-start": no_start,
    "first-eviction": first_eviction,
    "soft-start": soft_start,
    "in-step": in_step,
}


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_a_thousand_answers(topic):
    for seed in range(EACH):
        one = exercise(topic, seed)
        assert dict(one.result) == ORACLES[one.kind](one), (topic, seed, one.kind)


def drawings(kind: str) -> Iterator[tuple[Exercise, dict[str, Any]]]:
    """Exercises of a kind, and what their solution draws, by name."""
    topic = next(t for t in TOPICS if any(exercise(t, n).kind == kind for n in range(6)))
    for seed in range(EACH):
        one = exercise(topic, seed)
        if one.kind == kind:
            assert one.drawing is not None
            assert not set(one.drawing.given) & set(one.drawing.drawn)
            yield one, {name: points for _, points, _, name in one.drawing.drawn}


@pytest.mark.parametrize("kind", ["single-root", "quadratic"])
def test_roots_are_drawn_where_they_are(kind):
    for one, drawn in drawings(kind):
        g = kernel(classes(one.mix))
        sides = tuple(len(drawn.get(side, ())) for side in ("inside", "on", "outside"))
        assert sides == counts(g)
        for x, y in (point for points in drawn.values() for point in points):
            value = sum(float(a) * complex(x, y) ** (len(g) - 1 - m) for m, a in enumerate(g))
            assert abs(value) < 1e-9 * float(sum(g))


@pytest.mark.parametrize("kind", ["two-and-three", "one-and-two"])
def test_borders_are_drawn_where_roots_are_on_the_circle(kind):
    for one, drawn in drawings(kind):
        lengths = [c.decode_length for c in one.mix.classes]
        (mix,) = drawn.pop("the mix")
        assert mix == (float(one.mix.classes[0].input_length), float(one.mix.classes[0].share))
        for s, p in (point for points in drawn.values() for point in points):
            shares = zip(lengths, (p, 1 - p), strict=True)
            both = [(n, share) for n, share in shares]
            g = [sum(q * (s + m + 1) for n, q in both if m < n) for m in range(lengths[1])]
            a, b, c = [*g, 0.0][:3]
            assert min(abs(a - c), abs(a - b + c)) < 1e-9 * (a + b + c)


def test_stages_are_drawn_as_they_are_answered():
    for one, drawn in drawings("by-hand"):
        start, *after = zip(*(points for points in drawn.values()), strict=True)
        assert tuple(y for _, y in start) == dict(one.given)["state"]
        assert [tuple(y for _, y in pair) for pair in after] == [state for _, state in one.result]


@pytest.mark.parametrize("kind", ["level", "necklace"])
def test_the_stages_of_a_cycle_fill_the_memory(kind):
    for one, drawn in drawings(kind):
        ((s, length, _),) = classes(one.mix)
        held = sum(float(s + j + 1) * y for j, y in drawn["cycle"])
        even = [y for _, y in drawn["equilibrium"]]
        assert held == pytest.approx(float(one.mix.capacity))
        assert even == pytest.approx([float(one.mix.capacity / token_steps(classes(one.mix)))] * 2)
        assert len(drawn["cycle"]) == length


def test_all_kinds_are_drawn():
    kinds = [{exercise(topic, seed).kind for seed in range(12)} for topic in TOPICS]
    assert min(map(len, kinds)) >= 3
    assert sum(map(len, kinds)) == len(ORACLES)
    assert set().union(*kinds) == set(ORACLES)


def test_verdicts_differ():
    found = [dict(exercise("roots", seed).result).get("verdict") for seed in range(EACH)]
    assert min(found.count(word) for word in ("stable", "unstable", "marginal")) >= 3
    beside = [dict(exercise("threshold", seed).result).get("verdict") for seed in range(EACH)]
    assert min(beside.count("stable"), beside.count("unstable")) > 30


@pytest.mark.parametrize("topic", TOPICS)
def test_the_difficulty_is_the_number_of_steps(topic):
    for seed in range(12):
        one = exercise(topic, seed)
        assert one.difficulty == {2: "easy", 3: "medium"}.get(len(one.solution), "hard")
        assert len(one.solution) >= 2


def test_the_same_seed_gives_the_same_exercise():
    random.seed(1)
    first = exercise("cycle", 11)
    random.seed(2)
    assert exercise("cycle", 11) == first


@pytest.mark.slow
def test_the_same_in_another_process():
    code = "import stabkit; print(*(stabkit.exercise('gcd', n) for n in range(10)), sep='\\n')"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == 10


@pytest.mark.parametrize(
    ("topic", "seed", "message"),
    [
        (
            "root",
            0,
            "'topic' must be 'roots', 'gcd', 'threshold', 'cycle', 'policy', 'noise', 'finite' or "
            "'starts', not 'root'",
        ),
        ("roots", -1, "'seed' must be an integer of at least 0, not -1"),
        ("roots", 1.5, "'seed' must be an integer of at least 0, not 1.5"),
        ("roots", True, "'seed' must be an integer of at least 0, not True"),
    ],
)
def test_errors(topic, seed, message):
    with pytest.raises(InvalidArgument, match=message):
        exercise(topic, seed)
