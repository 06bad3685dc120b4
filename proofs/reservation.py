"""Chapter 6, continued: reservation, tokens for a whole life from the admission on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from sympy import Eq, Ge, Implies, Le, Poly, Rational, symbols

from stabkit import (
    Reservation,
    Workload,
    closed_loop_polynomial,
    simulate,
)
from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper

from .moments import (
    STEP,
    Moment,
    Rows,
    empty_start,
)
from .notation import B, g, j, lam, length, m, n, p, s
from .objects import Run, full_start, mixes, scattered_start
from .policies import small_mixes
from .quantities import CAPACITY, GCD, LENGTH, LONGEST, longest
from .reserves import evicted_so_far, first_evicted, scaled

__all__ = ["THEOREMS"]

_S, _rest, _evicted = symbols("S R E")
_OPEN = Interval(0, open_low=True)
_reserved, _made, _at_rest, _held = symbols("R_0 Q a_r P")
_beyond, _upon, _one_class = symbols("N_> N_= one_class")


def _by_lives(mix: Workload, state: Any) -> Fraction:
    """Return what the requests of a state hold at most, by definition."""
    return sum(
        (
            (c.input_length + c.decode_length) * sum(row, Fraction(0))
            for c, row in zip(mix.classes, state, strict=True)
        ),
        Fraction(0),
    )


def _life_weight(mix: Workload, m_: int) -> Fraction:
    alive = (c for c in mix.classes if m_ < c.decode_length)
    return sum((c.share * (c.input_length + c.decode_length) for c in alive), Fraction(0))


def _rate_at_rest(moment: Moment) -> Fraction:
    """Return what is admitted in a step from p_k y in every stage, all of B being reserved."""
    mix = moment.mix
    rest = [[c.share] * c.decode_length for c in mix.classes]
    scale = Fraction(mix.capacity or 0) / _by_lives(mix, rest)
    state = [[x * scale for x in row] for row in rest]
    run = simulate(mix, 1, arithmetic="exact", state=state, policy=Reservation())
    return Fraction(run.admitted[1])


@cache
def _life_counts(mix: Workload) -> tuple[int, int, int]:
    """Return the roots inside, on and outside of the circle: isolated exactly by FLINT."""
    weights = [Rational(_life_weight(mix, m_)) for m_ in range(LONGEST.value(mix))]
    whole = Poly(weights, lam).clear_denoms(convert=True)[1]
    return isolated_disc_counts([int(c) for c in whole.all_coeffs()[::-1]])


_RESERVATION_COUNTEREXAMPLE = Moment(
    Run(
        Workload.from_classes([(2, 3)], 100),
        ((Fraction(0), Fraction(25), Fraction(0)),),
        6,
        Reservation(),
    ),
    6,
)


def _reservations(rng: random.Random) -> Iterator[Moment]:
    """Yield runs from starts whose reservations fit, just fit, or do not."""
    yield _RESERVATION_COUNTEREXAMPLE
    starts: tuple[Callable[[Workload, random.Random], Rows], ...]
    starts = (empty_start, full_start, scattered_start)
    for k_, mix in enumerate(mixes(rng)):
        start = starts[k_ % 3](mix, rng)
        whole = _by_lives(mix, start)
        if whole and k_ % 5:
            start = scaled(start, Fraction(mix.capacity or 0) / whole / rng.choice((1, 1, 2)))
        longest_ = LONGEST.value(mix)
        run = Run(mix, start, 2 * longest_, Reservation())
        for step in sorted({max(1, longest_ - 1), longest_, 2 * longest_}):
            yield Moment(run, step)


RESERVATION = Theorem(
    label="reservation",
    title="Reservation is never unstable",
    claim=Claim(
        objects=_reservations,
        quantities=(
            STEP,
            CAPACITY,
            Quantity(_evicted, r"the requests evicted since the start", evicted_so_far),
            LONGEST,
            GCD,
            LENGTH,
            Quantity(
                _reserved,
                r"what the requests of the start hold at most in their lives, $s_k + l_k$ tokens "
                r"each",
                lambda moment: _by_lives(moment.mix, moment.run.start),
            ),
            Quantity(
                _made,
                r"$\sum_{m=0}^{L-1} r_m a_{n-m}$ with $r_m = \sum_k p_k (s_k + l_k) 1\{m < l_k\}$, "
                r"what the admissions of the last $L$ steps reserve",
                lambda moment: sum(
                    _life_weight(moment.mix, m_) * moment.admitted(m_)
                    for m_ in range(moment.longest)
                ),
            ),
            Quantity(
                _beyond,
                r"the number of roots of the characteristic polynomial $\sum_k p_k (s_k + l_k) "
                r"\sum_{m < l_k} \lambda^{L-1-m}$ with $|\lambda| > 1$",
                lambda moment: _life_counts(moment.mix)[2],
            ),
            Quantity(
                _upon,
                r"the number of its roots on the circle, which are the $g$-th roots of unity "
                r"other than 1",
                lambda moment: _life_counts(moment.mix)[1],
            ),
            Quantity(_at_rest, "the admissions per step at the equilibrium", _rate_at_rest),
            Quantity(
                _held,
                r"$\sum_k p_k l_k (s_k + l_k)$",
                lambda moment: sum(
                    c.share * c.decode_length * (c.input_length + c.decode_length)
                    for c in moment.mix.classes
                ),
            ),
            Quantity(
                _one_class,
                "there is one class",
                lambda moment: len(moment.mix.classes) == 1,
            ),
            Quantity(
                s,
                "the input length of the first class",
                lambda moment: moment.mix.classes[0].input_length,
            ),
        ),
        hypotheses=(Le(_reserved, B),),
        conclusions=(
            Eq(_evicted, 0),
            Implies(Ge(n, longest), Eq(_made, B)),
            Eq(_beyond, 0),
            Eq(_upon, g - 1),
            Eq(_at_rest, B / _held),
            Implies(_one_class, Eq(_at_rest, B / (length * (s + length)))),
        ),
    ),
    uses=("R1", "worst-cycle"),
    code=("stabkit.Reservation", "stabkit.closed_loop"),
    references=(paper("section 6"),),
    steps=(
        Step(
            "no-eviction",
            r"A request holds $s_k + l_k$ tokens from its admission on, and in stage $j$ it needs "
            r"no more than it reserved, for $j \le l - 1$: while the reservations fit, nothing is "
            r"evicted, and what is admitted makes them fill $B$.",
            Inequality((s + _S) - (s + j + 1), {_S: Interval(j + 1)}, False),
        ),
        Step(
            "weights",
            r"So the admissions of the last $L$ steps reserve $B$. The polynomial of this "
            r"recurrence is $P = \sum_k p_k (s_k + l_k)$ times a survival polynomial with the "
            r"shares $p_k (s_k + l_k) / P$, all positive: R1 applies as it stands, and $g$ is "
            r"that of all decode lengths. With $S = l_k$ and $R$ for the sum over the other "
            r"classes,",
            Inequality(
                p * (s + _S) / (p * (s + _S) + _rest),
                {p: _OPEN, s: Interval(0), _S: Interval(1), _rest: Interval(0)},
            ),
        ),
        Step(
            "equilibrium",
            r"A constant admission $a$ reserves $a \sum_k p_k (s_k + l_k) l_k$: class by class a "
            r"constant over $l_k$ steps.",
            Summation(s + length, m, 0, n, (n + 1) * (s + length)),
        ),
        Step(
            "one-class",
            r"For one class $B / (l (s + l))$ is the worst cycle's throughput; over the "
            r"equilibrium's it is",
            Identity(
                (B / (length * (s + length))) / (B / (length * (s + (length + 1) / 2))),
                (2 * s + length + 1) / (2 * (s + length)),
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact counts of the code's polynomial by isolation of its roots.",
            ExactFinite(
                "modes outside and on the circle",
                "15 mixes",
                small_mixes,
                lambda mix: _counted(mix),
                lambda mix: (0, mix.gcd - 1),
            ),
        ),
        Step(
            "at-rest",
            r"The equilibrium of the code.",
            ExactFinite(
                r"$a_r$",
                "15 mixes",
                small_mixes,
                lambda mix: Reservation().equilibrium(mix),
                lambda mix: _rate_at_rest(Moment(Run(mix, (), 0), 0)),
            ),
        ),
    ),
    sharpness=(
        Witness(
            Le(_reserved, B),
            r"For $s = 2$, $l = 3$, $B = 100$ the 25 requests of the start $[0, 25, 0]$ fill the "
            r"memory, but they will need 125 tokens: 5 are evicted at once.",
            ExactFinite(
                "evicted requests in the first step",
                "one start",
                lambda: [Workload.from_classes([(2, 3)], 100)],
                lambda mix: first_evicted(mix, Reservation()),
                lambda mix: Fraction(5),
            ),
        ),
    ),
    lesson=(
        r"If every request brings its own future with it, growth is no surprise any more. The "
        r"price is the memory that waits unused: as much as the worst cycle wastes. The promise "
        r"starts with the first request that was admitted so: what is in memory before has none."
    ),
)


def _counted(mix: Workload) -> tuple[int | None, int | None]:
    polynomial = closed_loop_polynomial(mix, "reservation").clear_denoms(convert=True)[1]
    _, on, outside = isolated_disc_counts([int(c) for c in polynomial.all_coeffs()[::-1]])
    return outside, on


THEOREMS = (RESERVATION,)
