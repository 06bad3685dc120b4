"""Certificates are accepted by the checker, say what FLINT says, and are refused when changed.

The checker shares nothing with stabkit's engines: it computes with integers alone. That it counts
right is tested by hand cases and by FLINT's isolation of all roots, a third engine.
"""

import copy
import json
import subprocess
import sys
import types
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

import stabkit
import stabkit_check
from stabkit import InvalidArgument, Workload, certify, to_dict, unit_circle_counts
from stabkit.analysis.verdict.verdict_certificate import prove_by_arcs

pytestmark = pytest.mark.slow

# One with a reciprocal pair of roots off the circle, which arcs take.
PAIR = "0:2:8743/614196 0:4:416951/614196 0:9:52951/255915 0:10:1/10"
MIXES = (PAIR, "1:1", "3:2", "5:3 5:5", "1:2 1:3", "2:4 2:5", "1/3:7 9/2:4 0:9", "100:60 100:97")


def claims(mix: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(json.dumps(to_dict(certify(mix))))["claims"]
    return found


@pytest.mark.parametrize("mix", MIXES)
def test_what_is_certified_is_accepted(mix: str) -> None:
    for claim in claims(mix):
        stabkit_check.check(claim)


@pytest.mark.parametrize("entry", stabkit.examples(), ids=lambda entry: entry.name)
def test_packaged_workloads_are_certified(entry: Any) -> None:
    for claim in claims(entry.name):
        stabkit_check.check(claim)


inputs = st.one_of(st.integers(0, 30), st.fractions(0, 20, max_denominator=7))
classes = st.tuples(inputs, st.integers(1, 14), st.integers(1, 9))


@settings(deadline=None, max_examples=40)
@given(st.lists(classes, min_size=1, max_size=4))
def test_random_mixes_are_certified_with_the_counts_of_a_third_engine(
    found: list[tuple[Fraction | int, int, int]],
) -> None:
    mix = Workload.from_classes(found)
    counts = unit_circle_counts(mix, "flint")
    claim = claims(mix)[0]
    stabkit_check.check(claim)
    assert claim["modes"] == [counts.inside, counts.on_circle, counts.outside]


def test_both_proofs_count_alike() -> None:
    """For a polynomial with zeros 1/2, 3/4 and -1/3 in the disc, 3 and +-2i outside."""
    p = fmpz_poly([-1])
    for factor in ([-1, 2], [-3, 4], [-3, 1], [1, 3], [4, 0, 1]):
        p *= fmpz_poly(factor)
    found = [int(c) for c in p.coeffs()]
    assert stabkit_check.chain(found) == 3
    assert stabkit_check.arcs(found, **prove_by_arcs(found)) == 3


def test_a_crossing_is_between_two_claims() -> None:
    """(3, 5) crosses at s* = 9.8229482..., where two modes come in."""
    *_, below, above = certify("5:3 5:5").claims
    assert (below.modes, above.modes) == ((2, 0, 2), (4, 0, 0))
    low, high = below.mix[0][0], above.mix[0][0]
    assert low < Fraction("9.82294825562") < high
    assert high - low < Fraction(1, 10**11)


def test_factors_of_the_circle_have_no_other_zeros() -> None:
    """z^2 + 1, and (z + 1)^2 as two; as one, its derivative has a zero there. -2, -1/2 are off."""
    stabkit_check.split([1, 0, 1], [[1, 0, 1]], [1])
    stabkit_check.split([1, 2, 1], [[1, 1], [1, 1]], [1])
    for product, circle in [
        ([1, 2, 1], [[1, 2, 1]]),
        ([2, 5, 2], [[2, 5, 2]]),
        ([1, 3], [[1, 3]]),
        ([2, 0, 2], [[1, 0, 1]]),
        ([1, 0, 1], []),
        ([5], [[5]]),
        ([-1, -1], [[-1, -1]]),  # would turn the sign of the rest
    ]:
        with pytest.raises((ValueError, LookupError)):
            stabkit_check.split(product, circle, [1])


def test_roots_on_the_circle_may_be_multiple() -> None:
    """-1, of multiplicity 2 and more, in short kernels of a file that comes from a search."""
    path = Path(__file__).parents[2] / "vectors" / "multiple_roots.json"
    for record in json.loads(path.read_text(encoding="utf-8"))["mixes"]:
        classes = [(s, length, Fraction(p)) for s, length, p in record["classes"]]
        if max(length for _, length, _ in classes) <= 40:
            claim = claims(classes)[0]
            assert claim["circle"] == [[1, 1]] * record["multiplicity"]
            stabkit_check.check(claim)


def test_the_start_by_hand() -> None:
    """(9:2, 9:3), 2 g = (20, 22, 12), a* = B / 27: 27/10, -, 0, 81/44 - 27/22, ...

    From y = (27/10, 0, 0) a* step 1 needs 22 y_0 = 59.4 of 54: it evicts down to 27/11, and admits
    nothing. Step 2 needs 12 y_1 = 29.45 and admits 1.227, step 3 needs 22 * 1.227 and admits 1.35.
    """
    assert stabkit_check.start([10, 11, 6], 6) == [1]
    with pytest.raises(ValueError, match="near enough"):
        stabkit_check.start([10, 11, 6], 2)
    one_mode = stabkit.certify("20:1 20:2").claims[0]  # 11 y_0 = 11 * 32 / 21 of 32
    assert (one_mode.steps, one_mode.evicting) == (2, ())


@settings(deadline=None, max_examples=25)
@given(st.lists(classes, min_size=1, max_size=3))
def test_starts_evict_as_the_run_in_balls_does(found: list[tuple[Any, int, int]]) -> None:
    mix = Workload.from_classes(found)
    claim = claims(mix)[0]
    if claim["steps"]:
        other = stabkit.certify_start(mix)
        assert other.verdict == "convergent"
        assert claim["evicting"] == list(other.evicting)


def test_the_start_that_evicts_for_ever_is_not_claimed_to_converge() -> None:
    """R12's mix is stable, and from empty it is captured by a cycle."""
    claim = claims("0:6:2 5:1:3")[0]
    assert (claim["verdict"], claim["steps"], claim["evicting"]) == ("stable", 0, None)
    for steps in (6, 100, 1000):
        with pytest.raises(ValueError, match="near enough"):
            stabkit_check.check(claim | {"steps": steps, "evicting": []})


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths to all numbers, words and lists."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))


def changes(old: Any) -> list[Any]:
    """Return other values in the place of one: near it, of the other sign, of another type."""
    if isinstance(old, int):
        return [old + 1, old - 1, -old - 1, 2 * old + 1, str(old + 1), None]
    if isinstance(old, list):
        return [old[1:], old[:-1], old[::-1], [*old, *old[-1:]], [*old, 1], None]
    if isinstance(old, dict):
        return [{}, None, {**old, "more": 1}]
    words = {"stable": "unstable", "unstable": "marginal", "marginal": "stable"}
    if old is None:
        return [{}, [], [1]]
    return [words[old]] if old in words else [str(Fraction(old) + 1), str(-Fraction(old)), ""]


def changed(claim: dict[str, Any], path: tuple[Any, ...], new: Any) -> dict[str, Any]:
    made = copy.deepcopy(claim)
    at: Any = made
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return made


REFUSALS = (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError)
CHANGED = ("5:3 5:5", "1:2 1:3", "4:5 1:4", "9:2 9:3", "2:2 0:4", "3:2")


@pytest.mark.parametrize("mix", CHANGED)
def test_what_is_accepted_after_a_change_is_true(mix: str) -> None:
    """Every field, and some of the arcs: refused, or a hint, or another claim that is true."""
    claim = claims(mix)[0]
    arcs = range(0, len((claim["winding"] or {"arcs": ()})["arcs"]), 29)
    refused = 0
    for path in leaves(claim):
        if path[0] == "name" or (
            path[:2] == ("winding", "arcs") and path[2:] and path[2] not in arcs
        ):
            continue
        for new in changes(value_at(claim, path)):
            made = changed(claim, path, new)
            if made == claim:
                continue
            try:
                stabkit_check.check(made)
            except REFUSALS:
                refused += 1
            else:
                assert is_true(made), path
    assert refused > 50


def value_at(claim: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        claim = claim[key]
    return claim


def is_true(claim: dict[str, Any]) -> bool:
    """By FLINT's isolation of roots, the run in balls, and proved roots."""
    mix = Workload.from_classes([tuple(map(Fraction, entry)) for entry in claim["mix"]])
    counts = unit_circle_counts(mix, "flint")
    if claim["modes"] != [counts.inside, counts.on_circle, counts.outside]:
        return False
    if claim["evicting"] is not None:
        start = stabkit.certify_start(mix)
        if (start.verdict, list(getattr(start, "evicting", ()))) != (
            "convergent",
            claim["evicting"],
        ):
            return False
    found = [complex(root) for root in stabkit.roots(mix, 20)]
    discs = [tuple(map(Fraction, disc)) for disc in claim["discs"]]
    near = (
        sum(abs(z - complex(u, v)) < r + Fraction(1, 10**9) for z in found) for u, v, r in discs
    )
    return claim["verdict"] == counts.verdict and all(number == 1 for number in near)


def test_the_checker_is_a_page_that_imports_nothing_of_stabkit(tmp_path: Path) -> None:
    source = Path(stabkit_check.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(to_dict(certify("5:3 5:5"))), encoding="utf-8")
    page = tmp_path / "stabkit_check.py"
    page.write_text(source, encoding="utf-8")
    line = [sys.executable, "-I", "-S", str(page), str(path)]
    found = subprocess.run(line, capture_output=True, text=True, check=True)
    assert "5:3:1/2 5:5:1/2 is unstable: modes inside, on and outside" in found.stdout
    assert found.stdout.splitlines()[-1].startswith(f"{path}: all that is proved, by docs/certif")
    path.write_text(path.read_text(encoding="utf-8").replace('"unstable"', '"stable"', 1))
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, "")
    assert "refused" in found.stderr


# Floats lose digits and overflow: false claims that a referee brought through by them.
OVERFLOW = {
    "mix": [["5", 2, "1"]], "modes": [1, 0, 0], "verdict": "stable", "circle": [],
    "rest": [1.5e308, 1e308], "winding": None, "steps": 0, "evicting": None, "discs": [],
}  # fmt: skip
ROUNDED = OVERFLOW | {"mix": [[str(3 * 2**59), 2, "1"]], "rest": [1.0, 1.0]}


@pytest.mark.parametrize("claim", [OVERFLOW, ROUNDED])
def test_a_file_with_floats_is_refused(claim: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    path.write_text(
        json.dumps({"schema": "stabkit.certificate/1", "claims": [claim]}), encoding="utf-8"
    )
    line = [sys.executable, stabkit_check.__file__, str(path)]
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, "")


EMPTY = '{"schema": "stabkit.certificate/1", "claims": []}'
NEXT = '{"schema": "stabkit.certificate/2", "claims": [{}]}'


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "[" * 100_000, "\x00" * 3000, EMPTY, NEXT])
def test_what_is_no_certificate_is_refused_without_a_traceback(text: str, tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    path.write_text(text, encoding="utf-8")
    good = tmp_path / "good.json"
    good.write_text(json.dumps(to_dict(certify("3:2"))), encoding="utf-8")
    for bad in (path, tmp_path / "missing", tmp_path):
        line = [sys.executable, stabkit_check.__file__, str(good), str(bad)]
        found = subprocess.run(line, capture_output=True, text=True, check=False)
        assert (found.returncode, "proved" in found.stdout) == (1, True)
        assert found.stderr.startswith(f"{bad}: refused: ")
        assert len(found.stderr) < 400
    found = subprocess.run(line[:2], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr[:6]) == (1, "usage:")


def test_what_is_printed_is_the_mix_and_not_its_name() -> None:
    claim = claims("3:2")[0] | {"name": "5:3 5:5\n5:3 5:5 is stable"}
    assert stabkit_check.check(claim) == (
        "3:2:1 is unstable: modes inside, on and outside of the unit circle [0, 0, 1]; "
        "discs with one root each: 1"
    )


def test_all_classes_are_printed() -> None:
    """A long mix must not pass for another one with the same first classes."""
    mix = [["30", length, "1"] for length in range(1, 30)]
    claim = claims([(s, length, 1) for s, length, _ in mix])[0] | {"mix": mix, "discs": []}
    named = " ".join(f"30:{length}:1" for length in range(1, 30))
    assert stabkit_check.check(claim).startswith(f"{named} is stable: ")


def test_a_refusal_is_one_line_of_plain_characters(tmp_path: Path) -> None:
    """Words of the file in it cannot pass for a line of the checker, nor clear the screen."""
    path = tmp_path / "certificate.json"
    record = to_dict(certify("3:2"))
    record["claims"][0]["winding"] = {f"\x1b[2J\n{path}: proved": 1}
    path.write_text(json.dumps(record), encoding="utf-8")
    line = [sys.executable, stabkit_check.__file__, str(path)]
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout, found.stderr.count("\n")) == (1, "", 1)
    assert "\x1b" not in found.stderr


@pytest.mark.parametrize("number", ["3e0", "3.0", "3_0", "\u0663", "0x3", "+3", 3.0, True, None])
def test_numbers_are_whole_or_fractions(number: Any) -> None:
    """With exponents, 13 characters such as 1e99999999999 would take all memory."""
    claim = claims("3:2")[0]
    for made in (
        claim | {"mix": [[number, 2, "1"]]},
        claim | {"discs": [["-5/4", "0", number]]},
    ):
        with pytest.raises(ValueError, match="plain numbers"):
            stabkit_check.check(made)


def lax(guard: str) -> types.ModuleType:
    """Return the checker without one of its tests."""
    source = Path(stabkit_check.__file__).read_text(encoding="utf-8")
    assert source.count(guard) == 1
    made = types.ModuleType("lax")
    exec(source.replace(guard, ""), made.__dict__)
    return made


# Zeros next to the circle, both in the disc: the curve passes 0 so near that a box does not tell
# on which side.
AT_I, BESIDE_I = [9_999, 0, 10_000], [99_999, -39_018, 100_000]


def below(g: list[int], levels: list[int]) -> dict[str, Any]:
    """Return arcs of these lengths whose boxes are true and below the real line, as W is not."""
    whole, arcs, end = max(levels), [], 0
    for e in levels:
        (x, y), _ = stabkit_check.at(g, 43, 0, e, (end << e) >> whole)
        assert abs(y) < 10
        arcs.append([e, x >> 9, -1])
        end += 1 << whole - e
    return {"precision": 43, "bits": 0, "box": 9, "depth": 3, "arcs": arcs}


NOISE = [[3, 9, -5], [3, 4, -9], [3, -5, -9], [3, -9, -5]]  # where the values have errors of 32
HINTS = {
    "16 * error <= 1 << box and ": (
        [6, 7, 8],
        {"precision": 43, "bits": 0, "box": 0, "depth": 3, "arcs": NOISE},
    ),
    " and flat": (AT_I, below(AT_I, [3, 3, 3, 3])),
    "end == 1 << whole - 1 and ": (AT_I, below(AT_I, [4, 4, 5, 5])),
    # The seventh of these begins between the ends of arcs, so that 3/16 to 63/256 is left out.
    "rest == 0 and ": (BESIDE_I, below(BESIDE_I, [4, 4, 5, 6, 7, 8, 4, 8, 4, 4, 4, 4])),
}


@pytest.mark.parametrize("guard", HINTS)
def test_false_hints_are_refused_by_the_test_that_is_made_for_them(guard: str) -> None:
    """Each polynomial has two zeros in the disc, and would have none without that test."""
    g, winding = HINTS[guard]
    assert stabkit_check.chain(g) == stabkit_check.arcs(g, **prove_by_arcs(g)) == 2
    assert lax(guard).arcs(g, **winding) == 0
    with pytest.raises(ValueError, match="arc"):
        stabkit_check.arcs(g, **winding)


def test_a_singular_step_of_the_recursion_is_refused() -> None:
    """(0:1, 0:2) has G = 1 + z: one step leads to 0, which would say that there is no zero."""
    false = claims("0:1 0:2")[0] | {"circle": [], "rest": []}
    false |= {"verdict": "stable", "modes": [1, 0, 0]}
    guard = '    demand(abs(ratio) != 1, "the chain goes down one by one")\n'
    lax(guard).check(false)
    with pytest.raises(ValueError, match="one by one"):
        stabkit_check.check(false)


def test_a_crossing_beyond_all_inputs_is_left_out() -> None:
    """A share of 10^-12 puts the threshold beyond 10^12 tokens."""
    found = certify([(5, 3, Fraction(1, 10**12)), (7, 4, 1)])
    assert found.claims[0].verdict == "unstable"


def test_what_cannot_be_certified_says_why() -> None:
    with pytest.raises(InvalidArgument, match="decode lengths up to 10000 to be certified"):
        certify("5:10001")
