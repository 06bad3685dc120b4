"""Measure everything once, in one run, and write `RESULTS.md` beside this file.

    python benchmarks/write_results.py

It takes some minutes; nothing else should run meanwhile.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.findings import find
from benchmarks.machine import described
from benchmarks.tables import results


def main() -> None:
    machine = described()
    findings = find(lambda text: print(text, file=sys.stderr, flush=True))
    page = results(findings, machine)
    Path(__file__).with_name("RESULTS.md").write_text(page)


if __name__ == "__main__":
    main()
