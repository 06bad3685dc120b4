"""The class of all figures: one of matplotlib's that a notebook shows by itself, without pyplot."""

from __future__ import annotations

import base64
import io

from matplotlib.figure import Figure

__all__ = ["ShownFigure"]


class ShownFigure(Figure):
    """A figure that shows itself in a notebook."""

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png")
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        return f'<img style="width: 34em" src="data:image/png;base64,{data}" alt="">'
