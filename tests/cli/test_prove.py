"""stabkit prove: output, exit statuses."""

from __future__ import annotations

import json

import pytest
from sympy import Eq, symbols

from stabkit.cli import main
from stabkit.theorems import registry
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Identity
from stabkit.theorems.records import Step, Theorem

pytestmark = pytest.mark.slow


def test_a_table(capsys):
    assert main(["prove", "kernel", "r11", "--full"]) == 0
    out = capsys.readouterr().out
    assert "kernel  Memory kernel  [proved]" in out
    assert "R11  Product form  [argued (6 links)]" in out
    assert "Checked by computer algebra" in out
    assert "formally verified" not in out


def test_a_refuted_claim_with_a_formal_refutation(capsys):
    assert main(["prove", "stable-inputs"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "(refuted) [refuted]" in out
    proofs = "six_mix_refutes, stable_inputs_refuted in proofs/coq/StableInputs.v."
    assert f"Formal refutation: {proofs}" in out


def test_json(capsys):
    assert main(["prove", "closed-form", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert [one["label"] for one in record["theorems"]] == ["closed-form"]
    assert record["theorems"][0]["status"] == "proved"


def test_tex_into_a_file(tmp_path, capsys):
    path = tmp_path / "theory.tex"
    assert main(["prove", "balance", "--tex", "--output", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith(r"\documentclass")
    assert text.rstrip().endswith(r"\end{document}")
    assert not capsys.readouterr().out


def test_a_failed_step_is_status_1(monkeypatch, capsys):
    x = symbols("x")
    wrong = Step("wrong", "it is not", Identity(x, x + 1))
    named = Quantity(x, "a number", lambda drawn: drawn)
    claim = Claim(lambda rng: range(30), (named,), (), (Eq(x, x + 0, evaluate=False),))
    record = Theorem("T", "A wrong one", claim, (wrong,), "lesson", chapter="One")
    monkeypatch.setattr(registry, "theorems", lambda: (record,))
    assert main(["prove"]) == 1
    assert "1 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prove", "R99"], "'LABEL' must be the label or the title of a theorem"),
        (["prove", "gcd"], "such as R7 (Gcd theorem) or even-gcd ("),
        (["prove", "variance"], "such as variance-law (Variance law), not 'variance'"),
        (["prove", "--json", "--tex"], "'--tex' must be given without '--json'"),
        (["prove", "R1", "--output", "a.csv"], "must end in .txt, .json, .tex or .pdf"),
    ],
)
def test_errors(arguments, message, capsys):
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_no_records_installed(monkeypatch, capsys):
    monkeypatch.setattr(registry, "theorems", lambda: ())
    assert main(["prove"]) == 2
    assert "none is installed" in capsys.readouterr().err
