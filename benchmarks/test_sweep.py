"""A grid of mixes, counted into Parquet by a sweep and by a loop: the same counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import stabkit

PLAN: dict[str, Any] = {
    "axis": {
        "s": {"from": 0, "to": 14},
        "p": {"from": "1/21", "to": "20/21", "count": 20},
        "l1": {"from": 1, "to": 12},
        "l2": {"from": 1, "to": 12},
    },
    "increasing": ["l1", "l2"],
    "class": [
        {"input_length": "s", "decode_length": "l1", "weight": "p"},
        {"input_length": "s", "decode_length": "l2", "weight": "rest"},
    ],
}
Rows = list[tuple[int | None, ...]]


def by_sweep(folder: Path) -> Rows:
    stabkit.sweep(PLAN, folder)
    table = pyarrow.parquet.read_table(folder)
    return list(zip(*(table[name].to_pylist() for name in ("inside", "outside")), strict=True))


def by_loop(folder: Path) -> Rows:
    plan = stabkit.SweepPlan.from_dict(PLAN)
    counts = (stabkit.unit_circle_counts(plan.mix(row)) for row in range(len(plan)))
    return [(found.inside, found.outside) for found in counts]


@pytest.fixture(scope="module")
def expected() -> Rows:
    """Counts of the second engine, of every hundredth mix."""
    plan = stabkit.SweepPlan.from_dict(PLAN)
    mixes = (plan.mix(row) for row in range(0, len(plan), 100))
    counts = (stabkit.unit_circle_counts(mix, "flint") for mix in mixes)
    return [(found.inside, found.outside) for found in counts]


@pytest.mark.benchmark(group="19 800 mixes of two lengths up to 12")
@pytest.mark.parametrize("way", [by_sweep, by_loop])
def test_counting(benchmark: Any, tmp_path: Path, way: Any, expected: Rows) -> None:
    found = benchmark.pedantic(way, args=(tmp_path,), rounds=1)
    assert (len(found), found[::100]) == (19_800, expected)
