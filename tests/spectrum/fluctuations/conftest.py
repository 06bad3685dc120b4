"""What the tests of fluctuations share: random stable mixes, and a second route to variances.

*The state as a Markov chain.* Let x hold the deviations of the numbers of requests of class k in
stage j after a fit. The next step admits a requests in all, x_k^(0) = p_k a + w_k of class k, where
w is what chance does to the classes, of covariance a* (diag(p) - p p'), sum w_k = 0; a follows from
the full memory. So x+ = A x + N w, and the stationary covariance per a* solves the discrete
Lyapunov equation P = A P A' + N (diag(p) - p p') N'. Nothing of this is a spectral density. All in
rationals, solved by python-flint.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat

from stabkit import Workload, unit_circle_counts

Rows = list[list[Fraction]]


def _matrix(rows: Rows) -> fmpq_mat:
    return fmpq_mat([[fmpq(x.numerator, x.denominator) for x in row] for row in rows])


def _stages(mix: Workload) -> list[tuple[int, int]]:
    return [(k, j) for k, c in enumerate(mix.classes) for j in range(c.decode_length)]


def _transition(mix: Workload) -> tuple[Rows, Rows]:
    """A and N of x+ = A x + N w."""
    stages, classes = _stages(mix), mix.classes
    place = {stage: i for i, stage in enumerate(stages)}
    first = sum(c.share * (c.input_length + 1) for c in classes)
    move = [[Fraction(0)] * len(stages) for _ in stages]
    noise = [[Fraction(0)] * len(classes) for _ in stages]
    for (k, j), i in place.items():
        if j + 1 < classes[k].decode_length:
            move[place[k, j + 1]][i] = Fraction(1)
            for other, c in enumerate(classes):  # what the survivor needs is not admitted
                needed = classes[k].input_length + j + 2
                move[place[other, 0]][i] -= c.share * needed / first
    for k, c in enumerate(classes):
        noise[place[k, 0]][k] += 1
        for other, d in enumerate(classes):
            noise[place[other, 0]][k] -= d.share * (c.input_length + 1) / first
    return move, noise


def _weights(mix: Workload) -> dict[str, list[Fraction]]:
    """Each observable as a linear function of the state; completions and demand of the next."""
    last = {(k, c.decode_length - 1) for k, c in enumerate(mix.classes)}
    needed = {(k, j): mix.classes[k].input_length + j + 2 for k, j in _stages(mix)}
    return {
        "admissions": [Fraction(j == 0) for _, j in _stages(mix)],
        "running": [Fraction(1) for _ in _stages(mix)],
        "demand": [Fraction(0) if s in last else needed[s] for s in _stages(mix)],
        "completions": [Fraction(s in last) for s in _stages(mix)],
        "tokens": [Fraction(s in last) * (s[1] + 1) for s in _stages(mix)],
    }


def _lyapunov_variances(mix: Workload) -> dict[str, Fraction]:
    """The variance per a* of each observable, from the Lyapunov equation."""
    move, noise = _transition(mix)
    shares = [c.share for c in mix.classes]
    chance = [[p * (i == j) - p * q for j, q in enumerate(shares)] for i, p in enumerate(shares)]
    source = _matrix(noise) * _matrix(chance) * _matrix(noise).transpose()
    size = len(move)
    system = [
        [
            Fraction((i, j) == (k, m)) - move[i][k] * move[j][m]
            for k in range(size)
            for m in range(size)
        ]
        for i in range(size)
        for j in range(size)
    ]
    right = fmpq_mat(size**2, 1, [source[i, j] for i in range(size) for j in range(size)])
    flat = _matrix(system).solve(right)
    covariance = fmpq_mat(size, size, [flat[i, 0] for i in range(size**2)])

    def variance(weights: list[Fraction]) -> Fraction:
        row = _matrix([weights])
        found = (row * covariance * row.transpose())[0, 0]
        return Fraction(int(found.p), int(found.q))

    return {name: variance(weights) for name, weights in _weights(mix).items()}


@pytest.fixture(scope="session")
def lyapunov_variances() -> Callable[[Workload], dict[str, Fraction]]:
    return _lyapunov_variances


@pytest.fixture(scope="session")
def stable_mixes() -> list[Workload]:
    """60 random stable mixes of two to four classes and up to nine stages in all."""
    generator = random.Random(1729)
    mixes: list[Workload] = []
    while len(mixes) < 60:
        mix = Workload.from_classes(
            (
                generator.choice([0, 1, 3, 20, Fraction(5, 2)]),
                generator.randint(1, 5),
                generator.randint(1, 9),
            )
            for _ in range(generator.randint(2, 4))
        )
        if sum(c.decode_length for c in mix.classes) > 9 or len(mix.classes) == 1:
            continue
        if unit_circle_counts(mix).verdict == "stable":
            mixes.append(mix)
    return mixes
