"""The program as a whole: help, version, start-up, and the commands' outputs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import stabkit as package
from stabkit.analysis.verdict import analyze as module
from stabkit.analysis.verdict.analysis import Analysis
from stabkit.cli.terminal import counting, progressing
from stabkit.model.examples import examples
from stabkit.sweeps.sweep_run import SweepProgress

Program = Callable[..., Any]

TRACE = "ContextTokens,GeneratedTokens\n" + "3,4\n9,4\n5,7\n0,0\n5,7\n8,3\n" * 9


def run_process(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        "analyze",
        "roots",
        "synchrony",
        "threshold",
        "chart",
        "margins",
        "atlas",
        "locus",
        "nyquist",
        "simulate",
        "examples",
    ],
)
def test_every_command_has_help_with_an_example(stabkit: Program, command: str) -> None:
    status, out, err = stabkit(command, "--help")
    assert (status, err) == (0, "")
    assert f"  stabkit {command}" in out
    assert "--json" in out
    assert "--output" in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_list_of_commands_is_not_cut_at_80_columns(
    stabkit: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = stabkit("--help").out.partition("Commands:")[2]
    assert listed.count("\n") > 20
    assert "..." not in listed


def test_roots_of_requests_of_one_step(stabkit: Program) -> None:
    assert stabkit("roots", "5:1").out == "5:1:1\n\nNo roots: every request takes one step.\n"


def test_alone_it_prints_help(stabkit: Program) -> None:
    assert stabkit() == stabkit("--help")
    assert "analyze" in stabkit().out


def test_version(stabkit: Program) -> None:
    assert stabkit("--version") == (0, f"stabkit {package.__version__}\n", "")


def test_module_and_entry_point_are_one_program() -> None:
    entry = "import sys; from stabkit.cli import main; sys.exit(main())"
    for form in (["-m", "stabkit"], ["-c", entry]):
        assert run_process(*form, "--version").stdout == f"stabkit {package.__version__}\n"
        assert run_process(*form, "nonsense").returncode == 2


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from stabkit.cli import main; main(['--help']); "
        "heavy = {'sympy', 'numpy', 'matplotlib', 'flint', 'networkx'}; "
        "heavy |= {'stabkit.publish.rendering', 'stabkit.model.workload'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert run_process("-c", code).stdout.endswith("\n[]\n")


@pytest.mark.parametrize(
    ("mix", "verdict", "flagged"),
    [
        (["10:3", "10:5"], "stable", 0),
        (["5:3", "5:5"], "unstable", 3),
        (["1:2", "1:3"], "marginal", 3),
        (["7:1"], "stable", 0),
    ],
)
def test_verdicts_and_exit_statuses(
    stabkit: Program, mix: list[str], verdict: str, flagged: int
) -> None:
    plain = stabkit("analyze", *mix, "--json")
    assert (plain.status, plain.err) == (0, "")
    assert json.loads(plain.out)["verdict"] == verdict
    assert stabkit("analyze", *mix, "--fail-if-unstable", "--no-crosscheck").status == flagged


def test_undecided_is_status_4(stabkit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    real = module.analyze
    monkeypatch.setattr(
        module, "analyze", lambda *a, **k: replace(real(*a, **k), verdict="undecided")
    )
    for flags in ([], ["--fail-if-unstable"]):
        assert stabkit("analyze", "5:3", "--no-crosscheck", *flags).status == 4


def test_json_is_the_analysis(stabkit: Program) -> None:
    out = stabkit("analyze", "5:3", "5:5", "--capacity", "1000", "--json").out
    record = json.loads(out)
    assert out.isascii()
    assert record["schema"] == "stabkit.analysis/1"
    assert record["workload"]["capacity"] == "1000"
    assert record["simulation"]["agrees"] is True
    assert Analysis.from_dict(record).to_dict() == record


def test_bootstrap_of_a_trace_and_of_its_summary(stabkit: Program, tmp_path: Path) -> None:
    trace, summary = tmp_path / "trace.csv", tmp_path / "summary.csv"
    trace.write_text(TRACE)
    summary.write_text("decode_length,count,input_length_sum\n3,9,72\n4,18,108\n7,18,90\n")
    found = {}
    for path, resampled in ((trace, "requests"), (summary, "decode lengths")):
        arguments = ("analyze", str(path), "--bootstrap", "20", "--no-crosscheck")
        record = json.loads(stabkit(*arguments, "--json").out)
        assert Analysis.from_dict(record).to_dict() == record
        assert record["workload"]["class_count"] == 3
        assert (record["bootstrap"]["seed"], record["bootstrap"]["request_count"]) == (0, 45)
        assert record["bootstrap"]["resampled"] == resampled
        text = stabkit(*arguments, "--seed", "7").out
        assert "Sampling error by bootstrap" in text
        assert "20 times (seed 7): 45 requests drawn anew" in " ".join(text.split())
        found[resampled] = record
    for key in ("workload", "bootstrap"):
        for record in found.values():
            del record[key]
    assert found["requests"] == found["decode lengths"]


def test_bootstrap_does_not_change_the_rest(stabkit: Program, tmp_path: Path) -> None:
    (tmp_path / "trace.csv").write_text(TRACE)
    arguments = ("analyze", f"{tmp_path}/trace.csv", "--no-crosscheck", "--json")
    plain = json.loads(stabkit(*arguments).out)
    assert plain["bootstrap"] is None
    record = json.loads(stabkit(*arguments, "--bootstrap", "3").out)
    assert record | {"bootstrap": None} == plain
    assert record == json.loads(stabkit(*arguments, "--bootstrap", "3", "--seed", "0").out)
    assert record != json.loads(stabkit(*arguments, "--bootstrap", "3", "--seed", "1").out)


def test_long_work_shows_a_bar_on_a_terminal_and_nothing_in_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting("counting sheep", 3) as numbered:
        assert list(numbered(str, range(3))) == ["0", "1", "2"]
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with counting("counting sheep", 3) as numbered:
        assert list(numbered(str, range(3))) == ["0", "1", "2"]
    out, err = capsys.readouterr()
    assert out == ""
    assert "counting sheep" in err
    assert "100%" in err


def test_a_terminal_shows_how_far_a_sweep_is_and_how_fast(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progressing("sweeping") as silent:
        assert silent is None
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progressing("sweeping") as show:
        assert show is not None
        show(SweepProgress(2_000_000, 1_234_567, 25_000.4, 3_725.2))
    err = capsys.readouterr().err
    assert "1,234,567 of 2,000,000, 25,000 a second, about 1:02:05 left" in err


def test_without_crosscheck_there_is_no_simulation(stabkit: Program) -> None:
    out = stabkit("analyze", "5:3", "--no-crosscheck", "--json").out
    assert json.loads(out)["simulation"] is None


def test_results_go_to_files_and_not_to_the_terminal(stabkit: Program, tmp_path: Path) -> None:
    for name, flags in (("a.json", ["--json"]), ("a.txt", [])):
        path = tmp_path / name
        outcome = stabkit("analyze", "5:3", "5:5", *flags, "--output", str(path))
        assert outcome == (0, "", "")
        assert path.read_text().split() == stabkit("analyze", "5:3", "5:5", *flags).out.split()
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.txt"]


@pytest.mark.parametrize(
    ("command", "suffix"), [("analyze", "png"), ("simulate", "svg"), ("simulate", "pdf")]
)
def test_figures(stabkit: Program, tmp_path: Path, command: str, suffix: str) -> None:
    path = tmp_path / f"figure.{suffix}"
    assert stabkit(command, "5:3", "5:5", "--figure", str(path)).status == 0
    assert path.stat().st_size > 1000


def test_a_failing_write_is_status_2_and_leaves_nothing(
    stabkit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "kept").write_text("before")
    monkeypatch.setattr(os, "replace", fail)
    status, out, err = stabkit("simulate", "5:3", "--output", str(tmp_path / "kept"))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "No space left on device" in err
    assert os.listdir(tmp_path) == ["kept"]
    assert (tmp_path / "kept").read_text() == "before"


def test_targets_are_checked_before_the_work(
    stabkit: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        pytest.fail("the work began")

    monkeypatch.setattr("stabkit.analysis.verdict.analyze.analyze", never)
    monkeypatch.setattr("stabkit.dynamics.simulator.simulate", never)
    for command in ("analyze", "simulate"):
        assert stabkit(command, "5:3", "--output", "missing/x").status == 2
        assert stabkit(command, "5:3", "--figure", "x.bmp").status == 2


def test_simulate_from_a_state_matches_the_worked_example(stabkit: Program, tmp_path: Path) -> None:
    # docs/model.md, Model: s = 2, l = 2, B = 140 from [21, 19]; the first admissions are the first
    # entries [18,21] [22,18] of the states listed there.
    state = tmp_path / "state.json"
    state.write_text("[[21, 19]]")
    out = stabkit(
        "simulate", "2:2", "--capacity", "140", "--arithmetic", "integer", "--steps", "3",
        "--state", str(state),
    ).out  # fmt: skip
    assert [row.split(",")[1] for row in out.splitlines()[2:]] == ["18", "22", "17"]


def test_examples_lists_every_packaged_workload(stabkit: Program) -> None:
    names = [example.name for example in examples()]
    record = json.loads(stabkit("examples", "--json").out)
    assert record["schema"] == "stabkit.examples/2"
    assert [entry["name"] for entry in record["examples"]] == names
    text = stabkit("examples").out
    assert all(f"{name}  " in text for name in names)


def test_warnings_are_one_line(stabkit: Program, tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("ContextTokens,GeneratedTokens\n10,3\n10,0\n10,5\n")
    status, _, err = stabkit("simulate", str(trace), "--steps", "1", "--capacity", "500")
    assert (status, err.count("\n")) == (0, 1)
    assert err.startswith("stabkit: warning: ")


def test_readme_shows_what_the_program_prints(
    stabkit: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "96")
    readme = Path(__file__).parents[2] / "README.md"
    shown = (
        readme.read_text(encoding="utf-8").split("```console\n$ stabkit ")[1].split("...\n```")[0]
    )
    command, _, report = shown.partition("\n")
    assert stabkit(*command.split()).out.startswith(report)


def test_readme_has_the_figures_of_the_real_runs() -> None:
    """docs/real_runs.md is made of the runs; a row there has all numbers of the row here."""
    top = Path(__file__).parents[2]
    readme, page = (
        (top / name).read_text(encoding="utf-8") for name in ("README.md", "docs/real_runs.md")
    )
    for run, lengths, preempted, swing, period in (
        ("7B", "250:520", "781", "30", "1.05"),
        ("13B", "250:390", "942", "28", "1.01"),
    ):
        assert f"{run}, {lengths} | {preempted} | {preempted} | ± {swing} % | {period}" in readme
        assert re.search(rf"^\| {run}, {lengths}, .* \| {preempted} \| {preempted} \|", page, re.M)
        assert re.search(
            rf"^\| {run}, {lengths}, .* \| {period} l \| [.\d]+ \| {swing}% ", page, re.M
        )
    rows = re.findall(r"^\| (\d+)% \| ([\d,]+) \| ([\d,]+) \| ([\d,]+ to [\d,]+) \|", page, re.M)
    assert len(rows) == 5
    shares, reported, replayed = zip(*((s, r, f"{m} ({x})") for s, r, m, x in rows), strict=True)
    for row in (reported, replayed):
        assert f"| {' | '.join(row)} |" in readme
    assert f"| watermark | {' | '.join(f'{s} %' for s in shares)} |" in readme
