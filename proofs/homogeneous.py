"""Chapter 3: one decode length. All modes grow; what comes instead of the equilibrium."""

from __future__ import annotations

from fractions import Fraction

from sympy import Eq, Function, Matrix, Rational, Sum, symbols

from stabkit import (
    Workload,
    level_state,
    necklace_cycle,
    poincare_matrix,
    simulate,
    unit_circle_counts,
    worst_cycle_loss,
)
from stabkit.theorems.evidence import Deduction, ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness, paper

from .notation import CAPACITY, ONE_CLASS, B, c, i, j, k, lam, length, s

__all__ = ["THEOREMS"]

_delta, _q, _A = symbols("delta q A")
_ratio = (s + (length + 1) / 2) / (s + length)

R5 = Theorem(
    label="R5",
    title="One decode length: every mode is unstable",
    variables=ONE_CLASS,
    hypotheses=("All classes have one decode length, at least 2.",),
    statement=(
        r"All $l - 1$ roots of $F$ satisfy $1 < \frac{s + l}{s + l - 1} \le |\lambda| \le \frac{s "
        r"+ 2}{s + 1}$, for every input $s \ge 0$."
    ),
    formula=Eq(Function("F")(lam), Sum((s + length - k) * lam**k, (k, 0, length - 1))),
    uses=("kernel", "R11"),
    code=("stabkit.roots", "stabkit.unit_circle_counts"),
    references=(paper("section 5"),),
    steps=(
        Step(
            "annulus",
            r"By R11 the classes merge into one. The coefficient of $\lambda^k$ is $a_k = s + l - "
            r"k$, $0 \le k < l$. The ratios $a_k / a_{k+1}$ rise with $k$, from $\alpha = (s + l) "
            r"/ (s + l - 1)$ to $\beta = (s + 2) / (s + 1)$.",
            Deduction(
                "enestrom-kakeya",
                {
                    "positive": Inequality(
                        s + length - k,
                        {length: Interval(k + 1), s: Interval(0)},
                    ),
                    "low": Inequality(
                        (s + length - k) - (s + length) / (s + length - 1) * (s + length - k - 1),
                        {length: Interval(k + 2), k: Interval(0), s: Interval(0)},
                        False,
                    ),
                    "high": Inequality(
                        (s + 2) / (s + 1) * (s + length - k - 1) - (s + length - k),
                        {length: Interval(k + 2), s: Interval(0)},
                        False,
                    ),
                },
                r"All roots lie in the annulus.",
            ),
        ),
        Step(
            "outside",
            r"Its inner radius exceeds 1.",
            Inequality((s + length) / (s + length - 1) - 1, {s: Interval(0), length: Interval(2)}),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact counts: all modes outside.",
            ExactFinite(
                "unstable modes",
                r"$s \in \{0, 1, 50\}$, $l = 2, \dots, 12$",
                lambda: [(a, n) for a in (0, 1, 50) for n in range(2, 13)],
                lambda case: (
                    unit_circle_counts(Workload.from_classes([case]), method="schur-cohn").outside
                ),
                lambda case: case[1] - 1,
            ),
        ),
    ),
    sharpness=(
        Witness(
            "All classes have one decode length, at least 2.",
            r"Two lengths can be stable: $(10, 3)$ and $(10, 5)$ in equal shares.",
            ExactFinite(
                "unstable modes",
                "one mix",
                lambda: [Workload.from_classes([(10, 3), (10, 5)])],
                lambda mix: unit_circle_counts(mix).outside,
                lambda mix: 0,
            ),
        ),
    ),
    lesson=(
        r"If all requests are alike, the server can never be steady. A surplus of admissions is "
        r"paid back only when these requests complete, all at once, and by then each of them holds "
        r"more than when it came: the correction overshoots, every time by a factor."
    ),
)

R6 = Theorem(
    label="R6",
    title="Level cycles",
    variables=(
        *ONE_CLASS,
        *CAPACITY,
        Variable("i", "level", "an integer, 0 <= i < l"),
    ),
    hypotheses=("All classes have one decode length.",),
    statement=(
        r"For every level $i$ the state $c_i (0, \dots, 0, i + 1, 1, \dots, 1)$ with $i$ zeros, "
        r"$c_i = B / ((i + 1)(s + i + 1) + \sum_{j > i} (s + j + 1))$, returns after $l$ steps, $l "
        r"- i$ admissions and $i$ evictions: it is fixed by the Poincare matrix $P^{(i)}$. The "
        r"throughput is $c_i$ per step. Level 0 is the equilibrium, level $l - 1$ the worst cycle."
    ),
    formula=Eq(
        Function("c")(i),
        B / ((i + 1) * (s + i + 1) + Sum(s + j + 1, (j, i + 1, length - 1))),
    ),
    uses=("balance",),
    code=("stabkit.poincare_matrix", "stabkit.level_state", "stabkit.necklace_cycle"),
    references=(paper("section 5"),),
    steps=(
        Step(
            "size",
            r"The memory is full: the sum in $c_i$ is, in closed form (here from stage 0 on; the "
            r"one from $i + 1$ is a difference of two),",
            Summation(s + j + 1, j, 0, k, (k + 1) * (s + (k + 2) / 2)),
        ),
        Step(
            "small-completes",
            r"While a cohort of $c$ is the oldest, it frees $(s + l) c$, and the other $l - 1$ "
            r"units of $c$ grow: what is admitted fills $(s + l) c - (l - 1) c = (s + 1) c$. So "
            r"the newcomers are $c$ again, and the pattern moves on, $l - i - 1$ times.",
            Identity((s + length) * c - (length - 1) * c, (s + 1) * c),
        ),
        Step(
            "large-completes",
            r"Then the cohort of $(i + 1) c$ completes, and the other $l - i - 1$ units grow. Let "
            r"$A$ be the admission in units of $c$:",
            Identity(
                (s + length) * (i + 1) - (length - i - 1),
                (i + 1) * (s + 1) + i * length,
            ),
        ),
        Step(
            "evictions",
            r"The stages above are empty now: in each of the next $i$ steps nothing completes, "
            r"the $l - i - 1$ other units of $c$ grow by a token each, and the youngest cohort "
            r"pays for it: its tokens $(s + j + 1) q_j$ fall by $(l - i - 1) c$ in every step, "
            r"from $(s + 1) q_0 = [(i + 1)(s + 1) + i l] c$ on. After $k$ steps the sum of the "
            r"changes is",
            Summation(
                -(length - i - 1) * c,
                j,
                1,
                k,
                ((i + 1) * (s + 1) + i * length - k * (length - i - 1)) * c
                - ((i + 1) * (s + 1) + i * length) * c,
            ),
        ),
        Step(
            "return",
            r"After $i$ evictions it is $(s + i + 1) q_i = (i + 1)(s + i + 1) c$: $q_i = (i + 1) "
            r"c$, in stage $i$, below $l - i - 1$ cohorts of $c$. That is the state at the start. "
            r"In $l$ steps all $l$ units of $c$ complete: $c$ per step. At $i = 0$, $c_0 = B / "
            r"G(1) = a^*$; at $i = l - 1$ the state is one cohort of $l c = B / (s + l)$.",
            Identity(
                ((i + 1) * (s + 1) + i * length - i * (length - i - 1)) * c,
                (i + 1) * (s + i + 1) * c,
            ),
        ),
        Step(
            "real-evictions",
            r"Each $q_j$ is positive and the youngest cohort alone is cut: with $j \le i \le l - "
            r"1$ the tokens that are left to it are at least those at $j = i$.",
            Inequality(
                (i + 1) * (s + 1) + i * length - j * (length - i - 1),
                {
                    length: Interval(i + 1),
                    i: Interval(j),
                    j: Interval(0),
                    s: Interval(0),
                },
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The Poincare matrix of the code times the state, at symbolic $s$.",
            ExactFinite(
                r"$P^{(i)} v$",
                r"$l = 2, \dots, 6$, all levels",
                lambda: [(n, level) for n in range(2, 7) for level in range(n)],
                lambda case: _returned(*case),
                lambda case: _level(*case),
            ),
        ),
    ),
    sharpness=(
        Witness(
            "All classes have one decode length.",
            r"With lengths 3 and 5 (inputs 5, $B = 3050$) a single cohort of both does not return "
            r"after 5 steps.",
            ExactFinite(
                r"whether the state returns",
                "one state, 5 steps",
                lambda: [Workload.from_classes([(5, 3), (5, 5)], 3050)],
                lambda mix: _returns(mix),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"Between the steady state and the worst case there is a ladder. On level $i$ a big cohort "
        r"is as large as $i + 1$ ordinary ones; when it completes, the server admits too much, and "
        r"takes $i$ steps of evictions to get back to where it was."
    ),
)


def _returned(n: int, level: int) -> Matrix:
    return (poincare_matrix(n, level) * Matrix(level_state(n, level))).applyfunc(
        lambda entry: entry.simplify()
    )


def _level(n: int, level: int) -> Matrix:
    return Matrix(level_state(n, level)).applyfunc(lambda entry: entry.simplify())


def _returns(mix: Workload) -> bool:
    start = [[0, 0, Fraction(100)], [0, 0, Fraction(100), 0, 0]]
    run = simulate(mix, 5, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    return bool(run.states[0] == run.states[5])


WORST_CYCLE = Theorem(
    label="worst-cycle",
    title="The worst cycle completes no less than one half",
    variables=ONE_CLASS,
    hypotheses=("All classes have one decode length.",),
    statement=(
        r"Over the equilibrium's, the throughput of the worst cycle is $\frac{2 s + l + 1}{2 (s + "
        r"l)}$. The loss $\frac{l - 1}{2 (s + l)}$ is below $1/2$, and $1/2$ is its supremum: the "
        r"limit for $l \to \infty$ at fixed $s$."
    ),
    formula=Eq(_ratio, (2 * s + length + 1) / (2 * (s + length))),
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
            r"One minus that.",
            Identity(
                1 - (2 * s + length + 1) / (2 * (s + length)),
                (length - 1) / (2 * (s + length)),
            ),
        ),
        Step(
            "below-half",
            r"It is less than $1/2$,",
            Inequality(
                Rational(1, 2) - (length - 1) / (2 * (s + length)),
                {s: Interval(0), length: Interval(1)},
            ),
        ),
        Step(
            "supremum",
            r"by $(s + 1) / (2 (s + l))$, which is less than any $\delta > 0$ as soon as $l > (s "
            r"+ 1) / (2 \delta)$.",
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
            "All classes have one decode length.",
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
    equilibrium = mix.capacity / (n * (inputs + Fraction(n + 1, 2)))
    completed = sum(run.completed[1:], Fraction(0))
    loss: Fraction = 1 - completed / n / equilibrium
    return loss


THEOREMS = (R5, R6, WORST_CYCLE)
