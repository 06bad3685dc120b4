"""Peers that are programs: MPSolve and PARI/GP, run as processes if they are installed.

Their time is that of the whole process, start included, with nothing subtracted; the time of a
start is measured in the same run by `STARTS`, for at small degrees it is most of what one sees. The
input file is written before the clock starts, and the output is read after it has stopped.

MPSolve reads a *dense* polynomial with *integer* coefficients, ascending. `-Gc -So` counts the
roots in the set "outside the unit circle" (its report calls those "inside" the set); `-Ga -o50`
approximates all roots to 50 digits (`-Gi` would stop as soon as they are isolated, at about ten).
`-au` and `-as` are its two algorithms. It starts a thread per core unless told otherwise: `-j1`
makes it comparable with everything else here, and the solvers of all cores say so in their names.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import mpmath

from benchmarks.answers import DIGITS
from benchmarks.solvers import Solver, Unfinished

__all__ = ["GP_ROOTS", "STARTS", "is_installed", "mpsolve_count", "mpsolve_roots", "version"]

_GP = ["gp", "-q", "-f", "--default", "parisizemax=2000000000"]
_TRIVIAL = (1, -2)
_UNCERTAIN = re.compile(r"(\d+) roots are inside;\s+\d+ roots are outside;\s+(\d+) roots are unc")


def mpsolve_count(algorithm: str, largest: int, quick: int, cores: bool = False) -> Solver:
    """MPSolve's count of the roots outside the unit circle, by algorithm "u" or "s"."""
    options = [f"-a{algorithm}", "-Gc", "-So", *([] if cores else ["-j1"])]
    return Solver(
        f"MPSolve -a{algorithm}" + (", all cores" if cores else ""),
        lambda mix: _run(["mpsolve", *options, str(_dense_file(mix.coefficients))], 200),
        largest,
        "minutes",
        quick,
        read=_count,
        prepare=lambda mix: _dense_file(mix.coefficients),
        missing=_missing("mpsolve"),
    )


def mpsolve_roots(algorithm: str, largest: int, quick: int, cores: bool = False) -> Solver:
    """All roots to 50 digits by MPSolve, stopped after a minute."""
    options = [f"-a{algorithm}", "-Ga", f"-o{DIGITS}", *([] if cores else ["-j1"])]
    return Solver(
        f"MPSolve -a{algorithm}" + (", all cores" if cores else ""),
        lambda mix: _run(["mpsolve", *options, str(_dense_file(mix.coefficients))], 60),
        largest,
        "> 60 s",
        quick,
        read=_roots,
        prepare=lambda mix: _dense_file(mix.coefficients),
        missing=_missing("mpsolve"),
    )


def version(program: str, option: str) -> str:
    """Return what the program says of its version, or that it is not installed."""
    if _missing(program):
        return "not installed"
    finished = subprocess.run([program, option], capture_output=True, text=True, check=False)
    return finished.stdout.strip().split("\n")[0].removeprefix("MPSolve ")


def is_installed(program: str) -> bool:
    return shutil.which(program) is not None


def _missing(program: str) -> str:
    return "" if is_installed(program) else f"{program} is not installed"


@cache
def _folder() -> Path:
    folder = tempfile.mkdtemp(prefix="stabkit-benchmarks-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def _dense_file(descending: Sequence[int]) -> Path:
    path = _folder() / f"{len(os.listdir(_folder()))}.pol"
    head = f"Monomial;\nDense;\nDegree={len(descending) - 1};\nInteger;\nReal;\n\n"
    path.write_text(head + "".join(f"{c}\n" for c in reversed(descending)))
    return path


@cache
def _gp_file(descending: Sequence[int]) -> Path:
    path = _folder() / f"{len(os.listdir(_folder()))}.gp"
    path.write_text(
        f"default(realprecision,{DIGITS});\n"
        f"r=polroots(Pol([{','.join(map(str, descending))}]));\n"
        'for(i=1,#r,print("(",real(r[i]),", ",imag(r[i]),")"))\n'
    )
    return path


def _run(command: list[str], seconds: float, script: Path | None = None) -> str:
    with open(script or os.devnull) as source:
        try:
            finished = subprocess.run(
                command, stdin=source, capture_output=True, text=True, check=True, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            raise Unfinished(seconds) from None
    return finished.stdout


def _run_gp(descending: Sequence[int]) -> str:
    return _run(_GP, 60, _gp_file(descending))


def _count(output: str) -> int | None:
    report = _UNCERTAIN.search(output)
    if report is None:
        raise ValueError(f"MPSolve's report must hold three counts, not {output[:80]!r}")
    return None if int(report[2]) else int(report[1])


def _roots(output: str) -> list[mpmath.mpc]:
    with mpmath.workdps(DIGITS + 15):
        pairs = (line.strip("()").replace(" ", "").split(",") for line in output.split("\n"))
        return [mpmath.mpc(*pair) for pair in pairs if len(pair) == 2]


GP_ROOTS = Solver(
    "PARI/GP",
    lambda mix: _run_gp(mix.coefficients),
    479,
    "> 60 s",
    74,
    read=_roots,
    prepare=lambda mix: _gp_file(mix.coefficients),
    missing=_missing("gp"),
)
STARTS = {
    "mpsolve": lambda: _run(["mpsolve", "-au", "-Gc", "-So", "-j1", str(_dense_file(_TRIVIAL))], 9),
    "gp": lambda: _run_gp(_TRIVIAL),
}
