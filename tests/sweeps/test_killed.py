"""Workers and drivers killed in the middle: nothing is lost, one chunk at most is repeated.

The program runs as it is, in processes of its own; here its log is watched, and when a chunk is
under way SIGKILL is sent. The same on a dask.distributed cluster of two worker processes.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[2]
# Thresholds of 640 mixes: four chunks of a second.
WORDS = ["7:5:p", "3:6:rest", "--axis", "p=1/641..640/641:1/641", "--compute", "threshold"]
CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    cluster = LocalCluster(2, threads_per_worker=1, processes=True, dashboard_address=None)
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
    cluster.close()
"""
Start = Callable[[Path], subprocess.Popen[str]]


def program(*words: str) -> subprocess.Popen[str]:
    """Start the program; it heeds Ctrl-C even where the tests run in the background of a shell."""
    command = [sys.executable, "-m", "stabkit", "sweep", *words]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    heeded = functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(command, cwd=TOP, preexec_fn=heeded, **pipes)


def finished(driver: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = driver.communicate()
    assert driver.returncode == 0, err
    record: dict[str, Any] = json.loads(out)
    return record


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("part-*")}


def log(folder: Path) -> list[dict[str, Any]]:
    with contextlib.suppress(FileNotFoundError):
        lines = (folder / "_log.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]
    return []


def repeated(folder: Path) -> int:
    began = Counter(line["chunk"] for line in log(folder) if line["event"] == "began")
    return sum(count - 1 for count in began.values())


def at_work(folder: Path, driver: subprocess.Popen[str]) -> list[int]:
    """Wait until a part is written and chunks are under way; return the processes at them."""
    while driver.poll() is None:
        last = {line["process"]: line["event"] for line in log(folder)}
        busy = [process for process, event in last.items() if event == "began"]
        if busy and "wrote" in [line["event"] for line in log(folder)]:
            return busy
        time.sleep(0.01)
    raise AssertionError(f"it ended before it was at work: {driver.communicate()}")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    record = finished(program(*WORDS, "--into", str(folder), "--workers", "2", "--json"))
    assert (record["complete"], record["chunks_written"]) == (True, 4)
    assert repeated(folder) == 0
    return parts(folder)


@contextlib.contextmanager
def cluster_of_two() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", CLUSTER]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=TOP, **pipes) as cluster:
        assert cluster.stdout is not None
        yield cluster, cluster.stdout.readline().strip()
        cluster.communicate()


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with cluster_of_two() as (_, address):
        yield address


@pytest.fixture(params=["processes", "cluster"])
def start(request: pytest.FixtureRequest) -> Start:
    """Start the program, on workers of its own or of the cluster."""
    if request.param == "processes":
        where = ["--workers", "2"]
    else:
        where = ["--scheduler", request.getfixturevalue("scheduler")]
    return lambda folder: program(*WORDS, "--into", str(folder), "--json", *where)


def test_a_worker_is_killed(start: Start, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    driver = start(tmp_path)
    killed = at_work(tmp_path, driver)[0]
    os.kill(killed, signal.SIGKILL)
    record = finished(driver)
    assert (record["complete"], record["set_aside"]) == (True, [])
    assert parts(tmp_path) == undisturbed
    assert repeated(tmp_path) <= 1
    assert len({line["process"] for line in log(tmp_path) if line["event"] == "wrote"}) >= 2


def test_the_driver_is_killed(start: Start, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    driver = start(tmp_path)
    at_work(tmp_path, driver)
    driver.kill()
    driver.communicate()
    left = parts(tmp_path)
    assert 0 < len(left) < len(undisturbed)
    record = finished(start(tmp_path))
    assert (record["complete"], record["chunks_found"] >= len(left)) == (True, True)
    assert parts(tmp_path) == undisturbed
    assert repeated(tmp_path) <= 1


def test_the_scheduler_is_killed(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    with cluster_of_two() as (cluster, address):
        driver = program(*WORDS, "--into", str(tmp_path), "--scheduler", address)
        at_work(tmp_path, driver)
        cluster.kill()
        out, err = driver.communicate()
    assert (driver.returncode, out) == (2, "")
    assert "error: the scheduler must live until the sweep is done" in err
    assert "Traceback" not in err
    finished(program(*WORDS, "--into", str(tmp_path), "--workers", "2", "--json"))
    assert parts(tmp_path) == undisturbed


def test_workers_end_when_their_driver_is_killed(tmp_path: Path) -> None:
    """Each when its chunk is done, which is written then."""
    driver = program(*WORDS, "--into", str(tmp_path), "--workers", "2")
    busy = at_work(tmp_path, driver)
    driver.kill()
    driver.communicate()
    while any(map(lives, busy)):
        time.sleep(0.05)
    last = {line["process"]: line["event"] for line in log(tmp_path)}
    assert [last[process] for process in busy] == ["wrote"] * len(busy)


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_an_interrupt_ends_it_at_once_and_says_so(tmp_path: Path) -> None:
    driver = program(*WORDS, "--into", str(tmp_path), "--workers", "2")
    busy = at_work(tmp_path, driver)
    driver.send_signal(signal.SIGINT)
    out, err = driver.communicate()
    assert (driver.returncode, out, "Traceback" in err) == (130, "", False)
    while any(map(lives, busy)):
        time.sleep(0.05)
