"""Make stabkit/__init__.pyi and docs/api.md from the table of public names in stabkit.

Static tools cannot follow names that are loaded on first use; the stub tells them where each one
lives. The page lists the names group by group, each with the first sentence of its docstring.

Run: python scripts/make_api.py (a second). It gives the same bytes every time.
"""

import inspect
from pathlib import Path

import stabkit

TOP = Path(__file__).parents[1]
STUB = TOP / "stabkit" / "__init__.pyi"
PAGE = TOP / "docs" / "api.md"


def stub() -> str:
    """Return the stub: every public name, imported from its home."""
    homes = [
        (home, name)
        for group in stabkit.__groups__.values()
        for home, names in group.items()
        for name in names.split()
    ]
    head = '"""Made by scripts/make_api.py from the table in __init__.py."""\n\n'
    tail = "\n__version__: str\n__groups__: dict[str, dict[str, str]]\n"
    return head + "".join(f"from .{h} import {n} as {n}\n" for h, n in sorted(homes)) + tail


def page() -> str:
    """Return the page: every public name in its group, with what it is in one sentence."""
    lines = [
        "# Public names",
        "",
        "Every public name of `stabkit`, by subject; `help(stabkit.NAME)` has parameters, results,",
        "exceptions, the theorem behind it and examples. Made by `scripts/make_api.py`.",
    ]
    for group, homes in stabkit.__groups__.items():
        lines += ["", f"## {group.capitalize()}", ""]
        lines += [_entry(name) for names in homes.values() for name in names.split()]
    return "\n".join(lines) + "\n"


def described(name: str) -> tuple[str, str]:
    """Return how a public name is written, a function with its brackets, and what it is."""
    value = getattr(stabkit, name)
    summary = (inspect.getdoc(value) or "").partition("\n\n")[0]
    kind = "()" if inspect.isroutine(value) or value is stabkit.theorems else ""
    return f"{name}{kind}", " ".join(summary.split())


def _entry(name: str) -> str:
    written, summary = described(name)
    return f"* `{written}`: {summary}"


def main() -> None:
    STUB.write_text(stub(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
