"""Make the explorer as one file: the page, the certified engine and a Python for browsers.

Run: python scripts/make_explorer.py [FILE] (seconds; by default build/explorer.html). It needs npm
and pip, and the registries that they ask: Pyodide comes from npm, python-flint and mpmath from
PyPI, in the versions below. The file opens from a folder, without a network, and makes no request.
It is not committed, for most of it is other people's programs.

numpy for that Python is on Pyodide's own server alone. So the page answers what needs no numpy,
which is all of two kinds of requests, the verdict on a log and what a finite server does by
formula, and says what has to be asked of ``stabkit explore``.
"""

from __future__ import annotations

import base64
import gzip
import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

import stabkit

PYODIDE = "314.0.7"
PYTHON, PLATFORM = "3.14", "pyemscripten_2026_0_wasm32"  # of that Pyodide
FLINT, MPMATH = "0.9.0", "1.3.0"

SOURCES = Path(__file__).with_name("explorer")
PACKAGE = Path(stabkit.__file__).parent
PAGE = PACKAGE.parent / "build" / "explorer.html"

OF_PYODIDE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
LABELS = "publish/labels.json"
LEFT_OUT = ("tests", "test", "cli", "theorems", "exercises")  # folders that no question needs
POLICY = "script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:"
WORDS = (
    "Answered by stabkit in this page, with Pyodide $pyodide (MPL 2.0) and python-flint $flint "
    "(MIT)."
)


def pyodide(room: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of Pyodide that a page needs."""
    command = ["npm", "pack", "--silent", f"pyodide@{PYODIDE}"]
    subprocess.run(command, cwd=room, check=True, capture_output=True)
    with tarfile.open(room / f"pyodide-{PYODIDE}.tgz") as archive:
        for name in OF_PYODIDE:
            member = archive.extractfile(f"package/{name}")
            assert member is not None
            yield name, member.read()


def wheel(room: Path, requirement: str, *options: str) -> Path:
    """Download a wheel."""
    before = set(room.glob("*.whl"))
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", str(room), *options, requirement]
    subprocess.run(command, check=True)
    (found,) = set(room.glob("*.whl")) - before
    return found


def flint(room: Path) -> tuple[str, bytes]:
    options = ("--platform", PLATFORM, "--python-version", PYTHON, "--implementation", "cp")
    found = wheel(room, f"python-flint=={FLINT}", *options)
    return found.name, found.read_bytes()


def pure_python(room: Path) -> bytes:
    """Return stabkit and mpmath as one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted([*PACKAGE.rglob("*.py"), PACKAGE / LABELS]):
            add(archive, f"stabkit/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes())
        with zipfile.ZipFile(wheel(room, f"mpmath=={MPMATH}")) as other:
            for name in other.namelist():
                add(archive, name, other.read(name))
    return packed.getvalue()


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a file, of no date, unless it is left out."""
    if not set(LEFT_OUT) & set(name.split("/")):
        archive.writestr(zipfile.ZipInfo(name), content)


def parts(room: Path) -> Iterator[str]:
    """Yield everything that the worker needs as scripts that hold text."""
    files = [*pyodide(room), flint(room), ("python.zip", pure_python(room))]
    for name, content in files:
        text = base64.b64encode(gzip.compress(content, mtime=0)).decode()
        yield f'<script type="text/plain" data-part="{name}">{text}</script>'
    yield f'<script type="text/plain" id="worker">\n{source("worker.js", SOURCES)}</script>'


def source(name: str, room: Path = PACKAGE / "explorer" / "sources") -> str:
    return (room / name).read_text(encoding="utf-8")


def page(data: str) -> str:
    """Return the page around the parts."""
    scripts = (source("drawing.js"), source("in_browser.js", SOURCES), source("explorer.js"))
    return Template(source("explorer.html")).substitute(
        policy=POLICY,
        style=source("house.css") + source("explorer.css"),
        script="\n".join(scripts),
        words=Template(WORDS).substitute(pyodide=PYODIDE, flint=FLINT),
        data=data,
        version=stabkit.__version__,
    )


def main(target: Path = PAGE) -> None:
    with TemporaryDirectory() as room:
        text = page("\n".join(parts(Path(room))))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
