"""House rules that no linter knows: public names are documented whole, rooms list what they hold.

A docstring is read as numpydoc reads it: sections are underlined, and an entry of a section starts
at its margin, ``name : type`` or ``first, second : type``. The arguments of a function have a
section. So have those of a method, unless its text names them or there is one, of which its
sentence speaks.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib.util import resolve_name
from pathlib import Path
from typing import Any

import pytest

import stabkit
from stabkit.publish import rendering
from stabkit.records import Shown

PACKAGE = Path(stabkit.__file__).parent
ROOMS = sorted(path.parent for path in PACKAGE.rglob("*/__init__.py"))
SECTION = re.compile(r"^(\w+)\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"^(\w+(?:, \w+)*)(?: :.*)?$", re.MULTILINE)

PUBLIC = {name: getattr(stabkit, name) for name in stabkit.__all__}
# Of a public module, such as the style of figures, every name is public.
PUBLIC |= {
    f"{module}.{name}": getattr(value, name)
    for module, value in PUBLIC.items()
    if inspect.ismodule(value) and not callable(value)
    for name in value.__all__
}
FUNCTIONS = {
    name: value for name, value in PUBLIC.items() if inspect.isfunction(inspect.unwrap(value))
}
METHODS = {
    f"{name}.{attribute}": getattr(value, attribute)
    for name, value in PUBLIC.items()
    if inspect.isclass(value)
    for attribute in vars(value)
    if not attribute.startswith("_")
    and (inspect.isfunction(member := getattr(value, attribute)) or inspect.ismethod(member))
}
# Rooms that find their modules by name, so that a new one is one file.
OPEN = ("cli/commands", "dynamics/policies", "publish/figures", "publish/text")
RECORDS = {name: value for name, value in PUBLIC.items() if is_dataclass(value)}


def each(argument: str, values: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(argument, list(values.values()), ids=list(values))


def sections(value: Any) -> dict[str, str]:
    """The sections of a docstring by title."""
    return dict(SECTION.findall(f"{inspect.getdoc(value)}\n"))


def entries(section: str) -> list[str]:
    """The names that a section describes."""
    return [name for listed in ENTRY.findall(section) for name in listed.split(", ")]


def parameters(function: Callable[..., Any]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


@each("function", FUNCTIONS)
def test_every_parameter_of_a_function_is_documented_and_no_other(function: Any) -> None:
    assert entries(sections(function).get("Parameters", "")) == parameters(function)


@each("function", FUNCTIONS)
def test_every_function_says_what_it_returns(function: Any) -> None:
    assert "Returns" in sections(function)


@each("value", {name: PUBLIC[name] for name in stabkit.__all__ if name != "__version__"})
def test_every_public_name_has_an_example_that_is_run(value: Any) -> None:
    assert ">>> " in sections(value).get("Examples", "")


@each("method", METHODS)
def test_every_parameter_of_a_method_is_documented_and_no_other(method: Any) -> None:
    text, described = inspect.getdoc(method), sections(method)
    assert text
    if "Parameters" in described:
        assert entries(described["Parameters"]) == parameters(method)
    elif len(parameters(method)) > 1:
        assert [name for name in parameters(method) if f"`{name}`" not in text] == []


@each("record", RECORDS)
def test_every_field_of_a_record_is_documented_and_no_other(record: Any) -> None:
    described = sections(record)
    named = entries(described.get("Attributes", "") + described.get("Parameters", ""))
    assert named == [field.name for field in fields(record) if not field.name.startswith("_")]


@each("record", {name: value for name, value in RECORDS.items() if issubclass(value, Shown)})
def test_the_repr_of_a_record_is_short(record: Any) -> None:
    """One that `dataclass` writes, which is wrapped, would go before that of `Record`."""
    assert not hasattr(record.__repr__, "__wrapped__")


@each("room", {str(room.relative_to(PACKAGE)): room for room in ROOMS})
def test_a_room_lists_what_is_in_it(room: Path) -> None:
    """Every module and room by name, and nothing that is gone."""
    docstring = re.match(r'"""(.*?)"""', (room / "__init__.py").read_text("utf-8"), re.DOTALL)
    assert docstring
    there = {path.stem for path in room.glob("*.py")} - {"__init__"}
    there |= {path.parent.name for path in room.glob("*/__init__.py")}
    if room.relative_to(PACKAGE).as_posix() not in OPEN:
        assert there - set(re.findall(r"`(\w+)`", docstring[1])) == set()
    listed = re.findall(r"^\* ((?:`\w+`(?:, )?)+)", docstring[1], re.MULTILINE)
    assert {name for names in listed for name in re.findall(r"\w+", names)} <= there


# Publishing takes records. Of functions below it asks for the record of a result, or for a number
# or a theorem in words.
BELOW = ("analysis", "dynamics", "exercises", "model", "spectrum", "sweeps", "theorems")
ASKED = (
    "analysis.facts.",
    "analysis.pictures.",
    "model.numbers.",
    "theorems.formulas.",
    "theorems.registry.",
    "theorems.wording.",
)


def taken_by_publish() -> list[tuple[str, str]]:
    """Return the functions that modules of `publish` take from below."""
    taken = []
    for path in sorted((PACKAGE / "publish").rglob("*.py")):
        package = ".".join(path.parent.relative_to(PACKAGE.parent).parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                module = resolve_name("." * node.level + (node.module or ""), package)
                names = (f"{module}.{one.name}".removeprefix("stabkit.") for one in node.names)
                taken += [(path.name, name) for name in names if name.startswith(BELOW)]
    return [pair for pair in taken if pair[1].rpartition(".")[2].islower()]


def test_publishing_computes_nothing() -> None:
    functions = taken_by_publish()
    assert [pair for pair in functions if not pair[1].startswith(ASKED)] == []
    assert [room for room in ASKED if not any(name.startswith(room) for _, name in functions)] == []


@pytest.mark.parametrize("way", ["text", "figures"])
def test_a_writer_is_where_its_result_is_looked_for(way: str) -> None:
    """`stabkit.figure` finds it in a fresh process, whatever was imported before."""
    for path in (PACKAGE / "publish" / way).glob("*.py"):
        importlib.import_module(f"stabkit.publish.{way}.{path.stem}")
    for one in (rendering.RECORDS, rendering.TEXTS, rendering.FIGURES):
        for kind, writer in one._writers.items():
            if writer.__module__.startswith(f"stabkit.publish.{way}."):
                room = writer.__module__.split(".")[-1]
                assert room in (kind.__module__.split(".")[-1], "parts"), kind


def test_the_reader_of_docstrings_sees_what_is_missing() -> None:
    def function(first: int, second: int, third: int) -> int:
        """Return something.

        Parameters
        ----------
        first, third : int
            Numbers.

        Returns
        -------
        int
        """
        return first + second + third

    assert entries(sections(function)["Parameters"]) == ["first", "third"]
    assert set(sections(function)) == {"Parameters", "Returns"}


def test_the_name_of_a_class_stands_once() -> None:
    """Public or not, wherever it is defined; an engine's server is one thing of several modules.

    An alias of a type is no class, but a shorthand of its module.
    """
    homes: dict[str, list[Path]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name.lstrip("_"), []).append(path)
    assert {name for name, paths in homes.items() if len(paths) > 1} == {"Server"}
