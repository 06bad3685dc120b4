"""Chapter 5, continued: how near the equilibrium a state has to be, to evict nothing any more."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from sympy import And, Eq, Implies, Le, Lt, symbols

from stabkit import Trajectory, Workload, certify_start, disturbance_margin, simulate
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .objects import mixes
from .quantities import A_STAR, MARGINAL, UNSTABLE, a_star, capacity_of, marginal, unstable

__all__ = ["THEOREMS"]

_K, _q, _D, _later, _evicted = symbols("K q D_0 D_T E")
_g0, _g1, _g2, _g3, _y0, _y1, _y2 = symbols("g_0 g_1 g_2 g_3 y_0 y_1 y_2")
_c0, _c1, _c2, _d0, _d1, _d2 = symbols("c_0 c_1 c_2 d_0 d_1 d_2")
_kappa, _x, _r = symbols("kappa x r")
_OPEN, _ANY = Interval(0, open_low=True), Interval(0)
_FURTHER = 12  # steps beyond the horizon, of the runs that claims are tried on


@cache
def _kernel(mix: Workload) -> tuple[Fraction, ...]:
    stages = range(mix.longest_decode)
    alive = ([c for c in mix.classes if c.decode_length > m] for m in stages)
    return tuple(
        sum((c.share * (c.input_length + m + 1) for c in part), Fraction(0))
        for m, part in enumerate(alive)
    )


@cache
def _norms(mix: Workload, horizon: int) -> tuple[Fraction, ...]:
    """Return kappa_1, ..., kappa_T: the 1-norms of the rows of the response, by its definition."""
    kernel = _kernel(mix)
    first = row = [-g / kernel[0] for g in kernel[1:]]
    norms = []
    for _ in range(horizon):
        norms.append(sum(map(abs, row), Fraction(0)))
        row = [row[0] * c + later for c, later in zip(first, [*row[1:], Fraction(0)], strict=True)]
    return tuple(norms)


@dataclass(frozen=True)
class Disturbed:
    """A mix, a state of full memory and product form, and a horizon T."""

    mix: Workload
    cohorts: tuple[Fraction, ...]
    horizon: int

    @cached_property
    def run(self) -> Trajectory:
        """The exact run from the state, with its states."""
        start = [[c.share * y for y in self.cohorts[: c.decode_length]] for c in self.mix.classes]
        steps = self.horizon + _FURTHER
        return simulate(self.mix, steps, arithmetic="exact", state=start, record_states=True)

    @property
    def evictions(self) -> int:
        """The steps that evict, after the start."""
        return sum(1 for lost in self.run.evicted[1:] if lost)

    @property
    def largest(self) -> Fraction:
        """K."""
        return max(_norms(self.mix, self.horizon))

    @property
    def window(self) -> Fraction:
        """The largest norm of the last L - 1 rows."""
        return max(_norms(self.mix, self.horizon)[1 - self.mix.longest_decode :])

    def deviation(self, step: int) -> Fraction:
        """Return max |y_j - a*| over j < L - 1 at a step of the run."""
        assert self.run.states is not None
        mix, state = self.mix, self.run.states[step]
        longest = max(range(len(mix.classes)), key=lambda k: mix.classes[k].decode_length)
        rate = capacity_of(mix) / sum(_kernel(mix))
        cohorts = [x / mix.classes[longest].share for x in state[longest]]
        return Fraction(max(abs(y - rate) for y in cohorts[:-1]))


def _full(mix: Workload, size: Fraction, signs: list[int]) -> tuple[Fraction, ...] | None:
    """Return a state of full memory with these deviations, over a*; None if there is none."""
    kernel, rate = _kernel(mix), capacity_of(mix) / sum(_kernel(mix))
    young = [rate * (1 + size * sign) for sign in signs]
    held = sum((g * y for g, y in zip(kernel, young, strict=False)), Fraction(0))
    oldest = (capacity_of(mix) - held) / kernel[-1]
    return None if min(*young, oldest) < 0 else (*young, oldest)


def _disturbed(rng: random.Random) -> Iterator[Disturbed]:
    """Yield disturbances of mixes of all kinds, at horizons that are long enough, and not."""
    yield from (_beyond(), _too_short())
    for mix in mixes(rng):
        length = mix.longest_decode
        if length == 1:
            continue
        settled = _horizon(mix)
        for horizon in {settled or length, length}:
            worst = max(_norms(mix, horizon))
            for part in (Fraction(1, 3), Fraction(9, 10), 1, Fraction(6, 5)):
                for choices in ((-1, 0, 1), (-1, -1, -1, 0, 1)):
                    signs = [rng.choice(choices) for _ in range(length - 1)]
                    cohorts = _full(mix, part / worst, signs)
                    if cohorts is not None:
                        yield Disturbed(mix, cohorts, horizon)


def _horizon(mix: Workload, most: int = 40) -> int | None:
    """Return the first T with kappa <= 1 for L - 1 consecutive steps up to it."""
    norms, width = _norms(mix, most), mix.longest_decode - 1
    every = range(width, most + 1)
    return next((t for t in every if max(norms[t - width : t]) <= 1), None)


@cache
def _sharp() -> Workload:
    return Workload.from_classes([(2, 2), (0, 3)], 1000)


def _beyond(factor: Fraction = Fraction(21, 20)) -> Disturbed:
    """Return a state whose deviations, of one sign, are so many times a*/K."""
    mix = _sharp()
    horizon = _horizon(mix)
    assert horizon is not None
    cohorts = _full(mix, -factor / max(_norms(mix, horizon)), [1, 1])
    assert cohorts is not None
    return Disturbed(mix, cohorts, horizon)


def _too_short() -> Disturbed:
    """Return a small deviation of one class, whose response grows, at a short horizon."""
    mix = Workload.from_classes([(2, 2)], 140)
    cohorts = _full(mix, Fraction(1, 2), [1])
    assert cohorts is not None
    return Disturbed(mix, cohorts, 1)


_LINES = ([(2, 2), (0, 3)], [(9, 2), (9, 3)], [(20, 3), (20, 5)], [(5, 1), (3, 4)])

R22 = Theorem(
    label="R22",
    title="A certified verdict for any start",
    claim=Claim(
        objects=_disturbed,
        quantities=(
            UNSTABLE,
            MARGINAL,
            A_STAR,
            Quantity(
                _D,
                r"the largest $|y_j - a^*|$ of $j < L - 1$ in a state $y_0, \dots, y_{L-1}$ of "
                r"product form and full memory",
                lambda drawn: drawn.deviation(0),
            ),
            Quantity(
                _K,
                r"the largest 1-norm of the rows $c^{(1)}, \dots, c^{(T)}$ of the response, by "
                r"which the $t$-th admission without evictions is $a^* + \sum_{j < L-1} c_j^{(t)} "
                r"(y_j - a^*)$",
                lambda drawn: drawn.largest,
            ),
            Quantity(
                _q,
                "the largest 1-norm of the last $L - 1$ of the rows $c^{(t)}$",
                lambda drawn: drawn.window,
            ),
            Quantity(
                _evicted, "the number of later steps that evict", lambda drawn: drawn.evictions
            ),
            Quantity(
                _later,
                r"the largest $|y_j - a^*|$ of $j < L - 1$ after $T$ steps",
                lambda drawn: drawn.deviation(drawn.horizon),
            ),
        ),
        hypotheses=(Le(_q, 1), Le(_K * _D, a_star)),
        conclusions=(
            Eq(_evicted, 0),
            Le(_later, _q * _D),
            Implies(Lt(_q, 1), And(Eq(unstable, 0), Eq(marginal, 0))),
        ),
    ),
    uses=("kernel", "R11"),
    code=("stabkit.certify_start", "stabkit.disturbance_margin"),
    steps=(
        Step(
            "linear",
            r"The memory is full, $\sum_m g_m y_m = B = G(1) a^*$, and the next admission fills it "
            r"again: its deviation from $a^*$ is $-\sum_{m \ge 1} g_m d_{m-1} / g_0$, with $d_j = "
            r"y_j - a^*$, $j < L - 1$. So these $L - 1$ numbers obey a companion matrix $M$ as "
            r"long as nothing is evicted; here $L = 4$.",
            Identity(
                ((_g0 + _g1 + _g2 + _g3) * a_star - _g1 * _y0 - _g2 * _y1 - _g3 * _y2) / _g0
                - a_star,
                -(_g1 * (_y0 - a_star) + _g2 * (_y1 - a_star) + _g3 * (_y2 - a_star)) / _g0,
            ),
        ),
        Step(
            "rows",
            r"Hence $c^{(t+1)} = c^{(t)} M$: $c_j^{(t+1)} = c_{j+1}^{(t)} + c_0^{(t)} c_j^{(1)}$. "
            r"Row $j$ of $M^t$ is $c^{(t-j)}$.",
            Identity(
                _c0 * -(_g1 * _d0 + _g2 * _d1 + _g3 * _d2) / _g0 + _c1 * _d0 + _c2 * _d1,
                (_c1 - _c0 * _g1 / _g0) * _d0
                + (_c2 - _c0 * _g2 / _g0) * _d1
                - _c0 * _g3 / _g0 * _d2,
            ),
        ),
        Step(
            "tail",
            r"The last $L - 1$ rows are those of $M^T$: $\|M^T\|_\infty = q$. So for $t \ge 1$ "
            r"and $\kappa = \|c^{(t)}\|_1$, $c^{(T+t)} = c^{(t)} M^T$ has a norm of at most $q "
            r"\kappa \le \kappa$; by induction no row of any $t$ has a norm above $K$.",
            Inequality(_kappa - _q * _kappa, {_q: Interval(0, 1), _kappa: _ANY}, False),
        ),
        Step(
            "never-negative",
            r"The $t$-th admission of the linear recursion is at least $a^* - \|c^{(t)}\|_1 "
            r"D_0$. With $\kappa = \|c^{(t)}\|_1$, $K = \kappa + x$ and $a^* = K D_0 + r$, $x, r "
            r"\ge 0$, that is $x D_0 + r \ge 0$. A step evicts only if it would be negative: by "
            r"induction on $t$ nothing is evicted, and the run is the recursion.",
            Inequality(
                ((_kappa + _x) * _D + _r) - _kappa * _D,
                {_kappa: _ANY, _x: _ANY, _D: _ANY, _r: _ANY},
                False,
            ),
        ),
        Step(
            "convergence",
            r"After $T$ steps the deviations are $M^T d$, none above $q D_0$; after $m T$ steps "
            r"none is above $q^m D_0$. If $q = 1 - x < 1$, they tend to 0, whatever $d$: all modes "
            r"are inside the circle. If $q = 1$, the run converges where the mix is stable.",
            Inequality(_D - (1 - _x) * _D, {_x: _OPEN, _D: _OPEN}),
        ),
    ),
    checks=(
        Step(
            "margin",
            r"stabkit's largest disturbance without an eviction is the least of 1 and $1 / K$.",
            ExactFinite(
                "whether the enclosure holds it",
                "four stable mixes",
                lambda: [Workload.from_classes(line, 1000) for line in _LINES],
                lambda mix: _encloses(mix),
                lambda mix: True,
            ),
        ),
        Step(
            "from-empty",
            r"The certificate of the empty start lists the steps that evict.",
            ExactFinite(
                "the steps among the first 120 that do",
                "four stable mixes",
                lambda: [Workload.from_classes(line, 1000) for line in _LINES],
                lambda mix: _certified_evictions(mix),
                lambda mix: [
                    n for n, lost in enumerate(simulate(mix, 120, "exact").evicted) if lost
                ],
            ),
        ),
    ),
    sharpness=(
        Witness(
            Le(_K * _D, a_star),
            r"Inputs 2 and 0, lengths 2 and 3: both young cohorts below $a^*$ by 21/20 of $a^* / "
            r"K$ lead to an eviction. So $K$ cannot be made smaller.",
            ExactFinite(
                "whether anything is evicted, and at 19/20",
                "two states",
                lambda: [Fraction(21, 20), Fraction(19, 20)],
                lambda factor: _beyond(factor).evictions > 0,
                lambda factor: factor > 1,
            ),
        ),
        Witness(
            Le(_q, 1),
            r"One class, $s = 2$, $l = 2$, from $[30, 12.5]$ at $B = 140$, half above $a^* = 20$: "
            r"$T = 1$ is too short, for the response grows by 4/3 a step.",
            ExactFinite(
                "whether $K$ times the deviation is at most $a^*$, and whether anything is evicted",
                "the state",
                lambda: [_too_short()],
                lambda drawn: (drawn.largest * drawn.deviation(0) <= 20, drawn.evictions > 0),
                lambda drawn: (True, True),
            ),
        ),
    ),
    lesson=(
        r"Stability is local, but it says how local: near enough to the steady state there is "
        r"nothing left to go wrong, and how near is a number. A server that starts empty is not "
        r"near. So let it run, exactly, until it is; from there on the theorem takes over, and "
        r"what was a simulation of finitely many steps is a proof for all of them."
    ),
)


def _encloses(mix: Workload) -> bool:
    horizon, found = _horizon(mix, 200), disturbance_margin(mix).largest
    assert horizon is not None
    assert found is not None
    least = min(Fraction(1), 1 / max(_norms(mix, horizon)))
    return found.low <= least <= found.high


def _certified_evictions(mix: Workload) -> list[int] | None:
    found: Any = certify_start(mix)
    return list(found.evicting) if found.verdict == "convergent" else None


THEOREMS = (R22,)
