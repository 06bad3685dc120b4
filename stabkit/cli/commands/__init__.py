"""The commands, one module each: parse, call the library, return what was `Found`.

A module of this folder is a command: its function of the same name. `stabkit.cli.app` finds them
here, so that a new command is one new file. What commands share is one floor up: the MIX arguments
(`mix`), options (`options`), the way out (`present`), and the terminal (`terminal`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules

__all__ = ["commands"]

# As the help lists them; what is not named here follows.
_ORDER = (
    "analyze",
    "roots",
    "synchrony",
    "threshold",
    "margins",
    "chart",
    "atlas",
    "sweep",
    "locus",
    "nyquist",
    "simulate",
    "cycle",
    "policy",
    "pool",
    "sizing",
    "soft_start",
    "finite",
    "replay",
    "certify",
    "prove",
    "derive",
    "explore",
    "lessons",
    "exercise",
    "examples",
    "formats",
    "schema",
)


def commands() -> Iterator[Callable[..., int]]:
    """Yield the function of every command."""
    found = {module.name for module in iter_modules(__path__)}
    for name in (*_ORDER, *sorted(found - set(_ORDER))):
        yield getattr(import_module(f"{__name__}.{name}"), name)
