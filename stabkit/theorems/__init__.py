"""Theorems as records that a machine checks; the records themselves are in `stabkit_proofs`.

The package can be called: ``stabkit.theorems()`` returns all records.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .records import Theorem


class _CallablePackage(ModuleType):
    """The public function and this package share the name `stabkit.theorems`."""

    def __call__(self) -> tuple[Theorem, ...]:
        from .registry import theorems

        return theorems()


sys.modules[__name__].__class__ = _CallablePackage
