"""Chapter 2, continued: synchrony as the period of a graph."""

from __future__ import annotations

from math import gcd

import networkx
from sympy import Eq, divisors, symbols

from stabkit import (
    Workload,
    synchrony,
)
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem
from stabkit.theorems.textbook.algebra import Period
from stabkit.theorems.textbook.deduction import Deduction

from .notation import g, i, j, m, n
from .objects import mixes, plain_mixes
from .quantities import (
    GCD,
    LONGEST,
    longest,
)

__all__ = ["THEOREMS"]


_period, _connected, _together = symbols("h connected N_g")


def _graph(mix: Workload) -> networkx.DiGraph:
    edges = [(j_, j_ + 1) for j_ in range(LONGEST.value(mix) - 1)]
    return networkx.DiGraph(edges + [(c.decode_length - 1, 0) for c in mix.classes])


def _period_by_search(mix: Workload) -> int:
    """Return the gcd of depth(u) + 1 - depth(v) over all edges u -> v, from node 0."""
    graph = _graph(mix)
    depth = networkx.single_source_shortest_path_length(graph, 0)
    return gcd(*(depth[u] + 1 - depth[v] for u, v in graph.edges))


RENEWAL_GRAPH = Theorem(
    label="renewal-graph",
    title="Synchrony as the period of a graph",
    claim=Claim(
        objects=mixes,
        quantities=(
            GCD,
            Quantity(
                _period,
                r"the period, the gcd of the lengths of the closed walks, of the renewal graph: "
                r"its nodes are $0, \dots, L - 1$, its edges $j \to j + 1$, and $l_k - 1 \to 0$ "
                r"for every class",
                lambda mix: _period_by_search(mix),
            ),
            Quantity(
                _together,
                r"the number of synchronised modes, $\varphi(d)$ of exact order $d$ for each $d "
                r"\mid g$, $d > 1$, with Euler's totient $\varphi$",
                lambda mix: sum(_totient(d) for d in divisors(mix.gcd) if d > 1),
            ),
            Quantity(
                _connected,
                "the graph is strongly connected",
                lambda mix: networkx.is_strongly_connected(_graph(mix)),
            ),
        ),
        hypotheses=(),
        conclusions=(_connected, Eq(_period, g), Eq(_together, g - 1)),
    ),
    uses=("R1",),
    code=("stabkit.synchrony",),
    steps=(
        Step(
            "period",
            r"From stage $j$ to stage $i$ there is a walk to the last stage, to 0, and on to $i$, "
            r"of $(L - 1 - j) + 1 + i$ edges, at least one. A simple cycle leaves the chain "
            r"exactly once, at some $l_k - 1$: with $n = l_k - 1$ it has $n$ edges of the chain "
            r"and one back.",
            Deduction(
                Period(
                    _period,
                    g,
                    walk=(longest - 1 - j) + 1 + i,
                    domains={longest: Interval(j + 1), i: Interval(0)},
                    cycle=Summation(1, m, 0, n, n + 1),
                )
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The period that networkx finds from the edges, the numbers of modes by order, and "
            r"the totients.",
            ExactFinite(
                "period and numbers of modes",
                "27 mixes",
                plain_mixes,
                lambda mix: (synchrony(mix).period, _orders(mix)),
                lambda mix: (mix.gcd, [_totient(d) for d in divisors(mix.gcd) if d > 1]),
            ),
        ),
    ),
    lesson=(
        r"A request walks along the chain of stages and jumps back to the start when it completes. "
        r"If all loops have a common divisor $g$, a walker's stage modulo $g$ is fixed by the "
        r"clock: requests fall into $g$ cohorts that never mix."
    ),
)


def _orders(mix: Workload) -> list[int]:
    found = [mode.order for mode in synchrony(mix).modes]
    return [found.count(d) for d in divisors(mix.gcd) if d > 1]


def _totient(d: int) -> int:
    return sum(1 for k in range(1, d + 1) if gcd(k, d) == 1)


THEOREMS = (RENEWAL_GRAPH,)
