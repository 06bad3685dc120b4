"""On what, and with which versions, the figures were taken."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path

import flint

from benchmarks.programs import version
from stabkit import __version__

__all__ = ["described"]


def described() -> dict[str, str]:
    """Return machine, versions and date, as labels with their text."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "load average before the run": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "stabkit": __version__,
        "numpy": installed("numpy"),
        "mpmath": installed("mpmath"),
        "FLINT": f"{flint.__FLINT_VERSION__} (python-flint {installed('python-flint')})",
        "MPSolve": version("mpsolve", "-v"),
        "PARI/GP": version("gp", "--version-short"),
    }


def _processor() -> str:
    """Return the model of the processor, from Linux's own list if there is one."""
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        for line in listed.read_text().split("\n"):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
