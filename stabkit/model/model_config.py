"""How many tokens the KV cache holds, from a model's `config.json` as Hugging Face has it.

A layer keeps, for every token, a key and a value for each KV head, of the size of a head: 2 (heads)
(size) numbers. With multi-head latent attention it keeps one vector for all heads instead, which
tensor parallelism does not divide: (rank of the latent) + (size of the rotary part).

**Windows.** A layer with a sliding window needs the last W tokens of a request alone. What a
request takes is then no multiple of its length, and the capacity no number of tokens; a server
without an allocator for such layers keeps all tokens nonetheless. All layers are counted in full:
with any allocator as many tokens fit, but for what it pads, and with the best up to (bytes of all
layers) / (bytes of those without a window) times as many, by long requests.

**States.** Layers of linear attention, or of a state-space model, keep a state per request whatever
its length, and that memory is no number of tokens either. Such models are refused: what their
server reports when it starts accounts for it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidArgument, InvalidWorkload, StabkitWarning, shown
from .cache_memory import heads_of_a_gpu, number_bytes, tokens_that_fit
from .files import read_json_file
from .numbers import NumberLike, whole_number

__all__ = ["capacity_from_config"]

_LARGEST = 10**9  # of a count, which a config may misstate
_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")  # of a larger model
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_HEADS = ("num_attention_heads", "n_head", "n_heads")
_KV_HEADS = ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num")
_WIDTH = ("hidden_size", "n_embd", "d_model")
_HEAD_SIZE = ("head_dim", "kv_channels")
_LAYER_TYPES = ("layer_types", "layers_block_type", "block_types")
_PATTERN = ("sliding_window_pattern", "_sliding_window_pattern")
_PATTERNS = {"gemma2": 2, "gemma3": 6, "gemma3_text": 6}  # every so many layers one has no window
_STATES = ("linear", "mamba", "conv", "recurrent")
_KEYS_OF_STATES = (
    "attn_layer_indices",
    "attn_layer_period",
    "full_attention_interval",
    "hybrid_override_pattern",
    "linear_attn_config",
    "mamba_d_state",
    "ssm_state_size",
)


def capacity_from_config(
    config: Mapping[str, object] | str | os.PathLike[str],
    memory: NumberLike,
    dtype: str | None = None,
    tensor_parallel: int = 1,
) -> int:
    """Return the whole tokens that fit into `memory`, for the model of a Hugging Face config.

    Parameters
    ----------
    config : mapping or path-like
        What the model's `config.json` holds, or its path. Of a model with several parts the
        language model counts.
    memory : number or str
        Left for the cache on one GPU, as in `capacity_from_shape`.
    dtype : str, optional
        Of the cache, as in `bytes_per_token`; by default that of the model.
    tensor_parallel : int
        The GPUs among which the heads are divided. Each holds whole heads, and one at least; the
        vector of multi-head latent attention each holds whole.

    Returns
    -------
    int
        Tokens, rounded down. Layers with a window are counted in full.

    Raises
    ------
    InvalidArgument
        If the config does not say what a token takes, or its layers keep a state instead.

    Warns
    -----
    StabkitWarning
        If layers have a window: by how much a server may hold more.

    Examples
    --------
    Llama-3-8B: 2 * 32 * 8 * 128 numbers of 2 bytes are 128 KiB a token. DeepSeek-V3: (512 + 64) *
    61 numbers are 70,272 bytes, on every GPU.

    >>> llama = {"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    ...          "hidden_size": 4096, "torch_dtype": "bfloat16"}
    >>> capacity_from_config(llama, "5 GiB"), capacity_from_config(llama, "5 GiB", "fp8", 4)
    (40960, 327680)
    >>> deepseek = {"num_hidden_layers": 61, "num_attention_heads": 128, "kv_lora_rank": 512,
    ...             "qk_rope_head_dim": 64, "torch_dtype": "bfloat16"}
    >>> capacity_from_config(deepseek, 70272 * 1000, tensor_parallel=8)
    1000
    """
    whole = _mapping(config)
    part = _language_model(whole)
    _refuse_states(part)
    layers = _count(part, *_LAYERS)
    windowed = _layers_with_window(part, layers)
    in_full = (layers - windowed) * _numbers(part, tensor_parallel, "global")
    total = in_full + windowed * _numbers(part, tensor_parallel, "swa")
    tokens = tokens_that_fit(memory, total * number_bytes(_dtype(dtype, part, whole)))
    if windowed:
        window = shown(part["sliding_window"])
        more = f"up to {total / in_full:.3g} times as many" if in_full else "more"
        warnings.warn(
            f"{windowed} of {layers} layers need the last {window} tokens of a request alone, and "
            f"are counted in full: a server that frees the others holds {more} tokens.",
            StabkitWarning,
            stacklevel=2,
        )
    return tokens


def _mapping(config: Any) -> Mapping[str, Any]:
    if not isinstance(config, Mapping):
        try:
            config = read_json_file(config)
        except InvalidWorkload as failure:
            raise InvalidArgument(
                f"'config' must be a file on this machine, or a mapping; {failure}"
            ) from failure
    if not isinstance(config, Mapping):
        raise InvalidArgument(f"'config' must hold a mapping, not {shown(config)}.")
    return config


def _dtype(given: Any, *configs: Mapping[str, Any]) -> Any:
    """Return the type of the cache: the one given, or else that of the model."""
    if given is not None:
        return given
    stated = next((s for s in (_first(c, "torch_dtype", "dtype") for c in configs) if s), None)
    if stated is None:
        raise InvalidArgument("'dtype' must be given, as the config names none.")
    return stated.removeprefix("torch.") if isinstance(stated, str) else stated


def _language_model(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of the config that describes the language model."""
    while _first(config, *_LAYERS) is None:
        parts = [config[name] for name in _PARTS if isinstance(config.get(name), Mapping)]
        if not parts:
            break
        config = parts[0]
    return config


def _first(config: Mapping[str, Any], *names: str) -> Any:
    """Return the first of the values that is there and not null."""
    return next((config[name] for name in names if config.get(name) is not None), None)


def _count(config: Mapping[str, Any], *names: str) -> int:
    name = next((name for name in names if config.get(name) is not None), None)
    if name is None:
        raise InvalidArgument(
            f"'config' must hold {names[0]}, which it leaves to its program; give the shape: "
            "layers, KV heads and head size."
        )
    return whole_number(config.get(name), f"{name!r} of the config", most=_LARGEST)


def _refuse_states(config: Mapping[str, Any]) -> None:
    types = _first(config, *_LAYER_TYPES)
    if isinstance(types, (list, tuple)):
        stateful = any(state in str(kind) for kind in types for state in _STATES)
    else:
        stateful = _first(config, *_KEYS_OF_STATES) is not None
    if stateful:
        raise InvalidArgument(
            "'config' must be that of a model whose layers all keep keys and values, not of one "
            "with layers that keep a state: its server's log says what fits."
        )


def _numbers(config: Mapping[str, Any], tensor_parallel: int, kind: str) -> int:
    """Return the numbers that a GPU keeps of a token in a layer, with a window or without."""
    if _first(config, "kv_lora_rank") is not None:
        whole_number(tensor_parallel, "'tensor_parallel'")
        index = 0 if _first(config, "index_head_dim") is None else _count(config, "index_head_dim")
        return _count(config, "kv_lora_rank") + _count(config, "qk_rope_head_dim") + index
    key = _head_size(config, kind)
    value = key if _first(config, "v_head_dim") is None else _count(config, "v_head_dim")
    return heads_of_a_gpu(_kv_heads(config, kind), tensor_parallel) * (key + value)


def _kv_heads(config: Mapping[str, Any], kind: str) -> int:
    if config.get("multi_query") is True and not config.get("new_decoder_architecture"):
        return 1
    special = (f"{kind}_num_key_value_heads", f"num_{kind}_key_value_heads")
    return _count(config, *special, *_KV_HEADS, *_HEADS)


def _head_size(config: Mapping[str, Any], kind: str) -> int:
    names = (f"{kind}_head_dim", *_HEAD_SIZE)
    if _first(config, *names) is not None:
        return _count(config, *names)
    size = _count(config, *_WIDTH) // _count(config, *_HEADS)
    return whole_number(size, "'hidden_size' over 'num_attention_heads' of the config")


def _layers_with_window(config: Mapping[str, Any], layers: int) -> int:
    if not _first(config, "sliding_window") or config.get("use_sliding_window") is False:
        return 0
    types = config.get("layer_types")
    if isinstance(types, (list, tuple)):
        return min(sum("sliding" in str(kind) for kind in types), layers)
    pattern = _first(config, *_PATTERN) or _PATTERNS.get(str(config.get("model_type")))
    if isinstance(pattern, str) and pattern:  # such as LLLG: three local layers and a global one
        whole, rest = divmod(layers, len(pattern))
        return whole * pattern.count("L") + pattern[:rest].count("L")
    if pattern is not None:
        return layers - layers // whole_number(pattern, "'sliding_window_pattern' of the config")
    if config.get("use_sliding_window") is True:
        return max(layers - _count(config, "max_window_layers"), 0)
    return layers
