"""The comparisons: each draws a case, and says what disagrees in it, if anything.

The first line of a docstring is what docs/evidence.md says of it.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath

import stabkit
import stabkit_check
from stabkit import Workload

from . import plain
from .mixes import ANY, SHORT, drawn, drawn_stable, outside, rational, small

__all__ = ["COMPARISONS", "NothingToCompare"]

_NEAR = 1e-9  # a root of multiplicity m is found by the iteration to 80 / m digits


class NothingToCompare(Exception):
    """The case drawn has no answer by one of the two ways."""


def told_apart(found: dict[str, Any]) -> str | None:
    values = list(found.values())
    return None if all(value == values[0] for value in values) else f"{found}"


def modes(found: Any) -> list[Any]:
    return [found.inside, found.on_circle, found.outside]


def counts(rng: random.Random) -> str | None:
    """winding number, Schur–Cohn recursion and FLINT's isolation of roots"""
    mix = drawn(rng, ANY)
    methods = ["auto", "winding", "flint"] + ["schur-cohn"] * (mix.longest_decode <= 60)
    return told_apart({name: modes(stabkit.unit_circle_counts(mix, name)) for name in methods})


def moduli(rng: random.Random) -> str | None:
    """proved roots, and mpmath's iteration on a kernel made from the definition"""
    mix = drawn(rng, SHORT)
    found = sorted(abs(root.value) for root in stabkit.roots(mix, 30))
    with mpmath.workdps(80):
        g = [mpmath.mpf(x.numerator) / x.denominator for x in plain.kernel(mix)]
        try:
            other = sorted(map(abs, mpmath.polyroots(g, maxsteps=2000, extraprec=2000)))
        except mpmath.libmp.NoConvergence as failure:
            raise NothingToCompare from failure
        far = max((abs(x - y) for x, y in zip(found, other, strict=True)), default=0)
    return None if far < _NEAR else f"moduli differ by {mpmath.nstr(far, 5)}"


def variances(rng: random.Random) -> str | None:
    """V of R13, and its linear equations solved in rationals"""
    mix = drawn_stable(rng)
    return told_apart({"stabkit": stabkit.fano_factor(mix), "plain": plain.fano(mix)})


def thresholds(rng: random.Random) -> str | None:
    """unstable modes on every interval along a line, and exact counts at a point drawn in it"""
    mix, along = drawn(rng, SHORT), rng.choice(("common", "shift", "scale", "share"))
    if along == "share" and len(mix.classes) == 1:
        raise NothingToCompare
    found = stabkit.threshold(mix, along)
    if not found.complete:
        raise NothingToCompare
    for part in found.intervals:
        low = found.low if part.low is None else part.low.value.high
        high = part.high.value.low if part.high is not None else found.high or low + 100
        x = low + (high - low) * Fraction(rng.randint(1, 10**6 - 1), 10**6)
        if part.unstable != outside(_moved(mix, along, x)):
            return f"{mix.classes} along {along} at {x}: {part.unstable}"
    return None


def _moved(mix: Workload, along: str, x: Fraction) -> list[tuple[Any, int, Any]]:
    first = mix.classes[0]
    if along == "share":
        rest = (1 - x) / (1 - first.share)
        others = [(c.input_length, c.decode_length, rest * c.share) for c in mix.classes[1:]]
        return [(first.input_length, first.decode_length, x), *others]
    moves: dict[str, Callable[[Any], Any]] = {
        "common": lambda s: x,
        "shift": lambda s: s + x,
        "scale": lambda s: s * x,
    }
    return [(moves[along](c.input_length), c.decode_length, c.share) for c in mix.classes]


def runs(rng: random.Random) -> str | None:
    """the fluid from a random start, and the rules of the model step by step in rationals"""
    classes = [(s, rng.randint(1, 6), weight) for s, _, weight in rational(rng)]
    mix = Workload.from_classes(classes, rng.randint(100, 400))
    start = [
        [Fraction(rng.randint(0, 9), rng.randint(1, 3)) for _ in range(c.decode_length)]
        for c in mix.classes
    ]
    run = stabkit.simulate(mix, 12, "exact", start)
    found = list(zip(run.admitted, run.evicted, strict=True))
    rows = list(plain.fluid(mix, Fraction(mix.capacity or 0), start, 12))
    return told_apart({"stabkit": found, "plain": rows})


def starts(rng: random.Random) -> str | None:
    """the evictions from empty that are certified, and those of the rules in rationals"""
    mix = drawn(rng, (small, rational))
    found = stabkit.certify_start(mix, max_steps=2000)
    if found.verdict == "undecided" or found.step > 60:
        raise NothingToCompare
    empty = [[Fraction(0)] * c.decode_length for c in mix.classes]
    rows = enumerate(plain.fluid(mix, Fraction(1), empty, found.step))
    evicting = tuple(n for n, (_, evicted) in rows if evicted)
    return told_apart({"stabkit": found.evicting, "plain": evicting})


def certificates(rng: random.Random) -> str | None:
    """certificates pass the checker with FLINT's counts; with one more or less none does"""
    mix = drawn(rng, ANY)
    try:
        claims = json.loads(json.dumps(stabkit.to_dict(stabkit.certify(mix))))["claims"]
    except stabkit.InvalidArgument as refusal:
        raise NothingToCompare from refusal
    if claims[0]["modes"] != modes(stabkit.unit_circle_counts(mix, "flint")):
        return f"{mix.classes}: {claims[0]['modes']}"
    for claim in claims:
        stabkit_check.check(claim)
        claim["modes"][rng.choice((0, 2))] += rng.choice((1, -1))
        if not _refused(claim):
            return f"{claim['mix']}: {claim['modes']} is accepted"
    return None


def _refused(claim: dict[str, Any]) -> bool:
    try:
        stabkit_check.check(claim)
    except ValueError:
        return True
    return False


def readers(rng: random.Random) -> str | None:
    """a mix written as TOML or JSON is read as it was; with bytes changed, or refused"""
    mix, kind = drawn(rng, (small, rational)), rng.choice(("toml", "json"))
    text = _written(mix, kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"mix.{kind}"
        path.write_text(text, encoding="utf-8")
        found = Workload.from_file(path)
        if found.classes != mix.classes:
            return f"{found.classes} was read from {text}"
        for _ in range(20):
            content = bytearray(text, "utf-8")
            for _ in range(rng.randint(1, 3)):
                content[rng.randrange(len(content))] = rng.randrange(256)
            path.write_bytes(content)
            try:
                Workload.from_file(path)
            except stabkit.StabkitError:
                continue
    return None


def _written(mix: Workload, kind: str) -> str:
    rows = [
        {
            "input_length": str(c.input_length),
            "decode_length": c.decode_length,
            "weight": str(c.share),
        }
        for c in mix.classes
    ]
    if kind == "json":
        return json.dumps({"class": rows})
    return "".join(
        "[[class]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in row.items())
        for row in rows
    )


def servers(rng: random.Random) -> str | None:
    """completions of a small server in 40 000 steps, and those of its stationary law

    Five times the half width of an interval of 95 % are some ten standard deviations.
    """
    classes = [(rng.randint(0, 3), rng.randint(1, 3), rng.randint(1, 4)) for _ in range(2)]
    mix = Workload.from_classes(classes, rng.randint(max(s + n for s, n, _ in classes), 12))
    exact = plain.completions(mix)
    if exact is None:
        raise NothingToCompare
    run = stabkit.simulate_requests(
        mix, steps=40_000, seed=rng.randrange(10**6), every=None, table=False
    )
    found = run.means["completed"]
    room = 5 * max(found.high - found.value, found.value - found.low) + 1e-3
    return None if abs(found.value - exact) <= room else f"{mix.classes}: {found}, not {exact}"


COMPARISONS: dict[str, Callable[[random.Random], str | None]] = {
    comparison.__name__: comparison
    for comparison in (
        *(counts, moduli, thresholds, variances),
        *(runs, starts, servers, certificates, readers),
    )
}
