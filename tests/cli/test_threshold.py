"""``stabkit threshold`` as a person runs it."""

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

Program = Callable[..., Any]  # see conftest


def test_text(stabkit: Program) -> None:
    found = stabkit("threshold", "5:3", "5:5")
    assert found.status == 0
    assert "threshold s*    9.82294825561954567" in found.out
    assert "stable          above 9.82295 tokens" in found.out
    table = found.out.split("\n\n")[2].splitlines()[1:]
    assert [line.split()[-2] for line in table] == ["0", "2", "4"]
    assert found.out.endswith("start (stabkit prove R7 R23).\n".replace("R7 ", "R7\n"))


def test_json(stabkit: Program) -> None:
    found = stabkit("threshold", "5:2", "5:5", "--json", "--digits", "40")
    record = json.loads(found.out)
    assert record["schema"] == "stabkit.threshold/3"
    assert record["stable_intervals"] == [[record["threshold_value"], None]]
    # 18 - 9 x - 6 x^2 + x^3 by hand, see tests/spectrum/partition/test_threshold.py
    ascending = [int(a) for a in record["crossings"][-1]["minimal_polynomial"]]
    assert ascending == [18, -9, -6, 1]
    x = Fraction(record["threshold_value"])
    assert abs(sum(a * x**i for i, a in enumerate(ascending))) < Fraction(1, 10**35)
    assert [part["unstable"] for part in record["intervals"]] == [4, 2, 0]
    assert all(crossing["change"] == -2 for crossing in record["crossings"])


def test_digits_of_a_share(stabkit: Program) -> None:
    """Both ends to as many as are asked for, rounded inwards, of those of which JSON has more."""
    asked = ("threshold", "10:3", "10:5", "--along", "share", "--digits")
    line = stabkit(*asked, "12").out.splitlines()[3].split()
    shown = [Fraction(line[2]), Fraction(line[4])]
    ((low, high),) = json.loads(stabkit(*asked, "30", "--json").out)["stable_intervals"]
    unit = Fraction(1, 10**12)
    assert Fraction(low) <= shown[0] <= Fraction(low) + unit
    assert Fraction(high) - unit <= shown[1] <= Fraction(high)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("5:4", "5:6"), "infinite: the decode lengths have gcd 2"),
        (("5:2", "5:3"), "1 token exactly"),
        (("3:7", "8:9", "--along", "shift"), "threshold δ*"),
        (("0:7", "0:9", "--along", "scale"), "nowhere"),
        (("5:2", "5:3", "--along", "1,0"), "x, tokens per unit of slope: the inputs 5 + x, 5"),
        (("5:2", "0:3", "--along", "1,1/2"), "the inputs 5 + x, 0.5 x"),
        (("5:2", "5:4", "--along", "1,2"), "infinite: the decode lengths have gcd 2"),
        (("7:1",), "everywhere"),
        (("5:2", "5:3", "--along", "share"), "p, the share of the first class, 5:2"),
        (("5:2", "5:3", "--along", "share"), "stable  from 0.25 to 0.875"),
        (("10:2", "--along", "gain"), "stable  from 0 to 0.916666"),  # 11/12, rounded inwards
    ],
)
def test_other_mixes(stabkit: Program, arguments: tuple[str, ...], expected: str) -> None:
    found = stabkit("threshold", *arguments)
    assert found.status == 0
    assert expected in found.out


def test_symbolic(stabkit: Program) -> None:
    found = stabkit("threshold", "5:2", "5:3", "--symbolic")
    assert "2/(s + 3) < p < (s + 2)/(s + 3)" in found.out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ("5:2", "5:3", "--along", "q"),
            "'share', 'gain' or a slope for each class, not 'q'.",
        ),
        (
            ("5:2", "5:3", "--along", "1,0,2"),
            "'--along' must have one slope for each class of the mix, 2, not 3.",
        ),
        (("5:2", "5:3", "--along", "1,y"), "'--along' of class 2 must be a finite rational"),
        (("5:2", "5:7", "--symbolic"), "up to 5 for a symbolic criterion, not 7."),
        (("5:2", "5:3", "--symbolic", "--json"), "'--json' must be given without '--symbolic'"),
    ],
)
def test_bad_input(stabkit: Program, arguments: tuple[str, ...], complaint: str) -> None:
    found = stabkit("threshold", *arguments)
    assert found.status == 2
    assert complaint in found.err
    assert found.err.count("\n") == 1
