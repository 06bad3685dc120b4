"""Run the engines of stabkit against each other, and against plain ones, for hours.

Run: python scripts/soak.py STATE --hours 8       go on where the state file ends
     python scripts/soak.py STATE --page          write what it holds into docs/evidence.md
     python scripts/soak.py STATE --case counts:7 one case again

The n-th case of a comparison is drawn from a generator seeded with its name and n, so that what
disagrees is found again by its number. The comparison that has had the least time is next. The
state file is replaced in one step twice a minute: a run that was killed goes on from there.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
import traceback
from pathlib import Path
from typing import Any

from comparisons.compared import COMPARISONS, NothingToCompare

PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"
_SAVED_EVERY = 30  # seconds
_KEPT = 20  # disagreements


def case(name: str, number: int) -> str | None:
    """Return what disagrees in a case, an exception included."""
    try:
        return COMPARISONS[name](random.Random(f"{name}/{number}"))
    except NothingToCompare:
        raise
    except Exception:
        return traceback.format_exc(limit=-3)


def begun(path: Path) -> dict[str, Any]:
    """Return the state in a file, with every comparison in it."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for name in COMPARISONS:
        found.setdefault(name, {"cases": 0, "compared": 0, "seconds": 0.0, "disagreements": []})
    return found


def saved(path: Path, state: dict[str, Any]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)


def tried(name: str, entry: dict[str, Any]) -> None:
    """Run the next case of a comparison."""
    number, started = entry["cases"], time.monotonic()
    try:
        wrong = case(name, number)
        entry["compared"] += 1
    except NothingToCompare:
        wrong = None
    if wrong is not None:
        print(f"{name}:{number}: {wrong}", flush=True)
        entry["disagreements"] = [*entry["disagreements"], [number, wrong]][:_KEPT]
    entry["cases"] += 1
    entry["seconds"] += time.monotonic() - started


def run(path: Path, seconds: float) -> None:
    state, now = begun(path), time.monotonic()
    end, due = now + seconds, now + _SAVED_EVERY
    while now < end:
        name = min(COMPARISONS, key=lambda name: state[name]["seconds"])
        tried(name, state[name])
        now = time.monotonic()
        if now > due:
            saved(path, state)
            due = now + _SAVED_EVERY
    saved(path, state)


def table(state: dict[str, Any]) -> str:
    """Return the state as a table in Markdown."""
    lines = ["| comparison | cases | minutes | disagreements |", "|---|---|---|---|"]
    for name, comparison in COMPARISONS.items():
        entry, what = state[name], (comparison.__doc__ or "").splitlines()[0]
        minutes = round(entry["seconds"] / 60)
        cells = f"{entry['compared']:,} | {minutes} | {len(entry['disagreements'])}"
        lines.append(f"| `{name}`: {what} | {cells} |")
    return "\n".join(lines) + "\n"


def rewrite(content: str) -> None:
    """Put the table between its markers on the page."""
    begin, end = "<!-- soak: begin -->\n", "<!-- soak: end -->"
    before, rest = PAGE.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    PAGE.write_text(f"{before}{begin}\n{content}\n{end}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("state", type=Path, help="JSON; made if there is none")
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--case", metavar="NAME:NUMBER", help="run one case again")
    parser.add_argument("--page", action="store_true", help="write the table into docs/evidence.md")
    options = parser.parse_args()
    if options.case:
        name, _, number = options.case.partition(":")
        print(case(name, int(number)))
    elif options.page:
        rewrite(table(begun(options.state)))
    else:
        run(options.state, 3600 * options.hours)


if __name__ == "__main__":
    main()
