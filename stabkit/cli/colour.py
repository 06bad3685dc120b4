"""Colour and weight of texts, the same in every command: verdicts, headings, labels.

Only a terminal gets them, and none where the environment sets ``NO_COLOR`` or a dumb terminal. The
text is printable when it comes here, so that no escape sequence on a terminal is a user's.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

__all__ = ["coloured", "wants_colour"]

_CODES = {"bold": "1", "dim": "2", "warning": "1;33", "alarm": "1;31"}
_VERDICTS = {"stable": "1;32", "unstable": "1;31", "marginal": "1;33", "undecided": "1;33"}
# A verdict is a cell, the end of a sentence's head, or what a report opens with; never a word of
# its prose, such as "not stable".
_VERDICT = re.compile(
    rf"(?:(?<=^)|(?<=  )|(?<=: ))({'|'.join(_VERDICTS)})(?=$|  |[.;,:])", re.MULTILINE | re.I
)


def wants_colour() -> bool:
    """Tell whether standard output is a terminal that shows colours, and may."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def coloured(text: str, styles: Mapping[str, str]) -> str:
    """Return `text` with the verdicts in their colours, and the lines of `styles` in theirs.

    * `styles`: from the beginning of a line to one of "bold", "dim", "warning" and "alarm".

    >>> coloured("verdict  stable", {}).replace(chr(27), "^")
    'verdict  ^[1;32mstable^[0m'
    >>> coloured("Why", {"Why": "bold"}).replace(chr(27), "^")
    '^[1mWhy^[0m'
    """
    longest_first = sorted(styles, key=len, reverse=True)
    lines = (_styled(line, styles, longest_first) for line in text.split("\n"))
    return "\n".join(lines)


def _styled(line: str, styles: Mapping[str, str], beginnings: list[str]) -> str:
    begun = next((head for head in beginnings if line.startswith(head)), "")
    rest = _VERDICT.sub(
        lambda found: _in(found[0], _VERDICTS[found[0].lower()]), line[len(begun) :]
    )
    return (_in(begun, _CODES[styles[begun]]) if begun else "") + rest


def _in(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"
