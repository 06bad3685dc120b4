"""``stabkit replay``: a trace by the rules of an engine, beside what a real server did."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ...errors import InvalidArgument, shown
from ..mix import BlockSize, InputColumn, Log, OutputColumn, capacity_of, refuse_of_a_log
from ..options import option
from ..present import Found, presented
from ..terminal import working

__all__ = ["replay"]

_REQUESTS = re.compile(r"(?:([0-9]+)x)?([0-9]+):([0-9]+)(?:@([0-9]+(?:\.[0-9]+)?))?", re.ASCII)
_MOST = 10_000_000  # requests


@presented("replay")
def replay(
    trace: Annotated[
        list[str],
        typer.Argument(
            metavar="TRACE",
            help="One log, or requests [COUNTx]INPUT:OUTPUT[@ARRIVAL] in their order; ARRIVAL "
            "in seconds, without --step-time in steps.",
        ),
    ],
    scheduler: str = option("vllm", "NAME", "vllm, vllm-v0, sglang, tensorrt-llm or model."),
    capacity: str | None = option(None, "B", "KV memory in tokens, as 64k.", show_default=False),
    log: Log = None,
    block_size: BlockSize = None,
    observed: Path | None = option(None, "FILE", "The series of a real run (.csv)."),
    clock: Annotated[
        Literal["tokens", "seconds"] | None,
        typer.Option(help="What makes steps and samples comparable.", show_default=False),
    ] = None,
    step_time: str | None = option(
        None, "A,B[,C]", "A step lasts A + B prefilled + C running seconds; 'fit': as observed."
    ),
    options: list[str] | None = option(
        None, "NAME=VALUE", "Of the scheduler, such as watermark=0.05.", "--option", "-o"
    ),
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
) -> Found:
    """Serve a trace in its own order by the rules of an engine.

    With --observed beside a real run: correlation, mean, swing, period, makespan and preemptions.
    Requests are whole; memory comes in blocks; nothing is fitted but the step time, if asked for.

    \b
    Examples:
      stabkit replay 100x250:130 --scheduler vllm-v0 --capacity 8000
      stabkit replay 40x200:80 --capacity 4096 -o max_num_seqs=32
      stabkit replay 40x200:80 --capacity 4096 --step-time 0.02,0.0001
    """
    if log is None and block_size is not None:
        raise InvalidArgument(
            "'--block-size' must be given with '--log', not without it; that of the scheduler is "
            f"'-o block_size={block_size}'."
        )
    with working("replaying"):
        from ...analysis.operations.replay import replay as replay_of

        columns = {"input_column": input_column, "output_column": output_column}
        given: dict[str, Any] = {
            "clock": clock,
            "step_time": _step_time(step_time),
            **columns,
            "capacity": capacity_of(capacity, log, block_size),
        }
        given |= _options(options or [], scheduler, own=given)
        requests = _trace(trace)
        if not isinstance(requests, str):
            refuse_of_a_log([name for name, column in columns.items() if column is not None], trace)
        found = replay_of(requests, scheduler, observed, **given)
    return Found(found)


def _trace(words: Sequence[str]) -> Any:
    """Return the file, or the requests that the words list."""
    if len(words) == 1 and (words[0] == "-" or os.path.exists(words[0])):
        return words[0]
    if len(words) > 1 and not any(":" in word for word in words):
        raise InvalidArgument(f"'TRACE' must be one log, not {len(words)} of them.")
    rows: list[tuple[Any, ...]] = []
    for word in words:
        parts = _REQUESTS.fullmatch(word)
        if parts is None or any(len(part or "") > 15 for part in parts.groups()):
            raise InvalidArgument(
                "'TRACE' must be an existing log (see 'stabkit formats'), or requests "
                "[COUNTx]INPUT:OUTPUT[@ARRIVAL], such as 2000x250:520, "
                f"not {shown(word)}{_of_a_mix(word)}."
            )
        count, given, made, arrival = parts.groups()
        if len(rows) + int(count or 1) > _MOST:
            raise InvalidArgument(f"'TRACE' must hold at most {_MOST} requests, not more.")
        row = (int(given), int(made), float(arrival or 0))
        rows += [row] * int(count or 1)
    return rows


def _of_a_mix(word: str) -> str:
    """Return why a packaged mix is refused; nothing of another word."""
    from ...model.examples import examples

    packaged = word in {example.name for example in examples()}
    return ", a packaged mix, which has no requests in their order" if packaged else ""


def _step_time(text: str | None) -> Any:
    if text is None or text == "fit":
        return text
    try:
        parts = tuple(float(part) for part in text.split(","))
    except ValueError:
        parts = ()
    if len(parts) not in (2, 3) or parts[0] <= 0 or min(parts) < 0:
        raise InvalidArgument(
            "'--step-time' must be A,B[,C] in seconds, A positive and the others at least 0, or "
            f"fit, not {shown(text)}."
        )
    return parts


def _options(texts: Sequence[str], scheduler: str, own: Container[str]) -> dict[str, Any]:
    """Return the options of the scheduler, each given once and none of them the command's own."""
    from ...dynamics.requests import scheduler_options

    known = [name for name in scheduler_options(scheduler) if name not in own]
    options: dict[str, Any] = {}
    for text in texts:
        name, value = _option(text)
        if name not in known:
            of_command = f": the command has '--{name.replace('_', '-')}'" if name in own else ""
            raise InvalidArgument(
                f"'--option' must be one of {', '.join(known)} for the scheduler "
                f"{scheduler!r}, not {shown(text)}{of_command}."
            )
        if name in options:
            raise InvalidArgument(f"'--option' must be given once a name, not again {shown(text)}.")
        options[name] = value
    return options


def _option(text: str) -> tuple[str, Any]:
    """Return a name and its value: a switch, a whole number, or the text itself."""
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidArgument(f"'--option' must be NAME=VALUE, not {shown(text)}.")
    name = name.strip().replace("-", "_")
    if value.lower() in ("true", "false"):
        return name, value.lower() == "true"
    return name, int(value) if value.isascii() and value.isdigit() and len(value) < 20 else value
