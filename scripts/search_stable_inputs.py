"""Search for a stable input below the threshold where none is known: `stable-inputs-open`.

Run: python scripts/search_stable_inputs.py            the whole search (some ten minutes)
     python scripts/search_stable_inputs.py --part 100  every hundredth mix of it

Mixes of two coprime decode lengths, and mixes of gcd 1 with longest decode length 4. Weights are
drawn log-uniformly from 1 to 1000; seeded: the same mixes every time. Each is decided by the exact
partition of the line of common inputs of `stabkit.threshold`: crossings are algebraic numbers
up to L = 24, and proved enclosures beyond; the modes between them are counted exactly. A mix with a
stable interval besides the last one is printed, and would refute the conjecture. The record in
proofs/stable_inputs.py states the numbers of mixes; the script says if they are no longer these.
"""

import argparse
import math
import random
from collections.abc import Iterator
from itertools import combinations, islice

from stabkit_proofs.stable_inputs import SEARCHED, Searched

from stabkit import Workload, threshold

SEED = 20_261_129
LONGEST = 30  # of two lengths
SHARES = 10  # mixes of each pair
OF_FOUR = 40_000
BESIDES = ((1,), (3,), (1, 2), (1, 3), (2, 3), (1, 2, 3))  # lengths that have gcd 1 with 4

Lengths = tuple[int, ...]
Weights = tuple[int, ...]
Mix = tuple[Lengths, Weights]


def of_two() -> Iterator[Mix]:
    """Yield mixes of two coprime lengths."""
    rng = random.Random(SEED)
    for pair in combinations(range(1, LONGEST + 1), 2):
        if math.gcd(*pair) == 1:
            for _ in range(SHARES):
                yield pair, weights(rng, 2)


def of_four() -> Iterator[Mix]:
    """Yield mixes of longest length 4 and gcd 1."""
    rng = random.Random(SEED + 1)
    for _ in range(OF_FOUR):
        lengths = (*rng.choice(BESIDES), 4)
        yield lengths, weights(rng, len(lengths))


def weights(rng: random.Random, count: int) -> Weights:
    """Return log-uniform weights."""
    return tuple(round(10 ** rng.uniform(0, 3)) for _ in range(count))


def is_stable_beyond_only(mix: Mix) -> bool:
    """Tell whether the equilibrium is stable from the last crossing on and nowhere else."""
    classes = [(0, length, weight) for length, weight in zip(*mix, strict=True)]
    found = threshold(Workload.from_classes(classes))
    if not found.complete:
        raise ArithmeticError(f"the partition of {mix} is not complete")
    return [part.high for part in found.stable_intervals] == [None]


def searched(name: str, mixes: Iterator[Mix], part: int) -> int:
    """Search every mix of number 0, `part`, 2 `part`, ...; return how many there were."""
    number, found = 0, 0
    for mix in islice(mixes, 0, None, part):
        number += 1
        if not is_stable_beyond_only(mix):
            found += 1
            print(f"stable below the threshold: lengths {mix[0]}, weights {mix[1]}")
    print(f"{name}: {number} mixes, {found} with a stable input below the threshold")
    return number


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", type=int, default=1, metavar="N", help="every N-th mix only")
    part = parser.parse_args().part
    numbers = Searched(
        searched(f"two coprime lengths up to {LONGEST}", of_two(), part),
        searched("gcd 1 and longest length 4", of_four(), part),
    )
    if part == 1 and numbers != SEARCHED:
        print(f"proofs/stable_inputs.py states {SEARCHED}: write {numbers}")


if __name__ == "__main__":
    main()
