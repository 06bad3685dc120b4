"""What servers say of their KV memory, in logs and metrics: their lines, as data.

A line stands here as the server prints it, in the words of all versions known. In braces is what
differs: ``{tokens}``, ``{blocks}`` and ``{size}``, the tokens of a block, are its numbers; ``{is}``
is what stands between a name and its value (``=``, ``=" ``, ``": `` and the like), ``{labels}`` are
those of a metric, and ``...`` is anything on the same line. A new version of a server is a new row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

__all__ = ["BLOCK_SIZES", "SERVERS", "Line", "Said", "lines_of_interest"]


class Line(NamedTuple):
    """A line that servers print.

    * `kind` ({"memory", "block", "concurrency", "start", "engine up", "server up"}): what it tells:
      the size of the memory or of a block, vLLM's concurrency, that a start begins, or that an
      engine or the whole server is up.
    * `server`: of lines on the memory.
    * `once` ({"server", "rank", "nobody"}): who says it once in every start.
    """

    kind: str
    wording: str
    server: str = ""
    once: str = "nobody"


class Said(NamedTuple):
    """A line in a log: where in the text, the row of the table, and the numbers that it states."""

    begin: int
    row: int
    end: int
    line: Line
    numbers: dict[str, str]


# Of the rows that a start has, the first counts: tokens before blocks (whose product with the size
# of one is wrong for hybrid models), what was allocated before what was asked for.
_MEMORY = (
    ("vLLM", "rank", "GPU KV cache size: {tokens} tokens"),
    ("vLLM", "server", "kv_cache_size_tokens{is}{tokens}"),
    ("vLLM", "nobody", "tokens that can be stored in KV cache ({tokens})"),
    ("vLLM", "nobody", "estimated maximum model length is {tokens}"),
    ("SGLang", "server", "max_total_num_tokens{is}{tokens}"),
    ("SGLang", "server", "max_total_num_token{is}{tokens}"),
    ("SGLang", "server", "Max_total_num_token{is}{tokens}"),
    ("SGLang", "server", "sglang:max_total_num_tokens{labels}{tokens}"),
    ("SGLang", "nobody", "KV Cache is allocated. #tokens: {tokens}"),
    ("TGI", "server", "Setting max batch total tokens to {tokens}"),
    ("TGI", "server", "tgi_batch_max_total_tokens{labels}{tokens}"),
    ("TGI", "nobody", "Inferred max batch total tokens: {tokens}"),
    ("TGI", "rank", "KV-cache blocks: {blocks} size: {size}"),
    ("TGI", "nobody", "max_batch_total_tokens{is}{tokens}"),
    ("TensorRT-LLM", "rank", "max tokens in paged KV cache ({tokens})"),
    ("TensorRT-LLM", "rank", "Max tokens in paged KV cache: {tokens}"),
    ("TensorRT-LLM", "rank", "Using {tokens} tokens in paged KV cache"),
    ("TensorRT-LLM", "rank", "primary blocks={blocks}"),
    ("TensorRT-LLM", "rank", "Number of blocks in KV cache primary pool: {blocks}"),
    ("TensorRT-LLM", "server", "trtllm_kv_cache_max_blocks{labels}{blocks}"),
    ("TensorRT-LLM", "server", 'kv_cache_block_type="max"...} {blocks}'),
    ("TensorRT-LLM", "nobody", "maxNumBlocks{is}{blocks}"),
    ("LMDeploy", "rank", "max_block_count{is}{blocks}"),
    ("LMDeploy", "rank", "block_count{is}{blocks}"),
    ("LMDeploy", "rank", "CacheEngine with config:...num_gpu_blocks={blocks}"),
    ("vLLM", "server", "# {device} blocks: {blocks} # CPU blocks:"),
    ("vLLM", "rank", "# {accelerator} blocks: {blocks}"),
    ("vLLM", "server", "num_gpu_blocks{is}{blocks}"),
)
SERVERS = tuple(dict.fromkeys(server for server, _, _ in _MEMORY))
# Tokens of a block, where no line says it: what the server has by default.
BLOCK_SIZES = {"vLLM": 16, "TGI": 1, "TensorRT-LLM": 32, "LMDeploy": 64}
_OTHERS = {
    "block": (
        "block_size{is}{size}",
        "Forcing kv cache block size to {size}",
        "tokens per block={size}",
        "Number of tokens per block: {size}",
        "tokens_per_block{is}{size}",
        "tokensPerBlock{is}{size}",
        "trtllm_kv_cache_tokens_per_block{labels}{size}",
        'kv_cache_block_type="tokens_per"...} {size}',
        "cache_block_seq_len{is}{size}",
    ),
    "concurrency": ("Maximum concurrency for {length} tokens per request: {times}x",),
    "start": (
        "vLLM API server version",
        "Initializing an LLM engine",
        "Initializing a LLM engine",
        "Initializing a V1 LLM engine",
        "Initializing an V1 LLM engine",
        "server_args=ServerArgs(",  # SGLang
        "text_generation_launcher: Args {",  # TGI
        '"Args {',  # TGI, as JSON
        "TensorRT-LLM version: ",
        "TensorRT LLM version: ",
        # TensorRT-LLM allocates a small cache first, to see how much memory is left.
        "Estimated max memory in KV cache",
        "storeContextBlocks: Can not find sequence",
        "backend_config=TurbomindEngineConfig(",  # LMDeploy
        "backend_config=PytorchEngineConfig(",
    ),
    "engine up": ("init engine (profile",),  # vLLM
    "server up": ("Application startup complete", "The server is fired up and ready to roll"),
}
_NUMBER = r"""(?P<{}>[^\s"'(){{}}\[\]<>|\\;:=*\x1b]++)"""
_UNSET = {"None", "null"}
_PLACES = {
    **{f"{{{name}}}": _NUMBER.format(name) for name in ("tokens", "blocks", "length")},
    "{size}": _NUMBER.format("size") + r"(?! ?[KMG]i?B)",
    "{times}": r"(?P<times>[0-9]{1,20}\.[0-9]{1,20})",
    "{is}": r"""["'`]?(?: ?= ?|: ?)["']?(?:Some\(\s{,99})?""",
    "{device}": r"(?!(?i:cpu)\b)[^\W\d]\w{,99}",
    "{accelerator}": r"(?i:gpu|cuda|rocm|hip|hpu|tpu|xpu|npu|neuron)",
    # Bounded: a line of a gigabyte is not searched to its end again and again.
    "{labels}": r"(?:\{[^}\n]{,2000}\})? (?=[0-9])",
    "...": r"[^\n]{,2000}?",
}


def _pattern(wording: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\}|\.\.\.)", wording)
    return re.compile("".join(_PLACES.get(part) or re.escape(part) for part in parts))


_LINES = (
    *(Line("memory", wording, server, once) for server, once, wording in _MEMORY),
    *(Line(kind, wording) for kind, wordings in _OTHERS.items() for wording in wordings),
)


def lines_of_interest(text: str) -> Iterator[Said]:
    """Yield, in their order, the lines of a log that speak of the memory or of a start."""
    # One search per wording, each of which begins with letters: three times as fast as one for all.
    last = -1
    for said in merge(*(_found(text, row, line) for row, line in enumerate(_LINES))):
        if said.begin != last:  # or else another wording of that line, in a row further down
            yield said
        last = said.begin


def _found(text: str, row: int, line: Line) -> Iterator[Said]:
    for match in _pattern(line.wording).finditer(text):
        begin, end = match.span()
        numbers = {name: said.rstrip(",;.") for name, said in match.groupdict().items()}
        in_word = re.fullmatch(r"\w\w", text[max(begin - 1, 0) : begin + 1])
        if in_word is None and _UNSET.isdisjoint(numbers.values()):
            yield Said(begin, row, end, line, numbers)
