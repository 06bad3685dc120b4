"""The ways out of every result: JSON types, a text, a figure; a table where it has one.

A result is a record of numbers. What is made of it stands in one module each, found by name: a
class of ``.../locus.py`` has its text and its JSON in ``text/locus.py`` and its figure in
``figures/locus.py``. So a new figure is one new file, and nothing lists it. Results of few words,
most of them parts of others, have their text and JSON in ``text/parts.py``; what has none of its
own has that of `Record` there: its fields. A writer says which class it writes,
``@FIGURES.writes(RootLocus)``; one of several together, such as the exercises of a sheet, is of
`many`: it gets a list, be it of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ..errors import ArgumentTypeError, InvalidArgument, printable, shown
from ..model.numbers import whole_number
from ..records import Result
from .labels import names_of_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = [
    "FIGURES",
    "PAGES",
    "RECORDS",
    "TABLES",
    "TEXTS",
    "Way",
    "figure",
    "name_of",
    "text",
    "to_csv",
    "to_dict",
]

Writer = TypeVar("Writer", bound=Callable[..., Any])


class Way:
    """One way out: the functions that write results, by class.

    * `what`: what they make of a result, for the message where there is none.
    * `room`: the room of this package that they live in.
    * `parts`: whether some of them live in its module `parts`, which loads much.
    """

    def __init__(self, what: str, room: str, parts: bool = True) -> None:
        self._what, self._room, self._parts = what, room, parts
        self._writers: dict[type, Callable[..., Any]] = {}
        self._many: set[type] = set()

    def writes(self, *kinds: type, many: bool = False) -> Callable[[Writer], Writer]:
        """Return a decorator: the function writes results of the classes `kinds`, or `many`."""

        def registered(writer: Writer) -> Writer:
            self._writers |= dict.fromkeys(kinds, writer)
            if many:
                self._many.update(kinds)
            return writer

        return registered

    def writer(self, result: Any) -> Callable[..., Any] | None:
        """Return the function that writes `result`, or None if there is none."""
        kind = self.kind(result)
        return None if kind is None else self._writers[kind]

    def kind(self, result: Any) -> type | None:
        """Return the class as which `result` is written: its own, or that of all its items."""
        alone = self._written(type(result))
        if alone or not isinstance(result, (list, tuple)):
            return alone
        kinds = {self._written(kind) for kind in set(map(type, result))}
        kind = kinds.pop() if len(kinds) == 1 else None
        return kind if kind in self._many else None

    def _written(self, kind: type) -> type | None:
        """Return the class, or the nearest of its parents, that has a writer."""
        for one in kind.__mro__:
            for module in (one.__module__.rpartition(".")[2], *["parts"][: self._parts]):
                if one not in self._writers:
                    self._load(module)
            if one in self._writers:
                return one
        return None

    def _load(self, name: str) -> None:
        module = f"{__package__}.{self._room}.{name}"
        if find_spec(module):
            import_module(module)

    def __call__(self, result: Any, **options: Any) -> Any:
        """Return what the writer of `result` makes of it."""
        kind = self.kind(result)
        if kind is None:
            raise ArgumentTypeError(
                f"'result' must be a result of stabkit that has {self._what}, not {shown(result)}."
            )
        writer = self._writers[kind]
        _check(options, writer, kind.__name__)
        together = kind in self._many and not isinstance(result, (list, tuple))
        return writer([result] if together else result, **options)


def name_of(result: Any) -> str:
    """Return the name of a result's workload or trace, "" if it has none."""
    of = (getattr(result, key, None) for key in ("name", "mix", "trace", "source"))
    return next((str(getattr(one, "name", one)) for one in of if one is not None), "")


def _check(options: dict[str, Any], writer: Callable[..., Any], name: str) -> None:
    """Refuse options that the writer does not take."""
    taken = signature(writer, follow_wrapped=False).parameters
    for option in options:
        if option not in taken and not any(one.kind is one.VAR_KEYWORD for one in taken.values()):
            raise ArgumentTypeError(f"{option!r} must be left out of a result of class {name}.")
    if "digits" in options:
        whole_number(options["digits"], "'digits'")


def _kinds(result: Any) -> Iterator[type]:
    """Yield the class and its parents, then those of an item."""
    yield from type(result).__mro__
    if isinstance(result, (list, tuple)) and result:
        yield from type(result[0]).__mro__


# Of results that are no picture of their own: what shows the same.
_SHOWN_BY = {
    "cycles(mix)": "BasinSample CapturePiece FloquetMultipliers EvictingStart NecklaceCycle",
    "stability_chart(decode_lengths)": "BatchedCounts BatchedValues StabilityCriterion",
    "what its `code` names": "CheckedTheorem",
    'root_locus(mix, "kappa")': "ClosedLoop",
    "simulate(mix, 200)": "ConvergentStart LongRun NoEviction SoftStart UndecidedStart",
    "nyquist(mix)": "Counts VerdictCertificate",
    "analyze(mix)": "Derivation",
    "its `mix`": "Exercise",
    "margins(mix)": "DisturbanceMargin GainMargin InputMargin ShareRadius",
    "margins(mix, error)": "ShareTolerance",
    "synchrony(mix)": "GcdTheorem",
    "simulate_requests(mix, steps=500, keep_progress=True)": "KeptProgress",
    "roots(mix) or root_picture(mix, found, verdict)": "Root",
    'root_locus(mix, "p")': "RobustShares",
    "the parts of its sweep": "SweepPlan",
    "its parts": "SweepRun",
}
_INSTEAD = {kind: shown for shown, kinds in _SHOWN_BY.items() for kind in kinds.split()}

RECORDS = Way("JSON", "text")
TEXTS = Way("a text", "text")
TABLES = Way("a table", "text", parts=False)  # CSV
PAGES = Way("HTML", "text")  # of its own; for the others it is made of text or figure
FIGURES = Way("a figure", "figures")


def to_dict(result: Result, **options: object) -> dict[str, Any]:
    """Return a result as JSON types.

    Parameters
    ----------
    result : dataclass or sequence of them
        What a function of stabkit returned: a record; of those that are shown together, such as
        roots, theorems and exercises, a list too.
    options
        What its text takes too, such as `digits`.

    Returns
    -------
    dict
        With `schema`, the name and number of what the keys mean (``stabkit schema`` prints it),
        and `version`, stabkit's.

    Raises
    ------
    InvalidArgument
        If `result` is no such thing, or its kind has no such option.

    Examples
    --------
    >>> from stabkit import Workload, nyquist, to_dict
    >>> record = to_dict(nyquist(Workload.from_classes([(5, 3), (5, 5)])))
    >>> record["schema"], record["encirclements"]
    ('stabkit.nyquist/2', 2)
    """
    record: dict[str, Any] = RECORDS(result, **options)
    return record


def text(result: Result, **options: object) -> str:
    """Return a result as text for people, as the command line prints it.

    Parameters
    ----------
    result : dataclass or sequence of them
        What a function of stabkit returned: a record; of those that are shown together, such as
        roots, theorems and exercises, a list too.
    options
        Of its kind of result, such as `digits` for roots and thresholds, and `full` where a report
        leaves something out: of analyses, policies, loci, roots, theorems and examples.

    Returns
    -------
    str

    Raises
    ------
    InvalidArgument
        If `result` is no such thing, or its kind has no such option.

    Examples
    --------
    >>> from stabkit import Workload, nyquist, text
    >>> text(nyquist(Workload.from_classes([(5, 3), (5, 5)]))).splitlines()[2][:56]
    'The curve G(e^iθ) encircles 0 twice: 2 modes grow, so th'
    """
    written: str = TEXTS(result, **options)
    if written.startswith("{"):  # a JSON Schema
        return written
    return written + names_of_labels(written, printable(name_of(result)))


def to_csv(result: Result) -> str:
    """Return a result as CSV: the atlas, a stability chart or a run.

    Parameters
    ----------
    result : dataclass or sequence of them
        What a function of stabkit returned, if it is a table.

    Returns
    -------
    str
        A line of names, then one for each row; exact numbers as text.

    Raises
    ------
    InvalidArgument
        If `result` is no such thing.

    Examples
    --------
    >>> from stabkit import atlas, to_csv
    >>> to_csv(atlas()).splitlines()[1]
    '1,2,0,0,1'
    """
    table: str = TABLES(result)
    return table


@overload
def figure(
    result: Result,
    ax: None = None,
    *,
    size: str | tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure: ...
@overload
def figure(result: Result, ax: Axes, *, title: str | None = None) -> SubFigure: ...
@overload
def figure(
    result: Result,
    ax: Axes | None = ...,
    *,
    size: str | tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure | SubFigure: ...
def figure(
    result: Result,
    ax: Axes | None = None,
    *,
    size: str | tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure | SubFigure:
    """Draw a result, below the name of its workload.

    Parameters
    ----------
    result : dataclass or sequence of them
        What a function of stabkit returned, if it can be drawn.
    ax : matplotlib.axes.Axes, optional
        One of a grid, as ``Figure.subplots`` makes them: the figure takes its place. Its figure
        should have ``layout="constrained"``.
    size : str or (float, float), optional
        Width and height in inches, as numbers or as ``"3.4x2.5"``; or ``"column"``, ``"page"`` or
        ``"slide"``. Not with `ax`.
    title : str, optional
        In place of the name of the workload; an empty one leaves that out.

    Returns
    -------
    matplotlib.figure.Figure or SubFigure
        A figure of its own, one journal column wide; with `ax`, the part of its figure.

    Raises
    ------
    InvalidArgument
        If `result` is no such thing or has no figure, with what to draw instead; `ax` is not of a
        grid; or `size` or `title` is outside its domain.

    Examples
    --------
    >>> from stabkit import Workload, figure, nyquist
    >>> curve = nyquist(Workload.from_classes([(5, 3), (5, 5)]))
    >>> len(figure(curve).axes)
    2
    >>> figure(curve, size="slide", title="Two classes").get_size_inches().round(6).tolist()
    [6.4, 3.6]
    """
    name = next((kind.__name__ for kind in _kinds(result) if kind.__name__ in _INSTEAD), None)
    if name is not None and FIGURES.writer(result) is None:
        raise InvalidArgument(
            f"'result' must be a result of stabkit that has a figure, not one of class {name}: "
            f"draw {_INSTEAD[name]} instead."
        )
    drawn: Figure | SubFigure = FIGURES(result, ax=ax, size=size, title=title)
    return drawn
