"""A thousand generated exercises: every answer by another path, in exact arithmetic.

The oracles know the mix and what the question gives, and nothing of how the answer was made:
definitions summed term by term, FLINT's roots, Schur-Cohn by hand, a simulator of their own.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import gcd
from typing import Any

import pytest
from flint import fmpz_poly

from stabkit import Exercise, InvalidArgument, Workload, exercise
from stabkit.analysis.exercises import TOPICS

EACH = 200


def classes(mix: Workload) -> list[tuple[Fraction, int, Fraction]]:
    return [(c.input_length, c.decode_length, c.share) for c in mix.classes]


def kernel(mix: Workload) -> list[Fraction]:
    length = max(n for _, n, _ in classes(mix))
    return [
        sum((p * (s + m + 1) for s, n, p in classes(mix) if m < n), Fraction(0))
        for m in range(length)
    ]


def verdict(values: list[Fraction]) -> str:
    """By FLINT's isolation of the roots, exactly on the circle only where F(-1) or F(1) is 0."""
    common = 1
    for value in values:
        common = common * value.denominator // gcd(common, value.denominator)
    whole = [int(value * common) for value in values]
    if len(whole) == 3 and whole[0] == whole[2] and abs(whole[1]) < 2 * whole[0]:
        return "marginal"  # a conjugate pair whose product is 1
    sizes = [abs(complex(root)) for root, _ in fmpz_poly(whole[::-1]).complex_roots()]
    if any(size > 1 + 1e-12 for size in sizes):
        return "unstable"
    return "stable" if all(size < 1 - 1e-12 for size in sizes) else "marginal"


def token_steps(mix: Workload) -> Fraction:
    return sum((sum(p * (s + j) for j in range(1, n + 1)) for s, n, p in classes(mix)), Fraction(0))


def single_root(one: Exercise) -> dict[str, Any]:
    g = kernel(one.mix)
    return {"root": -g[1] / g[0], "verdict": verdict(g)}


def annulus(one: Exercise) -> dict[str, Any]:
    g = kernel(one.mix)
    quotients = [b / a for a, b in pairwise(g)]
    sizes = [abs(complex(r)) for r, _ in fmpz_poly([int(x) for x in g[::-1]]).complex_roots()]
    assert min(quotients) - Fraction(1, 10**9) <= min(sizes) <= max(sizes)
    assert max(sizes) <= max(quotients) + Fraction(1, 10**9)
    return {
        "unstable modes": sum(size > 1 for size in sizes),
        "lower bound": min(quotients),
        "upper bound": max(quotients),
    }


def quadratic(one: Exercise) -> dict[str, Any]:
    return {"coefficients": tuple(kernel(one.mix)), "verdict": verdict(kernel(one.mix))}


def synchronised_modes(one: Exercise) -> dict[str, Any]:
    g = gcd(*(n for _, n, _ in classes(one.mix)))
    (s,) = {s for s, _, _ in classes(one.mix)}
    return {
        "gcd": g,
        "synchronised modes": g - 1,
        "steps": s + max(n for _, n, _ in classes(one.mix)),
    }


def survival_polynomial(one: Exercise) -> dict[str, Any]:
    length = max(n for _, n, _ in classes(one.mix))
    survivors = [
        sum((p for _, n, p in classes(one.mix) if n > m), Fraction(0)) for m in range(length)
    ]
    scaled = fmpz_poly([int(x * 60) for x in survivors[::-1]])  # the weights are of 5 or 2
    assert [Fraction(int(x), 60) for x in scaled.coeffs()] == survivors[::-1]
    orders = [
        d
        for d in range(2, length + 1)
        if scaled.gcd(fmpz_poly.cyclotomic(d)).degree() == fmpz_poly.cyclotomic(d).degree()
    ]
    return {"coefficients": tuple(survivors), "orders": tuple(orders)}


def newton_step(one: Exercise) -> dict[str, Any]:
    mean = sum(p * n for _, n, p in classes(one.mix))
    held = sum(p * n * (s + n) for s, n, p in classes(one.mix))
    return {"gcd": gcd(*(n for _, n, _ in classes(one.mix))), "modulus": 1 + mean / held}


def last_unstable(first: int, second: int, share: Fraction, low: Fraction) -> Fraction:
    """The border by bisection on verdicts of F, to 1e-9, then the simplest fraction near."""
    high = low + 1000
    for _ in range(60):
        middle = (low + high) / 2
        mix = Workload.from_classes([(middle, first, share), (middle, second, 1 - share)])
        if hand_verdict(kernel(mix)) == "stable":
            high = middle
        else:
            low = middle
    return high.limit_denominator(1000)


def hand_verdict(g: list[Fraction]) -> str:
    if len(g) == 2:
        return "stable" if g[1] < g[0] else "other"
    return "stable" if g[2] < g[0] and g[1] < g[0] + g[2] else "other"


def threshold_kind(one: Exercise) -> dict[str, Any]:
    (_, first, share), (_, second, _) = classes(one.mix)
    border = last_unstable(first, second, share, Fraction(0))
    return {"threshold": border, "verdict": verdict(kernel(one.mix))}


def variance_law(one: Exercise) -> dict[str, Any]:
    mean = sum(p * n for _, n, p in classes(one.mix))
    square = sum(p * n * n for _, n, p in classes(one.mix))
    variance = square - mean**2
    return {"mean": mean, "variance": variance, "c": mean**3 / variance}


def run(mix: Workload, state: list[Fraction], steps: int) -> tuple[list[Fraction], Fraction]:
    """One class, exact fluid, by the three rules: the state and the completed requests."""
    ((s, length, _),) = classes(mix)
    capacity, done = Fraction(mix.capacity), Fraction(0)
    for _ in range(steps):
        done += state[-1]
        state = [Fraction(0), *state[:-1]]
        used = sum(((s + j + 1) * x for j, x in enumerate(state)), Fraction(0))
        if used <= capacity:
            state[0] = (capacity - used) / (s + 1)
        for j in range(length):
            if used > capacity:
                cut = min(state[j], (used - capacity) / (s + j + 1))
                state[j] -= cut
                used -= cut * (s + j + 1)
    return state, done


def worst_cycle(one: Exercise) -> dict[str, Any]:
    ((s, length, _),) = classes(one.mix)
    start = [Fraction(0)] * (length - 1) + [one.mix.capacity / (s + length)]
    state, done = run(one.mix, start, length)
    assert state == start
    best = one.mix.capacity / token_steps(one.mix)
    return {"equilibrium": best, "worst cycle": done / length, "loss": 1 - done / length / best}


def necklace(one: Exercise) -> dict[str, Any]:
    ((s, length, _),) = classes(one.mix)
    parts = dict(one.given)["composition"]
    assert sum(parts) == length
    state, place = [Fraction(0)] * length, -1
    for part in parts:
        place += part
        state[place] = Fraction(part)
    held = sum((s + j + 1) * x for j, x in enumerate(state))
    state = [x * one.mix.capacity / held for x in state]
    end, done = run(one.mix, state, length)
    assert end == state
    best = one.mix.capacity / token_steps(one.mix)
    return {"throughput": done / length, "ratio": done / length / best}


def renormalisation(one: Exercise) -> dict[str, Any]:
    g = gcd(*(n for _, n, _ in classes(one.mix)))
    rounds = sum(
        p * sum(s + (i + 1) * g for i in range(n // g)) for s, n, p in classes(one.mix)
    )  # tokens of one request every g steps, in step
    return {
        "inputs": tuple(s / g for s, _, _ in classes(one.mix)),
        "decode lengths": tuple(n // g for _, n, _ in classes(one.mix)),
        "loss": 1 - token_steps(one.mix) / (g * rounds),
    }


def by_hand(one: Exercise) -> dict[str, Any]:
    ((s, _, _),) = classes(one.mix)
    young, _ = dict(one.given)["state"]
    capacity, found = int(one.mix.capacity), {}
    for n in (1, 2, 3):
        old = int(young)
        if (s + 2) * old > capacity:
            young, old = 0, int(capacity // (s + 2))
        else:
            young = int((capacity - (s + 2) * old) // (s + 1))
        found[f"after step {n}"] = (young, old)
    return found


def reservation(one: Exercise) -> dict[str, Any]:
    held = sum(p * (s + n) for s, n, p in classes(one.mix) for _ in range(n))
    best, kept = one.mix.capacity / token_steps(one.mix), one.mix.capacity / held
    return {"equilibrium": best, "reservation": kept, "ratio": kept / best}


def headroom(one: Exercise) -> dict[str, Any]:
    """Fill (1 - eta) B from empty, and let the cohort grow: it must just fit."""
    ((s, length, _),) = classes(one.mix)
    cohort = one.mix.capacity / (s + length)  # what fits when it is oldest
    eta = 1 - cohort * (s + 1) / one.mix.capacity
    return {"headroom": eta, "throughput": cohort / length}


def damped(one: Exercise) -> dict[str, Any]:
    g, kappa = kernel(one.mix), Fraction(dict(one.given)["gain"])
    rest = sum(g[1:], Fraction(0))
    a = kappa / (g[0] + kappa * rest)  # a = kappa (1 - rest a) / g_0 at B = 1
    assert a == kappa * (1 - rest * a) / g[0]
    return {"sufficient gain": min(Fraction(1), g[0] / rest), "memory in use": a * (g[0] + rest)}


def rate_limit(one: Exercise) -> dict[str, Any]:
    rate = one.mix.capacity / token_steps(one.mix)
    return {"rate": rate, "in service": rate * sum(p * n for _, n, p in classes(one.mix))}


ORACLES: dict[str, Callable[[Exercise], dict[str, Any]]] = {
    "single-root": single_root,
    "annulus": annulus,
    "quadratic": quadratic,
    "synchronised-modes": synchronised_modes,
    "survival-polynomial": survival_polynomial,
    "newton-step": newton_step,
    "two-and-three": threshold_kind,
    "one-and-two": threshold_kind,
    "variance-law": variance_law,
    "worst-cycle": worst_cycle,
    "necklace": necklace,
    "renormalisation": renormalisation,
    "by-hand": by_hand,
    "reservation": reservation,
    "headroom": headroom,
    "damped": damped,
    "rate-limit": rate_limit,
}


@pytest.mark.parametrize("topic", TOPICS)
def test_a_thousand_answers(topic):
    for seed in range(EACH):
        one = exercise(topic, seed)
        assert dict(one.results) == ORACLES[one.kind](one), (topic, seed, one.kind)


def test_all_kinds_are_drawn():
    kinds = {exercise(topic, seed).kind for topic in TOPICS for seed in range(4)}
    assert kinds == set(ORACLES)


@pytest.mark.parametrize("topic", TOPICS)
def test_none_is_degenerate(topic):
    questions = set()
    for seed in range(EACH):
        one = exercise(topic, seed)
        lengths = [n for _, n, _ in classes(one.mix)]
        assert len(set(lengths)) == len(lengths)
        assert all(p > 0 for _, _, p in classes(one.mix))
        assert max(lengths) > 1
        for name, value in one.results:
            if name == "threshold":
                assert value > 0
            if name in ("loss", "root", "headroom"):
                assert value != 0
        if one.kind == "necklace":
            assert 1 < len(dict(one.given)["composition"]) < max(lengths)
        assert one.difficulty in ("easy", "medium", "hard")
        assert len(one.steps) >= 2
        assert one.question.count("$") % 2 == 0
        questions.add(one.question)
    assert len(questions) > EACH * 3 // 5  # small numbers repeat now and then


def test_the_same_seed_gives_the_same_exercise():
    random.seed(1)
    first = exercise("cycle", 11)
    random.seed(2)
    assert exercise("cycle", 11) == first


@pytest.mark.parametrize(
    ("topic", "seed", "message"),
    [
        ("root", 0, "'topic' must be one of roots, gcd, threshold, cycle, policy, not 'root'"),
        ("roots", -1, "'seed' must be an integer of at least 0, not -1"),
        ("roots", 1.5, "'seed' must be an integer of at least 0, not 1.5"),
    ],
)
def test_errors(topic, seed, message):
    with pytest.raises(InvalidArgument, match=message):
        exercise(topic, seed)
