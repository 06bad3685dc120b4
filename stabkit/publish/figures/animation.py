"""The animation of a run: a bar per stage, frame by frame, against the equilibrium's outline.

A frame shows one step: how much of the memory every stage holds after the fit, what the step has
just admitted into stage 0, and, on top of what is left of them, what it has evicted. Cohorts march
to the right, a stage per step. A frame per step as long as that makes at most 150 frames; of longer
runs every n-th step, with an n that has no divisor in common with the decode lengths: else a
synchronised run would seem to stand still, as a wheel does in a film. More than 40 stages are added
up in bars of equally many, the last one perhaps of fewer.

The file is a GIF with one palette for all frames; the same run gives the same bytes. Only what
moves is drawn anew, over a picture of what does not: the whole takes matplotlib ten times as long.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.pictures.run import Floats
from ...analysis.pictures.stages import StageRecord, recorded
from ...dynamics.trajectory import Arithmetic
from ...errors import InvalidArgument, OutputError, shown
from ...model.numbers import whole_number
from ...model.workload import Workload, check_workload
from ..text.numbers import amount, readable
from .cycle import EVICTED, pinned
from .style import BLUE, INK, SKY, VERMILLION, house_style, legend_below, new_figure, settled

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import StepPatch
    from PIL.Image import Image

__all__ = [
    "MOST_FRAMES",
    "AnimationPicture",
    "animation_bytes",
    "animation_format",
    "animation_picture",
    "steps_to_animate",
]

MOST_FRAMES = 150
_MOST_BARS = 40
_LIVES = 3  # of the longest requests, at least, unless the user says how many steps
_DOTS_PER_INCH = 120
_SECONDS, _SLOWEST, _FASTEST = 15, 4, 10  # how long it takes; frames per second
_COLOURS = 64
_PAPER = 245  # of 255: as good as white


@dataclass(frozen=True, eq=False)
class AnimationPicture:
    """What the frames of an animation show.

    Attributes
    ----------
    steps : ndarray of int, shape (frames,)
        The step that each frame shows.
    edges : ndarray of int, shape (bars + 1,)
        The first stage of every bar, and L.
    equilibrium : ndarray, shape (bars,)
        Per cent of the capacity that each bar holds at the equilibrium.
    surviving, entering, lost : ndarray, shape (frames, bars)
        Per cent of the capacity: held after the fit by requests that were there before, by those
        that the step admitted, and evicted by the fit.
    admitted, evicted : ndarray, shape (run + 1,)
        Requests, of all steps of the run, also of those between the frames.
    """

    steps: Any
    edges: Any
    equilibrium: Floats
    surviving: Floats
    entering: Floats
    lost: Floats
    admitted: Floats
    evicted: Floats

    @property
    def stride(self) -> int:
        """How many steps lie between two frames."""
        return int(self.steps[1] - self.steps[0]) if len(self.steps) > 1 else 1

    @property
    def rate(self) -> int:
        """Frames per second."""
        return min(max(len(self.steps) // _SECONDS, _SLOWEST), _FASTEST)


def animation_format(path: str | Path) -> str:
    """Return ``"gif"``, the only format of an animation, if the suffix of `path` asks for it.

    Raises
    ------
    OutputError
        If the suffix is another one.
    """
    if Path(path).suffix.lower() != ".gif":
        raise OutputError(f"'--animate' must end in .gif, not {shown(str(path))}.")
    return "gif"


def steps_to_animate(mix: Workload) -> int:
    """Return how many steps an animation shows by itself: 149, or 3 L if that is more."""
    return max(MOST_FRAMES - 1, _LIVES * check_workload(mix).longest_decode)


def animation_picture(
    mix: Workload,
    steps: int | None = None,
    arithmetic: Arithmetic = "float",
    state: Any = None,
    policy: str = "greedy",
) -> AnimationPicture:
    """Run the model, as `stabkit.simulate` does, and return the frames of its animation.

    Parameters
    ----------
    mix : Workload
    steps : int, optional
        At least 0; by default 149, or 3 L if that is more.
    arithmetic, state, policy
        As `stabkit.simulate` takes them.

    Returns
    -------
    AnimationPicture

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain, or there are more than 4 10^6 numbers to record.

    Examples
    --------
    Whole requests on the worst cycle: 11 of 46 are evicted in stage 1, 11 (2 + 2) tokens of 140.

    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> picture = animation_picture(mix, 2, "integer", [[0, 35]])
    >>> picture.admitted.tolist(), picture.evicted.tolist()
    ([0.0, 46.0, 0.0], [0.0, 0.0, 11.0])
    >>> picture.lost[2].tolist() == [0, 100 * 44 / 140]
    True
    """
    count = steps_to_animate(mix) if steps is None else whole_number(steps, "'steps'", 0)
    record = recorded(mix, count, arithmetic, state, policy)
    chosen = np.arange(0, count + 1, _stride(count, mix.gcd))
    length = mix.longest_decode
    edges = np.append(np.arange(0, length, -(-length // _MOST_BARS)), length)
    surviving, entering, lost = (_bars(record, part[chosen], edges) for part in _parts(record))
    return AnimationPicture(
        chosen,
        edges,
        _bars(record, record.equilibrium[None], edges)[0],
        surviving,
        entering,
        lost,
        record.admitted,
        record.evicted,
    )


def _parts(record: StageRecord) -> tuple[Floats, Floats, Floats]:
    """Return what survives, what has just been admitted into stage 0, and what is lost."""
    entering = np.zeros_like(record.held)
    entering[1:, 0] = record.held[1:, 0]
    return record.held - entering, entering, record.lost


def _bars(record: StageRecord, tokens: Floats, edges: Any) -> Floats:
    added: Floats = np.add.reduceat(tokens, edges[:-1], axis=1)
    return 100 * added / record.capacity


def _stride(steps: int, period: int) -> int:
    """Return the least n with at most 150 frames and no divisor in common with the gcd."""
    stride = -(-(steps + 1) // MOST_FRAMES)
    while math.gcd(stride, period) > 1:
        stride += 1
    return stride


def animation_bytes(picture: AnimationPicture) -> bytes:
    """Return the animation as the bytes of a GIF file, which repeats for ever.

    Parameters
    ----------
    picture : AnimationPicture

    Returns
    -------
    bytes
        The same for the same picture.

    Raises
    ------
    InvalidArgument
        If `picture` is something else.
    """
    if not isinstance(picture, AnimationPicture):
        raise InvalidArgument(f"'picture' must be an AnimationPicture, not {shown(picture)}.")
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
            [["bars", "meter"], ["history", "history"]],
            width_ratios=(6, 1),
            height_ratios=(3, 1),
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
