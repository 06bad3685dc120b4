"""Chapter 6, continued: policies that keep memory free, a watermark and reservation."""

from __future__ import annotations

from fractions import Fraction

from sympy import Eq, Function, Sum, symbols

from stabkit import (
    Headroom,
    Reservation,
    Workload,
    closed_loop_polynomial,
    simulate,
    worst_cycle_loss,
)
from stabkit.spectrum.isolation import isolated_disc_counts
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness, paper

from .notation import CAPACITY, CLASSES, ONE_CLASS, B, j, lam, length, m, n, p, s
from .policies import small_mixes

__all__ = ["THEOREMS"]

_g0, _a, _u, _x, _eta, _S, _rest = symbols("g_0 a U x eta S R")
_L = symbols("L", integer=True)
_OPEN = Interval(0, open_low=True)

HEADROOM = Theorem(
    label="headroom",
    title="A watermark",
    variables=(*ONE_CLASS, *CAPACITY, Variable(r"\eta", "watermark", "0 <= watermark < 1")),
    hypotheses=(
        "All classes have one decode length.",
        r"$\eta \ge (l - 1) / (s + l)$.",
        r"The start holds at most $(1 - \eta) B$.",
    ),
    statement=(
        r"Greedy admission up to $(1 - \eta) B$ has greedy's characteristic polynomial, so it does "
        r"not stabilise. But nothing is ever evicted, since what is in the memory never needs more "
        r"than $B$. A cohort of $(1 - \eta) B / (s + 1)$ every $l$ steps completes $(1 - \eta) B / "
        r"(l (s + 1))$ per step: the worst cycle's throughput at equality, less beyond."
    ),
    formula=Eq(_eta, (length - 1) / (s + length)),
    uses=("greedy", "worst-cycle"),
    code=("stabkit.Headroom", "stabkit.closed_loop"),
    steps=(
        Step(
            "polynomial",
            r"It admits $a = ((1 - \eta) B - U) / g_0$: greedy's balance with another constant.",
            Identity(_g0 * _a + _u, (1 - _eta) * B, given=(_g0 * _a - ((1 - _eta) * B - _u),)),
        ),
        Step(
            "no-eviction",
            r"While nothing is admitted a memory of $U$ tokens grows by one per request, and a "
            r"request holds at least $s + 1$ tokens at first, $s + l$ at last: by the factor $(s "
            r"+ l) / (s + 1)$ at most. From $U \le (1 - \eta) B$, after which nothing is admitted "
            r"above, it stays within $B$, with $\eta = (l - 1)/(s + l) + x$:",
            Inequality(
                B - (1 - ((_S - 1) / (s + _S) + _x)) * B * (s + _S) / (s + 1),
                {B: _OPEN, _x: Interval(0), s: Interval(0), _S: Interval(1)},
                False,
            ),
        ),
        Step(
            "throughput",
            r"At equality a cohort of $(1 - \eta) B / (s + 1)$ is one of $B / (s + l)$: the worst "
            r"cycle's.",
            Identity(
                (1 - (length - 1) / (s + length)) * B / (length * (s + 1)),
                B / (length * (s + length)),
            ),
        ),
        Step(
            "less-beyond",
            r"Beyond, it falls with $\eta$.",
            Inequality(
                B / (_S * (s + _S)) - (1 - ((_S - 1) / (s + _S) + _x)) * B / (_S * (s + 1)),
                {B: _OPEN, _x: _OPEN, s: Interval(0), _S: Interval(1)},
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact runs from empty at the bound: evictions, and completions of the last $l$ "
            r"steps.",
            ExactFinite(
                "evictions, and completions",
                r"$s \in \{0, 3, 10\}$, $l = 2, \dots, 5$",
                lambda: [(a, n_) for a in (0, 3, 10) for n_ in range(2, 6)],
                lambda case: _watermarked(*case),
                lambda case: (0, 60 * (1 - worst_cycle_loss(*case))),
            ),
        ),
    ),
    sharpness=(
        Witness(
            r"$\eta \ge (l - 1) / (s + l)$.",
            r"A watermark of 5 % does not do for $s = 10$, $l = 5$: evictions go on.",
            ExactFinite(
                "whether the last 50 of 200 steps evict",
                "one mix",
                lambda: [Workload.from_classes([(10, 5)], 650)],
                lambda mix: any(
                    simulate(mix, 200, arithmetic="exact", policy=Headroom("1/20")).evicted[-50:]
                ),
                lambda mix: True,
            ),
        ),
    ),
    lesson=(
        r"A watermark is a reserve for the growth of what has been admitted. Large enough, it ends "
        r"the evictions; but the swings remain, and the throughput is that of the worst cycle."
    ),
)


def _watermarked(inputs: int, n_: int) -> tuple[int, Fraction]:
    """Completions of l steps over those of the equilibrium per step, times 60 / l."""
    mix = Workload.from_classes([(inputs, n_)])
    policy = Headroom(Fraction(n_ - 1, inputs + n_))
    run = simulate(mix, 6 * n_, arithmetic="exact", policy=policy)
    evictions = sum(1 for x in run.evicted if x)
    return evictions, 60 * sum(run.completed[-n_:], Fraction(0)) / n_


RESERVATION = Theorem(
    label="reservation",
    title="Reservation is never unstable",
    variables=(*CLASSES, *CAPACITY),
    hypotheses=("All shares are positive.",),
    statement=(
        r"If a request holds $s_k + l_k$ tokens from its admission on, nothing is evicted, and the "
        r"characteristic polynomial $\sum_k p_k (s_k + l_k) \sum_{m < l_k} \lambda^{L-1-m}$ has no "
        r"root outside of the unit circle; those on it are the $g$-th roots of unity other than 1. "
        r"The throughput is $B / \sum_k p_k l_k (s_k + l_k)$, for one class the worst cycle's."
    ),
    formula=Eq(Function("F")(lam), p * (s + length) * Sum(lam ** (_L - 1 - m), (m, 0, length - 1))),
    uses=("R1", "worst-cycle"),
    code=("stabkit.Reservation", "stabkit.closed_loop"),
    references=(paper("section 6"),),
    steps=(
        Step(
            "weights",
            r"It is $P = \sum_k p_k (s_k + l_k)$ times a survival polynomial with the shares $p_k "
            r"(s_k + l_k) / P$, all positive: R1 applies as it stands, and $g$ is that of all "
            r"decode lengths.",
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
            "no-eviction",
            r"A request in stage $j$ never holds more than it reserved, for $j \le l - 1$.",
            Inequality((s + _S) - (s + j + 1), {_S: Interval(j + 1)}, False),
        ),
        Step(
            "one-class",
            r"For one class $B / (l (s + l))$ is the worst cycle's throughput.",
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
                lambda mix: _reserved(mix),
                lambda mix: (0, mix.gcd - 1),
            ),
        ),
        Step(
            "no-evictions",
            r"Exact runs from empty.",
            ExactFinite(
                "evictions in 60 steps",
                "15 mixes",
                small_mixes,
                lambda mix: sum(
                    1
                    for x in simulate(mix, 60, arithmetic="exact", policy=Reservation()).evicted
                    if x
                ),
                lambda mix: 0,
            ),
        ),
    ),
    sharpness=(
        Witness(
            "All shares are positive.",
            r"The gcd counts only classes that occur: with length 3 at share 0 beside length 2 "
            r"the mode $-1$ appears although $\gcd(2, 3) = 1$.",
            ExactFinite(
                r"$\lambda^2 + \lambda$ at $-1$",
                "the shares 1 and 0",
                lambda: [-1],
                lambda x: x**2 + x,
                lambda x: 0,
            ),
        ),
    ),
    lesson=(
        r"If every request brings its own future with it, growth is no surprise any more. The "
        r"price is the memory that waits unused: as much as the worst cycle wastes."
    ),
)


def _reserved(mix: Workload) -> tuple[int | None, int | None]:
    polynomial = closed_loop_polynomial(mix, "reservation").clear_denoms(convert=True)[1]
    _, on, outside = isolated_disc_counts([int(c) for c in polynomial.all_coeffs()[::-1]])
    return outside, on


THEOREMS = (HEADROOM, RESERVATION)
