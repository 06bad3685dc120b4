"""``stabkit sizing``: how many requests fit, which rate, which watermark, how long."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Annotated

import typer

from ...errors import InvalidArgument, StabkitError, StabkitWarning
from ..mix import Capacity, InputColumn, MaxNumSeqs, Mix, OutputColumn, read_mix
from ..present import Found, presented
from ..terminal import one_line, working

__all__ = ["sizing"]


@presented("sizing")
def sizing(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take the capacity from a vLLM start-up log."),
    ] = None,
    memory: Annotated[
        str | None,
        typer.Option(
            metavar="SIZE",
            help="Take the capacity from the memory left for the cache, such as 5GiB; needs the "
            "model's shape.",
        ),
    ] = None,
    layers: Annotated[int | None, typer.Option(metavar="N", help="Layers of the model.")] = None,
    kv_heads: Annotated[int | None, typer.Option(metavar="N", help="KV heads of a layer.")] = None,
    head_size: Annotated[int | None, typer.Option(metavar="N", help="Size of a head.")] = None,
    dtype: Annotated[
        str, typer.Option(metavar="TYPE", help="Of the cache: float16, bfloat16, fp8, int8 ...")
    ] = "float16",
    block_size: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="KV memory in blocks of N tokens.")
    ] = None,
    step_seconds: Annotated[
        str | None, typer.Option(metavar="T", help="Seconds of a step, to show times and rates.")
    ] = None,
    max_num_seqs: MaxNumSeqs = None,
) -> Found:
    """Say how many requests fit, and which rate to admit.

    Also a watermark without evictions, how fast disturbances swing and grow, and what a cap on the
    running requests does. The capacity comes from --capacity, from MIX, from a log, or from the
    shape of the model.

    \b
    Examples:
      stabkit sizing 10:5 --capacity 650
      stabkit sizing vllm-rtx4090 --step-seconds 1/33
      stabkit sizing 9:5 --memory 5GiB --layers 32 --kv-heads 8 --head-size 128
      stabkit sizing 430:1024 --capacity 560000 --max-num-seqs 256
    """
    shape = (layers, kv_heads, head_size)
    found_capacity = _capacity(capacity, log, block_size, memory, shape, dtype)
    workload = read_mix(mix, found_capacity, input_column, output_column, merge=block_size is None)
    with working("sizing"):
        from ...analysis.operations.sizing import sizing as sizing_of

        return Found(sizing_of(workload, block_size, step_seconds, max_num_seqs))


def _capacity(
    capacity: str | None,
    log: Path | None,
    block_size: int | None,
    memory: str | None,
    shape: tuple[int | None, int | None, int | None],
    dtype: str,
) -> str | None:
    if sum(source is not None for source in (capacity, log, memory)) > 1:
        raise InvalidArgument("'--capacity', '--log' and '--memory' must be given alone.")
    if memory is None and any(part is not None for part in shape):
        raise InvalidArgument("'--memory' must be given with the shape of a model, not left out.")
    if log is not None:
        return str(_logged(log, block_size))
    if memory is None:
        return capacity
    layers, kv_heads, head_size = shape
    if layers is None or kv_heads is None or head_size is None:
        raise InvalidArgument("'--memory' must go with '--layers', '--kv-heads' and '--head-size'.")
    from ...model.cache_memory import capacity_from_shape

    if re.search(r"[kmg]b\s*$", memory, re.IGNORECASE):
        warnings.warn(
            f"'--memory' {one_line(memory)} counts in powers of 1000, as it says; servers that "
            "print GB mean GiB: write that for a figure from their logs.",
            StabkitWarning,
            stacklevel=2,
        )
    return str(capacity_from_shape(memory, layers, kv_heads, head_size, dtype))


def _logged(log: Path, block_size: int | None) -> int:
    from ...model.files import read_log
    from ...model.start_up_log import capacity_from_log

    try:
        text = read_log(log)
    except StabkitError as failure:
        raise InvalidArgument(f"'--log' must be a file that can be read; {failure}") from failure
    return capacity_from_log(text, block_size)
