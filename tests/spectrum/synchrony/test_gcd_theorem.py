"""R7 and R9: the margin against dense evaluation, the claims against exact counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import Workload, gcd_theorem, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.synchrony.condition import Margin, condition_margin
from stabkit.spectrum.synchrony.least_real_part import ArcSearch
from stabkit.spectrum.synchrony.quotient import RenewalQuotient

CLASSES = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 40), st.integers(1, 30)), min_size=1, max_size=5
)


def dense_quantity(mix: Workload, theta: mpmath.mpf) -> mpmath.mpf:
    """Re[(E + g w D') / D] + (g + 1) / 2 at w = e^(i theta), by its definition, R7."""
    g = mix.gcd
    w = mpmath.expj(theta)
    lengths = [(c, c.decode_length // g) for c in mix.classes]
    fraction = [mpmath.mpf(c.share.numerator) / c.share.denominator for c, _ in lengths]
    inputs = [mpmath.mpf(c.input_length.numerator) / c.input_length.denominator for c, _ in lengths]
    d = e = slope = mpmath.mpc(0)
    for (_, n), p, s in zip(lengths, fraction, inputs, strict=True):
        d += p * sum(w**m for m in range(n))
        e += p * s * sum(w**m for m in range(n))
        slope += p * sum(m * w**m for m in range(n))  # w D'
    return ((e + g * slope) / d).real + mpmath.mpf(g + 1) / 2


def sampled_minimum(mix: Workload) -> mpmath.mpf:
    """The least value on a fine grid, refined by golden section: never below the true minimum."""
    g, longest = mix.gcd, mix.longest_decode // mix.gcd
    theta = np.linspace(0, np.pi, 400 * longest + 1)
    w = np.exp(1j * theta)
    d, above = np.zeros_like(w), np.zeros_like(w)
    for c in mix.classes:
        powers = w[:, None] ** np.arange(c.decode_length // g)
        p, s = float(c.share), float(c.input_length)
        d += p * powers.sum(axis=1)
        above += p * (powers @ (s + g * np.arange(c.decode_length // g)))
    best = int(np.argmin((above / d).real))
    with mpmath.workdps(30):
        low, high = (
            mpmath.mpf(theta[max(best - 1, 0)]),
            mpmath.mpf(theta[min(best + 1, len(w) - 1)]),
        )
        golden = (mpmath.sqrt(5) - 1) / 2
        for _ in range(60):
            first, second = high - golden * (high - low), low + golden * (high - low)
            if dense_quantity(mix, first) < dense_quantity(mix, second):
                high = second
            else:
                low = first
        ends = (dense_quantity(mix, mpmath.mpf(x)) for x in (low, high, theta[best]))
        return min(ends)


@pytest.mark.parametrize(
    "classes",
    [
        [(0, 1), (0, 2)],
        [(100, 7), (100, 10)],
        [(5, 3), (5, 5)],
        [(0, 9), (0, 10)],
        [(100, 2), (200, 3)],
        [(100, 4, 1), (300, 6, 1), (5, 10, 2)],
        [(1000, 2, 1), (0, 3, 1)],
        [(0, 12, 2), (10, 2, 3)],
        [(3, 11, 1), (10**9, 13, 1)],
        [(5, 30, 1), (7, 31, 10**9)],
    ],
)
def test_margin_encloses_the_minimum(classes: list) -> None:
    mix = Workload.from_classes(classes)
    margin = condition_margin(MemoryKernel.of(mix))
    assert margin is not None
    assert margin.low is not None
    least = sampled_minimum(mix)
    slack = Fraction(1, 10**9) * (1 + abs(margin.high) + max(c[0] for c in classes))
    assert margin.high - margin.low <= slack
    assert margin.low <= Fraction(*_ratio(least)) + Fraction(1, 10**20)
    # golden section may miss the bottom of a narrow dip, but not by more than a wide one's error
    assert margin.high <= Fraction(*_ratio(least)) + slack
    if margin.high > -100:
        assert margin.high >= Fraction(*_ratio(least)) - slack


def test_every_arc_bound_holds_on_its_arc(random_mixes: Iterator[Workload]) -> None:
    """The global minimum hides a wrong bound elsewhere, so that arcs are checked one by one."""
    checked = 0
    for mix in itertools.islice((m for m in random_mixes if m.longest_decode > m.gcd), 60):
        quotient = RenewalQuotient(MemoryKernel.of(mix))
        above, below = quotient.terms
        search = ArcSearch(above, below, Fraction(1, 2), 1 + quotient.mean_input, Budget())
        indices = np.arange(1, search.size // 2 + 1)
        bounds = search._on_grid(indices).lower
        theta = np.pi / search.size * (2 * indices[:, None] + np.linspace(-1, 1, 21))
        w = np.exp(1j * theta)
        values = sum(c * w**m for m, c in above.items()) / sum(c * w**m for m, c in below.items())
        least = np.min(values.real, axis=1) / float(search.scale)
        finite = bounds > -1e300
        assert np.all(bounds[finite] <= least[finite] + 1e-9 * (1 + np.abs(least[finite])))
        checked += int(np.sum(finite))
    assert checked > 1000


@pytest.mark.slow
def test_a_huge_dip_is_not_cut_off_at_what_doubles_can_hold() -> None:
    """Sizes beyond doubles: where no bound was found, none is given.

    On w = e^(2 pi i / 3) the classes of lengths 3, 6, ... add nothing to 1 - E w^T, so that the dip
    there is as deep as the last class's share is small.
    """
    shares = [Fraction(93, 100), *[Fraction(1, 100)] * 7]
    part = sum(p * 3 * (k + 1) for k, p in enumerate(shares)) / 8
    lengths = [3 * (k + 1) for k in range(8)]
    base = max(n - part / p for n, p in zip(lengths, shares, strict=True))
    classes = [(base - n + part / p, n, p) for n, p in zip(lengths, shares, strict=True)]
    for exponent in (20, 250, 280):
        mix = Workload.from_classes([*classes, (base, 1, Fraction(1, 10**exponent))])
        margin = condition_margin(MemoryKernel.of(mix))
        assert margin is not None
        with mpmath.workdps(700):
            dip = Fraction(*_ratio(dense_quantity(mix, 2 * mpmath.pi / 3)))
        assert margin.low is None or margin.low <= dip


def _ratio(x: mpmath.mpf) -> tuple[int, int]:
    with mpmath.workdps(800):
        return int(mpmath.nint(x * 10**40)), 10**40


def test_one_class_by_hand() -> None:
    # D = 1: the quantity is constant, s + (g + 1) / 2
    margin = condition_margin(MemoryKernel.of(Workload.from_classes([("9/2", 6)])))
    assert margin == Margin(Fraction(8), Fraction(8))


@pytest.mark.parametrize("share", [Fraction(1, 10**k) for k in (30, 99, 999)])
def test_a_quantity_that_is_constant_but_for_rounding(share: Fraction) -> None:
    """All arcs of the grid are equally low: refining every one of them took half a minute.

    By hand, to first order in the share p of (t, 6) beside (s, 3), g = 3: the quantity is
    s + 2 + p Re[w (t - s + 3)], least at w = -1 for t = s.
    """
    classes = [(5, 3, 1 - share), (5, 6, share), (88, 3, share)]
    margin = condition_margin(MemoryKernel.of(Workload.from_classes(classes)))
    assert margin is not None
    assert margin.low is not None
    exact = 7 + share * (83 - 3)  # the third class moves the mean input alone
    assert margin.low <= exact + 99 * share**2
    assert margin.high >= exact - 99 * share**2
    assert margin.high - margin.low < Fraction(1, 10**8)


def test_a_margin_of_exactly_zero_is_a_failure() -> None:
    # l = (1, 2), p = 1/2, s = 0: the quantity is Re[(w/2) / (1 + w/2)] + 1, which is 0 at w = -1
    theorem = gcd_theorem(Workload.from_classes([(0, 1), (0, 2)]))
    assert theorem.applies is False
    assert theorem.margin is not None
    assert theorem.margin.high == 0
    assert gcd_theorem(Workload.from_classes([("1/1000000", 1), ("1/1000000", 2)])).applies


@pytest.mark.parametrize(
    ("lengths", "threshold"),
    [
        ((2, 3), "1"),
        ((2, 5), "6.9243440"),
        ((3, 5), "9.8229483"),
        ((4, 7), "29.594185"),
        ((7, 10), "117.43968"),
        ((99, 100), "199534.49"),
        ((128, 129), "429863.88"),
    ],
)
def test_sufficient_input_is_beyond_the_known_thresholds(
    lengths: tuple[int, int], threshold: str
) -> None:
    """For a common input the margin is s - s_sufficient, and s_sufficient >= s* (R7, R8)."""
    mix = Workload.from_classes([(0, length) for length in lengths])
    margin = condition_margin(MemoryKernel.of(mix))
    assert margin is not None
    assert -margin.high >= Fraction(threshold) - Fraction(1, 10 ** (len(threshold.split(".")[-1])))
    assert gcd_theorem(mix).claim is None


@given(CLASSES)
@settings(max_examples=150, deadline=None)
def test_claims_hold_where_counts_are_exact(classes: list) -> None:
    mix = Workload.from_classes(classes)
    theorem, counts = gcd_theorem(mix), unit_circle_counts(mix, "schur-cohn")
    assert counts.outside is not None
    if theorem.claim is None:
        assert not theorem.applies
        return
    relation, count, label = theorem.claim
    if relation == "exactly":
        assert (counts.outside, counts.on_circle, label) == (count, 0, "R7")
        assert count == mix.gcd - 1
    else:
        assert counts.outside >= count >= 1


def test_claims_of_both_kinds_occur(random_mixes: Iterator[Workload]) -> None:
    seen = {gcd_theorem(mix).claim is None for mix in itertools.islice(random_mixes, 40)}
    assert seen == {True, False}


def stretched_law(gcd: int, atom: float, parts: list, last: int) -> Workload:
    """R9's counterexamples: s = 0, lengths gcd n, an atom at n = 1 and geometric parts, lumped."""
    weights = dict.fromkeys(range(1, last + 1), 0.0)
    weights[1] = atom
    for share, rate in parts:
        alive = share
        for n in range(1, last):
            weights[n] += alive * rate
            alive *= 1 - rate
        weights[last] += alive
    whole = {n: round(w * 10**15) for n, w in weights.items()}
    return Workload.from_classes([(0, gcd * n, w) for n, w in whole.items() if w])


@pytest.mark.slow
def test_without_its_condition_the_gcd_proves_nothing() -> None:
    """docs/model.md, R9: gcd 3 and *stable* (counted in test_counts). Nothing is claimed."""
    law = [(0.0044, 0.038), (0.0102, 0.137), (0.8214, 0.00035)]
    mix = stretched_law(3, 0.164, law, 120_000)
    theorem = gcd_theorem(mix)
    assert theorem.gcd == 3
    assert (theorem.applies, theorem.late_memory_applies, theorem.claim) == (False, False, None)


@pytest.mark.slow
def test_an_even_gcd_claims_one_mode_whatever_the_law() -> None:
    mix = stretched_law(4, 0.15, [(0.015, 0.287), (0.011, 0.168), (0.824, 0.0026)], 14_000)
    assert unit_circle_counts(mix).outside == 1  # and not g - 1 = 3
    assert gcd_theorem(mix).claim == ("at least", 1, "R9")


def test_r7_proves_a_mix_that_the_limit_of_long_inputs_leaves_open() -> None:
    # docs/model.md, R1b: (N, 2, 1/2), (0, 3, 1/2) has limit lambda (lambda + 1), yet is stable
    for n in (10, 1000, 10**9):
        assert gcd_theorem(Workload.from_classes([(n, 2), (0, 3)])).claim == ("exactly", 0, "R7")


def test_extreme_weights_and_lengths_are_survived() -> None:
    for classes in (
        [(0, 1, 1), (5, 7, Fraction(1, 10**300))],
        [(10**12, 3, Fraction(1, 10**300)), (0, 5, 1)],
        [(0, 2, 10**12), (10**12, 3, 1)],
    ):
        mix = Workload.from_classes(classes)
        theorem = gcd_theorem(mix)
        counts = unit_circle_counts(mix)
        if theorem.claim is not None and theorem.claim[0] == "exactly":
            assert counts.outside == theorem.claim[1]
    assert gcd_theorem(Workload.from_classes([(7, 10**9), (7, 10**9 - 1)])).applies is None
