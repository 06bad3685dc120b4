"""Exercises by their kind: a seed is looked for, so that the same kind is always the same sheet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from stabkit_lessons import LESSONS

import stabkit

__all__ = ["alike", "of_kind", "of_kinds"]

_KINDS = 12  # at most, of a topic


@cache
def _topic(kind: str) -> str:
    """Return the topic that has this kind of question."""
    topics = dict.fromkeys(topic for lesson in LESSONS for topic in lesson.topics)
    return next(
        topic
        for topic in topics
        if any(stabkit.exercise(topic, seed).kind == kind for seed in range(_KINDS))
    )


def of_kind(kind: str, first: int) -> Iterator[stabkit.Exercise]:
    """Yield exercises of a kind, from a seed on, without end."""
    topic, seed = _topic(kind), first
    while True:
        found = stabkit.exercise(topic, seed)
        if found.kind == kind:
            yield found
        seed += 1


def of_kinds(kinds: tuple[str, ...], count: int, first: int) -> list[stabkit.Exercise]:
    """Return exercises of some kinds in turn."""
    drawn = {kind: of_kind(kind, first) for kind in kinds}
    return [next(drawn[kinds[k % len(kinds)]]) for k in range(count)]


def alike(one: stabkit.Exercise) -> stabkit.Exercise:
    """Return the next exercise with the same questions and as many steps, of other numbers."""
    return next(
        other
        for other in of_kind(one.kind, one.seed + 1)
        if other.mix != one.mix
        and len(other.solution) == len(one.solution)
        and [name for name, _ in other.result] == [name for name, _ in one.result]
    )
