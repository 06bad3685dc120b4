"""docs/development.md: its map is that of the package, and every generator is on its list."""

from __future__ import annotations

import re
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "development.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?:`stabkit\.(\w+)`)? ?\| (?:`([\w.]+)`)? ?\|", re.MULTILINE)


def test_the_map_shows_every_room_and_no_other() -> None:
    shown, layer = set(), ""
    for named, room in ROW.findall(PAGE):
        layer = named or layer
        shown |= {layer, f"{layer}.{room}".rstrip(".")}
    files = (path.relative_to(TOP / "stabkit") for path in (TOP / "stabkit").rglob("*/__init__.py"))
    rooms = {".".join(path.parent.parts) for path in files}
    assert shown == rooms | {"records", "errors"}


def test_every_generator_is_listed() -> None:
    made = {path.name for path in (TOP / "scripts").glob("*.py")} - {"__init__.py"}
    assert made == set(re.findall(r"`scripts/(\w+\.py)`", PAGE))
