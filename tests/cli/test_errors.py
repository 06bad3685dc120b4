"""Whatever nonsense comes in: exit status 2 and exactly one printable line on standard error."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli.app import main
from stabkit.cli.mix import read_mix
from stabkit.cli.terminal import one_line

Program = Callable[..., Any]

NONSENSE = [
    ["no-such-command"],
    ["--no-such-option"],
    ["[red]"],
    ["analyze", "--no-such-option"],
    ["analyze", "--capacity"],
    ["analyze", "--capacity", "many", "5:3"],
    ["analyze", "--capacity", "-1", "5:3"],
    ["analyze", "--capacity", "1", "5:3"],
    ["analyze", "--capacity", "1e999", "5:3"],
    ["analyze", "--capacity", "9" * 100_000, "5:3"],
    ["analyze", "--capacity", "__import__('os')", "5:3"],
    ["analyze", ""],
    ["analyze", " "],
    ["analyze", ":"],
    ["analyze", "::"],
    ["analyze", "5"],
    ["analyze", "5:"],
    ["analyze", ":3"],
    ["analyze", "5:0"],
    ["analyze", "5:-3"],
    ["analyze", "-5:3"],
    ["analyze", "5:3:0"],
    ["analyze", "5:3:1:1"],
    ["analyze", "5:2.5"],
    ["analyze", "5:nan"],
    ["analyze", "inf:3"],
    ["analyze", "5:3:1/0"],
    ["analyze", "5:99999999999999999999"],
    ["analyze", "5:" + "9" * 10_000],
    ["analyze", "5:٣"],
    ["analyze", "5:3", "azure-conv-2023"],
    ["analyze", "azure-conv"],
    ["analyze", "azure-conv-2023", "azure-code-2023"],
    ["analyze", "missing.toml"],
    ["analyze", "missing/mix.toml"],
    ["analyze", "no\nsuch\nmix"],
    ["analyze", "no\x1b[2Jmix"],
    ["analyze", "[bold red]mix[/]"],
    ["analyze", "\udcff"],
    ["analyze", "nul\0l"],
    ["analyze", "x" * 100_000],
    ["analyze", "5:3", "--input-column", "a"],
    ["analyze", "5:3", "--output", "missing/analysis.txt"],
    ["analyze", "5:3", "--output", "."],
    ["analyze", "5:3", "--figure", "picture.gif"],
    ["analyze", "5:3", "--figure", "missing/picture.png"],
    ["analyze", "5:3", "--figure", "same.png", "--output", "same.png"],
    ["analyze", "5:3", "--bootstrap", "20"],
    ["analyze", "homogeneous", "--bootstrap", "20"],
    ["analyze", "--bootstrap", "0"],
    ["analyze", "--bootstrap", "100001"],
    ["analyze", "--bootstrap", "1.5"],
    ["analyze", "--bootstrap", "9" * 5000],
    ["analyze", "--bootstrap", "2", "--seed=-1"],
    ["analyze", "--bootstrap", "2", "--seed", "[red]"],
    ["analyze", "--seed", "1"],
    ["analyze", "5:3", "--state", "state.json"],
    ["analyze", "5:3", "--certify-start", "--state", "missing.json"],
    ["analyze", "5:10001", "--certify-start"],
    ["simulate", "5:3", "--steps"],
    ["simulate", "5:3", "--steps", "x"],
    ["simulate", "5:3", "--steps", "1.5"],
    ["simulate", "5:3", "--steps=-1"],
    ["simulate", "5:3", "--steps", "1e30"],
    ["simulate", "5:3", "--arithmetic", "decimal"],
    ["simulate", "5:3", "--arithmetic", "integer"],
    ["simulate", "5:3", "--policy", "[red]"],
    ["simulate", "5:3", "--state", "missing.json"],
    ["simulate", "5:3", "--state", "."],
    ["simulate", "5:1000000000"],
    ["examples", "one-too-many"],
    ["examples", "--json", "--output", ""],
]


@pytest.mark.parametrize("arguments", NONSENSE, ids=lambda a: ascii(" ".join(a))[:40])
def test_nonsense_gets_one_line_and_status_2(
    stabkit: Program, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, err = stabkit(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("stabkit: error: ")
    assert err.endswith("\n")
    line = err[:-1]
    assert line.isprintable()
    assert 20 < len(line) < 600
    assert os.listdir(tmp_path) == []


FILES = {
    "empty.toml": b"",
    "empty.json": b"",
    "empty.csv": b"",
    "empty.jsonl": b"",
    "binary.toml": bytes(range(256)),
    "binary.json": bytes(range(256)),
    "binary.csv": bytes(range(256)),
    "binary.jsonl": bytes(range(256)),
    "unknown.xyz": b"5:3",
    "none": b"5:3",
    "header.csv": b"ContextTokens,GeneratedTokens\n",
    "words.csv": b"ContextTokens,GeneratedTokens\nfive,three\n",
    "deep.json": b"[" * 100_000,
    "markup[red].toml": b"[[class]]\ninput = 5",
    "huge.json": b'{"class": [{"input_length": 1, "decode_length": 1e999999999}]}',
}


@pytest.mark.parametrize("name", FILES)
def test_bad_files_get_one_line_and_status_2(stabkit: Program, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    status, out, err = stabkit("analyze", str(tmp_path / name))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("stabkit: error: ")


STATES = {
    "no list": "{}",
    "flat": "[1, 2, 3]",
    "word": '[["many", 0, 0]]',
    "too short": "[[1, 2]]",
    "negative": "[[-1, 0, 0]]",
    "not finite": "[[NaN, 0, Infinity]]",
    "huge": "[[1e999999999, 0, 0]]",
    "long": f"[[{'9' * 5000}, 0, 0]]",
    "nested": "[[[1], 0, 0]]",
    "deep": "[" * 100_000,
    "truncated": "[[1, 2",
}


@pytest.mark.parametrize("kind", STATES)
def test_bad_states_get_one_line_and_status_2(stabkit: Program, kind: str, tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(STATES[kind])
    status, out, err = stabkit("simulate", "5:3", "--state", str(tmp_path / "state.json"))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("stabkit: error: ")


def test_a_directory_is_no_mix(stabkit: Program, tmp_path: Path) -> None:
    status, _, err = stabkit("analyze", str(tmp_path))
    assert status == 2
    assert "must be files, not the directory" in err


def test_a_misspelt_name_is_told_the_nearest(stabkit: Program) -> None:
    assert (
        "(nearest: azure-conv-2023), not 'azure-conv-2022'"
        in stabkit("analyze", "azure-conv-2022").err
    )


@pytest.mark.parametrize("name", ["5", "foo"])
def test_what_is_like_no_name_is_told_where_they_are(stabkit: Program, name: str) -> None:
    assert f"(see 'stabkit examples'), not '{name}'" in stabkit("analyze", name).err


@pytest.mark.parametrize("path", ["no.csv", "no/such:place", "./no/a:b.csv.gz", "C:\\x", "v1/a:b"])
def test_a_missing_file_is_no_class(stabkit: Program, path: str) -> None:
    for line in (["analyze", path], ["pool", path, "5:3"], ["sweep", path, "5:3", "--dry-run"]):
        refused = stabkit(*line)
        assert refused.status == 2
        assert f"not {path!r}: there is no such file." in refused.err


VALUES = {"--zip": "s,t", "--increasing": "s,t", "--compute": "radius", "--policy": "damped"}
VALUES["--log"] = "server.log"
MODES = [
    "roots 5:2 5:3 --symbolic",
    "threshold 5:2 5:3 --symbolic",
    "derive --symbolic one-class",
    "derive 5:2 5:3 --symbolic shape",
    "sweep s:3 t:5 --axis s=1,2 --axis t=1,2 --json --dry-run",
    "lessons",
    "lessons 1 --output -",
]


@pytest.mark.parametrize("line", MODES)
def test_an_option_has_an_effect_or_is_refused(
    stabkit: Program, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "server.log").write_text("GPU KV cache size: 1,000 tokens")
    words = line.split()
    plain = stabkit(*words)
    options = re.findall(r"^  (?:-\w, )?(--[\w-]+)( \S)?", stabkit(words[0], "-h").out, re.M)
    assert plain.status == 0
    assert len(options) > 3
    for option, value in options:
        if option not in ("--help", *words):
            found = stabkit(*words, option, *([VALUES.get(option, "1")] if value else []))
            assert found != plain, option
            assert found.status == 0 or f"'{option}'" in found.err


@pytest.mark.parametrize(
    ("line", "option"),
    [
        ("sizing 9:5 --capacity 99 --tensor-parallel 1", "'--tensor-parallel' must go with"),
        ("replay 20x30:40 --capacity 400 --input-column a", "'--input-column' must go with"),
        ("locus 5:3 5:5 --range 0:5 --from 3", "'--from' must go with a request log"),
        ("policy 5:3 --sweep gain --max-num-seqs 5", "'--max-num-seqs' must be given without"),
        ("roots 5:2 --symbolic --digits 20", "'--digits' must be given without '--symbolic'"),
    ],
)
def test_what_has_no_effect_is_refused_by_name(stabkit: Program, line: str, option: str) -> None:
    refused = stabkit(*line.split())
    assert refused[:2] == (2, "")
    assert option in refused.err


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("analyse 5:3", " See 'stabkit --help'.\n"),
        ("chart", "Missing argument 'L1 L2 [L3]'. See 'stabkit chart --help'.\n"),
        ("examples one more", "(one more). See 'stabkit examples --help'.\n"),
        ("analyze 5:3 --crosscheck", " See 'stabkit analyze --help'.\n"),
        ("sizing 9:5 --memory 5GiB --hf-config no.json", "such file or directory).\n"),
    ],
)
def test_what_is_not_read_is_told_what_is(stabkit: Program, line: str, end: str) -> None:
    refused = stabkit(*line.split())
    assert refused[:2] == (2, "")
    assert refused.err.endswith(end)
    assert "?." not in refused.err
    assert "mapping" not in refused.err


def test_a_target_is_refused_by_its_option(stabkit: Program) -> None:
    for option in ("--output", "--figure"):
        err = stabkit("analyze", "5:3", option, "missing/a.png").err
        assert f"'{option}' must be a file that can be written, not 'missing/a.png'" in err


def test_an_existing_file_wins_over_a_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    record = {"class": [{"input_length": 9, "decode_length": 4}]}
    Path("5:3.json").write_text(json.dumps(record))
    assert read_mix(["5:3.json"], None).longest_decode == 4


def test_numbers_are_read_exactly() -> None:
    mix = read_mix(["0.1:3:1/3", "1/7:5:0.2"], "1000.5")
    assert [str(c.input_length) for c in mix.classes] == ["1/10", "1/7"]
    assert [str(c.share) for c in mix.classes] == ["5/8", "3/8"]
    assert str(mix.capacity) == "2001/2"


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("stabkit.model.examples.examples", broken)
    with pytest.raises(ZeroDivisionError):
        main(["examples"])


def test_an_interrupt_is_status_130(stabkit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stabkit.model.examples.examples", interrupted)
    assert stabkit("examples").status == 130


def test_a_message_is_bounded_and_on_one_line() -> None:
    assert one_line("a\r\n b\tc\x00") == "a b c?"
    assert len(one_line("x" * 10_000)) == 500


def test_a_closed_pipe_is_quiet() -> None:
    command = f"{sys.executable} -m stabkit simulate 5:3 --steps 100000 | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("step,admitted")
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_standard_output_is_status_2() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "stabkit", "simulate", "5:3"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == (
        "stabkit: error: standard output must be writable (No space left on device).\n"
    )


def test_a_state_that_is_a_pipe_is_refused_at_once(stabkit: Program, tmp_path: Path) -> None:
    pipe = tmp_path / "state.json"
    os.mkfifo(pipe)
    status, out, err = stabkit("simulate", "5:3", "--capacity", "100", "--state", str(pipe))
    assert (status, out) == (2, "")
    assert "must be a regular file" in err


def test_one_column_cannot_be_both(stabkit: Program, tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("a,b\n3,4\n")
    columns = ("--input-column", "a", "--output-column", "a")
    status, out, err = stabkit("analyze", str(trace), *columns)
    assert (status, out) == (2, "")
    assert "must differ" in err


def run_in_shell(command: str) -> "subprocess.CompletedProcess[str]":
    program = f"{sys.executable} -m stabkit"
    return subprocess.run(
        ["bash", "-c", command.replace("stabkit", program)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )


def test_a_closed_output_is_one_line_and_exit_2() -> None:
    finished = run_in_shell("stabkit analyze 5:3 >&-")
    assert finished.returncode == 2
    assert finished.stderr == "stabkit: error: standard output must be open, not closed.\n"


def test_a_closed_error_stream_leaves_the_output_alone() -> None:
    finished = run_in_shell("stabkit analyze bad:x 2>&-")
    assert (finished.returncode, finished.stdout) == (2, "")


@pytest.mark.parametrize("arguments", ["--help", "--version", "examples"])
def test_a_full_disk_is_one_line_and_exit_2(arguments: str) -> None:
    finished = run_in_shell(f"stabkit {arguments} > /dev/full")
    assert finished.returncode == 2
    assert finished.stderr.startswith("stabkit: error: standard output must be writable")
    assert finished.stderr.count("\n") == 1


def test_an_unbuffered_output_is_written_whole_or_refused(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    finished = run_in_shell(
        f"ulimit -f 4; PYTHONUNBUFFERED=1 stabkit simulate 5:3 --steps 20000 > {target}"
    )
    assert finished.returncode != 0


def test_figures_do_not_depend_on_the_users_screen(tmp_path: Path) -> None:
    figure = tmp_path / "figure.png"
    finished = run_in_shell(f"MPLBACKEND=bogus stabkit analyze 5:3 --figure {figure}")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert figure.stat().st_size > 1000


@pytest.mark.parametrize(
    ("option", "value"), [("--digits", "0"), ("--digits", "2000"), ("--digits", "1.5")]
)
def test_values_are_refused_in_plain_words(stabkit: Program, option: str, value: str) -> None:
    """With the option and what was typed, whichever words the library behind the options has."""
    error = stabkit("threshold", "5:3", "5:5", option, value).err
    assert option in error
    assert value in error
    assert "Input should" not in error


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["schema", "dominant_modes"], "not 'dominant_modes'"),
        (["sweep", "5:3", "--axis", "gain=5..1", "--into", "x"], "axis 'gain' must rise"),
        (["analyze", "5:3:1e999%"], "..."),
    ],
)
def test_what_was_typed_is_not_translated(stabkit: Program, words: list[str], said: str) -> None:
    error = stabkit(*words).err
    assert said in error
    assert len(error) < 300
