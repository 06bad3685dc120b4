"""Exceptions and warnings of stabkit.

Every message follows one template: which argument, what it must be, what it was, as in
``'decode_length' of class 2 must be a positive integer, not 0.`` What is of the wrong type is
refused by an exception that is a TypeError as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar
from warnings import warn

__all__ = [
    "ArgumentTypeError",
    "InvalidArgument",
    "InvalidWorkload",
    "OutputError",
    "StabkitError",
    "StabkitWarning",
    "WorkloadTypeError",
    "check_choice",
    "check_length",
    "number_of",
    "printable",
    "printable_lines",
    "renamed",
    "shown",
    "told",
]

P = ParamSpec("P")
R = TypeVar("R")


class StabkitError(Exception):
    """Base class of every exception that stabkit raises on purpose.

    Examples
    --------
    >>> from stabkit import StabkitError, Workload
    >>> try:
    ...     Workload.from_classes([(5, 0)])
    ... except StabkitError as error:
    ...     print(error)
    'decode_length' of class 1 must be a positive integer, not 0.
    """


class InvalidWorkload(StabkitError, ValueError):
    """A workload, or a file or name that should describe one, is not admissible.

    A TypeError too where the type is wrong.

    Examples
    --------
    >>> from stabkit import Workload
    >>> Workload.from_classes([(5, 0)])
    Traceback (most recent call last):
        ...
    stabkit.errors.InvalidWorkload: 'decode_length' of class 1 must be a positive integer, not 0.
    """


class InvalidArgument(StabkitError, ValueError):
    """An argument other than the workload is outside its domain.

    A TypeError too where the type is wrong.

    Examples
    --------
    >>> from stabkit import Workload, simulate
    >>> simulate(Workload.from_classes([(5, 2)], capacity=70), steps=-1)
    Traceback (most recent call last):
        ...
    stabkit.errors.InvalidArgument: 'steps' must be an integer of at least 0, not -1.
    """


class WorkloadTypeError(InvalidWorkload, TypeError):
    """What should describe a workload, or a part of one, is of a type that does not."""


class ArgumentTypeError(InvalidArgument, TypeError):
    """An argument other than the workload is of a type that it cannot have."""


class OutputError(StabkitError, OSError):
    """A result could not be written where the user asked for it.

    Examples
    --------
    >>> from stabkit import OutputError
    >>> issubclass(OutputError, OSError)
    True
    """


class StabkitWarning(UserWarning):
    """Something in the input was set aside, such as trace rows without output tokens.

    Examples
    --------
    >>> import warnings
    >>> from stabkit import StabkitWarning, capacity_from_log
    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     tokens = capacity_from_log("# GPU blocks: 2588, # CPU blocks: 2048")
    >>> tokens, caught[0].category is StabkitWarning
    (41408, True)
    """


def check_length(longest: int, most: int, purpose: str, instead: str = "") -> None:
    """Refuse a mix whose longest decode length, in steps, is too long for a `purpose`.

    * `instead`: what there is for longer ones, for the message.

    >>> check_length(9, 5, "for a symbolic criterion")
    Traceback (most recent call last):
    stabkit.errors.InvalidArgument: 'mix' must have decode lengths up to 5 for a symbolic
    criterion, not 9.
    """
    if longest > most:
        domain = f"decode lengths up to {most} {purpose}"
        raise InvalidArgument(f"'mix' must have {domain}, not {longest}{instead}.")


def check_choice(value: object, name: str, choices: Iterable[str]) -> None:
    """Refuse what is none of a few words.

    Raises InvalidArgument if `value` is none of `choices`; `name` is quoted in the message.

    >>> check_choice("flint", "'method'", ("auto", "mpmath"))
    Traceback (most recent call last):
    stabkit.errors.InvalidArgument: 'method' must be 'auto' or 'mpmath', not 'flint'.
    """
    words = tuple(choices)
    if not isinstance(value, str) or value not in words:
        *others, last = map(repr, words)
        kind = InvalidArgument if isinstance(value, str) else ArgumentTypeError
        raise kind(f"{name} must be {', '.join(others)} or {last}, not {shown(value)}.")


def number_of(count: int, singular: str, plural: str | None = None, grouping: str = "") -> str:
    """Return a count with its noun, or noun and verb, as a message says it.

    >>> number_of(1, "class", "classes"), number_of(0, "class", "classes"), number_of(2000, "step")
    ('1 class', '0 classes', '2000 steps')
    """
    return f"{count:{grouping}} {singular if count == 1 else plural or f'{singular}s'}"


def printable(text: str) -> str:
    """Return `text` on one line, with a question mark for all that is not a printable character.

    Those are the control characters, among them line breaks and what starts an escape sequence,
    invisible characters, among them those that turn the direction of writing, and surrogates.

    >>> printable("red" + chr(27) + "[31m" + chr(10) + chr(0x202E) + chr(0xDC80))
    'red?[31m???'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "?" for c in text)


def printable_lines(text: str) -> str:
    """Return `text` with its line breaks, and all else as `printable` has it."""
    return "\n".join(printable(line) for line in text.split("\n"))


def told(failure: OSError) -> str:
    """Return what the system says of a failure, or its kind where the system says nothing.

    >>> told(FileNotFoundError(2, "No such file")), told(TimeoutError())
    ('No such file', 'TimeoutError')
    """
    return failure.strerror or type(failure).__name__


def shown(value: object, limit: int = 60) -> str:
    """Return `value` as a message may quote it: one line, printable, at most `limit` characters.

    Integers beyond 10^40 are described by their size: Python refuses to print very long ones.

    >>> shown("two" + chr(10) + "lines")
    "'two\\\\nlines'"
    >>> shown(10**5000)
    'an integer of 16610 bits'
    """
    if isinstance(value, int) and abs(value) > 10**40:
        return f"an integer of {value.bit_length()} bits"
    text = ascii(value) if isinstance(value, (str, bytes)) else _printable(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _printable(value: object) -> str:
    try:
        text = str(value)
    except (ValueError, RecursionError):  # beyond Python's digit limit, or nested too deep
        text = f"a value of type {type(value).__name__}"
    return printable(text)


def renamed(gone: str, **names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function take arguments by older names too, with a DeprecationWarning.

    * `gone`: the version in which they go.
    * `names`: the new name of each.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def called(*args: P.args, **given: P.kwargs) -> R:
            for old, new in names.items():
                if old in given and new not in given:
                    text = f"{old!r} of {function.__name__} is {new!r} now; {old!r} goes in {gone}."
                    warn(text, DeprecationWarning, stacklevel=2)
                    given[new] = given.pop(old)
            return function(*args, **given)

        return called

    return decorated
