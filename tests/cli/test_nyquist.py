"""``stabkit nyquist``: what the curve encircles, and what that means."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stabkit as package
from stabkit.spectrum.counting.counts import Counts
from stabkit.spectrum.curves import nyquist as module

Program = Callable[..., Any]


@pytest.mark.parametrize(
    ("mix", "sentence"),
    [
        (["5:3", "5:5"], "encircles 0 twice: 2 modes grow, so the mix is unstable."),
        (["10:3", "10:5"], "does not encircle 0: no mode grows, so the mix is stable."),
        (
            ["1:2", "1:3"],
            "passes through 0: 2 modes are on the unit circle. Of the others no mode",
        ),
        (["7:1"], "does not encircle 0: no mode grows, so the mix is stable."),
    ],
)
def test_text_says_what_it_means(stabkit: Program, mix: list[str], sentence: str) -> None:
    status, out, err = stabkit("nyquist", *mix)
    assert (status, err) == (0, "")
    assert sentence in " ".join(out.split())
    assert "Proof: " in out


def test_crossings_are_listed(stabkit: Program) -> None:
    lines = stabkit("nyquist", "10:5").out.splitlines()
    turns = [line.split()[-1] for line in lines if line.startswith("0.")]
    assert turns == ["+2", "+2"]  # and 4 modes grow: R5
    assert "encircles 0 4 times" in lines[2]
    assert "does not cross" in stabkit("nyquist", "10:3", "10:5").out


def test_only_the_largest_crossings_are_listed(stabkit: Program) -> None:
    assert "and 20 smaller ones" in stabkit("nyquist", "0:64").out


def test_json_holds_the_curve(stabkit: Program) -> None:
    record = json.loads(stabkit("nyquist", "5:3", "5:5", "--json").out)
    assert record["schema"] == "stabkit.nyquist/2"
    assert record["encirclements"] == 2
    assert record["counts"] == {"inside": 2, "on_circle": 0, "outside": 2}
    assert (record["verdict"], record["certified"]) == ("unstable", True)
    theta, (re, im) = np.array(record["angles"]), np.array(record["curve"]).T
    g = np.array([6, 7, 8, 4.5, 5]) / 30.5  # s = 5, l = (3, 5), equal shares
    expected = np.exp(1j * np.outer(theta, np.arange(5))) @ g
    assert re + 1j * im == pytest.approx(expected, abs=1e-14)


def test_undecided_is_said(stabkit: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = Counts.unknown("A root lies close to the circle.", (), "winding")
    monkeypatch.setattr(module, "unit_circle_counts", lambda mix: unknown)
    out = stabkit("nyquist", "5:3", "5:5").out
    assert "is undecided" in out
    assert json.loads(stabkit("nyquist", "5:3", "--json").out)["encirclements"] is None
    mix = package.Workload.from_classes([(5, 3), (5, 5)])
    assert package.nyquist(mix).encirclements is None


def test_figure(stabkit: Program, tmp_path: Path) -> None:
    figure = tmp_path / "nyquist.pdf"
    status, _, err = stabkit("nyquist", "5:3", "5:5", "--figure", f"{figure}")
    assert (status, err) == (0, "")
    assert figure.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["5:200000"], "'MIX' must have decode lengths up to 100000 for a Nyquist curve"),
        (["5:3", "--figure", "nyquist"], "'--figure' must end in .png, .svg or .pdf"),
        (["nothing"], "'MIX' must be classes"),
    ],
)
def test_bad_usage(stabkit: Program, arguments: list[str], message: str) -> None:
    status, out, err = stabkit("nyquist", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
