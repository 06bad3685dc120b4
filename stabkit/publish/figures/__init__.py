"""Figures, drawn by matplotlib from `stabkit.analysis.pictures`; one module per class of result.

A module is called like the one that its result comes from, and is found by that name: a new one is
not listed anywhere, not here either. What they share:

* `style`: palette, marks, ticks; every figure is made by it. `shown`: its class, for notebooks.
* `frame`: size, resolution and title.
* `bars`: bars that lie one below the other.
* `circle_views`: two views of points near the unit circle.
* `formats`: the bytes of any figure as a file.

It takes from `rendering`, and numbers and titles from the room of text; matplotlib is imported
where a figure is made. Others take `animation`, `formats` and `frame`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import style

__all__ = ["style"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f".{name}", __name__)
