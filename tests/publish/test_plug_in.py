"""A figure for a command, and a command, are one new file each: nothing lists them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FIGURE = '''
"""How much less to admit at the start, on a line."""

from stabkit.publish.figures.style import drawn
from stabkit.spectrum.starts.soft_start import SoftStart


@drawn(SoftStart, 4.0)
def soft_start_figure(figure, found):
    """Draw what is left of the steady rate."""
    axes = figure.subplots()
    axes.axvspan(0, 1 - float(found.delta.low))
    axes.set_xlabel("admissions / a*")
'''

COMMAND = '''
"""``stabkit growth``: how fast the mix grows."""

from stabkit.cli.mix import Mix, read_mix
from stabkit.cli.present import Found, presented


@presented("nyquist")
def growth(mix: Mix = None) -> Found:
    """Count the modes that grow.

    Example: stabkit growth 5:3 5:5
    """
    from stabkit import nyquist

    return Found(nyquist(read_mix(mix, None)))
'''


def program(room: str, folder: Path, *arguments: str) -> str:
    """Return what a fresh process prints, with a folder added to a room of the package."""
    code = (
        f"import sys, {room} as room; room.__path__.append({str(folder)!r}); "
        "from stabkit.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_figure_is_one_new_file(tmp_path: Path) -> None:
    room, picture = "stabkit.publish.figures", tmp_path / "start.png"
    assert "--figure" not in program(room, tmp_path, "soft-start", "--help")
    (tmp_path / "soft_start.py").write_text(FIGURE)
    assert "--figure" in program(room, tmp_path, "soft-start", "--help")
    printed = program(room, tmp_path, "soft-start", "5:2", "5:3", "--figure", str(picture))
    assert "greedy from empty" in printed
    assert picture.read_bytes().startswith(b"\x89PNG")
    also = tmp_path / "start.svg"
    assert program(room, tmp_path, "soft-start", "5:2", "5:3", "--output", str(also)) == ""
    assert ">5:2:1/2 5:3:1/2</text>" in also.read_text()


def test_a_command_is_one_new_file(tmp_path: Path) -> None:
    room, picture = "stabkit.cli.commands", tmp_path / "curve.pdf"
    assert "growth" not in program(room, tmp_path, "--help")
    (tmp_path / "growth.py").write_text(COMMAND)
    assert re.search(r"growth +Count the modes that grow\.", program(room, tmp_path, "--help"))
    described = program(room, tmp_path, "growth", "--help")
    assert all(option in described for option in ("--json", "--output FILE", "--figure FILE"))
    printed = program(room, tmp_path, "growth", "5:3", "5:5", "--figure", str(picture))
    assert printed.split("\n\n")[1].startswith("The curve G(e^iθ) encircles 0 twice")
    assert picture.read_bytes().startswith(b"%PDF")
    record = json.loads(program(room, tmp_path, "growth", "5:3", "5:5", "--json"))
    assert record["encirclements"] == 2
