"""docs/tutorial.md and docs/limits.md: every command prints what the page says, all Python runs."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from stabkit.cli.app import main

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "tutorial.md"
_BLOCK = re.compile(r"```console\n\$ stabkit (.*?)\n(.*?)```", re.DOTALL)


def commands() -> list[tuple[str, str]]:
    return _BLOCK.findall(PAGE.read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the trace that a reader is asked to write."""
    (trace,) = re.findall(r"`mine.csv`:\n\n```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "mine.csv").write_text(trace, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "shown"), commands(), ids=[c for c, _ in commands()])
def test_a_command_prints_what_is_shown(
    command: str, shown: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(command)) == 0
    printed = capsys.readouterr().out.rstrip()
    beginning, *rest = shown.rstrip().split("\n…")
    assert rest in ([], [""])
    assert printed.startswith(beginning) if rest else printed == beginning
    if rest:
        assert len(printed.splitlines()) > len(beginning.splitlines())


def test_it_ends_with_a_derivation(folder: Path) -> None:
    *_, (command, _) = commands()
    assert main(shlex.split(command)) == 0
    text = (folder / "mix.tex").read_text(encoding="utf-8")
    assert text.startswith(r"\documentclass")
    assert len(commands()) == 6


@pytest.mark.parametrize(("page", "examples"), [("tutorial.md", 8), ("limits.md", 5)])
def test_python_runs(page: str, examples: int) -> None:
    found = doctest.testfile(str(DOCS / page), module_relative=False)
    assert (found.attempted, found.failed) == (examples, 0)


def test_links_lead_somewhere() -> None:
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (DOCS / target).exists(), (page.name, target)


def test_the_installation_is_that_of_the_readme() -> None:
    (command,) = re.findall(r"```sh\n(.*?) && \. \.venv", PAGE.read_text(encoding="utf-8"))
    assert command in (DOCS.parent / "README.md").read_text(encoding="utf-8")
