"""scripts/real_run.py: the numbers of the reference, and the committed page from the data."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "real_run.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("real_run", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["real_run"] = module
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_reproduced(script: ModuleType, shared: Path) -> None:
    """Oracle: docs/model.md, Real run."""
    folder = shared / "data" / "vllm_rtx4090"
    prediction, run = script.predicted(folder), script.observed(folder)
    assert prediction.requests == pytest.approx(34.39, abs=5e-3)
    assert prediction.requests_in_blocks == pytest.approx(34.18, abs=5e-3)
    assert prediction.modulus == pytest.approx(1.00012, abs=5e-6)
    assert prediction.period == pytest.approx(657.8, abs=0.05)
    window = run.window(*script.SATURATED)
    assert run.running[window].mean() == pytest.approx(34.4, abs=0.05)
    assert run.use[window].mean() == pytest.approx(98.1, abs=0.05)
    assert run.steps_per_second(10, 168) == pytest.approx(32.8, abs=0.05)
    assert prediction.period / 32.8 == pytest.approx(20.0, abs=0.06)
    assert all(20 <= period <= 23.7 for period, _ in script.near(run.peaks()))


def test_the_page_is_that_of_the_data(script: ModuleType, shared: Path) -> None:
    folder = shared / "data" / "vllm_rtx4090"
    text = script.page(script.predicted(folder), script.observed(folder))
    assert script.PAGE.read_text() == text, "run scripts/real_run.py"


def test_without_the_run_it_says_so(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["real_run.py", str(tmp_path / "none")])
    assert script.main() == 0
    assert "skipped: the run is not at" in capsys.readouterr().out
