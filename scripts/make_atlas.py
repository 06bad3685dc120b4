"""Make the packaged atlas of thresholds, stabkit/analysis/packaged/atlas.csv, and docs/atlas.png.

Run: python scripts/make_atlas.py (20 seconds on two cores). It gives the same bytes every time.
"""

import math
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path

import stabkit
from stabkit import AtlasEntry, figure_bytes, to_csv

FIGURE = Path(__file__).parents[1] / "docs" / "atlas.png"
LONGEST = 60  # steps
CHUNK = 16
TABLE = Path(stabkit.__file__).parent / "analysis" / "packaged" / "atlas.csv"


def coprime_pairs() -> list[tuple[int, int]]:
    lengths = range(1, LONGEST + 1)
    return [(n, m) for m in lengths for n in range(1, m) if math.gcd(n, m) == 1]


def entry(pair: tuple[int, int], analysis: stabkit.Analysis) -> AtlasEntry:
    found = analysis.threshold
    if found is None or found.input_length is None or found.sufficient_input_length is None:
        raise ArithmeticError(f"the threshold of {pair} was not resolved")
    return AtlasEntry(
        *pair,
        Decimal(found.input_length),
        Decimal(found.sufficient_input_length),
        len(found.stable_intervals),
    )


def main() -> None:
    pairs = coprime_pairs()
    # Inputs of 0 tokens: the threshold does not depend on a mix's own inputs.
    mixes = [stabkit.Workload.from_classes([(0, length) for length in pair]) for pair in pairs]
    with ProcessPoolExecutor() as pool:
        spread = partial(pool.map, chunksize=CHUNK)
        analyses = stabkit.analyze_many(mixes, map=spread, crosscheck=False)
    entries = tuple(map(entry, pairs, analyses))
    TABLE.write_text(to_csv(entries), encoding="utf-8")
    FIGURE.write_bytes(figure_bytes(stabkit.figure(entries), "png"))


if __name__ == "__main__":
    main()
