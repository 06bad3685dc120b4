"""A checked theorem in sentences: what is given, what follows, why, and how sharp it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ...errors import ArgumentTypeError, shown
from ...model.numbers import listed
from ...theorems.checked import CheckedStep, CheckedTheorem
from ...theorems.evidence import Status
from ...theorems.records import Step, Theorem
from ...theorems.wording import clauses, propositions
from ..document.tree import Formula, Paragraph, Section
from ..text.numbers import counted
from .assertions import joined
from .evidence import evidence_blocks, said

__all__ = ["EVIDENCE", "exposition", "kind", "meanings", "tried"]

# Only a proof is called one.
EVIDENCE = ("conjecture", "refuted", "numeric")
_KINDS = {
    "conjecture": "Conjecture",
    "refuted": "Refuted claim",
    "numeric": "Observation",
    "failed": "Claim",
}
_ROMAN = tuple(
    f"({number})" for number in ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"]
)


def kind(status: Status) -> str:
    """Return what a result of this status is called."""
    return _KINDS.get(status, "Theorem")


def exposition(
    one: CheckedTheorem, letters: Collection[tuple[str, str]] = ()
) -> tuple[Section, ...]:
    """Return a checked theorem as sections: statement, meaning, proofs, sharpness, code.

    Parameters
    ----------
    one : CheckedTheorem
        One of those that `stabkit.prove` returns; what was found of its steps is told too.
    letters : collection of (str, str)
        Symbols, as LaTeX, with their meanings, that the reader knows already.

    Returns
    -------
    tuple of Section
        The title of the first one is that of the theorem.

    Raises
    ------
    InvalidArgument
        If `one` is no checked theorem, or `letters` are no pairs.

    Examples
    --------
    >>> from stabkit import exposition, prove, theorems
    >>> statement, *others = exposition(prove(theorems(), ["R2"])[0])
    >>> statement.blocks[-1].text, len(others), others[2].title
    ("Then $F = (s + L) A - \\\\lambda A'$.", 5, 'Formal proof')
    """
    if not isinstance(one, CheckedTheorem):
        raise ArgumentTypeError(f"'one' must be a checked theorem, not {shown(one)}.")
    known = listed(letters, "'letters'", "pairs of a symbol and its meaning")
    if not all(isinstance(pair, tuple) for pair in known):
        raise ArgumentTypeError(f"'letters' must be pairs, not {shown(letters)}.")
    theorem = one.theorem
    proof = "Evidence" if one.status in EVIDENCE else "Proof"
    sections = (
        Section(theorem.title, tuple(_statement(one, known))),
        Section("What it means", (said(theorem.lesson),)),
        Section(proof, (*_steps(theorem, theorem.steps, one.steps), *_links(one))),
        Section("Formal proof", tuple(_formal(theorem))),
        Section("Sharpness", tuple(_sharpness(one))),
        Section("The code", tuple(_code(one))),
    )
    return tuple(section for section in sections if section.blocks)


def _statement(one: CheckedTheorem, letters: Collection[tuple[str, str]]) -> Iterator[Paragraph]:
    theorem = one.theorem
    named = meanings(theorem, letters)
    if named:
        yield said(f"Let {joined(named, '; ')}.")
    supposed = clauses(theorem.claim, theorem.claim.hypotheses)
    if supposed:
        separator = "; " if any(" or " in clause for clause in supposed) else ", "
        yield said(f"Suppose that {joined(supposed, separator)}.")
    yield said(_concluded(theorem, "Then" if supposed or named else ""))
    if theorem.conjecture is not None:
        yield Paragraph(f"A conjecture. {theorem.conjecture}")
    if theorem.refutation is not None:
        yield Paragraph(f"Refuted. {theorem.refutation}")


def meanings(theorem: Theorem, letters: Collection[tuple[str, str]] = ()) -> list[str]:
    """Return what the letters of a theorem are, a clause each, but for those that are known."""
    named = (pair for pair in theorem.notation if pair not in letters)
    return [f"${symbol}$ be {meaning}" for symbol, meaning in named]


def tried(one: CheckedTheorem) -> str:
    """Return for how many objects the claim was decided, or which one fails."""
    if one.tried.failing is not None:
        return f"A counterexample: {one.tried.failing}."
    return f"The claim held for {counted(one.tried.instances, 'object')} drawn."


def _concluded(theorem: Theorem, opening: str) -> str:
    """Return the conclusions as one sentence, numbered where there are several."""
    found = clauses(theorem.claim, theorem.claim.conclusions)
    if len(found) > 1:
        found = [f"{_ROMAN[k]} {clause}" for k, clause in enumerate(found)]
    opening += ":" if opening and found[0].startswith("if ") else ""
    text = f"{opening} {joined(found, '; ') if len(found) > 1 else found[0]}.".strip()
    return text[:1].upper() + text[1:]


def _steps(
    theorem: Theorem, steps: Sequence[Step], checked: Sequence[CheckedStep]
) -> Iterator[Paragraph | Formula]:
    """Yield steps: their numbers, reasons and evidence; a status that is not "proved" is told."""
    words = propositions(theorem.claim)
    following = (*(step.reason for step in steps[1:]), "")
    for k, (step, found, after) in enumerate(zip(steps, checked, following, strict=False), 1):
        number = f"({k}) " if len(steps) > 1 else ""
        end = "," if after[:1].islower() else "."
        blocks = list(evidence_blocks(step.evidence, words, end))
        yield from _joined(f"{number}{_told(found)}{step.reason}", blocks)


def _joined(reason: str, blocks: list[Paragraph | Formula]) -> Iterator[Paragraph | Formula]:
    """Yield a reason and its evidence, words that go on with its sentence in lower case."""
    first = blocks[0] if blocks else None
    if isinstance(first, Paragraph) and not reason.endswith((".", ")")):
        pause = "" if reason.endswith((",", ":")) else ","
        yield said(f"{reason}{pause} {first.text[:1].lower()}{first.text[1:]}")
        yield from blocks[1:]
    else:
        yield from (said(reason), *blocks)


def _told(found: CheckedStep) -> str:
    """Return the status of a step, where its evidence does not say it."""
    return "" if found.status in ("proved", found.evidence) else f"[{found.status}] "


def _links(one: CheckedTheorem) -> Iterator[Paragraph]:
    """Yield which links of a proof are prose: from which steps, and to which conclusions."""
    if not one.links or one.status in EVIDENCE:
        return
    names = [f"from the step {step.name.replace('-', ' ')}" for step in one.theorem.steps]
    found = clauses(one.theorem.claim, one.theorem.claim.conclusions)
    ends = [f"to the conclusion: {clause}" for clause in found]
    steps = [names.index(link) for link in one.links if link in names]
    reached = [ends.index(link) for link in one.links if link in ends]
    numbers = [f"({k})" for k in range(1, len(names) + 1)]
    parts = []
    if steps:
        parts.append(f"from {_numbered('step', steps, numbers)}")
    if reached:
        parts.append(f"to {_numbered('conclusion', reached, _ROMAN[: len(ends)])}")
    yield Paragraph(f"Links in prose ({len(one.links)}): {', and '.join(parts)}.")


def _numbered(noun: str, which: list[int], names: Sequence[str]) -> str:
    """Return which of several things is meant, three and more in a row as a range."""
    if len(names) == 1:
        return f"the {noun}"
    runs: list[list[int]] = []
    for k in which:
        if runs and runs[-1][-1] == k - 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    found = [
        name
        for run in runs
        for name in (
            [f"{names[run[0]]}–{names[run[-1]]}"] if len(run) > 2 else [names[k] for k in run]
        )
    ]
    return f"the {noun}{'s' if len(which) > 1 else ''} {joined(found)}"


def _formal(theorem: Theorem) -> Iterator[Paragraph]:
    if theorem.formal is not None:
        yield Paragraph(theorem.formal.sentence(theorem.refutation is not None))


def _sharpness(one: CheckedTheorem) -> Iterator[Paragraph | Formula]:
    theorem = one.theorem
    words = propositions(theorem.claim)
    for witness, found in zip(theorem.sharpness, one.sharpness, strict=True):
        dropped = clauses(theorem.claim, [witness.drops])[0]
        yield said(f"Without “{dropped}”: {_told(found)}{witness.text}")
        yield from evidence_blocks(witness.evidence, words)


def _code(one: CheckedTheorem) -> Iterator[Paragraph | Formula]:
    names = one.theorem.code
    if names:
        yield Paragraph(f"In stabkit: {joined([name.removeprefix('stabkit.') for name in names])}.")
    yield from _steps(one.theorem, one.theorem.checks, one.checks)
