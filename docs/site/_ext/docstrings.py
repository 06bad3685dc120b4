"""Docstrings as reStructuredText: ``|lambda|`` is a modulus there, no substitution."""

from __future__ import annotations

import re
from typing import Any

_CODE = re.compile(r"(``.*?``|`.*?`)")


def escape_bars(*arguments: Any) -> None:
    """Put a backslash before every bar of prose, in place."""
    lines: list[str] = arguments[-1]
    lines[:] = [
        line if line.lstrip().startswith((">>>", "...")) else _escaped(line) for line in lines
    ]


def _escaped(line: str) -> str:
    parts = _CODE.split(line)
    return "".join(part if k % 2 else part.replace("|", "\\|") for k, part in enumerate(parts))


def setup(app: Any) -> dict[str, bool]:
    """Before numpydoc reads them, which is at 500."""
    app.connect("autodoc-process-docstring", escape_bars, priority=100)
    return {"parallel_read_safe": True}
