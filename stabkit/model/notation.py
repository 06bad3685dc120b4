"""What describes a workload in short, in Python as on the command line.

A mix is written as classes ``INPUT:DECODE[:WEIGHT]`` with spaces between them, or by the name of a
packaged one. Numbers go on as text, so that they are read exactly.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

from ..errors import InvalidWorkload, WorkloadTypeError, shown
from .examples import examples
from .numbers import NumberLike, is_listed
from .request_classes import Classes
from .workload import Workload

__all__ = ["WorkloadLike", "as_workload", "is_missing_file", "read_notation"]

WorkloadLike: TypeAlias = Workload | str | os.PathLike[str] | Classes
_FORMS = "classes INPUT:DECODE[:WEIGHT], existing files or a packaged name"
# A separator that is no bar of a fraction, or the suffix of a file that is read.
_PATH = re.compile(
    r"\\|(?<![0-9])/|/(?![0-9])|\.(csv|tsv|jsonl?|ndjson|toml|parquet|log|txt)(\.(gz|bz2|xz))?$",
    re.I,
)
_CLOSE = 0.5  # of the letters: "azure" is meant for the packaged name, "5" for none


def as_workload(mix: WorkloadLike) -> Workload:
    """Return the workload that is meant: what every function of stabkit does with its `mix`.

    Parameters
    ----------
    mix : WorkloadLike
        A Workload, which is returned as it is; text, as on the command line: classes
        ``INPUT:DECODE[:WEIGHT]``, the path of an existing file or the name of a packaged workload;
        a Path; or what `Workload.from_classes` takes, such as pairs (input, decode).

    Returns
    -------
    Workload

    Raises
    ------
    InvalidWorkload
        If it describes none; of another type, it is a TypeError too.

    Examples
    --------
    >>> as_workload("5:3 5:5") == as_workload([(5, 3), (5, 5)])
    True
    >>> as_workload("homogeneous").name
    'homogeneous'
    """
    if isinstance(mix, Workload):
        return mix
    if isinstance(mix, os.PathLike):
        return Workload.from_file(Path(mix))
    if isinstance(mix, str):
        return Workload.from_file(mix) if os.path.isfile(mix) else read_notation(mix.split())
    if is_listed(mix):
        return Workload.from_classes(mix)
    raise WorkloadTypeError(
        f"'mix' must be a Workload, text such as '5:3 5:5' or pairs, not {shown(mix)}."
    )


def read_notation(
    words: Sequence[str], capacity: NumberLike | None = None, name: str = "'mix'"
) -> Workload:
    """Return the workload that one name of a packaged one, or one word for each class, describes.

    * `capacity`: KV memory in tokens.
    * `name`: what the words are, quoted in the error message.

    Raises InvalidWorkload if they describe none, with the nearest name.

    >>> [str(c.share) for c in read_notation(["5:3:2", "5:5"]).classes]
    ['2/3', '1/3']
    """
    missing = next(filter(is_missing_file, words), None)
    if missing is not None:
        raise InvalidWorkload(
            f"{name} must be {_FORMS}, not {shown(missing)}: there is no such file."
        )
    if len(words) == 1 and ":" not in words[0]:
        return _named(words[0], capacity, name)
    return Workload.from_classes([_class_parts(word, name) for word in words], capacity)


def is_missing_file(word: str) -> bool:
    """Tell whether text can only be meant as a path, and nothing is there.

    >>> is_missing_file("no/such:place"), is_missing_file("C:x.csv"), is_missing_file("1/2:3:1/2")
    (True, True, False)
    """
    return _PATH.search(word) is not None and not os.path.exists(word)


def _class_parts(word: str, name: str) -> list[str]:
    parts = word.split(":")
    if len(parts) not in (2, 3) or "," in word:
        between = " with spaces between them" if "," in word else ""
        raise InvalidWorkload(
            f"{name} must be classes INPUT:DECODE[:WEIGHT]{between}, or files, or one packaged "
            f"name; {shown(word)} is not a class."
        )
    return parts


def _named(word: str, capacity: NumberLike | None, name: str) -> Workload:
    names = [example.name for example in examples()]
    if word not in names:
        close = get_close_matches(word, names, n=1, cutoff=_CLOSE)
        hint = f"nearest: {close[0]}" if close else "see 'stabkit examples'"
        raise InvalidWorkload(f"{name} must be {_FORMS} ({hint}), not {shown(word)}.")
    return Workload.named(word, capacity)
