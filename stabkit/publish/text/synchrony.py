"""Synchrony as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mpmath

from ...spectrum.synchrony.gcd_theorem import GcdTheorem
from ...spectrum.synchrony.modes import SynchronizedMode
from ...spectrum.synchrony.renewal_graph import LONGEST_GRAPH
from ...spectrum.synchrony.synchrony import NearSynchronousMode, Synchrony
from ..layout import paragraph, title, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import amount, counted, readable
from .tables import plain_table

__all__ = ["SCHEMA", "claim_text", "synchrony_record", "synchrony_text"]

SCHEMA = "stabkit.synchrony/2"
_DIGITS = 30
_SHOWN = 12
_ORDERS_SHOWN = 12


@RECORDS.writes(Synchrony)
def synchrony_record(found: Synchrony) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.synchrony/2``.

    Of a mode, `root` and what follows from it are null where no certified path ties a root to the
    root of unity.
    """
    near = found.near_synchronous
    return headed(
        SCHEMA,
        found.mix,
        **chosen(found, "gcd memory_gcd cyclotomic_orders=orders"),
        period=_period(found),
        cohorts=[[c.start, c.stop, c.step] for c in found.cohorts[:_ORDERS_SHOWN]],
        synchronized_modes=[_mode_record(mode) for mode in found.modes],
        near_synchronous_modes=None if near is None else [_near_record(mode) for mode in near],
        gcd_theorem=as_json(found.gcd_theorem),
    )


def _mode_record(mode: SynchronizedMode) -> dict[str, Any]:
    record: dict[str, Any] = as_json(mode)
    if mode.root is None:
        return record | {"root": None, "modulus_enclosure": None}
    with mpmath.workdps(2 * _DIGITS):
        radius = mpmath.nstr(mode.root.radius + mpmath.mpf(10) ** -_DIGITS, 3)
        known = {"value": mpmath.nstr(abs(mode.root.value), _DIGITS), "radius": radius}
    return record | {"root": as_json(complex(mode.root.value)), "modulus_enclosure": known}


def _near_record(mode: NearSynchronousMode) -> dict[str, Any]:
    value = complex(mode.root.value)
    return {
        "re": value.real,
        "im": value.imag,
        "modulus": abs(value),
        **chosen(mode, "turns nearest characteristic"),
    }


def _period(found: Synchrony) -> int | None:
    return found.period if found.mix.longest_decode <= LONGEST_GRAPH else None


@TEXTS.writes(Synchrony)
def synchrony_text(found: Synchrony) -> str:
    """Return what the decode lengths have in common, and the modes that come of it."""
    sentences = [*_common(found), claim_text(found.gcd_theorem)]
    parts = [line for sentence in sentences for line in wrapped(sentence)]
    if found.modes:
        parts += ["", _modes(found).rstrip()]
    parts += ["", _near(found).rstrip()]
    return "\n".join([title(found.mix.name), *parts]) + "\n"


def _common(found: Synchrony) -> Iterator[str]:
    if found.gcd == 1:
        yield "The decode lengths are coprime: the renewal graph is aperiodic and has no cohorts."
        if found.memory_gcd not in (None, 1):
            yield (
                f"But those of the classes with input have gcd {found.memory_gcd}: for long inputs "
                f"the limit has synchronised modes, and alone does not decide (R1b)."
            )
        return
    orders = ", ".join(map(str, found.orders[:_ORDERS_SHOWN]))
    more = ", ..." if len(found.orders) > _ORDERS_SHOWN else ""
    period = _period(found)
    graph = "" if period is None else f"; the renewal graph has period {period}"
    yield f"The decode lengths have gcd {found.gcd}{graph}."
    yield (
        f"Requests can stay in step in {found.gcd} cohorts: the stages of one residue mod "
        f"{found.gcd}."
    )
    yield f"The survival polynomial has the cyclotomic factors Φ_d, d = {orders}{more}."
    if found.first_order_growth is not None:
        growth = readable(found.first_order_growth, 9)
        yield (f"For long inputs their factor is in first order 1 + 1/(s + L) = {growth} (R3).")


def claim_text(theorem: GcdTheorem) -> str:
    """Return what R7 and R9 say, each only where its condition holds."""
    margin = ""
    if theorem.margin is not None:
        middle = readable((theorem.margin.low + theorem.margin.high) / 2)
        margin = f" (margin {amount(middle, 'token')})"
    if theorem.claim is None:
        unknown = "was not decided" if theorem.applies is None else "fails"
        return (
            f"R7's condition {unknown}{margin}, and R9 says nothing: the gcd alone does not decide "
            "stability."
        )
    relation, count, label = theorem.claim
    grow = f"{relation} {counted(count, 'mode grows', 'modes grow')}" if count else "no mode grows"
    if label == "R7":
        return f"R7's condition holds{margin}: {grow}."
    failed = "was not decided" if theorem.applies is None else "fails"
    reason = "R9's condition holds" if theorem.late_memory_applies else "the gcd is even (R9)"
    return f"R7's condition {failed}{margin}; {reason}: {grow}."


def _modes(found: Synchrony) -> str:
    upper = [mode for mode in found.modes if 2 * mode.index <= mode.order]
    heads = ("synchronised mode", "period (steps)", "predicted (R3b)", "factor |λ| found")
    hidden = found.gcd // 2 - min(len(upper), _SHOWN)
    rest = f"and {counted(hidden, 'more pair')}\n" if hidden > 0 else ""
    return plain_table([heads, *map(_mode_row, upper[:_SHOWN])]) + rest


def _mode_row(mode: SynchronizedMode) -> tuple[str, str, str, str]:
    modulus = "no certified path"
    if mode.root is not None:
        with mpmath.workdps(2 * _DIGITS):
            modulus = mpmath.nstr(abs(mode.root.value), 15)
    name = f"exp(2πi {mode.index}/{mode.order})"
    return (
        name if mode.order == 2 else f"{name} and conjugate",
        readable(mode.order / mode.index),
        readable(mode.predicted_growth, 9),
        modulus,
    )


def _near(found: Synchrony) -> str:
    if found.near_synchronous is None:
        return "Near-synchronous modes: the dominant modes are not resolved one by one."
    if not found.near_synchronous:
        where = "any that is not synchronised" if found.modes else "any"
        return paragraph(
            f"No near-synchronous mode among the dominant ones: φ_T is not close to 1 at {where}."
        )
    head = "Near-synchronous modes: φ_T(θ) = E exp(iθT) is close to 1 in modulus and phase."
    heads = ("factor |λ|", "period (steps)", "θ/2π near", "|φ_T|", "phase of φ_T")
    table = plain_table([heads, *map(_near_row, found.near_synchronous[:_SHOWN])])
    hidden = len(found.near_synchronous) - _SHOWN
    return paragraph(head) + table + (f"and {hidden} more\n" if hidden > 0 else "")


def _near_row(mode: NearSynchronousMode) -> tuple[str, str, str, str, str]:
    phase = float(mpmath.arg(mode.characteristic))
    return (
        f"{abs(complex(mode.root.value)):.9f}",
        readable(1 / mode.turns),
        str(mode.nearest),
        readable(abs(mode.characteristic), 4),
        f"{phase:+.4f}",
    )
