"""``stabkit examples``: the packaged workloads, where they come from, and their licence."""

from __future__ import annotations

import json

from .options import AsJson, Output, check_targets
from .terminal import emit, emit_rich

__all__ = ["examples"]


def examples(as_json: AsJson = False, output: Output = None) -> int:
    """List the packaged workloads, their source and licence.

    \b
    Example:
      stabkit examples
    """
    from ..model.examples import examples as packaged
    from ..publish.text.catalogue import catalogue_record, render_catalogue

    check_targets(output)
    known = packaged()
    if as_json:
        emit(json.dumps(catalogue_record(known), indent=2) + "\n", output)
    else:
        emit_rich(lambda console: render_catalogue(known, console), output)
    return 0
