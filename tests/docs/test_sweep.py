"""docs/sweep.md: its plans are plans, its Python runs, its tables name every column."""

from __future__ import annotations

import doctest
import json
import re
import shlex
from pathlib import Path

import pytest

from stabkit import SweepPlan
from stabkit.cli.app import main
from stabkit.sweeps.measures import MEASURES
from stabkit.sweeps.mix_list import read_entries

PAGE = (Path(__file__).parents[2] / "docs" / "sweep.md").read_text("utf-8")
PLANS = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The picture of a million points is drawn of a hundred here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    for name, text in zip(("plan.toml", "lines.toml"), PLANS, strict=True):
        Path(name).write_text(text)
    page = PAGE.replace("999", "9").replace("1000", "10").replace("1001", "11")
    found = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    test = doctest.DocTestParser().get_doctest(page, {}, "sweep", "docs/sweep.md", 0)
    found.run(test)
    assert (found.failures, found.tries) == (0, len(test.examples))
    assert Path("plane.png").read_bytes().startswith(b"\x89PNG")


def test_every_word_and_column_is_in_its_table() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (`\w+`(?:, `\w+`)*) \|", PAGE, re.MULTILINE)
    named = {word: re.findall(r"\w+", columns) for word, columns in rows}
    assert named == {word: list(measure.columns) for word, measure in MEASURES.items()}


def test_every_key_of_a_plan_is_in_its_table() -> None:
    table = PAGE.partition("| key |")[2].partition("\n\n")[0]
    told = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))))
    with pytest.raises(ValueError, match="a key of the plan must be one of") as refused:
        SweepPlan.from_dict({"axes": 3})
    listed = str(refused.value).rpartition("one of ")[2].partition(", not ")[0].split(", ")
    assert told | {"name"} == set(listed)


def test_the_lines_of_a_file_of_mixes(tmp_path: Path) -> None:
    (lines,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "mixes.jsonl").write_text(lines)
    entries = read_entries(tmp_path / "mixes.jsonl")
    assert [entry.mix for entry in entries] == ["5:3 5:5", "430:256:1"]


def test_the_first_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = next(line for line in PAGE.split("\n") if line.startswith("stabkit sweep s:3"))
    words = shlex.split(line.removesuffix(" --into out"))[1:]
    assert main([*words, "--into", str(tmp_path / "out"), "--workers", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["row_count"] == 1900
