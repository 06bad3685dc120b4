"""Findings as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.batches import Batch
from benchmarks.findings import Findings
from benchmarks.goals import GOALS, REASONS, Goal
from benchmarks.measuring import Measurement
from benchmarks.whole_requests import LOOPS, Served
from benchmarks.works import WORKS, Work

__all__ = ["results"]

_HOW_TO_READ = """\
Each cell: the median time; the ratio of that time to stabkit's on the same mix; whether the answer
is right. Up to 0.1 s it is the median of 15 calls, each right after one that does not count, up to
0.5 s of 5, up to 3 s of 3; beyond, one call. A dash: not run, or stopped, and why; a time after a
dash is expected from smaller degrees, unless it says "unfinished". Unless a name says "all cores",
everything ran on one thread. MPSolve and PARI/GP are whole processes, their start included. In the
table of dominant modes the peers find all roots, for none has a way to find only these; what took
more than 0.5 s there is the run of the table before. The mixes hom* have one decode length: stabkit
knows their counts by a theorem and computes nothing, so that their ratios say nothing of its
engines. stabkit's thresholds come with all crossings, all stable intervals and s° to 30 digits,
proved; bisection finds one number and proves nothing."""

_LADDER = """\
Lengths 7 and 10, input 100, the share of length 7 on either side of a critical one, 2^-k apart: the
worse of the two answers. "stabkit" is exact Schur-Cohn here, as for every short mix."""


_SERVED = """\
Time of the processor; what a loop over every request takes, over what stabkit takes, per step, on
the same requests. nan: the series differ."""


_LOG = """\
A process each, its start included. polars reads the two columns with all cores and checks
nothing."""


_BATCHES = """\
Mixes of two decode lengths, a common input and a share, on a grid of all four. Time of the
processor for the whole grid, written to a file; what a loop over `unit_circle_counts`,
`dominant_modes` or `fano_factor` takes per mix, over that per mix, on a sample whose answers are
the same."""


def results(findings: Findings, machine: dict[str, str]) -> str:
    """Return the whole page."""
    return "\n\n".join(_parts(findings, machine)) + "\n"


def _parts(findings: Findings, machine: dict[str, str]) -> Iterator[str]:
    yield "# Results"
    yield "Written by `python benchmarks/write_results.py`; not edited by hand."
    yield "\n".join(f"* {label}: {text}" for label, text in machine.items())
    yield _HOW_TO_READ
    for name, work in WORKS.items():
        yield f"## {work.title}"
        yield _ratios(work, findings.works[name])
    yield "## Next to the unit circle"
    yield _LADDER
    yield _ladder(findings)
    yield "## Process start"
    started = findings.processes | {f"{p}, degree 1": t for p, t in findings.starts.items()}
    yield _table(("process", "time"), ((name, _time(t)) for name, t in started.items()))
    yield "## Whole requests"
    yield _SERVED
    yield _table(
        ("server", "running", "steps a second", "10^6 requests", *LOOPS),
        (_server(name, one) for name, one in findings.served.items()),
    )
    yield "## A request log of 10^7 rows"
    yield _LOG
    yield _table(
        ("reader", "time", "memory", "requests", "prompt tokens", "output tokens"),
        (
            (name, _time(one.seconds), f"{one.gigabytes:.2g} GB", *map(str, one.totals))
            for name, one in findings.logs.items()
        ),
    )
    yield "## Many mixes"
    yield _BATCHES
    yield _table(
        ("what", "grid", "mixes", "time", "a mix", "loop", "sample"),
        (_batch(*case, one) for case, one in findings.batches.items()),
    )
    yield "## Goals"
    yield _table(
        ("goal", "kind", "measured", "outcome", "reason"),
        (_goal(goal, findings) for goal in GOALS),
    )


def _ratios(work: Work, found: dict[str, dict[str, Measurement]]) -> str:
    rows = []
    for mix in work.mixes:
        own = found[mix.name]["stabkit"]
        cells = [_cell(found[mix.name][solver.name], own) for solver in work.solvers]
        rows.append((mix.name, f"{mix.degree:,}", *cells))
    return _table(("mix", "degree", *(solver.name for solver in work.solvers)), rows)


def _cell(measured: Measurement, own: Measurement) -> str:
    if measured.seconds is None:
        return f"– {measured.verdict}"
    ratio = "" if measured is own or not own.seconds else _ratio(measured.seconds / own.seconds)
    return ", ".join(part for part in (_time(measured.seconds), ratio, measured.verdict) if part)


def _ladder(findings: Findings) -> str:
    names = list(next(iter(findings.ladder.values())))
    rows = ((c, str(k), *found.values()) for (c, k), found in findings.ladder.items())
    return _table(("what crosses", "k", *names), rows)


def _server(name: str, served: Served) -> tuple[str, ...]:
    rates = f"{served.steps_per_second:,.0f}", _time(1e6 / served.requests_per_second)
    return name, f"{served.running:.0f}", *rates, *map(_ratio, served.ratios.values())


def _batch(what: str, grid: str, batch: Batch) -> tuple[str, ...]:
    times = _time(batch.seconds), _time(batch.seconds / batch.size)
    return what, grid, f"{batch.size:,}", *times, _ratio(batch.ratio), f"{batch.sample:,}"


def _goal(goal: Goal, findings: Findings) -> tuple[str, ...]:
    figure, aside = goal.measured(findings), goal.aside(findings)
    measured = "–" if figure is None else _figure(figure, goal.unit)
    if aside is not None:
        measured += f" ({_ratio(aside)} against all cores)"
    kind = "stretch" if goal.stretch else "required"
    return goal.text, kind, measured, goal.outcome(findings), REASONS.get(goal.text, "")


def _figure(figure: float, unit: str) -> str:
    if unit == "×":
        return _ratio(figure)
    return _time(figure) if unit == "s" else f"{figure:.3g} {unit}"


def _ratio(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 99.5 else f"{ratio:.2g}×"


def _time(seconds: float) -> str:
    for scale, unit in ((1, "s"), (1e3, "ms")):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
