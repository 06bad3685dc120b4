"""What moves along a line: the same words, unit and symbol in every command and figure."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ...model.workload import Workload
from ...spectrum.partition.input_line import InputLine
from .numbers import readable

__all__ = ["ALONG", "Moved", "along_text", "inputs_along"]

_CLASSES_SHOWN = 4


class Moved(NamedTuple):
    """What a parameter of `--along` moves.

    * `text`: in words, after the symbol.
    * `unit`: of the number, in the singular; "" if it has none.
    """

    text: str
    unit: str
    symbol: str


ALONG = {
    "common": Moved("one common input length, in place of the mix's own inputs", "token", "s"),
    "shift": Moved("tokens added to every input", "token", "δ"),
    "scale": Moved("the factor of every input", "times the input", "N"),
    "line": Moved("tokens per unit of slope", "token", "x"),
    "share": Moved("the share of the first class", "", "p"),
    "gain": Moved("the gain of damped admission", "", "κ"),
    "mean": Moved("the mean input length, all inputs in proportion", "token", "s"),
}


def along_text(along: str, mix: Workload, line: InputLine | None = None) -> str:
    """Return what moves, after its symbol: for a share of which class, on which line.

    >>> along_text("share", Workload.from_classes([(5, 3), (9, 5)]))
    'p, the share of the first class, 5:3'
    """
    moved, _, symbol = ALONG[along]
    more = ""
    if along == "share":
        first = mix.classes[0]
        more = f", {readable(first.input_length)}:{first.decode_length}"
    elif along == "line" and line is not None:
        more = f": the inputs {inputs_along(line)}"
    return f"{symbol}, {moved}{more}"


def inputs_along(line: InputLine) -> str:
    """Return the inputs along a line, of the first classes.

    >>> inputs_along(InputLine((Fraction(2), Fraction(0)), (Fraction(0), Fraction(5))))
    '2 x, 5'
    """
    pairs = list(zip(line.slopes, line.offsets, strict=True))
    inputs = [
        " + ".join([*([readable(c)] if c or not slope else []), *_term(slope)])
        for slope, c in pairs[:_CLASSES_SHOWN]
    ]
    return ", ".join(inputs) + (", ..." if len(pairs) > _CLASSES_SHOWN else "")


def _term(slope: Fraction) -> list[str]:
    return [] if not slope else ["x" if slope == 1 else f"{readable(slope)} x"]
