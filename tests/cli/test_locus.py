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
        "locus", "5:3", "5:5", "--along", "s", "--from", "0", "--to", "20", "--points", "3"
    )
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[0].split() == ["s", "largest", "|λ|", "unstable", "modes"]
    assert [line.split()[0] for line in lines[1:4]] == ["0", "10", "20"]
    assert [line.split()[-1] for line in lines[1:4]] == ["4", "0", "0"]
    # F = 6, 7, ... at s = 10: the radius from numpy.roots
    expected = np.abs(np.roots([11, 12, 13, 7, 7.5])).max()
    assert float(lines[2].split()[1]) == pytest.approx(expected, abs=1e-9)
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
    assert record["schema"] == "stabkit.locus/2"
    assert (record["along"], record["length"]) == ("s", 3)
    assert record["values"] == ["1/3", "2/3", "1"]
    assert record["unstable_counts"] == [2, 2, 0]
    assert [len(row) for row in record["roots_at_values"]] == [2, 2, 2]
    assert record["spectral_radii"][-1] == 1
    (change,) = record["changes"]
    assert change["high"] == "1"
    assert Fraction(change["low"]) < 1


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
        (["5:3", "--along", "t"], "'--along' must be 's', 'p' or 'kappa', not 't'"),
        (["5:3", "--along", "p"], "'MIX' must have two classes or more along 'p'"),
        (
            ["5:3", "--from", "9", "--to", "4"],
            "'--from' must be less than 4, where the values end, not 9",
        ),
        (["5:3", "--to", "1e"], "'--to' must be a finite rational number"),
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
