"""Write proofs/coq/Checked.v: python scripts/make_checked.py (15 seconds)

Its mixes are the packaged teaching mixes and random ones, with the verdicts of their certificates.
It gives the same bytes every time.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from pathlib import Path

from stabkit import Workload, as_workload, certify, examples

FILE = Path(__file__).parents[1] / "proofs" / "coq" / "Checked.v"
RANDOM_MIXES, SEED = 100, 24
LONGEST_DECODE, LONGEST_INPUT, HEAVIEST = 16, 40, 9
HEAD = """(** * Mixes whose verdict the checker of SchurCohn.v has confirmed

    Written by scripts/make_checked.py: the packaged teaching mixes and {count} random ones, with
    the verdicts of their certificates. A class is its input length, decode length and weight. *)

From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra ssrZ.
From mathcomp.real_closed Require Import complex.
From stabkit Require Import Mix Verdict.
"""
TABLE = """
Definition {table} : seq (seq integer_class) := [::
{rows}
].

Theorem {table}_checked (R : rcfType) cs (cs_valid : valid cs) :
  cs \\in {table} -> {claim} (mix_of R cs_valid).
Proof. by apply: {lemma}; vm_compute. Qed.
"""


def main() -> None:
    FILE.write_text(checked(), encoding="utf-8")


def checked() -> str:
    """Return the file."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for mix in mixes():
        (claim, *_) = certify(mix).claims
        found[claim.verdict == "stable"].append(row(mix))
    stable = {"table": "stable_mixes", "claim": "stable", "lemma": "all_stable"}
    others = {"table": "other_mixes", "claim": "~~ stable", "lemma": "none_stable"}
    return (
        HEAD.format(count=RANDOM_MIXES)
        + TABLE.format(**stable, rows=";\n".join(found[True]))
        + TABLE.format(**others, rows=";\n".join(found[False]))
    )


def mixes() -> Iterator[Workload]:
    """Yield the teaching mixes, then the random ones: all different."""
    teaching = [as_workload(one.name) for one in examples() if one.kind == "teaching"]
    found = {frozenset(mix.classes): mix for mix in teaching}
    total = len(found) + RANDOM_MIXES
    rng = random.Random(SEED)
    while len(found) < total:
        longest = rng.randint(2, LONGEST_DECODE)
        drawn = [
            (rng.randint(0, LONGEST_INPUT), rng.randint(1, longest), rng.randint(1, HEAVIEST))
            for _ in range(rng.randint(1, 4))
        ]
        mix = Workload.from_classes(drawn)
        found.setdefault(frozenset(mix.classes), mix)
    yield from found.values()


def row(mix: Workload) -> str:
    """Return a mix as a list in Coq, with integer weights."""
    scale = math.lcm(*(c.share.denominator for c in mix.classes))
    classes = [f"class {c.input_length} {c.decode_length} {c.share * scale}" for c in mix.classes]
    return f"  [:: {'; '.join(classes)}]"


if __name__ == "__main__":
    main()
