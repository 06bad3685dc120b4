"""Mathematics as MathML, made at build time: no script, no font, no request."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert

__all__ = ["mathml"]

# What latex2mathml leaves to be mended: bars and strokes are no operators with room on both sides,
# infinity is a number, a prime has its height already, a minus after an operator is a sign, and a
# function that is not known is its name.
_MENDED = {
    r'<mo stretchy="false">&#x0007C;</mo>': '<mo stretchy="false" lspace="0" rspace="0">|</mo>',
    r"<mo>&#x0002F;</mo>": '<mo lspace="0" rspace="0">/</mo>',
    r"<mo>&#x0221E;</mo>": "<mi>&#x0221E;</mi>",
    r"<msup>(<m[in]>[^<]*</m[in]>)<mi>(&#x0203[23];)</mi></msup>": (
        r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>'
    ),
    r"(<mo[^>]*>(?![)\]|]|&#x0002[19];|&#x0007C;|&#x0203)[^<]*</mo>)<mo>&#x02212;</mo>": (
        r'\1<mo form="prefix">&#x02212;</mo>'
    ),
    r"<mi>\\(\w+)</mi>": r"<mi>\1</mi>",
}


def mathml(tex: str, display: str = "inline") -> str:
    """Return a formula as MathML."""
    found: str = convert(tex, display=display)
    for wrong, right in _MENDED.items():
        found = re.sub(wrong, right, found)
    return found


def _inline(writer: Any, node: nodes.Element) -> None:
    writer.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.Element) -> None:
    """Append a formula in a box that scrolls, and that the keyboard reaches."""
    writer.body.append(writer.starttag(node, "div", CLASS="math", tabindex="0"))
    writer.body.append(mathml(node.astext(), "block") + "</div>\n")
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Register it as a renderer; being the only one beside none, it is chosen."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True}
