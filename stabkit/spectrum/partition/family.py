"""Memory kernels along one number of a mix: its inputs, a share, or the gain of its admission.

The number, here the *parameter*, is one of

* that of an input line: ``common``, ``shift``, ``scale``, or a slope for each class;
* ``share``: the share of the first class; the others keep their proportions to one another;
* ``gain``: the gain of damped admission (`closed_loop`); 1 is the greedy loop.

Three older names still stand for one of these: ``p`` for the share, ``kappa`` for the gain, and
``s`` for the mean input where all inputs change in proportion. The kernel depends on each of them
rationally, so that a kernel at a rational value is exact.

References
----------
docs/model.md, Model, Input lines, Policies.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal, get_args

from ...errors import InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ...model.numbers import LARGEST_INPUT_LENGTH, rational_argument
from ...model.workload import Workload
from .input_line import AlongInputs, InputLine, NamedLine, input_line
from .pencil import kernel_pencil

__all__ = [
    "Along",
    "Parameter",
    "kernel_family",
    "line_of",
    "parameter_of",
    "parameter_range",
]

OldName = Literal["s", "p", "kappa"]
Parameter = NamedLine | Literal["share", "gain", "mean", "line"]
Along = AlongInputs | Literal["share", "gain"] | OldName
_PARAMETERS: dict[str, Parameter] = {
    **{name: name for name in get_args(NamedLine)},
    "share": "share",
    "gain": "gain",
    "s": "mean",
    "p": "share",
    "kappa": "gain",
}


def parameter_of(along: Along) -> Parameter:
    """Return what a name or a list of slopes is called in results.

    Raises InvalidArgument if it is a text, and none of the names.

    >>> parameter_of("kappa"), parameter_of("shift"), parameter_of([1, 0])
    ('gain', 'shift', 'line')
    """
    if not isinstance(along, str):
        return "line"
    if along not in _PARAMETERS:
        raise InvalidArgument(
            "'along' must be 'common', 'shift', 'scale', 'share', 'gain' or a slope for each "
            f"class, not {shown(along)}."
        )
    return _PARAMETERS[along]


def line_of(mix: Workload, along: Along) -> InputLine | None:
    """Return the inputs along the parameter; None where they do not change."""
    parameter = parameter_of(along)
    if parameter in ("share", "gain"):
        return None
    if parameter != "mean":
        return input_line(mix, along)
    mean = mix.mean_input_length
    proportions = [c.input_length / mean if mean else 1 for c in mix.classes]
    return input_line(mix, [(slope, 0) for slope in proportions])


def parameter_range(
    mix: Workload, along: Along, low: Any = None, high: Any = None
) -> tuple[Fraction, Fraction]:
    """Return the range low < high of a parameter, exact; None stands for the usual end.

    Along inputs these are usually all up to twice the larger of the mean input and L, on the mean.

    Raises InvalidArgument if `along` is none of the parameters, or an end is outside the
    parameter's domain.
    """
    parameter, line = parameter_of(along), line_of(mix, along)
    if line is not None:
        usual = _usual_inputs(mix, line)
        domain = f"between {usual[0]} and 10^12"
        least, greatest = usual[0], Fraction(LARGEST_INPUT_LENGTH)
    else:
        usual = {
            "share": (Fraction(1, 100), Fraction(99, 100)),
            "gain": (Fraction(1, 50), Fraction(1)),
        }[parameter]
        open_end = parameter == "share"
        domain = "between 0 and 1, both excluded," if open_end else "positive and at most 1"
        least, greatest = Fraction(0), Fraction(1)
    start = usual[0] if low is None else rational_argument(low, "'low'")
    stop = usual[1] if high is None else rational_argument(high, "'high'")
    for name, value in (("low", start), ("high", stop)):
        inside = least <= value <= greatest
        if line is None:
            inside = 0 < value < 1 or (value == 1 and parameter == "gain")
        if not inside:
            raise InvalidArgument(
                f"'{name}' must be {domain} along '{parameter}', not {shown(value)}."
            )
    if start >= stop:
        raise InvalidArgument(
            f"'low' must be less than {stop}, where the values end, not {shown(start)}."
        )
    return start, stop


def _usual_inputs(mix: Workload, line: InputLine) -> tuple[Fraction, Fraction]:
    """Return the values at which the mean input has its least and its usual largest length."""
    shares = [c.share for c in mix.classes]
    slope, offset = (
        sum((p * x for p, x in zip(shares, part, strict=True)), Fraction(0))
        for part in (line.slopes, line.offsets)
    )
    longest = 2 * max(mix.mean_input_length, Fraction(mix.longest_decode))
    return line.low, max((longest - offset) / slope, line.low + 1)


def kernel_family(mix: Workload, along: Along) -> Callable[[Fraction], MemoryKernel]:
    """Return the memory kernel of `mix` as a function of the parameter.

    Raises InvalidArgument if `mix` has one class only, along ``"share"``.

    >>> mix = Workload.from_classes([(6, 1, 1), (12, 3, 1)])
    >>> kernel = kernel_family(mix, "scale")(Fraction(1, 3))  # that of the inputs 2 and 4
    >>> [Fraction(g, kernel.denominator) for g in kernel.coefficients] == [4, 3, Fraction(7, 2)]
    True
    """
    parameter, line = parameter_of(along), line_of(mix, along)
    if parameter == "gain":
        greedy = MemoryKernel.of(mix)
        return lambda gain: greedy.damped(gain)
    pencil = kernel_pencil(mix, "share" if line is None else line)
    return lambda value: pencil.at(pencil.position(value))
