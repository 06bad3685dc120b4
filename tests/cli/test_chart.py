"""``stabkit chart``: text, JSON, CSV, figure, and what it refuses."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]


def test_text(stabkit: Program) -> None:
    status, out, err = stabkit("chart", "2", "3", "--rows", "9")
    assert (status, err) == (0, "")
    assert out.startswith("number of unstable modes, decode lengths 2 and 3\n")
    assert "1 with a mode at -1 (θ = π)" in " ".join(out.split())


def test_csv_and_figure_are_written(stabkit: Program, tmp_path: Path) -> None:
    table, figure, text, same = (tmp_path / name for name in ("c.csv", "c.svg", "c.txt", "d.csv"))
    outputs = ("--csv", f"{table}", "--figure", f"{figure}", "--output", f"{text}")
    status, out, err = stabkit("chart", "2", "3", "--rows", "9", *outputs)
    assert (status, out) == (0, "")
    assert err.count("\n") == 1
    assert "'--csv' is deprecated, and goes in 0.4.0: '--output FILE.csv' does the same." in err
    assert stabkit("chart", "2", "3", "--rows", "9", "--output", f"{same}")[1:] == ("", "")
    assert same.read_bytes() == table.read_bytes()
    with table.open() as file:
        records = {row["record"] for row in csv.DictReader(file)}
    assert records == {"boundary", "interval", "region"}
    assert "svg" in figure.read_text()
    assert "decode lengths 2 and 3" in text.read_text()


def test_json_of_two_numbers(stabkit: Program) -> None:
    record = json.loads(
        stabkit(
            *("chart", "3", "5", "--vary", "share,gain", "--input", "5,7/2", "--rows", "5"),
            *("--range", "p=1/10:9/10", "--range", "gain=1/2:1", "--json"),
        ).out
    )
    assert [axis["name"] for axis in record["axes"]] == ["share", "gain"]
    assert record["fixed"] == [{"name": "common", "values": ["5", "7/2"]}]
    assert [(a["low"], a["high"]) for a in record["axes"]] == [("1/10", "9/10"), ("1/2", "1")]
    assert (record["rows"][0]["value"], record["rows"][-1]["value"]) == ("1/2", "1")


def test_json_along_the_input(stabkit: Program) -> None:
    common = ("chart", "3", "5", "--rows", "3", "--json")
    record = json.loads(stabkit(*common, "--vary", "s,kappa", "--share", "1/3").out)
    assert record["fixed"] == [{"name": "share", "values": ["1/3"]}]
    damped = json.loads(stabkit(*common, "--gain", "0.5").out)
    assert damped["fixed"] == [{"name": "gain", "values": ["1/2"]}]


def test_simplex(stabkit: Program) -> None:
    status, out, _ = stabkit("chart", "2", "3", "4", "--input", "1", "--rows", "9")
    assert status == 0
    assert "share p1 of length 2: 0 to 1" in out
    rows = [line.split() for line in out.splitlines() if line[:1].isdigit()]
    assert {row[0] for row in rows} == {"0", "1", "2", "3"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("3", "'L1 L2 [L3]' must be two or three different integers from 1 to 500"),
        ("3 5 7 9", "'L1 L2 [L3]' must be two or three"),
        ("3 x", "'L1 L2 [L3]' must be two or three"),
        ("3 5 --vary s", "'--vary' must be two of 'common', 'share' and 'gain', not 's'"),
        (
            "3 5 --vary p,kappa",
            "'--input' must be an input length where share and gain vary, not left out",
        ),
        ("3 5 --input 4", "'--input' must be left out where it varies, not '4'"),
        ("3 5 7 --share 1/2 --input 5", "'--share' must be left out where it varies, not '1/2'"),
        ("3 5 --vary s,kappa --share 2", "'--share' must be between 0 and 1, both excluded, not 2"),
        ("3 5 --range kappa=0:1", "'--range' must hold 'common' or 'share' here, not 'gain'"),
        ("3 5 --gain 2", "'--gain' must be positive and at most 1, not 2"),
        ("3 5 7 --input 1,2", "'--input' must be one number or one for each of 3 classes, not 2"),
        ("3 5 --range p", "'--range' must be NUMBER=LOW:HIGH, once for each number, not 'p'"),
        ("3 5 --range p=0:1 --range p=0:1", "'--range' must be NUMBER=LOW:HIGH, once"),
        ("3 5 --range p=1:0", "'--range' of 'share' must be 0 <= low < high <= 1, not 1 and 0"),
        ("3 5 --range p=a:1", "'--range' of 'share' must be a finite rational number, not 'a'"),
        ("3 5 --rows 1", "'--rows' must be an integer from 2 to 1001, not 1"),
        ("3 5 --rows x", "--rows"),
        ("3 5 --figure chart.gif", "'--figure' must end in .png, .svg or .pdf"),
        ("3 5 --csv /no/such/place.csv", "its directory does not exist"),
        ("3 5 --csv a --output a", "'--csv' must differ from '--output', not 'a'"),
        ("3 5 --csv a.svg --figure a.svg", "'--csv' must differ from '--figure'"),
    ],
)
def test_bad_usage(stabkit: Program, arguments: str, message: str) -> None:
    status, out, err = stabkit("chart", *arguments.split())
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("stabkit: error: ") == 1
