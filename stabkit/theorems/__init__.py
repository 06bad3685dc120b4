"""Theorems as records that a machine checks; the records themselves are in `stabkit_proofs`.

The package can be called: ``stabkit.theorems()`` returns all records. In reading order:

* `exact_zero`, `positivity`: is an expression zero, or positive? A proof or nothing.
* `facts`, `evidence`: what a checked step says, as data, and what it rests on.
* `textbook`: the theorems that are taken from books; a room of its own.
* `formulas`: sympy's expressions on paper, in the order of the field.
* `claims`, `wording`: what is stated, decidable on concrete objects, and its sentences.
* `records`: a theorem: a claim, a proof in steps, sharpness, the code that it speaks about.
* `checked`: what became of one, step by step.
* `links`: how far a proof goes as data, and where prose is left.
* `registry`, `runner`: where the records come from, and the run that checks them.

Of the layers below it takes the model. Others take all but `exact_zero`, `claims` and `links`.

Examples
--------
>>> import stabkit
>>> found = stabkit.theorems()
>>> found[0].label, found[0].title
('balance', 'Balance law')
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
