"""The folder of a sweep: its plan, and a Parquet part for every chunk that is done.

=========================== ========================================================================
``_plan.json``              the plan, its key, and how many rows and chunks it has; written first
``part-000012-KEY.parquet`` chunk 12: whole, or not there. KEY tells plan, rows and version
``_log.jsonl``              a line for every chunk that is begun and every part that is written
=========================== ========================================================================

A part is written beside its place, reaches the disk and takes its place in one step. Whoever makes
one holds the lock of its chunk, which the system takes back when the process dies; another one that
wants the same chunk, such as a sweep that is resumed while a worker of the old one still lives,
waits, and finds the part there. (Where the file system has no locks, a chunk may be made twice;
both parts are the same.) What the parts say does not depend on how often a sweep was interrupted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, get_args

from .. import __version__
from ..errors import InvalidArgument, OutputError, shown, told
from ..model.verdict import Verdict
from .chunks import Chunk
from .measures import Column, columns_of, meanings
from .results import results
from .sweep_plan import PART_SCHEMA, Cells, SweepPlan

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["Done", "Folder", "Job", "make_part", "writing"]

_PLAN, _LOG = "_plan.json", "_log.jsonl"  # readers of a folder of parts leave out what begins so
_HALF, _LOCK = ".part-", ".lock-"
_HEAD = 200  # bytes of the plan, its key among them
Verdicts = dict[str, int]


class Done(NamedTuple):
    """What became of a chunk: its verdicts; the part, if that is yet to be written; a failure."""

    chunk: Chunk
    verdicts: Verdicts
    content: bytes | None = None
    failure: str | None = None


@dataclass(frozen=True)
class Folder:
    """Where the parts of the plan with that key are."""

    path: str
    key: str

    @classmethod
    def of(cls, path: str | os.PathLike[str], plan: SweepPlan) -> Folder:
        """Return the folder of a plan, which may not be there yet.

        Raises InvalidArgument if it is another plan's, or another version's, or holds something
        else. Raises OutputError if it is no folder that can be read.
        """
        folder = cls(os.path.abspath(path), plan.key())
        with writing(path):
            if os.path.lexists(folder.path) and not folder.is_here():
                folder._refuse_others(plan)
        return folder

    def begin(self, plan: SweepPlan) -> None:
        """Make the folder, with the plan in it, if it is new; exceptions as of `of`."""
        if self.is_here():
            return
        with writing(self.path):
            os.makedirs(self.path, exist_ok=True)
            with self.claim("plan"):  # of two plans that begin here at once one is first
                if not self.is_here():
                    self._refuse_others(plan)
                    self._begin(plan)

    def is_here(self) -> bool:
        """Tell whether this process sees the folder, with this plan in it."""
        try:
            with open(os.path.join(self.path, _PLAN), "rb") as file:
                return self.key.encode() in file.read(_HEAD)
        except OSError:
            return False

    def part(self, chunk: Chunk) -> Path:
        """Return where the part of a chunk is, or will be."""
        rows = f"{self.key} {chunk.start} {chunk.stop}"
        key = hashlib.sha256(rows.encode()).hexdigest()[:8]
        return Path(self.path, f"part-{chunk.number:06d}-{key}.parquet")

    def verdicts(self, chunk: Chunk) -> Verdicts | None:
        """Return the verdicts in the part of a chunk; None if it is not there, or damaged."""
        import pyarrow
        import pyarrow.parquet

        try:
            metadata = pyarrow.parquet.read_schema(self.part(chunk)).metadata
            facts = json.loads(metadata[b"stabkit"])
            found: Verdicts = facts["verdicts"]
            its_own = (facts["key"], facts["start"], facts["stop"])
        except (OSError, pyarrow.ArrowException, KeyError, TypeError, ValueError):
            return None
        return found if its_own == (self.key, chunk.start, chunk.stop) else None

    def write(self, chunk: Chunk, content: bytes) -> None:
        """Write the part of a chunk, whole or not at all."""
        self._write(self.part(chunk).name, content)
        self.note(chunk, "wrote")

    def note(self, chunk: Chunk, event: str, **more: str) -> None:
        """Write a line of the log, in one step."""
        facts = {"chunk": chunk.number, "event": event, "process": os.getpid()}
        facts |= {"host": socket.gethostname(), "time": round(time.time(), 3), **more}
        with open(os.path.join(self.path, _LOG), "ab", buffering=0) as log:
            log.write(f"{json.dumps(facts)}\n".encode())

    @contextlib.contextmanager
    def claim(self, what: str) -> Iterator[None]:
        """Hold the lock of a chunk, or of the plan; wait for whoever holds it."""
        if fcntl is None:
            yield
            return
        with open(os.path.join(self.path, f"{_LOCK}{what}"), "wb") as file:
            with contextlib.suppress(OSError):  # no locks on this file system
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def tidy(self) -> None:
        """Remove what interrupted writers left; for when all parts are there."""
        for name in os.listdir(self.path):
            if name.startswith((_LOCK, _HALF)):
                with contextlib.suppress(OSError):
                    os.unlink(os.path.join(self.path, name))

    def _begin(self, plan: SweepPlan) -> None:
        head = {"key": self.key, "version": __version__, "schema": PART_SCHEMA}
        facts = {**head, "rows": len(plan), "chunks": plan.work()[0], "plan": plan.given}
        self._write(_PLAN, json.dumps(facts, indent=1).encode())

    def _write(self, name: str, content: bytes) -> None:
        # Its name does not end as that of a part, or who reads parts would read a half.
        half = os.path.join(self.path, f"{_HALF}{os.getpid()}-{name}.half")
        try:
            with open(half, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(half, os.path.join(self.path, name))
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(half)
            raise
        with contextlib.suppress(OSError):  # not every system has folders that are opened
            folder = os.open(self.path, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def _refuse_others(self, plan: SweepPlan) -> None:
        there = [name for name in os.listdir(self.path) if not name.startswith((_LOCK, _HALF))]
        if not there:
            return
        wanted = f"'folder' must be new, or of this plan, not {shown(self.path)}"
        try:
            facts = json.loads(Path(self.path, _PLAN).read_bytes())
            version, given = facts["version"], facts["plan"]
        except (OSError, ValueError, KeyError, TypeError):
            raise InvalidArgument(f"{wanted}: it holds {shown(min(there))}.") from None
        keys = sorted({*given, *plan.given})
        other = [key for key in keys if given.get(key) != plan.given.get(key)]
        differs = f"its plan differs in {', '.join(other)}" if other else f"of stabkit {version}"
        raise InvalidArgument(f"{wanted}: {differs}.")


@contextlib.contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Say of what fails at writing in a folder, an OutputError, which folder it is, and why."""
    try:
        yield
    except OSError as failure:
        message = f"'folder' must be one that can be written, not {shown(os.fspath(path))}: "
        raise OutputError(f"{message}{told(failure)}.") from failure


@dataclass(frozen=True)
class Job:
    """All that is needed to make one part, wherever."""

    folder: Folder
    compute: tuple[str, ...]
    cells: Cells
    chunk: Chunk


def make_part(job: Job) -> Done:
    """Make the part of a chunk, if it is not there.

    Where this process sees the folder it writes the part; elsewhere, on a machine with disks of its
    own, the part goes back to who asked. Whatever goes wrong in the computation is a failure of the
    chunk, written into the log, and not of the sweep.

    Raises OutputError if the folder cannot be written.
    """
    if not job.folder.is_here():
        return _made(job)
    with writing(job.folder.path), job.folder.claim(f"{job.chunk.number:06d}"):
        there = job.folder.verdicts(job.chunk)
        if there is not None:
            return Done(job.chunk, there)
        job.folder.note(job.chunk, "began")
        done = _made(job)
        if done.content is None:
            job.folder.note(job.chunk, "failed", reason=done.failure or "")
            return done
        job.folder.write(job.chunk, done.content)
    return done._replace(content=None)


def _made(job: Job) -> Done:
    try:
        start, stop = job.chunk.start, job.chunk.stop
        found = results(job.compute, job.cells, start, stop)
        counted: Counter[Any] = Counter(found.get("verdict", ()))
        verdicts = {one: counted[one] for one in get_args(Verdict)}
        return Done(job.chunk, verdicts, _parquet(job, found, verdicts))
    except Exception as failure:
        where = traceback.extract_tb(failure.__traceback__)[-1]
        place = f"{os.path.basename(where.filename)}:{where.lineno}"
        return Done(job.chunk, {}, failure=f"{type(failure).__name__}: {failure} ({place})")


def _parquet(job: Job, found: Mapping[str, Sequence[Any]], verdicts: Verdicts) -> bytes:
    """Return the part as bytes: the same for the same chunk, whoever makes it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    start, stop = job.chunk.start, job.chunk.stop
    given = {"row": range(start, stop), **job.cells.coordinates(start, stop)}
    arrays = {name: pa.array(values) for name, values in given.items()}
    # Texts that no row of this part has are texts all the same: all parts have one schema.
    arrays |= {n: a.cast(pa.string()) for n, a in arrays.items() if pa.types.is_null(a.type)}
    kinds = columns_of(job.compute, job.cells.line)
    arrays |= {name: pa.array(found[name], _type(column)) for name, column in kinds.items()}
    facts: dict[str, Any] = {"schema": PART_SCHEMA, "version": __version__, "key": job.folder.key}
    facts |= {"start": start, "stop": stop, "verdicts": verdicts}
    told = meanings(given, kinds)
    fields = [
        pa.field(name, array.type, metadata={b"meaning": told[name].encode()})
        for name, array in arrays.items()
    ]
    schema = pa.schema(fields, metadata={b"stabkit": json.dumps(facts).encode()})
    table = pa.Table.from_arrays(list(arrays.values()), schema=schema)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _type(column: Column) -> Any:
    import pyarrow as pa

    ends = [("low", pa.float64()), ("high", pa.float64())]
    ends += [("low_exact", pa.string()), ("high_exact", pa.string())]
    counted = [*ends, ("unstable", pa.int64()), ("verdict", pa.string())]
    return {
        "integer": pa.int64(),
        "real": pa.float64(),
        "truth": pa.bool_(),
        "text": pa.string(),
        "intervals": pa.list_(pa.struct(ends)),
        "counted intervals": pa.list_(pa.struct(counted)),
    }[column.kind]
