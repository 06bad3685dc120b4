"""The model as a discrete-time transfer function, for the tools of control engineering.

Greedy admissions a_n fill what the running requests leave of the memory B. With the memory kernel
g_0, ..., g_(L-1),

    g_0 a_n = B - sum_(m>=1) g_m a_(n-m).

So the loop is H(z) = sum_(m>=1) g_m z^(-m) / g_0, closed by a gain of 1; damped admission closes it
by kappa. From the memory to the admissions the closed loop is 1 / (g_0 (1 + H(z))) =
z^(L-1) / F(z), whose poles are the roots of the characteristic polynomial F.

References
----------
docs/model.md, Gain.
"""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from typing import Any, Literal

from ..errors import InvalidArgument, check_choice, check_length
from .kernel import MemoryKernel
from .notation import WorkloadLike, as_workload

__all__ = ["to_control", "to_scipy"]

_LONGEST = 20_000


def to_control(mix: WorkloadLike, loop: Literal["closed", "open"] = "closed") -> Any:
    """Return the loop as a ``control.TransferFunction`` of python-control, which must be installed.

    Parameters
    ----------
    mix : WorkloadLike
        With L at most 20 000.
    loop : {"closed", "open"}
        From the memory (tokens) to the admissions (requests per step), whose poles are `roots`; or
        the loop H, whose gain margin is that of `gain_margin`.

    Returns
    -------
    control.TransferFunction
        Its time step is 1; coefficients are rounded to floats.

    Raises
    ------
    InvalidArgument
        If python-control is not installed, or an argument is outside its domain.

    Notes
    -----
    What is computed from it is an estimate in floating point; stabkit's own numbers are proved.
    python-control 0.10 finds no margin at z = -1, where an alternating mode is born.

    Examples
    --------
    >>> import control
    >>> round(float(control.margin(to_control("5:2 5:3", "open"))[0]), 9)
    1.5
    """
    numerator, denominator = _fraction(mix, loop)
    return _library("control", "control").TransferFunction(numerator, denominator, 1)


def to_scipy(mix: WorkloadLike, loop: Literal["closed", "open"] = "closed") -> Any:
    """Return the loop as a ``scipy.signal.TransferFunction``; scipy must be installed.

    Parameters
    ----------
    mix : WorkloadLike
        With L at most 20 000.
    loop : {"closed", "open"}
        As in `to_control`.

    Returns
    -------
    scipy.signal.TransferFunction
        Discrete, its time step is 1; coefficients are rounded to floats.

    Raises
    ------
    InvalidArgument
        If scipy is not installed, or an argument is outside its domain.

    Examples
    --------
    >>> [f"{pole:.9f}" for pole in to_scipy("5:2 5:3").poles]
    ['-0.583333333+0.571304550j', '-0.583333333-0.571304550j']
    """
    numerator, denominator = _fraction(mix, loop)
    return _library("scipy.signal", "scipy").TransferFunction(numerator, denominator, dt=1)


def _fraction(mix: WorkloadLike, loop: str) -> tuple[list[float], list[float]]:
    """Return numerator and denominator in z, highest power first."""
    check_choice(loop, "'loop'", ("closed", "open"))
    mix = as_workload(mix)
    check_length(mix.longest_decode, _LONGEST, "for a transfer function")
    kernel = MemoryKernel.of(mix)
    first, *later = (float(Fraction(g, kernel.denominator)) for g in kernel.coefficients)
    power = [1.0] + [0.0] * len(later)
    return (power, [first, *later]) if loop == "closed" else (later or [0.0], [first, *power[1:]])


def _library(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise InvalidArgument(f"{name} must be installed: pip install {name}.") from None
