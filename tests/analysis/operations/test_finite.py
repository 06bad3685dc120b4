"""A finite server: by formula, against a plain loop of whole requests, and where no formula holds.

The loop of this file is the rule of docs/model.md, Whole requests, once more and by itself: request
by request, in a list in the order of admission.
"""

from __future__ import annotations

import json
import math
import random
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from stabkit import InvalidArgument, InvalidWorkload, Workload, fano_factor, finite_server, to_dict
from stabkit.analysis.operations.finite import Watermark
from stabkit.spectrum.fluctuations.memory_walk import MemoryWalk

CONVERSATION = Workload.named("azure-conv-2023")
SPREAD = [(40 + k % 7, k) for k in range(1, 41)]


@dataclass
class Run:
    """What a run of whole requests did after its first fifth."""

    steps: int = 0
    evicting: int = 0
    evicted: int = 0
    tokens: int = 0

    @property
    def probability(self) -> float:
        return self.evicting / self.steps

    @property
    def per_step(self) -> float:
        return self.evicted / self.steps


def served(
    mix: Workload, capacity: int, steps: int, watermark: int = 0, cap: float = math.inf
) -> Run:
    """Serve requests drawn at random; `running` is (class, row of its end) by admission."""
    classes = [(int(c.input_length), c.decode_length) for c in mix.classes]
    draw = random.Random(20261129)
    drawn = iter(lambda: draw.choices(classes, [float(c.share) for c in mix.classes], k=50_000), 0)
    queue = deque(next(drawn))
    running: dict[int, tuple[int, int, int]] = {}  # by number, in the order of admission
    ends: dict[int, list[int]] = {}
    number = use = 0  # tokens held after this step's execution
    run = Run()
    for row in range(steps):
        use += len(running)
        for key in ends.pop(row, ()):
            if key in running:
                s, n, _ = running.pop(key)
                use -= s + n
                run.tokens += n if row > steps // 5 else 0
        evicted = 0
        if use + len(running) > capacity:
            while use + len(running) > capacity:
                s, n, end = running.popitem()[1]
                use -= s + n - (end - row)
                queue.appendleft((s, n))
                evicted += 1
        else:
            while len(running) < cap:
                s, n = queue[0]
                if use + len(running) + s + 1 > capacity - watermark:
                    break
                queue.popleft()
                if not queue:
                    queue.extend(next(drawn))
                running[number] = (s, n, row + n)
                ends.setdefault(row + n, []).append(number)
                use += s
                number += 1
        if row > steps // 5:
            run.steps += 1
            run.evicting += evicted > 0
            run.evicted += evicted
    return run


def test_the_loop_does_the_example_of_the_reference() -> None:
    """docs/model.md, Integer counts: (2, 2) in 140 tokens ends on 46, 0, 46, 0 with evictions."""
    run = served(Workload.from_classes([(2, 2)]), 140, 1000)
    assert run.evicting == (run.steps + 1) // 2
    assert run.evicted == 11 * run.evicting  # 46 hold 184 at their end, and 35 hold 140


def test_a_conversation_in_1_3_million_tokens() -> None:
    """The figures of R13 and R16, which two independent simulators had before there was this."""
    server = finite_server(CONVERSATION)
    assert server.verdict == "stable"
    assert float(server.admissions) == pytest.approx(5.016, abs=5e-4)
    assert server.fano_factor == fano_factor(CONVERSATION)
    assert server.admissions_cv == pytest.approx(math.sqrt(3.219 / 5.0163), abs=5e-4)
    assert server.visible is False
    assert server.reason is None
    assert server.evict_probability == pytest.approx(0.012, abs=5e-4)
    assert server.evicted_per_step is not None
    assert server.evicted_per_step / float(server.admissions) == pytest.approx(0.0031, abs=5e-5)


@pytest.mark.slow
def test_evictions_of_a_conversation_are_those_of_a_run() -> None:
    run = served(CONVERSATION.unmerged(), 1_300_000, 150_000)
    assert run.evicting > 1000
    server = finite_server(CONVERSATION)
    assert server.evict_probability == pytest.approx(run.probability, rel=0.15)
    assert server.evicted_per_step == pytest.approx(run.per_step, rel=0.15)
    # stable mixes evict all the same, rarely and at little cost
    assert 0.995 < run.tokens / run.steps / float(server.requests) < 1


# Of each: the classes, and a capacity in memory-times of a mean request.
INSIDE = {
    "spread lengths": (SPREAD, 2.0),
    "spread lengths, a small server": (SPREAD, 1.3),
    "spread lengths, a larger server": (SPREAD, 8.0),
    "a common prompt": ([(60, k) for k in range(5, 90, 2)], 1.5),
    "long prompts": ([(300 + 37 * k % 400, 1 + k) for k in range(60)], 1.0),
    "short and long": (
        [(50 + k, 5 + k) for k in range(20)] + [(80, 60 + k) for k in range(9)],
        3.0,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", INSIDE)
def test_evictions_are_those_of_a_run_in_the_domain(name: str) -> None:
    classes, scale = INSIDE[name]
    mix = Workload.from_classes(classes)
    capacity = round(scale * MemoryWalk(mix).memory_time)
    server = finite_server(mix.with_capacity(capacity))
    assert server.reason is None
    run = served(mix, capacity, 200_000)
    assert run.evicting > 1000  # an error of some 3 % by chance
    assert server.evict_probability == pytest.approx(run.probability, rel=0.15)
    assert server.evicted_per_step == pytest.approx(run.per_step, rel=0.15)


@pytest.mark.slow
@pytest.mark.parametrize("outputs", [1, 3])
def test_a_watermark_does_in_a_run_what_it_is_for(outputs: int) -> None:
    mix = Workload.from_classes(SPREAD)
    walk = MemoryWalk(mix)
    capacity = round(1.5 * walk.memory_time)
    rate = walk.evictions(capacity, round(outputs * walk.mean_output)).per_step
    server = finite_server(mix.with_capacity(capacity), evictions=rate)
    assert server.watermark is not None
    tokens = server.watermark.tokens
    assert tokens == pytest.approx(outputs * walk.mean_output, abs=1)
    assert server.watermark.fraction == Fraction(tokens, capacity)
    run = served(mix, capacity, 400_000, watermark=tokens)
    assert run.evicting > 400
    assert run.per_step == pytest.approx(rate, rel=0.35)


# Of each: the classes, the capacity as above, and what the reason must say.
OUTSIDE = {
    "unstable": ([(5, 3), (5, 5)], 3.0, "this one is unstable"),
    "frozen by a long prompt": ([(1369, k) for k in range(3, 160, 5)], 1.0, "hardly varies"),
    "few lengths": ([(300, 7), (800, 22), (600, 41), (100, 48)], 3.0, "in clusters"),
    "a tiny server": (SPREAD, 0.1, "0.15 to 12 admissions per step, not at 0.1"),
    "a large server": (SPREAD, 30.0, "0.15 to 12 admissions per step, not at 30"),
    "few running": ([(100 + k, k) for k in range(1, 9)], 2.0, "25 to 20,000 running requests"),
    "one request is large": ([*SPREAD, (9000, 40)], 1.2, "fewer than four of the largest"),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_there_is_no_formula_outside_of_its_domain(name: str) -> None:
    classes, scale, reason = OUTSIDE[name]
    mix = Workload.from_classes(classes)
    capacity = round(scale * MemoryWalk(mix).memory_time)
    server = finite_server(mix.with_capacity(capacity), evictions="1e-3")
    assert server.reason is not None
    assert reason in server.reason
    assert server.evict_probability is server.evicted_per_step is None
    assert server.watermark == Watermark(0.001, None, None, server.reason)
    assert server.watermark_for("1e-3") is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["frozen by a long prompt", "few lengths"])
def test_the_formula_would_be_wrong_there(name: str) -> None:
    """Each hypothesis of the domain is needed: without it a run has another figure."""
    classes, scale, _ = OUTSIDE[name]
    mix = Workload.from_classes(classes)
    capacity = round(scale * MemoryWalk(mix).memory_time)
    run = served(mix, capacity, 200_000)
    ratio = MemoryWalk(mix).evictions(capacity).probability / run.probability
    assert not 0.8 < ratio < 1.25


def test_a_cap_that_always_fits_ends_all_evictions() -> None:
    """A mix of one class that is unstable: 43 of 15 tokens are at most 645 of 650."""
    mix = Workload.from_classes([(10, 5)], capacity=650)
    server = finite_server(mix, max_num_seqs=43)
    assert (server.always, server.never_evicts) == (43, True)
    assert server.evict_probability == server.evicted_per_step == 0
    assert server.watermark_for("1e-9") == 0
    assert served(mix, 650, 2_000, cap=43).evicted == 0
    above = finite_server(mix, max_num_seqs=44)
    assert not above.never_evicts
    assert above.evict_probability is None
    assert served(mix, 650, 2_000, cap=44).evicted > 0


def test_the_public_case_of_a_cap_that_binds() -> None:
    """Prompts of 430, outputs of 1024 tokens in 560 000, at most 256 run: 385 fit always."""
    server = finite_server(Workload.from_classes([(430, 1024)], 560_000), max_num_seqs=256)
    assert (server.verdict, server.always, server.evicted_per_step) == ("unstable", 385, 0)


def test_slack_and_dispersion_by_hand() -> None:
    """(4, 2) or (0, 1), equally: E R = (20 + 0) / 2 / (2 * 3), M = 5 + 6 or 1."""
    server = finite_server(Workload.from_classes([(4, 2), (0, 1)], capacity=60))
    assert (server.admissions, server.requests) == (10, 15)
    assert server.mean_slack == Fraction(5, 3)
    assert server.mean_admissions == (60 - Fraction(5, 3)) / 6
    assert server.window_dispersion == Fraction(25, 36)


def test_the_verdict_is_visible_from_ten_times_the_fano_factor_on() -> None:
    mix = Workload.from_classes([(10, 3), (10, 5)])  # E M = (36 + 65) / 2
    least = 10 * Fraction(2191793, 47975) * Fraction(101, 2)
    for capacity, visible in ((math.ceil(least), True), (math.floor(least), False)):
        server = finite_server(mix.with_capacity(capacity))
        assert server.fano_factor == Fraction(2191793, 47975)
        assert server.visible is visible
        assert server.admissions_cv == pytest.approx(10**-0.5, rel=1e-3)
    unstable = finite_server(Workload.from_classes([(5, 3), (5, 5)], 1000))
    assert unstable.visible is unstable.admissions_cv is unstable.fano_factor is None


def test_fewer_evictions_need_a_larger_watermark() -> None:
    server = finite_server(Workload.from_classes(SPREAD, capacity=1_500))
    assert server.evicted_per_step is not None
    tokens = [server.watermark_for(server.evicted_per_step / k) for k in (1, 3, 10, 30)]
    assert tokens[0] == 0
    assert tokens == sorted(set(tokens))  # type: ignore[type-var]
    assert finite_server(server.mix, evictions="1e-12").watermark.reason is not None  # type: ignore


def test_a_simulation_has_the_same_figures() -> None:
    server = finite_server(Workload.from_classes(SPREAD, capacity=1_500), steps=20_000)
    run = server.simulated
    assert run is not None
    assert run.steps == 20_000
    loop = served(server.mix, 1_500, 20_000)
    for estimate, other in (
        (run.evict_probability, loop.probability),
        (run.evicted_per_step, loop.per_step),
        (run.throughput_ratio, loop.tokens / loop.steps / float(server.requests)),
    ):
        assert other == pytest.approx(estimate.value, abs=2 * (estimate.high - estimate.low))
    calm = finite_server(server.mix.with_capacity(15_000), steps=20_000)
    assert calm.simulated is not None
    seen = calm.simulated.fano_factor
    assert seen.low < calm.fano_factor < seen.high < 1.1 * seen.low


def test_merged_or_not_the_answer_is_that_of_whole_requests() -> None:
    apart = Workload.from_classes([(s + 60 * k % 90, k) for s in (5, 55) for k in range(1, 40)])
    found = [finite_server(mix.with_capacity(9_000)) for mix in (apart, apart.merged())]
    assert found[0].evicted_per_step == found[1].evicted_per_step is not None
    alike = Workload.from_classes(
        [(c.input_length, c.decode_length) for c in apart.merged().classes], capacity=9_000
    )
    assert finite_server(alike).fano_factor != found[0].fano_factor


def test_means_alone_are_refused(tmp_path: Path) -> None:
    summary = tmp_path / "summary.csv"
    summary.write_text("decode_length,count,input_length_sum\n3,2,11\n5,1,4\n")
    with pytest.raises(InvalidWorkload, match="'mix' must hold single requests, not means"):
        finite_server(Workload.from_file(summary, 1_000))
    with pytest.raises(InvalidWorkload, match=r"class 2 must be a whole number of tokens"):
        finite_server(Workload.from_classes([(1, 2), ("1/2", 3)], 1_000))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_num_seqs": 0}, "'max_num_seqs' must be"),
        ({"evictions": 0}, "'evictions' must be positive and at most the capacity"),
        ({"steps": 99}, "'steps' must be"),
    ],
)
def test_numbers_have_a_domain(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        finite_server(Workload.from_classes([(10, 5)], 650), **arguments)  # type: ignore[arg-type]


def test_a_capacity_is_needed() -> None:
    with pytest.raises(InvalidWorkload, match="'capacity' must be given"):
        finite_server(Workload.from_classes([(10, 5)]))


def test_its_json_is_its_numbers() -> None:
    server = finite_server(Workload.from_classes(SPREAD, 1_500), evictions="1e-3", steps=100)
    record = json.loads(json.dumps(to_dict(server), allow_nan=False))
    assert record["schema"] == "stabkit.finite/1"
    assert record["evicted_per_step"] == server.evicted_per_step
    assert record["watermark"]["tokens"] == server.watermark.tokens  # type: ignore[union-attr]
    assert Fraction(record["mean_slack"]) == server.mean_slack
    assert record["simulated"]["throughput_ratio"]["mean"] > 0
