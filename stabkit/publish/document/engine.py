"""From LaTeX to PDF, with the TeX that is installed, if one is.

latexmk runs pdfLaTeX as often as the references need, without shell escapes, in a directory of its
own that is gone afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ...errors import OutputError, StabkitError

__all__ = ["MissingTex", "TexFailure", "pdf_of"]

PACKAGES = "texlive-latex-recommended texlive-pictures latexmk"
_SECONDS = 300
# A date of its own would make every PDF another one (reproducible-builds.org).
_ENVIRONMENT = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "openin_any": "p"}


class MissingTex(OutputError):
    """No TeX is installed."""


class TexFailure(StabkitError):
    """TeX ran, and did not accept the document: a bug of stabkit."""


def pdf_of(latex: str) -> bytes:
    """Return the PDF of a complete LaTeX document: the same for the same document and the same TeX.

    Raises MissingTex if latexmk or pdflatex is not installed; the message names Debian's packages.
    Raises TexFailure if the document does not compile, or not within 300 seconds.
    """
    for program in ("latexmk", "pdflatex"):
        if shutil.which(program) is None:
            raise MissingTex(
                f"a .pdf needs TeX, and {program} is not installed: on Debian, 'apt-get install "
                f"--no-install-recommends {PACKAGES}'. A .tex or .html needs none."
            )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "document.tex").write_text(latex, encoding="utf-8")
        try:
            run = subprocess.run(
                [
                    "latexmk",
                    "-norc",
                    "-pdf",
                    "-interaction=nonstopmode",
                    "-halt-on-error",
                    "-no-shell-escape",
                    "document.tex",
                ],
                cwd=folder,
                env={**os.environ, **_ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TexFailure(f"TeX did not finish within {_SECONDS} seconds.") from None
        target = Path(folder) / "document.pdf"
        if run.returncode != 0 or not target.exists():
            log = run.stdout.decode("utf-8", "replace").strip().splitlines()
            raise TexFailure("TeX did not accept the document: " + " / ".join(log[-6:]))
        return target.read_bytes()
