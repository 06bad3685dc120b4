"""What request logs call the two numbers of tokens, and where in a row they are.

A place in a row is a dotted path: ``usage.prompt_tokens`` is the key ``prompt_tokens`` of what is
under ``usage``, or a column of that name. A known pair of names counts wherever both stand under
one parent, the nearest to the top first, so that a record may be wrapped: ``response.body.usage``
of a batch of OpenAI's, ``attributes.gen_ai.usage`` of OpenTelemetry. Two pairs at the same depth
are ambiguous, and refused.

References
----------
docs/formats.md. Names: Azure Public Dataset; microsoft/vidur and microsoft/sarathi-serve;
kvcache-ai/Mooncake, alibaba-edu/qwen-bailian-usagetraces-anon and ServeGen;
casys-kaist/LLMServingSim; HPMLL/BurstGPT; vllm-project/vllm and sgl-project/sglang (benchmarks);
ai-dynamo/aiperf; vllm-project/guidellm; ray-project/llmperf; OpenAI, Anthropic and OpenTelemetry
(usage).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import InvalidWorkload, shown

__all__ = [
    "COUNTED",
    "FORMATS",
    "OTHERS",
    "SUMMARY",
    "LogFormat",
    "UnknownColumns",
    "choose",
    "choose_time",
    "refuse",
]


@dataclass(frozen=True)
class LogFormat:
    """A kind of request log that is recognised by what it holds.

    * `writer`: who writes such logs.
    * `container`: what holds the requests: ``"CSV"``, ``"JSONL"`` or ``"JSON"``. The names are
      recognised in every container; this is the usual one.
    * `fields`: the dotted paths of the numbers of tokens, input first; of a summary, its columns.
    * `times`: the dotted path of the time of a request, empty where there is none.
    """

    writer: str
    container: str
    fields: tuple[str, ...]
    times: str = ""


SUMMARY = ("decode_length", "count", "input_length_sum")
COUNTED = ("decode_length", "input_length", "count")
FORMATS = (
    LogFormat("Azure traces 2023, 2024", "CSV", ("ContextTokens", "GeneratedTokens"), "TIMESTAMP"),
    LogFormat("BurstGPT", "CSV", ("Request tokens", "Response tokens"), "Timestamp"),
    LogFormat(
        "Vidur, Sarathi-Serve", "CSV", ("num_prefill_tokens", "num_decode_tokens"), "arrived_at"
    ),
    LogFormat(
        "Mooncake, Qwen-Bailian, ServeGen", "JSONL", ("input_length", "output_length"), "timestamp"
    ),
    LogFormat("LLMServingSim", "JSONL", ("input_toks", "output_toks"), "arrival_time_ns"),
    LogFormat("vLLM bench serve, SGLang bench_serving", "JSON", ("input_lens", "output_lens")),
    LogFormat(
        "AIPerf",
        "JSONL",
        ("metrics.input_sequence_length.value", "metrics.output_sequence_length.value"),
        "metadata.request_start_ns",
    ),
    LogFormat(
        "GuideLLM",
        "JSON",
        (
            "benchmarks.requests.successful.prompt_tokens",
            "benchmarks.requests.successful.output_tokens",
        ),
        "request_start_time",
    ),
    LogFormat("LLMPerf", "JSON", ("number_input_tokens", "number_output_tokens")),
    LogFormat("inference-perf", "JSON", ("info.input_tokens", "info.output_tokens"), "start_time"),
    LogFormat(
        "OpenAI-style usage",
        "JSONL",
        ("usage.prompt_tokens", "usage.completion_tokens"),
        "created",
    ),
    LogFormat(
        "Responses and Messages usage", "JSONL", ("usage.input_tokens", "usage.output_tokens")
    ),
    LogFormat("counts of pairs", "CSV", COUNTED),
    LogFormat("a summary by decode length", "CSV", SUMMARY),
)
OTHERS = (  # names of interfaces and gateways, in their usage records
    ("promptTokens", "completionTokens"),
    ("inputTokens", "outputTokens"),
    ("inputTokenCount", "outputTokenCount"),
    ("prompt_token_count", "output_token_count"),
    ("promptTokenCount", "candidatesTokenCount"),
    ("prompt_eval_count", "eval_count"),
    ("num_input_tokens", "num_output_tokens"),
    ("prompt_len", "output_len"),
)
_ENDS = (  # of the paths: what is left of them without what they are wrapped in
    *dict.fromkeys(
        tuple(".".join(path.split(".")[-2 if path.endswith(".value") else -1 :]) for path in pair)
        for pair in (one.fields for one in FORMATS[:-2])
    ),
    *OTHERS,
)
_TIMES = tuple(
    dict.fromkeys(
        [one.times.rpartition(".")[2] for one in FORMATS if one.times]
        + ["time", "arrival_s", "arrival", "created_at", "startTime"]
    )
)


class UnknownColumns(InvalidWorkload):
    """The two numbers of tokens of a log are not where its names or those asked for say.

    * `columns`: those that there are.
    """

    def __init__(self, message: str, columns: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.columns = tuple(columns)


def choose(
    found: Sequence[str], columns: tuple[str, str] | None = None, pairs_only: bool = False
) -> tuple[str, ...] | None:
    """Return the paths to read: those asked for, or the one known set among those `found`.

    * `found`: the columns of a table, or the paths of an object.
    * `columns` ((input path, output path)): those asked for.
    * `pairs_only`: whether a summary and counted pairs, which are no single requests, are left out.

    >>> choose(["id", "usage.prompt_tokens", "usage.completion_tokens"])
    ('usage.prompt_tokens', 'usage.completion_tokens')
    >>> choose(["input_toks", "output_toks", "input_length", "output_length"]) is None
    True
    """
    held: list[tuple[str, ...]]
    if columns is not None:
        held = [columns] if all(found.count(name) == 1 for name in columns) else []
    else:
        sets: tuple[tuple[str, ...], ...] = () if pairs_only else (SUMMARY, COUNTED)
        held = [names for names in sets if all(found.count(name) == 1 for name in names)]
        held += [pair for first, second in _ENDS for pair in _places(found, first, second)]
        depths = [names[0].count(".") for names in held]
        held = [names for names, depth in zip(held, depths, strict=True) if depth == min(depths)]
    return held[0] if len(held) == 1 else None


def _places(found: Sequence[str], first: str, second: str) -> list[tuple[str, str]]:
    """Return the pairs of paths with these two ends, under one parent each."""
    parents = {name[: len(name) - len(first)] for name in found if f".{name}".endswith(f".{first}")}
    pairs = [(f"{parent}{first}", f"{parent}{second}") for parent in sorted(parents)]
    return [pair for pair in pairs if all(found.count(name) == 1 for name in pair)]


def choose_time(found: Sequence[str], column: str | None = None) -> str:
    """Return the path of the time of a request: the one asked for, or the one nearest the top.

    Raises InvalidWorkload if there is none.
    """
    if column is not None:
        held = [column] if found.count(column) == 1 else []
    else:
        held = [name for name in found if name.rpartition(".")[2] in _TIMES]
    if not held:
        raise InvalidWorkload(
            "'time_column' must name the time of a request, for a window of times; there is "
            f"{_listed(found)}."
        )
    return min(held, key=lambda name: name.count("."))


def refuse(found: Sequence[str], columns: tuple[str, str] | None = None) -> Any:
    """Say which columns there are, and which there should be.

    Raises UnknownColumns always, but for a table without names.
    """
    if columns is not None:
        wrong = [name for name in columns if found.count(name) != 1]
        raise UnknownColumns(
            f"'input_column' and 'output_column' must be columns of the trace, once each, not "
            f"{_listed(wrong)}; it has {_listed(found)}.",
            found,
        )
    if found and all(name.isdigit() for name in found):
        raise InvalidWorkload(f"line 1: must name the columns, not begin with {_listed(found)}.")
    raise UnknownColumns(
        "'input_column' and 'output_column' must name the two numbers of tokens: the trace has "
        f"none or several of the pairs that 'stabkit formats' lists; it has {_listed(found)}.",
        found,
    )


def _listed(names: Sequence[str]) -> str:
    quoted = ", ".join(shown(name, 40) for name in names[:8])
    return f"{quoted}, ..." if len(names) > 8 else quoted or "none"
