"""The page of the local server, put together from the files in ``sources``.

``house.css`` and ``drawing.js`` are those of every page of stabkit: `scripts/make_handout.py` takes
them too. `scripts/make_explorer.py` puts this page together with another engine.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from .. import __version__

__all__ = ["local_page"]

_SOURCES = Path(__file__).with_name("sources")


def local_page() -> str:
    """Return the page that asks the server that it came from."""
    scripts = ("drawing.js", "loopback.js", "explorer.js")
    return Template(_source("explorer.html")).substitute(
        policy="script-src 'unsafe-inline'; connect-src 'self'",
        style=_source("house.css") + _source("explorer.css"),
        script="\n".join(map(_source, scripts)),
        words="Answered by stabkit on this machine.",
        data="",
        version=__version__,
    )


def _source(name: str) -> str:
    return (_SOURCES / name).read_text(encoding="utf-8")
