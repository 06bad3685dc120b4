"""A public name in the text of a page, such as ``stabkit.roots``, leads to its page."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

_NAME = re.compile(r"(stabkit\.\w+(?:\.\w+)?)(?:\(.*\))?")
_COMMAND = re.compile(r"stabkit ([a-z-]+)")


class Names(SphinxTransform):
    """Turn literals that are names or commands of stabkit into references."""

    default_priority = 100

    def apply(self, **_: Any) -> None:
        """Leave alone what is part of a link, and whatever is no name."""
        for literal in list(self.document.findall(nodes.literal)):
            if not isinstance(literal.parent, (nodes.reference, addnodes.pending_xref)):
                _refer(literal, self.env.docname)


def _refer(literal: nodes.literal, page: str) -> None:
    text = literal.astext()
    if (name := _NAME.fullmatch(text)) is not None:
        target = {"refdomain": "py", "reftype": "obj", "reftarget": name[1]}
    elif (command := _COMMAND.match(text)) is not None:
        target = {"refdomain": "std", "reftype": "ref", "reftarget": f"command-{command[1]}"}
        target |= {"refexplicit": True}
    else:
        return
    reference = addnodes.pending_xref("", refdoc=page, refwarn=False, **target)
    literal.replace_self(reference)
    reference += literal


def setup(app: Any) -> dict[str, bool]:
    """After parsing."""
    app.add_transform(Names)
    return {"parallel_read_safe": True}
