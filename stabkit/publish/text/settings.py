"""Settings of a real server, as text for people and as JSON types."""

from __future__ import annotations

from typing import Any

from ...analysis.operations.settings import Setting, Settings
from ...errors import printable
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import amount, counted, percent, readable
from .prose import paragraph
from .tables import plain_table

__all__ = ["SCHEMA", "settings_record", "settings_text"]

SCHEMA = "stabkit.settings/1"
_SERVERS = {
    "rate": "A limit of the rate is set in front of the server, in a proxy or a client.",
    "max-num-seqs": "It is vLLM's --max-num-seqs, SGLang's --max-running-requests, TensorRT-LLM's "
    "max_batch_size.",
    "watermark": "It is the watermark of vLLM's scheduler, in blocks; where the server has none, a "
    "lower gpu-memory-utilization is no substitute, for it moves both limits.",
    "reservation": "It is TensorRT-LLM's scheduler policy GUARANTEED_NO_EVICT (there by "
    "max_tokens, not by the true lengths); SGLang's --schedule-conservativeness goes towards it.",
}


@TEXTS.writes(Settings)
def settings_text(found: Settings) -> str:
    """Return the settings as a table, and what follows from it."""
    server = found.server
    rows = [("setting", "tokens", "against no change (95 %)", "evicted per step")]
    rows.append(("no change", percent(found.throughput_ratio), "", _few(found.evicted_per_step)))
    rows += [_row(one) for one in found.settings]
    runs = f"{counted(found.seeds, 'run')} of {counted(found.steps, 'step')} each"
    return "\n".join(
        [
            f"{printable(server.mix.name)}, {amount(readable(server.capacity), 'token')}\n",
            paragraph(
                f"Whole requests, {runs}, the same requests for every setting; tokens over a* mu. "
                "Evicted requests start anew: where a server keeps what they generated, as vLLM "
                "and SGLang do, evictions cost prefill instead of these tokens."
            ),
            plain_table(rows),
            paragraph(_advice(found)),
        ]
    )


def _row(one: Setting) -> tuple[str, str, str, str]:
    ends = " to ".join(f"{100 * end:+.2f}" for end in (one.gain.low, one.gain.high))
    return (
        _label(one),
        percent(one.throughput_ratio),
        f"{ends} %{', better' if one.better else ''}",
        _few(one.evicted_per_step),
    )


def _label(one: Setting) -> str:
    if one.value is None:
        return one.name
    value = percent(one.value) if one.name == "watermark" else readable(float(one.value), 4)
    return f"{one.name} {value}"


def _few(per_step: float) -> str:
    return readable(per_step, 3)


def _advice(found: Settings) -> str:
    best = found.recommended
    if best is not None:
        gain = percent(best.gain.value)
        return (
            f"Recommended: {_label(best)}, by {gain} of the steady state's tokens. "
            f"{_SERVERS[best.name]}"
        )
    rule = (
        " So says the rule for stable mixes with a* of at least 1.1 V, too (R18)."
        if found.leave_alone
        else ""
    )
    return f"Recommended: change nothing. No setting is better beyond doubt.{rule}"


@RECORDS.writes(Settings)
def settings_record(found: Settings) -> dict[str, Any]:
    """Return the settings as JSON types: schema ``stabkit.settings/1``."""
    best = found.recommended
    return headed(
        SCHEMA,
        found.server.mix,
        verdict=found.server.verdict,
        **chosen(found, "steps seeds leave_alone"),
        unchanged=_figures(found.throughput_ratio, found.evicted_per_step),
        settings=[
            {
                "name": one.name,
                "value": as_json(one.value),
                **_figures(one.throughput_ratio, one.evicted_per_step),
                "gain_over_unchanged": {
                    "mean": one.gain.value,
                    "interval_95": [one.gain.low, one.gain.high],
                },
                "better": one.better,
            }
            for one in found.settings
        ],
        recommended=None if best is None else found.settings.index(best),
    )


def _figures(throughput_ratio: float, evicted_per_step: float) -> dict[str, float]:
    return {"throughput_ratio": throughput_ratio, "evicted_per_step": evicted_per_step}
