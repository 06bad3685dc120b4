"""Certificates are accepted by the checker, say what FLINT says, and are refused when changed.

The checker shares nothing with stabkit's engines: it computes with integers alone. That it counts
right is tested by hand cases and by FLINT's isolation of all roots, a third engine.
"""

import copy
import json
import subprocess
import sys
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
from stabkit.spectrum.counting.schur_cohn import schur_cohn_steps

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
    chain = [list(step.coefficients) for step in schur_cohn_steps(found)]
    assert stabkit_check.chain(found, chain) == 3
    assert stabkit_check.arcs(found, **prove_by_arcs(found)) == 3


def test_a_crossing_is_between_two_claims() -> None:
    """(3, 5) crosses at s* = 9.8229482..., where two modes come in."""
    *_, below, above = certify("5:3 5:5").claims
    assert (below.modes, above.modes) == ((2, 0, 2), (4, 0, 0))
    low, high = below.mix[0][0], above.mix[0][0]
    assert low < Fraction("9.82294825562") < high
    assert high - low < Fraction(1, 10**11)


HINTS = ("between", "precision", "depth", "discs")


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths to all numbers and words."""
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(part, (*path, key))
    else:
        yield path


def changed(claim: dict[str, Any], path: tuple[Any, ...], by: int) -> dict[str, Any]:
    made = copy.deepcopy(claim)
    at: Any = made
    for key in path[:-1]:
        at = at[key]
    old = at[path[-1]]
    words = {"stable": "unstable", "unstable": "stable", "marginal": "stable"}
    kinds = {"chain": "arcs", "arcs": "chain"}
    if isinstance(old, int):
        at[path[-1]] = old + by
    else:
        at[path[-1]] = words.get(old) or kinds.get(old) or str(Fraction(old) + by)
    return made


@pytest.mark.parametrize("mix", ["5:3 5:5", "1:2 1:3", "4:5 1:4", "30:41 30:45"])
def test_a_changed_field_is_refused(mix: str) -> None:
    """Every one; a changed hint may also leave the proof complete, of the same claim."""
    claim = claims(mix)[0]
    refused = 0
    paths = [path for path in leaves(claim) if path != ("name",)]
    for path in paths[:: max(1, len(paths) // 100)]:
        for by in (1, -1):
            made = changed(claim, path, by)
            try:
                stabkit_check.check(made)
            except (ValueError, KeyError, TypeError, IndexError, ZeroDivisionError):
                refused += 1
            else:
                assert any(hint in path for hint in HINTS), path
    assert refused > 30


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
    assert found.stdout.splitlines()[-1] == f"{path}: proved, by docs/certificates.md"
    path.write_text(path.read_text(encoding="utf-8").replace('"unstable"', '"stable"', 1))
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (1, "")
    assert "refused" in found.stderr


# Floats lose digits and overflow: false claims that a referee brought through by them.
OVERFLOW = {
    "mix": [["5", 2, "1"]], "modes": [1, 0, 0], "verdict": "stable", "kind": "chain",
    "common": [1], "rest": [], "between": [], "discs": [], "proof": {"chain": [[1.5e308, 1e308]]},
}  # fmt: skip
ROUNDED = OVERFLOW | {
    "mix": [[str(3 * 2**59), 2, "1"]],
    "proof": {"chain": [[1.400000000000001, 1.4000000000000008]]},
}


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


def test_what_is_printed_is_the_mix_and_not_its_name(tmp_path: Path) -> None:
    record = to_dict(certify("3:2"))
    record["claims"][0]["name"] = "5:3 5:5\n5:3 5:5 is stable"
    assert stabkit_check.check(record["claims"][0]).startswith("3:2:1 is unstable")


def test_a_crossing_beyond_all_inputs_is_left_out() -> None:
    """A share of 10^-12 puts the threshold beyond 10^12 tokens."""
    found = certify([(5, 3, Fraction(1, 10**12)), (7, 4, 1)])
    assert found.claims[0].verdict == "unstable"


def test_what_cannot_be_certified_says_why() -> None:
    with pytest.raises(InvalidArgument, match="decode lengths up to 10000 to be certified"):
        certify("5:10001")
