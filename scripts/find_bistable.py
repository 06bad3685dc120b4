"""Find mixes whose stable equilibrium coexists with an attractor that evicts: docs/bistability.md.

Run: python scripts/find_bistable.py           proves the listed cycles anew, and rewrites the table
                                            and the figure of the page (half a minute)
     python scripts/find_bistable.py --search  searches too, and rewrites the counts (4 minutes)

--workers N spreads what `stabkit.analyze_many` does over N processes. Seeded: the same numbers
every time. The search looks at many mixes at once with a simulator of its own, in floats; what it
reports is confirmed by `stabkit.analyze_many`, and the table's cycles by `stabkit.cycles`.
"""

import argparse
import math
import random
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from fractions import Fraction
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import stabkit
from stabkit import figure_bytes, style

Mix = tuple[tuple[int | Fraction, int, int], ...]  # (input length, decode length, weight)
Array = NDArray[Any]
Spread = Callable[..., Iterable[Any]]

PAGE = Path(__file__).parents[1] / "docs" / "bistability.md"
FIGURE = Path(__file__).parents[1] / "docs" / "bistability.png"

FINDS: tuple[Mix, ...] = (
    ((0, 6, 2), (5, 1, 3)),  # docs/model.md, R12
    ((0, 6, 1), (0, 1, 9)),  # the same memory kernel, without any prompt
    ((1, 5, 8), (6, 1, 7)),
    ((1, 6, 7), (15, 1, 4)),
    ((1, 9, 9), (27, 1, 7)),
    ((2, 9, 6), (18, 1, 7)),
    ((0, 9, 1), (0, 1, 21)),
    ((0, 11, 1), (0, 1, 32)),
    ((2, 9, 3), (2, 1, 22)),
    ((3, 10, 1), (3, 1, 7)),
    ((5, 12, 1), (5, 1, 7)),
    ((7, 8, 3), (7, 1, 7)),
    ((0, 20, 1), (0, 1, 109)),
    ((50, 95, 1), (50, 1, 59)),
    ((0, 12, 2), (10, 11, 1), (15, 2, 3)),
    ((2, 11, 1), (0, 5, 4), (13, 4, 2)),
    ((10, 11, 1), (0, 5, 5), (10, 4, 4)),
)

DRAWN = 60_000  # mixes of each family
TUNED = (400, 1_200)  # mixes next to the border, with and without a class of one-token outputs
GAPS = (1e-3, 1e-4, 1e-5)  # 1 - spectral radius there
NEAR_BORDER = 0.995
STAGES = (300, 1_200, 3_000)  # steps, after each of which what no longer evicts is dropped
WATCHED = 150  # steps: no swing of a mix with lengths up to 30 takes as many
ON_EQUILIBRIUM = 1e-4  # of the token ratio: a run that counts as having come back


# --- Many mixes at once, in floats. ---


def kernel_row(mix: Mix, scale: float = 1.0) -> Array:
    """g_m = sum of p_k (s_k + m + 1) over the classes with l_k > m, inputs scaled."""
    stages = np.arange(max(length for _, length, _ in mix))
    total = sum(weight for *_, weight in mix)
    terms = (w / total * (scale * float(s) + stages + 1) * (stages < n) for s, n, w in mix)
    return np.sum(list(terms), axis=0)


def padded(rows: Sequence[Array]) -> Array:
    kernels = np.zeros((len(rows), max(map(len, rows))))
    for kernel, row in zip(kernels, rows, strict=True):
        kernel[: len(row)] = row
    return kernels


def dominant_root(row: Array) -> complex:
    roots = np.roots(row)
    return complex(roots[np.argmax(np.abs(roots))]) if len(roots) else 0j


def gain_index(row: Array, root: complex) -> float:
    """Re z^2 G'(z) over its modulus, at the point z of the circle next to 1 / root."""
    z, powers = np.exp(-1j * np.angle(root)), np.arange(len(row))
    value = complex((powers * row * z ** (powers + 1)).sum())
    return value.real / abs(value)


def fitted(kernels: Array, cohorts: Array, evicted: Array | None = None) -> None:
    """Admit or evict, in place; B = G(1), so that a* = 1."""
    tokens, capacity = kernels * cohorts, kernels.sum(axis=1)
    used = np.cumsum(tokens, axis=1)
    excess = used[:, -1] - capacity
    over = np.flatnonzero(excess > 1e-13 * capacity)
    cohorts[:, 0] += np.maximum(-excess, 0) / kernels[:, 0]
    if len(over):
        most, younger = tokens[over], used[over] - tokens[over]
        lost = np.clip(excess[over, None] - younger, 0, most)
        cohorts[over] -= np.divide(lost, kernels[over], out=np.zeros_like(lost), where=lost > 0)
        cohorts[over, 0] = np.maximum(cohorts[over, 0], 0)
        if evicted is not None:
            evicted[over] = True


def advanced(kernels: Array, cohorts: Array, steps: int) -> Array:
    """Advance in place; return which rows evicted in the last WATCHED steps."""
    alive, evicted = kernels > 0, np.zeros(len(kernels), bool)
    for step in range(steps):
        cohorts[:, 1:] = cohorts[:, :-1].copy()
        cohorts[:, 0] = 0
        cohorts *= alive
        fitted(kernels, cohorts, evicted if step >= steps - WATCHED else None)
    return evicted


def still_evicting(kernels: Array, starts: Array, stages: Iterable[int] = STAGES) -> Array:
    """Return which rows evict at the end of every stage."""
    rows, cohorts = np.arange(len(kernels)), starts * (kernels > 0)
    fitted(kernels, cohorts)
    for steps in stages:
        evicted = advanced(kernels[rows], cohorts, steps)
        rows, cohorts = rows[evicted], cohorts[evicted]
    found = np.zeros(len(kernels), bool)
    found[rows] = True
    return found


def empty_starts(kernels: Array) -> Array:
    return np.zeros_like(kernels)


def sparse_starts(kernels: Array, rng: np.random.Generator, density: float = 0.4) -> Array:
    """Full memory, held by a random few of the cohorts."""
    starts = rng.exponential(size=kernels.shape) * (rng.random(kernels.shape) < density)
    starts *= kernels > 0
    starts[:, 0] += 1e-9
    return starts * (kernels.sum(axis=1) / (kernels * starts).sum(axis=1))[:, None]


def swinging(kernels: Array, roots: Array, size: Any, phase: Any) -> Array:
    """The equilibrium and a swing of `size` a* along the dominant mode, cut off at 0 requests."""
    stages = np.arange(kernels.shape[1])
    angles = np.reshape(phase, (-1, 1)) - np.angle(roots)[:, None] * stages
    return np.maximum(0, 1 + np.reshape(size, (-1, 1)) * np.cos(angles))


# --- Families of mixes. ---


def any_mix(r: random.Random) -> Mix:
    longest = r.choice((6, 12, 30))
    count = r.choice((2, 3))
    return tuple((r.randint(0, 30), r.randint(1, longest), r.randint(1, 9)) for _ in range(count))


def common_prompt(r: random.Random) -> Mix:
    longest, prompt = r.choice((6, 12, 30)), r.randint(0, 30)
    count = r.choice((2, 3))
    return tuple((prompt, r.randint(1, longest), r.randint(1, 9)) for _ in range(count))


def one_token_class(r: random.Random) -> Mix:
    long = (r.randint(0, 2), r.randint(2, 30), r.randint(1, 9))
    return (long, (r.randint(0, 30), 1, r.randint(1, 9)))


FAMILIES: dict[str, Callable[[random.Random], Mix]] = {
    "any": any_mix,
    "common prompt": common_prompt,
    "R12's shape": one_token_class,
}


def reduced(mix: Mix) -> Mix:
    """One mix for all orders and multiples of its weights."""
    factor = math.gcd(*(weight for *_, weight in mix))
    return tuple(sorted((s, length, weight // factor) for s, length, weight in mix))


def coprime(mix: Mix) -> bool:
    lengths = {length for _, length, _ in mix}
    return len(lengths) > 1 and math.gcd(*lengths) == 1


def tuned_mixes(count: int, one_token: bool, gap: float) -> list[tuple[Mix, float]]:
    """Random mixes and the factor of their inputs that makes the spectral radius 1 - gap."""
    r, found = random.Random(7), list[tuple[Mix, float]]()
    scales = (0, 0.03, 0.1, 0.2, 0.4, 0.7, 1, 1.5, 2.5, 5, 12, 30)
    while len(found) < count:
        classes = range(r.choice((2, 3)))
        drawn = ((r.choice((0, r.randint(0, 30))), r.randint(1, 12)) for _ in classes)
        mix: Mix = tuple((s, length, r.randint(1, 9)) for s, length in drawn)
        if not coprime(mix) or (1 in {length for _, length, _ in mix}) != one_token:
            continue
        inner = [abs(dominant_root(kernel_row(mix, scale))) <= 1 - gap for scale in scales]
        changes = [i for i in range(len(scales) - 1) if inner[i] != inner[i + 1]]
        if changes:
            i = r.choice(changes)
            ends = (scales[i], scales[i + 1]) if inner[i] else (scales[i + 1], scales[i])
            found.append((mix, bisected(mix, gap, *ends)))
    return found


def bisected(mix: Mix, gap: float, inside: float, outside: float) -> float:
    for _ in range(40):
        middle = (inside + outside) / 2
        if abs(dominant_root(kernel_row(mix, middle))) <= 1 - gap:
            inside = middle
        else:
            outside = middle
    return inside


# --- The search. ---


def workload(mix: Mix, scale: float = 1.0) -> stabkit.Workload:
    exact = Fraction(scale).limit_denominator(10**9)
    return stabkit.Workload.from_classes([(s * exact, length, w) for s, length, w in mix])


def memory(mix: Mix) -> tuple[Any, ...]:
    """The memory kernel up to a factor: all that the cohorts depend on."""
    kernel = stabkit.memory_kernel(workload(mix))
    return tuple(g / kernel[0] for g in kernel)


def bistable(analysis: stabkit.Analysis) -> bool:
    run = analysis.simulation
    if analysis.verdict != "stable" or run is None or run.from_empty_ratio is None:
        return False
    return abs(run.from_empty_ratio - 1) > ON_EQUILIBRIUM


def searched(name: str, spread: Spread) -> list[str]:
    """Search one family; return its row of the counts."""
    r, rng = random.Random(name), np.random.default_rng(1)
    drawn = (FAMILIES[name](r) for _ in range(DRAWN))
    mixes = sorted({reduced(mix) for mix in drawn if coprime(mix)})
    rows = [kernel_row(mix) for mix in mixes]
    roots = np.array([dominant_root(row) for row in rows])
    stable = np.flatnonzero(np.abs(roots) < 1 - 1e-9)
    mixes, roots = [mixes[i] for i in stable], roots[stable]
    kernels = padded([rows[i] for i in stable])
    caught = still_evicting(kernels, empty_starts(kernels))
    others = (
        sparse_starts(kernels, rng),
        swinging(kernels, roots, 1.5, rng.uniform(0, 2 * np.pi, len(roots))),
    )
    elsewhere = np.logical_or.reduce([still_evicting(kernels, start) for start in others]) & ~caught
    candidates = np.flatnonzero(caught)
    analyses = stabkit.analyze_many([workload(mixes[i]) for i in candidates], map=spread)
    finds = [int(i) for i, found in zip(candidates, analyses, strict=True) if bistable(found)]
    print(f"{name}: {len(finds)} confirmed of {len(candidates)} candidates")
    for i in finds:
        print(f"{name}: {shown(mixes[i])}")
    for i in np.flatnonzero(elsewhere):
        print(f"{name}, not from empty: {shown(mixes[i])}")
    index = np.array([gain_index(*each) for each in zip(kernels, roots, strict=True)])
    near = np.abs(roots) >= NEAR_BORDER
    parts = (near & (index < 0), near & (index >= 0))
    signs = [f"{sum(part[i] for i in finds)} of {part.sum():,}" for part in parts]
    kinds = len({memory(mixes[i]) for i in finds})
    numbers = (len(rows), len(mixes), len(finds), kinds, elsewhere.sum())
    return [name, *(f"{number:,}" for number in numbers), *signs]


def at_the_border(one_token: bool, gap: float, spread: Spread) -> list[str]:
    """Return the row of mixes whose spectral radius is 1 - gap."""
    tuned = tuned_mixes(TUNED[not one_token], one_token, gap)
    kernels = padded([kernel_row(*each) for each in tuned])
    roots = np.array([dominant_root(row[row > 0]) for row in kernels])
    index = np.array([gain_index(*each) for each in zip(kernels, roots, strict=True)])
    rng, stages = np.random.default_rng(1), (500, 1_500, 4_000, round(4 / gap))
    found = np.zeros(len(tuned), bool)
    for size in (None, 1.05, 1.5):
        rest = np.flatnonzero(~found)
        phases = rng.uniform(0, 2 * np.pi, len(rest))
        starts = empty_starts(kernels[rest])
        if size is not None:
            starts = swinging(kernels[rest], roots[rest], size, phases)
        found[rest] = still_evicting(kernels[rest], starts, stages)
    mixes = [workload(*tuned[i]) for i in np.flatnonzero(found)]
    for analysis in stabkit.analyze_many(mixes, map=spread, crosscheck=False):
        if analysis.verdict != "stable":
            raise ArithmeticError(f"{analysis.workload.name} is {analysis.verdict}")
    periods = sorted(2 * np.pi / abs(np.angle(roots[found & (index >= 0)])))
    return [
        "yes" if one_token else "no",
        f"{gap:g}",
        f"{(found & (index < 0)).sum()} of {(index < 0).sum()}",
        f"{(found & (index >= 0)).sum()} of {(index >= 0).sum()}",
        ", ".join(f"{period:.2f}" for period in periods) or "none",
    ]


def predicted_size(row: Array, root: complex) -> float:
    """Return the swing that gains by evictions what it loses by damping (see the page)."""
    z, powers = np.exp(-1j * np.angle(root)), np.arange(1, len(row))
    slope = complex((powers * row[1:] * z ** (powers + 1)).sum())  # z^2 G'(z)
    gain = -2 * row[0] ** 2 / row[1] * (1 / slope).real
    sizes = 1 + np.logspace(-6, 2, 20_000)
    won = gain * (np.sqrt(sizes**2 - 1) - np.arccos(1 / sizes)) / np.pi
    return float(sizes[np.argmax(won > (1 - abs(root)) * sizes)])


def basin(length: int, first: float) -> list[str]:
    """Return the row of the kernel (first, 2, ..., length): which swings are caught?"""
    row = np.array([first, *range(2, length + 1)])
    root = dominant_root(row)
    sizes, phases = np.arange(1, 1.4, 0.0025), 24
    kernels = np.repeat(row[None], phases * len(sizes), axis=0)
    angles = np.tile(np.arange(phases) * 2 * np.pi / phases, len(sizes))
    starts = swinging(kernels, np.full(len(kernels), root), np.repeat(sizes, phases), angles)
    caught = still_evicting(kernels, starts, (8_000,)).reshape(len(sizes), phases)
    least = sizes[np.argmax(caught.any(axis=1))]
    all_from = sizes[len(sizes) - np.argmin(caught.all(axis=1)[::-1])]
    predicted = predicted_size(row, root)
    return [f"{first:g}", f"{abs(root):.6f}", f"{predicted:.4f}", f"{least:.4f}", f"{all_from:.4f}"]


def atlas_sentence() -> str:
    """Return how often the index is negative at a threshold of the packaged atlas."""
    negative = []
    for entry in stabkit.atlas():
        prompt = Fraction(entry.threshold)
        pair = ((prompt, entry.shorter, 1), (prompt, entry.longer, 1))
        row = kernel_row(pair)
        if gain_index(row, dominant_root(row)) < 0:
            negative.append(entry)
    ones = sum(entry.shorter == 1 for entry in negative)
    which = "all of them pairs" if ones == len(negative) else f"{ones} of them pairs"
    return (
        "At the thresholds of the packaged atlas (equal shares, a common prompt) the index is "
        f"negative for {len(negative)} of {len(stabkit.atlas()):,} pairs, {which} with outputs of "
        "one token.\n"
    )


def counts(spread: Spread) -> str:
    families = ["family", "mixes", "stable", "bistable", "their kernels", "caught elsewhere only"]
    families += ["index < 0 and ρ ≥ 0.995", "index > 0 and ρ ≥ 0.995"]
    tuned = ["one-token class", "1 - ρ", "index < 0", "index > 0", "swing periods of the latter"]
    sizes = ["c", "ρ", "predicted", "least caught", "all caught from"]
    border = [at_the_border(kind, gap, spread) for kind in (True, False) for gap in GAPS]
    tables = (
        table(families, [searched(name, spread) for name in FAMILIES]),
        table(tuned, border),
        table(sizes, [basin(6, first) for first in (9.88, 9.9, 9.95, 10.0)]),
    )
    titles = ("Drawn at random:", "Tuned to the border:", "Swings of the kernel (c, 2, …, 6):")
    parts = [f"{title}\n\n{each}" for title, each in zip(titles, tables, strict=True)]
    return "\n".join((*parts, atlas_sentence()))


# --- The finds. ---


def shown(mix: Mix) -> str:
    total = sum(weight for *_, weight in mix)
    return ", ".join(f"({s}, {length}, {Fraction(w, total)})" for s, length, w in mix)


def swings(itinerary: Sequence[int]) -> str:
    """Return the word, turned to end with the first run of evictions, as counts of A and E."""
    turn = next(i for i in range(len(itinerary)) if itinerary[i - 1] > 0 and not itinerary[i])
    turned = (*itinerary[turn:], *itinerary[:turn])
    runs = ((key, len(list(run))) for key, run in groupby(turned, key=bool))
    return " ".join(f"{'E' if evicts else 'A'}{n if n > 1 else ''}" for evicts, n in runs)


def disturbed(mix: Mix) -> list[list[Fraction]]:
    """The equilibrium of a* = 1, a tenth of stage 1 missing."""
    classes = workload(mix).classes
    tenth = Fraction(9, 10)
    return [[c.share * (tenth if j == 1 else 1) for j in range(c.decode_length)] for c in classes]


def certified(mix: Mix, state: Any, verdict: str) -> Any:
    """Prove where the run from a start ends; it has to be as expected."""
    found = stabkit.certify_start(workload(mix), state)
    if found.verdict != verdict:
        raise ArithmeticError(f"{shown(mix)} is {found.verdict}, not {verdict}")
    print(f"{shown(mix)}\n  {stabkit.text(found)}", end="")
    return found


def find_row(mix: Mix, analysis: stabkit.Analysis) -> list[str]:
    """Prove the cycle of a find and return its row of the table; print it exactly."""
    found = stabkit.cycles(workload(mix))
    start = found.observations[0]
    row, orbit, radius = kernel_row(mix), start.cycle, analysis.spectral_radius
    if found.verdict != "stable" or radius is None or not bistable(analysis):
        raise ArithmeticError(f"{shown(mix)} is not bistable")
    shared = [shown(mix), f"{radius.value:.6f}", f"{gain_index(row, dominant_root(row)):+.2f}"]
    allowed = certified(mix, disturbed(mix), "convergent").allowed
    near = f"{math.floor(1000 * allowed) / 1000:.3f}"
    if orbit is None:
        print(f"{shown(mix)}\n  {start.reason}")
        ratios = [f"≈ {ratio:.4f}" for ratio in (start.throughput_ratio, start.request_ratio)]
        return [*shared, near, "measured", "none found", *ratios, "", ""]
    if not orbit.attracting or orbit.multipliers is None or orbit.itinerary is None:
        raise ArithmeticError(f"the cycle of {shown(mix)} is not proved to attract")
    largest = abs(orbit.multipliers.multipliers[0].value)
    print(f"{shown(mix)}\n  period {orbit.period}: {orbit.word}")
    print(f"  tokens {orbit.throughput_ratio}\n  requests {orbit.request_ratio}")
    ratios = [f"{float(ratio):.6f}" for ratio in (orbit.throughput_ratio, orbit.request_ratio)]
    word = swings(orbit.itinerary)
    empty = str(certified(mix, None, "evicting").step)
    return [*shared, near, empty, str(orbit.period), *ratios, f"{float(largest):.4f}", word]


def finds(spread: Spread) -> str:
    analyses = stabkit.analyze_many([workload(mix) for mix in FINDS], map=spread)
    heads = ["classes (s, l, p)", "ρ", "index", "settles within", "evicts from", "period", "tokens"]
    heads += ["requests"]
    rows = [find_row(*each) for each in zip(FINDS, analyses, strict=True)]
    return table([*heads, "multiplier", "admissions (A) and evictions (E)"], rows)


# --- The page and its figure. ---


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (heads, ["---"] * len(heads), *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def rewrite(part: str, content: str) -> None:
    """Replace what stands between the markers of a part of the page."""
    begin, end = f"<!-- {part}: begin -->\n", f"<!-- {part}: end -->"
    before, rest = PAGE.read_text(encoding="utf-8").split(begin)
    PAGE.write_text(
        before + begin + "\n" + content + "\n" + end + rest.split(end)[1], encoding="utf-8"
    )


def long_and_one(first: float, length: int) -> Array:
    return np.array([first, *range(2, length + 1)])


def border(length: int) -> float:
    """Return the least c from which the kernel (c, 2, ..., L) is stable."""
    low, high = 1.0, float(length**2)
    for _ in range(60):
        middle = (low + high) / 2
        inside = abs(dominant_root(long_and_one(middle, length))) < 1
        low, high = (low, middle) if inside else (middle, high)
    return high


def strips(lengths: Sequence[int]) -> list[float]:
    """Return up to how far beyond the border, relative to it, a run from empty evicts for ever."""
    beyond = np.arange(0.0005, 0.04, 0.0005)
    borders = [border(length) for length in lengths]
    pairs = [(c * (1 + d), n) for c, n in zip(borders, lengths, strict=True) for d in beyond]
    kernels = padded([long_and_one(*pair) for pair in pairs])
    caught = still_evicting(kernels, empty_starts(kernels), (500, 6_000))
    whole = caught.reshape(len(lengths), len(beyond))
    return [float(beyond[row].max(initial=0)) for row in whole]


def hysteresis(length: int, spread: Spread) -> tuple[Array, Array, Array]:
    """Return c / c* - 1, and the token ratios from near the equilibrium and from empty."""
    first = border(length)
    beyond = np.linspace(-0.02, 0.03, 51)
    # one request in c is of length L, the others of one token, none with a prompt
    shares = [Fraction(1 / (first * (1 + d))).limit_denominator(10**6) for d in beyond.tolist()]
    mixes = [((0, length, p.numerator), (0, 1, p.denominator - p.numerator)) for p in shares]
    analyses = stabkit.analyze_many(map(workload, mixes), map=spread)
    runs = [analysis.simulation for analysis in analyses]
    near = [np.nan if run is None else run.throughput_ratio for run in runs]
    empty = [np.nan if run is None else run.from_empty_ratio for run in runs]
    return beyond, np.array(near, float), np.array(empty, float)


def draw(spread: Spread) -> None:
    with style.house_style():
        figure = style.new_figure(10.5)
        upper, lower = figure.subplots(2, 1)
        beyond, near, empty = hysteresis(6, spread)
        upper.axvline(0, color=style.GREY, linewidth=0.7, linestyle="--")
        cross = {"marker": "x", "linewidth": 0.8, "label": "started empty"}
        upper.scatter(100 * beyond, near, 11, style.SKY, label="started near the equilibrium")
        upper.scatter(100 * beyond, empty, 9, style.VERMILLION, **cross)
        upper.set_xlabel("requests per long one, relative to the border (%)")
        upper.set_ylabel("completed tokens (ratio)")
        style.legend_above(upper)
        lengths = range(3, 31)
        width = 100 * np.array(strips(lengths))
        lower.bar(lengths, width, 0.8, color=style.SKY, label="stable, yet evicting from empty")
        here = 100 * (10 / border(6) - 1)
        lower.plot(
            [6],
            [here],
            "D",
            color=style.INK,
            markersize=3.5,
            label="(0, 6, 1/10), (0, 1, 9/10)",
            linestyle="none",
        )
        lower.set_xlabel("long output L (tokens); short output: 1")
        lower.set_ylabel("beyond the border (%)")
        style.legend_above(lower)
        FIGURE.write_bytes(figure_bytes(style.settled(figure), "png"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--search", action="store_true", help="search anew, for the counts")
    parser.add_argument("--workers", type=int, default=1, help="processes (default: 1)")
    options = parser.parse_args()
    with ProcessPoolExecutor(options.workers) if options.workers > 1 else nullcontext() as pool:
        spread: Spread = map if pool is None else partial(pool.map, chunksize=4)
        rewrite("finds", finds(spread))
        draw(spread)
        if options.search:
            rewrite("counts", counts(spread))


if __name__ == "__main__":
    main()
