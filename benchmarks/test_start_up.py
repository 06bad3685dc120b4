"""Whole processes, beside a bare interpreter and one that imports numpy or sympy."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.start_up import COMMANDS, run


@pytest.mark.benchmark(group="from process start")
@pytest.mark.parametrize("command", COMMANDS)
def test_process(benchmark: Any, command: str) -> None:
    printed = benchmark.pedantic(run, args=(command,), rounds=5, warmup_rounds=1)
    if command.startswith("stabkit analyze"):
        assert "Stable." in printed
