"""Thresholds and D-partitions against exact counts, published values and hand-derived cases."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from sympy import Poly, Rational, Symbol

import stabkit
from stabkit import InvalidArgument, Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.counting.counts import kernel_counts
from stabkit.spectrum.partition import d_partition as d_partition_module
from stabkit.spectrum.partition.axis_arcs import axis_arcs
from stabkit.spectrum.partition.ball_crossings import BallCrossings
from stabkit.spectrum.partition.d_partition import d_partition, simplest_between
from stabkit.spectrum.partition.exact_crossings import exact_crossings
from stabkit.spectrum.partition.pencil import KernelPencil, kernel_pencil
from stabkit.spectrum.partition.threshold import threshold_along, variance_law

LINES = ("common", "shift", "scale", "gain", "share")


def workload(lengths, weights=None, inputs=None) -> Workload:
    count = len(lengths)
    return Workload.from_classes(
        zip(inputs or [0] * count, lengths, weights or [1] * count, strict=True)
    )


def random_mix(rng: random.Random, longest: int = 20, equal: bool = False) -> Workload:
    common = rng.randint(0, 40)
    count = rng.randint(2, 4)
    return Workload.from_classes(
        (common if equal else rng.randint(0, 40), rng.randint(1, longest), rng.randint(1, 9))
        for _ in range(count)
    )


def mixes(seed: int, count: int, **options) -> Iterator[Workload]:
    rng = random.Random(seed)
    for _ in range(count):
        yield random_mix(rng, **options)


# -- values known from elsewhere -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lengths", "weights", "known", "digits"),
    [
        ((2, 5), None, "6.9243440", 7),
        ((3, 5), None, "9.8229483", 7),
        ((4, 7), None, "29.594185", 6),
        ((7, 10), None, "117.43968", 5),
        ((5, 6, 7), None, "11.695930", 6),
        ((99, 100), None, "199534.49", 2),
        ((128, 129), None, "429863.88", 2),
        ((97, 200), (1, 2), "1036505.97", 2),
    ],
)
def test_known_thresholds(lengths, weights, known, digits):
    """docs/model.md, R8, from an implementation independent of stabkit."""
    found = stabkit.threshold(workload(lengths, weights))
    assert round(float(found.threshold), digits) == float(known)
    assert found.intervals[-1].verdict == "stable"
    assert found.threshold.value.high <= found.sufficient.low


def test_rational_thresholds_are_exact():
    assert stabkit.threshold(workload((1, 2))).threshold.exact == 0
    assert stabkit.threshold(workload((2, 3))).threshold.exact == 1
    # the share p of length 2 is critical at p = (s + 2) / (s + 3) or 2 / (s + 3): s = 3 or -3/5
    assert stabkit.threshold(workload((2, 3), (5, 1))).threshold.exact == 3
    assert stabkit.threshold(workload((2, 3), (5, 1))).sufficient.low == 3  # attained at -1


def test_vectors(vector_mixes):
    checked = 0
    for record, mix in vector_mixes:
        if "common_input_threshold" in record:
            value = float(stabkit.threshold(mix).threshold)
            assert math.isclose(value, record["common_input_threshold"], rel_tol=5.1e-9)
            checked += 1
    assert checked >= 24


def test_minimal_polynomial_of_2_5_by_hand():
    """(2,5), equal shares: V = 0 is 16 c^3 + 12 c^2 - 3 c - 1 = 0, c = cos theta; eliminate c."""
    x = Symbol("x")
    for lengths, ascending in (((2, 5), (18, -9, -6, 1)), ((3, 5), (9, -9, -9, 1))):
        found = stabkit.threshold(workload(lengths)).threshold
        assert found.minimal_polynomial() == ascending
        roots = Poly(ascending[::-1], x).real_roots()
        closest = min(roots, key=lambda root: abs(float(root) - float(found)))
        interval = found.enclosure(100)
        exact = Rational(str(closest.evalf(115)))
        assert interval.high - interval.low < Fraction(1, 10**99)
        assert abs(Fraction(str(exact)) - interval.low) < Fraction(1, 10**98)


def test_sufficient_bound_in_closed_form():
    """(2,3), equal shares, D = 1 + w + w^2/2: max -Re(w D'/D) - 1 = (sqrt(10) - 1)/2."""
    enclosure = stabkit.threshold(workload((2, 3))).sufficient
    low, high = (2 * end + 1 for end in (enclosure.low, enclosure.high))
    assert low**2 < 10 < high**2
    assert high - low < Fraction(1, 10**30)


# -- the lines -------------------------------------------------------------------------------------


def same_kernel(one: MemoryKernel, other: MemoryKernel) -> bool:
    rows = [[Fraction(g, k.denominator) for g in k.coefficients] for k in (one, other)]
    return rows[0] == rows[1]


def test_pencils_are_the_kernels_of_the_mixes_they_stand_for():
    for mix in mixes(1, 30):
        classes = [(c.input_length, c.decode_length, c.share) for c in mix.classes]
        kernel = MemoryKernel.of(mix)
        for value in (Fraction(3, 7), Fraction(11, 2)):
            moved = {
                "common": [(value, n, p) for _, n, p in classes],
                "shift": [(s + value, n, p) for s, n, p in classes],
                "scale": [(s * value, n, p) for s, n, p in classes],
            }
            for along, parts in moved.items():
                pencil = kernel_pencil(mix, along)
                expected = MemoryKernel.of(Workload.from_classes(parts))
                assert same_kernel(pencil.at(pencil.position(value)), expected)
        gain = kernel_pencil(mix, "gain")
        assert same_kernel(gain.at(gain.position(Fraction(2, 9))), kernel.damped(Fraction(2, 9)))
        if len(classes) > 1:
            share, rest = Fraction(2, 9), 1 - classes[0][2]
            parts = [(*classes[0][:2], share)]
            parts += [(s, n, p * (1 - share) / rest) for s, n, p in classes[1:]]
            pencil = kernel_pencil(mix, "share")
            expected = MemoryKernel.of(Workload.from_classes(parts))
            assert same_kernel(pencil.at(pencil.position(share)), expected)


def test_numbers_and_positions_are_inverse():
    mix = workload((2, 5), inputs=(3, 8))
    for along in LINES:
        pencil = kernel_pencil(mix, along)
        for x in (Fraction(1, 3), Fraction(7, 2)):
            assert pencil.position(pencil.number(x)) == x


@pytest.mark.slow
@pytest.mark.parametrize("along", LINES)
@pytest.mark.parametrize("longest", [12, 45])
def test_every_interval_holds_its_count(along, longest):
    """Exact counts at random points, some of them next to a crossing."""
    rng = random.Random(f"{along} {longest}")
    checked = 0
    for mix in mixes(f"{along} {longest}", 40 if longest < 20 else 10, longest=longest):
        if along == "share" and len(mix.classes) < 2:
            continue
        pencil = kernel_pencil(mix, along)
        found = d_partition(pencil)
        assert found.complete
        for part in found.intervals:
            for number in points_of(part, pencil, rng):
                counts = kernel_counts(pencil.at(pencil.position(number)))
                assert (counts.outside, counts.verdict) == (part.unstable, part.verdict)
                assert number in part
                checked += 1
    assert checked > 200


def points_of(part, pencil: KernelPencil, rng: random.Random) -> Iterator[Fraction]:
    low = pencil.origin if part.low is None else part.low.value.high
    high = part.high.value.low if part.high is not None else {"odds": Fraction(1)}.get(pencil.scale)
    if high is None:
        high = 3 * (abs(low) + 1)
    share = Fraction(rng.randint(1, 99), 100)
    yield low + share * (high - low)
    yield simplest_between(low - pencil.origin, high - pencil.origin) + pencil.origin
    for end, inward in ((part.low, 1), (part.high, -1)):
        if end is not None:
            yield (low if inward > 0 else high) + inward * (high - low) / 10**6


@pytest.mark.slow
@pytest.mark.parametrize("along", LINES)
def test_two_engines_find_the_same_crossings(along):
    """FLINT's isolation of algebraic numbers against the search on the circle with Arb."""
    compared = 0
    for mix in mixes(7, 60, longest=20):
        if along == "share" and len(mix.classes) < 2:
            continue
        pencil = kernel_pencil(mix, along)
        if pencil.length < 2 or not any(pencil.slope.coefficients):
            continue
        exact = exact_crossings(pencil, Budget())
        balls, undecided = BallCrossings(pencil, Budget()).on(axis_arcs(pencil, Budget()))
        if exact is None or undecided:
            assert pencil.length < 4
            continue
        rows = [
            sorted(
                (round(c.angle, 9), float(c.ball(60).mid()), c.change) for c in side if c.exact != 0
            )
            for side in (exact, balls)
        ]
        assert len(rows[0]) == len(rows[1])
        for one, other in zip(*rows, strict=True):
            assert one == pytest.approx(other, rel=1e-9, abs=1e-9)
        compared += len(rows[0])
    assert compared > 40


@pytest.mark.slow
@pytest.mark.parametrize(("along", "values"), [("shift", range(61)), ("scale", range(41))])
def test_shift_and_scale_against_brute_force(along, values):
    """60 random heterogeneous mixes, exact verdicts at all integers."""
    for mix in mixes(f"brute {along}", 60, longest=14):
        found = stabkit.threshold(mix, along)
        assert found.complete
        for value in values:
            moved = Workload.from_classes(
                (c.input_length + value if along == "shift" else c.input_length * value,
                 c.decode_length, c.share)
                for c in mix.classes
            )  # fmt: skip
            stable = any(holds(part, value) for part in found.stable_intervals)
            assert stable == (stabkit.unit_circle_counts(moved).verdict == "stable")


def holds(part, value: int) -> bool:
    """Tell whether a value is in an open interval, exactly: end points are refined or rational."""
    for end, side in ((part.low, 1), (part.high, -1)):
        if end is None:
            continue
        if end.exact is not None:
            inside = (value - end.exact) * side > 0
        else:
            hull = end.enclosure(60)
            inside = value > hull.high if side > 0 else value < hull.low
        if not inside:
            return False
    return True


# -- theorems --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_r7_beyond_the_sufficient_bound():
    for mix in mixes(11, 120, equal=True):
        found = stabkit.threshold(mix)
        g = mix.gcd
        above = max(math.floor(found.sufficient.high) + 1, 0)
        moved = Workload.from_classes((above, c.decode_length, c.share) for c in mix.classes)
        counts = stabkit.unit_circle_counts(moved)
        assert (counts.outside, counts.on_circle) == (g - 1, 0)
        assert all(part.unstable == g - 1 for part in found.intervals[-1:])
        if g == 1 and found.threshold is not None:
            assert found.threshold.value.high <= found.sufficient.high


def test_gcd_above_one_has_no_finite_threshold():
    for lengths in ((2, 4), (4, 6), (3, 6, 9), (30, 45)):
        found = stabkit.threshold(workload(lengths))
        assert found.threshold is None
        assert not found.is_finite
        assert found.intervals[-1].unstable == math.gcd(*lengths) - 1


def test_fewer_unstable_modes_than_the_gcd_says():
    """R9 in docs/model.md: gcd 40 with 37 unstable modes without inputs, 39 for large ones."""
    weights = {n: 8211 * (n + 120) * (121 - n) ** 4 for n in range(1, 121)}
    total = sum((n + 120) * (121 - n) ** 4 for n in range(1, 121))
    for n, factor in ((1, 1693), (3, 24), (4, 72)):
        weights[n] += factor * total
    mix = Workload.from_classes((0, 40 * n, w) for n, w in weights.items())
    found = threshold_along(mix, "common", every_sample=False)
    assert found.complete
    assert (found.intervals[0].unstable, found.intervals[-1].unstable) == (37, 39)


def test_a_mode_that_stays_on_the_circle():
    """Lengths 1 and 2, input on the longer one only: G = (1 + z)(1 + N s / 2)."""
    found = stabkit.threshold(workload((1, 2), inputs=(0, 6)), "scale")
    assert found.crossings == ()
    assert found.complete
    assert [part.verdict for part in found.intervals] == ["marginal"]


def test_lines_without_any_crossing():
    assert [p.verdict for p in stabkit.threshold(workload((1,))).stable_intervals] == ["stable"]
    found = stabkit.threshold(workload((2, 3)), "scale")  # no input to scale
    assert found.crossings == ()
    assert found.intervals[0].unstable == 2
    found = stabkit.threshold(workload((5,)))  # R5
    assert found.stable_intervals == ()
    assert found.law is None


def test_directions_and_counts_must_agree(monkeypatch):
    """Drop one crossing: the counts contradict the directions of the others."""
    original = d_partition_module.exact_crossings
    monkeypatch.setattr(d_partition_module, "exact_crossings", lambda *p: original(*p)[:-1])
    with pytest.raises(ArithmeticError, match="contradict"):
        d_partition(kernel_pencil(workload((3, 5)), "common"))


def test_variance_law():
    law = stabkit.threshold(workload((99, 100))).law
    assert law.in_range
    assert round(law.estimate) == 199618  # docs/model.md, Variance law
    assert law.relative_error == pytest.approx(199617.905 / 199534.49 - 1, abs=1e-6)


@pytest.mark.parametrize("zeros", [285, 295, 320])
def test_there_is_no_estimate_beyond_the_doubles(zeros):
    """mu^3 / sigma^2 is 10^9 over the share of the shorter."""
    mix = stabkit.Workload.from_classes([(0, 999, 1), (0, 1000, 10**zeros)])
    law = variance_law(MemoryKernel.of(mix))
    assert (law is None) == (zeros > 290)


@pytest.mark.parametrize(
    ("classes", "known"),
    [
        ([(5, 3), (5, 5)], 9.8229483),  # wide: s* of docs/model.md, R8
        ([(0, 49), (0, 59)], None),  # sigma/mu = 0.09, on a lattice of step 10
        ([(0, 49, 500), (0, 59, 500), (0, 60, 1)], None),  # nearly so: the differences are coprime
        ([(0, 5), (0, 6)], None),  # adjacent and narrow, but short: 17 % too high
        ([(5, 4), (5, 6)], math.inf),  # gcd 2
        ([(0, 98), (0, 100)], math.inf),  # gcd 2 and narrow
        ([(0, 1), (0, 2)], 0),  # stable for every s
    ],
)
def test_variance_law_out_of_range(classes, known):
    found = stabkit.threshold(stabkit.Workload.from_classes(classes))
    assert not found.law.in_range
    if known is None:
        error = found.law.estimate / float(found.threshold) - 1
        assert found.law.relative_error == pytest.approx(error)
        assert abs(error) > 0.125
    elif known in (0, math.inf):
        assert found.law.relative_error is None
    else:
        assert found.law.relative_error == pytest.approx(found.law.estimate / known - 1, abs=1e-6)


def test_the_atlas_pairs_in_range_are_those_of_the_docstring():
    """199 pairs are narrow, 54 of them in range, all adjacent; none of the wide ones would be."""
    narrow, close, wide = 0, [], 0
    for pair in stabkit.atlas():
        spread = (pair.longer - pair.shorter) / 2 / pair.mean_length
        near = pair.threshold and abs(pair.variance_law / float(pair.threshold) - 1) <= 0.125
        narrow += spread <= 0.1
        if near and spread <= 0.1:
            close.append(pair.longer - pair.shorter)
        wide += bool(near) and spread > 0.1
    assert (narrow, len(close), set(close), wide) == (199, 54, {1}, 0)


@pytest.mark.parametrize(
    ("lengths", "weights"), [((24, 25), (1, 1)), ((99, 100), (1, 4)), ((60, 61, 63), (2, 5, 1))]
)
def test_expansion_of_the_variance_law(lengths, weights):
    classes = [(0, n, w) for n, w in zip(lengths, weights, strict=True)]
    found = stabkit.threshold(stabkit.Workload.from_classes(classes))
    assert abs(float(found.threshold) - found.law.expansion) < 0.3  # O(1 / mu)


def test_expansion_for_a_smooth_law():
    # Lengths of a gamma law of mean 200 and sigma/mu = 1/10, whose density at n is proportional to
    # n^99 exp(-n/2); exact 914, estimate 1013.
    densities = [n**99 * math.exp(-n / 2) for n in range(90, 351)]
    weights = [round(10**9 * d / max(densities)) for d in densities]
    classes = [(0, n, w) for n, w in zip(range(90, 351), weights, strict=True) if w]
    found = stabkit.threshold(stabkit.Workload.from_classes(classes))
    assert round(float(found.threshold)) == 914
    assert abs(found.law.expansion / float(found.threshold) - 1) < 0.01
    assert found.law.estimate / float(found.threshold) > 1.1


def test_errors():
    with pytest.raises(InvalidArgument, match="'gain' or a slope for each class, not 'q'"):
        stabkit.threshold(workload((2, 3)), "q")
    with pytest.raises(InvalidArgument, match="up to 20000 for a threshold, not 20001"):
        stabkit.threshold(workload((2, 20001)))
    with pytest.raises(InvalidArgument, match="two classes or more"):
        kernel_pencil(workload((3,)), "share")


def test_enclosures_are_nested():
    crossing = stabkit.threshold(workload((30, 47))).threshold
    coarse, fine = crossing.enclosure(10), crossing.enclosure(200)
    assert coarse.low <= fine.low <= fine.high <= coarse.high
    assert fine.high - fine.low < Fraction(1, 10**190)


# -- the search for stable inputs below the threshold ----------------------------------------------


@pytest.mark.parametrize(
    ("lengths", "weights", "ends"),  # docs/model.md, Stable inputs
    [
        ((3, 4, 5), (251, 149, 100), ("0.02328", "0.03735", "0.26515")),
        ((3, 4, 5, 9), (26, 20, 11, 2), ("0.10378", "0.23607", "0.42580")),
        ((4, 5, 6, 11, 12, 23), (326, 345, 139, 58, 113, 19), ("0.94087", "1.05133", "2.99849")),
    ],
)
def test_stable_inputs_below_the_threshold(lengths, weights, ends):
    found = stabkit.threshold(workload(lengths, weights))
    first, last = found.stable_intervals
    assert tuple(f"{float(x):.5f}" for x in (first.low, first.high, last.low)) == ends
    assert last.high is None
    assert found.threshold is last.low


@pytest.mark.long
def test_search_for_stable_inputs_below_the_threshold():
    """They are rare: in none of 100 000 random coprime mixes of 2 to 4 classes, L up to 24.

    And yet they exist: `test_stable_inputs_below_the_threshold`. For two classes, and for L = 4,
    none is known (docs/model.md, Stable inputs).
    """
    rng = random.Random(8)
    searched, finds = 0, []
    while searched < 100_000:
        lengths = rng.sample(range(1, rng.randint(4, 24) + 1), rng.randint(2, 4))
        if math.gcd(*lengths) > 1:
            continue
        mix = workload(lengths, [rng.randint(1, rng.choice((9, 99, 9999))) for _ in lengths])
        found = d_partition(kernel_pencil(mix, "common"), every_sample=False)
        assert found.complete
        searched += 1
        if any(part.high is not None for part in found.stable_intervals):
            finds.append(mix)
    assert finds == []
