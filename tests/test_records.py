"""Results as Python's users meet them: in a prompt, in a notebook, in a frame of data."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import numpy as np
import pandas
import pytest
from IPython.core.formatters import DisplayFormatter
from sympy import symbols

import stabkit
from stabkit import Workload, as_workload
from stabkit.records import Record, Series, Shown

pytestmark = pytest.mark.slow

MIX = as_workload("9:1 1:2").with_capacity(200)
# Two hundred classes of different decode lengths, as a trace has them.
MANY = Workload.from_classes([(50 + n % 97, n, n) for n in range(1, 201)], capacity=10**6)
LONGEST = 330


def test_every_public_record_is_one() -> None:
    for value in (getattr(stabkit, name) for name in stabkit.__all__):
        if inspect.isclass(value) and dataclasses.is_dataclass(value):
            assert issubclass(value, Record), value
            assert value.__dataclass_params__.frozen, value
            assert value.__repr__ is Record.__repr__ or "__repr__" in vars(value), value
            assert not value.__dataclass_params__.repr, value


RESULTS = {
    "as_workload": lambda: MANY,
    "analyze": lambda: stabkit.analyze(MANY, crosscheck=False),
    "analyze_many": lambda: stabkit.analyze_many([MANY, MIX, MIX, MIX], crosscheck=False),
    "unit_circle_counts": lambda: stabkit.unit_circle_counts(MANY),
    "dominant_modes": lambda: stabkit.dominant_modes(MANY),
    "nyquist": lambda: stabkit.nyquist(MANY),
    "synchrony": lambda: stabkit.synchrony(MANY),
    "gcd_theorem": lambda: stabkit.gcd_theorem(MANY),
    "never_evicts": lambda: stabkit.never_evicts(MANY),
    "soft_start": lambda: stabkit.soft_start(MANY),
    "disturbance_margin": lambda: stabkit.disturbance_margin(MANY),
    "fluctuations": lambda: stabkit.fluctuations(MANY),
    "simulate": lambda: stabkit.simulate(MANY, 20),
    "simulate_requests": lambda: stabkit.simulate_requests(MANY, steps=20),
    "kernel_picture": lambda: stabkit.kernel_picture(MANY),
    "sizing": lambda: stabkit.sizing(MANY),
    "long_run": lambda: stabkit.long_run(MANY, max_steps=2000),
    "roots": lambda: stabkit.roots("5:40 5:41"),
    "threshold": lambda: stabkit.threshold("5:40 5:41"),
    "root_locus": lambda: stabkit.root_locus("5:3 5:5", points=3),
    "chart": lambda: stabkit.stability_chart([2, 3], rows=3),
    "margins": lambda: stabkit.margins(MIX),
    "cycles": lambda: stabkit.cycles("5:3 5:6"),
    "compare_policies": lambda: stabkit.compare_policies("9:1 1:2"),
    "recommend": lambda: stabkit.recommend("2:3"),
    "derive": lambda: stabkit.derive("5:3 5:5"),
    "atlas": stabkit.atlas,
    "examples": stabkit.examples,
    "theorems": stabkit.theorems,
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_repr_is_short(name: str) -> None:
    assert len(repr(RESULTS[name]())) <= LONGEST


def test_what_a_repr_says() -> None:
    mix = as_workload("1/2:3 5:5")
    assert repr(mix).startswith("Workload(classes=<2>, capacity=None, name='1/2:3:1/2 5:5:1/2'")
    assert repr(mix.classes[0]) == "RequestClass(input_length=1/2, decode_length=3, share=1/2)"
    run = stabkit.simulate(mix, 4)
    assert "admitted=<5>, " in repr(run)
    assert "completed_by_class=<5 x 2>" in repr(run)
    assert "mix=Workload('1/2:3:1/2 5:5:1/2')" in repr(run)
    assert repr(stabkit.Damped("1/3")) == "Damped(gain=1/3)"
    assert repr(stabkit.Damped("1/999999")) == "Damped(gain=1/999999)"
    assert repr(stabkit.Damped("1/1000000")) == "Damped(gain=0.000001)"
    assert repr(stabkit.atlas()).endswith(", ... 1101 in all)")


def test_a_root_is_a_complex_number() -> None:
    # 6 z^2 + 7 z + 4
    (first, _) = stabkit.roots("5:2 5:3")
    assert complex(first) == pytest.approx(complex(-7, 47**0.5) / 12)
    assert repr(first).startswith("Root(value=-0.583333+0.571305j, radius=")


def notebook(value: Any) -> dict[str, Any]:
    """What IPython sends to a notebook, without any configuration."""
    data, _ = DisplayFormatter().format(value)
    return data


def test_a_notebook_shows_a_table_of_a_workload() -> None:
    shown = notebook(as_workload("5:3 5:5:3"))["text/html"]
    assert shown.count("<tr>") == 3
    assert "<tr><td>5</td><td>5</td><td>75 %</td></tr>" in shown
    assert "and 180 more classes" in notebook(MANY)["text/html"]


def test_a_notebook_shows_the_text_of_a_result() -> None:
    found = stabkit.analyze("5:3 5:5", crosscheck=False)
    shown = notebook(found)["text/html"]
    assert shown.startswith("<pre>5:3:1/2 5:5:1/2  (2 classes)")
    assert "1.053828850" in shown
    assert "1,101" in notebook(stabkit.atlas())["text/html"]


def test_a_notebook_shows_formulas() -> None:
    s, p = symbols("s p", positive=True)
    mix = stabkit.SymbolicWorkload.from_classes([(s, 2, p), (s, 3, 1 - p)])
    shown = notebook(stabkit.stability_criterion(mix))["text/html"]
    assert shown.count("<math ") == len(shown.splitlines())
    assert "<mfrac>" in shown
    assert "\\lambda" in notebook(stabkit.characteristic_polynomial(mix))["text/latex"]


def test_a_notebook_shows_pictures_and_pages() -> None:
    picture = stabkit.kernel_picture("5:3")
    for shown in (picture, stabkit.figure(picture)):
        assert 'src="data:image/png;base64,iVBOR' in notebook(shown)["text/html"]
    assert "<iframe srcdoc=" in notebook(stabkit.derive("5:3 5:5"))["text/html"]


def test_what_has_no_words_of_its_own_shows_its_fields() -> None:
    assert "gain  1/3" in notebook(stabkit.Damped("1/3"))["text/html"]


@pytest.mark.parametrize("name", ["<b>bold</b>", '"><script>alert(1)</script>'])
def test_names_are_escaped(name: str) -> None:
    mix = Workload.from_classes([(5, 3)], name=name)
    for found in (mix, stabkit.analyze(mix, crosscheck=False), stabkit.derive(mix)):
        shown = notebook(found)["text/html"]
        assert "<b>" not in shown
        assert "<script>" not in shown


TABLES: dict[str, Any] = {
    "run": lambda: stabkit.simulate(MIX, 30),
    "exact run": lambda: stabkit.simulate(MIX, 5, arithmetic="exact"),
    "requests": lambda: stabkit.simulate_requests(MIX, steps=30).series,
    "table": lambda: stabkit.simulate_requests(MIX, steps=30).requests,
    "locus": lambda: stabkit.root_locus("5:3 5:5", points=5),
    "curve": lambda: stabkit.nyquist("5:3 5:5", points=9),
    "sweep": lambda: stabkit.policy_sweep(MIX, "gain", ["1/2", 1]),
    "spectra": lambda: stabkit.fluctuations(MIX),
    "kernel": lambda: stabkit.kernel_picture("5:3 5:5"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_frame_of_data_takes_a_series_as_it_is(name: str) -> None:
    series: Series = TABLES[name]()
    frame = pandas.DataFrame(series)
    assert list(frame.columns) == list(series.columns())
    assert len(frame) == len(next(iter(series.columns().values()))) > 1
    for column, values in series.columns().items():
        assert (frame[column].to_numpy() == np.asarray(values)).all() or frame[column].isna().any()
    assert frame.equals(pandas.DataFrame(series.columns()))


@pytest.mark.parametrize("name", TABLES)
def test_a_series_is_not_changed_and_equals_itself(name: str) -> None:
    series: Series = TABLES[name]()
    copies = (series, copy.deepcopy(series), pickle.loads(pickle.dumps(series)))
    values = [value for one in copies for value in vars(one).values()]
    for array in (value for value in values if isinstance(value, np.ndarray)):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0
    arrays = any(isinstance(value, np.ndarray) for value in vars(series).values())
    assert (series == TABLES[name]()) is not arrays
    assert series in [series]


def test_the_arrays_of_a_caller_stay_open() -> None:
    given = np.array([1.0, 2.0])
    made = stabkit.KernelPicture("n", given, given)
    for record in (made, dataclasses.replace(made, kernel=given)):
        assert given.flags.writeable
        assert not record.kernel.flags.writeable
        assert record.kernel.tolist() == [1.0, 2.0]


def test_arrays_are_closed_whatever_they_are_nested_in() -> None:
    def array() -> Any:
        return np.array([1.0])

    made: Any = stabkit.KernelPicture("n", (array(), [array()]), {"a": (array(),)})  # type: ignore[arg-type]
    for one in (made, copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        held = (one.kernel[0], one.kernel[1][0], one.survival["a"][0])
        assert not [part for part in held if part.flags.writeable]


def test_columns_of_a_run() -> None:
    frame = pandas.DataFrame(stabkit.simulate(MIX, 3))
    assert list(frame["step"]) == [0, 1, 2, 3]
    assert (frame["completed"] == frame["completed_1"] + frame["completed_2"]).all()
    assert "completed_1" not in stabkit.simulate(MANY, 3).columns()


def test_columns_of_a_locus() -> None:
    """6 z^2 + 7 z + 4 at s = 5: both roots are of modulus sqrt(4 / 6)."""
    frame = pandas.DataFrame(stabkit.root_locus("0:2 0:3", low=0, high=10, points=3))
    assert list(frame["common"]) == [0, 5, 10]
    assert abs(frame["root_2"][1]) == pytest.approx((4 / 6) ** 0.5)


def test_lists_of_records_are_frames_too() -> None:
    assert list(pandas.DataFrame(stabkit.atlas())["longer"][:3]) == [2, 3, 3]
    assert len(pandas.DataFrame(stabkit.roots("5:3 5:5"))) == 4


def test_what_shows_itself_has_no_dictionary_of_its_own() -> None:
    assert Shown.__slots__ == Record.__slots__ == ()
