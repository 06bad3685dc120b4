"""A request log, read by stabkit and by polars: the same requests."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks.logs import read_with, write_log

ROWS = 200_000


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.csv"
    write_log(path, ROWS)
    return path


@pytest.mark.benchmark(group=f"a request log of {ROWS} rows, from process start")
@pytest.mark.parametrize("reader", ["stabkit", "polars"])
def test_reading(benchmark: Any, log: Path, reader: str) -> None:
    if find_spec(reader) is None:
        pytest.skip(f"{reader} is not installed")
    found = benchmark.pedantic(read_with, args=(reader, log), rounds=1)
    rows = [line.split(",") for line in log.read_text().splitlines()[1:]]
    sums = (sum(int(row[column]) for row in rows) for column in (1, 2))
    assert found.totals == (ROWS, *sums)
