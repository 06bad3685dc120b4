"""Chapter 4, continued: mixes that are stable whatever their shares are in a polytope."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import combinations

from sympy import Eq, Ge, symbols

from stabkit import Workload, robust_shares, share_tolerance, unit_circle_counts
from stabkit.spectrum.margins.shares.polytope import Shares, kernel_of
from stabkit.spectrum.partition.d_partition import d_partition
from stabkit.spectrum.partition.pencil import blend
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Reference
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import EdgeTheorem

from .notation import m, p, s, z
from .quantities import KERNEL, MARGINAL, UNSTABLE, kernel, marginal, unstable

__all__ = ["THEOREMS", "Member"]

_edges_stable = symbols("stable_edges")
_G, _t, _a, _b, _V, _x, _y, _c = symbols("G t a b V x y c")


@dataclass(frozen=True)
class Member:
    """Shares in a polytope, some of which may be 0, and its vertices."""

    classes: Workload
    vertices: tuple[Shares, ...]
    shares: Shares

    @property
    def mix(self) -> Workload:
        """The mix with these shares."""
        return _with(self.classes, self.shares)


def _with(mix: Workload, shares: Shares) -> Workload:
    pairs = zip(mix.classes, shares, strict=True)
    return replace(mix, classes=tuple(replace(c, share=q) for c, q in pairs if q))


def _members(rng: random.Random) -> Iterator[Member]:
    """Yield mixes in polytopes of two to four vertices, on the faces of the simplex among them."""
    for _ in range(90):
        base, kinds = rng.choice((3, 20, 100)), rng.randint(2, 4)
        whole = Workload.from_classes(
            (base + rng.randint(0, base), rng.randint(1, 7), 1) for _ in range(kinds)
        )
        size = len(whole.classes)
        rows = [[rng.randint(0, 6) for _ in range(size)] for _ in range(rng.randint(2, 4))]
        vertices = tuple(
            tuple(Fraction(w, sum(row)) for w in row)
            for row in (row if any(row) else [1] * size for row in rows)
        )
        weights = [Fraction(rng.randint(0, 5)) for _ in vertices]
        weights[rng.randrange(len(weights))] += 1
        shares = tuple(
            sum((w * q for w, q in zip(weights, column, strict=True)), Fraction(0)) / sum(weights)
            for column in zip(*vertices, strict=True)
        )
        yield Member(whole, vertices, shares)


@cache
def _are_stable(drawn: Member) -> bool | None:
    """Tell whether all segments between vertices are stable, the edges among them."""
    pairs = combinations(dict.fromkeys(drawn.vertices), 2)
    found = [_is_stable(drawn.classes, *pair) for pair in pairs]
    found += [_counted(drawn.classes, vertex) for vertex in drawn.vertices]
    return False if False in found else None if None in found else True


def _counted(mix: Workload, shares: Shares) -> bool:
    return unit_circle_counts(_with(mix, shares), "schur-cohn").verdict == "stable"


def _is_stable(mix: Workload, start: Shares, end: Shares) -> bool | None:
    found = d_partition(blend(kernel_of(mix, start), kernel_of(mix, end)))
    if not found.complete:
        return None
    return not found.crossings and found.intervals[0].verdict == "stable"


def _two_inputs(rows: tuple[tuple[int, ...], ...]) -> list[str]:
    """Return verdicts of (3, 4, 5) with the shares at two inputs in these proportions."""
    inputs, weights = (Fraction(3, 100), Fraction(1, 2)), (251, 149, 100)
    return [
        unit_circle_counts(
            Workload.from_classes(
                [
                    (x, n, part * w)
                    for x, part in zip(inputs, row, strict=True)
                    for n, w in zip((3, 4, 5), weights, strict=True)
                    if part
                ]
            ),
            "schur-cohn",
        ).verdict
        for row in rows
    ]


def _boxes() -> list[tuple[Fraction, Fraction]]:
    """Return ranges of the share of length 2 in (2, 3) with the input 7."""
    ends = [Fraction(k, 20) for k in range(1, 20)]
    return [(low, high) for low in ends for high in ends if low <= high]


def _pair(share: Fraction) -> Workload:
    return Workload.from_classes([(7, 2, share), (7, 3, 1 - share)])


def _is_robust(ends: tuple[Fraction, Fraction]) -> bool | None:
    robust: bool | None = robust_shares(
        Workload.from_classes([(7, 2), (7, 3)]), bounds=[ends, (0, 1)]
    ).robust
    return robust


ROBUST = Theorem(
    label="robust-shares",
    title="Robust stability in the shares",
    claim=Claim(
        objects=_members,
        quantities=(
            Quantity(
                _edges_stable,
                r"with all shares on the edges of a polytope, in which the shares $p_k$ of the mix "
                r"are, the equilibrium is stable",
                _are_stable,
            ),
            KERNEL,
            UNSTABLE,
            MARGINAL,
        ),
        hypotheses=(_edges_stable,),
        conclusions=(Ge(kernel(0), 1), Eq(unstable, 0), Eq(marginal, 0)),
    ),
    uses=("kernel",),
    code=("stabkit.robust_shares", "stabkit.share_tolerance"),
    references=(
        Reference(
            "A. C. Bartlett, C. V. Hollot, L. Huang",
            "Root locations of an entire polytope of polynomials: it suffices to check the edges, "
            "Mathematics of Control, Signals and Systems 1 (1988) 61-71",
            "theorem 1",
        ),
    ),
    steps=(
        Step(
            "segment",
            r"$G$ is linear in the shares: on the segment from shares $a$ to shares $b$ it is "
            r"$(1 - t) G_a + t G_b$, $0 \le t \le 1$, for each class adds its share times its "
            r"memory $V$.",
            Identity(((1 - _t) * _a + _t * _b) * _V, (1 - _t) * _a * _V + _t * _b * _V),
        ),
        Step(
            "degree",
            r"The leading coefficient of $F$ in the formal degree $L - 1$, with $L$ the longest "
            r"decode length of all classes, is $g_0 = \sum_k p_k (s_k + 1) \ge \sum_k p_k = 1$, "
            r"on the faces of the simplex too: where the longest class vanishes, $F$ gets roots "
            r"0, and they are stable.",
            Inequality(p * (s + 1) - p, {p: Interval(0), s: Interval(0)}, False),
        ),
        Step(
            "edges",
            r"So the edge theorem applies with the open unit disc, whose complement is connected. "
            r"In terms of $G$: for a fixed $z$ the values of $G$ on the polytope are a convex "
            r"polygon $P(z)$, whose boundary is taken on edges. If 0 is in $P(z)$ for some $|z| "
            r"\le 1$, shrink $z$ to 0, where $P$ is positive: the last polygon that holds 0 has it "
            r"on its boundary, and an edge has a zero in the closed disc.",
            Deduction(
                EdgeTheorem(
                    _G,
                    p * (s + m + 1) * z**m,
                    p,
                    leading=1 + p * s,
                    domains={p: Interval(0), s: Interval(0)},
                )
            ),
        ),
        Step(
            "factor",
            r"A factor of all shares is one of $G$ and moves no zero: weights that are off one by "
            r"one, and normalised after, are such a polytope as well.",
            Identity(_x * _a * _V + _x * _b * _V, _x * (_a * _V + _b * _V)),
        ),
        Step(
            "duality",
            r"How large an error may be is bounded without edges. If with errors $d_k$ of the "
            r"shares, each at most the part $\rho$ of its share, there is a mode at $z$, and "
            r"$a_k$ is the real part of $\bar u G_k(z)$ for any $u$ on the circle, then $\sum_k "
            r"d_k a_k = \sum_k d_k (a_k - c)$ for every real $c$, for $\sum_k d_k = 0$. So "
            r"$|\operatorname{Re} \bar u G(z)| \le \rho \sum_k p_k |a_k - c|$. For two classes, "
            r"with errors $a$ and $b$ and real parts $x$ and $y$:",
            Identity(_a * _x + _b * _y, _a * (_x - _c) + _b * (_y - _c), given=(_a + _b,)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Of the lengths 2 and 3 with the input 7 exactly the shares $1/5 < p < 9/10$ of "
            r"length 2 are stable, by the Schur–Cohn inequalities.",
            ExactFinite(
                "all shares of a range are stable",
                "all ranges of shares in twentieths",
                _boxes,
                _is_robust,
                lambda ends: Fraction(1, 5) < ends[0] and ends[1] < Fraction(9, 10),
            ),
        ),
        Step(
            "tolerance",
            r"With the share $p$ of length 2 both shares move by as much, at most $\rho$ times the "
            r"smaller one: the tolerance is $\min(p - 1/5, 9/10 - p) / \min(p, 1 - p)$.",
            ExactFinite(
                "the error at which a mode is on the circle",
                r"$p = 4/20, \dots, 15/20$",
                lambda: [Fraction(k, 20) for k in range(4, 16)],
                lambda q: share_tolerance(_pair(q)).upper,
                lambda q: min(q - Fraction(1, 5), Fraction(9, 10) - q) / min(q, 1 - q),
            ),
        ),
    ),
    sharpness=(
        Witness(
            _edges_stable,
            r"Stable vertices are not enough. Lengths 3, 4 and 5 with the weights 251, 149 and 100 "
            r"are stable with the common input 3/100, and with 1/2; half of each is not.",
            ExactFinite(
                "verdicts",
                "both vertices and their midpoint",
                lambda: [((1, 0), (0, 1), (1, 1))],
                _two_inputs,
                lambda rows: ["stable", "stable", "unstable"],
            ),
        ),
    ),
    lesson=(
        r"How wrong may my shares be? A law of requests is estimated, and a verdict on one point "
        r"of the simplex is a verdict on a guess. Each share off by a fifth, every one in its own "
        r"direction: that is a polytope, and it has infinitely many mixes. But the plane at one "
        r"frequency sees it as a polygon, and instability has to come in over its rim. So a finite "
        r"list of segments decides, and along each the boundary of stability is crossed at "
        r"finitely many places, all of which can be found."
    ),
)

THEOREMS = (ROBUST,)
