"""No certificate is contradicted by a long run of the test's own simulator."""

from __future__ import annotations

import pytest

from stabkit import ConvergentStart, EvictingStart, Workload, certify_start

from .many_starts import Batch, Pair, pairs


def compared(runs: list[Pair], steps: int) -> tuple[int, int, int, int]:
    """Check every certificate; return convergent, evicting, converging and converging certified."""
    batch = Batch(runs)
    batch.advance(steps)
    before = batch.evicting.copy()
    batch.advance(2_500)  # longer than every period
    converging = (batch.deviations() < 1e-6) & (batch.evicting == before)
    convergent = evicting = certified = 0
    for n, pair in enumerate(runs):
        found = certify_start(pair.mix, pair.state, max_steps=100_000 if pair.stable else 10_000)
        if isinstance(found, ConvergentStart):
            convergent += 1
            certified += bool(converging[n])
            last = -1 if found.last_eviction is None else found.last_eviction
            assert (len(found.evicting), last) == (batch.evicting[n], batch.last[n]), pair
        elif isinstance(found, EvictingStart):
            evicting += 1
            assert batch.evicting[n] > before[n], pair
            assert not converging[n], pair
    return convergent, evicting, int(converging.sum()), certified


def test_a_few() -> None:
    r12 = Workload.from_classes([(0, 6, 2), (5, 1, 3)])
    runs = [*pairs(1, 16, longest=12), Pair(r12, True, (0.0,) * 6)]
    assert compared(runs, 2_000) == (16, 1, 16, 16)


@pytest.mark.long
@pytest.mark.parametrize("piece", range(10))
def test_two_thousand(piece: int) -> None:
    convergent, evicting, converging, certified = compared(pairs(100 + piece, 200), 100_000)
    print(f"{convergent} convergent, {evicting} evicting; {certified} of {converging} converging")
    assert certified >= 0.99 * converging
