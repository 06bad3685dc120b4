"""``stabkit exercise``: generated exercises with exact answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InvalidArgument
from .options import AsJson, check_targets, target_option
from .terminal import emit, emit_latex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..exercises.exercises import Exercise

__all__ = ["exercise"]

_MOST = 200
_TEX = (".tex", ".pdf")


def exercise(
    topic: Annotated[
        str | None,
        typer.Option(
            metavar="TOPIC", help="roots, gcd, threshold, cycle or policy; all in turn by default."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The first seed.")] = 0,
    count: Annotated[int, typer.Option(metavar="M", help="How many, from consecutive seeds.")] = 1,
    answer: Annotated[bool, typer.Option("--answer", help="With the worked answers.")] = False,
    tex: Annotated[bool, typer.Option("--tex", help="As a LaTeX sheet.")] = False,
    as_json: AsJson = False,
    output: Annotated[
        Path | None,
        target_option(help="Write to FILE: text, .tex or .pdf, or JSON."),
    ] = None,
) -> int:
    """Make exercises: small servers, questions to solve by hand, exact answers.

    The same seed gives the same exercise everywhere. JSON always has the answers.

    \b
    Examples:
      stabkit exercise --topic gcd --seed 7
      stabkit exercise --topic gcd --seed 7 --answer
      stabkit exercise --count 10 --output sheet.pdf
    """
    if as_json and tex:
        raise InvalidArgument("'--tex' must be given without '--json', not with it.")
    if not 1 <= count <= _MOST:
        raise InvalidArgument(f"'--count' must be from 1 to {_MOST}, not {count}.")
    if seed < 0:
        raise InvalidArgument(f"'--seed' must be at least 0, not {seed}.")
    if as_json and output is not None and output.suffix in _TEX:
        raise InvalidArgument("'--json' must go to a file that is not .pdf or .tex.")
    check_targets(output)
    from ..exercises.exercises import TOPICS
    from ..exercises.exercises import exercise as made

    found = [
        made(TOPICS[number % len(TOPICS)], number // len(TOPICS))
        if topic is None
        else made(topic, number)  # type: ignore[arg-type]  # refused there if it is none
        for number in range(seed, seed + count)
    ]
    if as_json:
        from ..publish.text.exercises import exercises_record

        emit(json.dumps(exercises_record(found), indent=2) + "\n", output)
    elif tex or (output is not None and output.suffix in _TEX):
        emit_latex(_sheet(found, answer), output)
    else:
        from ..publish.text.exercises import exercise_text

        emit("\n".join(exercise_text(one, answer) for one in found), output)
    return 0


def _sheet(found: Sequence[Exercise], answer: bool) -> str:
    from ..publish.document.tex import article
    from ..publish.text.exercises import exercise_document

    document = exercise_document(found)
    return article(document.solution() if answer else document.worksheet(), worksheet=not answer)
