"""The model in python-control and scipy: their poles and margins are stabkit's."""

from __future__ import annotations

import cmath
import sys
from typing import Any

import control
import numpy as np
import pytest

import stabkit
from stabkit import InvalidArgument, gain_margin, roots, to_control, to_scipy

MIXES = ["5:2 5:3", "10:3 10:5", "100:4 100:7", "5:3 5:5", "20:3 10:4 5:7", "40:8 30:5"]


def _ordered(values: Any) -> list[complex]:
    return sorted(map(complex, values), key=lambda z: (round(abs(z), 9), round(cmath.phase(z), 9)))


@pytest.mark.parametrize("mix", [*MIXES, "3:1"])
def test_poles_are_the_roots(mix: str) -> None:
    expected = _ordered(roots(mix))
    for poles in (control.poles(to_control(mix)), to_scipy(mix).poles):
        assert np.allclose(_ordered(poles), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("mix", MIXES)
def test_closing_the_open_loop_gives_the_closed_one(mix: str) -> None:
    closed = control.feedback(to_control(mix, "open"), 1)
    assert np.allclose(_ordered(control.poles(closed)), _ordered(roots(mix)), rtol=0, atol=1e-7)


@pytest.mark.filterwarnings("ignore:stability_margins. Falling back:UserWarning")
@pytest.mark.parametrize("mix", MIXES)
def test_gain_margins_are_the_same(mix: str) -> None:
    """At the crossings that python-control looks for: all but the one at z = -1."""
    found = control.stability_margins(to_control(mix, "open"), returnall=True)[0]
    margin = gain_margin(mix)
    for ours in (margin.lower, margin.upper):
        if ours is not None:
            assert min(abs(found - float(ours.low))) < 1e-6


def test_the_kernel_by_hand() -> None:
    """g = (6, 7, 4) for (5, 2) and (5, 3): 6 z^2 + 7 z + 4, and 1.5 is where 4 kappa = 6."""
    closed, opened = to_control("5:2 5:3"), to_control("5:2 5:3", "open")
    assert closed.den[0][0].tolist() == [6, 7, 4]
    assert closed.num[0][0].tolist() == [1, 0, 0]
    assert opened.num[0][0].tolist() == [7, 4]
    assert opened.den[0][0].tolist() == [6, 0, 0]
    assert closed.dt == to_scipy("5:2 5:3").dt == 1
    # The steady state by the final value theorem: a* = B / G(1).
    assert closed.dcgain() == pytest.approx(1 / 17)


@pytest.mark.parametrize(
    ("convert", "module"), [(to_control, "control"), (to_scipy, "scipy.signal")]
)
def test_what_is_not_installed(convert: Any, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    name = module.partition(".")[0]
    with pytest.raises(InvalidArgument, match=rf"{name} must be installed: pip install {name}\."):
        convert("5:3")


def test_arguments_are_checked() -> None:
    with pytest.raises(InvalidArgument, match="'loop' must be 'closed' or 'open', not 'half'"):
        to_scipy("5:3", "half")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="decode lengths up to 20000 for a transfer function"):
        stabkit.to_scipy("5:20001")
