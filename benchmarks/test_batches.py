"""Functions of arrays beside loops: the same answers on a sample of every grid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.batches import GRIDS, cases, measured_batch


@pytest.mark.parametrize(("quantity", "name"), cases())
def test_loop_agrees(benchmark: Any, quantity: str, name: str) -> None:
    benchmark.group = f"{quantity} of many mixes, {name}"
    grid = replace(GRIDS[name], inputs=GRIDS[name].inputs[::20], parts=11)
    found = benchmark.pedantic(measured_batch, args=(quantity, grid, 20), rounds=1)
    assert found.ratio > 0  # not nan: the answers are the same
