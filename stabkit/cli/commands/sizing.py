"""``stabkit sizing``: how many requests fit, which rate, which watermark, how long."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import typer

from ...errors import InvalidArgument, StabkitWarning
from ..mix import MaxNumSeqs, MixOptions, capacity_of
from ..options import option, refuse_without
from ..present import Found, presented
from ..terminal import one_line, working

__all__ = ["sizing"]


@presented("sizing")
def sizing(
    context: typer.Context,
    source: MixOptions,
    memory: str | None = option(
        None,
        "SIZE",
        "Take the capacity from the memory that a GPU has left for the cache, such as 5GiB; needs "
        "the model's config or shape.",
    ),
    hf_config: Path | None = option(None, "FILE", "The config.json of the model."),
    layers: int | None = option(None, "N", "Layers of the model."),
    kv_heads: int | None = option(None, "N", "KV heads of a layer."),
    head_size: int | None = option(None, "N", "Size of a head."),
    dtype: str | None = option(
        None,
        "TYPE",
        "Of the cache: float16, bfloat16, fp8, int8 ...; by default that of the config, or "
        "float16.",
        "--kv-dtype",
        "--dtype",
        show_default=False,
    ),
    tensor_parallel: int = option(1, "N", "GPUs that divide the KV heads.", min=1),
    block_size: int | None = option(None, "N", "KV memory in blocks of N tokens.", min=1),
    step_seconds: str | None = option(None, "T", "Seconds of a step, to show times and rates."),
    max_num_seqs: MaxNumSeqs = None,
) -> Found:
    """Say how many requests fit, and which rate to admit.

    Also a watermark without evictions, how fast disturbances swing and grow, and what a cap on the
    running requests does. The capacity comes from --capacity, from MIX, from a server's log, or
    from the memory and the model.

    \b
    Examples:
      stabkit sizing 10:5 --capacity 650
      stabkit sizing vllm-rtx4090 --step-seconds 1/33
      stabkit sizing 9:5 --memory 5GiB --layers 32 --kv-heads 8 --head-size 128
      stabkit sizing 9:5 --memory 50GiB --hf-config config.json
      stabkit sizing 430:1024 --capacity 560000 --max-num-seqs 256
    """
    if sum(one is not None for one in (source.capacity, source.log, memory)) > 1:
        raise InvalidArgument("'--capacity', '--log' and '--memory' must be given alone.")
    shape = {"layers": layers, "kv_heads": kv_heads, "head_size": head_size}
    if memory is None:
        refuse_without(context, "--memory", *shape, "hf_config", "dtype", "tensor_parallel")
    else:
        tokens = str(_tokens_in(memory, hf_config, shape, dtype, tensor_parallel))
        source = replace(source, capacity=tokens)
    if source.log is not None:
        source = replace(source, capacity=capacity_of(None, source.log, block_size), log=None)
    workload = source.read(merge=block_size is None)
    with working("sizing"):
        from ...analysis.operations.sizing import sizing as sizing_of

        return Found(sizing_of(workload, block_size, step_seconds, max_num_seqs))


def _tokens_in(
    memory: str,
    hf_config: Path | None,
    shape: Mapping[str, int | None],
    dtype: str | None,
    tensor_parallel: int,
) -> int:
    """Return the tokens that fit into the memory, for the model of the config or of the shape."""
    _warn_of_gigabytes(memory)
    given = {name: part for name, part in shape.items() if part is not None}
    if hf_config is not None:
        if given:
            raise InvalidArgument("'--hf-config' must be given without a shape, not with it.")
        from ...model.model_config import capacity_from_config

        return capacity_from_config(hf_config, memory, dtype, tensor_parallel)
    if len(given) < len(shape):
        raise InvalidArgument(
            "'--memory' must go with '--hf-config', or with '--layers', '--kv-heads' and "
            "'--head-size'."
        )
    from ...model.cache_memory import capacity_from_shape

    number = "float16" if dtype is None else dtype
    return capacity_from_shape(memory, **given, dtype=number, tensor_parallel=tensor_parallel)


def _warn_of_gigabytes(memory: str) -> None:
    if re.search(r"[kmg]b\s*$", memory, re.IGNORECASE):
        warnings.warn(
            f"'--memory' {one_line(memory)} counts in powers of 1000, as it says; servers that "
            "print GB mean GiB: write that for a figure from their logs.",
            StabkitWarning,
            stacklevel=2,
        )
