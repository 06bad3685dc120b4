"""Exercises with worked answers, drawn from a seed.

A topic has several kinds of questions. The seed chooses the kind, in turn, and the numbers; the
same topic and seed give the same exercise everywhere. Every answer is exact: integers, fractions,
verdicts. Numbers that make no exercise are drawn anew: a mix that is stable anyhow where its
threshold is asked for, or an answer that stands among the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from ..errors import check_choice
from ..model.numbers import whole_number
from ..model.workload import Workload
from ..records import Record
from .cycles import CYCLE
from .draft import Draft, ExerciseKind, Value, gives_away, named
from .drawing import Drawing
from .finite import FINITE
from .gcd import GCD
from .noise import NOISE
from .policies import POLICY
from .roots import ROOTS
from .starts import STARTS
from .thresholds import THRESHOLD

__all__ = ["TOPICS", "Difficulty", "Exercise", "Topic", "exercise"]

Difficulty = Literal["easy", "medium", "hard"]
Topic = Literal["roots", "gcd", "threshold", "cycle", "policy", "noise", "finite", "starts"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
_KINDS: dict[str, tuple[ExerciseKind, ...]] = {
    "roots": ROOTS,
    "gcd": GCD,
    "threshold": THRESHOLD,
    "cycle": CYCLE,
    "policy": POLICY,
    "noise": NOISE,
    "finite": FINITE,
    "starts": STARTS,
}
# At worst four draws of five are refused: as many as this in a row, once in 10^48 exercises.
_DRAWS = 500


@dataclass(frozen=True, repr=False)
class Exercise(Record):
    """A question with its exact answer.

    Attributes
    ----------
    topic : {"roots", "gcd", "threshold", "cycle", "policy", "noise", "finite", "starts"}
    seed : int
    kind : str
        Which question of the topic it is.
    mix : Workload
        The server of the question.
    question : str
        Prose with LaTeX mathematics between dollar signs.
    result : tuple of (str, int, Fraction, str, or tuple of these)
        What is asked for, by name, exactly.
    solution : tuple of str
        The steps to it, prose with mathematics.
    given : tuple of (str, value)
        What the question gives beside the mix.
    drawing : Drawing or None
        What there is to draw: axes for the sheet, and what the solution draws in them.

    Examples
    --------
    >>> from stabkit import exercise
    >>> found = exercise("gcd", 1)
    >>> found.topic, found.difficulty
    ('gcd', 'medium')
    """

    topic: Topic
    seed: int
    kind: str
    mix: Workload
    question: str
    result: tuple[tuple[str, Value], ...]
    solution: tuple[str, ...]
    given: tuple[tuple[str, Value], ...]
    drawing: Drawing | None = None

    @property
    def difficulty(self) -> Difficulty:
        """By the steps of the solution: easy, two; medium, three; hard, more."""
        return "easy" if len(self.solution) < 3 else "medium" if len(self.solution) < 4 else "hard"

    @property
    def answer(self) -> str:
        """The result as prose with mathematics."""
        return "; ".join(map(named, self.result))


def exercise(topic: Topic, seed: int = 0) -> Exercise:
    """Return the exercise of a topic and a seed.

    Parameters
    ----------
    topic : {"roots", "gcd", "threshold", "cycle", "policy", "noise", "finite", "starts"}
        What is asked about: roots, the gcd of the decode lengths, thresholds, limit cycles,
        admission policies, the noise of random requests, small servers of whole requests, or where
        a start ends.
    seed : int
        At least 0. Consecutive seeds go through the kinds of the topic.

    Returns
    -------
    Exercise

    Raises
    ------
    InvalidArgument
        If the topic is none of these, or the seed is negative.

    Notes
    -----
    Numbers are small enough to work by hand: decode lengths up to 12. How many steps the worked
    answer has tells the difficulty. Exercises of different seeds may coincide, but rarely do.

    Examples
    --------
    >>> found = exercise("roots", 0)
    >>> found.kind, found == exercise("roots", 0)
    ('single-root', True)
    """
    check_choice(topic, "'topic'", _KINDS)
    seed = whole_number(seed, "'seed'", 0)
    kinds = _KINDS[topic]
    draft = _drawn(kinds[seed % len(kinds)], Random(f"{topic} {seed}"))
    return Exercise(topic, seed, **vars(draft))


def _drawn(kind: ExerciseKind, rng: Random) -> Draft:
    for _ in range(_DRAWS):
        draft = kind(rng)
        if draft is not None and not gives_away(draft):
            return draft
    raise ArithmeticError("this kind of exercise refuses too many of its draws: a bug.")
