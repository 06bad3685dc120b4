"""The program: its commands, and how whatever happens becomes an exit status.

| status | meaning |
|---|---|
| 0 | done |
| 1 | ``prove``, and a proof fails; or a bug, with its traceback |
| 2 | bad input or usage, with one line ``stabkit: error: ...`` on standard error |
| 3 | ``--fail-if-unstable``, and the verdict is unstable or marginal |
| 4 | ``analyze``, ``margins``, ``threshold``: undecided; ``sweep``: not complete |
| 130 | interrupted |

Nothing heavy (sympy, numpy, matplotlib, flint) is imported before a command needs it.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer

from .. import __version__
from ..errors import OutputError, StabkitError, StabkitWarning, told
from .commands import commands
from .option_names import Commands, OptionNames
from .terminal import complain, emit, warn

__all__ = ["app", "main"]

BAD_INPUT = 2
INTERRUPTED = 130
# typer exports one of its usage errors; their common base is not exported.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]

# Plain help: rich would cost half of the start-up time and boxes break in narrow terminals.
_HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    name="stabkit",
    cls=Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_HELP,
)
for _command in commands():
    app.command(cls=OptionNames, context_settings=_HELP)(_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        emit(f"stabkit {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """Is this mix of LLM requests steady, or does it drive its server into evictions?

    Example: stabkit analyze 100:7 100:10 --capacity 10000
    """
    if context.invoked_subcommand is None:
        emit(f"{context.get_help()}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status, one of the module's table.

    * `argv`: the arguments after the program's name; by default those of the process.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always", StabkitWarning)
            warnings.showwarning = warn
            return _run(sys.argv[1:] if argv is None else list(argv))
    except (StabkitError, _UsageError) as failure:
        complain(failure)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: list[str]) -> int:
    try:
        status = app(args=arguments, prog_name="stabkit", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit) as stop:
        # The reader of our output, such as `head`, went away (click turns that into an exit).
        if isinstance(stop, SystemExit) and not isinstance(stop.__context__, BrokenPipeError):
            raise
        sys.stdout = None  # which the interpreter would flush at exit
        return 0
    except OSError as failure:
        if isinstance(failure, StabkitError):
            raise
        sys.stdout = None  # what is left of it cannot be written
        message = f"standard output must be writable ({told(failure)})."
        raise OutputError(message) from failure
    return int(status or 0)
