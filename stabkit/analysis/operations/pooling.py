"""Pooling: which classes should share a replica?

A fleet of identical replicas serves K classes, in the shares p_k of the demand. An *arrangement*
splits the classes into blocks; every replica serves one block, its classes in their shares, greedy
and saturated. Mixing different decode lengths brings a block closer to stability: the
request-mixing principle of [ADLS]. It helps, and it does not always stabilise: every block is
analysed anew.

With c_k completions of class k per step over all replicas, an arrangement is worth, by *objective*,

* "demand": min_k c_k / p_k, the rate at which it can serve the whole demand, in requests per step;
* "requests": sum_k c_k; "tokens": sum_k l_k c_k.

**Replicas for given blocks.** Let a block complete v per replica (for the demand: min over its
classes of c_k / p_k). Giving one replica to every block, and each further one to the block that is
worst (demand) or best (sums), is optimal. *Proof.* Demand, the maximum of min_b n_b v_b: let n be
the result and m another allocation of as many replicas with a larger minimum. Some block has m_b <
n_b; when it got its last replica it was the worst, at (n_b - 1) v_b >= m_b v_b > min_b n_b v_b, and
the minimum never falls below that later: a contradiction. Sums: linear in n. ∎ So the best
arrangement of up to 8 classes is found by listing all partitions of them.

References
----------
docs/model.md, Pooling; [ADLS] on request mixing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any, Literal

from sympy.utilities.iterables import multiset_partitions

from ...dynamics.capacity import equilibrium_admissions, simulated_capacity
from ...dynamics.long_run import long_run
from ...dynamics.policies import Policy, policy_named
from ...dynamics.simulator import simulate
from ...errors import InvalidArgument, check_choice, number_of, shown
from ...model.enclosure import RealEnclosure
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import NumberLike, listed, whole_number
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from .closed_loops import ClosedLoop, closed_loop

__all__ = ["GOALS", "Arrangement", "Block", "Goal", "Objective", "Pooling", "pool"]

Objective = Literal["demand", "requests", "tokens"]
MOST_EXACT = 8  # classes: Bell(8) = 4140 partitions of 255 blocks
MOST_CLASSES = 24
LARGEST_FLEET = 10_000
_LONGEST_RUN = 10**6
_LEAST_SHARE = Fraction(1, 10**200)  # completions over it are far from the ends of doubles


@dataclass(frozen=True)
class Goal:
    """All that an objective decides; see the module's list and its proof.

    * `meaning`: what is counted per step, for reports, in units of `unit`.
    * `worth`: of completions per step, shares and decode lengths, by class.
    * `dealt`: replicas for blocks that are worth so much per replica.
    * `limit`: what sets it, a sentence for reports, where that is not a sum.
    """

    meaning: str
    unit: str
    worth: Callable[[Sequence[float], Sequence[Fraction], Sequence[int]], float]
    dealt: Callable[[Sequence[float], int], list[int]]
    limit: str = ""


def _to_the_worst(values: Sequence[float], replicas: int) -> list[int]:
    counts = [1] * len(values)
    for _ in range(replicas - len(values)):
        counts[min(range(len(values)), key=lambda b: counts[b] * values[b])] += 1
    return counts


def _to_the_best(values: Sequence[float], replicas: int) -> list[int]:
    counts = [1] * len(values)
    counts[max(range(len(values)), key=lambda b: values[b])] += replicas - len(values)
    return counts


GOALS: dict[Objective, Goal] = {
    "demand": Goal(
        "requests of the whole demand served",
        "request",
        lambda completed, shares, _: min(
            c / float(p) for c, p in zip(completed, shares, strict=True)
        ),
        _to_the_worst,
        "The class that is served least for its share sets how much of the demand is served.",
    ),
    "requests": Goal(
        "completed requests", "request", lambda completed, *_: sum(completed), _to_the_best
    ),
    "tokens": Goal(
        "completed tokens",
        "token",
        lambda completed, _, lengths: sum(n * c for n, c in zip(lengths, completed, strict=True)),
        _to_the_best,
    ),
}


@dataclass(frozen=True)
class Block:
    """Classes that share replicas.

    * `classes`: indices into the classes of the demand, ascending.
    * `mix`: what each replica serves; without a capacity, where none was given.
    * `completed`: requests of each of its classes per step, per replica.
    * `equilibrium`: a*, per replica.
    """

    classes: tuple[int, ...]
    replicas: int
    mix: Workload
    verdict: Verdict | None
    spectral_radius: RealEnclosure | None
    completed: tuple[float, ...]
    equilibrium: Fraction

    @property
    def requests(self) -> float:
        """Completed requests per step and replica."""
        return sum(self.completed)

    @property
    def loss(self) -> float:
        """The share of the equilibrium's requests that is not completed; negative if more are."""
        return 1 - self.requests / float(self.equilibrium)


@dataclass(frozen=True, repr=False)
class Arrangement(Record):
    """Blocks that together serve all classes.

    Attributes
    ----------
    blocks : tuple of Block
    shares : tuple of Fraction
        p_k of the demand.
    lengths : tuple of int
        l_k.

    Examples
    --------
    >>> from stabkit import Workload, pool
    >>> mix = Workload.from_classes([(10, 3), (10, 5)], capacity=5050)
    >>> [(block.classes, block.replicas) for block in pool(mix, 2).best.blocks]
    [((0, 1), 2)]
    """

    blocks: tuple[Block, ...]
    shares: tuple[Fraction, ...]
    lengths: tuple[int, ...]

    @cached_property
    def completed(self) -> tuple[float, ...]:
        """Requests of each class per step, over all replicas."""
        total = [0.0] * len(self.shares)
        for block in self.blocks:
            for k, c in zip(block.classes, block.completed, strict=True):
                total[k] += block.replicas * c
        return tuple(total)

    @property
    def requests(self) -> float:
        """Completed requests per step, over all replicas."""
        return self.value("requests")

    @property
    def tokens(self) -> float:
        """Completed tokens per step, over all replicas."""
        return self.value("tokens")

    @property
    def demand(self) -> float:
        """The rate at which the whole demand can be served, in requests per step."""
        return self.value("demand")

    def value(self, objective: Objective) -> float:
        """Return what it is worth."""
        return GOALS[objective].worth(self.completed, self.shares, self.lengths)


@dataclass(frozen=True, repr=False)
class Pooling(Record):
    """Ways to share a fleet.

    Attributes
    ----------
    mix : Workload
        The demand, with the capacity of one replica if it was given.
    replicas : int
    objective : {"demand", "requests", "tokens"}
    steps : int or None
        Steps from empty that were counted; None for long-run means.
    dedicated : Arrangement or None
        Every class on replicas of its own; None with more classes than replicas.
    given : Arrangement or None
        That of the partition asked for.
    pooled : Arrangement
        All classes on all replicas.
    best : Arrangement
    exact : bool
        Whether `best` is the best of all partitions.
    method : str
        How it was found.

    Examples
    --------
    >>> from stabkit import Workload, pool
    >>> mix = Workload.from_classes([(10, 3), (10, 5)], capacity=5050)
    >>> found = pool(mix, 2)
    >>> found.replicas, found.exact, found.best.completed == found.pooled.completed
    (2, True, True)
    """

    mix: Workload
    replicas: int
    objective: Objective
    steps: int | None
    dedicated: Arrangement | None
    given: Arrangement | None
    pooled: Arrangement
    best: Arrangement
    exact: bool
    method: str

    @property
    def goal(self) -> Goal:
        """What the objective means."""
        return GOALS[self.objective]

    @property
    def capacity(self) -> Fraction:
        """B of one replica, in tokens; G(1) of the demand if none was given, where its a* is 1."""
        return simulated_capacity(self.mix)


def pool(
    classes: WorkloadLike,
    replicas: int,
    capacity: NumberLike | None = None,
    objective: Objective = "demand",
    policy: Policy | str = "greedy",
    steps: int | None = None,
    partition: Iterable[Iterable[int]] | None = None,
) -> Pooling:
    """Return how a fleet serves a demand: dedicated, pooled, and in the best partition.

    Parameters
    ----------
    classes : WorkloadLike
        Shares are those of the demand. At most 24 classes.
    replicas : int
        Identical ones, 1 to 10 000.
    capacity : number, optional
        Of one replica, in tokens; by default that of the workload, or a multiple of G(1).
    objective : {"demand", "requests", "tokens"}
        What is made the most of: the rate at which the whole demand is served, or the requests or
        tokens completed, of whichever class.
    policy : Policy or str
        Of every replica.
    steps : int, optional
        Count the completions of that many steps from empty instead of long-run means.
    partition : iterable of iterables of int, optional
        A further arrangement: class indices of each block; together all of them, once.

    Returns
    -------
    Pooling

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain, or a run has no long-run means.

    Notes
    -----
    Up to 8 classes all partitions are compared. Beyond, those into runs of neighbours in the order
    of decode length: a heuristic. A class is never split between blocks. Throughputs are long-run
    means from empty.

    Examples
    --------
    Two classes that are unstable alone, on two replicas:

    >>> found = pool([(10, 3), (10, 5)], replicas=2, capacity=5050)
    >>> [block.verdict for block in found.dedicated.blocks], found.pooled.blocks[0].verdict
    (['unstable', 'unstable'], 'stable')
    >>> found.best.blocks[0].classes
    (0, 1)
    """
    mix = _demand(classes, capacity)
    _check(mix, objective)
    replicas = whole_number(replicas, "'replicas'", 1, LARGEST_FLEET)
    steps = None if steps is None else whole_number(steps, "'steps'", 1, _LONGEST_RUN)
    fleet = _Fleet(mix, policy, steps, objective)
    count = len(mix.classes)
    everything = fleet.arranged([tuple(range(count))], replicas)
    singles = [(k,) for k in range(count)]
    dedicated = fleet.arranged(singles, replicas) if count <= replicas else None
    exact = count <= MOST_EXACT
    partitions = _partitions(count, replicas) if exact else _neighbours(mix, replicas)
    best = max(
        (fleet.arranged(blocks, replicas) for blocks in partitions),
        key=lambda found: (round(found.value(objective), 9), -len(found.blocks)),
    )
    method = "all partitions" if exact else "runs of neighbours in the order of decode length"
    given = (
        None if partition is None else fleet.arranged(_given(partition, mix, replicas), replicas)
    )
    return Pooling(
        mix, replicas, objective, steps, dedicated, given, everything, best, exact, method
    )


def _demand(classes: Any, capacity: Any) -> Workload:
    mix = as_workload(classes)
    return mix if capacity is None else mix.with_capacity(capacity)


def _check(mix: Workload, objective: Any) -> None:
    check_choice(objective, "'objective'", GOALS)
    if len(mix.classes) > MOST_CLASSES:
        raise InvalidArgument(
            f"'mix' must have at most {MOST_CLASSES} classes for pooling, not {len(mix.classes)}."
        )
    if min(c.share for c in mix.classes) < _LEAST_SHARE:
        raise InvalidArgument(
            "'weight' must give every class a share of at least 10^-200 for pooling: completions "
            "are counted in doubles."
        )


class _Fleet:
    """Evaluates blocks, each once."""

    def __init__(
        self, mix: Workload, policy: Policy | str, steps: int | None, objective: Objective
    ) -> None:
        self._mix, self._policy, self._steps = mix, policy, steps
        self._goal = GOALS[objective]
        self._capacity = simulated_capacity(mix)
        self._known: dict[tuple[int, ...], tuple[Workload, tuple[float, ...]]] = {}
        self._loops: dict[tuple[int, ...], ClosedLoop] = {}

    def arranged(self, blocks: Sequence[tuple[int, ...]], replicas: int) -> Arrangement:
        """Return the arrangement of these blocks, its replicas dealt out in the best way."""
        shares = tuple(c.share for c in self._mix.classes)
        lengths = tuple(c.decode_length for c in self._mix.classes)
        values = [
            self._goal.worth(
                self._completed(block)[1],
                [shares[k] for k in block],
                [lengths[k] for k in block],
            )
            for block in blocks
        ]
        counts = self._goal.dealt(values, replicas)
        found = tuple(self._block(b, n) for b, n in zip(blocks, counts, strict=True))
        return Arrangement(found, shares, lengths)

    def _block(self, block: tuple[int, ...], replicas: int) -> Block:
        mix, completed = self._completed(block)
        if block not in self._loops:
            self._loops[block] = closed_loop(mix, self._policy)
        loop = self._loops[block]
        return Block(
            block,
            replicas,
            mix,
            loop.verdict,
            loop.spectral_radius,
            completed,
            self._capacity / simulated_capacity(mix.with_capacity(None)),
        )

    def _completed(self, block: tuple[int, ...]) -> tuple[Workload, tuple[float, ...]]:
        if block not in self._known:
            chosen = [self._mix.classes[k] for k in block]
            mix = Workload.from_classes(
                [(c.input_length, c.decode_length, c.share) for c in chosen], self._mix.capacity
            )
            self._known[block] = (mix, self._run(mix))
        return self._known[block]

    def _run(self, mix: Workload) -> tuple[float, ...]:
        """Return the completions per step and class; the fluid of another memory is a multiple."""
        rule = policy_named(self._policy, mix)
        memory = float(self._capacity / simulated_capacity(mix))
        if self._steps is not None:
            run = simulate(mix, self._steps, policy=rule)
            per_step = memory / self._steps
            return tuple(float(c) * per_step for c in run.completed_by_class.sum(axis=0))
        found = long_run(mix, policy=rule)
        if found.request_ratio is None or found.completed_shares is None:
            raise InvalidArgument(
                "'steps' must be given: a replica that serves "
                f"{shown(mix.name)} has no long-run means ({found.reason})."
            )
        requests = found.request_ratio * memory * float(equilibrium_admissions(mix))
        return tuple(share * requests for share in found.completed_shares)


def _partitions(count: int, most: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield every partition of range(count) into at most `most` blocks.

    >>> [len(list(_partitions(n, n))) for n in range(1, 6)]  # Bell numbers
    [1, 2, 5, 15, 52]
    """
    for size in range(1, min(count, most) + 1):
        for blocks in multiset_partitions(list(range(count)), size):
            yield [tuple(block) for block in blocks]


def _neighbours(mix: Workload, most: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield partitions into at most 4 runs of the classes in the order of decode length."""
    order = sorted(range(len(mix.classes)), key=lambda k: mix.classes[k].decode_length)
    for size in range(min(most, 4)):
        for cuts in combinations(range(1, len(order)), size):
            yield [tuple(sorted(order[a:b])) for a, b in pairwise([0, *cuts, len(order)])]


def _given(
    partition: Iterable[Iterable[int]], mix: Workload, replicas: int
) -> list[tuple[int, ...]]:
    form, most = "a list of lists of class indices", len(mix.classes) - 1
    blocks = [
        tuple(
            sorted(
                whole_number(k, "a class index in 'partition'", 0, most)
                for k in listed(block, "'partition'", form)
            )
        )
        for block in listed(partition, "'partition'", form)
    ]
    if (
        sorted(k for block in blocks for k in block) != list(range(len(mix.classes)))
        or not all(blocks)
        or len(blocks) > replicas
    ):
        raise InvalidArgument(
            f"'partition' must hold each class once, from 0 to {len(mix.classes) - 1}, in at most "
            f"{number_of(replicas, 'block')}, not {shown(blocks)}."
        )
    return blocks
