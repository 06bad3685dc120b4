"""A plan: which mixes, and what is to be found of each."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from .. import __version__
from ..dynamics.policies import policy_named
from ..errors import InvalidArgument, InvalidWorkload, WorkloadTypeError, check_choice, shown
from ..model.documents import read_toml
from ..model.files import read_log
from ..model.numbers import is_listed, read_capacity
from ..model.workload import Workload
from ..records import Record
from .axes import joints, read_axis, read_value, value_text
from .cells import GREEDY_NAME
from .chunks import Chunk, chunked
from .grid import ClassEntry, Grid
from .measures import MEASURES, columns_of, meanings
from .mix_list import MixList, listed_entries, read_entries

__all__ = ["PART_SCHEMA", "Cells", "SweepPlan"]

Cells: TypeAlias = Grid | MixList  # which have the same methods
PART_SCHEMA = "stabkit.sweep-part/1"
_OF_A_GRID = ("axis", "class", "capacity", "policy", "zip", "increasing", "line")
_KEYS = ("name", "compute", *_OF_A_GRID, "mixes")
_ANY = Workload.from_classes([(1, 1)])  # for policies that are about a*


@dataclass(frozen=True, repr=False)
class SweepPlan(Record):
    """Mixes on a grid or in a list, and what is to be found of each.

    Attributes
    ----------
    name : str
    compute : tuple of str
        Some of "counts", "radius", "threshold", "finite" and "cross-check", in this order.
    cells : Grid or MixList
        The mixes by row.
    given : dict
        The plan in JSON types, from which `from_dict` makes the same.

    Examples
    --------
    >>> from stabkit import SweepPlan
    >>> plan = SweepPlan.from_dict({
    ...     "compute": ["counts"],
    ...     "axis": {"s": {"from": 0, "to": 99}, "p": ["1/4", "1/2", "3/4"]},
    ...     "class": [
    ...         {"input_length": "s", "decode_length": 3, "weight": "p"},
    ...         {"input_length": "s", "decode_length": 5, "weight": "rest"},
    ...     ],
    ... })
    >>> len(plan), plan.mix(4).name
    (300, '1:3:1/2 1:5:1/2')
    """

    name: str
    compute: tuple[str, ...]
    cells: Cells
    given: dict[str, Any] = field(compare=False)

    def __len__(self) -> int:
        """Return the number of rows: of mixes, or of lines of them."""
        return self.cells.count

    def mix(self, row: int) -> Workload:
        """Return the mix of a row, exactly: what its numbers in the parts are about.

        Parameters
        ----------
        row : int
            From 0 on.

        Raises
        ------
        InvalidArgument
            If there is no such row.
        InvalidWorkload
            If what stands there is no workload.
        """
        if not 0 <= row < len(self):
            raise InvalidArgument(f"'row' must be from 0 to {len(self) - 1}, not {shown(row)}.")
        return self.cells.cell(row).mix

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> SweepPlan:
        """Return the plan of a TOML file; see docs/sweep.md.

        Parameters
        ----------
        path : str or path-like
            A file of mixes that it names is looked for beside it.

        Raises
        ------
        InvalidWorkload
            If it cannot be read, or describes no plan.
        """
        file = Path(path)
        return cls.from_dict(read_toml(read_log(file)), file.parent, file.stem)

    @classmethod
    def from_dict(
        cls, plan: Mapping[str, object], folder: str | os.PathLike[str] = ".", name: str = "sweep"
    ) -> SweepPlan:
        """Return the plan that a mapping describes, with the keys of the TOML file.

        Parameters
        ----------
        plan : mapping
        folder : str or path-like
            Where a file of mixes is looked for.
        name : str
            Where the plan has none of its own.

        Raises
        ------
        InvalidWorkload
            If it is not admissible.
        """
        if not isinstance(plan, Mapping):
            raise WorkloadTypeError(
                f"'plan' must be a plan, a mapping or a file, not {shown(plan)}."
            )
        for key in plan:
            if key not in _KEYS:
                known = ", ".join(_KEYS)
                raise InvalidWorkload(
                    f"a key of the plan must be one of {known}, not {shown(key)}."
                )
        wanted = _compute(plan.get("compute", ["counts"]))
        title = plan.get("name", name)
        if not isinstance(title, str):
            raise InvalidWorkload(f"'name' must be text, not {shown(title)}.")
        cells: Cells
        cells, given = _list(plan, Path(folder)) if "mixes" in plan else _grid(plan, wanted)
        _check_columns(list(cells.coordinates(0, 1)), list(columns_of(wanted, cells.line)))
        return cls(title, wanted, cells, {"name": title, "compute": list(wanted), **given})

    def key(self) -> str:
        """Return what tells this plan from all others, with stabkit's version: 64 digits."""
        facts = {"plan": self.given, "version": __version__, "schema": PART_SCHEMA}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the parts, in their order: by name what they mean."""
        return meanings(self.cells.coordinates(0, 1), columns_of(self.compute, self.cells.line))

    def work(self) -> tuple[int, float]:
        """Return the number of chunks, and about how many seconds of one core they take."""
        seconds = [chunk.seconds for chunk in self.chunks()]
        return len(seconds), sum(seconds)

    def chunks(self) -> Iterator[Chunk]:
        """Yield ranges of rows of some seconds of work each, the same ones always."""

        def seconds(longest: int) -> float:
            return sum(MEASURES[name].seconds(longest) for name in self.compute)

        return chunked(self.cells.blocks(), seconds)


def _compute(given: Any) -> tuple[str, ...]:
    if not is_listed(given) or not given:
        raise InvalidWorkload(f"'compute' must be a list of words, not {shown(given)}.")
    for name in given:
        check_choice(name, "a word of 'compute'", MEASURES)
    return tuple(name for name in MEASURES if name in given)


def _check_columns(axes: Sequence[str], results: Sequence[str]) -> None:
    """Refuse columns that DuckDB or Spark, to which s and S are one name, could not tell apart."""
    taken = dict.fromkeys(("row", *results), "a result is")
    taken["rest"] = "what the other weights leave is"
    for name in axes:
        if name.lower() in taken:
            raise InvalidWorkload(
                f"an axis must not be called {shown(name)}: {taken[name.lower()]}."
            )
        taken[name.lower()] = "another one is, but for upper and lower case"


def _list(plan: Mapping[str, Any], folder: Path) -> tuple[MixList, dict[str, Any]]:
    for key in _OF_A_GRID:
        if key in plan:
            raise InvalidWorkload(f"'{key}' must be left out where there are 'mixes'.")
    given = plan["mixes"]
    entries = read_entries(folder / given) if isinstance(given, str) else listed_entries(given)
    return MixList(entries), {"mixes": [dict(entry._asdict()) for entry in entries]}


def _grid(plan: Mapping[str, Any], compute: Sequence[str]) -> tuple[Grid, dict[str, Any]]:
    table = plan.get("axis", {})
    if not isinstance(table, Mapping):
        raise InvalidWorkload(f"'axis' must be a table, not {shown(table)}.")
    axes = {name: read_axis(name, given) for name, given in table.items()}
    classes = [_class(entry, place) for place, entry in enumerate(_listed(plan, "class"), start=1)]
    zipped, increasing = _listed(plan, "zip", least=0), _listed(plan, "increasing", least=0)
    policy = plan.get("policy", GREEDY_NAME)
    for names in (*zipped, increasing, [policy]):
        _check_names(names)
    for one in axes[policy].values if policy in axes else [policy]:
        policy_named(one, _ANY)
    capacity = plan.get("capacity")
    if capacity is None and "finite" in compute:
        raise InvalidWorkload("'capacity' must be given where \"finite\" is to be computed.")
    if not (isinstance(capacity, str) and capacity in axes):
        capacity = read_capacity(capacity)
    used = [*increasing, *(name for names in zipped for name in names), capacity, policy]
    line = _line(plan.get("line"), set(axes) - set(used), classes, compute)
    grid = Grid(tuple(classes), joints(axes, zipped, increasing), capacity, policy, line).checked()
    given = {
        "axis": {name: axis.given for name, axis in axes.items()},
        "class": [dict(zip(e._fields, map(value_text, e), strict=True)) for e in classes],
        "capacity": None if capacity is None else value_text(capacity),
        "policy": None if policy == GREEDY_NAME else policy,
        "zip": [list(names) for names in zipped],
        "increasing": list(increasing),
        "line": line,
    }
    return grid, {key: value for key, value in given.items() if value not in (None, [])}


def _check_names(names: Any) -> None:
    if not is_listed(names) or not all(isinstance(name, str) for name in names):
        raise InvalidWorkload(
            f"'zip', 'increasing' and 'policy' must be the names of axes, not {shown(names)}."
        )


def _line(
    given: Any, axes: set[str], classes: Sequence[ClassEntry], compute: Sequence[str]
) -> str | None:
    """Return the axis that is partitioned: the one that inputs alone use, of several the given."""
    others = {value for entry in classes for value in entry[1:]}
    alone = ({entry.input_length for entry in classes} & axes) - others
    if list(compute) != ["threshold"]:
        alone = set()
    if given is None:
        return str(*alone) if len(alone) == 1 else None
    if not isinstance(given, str) or given not in alone:
        raise InvalidWorkload(
            "'line' must be an axis that inputs alone use, where thresholds alone are computed, "
            f"not {shown(given)}."
        )
    return given


def _class(entry: Any, place: int) -> ClassEntry:
    known = ClassEntry._fields
    if not isinstance(entry, Mapping) or not {*known[:2]} <= set(entry) <= set(known):
        raise InvalidWorkload(
            f"class {place} must have input_length, decode_length and, if wanted, weight."
        )
    return ClassEntry(
        *(read_value(entry.get(key, 1), f"'{key}' of class {place}") for key in known)
    )


def _listed(plan: Mapping[str, Any], key: str, least: int = 1) -> Sequence[Any]:
    values = plan.get(key, ())
    if not is_listed(values) or len(values) < least:
        raise InvalidWorkload(f"'{key}' must be a list, not {shown(values)}.")
    return tuple(values)
