"""Make the packaged atlas of thresholds, stabkit/analysis/packaged/atlas.csv, and docs/atlas.png.

Run: python scripts/make_atlas.py (20 seconds on two cores). It gives the same bytes every time.
"""

import math
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from functools import partial
from pathlib import Path

import stabkit
from stabkit.analysis.atlas import LONGEST, AtlasEntry
from stabkit.publish.figures.atlas import atlas_figure
from stabkit.publish.figures.formats import figure_bytes
from stabkit.publish.files import write_whole
from stabkit.publish.text.atlas import atlas_csv

FIGURE = Path(__file__).parents[1] / "docs" / "atlas.png"
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
    write_whole(TABLE, atlas_csv(entries))
    write_whole(FIGURE, figure_bytes(atlas_figure(entries), "png"))


if __name__ == "__main__":
    main()
