"""Memory kernels along one number of a mix: its inputs, a share, or the gain of its admission.

The number, here the *parameter*, is one of

* ``s``: the mean input length. All inputs change in proportion, so that equal ones stay equal;
  where every input is 0, all are set to s.
* ``p``: the share of the first class; the others keep their proportions to one another.
* ``kappa``: the gain of damped admission (`closed_loop`); 1 is the greedy loop.

The kernel depends on each of them rationally, so that a kernel at a rational value is exact.

References
----------
docs/model.md, Model, Policies.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal, get_args

from ...errors import InvalidArgument, check_choice, shown
from ...model.kernel import MemoryKernel
from ...model.numbers import LARGEST_INPUT_LENGTH, rational_argument
from ...model.workload import Workload
from .pencil import kernel_pencil

__all__ = ["Along", "kernel_family", "parameter_range"]

Along = Literal["s", "p", "kappa"]


def parameter_range(
    mix: Workload, along: Along, low: Any = None, high: Any = None
) -> tuple[Fraction, Fraction]:
    """Return the range low < high of a parameter, exact; None stands for the usual end.

    Raises
    ------
    InvalidArgument
        If `along` is none of the three, or an end is outside the parameter's domain.
    """
    check_choice(along, "'along'", get_args(Along))
    usual = {
        "s": (Fraction(0), 2 * max(mix.mean_input_length, Fraction(mix.longest_decode))),
        "p": (Fraction(1, 100), Fraction(99, 100)),
        "kappa": (Fraction(1, 50), Fraction(1)),
    }[along]
    start = usual[0] if low is None else rational_argument(low, "'low'")
    stop = usual[1] if high is None else rational_argument(high, "'high'")
    for name, value in (("low", start), ("high", stop)):
        inside, domain = {
            "s": (0 <= value <= LARGEST_INPUT_LENGTH, "between 0 and 10^12 tokens"),
            "p": (0 < value < 1, "between 0 and 1, both excluded,"),
            "kappa": (0 < value <= 1, "positive and at most 1"),
        }[along]
        if not inside:
            raise InvalidArgument(f"'{name}' must be {domain} along '{along}', not {shown(value)}.")
    if start >= stop:
        raise InvalidArgument(
            f"'low' must be less than {stop}, where the values end, not {shown(start)}."
        )
    return start, stop


def kernel_family(mix: Workload, along: Along) -> Callable[[Fraction], MemoryKernel]:
    """Return the memory kernel of `mix` as a function of the parameter.

    Raises
    ------
    InvalidArgument
        If `mix` has one class only, along ``"p"``.

    Examples
    --------
    >>> mix = Workload.from_classes([(6, 1, 1), (12, 3, 1)])  # mean input 9
    >>> kernel = kernel_family(mix, "s")(Fraction(3))  # that of the inputs 2 and 4
    >>> [Fraction(g, kernel.denominator) for g in kernel.coefficients] == [4, 3, Fraction(7, 2)]
    True
    """
    if along == "kappa":
        greedy = MemoryKernel.of(mix)
        return lambda gain: greedy.damped(gain)
    if along == "p":
        pencil = kernel_pencil(mix, "share")
        return lambda share: pencil.at(pencil.position(share))
    mean = mix.mean_input_length
    if not mean:
        return kernel_pencil(mix, "common").at
    scaled = kernel_pencil(mix, "scale")
    return lambda value: scaled.at(value / mean)
