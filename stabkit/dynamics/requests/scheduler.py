"""What a scheduler is: options, by the names that engines use, and a server that runs by them.

A scheduler is one frozen dataclass on `Engine`, in one file of this folder, with a `name` and a
method `server`, which starts a run of it: an object with one method, `step(queue, now)`.

**The protocol.** The driver calls ``server.step(queue, now)`` once per row of the record. A call

1. *executes* the batch that the call before had scheduled: its tokens come out at the time `now`,
   and requests that have all theirs complete and free their memory;
2. *evicts* where the survivors do not fit, and puts those back into the queue;
3. *admits* from the queue, and schedules the next batch;

and returns a `StepReport`. The first call finds nothing to execute: row 0 is the start, filled to
the capacity. The driver then moves the clock by the duration of the batch that was scheduled,

    a + b * step.prefilled + c * step.running       (`step_time`; by default 1: it counts steps),

lets in what arrives until then, and writes the series and the times of each request. It never
loops over the running requests; neither should a server that is to be fast.

**How to add one**: a module like `model`, found by being in this folder:

    @register_scheduler
    @dataclass(frozen=True, kw_only=True)
    class Own(Engine):
        block_size: int = 16                  # a default of its own
        name: ClassVar[str] = "own"
        refused: ClassVar[frozenset[str]] = frozenset({"rate"})   # options without a meaning here

        def server(self, source: RequestSource) -> Server:
            refuse_too_large(source, self.capacity, lambda s, n: s + n)
            return OwnServer(self)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np

from ...errors import ArgumentTypeError, InvalidArgument, InvalidWorkload, number_of, shown
from ...model.numbers import (
    exact_quantity,
    exact_rational,
    is_listed,
    listed,
    rational_argument,
    whole_number,
)
from .queue import Queue
from .request import StepReport
from .sources import RequestSource

__all__ = [
    "NO_SUCH_RULE",
    "Engine",
    "Server",
    "most_generated",
    "refuse_empty_prompts",
    "refuse_narrow_batch",
    "refuse_too_large",
    "register_scheduler",
    "scheduler_named",
    "scheduler_options",
]


class Server(Protocol):
    """One run of a scheduler."""

    def step(self, queue: Queue, now: float) -> StepReport:
        """Execute, evict, admit; see the module."""


@dataclass(frozen=True, kw_only=True)
class Engine:
    """The options of schedulers, as `Scheduler` describes them. An option that is None is off."""

    capacity: Any = None
    block_size: int = 1
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    watermark: Any = None
    watermark_tokens: Any = None
    rate: Any = None
    reserve: Any = None
    max_tokens: int | None = None
    keep_progress: bool = False
    concurrency: int | None = None
    step_time: Any = None
    name: ClassVar[str]
    refused: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        for one in fields(self):
            given = getattr(self, one.name)
            if one.name in self.refused and (is_listed(given) or given != one.default):
                raise InvalidArgument(
                    f"{one.name!r} must not be given for the scheduler {self.name!r}, which has "
                    f"no such rule, not {shown(given)}."
                )
            if isinstance(one.default, bool) and not isinstance(given, (bool, np.bool_)):
                raise ArgumentTypeError(f"{one.name!r} must be True or False, not {shown(given)}.")
        for option in ("block_size", *_COUNTS):
            if (given := getattr(self, option)) is not None:
                object.__setattr__(self, option, whole_number(given, f"'{option}'"))
        for option, (valid, domain) in _RATIONALS.items():
            self._read_rational(option, valid, domain)
        if self.watermark is not None and self.watermark_tokens is not None:
            raise InvalidArgument(
                "'watermark' must not be given with 'watermark_tokens', not "
                f"{shown(self.watermark)}."
            )
        self._read_reserve()
        object.__setattr__(self, "step_time", _read_step_time(self.step_time))

    def _read_rational(self, option: str, valid: Callable[[Fraction], bool], domain: str) -> None:
        if (given := getattr(self, option)) is not None:
            read = exact_quantity if option == "capacity" else exact_rational
            value = rational_argument(given, f"'{option}'", read)
            if not valid(value):
                raise InvalidArgument(f"'{option}' must be {domain}, not {shown(given)}.")
            object.__setattr__(self, option, value)

    def _read_reserve(self) -> None:
        named = self.reserve if isinstance(self.reserve, str) else None
        if (named == "max-tokens") != (self.max_tokens is not None):
            raise InvalidArgument(
                "'max_tokens' must be given with reserve='max-tokens' and only then, not "
                f"{shown(self.max_tokens)} with {shown(self.reserve)}."
            )
        if self.reserve is not None and named not in ("true-length", "max-tokens"):
            try:
                self._read_rational("reserve", lambda q: 0 < q < 1, "between 0 and 1")
            except InvalidArgument:
                raise InvalidArgument(
                    "'reserve' must be None, 'true-length', 'max-tokens' or a probability between "
                    f"0 and 1, not {shown(self.reserve)}."
                ) from None

    def server(self, source: RequestSource) -> Server:
        """Start a run; what could never fit is refused."""
        raise NotImplementedError


_COUNTS = ("max_num_seqs", "max_num_batched_tokens", "max_tokens", "concurrency")
_RATIONALS: dict[str, tuple[Callable[[Fraction], bool], str]] = {
    "capacity": (lambda x: x > 0, "positive"),
    "watermark": (lambda x: 0 <= x < 1, "at least 0 and below 1"),
    "watermark_tokens": (lambda x: x >= 0, "at least 0"),
    "rate": (lambda x: x > 0, "positive"),
}


def _read_step_time(given: Any) -> tuple[float, float, float]:
    if given is None:
        return 1.0, 0.0, 0.0
    must = "(a, b) or (a, b, c) in seconds, a positive and the others at least 0"
    read = [rational_argument(one, "'step_time'") for one in listed(given, "'step_time'", must)]
    if len(read) not in (2, 3) or read[0] <= 0 or min(read) < 0:
        raise InvalidArgument(f"'step_time' must be {must}, not {shown(given)}.")
    a, b, c = (*map(float, read), 0.0)[:3]
    return a, b, c


NO_SUCH_RULE = frozenset(
    {"watermark_tokens", "rate", "reserve", "max_tokens", "keep_progress"}
)  # options that engines know nothing of: what is evicted keeps its progress


def refuse_narrow_batch(engine: Engine) -> None:
    """Refuse a batch that cannot hold a token of every request that may run, as vLLM does."""
    most, budget = engine.max_num_seqs, engine.max_num_batched_tokens
    if budget is not None and (most is None or most > budget):
        raise InvalidArgument(
            "'max_num_batched_tokens' must be at least 'max_num_seqs', "
            f"{'which is not limited' if most is None else most}, not {budget}."
        )


def most_generated(engine: Engine, source: RequestSource) -> int | None:
    """Return what every request may generate at most; None for what each of them will."""
    if engine.reserve not in ("true-length", "max-tokens"):
        raise InvalidArgument(
            f"'reserve' must be 'true-length' or 'max-tokens' for {engine.name!r}, not "
            f"{shown(engine.reserve)}."
        )
    if engine.max_tokens is not None and (longest := source.decode_quantile(1)) > engine.max_tokens:
        raise InvalidWorkload(
            f"'max_tokens' must be at least every decode length, {longest}, not "
            f"{engine.max_tokens}."
        )
    return engine.max_tokens


def refuse_empty_prompts(source: RequestSource) -> None:
    """Refuse requests without a prompt, which engines do not serve."""
    if any(s == 0 for s, _ in source.weights):
        raise InvalidWorkload("'input_length' must be at least 1 for an engine, not 0.")


def refuse_too_large(
    source: RequestSource,
    capacity: Any,
    needed: Callable[[int, int], int],
    option: str = "capacity",
    unit: str = "tokens",
) -> None:
    """Refuse a source that holds requests which could never be served.

    * `capacity`: the tokens that there are.
    * `needed`: (s, l) -> the tokens that such a request must find.
    * `option`, `unit`: what the message calls the capacity, and what it counts.

    Raises InvalidWorkload if any request needs more.
    """
    needs = {pair: needed(*pair) for pair in source.weights}
    too_large = [pair for pair, tokens in needs.items() if tokens > capacity]
    if too_large:
        raise InvalidWorkload(
            f"'{option}' must hold one request of every kind, at least {max(needs.values())} "
            f"{unit}, not {shown(capacity)}: {len(too_large)} of "
            f"{number_of(len(needs), 'pair')} of input and output could never be in memory."
        )


EngineClass = TypeVar("EngineClass", bound=type[Engine])
_REGISTERED: dict[str, type[Engine]] = {}


def register_scheduler(engine: EngineClass) -> EngineClass:
    """Let a scheduler be found by its name; a class decorator."""
    _REGISTERED[engine.name] = engine
    return engine


def scheduler_named(name: Any, **options: Any) -> Engine:
    """Return the scheduler that a name denotes, or the one that `name` is.

    * `options`: as `Engine` lists them, and its own; of an `Engine` they replace those it has.

    Raises InvalidArgument if there is no such scheduler, or it has no such option.

    >>> scheduler_named("model", capacity=140).capacity
    Fraction(140, 1)
    """
    kind = _kind_of(name)
    known = [one.name for one in fields(kind)]
    for option in options:
        if option not in known:
            raise InvalidArgument(
                f"an option of the scheduler {kind.name!r} must be one of "
                f"{', '.join(scheduler_options(name))}, not {shown(option)}."
            )
    kept = {} if isinstance(name, str) else {option: getattr(name, option) for option in known}
    return kind(**{**kept, **options})


def scheduler_options(name: Any) -> list[str]:
    """Return the options that have a meaning for a scheduler, given as in `scheduler_named`.

    >>> "rate" in scheduler_options("model"), "rate" in scheduler_options("vllm")
    (True, False)
    """
    kind = _kind_of(name)
    return [one.name for one in fields(kind) if one.name not in kind.refused]


def _kind_of(name: Any) -> type[Engine]:
    kind = _REGISTERED.get(name) if isinstance(name, str) else type(name)
    if kind is None or not issubclass(kind, Engine):
        wrong = InvalidArgument if isinstance(name, str) else ArgumentTypeError
        raise wrong(
            f"'scheduler' must be one of {', '.join(map(repr, sorted(_REGISTERED)))}, or such an "
            f"object, not {shown(name)}."
        )
    return kind
