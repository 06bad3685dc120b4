"""Chapter 8, continued: long inputs, from every start."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from sympy import Eq, Gt, Le, symbols

from stabkit import Workload, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.partition.every_start import age_chain_sum
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .moments import PRODUCT_FORM, product_form
from .no_eviction import of_one_stage
from .notation import g, m, n, s
from .objects import Run, full_start
from .quantities import COMMON, COMMON_INPUT, GCD, STABLE, common, mix_of, stable

__all__ = ["THEOREMS"]

_REAL = Interval(0)
_phi, _served, _evicted, _imbalance, _T = symbols("Phi X_0 E D T")
_x, _h = symbols("x h")


@dataclass(frozen=True)
class Trial:
    """An exact run of a mix of one input length from a full memory."""

    run: Run

    @property
    def mix(self) -> Workload:
        """The mix of the run."""
        return self.run.mix

    @property
    def served(self) -> Fraction:
        """The requests in service after the first fit."""
        return _total(self._states[0])

    @property
    def evicted(self) -> Fraction:
        """The requests evicted in the steps after it."""
        return sum(self.run.trajectory.evicted[1:], Fraction(0))

    @property
    def imbalance(self) -> Fraction:
        """The sum over the steps of |decode steps of what completes - requests in service|."""
        found = Fraction(0)
        for state in self._states[:-1]:
            found += abs(sum((len(row) * row[-1] for row in state), Fraction(0)) - _total(state))
        return found

    @property
    def _states(self) -> list[list[list[Fraction]]]:
        states = self.run.trajectory.states
        assert states is not None
        found: list[list[list[Fraction]]] = states
        return found


def _total(state: list[list[Fraction]]) -> Fraction:
    return sum((x for row in state for x in row), Fraction(0))


_LAWS = ((2, 3), (1, 3), (3, 4), (2, 5), (3, 5), (1, 2, 4), (2, 3, 4), (1, 5), (4, 6), (2, 4))


def _trials(rng: random.Random) -> Iterator[Trial]:
    """Yield runs from full memories at inputs above the bound, far above it, and below."""
    for lengths in _LAWS:
        weights = [rng.choice((1, 1, 2, 3)) for _ in lengths]
        law = Workload.from_classes([(0, *pair) for pair in zip(lengths, weights, strict=True)])
        found = age_chain_sum(MemoryKernel.of(law))
        bound = 20 if found is None else math.ceil(found.high)
        for k, s_ in enumerate((bound, 2 * bound, 5 * bound, bound // 3)):
            classes = [(s_, *pair) for pair in zip(lengths, weights, strict=True)]
            mix = Workload.from_classes(classes, 1000)
            start = of_one_stage(mix, rng.randrange(mix.longest_decode))
            yield Trial(Run(mix, full_start(mix, rng) if k == 1 else start, 12))


@cache
def _chain_sum(law: tuple[tuple[int, Fraction], ...]) -> RealEnclosure | None:
    return age_chain_sum(
        MemoryKernel.of(Workload.from_classes([(0, length_, share) for length_, share in law]))
    )


def _phi_of(drawn: Any) -> RealEnclosure | None:
    return _chain_sum(tuple((c.decode_length, c.share) for c in mix_of(drawn).classes))


def _exact_terms(mix: Workload, count: int) -> list[Fraction]:
    """Return the first terms of Phi by their definition: all ages, in Fractions."""
    alive = [
        sum((c.share for c in mix.classes if c.decode_length > j), Fraction(0))
        for j in range(mix.longest_decode + 1)
    ]
    ends = [1 - after / now for now, after in pairwise(alive)]
    values = [(j + 1) * h_ - 1 for j, h_ in enumerate(ends)]
    terms = []
    for _ in range(count):
        terms.append(max(map(abs, values)))
        after = [*values[1:], Fraction(0)]
        values = [h_ * values[0] + (1 - h_) * v for h_, v in zip(ends, after, strict=True)]
    return terms


R23 = Theorem(
    label="R23",
    title="Long inputs converge from every start",
    claim=Claim(
        objects=_trials,
        quantities=(
            COMMON,
            COMMON_INPUT,
            GCD,
            PRODUCT_FORM,
            STABLE,
            Quantity(
                _phi,
                r"$\sum_{k \ge 0} \max_m |f_k(m)|$, where $f(m) = (m + 1) P(T = m + 1 \mid T > m) "
                r"- 1$, and $f_k(m)$ is the mean of $f$ at the age, $k$ steps later, of a request "
                r"of age $m$ that is replaced by a new one whenever it completes",
                _phi_of,
            ),
            Quantity(
                _served,
                "the requests in service after the first fit",
                lambda trial: trial.served,
            ),
            Quantity(
                _evicted,
                "the requests evicted in all steps after the first fit",
                lambda trial: trial.evicted,
            ),
            Quantity(
                _imbalance,
                "the sum over all steps of the distance between the decode steps of what completes "
                "and the number of requests in service",
                lambda trial: trial.imbalance,
            ),
        ),
        hypotheses=(common, Eq(g, 1), product_form, Gt(s + 1, _phi)),
        conclusions=(
            Le(_evicted, _phi / (s + 1 - _phi) * _served),
            Le(_imbalance, _phi * (s + 1) / (s + 1 - _phi) * _served),
            stable,
        ),
        least=15,
    ),
    uses=("kernel", "R11"),
    code=("stabkit.threshold",),
    steps=(
        Step(
            "formal",
            r"Let the memory be full, and let $h$ be the share of an age $m$ that completes. What "
            r"the step frees at that age, $(s + m + 1) h$ per request, less the growth $1 - h$, "
            r"is $s + 1$ times the completions plus $f = (m + 1) h - 1$. Replace each completion "
            r"by an admission: that is the age chain $M$, and the memory allows $F / (s + 1)$ "
            r"more, $F$ the sum of $f$ over all requests. A negative total means an eviction of "
            r"so many times $s + 1$ tokens.",
            Identity((s + m + 1) * _h - (1 - _h), (s + 1) * _h + ((m + 1) * _h - 1)),
        ),
        Step(
            "error",
            r"So the state is that of the chain but for at most $|F| / (s + 1)$ requests: without "
            r"an eviction that is what is admitted beside the completions. With one, let $y$ "
            r"complete and $x (s + 1)$ tokens be evicted, $x + y = |F| / (s + 1)$. The $y$ are not "
            r"replaced, and the evicted, at $s + 2$ tokens or more, are at most $x (s + 1) / (s + "
            r"2)$.",
            Inequality(_x - _x * (s + 1) / (s + 2), {_x: _REAL, s: _REAL}, False),
        ),
        Step(
            "mean-zero",
            r"The stationary law of the age is $S_m / \mu$. There $f$ has the mean 0: the decode "
            r"steps of what completes are the stages it has been through, one for each. The chain "
            r"is aperiodic for $g = 1$, and forgets its start geometrically: $\Phi$ is finite.",
            Summation(1, m, 0, n, n + 1),
        ),
        Step(
            "renewal",
            r"$F$ after $k$ steps of the chain is at most $\psi_k$ times the requests that it "
            r"acts on, $\psi_k$ the terms of $\Phi$. So $|F_t| \le \psi_t X_0 + \sum_{k < t} "
            r"\psi_k |F_{t-1-k}| / (s + 1)$, and the sum over $t$, in this step $T$, obeys $T \le "
            r"\Phi X_0 + \Phi T / (s + 1)$, which for $s + 1 > \Phi$ bounds $T$ by the solution "
            r"of the equation.",
            Identity(
                _T,
                _phi * _served * (s + 1) / (s + 1 - _phi),
                given=(_T * (s + 1) - _phi * _served * (s + 1) - _phi * _T,),
            ),
        ),
        Step(
            "evictions",
            r"Evicted are at most $T / (s + 1)$ in all. The errors have a finite sum, so that the "
            r"state tends to a constant, which is the equilibrium; and an eviction needs $|F|$ "
            r"above $s + 1$ times the completions, which do not vanish. The linear recursion, "
            r"signed and without evictions, obeys the same bound with $e = F / (s + 1)$, and "
            r"converges from every state: all modes are inside.",
            Identity(
                _phi * _served * (s + 1) / (s + 1 - _phi) / (s + 1),
                _phi / (s + 1 - _phi) * _served,
            ),
        ),
    ),
    checks=(
        Step(
            "enclosed",
            r"Decode lengths 2 and 3: every start converges from $s = 13/3$ on.",
            Enclosed(
                r"$\Phi$ of decode lengths 2 and 3",
                lambda: _chain_sum(((2, Fraction(1, 2)), (3, Fraction(1, 2)))),
                Fraction(16, 3) - Fraction(1, 10**5),
                Fraction(16, 3) + Fraction(1, 10**5),
            ),
        ),
        Step(
            "code",
            "The first 40 terms in fractions, and the enclosure of the sum of all.",
            ExactFinite(
                "whether they are below its upper end, and within 1 % of the lower one",
                "four laws of decode lengths",
                lambda: [
                    Workload.from_classes([(0, length_) for length_ in lengths])
                    for lengths in ((2, 3), (1, 3), (2, 3, 4), (1, 2, 4))
                ],
                lambda mix: _agrees(mix),
                lambda mix: (True, True),
            ),
        ),
    ),
    sharpness=(
        Witness(
            Gt(s + 1, _phi),
            r"Decode lengths 3 and 5 at $s = 5$ are below it, and unstable.",
            ExactFinite(
                "the verdict",
                "one mix",
                lambda: [Workload.from_classes([(5, 3), (5, 5)])],
                lambda mix: unit_circle_counts(mix, "schur-cohn").verdict,
                lambda mix: "unstable",
            ),
        ),
        Witness(
            Eq(g, 1),
            r"Decode lengths 4 and 6 are unstable at every input however long: cohorts stay in "
            r"step.",
            ExactFinite(
                "the verdict at $s = 10^3$ and at $s = 10^6$",
                "two mixes",
                lambda: [Workload.from_classes([(s_, 4), (s_, 6)]) for s_ in (10**3, 10**6)],
                lambda mix: unit_circle_counts(mix, "schur-cohn").verdict,
                lambda mix: "unstable",
            ),
        ),
    ),
    lesson=(
        r"Long prompts make memory count requests, and counting requests makes ages a Markov "
        r"chain, which forgets. What growth adds is a small error, evictions included; if the "
        r"chain forgets it faster than it arises, all starts end in the same place."
    ),
)


def _agrees(mix: Workload) -> tuple[bool, bool]:
    found, exact = _phi_of(mix), sum(_exact_terms(mix, 40), Fraction(0))
    assert found is not None
    return exact <= found.high, found.low <= exact * Fraction(101, 100)


THEOREMS = (R23,)
