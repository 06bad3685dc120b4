"""What a derivation of one workload needs beyond its Analysis: the exact objects on the way to it.

An Analysis has the results; a derivation shows how they come about: the kernel itself, the survival
polynomial with its factors, the Schur-Cohn recursion or the winding number with its arcs, the roots
with more digits, the limit cycles, the policies' loops, and the data of figures. Each is left out,
as None, where it would not fit on a page or would take more than seconds; the bounds are the
constants below.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil, gcd

from flint import fmpz_poly
from sympy import Expr, divisors, factor, factor_list, false, fraction

from ..dynamics.necklaces import worst_cycle_loss
from ..dynamics.policies import Damped, Policy, Reservation
from ..dynamics.policies.policy import rational_fields
from ..errors import InvalidArgument, InvalidWorkload, check_length
from ..model.kernel import MemoryKernel
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import LARGEST_INPUT_LENGTH
from ..model.polynomials import (
    characteristic_polynomial,
    closed_form,
    memory_kernel,
    survival_polynomial,
)
from ..model.symbolic import SymbolicWorkload
from ..model.workload import Workload
from ..spectrum.chart.chart import StabilityChart, stability_chart
from ..spectrum.counting.certificates import single_decode_length
from ..spectrum.counting.counts import kernel_counts
from ..spectrum.counting.evidence import CircleEvidence, circle_evidence
from ..spectrum.counting.schur_cohn import SchurCohnStep, schur_cohn_steps
from ..spectrum.counting.self_reciprocal import (
    CircleFactor,
    circle_factors,
    self_reciprocal_part,
)
from ..spectrum.criterion.criterion import (
    LONGEST_SYMBOLIC,
    StabilityCriterion,
    stability_criterion,
)
from ..spectrum.fluctuations.fano import fano_factor
from ..spectrum.fluctuations.joint_law import JointLaw
from ..spectrum.fluctuations.variance import Variance
from ..spectrum.margins.gain import GainMargin, gain_margin
from ..spectrum.roots.roots import Root, roots
from .cycles.cycles import Cycles, cycles
from .operations.closed_loops import ClosedLoop, closed_loop
from .pictures.analysis import disturbed_run
from .pictures.cycle import CyclePicture, cycle_picture
from .pictures.run import RunPicture
from .verdict.analysis import Analysis
from .verdict.analyze import analysis_of, resolved_modes

__all__ = [
    "AdmissionsNoise",
    "CircleReduction",
    "DerivationFacts",
    "DerivationPictures",
    "KernelPiece",
    "PolicyLoop",
    "SymbolicFacts",
    "derivation_facts",
    "symbolic_facts",
]

_DIGITS = 30  # of all roots
_DENSE = 5_000  # terms of a kernel that is kept term by term
_TABLE = 12  # longest kernel with a Schur-Cohn table
_ALL_ROOTS = 401
_SOME_ROOTS = 12
_CYCLES = 60
_MARGIN = 300
_NOISE = 2**15  # terms: a second
_LONGEST_SYMBOLIC = 40
_CHART = 40
_CHART_ROWS = 25
_CHART_WIDTH = Fraction(10)  # tokens, at least


@dataclass(frozen=True)
class CircleReduction:
    """The Schur-Cohn recursion of the generating function, after the circle is split off.

    * `polynomial`: the integer polynomial G times its denominator, ascending.
    * `common`: gcd(G, G*), ascending; (1,) if they are coprime.
    * `factors`: its squarefree parts, with Sturm's chains.
    * `steps`: of the quotient, down to degree 1.
    """

    polynomial: tuple[int, ...]
    common: tuple[int, ...]
    factors: tuple[CircleFactor, ...]
    steps: tuple[SchurCohnStep, ...]

    @property
    def zeros(self) -> tuple[int, ...]:
        """How many zeros the polynomial of each step has in the open disc."""
        within, counts = 0, list[int]()  # a constant, after the last step, has none
        for step in reversed(self.steps):
            within = within + 1 if step.expanding else step.degree_after - within
            counts.append(within)
        return tuple(reversed(counts))


@dataclass(frozen=True)
class KernelPiece:
    """g_m = start + slope m for first <= m <= last, in tokens."""

    first: int
    last: int
    start: Fraction
    slope: Fraction


@dataclass(frozen=True)
class DerivationPictures:
    """The data of a derivation's figures.

    * `memory`: a run from the equilibrium, disturbed along the dominant mode.
    * `cycle`: an exact cycle of more than one step that a run ended on.
    * `chart`: of the common input length and the share, for two short decode lengths.
    """

    memory: RunPicture | None
    cycle: CyclePicture | None
    chart: StabilityChart | None


@dataclass(frozen=True)
class PolicyLoop:
    """A policy with its closed loop."""

    policy: Policy
    loop: ClosedLoop

    @property
    def parameters(self) -> list[tuple[str, Fraction]]:
        """The symbol and the value of each."""
        return [(field.metadata["symbol"], value) for field, value in rational_fields(self.policy)]


@dataclass(frozen=True)
class AdmissionsNoise:
    """What chance does to the admissions of whole requests, whatever the capacity.

    * `fano_factor`: V: their variance is V a* per step (R13).
    * `window_dispersion`: the squared coefficient of variation of the memory-time (R14).
    * `reason`: why there is none of them, a clause.
    """

    fano_factor: Variance | None = None
    window_dispersion: Fraction | None = None
    reason: str | None = None


@dataclass(frozen=True)
class SymbolicFacts:
    """What a derivation says of symbolic classes.

    * `closed_form` (sympy.Expr): (1 - z)^2 G(z).
    * `window_dispersion` (sympy.Expr): E M^2 / (E M)^2 - 1, M the memory-time of a request;
      factored.
    * `kernel` (tuple of sympy.Expr): g_0, ..., g_(L-1); empty where decode lengths are symbols, as
      what follows.
    * `characteristic`, `survival` (sympy.Expr or None): F and A, in lambda.
    * `criterion`: where there are few enough steps.
    * `fano_factor` (sympy.Expr or None): V, for two classes and few enough steps, unless they are
      never stable.
    """

    mix: SymbolicWorkload
    closed_form: Expr
    window_dispersion: Expr
    kernel: tuple[Expr, ...] = ()
    characteristic: Expr | None = None
    survival: Expr | None = None
    criterion: StabilityCriterion | None = None
    fano_factor: Expr | None = None

    @property
    def fano_parts(self) -> tuple[Expr, tuple[Expr, ...]] | None:
        """The numerator of V, and the irreducible factors of its denominator."""
        if self.fano_factor is None:
            return None
        numerator, denominator = fraction(self.fano_factor)
        return numerator, tuple(one for one, _ in factor_list(denominator)[1])


@dataclass(frozen=True)
class DerivationFacts:
    """Everything that a derivation says, before it is said.

    * `kernel`: g_0, ..., g_(L-1), in tokens.
    * `closed_form`: exponents and coefficients of (1 - z)^2 G(z), ascending.
    * `survival`: S_0, ..., S_(L-1).
    * `reduction`: for short kernels.
    * `evidence`: for longer ones, unless R5 gives the counts at once.
    * `roots`: all of them, or the dominant ones; |lambda| descending.
    * `on_circle`: which of `roots` are proved to lie on the circle: their number is that of the
      exact count.
    * `loops`: damped by half and reservation.
    """

    mix: Workload
    analysis: Analysis
    kernel: tuple[Fraction, ...] | None
    closed_form: tuple[tuple[int, Fraction], ...]
    survival: tuple[Fraction, ...] | None
    reduction: CircleReduction | None
    evidence: CircleEvidence | None
    roots: tuple[Root, ...]
    all_roots: bool
    on_circle: tuple[bool, ...]
    gain: GainMargin | None
    cycles: Cycles | None
    loops: tuple[PolicyLoop, ...]
    noise: AdmissionsNoise
    pictures: DerivationPictures

    @property
    def mean_decode_length(self) -> Fraction:
        """Mu, in steps."""
        return sum((c.share * c.decode_length for c in self.mix.classes), Fraction(0))

    @property
    def one_input(self) -> bool:
        """Whether all classes have one input length."""
        return len({c.input_length for c in self.mix.classes}) == 1

    @property
    def kernel_pieces(self) -> tuple[KernelPiece, ...]:
        """The stretches on which the memory kernel is linear, in the order of their steps."""
        kernel = MemoryKernel.of(self.mix)
        return tuple(
            KernelPiece(
                first,
                stop - 1,
                Fraction(held + share, kernel.denominator),
                Fraction(share, kernel.denominator),
            )
            for first, stop, share, held in kernel.plateaus()
        )

    @property
    def primitive_characteristic(self) -> tuple[Fraction, tuple[int, ...]]:
        """The positive factor that makes F primitive, and what it makes of F, descending."""
        kernel = MemoryKernel.of(self.mix)
        content = gcd(*kernel.coefficients)
        primitive = tuple(c // content for c in kernel.coefficients)
        return Fraction(kernel.denominator, content), primitive

    @property
    def closed_survival(self) -> tuple[tuple[int, Fraction], ...]:
        """Exponents and coefficients of (lambda - 1) A(lambda), descending."""
        kernel = MemoryKernel.of(self.mix)
        length, scale = kernel.length, kernel.denominator
        steps = ((length - n, Fraction(-share, scale)) for n, share, _ in kernel)
        return (length, Fraction(1)), *steps

    @property
    def survival_derivative(self) -> tuple[Fraction, ...] | None:
        """The coefficients of A', descending; None of long kernels."""
        if self.survival is None:
            return None
        powers = range(len(self.survival) - 1, 0, -1)
        return tuple(n * c for n, c in zip(powers, self.survival, strict=False))

    @property
    def cyclotomic_orders(self) -> tuple[int, ...]:
        """The orders d of the cyclotomic polynomials that divide A: d | g, d > 1 (R1)."""
        return tuple(divisors(self.mix.gcd)[1:])

    @property
    def cofactor(self) -> tuple[Fraction, ...] | None:
        """A without its cyclotomic factors, descending; None of long kernels.

        It is a polynomial in lambda^g, for S is constant on every g steps.
        """
        if self.survival is None:
            return None
        g = self.mix.gcd
        quotient = [Fraction(0)] * (len(self.survival) - g + 1)
        quotient[::g] = self.survival[::g]
        return tuple(quotient)

    @property
    def worst_loss(self) -> Fraction | None:
        """What the worst cycle loses of the equilibrium's tokens (R6); None of several classes."""
        if len(self.mix.classes) > 1:
            return None
        (one,) = self.mix.classes
        return worst_cycle_loss(one.input_length, one.decode_length)

    @property
    def weighted_survival(self) -> tuple[Fraction, ...] | None:
        """The survival function with the shares p_k s_k (R1b); None unless all inputs are above 0.

        None of long kernels too.
        """
        classes = self.mix.classes
        if self.survival is None or not all(c.input_length for c in classes):
            return None
        total = sum((c.share * c.input_length for c in classes), Fraction(0))
        held = [Fraction(0)] * len(self.survival)
        for c in classes:
            held[c.decode_length - 1] += c.share * c.input_length / total
        return tuple(accumulate(reversed(held)))[::-1]


def derivation_facts(mix: WorkloadLike) -> DerivationFacts:
    """Return what a derivation of `mix` says.

    >>> facts = derivation_facts(Workload.from_classes([(5, 1), (5, 3)]))
    >>> facts.kernel
    (Fraction(6, 1), Fraction(7, 2), Fraction(4, 1))
    >>> facts.reduction.polynomial, len(facts.roots)
    ((12, 7, 8), 2)
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    dense = kernel.length <= _DENSE
    scale = kernel.denominator
    modes = resolved_modes(kernel, _SOME_ROOTS)
    analysis = analysis_of(mix, kernel, modes)
    complete = kernel.length <= _ALL_ROOTS
    found = tuple(roots(mix, _DIGITS) if complete else modes or ())
    ends = cycles(mix) if kernel.length <= _CYCLES else None
    return DerivationFacts(
        mix=mix,
        analysis=analysis,
        kernel=tuple(Fraction(c, scale) for c in kernel.coefficients) if dense else None,
        closed_form=tuple((m, Fraction(c, scale)) for m, c in sorted(kernel.closed_form.items())),
        survival=tuple(Fraction(c, scale) for c in kernel.survival) if dense else None,
        reduction=_reduction(kernel) if 1 < kernel.length <= _TABLE else None,
        evidence=_evidence(kernel) if _TABLE < kernel.length <= _DENSE else None,
        roots=found,
        all_roots=complete,
        on_circle=_on_circle(kernel, found),
        gain=gain_margin(mix) if kernel.length <= _MARGIN else None,
        cycles=ends,
        loops=tuple(
            PolicyLoop(policy, closed_loop(mix, policy))
            for policy in (Damped(Fraction(1, 2)), Reservation())
        ),
        noise=_noise(mix, kernel),
        pictures=DerivationPictures(
            _memory(mix, analysis), _cycle(mix, ends), _chart(mix, analysis)
        ),
    )


def symbolic_facts(mix: SymbolicWorkload) -> SymbolicFacts:
    """Return what a derivation of symbolic classes says.

    Raises InvalidArgument if decode lengths are numbers, and one is above 40.
    """
    form = closed_form(mix)
    dispersion = _symbolic_dispersion(mix)
    if not all(c.decode_length.is_Integer for c in mix.classes):
        return SymbolicFacts(mix, form, dispersion)
    length = mix.longest_decode
    check_length(length, _LONGEST_SYMBOLIC, "for a symbolic derivation")
    criterion = stability_criterion(mix) if length <= LONGEST_SYMBOLIC else None
    at_times_stable = criterion is not None and criterion.condition != false
    return SymbolicFacts(
        mix,
        form,
        dispersion,
        tuple(memory_kernel(mix)),
        characteristic_polynomial(mix).as_expr(),
        survival_polynomial(mix).as_expr(),
        criterion,
        fano_factor(mix) if at_times_stable and len(mix.classes) == 2 else None,
    )


def _symbolic_dispersion(mix: SymbolicWorkload) -> Expr:
    memory_times = [
        c.decode_length * (c.input_length + (c.decode_length + 1) / 2) for c in mix.classes
    ]
    first, second = (
        sum(c.share * time**power for c, time in zip(mix.classes, memory_times, strict=True))
        for power in (1, 2)
    )
    return factor(second / first**2 - 1)


def _noise(mix: Workload, kernel: MemoryKernel) -> AdmissionsNoise:
    verdict = kernel_counts(kernel).verdict
    if len(mix.classes) == 1 and not mix.means:  # all requests are alike
        return AdmissionsNoise(Fraction(0), Fraction(0) if verdict == "stable" else None)
    if mix.means and mix.pairs is None:
        reason = "of the inputs only means are known, and it takes those of single requests"
    elif verdict != "stable":
        reason = f"the equilibrium is {verdict}, and no steady state is around it"
    elif kernel.length > _NOISE:
        reason = "it was not computed at this length"
    else:
        return _proved_noise(mix)
    return AdmissionsNoise(reason=reason)


def _proved_noise(mix: Workload) -> AdmissionsNoise:
    law = JointLaw.of(mix)
    dispersion = law.window_dispersion
    try:
        return AdmissionsNoise(fano_factor(mix), dispersion)
    except InvalidWorkload:
        reason = "a mode is too close to the circle for a proof of its value"
        return AdmissionsNoise(window_dispersion=dispersion, reason=reason)


def _on_circle(kernel: MemoryKernel, found: tuple[Root, ...]) -> tuple[bool, ...]:
    """Which discs meet the circle, if together they hold as many roots as the exact count."""
    meets = tuple(abs(abs(root.value) - 1) <= root.radius for root in found)
    on = sum(root.multiplicity for root, met in zip(found, meets, strict=True) if met)
    exact = on == kernel_counts(kernel).on_circle
    return meets if exact else tuple(False for _ in found)


def _reduction(kernel: MemoryKernel) -> CircleReduction:
    polynomial = fmpz_poly(list(kernel.coefficients))
    common = self_reciprocal_part(polynomial)
    quotient = [int(c) for c in (polynomial // common).coeffs()]
    return CircleReduction(
        polynomial=tuple(int(c) for c in polynomial.coeffs()),
        common=tuple(int(c) for c in (common // common.content()).coeffs()),
        factors=tuple(circle_factors(common)),
        steps=tuple(schur_cohn_steps(quotient)),
    )


def _evidence(kernel: MemoryKernel) -> CircleEvidence | None:
    return None if single_decode_length(kernel) else circle_evidence(kernel)


def _memory(mix: Workload, analysis: Analysis) -> RunPicture | None:
    return disturbed_run(mix, analysis.dominant_modes[0]) if analysis.dominant_modes else None


def _cycle(mix: Workload, found: Cycles | None) -> CyclePicture | None:
    ends = [one.cycle for one in found.observations if one.cycle] if found else []
    cycle = next((one for one in ends if one.period > 1 and one.cohorts), None)
    if cycle is None or cycle.cohorts is None:
        return None
    state = [[c.share * y for y in cycle.cohorts[0][: c.decode_length]] for c in mix.classes]
    try:
        return cycle_picture(mix, state, cycle.period)
    except InvalidArgument:  # numbers too long for a state
        return None


def _chart(mix: Workload, analysis: Analysis) -> StabilityChart | None:
    """Return the chart up to twice the threshold, or a little beyond the mix's own inputs."""
    lengths = sorted({c.decode_length for c in mix.classes})
    found = analysis.threshold
    if len(lengths) != 2 or lengths[1] > _CHART or found is None:
        return None
    inputs = [c.input_length * Fraction(5, 4) for c in mix.classes]
    crossing = 2 * Fraction(found.input_length or 0)
    widest = Fraction(min(ceil(max(crossing, *inputs, _CHART_WIDTH)), LARGEST_INPUT_LENGTH))
    return stability_chart(lengths, ranges={"common": (0, widest)}, rows=_CHART_ROWS)
