"""Runs the program in this process, and says what is wrong with how it ended, if anything."""

from __future__ import annotations

import io
import os
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli.app import main

LONGEST = 60  # seconds of computing
_WAITING = 600  # seconds by the clock, for what waits instead; machines may be busy
# A line break alone may end a line of output; CSV is written with the same.
UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f‎‏‪-‮⁦-⁩\ud800-\udfff]")


class TooLong(BaseException):
    """No `Exception`, so that no handler of the program takes it for one of its own."""


@pytest.fixture
def fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str | None]]:
    """A function that runs a command line in an empty folder and returns what is wrong, or None."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    signals = signal.SIGALRM, signal.SIGPROF
    before = [signal.signal(number, _stop) for number in signals]
    yield _fault
    for number, handler in zip(signals, before, strict=True):
        signal.signal(number, handler)


def _stop(*_: Any) -> None:
    raise TooLong


def _fault(arguments: Sequence[str]) -> str | None:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    signal.alarm(_WAITING)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    try:
        with warnings.catch_warnings():
            status = main(arguments)
    except TooLong:
        return f"more than {LONGEST} seconds"
    except BaseException:
        return traceback.format_exc()
    finally:
        signal.alarm(0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout, sys.stderr = streams
    said = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]  # type: ignore[attr-defined]
    return _wrong(status, *said)


def _wrong(status: int, out: str, err: str) -> str | None:
    if status not in (0, 2, 3, 4):
        return f"exit status {status}: {err}"
    if status == 2 and not err.splitlines()[-1].startswith("stabkit: error: "):
        return f"exit status 2 with {err!a}"
    found = UNPRINTABLE.search(out) or UNPRINTABLE.search(err)
    if found:
        return f"a raw {found[0]!a} in {found.string[max(0, found.start() - 40) :][:80]!a}"
    if "Traceback" in err:
        return err
    return None


@pytest.fixture(autouse=True)
def _small_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures in a size that costs little: what is drawn is the same."""
    monkeypatch.setattr("stabkit.publish.figures.style.DOTS_PER_INCH", 20)
    monkeypatch.setattr("stabkit.publish.figures.formats.DOTS_PER_INCH", 20)
    os.environ["MPLBACKEND"] = "agg"
