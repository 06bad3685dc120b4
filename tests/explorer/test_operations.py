"""The answers of the explorer, and that those of two kinds of requests need no numpy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stabkit import Workload, analyze, text
from stabkit.explorer.operations import LONGEST_PAIR, QUESTIONS, Explorer

PAIR = {"lengths": [3, 5], "share": "1/2", "input": "9"}
LOG = "prompt_tokens,completion_tokens\n" + "5,3\n5,5\n" * 4


@pytest.mark.parametrize(
    ("given", "verdict", "outside"),
    [("9.8229482", "unstable", 2), ("9.8229483", "stable", 0), ("0.63", "unstable", 4)],
)
def test_counts_change_at_the_threshold(given: str, verdict: str, outside: int) -> None:
    """docs/model.md, R8: s* of (3, 5) at equal shares is 9.8229482556..."""
    found = Explorer().answer("counts", PAIR | {"input": given})
    assert (found["verdict"], found["outside"]) == (verdict, outside)


def test_threshold() -> None:
    """(2, 3): s* is 1 exactly (docs/model.md, R8); even lengths have none (R3)."""
    found = Explorer().answer("threshold", PAIR | {"lengths": [2, 3]})
    assert found["star"] == {"text": "1", "at": 1.0}
    assert [part["unstable"] for part in found["intervals"]] == [2, 0]
    assert found["range"] >= 2
    even = Explorer().answer("threshold", PAIR | {"lengths": [4, 6]})
    assert (even["star"], even["finite"]) == (None, False)


def test_modes_and_their_pace() -> None:
    """One kind of two steps: g = (s + 1, s + 2), so that the mode is -(s + 2) / (s + 1)."""
    (mode,) = Explorer().answer("modes", PAIR | {"lengths": [2, 2], "input": "1"})["modes"]
    assert mode == [-1.5, 0.0, 1.5]
    assert Explorer().answer("modes", PAIR | {"lengths": [1, 1]}) == {"modes": [], "pace": None}
    found = Explorer().answer("modes", PAIR)
    assert found["pace"] == pytest.approx(analyze(mix_of_pair()).dominant_modes[0].doubling_steps)


def mix_of_pair() -> Workload:
    return Workload.from_classes([(9, 3), (9, 5)])


def test_reports_are_those_of_the_command_line() -> None:
    assert Explorer().answer("report", PAIR)["text"] == text(analyze(mix_of_pair()), full=True)
    server = Explorer().answer("server", PAIR | {"capacity": "2000"})["text"]
    assert server.startswith("9:3:1/2 9:5:1/2, 2,000 tokens")
    assert "for 0.0001 evicted" in server
    narrow = Explorer().answer("report", PAIR | {"columns": 40})["text"]
    assert max(map(len, narrow.splitlines())) <= 40
    assert "'capacity' must be given" in Explorer().answer("server", PAIR)["error"]


def test_a_log(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text(LOG)
    explorer = Explorer()
    found = explorer.read(path)
    assert (found["name"], found["requests"], found["longest"]) == ("chat", 8, 5)
    assert (found["mean_input"], found["mean_output"], found["remarks"]) == (5, 4, [])
    counts = explorer.answer("counts", {"log": found["log"]})
    assert counts == explorer.answer("counts", PAIR | {"input": "5"})
    assert "chat" in explorer.answer("report", {"log": found["log"], "capacity": "900"})["text"]


def test_a_log_of_other_columns(tmp_path: Path) -> None:
    """Its columns are offered, and it is read by two of them; nothing else is."""
    path = tmp_path / "odd.csv"
    path.write_text("who,in <b>,made\n" + "x,9,3\ny,9,5\n" * 4)
    explorer = Explorer()
    found = explorer.read(path)
    assert found["columns"] == ("who", "in <b>", "made")
    assert "'input_column' and 'output_column' must name" in found["error"]
    found = explorer.read(path, ["in <b>", "made"])
    assert (found["requests"], found["mean_input"], found["mean_output"]) == (8, 9, 4)
    assert "'who' must be" in explorer.read(path, ["who", "made"])["error"]
    assert "must be columns of the trace" in explorer.read(path, ["who", "there"])["error"]
    path.write_text('{"x": 9, "y": {"z": 3}}\n' * 2)
    assert explorer.read(path)["columns"] == ("x", "y.z")
    assert explorer.read(path, ["x", "y.z"])["longest"] == 3


def test_only_the_last_logs_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text(LOG)
    explorer = Explorer()
    keys = [explorer.read(path)["log"] for _ in range(9)]
    assert "drop it again" in explorer.answer("counts", {"log": keys[0]})["error"]
    assert explorer.answer("counts", {"log": keys[1]})["verdict"] == "unstable"


def test_what_a_log_lacks_is_said(tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text(LOG + "7,0\n")
    assert "without output" in Explorer().read(path)["remarks"][0]
    path.write_text("a,b\n1,2\n")
    assert "chat.csv" in Explorer().read(path)["error"]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"input": "1\x1b[31m"}, "must be"),
        ({"lengths": [3]}, "'lengths' must be two"),
        ({"lengths": [3, LONGEST_PAIR + 1]}, "'lengths' must be"),
        ({"lengths": "35"}, "'lengths' must be two"),
        ({"share": "1"}, "'share' must be between 0 and 1, not '1'."),
        ({"share": "1/0"}, "'share' must be a finite rational number"),
        ({"share": "1e999999999"}, "'share' must be a finite rational number"),
        ({"share": None}, "'share' must be a finite rational number"),
        ({"input": None}, "'input_length'"),
        ({"log": "1"}, "'log' must be one of the last"),
        ({"capacity": "much"}, "'capacity' must be"),
        ({"columns": 3}, "'columns' must be"),
    ],
)
def test_errors_are_answers(question: dict[str, Any], message: str) -> None:
    found = Explorer().answer("counts", PAIR | question)
    assert message in found["error"]
    assert found["error"].isprintable()


def test_unknown_questions() -> None:
    assert "'question' must be one of the page's" in Explorer().answer("quit", PAIR)["error"]


WITHOUT = """
import importlib.abc, json, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("numpy", "sympy", "networkx", "matplotlib", "typer", "rich"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from pathlib import Path
from stabkit.explorer.operations import QUESTIONS, Explorer
explorer = Explorer()
log = {"log": explorer.read(Path(sys.argv[1]))["log"], "capacity": "9000"}
asked = [*json.loads(sys.argv[2]), log]
answers = [{name: explorer.answer(name, one) for name in QUESTIONS} for one in asked]
print(json.dumps(answers))
"""


def test_without_numpy(tmp_path: Path) -> None:
    """As in a browser: the same answers of two kinds of requests, and the verdict on a log."""
    path = tmp_path / "chat.csv"
    rows = (f"{40 + k % 7},{k}\n" for k in range(1, 61))
    path.write_text("input_length,output_length\n" + "".join(rows))
    pairs = [PAIR, PAIR | {"lengths": [LONGEST_PAIR - 1, LONGEST_PAIR], "share": "3/20"}]
    command = [sys.executable, "-c", WITHOUT, str(path), json.dumps(pairs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *answers, log = json.loads(done.stdout)
    local = Explorer()
    for pair, answer in zip(pairs, answers, strict=True):
        for name in QUESTIONS:
            if name == "server":
                assert "'capacity' must be given" in answer[name]["error"]
            elif name in ("report", "advice"):
                assert answer[name] == {"missing": "numpy"}
            else:
                assert answer[name] == json.loads(json.dumps(local.answer(name, pair)))
    counts = local.answer("counts", {"log": local.read(path)["log"]})
    assert counts["method"] == "winding"
    assert log["counts"] == counts
    said, missing = log["server"]["text"], log["server"]["missing"]
    asked = {"log": local.read(path)["log"], "capacity": "9000"}
    assert local.answer("server", asked)["text"].startswith(said.partition("\nR16:")[0])
    assert "for 0.0001 evicted" in said
    assert missing == "numpy"
