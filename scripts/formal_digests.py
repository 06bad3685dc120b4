"""Print the digests of the records with formal proofs: python scripts/formal_digests.py [LABEL ...]

A digest is of all that a statement consists of: the sentences of the record; in the file, and in
those of this folder that it requires, the definitions and what is supposed; and the theorems
themselves. Proofs, lemmas, examples and comments are not in it. When a digest has changed, read the
record against the file before the new one goes into the record.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from stabkit import Theorem, theorems

FOLDER = Path(__file__).parents[1] / "proofs" / "coq"
_COMMENT = re.compile(r"\(\*(?:(?!\(\*|\*\)).)*\*\)", re.DOTALL)
_PROOF = re.compile(r"\bProof\..*?\b(?:Qed|Defined)\.", re.DOTALL)
_END = re.compile(r"\.(?=\s)")
_GIVEN = re.compile(
    r"(Local )?(Definition|Fixpoint|Inductive|Record|Notation|Let|Fact|Canonical|"
    r"Coercion|Variables?|Hypothes[ie]s|Context|Section|End)\b"
)
_REQUIRED = re.compile(r"From stabkit Require (?:Import |Export )?([\w ]+)")


def main() -> None:
    for one in theorems():
        if one.formal is not None and (len(sys.argv) == 1 or one.label in sys.argv):
            print(f"{one.label}: {digest(one)}")


def digest(one: Theorem) -> str:
    """Return the digest of what a record with a formal proof and its file say."""
    assert one.formal is not None
    said = [*one.hypotheses, one.statement, one.formal.part]
    said += [f"{symbol}: {meaning}" for symbol, meaning in one.notation]
    said += statement(one.formal.file, one.formal.names)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def statement(file: str, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the sentences of a file of which these theorems consist, each on one line."""
    found = []
    for sentence in sentences((FOLDER / file).read_text(encoding="utf-8")):
        required = _REQUIRED.fullmatch(sentence)
        theorem = re.match(r"(?:Theorem|Corollary|Lemma) (\w+)", sentence)
        if required:
            for name in required[1].split():
                yield from statement(f"{name}.v", ())
        elif theorem and theorem[1] in names:
            found.append(theorem[1])
            yield sentence
        elif _GIVEN.match(sentence):
            yield sentence
    if set(found) != set(names):
        raise ValueError(f"{file} must state {', '.join(names)}, not {', '.join(found)} alone.")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a file, without comments and proofs, with single spaces."""
    without = None
    while without != text:  # comments may be nested
        without, text = text, _COMMENT.sub(" ", text)
    for sentence in _END.split(_PROOF.sub("", text)):
        if sentence.strip():
            yield " ".join(sentence.split())


if __name__ == "__main__":
    main()
