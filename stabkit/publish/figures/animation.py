"""The animation of a run: a bar per stage, frame by frame, against the equilibrium's outline.

The file is a GIF with one palette for all frames; the same run gives the same bytes. Only what
moves is drawn anew, over a picture of what does not: the whole takes matplotlib ten times as long.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.pictures.animation import AnimationPicture
from ...analysis.pictures.run import Floats
from ...errors import ArgumentTypeError, OutputError, shown
from ..text.numbers import amount, readable
from .cycle import EVICTED
from .style import (
    BLUE,
    INK,
    SKY,
    VERMILLION,
    Axes,
    house_style,
    legend_below,
    new_figure,
    pinned,
    settled,
)

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure
    from matplotlib.patches import StepPatch
    from PIL.Image import Image

__all__ = ["animation_bytes", "animation_format"]

_DOTS_PER_INCH = 120
_COLOURS = 64
_PAPER = 245  # of 255: as good as white


def animation_format(path: str | Path) -> str:
    """Return ``"gif"``, the only format of an animation, if the suffix of `path` asks for it.

    Raises OutputError if the suffix is another one.
    """
    if Path(path).suffix.lower() != ".gif":
        raise OutputError(f"'--animate' must end in .gif, not {shown(str(path))}.")
    return "gif"


def animation_bytes(picture: AnimationPicture) -> bytes:
    """Return the animation as the bytes of a GIF file, which repeats for ever.

    Parameters
    ----------
    picture : AnimationPicture
        What each frame shows of a run, as `stabkit.animation_picture` returns it.

    Returns
    -------
    bytes
        The same for the same picture.

    Raises
    ------
    InvalidArgument
        If `picture` is something else.

    Examples
    --------
    >>> from stabkit import Workload, animation_bytes, animation_picture
    >>> film = animation_picture(Workload.from_classes([(2, 3)]), 2)
    >>> animation_bytes(film)[:4]
    b'GIF8'
    """
    if not isinstance(picture, AnimationPicture):
        raise ArgumentTypeError(f"'picture' must be an AnimationPicture, not {shown(picture)}.")
    from PIL.Image import Dither

    with house_style():
        scene = _Scene(picture)
        frames = [scene.frame(number) for number in range(len(picture.steps))]
    palette = _palette(frames, int(picture.lost.sum(axis=1).argmax()))
    first, *others = [frame.quantize(palette=palette, dither=Dither.NONE) for frame in frames]
    buffer = io.BytesIO()
    duration = 1000 // picture.rate
    first.save(buffer, format="GIF", save_all=True, append_images=others, duration=duration, loop=0)
    return buffer.getvalue()


def _palette(frames: list[Image], busiest: int) -> Image:
    """Return an image with the colours of a first, a last and a frame with evictions."""
    from PIL import Image

    chosen = [frames[0], frames[busiest], frames[-1]]
    width, height = frames[0].size
    together = Image.new("RGB", (width, height * len(chosen)))
    for row, frame in enumerate(chosen):
        together.paste(frame, (0, row * height))
    palette = together.quantize(_COLOURS)
    colours = (palette.getpalette() or [])[: 3 * _COLOURS]
    for i in range(0, len(colours), 3):
        if min(colours[i : i + 3]) >= _PAPER:  # a mean of shades, which would tint the paper
            colours[i : i + 3] = [255, 255, 255]
    palette.putpalette(colours)
    return palette


class _Scene:
    """The figure of an animation: what stays is drawn once, what moves for every frame."""

    def __init__(self, picture: AnimationPicture) -> None:
        self._picture = picture
        figure = new_figure(9.0, 12.0)
        axes = figure.subplot_mosaic(
            [["bars", "meter"], ["history", "history"]], width_ratios=(6, 1), height_ratios=(3, 1)
        )
        self._title = figure.suptitle("step 0", fontsize=9.0)
        self._bars = self._stack(axes["bars"], picture.edges - 0.5)
        self._meter = self._stack(axes["meter"], np.array([0.0, 1.0]))
        self._draw_bars(axes["bars"])
        self._draw_meter(axes["meter"])
        self._history = self._draw_history(axes["history"])
        legend_below(figure, axes["bars"], columns=4)
        self._show(0)
        pinned(settled(figure)).set_dpi(_DOTS_PER_INCH)
        moving: list[Artist] = [self._title]
        for panel in axes.values():
            moving += [*panel.patches, *panel.lines, *panel.collections]
            moving += [panel.spines["left"], panel.spines["bottom"]]
        self._moving = sorted(moving, key=lambda artist: artist.get_zorder())
        self._canvas, self._still = self._drawn(figure)

    def frame(self, number: int) -> Image:
        """Return a frame in full colour."""
        from PIL import Image

        self._show(number)
        self._canvas.restore_region(self._still)
        for artist in self._moving:
            artist.draw(self._canvas.get_renderer())
        return Image.fromarray(np.array(self._canvas.buffer_rgba())).convert("RGB")

    def _drawn(self, figure: Figure) -> tuple[Any, Any]:
        """Draw what does not move, and keep its pixels."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        canvas: Any = FigureCanvasAgg(figure)  # its methods for this are untyped
        for artist in self._moving:
            artist.set_animated(True)
        canvas.draw()
        return canvas, canvas.copy_from_bbox(figure.bbox)

    def _show(self, frame: int) -> None:
        """Move everything to a frame."""
        picture, step = self._picture, int(self._picture.steps[frame])
        parts = [p[frame] for p in (picture.surviving, picture.entering, picture.lost)]
        _move(self._bars, parts)
        _move(self._meter, [part.sum(keepdims=True) for part in parts])
        past = np.where(np.arange(len(picture.evicted)) <= step, picture.evicted, 0.0)
        self._history.set_data(past)
        self._title.set_text(f"step {step:,}: {_deed(picture, step)}")
        self._title.set_color(VERMILLION if step and picture.evicted[step] else INK)

    def _stack(self, axes: Axes, edges: Any) -> list[StepPatch]:
        styles: dict[str, dict[str, Any]] = {
            "held": {"facecolor": SKY},
            "just admitted": {"facecolor": BLUE},
            "evicted": EVICTED,
        }
        nothing = np.zeros(len(edges) - 1)
        return [
            axes.stairs(nothing, edges, baseline=nothing, fill=True, label=label, **style)
            for label, style in styles.items()
        ]

    def _draw_bars(self, axes: Axes) -> None:
        picture = self._picture
        edges, together = picture.edges - 0.5, int(picture.edges[1])
        across = axes.get_xaxis_transform()
        axes.vlines(edges[1:-1], 0, 1, "white", linewidth=0.8, transform=across, zorder=1.5)
        outline: dict[str, Any] = {"color": INK, "linewidth": 1.0, "zorder": 3}
        axes.stairs(picture.equilibrium, edges, label="equilibrium", **outline)
        top = (picture.surviving + picture.entering + picture.lost).max()
        axes.set(xlim=(edges[0], edges[-1]), ylim=(0, 1.06 * max(top, picture.equilibrium.max())))
        axes.locator_params(axis="x", integer=True, steps=[1, 2, 5, 10])
        each = "" if together == 1 else f", {together} to a bar"
        axes.set_xlabel(f"stage (decode steps done{each})")
        axes.set_ylabel("memory (% of capacity)")

    def _draw_meter(self, axes: Axes) -> None:
        picture = self._picture
        axes.axhline(100, color=INK, linewidth=1.2)
        parts = picture.surviving + picture.entering + picture.lost
        axes.set(xlim=(-0.2, 1.2), ylim=(0, 1.04 * max(parts.sum(axis=1).max(), 100)), xticks=())
        axes.set_xlabel("all stages")

    def _draw_history(self, axes: Axes) -> StepPatch:
        picture = self._picture
        count = len(picture.evicted)
        edges = np.arange(count + 1) - 0.5
        drawn = axes.stairs(picture.evicted, edges, fill=True, color=VERMILLION, linewidth=0.5)
        axes.set(xlim=(-0.5, count - 0.5), ylim=(0, 1.08 * picture.evicted.max() or 1.0))
        axes.locator_params(axis="x", integer=True, steps=[1, 2, 5, 10])
        axes.locator_params(axis="y", nbins=3)
        every = "" if picture.stride == 1 else f" (shown: every {picture.stride} steps)"
        axes.set_xlabel(f"batch step{every}")
        axes.set_ylabel("evicted\n(requests)")
        return drawn


def _deed(picture: AnimationPicture, step: int) -> str:
    admitted, evicted = float(picture.admitted[step]), float(picture.evicted[step])
    if step == 0:
        return "the start"
    if evicted:
        return f"evicts {amount(readable(evicted, 3), 'request')}"
    return f"admits {amount(readable(admitted, 3), 'request')}"


def _move(stack: list[StepPatch], parts: list[Floats]) -> None:
    """Stack the parts, the first at the foot."""
    base: Any = np.zeros_like(parts[0])
    for patch, part in zip(stack, parts, strict=True):
        top: Any = base + part
        patch.set_data(top, baseline=base)
        base = top
