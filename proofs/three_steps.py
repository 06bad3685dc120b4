"""Chapter 8, continued: with three steps at most, what is stable attracts every start."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Le, symbols

from stabkit import Workload, certify_start, memory_kernel
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .objects import Run, full_start, scattered_start
from .quantities import LONGEST, STABLE, longest, stable
from .settling import stages

__all__ = ["THEOREMS"]

_now, _next, _converges = symbols("Q Q^+ converges")
_b, _c, _x, _y, _z, _w = symbols("b c x y z w")
_xi, _eta, _delta = symbols("xi eta delta")
_EQUILIBRIUM = 1 / (1 + _b + _c)
_BELOW_ONE = Interval(0, 1)


@dataclass(frozen=True)
class Late:
    """An exact run, looked at after a step from which on every state is of product form."""

    run: Run
    n: int

    @property
    def mix(self) -> Workload:
        return self.run.mix

    @cached_property
    def distances(self) -> tuple[Fraction, Fraction]:
        """Q after step n and after the next."""
        assert self.run.trajectory.states is not None
        here, there = (self._distance(self.run.trajectory.states[k]) for k in (self.n, self.n + 1))
        return here, there

    def _distance(self, state: object) -> Fraction:
        kernel = [Fraction(str(g)) for g in memory_kernel(self.mix)] + [Fraction(0)] * 2
        b, c = kernel[1] / kernel[0], kernel[2] / kernel[0]
        level = Fraction(self.mix.capacity or 0) / sum(kernel)
        alive = [
            sum((k.share for k in self.mix.classes if k.decode_length > j), Fraction(0))
            for j in (0, 1)
        ]
        held = (*stages(state), Fraction(0))
        xi, eta = (
            (held[j] / share - level) / level if share else Fraction(0)
            for j, share in enumerate(alive)
        )
        return (1 + c) * (xi**2 + eta**2) + 2 * b * xi * eta


def _late(rng: random.Random) -> Iterator[Late]:
    for mix in _short(rng):
        empty = tuple(tuple(Fraction(0) for _ in range(c.decode_length)) for c in mix.classes)
        for start in (empty, full_start(mix, rng), scattered_start(mix, rng)):
            run = Run(mix, start, 18)
            for n in (6, 7, 8, 16):
                yield Late(run, n)


def _short(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes with up to three steps, many of them barely stable, and one with six."""
    edges: tuple[list[tuple[int, ...]], ...] = (
        [(0, 1)],
        [(0, 1), (0, 2)],
        [(1, 1, 3), (0, 2)],
        [(2, 2), (2, 3)],
        [(1, 2), (1, 3)],
        [(0, 3), (9, 2)],
        [(0, 1, 5), (0, 3, 2)],
        [(0, 1, 41), (1, 2, 3), (0, 3, 17)],
        [(0, 6, 2), (5, 1, 3)],
    )
    drawn: list[list[tuple[int, ...]]] = [
        [(rng.choice((0, 0, 1, 2, 7)), n, rng.randint(1, 9)) for n in lengths]
        for lengths in ((1, 2), (1, 3), (2, 3), (2, 3), (1, 2, 3), (1, 2, 3), (1, 3, 3))
        for _ in range(5)
    ]
    for classes in (*edges, *drawn):
        yield Workload.from_classes(classes, 1000)


def _lyapunov(first: Any, second: Any) -> Any:
    return (1 + _c) * (first**2 + second**2) + 2 * _b * first * second


_SLOPE = 2 * ((1 + _c) / _b - _b)
_EXCESS = (1 + _c) * (1 - 1 / _b**2)
_BRACKET = 2 * (_b - 1) / _b + _EXCESS * _delta + _SLOPE * _x
_YOUNGER = 1 - _b * _z - _c * _w
_YOUNGEST = 1 - _b * _YOUNGER - _c * _z
_REACHED = _BRACKET.subs(
    {_x: _YOUNGEST, _delta: _b * _YOUNGEST + _c * _YOUNGER - 1}, simultaneous=True
)

GLOBAL = Theorem(
    label="three-steps",
    title="With three steps at most, stability is global",
    claim=Claim(
        objects=_late,
        quantities=(
            LONGEST,
            STABLE,
            Quantity(
                _converges,
                "the run from a start is proved to converge to the equilibrium",
                lambda drawn: (
                    certify_start(drawn.mix, [list(row) for row in drawn.run.start]).verdict
                    == "convergent"
                ),
            ),
            Quantity(
                _now,
                r"$(1 + c) (\xi^2 + \eta^2) + 2 b \xi \eta$ after a step, not one of the first "
                r"six; here $b = g_1 / g_0$, $c = g_2 / g_0$, and $\xi$ and $\eta$ are $x_j / (S_j "
                r"a^*) - 1$ for the requests $x_j$ in the stages 0 and 1, and 0 where $S_j = 0$",
                lambda drawn: drawn.distances[0],
            ),
            Quantity(_next, "$Q$ after the next step", lambda drawn: drawn.distances[1]),
        ),
        hypotheses=(Le(longest, 3), stable),
        conclusions=(Le(_next, _now), _converges),
    ),
    uses=("kernel", "R11", "stable-inputs-short"),
    code=("stabkit.certify_start",),
    steps=(
        Step(
            "distance",
            r"Let $B = g_0 = 1$. Stable says $c < 1$ and $b < 1 + c$: then $Q(\xi, \eta)$ is "
            r"positive definite. A step without evictions takes $(\xi, \eta)$ to $(-b \xi - c "
            r"\eta, \xi)$, and $Q$ falls by $(1 - c) (b \xi + (1 + c) \eta)^2$.",
            Identity(
                _lyapunov(_xi, _eta) - _lyapunov(-_b * _xi - _c * _eta, _xi),
                (1 - _c) * (_b * _xi + (1 + _c) * _eta) ** 2,
            ),
        ),
        Step(
            "eviction",
            r"Let $x$ and $y$ of product form be in the stages 0 and 1, and $\delta = b x + c y - "
            r"1 > 0$ too much for the next step. As $y \le 1$, what is evicted is $\delta / b$ of "
            r"the youngest: the admissions are $0$ and $x - \delta / b$, where the linear step has "
            r"$-\delta$ and $x$. That makes $Q$ smaller by $\delta K$ with $K = \frac{2 (b - "
            r"1)}{b} + (1 + c) (1 - b^{-2}) \delta + 2 x (\frac{1 + c}{b} - b)$.",
            Identity(
                _lyapunov(-_delta - _EQUILIBRIUM, _x - _EQUILIBRIUM)
                - _lyapunov(-_EQUILIBRIUM, _x - _delta / _b - _EQUILIBRIUM),
                _delta * _BRACKET,
            ),
        ),
        Step(
            "short-growth",
            r"$b < 1$: the memory was full after this step and after the one before, which evicted "
            r"nothing, as after an eviction $x = 0$ and $c y < 1$. So with the older admissions "
            r"$z, w \ge 0$ it is $x = 1 - b y - c z$ and $y = 1 - b z - c w$, and $K \ge 0$.",
            Inequality(
                _REACHED,
                {_z: Interval(0), _w: Interval(0), _b: _BELOW_ONE, _c: _BELOW_ONE},
                False,
            ),
        ),
        Step(
            "at-a-full-stage",
            r"$b \ge 1$: $\delta \ge \max(0, b x - 1)$, so that $K$ is at least a function of $x$ "
            r"that is linear on both sides of $1 / b$. It is $2 (b - 1) / b \ge 0$ at $x = 0$, and "
            r"not negative at $x = 1$,",
            Inequality(
                _BRACKET.subs({_x: 1, _delta: _b - 1}),
                {_b: Interval(1, 1 + _c, closed=True), _c: Interval(0)},
                False,
            ),
        ),
        Step(
            "at-the-border",
            r"and positive at $x = 1 / b$, where nothing has to be evicted yet.",
            Inequality(
                _BRACKET.subs({_x: 1 / _b, _delta: 0}),
                {_b: Interval(0, 1 + _c), _c: Interval(0)},
            ),
        ),
        Step(
            "limit",
            r"So $Q$ never rises, and is constant on the limit set of a run, which is invariant, "
            r"as a step is a continuous map. Without an eviction it is a run of the linear "
            r"recursion, which tends to 0. After an eviction the admissions are $0$ and $u$: for "
            r"$Q$ to stay, $u = 1 / (1 + c)$; the next are $1 - c u = u$ and $0$, which evict "
            r"nothing, for $b u < 1$, and $b (u - a^*) = (1 + c) a^*$ says $b = 1 + c$. So the "
            r"limit is the equilibrium.",
            Identity(
                _b * (1 / (1 + _c) - _EQUILIBRIUM) - (1 + _c) * _EQUILIBRIUM,
                _b / (1 + _c) - 1,
            ),
        ),
    ),
    sharpness=(
        Witness(
            Le(longest, 3),
            r"Six steps: from empty R12's mix evicts for ever, though it is stable.",
            ExactFinite(
                "where the run from empty ends",
                "one mix",
                lambda: [Workload.from_classes([(0, 6, 2), (5, 1, 3)])],
                lambda mix: certify_start(mix).verdict,
                lambda mix: "evicting",
            ),
        ),
        Witness(
            stable,
            r"(2, 3) without input is unstable, and from empty it evicts for ever.",
            ExactFinite(
                "where the run from empty ends",
                "one mix",
                lambda: [Workload.from_classes([(0, 2), (0, 3)])],
                lambda mix: certify_start(mix).verdict,
                lambda mix: "evicting",
            ),
        ),
    ),
    lesson=(
        r"Stable is a local word, and R12 shows a mix that is stable and evicts for ever. That "
        r"needs outputs of more than three steps: with three, one quadratic form measures the "
        r"distance to the equilibrium, and every step, evictions and all, makes it smaller."
    ),
)

THEOREMS = (GLOBAL,)
