"""Chapter 3, continued: what the worst cycle of one decode length completes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from sympy import Eq, Gt, Implies, Lt, Rational, symbols

from stabkit import (
    Workload,
    necklace_cycle,
    simulate,
    worst_cycle_loss,
)
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper

from .moments import MEAN_INPUT, PRODUCT_FORM, filled, product_form
from .notation import B, length, s
from .objects import Run, one_class
from .quantities import (
    A_STAR,
    CAPACITY,
    LENGTH,
    LONGEST,
    ONE_LENGTH,
    a_star,
    capacity_of,
    one_length,
)

__all__ = ["THEOREMS"]

_delta, _q = symbols("delta q")
_throughput, _loss = symbols("T Delta")


@dataclass(frozen=True)
class Worst:
    """A run from one cohort that fills the memory in its last stage, and a tolerance."""

    run: Run
    tolerance: Fraction

    @property
    def mix(self) -> Workload:
        """The mix of the run."""
        return self.run.mix


def _worst(rng: random.Random) -> Iterator[Worst]:
    """Yield runs from the worst state, and tolerances at the bound, above and below."""
    for k_, mix in enumerate(one_class(rng)):
        n_ = LONGEST.value(mix)
        rows = [
            [c_.share * int(j_ == n_ - 1) for j_ in range(c_.decode_length)] for c_ in mix.classes
        ]
        border = (MEAN_INPUT.value(Worst(Run(mix, (), 0), Fraction(1))) + 1) / (2 * n_)
        tolerance = border * Fraction(9 + k_ % 3, 10)
        yield Worst(Run(mix, filled(mix, rows), n_), tolerance)
    for s_, n_ in ((4, 2), (6, 3), (20, 4)):
        mix = Workload.from_classes([(0, n_), (s_, n_)], 600)
        rows = [[Fraction(0)] * n_, [Fraction(0)] * (n_ - 1) + [Fraction(1)]]
        yield Worst(Run(mix, filled(mix, rows), n_), Fraction(1, 4))


def _per_step(drawn: Worst) -> Fraction:
    done = drawn.run.trajectory.completed[1:]
    return Fraction(sum(done, Fraction(0))) / len(done)


WORST_CYCLE = Theorem(
    label="worst-cycle",
    title="The worst cycle completes no less than one half",
    claim=Claim(
        objects=_worst,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            MEAN_INPUT,
            CAPACITY,
            A_STAR,
            PRODUCT_FORM,
            Quantity(
                _throughput,
                r"the requests completed per step on the worst cycle, in $l$ steps from one cohort "
                r"that fills the memory in stage $l - 1$",
                _per_step,
            ),
            Quantity(
                _loss,
                r"the loss, $1 - T / a^*$",
                lambda drawn: 1 - _per_step(drawn) / A_STAR.value(drawn),
            ),
            Quantity(_delta, "any positive number", lambda drawn: drawn.tolerance),
        ),
        hypotheses=(one_length, product_form),
        conclusions=(
            Eq(_throughput, B / (length * (s + length))),
            Eq(_throughput / a_star, (2 * s + length + 1) / (2 * (s + length))),
            Eq(_loss, (length - 1) / (2 * (s + length))),
            Lt(_loss, Rational(1, 2)),
            Implies(Gt(length, (s + 1) / (2 * _delta)), Gt(_loss, Rational(1, 2) - _delta)),
        ),
    ),
    uses=("kernel", "R6"),
    code=("stabkit.worst_cycle_loss", "stabkit.necklace_cycle"),
    references=(paper("section 5"),),
    steps=(
        Step(
            "ratio",
            r"By R6 it completes $B / (l (s + l))$ per step, the equilibrium $B / G(1)$ with "
            r"$G(1) = l (s + (l + 1) / 2)$.",
            Identity(
                (B / (length * (s + length))) / (B / (length * (s + (length + 1) / 2))),
                (2 * s + length + 1) / (2 * (s + length)),
            ),
        ),
        Step(
            "loss",
            r"The loss is one minus that.",
            Identity(
                1 - (2 * s + length + 1) / (2 * (s + length)),
                (length - 1) / (2 * (s + length)),
            ),
        ),
        Step(
            "below-half",
            r"It is less than $1/2$, and $1/2$ is its supremum, the limit for $l \to \infty$ at "
            r"fixed $s$: it falls short",
            Inequality(
                Rational(1, 2) - (length - 1) / (2 * (s + length)),
                {s: Interval(0), length: Interval(1)},
            ),
        ),
        Step(
            "supremum",
            r"by $(s + 1) / (2 (s + l))$, which is less than any $\delta > 0$ as soon as $l > (s "
            r"+ 1) / (2 \delta)$. For a length $q$,",
            Inequality(
                _delta - (Rational(1, 2) - (_q - 1) / (2 * (s + _q))),
                {
                    _q: Interval((s + 1) / (2 * _delta), open_low=True),
                    _delta: Interval(0, open_low=True),
                    s: Interval(0),
                },
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The loss as the code has it, and the long-run mean of an exact run: completions in "
            r"the last $l$ of 200 steps.",
            ExactFinite(
                "loss",
                r"$s \in \{0, 2, 7\}$, $l \le 4$",
                lambda: [(a, n) for a in (0, 2, 7) for n in (2, 3, 4)],
                lambda case: (worst_cycle_loss(*case), _measured_loss(*case)),
                lambda case: 2 * (Fraction(case[1] - 1, 2 * (case[0] + case[1])),),
            ),
        ),
    ),
    sharpness=(
        Witness(
            one_length,
            r"Two decode lengths, $(5, 3)$ and $(5, 6)$: their cycle completes $8/9$, not the "
            r"$11/18$ that the longer one alone would.",
            ExactFinite(
                "throughput over the equilibrium's on the synchronised cycle",
                "one mix",
                lambda: [Workload.from_classes([(5, 3), (5, 6)])],
                lambda mix: necklace_cycle(mix, (3,)).throughput_ratio,
                lambda mix: Fraction(8, 9),
            ),
        ),
    ),
    lesson=(
        r"How bad can it get? A cohort fills the memory alone, and most of its life it holds less "
        r"than it will in the end: at most half of the memory is wasted on waiting for growth. "
        r"Long answers to short prompts come close to that."
    ),
)


def _measured_loss(inputs: int, n: int) -> Fraction:
    """From the worst state itself, so that the run is periodic at once."""
    mix = Workload.from_classes([(inputs, n)], 10 * (inputs + n))
    worst = [[Fraction(0)] * (n - 1) + [Fraction(10)]]
    run = simulate(mix, n, arithmetic="exact", state=worst)
    equilibrium = capacity_of(mix) / (n * (inputs + Fraction(n + 1, 2)))
    completed = sum(run.completed[1:], Fraction(0))
    loss: Fraction = 1 - completed / n / equilibrium
    return loss


THEOREMS = (WORST_CYCLE,)
