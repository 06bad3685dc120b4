"""Labels of the theory by name: one line under every text that has some.

The names are those of the records, which stabkit itself does not import: `labels.json` is made of
them by ``scripts/make_theory.py``.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from .layout import styled, wrapped

__all__ = ["names_of_labels", "theory_names"]

_LABEL = re.compile(r"\bR\d+[a-z]?\b′?")


@cache
def theory_names() -> dict[str, str]:
    """Return the title of every theorem with a label such as R7."""
    text = files(__package__).joinpath("labels.json").read_text(encoding="utf-8")
    names: dict[str, str] = json.loads(text)
    return names


def names_of_labels(text: str, name: str = "") -> str:
    """Return a paragraph that names the labels in a text and says where they lead; "" for none.

    Labels whose title the text has already are left out, and what looks like one in the `name` of
    a workload.

    >>> print(names_of_labels("evicts, at step 1 (R20)"), end="")
    <BLANKLINE>
    R20: The first eviction from empty (stabkit prove R20).
    """
    joined = " ".join(text.split())
    names = theory_names()
    said = text.replace(name, "") if _LABEL.search(name) else text
    labels = [one for one in dict.fromkeys(_LABEL.findall(said)) if one in names]
    named = [one for one in labels if names[one] not in joined]
    if not named:
        return ""
    listed = "; ".join(f"{one}: {names[one]}" for one in named)
    lines = wrapped(f"{listed} (stabkit prove {' '.join(named)}).")
    return "\n" + "".join(f"{styled(line, 'dim')}\n" for line in lines)
