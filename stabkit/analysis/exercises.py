"""Exercises with worked answers, drawn from a seed.

A topic has several kinds of questions. The seed chooses the kind, in turn, and the numbers; the
same topic and seed give the same exercise everywhere. Every answer is exact: integers, fractions,
verdicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from ..errors import InvalidArgument, shown
from ..model.workload import Workload
from .exercise_cycles import CYCLE, POLICY
from .exercise_draft import Difficulty, Draft, Value
from .exercise_modes import GCD, ROOTS, THRESHOLD

__all__ = ["TOPICS", "Exercise", "Topic", "exercise"]

Topic = Literal["roots", "gcd", "threshold", "cycle", "policy"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
_KINDS: dict[str, tuple[Callable[[Random], Draft], ...]] = {
    "roots": ROOTS,
    "gcd": GCD,
    "threshold": THRESHOLD,
    "cycle": CYCLE,
    "policy": POLICY,
}


@dataclass(frozen=True)
class Exercise:
    """A question with its exact answer.

    Attributes
    ----------
    topic : {"roots", "gcd", "threshold", "cycle", "policy"}
    seed : int
    kind : str
        Which question of the topic it is.
    difficulty : {"easy", "medium", "hard"}
        Easy: one formula to insert into. Medium: a sum over classes, or several steps. Hard: a
        criterion to apply and a verdict to find.
    mix : Workload
        The server of the question.
    question : str
        Prose with LaTeX mathematics between dollar signs.
    results : tuple of (str, int, Fraction, str, or tuple of these)
        What is asked for, by name, exactly.
    steps : tuple of str
        The way to it.
    given : tuple of (str, value)
        What the question gives beside the mix.
    """

    topic: Topic
    seed: int
    kind: str
    difficulty: Difficulty
    mix: Workload
    question: str
    results: tuple[tuple[str, Value], ...]
    steps: tuple[str, ...]
    given: tuple[tuple[str, Value], ...]


def exercise(topic: Topic, seed: int = 0) -> Exercise:
    """Return the exercise of a topic and a seed.

    Parameters
    ----------
    topic : {"roots", "gcd", "threshold", "cycle", "policy"}
    seed : int
        At least 0. Consecutive seeds go through the kinds of the topic.

    Returns
    -------
    Exercise

    Raises
    ------
    InvalidArgument
        If the topic is none of these, or the seed is negative.

    Examples
    --------
    >>> found = exercise("roots", 0)
    >>> found.kind, found == exercise("roots", 0)
    ('single-root', True)
    """
    if topic not in _KINDS:
        raise InvalidArgument(f"'topic' must be one of {', '.join(_KINDS)}, not {shown(topic)}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InvalidArgument(f"'seed' must be an integer of at least 0, not {shown(seed)}.")
    kinds = _KINDS[topic]
    draft = kinds[seed % len(kinds)](Random(f"{topic} {seed}"))
    return Exercise(
        topic,
        seed,
        draft.kind,
        draft.difficulty,
        draft.mix,
        draft.question,
        draft.results,
        draft.steps,
        draft.given,
    )
