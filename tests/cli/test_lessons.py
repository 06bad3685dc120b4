"""``stabkit lessons``: the list, a notebook to keep, and errors. Serving: tests/docs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stabkit_lessons import LESSONS

from stabkit.cli.commands import lessons as module

Run = Callable[..., Any]


def test_the_list(stabkit: Run) -> None:
    found = stabkit("lessons")
    assert found.status == 0
    assert [line.split()[0] for line in found.out.splitlines()[1:9]] == list("12345678")
    assert "Open one: stabkit lessons 3." in found.out
    assert max(map(len, found.out.splitlines())) <= 100


def test_json(stabkit: Run) -> None:
    found = json.loads(stabkit("lessons", "--json").out)["lessons"]
    assert [one["title"] for one in found] == [one.title for one in LESSONS]
    assert set(found[0]["topics"]) <= {"roots", "gcd", "threshold", "cycle", "policy"}


def test_a_notebook_to_keep(stabkit: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    assert stabkit("lessons", "3", "--output", str(path)).status == 0
    text = path.read_text(encoding="utf-8")
    assert text == LESSONS[2].path.read_text(encoding="utf-8")
    assert "marimo.App" in text


def test_a_lesson_is_served_on_this_machine_only(
    stabkit: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def replaced(program: str, command: list[str], environment: dict[str, str]) -> None:
        calls.append((program, command, environment))
        raise KeyboardInterrupt  # as a user would end it

    monkeypatch.setattr(module.os, "execve", replaced)
    assert stabkit("lessons", "2", "--no-browser", "--port", "4000").status == 130
    older = stabkit("lessons", "2", "--headless", "--port", "4000")
    assert "'--headless' is deprecated, and goes in 0.4.0: '--no-browser' does" in older.err
    (program, command, environment), same = calls
    assert same == calls[0]
    assert program == sys.executable
    assert command[command.index("--host") + 1] == "127.0.0.1"
    assert command[command.index("--port") + 1] == "4000"
    assert "--headless" in command
    assert environment["MARIMO_SKIP_UPDATE_CHECK"] == "1"
    assert str(LESSONS[1].path) in command


def test_without_marimo(stabkit: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    found = stabkit("lessons", "1")
    assert found.status == 2
    assert "pip install 'stabkit[teach]'" in found.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["10"], "'NUMBER' must be one of 1, 2, 3, 4, 5, 6, 7, 8, 9, not 10"),
        (["3", "--json"], "'--json' must be given without 'NUMBER'"),
        (["3", "--port", "80"], "'--port'"),
        (["three"], "'NUMBER'"),
    ],
)
def test_errors(stabkit: Run, arguments: list[str], message: str) -> None:
    found = stabkit("lessons", *arguments)
    assert found.status == 2
    assert message in " ".join(found.err.split())
