"""Whole processes: what a person waits for."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

COMMANDS = {
    "bare interpreter": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import sympy": ["-c", "import sympy"],
    "stabkit --help": ["-m", "stabkit", "--help"],
    "stabkit analyze (Azure conversation, L = 1000)": ["-m", "stabkit", "analyze"],
}


@pytest.mark.benchmark(group="from process start")
@pytest.mark.parametrize("command", COMMANDS)
def test_process(benchmark: Any, command: str) -> None:
    finished = benchmark.pedantic(
        subprocess.run,
        args=([sys.executable, *COMMANDS[command]],),
        kwargs={"capture_output": True, "check": True},
        rounds=5,
        warmup_rounds=1,
    )
    if command.endswith("L = 1000)"):
        assert b"Stable." in finished.stdout
