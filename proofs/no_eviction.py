"""Chapter 8: mixes in which no state evicts."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from sympy import And, Eq, Function, Gt, Implies, Le, symbols

from stabkit import Workload, never_evicts, simulate
from stabkit.theorems.claims import Claim, Every, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Formal, Step, Theorem, Witness

from .moments import PRODUCT_FORM, Moment, Rows, filled, product_form
from .notation import B, m, z
from .objects import Run, full_start, mixes, scattered_start
from .quantities import (
    CAPACITY,
    KERNEL,
    LONGEST,
    MARGINAL,
    UNSTABLE,
    kernel,
    longest,
    marginal,
    mix_of,
    unstable,
)

__all__ = ["THEOREMS", "evicted_from", "falling", "kernel_terms", "of_one_stage"]

_OPEN, _REAL = Interval(0, open_low=True), Interval(0)
_evicted, _growth, _ages = symbols("E r d")
_x, _y, _h, _c = symbols("x y h c")
_g0, _g1, _g2 = symbols("g_0 g_1 g_2")
_full = Function("e")


@cache
def kernel_terms(mix: Workload) -> tuple[Fraction, ...]:
    """Return g_0, ..., g_(L-1)."""
    return tuple(KERNEL.value(mix, m_) for m_ in range(mix.longest_decode))


def falling(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of which the kernel never rises, or nearly so; of some it stays for an age."""
    for classes in (
        [(0, 1), (0, 2)],
        [(1, 1), (1, 2)],
        [(0, 1, 4), (0, 2, 1), (0, 3, 1)],
        [(0, 1, 3), (0, 2, 2), (0, 3, 1)],
        [(2, 1, 1), (0, 2, 1), (7, 2, 1)],
    ):
        yield Workload.from_classes(classes, 1000)
    for _ in range(25):
        inputs = [Fraction(rng.randint(0, 12), rng.choice((1, 2))) for _ in range(5)]
        more = [(s_, 1 + k, rng.randint(1, 3) * 3 ** (4 - k)) for k, s_ in enumerate(inputs)]
        yield Workload.from_classes(more[: rng.randint(1, 5)], 1000)


def of_one_stage(mix: Workload, stage: int) -> Rows:
    """Return a memory full of one stage, in the shares of the mix."""
    rows = [[c.share * (j == stage) for j in range(c.decode_length)] for c in mix.classes]
    return filled(mix, [list(map(Fraction, row)) for row in rows])


def _first_steps(rng: random.Random) -> Iterator[Moment]:
    """Yield first steps from full memories: of one stage, of many, and not of product form."""
    for k, mix in enumerate((*falling(rng), *mixes(rng))):
        worst = max(range(mix.longest_decode), key=lambda j: _relative_growth(mix, j + 1))
        starts = (of_one_stage(mix, worst), full_start(mix, rng), scattered_start(mix, rng))
        if any(map(any, start := starts[(0, 1, 0, 2)[k % 4]])):
            yield Moment(Run(mix, start, 1), 1)


def _relative_growth(mix: Workload, age: int) -> Fraction:
    found = kernel_terms(mix)
    return found[age] / found[age - 1] - 1 if age < len(found) else Fraction(-1)


def _largest_growth(drawn: Any) -> Fraction:
    mix = mix_of(drawn)
    growths = (_relative_growth(mix, age) for age in range(1, mix.longest_decode))
    return max([Fraction(0), *growths])


def _lost(moment: Moment) -> Fraction:
    """Return the tokens that a step evicts, as they are needed next: what the states show."""
    found = Fraction(0)
    for c, before, after in zip(moment.mix.classes, moment.state(1), moment.state(), strict=True):
        for m_ in range(1, c.decode_length):
            found += (c.input_length + m_ + 1) * (before[m_ - 1] - after[m_])
    return found


def evicted_from(drawn: Any, age: int) -> Fraction:
    """Return what the step after a memory full of stage age - 1 evicts, by the simulator."""
    mix = mix_of(drawn)
    return _lost(Moment(Run(mix, of_one_stage(mix, age - 1), 1), 1))


def _ages_gcd(drawn: Any) -> int:
    found = kernel_terms(mix_of(drawn))
    return math.gcd(len(found), *(m_ for m_ in range(1, len(found)) if found[m_] < found[m_ - 1]))


_NEVER_RISES = Every(Le(kernel(m), kernel(m - 1)), m, 1, longest - 1)

R19 = Theorem(
    label="R19",
    title="No start evicts",
    claim=Claim(
        objects=_first_steps,
        quantities=(
            KERNEL,
            LONGEST,
            CAPACITY,
            PRODUCT_FORM,
            Quantity(
                _evicted,
                "the tokens that the first step from a start that holds at most $B$ evicts, as "
                "they are needed next",
                _lost,
            ),
            Quantity(
                _growth,
                r"the largest of $g_m / g_{m-1} - 1$, $1 \le m < L$, or 0 if that is larger",
                _largest_growth,
            ),
            Quantity(
                _full,
                r"the tokens that the step after a memory full of stage $m - 1$ evicts",
                evicted_from,
            ),
            Quantity(
                _ages,
                r"the gcd of $L$ and of the ages $m$ with $g_m < g_{m-1}$",
                _ages_gcd,
            ),
            UNSTABLE,
            MARGINAL,
        ),
        hypotheses=(product_form,),
        conclusions=(
            Le(_evicted, _growth * B),
            Every(
                Implies(
                    Gt(kernel(m), kernel(m - 1)),
                    Eq(_full(m), B * kernel(m) / kernel(m - 1) - B),
                ),
                m,
                1,
                longest - 1,
            ),
            Implies(_NEVER_RISES, And(Eq(marginal, _ages - 1), Eq(unstable, 0))),
        ),
    ),
    uses=("kernel", "R11"),
    code=("stabkit.never_evicts",),
    steps=(
        Step(
            "growth",
            r"The memory is full of $y_j$ in stage $j$, $\sum_j g_j y_j = B$. In the step those "
            r"in stage $m - 1$ come to need $g_m y_{m-1}$. With $g_m \le (1 + r) g_{m-1}$ for "
            r"all $m$ ($g_m = h (1 + r) - x$, $h = g_{m-1}$, for $y = y_{m-1}$) that adds up to "
            r"at most $(1 + r) B$: so many tokens above $B$ are evicted as it is.",
            Inequality(
                (1 + _growth) * _h * _y - ((1 + _growth) * _h - _x) * _y,
                {_growth: _REAL, _h: _OPEN, _x: _REAL, _y: _REAL},
                False,
            ),
        ),
        Step(
            "one-stage",
            r"A memory full of stage $m - 1$ has $y = B / g_{m-1}$ there, and needs $B g_m / "
            r"g_{m-1}$: the bound is attained, and if the kernel rises at all, a start evicts.",
            Identity(_g1 * (B / _g0) - B, B * (_g1 / _g0 - 1)),
        ),
        Step(
            "differences",
            r"Multiply $G$ by $1 - z$: the coefficients are the differences, here for three terms.",
            Identity(
                (1 - z) * (_g0 + _g1 * z + _g2 * z**2),
                _g0 - (_g0 - _g1) * z - (_g1 - _g2) * z**2 - _g2 * z**3,
            ),
        ),
        Step(
            "circle",
            r"If the kernel never rises they are non-negative numbers $x$ which add up to $g_0$, "
            r"each times a power of $z$. For $|z| \le 1$ no real part of a power $c \le 1$ can "
            r"make up for another: at a zero $x (1 - c) = 0$ for each, so that $z^m = 1$ wherever "
            r"$g_m < g_{m-1}$, and $z^L = 1$. So the zeros in $|z| \le 1$ are the $d$-th roots of "
            r"unity, each simple, and $z = 1$ is none of $G$. Without evictions the run is linear.",
            Inequality(_x * (1 - _c), {_x: _REAL, _c: Interval(-1, 1, closed=True)}, False),
        ),
    ),
    checks=(
        Step(
            "code",
            "What the code says is what the kernel, term by term, says.",
            ExactFinite(
                "whether no start evicts, and the bound",
                "30 mixes with few rising ages",
                lambda: list(falling(random.Random(19))),
                lambda mix: (never_evicts(mix).certain, never_evicts(mix).largest_eviction),
                lambda mix: (not _largest_growth(mix), _largest_growth(mix)),
            ),
        ),
    ),
    sharpness=(
        Witness(
            product_form,
            r"Decode lengths 1 and 2 without input have $g = (1, 1)$. Three requests of the longer "
            r"class alone fill three tokens, and need six.",
            ExactFinite(
                "whether the first step evicts",
                "one state",
                lambda: [Workload.from_classes([(0, 1), (0, 2)], 3)],
                lambda mix: bool(
                    simulate(mix, 1, arithmetic="exact", state=[[0], [3, 0]]).evicted[1]
                ),
                lambda mix: True,
            ),
        ),
    ),
    formal=Formal("Evictions.v", ("no_start_evicts",), "951e98a92f236ed5"),
    lesson=(
        r"Memory is freed by what completes and taken by what grows. If at every age the first is "
        r"at least the second, there is no way to arrange the requests that could overflow: for "
        r"one input length, if the hazard of completing is at least one over the tokens held."
    ),
)

THEOREMS = (R19,)
