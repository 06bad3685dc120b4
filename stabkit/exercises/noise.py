"""Exercises on servers of whole, random requests; see `stabkit.exercises.roots`."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from ..model.workload import Workload
from ..spectrum.fluctuations.evictions import VISIBLE
from ..spectrum.fluctuations.fano import fano_factor
from ..spectrum.fluctuations.fluctuations import fluctuations
from .draft import Draft, classes_prose, divided, kernel_of, memory_of, server, tex, tokens_held

__all__ = ["NOISE"]


def _of_two_steps(rng: Random) -> Workload | None:
    """Return a stable mix of the decode lengths 1 and 2."""
    parts = rng.randint(2, 4)
    weight = rng.randint(1, parts - 1)
    first, second = rng.randint(2, 12), rng.randint(0, 9)
    mix = Workload.from_classes([(first, 1, weight), (second, 2, parts - weight)])
    g = kernel_of(mix)
    return mix if g[1] < g[0] else None


def _two_classes(rng: Random) -> Workload:
    lengths = sorted(rng.sample(range(1, 9), 2))
    parts = rng.randint(2, 5)
    weight = rng.randint(1, parts - 1)
    inputs = rng.sample(range(1, 31), 2)
    return Workload.from_classes(
        [(inputs[0], lengths[0], weight), (inputs[1], lengths[1], parts - weight)]
    )


def _largest_request(mix: Workload) -> Fraction:
    return max(c.input_length + c.decode_length for c in mix.classes)


def _sized(rng: Random) -> Workload:
    """Return two classes with room for some tens of the largest request."""
    mix = _two_classes(rng)
    return Workload.from_classes(
        [(c.input_length, c.decode_length, c.share) for c in mix.classes],
        _largest_request(mix) * rng.randint(8, 30) + rng.randint(1, 7),
    )


def _fano(rng: Random) -> Draft | None:
    mix = _of_two_steps(rng)
    if mix is None:
        return None
    fano = Fraction(fano_factor(mix))  # type: ignore[arg-type]  # exact for so short a kernel
    g = kernel_of(mix)
    one, two = mix.classes
    s = two.input_length
    n = one.share * (one.input_length + 1) ** 2 + two.share * ((s + 1) ** 2 + (s + 2) ** 2)
    lag = two.share * (s + 1) * (s + 2)
    y = (1 + fano) * g[0] / 2
    return Draft(
        "fano-factor",
        mix,
        f"A large server has {classes_prose(mix)}. Compute its Fano factor $V$, the variance of "
        "the admissions of a step over their mean: with the kernel $g_0, g_1$ and $N_k = E "
        "[Y(0) Y(k) + Y(1) Y(1 + k)]$, $Y(m)$ the tokens of a request after $m$ steps, solve "
        "$2 (g_0 y_0 + g_1 y_1) = N_0$ and $g_1 y_0 + g_0 y_1 = N_1$; then $V = 2 y_0 / g_0 - 1$ "
        "(R13).",
        (("Fano factor", fano),),
        (
            f"$g_0 = {tex(g[0])}$ and $g_1 = {tex(g[1])}$.",
            f"$N_0 = {tex(n)}$; only the longer class is there twice, and $N_1 = {tex(lag)}$.",
            rf"Without $y_1$: $(g_0^2 - g_1^2) y_0 = \frac{{1}}{{2}} g_0 N_0 - g_1 N_1$, so that "
            f"$y_0 = {tex(y)}$.",
            f"$V = 2 y_0 / g_0 - 1 = {tex(fano)}$.",
        ),
    )


def _dispersion(rng: Random) -> Draft:
    mix = _two_classes(rng)
    held = [
        c.decode_length * c.input_length + Fraction(c.decode_length * (c.decode_length + 1), 2)
        for c in mix.classes
    ]
    mean = tokens_held(mix)
    index = fluctuations(mix).window_dispersion
    values = " and ".join(f"${tex(m)}$" for m in held)
    return Draft(
        "index-of-dispersion",
        mix,
        f"A large stable server has {classes_prose(mix)}. Over a long time the number of completed "
        "requests has a variance in proportion to its mean. By R14 the factor is the squared "
        "coefficient of variation of $M$, the token-steps that one request holds over its life. "
        "Compute it.",
        (("index of dispersion", index),),
        (
            f"A request holds $l s + l (l + 1) / 2$ token-steps: {values}, ${tex(mean)}$ on the "
            "mean.",
            f"The variance of $M$ is ${tex(index * mean**2)}$; over the squared mean that is "
            f"${tex(index)}$.",
        ),
    )


def _visible(rng: Random) -> Draft | None:
    mix = _of_two_steps(rng)
    if mix is None:
        return None
    fano = Fraction(fano_factor(mix))  # type: ignore[arg-type]  # exact for so short a kernel
    held, wanted = tokens_held(mix), VISIBLE * fano
    return Draft(
        "visible-size",
        mix,
        f"A server has {classes_prose(mix)}. Its Fano factor is $V = {tex(fano)}$. By R15 the "
        rf"admissions of a step have the coefficient of variation $\sqrt{{V / a^*}}$. For which "
        rf"$a^*$ is its square $\frac{{1}}{{{VISIBLE}}}$, and which capacity is that?",
        (("admissions", wanted), ("capacity", wanted * held)),
        (
            rf"$V / a^* = \frac{{1}}{{{VISIBLE}}}$ for $a^* = {VISIBLE} V = {tex(wanted)}$.",
            f"A request holds $G(1) = {tex(held)}$ token-steps on the mean, so that $B = a^* G(1) "
            f"= {tex(wanted * held)}$ tokens.",
        ),
        (("Fano factor", fano),),
    )


def _safe_limit(rng: Random) -> Draft:
    mix = _sized(rng)
    largest, held = _largest_request(mix), tokens_held(mix)
    limit = memory_of(mix) // largest
    running = memory_of(mix) * mix.mean_decode_length / held
    return Draft(
        "safe-limit",
        mix,
        f"{server(mix)}. Which is the largest limit on running requests under which nothing is "
        "ever evicted, whatever comes? How many would run at the steady state without it?",
        (("limit", limit), ("in service", running)),
        (
            f"No request holds more than $s + l = {tex(largest)}$ tokens, and if all of that kind "
            f"come, they do: $B / {tex(largest)}$, rounded down, is {limit}.",
            rf"$a^* = B / G(1) = {divided(memory_of(mix), held)}$, and requests stay for "
            rf"$\mu = {tex(mix.mean_decode_length)}$ steps: $a^* \mu = {tex(running)}$.",
        ),
    )


def _slack(rng: Random) -> Draft:
    mix = _sized(rng)
    found = fluctuations(mix)
    slack, admissions = found.mean_slack, found.mean_admissions
    assert slack is not None
    assert admissions is not None
    squares = sum((c.share * c.input_length * (c.input_length + 1) for c in mix.classes), 0)
    newcomer = sum((c.share * (c.input_length + 1) for c in mix.classes), 0)
    return Draft(
        "mean-slack",
        mix,
        f"{server(mix)}. The memory is full but for the slack in front of the next request, which "
        r"does not fit; its mean is $E [S (S + 1)] / (2 E [S + 1])$ tokens for inputs $S$, in a "
        "large server. Compute it, and the admissions per step that the rest of the memory "
        "carries.",
        (("mean slack", slack), ("admissions", admissions)),
        (
            f"$E [S (S + 1)] = {tex(squares)}$ and $E [S + 1] = {tex(newcomer)}$.",
            rf"The slack is ${divided(squares, 2 * newcomer)}$ tokens on the mean.",
            rf"$(B - {tex(slack)}) / G(1)$ with $G(1) = {tex(tokens_held(mix))}$ is "
            f"${tex(admissions)}$.",
        ),
    )


NOISE = (_fano, _dispersion, _visible, _safe_limit, _slack)
