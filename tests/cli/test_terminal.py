"""What reaches a terminal, whatever the names are, and what is never written over."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli import terminal
from stabkit.errors import OutputError, printable, printable_lines
from stabkit.publish.files import check_target
from stabkit.publish.layout import heading, laid_out

pytestmark = pytest.mark.slow

Program = Callable[..., Any]

NAME = "m\x1b[31m\x1b]0;t\x07\x9b2J\r\n\u202e\u2028\x7f\udcff"
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028\ud800-\udfff]")
COMMANDS = [
    ["analyze", "--no-crosscheck"],
    ["roots"],
    ["synchrony"],
    ["threshold"],
    ["margins"],
    ["locus", "--points", "2"],
    ["nyquist"],
    ["simulate", "--steps", "2"],
    ["cycle", "--max-period", "9"],
    ["policy", "--policy", "greedy"],
    ["policy", "--recommend"],
    ["policy", "--recommend", "--share-with", "9:2"],
    ["pool", "--steps", "9"],
    ["sizing"],
    ["derive", "--bibtex"],
]


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mix whose file's name is hostile; reports call the mix by it.

    Its memory holds more than what is run request by request, which would take long.
    """
    monkeypatch.chdir(tmp_path)
    mix = '{"capacity": 1e9, "class": [{"input_length": 5, "decode_length": 3}]}'
    Path(f"{NAME}.json").write_text(mix)
    return f"{NAME}.json"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
def test_a_name_reaches_the_terminal_in_printable_characters(
    stabkit: Program, named: str, command: list[str], flags: list[str]
) -> None:
    if flags and command[0] == "derive":
        pytest.skip("has no JSON")
    status, out, err = stabkit(command[0], named, *command[1:], *flags)
    assert (status, err) == (0, "")
    assert not RAW.search(out)
    assert "\nm?[31m\n" not in out


@pytest.mark.parametrize("command", ["locus", "cycle", "policy", "analyze", "simulate"])
def test_a_name_does_not_spoil_a_figure(stabkit: Program, named: str, command: str) -> None:
    arguments = ["--steps", "9"] if command == "simulate" else []
    status, _, err = stabkit(command, named, "--figure", "f.svg", *arguments)
    assert (status, err) == (0, "")


def test_a_report_keeps_its_colours_and_drops_those_of_a_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "wants_colour", lambda: True)
    with laid_out(80) as styles:
        terminal.emit(f"{heading('Why')}\n{NAME}\n", styles)
    head, _, text = capsys.readouterr().out.partition("\n")
    assert head == "\x1b[1mWhy\x1b[0m"
    assert text.startswith("m?[31m?]0;t?")
    assert not RAW.search(text)


def test_printable_lines_keep_their_breaks_alone() -> None:
    assert printable("a\nb") == "a?b"
    assert printable_lines("a\tb\r\nλ \ud800") == "a?b?\nλ ?"


@pytest.fixture
def mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A mix beside links to it; it must be as it was in the end."""
    monkeypatch.chdir(tmp_path)
    text = "capacity = 100\n[[class]]\ninput_length = 5\ndecode_length = 3\n"
    Path("mix.toml").write_text(text)
    Path("link.svg").symlink_to("mix.toml")
    Path("hard.svg").hardlink_to("mix.toml")
    Path("loop").symlink_to("loop")
    Path("folder").mkdir()
    yield "mix.toml"
    assert Path("mix.toml").read_text() == text
    assert Path("loop").is_symlink()


@pytest.mark.parametrize("target", ["mix.toml", "./mix.toml", "link.svg", "hard.svg"])
@pytest.mark.parametrize("command", ["analyze", "threshold", "margins", "simulate", "sizing"])
def test_what_is_read_is_not_written(stabkit: Program, mix: str, command: str, target: str) -> None:
    status, out, err = stabkit(command, mix, "--output", target)
    assert (status, out) == (2, "")
    assert "'--output' must not be a file that is read" in err


def test_a_figure_does_not_replace_a_mix_that_is_shared_with(stabkit: Program, mix: str) -> None:
    arguments = ("--recommend", "--share-with", mix, "--figure", "link.svg")
    status, _, err = stabkit("policy", "9:2", *arguments)
    assert status == 2
    assert "'--figure' must not be a file that is read" in err


@pytest.mark.parametrize("target", ["new/", "folder/", "folder", "folder/.", "loop", ".", "a/b"])
def test_a_target_that_is_no_file(stabkit: Program, mix: str, target: str) -> None:
    for option in ("--output", "--figure"):
        status, out, err = stabkit("analyze", mix, option, target)
        assert (status, out, err.count("\n")) == (2, "", 1)
    with pytest.raises(OutputError):
        check_target(target)
    assert not Path("new").exists()


def test_pooling_with_nothing_is_refused(stabkit: Program) -> None:
    status, _, err = stabkit("policy", "9:2", "--recommend", "--share-with", " ")
    assert status == 2
    assert "'--share-with' must be the classes of a replica" in err


@pytest.mark.parametrize("value", ["1e900", "1e-900", "0", "-1", "1e13"])
def test_a_step_has_a_duration(stabkit: Program, value: str) -> None:
    status, out, err = stabkit("sizing", "10:5", "--capacity", "650", "--step-seconds", value)
    assert (status, out) == (2, "")
    assert "'--step-seconds' must be from 10^-12 to 10^12 seconds" in err


def test_cycles_of_long_requests_are_refused_at_once(stabkit: Program) -> None:
    for length in ("10001", "100000", "1000000000"):
        status, out, err = stabkit("cycle", f"5:{length}")
        assert (status, out) == (2, "")
        assert f"must have decode lengths up to 10000 for limit cycles, not {length}" in err


def test_roots_to_more_digits_than_python_writes_of_an_integer(stabkit: Program) -> None:
    """F = (s + 1) l + s + 2 for two steps: the root is -(s + 2) / (s + 1), here -7/6."""
    status, out, _ = stabkit("roots", "5:2", "--digits", "6000")
    assert status == 0
    assert "1.1" + "6" * 5990 in out
    assert stabkit("roots", "5:2", "--digits", "6000", "--json").status == 0
    assert (
        "'--digits' must be an integer from 1 to 100000"
        in stabkit("roots", "5:2", "--digits", "100001").err
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_error_that_cannot_be_told_keeps_its_status() -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "stabkit", "analyze", "bad:x"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, check=False)
    assert (done.returncode, done.stdout) == (2, b"")


def test_a_warning_never_goes_to_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    terminal.warn("nobody hears this", UserWarning, "", 0)
    assert capsys.readouterr().out == ""


def test_a_stream_that_breaks_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = StringIO()
    broken.close()
    monkeypatch.setattr(sys, "stderr", broken)
    terminal.warn("nobody hears this", UserWarning, "", 0)
    assert sys.stderr is None


def test_an_interrupt_while_loading_is_quiet() -> None:
    """The program has loaded when its pipe says so; it is interrupted in the middle of that."""
    code = (
        "import sys, stabkit.cli as cli; print('go', flush=True); "
        "sys.exit(cli.main(['analyze', '5:3', '5:5']))"
    )
    for delay in (0.0, 0.01, 0.05, 0.1, 0.3):
        run = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert run.stdout is not None
        assert run.stdout.readline() == "go\n"
        time.sleep(delay)
        os.kill(run.pid, signal.SIGINT)
        _, err = run.communicate()
        assert "Traceback" not in err
        assert run.returncode in (0, 130)
