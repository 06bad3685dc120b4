"""Tables of what limit cycles cost, as Markdown; the numbers are those of `numbers`.

References
----------
docs/model.md, R6, R10, R11, Class mix.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from stabkit import Cycles, Workload, percent, readable

from .numbers import (
    WORST_LIMIT,
    class_completions,
    divisor_losses,
    long_run_ratios,
    synchronized_limit,
    synchronized_losses,
    worst_cycle_losses,
)

__all__ = [
    "completion_table",
    "divisor_table",
    "markdown_table",
    "synchronized_table",
    "worst_cycle_table",
]

_DIGITS = 4  # after the point, of ratios
_COMPLETION_HEADS = [
    "class (s, l)",
    "admitted",
    "completed",
    "completions / `p_k a*`",
    "tokens",
    "requests",
    "ends on",
]


def markdown_table(rows: Sequence[Sequence[str]], left: int = 0) -> str:
    """Return `rows` as a Markdown table, the first one being the heads; numbers to the right.

    Parameters
    ----------
    rows : sequence of sequences of str
        At least one row of heads. Cells are not escaped.
    left : int
        How many columns, from the first one on, are words and go to the left.

    Examples
    --------
    >>> print(markdown_table([("s", "loss"), ("10", "2.5")]), end="")
    | s | loss |
    | ---: | ---: |
    | 10 | 2.5 |
    """
    heads, *body = rows
    marks = [":---"] * left + ["---:"] * (len(heads) - left)
    return "".join(f"| {' | '.join(line)} |\n" for line in (heads, marks, *body))


def worst_cycle_table(inputs: Iterable[int], decodes: Sequence[int]) -> str:
    """Return the worst cycle's loss in per cent: a row for each s, a column for each l.

    Parameters
    ----------
    inputs : iterable of int
        s >= 0, in tokens.
    decodes : sequence of int
        l >= 1, in steps.

    Notes
    -----
    The last column is the limit for l to infinity, 1/2; the last row that for s to infinity, 0.

    References
    ----------
    docs/model.md, R6.

    Examples
    --------
    >>> print(worst_cycle_table([10], [5, 100]), end="")
    | s (tokens) | l = 5 | l = 100 | l → ∞ |
    | ---: | ---: | ---: | ---: |
    | 10 | 13.3 % | 45 % | 50 % |
    | → ∞ | 0 % | 0 % | – |
    """
    rows = [["s (tokens)", *(f"l = {readable(length)}" for length in decodes), "l → ∞"]]
    for s in inputs:
        losses = [*worst_cycle_losses(s, decodes), WORST_LIMIT]
        rows.append([readable(s), *map(percent, losses)])
    return markdown_table([*rows, _long_inputs(len(decodes))])


def _long_inputs(columns: int) -> list[str]:
    """Return the row of the limit for s to infinity; both limits at once have no value."""
    return ["→ ∞", *[percent(Fraction(0))] * columns, "–"]


def synchronized_table(
    inputs: Iterable[int], factors: Sequence[int], numbers: Sequence[int] = (2, 3)
) -> str:
    """Return the synchronised cycle's loss in per cent: a row for each s, a column for each g.

    Parameters
    ----------
    inputs : iterable of int
        s >= 0, in tokens, the same for all classes.
    factors : sequence of int
        g >= 1.
    numbers : sequence of int
        n_k >= 1, of gcd 1: decode lengths g n_k, in equal shares.

    References
    ----------
    docs/model.md, R10.

    Examples
    --------
    >>> print(synchronized_table([100], [2]), end="")
    | s (tokens) | g = 2 | g → ∞ |
    | ---: | ---: | ---: |
    | 100 | 0.48 % | 27.8 % |
    | → ∞ | 0 % | – |
    """
    rows = [["s (tokens)", *(f"g = {readable(g)}" for g in factors), "g → ∞"]]
    for s in inputs:
        losses = [*synchronized_losses(s, factors, numbers), synchronized_limit(numbers)]
        rows.append([readable(s), *map(percent, losses)])
    return markdown_table([*rows, _long_inputs(len(factors))])


def divisor_table(inputs: Iterable[int], lengths: Sequence[int], divisors: Sequence[int]) -> str:
    """Return the losses of fixed lengths in step by each d: rows s, then what the gcd's one does.

    Parameters
    ----------
    inputs : iterable of int
        s >= 0, in tokens, the same for all classes.
    lengths : sequence of int
        Decode lengths, in equal shares.
    divisors : sequence of int
        d >= 1, divisors of all lengths.

    Notes
    -----
    The last column is the verdict on the mix renormalised by the gcd. The cycle in step by the gcd
    attracts if that is stable, and repels if it is unstable.

    References
    ----------
    docs/model.md, R10.

    Examples
    --------
    >>> print(divisor_table([10], [12, 18], [2, 6]), end="")
    | s (tokens) | d = 2 | d = 6 | renormalised by 6 |
    | ---: | ---: | ---: | ---: |
    | 10 | 2.7 % | 12 % | stable |
    """
    mixes = [(s, Workload.from_classes([(s, length) for length in lengths])) for s in inputs]
    factor = mixes[0][1].gcd
    rows = [["s (tokens)", *(f"d = {d}" for d in divisors), f"renormalised by {factor}"]]
    for s, mix in mixes:
        losses, verdict = divisor_losses(mix, divisors)
        rows.append([readable(s), *map(percent, losses), verdict])
    return markdown_table(rows)


def completion_table(findings: Iterable[Cycles]) -> str:
    """Return what each class completes, in runs from empty, against what is admitted.

    Parameters
    ----------
    findings : iterable of Cycles
        As `stabkit.cycles` returns them.

    Returns
    -------
    str
        A row for each class. What is the whole mix's stands in the row of its first class: what the
        run ends on, completed tokens over the equilibrium's, completed requests over a*.

    Notes
    -----
    Exact where the run ends on an exact cycle, and then rounded; *measured* where it says so.

    References
    ----------
    docs/model.md, Class mix, R12.

    Examples
    --------
    >>> from stabkit import cycles
    >>> mix = Workload.from_classes([(0, 6, 2), (5, 1, 3)])
    >>> print(completion_table([cycles(mix)]).splitlines()[3])
    | (5, 1) | 60 % | 61 % | 1.0274 |  |  |  |
    """
    rows = [_COMPLETION_HEADS]
    for found in findings:
        tokens, requests, completed = long_run_ratios(found)
        of_mix = [_ratio(tokens), _ratio(requests), _ending(found)]
        columns = zip(found.mix.classes, completed, class_completions(found), strict=True)
        for c, share, ratio in columns:
            name = f"({c.input_length}, {c.decode_length})"
            rows.append([name, percent(c.share), percent(share), _ratio(ratio), *of_mix])
            of_mix = [""] * len(of_mix)
    return markdown_table(rows)


def _ratio(value: Fraction | float) -> str:
    return f"{float(value):.{_DIGITS}f}"


def _ending(found: Cycles) -> str:
    seen = found.observations[0]
    if seen.cycle is None:
        return "no period: measured"
    return f"period {readable(seen.cycle.period)}, exact"
