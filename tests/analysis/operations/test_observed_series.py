"""What servers and load generators write is read in seconds, requests, tokens and shares."""

from __future__ import annotations

import pytest

from stabkit.analysis.operations.observed_series import RECOGNISED, observed_series


def read(kind: str, name: str) -> list[float]:
    values = getattr(observed_series({"running": [2, 1, 3], name: [2, 1, 3]}), kind)
    return [float(value) for value in values]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind in ("time", "waiting", "memory", "preemptions")
        for name in RECOGNISED[kind]
    ],
)
def test_a_unit_is_one_but_for_percent(kind: str, name: str) -> None:
    unit = 100 if name.endswith("_pct") else 1
    assert read(kind, f"vllm:{name}") == [2 / unit, 1 / unit, 3 / unit]


def test_tokens_are_counted_from_what_is_written() -> None:
    """By hand: three ticks of 2, 1 and 3 tokens; 2, 1 and 3 tokens a second, every 5 s."""
    for column in ({"gen_tokens_in_tick": [2, 1, 3]}, {"generation_tokens_total": [2, 3, 6]}):
        seen = observed_series({"running": [1, 1, 1], **column})
        assert seen.generated is not None
        assert seen.generated.tolist() == [2, 3, 6]
    rates = {"t": [0, 5, 10], "gen_tok_s": [2, 1, 3], "prompt_tok_s": [0, 4, 1]}
    seen = observed_series({"running": [1, 1, 1], **rates})
    assert seen.generated is not None
    assert seen.work is not None
    assert (seen.generated.tolist(), seen.work.tolist()) == ([10, 15, 30], [0, 20, 25])
