"""Every public result has a text and JSON, and a figure where it makes sense."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np
import pytest
from jsonschema_rs import Draft202012Validator
from matplotlib.figure import Figure, SubFigure
from sympy import symbols

import stabkit
from stabkit.analysis.operations import predictions
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.dynamics.requests import driver
from stabkit.dynamics.stage_run import StageRun
from stabkit.errors import InvalidArgument
from stabkit.publish.figures.formats import figure_bytes
from stabkit.publish.rendering import FIGURES, RECORDS, TABLES, TEXTS
from stabkit.publish.schemas import schemas
from stabkit.records import Record

pytestmark = pytest.mark.slow

NAME = "$x_<b>\x1b[2J\n\u202e"  # to a terminal, a page and a figure only letters
PAIR = stabkit.Workload.from_classes([(5, 3), (5, 6)], capacity=1000, name=NAME)
STABLE = stabkit.Workload.from_classes([(20, 3), (20, 5)], capacity=5000, name=NAME)
ONE = stabkit.Workload.from_classes([(5, 4)], capacity=1000, name=NAME)


@cache
def criterion() -> Any:
    s, p = symbols("s p")
    mix = stabkit.SymbolicWorkload.from_classes([(s, 2, p), (s, 3, 1 - p)])
    return stabkit.stability_criterion(mix)


def swept() -> Any:
    with tempfile.TemporaryDirectory(prefix=NAME) as folder:
        return stabkit.sweep({"mixes": ["5:3 5:6", "5:4"]}, folder)


RESULTS: dict[str, Callable[[], Any]] = {
    "Analysis": lambda: stabkit.analyze(PAIR),
    "AnalysisPicture": lambda: stabkit.analysis_picture(PAIR, "unstable"),
    "AtlasEntry": stabkit.atlas,
    "BatchedCounts": lambda: stabkit.batched_counts([2, 3], [0, 1, 2], [[1, 1]] * 3),
    "BatchedValues": lambda: stabkit.batched_fano_factors([3, 5], [5, 10], [[1, 1]] * 2),
    "BasinSample": lambda: stabkit.basin_sample(ONE, 5, 0),
    "CheckedTheorem": lambda: stabkit.prove(stabkit.theorems(), ["kernel"]),
    "CapturePiece": lambda: stabkit.capture_set(stabkit.Workload.from_classes([(2, 3)]), 3),
    "ClosedLoop": lambda: stabkit.closed_loop(PAIR, "damped:1/2"),
    "ConvergentStart": lambda: stabkit.certify_start(STABLE),
    "Counts": lambda: stabkit.unit_circle_counts(PAIR),
    "CyclePicture": lambda: stabkit.cycle_picture(ONE, [[0, 0, 0, 111]], 4),
    "Cycles": lambda: stabkit.cycles(PAIR),
    "Derivation": lambda: stabkit.derive(ONE),
    "DisturbanceMargin": lambda: stabkit.disturbance_margin(PAIR),
    "EvictingStart": lambda: stabkit.certify_start(PAIR),
    "Exercise": lambda: stabkit.exercise("gcd", 1),
    "NoEviction": lambda: stabkit.never_evicts(PAIR),
    "SoftStart": lambda: stabkit.soft_start(PAIR),
    "FiniteServer": lambda: stabkit.finite_server(PAIR, evictions=1, steps=100),
    "FloquetMultipliers": lambda: stabkit.floquet_multipliers(4, 3, 5),
    "Fluctuations": lambda: stabkit.fluctuations(STABLE),
    "GainMargin": lambda: stabkit.gain_margin(PAIR),
    "GcdTheorem": lambda: stabkit.gcd_theorem(PAIR),
    "GraphPicture": lambda: stabkit.graph_picture(PAIR),
    "InputMargin": lambda: stabkit.input_margin(PAIR, "shift"),
    "KeptProgress": lambda: stabkit.kept_progress(PAIR, 200),
    "KernelPicture": lambda: stabkit.kernel_picture(PAIR),
    "LongRun": lambda: stabkit.long_run(PAIR),
    "Margins": lambda: stabkit.margins(PAIR),
    "NecklaceCycle": lambda: stabkit.necklace_cycles(PAIR),
    "NyquistCurve": lambda: stabkit.nyquist(PAIR),
    "PolicyComparison": lambda: stabkit.compare_policies(PAIR, ["greedy"]),
    "PolicyPicture": lambda: stabkit.policy_picture(ONE),
    "PolicySweep": lambda: stabkit.policy_sweep(PAIR, "gain", [1]),
    "Pooling": lambda: stabkit.pool(PAIR, 2),
    "Recommendation": lambda: stabkit.recommend("5:4"),
    "Replay": lambda: stabkit.replay([(20, 4)] * 3, "vllm-v0", capacity=80),
    "RequestRun": lambda: stabkit.simulate_requests(PAIR, steps=40, step_time=(1, "1/9")),
    "Root": lambda: stabkit.roots(PAIR),
    "RootLocus": lambda: stabkit.root_locus(PAIR, points=3),
    "RootPicture": lambda: stabkit.root_picture(PAIR, stabkit.roots(PAIR), "unstable"),
    "RunPicture": lambda: stabkit.run_picture(PAIR, stabkit.simulate(PAIR, 20)),
    "RobustShares": lambda: stabkit.robust_shares(PAIR, "1/5"),
    "ShareRadius": lambda: stabkit.share_radius(PAIR),
    "ShareTolerance": lambda: stabkit.share_tolerance(STABLE),
    "Sizing": lambda: stabkit.sizing(PAIR),
    "SpaceTimePicture": lambda: stabkit.space_time_picture(PAIR, steps=20),
    "StabilityChart": lambda: stabkit.stability_chart((2, 3), rows=3),
    "StabilityCriterion": criterion,
    "SweepPlan": lambda: stabkit.SweepPlan.from_dict({"mixes": ["5:3 5:6", "5:4"]}),
    "SweepRun": swept,
    "Synchrony": lambda: stabkit.synchrony(PAIR),
    "Threshold": lambda: stabkit.threshold(PAIR),
    "VerdictCertificate": lambda: stabkit.certify(PAIR),
    "Trajectory": lambda: stabkit.simulate(PAIR, 20),
    "UndecidedStart": lambda: stabkit.certify_start(PAIR, "equilibrium", max_steps=9),
    "Workload": lambda: PAIR,
}
PICTURES = {  # only to be drawn
    *("AnalysisPicture", "CyclePicture", "GraphPicture", "KernelPicture", "PolicyPicture"),
    *("RootPicture", "RunPicture", "SpaceTimePicture"),
}
SENTENCES = {
    *("ConvergentStart", "EvictingStart", "UndecidedStart", "NoEviction", "RequestRun"),
    *("Counts", "ClosedLoop", "GcdTheorem", "SoftStart", "KeptProgress"),
}
OF_FIELDS = {"Derivation"}  # prose, whose JSON is its fields; the ways out are LaTeX and HTML
WITH_FIGURE = PICTURES | {
    *("Analysis", "AtlasEntry", "Cycles", "NyquistCurve", "PolicyComparison", "PolicySweep"),
    *("Recommendation", "Root", "RootLocus", "StabilityChart", "Synchrony", "Trajectory"),
    *("Fluctuations", "Replay", "RequestRun", "Workload"),
    *("FiniteServer", "Margins", "Pooling", "Sizing", "Threshold"),
}


def result_classes() -> set[str]:
    every = ((name, getattr(stabkit, name)) for name in stabkit.__all__)
    classes = {name for name, thing in every if inspect.isclass(thing)}
    return {name for name in classes if not issubclass(getattr(stabkit, name), Exception)}


def test_every_public_class_is_a_record() -> None:
    """So that it has text and JSON; but for what a policy of one's own inherits."""
    others = {name for name in result_classes() if not issubclass(getattr(stabkit, name), Record)}
    assert others == {"MemoryView", "RationalParameters"}


def test_what_has_no_words_of_its_own_has_its_fields() -> None:
    found: dict[str, Any] = {"Greedy": stabkit.Greedy()}
    for name in RESULTS:
        _gather(result(name), found)
    public = result_classes() - (set(RESULTS) - PICTURES - OF_FIELDS)
    tried = {name: found[name] for name in sorted(public & set(found))}
    assert len(tried) > 40
    for name, value in tried.items():
        record = json.loads(json.dumps(stabkit.to_dict(value), allow_nan=False))
        assert not list(Draft202012Validator(schemas("part")[0].document).iter_errors(record)), name
        own = [field.name for field in dataclasses.fields(value) if field.compare]
        assert record["kind"] == name
        assert list(record["attributes"]) == own or name in {"Estimate", "SynchronizedMode"}, name
        assert name in OF_FIELDS or stabkit.text(value).startswith(f"{name}\n"), name


def _gather(value: Any, found: dict[str, Any], depth: int = 5) -> None:
    if isinstance(value, (list, tuple)):
        parts: Iterable[Any] = value[:50]
    elif dataclasses.is_dataclass(value):
        found.setdefault(type(value).__name__, value)
        parts = (getattr(value, field.name) for field in dataclasses.fields(value))
    else:
        parts = ()
    for part in parts if depth else ():
        _gather(part, found, depth - 1)


@cache
def result(name: str) -> Any:
    return RESULTS[name]()


@pytest.mark.parametrize("name", sorted(set(RESULTS) - PICTURES - OF_FIELDS))
def test_json_is_what_its_schema_says(name: str) -> None:
    record = json.loads(json.dumps(stabkit.to_dict(result(name)), allow_nan=False))
    (schema,) = schemas(record["schema"])
    assert not list(Draft202012Validator(schema.document).iter_errors(record))
    if record["schema"] == "stabkit.part/2":
        assert record["kind"] == name


@pytest.mark.parametrize("name", sorted(set(RESULTS) - PICTURES))
def test_text(name: str) -> None:
    text = stabkit.text(result(name))
    assert text.strip()
    assert text.endswith("\n")
    assert "object at 0x" not in text
    assert text.replace("\n", "").isprintable()
    page = stabkit.html(result(name))
    assert "<b>" not in page
    assert not {"\x1b", "\u202e"} & set(page)


def said(value: Any, name: str) -> list[Any]:
    """Return what is made of a result for people and programs; of a picture, what is drawn."""
    if name in PICTURES:
        return [stabkit.figure_bytes(stabkit.figure(value), "svg")]
    return [way(value) for way in (stabkit.text, stabkit.to_dict)[: 1 + (name not in OF_FIELDS)]]


HOLD_ARRAYS = {  # so that they equal themselves alone
    *("AnalysisPicture", "BatchedCounts", "BatchedValues", "CyclePicture", "Fluctuations"),
    *("KernelPicture", "NyquistCurve", "PolicyPicture", "Replay", "RequestRun", "RootLocus"),
    *("RunPicture", "SpaceTimePicture", "StabilityChart", "Trajectory"),
}
COPIED = {
    **RESULTS,
    **{
        f"Threshold {along}": partial(stabkit.threshold, "5:2:1 5:3:7", along)
        for along in ("share", "gain", "scale")
    },
    "Threshold of balls": lambda: stabkit.threshold("5:40 5:41"),
    "Threshold at input 0": lambda: stabkit.threshold("0:1:1 0:30:1"),
}


@pytest.mark.parametrize("name", COPIED)
def test_a_copy_says_the_same(name: str) -> None:
    before = result(name) if name in RESULTS else COPIED[name]()
    for after in (pickle.loads(pickle.dumps(before)), copy.deepcopy(before)):
        assert said(after, name) == said(before, name)
        assert (after == before) is (name not in HOLD_ARRAYS)


def test_an_installed_theorem_is_found_again_by_its_label() -> None:
    theorem = stabkit.theorems()[3]
    assert pickle.loads(pickle.dumps(theorem)) is copy.deepcopy(theorem) is theorem
    changed = dataclasses.replace(theorem, title="Changed")
    assert copy.deepcopy(changed).title == "Changed"


def test_a_crossing_of_a_copy_is_enclosed_to_more_digits() -> None:
    for mix in ("5:3 5:5", "5:40 5:41"):
        crossing = stabkit.threshold(mix).crossings[-1]
        enclosed = pickle.loads(pickle.dumps(crossing)).enclosure(60)
        assert enclosed == crossing.enclosure(60)
        assert enclosed.high - enclosed.low <= max(1, abs(enclosed.high)) / 10**60


def test_parts_say_what_the_whole_says() -> None:
    whole, parts = stabkit.text(result("Margins")), ("GainMargin", "InputMargin", "ShareRadius")
    for name in (*parts, "DisturbanceMargin"):
        first = stabkit.text(result(name)).partition("\n")[0]
        assert first.partition(": ")[0] + ": " in whole
    record = stabkit.to_dict(result("Margins"))
    for name, key in (("GainMargin", "gain"), ("InputMargin", "shift"), ("ShareRadius", "shares")):
        assert stabkit.to_dict(result(name))[key] == record[key]
    assert stabkit.text(result("GainMargin")).split("\n")[0] in whole
    assert stabkit.text(result("Counts")).startswith("unstable: ")
    assert stabkit.to_dict(result("Counts"))["counts"]["outside"] == 2


def test_empty_and_other_things_are_refused() -> None:
    for thing in (3, "text", [], None, stabkit.MemoryView):
        for way in (stabkit.to_dict, stabkit.text, stabkit.figure):
            with pytest.raises(InvalidArgument, match="'result' must be a result of stabkit"):
                way(thing)


def test_which_have_a_figure() -> None:
    assert {name for name in RESULTS if FIGURES.writer(result(name))} == WITH_FIGURE
    of_fields = {name for name in RESULTS if RECORDS.kind(result(name)) is Record}
    assert of_fields == PICTURES | OF_FIELDS


def test_every_writer_is_where_it_is_looked_for() -> None:
    """What is loaded by now must not decide: a writer's module has the name of its class's."""
    for room in ("text", "figures"):
        package = import_module(f"stabkit.publish.{room}")
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")
    for way in (FIGURES, RECORDS, TABLES, TEXTS):
        assert way._writers
        for kind, writer in way._writers.items():
            if writer.__module__ == kind.__module__:
                continue  # loaded with the class
            homes = {kind.__module__.rpartition(".")[2], "parts"}
            assert writer.__module__.rpartition(".")[2] in homes, kind


@pytest.mark.parametrize(
    ("result", "way", "loads"),
    [("roots(mix)[0]", "to_dict", True), ("finite_server(mix)", "text", False)],
)
def test_only_what_is_needed_is_loaded(result: str, way: str, loads: bool) -> None:
    """In a new process: a writer in `parts` is found, and for others `parts` is not loaded."""
    program = f"""
import sys, stabkit
mix = stabkit.Workload.from_classes([(5, 3), (5, 5)], 100)
assert stabkit.{way}(stabkit.{result})
assert ("stabkit.publish.text.parts" in sys.modules) is {loads}
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_was_written_before_does_not_decide() -> None:
    """In a new process: a criterion has its text when the JSON of all parts is loaded."""
    program = """
import stabkit, sympy
s = sympy.Symbol("s")
stabkit.to_dict(stabkit.unit_circle_counts("5:3 5:5"))
mix = stabkit.SymbolicWorkload.from_classes([(s, 2, "1/2"), (s, 3, "1/2")])
assert "stable" in stabkit.text(stabkit.stability_criterion(mix))
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_of_many_mixes_those_are_said_of_which_something_is_proved() -> None:
    for values, errors, said in (
        (
            [0.5, np.nan, 0.75],
            [1e-9, np.nan, 2e-9],
            "2 mixes of 3: from 0.5 to 0.75, to within 2e-09",
        ),
        ([np.nan], [np.nan], "Nothing is proved of these mixes."),
    ):
        found = stabkit.BatchedValues(np.array(values), np.array(errors))
        assert stabkit.text(found) == f"{said}\n"


@pytest.mark.parametrize("name", ["AtlasEntry", "CheckedTheorem", "Root", "NecklaceCycle"])
def test_one_of_several_is_written_as_a_list_of_it(name: str) -> None:
    first = result(name)[0]
    assert stabkit.text(first) == stabkit.text([first])
    assert stabkit.to_dict(first) == stabkit.to_dict((first,))


def test_a_list_of_what_stands_alone_is_refused() -> None:
    alone, several = result("Threshold"), result("NecklaceCycle")
    for many in ([alone], [alone, alone], [*several, alone], [several[0], 3]):
        for way in (stabkit.to_dict, stabkit.text, stabkit.figure, stabkit.html):
            with pytest.raises(InvalidArgument, match="'result' must be a result of stabkit"):
                way(many)
    assert stabkit.analyze_many(["5:3", "5:4"])._repr_html_() is None


def test_options_that_a_result_does_not_have() -> None:
    with pytest.raises(InvalidArgument, match=r"'digits' must be left out .* class NyquistCurve"):
        stabkit.text(result("NyquistCurve"), digits=3)
    for digits in (0, -5, "x", 2.5, None):
        for name, way in (("Root", stabkit.text), ("Threshold", stabkit.to_dict)):
            with pytest.raises(InvalidArgument, match="'digits' must be a positive integer"):
                way(result(name), digits=digits)


def test_labels_are_named_and_what_only_looks_like_one_is_not() -> None:
    named = stabkit.Workload.from_classes([(5, 3), (5, 6)], 1000, name="DeepSeek\x1b R1")
    assert "prove R1" not in stabkit.text(stabkit.roots(named))
    assert "prove R7)" in stabkit.text(stabkit.gcd_theorem(named))
    json.loads(stabkit.text(schemas("analysis")))


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_sentences_are_broken_between_words(name: str) -> None:
    assert max(map(len, stabkit.text(result(name)).splitlines())) < 80


@pytest.mark.parametrize("name", sorted(set(RESULTS) - WITH_FIGURE))
def test_without_a_figure_it_says_what_to_draw(name: str) -> None:
    with pytest.raises(InvalidArgument, match=rf"not one of class {name}: draw .+ instead"):
        stabkit.figure(result(name))


def test_what_cannot_be_drawn_says_so() -> None:
    read = stabkit.Analysis.from_dict(stabkit.to_dict(result("Analysis")))
    assert (read, read.mix) == (result("Analysis"), None)
    with pytest.raises(InvalidArgument, match=r"draw that of `analyze\(mix\)` instead"):
        stabkit.figure(read)
    with pytest.raises(InvalidArgument, match=r"not one of class Root: draw roots\(mix\)"):
        stabkit.figure(list(result("Root")))  # without the workload
    sweeps = [stabkit.policy_sweep(mix, "gain", [1]) for mix in (PAIR, ONE)]
    with pytest.raises(InvalidArgument, match="'sweeps' must all be of 'mix'"):
        stabkit.figure(sweeps)


def test_sweeps_are_panels_of_one_figure() -> None:
    sweeps = [stabkit.policy_sweep(ONE, "gain", [1]), stabkit.policy_sweep(ONE, "rate", [1])]
    assert len(stabkit.figure(sweeps).axes) == 2


def test_a_recommendation_is_drawn_from_runs_of_its_own() -> None:
    found = stabkit.recommend(PAIR)
    assert "sweeps" not in vars(found)  # nothing is run for a figure before one is asked for
    drawn = figure_bytes(stabkit.figure(found), "svg")
    assert drawn == figure_bytes(stabkit.figure(stabkit.policy_picture(PAIR)), "svg")
    assert found.sweeps[0].greedy == found.now


SIMULATORS = [(ProductFormRun, "advance"), (StageRun, "advance"), (driver, "_run")]
RUN_TO_LOOK_AT = {"Analysis", "Cycles"}  # no result has the steps that their figures show
RUN_WHEN_ASKED = {"PolicySweep", "Recommendation"}  # the first time: greedy beside it, the sweeps


def counted(run: Callable[..., Any], runs: list[Any]) -> Callable[..., Any]:
    return lambda *given, **options: (runs.append(run), run(*given, **options))[1]


@pytest.mark.parametrize("name", RESULTS)
def test_publishing_simulates_nothing_but_a_run_to_look_at(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, runs = RESULTS[name](), list[Any]()
    predictions._long_means.cache_clear()  # or a run of an earlier test would be no run
    for home, step in SIMULATORS:
        monkeypatch.setattr(home, step, counted(getattr(home, step), runs))
    for way in (stabkit.text, partial(stabkit.text, full=True), stabkit.to_dict, stabkit.html):
        with suppress(InvalidArgument):  # without that option
            way(made)
    assert not runs
    for allowed in (RUN_TO_LOOK_AT | RUN_WHEN_ASKED, RUN_TO_LOOK_AT) if name in WITH_FIGURE else ():
        stabkit.figure(made)
        assert bool(runs) is (name in allowed)
        runs.clear()


@pytest.mark.parametrize("name", sorted(WITH_FIGURE))
def test_figure_of_its_own_and_in_a_grid(name: str) -> None:
    alone = stabkit.figure(result(name))
    assert isinstance(alone, Figure)
    whole = Figure(figsize=(9, 7), layout="constrained")
    grid = whole.subplots(2, 2)
    part = stabkit.figure(result(name), grid[0, 1])
    assert isinstance(part, SubFigure)
    assert grid[0, 1] not in whole.axes
    grid[1, 0].plot([0, 1])
    whole.draw_without_rendering()
    assert len(_all_axes(part)) == len(alone.axes)
    _stays_in_its_cell(part, grid)


def _all_axes(part: SubFigure) -> list[Any]:
    """Return the axes of a part of a figure, those of its own parts too."""
    return [*part.axes, *(axes for below in part.subfigs for axes in _all_axes(below))]


def _stays_in_its_cell(part: SubFigure, grid: Any) -> None:
    """See that the part is in the upper right quarter: no axes of it are under another's."""
    for axes in _all_axes(part):
        box = axes.get_position(original=False).transformed(axes.figure.transSubfigure)
        box = box.transformed(part.figure.transFigure.inverted())
        assert box.x0 > 0.4
        assert box.y0 > 0.4
        assert np.isfinite([box.x0, box.y0]).all()
        assert box.width > (0.005 if axes.get_label() == "<colorbar>" else 0.02)
    assert grid[0, 0].get_position().x1 < 0.55
    for legend in part.legends:
        shown = legend.get_window_extent()
        assert not any(shown.overlaps(axes.get_tightbbox()) for axes in part.axes)


@pytest.mark.parametrize("place", ["free", "none of matplotlib"])
def test_a_place_that_is_no_cell_is_refused(place: str) -> None:
    ax = Figure().add_axes((0.1, 0.1, 0.8, 0.8)) if place == "free" else 3
    with pytest.raises(InvalidArgument, match="'ax' must be axes of a grid"):
        stabkit.figure(result("NyquistCurve"), ax)  # type: ignore[arg-type]


def test_a_place_is_taken_once() -> None:
    ax = Figure().subplots()
    stabkit.figure(result("NyquistCurve"), ax)
    with pytest.raises(InvalidArgument, match="'ax' must be axes that are still in their figure"):
        stabkit.figure(result("NyquistCurve"), ax)
