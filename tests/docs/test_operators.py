"""docs/operators.md: every command prints what the page says."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from stabkit.cli.app import main

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"


def commands() -> list[tuple[str, str]]:
    blocks = re.findall(r"```console\n\$ stabkit (.*?)\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) == 19
    return blocks


@pytest.mark.parametrize(("command", "printed"), commands(), ids=[c for c, _ in commands()])
def test_commands(command: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(command)) == 0
    assert capsys.readouterr().out.strip() == printed.strip()


def test_statements() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted == 7
    assert found.failed == 0
