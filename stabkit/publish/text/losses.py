"""Tables of what limit cycles cost, as Markdown.

*Worst cycle.* One decode length l, input s: the cohorts have merged into one, and the server loses
(l - 1) / (2 (s + l)) of the equilibrium's throughput (R6). At a fixed s that grows with l to 1/2,
which it never reaches; at a fixed l it falls to 0 as s grows: what a request brings along weighs
more and more than what it gathers on the way.

*Synchronised cycle.* Decode lengths g n_1, ..., g n_K: the same with g steps between cohorts (R10).
At a fixed s the loss grows with g, to

    E[n] / E[n (n + 1)] <= 1/2,

for the loss is (g - 1) E[n] / (2 E[n (s + g (n + 1) / 2)]) (R10, with l_k = g n_k), which at s = 0
is 1 - 1/g of it. The limit is 1/2 for n = 1 alone, the worst cycle.

*Completion shares.* Evictions take equal fractions of all classes in a stage, so that in the long
run class k completes, per step,

    p_k (a - sum_(j < l_k) e_j),

where a requests are admitted and e_j evicted per unit of share at the stages j. Hence completions
over p_k a* *never rise with the decode length*, and two classes differ in them only if evictions
reach a stage that the shorter one does not have. Then requests and tokens tell different stories:
more requests than at the equilibrium may complete, as they are the short ones.

References
----------
docs/model.md, R6, R10, R11, Class mix.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ...analysis.cycles.cycles import Cycles
from ...dynamics.necklaces import worst_cycle_loss
from ...dynamics.renormalization import renormalized, synchronized_loss
from ...errors import InvalidArgument
from ...model.numbers import rational_text
from ...model.workload import Workload
from ...spectrum.counting.counts import unit_circle_counts
from .numbers import percent, readable

__all__ = [
    "WORST_LIMIT",
    "class_completions",
    "completion_table",
    "divisor_table",
    "markdown_table",
    "synchronized_limit",
    "synchronized_table",
    "worst_cycle_table",
]

WORST_LIMIT = Fraction(1, 2)  # of R6's loss, for l to infinity
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
        At least one row of heads. Cells are not escaped: they are for texts of this package.
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
        losses = [worst_cycle_loss(s, length) for length in decodes]
        rows.append([readable(s), *map(percent, [*losses, WORST_LIMIT])])
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
        mixes = [Workload.from_classes([(s, g * n) for n in numbers]) for g in factors]
        losses = [*map(synchronized_loss, mixes), synchronized_limit(numbers)]
        rows.append([readable(s), *map(percent, losses)])
    return markdown_table([*rows, _long_inputs(len(factors))])


def synchronized_limit(numbers: Sequence[int]) -> Fraction:
    """Return the limit of the synchronised loss for g to infinity: E[n] / E[n (n + 1)].

    Parameters
    ----------
    numbers : sequence of int
        n_k >= 1: decode lengths g n_k, in equal shares.

    References
    ----------
    docs/model.md, R10; the module's docstring.

    Examples
    --------
    >>> synchronized_limit([2, 3]), synchronized_limit([1])
    (Fraction(5, 18), Fraction(1, 2))
    """
    return Fraction(sum(numbers), sum(n * (n + 1) for n in numbers))


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
        losses = [percent(synchronized_loss(mix, d)) for d in divisors]
        rows.append([readable(s), *losses, unit_circle_counts(renormalized(mix)).verdict])
    return markdown_table(rows)


def class_completions(found: Cycles) -> tuple[Fraction | float, ...]:
    """Return completions over p_k a* of the run from empty, for each class.

    Parameters
    ----------
    found : Cycles
        As `stabkit.cycles` returns it.

    Returns
    -------
    tuple of K Fractions or floats
        Dimensionless; Fractions where the run ends on an exact cycle, else long-run means.

    Raises
    ------
    InvalidArgument
        If the run has neither.

    References
    ----------
    docs/model.md, Class mix.

    Examples
    --------
    >>> from stabkit import cycles
    >>> mix = Workload.from_classes([(0, 6, 8), (0, 10, 8), (0, 1, 7)])
    >>> [f"{float(ratio):.3f}" for ratio in class_completions(cycles(mix))]
    ['0.758', '0.758', '3.313']
    """
    requests, completed = _ends(found)[1:]
    shares = (c.share for c in found.mix.classes)
    return tuple(requests * done / share for done, share in zip(completed, shares, strict=True))


def _ends(
    found: Cycles,
) -> tuple[Fraction | float, Fraction | float, tuple[Fraction | float, ...]]:
    """Return token ratio, request ratio and completed shares of the run from empty."""
    seen = found.observations[0]
    if seen.cycle is not None:
        cycle = seen.cycle
        return cycle.throughput_ratio, cycle.request_ratio, cycle.completed_shares
    tokens, requests, shares = seen.throughput_ratio, seen.request_ratio, seen.completed_shares
    if tokens is None or requests is None or shares is None:
        raise InvalidArgument("'found' must have long-run means of the run from empty, not None.")
    return tokens, requests, shares


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
        tokens, requests, completed = _ends(found)
        of_mix = [_ratio(tokens), _ratio(requests), _ending(found)]
        columns = zip(found.mix.classes, completed, class_completions(found), strict=True)
        for c, share, ratio in columns:
            name = f"({rational_text(c.input_length)}, {c.decode_length})"
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
