"""Which reader a log needs: its first bytes tell, and its suffix where they do not."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from ...errors import InvalidWorkload
from ..documents import read_json_row
from ..file_kinds import HEAD, refuse_other_kinds
from .columns import tally_parquet
from .objects import holds_requests, tally_document, tally_lines
from .opened import Wrap, lines_of, opened
from .tables import tally_table
from .tally import Tally

__all__ = ["LARGEST_DOCUMENT", "NoLog", "tally_log"]

LARGEST_DOCUMENT = 2**28  # bytes of JSON that must be in memory at once
_PARQUET = b"PAR1"
_DOCUMENT, _LINES = ".json", (".jsonl", ".ndjson")
_SERVER = re.compile(  # a line of vLLM, SGLang, TGI, TensorRT-LLM or LMDeploy, or of /metrics
    rb"^(?:\([^()\n]{1,40}\) |\x1b\[\d+m)*(?:(?:INFO|WARNING) |GPU KV cache size: |"
    rb"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\S+ (?:\S+ )*(?:INFO|WARN)|"
    rb"\[(?:TensorRT-LLM|TM)\]|# HELP )",
    re.MULTILINE,
)
_TOML = re.compile(rb"(?:\s|#[^\n]*\n)*+(?:\[\[\s*class\s*\]\]|(?:name|capacity|class)\s*=)")


class NoLog(Exception):
    """A document holds no requests, perhaps a mix.

    * `text`: the document.
    * `is_toml`: whether it is TOML, and not JSON.
    """

    def __init__(self, text: str, is_toml: bool) -> None:
        super().__init__(text[:100])
        self.text, self.is_toml = text, is_toml


def tally_log(
    tally: Tally,
    source: Path,
    wrap: Wrap | None = None,
    table: Callable[[Any, BinaryIO], None] = tally_table,
) -> None:
    """Count the requests of one log.

    * `source`: CSV with any usual delimiter, JSONL, a JSON document, or Parquet; compressed by
      gzip, bzip2 or xz, or not. ``-`` is the standard input.
    * `wrap`: as in `opened`.
    * `table`: what reads a log that is a table.

    Raises NoLog if it is a document in JSON or TOML that holds no requests, and no columns are
    asked for. Raises InvalidWorkload if it cannot be read, or a row is malformed.
    """
    with opened(source, wrap) as stream:
        begin = stream.peek(HEAD)
        try:
            _tally(tally, stream, source.suffix.lower(), table)
        except InvalidWorkload:
            if _SERVER.search(begin):
                raise InvalidWorkload(
                    "must be requests or a mix, not the log of a server, which tells a capacity: "
                    "'capacity_from_log'."
                ) from None
            raise


def _tally(
    tally: Tally,
    stream: io.BufferedReader,
    suffix: str,
    table: Callable[[Any, BinaryIO], None],
) -> None:
    head = stream.peek(HEAD)[:HEAD]
    if head.startswith(_PARQUET):
        tally_parquet(tally, stream)
        return
    refuse_other_kinds(head)
    if _TOML.match(head) and tally.columns is None:
        raise NoLog(_joined(lines_of(stream)), is_toml=True)
    if head.lstrip()[:1] in (b"{", b"[") or suffix in (_DOCUMENT, *_LINES):
        _tally_json(tally, stream, suffix in _LINES)
    else:
        table(tally, stream)


def _tally_json(tally: Tally, stream: BinaryIO, by_lines: bool) -> None:
    """Count the requests of a document, or of a line each; the first line tells."""
    lines = lines_of(stream, longest=LARGEST_DOCUMENT)
    begin = _until_text(lines)
    second = [] if by_lines else _until_text(lines)
    if by_lines or (second and _is_json(begin[-1])):
        tally_lines(tally, chain(begin, second, lines))
        return
    text = _joined(chain(begin, second, lines))
    document = read_json_row(text)
    if tally.columns is None and not holds_requests(document):
        _refuse_others(document)
        raise NoLog(text, is_toml=False)
    tally_document(tally, document)


def _refuse_others(document: Any) -> None:
    """Refuse what is neither a log nor a mix and yet known, with the way out."""
    if not isinstance(document, dict):
        return
    if {"num_hidden_layers", "architectures"} & set(document):
        raise InvalidWorkload(
            "must be requests or a mix, not the config of a model, which tells a capacity: "
            "'capacity_from_config'."
        )
    if {"total_input_tokens", "total_output_tokens"} & set(document):
        raise InvalidWorkload(
            "the result of a benchmark must hold its requests, not totals alone: repeat it with "
            "--save-detailed (vLLM) or --output-details (SGLang)."
        )


def _until_text(lines: Iterator[str]) -> list[str]:
    """Return the lines up to the next that is not blank; none if there is none."""
    taken: list[str] = []
    for line in lines:
        taken.append(line)
        if line.strip():
            return taken
    return []


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _joined(lines: Iterator[str]) -> str:
    text = io.StringIO()
    for line in lines:
        text.write(line)
        if text.tell() > LARGEST_DOCUMENT:
            raise InvalidWorkload(
                f"a JSON document must be at most {LARGEST_DOCUMENT // 2**20} MiB; write an object "
                "a line."
            )
    return text.getvalue()
