"""The packaged workloads: complete, attributed, and what they claim to be.

Provenance: summaries against the shared data; teaching mixes against docs/model.md, R5 to R12.
"""

from __future__ import annotations

import gzip
from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from stabkit.errors import InvalidWorkload
from stabkit.model.examples import examples
from stabkit.model.kernel import MemoryKernel
from stabkit.model.workload import Workload

SUMMARIES = {
    "azure-conv-2023": "summary_azure2023_conv.csv",
    "azure-code-2023": "summary_azure2023_code.csv",
    "arxiv-summarization": "summary_arxiv_summarization.csv",
    "vllm-rtx4090": "summary_vllm_rtx4090.csv",
}
TRACES = {
    "azure-conv-2023": "azure2023/AzureLLMInferenceTrace_conv.csv",
    "azure-code-2023": "azure2023/AzureLLMInferenceTrace_code.csv",
    "arxiv-summarization": "vidur/arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv",
    "vllm-rtx4090": "vllm_rtx4090/RTX4090__Llama-3.1-8B__vllm__requests.jsonl",
}
TEACHING = {
    "homogeneous": [(10, 5)],
    "coprime-stable": [(10, 3), (10, 5)],
    "coprime-unstable": [(5, 3), (5, 5)],
    "non-coprime": [(5, 2), (5, 4)],
    "marginal": [(1, 2), (1, 3)],
    "bistable": [(0, 6, "2/5"), (5, 1, "3/5")],
}


def test_the_list() -> None:
    assert [e.name for e in examples() if e.kind == "trace"] == list(SUMMARIES)
    assert [e.name for e in examples() if e.kind == "teaching"] == list(TEACHING)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_every_example_is_complete(example: object) -> None:
    mix = Workload.named(example.name)
    assert mix.name == example.name
    assert mix.capacity == example.capacity
    longest = max(c.input_length + c.decode_length for c in mix.classes)
    assert example.capacity > 5 * longest
    for text in (example.title, example.source, example.capacity_reason, example.shows):
        assert text.isprintable()
        assert text == text.strip()
        assert text
    assert example.licence in ("CC-BY-4.0", "MIT", "BSD-3-Clause")


@pytest.mark.parametrize("name", SUMMARIES)
def test_packaged_counts_are_the_trace(real_data: Path, name: str) -> None:
    mix = Workload.named(name)
    assert mix == replace(Workload.from_file(real_data / SUMMARIES[name]), **labels(mix))
    trace = Workload.from_file(real_data / TRACES[name])
    assert (mix.request_count, mix.pairs) == (trace.request_count, trace.pairs)
    assert mix.largest_request == trace.largest_request


@pytest.mark.slow
@pytest.mark.parametrize("name", SUMMARIES)
def test_packaged_counts_are_the_joint_law(real_data: Path, name: str) -> None:
    whole = Workload.named(name)
    apart = whole.unmerged()
    assert apart.request_count == whole.request_count
    assert apart == replace(
        Workload.from_file(real_data / TRACES[name], merge=False), **labels(apart)
    )


def labels(mix: Workload) -> dict[str, Any]:
    return {"name": mix.name, "capacity": mix.capacity}


@pytest.mark.parametrize("name", SUMMARIES)
def test_packaged_counts_are_a_file_of_counted_pairs(tmp_path: Path, name: str) -> None:
    packaged = files("stabkit.model").joinpath("packaged", f"{name}.csv.gz").read_bytes()
    (tmp_path / f"{name}.csv").write_bytes(gzip.decompress(packaged))
    mix = Workload.named(name)
    again = Workload.from_file(tmp_path / f"{name}.csv", mix.capacity)
    assert (again, again.pairs, again.largest_request) == (mix, mix.pairs, mix.largest_request)


@pytest.mark.parametrize("name", SUMMARIES)
def test_a_memory_below_the_largest_request_is_refused(name: str) -> None:
    largest = Workload.named(name).largest_request
    with pytest.raises(InvalidWorkload, match="'capacity' must hold one request"):
        Workload.named(name, largest - 1)


@pytest.mark.parametrize("name", TEACHING)
def test_teaching_mixes(name: str) -> None:
    mix = Workload.named(name)
    assert mix.classes == Workload.from_classes(TEACHING[name]).classes
    kernel = MemoryKernel.of(mix)
    admissions = mix.capacity * Fraction(kernel.denominator, kernel.total)
    assert admissions == (30 if name == "homogeneous" else 100)


def test_known_figures_of_the_measured_run() -> None:
    """docs/model.md, Real run: 34.39 running requests at equilibrium in 41 408 tokens."""
    mix = Workload.named("vllm-rtx4090")
    kernel = MemoryKernel.of(mix)
    admissions = mix.capacity * Fraction(kernel.denominator, kernel.total)
    assert round(float(admissions * mix.mean_decode_length), 2) == 34.39


@pytest.mark.parametrize(
    ("name", "free", "per_token"),
    [
        ("arxiv-summarization", 0.9 * 80e9 - 13.5e9, 2 * 32 * 32 * 128 * 2),
        ("azure-conv-2023", 0.9 * 640e9 - 138e9, 2 * 80 * 8 * 128 * 2),
        ("azure-code-2023", 0.9 * 640e9 - 138e9, 2 * 80 * 8 * 128 * 2),
    ],
)
def test_assumed_capacities_follow_from_their_reason(
    name: str, free: float, per_token: int
) -> None:
    """Rounded down to two figures or so: within 3 % below what the reason leaves."""
    assert 0.97 * free / per_token < Workload.named(name).capacity <= free / per_token


def test_the_notices_that_the_licences_ask_for() -> None:
    notice = files("stabkit.model").joinpath("packaged", "ATTRIBUTION.md").read_text("utf-8")
    for required in (
        "Azure",
        "Splitwise",
        "CC-BY-4.0",
        "creativecommons.org/licenses/by/4.0",
        "Copyright (c) Microsoft Corporation.",
        "Copyright (c) 2024, CASYS Lab at KAIST",
        "Permission is hereby granted, free of charge",
        "counted by stabkit's authors",
    ):
        assert required in notice


def test_capacity_override() -> None:
    assert Workload.named("marginal", capacity="2001/2").capacity == Fraction(2001, 2)
    assert Workload.named("azure-conv-2023", capacity=10**6).capacity == 10**6
    with pytest.raises(InvalidWorkload, match="'capacity' must hold one request of every class"):
        Workload.named("azure-conv-2023", capacity=100)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("azure-conv", "'azure-conv-2023'"),
        ("Marginal", "'marginal'"),
        ("coprime", "'coprime-stable'"),
        ("", "'azure-conv-2023'"),
        ("a\nb", "'"),
        ("x" * 10**6, "'"),
        ("../examples.toml", "'"),
        (None, "'"),
        (["marginal"], "'"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_unknown_names(name: object, nearest: str) -> None:
    with pytest.raises(
        InvalidWorkload, match="'name' must be a packaged example such as"
    ) as caught:
        Workload.named(name)
    assert nearest in str(caught.value)
    assert str(caught.value).isprintable()
