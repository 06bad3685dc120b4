"""Closed loops: polynomials against the simulator's own growth, and reservation's theorem."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from sympy import Poly, Rational, Symbol

from stabkit.analysis.operations.closed_loops import (
    closed_loop,
    closed_loop_kernel,
    closed_loop_polynomial,
)
from stabkit.dynamics.growth import measure_growth
from stabkit.dynamics.long_run import long_run
from stabkit.dynamics.policies import Damped, Headroom, RateLimited, Reservation
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload
from stabkit.spectrum.counting.counts import kernel_counts


def random_mix(rng, longest=12):
    lengths = rng.sample(range(1, longest + 1), rng.randint(1, 3))
    entries = [(Fraction(rng.randint(0, 60), 2), n, rng.randint(1, 9)) for n in lengths]
    return Workload.from_classes(entries)


def random_policy(rng):
    return rng.choice(
        [
            Damped(Fraction(rng.randint(1, 20), 20)),
            Headroom(Fraction(rng.randint(0, 9), 20)),
            Reservation(),
        ]
    )


@pytest.mark.parametrize("seed", range(100))
def test_measured_growth_is_the_spectral_radius(seed):
    rng = random.Random(seed)
    while True:  # until the mode lives long enough to be measured
        mix, policy = random_mix(rng), random_policy(rng)
        found = closed_loop(mix, policy)
        if found.modes and abs(found.modes[0].value) > 0.85:
            break
    measured = measure_growth(mix, complex(found.modes[0].value), policy=policy)
    assert measured is not None
    low, high = float(found.spectral_radius.low), float(found.spectral_radius.high)
    assert low - 1e-6 <= measured <= high + 1e-6


@pytest.mark.parametrize("seed", range(100))
def test_reservation_is_never_unstable_and_marginal_exactly_for_a_gcd(seed):
    # Oracle: exact counts of its kernel, which know nothing of the theorem.
    mix = random_mix(random.Random(seed), longest=24)
    claimed = closed_loop(mix, Reservation()).counts
    counted = kernel_counts(closed_loop_kernel(mix, Reservation()))
    assert (counted.inside, counted.on_circle, counted.outside) == (
        claimed.inside,
        claimed.on_circle,
        claimed.outside,
    )
    assert counted.outside == 0
    assert (claimed.verdict == "marginal") == (mix.gcd > 1)


@pytest.mark.parametrize("seed", range(20))
def test_polynomials_by_hand(seed):
    # Term by term from docs/model.md, Policies.
    rng = random.Random(seed)
    mix, x = random_mix(rng, longest=6), Symbol("lambda")
    length, gain = mix.longest_decode, Fraction(rng.randint(1, 9), 9)
    greedy = reserved = 0
    for c in mix.classes:
        share, s = Rational(c.share), Rational(c.input_length)
        for m in range(c.decode_length):
            factor = Rational(gain) if m else 1
            greedy += factor * share * (s + m + 1) * x ** (length - 1 - m)
            reserved += share * (s + c.decode_length) * x ** (length - 1 - m)
    assert closed_loop_polynomial(mix, Damped(gain)) == Poly(greedy, x, domain="QQ")
    assert closed_loop_polynomial(mix, "reservation") == Poly(reserved, x, domain="QQ")
    assert closed_loop_polynomial(mix, "headroom:0.3") == closed_loop_polynomial(mix, "greedy")


def test_the_damped_entry_of_model_md():
    # s = 100, l = 20, gain 1/2: spectral radius 1.0051.
    found = closed_loop(Workload.from_classes([(100, 20)]), "damped:1/2")
    assert abs(float(found.spectral_radius.low) - 1.0051) < 5e-5
    assert found.verdict == "unstable"


@pytest.mark.parametrize("seed", range(20))
def test_a_damped_loop_is_stable_below_the_sufficient_gain(seed):
    # kappa sum_(m >= 1) g_m < g_0, docs/model.md, Gain; and what is stable settles.
    mix = random_mix(random.Random(seed))
    kernel = closed_loop_kernel(mix, "greedy")
    if kernel.length == 1:
        return
    gain = Fraction(99, 100) * Fraction(kernel.first, kernel.total - kernel.first)
    policy = Damped(min(gain, 1))
    assert closed_loop(mix, policy).verdict == "stable"
    run = long_run(mix, policy=policy)
    assert run.period == 1
    assert np.isclose(run.request_ratio, float(policy.equilibrium(mix)))


def test_a_rate_limit_is_linear_below_the_equilibrium_only():
    mix = Workload.from_classes([(10, 5)])
    below = closed_loop(mix, RateLimited("0.9"))
    assert (below.verdict, below.counts.inside) == ("stable", 4)
    assert below.spectral_radius.high == 0
    assert closed_loop_polynomial(mix, RateLimited("0.9")).all_coeffs() == [1, 0, 0, 0, 0]
    for rate in ("1", "1.2"):
        assert closed_loop(mix, RateLimited(rate)).verdict is None
        with pytest.raises(InvalidArgument, match=r"'policy' must be linear .* not rate-limited"):
            closed_loop_polynomial(mix, RateLimited(rate))


def test_policies_of_others_have_no_verdict():
    class Mine:
        name = "mine"

        def admissions(self, memory):
            return memory.free / memory.per_request / 3

    assert closed_loop(Workload.from_classes([(5, 2)]), Mine()).verdict is None


def test_too_long_for_a_polynomial():
    with pytest.raises(InvalidArgument, match=r"'mix' must have decode lengths up to 20000"):
        closed_loop_polynomial(Workload.from_classes([(5, 20_001)]), "greedy")
