"""The JSON Schemas as a list, and each as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..rendering import RECORDS, TEXTS
from ..schemas import Schema
from .dialect import chosen, headed
from .tables import plain_table

__all__ = ["SCHEMA", "schemas_record", "schemas_text"]

SCHEMA = "stabkit.schemas/1"


@RECORDS.writes(Schema, many=True)
def schemas_record(found: Sequence[Schema]) -> dict[str, Any]:
    """Return a schema itself; of several the names and titles: schema ``stabkit.schemas/1``."""
    if len(found) == 1:
        return found[0].document
    return headed(SCHEMA, schemas=[chosen(one, "name title") for one in found])


@TEXTS.writes(Schema, many=True)
def schemas_text(found: Sequence[Schema]) -> str:
    """Return a schema as JSON; several as a table."""
    if len(found) == 1:
        return json.dumps(found[0].document, indent=2) + "\n"
    return plain_table([("schema", "of"), *((one.name, one.title.split(":")[0]) for one in found)])
