"""``stabkit roots``: digits, radii, conjugates, the symbolic equation."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import pytest

Program = Callable[..., Any]


def test_json_holds_every_root_within_its_radius(stabkit: Program) -> None:
    status, out, err = stabkit("roots", "5:3", "5:5", "--digits", "40", "--json")
    record = json.loads(out)
    assert (status, err, record["schema"], record["degree"]) == (0, "", "stabkit.roots/2", 4)
    with mpmath.workdps(60):
        for root in record["roots"]:
            value = mpmath.mpc(root["real"], root["imaginary"])
            # F = (6, 7, 8, 9/2, 5) for s = 5, l = (3, 5), 1/2: |F| at the root by Horner's rule
            residual = mpmath.polyval([6, 7, 8, mpmath.mpf(9) / 2, 5], value)
            assert abs(residual) < mpmath.mpf(root["radius"]) * 100
            assert mpmath.mpf(root["radius"]) < mpmath.mpf("1e-40")


def test_text_has_one_line_for_a_pair(stabkit: Program) -> None:
    lines = stabkit("roots", "5:3", "5:5", "--digits", "12").out.splitlines()[2:]
    assert lines[0].split("  ")[0] == "factor |λ|"
    assert len(lines) == 3
    assert lines[1].startswith("1.05382885001")


def test_top_roots_of_a_trace(stabkit: Program) -> None:
    lines = stabkit("roots", "--top", "6", "--digits", "10").out.splitlines()[2:]
    assert len(lines) == 4
    assert lines[1].startswith("0.9974296339")


def test_symbolic_equation(stabkit: Program) -> None:
    out = stabkit("roots", "5:2", "5:3", "--symbolic").out
    assert "λ²  (s + 1)" in out
    assert "λ   (s + 2)" in out
    assert out.endswith("= 0\n")


@pytest.mark.parametrize("extra", [[], ["--top", "2"]])
def test_figure(stabkit: Program, tmp_path: Path, extra: list[str]) -> None:
    figure = tmp_path / "roots.png"
    status, out, err = stabkit("roots", "100:4", "100:6", *extra, "--figure", f"{figure}")
    assert (status, err) == (0, "")
    assert out.startswith("100:4:1/2 100:6:1/2\n\nfactor |λ|")
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["5:3", "--digits", "0"], "'--digits' must be an integer from 1 to 100000"),
        (["5:3", "--method", "qr"], "'--method' must be 'auto' or 'mpmath'"),
        (["5:30000", "5:29999"], "not 30000; '--top' finds the largest."),
        (["5:65", "--symbolic"], "'--symbolic' must go with decode lengths up to 64, not 65"),
        (["5:3", "--top", "0"], "--top"),
        (["5:3", "--symbolic", "--output", "f.png"], "'--output' must end in .txt for symbols"),
    ],
)
def test_bad_usage(stabkit: Program, arguments: list[str], message: str) -> None:
    status, out, err = stabkit("roots", *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
