"""The KV memory that a server reports in its log when it starts, or in its metrics.

What vLLM, SGLang, TGI, TensorRT-LLM and LMDeploy say is in `server_lines`; which of it counts is
here.

**Which line counts.** The scheduler of an engine counts with the smallest rank, and a log that goes
on after a restart has the lines of every start: so it is the smallest of the last start. A start
ends where a line says that the server is up, and a new one begins with a line that announces a
server or an engine, with a rank that reports again, with a server that says again what it says once
in a start, or with another process of the same name. Lines that differ, of which nothing says
whether they are ranks or starts, are taken for ranks, with a warning: the smallest is then safe.

**How large a block is** a line in blocks does not say. Others do: the server's arguments, or vLLM's
"Maximum concurrency for M tokens per request: X x": the server computed X = N b / M and rounded to
two decimals, so that b is a whole number between (X - .005) M / N and (X + .005) M / N.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..errors import ArgumentTypeError, InvalidArgument, StabkitWarning, shown
from .numbers import whole_number
from .server_lines import BLOCK_SIZES, SERVERS, Said, lines_of_interest

__all__ = ["capacity_from_log"]

_WHOLE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.0+)?")
_PROCESS = re.compile(r"\(([^()]*)\)")
_PID = re.compile(r"\bpid=([0-9]+)")
_WORKER = re.compile(r"worker|rank", re.IGNORECASE)
_RANK = re.compile(
    r"""\b(?:[DTPEC]P[0-9]+|\w{,9}(?i:rank)[ =:"]{1,2}[0-9]+|(?:gpu|gpu_id|engine)="?[0-9]+)"""
)
_LONGEST_HEAD = 2000  # characters of a line that may say who speaks


class _Speaker(NamedTuple):
    """Who says a line: a process and its id, and what tells a rank from the others of its start."""

    process: str
    pid: str
    rank: str | None

    @property
    def named(self) -> bool:
        return self.process != "" and self.rank in (None, self.process)


@dataclass
class _Size:
    """A line that states a size, with its number, its speaker and the concurrency that follows."""

    line: int
    said: Said
    speaker: _Speaker
    concurrency: tuple[int, Fraction] | None = None

    @property
    def in_blocks(self) -> bool:
        return "blocks" in self.said.numbers

    @property
    def number(self) -> int:
        text = self.said.numbers["blocks" if self.in_blocks else "tokens"]
        number = _whole(text)
        if not number:
            raise InvalidArgument(
                f"'text' must state a positive number in line {self.line}, in digits 0 to 9, "
                f"not {shown(text)}."
            )
        return number


@dataclass
class _Start:
    """What one start of a server logged.

    `processes` have announced or reported something; `block` is the size of a block that a line
    states, `block_since` the same, if after the last size of the memory: it may be the next
    start's.
    """

    sizes: list[_Size] = field(default_factory=list)
    processes: dict[str, str] = field(default_factory=dict)
    reported: set[tuple[int, str]] = field(default_factory=set)
    up: set[str] = field(default_factory=set)
    server_up: bool = False
    block: int | None = None
    block_since: int | None = None

    def next(self) -> _Start:
        return _Start(block=self.block_since, block_since=self.block_since)

    def state_block(self, said: Said) -> None:
        size = _whole(said.numbers.get("size", ""))
        if size:
            self.block = self.block_since = size

    def add(self, size: _Size) -> None:
        self.sizes.append(size)
        self.block_since = None
        self.processes[size.speaker.process] = size.speaker.pid
        self.reported |= _once(size.speaker, size.said)

    def announces_another(self, speaker: _Speaker) -> bool:
        """Whether an announcement belongs to another start than the lines before it."""
        spoke = speaker.process == "" or speaker.process in self.processes
        return bool(self.sizes) and (spoke or self.sizes[-1].speaker.process == "")

    def is_over(self, speaker: _Speaker, said: Said) -> bool:
        """Whether a line that states a size belongs to another start than the lines before it."""
        if not self.sizes:
            return False
        other = self.processes.get(speaker.process, speaker.pid) != speaker.pid
        again = speaker.process in self.up or not self.reported.isdisjoint(_once(speaker, said))
        return self.server_up or again or (other and speaker.rank is None)


def _once(speaker: _Speaker, said: Said) -> set[tuple[int, str]]:
    """Return what a line is known by if whoever speaks says it once in a start, or nothing."""
    if said.line.once == "nobody" or (said.line.once == "rank" and speaker.rank is None):
        return set()
    return {(said.row, speaker.rank or speaker.process)}


def capacity_from_log(text: str, block_size: int | None = None) -> int:
    """Return the capacity in tokens that a server reports when it starts.

    Parameters
    ----------
    text : str
        The log of vLLM, SGLang, TGI, TensorRT-LLM or LMDeploy, or the line of it that states the
        memory, such as "GPU KV cache size: 41,408 tokens"; what `/metrics` of these servers
        returns; or vLLM's complaint that the memory is too small for the longest request. Of
        several lines the smallest of the last start counts.
    block_size : int, optional
        Tokens of a block, for a line in blocks. By default what the log shows, or else what the
        server has by default: vLLM 16, LMDeploy 64, TensorRT-LLM 32.

    Returns
    -------
    int
        Tokens.

    Raises
    ------
    InvalidArgument
        If there is no such line, it states no number, or `block_size` contradicts the log.

    Warns
    -----
    StabkitWarning
        If the size of a block had to be assumed, or lines that differ may be ranks or starts.

    Examples
    --------
    >>> capacity_from_log("INFO 10-01 GPU KV cache size: 41,408 tokens")
    41408
    >>> capacity_from_log("[TP0] max_total_num_tokens=20000, context_len=40960")
    20000
    >>> capacity_from_log("# GPU blocks: 2588, # CPU blocks: 2048", block_size=32)
    82816
    >>> log = "# cuda blocks: 1000 " + chr(10) + (
    ...     "Maximum concurrency for 8192 tokens per request: 7.81x")
    >>> capacity_from_log(log)
    64000
    """
    if not isinstance(text, str):
        raise ArgumentTypeError(f"'text' must be the text of a log, not {shown(text)}.")
    if block_size is not None:
        block_size = whole_number(block_size, "'block_size'")
    start = _last_start(text)
    if not start.sizes:
        *most, last = SERVERS
        raise InvalidArgument(
            "'text' must have a line 'GPU KV cache size: N tokens', or another in which "
            f"{', '.join(most)} or {last} states its memory, not {shown(text)}."
        )
    first = min(size.said.row for size in start.sizes)
    sizes = [size for size in start.sizes if size.said.row == first]
    smallest = min(sizes, key=lambda size: size.number)
    _warn_of_ranks_or_starts(sizes, smallest)
    if not smallest.in_blocks:
        return smallest.number
    return smallest.number * _tokens_of_a_block(smallest, block_size, start.block)


def _warn_of_ranks_or_starts(sizes: list[_Size], smallest: _Size) -> None:
    told_apart = all(size.speaker.named for size in sizes)
    if not told_apart and any(size.number != smallest.number for size in sizes):
        warnings.warn(
            f"{len(sizes)} lines of the log differ, and nothing tells ranks of one start from "
            f"several starts: the smallest counts, line {smallest.line}.",
            StabkitWarning,
            stacklevel=3,
        )


def _last_start(text: str) -> _Start:
    """Return the last start that states a size, or an empty one."""
    start, latest = _Start(), _Start()
    for number, speaker, said in _heard(text):
        kind = said.line.kind
        if kind == "memory":
            start = start.next() if start.is_over(speaker, said) else start
            start.add(_Size(number, said, speaker))
            start.state_block(said)
            latest = start
        elif kind == "start":
            start = start.next() if start.announces_another(speaker) else start
            start.processes[speaker.process] = speaker.pid
        elif kind == "concurrency" and start.sizes:
            start.sizes[-1].concurrency = _concurrency(said)
        elif kind == "block":
            start.state_block(said)
        elif kind == "engine up":
            start.up.add(speaker.process)
        elif kind == "server up":
            start.server_up = bool(start.sizes)
    return latest


def _heard(text: str) -> Iterator[tuple[int, _Speaker, Said]]:
    """Yield the number of the line, who speaks, and what of interest the line says."""
    number, begin, seen = 1, 0, 0
    for said in lines_of_interest(text):
        number += text.count("\n", seen, said.begin)
        begin = max(begin, text.rfind("\n", seen, said.begin) + 1)
        seen = said.begin
        head = text[begin : min(said.begin, begin + _LONGEST_HEAD)]
        yield number, _speaker(head, text[said.begin : said.end]), said


def _speaker(head: str, words: str) -> _Speaker:
    """Return who speaks: the process in parentheses, or the ranks that the line names."""
    speaker = _announced(head)
    if speaker.process:
        return speaker
    rank = " ".join(_RANK.findall(words))
    return _Speaker(rank, "", rank or None)


@lru_cache(maxsize=1)  # a line may be all of a file
def _announced(head: str) -> _Speaker:
    found = _PROCESS.search(head)
    if found is None:
        rank = " ".join(_RANK.findall(head))
        return _Speaker(rank, "", rank or None)
    process, pid = _PID.sub("", found[1]).split(",")[0].strip(), _PID.search(found[1])
    number = pid[1] if pid else ""
    rank = process if re.search(r"[0-9]", process) else f"{process} {number}"
    return _Speaker(process, number, rank if _WORKER.search(process) else None)


def _whole(text: str) -> int | None:
    """Return the number, with commas between thousands or without, or None."""
    found = _WHOLE.fullmatch(text) if len(text) <= 24 else None
    return int(found[1].replace(",", "")) if found else None


def _concurrency(said: Said) -> tuple[int, Fraction] | None:
    length = _whole(said.numbers["length"])
    return (length, Fraction(said.numbers["times"])) if length else None


def _tokens_of_a_block(size: _Size, asked: int | None, stated: int | None) -> int:
    """Return the tokens of a block: those asked for, those that the log shows, or the usual."""
    usual = BLOCK_SIZES[size.said.line.server]
    if size.concurrency is None:
        if asked is None and stated is None:
            warnings.warn(
                f"line {size.line} of the log counts {size.number} blocks and nothing says how "
                f"large they are: {usual} tokens each are assumed, as {size.said.line.server} has "
                "by default.",
                StabkitWarning,
                stacklevel=3,
            )
        return asked or stated or usual
    length, times = size.concurrency
    scale, half = Fraction(length, size.number), Fraction(1, 200)
    least, most = max(math.ceil((times - half) * scale), 1), math.floor((times + half) * scale)
    wanted = (stated, usual) if asked is None else (asked,)
    block = next((b for b in wanted if b is not None and least <= b <= most), None)
    if block is None and (asked is not None or least != most):
        shows = f"{size.number} blocks and a concurrency of {float(times):.2f} for {length} tokens"
        raise InvalidArgument(
            f"'block_size' must fit the log, where {shows} (line {size.line}) make "
            f"{_sizes(least, most, times * scale)}, not {shown(asked)}."
        )
    if asked is None and block not in (None, stated) and least < most:
        warnings.warn(
            f"the log allows blocks of {least} to {most} tokens: {block} are assumed.",
            StabkitWarning,
            stacklevel=3,
        )
    return most if block is None else block


def _sizes(least: int, most: int, about: Fraction) -> str:
    if least == most:
        return f"blocks of {least} tokens"
    if least < most:
        return f"blocks of {least} to {most} tokens"
    return f"blocks of {float(about):.4g} tokens"
