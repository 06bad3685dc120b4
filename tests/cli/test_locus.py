"""``stabkit locus``: values, exact counts, brackets, the figure."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Program = Callable[..., Any]


def test_text_has_a_row_for_every_value_and_the_brackets(stabkit: Program) -> None:
    status, out, err = stabkit(
        "locus", "5:3", "5:5", "--along", "common", "--from", "0", "--to", "20", "--points", "3"
    )
    name, _, *lines = out.splitlines()
    assert (name, status, err) == ("5:3:1/2 5:5:1/2", 0, "")
    assert lines[0] == "along  s, one common input length, in place of the mix's own inputs"
    assert lines[2].split() == ["s", "largest", "|λ|", "unstable", "modes"]
    assert [line.split()[0] for line in lines[3:6]] == ["0", "10", "20"]
    assert [line.split()[-1] for line in lines[3:6]] == ["4", "0", "0"]
    # F = 6, 7, ... at s = 10: the radius from numpy.roots
    expected = np.abs(np.roots([11, 12, 13, 7, 7.5])).max()
    assert float(lines[4].split()[1]) == pytest.approx(expected, abs=1e-9)
    assert "changes twice" in out
    before, after, low, high, _ = lines[-1].split()
    assert (before, after) == ("2", "0")
    # docs/model.md, R8: the crossing is the root of x^3 - 9 x^2 - 9 x + 9 near 9.8229483
    below, above = (x**3 - 9 * x**2 - 9 * x + 9 for x in map(Fraction, (low, high)))
    assert below < 0 < above
    assert abs(Fraction(low) - Fraction("9.8229483")) < Fraction(1, 10**6)


def test_json_is_exact_where_the_mathematics_is(stabkit: Program) -> None:
    arguments = ("locus", "1:2", "1:3", "--from", "1/3", "--to", "1", "--points", "3", "--json")
    record = json.loads(stabkit(*arguments).out)
    assert record["schema"] == "stabkit.locus/3"
    assert (record["along"], record["length"]) == ("common", 3)
    assert record["values"] == ["1/3", "2/3", "1"]
    assert record["unstable_counts"] == [2, 2, 0]
    assert [len(row) for row in record["roots_at_values"]] == [2, 2, 2]
    assert record["spectral_radii"][-1] == 1
    (change,) = record["changes"]
    assert change["high"] == "1"
    assert Fraction(change["low"]) < 1


@pytest.mark.parametrize(
    ("classes", "along"),
    [
        ("5:3 9:5", "common"),
        ("5:3 9:5", "shift"),
        ("5:3 9:5", "scale"),
        ("5:3 9:5", "1,0"),
        ("0:3 8:4:2 3:7", "common"),
        ("0:3 8:4:2 3:7", "shift"),
        ("2:7 30:9", "scale"),
    ],
)
def test_locus_and_threshold_are_of_one_line(stabkit: Program, classes: str, along: str) -> None:
    """Two engines along one line: the D-partition's s*, and the locus' last change of its count."""
    line = (*classes.split(), "--along", along, "--json")
    found = json.loads(stabkit("threshold", *line).out)
    star = Fraction(found["threshold_value"])
    ends = ("--from", f"{star / 2 if star > 0 else star * 2}", "--to", f"{star + 30}")
    last = json.loads(stabkit("locus", *line, *ends, "--points", "9").out)["changes"][-1]
    assert last["after"] == 0
    assert Fraction(last["low"]) <= star + Fraction(1, 10**12)
    assert star <= Fraction(last["high"]) + Fraction(1, 10**12)
    assert Fraction(last["high"]) - Fraction(last["low"]) < star * Fraction(1, 10**4)


def test_the_older_names_mean_what_they_did(stabkit: Program) -> None:
    """The mean input of 2:3 and 6:5 is 4, so that a mean of 8 is the factor 2 of both."""

    def radius(*words: str) -> float:
        line = ("locus", "2:3", "6:5", "--points", "2", "--json", "--along", *words)
        found: float = json.loads(stabkit(*line).out)["spectral_radii"][0]
        return found

    assert radius("s", "--from", "8", "--to", "9") == radius("scale", "--from", "2", "--to", "3")
    assert radius("p", "--from", "1/3") == radius("share", "--from", "1/3")
    assert radius("kappa", "--from", "1/3") == radius("gain", "--from", "1/3")


def test_a_mix_without_modes(stabkit: Program) -> None:
    out = stabkit("locus", "3:1", "--points", "2").out
    assert out.count("no mode") == 2
    assert "is the same at all these values" in out


def test_figure(stabkit: Program, tmp_path: Path) -> None:
    figure = tmp_path / "locus.svg"
    status, _, err = stabkit(
        "locus", "10:5", "--along", "kappa", "--points", "5", "--figure", f"{figure}"
    )
    assert (status, err) == (0, "")
    assert "svg" in figure.read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["5:3", "--along", "t"],
            "'--along' must be 'common', 'shift', 'scale', 'share', 'gain'",
        ),
        (["5:3", "--along", "p"], "'MIX' must have two classes or more along 'share'"),
        (
            ["5:3", "--range", "9:4"],
            "the low end of '--range' must be less than 4, where the values end, not 9",
        ),
        (["5:3", "--range", ":1e"], "the high end of '--range' must be a finite rational number"),
        (["5:3", "--range", "4"], "'--range' must be LOW:HIGH, not '4'"),
        (["5:3", "--points", "1"], "'--points' must be an integer from 2 to 1001, not 1"),
        (["5:3", "--points", "x"], "--points"),
        (["5:2000"], "'MIX' must have decode lengths up to 1000 for a root locus, not 2000"),
        (["5:3", "--figure", "locus.gif"], "'--figure' must end in .png, .svg or .pdf"),
    ],
)
def test_bad_usage(stabkit: Program, arguments: list[str], message: str) -> None:
    status, out, err = stabkit("locus", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
