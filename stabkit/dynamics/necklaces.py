"""The limit cycles of a mix whose decode lengths share a factor: one for every necklace.

Let g be the gcd of the decode lengths, mu their mean under the shares, s the mean input length, and
take a state of product form (R11): cohorts y_j, of which class k has p_k y_j in stage j. For a
*composition* of g, parts d_1, ..., d_m >= 1 with the sum g and D_i = d_1 + ... + d_i, let

    y_j = c d_i    in all stages j = D_i - 1 mod g,    and 0 in all others.

So the stages D_i - 1 mod g are a *residue class* in step, d_i counts the stages back to the next
younger one, cyclically, and the oldest, of part d = d_m, is about to complete. Every class has
mu / g stages of each residue on average, so that c mu requests are in service. The memory is full
if

    c sum_i d_i sum_k p_k sum_(t < l_k/g) (s_k + D_i + g t) = B,

which fixes c. In the next step c d requests complete, c d p_k of class k, and free their
c d (s + mu) tokens. k steps later, k <= d, nothing else has completed; the others have gained
k c (mu - d) tokens, and the memory is full again if the newcomers, now in stage k - 1, are

    c (d + mu (d - k) / (s + k)).

This is positive and falls with k. So it is what the model does: admit at k = 1, then evict from the
newcomers and from no one else. After d steps they are c d, and the next residue class is about to
complete: the state that we began with, of the composition (d_m, d_1, ..., d_(m-1)). After g steps
all is as it was and c g requests have completed, so that *c is the throughput* per step, and the
classes complete in proportion to their shares.

Rotating a composition shifts its cycle in time. Hence there is a cycle for every *necklace* of
compositions, or binary necklace of length g but the empty one: a bead per residue, 1 where requests
are when the oldest are about to complete. Different necklaces have different cycles, and the
minimal period is that of the binary necklace, a divisor of g; all cycles together have 2^g - 1
states, one for every binary word but 0...0. c depends on sum_i d_i^2 only, which grows from g to
g^2: the best cycle is (1, ..., 1), the equilibrium, and the worst is (g), the *synchronised cycle*
of R10. (d, ..., d), where d divides g, is its like for d. A coprime mix has the equilibrium alone.

*One decode length.* Then g = l, and each residue class is one cohort. (i + 1, 1, ..., 1) is the
cycle of *level* i (R6), and the worst is one cohort of B / (s + l) every l steps. It attracts
nearby states, and *every other necklace repels*: the m cohorts of a state span the range of the map
over l steps, every admission in it completes the oldest cohort and every eviction cuts the youngest
one, so that the proof in `stabkit.spectrum.orbits.poincare`, word for word, puts m - 1 Floquet
multipliers outside the unit circle and l - m at 0.

*Several.* (g) attracts if the renormalised mix (`stabkit.dynamics.renormalization`) is stable, and
repels if that is unstable: see there. The multipliers of any other are computed, not predicted.

Status: R6, on levels, is proved in [ADLS], R10 in `stabkit.dynamics.renormalization`, and that
every necklace has its cycle by the computation above; exact simulation agrees. That one decode
length has *no other* limit cycle, R6', is the theorem of `stabkit.dynamics.capture`; several have
others (R12).

References
----------
docs/model.md, R6, R6', R6a, R10, R11, R12, Necklaces.

.. [ADLS] R. Ao, J. Dong, G. Luo, D. Simchi-Levi, "Service-Induced Congestion in Memory-Constrained
   LLM Serving", arXiv:2606.15555, 2026.
.. [Duval] J.-P. Duval, "Génération d'une section des classes de conjugaison et arbre des mots de
   Lyndon de longueur bornée", Theoretical Computer Science 60 (1988) 255-283.
.. [OEIS] The On-Line Encyclopedia of Integer Sequences, A008965: necklaces of compositions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from ..errors import InvalidArgument, check_length, shown
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import NumberLike, listed, whole_number
from ..model.workload import Workload
from ..records import Record, RecordTuple
from .capacity import equilibrium_admissions, simulated_capacity

__all__ = [
    "LONGEST_NECKLACE",
    "NecklaceCycle",
    "necklace_cycle",
    "necklace_cycles",
    "necklace_period",
    "necklace_throughput",
    "necklaces",
    "worst_cycle_loss",
]

# There are some 2^g / g necklaces: 4115 for g = 16.
LONGEST_NECKLACE = 16
# Numbers in the states that one call returns: 65,535 states of 16 stages take half a second.
_MOST_NUMBERS = 2**21


@dataclass(frozen=True, repr=False)
class NecklaceCycle(Record):
    """A limit cycle in which residue classes of stages mod g, the gcd, are in step.

    Attributes
    ----------
    composition : tuple of int
        The parts d_i, youngest residue class of ``states[0]`` first: of all rotations the
        lexicographically largest, such as (3, 1, 2) for (1, 2, 3).
    period : int
        Minimal period, in steps; a divisor of g.
    states : tuple of `period` tuples of L Fractions
        Cohorts y_0, ..., y_(L-1) after the fit, in requests and in order of time: class k has
        p_k y_j in stage j < l_k. In the first one the oldest residue class is about to complete.
    throughput : Fraction
        Completed requests per step, over a period; each class has its share of them.
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
    def level(self) -> int | None:
        """The level i of R6 if the composition is (i + 1, 1, ..., 1), else None."""
        first, *others = self.composition
        return first - 1 if all(part == 1 for part in others) else None

    @property
    def is_equilibrium(self) -> bool:
        """Whether this is (1, ..., 1), the cycle of period 1 without evictions."""
        return self.level == 0

    @property
    def itinerary(self) -> tuple[int, ...]:
        """The marginal stage of the fit after each of the `period` steps; 0 for an admission.

        A part d is an admission and d - 1 evictions, which cut the newcomers in stages
        1, ..., d - 1; the oldest residue class, the last part, is the first to complete.
        """
        whole = [stage for part in reversed(self.composition) for stage in range(part)]
        return tuple(whole[: self.period])


def necklace_cycles(mix: WorkloadLike) -> tuple[NecklaceCycle, ...]:
    """Return the limit cycle of every necklace of compositions of the gcd of the decode lengths.

    Parameters
    ----------
    mix : WorkloadLike
        Of gcd g <= 16 and longest decode length L with (2^g - 1) L <= 2^21. Without a capacity,
        the fluid is scaled so that a* = 1 request per step.

    Returns
    -------
    tuple of NecklaceCycle
        In lexicographic order of their compositions, from the equilibrium (1, ..., 1) to the worst
        cycle (g); (1/g) sum over d | g of phi(d) 2^(g/d), less 1, in number.

    Raises
    ------
    InvalidArgument
        If the gcd or L is beyond that.

    Notes
    -----
    The states are those of the formula in the module's docstring; nothing is simulated here. That
    a run ends on one of these cycles is not checked. For one decode length every run does, and all
    but a null set of starts lead to the worst one (`stabkit.dynamics.capture`).

    References
    ----------
    docs/model.md, R6, R6', R10; [OEIS] A008965.

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

    Two classes of gcd 3, in step and two thirds in step:

    >>> mix = Workload.from_classes([(5, 3), (5, 6)])
    >>> [(cycle.composition, str(cycle.throughput_ratio)) for cycle in necklace_cycles(mix)]
    [((1, 1, 1), '1'), ((2, 1), '24/25'), ((3,), '8/9')]
    """
    mix = as_workload(mix)
    factor = mix.gcd
    if factor > LONGEST_NECKLACE:
        raise InvalidArgument(
            f"'mix' must have decode lengths of gcd up to {LONGEST_NECKLACE} for all its "
            f"necklaces, not {factor}."
        )
    _check_size(mix, 2**factor - 1)
    return RecordTuple(_cycle(mix, parts) for parts in necklaces(factor))


def necklace_cycle(mix: WorkloadLike, composition: Iterable[int]) -> NecklaceCycle:
    """Return the limit cycle of one composition of the gcd of the decode lengths.

    Parameters
    ----------
    mix : WorkloadLike
        Of gcd g and longest decode length L with g L <= 2^21.
    composition : iterable of int
        Parts of at least 1 with the sum g; any rotation.

    Returns
    -------
    NecklaceCycle

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Examples
    --------
    >>> necklace_cycle(Workload.from_classes([(5, 3), (5, 6)]), (1, 2)).itinerary
    (0, 0, 1)
    """
    mix = as_workload(mix)
    parts = _checked_parts(mix, composition)
    _check_size(mix, sum(parts))
    return _cycle(mix, max(parts[i:] + parts[:i] for i in range(len(parts))))


def necklace_throughput(mix: Workload, composition: Iterable[int]) -> Fraction:
    """Return the completed requests per step of one composition's cycle, for any g and L.

    Parameters, exceptions and order are those of `necklace_cycle`.

    >>> necklace_throughput(Workload.from_classes([(0, 10**6)], capacity=10**6), [10**6])
    Fraction(1, 1000000)
    """
    return simulated_capacity(mix) / _tokens(mix, _checked_parts(mix, composition))


def worst_cycle_loss(input_length: NumberLike, decode_length: NumberLike) -> Fraction:
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
    docs/model.md, R6: level l - 1.

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


def _checked_parts(mix: Workload, composition: Iterable[int]) -> tuple[int, ...]:
    factor = mix.gcd
    parts = tuple(
        whole_number(part, "a part of 'composition'")
        for part in listed(composition, "'composition'", "a list of positive integers")
    )
    if sum(parts) != factor:
        raise InvalidArgument(
            "'composition' must be positive integers with the sum of the gcd of the decode "
            f"lengths, {factor}, not {shown(parts)}."
        )
    return parts


def _check_size(mix: Workload, states: int) -> None:
    check_length(
        mix.longest_decode, _MOST_NUMBERS // states, f"for {states} states of necklace cycles"
    )


def necklaces(total: int) -> list[tuple[int, ...]]:
    """Return the necklaces of compositions of `total`, each as its largest rotation, ascending."""
    words = [word for word in _lyndon_words(total) if total % len(word) == 0 and any(word)]
    return [_parts(word * (total // len(word))) for word in reversed(words)]


def necklace_period(parts: tuple[int, ...]) -> int:
    """Return the steps after which the cycle of a composition is back at its state."""
    rotations = (parts[-i:] + parts[:-i] for i in range(1, len(parts) + 1))
    return next(sum(turn[:i]) for i, turn in enumerate(rotations, start=1) if turn == parts)


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


def _parts(word: list[int]) -> tuple[int, ...]:
    ends = [stage + 1 for stage, bead in enumerate(word) if bead]
    return tuple(end - before for before, end in zip([0, *ends], ends, strict=False))


def _cycle(mix: Workload, parts: tuple[int, ...]) -> NecklaceCycle:
    """Return the cycle of a composition that is the largest of its rotations."""
    factor, length = sum(parts), mix.longest_decode
    throughput = simulated_capacity(mix) / _tokens(mix, parts)
    sizes = {part: _sizes(mix, part, factor, throughput) for part in set(parts)}
    period = necklace_period(parts)
    states = [[Fraction(0)] * length for _ in range(period)]
    for time, state in enumerate(states):
        for part, end in zip(parts, accumulate(parts), strict=True):
            first = (end - 1 + time) % factor
            state[first] = sizes[part][first]
            later = range(first + factor, length, factor)
            state[first + factor :: factor] = [throughput * part for _ in later]
    rows = tuple(tuple(state) for state in states)
    ratio = throughput / equilibrium_admissions(mix)
    return NecklaceCycle(parts, period, rows, throughput, ratio)


def _tokens(mix: Workload, parts: tuple[int, ...]) -> Fraction:
    """Return sum_i d_i sum_k p_k sum_(t < l_k/g) (s_k + D_i + g t): the memory for c = 1."""
    factor = sum(parts)
    ends = Fraction(factor**2 + sum(part * part for part in parts), 2)  # sum of d_i D_i
    total = Fraction(0)
    for c in mix.classes:
        rounds = c.decode_length // factor
        later = factor**2 * (rounds * (rounds - 1) // 2)
        total += c.share * (rounds * (factor * c.input_length + ends) + later)
    return total


def _sizes(mix: Workload, part: int, factor: int, throughput: Fraction) -> list[Fraction]:
    """Return the newcomers in stages 0, ..., g - 1: they fall up to stage part - 1."""
    gained = mix.mean_decode_length
    young = [part + gained * (part - k) / (mix.mean_input_length + k) for k in range(1, part)]
    return [throughput * size for size in young] + [throughput * part] * (factor - part + 1)
