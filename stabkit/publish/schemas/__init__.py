"""The JSON Schemas (draft 2020-12) of what the commands print with ``--json``, one file each.

``analysis-1.json`` describes records of the schema ``stabkit.analysis/1``. What is the same in
several of them stands once, in ``common.json``; a schema that is handed out has that in it, so that
a validator needs no other file and no network. Others take the names below.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

from ...errors import InvalidArgument, shown

__all__ = ["Schema", "schemas"]

_COMMON = "common"


@dataclass(frozen=True)
class Schema:
    """A JSON Schema.

    Attributes
    ----------
    name : str
        What `schema` says in the records that it describes.
    title : str
        The command whose JSON it is.
    document : dict
        The schema itself, whole.
    """

    name: str
    title: str
    document: dict[str, Any]


def schemas(name: str | None = None) -> tuple[Schema, ...]:
    """Return all schemas, or those of a name: with its number one, without it the newest.

    Parameters
    ----------
    name : str, optional
        Such as "stabkit.analysis/1", "analysis/1" or "analysis".

    Raises
    ------
    InvalidArgument
        If there is no such schema.

    Examples
    --------
    >>> schemas("analysis")[0].name
    'stabkit.analysis/1'
    """
    every = tuple(_schema(file) for file in _names())
    if name is None:
        return every
    full = name if name.startswith("stabkit.") else f"stabkit.{name}"
    found = [one for one in every if full in (one.name, one.name.rpartition("/")[0])]
    if not found:
        near = get_close_matches(full, [one.name for one in every], n=1, cutoff=0)[0]
        raise InvalidArgument(
            f"'name' must be a schema such as {near}, not {shown(name)}; "
            "'stabkit schema' lists all."
        )
    return (found[-1],)


def _names() -> list[str]:
    names = (file.name for file in files(__name__).iterdir())
    kept = {name.removesuffix(".json") for name in names if name.endswith(".json")} - {_COMMON}
    return sorted(kept, key=lambda name: (name.rpartition("-")[0], int(name.rpartition("-")[2])))


def _schema(file: str) -> Schema:
    document, common = _read(file), _read(_COMMON)
    document["$defs"] = document.get("$defs", {}) | {_COMMON: common}
    return Schema(document["properties"]["schema"]["const"], document["title"], document)


def _read(file: str) -> dict[str, Any]:
    text = (files(__name__) / f"{file}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
