"""Long benchmarks are run on demand: `pytest benchmarks -m long`."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("-m"):
        return
    for item in items:
        if _HERE in item.path.parents and item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes seconds to minutes: run with -m long"))
