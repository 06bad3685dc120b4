"""Synchrony as a graph: the renewal graph, its period, and the cohorts.

The *renewal graph* has a node for each stage 0, ..., L - 1 of the longest life, an edge j -> j + 1,
and an edge l_k - 1 -> 0 for each class: a request grows older until it completes and makes room for
a new one. It is strongly connected, and its cycles through 0 have the lengths l_k, so that its
*period* (the index of imprimitivity of its adjacency matrix, Perron-Frobenius) is the gcd of the
decode lengths; it is aperiodic iff these are coprime. Its cyclic classes, the stages of one residue
modulo the period, are the *cohorts* of requests that can stay in step.

References
----------
docs/model.md, Synchrony; E. Seneta, *Non-negative Matrices and Markov Chains*, 2nd ed., Springer
1981, section 1.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import networkx as nx

__all__ = ["LONGEST_GRAPH", "imprimitivity", "renewal_graph"]

LONGEST_GRAPH = 100_000  # nodes: some 100 MB


def renewal_graph(decode_lengths: Iterable[int]) -> nx.DiGraph:
    """Return the renewal graph; an edge back to 0 has the attribute ``decode_length``.

    >>> sorted(renewal_graph([2, 3]).edges)
    [(0, 1), (1, 0), (1, 2), (2, 0)]
    """
    lengths = sorted(set(decode_lengths))
    graph = nx.DiGraph()
    graph.add_nodes_from(range(lengths[-1]))
    graph.add_edges_from((j, j + 1) for j in range(lengths[-1] - 1))
    graph.add_edges_from((length - 1, 0, {"decode_length": length}) for length in lengths)
    return graph


def imprimitivity(graph: nx.DiGraph) -> int:
    """Return the period of a strongly connected graph: the gcd of the lengths of its cycles.

    With d(v) the distance of v from any one node, the period is the gcd of d(u) + 1 - d(v) over all
    edges u -> v: each is the difference of the lengths of two walks between the same nodes, and
    along a cycle they add up to its length.

    Raises ValueError if the graph is not strongly connected.

    >>> imprimitivity(renewal_graph([4, 6]))
    2
    """
    if not nx.is_strongly_connected(graph):
        raise ValueError("the graph must be strongly connected")
    distance = nx.single_source_shortest_path_length(graph, next(iter(graph)))
    return math.gcd(*(distance[u] + 1 - distance[v] for u, v in graph.edges))
