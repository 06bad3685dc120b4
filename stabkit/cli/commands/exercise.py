"""``stabkit exercise``: generated exercises with exact answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...errors import InvalidArgument
from ..options import flag, option
from ..present import Found, presented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...exercises.exercises import Exercise

__all__ = ["exercise"]

_MOST = 200


@presented("exercises", latex=True)
def exercise(
    topic: str | None = option(
        None, "TOPIC", "roots, gcd, threshold, cycle, policy, noise, finite or starts; all in turn."
    ),
    seed: int = option(0, "N", "The first seed."),
    count: int = option(1, "M", "How many, from consecutive seeds."),
    answer: bool = flag("--answer", "With the worked answers."),
) -> Found:
    """Make exercises to solve by hand, with exact answers.

    Their servers are small. The same seed gives the same exercise everywhere. JSON always has the
    answers.

    \b
    Examples:
      stabkit exercise --topic gcd --seed 7
      stabkit exercise --topic gcd --seed 7 --answer
      stabkit exercise --count 10 --output sheet.pdf
    """
    if not 1 <= count <= _MOST:
        raise InvalidArgument(f"'--count' must be from 1 to {_MOST}, not {count}.")
    if seed < 0:
        raise InvalidArgument(f"'--seed' must be at least 0, not {seed}.")
    from ...exercises.exercises import TOPICS
    from ...exercises.exercises import exercise as made

    found = [
        made(TOPICS[number % len(TOPICS)], number // len(TOPICS))
        if topic is None
        else made(topic, number)  # type: ignore[arg-type]  # refused there if it is none
        for number in range(seed, seed + count)
    ]
    return Found(found, {"answer": answer}, latex=partial(_sheet, found, answer))


def _sheet(found: Sequence[Exercise], answer: bool) -> str:
    from ...publish.document.tex import article
    from ...publish.text.exercises import exercise_document

    document = exercise_document(found)
    return article(document.solution() if answer else document.worksheet(), worksheet=not answer)
