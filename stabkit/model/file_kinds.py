"""What a file is that is not the text it should be: empty, packed, or a pointer to another.

Traces come from version control, object stores and archives, and what arrives under their name is
often something else. Its first bytes tell.
"""

from __future__ import annotations

from ..errors import InvalidWorkload

__all__ = ["HEAD", "refuse_other_kinds"]

HEAD = 512  # bytes; the mark of a tar archive is at 257
_MARK_OF_UTF_8 = b"\xef\xbb\xbf"
_UNPACK = "unpack it first"
_KINDS = (
    (0, b"version https://git-lfs.github.com/spec/", "a Git LFS pointer", "run 'git lfs pull'"),
    (0, b"PK\x03\x04", "a zip archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"PAR1", "a Parquet file", "only a log may be one"),
    (0, b"ARROW1", "an Arrow file", "write it as CSV first"),
    (0, b"\xff\xfe", "UTF-16 text", "write it in UTF-8 first"),
    (0, b"\xfe\xff", "UTF-16 text", "write it in UTF-8 first"),
)


def refuse_other_kinds(head: bytes) -> None:
    """Refuse a file that begins with `head`, its first `HEAD` bytes, if it is no text to read.

    Raises InvalidWorkload with a message that says what the file is, and what to do.

    >>> refuse_other_kinds(b"input_length,output_length")
    >>> refuse_other_kinds(b"PAR1" + bytes(100))
    Traceback (most recent call last):
    ...
    stabkit.errors.InvalidWorkload: must be a text file, not a Parquet file: only a log may be one.
    """
    if len(head) < HEAD and not head.removeprefix(_MARK_OF_UTF_8).strip():
        raise InvalidWorkload("must hold something: the file is empty.")
    for offset, mark, kind, remedy in _KINDS:
        if head.startswith(mark, offset):
            raise InvalidWorkload(f"must be a text file, not {kind}: {remedy}.")
