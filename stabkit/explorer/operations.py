"""The questions of the explorer's page, answered in JSON types.

A question is a mapping. It names its mix by ``log``, the key of a log that was read, or by
``lengths``, ``share`` and ``input``: two classes of a common input. Numbers that may have decimals
are text, so that they are read exactly. ``capacity`` is optional, and so is ``columns``, for which
texts are laid out. Every answer is a mapping. What went wrong is one with the key ``error``, and
with ``columns`` where a log has to be read by two of these. What is not installed, as numpy is not
in a browser, is named by the key ``missing``, beside what could be answered without it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import (
    InvalidArgument,
    InvalidWorkload,
    StabkitError,
    StabkitWarning,
    printable,
    printable_lines,
    shown,
)
from ..model.numbers import decimal_text, exact_rational, whole_number
from ..model.traces.log_formats import UnknownColumns
from ..model.workload import Workload
from ..publish.layout import laid_out

if TYPE_CHECKING:
    from ..spectrum.partition.d_partition import Crossing

__all__ = ["LONGEST_PAIR", "QUESTIONS", "Answer", "Explorer"]

Answer: TypeAlias = dict[str, Any]
Question: TypeAlias = Mapping[str, Any]

LONGEST_PAIR = 24  # steps: up to there crossings are algebraic numbers, and need no numpy
_DIGITS = 12  # of a mode
_STAR_DIGITS = 20
_STEPS = 96
_RANGES = [d * 10**n for n in range(1, 9) for d in (2, 5, 10)]  # tokens
_EVICTIONS = "1e-4"  # per step, to find a watermark for
_KEPT = 8  # logs
_MOST_COLUMNS = 200
_COLUMNS, _FROM_TO = 80, (20, 400)


class Explorer:
    """What one page asks of stabkit; it keeps the last logs that were read.

    >>> mix = {"lengths": [3, 5], "share": "1/2", "input": "9"}
    >>> Explorer().answer("counts", mix)["verdict"]
    'unstable'
    >>> Explorer().answer("counts", mix | {"input": "many"})["error"]
    "'input_length' of class 1 must be a finite rational number, not 'many'."
    """

    def __init__(self) -> None:
        self._logs: dict[str, Workload] = {}
        self._keys = count(1)

    def answer(self, name: str, question: Question) -> Answer:
        """Answer one of the `QUESTIONS`."""
        return _answered(self._asked, name, question)

    def read(self, path: Path, columns: Sequence[str] = ()) -> Answer:
        """Read a log, or a mix, from a file; keep it, and say what it holds.

        * `columns`: input and output column, of a log whose names are not recognised.
        """
        return _answered(self._read, path, columns)

    def _asked(self, name: str, question: Question) -> Answer:
        if name not in QUESTIONS:
            raise InvalidArgument(f"'question' must be one of the page's, not {shown(name)}.")
        mix = self._logs.get(str(question["log"])) if "log" in question else _pair(question)
        if mix is None:
            raise InvalidWorkload("'log' must be one of the last that were read: drop it again.")
        if question.get("capacity"):
            mix = mix.with_capacity(question["capacity"])
        columns = whole_number(question.get("columns", _COLUMNS), "'columns'", *_FROM_TO)
        with laid_out(columns):
            return QUESTIONS[name](mix)

    def _read(self, path: Path, columns: Sequence[str]) -> Answer:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", StabkitWarning)
            given, made = columns or (None, None)
            mix = Workload.from_file(path, input_column=given, output_column=made)
        key = str(next(self._keys))
        self._logs[key] = mix
        if len(self._logs) > _KEPT:
            del self._logs[next(iter(self._logs))]
        return {
            "log": key,
            "remarks": [printable(str(one.message)) for one in caught],
            **_facts(mix),
        }


def _answered(question: Callable[..., Answer], *arguments: Any) -> Answer:
    try:
        return question(*arguments)
    except UnknownColumns as failure:
        return {"error": printable_lines(str(failure)), "columns": failure.columns[:_MOST_COLUMNS]}
    except StabkitError as failure:
        return {"error": printable_lines(str(failure))}
    except ModuleNotFoundError as failure:
        return {"missing": failure.name}


def _pair(question: Question) -> Workload:
    """Return the mix of two decode lengths, or of one where they are the same."""
    lengths = question.get("lengths")
    if not isinstance(lengths, list) or len(lengths) != 2:
        raise InvalidWorkload(f"'lengths' must be two decode lengths, not {shown(lengths)}.")
    for length in lengths:
        whole_number(length, "'lengths'", 1, LONGEST_PAIR)
    given: Any = question.get("input")
    share = _share(question.get("share"))
    if lengths[0] == lengths[1]:
        return Workload.from_classes([(given, lengths[0])])
    return Workload.from_classes([(given, lengths[0], share), (given, lengths[1], 1 - share)])


def _share(text: Any) -> Fraction:
    share = exact_rational(text, "'share'")
    if not 0 < share < 1:
        raise InvalidArgument(f"'share' must be between 0 and 1, not {shown(text)}.")
    return share


def _facts(mix: Workload) -> Answer:
    mean = sum((c.share * c.input_length for c in mix.classes), Fraction(0))
    return {
        "name": mix.name,
        "requests": mix.request_count,
        "longest": mix.longest_decode,
        "mean_input": float(mean),
        "mean_output": float(mix.mean_decode_length),
        "capacity": None if mix.capacity is None else str(mix.capacity),
    }


# --- Questions ------------------------------------------------------------------------------------


def _counts(mix: Workload) -> Answer:
    from ..spectrum.counting.counts import unit_circle_counts

    found = unit_circle_counts(mix)
    return {
        "verdict": found.verdict,
        "inside": found.inside,
        "on": found.on_circle,
        "outside": found.outside,
        "method": found.method,
        "reason": found.reason,
    }


def _modes(mix: Workload) -> Answer:
    """Return the modes in the upper half plane, largest modulus first, and the pace of the first.

    Each is [Re, Im, modulus]; the pace is the steps in which it doubles or halves.
    """
    from ..spectrum.roots.roots import roots

    found = [
        [float(root.value.real), float(root.value.imag), float(abs(root.value))]
        for root in roots(mix, _DIGITS)
        if root.value.imag >= 0
        for _ in range(root.multiplicity)
    ]
    rate = math.log(found[0][2]) if found and found[0][2] else 0
    return {"modes": found, "pace": math.log(2) / abs(rate) if rate else None}


def _demand(mix: Workload) -> Answer:
    from ..dynamics.demand import memory_demand

    return {"demand": [{"part": part, "evicts": e} for part, e in memory_demand(mix, _STEPS)]}


def _threshold(mix: Workload) -> Answer:
    """Return s*, the intervals of constant counts, and a range of inputs that shows them."""
    from ..spectrum.partition.threshold import threshold

    found = threshold(mix)
    last = max(map(float, found.crossings), default=0.0)
    return {
        "star": _number(found.threshold),
        "finite": found.is_finite,
        "intervals": [
            {
                "low": _number(part.low),
                "high": _number(part.high),
                "unstable": part.unstable,
                "verdict": part.verdict,
            }
            for part in found.intervals
        ],
        "range": next((r for r in _RANGES if r >= 2 * last), _RANGES[-1]),
    }


def _number(crossing: Crossing | None) -> Answer | None:
    """Return a crossing as text, of digits that are proved, and as a number to draw at."""
    if crossing is None:
        return None
    value = crossing.enclosure(_STAR_DIGITS)
    return {"text": decimal_text(value.low, value.high, _STAR_DIGITS), "at": float(crossing)}


def _report(mix: Workload) -> Answer:
    from ..analysis.verdict.analyze import analyze

    return _text(analyze(mix), full=True)


def _server(mix: Workload) -> Answer:
    from ..analysis.operations.finite import finite_server

    if _has_numpy():
        return _text(finite_server(mix, evictions=_EVICTIONS, steps=None))
    return _text(finite_server(mix, evictions=_EVICTIONS)) | {"missing": "numpy"}


def _has_numpy() -> bool:
    try:
        import_module("numpy")
    except ModuleNotFoundError:
        return False
    return True


def _advice(mix: Workload) -> Answer:
    from ..analysis.operations.recommend import recommend

    return _text(recommend(mix))


def _text(result: Any, **options: Any) -> Answer:
    from ..publish.rendering import text

    return {"text": printable_lines(text(result, **options))}


QUESTIONS: dict[str, Callable[[Workload], Answer]] = {
    "counts": _counts,
    "modes": _modes,
    "demand": _demand,
    "threshold": _threshold,
    "report": _report,
    "server": _server,
    "advice": _advice,
}
