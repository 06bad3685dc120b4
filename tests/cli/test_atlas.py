"""``stabkit atlas``: a summary on the terminal, all of it in a file or as JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]
PACKAGED = Path(__file__).parents[2] / "stabkit" / "analysis" / "packaged" / "atlas.csv"


def test_terminal_gets_a_summary(stabkit: Program) -> None:
    status, out, err = stabkit("atlas")
    assert (status, err) == (0, "")
    assert out.startswith("1,101 pairs of coprime decode lengths up to 60 steps")
    assert out.count("\n") < 30
    assert "--output FILE.csv writes a table" in out


def test_a_pair_is_looked_up(stabkit: Program) -> None:
    """s* of (3, 5) is the root of x^3 - 9 x^2 - 9 x + 9 near 9.8229 (docs/model.md, R8)."""
    for pair in (("3", "5"), ("5", "3")):
        out = stabkit("atlas", *pair).out
        assert "decode lengths 3 and 5" in out
        assert "threshold s*   9.82294825562 tokens" in out
    record = json.loads(stabkit("atlas", "3", "5", "--json").out)
    assert [one["threshold_value"][:12] for one in record["pairs"]] == ["9.8229482556"]


def test_output_is_the_whole_table(stabkit: Program, tmp_path: Path) -> None:
    path = tmp_path / "atlas.csv"
    assert stabkit("atlas", "--output", f"{path}") == (0, "", "")
    assert path.read_bytes() == PACKAGED.read_bytes()


def test_json_goes_to_the_terminal_and_to_a_file(stabkit: Program, tmp_path: Path) -> None:
    out = stabkit("atlas", "--json").out
    record = json.loads(out)
    assert record["schema"] == "stabkit.atlas/3"
    assert len(record["pairs"]) == 1101
    path = tmp_path / "atlas.json"
    assert stabkit("atlas", "--json", "--output", f"{path}") == (0, "", "")
    assert path.read_text() == out


@pytest.mark.slow
def test_figure(stabkit: Program, tmp_path: Path) -> None:
    figure = tmp_path / "atlas.pdf"
    status, out, err = stabkit("atlas", "--figure", f"{figure}")
    assert (status, err) == (0, "")
    assert out
    assert figure.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["5:3"], "'[L1 L2]' must be two coprime decode lengths up to 60, such as 3 5, not '5:3'"),
        (["4", "6"], "'[L1 L2]' must be two coprime decode lengths"),
        (["--figure", "atlas.jpg"], "'--figure' must end in .png, .svg or .pdf"),
        (["--output", "missing/atlas.csv"], "its directory does not exist"),
    ],
)
def test_bad_usage(stabkit: Program, arguments: list[str], message: str) -> None:
    status, out, err = stabkit("atlas", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
