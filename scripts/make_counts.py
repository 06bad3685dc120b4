"""Write the counts of a trace: a row per distinct pair of decode and input length, compressed.

    python scripts/make_counts.py TRACE COUNTS

Arrival times and the order of the requests are left out. The same trace gives the same bytes.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import stabkit


def main(trace: str, counts: str) -> None:
    mix = stabkit.Workload.from_file(trace, merge=False)
    assert mix.request_count is not None
    rows = [
        f"{c.decode_length},{c.input_length},{c.share * mix.request_count}" for c in mix.classes
    ]
    text = "\n".join(["decode_length,input_length,count", *rows, ""])
    Path(counts).write_bytes(gzip.compress(text.encode("ascii"), mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
