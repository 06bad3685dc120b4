"""A page for every JSON Schema: its keys in a table, and the schema itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["pages"]

FOLDER = Path(__file__).parents[2] / "stabkit" / "publish" / "schemas"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the schemas, and the list of them in docs/site/schemas.md."""
    common = json.loads((FOLDER / "common.json").read_text("utf-8"))
    listed = []
    for file in sorted(FOLDER.glob("*.json")):
        schema = json.loads(file.read_text("utf-8"))
        title = schema.get("title", "What several schemas share")
        keys = "".join(_table(schema, common)) if "properties" in schema else ""
        text = f"# {file.stem}\n\n{title}.\n\n{keys}\n## The schema\n\n"
        yield f"docs/schemas/{file.stem}.md", f"{text}```json\n{file.read_text('utf-8')}```\n"
        listed.append(f"* [{file.stem}](docs/schemas/{file.stem}.md): {title}.\n")
    yield "docs/schemas/list.txt", "".join(listed)


def _table(schema: dict[str, Any], common: dict[str, Any]) -> Iterator[str]:
    yield "| key | meaning |\n|---|---|\n"
    for key, value in schema["properties"].items():
        yield f"| `{key}` | {_meaning(value, common)} |\n"


def _meaning(value: dict[str, Any], common: dict[str, Any]) -> str:
    """Return the description of a key, its own or that of the definition that it refers to."""
    own = "description" in value or "$ref" not in value
    meant = value if own else common["$defs"].get(value["$ref"].rpartition("/")[2], {})
    return str(meant.get("description", "")).replace("|", "\\|")
