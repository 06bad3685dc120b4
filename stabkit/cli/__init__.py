"""The command line: parse, call, present.

* `commands`: one module per command; a room of its own.
* `app`: the program, its commands, and how whatever happens becomes an exit status.
* `mix`, `options`, `option_names`, `completion`: which workload a command is about, the options it
  shares, and what a shell offers for them.
* `present`: the one way out: ``--json``, ``--output``, ``--figure``.
* `terminal`, `colour`: what is said on standard output and standard error.

It takes from every layer. `main` loads the rest when it is called. Others take the names below.
"""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False  # as in `stabkit`
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Load the program and run it; see `stabkit.cli.app.main`.

    While it loads, an interrupt ends the process at once: there is nothing to tidy up, and inside
    an import the exception would end in a traceback, or nowhere.
    """
    try:
        before = signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    except ValueError:  # not the main thread, which alone is interrupted
        before = None
    from .app import main as program

    if before is not None:
        signal.signal(signal.SIGINT, before)
    return program(argv)
