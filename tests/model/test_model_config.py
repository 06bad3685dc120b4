"""Capacities from configs: the bytes of a token, worked out by hand from published configs.

The configs are cut to the keys that matter; the models are named where they are public. The bytes
of Llama-3-8B, 128 KiB, and of DeepSeek-V3, 70.272 kB, are also published as such.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stabkit.errors import InvalidArgument, StabkitWarning
from stabkit.model.model_config import capacity_from_config

BF16 = {"torch_dtype": "bfloat16"}


def shape(layers: int, heads: int, kv_heads: int | None, hidden: int, **more: Any) -> dict:
    counts = {"num_hidden_layers": layers, "num_attention_heads": heads, "hidden_size": hidden}
    return counts | {"num_key_value_heads": kv_heads, "torch_dtype": "bfloat16"} | more


def mla(layers: int, **more: Any) -> dict:
    return shape(layers, 128, 128, 7168, kv_lora_rank=512, qk_rope_head_dim=64, **more)


LLAMA_3_8B = shape(32, 32, 8, 4096)
QWEN_2_5_7B = shape(28, 28, 4, 3584, sliding_window=131072, use_sliding_window=False)
GEMMA_3_27B = shape(62, 32, 16, 5376, head_dim=128, sliding_window=1024, model_type="gemma3_text")
LOCAL, GLOBAL = "sliding_attention", "full_attention"


def bytes_of_a_token(config: Any, expected: int, **options: Any) -> bool:
    """Whether 1000 tokens take 1000 times `expected` bytes, and no byte less."""
    exactly = capacity_from_config(config, 1000 * expected, **options)
    return (exactly, capacity_from_config(config, 1000 * expected - 1, **options)) == (1000, 999)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (LLAMA_3_8B, 2 * 32 * 8 * 128 * 2),
        (LLAMA_3_8B, 131_072),
        # Llama-2-7B names no KV heads: as many as there are heads.
        (shape(32, 32, None, 4096), 524_288),
        (QWEN_2_5_7B, 2 * 28 * 4 * 128 * 2),
        # Qwen3-0.6B: the size of a head is not 1024 / 16.
        (shape(28, 16, 8, 1024, head_dim=128, sliding_window=None), 2 * 28 * 8 * 128 * 2),
        (mla(61), 70_272),  # DeepSeek-V3: (512 + 64) * 61 * 2
        (mla(27), 31_104),  # DeepSeek-V2-Lite
        (mla(61, index_head_dim=128), (512 + 64 + 128) * 61 * 2),  # V3.2: the keys of its indexer
        # Keys and values of two sizes.
        (shape(10, 64, 8, 4096, head_dim=192, v_head_dim=128), 10 * 8 * (192 + 128) * 2),
        # Older names: Falcon-7B, ChatGLM3-6B, GPT-2.
        ({"n_layer": 32, "n_head": 71, "hidden_size": 4544, "multi_query": True,
          "num_kv_heads": 71, **BF16}, 2 * 32 * 64 * 2),
        ({"num_layers": 28, "num_attention_heads": 32, "multi_query_group_num": 2, "kv_channels":
          128, "hidden_size": 4096, "torch_dtype": "float16"}, 2 * 28 * 2 * 128 * 2),
        ({"n_layer": 12, "n_head": 12, "n_embd": 768, "dtype": "float32"}, 2 * 12 * 768 * 4),
        # The language model of a larger one; its type may stand outside.
        ({"text_config": LLAMA_3_8B, "vision_config": {"num_hidden_layers": 3}}, 131_072),
        ({"text_config": {**LLAMA_3_8B, "torch_dtype": None}, "dtype": "torch.float32"}, 262_144),
        ({"thinker_config": {"text_config": LLAMA_3_8B}}, 131_072),
        # Layers all of attention, though the config has the keys of a state as well.
        ({**LLAMA_3_8B, "layer_types": ["attention"] * 32, "mamba_d_state": 256}, 131_072),
    ],
)  # fmt: skip
def test_bytes_of_a_token(config: dict, expected: int) -> None:
    assert bytes_of_a_token(config, expected)


@pytest.mark.parametrize(
    ("config", "gpus", "expected"),
    [
        (LLAMA_3_8B, 4, 2 * 32 * 2 * 128 * 2),
        (LLAMA_3_8B, 8, 16_384),
        (LLAMA_3_8B, 16, 16_384),  # a GPU holds one head at least
        (LLAMA_3_8B, 3, 2 * 32 * 3 * 128 * 2),  # 3, 3 and 2 heads
        (mla(61), 8, 70_272),  # every GPU holds the whole vector
    ],
)
def test_tensor_parallelism(config: dict, gpus: int, expected: int) -> None:
    assert bytes_of_a_token(config, expected, tensor_parallel=gpus)


@pytest.mark.parametrize(("dtype", "expected"), [("fp8", 65_536), ("float32", 262_144)])
def test_the_type_of_the_cache(dtype: str, expected: int) -> None:
    assert bytes_of_a_token(LLAMA_3_8B, expected, dtype=dtype)
    assert bytes_of_a_token({**LLAMA_3_8B, "torch_dtype": None}, expected, dtype=dtype)


@pytest.mark.parametrize(
    ("config", "expected", "says"),
    [
        # Mistral-7B-v0.1: every layer has a window.
        (shape(32, 32, 8, 4096, sliding_window=4096), 131_072, "32 of 32 .* 4096 .* holds more"),
        # Gemma-2-9B, every second layer; Gemma-3, all but every sixth: 62 - 10 of 62.
        (shape(42, 16, 8, 3584, head_dim=256, sliding_window=4096, model_type="gemma2"),
         2 * 42 * 8 * 256 * 2, "21 of 42 layers .* up to 2 times as many"),
        ({"text_config": GEMMA_3_27B}, 2 * 62 * 16 * 128 * 2, "52 of 62 .* 1024 .* 6.2 times"),
        ({**GEMMA_3_27B, "sliding_window_pattern": 2}, 507_904, "31 of 62 .* 2 times"),
        # Gemma-3-1B lists its 26 layers: 22 and 4. gpt-oss-20b: every second.
        (shape(26, 4, 1, 1152, head_dim=256, sliding_window=512,
               layer_types=[*([LOCAL] * 5 + [GLOBAL]) * 4, LOCAL, LOCAL]),
         2 * 26 * 256 * 2, "22 of 26 .* 6.5 times"),
        (shape(24, 64, 8, 2880, head_dim=64, sliding_window=128, layer_types=[LOCAL, GLOBAL] * 12),
         49_152, "12 of 24 .* 2 times"),
        # EXAONE-4-32B: three local layers, a global one. Qwen2 with its window on: the upper ones.
        (shape(64, 40, 8, 5120, sliding_window=4096, sliding_window_pattern="LLLG"),
         2 * 64 * 8 * 128 * 2, "48 of 64 .* 4 times"),
        ({**QWEN_2_5_7B, "use_sliding_window": True, "max_window_layers": 21}, 57_344,
         "7 of 28 .* 131072 .* 1.33 times"),
        # Layers of two shapes: 50 local ones of 16 heads of 256, 10 global ones of 4 of 512, so
        # that 50 * 8192 + 10 * 4096 numbers are 11 times those of the global layers.
        (shape(60, 32, 16, 5376, head_dim=256, global_head_dim=512, num_global_key_value_heads=4,
               sliding_window=1024, layer_types=([LOCAL] * 5 + [GLOBAL]) * 10),
         901_120, "50 of 60 .* 11 times"),
        (shape(6, 64, 4, 4096, head_dim=128, swa_num_key_value_heads=8, sliding_window=128,
               layer_types=[LOCAL] * 5 + [GLOBAL]),
         2 * (5 * 8 + 4) * 128 * 2, "5 of 6 .* 11 times"),
    ],
)  # fmt: skip
def test_layers_with_a_window_are_counted_in_full(config: dict, expected: int, says: str) -> None:
    with pytest.warns(StabkitWarning, match=says):
        assert bytes_of_a_token(config, expected)


@pytest.mark.parametrize(
    "more",
    [
        {"layer_types": ["linear_attention"] * 3 + [GLOBAL]},  # Qwen3-Next
        {"full_attention_interval": 4},
        {"layers_block_type": ["mamba", "attention"]},
        {"hybrid_override_pattern": "M-M*"},
        {"mamba_d_state": 128},
    ],
)
def test_layers_that_keep_a_state_are_refused(more: dict) -> None:
    with pytest.raises(InvalidArgument, match="'config' must be that of a model whose layers all"):
        capacity_from_config({**LLAMA_3_8B, **more}, "5GiB")


def test_a_file(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps({**LLAMA_3_8B, "rms_norm_eps": 1e-05}))
    assert capacity_from_config(file, "5 GiB") == capacity_from_config(str(file), "5GiB") == 40_960
    file.write_text("[1]")
    with pytest.raises(InvalidArgument, match=r"'config' must hold a mapping, not \[1\]"):
        capacity_from_config(file, "5GiB")
    with pytest.raises(
        InvalidArgument, match=r"'config' must be a file on this machine, or a mapping; none\.json"
    ):
        capacity_from_config(tmp_path / "none.json", "5GiB")


@pytest.mark.parametrize(
    ("config", "options", "message"),
    [
        ({}, {}, "'config' must hold num_hidden_layers, which"),
        ({**LLAMA_3_8B, "num_key_value_heads": 0}, {}, "'num_key_value_heads' of the config must"),
        (
            {**LLAMA_3_8B, "num_key_value_heads": [8]},
            {},
            "'num_key_value_heads' of the config must",
        ),
        ({**LLAMA_3_8B, "hidden_size": 31}, {}, "'hidden_size' over 'num_attention_heads' of the"),
        (
            {**LLAMA_3_8B, "torch_dtype": None},
            {},
            "'dtype' must be given, as the config names none",
        ),
        ({**LLAMA_3_8B, "torch_dtype": 3}, {}, "'dtype' must be 'float32', .* not 3"),
        ({**mla(61), "qk_rope_head_dim": None}, {}, "'config' must hold qk_rope_head_dim"),
        (mla(61), {"tensor_parallel": 0}, "'tensor_parallel' must be a positive integer, not 0"),
        (LLAMA_3_8B, {"tensor_parallel": 1.5}, "'tensor_parallel' must be a positive integer"),
        (LLAMA_3_8B, {"dtype": "fp7"}, "'dtype' must be 'float32', .* not 'fp7'"),
        (LLAMA_3_8B, {"memory": 131_071}, "'memory' must hold one token at least"),
        ({**GEMMA_3_27B, "sliding_window_pattern": 0.5}, {}, "'sliding_window_pattern' of the con"),
    ],
)
def test_what_is_refused(config: dict, options: dict, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        capacity_from_config(**{"config": config, "memory": "5GiB", **options})
