"""The files that figures become: PNG, SVG and PDF.

Files carry no dates, so that the same result gives the same bytes.
"""

from __future__ import annotations

import io
from pathlib import Path

from ...errors import ArgumentTypeError, OutputError, check_choice, shown
from .frame import DOTS_PER_INCH, dots_per_inch
from .style import Drawing, house_style

__all__ = ["FORMATS", "figure_bytes", "figure_format"]

FORMATS = ("png", "svg", "pdf")
_NO_DATE: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


def figure_format(path: str | Path) -> str:
    """Return the format that the suffix of `path` asks for: ``"png"``, ``"svg"`` or ``"pdf"``.

    Raises OutputError if the suffix is another one.
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise OutputError(f"'--figure' must end in .png, .svg or .pdf, not {shown(str(path))}.")
    return suffix


def figure_bytes(figure: Drawing, file_format: str, dpi: int | None = None) -> bytes:
    """Return a figure as the bytes of a file.

    Parameters
    ----------
    figure : matplotlib.figure.Figure or SubFigure
        As `stabkit.figure` returns it; of a part, the whole figure.
    file_format : {"png", "svg", "pdf"}
        Of the file: an image of dots, or lines and text that scale.
    dpi : int, optional
        Dots per inch, 300 by default, of a PNG file, and of images within the others; from 20 to
        2 400, and at most 10^8 pixels in all.

    Returns
    -------
    bytes
        The same for the same figure, whatever matplotlib's own settings are.

    Raises
    ------
    InvalidArgument
        If `figure` is no figure, `file_format` another one, or `dpi` outside its domain.

    Examples
    --------
    >>> from stabkit import Workload, figure, nyquist
    >>> drawn = figure(nyquist(Workload.from_classes([(5, 3), (5, 5)])))
    >>> figure_bytes(drawn, "pdf")[:5]
    b'%PDF-'
    """
    whole = getattr(figure, "figure", None)
    if not hasattr(whole, "savefig"):
        raise ArgumentTypeError(f"'figure' must be a figure of matplotlib, not {shown(figure)}.")
    check_choice(file_format, "'file_format'", FORMATS)
    width, height = figure.figure.get_size_inches()
    dots = dots_per_inch(DOTS_PER_INCH if dpi is None else dpi, (width, height))
    buffer = io.BytesIO()
    with house_style():
        metadata = _NO_DATE.get(file_format)
        figure.figure.savefig(buffer, format=file_format, dpi=dots, metadata=metadata)
    return buffer.getvalue()
