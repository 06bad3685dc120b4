"""The limit cycles of one decode length: one for every way to space cohorts around a circle.

Take requests of one decode length l and input length s (the mean over the classes, R11), and a
*composition* of l: parts d_1, ..., d_m >= 1 with the sum l. Let D_i = d_1 + ... + d_i, and put a
*cohort* of c d_i requests in stage D_i - 1. So the youngest come first, the oldest are in stage
l - 1, and d_i counts the stages from a cohort back to the next younger one, cyclically. The memory
is full if

    c sum_i d_i (s + D_i) = c (s l + (l^2 + sum_i d_i^2) / 2) = B,

which fixes c. In the next step the oldest cohort, of part d = d_m, completes, and new requests
come. k steps later, k <= d, they are in stage k - 1, the others have lost c d (s + l) tokens and
gained k c (l - d), and the memory is full again if the newcomers are

    c (d + l (d - k) / (s + k)).

This is positive and falls with k. So it is what the model does: admit at k = 1, then evict from the
youngest cohort and no other. After d steps there are c d newcomers and the next cohort is in stage
l - 1: the state that we began with, of the composition (d_m, d_1, ..., d_(m-1)). After l steps all
is as it was and c l requests have completed, so that *c is the throughput* per step.

Rotating a composition shifts its cycle in time. Hence there is a cycle for every *necklace* of
compositions, or binary necklace of length l but the empty one: a bead per stage, 1 where a cohort
is when the oldest is in stage l - 1. Different necklaces have different cycles, and the minimal
period is that of the binary necklace, a divisor of l; all cycles together have 2^l - 1 states, one
for every binary word but 0...0. Since l <= sum_i d_i^2 <= l^2, with equality for (1, ..., 1) and
for (l) only, the best cycle is (1, ..., 1), the equilibrium, and the worst is (l), one cohort of
B / (s + l) every l steps. (i + 1, 1, ..., 1) is the cycle of *level* i, and (g, ..., g), where g
divides l, is the synchronised cycle of R10 on one residue class of stages mod g.

Status: R6, on levels, is proved in [ADLS]. That every necklace has its cycle is the computation
above, and checked by exact simulation. That there is *no other* limit cycle is a conjecture, R6'.

References
----------
MODEL.md section 1: R11; section 4: R6, R6a, R6'; section 5: R10.

.. [ADLS] R. Ao, J. Dong, G. Luo, D. Simchi-Levi, "Service-Induced Congestion in Memory-Constrained
   LLM Serving", arXiv:2606.15555, 2026.
.. [Duval] J.-P. Duval, "Génération d'une section des classes de conjugaison et arbre des mots de
   Lyndon de longueur bornée", Theoretical Computer Science 60 (1988) 255-283.
.. [OEIS] The On-Line Encyclopedia of Integer Sequences, A008965: necklaces of compositions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ..errors import InvalidArgument
from ..model.workload import Workload, check_workload
from .initial_state import equilibrium_admissions
from .product_form import simulated_capacity

__all__ = ["LONGEST_NECKLACE", "NecklaceCycle", "necklace_cycles", "worst_cycle_loss"]

# There are some 2^l / l necklaces and 2^l - 1 states: 4115 and 65 535 for l = 16, in half a second.
LONGEST_NECKLACE = 16


@dataclass(frozen=True)
class NecklaceCycle:
    """A limit cycle of a workload of one decode length l.

    Attributes
    ----------
    composition : tuple of int
        The parts d_i, youngest cohort of ``states[0]`` first: of all rotations the
        lexicographically largest, such as (3, 1, 2) for (1, 2, 3).
    period : int
        Minimal period, in steps; a divisor of l.
    states : tuple of `period` tuples of l Fractions
        Requests of all classes in stages 0, ..., l - 1 after the fit, in order of time; a class
        has its share of each. In the first one the oldest cohort is in stage l - 1, about to
        complete.
    throughput : Fraction
        Completed requests per step, over a period.
    throughput_ratio : Fraction
        The same over a*, its value at the equilibrium; requests and tokens alike.

    Examples
    --------
    >>> worst = necklace_cycles(Workload.from_classes([(2, 2)], capacity=140))[-1]
    >>> [[str(requests) for requests in state] for state in worst.states]
    [['0', '35'], ['140/3', '0']]
    """

    composition: tuple[int, ...]
    period: int
    states: tuple[tuple[Fraction, ...], ...]
    throughput: Fraction
    throughput_ratio: Fraction

    @property
    def kind(self) -> Literal["level", "necklace"]:
        """``"level"`` for a composition (i + 1, 1, ..., 1), a cycle of R6, else ``"necklace"``."""
        return "necklace" if self.level is None else "level"

    @property
    def level(self) -> int | None:
        """The level i of R6, 0 <= i < l, or None if the composition is not (i + 1, 1, ..., 1)."""
        first, *others = self.composition
        return first - 1 if all(part == 1 for part in others) else None

    @property
    def is_equilibrium(self) -> bool:
        """Whether this is level 0, the cycle of period 1 without evictions."""
        return self.level == 0


def necklace_cycles(mix: Workload) -> tuple[NecklaceCycle, ...]:
    """Return the limit cycle of every necklace of compositions of the decode length.

    Parameters
    ----------
    mix : Workload
        Classes of one decode length l <= 16 and any input lengths. Without a capacity, the fluid
        is scaled so that a* = 1 request per step.

    Returns
    -------
    tuple of NecklaceCycle
        In lexicographic order of their compositions, from the equilibrium (1, ..., 1) to the worst
        cycle (l); (1/l) sum over d | l of phi(d) 2^(l/d), less 1, in number.

    Raises
    ------
    InvalidArgument
        If the decode lengths differ, or are above 16: there are some 2^l / l cycles.

    Notes
    -----
    The states are those of the formula in the module's docstring; nothing is simulated here. That
    a run ends on one of these cycles is not checked: it is R6', a conjecture. By R6a, all starts
    but a null set lead to the worst one.

    References
    ----------
    MODEL.md R6, R6'; [OEIS] A008965.

    Examples
    --------
    >>> mix = Workload.from_classes([(0, 4)])
    >>> for cycle in necklace_cycles(mix):
    ...     print(cycle.composition, cycle.level, cycle.period, cycle.throughput_ratio)
    (1, 1, 1, 1) 0 1 1
    (2, 1, 1) 1 4 10/11
    (2, 2) None 2 5/6
    (3, 1) 2 4 10/13
    (4,) 3 4 5/8

    The worst ratio is (2 s + l + 1) / (2 (s + l)):

    >>> 1 - worst_cycle_loss(0, 4)
    Fraction(5, 8)
    """
    length = _one_decode_length(mix)
    (only,) = mix.merged().classes
    capacity, equilibrium = simulated_capacity(mix), equilibrium_admissions(mix)
    words = [word for word in _lyndon_words(length) if length % len(word) == 0 and any(word)]
    return tuple(
        _cycle(word, length, only.input_length, capacity, equilibrium) for word in reversed(words)
    )


def worst_cycle_loss(input_length: Any, decode_length: Any) -> Fraction:
    """Return the share of the equilibrium's throughput that the worst cycle loses.

    Parameters
    ----------
    input_length, decode_length : number
        s >= 0 in tokens, any form of a rational, and l >= 1 in steps; the bounds of a `Workload`.

    Returns
    -------
    Fraction
        (l - 1) / (2 (s + l)): 0 for l = 1, increasing in l to its supremum 1/2 at a fixed s.

    Raises
    ------
    InvalidWorkload
        If a length is outside its domain.

    References
    ----------
    MODEL.md R6: level l - 1.

    Examples
    --------
    >>> worst_cycle_loss(10, 5)
    Fraction(2, 15)
    >>> loss = worst_cycle_loss(10, 10**9)
    >>> 0 < Fraction(1, 2) - loss < Fraction(1, 10**8)
    True
    """
    (only,) = Workload.from_classes([(input_length, decode_length)]).classes
    return Fraction(only.decode_length - 1) / (2 * (only.input_length + only.decode_length))


def _one_decode_length(mix: Workload) -> int:
    lengths = sorted({c.decode_length for c in check_workload(mix).classes})
    if len(lengths) > 1:
        raise InvalidArgument(
            "'mix' must have one decode length for limit cycles by necklaces, "
            f"not {len(lengths)}, from {lengths[0]} to {lengths[-1]}."
        )
    if lengths[0] > LONGEST_NECKLACE:
        raise InvalidArgument(
            f"'mix' must have a decode length up to {LONGEST_NECKLACE} for limit cycles by "
            f"necklaces, not {lengths[0]}."
        )
    return lengths[0]


def _lyndon_words(longest: int) -> Iterator[list[int]]:
    """Iterate over the binary Lyndon words of length <= `longest`, ascending, by [Duval].

    A Lyndon word is smaller than its rotations. Repeated up to the length l, those whose length
    divides l are the necklaces, each as its smallest rotation and with its minimal period. All but
    the word 0 end in 1; and a word is smaller where its gaps are larger, from the first one on.
    """
    word = [0]
    while word:
        yield word
        word = (word * longest)[:longest]
        while word and word[-1] == 1:
            word.pop()
        word[-1:] = [1] if word else []


def _cycle(
    word: list[int], length: int, s: Fraction, capacity: Fraction, equilibrium: Fraction
) -> NecklaceCycle:
    ends = [stage + 1 for stage, bead in enumerate(word * (length // len(word))) if bead]
    parts = tuple(end - before for before, end in zip([0, *ends], ends, strict=False))
    throughput = capacity / (s * length + Fraction(length**2 + sum(d * d for d in parts), 2))
    sizes = {d: _sizes(d, length, s, throughput) for d in set(parts)}
    states = [[Fraction(0)] * length for _ in word]
    for time, state in enumerate(states):
        for part, end in zip(parts, ends, strict=True):
            stage = (end - 1 + time) % length
            state[stage] = sizes[part][stage]
    rows = tuple(tuple(state) for state in states)
    return NecklaceCycle(parts, len(word), rows, throughput, throughput / equilibrium)


def _sizes(part: int, length: int, s: Fraction, throughput: Fraction) -> list[Fraction]:
    """Return the requests of a cohort in stages 0, ..., l - 1: they fall up to stage part - 1."""
    young = [part + Fraction(length * (part - k)) / (s + k) for k in range(1, part)]
    return [throughput * size for size in young] + [throughput * part] * (length - part + 1)
