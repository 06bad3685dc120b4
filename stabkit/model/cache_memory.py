"""How many tokens the KV cache holds, from the shape of a model and the memory left for it.

A token's keys and values take 2 (layers) (KV heads) (head size) (bytes of a number) bytes; with
grouped-query attention the KV heads are fewer than the attention heads. What memory is left for
them, after weights and activations, the server says when it starts; see also `start_up_log`. The
shape stands in a model's `config.json`, which `model_config` reads.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from ..errors import InvalidArgument, check_choice, shown
from .numbers import NumberLike, exact_rational, whole_number

__all__ = [
    "NUMBER_BYTES",
    "bytes_per_token",
    "capacity_from_shape",
    "heads_of_a_gpu",
    "number_bytes",
    "tokens_that_fit",
]

NUMBER_BYTES = {
    "float32": Fraction(4),
    "float16": Fraction(2),
    "bfloat16": Fraction(2),
    "fp8": Fraction(1),
    "fp8_e4m3": Fraction(1),
    "fp8_e5m2": Fraction(1),
    "int8": Fraction(1),
    "int4": Fraction(1, 2),
}
_WITH_UNIT = re.compile(r"(.*?[0-9.])\s*([a-z]+)")
_SIZES: dict[str, int] = {"b": 1} | {
    f"{prefix}{ending}": base**power
    for ending, base in (("b", 1000), ("ib", 1024))
    for power, prefix in enumerate("kmgt", 1)
}


def bytes_per_token(
    layers: int, kv_heads: int, head_size: int, dtype: str = "float16", tensor_parallel: int = 1
) -> Fraction:
    """Return the bytes that the keys and values of one token take.

    Parameters
    ----------
    layers, kv_heads, head_size : int
        Positive.
    dtype : {"float32", "float16", "bfloat16", "fp8", "fp8_e4m3", "fp8_e5m2", "int8", "int4"}
        Of the cache. Scales of quantised caches are not counted.
    tensor_parallel : int
        The GPUs among which the heads are divided; the bytes are those of one. A GPU holds whole
        heads, and one at least.

    Returns
    -------
    Fraction

    Examples
    --------
    Llama-3-8B: 32 layers, 8 KV heads of 128, in bfloat16.

    >>> bytes_per_token(32, 8, 128, "bfloat16")
    Fraction(131072, 1)
    >>> bytes_per_token(32, 8, 128, "bfloat16", tensor_parallel=16)
    Fraction(16384, 1)
    """
    layers = whole_number(layers, "'layers'")
    numbers = heads_of_a_gpu(kv_heads, tensor_parallel) * whole_number(head_size, "'head_size'")
    return 2 * layers * numbers * number_bytes(dtype)


def heads_of_a_gpu(kv_heads: int, tensor_parallel: int) -> int:
    """Return how many KV heads each of the GPUs holds, rounded up."""
    heads = whole_number(kv_heads, "'kv_heads'")
    return math.ceil(Fraction(heads, whole_number(tensor_parallel, "'tensor_parallel'")))


def number_bytes(dtype: Any) -> Fraction:
    """Return the bytes of a number of a cache."""
    check_choice(dtype, "'dtype'", NUMBER_BYTES)
    return NUMBER_BYTES[dtype]


def capacity_from_shape(
    memory: NumberLike,
    layers: int,
    kv_heads: int,
    head_size: int,
    dtype: str = "float16",
    tensor_parallel: int = 1,
) -> int:
    """Return the whole tokens that fit into `memory`.

    Parameters
    ----------
    memory : number or str
        Left for the cache on one GPU: bytes, or text such as "20 GB" (20 * 10^9 bytes) or "19.5GiB"
        (times 2^30). Servers that print GB in their logs mean GiB.
    layers, kv_heads, head_size, dtype, tensor_parallel
        As in `bytes_per_token`.

    Returns
    -------
    int
        Tokens, rounded down.

    Examples
    --------
    >>> capacity_from_shape("5 GiB", 32, 8, 128, "bfloat16")
    40960
    """
    return tokens_that_fit(
        memory, bytes_per_token(layers, kv_heads, head_size, dtype, tensor_parallel)
    )


def tokens_that_fit(memory: NumberLike, bytes_each: Fraction) -> int:
    """Return how many tokens fit into `memory`, as in `capacity_from_shape`; one at least must."""
    tokens = _bytes(memory) / bytes_each
    if tokens < 1:
        raise InvalidArgument(f"'memory' must hold one token at least, not {shown(memory)}.")
    return int(tokens)


def _bytes(memory: NumberLike) -> Fraction:
    found = _WITH_UNIT.fullmatch(memory.lower().strip()) if isinstance(memory, str) else None
    number, unit = (found[1], found[2]) if found else (memory, "b")
    if unit not in _SIZES:
        raise InvalidArgument(
            f"'memory' must end in one of {', '.join(_SIZES)}, not {shown(memory)}."
        )
    what = "a number of bytes such as 5e9, 20GB or 19.5GiB"
    size = exact_rational(number, "'memory'", what) * _SIZES[unit]
    if size <= 0:
        raise InvalidArgument(f"'memory' must be positive, not {shown(memory)}.")
    return size
