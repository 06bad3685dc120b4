"""Lesson 8: a trace, a run that was measured, and what the model leaves out."""

from __future__ import annotations

import math
from functools import cache

import real_runs

import stabkit

from .deck import TALL, WIDE, Cells, Deck

ALIKE = "gap_520_llama-2-7b_s256"
TRACE, CODE = "vllm-rtx4090", "azure-code-2023"
replayed = cache(real_runs.replayed)


@cache
def analysed(name: str) -> stabkit.Analysis:
    return stabkit.analyze(stabkit.Workload.named(name), crosscheck=False)


def spread(name: str) -> str:
    """Return the standard deviation of the output length over its mean."""
    mix = stabkit.Workload.named(name)
    mean = mix.mean_decode_length
    variance = sum(c.share * (c.decode_length - mean) ** 2 for c in mix.classes)
    return f"{math.sqrt(variance) / float(mean):.2f}"


def alike() -> Cells:
    """Return what the runs of identical requests show, beside their replays."""
    rows = []
    for name in real_runs.CHUNKED:
        meta, found = real_runs.described(name), replayed(name)
        cycle = real_runs.cycle_of(found, meta)
        assert found.observed is not None
        lengths = f"{meta['prompt_tokens']}:{meta['output_tokens']}"
        counted = (str(found.observed.preemptions), str(found.preemptions))
        model = meta["model"].removeprefix("llama-2-").upper()
        swing = f"{100 * cycle.half_amplitude:.0f} %"
        rows.append((f"{model}, {lengths}", *counted, swing, f"{cycle.period:.2f}"))
    return tuple(rows)


def losses() -> Cells:
    rows = []
    for name in real_runs.CHUNKED:
        meta = real_runs.described(name)
        cycle = real_runs.cycle_of(replayed(name), meta)
        lengths = f"{meta['prompt_tokens']}:{meta['output_tokens']}"
        model = meta["model"].removeprefix("llama-2-").upper()
        worst = real_runs.worst(meta)
        rows.append((f"{model}, {lengths}", f"{cycle.completions:.2f}", f"{worst:.2f}"))
    return tuple(rows)


def watermarks() -> Cells:
    rows = []
    for watermark, reported in real_runs.REPORTED.items():
        runs = real_runs.watermark_runs(watermark)
        between = f"{runs.min():,} to {runs.max():,}"
        rows.append((f"{float(watermark):.0%}", f"{reported:,}", f"{runs.mean():,.0f}", between))
    return tuple(rows)


def compared() -> Cells:
    """Return what was predicted from the lengths, and what was measured."""
    found = real_runs.predicted()
    windows = [real_runs.window(*times) for times in real_runs.WINDOWS]
    running, paces = (
        [getattr(w, name) for w in windows] for name in ("running", "steps_per_second")
    )
    seconds = sorted(found.period / pace for pace in paces)
    seen = " and ".join(f"{period:.1f}" for period in real_runs.peaks())
    return (
        (
            "requests in service",
            f"{found.requests:.1f}",
            f"{min(running):.1f} to {max(running):.1f}",
        ),
        ("period of the swing, in s", f"{seconds[0]:.1f} to {seconds[-1]:.1f}", seen),
        ("growth per step", f"{found.modulus:.5f}", "too slow to be seen"),
    )


def numbers() -> dict[str, object]:
    mix, code = stabkit.Workload.named(TRACE), stabkit.Workload.named(CODE)
    found, mode = analysed(TRACE), analysed(TRACE).dominant_modes[0]
    meta = real_runs.described(ALIKE)
    pace = real_runs.window(*real_runs.SATURATED).steps_per_second
    reported = real_runs.REPORTED.items()
    off = [abs(real_runs.watermark_runs(w).mean() / n - 1) for w, n in reported]
    full = replayed(real_runs.FULL)
    assert full.observed is not None
    return {
        "requests": mix.request_count,
        "lengths": len(mix.classes),
        "longest": mix.longest_decode,
        "mean": f"{float(mix.mean_decode_length):.0f}",
        "capacity": int(mix.capacity or 0),
        "degree": mix.longest_decode - 1,
        "inside": found.counts.inside,
        "outside": found.counts.outside,
        "verdict": found.verdict,
        "doubling": f"{mode.doubling_steps:,.0f}",
        "alone": f"{float(mix.mean_decode_length) / pace:.1f}",
        "code_requests": code.request_count,
        "code_verdict": analysed(CODE).verdict,
        "code_radius": f"{float(analysed(CODE).spectral_radius.value):.4f}",
        "spread": spread(TRACE),
        "code_spread": spread(CODE),
        "alike_requests": meta["n"],
        "r": f"{full.observed.compared['running'].correlation:.2f}",
        "seeds": len(list(real_runs.SEEDS)),
        "biggest": f"{max(off):.0%}",
    }


def roots_of(name: str) -> stabkit.RootPicture:
    mix = stabkit.Workload.named(name)
    return stabkit.root_picture(mix, stabkit.roots(mix, 20), analysed(name).verdict)


TABLES = {
    "losses": losses,
    "watermarks": watermarks,
    "alike": alike,
    "compared": compared,
}
FIGURES = {
    "alike": lambda: stabkit.figure(replayed(ALIKE), size=WIDE, title=""),
    "kernel": lambda: stabkit.figure(
        stabkit.kernel_picture(stabkit.Workload.named(TRACE)), size=TALL, title=""
    ),
    "roots": lambda: stabkit.figure(roots_of(TRACE), size=(3.4, 3.1), title=""),
    "full": lambda: stabkit.figure(replayed(real_runs.FULL), size=WIDE, title=""),
}
DECK = Deck(numbers, TABLES, FIGURES)
