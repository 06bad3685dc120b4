"""stabkit and its peers at the same work, each answer checked; one table per work and mix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.mixes import Mix
from benchmarks.solvers import Solver, Unfinished
from benchmarks.works import WORKS, Work


def _cases() -> Iterator[Any]:
    for name, work in WORKS.items():
        for mix in work.mixes:
            for solver in work.solvers:
                if not (reason := solver.why_not(mix)) or reason == solver.missing:
                    marks = [pytest.mark.long] if solver.is_long(mix) else []
                    case = f"{name}-{mix}-{solver.name}"
                    yield pytest.param(work, mix, solver, marks=marks, id=case)


@pytest.mark.parametrize(("work", "mix", "solver"), list(_cases()))
def test_answer_is_right(benchmark: Any, work: Work, mix: Mix, solver: Solver) -> None:
    if solver.missing:
        pytest.skip(solver.missing)
    benchmark.group = f"{work.title}, mix {mix}, degree {mix.degree}"
    solver.prepare(mix)
    rounds = 1 if solver.is_long(mix) else 3
    try:
        output = benchmark.pedantic(
            solver.solve, args=(mix,), rounds=rounds, warmup_rounds=int(rounds > 1)
        )
    except Unfinished as stopped:
        pytest.skip(str(stopped))
    assert work.check(mix, solver.read(output)) == "right"
