"""Chapter 5, continued: a limit cycle for every necklace of the gcd."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from sympy import Eq, Function, Ge, Le, symbols

from stabkit import (
    Trajectory,
    Workload,
    necklace_cycles,
    simulate,
)
from stabkit.theorems.claims import Claim, Every, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper

from .notation import B, c, k, s
from .quantities import A_STAR, CAPACITY, GCD, a_star, capacity_of

__all__ = ["THEOREMS"]

_d, _j, _D, _Q, _mu, _memory = symbols("d j D Q mu M_d")


_factor, _comes_back, _worst, _count = symbols("factor comes_back c_1 K")
_of_class, _share = Function("q"), Function("p")


@dataclass(frozen=True)
class Composed:
    """A mix, and the parts of a composition."""

    mix: Workload
    parts: tuple[int, ...]


def _composed(rng: random.Random) -> Iterator[Composed]:
    """Yield compositions of the gcd, of its divisors, and of numbers that divide nothing."""
    for factor in (1, 2, 3, 4, 6):
        for _ in range(4):
            classes = [(rng.randint(0, 9), factor * rng.randint(1, 3), rng.randint(1, 3))]
            classes += [(rng.randint(0, 9), factor * rng.randint(1, 2), 1)]
            mix = Workload.from_classes(classes, 1000)
            yield Composed(mix, (factor,))
            yield Composed(mix, (1,) * factor)
            yield Composed(mix, _random_parts(rng, factor))
            yield Composed(mix, _random_parts(rng, factor + 1))


def _random_parts(rng: random.Random, total: int) -> tuple[int, ...]:
    parts = []
    while total:
        parts.append(rng.randint(1, total))
        total -= parts[-1]
    return tuple(parts)


def _places(x: Composed) -> dict[int, tuple[int, int]]:
    """Return (part, D_i) by the residue of the stages."""
    found, total = {}, 0
    for part in x.parts:
        total += part
        found[total - 1] = (part, total)
    return found


def _memory_of_parts(x: Composed) -> Fraction:
    g_ = sum(x.parts)
    return sum(
        (
            part * c.share * (c.input_length + place + g_ * t)
            for part, place in _places(x).values()
            for c in x.mix.classes
            for t in range(c.decode_length // g_)
        ),
        Fraction(0),
    )


def _composed_run(x: Composed) -> Trajectory:
    g_ = sum(x.parts)
    scale = capacity_of(x) / _memory_of_parts(x)
    places = _places(x)
    longest = x.mix.longest_decode
    cohorts = [scale * places.get(j % g_, (0, 0))[0] for j in range(longest)]
    start = [[c.share * y for y in cohorts[: c.decode_length]] for c in x.mix.classes]
    return simulate(x.mix, g_, arithmetic="exact", state=start, record_states=True)


def _same_again(x: Composed) -> bool:
    run = _composed_run(x)
    assert run.states is not None
    return bool(run.states[0] == run.states[-1])


def _completed(x: Composed, of_class: int | None = None) -> Fraction:
    run = _composed_run(x)
    done = run.completed if of_class is None else [row[of_class] for row in run.completed_by_class]
    return sum(done[1:], Fraction(0)) / sum(x.parts)


def _worst_throughput(x: Composed) -> Fraction:
    return capacity_of(x) / _memory_of_parts(Composed(x.mix, (sum(x.parts),)))


NECKLACES = Theorem(
    label="necklaces",
    title="A limit cycle for every necklace",
    claim=Claim(
        objects=_composed,
        quantities=(
            GCD,
            A_STAR,
            CAPACITY,
            Quantity(
                _factor,
                "the parts $d_1, \\dots, d_m$ sum to a divisor of all decode lengths",
                lambda x: not any(c.decode_length % sum(x.parts) for c in x.mix.classes),
            ),
            Quantity(
                _comes_back,
                r"the state with $c d_i$ requests in all stages $D_i - 1$ modulo the sum, $D_i = "
                r"d_1 + \dots + d_i$, and none in others, is the same again after as many steps "
                "as the sum",
                _same_again,
            ),
            Quantity(
                c,
                "the requests that complete per step in as many steps as the sum of the parts",
                _completed,
            ),
            Quantity(
                _memory,
                r"the memory $\sum_i d_i \sum_k p_k \sum_{t < l_k / r} (s_k + D_i + r t)$ that "
                r"goes with $c = 1$, where $r$ is the sum of the parts $d_i$ and $D_i = d_1 + "
                r"\dots + d_i$",
                _memory_of_parts,
            ),
            Quantity(
                _of_class,
                "the part of the completed requests that is of class $k$",
                lambda x, k_: _completed(x, k_ - 1) / _completed(x),
            ),
            Quantity(_share, "the share of class $k$", lambda x, k_: x.mix.classes[k_ - 1].share),
            Quantity(_count, "the number of classes", lambda x: len(x.mix.classes)),
            Quantity(
                _worst,
                "the requests that complete per step on the cycle of one part, the "
                "synchronised cycle of R10",
                _worst_throughput,
            ),
        ),
        hypotheses=(_factor,),
        conclusions=(
            _comes_back,
            Eq(c * _memory, B),
            Every(Eq(_of_class(k), _share(k)), k, 1, _count),
            Ge(c, _worst),
            Le(c, a_star),
        ),
    ),
    uses=("balance", "R11"),
    code=("stabkit.necklace_cycles", "stabkit.necklace_cycle"),
    references=(paper("section 5, on limit cycles"),),
    steps=(
        Step(
            "fill",
            r"Let the oldest residue class, of part $d$, complete: $c d$ requests, which free $c "
            r"d (s + \mu)$ tokens. Then $k$ steps later, $k \le d$, nothing else has completed; "
            r"$c (\mu - d)$ others have gained $k$ tokens each. The memory is full if the "
            r"newcomers, in stage $k - 1$ with $s + k$ tokens, are $c (d + \mu (d - k) / (s + "
            r"k))$:",
            Identity(
                c * (_d + _mu * (_d - k) / (s + k)) * (s + k),
                c * _d * (s + _mu) - k * c * (_mu - _d),
            ),
        ),
        Step(
            "falls",
            r"This falls with $k$ and is positive for $k \le d$: an admission in the first step, "
            r"and evictions from the newcomers alone afterwards. From $k$ to $k + 1$ it falls by "
            r"$c \mu$ times",
            Inequality(
                (_d - k) / (s + k) - (_d - k - 1) / (s + k + 1),
                {_d: Interval(k + 1), k: Interval(1), s: Interval(0)},
            ),
        ),
        Step(
            "rotated",
            r"At $k = d$, with $j$ for $k$ below, the newcomers are $c d$, and the next residue "
            r"class is about to complete: the state of the rotated composition. After $m$ such "
            r"rounds, $r$ steps in all, everything is as it was.",
            Identity(c * (_d + _mu * (_d - _j) / (s + _j)), c * _d, given=(_j - _d,)),
        ),
        Step(
            "memory",
            r"The memory in use depends on the composition through $\sum_i d_i D_i = (r^2 + "
            r"\sum_i d_i^2) / 2$ alone. By induction: with $D$ and $Q = \sum d_i^2$ so far, a "
            r"further part $d$ adds $d (D + d)$.",
            Identity(
                ((_D + _d) ** 2 + (_Q + _d**2)) / 2 - (_D**2 + _Q) / 2,
                _d * (_D + _d),
            ),
        ),
        Step(
            "extremes",
            r"$\sum d_i^2$ is at least $\sum d_i = r$, as $d^2 \ge d$, and at most $r^2$.",
            Inequality(_d**2 - _d, {_d: Interval(1)}, False),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact runs from the states of the code return after the period, and not before.",
            ExactFinite(
                "whether all cycles of the mix do",
                r"gcd 2, 3, 4 and 6, two classes, different inputs",
                lambda: [
                    [(0, 2, 1), (3, 4, 2)],
                    [(5, 3, 1), (1, 6, 1)],
                    [(2, 4, 3), (7, 8, 1)],
                    [(1, 6, 1), (4, 12, 1)],
                ],
                lambda classes: _all_return(Workload.from_classes(classes, 1000)),
                lambda classes: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _factor,
            r"For 2 and 3, with the gcd 1, the composition (2) has no cycle: from all requests in "
            r"odd stages a run is not back after two steps.",
            ExactFinite(
                "whether it is",
                "one mix",
                lambda: [Workload.from_classes([(0, 2), (0, 3)], 100)],
                lambda mix: _returns(mix, [Fraction(0), Fraction(20), Fraction(0)], 2),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"Every way to string black and white beads on a ring of $g$ is a way in which the server "
        r"can run for ever: a black bead is a residue class that is occupied. All black is the "
        r"steady state; a single black bead is the worst."
    ),
)


def _returns(mix: Workload, cohorts: list[Fraction], steps: int) -> bool:
    state = [[c.share * y for y in cohorts[: c.decode_length]] for c in mix.classes]
    run = simulate(mix, steps, arithmetic="exact", state=state, record_states=True)
    assert run.states is not None
    return run.states[-1] == run.states[0] and run.states[0] not in run.states[1:-1]


def _all_return(mix: Workload) -> bool:
    return all(_returns(mix, list(cycle.states[0]), cycle.period) for cycle in necklace_cycles(mix))


THEOREMS = (NECKLACES,)
