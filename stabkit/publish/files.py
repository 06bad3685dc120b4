"""Output files: written whole or not at all.

A result goes to a temporary file beside its target, reaches the disk (fsync), and takes the
target's place in one step (rename), so that a reader never sees half of it and a failure leaves
what was there before; of several files none takes its place before all are on the disk. A process
that is killed leaves at most a hidden file that ends in ``.part`` beside it. What is not a regular
file, such as ``/dev/stdout``, is written directly.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import OutputError, shown, told

__all__ = ["check_target", "write_whole", "written"]


def check_target(path: str | Path, name: str = "output") -> None:
    """Refuse a target that `write_whole` could not write; for use before a long computation.

    * `name`: what the message calls it, such as "--figure".

    Raises OutputError if the path is a directory or written like one, a loop of links, or its
    directory is missing or not writable.

    Whether the disk will have room is not checked.
    """
    target = _resolved(path, name)
    if os.path.isdir(target) or os.path.basename(path) in ("", ".", ".."):
        raise _refusal(path, name, "it is a directory")
    if os.path.islink(target):  # what realpath cannot resolve
        raise _refusal(path, name, "it is a loop of symbolic links")
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise _refusal(path, name, "its directory does not exist")
    needed = {folder if _replaceable(target) else target, target}
    if not all(os.access(name, os.W_OK) for name in needed if os.path.exists(name)):
        raise _refusal(path, name, "permission denied")


def write_whole(path: str | Path, content: bytes | str) -> None:
    """Write `content` to `path` completely, or leave the path as it was; see `written`."""
    with written({path: content}):
        pass


@contextmanager
def written(contents: Mapping[Any, bytes | str]) -> Iterator[None]:
    """Write files once the block has ended, all of them completely, or leave them as they were.

    A new file gets the permissions of the process's umask; a replaced one keeps its own. A
    symbolic link stays, and what it points to is replaced.

    * `contents`: by path; text is encoded as UTF-8.

    Raises OutputError before the block if a file cannot be written; no temporary file remains.
    """
    with ExitStack() as stack:
        last = [stack.enter_context(_staged(*item)) for item in contents.items()]
        yield
        for take_place in last:
            take_place()


@contextmanager
def _staged(path: str | Path, content: bytes | str) -> Iterator[Callable[[], None]]:
    """Write a temporary file, and yield what puts it in its target's place."""
    check_target(path)
    target = _resolved(path)
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    if not _replaceable(target):
        with _refused(path):
            Path(target).write_bytes(data)
        yield lambda: None
        return
    temporary = os.path.join(os.path.dirname(target), f".{secrets.token_hex(8)}.part")

    def take_place() -> None:
        with _refused(path):
            os.replace(temporary, target)

    try:
        with _refused(path):
            _write(temporary, target, data)
        yield take_place
    finally:
        with suppress(OSError):  # it is gone where all went well
            os.unlink(temporary)


def _write(temporary: str, target: str, data: bytes) -> None:
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if os.path.exists(target):
        os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))


@contextmanager
def _refused(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        raise _refusal(path, "output", told(failure)) from failure


def _resolved(path: str | Path, name: str = "output") -> str:
    try:
        return os.path.realpath(path)
    except (OSError, ValueError) as failure:  # ValueError: an embedded null character
        raise _refusal(path, name, str(failure)) from failure


def _replaceable(target: str) -> bool:
    return not os.path.exists(target) or os.path.isfile(target)


def _refusal(path: str | Path, name: str, reason: str) -> OutputError:
    return OutputError(
        f"'{name}' must be a file that can be written, not {shown(str(path))}: {reason}."
    )
