"""Whole processes: what a person waits for, and the memory that a count takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["COMMANDS", "PEAK", "count_with_memory", "run"]

COMMANDS = {
    "bare interpreter": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import sympy": ["-c", "import sympy"],
    "stabkit --help": ["-m", "stabkit", "--help"],
    "stabkit analyze (Azure conversation, L = 1000)": ["-m", "stabkit", "analyze"],
}
_TOP = Path(__file__).resolve().parents[1]  # where Python finds both packages
# Of this process alone: its ru_maxrss has what its parent held when it started.
PEAK = "int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
_COUNT = f"""
import sys
from benchmarks.mixes import MIXES
from stabkit import unit_circle_counts
outside = unit_circle_counts(MIXES[sys.argv[1]].workload).outside
print(outside, {PEAK})
"""


def run(command: str) -> str:
    """Run one of the commands with this interpreter, and return what it prints."""
    return _output(COMMANDS[command])


def count_with_memory(mix: str) -> tuple[int, float]:
    """Return the unstable modes of a mix, and the gigabytes at the peak of a process of its own.

    On Linux, where the peak is reported in kibibytes.
    """
    outside, peak = _output(["-c", _COUNT, mix]).split()
    return int(outside), int(peak) * 1024 / 1e9


def _output(arguments: list[str]) -> str:
    finished = subprocess.run(
        [sys.executable, *arguments], cwd=_TOP, capture_output=True, text=True, check=True
    )
    return finished.stdout
