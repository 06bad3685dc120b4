"""Completion in bash, as a shell asks for it: the script, and what a tab offers."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

BASH = {**os.environ, "SHELL": "/bin/bash", "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}


def asked(words: str, **environment: str) -> list[str]:
    """What a shell is told after a tab behind `words`."""
    count = len(words.split(" ")) - 1
    found = subprocess.run(
        [sys.executable, "-m", "stabkit"],
        env={
            **BASH,
            "_STABKIT_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": f"{count}",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("stabkit an", ["analyze"]),
        ("stabkit analyze --cap", ["--capacity"]),
        ("stabkit analyze azure", ["azure-conv-2023", "azure-code-2023"]),
        ("stabkit simulate 5:3 --policy da", ["damped"]),
        ("stabkit locus 5:3 --along sh", ["shift", "share"]),
        ("stabkit prove r2", ["r2", "r20", "r21", "r22", "r23"]),
        ("stabkit analyze my-trace", []),  # bash then offers files
    ],
)
def test_a_tab_offers(words: str, offered: list[str]) -> None:
    assert asked(words) == offered


def test_the_script_is_one_that_bash_reads() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "stabkit", "--show-completion", "bash"],
        env=BASH,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "complete -o default -F _stabkit_completion stabkit" in shown
    assert subprocess.run(["bash", "-n"], input=shown, text=True, check=False).returncode == 0
