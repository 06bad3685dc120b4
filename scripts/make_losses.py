"""Make docs/limit_cycles.md and docs/losses.png: the limit cycles, and what they cost.

Run: python scripts/make_losses.py (10 seconds). It gives the same text every time; every number in
it is computed.
"""

import textwrap
from cmath import phase, pi
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from losses.drawing import losses_figure
from losses.numbers import WORST_LIMIT
from losses.tables import (
    completion_table,
    divisor_table,
    markdown_table,
    synchronized_table,
    worst_cycle_table,
)

import stabkit
from stabkit import figure_bytes, percent, readable

PAGE = Path(__file__).parents[1] / "docs" / "limit_cycles.md"
FIGURE = Path(__file__).parents[1] / "docs" / "losses.png"

INPUTS = (0, 10, 100, 1000, 10_000)
LENGTHS = (2, 5, 10, 50, 100, 500, 1000, 10_000)
DIVISOR_INPUTS = (0, 6, 10, 100, 1000)
WIDTH = 100
AS_IT_IS = ("|", "#", "![", "<!--", "    ", "* ", "[")  # how blocks that are no paragraphs begin

Mix = tuple[tuple[int, ...], ...]  # classes (input, decode length, weight)
EXAMPLE: Mix = ((0, 4),)
DOUBLED: Mix = ((0, 12, 2), (10, 2, 3))
R12: Mix = ((0, 6, 2), (5, 1, 3))
IN_STEP: Mix = ((5, 3), (5, 6))
QUASI_PERIODIC: Mix = ((5, 3), (5, 5))
MORE_REQUESTS: Mix = ((1, 1, 4), (1, 6, 1))
FEWER_TOKENS: Mix = ((0, 6, 8), (0, 10, 8), (0, 1, 7))


@cache
def found(classes: Mix) -> stabkit.Cycles:
    return stabkit.cycles(stabkit.Workload.from_classes(classes))


def page() -> str:
    """Return the text of docs/limit_cycles.md."""
    sections = (introduction, necklaces, worst, synchronized, shares, without_period, status)
    return "\n".join([*(wrapped(section()) for section in sections), SEE_ALSO])


def wrapped(text: str) -> str:
    """Return Markdown with its paragraphs filled, and code, tables and heads as they are."""
    pieces = text.split("```")
    for outside in range(0, len(pieces), 2):
        blocks = pieces[outside].split("\n\n")
        pieces[outside] = "\n\n".join(map(_filled, blocks))
    return "```".join(pieces)


def _filled(block: str) -> str:
    if not block.strip() or block.startswith(AS_IT_IS):
        return block
    before, after = (block.startswith("\n") * "\n", block.endswith("\n") * "\n")
    lines = textwrap.wrap(block, WIDTH, break_long_words=False, break_on_hyphens=False)
    return before + "\n".join(lines) + after


def introduction() -> str:
    return """\
# Limit cycles, and what they cost

<!-- written by scripts/make_losses.py: change that, not this -->

A server whose steady state does not last has to end up somewhere. Often that is a *limit cycle*: a
sequence of states that repeats after a fixed number of steps, its *period*: so many admissions,
then so many evictions, and again. Requests that were admitted together are called a *cohort*. The
steady state itself, the *equilibrium*, is the cycle of period 1: in every step as many requests are
admitted as complete, and none is evicted. A cycle *attracts* if nearby states converge to it, and
*repels* if almost all of them leave.

This page lists the cycles that are known exactly, says which of them attract, and how much of the
equilibrium's throughput is lost on them. The model is [the fluid](model.md): a saturated queue
and fixed shares of admissions. Throughput is completed tokens per step, and so is every
loss, unless requests are named. `stabkit cycle MIX` prints the same for any mix.

![Throughput lost on the worst cycle and on the synchronised cycle](losses.png)

*Left: the worst cycle of one decode length. Right: the synchronised cycle of two, 2g and 3g in
equal shares. The number on a line is the input length s. Longer prompts shift the lines to the
right, by about a decade for each factor of ten: what counts is how long outputs are next to the
prompts.*
"""


def necklaces() -> str:
    cycles = found(EXAMPLE).cycles
    length = EXAMPLE[0][1]
    rows = [("arcs", "period", "throughput", "lost", "largest multiplier", "attracts")]
    for cycle in cycles:
        largest = cycle.multipliers.multipliers[0].value
        rows.append(
            (
                ", ".join(map(str, cycle.composition)),
                f"{cycle.period}",
                f"{cycle.throughput_ratio}",
                percent(1 - cycle.throughput_ratio),
                readable(float(abs(largest)), 5),
                "yes" if cycle.attracting else "no",
            )
        )
    return f"""\
## Necklaces

Take one decode length l, and cut a ring of l stages into arcs of d₁, …, d_m stages: a *composition*
of l. Put a cohort on the last stage of each arc, as large as its arc is long, and scale all of them
so that the memory is full. In the next l steps every cohort in its turn completes, the newcomers
that take its place are cut by evictions until they are as many as it was, and all is as before: a
cycle. Turning the ring only shifts it in time, so that there is one cycle for each *necklace* of
arcs. With several classes the ring has as many stages as the gcd g of the decode lengths, and each
arc stands for all stages that are the same modulo g.

For l = {length} and s = {EXAMPLE[0][0]} there are {len(cycles)} cycles. Their throughput is given
over that of the equilibrium:

{markdown_table(rows, left=1)}
The *multiplier* says by how much a small disturbance grows in one period, or, below 1, shrinks.
`stabkit.necklace_cycles` gives the states of every cycle as exact fractions.
"""


def worst() -> str:
    return f"""\
## One decode length: only the worst cycle attracts

What is lost grows with the sum of the squares of the arcs: the best are 1, …, 1, the equilibrium,
and the worst is a single arc. There all requests march in step, one cohort for every l steps. They
are admitted until the memory is full, although they will grow; in each of the l - 1 steps after
that some of them are evicted to make room for the others, and what they had done is lost.

For one decode length every necklace but the worst repels, every start gets onto one of these cycles
in finitely many steps, and all starts but a set of volume 0 get onto the worst one (R6′, R6a; how
far that is proved stands below). So this is what a server with outputs of one length comes to,
whatever its prompts (s is then their mean), and it loses

    (l - 1) / (2 (s + l))

of the throughput, exactly:

{worst_cycle_table(INPUTS, LENGTHS)}
With longer outputs at the same prompt the loss grows to {percent(WORST_LIMIT)}, which it never
reaches (before the last column, {percent(WORST_LIMIT)} is rounded); with longer prompts at the
same output it falls to 0. A server that never evicts because it reserves s + l tokens for every
request has the same throughput as the worst cycle.
"""


def synchronized() -> str:
    return f"""\
## Several decode lengths: the synchronised cycle

If all decode lengths are multiples of g, the requests of all classes can march in step: the
necklace of a single arc of g stages, the *synchronised cycle*. Of tokens and requests alike it
loses

    (g - 1) μ / (2 g Σ p_k Σ (s_k + (i + 1) g)),    the inner sum over i < l_k / g,

where μ = Σ p_k l_k is the mean decode length. For decode lengths 2g and 3g in equal shares that is

{synchronized_table(INPUTS, LENGTHS)}
Fixed lengths can be in step by any common divisor d. The lengths 12 and 18 in equal shares lose

{divisor_table(DIVISOR_INPUTS, (12, 18), (1, 2, 3, 6))}
*Renormalisation* tells whether such a cycle attracts. A server in step, looked at every d steps, is
a server of the same model with inputs s_k / d, decode lengths l_k / d and d times less memory; its
equilibrium is the cycle. With d = g, the cycle attracts if the renormalised mix is stable and
repels if it is unstable: the last column. (If it is marginal, that does not decide.) Any other
cycle of the renormalised mix is one of the mix itself, with g times the period.

{_doubled()}"""


def _doubled() -> str:
    result = found(DOUBLED)
    reduced = result.renormalized
    level, *cycles = result.cycles
    rows = [("cycle", "period", "tokens lost", "requests lost", "attracts")]
    names = ("synchronised, from the equilibrium", "synchronised, from the evicting cycle")
    for name, cycle in zip(("equilibrium", *names), (level, *cycles), strict=True):
        losses = (percent(1 - cycle.throughput_ratio), percent(1 - cycle.request_ratio))
        rows.append((name, f"{cycle.period}", *losses, "yes" if cycle.attracting else "no"))
    empty, near = (seen.cycle for seen in result.observations)
    return f"""\
An example with both: classes {_named(result.mix)}. The gcd is {result.mix.gcd}, and the
renormalised mix is {_named(reduced.mix)}. Its equilibrium is {reduced.verdict}, and yet from empty
it runs into a cycle of {reduced.observations[0].period} steps with evictions, which attracts too.
So the mix itself has two synchronised cycles that attract, of periods
{cycles[0].period} = {result.mix.gcd} × 1 and
{cycles[1].period} = {result.mix.gcd} × {reduced.observations[0].period}:

{markdown_table(rows, left=1)}
A run from empty ends on the one of period {empty.period}, a run from near the equilibrium on the
one of period {near.period}. The first completes more requests than the second and fewer tokens: its
evictions fall on the long requests.
"""


def _named(mix: stabkit.Workload) -> str:
    """Return the classes with their shares, in words."""
    classes = [
        f"({readable(c.input_length)}, {c.decode_length}) with share {c.share}" for c in mix.classes
    ]
    return " and ".join(classes)


def shares() -> str:
    mixes = (MORE_REQUESTS, FEWER_TOKENS, R12, IN_STEP, QUASI_PERIODIC)
    more, fewer = found(MORE_REQUESTS).observations[0], found(FEWER_TOKENS).observations[0]
    return f"""\
## Who completes: evictions change the mix

Evictions take equal fractions of all classes in a stage, youngest stages first; but stages beyond
the decode length of a short class hold longer requests alone, and these go on being evicted there.
Hence completions of a class, over `p_k a*`, its completions at the equilibrium, *never rise with
its decode length*; and they are equal for all classes if no eviction reaches a stage beyond the
shortest length. Runs from empty:

{completion_table(map(found, mixes))}
*Tokens* and *requests* are those completed, over the equilibrium's. Counting requests misleads: the
first mix completes {readable(float(more.request_ratio), 5)} times the requests of the equilibrium
with {readable(float(more.throughput_ratio), 5)} times its tokens, the second
{readable(float(fewer.request_ratio), 5)} times the requests with only
{readable(float(fewer.throughput_ratio), 5)} times the tokens. Neither ratio is bounded by 1. The
last two mixes are for contrast: they evict as well, and every class keeps its share. In the model
the admissions keep theirs by definition; on a real server evicted requests come back, and the
admitted mix drifts towards the long ones.
"""


def without_period() -> str:
    result = found(QUASI_PERIODIC)
    seen = result.observations[0]
    (mode,) = stabkit.dominant_modes(result.mix, 1, 20)[:1]
    text = stabkit.text(result).partition("from near")[0]
    return f"""\
## A mix without a period

Decode lengths without a common divisor have no necklace but the equilibrium. If that is unstable, a
run may end on a cycle of its own, as the first two mixes of the last table do, or never repeat:

```console
$ stabkit cycle {_arguments(QUASI_PERIODIC)}
{text}…
```

In {seen.steps:,} steps no period up to {seen.max_period:,} is found. What remains is to measure:
the orbit turns about the equilibrium {seen.rotation.value:.6f} times per step in the long run, its
*rotation number* (its dominant mode alone would turn {_turns(complex(mode.value)):.6f} times), and
completes {percent(seen.throughput_ratio)} of the equilibrium's tokens. An orbit that turns by an
irrational number is called *quasi-periodic*; that this one is irrational is not proved.
"""


def _turns(mode: complex) -> float:
    return abs(phase(mode)) / (2 * pi)


def _arguments(classes: Iterable[tuple[int, ...]]) -> str:
    return " ".join(":".join(map(str, each)) for each in classes)


@cache
def badge(label: str) -> str:
    """Return the status of a theorem as the runner found it, with its label."""
    return next(f"{one.badge}: {label}" for one in stabkit.theorems() if one.label == label)


STATUS = (
    ("statement", "status"),
    (
        "every necklace of the gcd has its cycle, with this throughput, for any mix",
        f"{badge('necklaces')}, `stabkit.dynamics.necklaces`; for arcs d, 1, …, 1 of one decode "
        "length: [ADLS]",
    ),
    (
        "one decode length: the worst cycle attracts, all other necklaces repel",
        f"{badge('R6a')}, `stabkit.spectrum.orbits.poincare`, `stabkit.dynamics.necklaces`",
    ),
    (
        "one decode length: every start gets onto a necklace cycle in finitely many steps, and all "
        "but a null set onto the worst one",
        f"{badge('R6′')}, {badge('R6b')}, `stabkit.dynamics.capture`; that they converge to the "
        "worst one: [ADLS]",
    ),
    (
        "the losses of the worst and of the synchronised cycle, and their limits",
        f"{badge('worst-cycle')}, {badge('R10')}; the tables are exact fractions, rounded in print",
    ),
    (
        "states in step obey the renormalised mix; the cycle in step by the gcd attracts nearby "
        "states if that is stable, and repels if it is unstable",
        f"{badge('R10')}, `stabkit.dynamics.renormalization`",
    ),
    (
        "a given mix is stable or unstable",
        "proved in each case: certified counts of the roots",
    ),
    (
        "several decode lengths: the cycles that are called exact",
        "exact computation: a periodic orbit in fractions, along which the model returns; whether "
        "it attracts follows from exact counts of its multipliers",
    ),
    (
        "runs from empty, or from near the equilibrium, end on the cycle that is named",
        "measured: runs in floats, which get as near to it as `stabkit cycle` says",
    ),
    (
        "completions over `p_k a*` never rise with the decode length",
        "written proof: `scripts/losses/numbers.py`",
    ),
    (
        "several decode lengths: a complete list of the cycles",
        "not known; there may be more than the necklaces, as the table above shows",
    ),
    (
        "the mix without a period: long-run means, rotation number, that it never repeats",
        "measured",
    ),
)


def status() -> str:
    return f"""\
## What is proved, and what is not

What the words mean stands in [the theory](theory/README.md).

{markdown_table(STATUS, left=2)}"""


SEE_ALSO = """\
## See also

* [Mixes whose stable equilibrium coexists with a cycle of evictions](bistability.md), found by a
  search.
* [The worst cycle of outputs of 8 tokens](cycle.png), how a server
  [falls in step](space_time.png), and the same [as a film](worst_cycle.gif).
* [The starts that never get to the worst cycle](capture.png), for l = 2 and l = 3.

[ADLS] is R. Ao, J. Dong, G. Luo, D. Simchi-Levi, *Service-Induced Congestion in Memory-Constrained
LLM Serving*, arXiv:2606.15555 (2026).
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    FIGURE.write_bytes(figure_bytes(losses_figure(INPUTS), "png"))


if __name__ == "__main__":
    main()
