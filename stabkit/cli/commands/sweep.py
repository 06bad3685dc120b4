"""``stabkit sweep``: many mixes, computed in chunks into a folder of Parquet parts."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InvalidArgument, shown
from ..completion import complete_mix
from ..mix import BlockSize, Log, capacity_of
from ..options import flag, option, refuse_beside
from ..present import Found, presented
from ..terminal import progressing

if TYPE_CHECKING:
    from ...sweeps.sweep_plan import SweepPlan

__all__ = ["sweep"]

INCOMPLETE = 4
_OTHER_RANGE = re.compile(r"[0-9.]+[-:][0-9.:]+|.*\.\..*")
_RANGE = re.compile(r"(?P<low>[^,:]+?)\.\.(?P<high>[^,:]+)(?::(?P<step>[^,:]+))?")


@presented("sweep_run")
def sweep(
    context: typer.Context,
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="PLAN",
            help="A plan in TOML; a file of mixes (.jsonl, .csv); packaged names; or classes "
            "INPUT:DECODE[:WEIGHT] in which a number may be the name of an axis, and a weight the "
            "rest of 1.",
            autocompletion=complete_mix,
        ),
    ],
    into: Path | None = option(None, "FOLDER", "Where the parts are, or will be."),
    axis: list[str] | None = option(
        None, "NAME=VALUES", "Such as s=5,10,20 or s=0..99 or p=1/20..19/20:1/20."
    ),
    compute: str | None = option(
        None, "WORDS", "Some of counts, radius, threshold, finite and cross-check."
    ),
    increasing: str | None = option(None, "AXES", "Take only rising values of these, as l1,l2."),
    zipped: list[str] | None = option(None, "AXES", "Let these advance together, as s,B.", "--zip"),
    capacity: str | None = option(None, "B", "KV memory in tokens, or the name of an axis."),
    log: Log = None,
    block_size: BlockSize = None,
    policy: str | None = option(None, "NAME", "Of admission, or the name of an axis."),
    workers: int | None = option(None, "N", "Processes; by default one for each core.", min=1),
    scheduler: str | None = option(
        None, "ADDRESS", "Compute on the dask.distributed cluster there."
    ),
    dry_run: bool = flag("--dry-run", "Say what the plan computes, and compute nothing."),
) -> Found:
    """Compute a grid or a list of mixes into a folder of Parquet parts.

    Called again, it goes on where it was interrupted, whatever interrupted it. A plan in TOML says
    more than the options do: docs/sweep.md describes it, and how to read the parts.

    \b
    Examples:
      stabkit sweep plan.toml --dry-run
      stabkit sweep plan.toml --into out
      stabkit sweep s:3 s:5 --axis s=0..99 --into out
      stabkit sweep 5:3:p 5:5:rest --axis p=1/20..19/20:1/20 --into out
      stabkit sweep mixes.jsonl --compute counts,radius --into out --workers 2
      stabkit sweep plan.toml --into out --scheduler tcp://10.0.0.1:8786
    """
    tokens = capacity_of(capacity, log, block_size)
    if dry_run == (into is not None):
        raise InvalidArgument("one of '--into' and '--dry-run' must be given, and not both.")
    if dry_run:
        refuse_beside(context, "--dry-run", "workers", "scheduler")
    if scheduler is not None:
        refuse_beside(context, "--scheduler", "workers")
    options: dict[str, Any] = {
        "axis": _axes(axis) if axis else None,
        "compute": compute and compute.split(","),
        "increasing": increasing and increasing.split(","),
        "zip": zipped and [names.split(",") for names in zipped],
        "capacity": tokens,
        "policy": policy,
    }
    plan = _plan(what, {key: value for key, value in options.items() if value is not None})
    if into is None:
        return Found(plan)
    from ...sweeps.cluster import sweep_cluster
    from ...sweeps.processes import sweep_processes
    from ...sweeps.sweep_run import sweep as swept

    if scheduler is None:
        executor = sweep_processes(workers)
    else:
        executor = sweep_cluster(scheduler)
        logging.disable(logging.ERROR)  # dask logs with a traceback what is told in a line here
    with progressing("sweeping") as progress:
        run = swept(plan, into, map if workers == 1 else executor, progress)
    return Found(run, status=0 if run.complete else INCOMPLETE)


def _plan(words: Sequence[str], options: dict[str, Any]) -> SweepPlan:
    from ...sweeps.sweep_plan import SweepPlan

    if len(words) == 1 and os.path.isfile(words[0]):
        return _of_file(Path(words[0]), options)
    if any(":" in word for word in words):
        return SweepPlan.from_dict({"class": list(map(_class, words)), **options})
    return SweepPlan.from_dict(_named(words, options), name=words[0])


def _named(words: Sequence[str], options: dict[str, Any]) -> dict[str, Any]:
    """Return the plan of packaged mixes, a row for each."""
    from ...dynamics.policies import policy_named
    from ...model.notation import read_notation

    compute = {key: options.pop(key) for key in ["compute"] if key in options}
    for key in options:
        if key not in ("capacity", "policy"):
            raise InvalidArgument(f"'--{key}' must go with classes, not with packaged names.")
    for word in words:
        mix = read_notation([word], options.get("capacity"), "'PLAN'")
        policy_named(options.get("policy", "greedy"), mix)
    return {"mixes": [{"mix": word, **options} for word in words], **compute}


def _of_file(file: Path, options: dict[str, Any]) -> SweepPlan:
    from ...sweeps.sweep_plan import SweepPlan

    if file.suffix.lower() == ".toml":
        if options:
            raise InvalidArgument(f"'--{min(options)}' must be in the plan, not beside it.")
        return SweepPlan.from_file(file)
    return SweepPlan.from_dict({"mixes": file.name, **options}, file.parent, file.stem)


def _class(word: str) -> dict[str, str]:
    from ...model.notation import is_missing_file

    parts = word.split(":")
    missing = is_missing_file(word)
    if missing or len(parts) not in (2, 3):
        raise InvalidArgument(
            "'PLAN' must be a file, or classes INPUT:DECODE[:WEIGHT] with names of axes, "
            f"not {shown(word)}{': there is no such file' if missing else ''}."
        )
    keys = ("input_length", "decode_length", "weight")
    return dict(zip(keys, parts, strict=False))


def _axes(given: Sequence[str]) -> dict[str, Any]:
    axes: dict[str, Any] = {}
    for text in given:
        name, equals, values = text.partition("=")
        name, found = name.strip(), _RANGE.fullmatch(values)
        other = values.count("..") > 1 or (found is None and _OTHER_RANGE.fullmatch(values))
        if not equals or not values or other or name in axes:
            raise InvalidArgument(
                "'--axis' must be NAME=VALUES, each once, such as s=5,10 or s=0..9 or s=0..90:10, "
                f"not {shown(text)}."
            )
        axes[name] = _range(**found.groupdict()) if found else values.split(",")
    return axes


def _range(low: str, high: str, step: str | None) -> dict[str, str]:
    return {"from": low, "to": high} | ({} if step is None else {"step": step})
