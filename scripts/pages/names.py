"""A page for every public name, and one for every group of them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from make_api import described

import stabkit

__all__ = ["pages"]


def pages() -> Iterator[tuple[str, str]]:
    """Yield the list of all names, the groups, and the names."""
    yield "docs/api.md", _overview()
    for group in stabkit.__groups__:
        yield f"docs/api/groups/{_file(group)}.md", _group(group)
        for name in _names(group):
            yield f"docs/api/{_page(name)}.rst", _name(name)


def _overview() -> str:
    lines = ["# Public names", "", "Every public name of `stabkit`, by subject.", ""]
    for group in stabkit.__groups__:
        lines += [f"## {group.capitalize()}", "", *_entries(group, "api"), ""]
    return "\n".join([*lines, *_contents(f"api/groups/{_file(g)}" for g in stabkit.__groups__)])


def _group(group: str) -> str:
    lines = [f"# {group.capitalize()}", "", *_entries(group, ".."), ""]
    return "\n".join([*lines, *_contents(f"../{_page(name)}" for name in _names(group))])


def _entries(group: str, folder: str) -> Iterator[str]:
    for name in _names(group):
        called, summary = described(name)
        yield f"* [`{called}`]({folder}/{_page(name)}.rst): {summary}"


def _contents(documents: Iterator[str]) -> list[str]:
    return ["```{toctree}", ":hidden:", "", *documents, "```", ""]


def _name(name: str) -> str:
    value = getattr(stabkit, name)
    kind = "class" if inspect.isclass(value) else "function" if callable(value) else "module"
    home = value.__name__ if kind == "module" else f"stabkit.{name}"
    members = "" if kind == "function" else "   :members:\n"
    return f"{name}\n{'=' * len(name)}\n\n.. auto{kind}:: {home}\n{members}"


def _names(group: str) -> list[str]:
    return " ".join(stabkit.__groups__[group].values()).split()


def _file(group: str) -> str:
    return group.replace(" ", "-")


def _page(name: str) -> str:
    """Return the file of a name; `threshold` and `Threshold` are one file on some systems."""
    twin = sum(one.lower() == name.lower() for one in stabkit.__all__) > 1
    return f"{name}-class" if twin and name[0].isupper() else name
