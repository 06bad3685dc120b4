"""Messages in the words of the command line: options where the library speaks of arguments.

Every message begins with what it complains of, ``'block_size' must be ...``, after the name of a
file if it is about one. The library means its own argument; whoever typed ``--block-size`` knows
the option. The commands of the program are of this class, so that the translation has one place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ..errors import InvalidArgument, StabkitError, shown
from .options import name_of
from .terminal import columns

__all__ = ["Commands", "OptionNames", "in_words_of_options"]

# After "line 3: " or "row 3: " it is a column of a trace, whatever it is called.
_COMPLAINT = re.compile(
    r"((?:line|row) \d+: )?(?<!axis )'(\w+)'(?: (and|or) '(\w+)')?"
    r"(?= (?:of (?:class \d+|'\w+') )?must )"
)
_ELSEWHERE = {  # what a command's options are called in the library, or hold
    "address": "--scheduler",
    "classes": "MIX",
    "common": "--input",
    "config": "--hf-config",
    "decode_lengths": "L1 L2 [L3]",
    "folder": "--into",
    "gain": "the gain in '--policy'",
    "high": "the high end of '--range'",
    "low": "the low end of '--range'",
    "mix": "MIX",
    "others": "--share-with",
    "parameter": "--sweep",
    "policies": "--policy",
    "ranges": "--range",
    "rate": "the rate in '--policy'",
    "ratio": "the ratio in '--policy'",
    "resamples": "--bootstrap",
    "text": "--log",
    "watermark": "the watermark in '--policy'",
}
# What a call in Python may take besides.
_OF_PYTHON = re.compile(r", or (?:such an object|an object with [^,]+|a mapping)(?=, not |; )")
# What typer says of a value that is refused, and the words that all other messages have for it.
_REFUSED = re.compile(
    r"Invalid value for ('.+?'): (?:Input should be ([^,]+).*|Value error, .* is not (one of .+)\.)"
)
_WORDS = {
    "a valid integer": "an integer",
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
}
_KEYS_OF_FILES = ("capacity",)  # which a file may have given
_CAPACITY = ("--capacity", "--log", "--memory")  # whichever of them a command has
_CALLS = {  # functions that a message names, and options for them
    "'capacity_from_config'": "'stabkit sizing --hf-config'",
    "'capacity_from_log'": "'--log'",
    "'capacity_from_shape'": "'stabkit sizing --memory'",
    "'dominant_modes'": "'--top'",
}


_HELP_COLUMNS = 80
_NARROW = 56
_SENTENCE = 200  # characters, more than the first of any help has
_HYPHEN = "\N{NON-BREAKING HYPHEN}"


class NarrowHelp:
    """Help for terminals of any width, which parts no option in two lines."""

    params: list[Any]

    def get_help(self, ctx: Any) -> str:
        """Return the help, in which lines break at spaces alone."""
        width = min(columns() or _HELP_COLUMNS, _HELP_COLUMNS)
        ctx.terminal_width = width - 2
        described: list[Any] = [self, *self.params]
        for one in described:
            if getattr(one, "help", None):
                one.help = one.help.replace("-", _HYPHEN)
        return str(super().get_help(ctx)).replace(_HYPHEN, "-")  # type: ignore[misc]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help; on few columns what is said of an option stands below it."""
        if formatter.width < _NARROW:
            formatter.write_dl = partial(formatter.write_dl, col_max=2)
        super().format_help(ctx, formatter)  # type: ignore[misc]


class Commands(NarrowHelp, TyperGroup):
    """The program as the group of its commands."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command is for, in full on few columns too."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, one.get_short_help_str(_SENTENCE)) for name, one in commands if one]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class OptionNames(NarrowHelp, TyperCommand):
    """A command whose errors name its options."""

    def parse_args(self, ctx: Any, args: Any) -> Any:
        """Read the options; what is wrong with a value is said as everywhere."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as failure:
            found = _REFUSED.fullmatch(failure.format_message())
            errors: Any = getattr(failure.__cause__, "errors", list)()
            if found is None or not errors:  # an older typer, which has words of its own
                raise
            must = str(found[2] or found[3])
            for theirs, ours in _WORDS.items():
                must = must.replace(theirs, ours)
            given = shown(errors[0]["input"])
            raise InvalidArgument(f"{found[1]} must be {must}, not {given}.") from failure

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error goes on with its message translated."""
        try:
            return super().invoke(ctx)
        except StabkitError as failure:
            message = in_words_of_options(str(failure), self._options(ctx.params, str(failure)))
            if message == str(failure):
                raise
            raise type(failure)(message) from failure

    def _options(self, given: Mapping[str, Any], message: str) -> dict[str, str]:
        """Return what each parameter is called, but for keys that a file may have given."""
        options: dict[str, str] = {}
        for parameter in self.params:
            name = parameter.name or ""
            asked = given.get(name) is not None or f"'{name}' must be given" in message
            if name not in _KEYS_OF_FILES or asked:
                options[name] = name_of(parameter)
        stating = [f"'{option}'" for option in _CAPACITY if option in options.values()]
        if stating and "'capacity' must be given" in message:
            options["capacity"] = " or ".join(filter(None, (", ".join(stating[:-1]), stating[-1])))
        return options


def in_words_of_options(message: str, options: Mapping[str, str]) -> str:
    """Return `message` with the arguments that it complains of called as in `options`.

    * `options`: from the parameter of a command to its option, such as ``"--block-size"``.

    >>> in_words_of_options("'block_size' must be positive, not 0.", {"block_size": "--block-size"})
    "'--block-size' must be positive, not 0."
    >>> in_words_of_options("a.csv: line 2: 'seed' must be an integer.", {"seed": "--seed"})
    "a.csv: line 2: 'seed' must be an integer."
    """
    for call, option in _CALLS.items():
        message = re.sub(f"(?<!not ){call}", option, message)
    found = _COMPLAINT.search(message)
    if found is None or found[1] is not None:
        return message
    names = [name for name in found.group(2, 4) if name is not None]
    called = {
        name: words
        for name, words in _ELSEWHERE.items()
        if set(re.findall(r"--[\w-]+", words)) <= set(options.values())
    }
    called |= {option.lstrip("-").replace("-", "_"): option for option in options.values()}
    spelled = [(called | dict(options)).get(name, name) for name in names]
    words = f" {found[3]} ".join(word if "'" in word else f"'{word}'" for word in spelled)
    rest = _OF_PYTHON.sub("", message[found.end() :])
    return message[: found.start(2) - 1] + words + rest
