"""``--size``, ``--dpi`` and ``--title`` beside ``--figure``, in every command that has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Program = Callable[..., Any]

COMMANDS = (
    *("analyze", "atlas", "chart", "cycle", "finite", "locus", "margins", "nyquist", "policy"),
    *("pool", "replay", "roots", "simulate", "sizing", "synchrony", "threshold"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_that_draw_have_a_frame(stabkit: Program, command: str) -> None:
    said = stabkit(command, "--help").out
    assert all(option in said for option in ("--figure", "--size", "--dpi", "--title"))


@pytest.mark.parametrize("command", ["derive", "soft-start", "examples"])
def test_others_have_none(stabkit: Program, command: str) -> None:
    assert "--size" not in stabkit(command, "--help").out


def test_the_options_frame_the_file(stabkit: Program, tmp_path: Path) -> None:
    picture, drawing = tmp_path / "f.png", tmp_path / "f.svg"
    frame = ("--size", "4x3", "--dpi", "40", "--title", "Mine")
    assert stabkit("threshold", "5:3", "5:5", "--figure", str(picture), *frame).status == 0
    with Image.open(picture) as image:
        assert image.size == (160, 120)
    assert stabkit("threshold", "5:3", "5:5", "--output", str(drawing), *frame).status == 0
    assert ">Mine</text>" in drawing.read_text()
    assert ">5:3:1/2 5:5:1/2</text>" not in drawing.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--size", "4x3"], "'--size' must go with '--figure FILE' or '--output FILE.png', not"),
        (["--title", ""], "'--title' must go with '--figure FILE' or '--output FILE.png', not"),
        (["--dpi", "99", "--output", "a.txt"], "'--dpi' must go with '--figure FILE' or '--outp"),
        (["--figure", "f.png", "--size", "4"], "'--size' must be width x height in inches"),
        (["--figure", "f.png", "--dpi", "7"], "'--dpi' must be an integer from 20 to 2400, not 7"),
        (["--figure", "f.png", "--size", "50x50"], "'--dpi' must be at most 200"),
    ],
)
def test_a_frame_is_refused_before_the_work(
    stabkit: Program, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.setattr("stabkit.spectrum.partition.threshold.threshold", never)
    status, out, err = stabkit("threshold", "5:3", "5:5", *arguments)
    assert (status, out) == (2, "")
    assert message in err
