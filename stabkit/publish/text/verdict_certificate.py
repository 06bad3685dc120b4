"""Certificates of verdicts as text for people, and as the JSON that ``stabkit_check.py`` reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...analysis.verdict.verdict_certificate import CertifiedClaim, VerdictCertificate
from ..layout import wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed
from .numbers import counted
from .tables import plain_table

__all__ = ["SCHEMA", "certificate_record", "certificate_text"]

SCHEMA = "stabkit.certificate/1"


@RECORDS.writes(VerdictCertificate)
def certificate_record(found: VerdictCertificate) -> dict[str, Any]:
    """Return the certificate as JSON types: schema ``stabkit.certificate/1``."""
    return headed(SCHEMA, found.mix, **chosen(found, "claims"))


@TEXTS.writes(VerdictCertificate)
def certificate_text(found: VerdictCertificate) -> str:
    """Return what is claimed and by what it is proved, a row for each claim."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: VerdictCertificate) -> Iterator[str]:
    heads = ("of", "verdict", "inside", "on", "outside", "proof", "discs")
    rows = [
        (claim.name, claim.verdict, *map(str, claim.modes), _proof(claim), str(len(claim.discs)))
        for claim in found.claims
    ]
    yield plain_table([heads, *rows], align="<<>>><>")
    yield from wrapped(_of_the_start(found.claims[0].evicting))
    yield from wrapped(
        "Modes inside, on and outside of the unit circle, what proves their numbers, and how many "
        "discs with one root each there are. Write the proofs with --output FILE.json; "
        "python -m stabkit_check FILE.json checks them, one page of plain Python that imports "
        "nothing of stabkit."
    )


def _of_the_start(evicting: tuple[int, ...] | None) -> str:
    if evicting is None:
        return ""
    if not evicting:
        return "Started empty it evicts nothing, and converges (R22)."
    steps = counted(len(evicting), "step")
    return (
        f"Started empty it evicts in {steps}, the last of them step {evicting[-1]:,}, and then "
        "converges (R22)."
    )


def _proof(claim: CertifiedClaim) -> str:
    return "recursion" if claim.winding is None else counted(len(claim.winding["arcs"]), "arc")
