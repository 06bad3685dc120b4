"""A long request log: stabkit, which reads it strictly and counts it, beside polars.

The log has the columns of Azure's traces and 10^7 rows. polars reads the same two columns and does
no more: it neither checks what a number may be nor counts the requests. Each reads in a process of
its own, so that starts and memory are in the figures; both must find the same requests.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.start_up import PEAK

__all__ = ["ROWS", "LogReading", "measured_log", "read_with", "write_log"]

ROWS = 10_000_000
_TOP = Path(__file__).resolve().parents[1]
_READ = {
    "stabkit": """
import sys
from stabkit import Workload
mix = Workload.from_file(sys.argv[1])
n = mix.request_count
totals = n, int(n * mix.mean_input_length), int(n * mix.mean_decode_length)
""",
    "polars": """
import sys, polars
names = ["ContextTokens", "GeneratedTokens"]
frame = polars.read_csv(sys.argv[1], columns=names)
totals = frame.height, *(frame[name].sum() for name in names)
""",
}
_PRINT = f"print(*totals, {PEAK})"
_BLOCK = 100_000


@dataclass(frozen=True)
class LogReading:
    """What one reader took.

    Attributes
    ----------
    seconds, gigabytes : float
        Of a process of its own, start included; at the peak.
    totals : tuple of int
        Requests, their prompt tokens and their output tokens.
    """

    seconds: float
    gigabytes: float
    totals: tuple[int, ...]


def write_log(path: Path, rows: int, seed: int = 1) -> None:
    """Write a log of so many rows, in blocks that repeat but for their times."""
    rng = random.Random(seed)
    pairs = [
        (rng.randint(100, 6000), min(1500, 1 + int(rng.expovariate(1 / 100))))
        for _ in range(min(rows, _BLOCK))
    ]
    with path.open("w", encoding="ascii") as stream:
        stream.write("TIMESTAMP,ContextTokens,GeneratedTokens\n")
        for first in range(0, rows, _BLOCK):
            hour, minute = divmod(first // _BLOCK, 60)
            head = f"2024-05-12 {hour % 24:02d}:{minute:02d}"
            stream.writelines(
                f"{head}:{n // 1700:02d}.{n:06d}+00:00,{s},{o}\n"
                for n, (s, o) in enumerate(pairs[: rows - first])
            )


def read_with(reader: str, path: Path) -> LogReading:
    """Read a log in a process of its own."""
    start = time.perf_counter()
    finished = subprocess.run(
        [sys.executable, "-c", _READ[reader] + _PRINT, str(path)],
        cwd=_TOP,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - start
    *totals, peak = map(int, finished.stdout.split())
    return LogReading(seconds, peak * 1024 / 1e9, tuple(totals))


def measured_log(rows: int = ROWS, rounds: int = 3) -> dict[str, LogReading]:
    """Return the fastest of some rounds for each reader that is installed."""
    readers = [name for name in _READ if find_spec(name) is not None]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "log.csv")
        write_log(path, rows)
        found = {name: [read_with(name, path) for _ in range(rounds)] for name in readers}
    return {name: min(all_of, key=lambda one: one.seconds) for name, all_of in found.items()}
