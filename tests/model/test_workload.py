"""Workloads: every number form in, every bad number refused in one line, round trips."""

from __future__ import annotations

import json
import math
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from stabkit.errors import InvalidWorkload
from stabkit.model.request_classes import RequestClass
from stabkit.model.workload import Workload

CLASSES = st.lists(
    st.tuples(
        st.fractions(0, 10**12, max_denominator=10**6),
        st.integers(1, 10**9),
        st.fractions("1/1000", 10**6, max_denominator=1000),
    ),
    min_size=1,
    max_size=5,
)
CAPACITIES = st.none() | st.fractions(10**13, 10**18, max_denominator=10**6)


@pytest.mark.parametrize(
    "quarter",
    [
        *("1/4", "0.25", ".25", "25e-2", " 1/4 ", 0.25),
        *(np.float64(0.25), Fraction(1, 4), Decimal("0.25"), sympy.Rational(1, 4)),
    ],
    ids=repr,
)
def test_forms_of_a_rational(quarter: object) -> None:
    mix = Workload.from_classes([(quarter, 2, quarter), (1, 3, "3/4")], capacity=100)
    assert mix.classes[0] == RequestClass(Fraction(1, 4), 2, Fraction(1, 4))


@pytest.mark.parametrize(
    "seven",
    [
        *(7, "7", "7.0", "+7", "14/2", 7.0, np.int64(7), np.uint8(7)),
        *(Fraction(7), Decimal("7.00"), sympy.Integer(7)),
    ],
    ids=repr,
)
def test_forms_of_an_integer(seven: object) -> None:
    mix = Workload.from_classes([(seven, seven, seven)], capacity=seven * 0 or 14)
    assert mix.classes == (RequestClass(Fraction(7), 7, Fraction(1)),)
    assert type(mix.classes[0].decode_length) is int


def test_a_float_is_its_shortest_decimal() -> None:
    assert Workload.from_classes([(0.1, 1)]).classes[0].input_length == Fraction(1, 10)


def test_order_merging_and_normalisation() -> None:
    mix = Workload.from_classes([(5, 9, 2), (1, 3), (5, 9, 1)])
    assert mix.classes == (
        RequestClass(Fraction(5), 9, Fraction(3, 4)),
        RequestClass(Fraction(1), 3, Fraction(1, 4)),
    )


NOT_RATIONAL = [
    None,
    True,
    False,
    "",
    "two",
    "1_000",
    "0x10",
    "1e9999",
    "1/0",
    "1//2",
    "nan",
    "inf",
    "٣",
    "1\n2",
    "9" * 1001,
    "[" * 5000,
    math.nan,
    math.inf,
    -math.inf,
    1j,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("1e999999"),
    Decimal("1" * 1001),
    sympy.nan,
    sympy.oo,
    sympy.sqrt(2),
    sympy.Float(0.5),
    np.float32("nan"),
    np.bool_(True),
    np.nan,
    np.array(3),
    b"3",
    [3],
    {},
    object(),
]


def refusal(*arguments: object) -> str:
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_classes(*arguments)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 300
    return message


@pytest.mark.parametrize("bad", NOT_RATIONAL, ids=lambda bad: ascii(bad)[:20])
def test_what_is_not_a_finite_rational(bad: object) -> None:
    assert "'input_length' of class 1 must be a finite rational" in refusal([(bad, 2)])
    assert "'decode_length' of class 2 must be an integer" in refusal([(1, 2), (1, bad)])
    assert "'weight' of class 1 must be a finite rational" in refusal([(1, 2, bad)])
    if bad is not None:
        assert "'capacity' must be a number of tokens such as" in refusal([(1, 2)], bad)


@pytest.mark.parametrize(
    ("bad", "bound"),
    [
        ("1" * 1001, "of at most 1000 characters, not"),
        (Decimal("1" * 1001), "of at most 1000 characters, not"),
        ("1e1000", "with an exponent from -999 to 999, not '1e1000'"),
        (" .5E-1000 ", "with an exponent from -999 to 999, not"),
        (Decimal("1e1000"), "with an exponent from -999 to 999, not"),
    ],
    ids=range(5),
)
def test_a_number_that_is_too_large_to_be_read_is_told_its_bound(bad: object, bound: str) -> None:
    assert f"must be a finite rational number {bound}" in refusal([(bad, 3)])
    assert f"must be an integer {bound}" in refusal([(1, bad)])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ((-1, 2), "'input_length' of class 1 must be between 0 and 10^12 tokens, not -1."),
        (("-1/9", 2), "'input_length' of class 1 must be between 0 and 10^12 tokens, not '-1/9'."),
        ((10**12 + 1, 2), "'input_length' of class 1 must be between 0 and 10^12 tokens"),
        ((10**5000, 2), "'input_length' of class 1 must have a numerator and denominator"),
        ((Fraction(1, 10**5000), 2), "'input_length' of class 1 must have a numerator and"),
        ((1, 0), "'decode_length' of class 1 must be a positive integer, not 0."),
        ((1, -2), "'decode_length' of class 1 must be a positive integer, not -2."),
        ((1, "5/2"), "'decode_length' of class 1 must be an integer, not '5/2'."),
        ((1, 10**9 + 1), "'decode_length' of class 1 must be at most 10^9 steps"),
        ((1, 10**5000), "'decode_length' of class 1 must be at most 10^9 steps, not an integer of"),
        ((1, 2, 0), "'weight' of class 1 must be positive, not 0."),
        ((1, 2, "-1/2"), "'weight' of class 1 must be positive, not '-1/2'."),
        ((1, 2, 10**1000 + 1), "'weight' of class 1 must have a numerator and denominator"),
        ((1,), "class 1 must be (input, decode) or (input, decode, weight), not 1 entries."),
        ((1, 2, 3, 4), "class 1 must be (input, decode) or (input, decode, weight), not 4"),
        ("12", "class 1 must be (input, decode, weight), not '12'."),
        (None, "class 1 must be (input, decode, weight), not None."),
        ({"input_length": 1}, "class 1 must be (input, decode, weight), not"),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "entry",
)
def test_bad_classes(entry: object, message: str) -> None:
    assert refusal([entry]).startswith(message)


@pytest.mark.parametrize("classes", [None, 7, "1:2", b"12"], ids=repr)
def test_no_list_of_classes(classes: object) -> None:
    assert refusal(classes).startswith("'classes' must be a list of (input, decode, weight), not")


def test_no_class_at_all() -> None:
    assert refusal([]) == "'classes' must hold at least one class, not none."


@pytest.mark.parametrize(
    ("capacity", "message"),
    [
        (0, "'capacity' must be positive and at most 10^18 tokens, not 0."),
        (-5, "'capacity' must be positive and at most 10^18 tokens, not -5."),
        (10**18 + 1, "'capacity' must be positive and at most 10^18 tokens, not"),
        ("14/3", "'capacity' must hold one request of every class, at least 5 tokens, not 14/3."),
    ],
)
def test_bad_capacities(capacity: object, message: str) -> None:
    assert refusal([(1, 2), (2, 3)], capacity).startswith(message)
    with pytest.raises(InvalidWorkload, match="'capacity' must"):
        Workload.from_classes([(1, 2), (2, 3)]).with_capacity(capacity)


@pytest.mark.parametrize(
    ("capacity", "tokens"),
    [
        ("64k", 64_000),
        ("64K", 64_000),
        ("1.3M", 1_300_000),
        ("1.3m", 1_300_000),
        (" 0.5 G ", 500_000_000),
        ("64Ki", 65_536),
        ("64KI", 65_536),
        ("1.5Mi", 1_572_864),
        ("2Gi", 2_147_483_648),
        ("1/3k", Fraction(1000, 3)),
        ("1e3k", 1_000_000),
        ("1e3", 1000),
        ("1000", 1000),
    ],
)
def test_capacities_with_a_unit(capacity: str, tokens: Fraction | int) -> None:
    assert Workload.from_classes([(1, 2)], capacity).capacity == tokens
    assert Workload.from_classes([(1, 2)]).with_capacity(capacity).capacity == tokens


@pytest.mark.parametrize("bad", ["k", "xk", "64x", "64 k k", "64kk", "k64", "6_4k", "½k"])
def test_what_is_no_capacity_with_a_unit(bad: str) -> None:
    message = refusal([(1, 2)], bad)
    must = "a number of tokens such as 64000, 64k, 64Ki or 1.3M"
    assert message == f"'capacity' must be {must}, not {bad!a}."


@pytest.mark.parametrize(
    ("percentage", "number"), [("50%", "1/2"), ("12.5 %", "1/8"), ("-1/2%", "-1/200")]
)
def test_a_percentage_is_told_the_number_that_it_is(percentage: str, number: str) -> None:
    message = refusal([(1, 2, percentage)])
    assert f"a finite rational number such as {number}, not '{percentage}'" in message
    assert "must be an integer, not" in refusal([(1, percentage)])


def test_no_other_number_has_a_unit() -> None:
    assert "must be a finite rational number such as 1500, not '1.5k'" in refusal([("1.5k", 2)])
    assert "'decode_length' of class 1 must be an integer such as 1024" in refusal([(1, "1Ki")])
    assert "must be an integer, not '0.0005k'" in refusal([(1, "0.0005k")])


@pytest.mark.parametrize("size", ["64kB", "40GB", "5 GiB", "7b"])
def test_a_size_of_memory_is_told_what_counts_its_tokens(size: str) -> None:
    assert f"('capacity_from_shape' tells those of a memory), not '{size}'." in refusal(
        [(1, 2)], size
    )


@pytest.mark.parametrize("position", [0, 2], ids=["input_length", "weight"])
def test_denominators_without_a_common_multiple_in_reach(position: int) -> None:
    """400 coprime denominators of 16 bits: their product would slow down whatever follows."""
    primes = sympy.primerange(2**15, 2**16)
    classes = [[1, n, 1] for n in range(1, 401)]
    for entry, prime in zip(classes, primes, strict=False):
        entry[position] = Fraction(1, prime)
    assert "must have a common denominator of at most 10^1000 over all classes" in refusal(classes)


@given(CLASSES, CAPACITIES, st.text(max_size=10))
def test_round_trips(classes: list, capacity: Fraction | None, name: str) -> None:
    mix = Workload.from_classes(classes, capacity, name)
    assert sum(c.share for c in mix.classes) == 1
    assert Workload.from_dict(mix.to_dict()) == mix
    assert Workload.from_dict(json.loads(json.dumps(mix.to_dict()))) == mix
    assert pickle.loads(pickle.dumps(mix)) == mix


def test_the_request_count_of_a_sample_stays_with_it() -> None:
    sample = Workload.from_classes([(5, 3, 6), (5, 5, 4)], 100, "ten", request_count="10")
    assert sample.request_count == 10
    copies = [
        Workload.from_dict(json.loads(json.dumps(sample.to_dict()))),
        pickle.loads(pickle.dumps(sample)),
        sample.with_capacity(200),
        sample.merged(),
    ]
    assert [copy.request_count for copy in copies] == [10] * 4
    assert Workload.from_dict(Workload.from_classes([(5, 3)]).to_dict()).request_count is None


def test_the_same_mix_is_equal_whatever_sample_it_was_found_in() -> None:
    mixes = [Workload.from_classes([(5, 3, 3), (5, 5, 2)], request_count=n) for n in (5, 10, None)]
    assert mixes[0] == mixes[1] == mixes[2]
    assert len(set(mixes)) == 1


@pytest.mark.parametrize("count", [0, -5, 7, 10**30 + 1], ids=repr)
def test_a_class_is_a_whole_number_of_requests(count: int) -> None:
    message = "'request_count' must be from 1 to 10.18 and make every class a whole number of"
    with pytest.raises(InvalidWorkload, match=message):
        Workload.from_classes([(5, 3, 3), (5, 5, 2)], request_count=count)
    with pytest.raises(InvalidWorkload, match=r"'request_count' must be an integer, not 2\.5"):
        Workload.from_classes([(5, 3)], request_count=2.5)


def test_merged_classes_by_hand() -> None:
    mix = Workload.from_classes([(7, 5), (1, 3, 2), (4, 3)], capacity=20, name="mix")
    expected = (
        RequestClass(Fraction(2), 3, Fraction(3, 4)),
        RequestClass(Fraction(7), 5, Fraction(1, 4)),
    )
    assert mix.merged() == Workload(expected, Fraction(20), "mix") == mix.merged().merged()


KEYS = "name, capacity, classes, request_count, means, known_largest"


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            None,
            f"the workload must be a table of {KEYS}, not None",
        ),
        (
            [],
            f"the workload must be a table of {KEYS}, not",
        ),
        ({}, "'classes' must be a list of classes, not None"),
        ({"classes": 3}, "'classes' must be a list of classes, not 3"),
        (
            {"classes": [], "class": []},
            "classes, request_count, means, known_largest, not 'class'; did you mean 'classes'?",
        ),
        ({"classes": [{"input_length": 1}]}, "'decode_length' of class 1 must be given"),
        ({"classes": [{"decode_length": 1}]}, "'input_length' of class 1 must be given"),
        ({"classes": [7]}, "class 1 must be a table of input_length, decode_length, share, not 7"),
        ({"classes": [], 3: 4}, "not 3; did you mean"),
        ({"classes": [{"input_length": 1, "decode_length": 2}], "name": 3}, "'name' must be text"),
    ],
    ids=repr,
)
def test_bad_records(record: object, message: str) -> None:
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_dict(record)
    assert message in str(caught.value)


def test_a_workload_without_a_name_is_called_by_its_classes() -> None:
    assert Workload.from_classes([(100, 7), (100, 10)]).name == "100:7:1/2 100:10:1/2"
    four = Workload.from_classes([(n, n) for n in (1, 2, 3, 4)])
    assert four.name == "1:1:1/4 2:2:1/4 3:3:1/4 ... (4 classes)"
    long = Workload.from_classes([(Fraction(1, 10**40), 7)])
    assert long.name == "1/1" + "0" * 34 + "..."
