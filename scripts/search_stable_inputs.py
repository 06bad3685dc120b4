"""Search for a stable input below the threshold where none is known: `stable-inputs-open`.

Run: python scripts/search_stable_inputs.py            the whole search (some ten minutes)
     python scripts/search_stable_inputs.py --part 100  every hundredth mix of it

Mixes of two coprime decode lengths, with weights drawn log-uniformly from 1 to 1000; seeded: the
same mixes every time. Each is decided by the exact partition of the line of common inputs of
`stabkit.threshold`: crossings are algebraic numbers up to L = 24, and proved enclosures beyond; the
modes between them are counted exactly. A mix with a stable interval besides the last one is
printed, and would refute the conjecture. The record in proofs/stable_inputs.py states the number of
mixes; the script says if it is no longer that.
"""

import argparse
import math
import random
from collections.abc import Iterator
from itertools import combinations, islice

from stabkit_proofs.stable_inputs import SEARCHED

from stabkit import Workload, threshold

SEED = 20_261_129
LONGEST = 30
SHARES = 10  # mixes of each pair

Mix = tuple[tuple[int, ...], tuple[int, ...]]  # lengths and weights


def mixes() -> Iterator[Mix]:
    """Yield mixes of two coprime lengths."""
    rng = random.Random(SEED)
    for pair in combinations(range(1, LONGEST + 1), 2):
        if math.gcd(*pair) == 1:
            for _ in range(SHARES):
                yield pair, tuple(round(10 ** rng.uniform(0, 3)) for _ in pair)


def is_stable_beyond_only(mix: Mix) -> bool:
    """Tell whether the equilibrium is stable from the last crossing on and nowhere else."""
    classes = [(0, length, weight) for length, weight in zip(*mix, strict=True)]
    found = threshold(Workload.from_classes(classes))
    if not found.complete:
        raise ArithmeticError(f"the partition of {mix} is not complete")
    return [part.high for part in found.stable_intervals] == [None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", type=int, default=1, metavar="N", help="every N-th mix only")
    part = parser.parse_args().part
    number = found = 0
    for mix in islice(mixes(), 0, None, part):
        number += 1
        if not is_stable_beyond_only(mix):
            found += 1
            print(f"stable below the threshold: lengths {mix[0]}, weights {mix[1]}")
    print(f"{number} mixes, {found} with a stable input below the threshold")
    if part == 1 and number != SEARCHED:
        print(f"proofs/stable_inputs.py states {SEARCHED}: write {number}")


if __name__ == "__main__":
    main()
