"""Every command writes what the suffix of --output says, and refuses any other suffix.

Files are written together or not at all.
"""

import csv
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli.app import main
from stabkit.cli.commands import commands
from stabkit.errors import OutputError

pytestmark = pytest.mark.slow

Program = Callable[..., Any]

LINES = {
    "analyze": "5:3 5:5 --no-crosscheck",
    "roots": "5:3 5:5",
    "synchrony": "5:3 5:6",
    "threshold": "5:3 5:5",
    "margins": "5:2 5:3",
    "chart": "2 3 --rows 3",
    "atlas": "",
    "sweep": "s:3 s:5 --axis s=0..9 --dry-run",
    "locus": "10:5 --points 3",
    "nyquist": "5:3 5:5",
    "simulate": "5:3 --steps 5 --capacity 1000",
    "cycle": "10:5",
    "policy": "10:5 --policy greedy",
    "pool": "10:3 10:5",
    "sizing": "10:5 --capacity 650",
    "soft-start": "2:2 2:3 --capacity 1000",
    "finite": "5:3 5:5 --capacity 1000 --steps 200",
    "replay": "8x20:6 --capacity 160",
    "certify": "5:3 5:5",
    "prove": "R17",
    "derive": "10:5",
    "derive --fragment": "10:5",
    "derive --bibtex": "10:5",
    "lessons": "",
    "lessons 1": "",
    "exercise": "",
    "examples": "",
    "formats": "",
    "schema": "",
    "schema analysis": "",
}
_STARTS = {".png": b"\x89PNG", ".svg": b"<?xml", ".html": b"<!DOCTYPE html>", ".bib": b"@"}
_TYPESET = ("prove", "derive", "exercise")  # a .pdf of theirs needs a TeX engine


def test_a_dash_is_standard_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["analyze", "5:3"],
        ["roots", "5:3", "--json"],
        ["simulate", "5:3"],
        ["derive", "5:3"],
    ):
        assert main(arguments) == 0
        printed = capsys.readouterr().out
        assert main([*arguments, "--output", "-"]) == 0
        assert capsys.readouterr().out == printed
    assert not list(tmp_path.iterdir())


def test_every_command_is_driven() -> None:
    """But ``explore``, which serves a page and has no output."""
    assert {name.split()[0] for name in LINES} | {"explore"} == {
        one.__name__.replace("_", "-") for one in commands()
    }


@pytest.fixture(params=LINES)
def line(request: pytest.FixtureRequest) -> list[str]:
    return shlex.split(f"{request.param} {LINES[request.param]}")


def test_a_file_is_what_its_suffix_says(line: list[str], stabkit: Program, tmp_path: Path) -> None:
    refused = stabkit(*line, "--output", str(tmp_path / "a.xyz"))
    assert (refused.status, refused.out, list(tmp_path.iterdir())) == (2, "", [])
    suffixes = re.findall(r"\.\w+", refused.err.partition("must end in")[2].partition(", not ")[0])
    assert suffixes
    for suffix in suffixes:
        if suffix == ".pdf" and line[0] in _TYPESET:
            continue
        path = tmp_path / f"a{suffix}"
        found = stabkit(*line, "--output", str(path))
        assert (found.status, found.out) == (0, "")
        _check(path.read_bytes(), suffix)


def _check(content: bytes, suffix: str) -> None:
    assert content.startswith(_STARTS.get(suffix, b"%PDF" if suffix == ".pdf" else b""))
    text = "" if suffix in (".png", ".pdf") else content.decode()
    if suffix == ".json":
        assert {"schema", "$schema"} & set(json.loads(text))
    if suffix == ".csv":
        rows = list(csv.reader(text.splitlines()))
        assert len(rows) > 2
        assert len({len(row) for row in rows}) == 1
    if suffix == ".tex":
        assert re.search(r"\\(documentclass|usepackage)", text)
    if suffix == ".py":
        compile(text, "lesson", "exec")
    if suffix == ".txt":
        assert text.strip()


def test_json_prints_json_and_nothing_else(line: list[str], stabkit: Program) -> None:
    if line[0] == "derive" or line[:2] == ["lessons", "1"]:
        assert stabkit(*line, "--json")[:2] == (2, "")
        return
    record = json.loads(stabkit(*line, "--json").out)
    assert {"schema", "$schema"} & set(record)
    contradicting = stabkit(*line, "--json", "--output", "a.txt")
    assert contradicting[:2] == (2, "")
    assert "'--output' must end in .json, not 'a.txt'" in contradicting.err


BESIDE = [
    "chart 2 3 --rows 3 --csv",
    "simulate 5:3 --steps 5 --capacity 1000 --animate",
    "nyquist 5:3 5:5 --figure",
    "derive 10:5 --exercise --output",
]


@pytest.mark.parametrize("line", BESIDE)
def test_a_failure_leaves_no_other_file(
    line: str, stabkit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suffix = {"--csv": ".csv", "--animate": ".gif", "--figure": ".svg", "--output": ".pdf"}
    words = shlex.split(line)
    path = tmp_path / f"a{suffix[words[-1]]}"
    if words[0] == "derive":
        monkeypatch.setattr("stabkit.publish.document.engine.pdf_of", _first_alone())
        found = stabkit(*words, str(path))
    else:
        found = stabkit(*words, str(path), "--output", "/dev/full")
    assert (found.status, found.out, list(tmp_path.iterdir())) == (2, "", [])
    told = found.err.splitlines()
    assert len([one for one in told if "is deprecated" not in one]) == 1


def _first_alone() -> Callable[[str], bytes]:
    """Return a TeX engine that fails from the second document on."""
    pages = iter([b"%PDF"])

    def pdf_of(latex: str) -> bytes:
        page = next(pages, None)
        if page is None:
            raise OutputError("'latex' must be typeset, not this.")
        return page

    return pdf_of


def test_a_figure_for_each_of_two_files(stabkit: Program, tmp_path: Path) -> None:
    paths = tmp_path / "a.png", tmp_path / "b.svg"
    line = ["nyquist", "5:3", "--output", str(paths[0]), "--figure", str(paths[1])]
    assert stabkit(*line).status == 0
    for path in paths:
        _check(path.read_bytes(), path.suffix)


@pytest.mark.parametrize("name", ["a.json", "a.xyz"])
def test_the_table_of_a_chart_is_csv(name: str, stabkit: Program, tmp_path: Path) -> None:
    found = stabkit(*shlex.split("chart 2 3 --rows 3 --csv"), str(tmp_path / name))
    assert (found.status, found.out, list(tmp_path.iterdir())) == (2, "", [])
    assert "'--csv' must end in .csv, not" in found.err


def test_a_text_file_of_a_run_is_the_text(stabkit: Program, tmp_path: Path) -> None:
    line = shlex.split("simulate 5:3 --steps 5 --capacity 1000 --output")
    for name in ("a.txt", "a.csv", "a"):
        assert stabkit(*line, str(tmp_path / name)).status == 0
    text, table, plain = ((tmp_path / name).read_text() for name in ("a.txt", "a.csv", "a"))
    assert "5 steps" in text
    assert plain == table != text
