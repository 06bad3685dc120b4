"""The figures of a derivation, from the data that `stabkit.analysis.facts` holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...analysis.facts import DerivationFacts
from ...analysis.pictures.cycle import CyclePicture
from ...analysis.pictures.run import RunPicture
from ...spectrum.chart.chart import StabilityChart
from ...spectrum.counting.evidence import CircleEvidence
from ..document.tree import CirclePlot, Figure, Layer, Plot

__all__ = [
    "argument_figure",
    "chart_figure",
    "cycle_figure",
    "kernel_figure",
    "memory_figure",
    "roots_figure",
]

Points = tuple[tuple[float, float], ...]
_STEMS = 60
_POINTS = 400
_MARKS = 60
_CURVE = 150  # points of a boundary
_CURVES = {"pair": ("a pair of modes on the circle", "on"), "real": ("a mode at $-1$", "outside")}


def kernel_figure(facts: DerivationFacts) -> Figure:
    """Return g_m over m: stems, or for a long kernel the lines between its ends."""
    pieces = facts.kernel_pieces
    if facts.analysis.kernel.length <= _STEMS:
        places = ((m, one) for one in pieces for m in range(one.first, one.last + 1))
    else:
        places = ((m, one) for one in pieces for m in (one.first, one.last))
    points = tuple((float(m), float(one.start + one.slope * m)) for m, one in places)
    kind = "stems" if facts.analysis.kernel.length <= _STEMS else "line"
    caption = "The memory kernel: what an admission of the mixed classes holds $m$ steps later."
    plot = Plot((Layer(kind, _thinned(points), "inside"),), "step $m$", "tokens $g_m$")
    return Figure(plot, caption, "kernel")


def argument_figure(found: CircleEvidence, symbol: str) -> Figure:
    """Return the argument of the polynomial along the half circle."""
    end = found.path[-1]
    layers = (
        Layer("line", found.path, "inside"),
        Layer("marks", (end,), "mark", f"at $-1$: ${found.zeros}$"),
    )
    plot = Plot(layers, r"$\theta / \pi$", rf"argument of ${symbol}(e^{{i\theta}})$, over $\pi$")
    caption = (
        f"The argument of ${symbol}$ along the upper half of the unit circle: it ends at the "
        "number of zeros in the disc."
    )
    return Figure(plot, caption, "argument")


def roots_figure(facts: DerivationFacts) -> CirclePlot:
    """Return the roots beside the circle, with the roots of unity that modes come from."""
    places = [(float(r.value.real), float(r.value.imag)) for r in facts.roots]
    flagged = list(zip(places, facts.on_circle, strict=True))
    on = tuple(place for place, flag in flagged if flag)
    others = tuple(place for place, flag in flagged if not flag)
    marks = tuple(m.limit for m in facts.analysis.synchronized_modes or ())[:_MARKS]
    shapes = ["dots inside"] * any(x * x + y * y < 1 for x, y in others)
    shapes += ["squares on it"] * bool(on)
    shapes += ["triangles outside"] * any(x * x + y * y >= 1 for x, y in others)
    which = "All roots" if facts.all_roots else f"The {len(places)} dominant roots"
    caption = f"{which} of $F$ and the unit circle: {', '.join(shapes)}"
    caption += "; rings are roots of unity from which synchronised modes come" if marks else ""
    return CirclePlot(others, on, marks, f"{caption}.", "roots")


def memory_figure(run: RunPicture) -> Figure:
    """Return what the survivors of each step need, beside the capacity."""
    demand = _thinned(_steps(100 * (run.demand / run.capacity - 1)))
    layers = (
        Layer("line", demand, "inside", "needed by those in service"),
        Layer("line", ((1.0, 0.0), (float(len(run.demand)), 0.0)), "outside", "capacity"),
    )
    caption = (
        "A run from the equilibrium, disturbed along the dominant mode: what the requests in "
        "service need in the next step, before anything is admitted or evicted. Above the capacity "
        "requests are evicted."
    )
    return Figure(Plot(layers, "step $n$", "percent above capacity"), caption, "memory")


def cycle_figure(cycle: CyclePicture) -> Figure:
    """Return the requests that a cycle admits and evicts in its steps."""
    admitted = _thinned(_steps(cycle.admitted))
    layers = [Layer("stems", admitted, "inside", "admitted")]
    if cycle.evicted.any():
        evicted = tuple((n, y) for n, y in _steps(cycle.evicted) if y > 0)
        layers.append(Layer("stems", evicted, "outside", "evicted"))
    caption = (
        f"The cycle of {cycle.period} steps that a run ended on: requests in each step of "
        f"{'one period' if cycle.steps <= cycle.period else 'two periods'}."
    )
    return Figure(Plot(tuple(layers), "step $n$", "requests"), caption, "cycle")


def chart_figure(chart: StabilityChart, facts: DerivationFacts) -> Figure:
    """Return the plane of the common input and the share, with the workload where it is in it."""
    layers = [
        Layer("area", _paired(x, y), "inside", "" if after else "stable")
        for after, (x, y) in enumerate(chart.stable_areas)
    ]
    named = set[str]()
    for curve in chart.boundaries:
        name, tone = _CURVES[curve.kind]
        points = _paired(curve.x, curve.y)
        some = (*points[: -1 : 1 + len(points) // _CURVE], points[-1])
        layers.append(Layer("line", some, tone, "" if name in named else name))
        named.add(name)
    first, second = chart.plane.decode_lengths
    if facts.one_input:
        here = (float(facts.mix.classes[0].input_length), _share(facts, first))
        layers.append(Layer("marks", (here,), "mark", "this workload"))
    plot = Plot(tuple(layers), "common input $s$, tokens", f"share of decode length ${first}$")
    caption = (
        f"Where two classes with the decode lengths ${first}$ and ${second}$ and a common input "
        "are stable. On a curve modes are on the unit circle."
    )
    return Figure(plot, caption, "chart")


def _paired(x: Iterable[float], y: Iterable[float]) -> Points:
    return tuple((float(a), float(b)) for a, b in zip(x, y, strict=True))


def _share(facts: DerivationFacts, length: int) -> float:
    return float(sum(c.share for c in facts.mix.classes if c.decode_length == length))


def _steps(values: Iterable[float]) -> Points:
    return tuple((float(n), float(y)) for n, y in enumerate(values, start=1))


def _thinned(points: Sequence[tuple[float, float]]) -> Points:
    """Return at most about 400 points: of every stretch its lowest and its highest one."""
    size = -(-2 * len(points) // _POINTS)
    if size <= 2:
        return tuple(points)
    stretches = (points[i : i + size] for i in range(0, len(points), size))
    ends = ({min(part, key=_height), max(part, key=_height)} for part in stretches)
    return tuple(point for pair in ends for point in sorted(pair))


def _height(point: tuple[float, float]) -> float:
    return point[1]
