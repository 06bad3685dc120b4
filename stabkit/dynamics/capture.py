"""Where the orbits of one decode length end: the cascade of cohorts, and the exact-capture set.

One decode length l, mean input s, capacity B, greedy admission, product form (R11). After a fit
the memory is full: the state lies in the simplex H of all cohorts x_0, ..., x_(l-1) >= 0 with
sum_j (s + j + 1) x_j = B. A step T ages the cohorts and then fills the memory from the oldest one
down, with any number of newcomers in stage 0. So T is continuous. Let j be the youngest stage
that is occupied after the step, the *letter* of the step; then

    T x = (0, ..., 0, q_j, x_j, ..., x_(l-2)),    with the q_j > 0 that fills the memory.

j = 0 is an admission; at any other j, an eviction, 0 < q_j <= x_(j-1). This is the marginal stage
of `stabkit.dynamics.orbits`, save on its switching surfaces. The letters of an orbit are its word.

*Cascade.* Let S be the set of the occupied stages, m of them. If none of them is l - 1, nothing
completes, every request needs a token more than before, and the fit evicts; so a step admits only
if it completes a cohort as well. Hence m never grows, and while it stays, S rotates, to S + 1 mod
l: an admission in place of the cohort that completes, or, if none does, an eviction that cuts the
youngest. Such a step is linear on the face F_S of H, the states that occupy no other stage, and
can be solved backwards:

    x_(l-1) = ((s + 1) q_0 + the other m - 1 cohorts) / (s + l)        (admission),
    x_(j-1) = ((s + j + 1) q_j + the other m - 1 cohorts) / (s + j)    (eviction).

l such steps back are a matrix R^(-1). The m admissions among them replace every cohort by a
combination of all m with positive coefficients, the evictions take none away: R^(-1) is positive.
It keeps the memory full, and so maps F_S into itself; by Perron's theorem the R^(-n) F_S shrink to
one point v_S, which R fixes. It is the state of the necklace cycle that occupies S.

**Theorem.** *Every orbit gets onto a necklace cycle, exactly and in finitely many steps.*
*Proof.* m falls at most l - 1 times. From then on the orbit stays in faces F_S that rotate, so
that its state at that time is in R^(-n) F_S for all n, and is v_S. []

So there is no other limit cycle, which is R6', and an orbit is on the worst cycle as soon as one
cohort is left. The states that never get there are the *exact-capture set*: those that land on a
cycle with 2 <= m <= l cohorts, of a composition with m parts.

*Pieces.* For a word w and a state q of such a cycle, let P be the set of the states that get to q
by the letters of w, q_j = 0 allowed. Let N(q) be the requests in q. Before an admission the state
was (q_1, ..., q_(l-1), y), y = ((s + 1) q_0 + q_1 + ... + q_(l-1)) / (s + l): one point, always in
H. Before an eviction with the letter j, which needs q_0 = ... = q_(j-1) = 0, it was

    x_m = q_(m+1)  (j <= m <= l - 2),    x_(j-1) = q_j + e,

with any e, x_0, ..., x_(j-2), x_(l-1) >= 0 that hold N(q) tokens,

    (s + j) e + sum_(m < j-1) (s + m + 1) x_m + (s + l) x_(l-1) = N(q):

a simplex with j + 1 vertices, each linear in q. So the pull-back of a polytope is a polytope: the
hull of the pulled-back vertices, or of the vertices of the simplices over the vertices of its face
q_0 = ... = q_(j-1) = 0. P is exact: a list of rational vertices. If a letter of w has q_j = 0 on
all of P, the youngest stage occupied there is a later one, and P is a part of the pull-back by that
letter, with e = 0. Without these, every captured state is in the piece of its own word.

*Dimension.* Let x be inside a piece and occupy S. There e > 0 at every eviction, since e vanishes
only on faces, or where q_j does, which is excluded. So around x in F_S the letters are the same;
T either rotates S, one to one, or drops the coordinates below stage j: the q_i with i > j are
coordinates of the face that T x is in. So T^n maps a neighbourhood of x in F_S onto one of q in
its face, of dimension m - 1, by affine projections, and

    dim P = (cohorts inside P) - m <= l - 2.

*R6a, R6b.* So the capture set is a countable union of polytopes without volume in H, and null. A
start below H is projected onto H by the first fit, along x_0, one above H by dropping coordinates
as T does: null sets pull back to null sets (ties are null, too, and single cohorts end on the worst
cycle). From all other states, the orbit is on the worst cycle after finitely many steps.

*How many pieces.* Say that a step *loses* k cohorts if m falls by k, that is, the k youngest of the
rotated S, the newcomers included. So the losses of each step determine S, hence the letters, from
full support on: S = {0, ..., l - 1} at first. Any d <= l - 2 losses in n steps do occur: backwards,
an eviction has room for positive cohorts in any stage below j, in stage l - 1 and for e > 0, and a
rotation keeps cohorts positive. And for n >= l the letters alone say which stages are occupied in
the end; so a state that starts with empty stages has a word that one with full support has, too,
and is on the boundary of that piece. Hence at depth n >= l there is a piece for each multiset of
d <= l - 2 loss times out of n,

    C(n + d - 1, d) of dimension d, and C(n + l - 2, l - 2) in all,

and those of a depth are among those of the next: after the last loss T is one to one. For l = 2
that is the equilibrium alone, which attracts nothing. A *root* is a piece whose word begins with an
eviction: a loss in the first step, C(n + l - 3, l - 3) of them. The others follow by admissions
alone, which backwards contract towards the equilibrium (R5). For l = 3 there is one root, the
segment from (2c + 3c/(s+1), c, 0) to (2c, c, 3c/(s+3)), which falls on the state (0, 2c, c) of the
cycle (2, 1): all of the capture set is its images and the equilibrium. For l >= 4 there are
infinitely many roots, so that one computes up to a depth.

References
----------
docs/model.md, R5, R6, R6', R6a, R6b, R11. O. Perron, Math. Ann. 64 (1907), for
positive matrices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from math import comb
from typing import Any

from ..errors import InvalidArgument, shown
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import whole_number
from ..model.workload import Workload
from ..records import Record, RecordTuple
from .capacity import simulated_capacity
from .necklaces import necklace_cycles

__all__ = [
    "LONGEST_CAPTURE",
    "MOST_PIECES",
    "CapturePiece",
    "ModelSteps",
    "capture_set",
    "one_decode_length",
]

LONGEST_CAPTURE = 6
# At one depth: l = 4 has 1953 at depth 61, l = 6 has 1820 at depth 12.
MOST_PIECES = 2_000

Point = tuple[Fraction, ...]


@dataclass(frozen=True, repr=False)
class CapturePiece(Record):
    """A polytope of states whose orbits land on the same state of a cycle by the same steps.

    Attributes
    ----------
    word : tuple of int
        The letters of the steps up to the landing: 0 for an admission, else the stage that the
        eviction cuts. Empty for a state of the cycle.
    vertices : tuple of tuples of l Fractions
        In requests, youngest stage first; sorted. The piece is their hull, and all are extreme.
    dimension : int
        Of the affine hull: an exact rank, at most l - 2.
    cycle : tuple of int
        The composition of the cycle, as in `NecklaceCycle`.

    Examples
    --------
    >>> from stabkit import Workload, capture_set
    >>> pieces = capture_set(Workload.from_classes([(2, 3)]), 3)
    >>> [(piece.word, piece.dimension) for piece in pieces]
    [((), 0), ((1,), 1), ((0, 1), 1), ((0, 0, 1), 1)]
    """

    word: tuple[int, ...]
    vertices: tuple[Point, ...]
    dimension: int
    cycle: tuple[int, ...]

    @property
    def centre(self) -> Point:
        """The mean of the vertices, which is inside the piece."""
        return _mean(self.vertices)


def capture_set(mix: WorkloadLike, depth: int) -> tuple[CapturePiece, ...]:
    """Return the states that are on a cycle other than the worst one after `depth` steps.

    Parameters
    ----------
    mix : WorkloadLike
        Of one decode length, 2 <= l <= 6, in any number of classes (R11).
    depth : int
        At least 0, in steps, with C(depth + l - 2, l - 2) <= 2000.

    Returns
    -------
    tuple of CapturePiece
        Ordered by their words, short ones first. Their interiors are disjoint and none contains
        another; their union is all such states, boundaries and ties included.

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Notes
    -----
    Exact pull-back of the states of the cycles, as in the module's docstring. A larger depth gives
    a larger set; its pieces are new ones and, from depth l on, all of the former. From there on
    they are C(depth + l - 2, l - 2) in number.

    References
    ----------
    docs/model.md, R6a.

    Examples
    --------
    For l = 3, the equilibrium, and segments that only admissions add to:

    >>> mix = Workload.from_classes([(0, 3)], capacity=42)
    >>> for piece in capture_set(mix, 4):
    ...     print(piece.word, piece.dimension, piece.cycle)
    () 0 (1, 1, 1)
    (1,) 1 (2, 1)
    (0, 1) 1 (2, 1)
    (0, 0, 1) 1 (2, 1)
    (0, 0, 0, 1) 1 (2, 1)
    >>> [[str(requests) for requests in vertex] for vertex in capture_set(mix, 1)[-1].vertices]
    [['12', '6', '6'], ['30', '6', '0']]
    """
    mix = as_workload(mix)
    length = one_decode_length(mix)
    if not 2 <= length <= LONGEST_CAPTURE:
        raise InvalidArgument(
            f"'mix' must have a decode length from 2 to {LONGEST_CAPTURE} for its capture set, "
            f"not {length}."
        )
    depth = whole_number(depth, "'depth'", 0)
    if comb(int(depth) + length - 2, length - 2) > MOST_PIECES:
        most = next(n for n in count() if comb(n + length - 1, length - 2) > MOST_PIECES)
        raise InvalidArgument(
            f"'depth' must be at most {most} for decode length {length}, not {shown(depth)}."
        )
    level = {
        (state,): CapturePiece((), (state,), 0, cycle.composition)
        for cycle in necklace_cycles(mix)[:-1]
        for state in cycle.states
    }
    found = _before(ModelSteps.of(mix), level, int(depth), length)
    return RecordTuple(sorted(found.values(), key=lambda piece: (len(piece.word), piece.word)))


def _before(
    steps: ModelSteps, level: dict[Any, CapturePiece], depth: int, settled: int
) -> dict[Any, CapturePiece]:
    """Return the pieces at a depth; from the depth `settled` = l on, those of the last remain."""
    known, fresh = dict(level), level
    for reached in range(depth):
        before = _level_before(steps, level if reached < settled else fresh, known)
        fresh = {key: piece for key, piece in before.items() if key not in known}
        level = before if reached < settled else level | fresh
        known |= fresh
        if reached >= settled and not fresh:
            break
    return level


def _level_before(
    steps: ModelSteps, level: dict[Any, CapturePiece], known: dict[Any, CapturePiece]
) -> dict[Any, CapturePiece]:
    """Return all pull-backs of the pieces; those known before keep their shorter words."""
    before: dict[Any, CapturePiece] = {}
    for piece in level.values():
        for letter, vertices in _pull_backs(steps, piece):
            before[vertices] = known.get(vertices) or CapturePiece(
                (letter, *piece.word), vertices, _dimension(vertices), piece.cycle
            )
    return before


def _pull_backs(steps: ModelSteps, piece: CapturePiece) -> Iterator[tuple[int, tuple[Point, ...]]]:
    """Iterate over the letters that lead into the piece, with the vertices before them."""
    if any(vertex[0] for vertex in piece.vertices):
        yield 0, tuple(sorted(steps.before_admission(vertex) for vertex in piece.vertices))
    face = list(piece.vertices)
    for stage in range(1, steps.length):
        face = [vertex for vertex in face if not vertex[stage - 1]]
        if any(vertex[stage] for vertex in face) and steps.follows(face, piece.word):
            ends = (end for vertex in face for end in steps.before_eviction(vertex, stage))
            yield stage, tuple(sorted(ends))


@dataclass(frozen=True)
class ModelSteps:
    """The step of the model in H, forwards by a letter and backwards."""

    input_length: Fraction
    length: int
    capacity: Fraction

    @classmethod
    def of(cls, mix: Workload) -> ModelSteps:
        """Return the steps of a mix of one decode length."""
        return cls(mix.mean_input_length, mix.longest_decode, simulated_capacity(mix))

    def after(self, state: Sequence[Fraction], letter: int) -> Point:
        """Return (0, ..., 0, q_j, x_j, ..., x_(l-2)) for the letter j; q_j may be negative."""
        older = tuple(state[letter : self.length - 1])
        held = sum((self.held(letter + i) * x for i, x in enumerate(older, start=1)), Fraction(0))
        fits = (self.capacity - held) / self.held(letter)
        return (Fraction(0),) * letter + (fits, *older)

    def follows(self, face: Sequence[Point], word: tuple[int, ...]) -> bool:
        """Whether inside a face of the piece of a word every letter is the youngest stage."""
        state = _mean(face)
        for letter in word:
            state = self.after(state, letter)
            if state[letter] <= 0:
                return False
        return True

    def before_admission(self, state: Point) -> Point:
        """Return the one state that an admission leads to `state`."""
        s, oldest = self.input_length, self.held(self.length - 1)
        return (*state[1:], ((s + 1) * state[0] + sum(state[1:])) / oldest)

    def before_eviction(self, state: Point, letter: int) -> Iterator[Point]:
        """Iterate over the j + 1 vertices: N(q) tokens in e, in a younger stage, or completed."""
        requests = sum(state, Fraction(0))
        older = state[letter + 1 :]
        base = [Fraction(0)] * (letter - 1) + [state[letter], *older, Fraction(0)]
        for stage in (*range(letter), self.length - 1):
            vertex = base.copy()
            vertex[stage] += requests / self.held(stage)
            yield tuple(vertex)

    def held(self, stage: int) -> Fraction:
        """Return the tokens of a request in a stage."""
        return self.input_length + stage + 1


def _mean(points: Sequence[Point]) -> Point:
    return tuple(sum(column, Fraction(0)) / len(points) for column in zip(*points, strict=True))


def _dimension(vertices: Sequence[Point]) -> int:
    """Return the rank of the differences of the vertices, by elimination."""
    rows = [[a - b for a, b in zip(v, vertices[0], strict=True)] for v in vertices[1:]]
    rank = 0
    for column in range(len(vertices[0])):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rank += 1
        rows.remove(pivot)
        for i, row in enumerate(rows):
            if row[column]:
                factor = row[column] / pivot[column]
                rows[i] = [a - factor * b for a, b in zip(row, pivot, strict=True)]
    return rank


def one_decode_length(mix: Workload) -> int:
    """Return l, or raise InvalidArgument if `mix` has several decode lengths."""
    lengths = sorted({c.decode_length for c in mix.classes})
    if len(lengths) > 1:
        raise InvalidArgument(f"'mix' must have one decode length, not {shown(lengths)}.")
    return lengths[0]
