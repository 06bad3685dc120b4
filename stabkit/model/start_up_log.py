"""The KV memory that a vLLM server reports in its log when it starts.

Three lines say how large it is, each in the words of some versions::

    GPU KV cache size: 41,408 tokens                 tokens; one line per rank in 0.8 to 0.10
    # GPU blocks: 2588                               blocks; one line per rank
    # cuda blocks: 2588, # CPU blocks: 2048          blocks; one line per start

**Which line counts.** The scheduler of an engine counts with the smallest rank, and a log that goes
on after a restart has the lines of every start: so it is the smallest of the last start. A start
ends where a line says that the engine is up, and a new one begins with a line that announces a
server or an engine, with a rank that reports again, or with another process of the same name. Lines
that differ, of which nothing says whether they are ranks or starts, are taken for ranks, with a
warning: the smallest is then safe.

**How large a block is** the line does not say. The next one often does, "Maximum concurrency for M
tokens per request: X x": the server computed X = N b / M and rounded to two decimals, so that b
is a whole number between (X - .005) M / N and (X + .005) M / N.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import InvalidArgument, StabkitWarning, shown
from .numbers import whole_number

__all__ = ["capacity_from_log"]

_DEFAULT_BLOCK = 16  # tokens, vLLM's on GPUs
_EVENT = re.compile(
    r"""(?P<start>vLLM\ API\ server\ version|Initializing\ an?\ (?:V1\ )?LLM\ engine)
    |(?P<up>init\ engine\ \(profile)
    |(?:\bForcing\ kv\ cache\ block\ size\ to|\bblock_size'?[=:])\ ?(?P<stated>[0-9]+)\b
    |\bGPU\ KV\ cache\ size:\ *(?P<tokens>\S+)\ *tokens\b
    |\#\ *(?!(?i:cpu)\b)(?P<device>[^\W\d]\w*)\ blocks:\ *(?P<blocks>\S+)
        (?P<per_start>\ *\#\ *CPU\ blocks:)?
    |Maximum\ concurrency\ for\ (?P<length>\S+)\ tokens\ per\ request:\ *(?P<times>\S+?)x""",
    re.VERBOSE,
)
_DEVICES = ("gpu", "cuda", "rocm", "hip", "hpu", "tpu", "xpu", "npu", "neuron")
_WHOLE = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_PROCESS = re.compile(r"\(([^()]*)\)")
_PID = re.compile(r"\bpid=([0-9]+)")


@dataclass
class _Size:
    """A line that states a size, with the number of the line and the concurrency that follows."""

    line: int
    number: int
    in_blocks: bool
    concurrency: tuple[int, Fraction] | None = None


@dataclass
class _Start:
    """What one start of a server logged; `processes` have announced or reported something."""

    sizes: list[_Size] = field(default_factory=list)
    processes: dict[str, str] = field(default_factory=dict)
    ranks: set[str] = field(default_factory=set)
    up: set[str] = field(default_factory=set)
    stated_block: int | None = None
    told_apart: bool = True


def capacity_from_log(text: str, block_size: int | None = None) -> int:
    """Return the capacity in tokens that a vLLM server reports when it starts.

    Parameters
    ----------
    text : str
        The log, or its line "GPU KV cache size: 41,408 tokens", or, of older versions, "# GPU
        blocks: 2588, # CPU blocks: 2048", with any device for GPU. Of several lines the smallest
        of the last start counts.
    block_size : int, optional
        Tokens of a block, for a line in blocks. By default what the log shows, or else 16.

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
        If blocks of 16 tokens had to be assumed, or lines that differ may be ranks or starts.

    Examples
    --------
    >>> capacity_from_log("INFO 10-01 GPU KV cache size: 41,408 tokens")
    41408
    >>> capacity_from_log("# GPU blocks: 2588, # CPU blocks: 2048", block_size=32)
    82816
    >>> log = "# cuda blocks: 1000 " + chr(10) + (
    ...     "Maximum concurrency for 8192 tokens per request: 7.81x")
    >>> capacity_from_log(log)
    64000
    """
    if not isinstance(text, str):
        raise InvalidArgument(f"'text' must be the text of a log, not {shown(text)}.")
    if block_size is not None:
        block_size = whole_number(block_size, "'block_size'")
    start = _last_start(text)
    sizes = [s for s in start.sizes if not s.in_blocks] or start.sizes
    if not sizes:
        raise InvalidArgument(
            "'text' must have a line 'GPU KV cache size: N tokens' or '# GPU blocks: N' of a vLLM "
            f"server, not {shown(text)}."
        )
    smallest = min(sizes, key=lambda size: size.number)
    if not start.told_apart and any(size.number != smallest.number for size in sizes):
        warnings.warn(
            f"{len(sizes)} lines of the log differ, and nothing tells ranks of one start from "
            f"several starts: the smallest counts, line {smallest.line}.",
            StabkitWarning,
            stacklevel=2,
        )
    if not smallest.in_blocks:
        return smallest.number
    return smallest.number * _tokens_of_a_block(smallest, block_size, start.stated_block)


def _last_start(text: str) -> _Start:
    """Return the last start that states a size, or an empty one."""
    start, latest = _Start(), _Start()
    for line, process, pid, event in _events(text):
        if event["start"] is not None:
            known = process == "" or process in start.processes
            start = _Start() if known and start.sizes else start
            start.processes[process] = pid
        elif event["up"] is not None:
            start.up.add(process)
        elif event["stated"] is not None:
            start.stated_block = int(event["stated"][:9])
        elif event["length"] is not None:
            if start.sizes:
                start.sizes[-1].concurrency = _concurrency(event)
        else:
            if _begins_another(start, process, pid, event["per_start"] is not None):
                start = _Start()
            _report(start, line, process, pid, event)
            latest = start
    return latest


def _events(text: str) -> Iterator[tuple[int, str, str, re.Match[str]]]:
    """Yield line number, process, its id, and what of interest the line says."""
    line, counted = 1, 0
    for event in _EVENT.finditer(text):
        device = event["device"]
        if device and not (event["per_start"] or device.lower() in _DEVICES):
            continue
        begin = text.rfind("\n", 0, event.start()) + 1
        line += text.count("\n", counted, begin)
        counted = begin
        found = _PROCESS.search(text, begin, event.start())
        words = found[1] if found else ""
        pid = _PID.search(words)
        yield line, _PID.sub("", words).split(",")[0].strip(), pid[1] if pid else "", event


def _begins_another(start: _Start, process: str, pid: str, per_start: bool) -> bool:
    """Whether a line that states a size belongs to another start than the lines before it."""
    if not start.sizes:
        return False
    if per_start or process in start.up or _rank(process, pid) in start.ranks:
        return True
    other = start.processes.get(process, pid) != pid
    return other and not _is_worker(process)


def _report(start: _Start, line: int, process: str, pid: str, event: re.Match[str]) -> None:
    text = event["tokens"] or event["blocks"]
    number = _whole(text)
    if not number:
        raise InvalidArgument(
            f"'text' must state a positive number in line {line}, in digits 0 to 9, "
            f"not {shown(text)}."
        )
    start.sizes.append(_Size(line, number, event["blocks"] is not None))
    start.processes[process] = pid
    rank = _rank(process, pid)
    if rank is not None:
        start.ranks.add(rank)
    if (len(start.sizes) > 1 and process == "") or rank not in (None, process):
        start.told_apart = False


def _rank(process: str, pid: str) -> str | None:
    """Return what tells a worker from the others of its start: its number, or else its id."""
    if not _is_worker(process):
        return None
    return process if re.search(r"[0-9]", process) else f"{process} {pid}"


def _is_worker(process: str) -> bool:
    return re.search(r"worker|rank", process, re.IGNORECASE) is not None


def _whole(text: str) -> int | None:
    """Return the number, with commas between thousands or without, or None."""
    digits = text.rstrip(",;.")
    return int(digits.replace(",", "")) if len(digits) <= 24 and _WHOLE.fullmatch(digits) else None


def _concurrency(event: re.Match[str]) -> tuple[int, Fraction] | None:
    length, times = _whole(event["length"]), event["times"]
    readable = length and len(times) <= 24 and _DECIMAL.fullmatch(times)
    return (length, Fraction(times)) if length and readable else None


def _tokens_of_a_block(size: _Size, asked: int | None, stated: int | None) -> int:
    """Return the tokens of a block: those asked for, those that the log shows, or 16."""
    if size.concurrency is None:
        if asked is None and stated is None:
            warnings.warn(
                f"line {size.line} of the log counts {size.number} blocks and nothing says how "
                f"large they are: {_DEFAULT_BLOCK} tokens each are assumed.",
                StabkitWarning,
                stacklevel=3,
            )
        return asked or stated or _DEFAULT_BLOCK
    length, times = size.concurrency
    scale, half = Fraction(length, size.number), Fraction(1, 200)
    least, most = max(math.ceil((times - half) * scale), 1), math.floor((times + half) * scale)
    wanted = (stated, _DEFAULT_BLOCK) if asked is None else (asked,)
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
