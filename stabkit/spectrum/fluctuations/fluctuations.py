"""Fluctuations of a stable mix: what a large finite server shows, though nothing is wrong with it.

A stable mix swings all the time. Chance drives the modes, which decay slowly, so that every
observable has a spectral density with a peak near the angle of each dominant mode: noise-sustained
*quasi-cycles* (R14). A mode lambda = |lambda| e^(i phi) makes a peak near phi of half-width about
1 - |lambda| radians per step, where it stands alone; its period is 2 pi / phi steps. A mode that
decays faster than it turns, 1 - |lambda| >= phi, makes no peak of its own.

Over a long window the completions count memory, not requests: n a* E M tokens-steps are served in n
steps, so that the number completed has variance n a* cv^2(M), M the memory-time of a request. This
*index of dispersion* is the density of admissions and completions at theta = 0.

References
----------
docs/model.md, R13, R14, R15; A. J. McKane, T. J. Newman, "Predator-prey cycles from resonant
amplification of demographic stochasticity", Phys. Rev. Lett. 94 (2005).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import ArgumentTypeError, InvalidArgument, check_choice, shown
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import is_listed
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record, Series
from ..circle.sparse_polynomial import Floats
from ..counting.counts import kernel_counts
from ..roots.dominant import kernel_modes
from ..roots.roots import Root
from .joint_law import JointLaw
from .observables import OBSERVABLES, density_of
from .slack import mean_slack, slack_density
from .variance import Variance, Variances

__all__ = ["Fluctuations", "QuasiCycle", "fluctuations"]

_MODES = 6
_DIGITS = 20
_SAMPLES, _FEWEST, _MOST_TERMS = 400, 40, 2**25
_LOWEST = 16  # of the lowest sampled angle: that many longest decode lengths are one period
_AROUND = (-8, -4, -2, -1, -0.5, 0, 0.5, 1, 2, 4, 8)  # half-widths from a peak


@dataclass(frozen=True, repr=False)
class QuasiCycle(Record):
    """A swing that chance sustains: a dominant mode that turns, and the peak that it makes.

    Attributes
    ----------
    period : float
        2 pi / phi, in steps.
    half_width : float
        1 - |lambda|, radians per step: the half-width of the peak where the mode stands alone.
    density : float
        The spectral density of the admissions per a* at phi; 1 is that of independent counts.

    Examples
    --------
    >>> from stabkit import Workload, fluctuations
    >>> mix = Workload.from_classes([(10, 3), (10, 5)], capacity=10_000)
    >>> peak = fluctuations(mix).peaks[0]
    >>> round(peak.period, 3), peak.half_width < 0.1
    (2.646, True)
    """

    period: float
    half_width: float
    density: float


@dataclass(frozen=True, eq=False, repr=False)
class Fluctuations(Series):
    """What chance does to a mix in steady service, per a* and in the limit of a large server.

    Attributes
    ----------
    mix : Workload
        Of single requests.
    verdict : {"stable", "unstable", "marginal", "undecided"}
        What is proved of the equilibrium; without "stable" nothing below is a variance.
    reason : str
        One sentence: what proves the verdict, or why there is none.
    fano_factor : Fraction, RealEnclosure or None
        V: the variance of the admissions per step over a*; None where the mix is not stable, or
        nothing was proved.
    window_dispersion : Fraction
        cv^2(M): the variance of the completions in a long window over their mean.
    variances : dict of str to Fraction, RealEnclosure or None
        Per a*: see `variance`.
    peaks : tuple of QuasiCycle
        Of the six dominant modes those that turn faster than they decay, |lambda| descending; empty
        without "stable".
    angles : float array
        0 to pi radians per step, ascending, denser near peaks.
    densities : dict of str to float array
        The spectral densities there; empty without "stable".
    mean_slack : Fraction or None
        E R, in tokens; None unless all inputs are whole tokens.
    mean_admissions : Fraction or None
        a_eff = (B - E R) / E M per step; None without a capacity, or where `mean_slack` is.
    admissions_variance : Fraction, RealEnclosure or None
        a_eff V and what the slack adds.

    Examples
    --------
    >>> from stabkit import Workload, fluctuations
    >>> mix = Workload.from_classes([(10, 3), (10, 5)], capacity=10_000)
    >>> found = fluctuations(mix)
    >>> found.verdict, round(float(found.fano_factor), 4)
    ('stable', 45.6861)
    >>> round(found.peaks[0].period, 3)
    2.646
    """

    mix: Workload
    verdict: Verdict
    reason: str
    fano_factor: Variance | None
    window_dispersion: Fraction
    variances: dict[str, Variance | None]
    peaks: tuple[QuasiCycle, ...]
    angles: Floats
    densities: dict[str, Floats]
    mean_slack: Fraction | None = None
    mean_admissions: Fraction | None = None
    admissions_variance: Variance | None = None

    @property
    def name(self) -> str:
        """The name of the mix."""
        return self.mix.name

    def columns(self) -> dict[str, Any]:
        """Return the angles and the spectral densities of the observables there."""
        return {"angle": self.angles, **self.densities}

    def variance(self, observable: str) -> Variance | None:
        """Return the variance per a* of one observable.

        Parameters
        ----------
        observable : {"admissions", "running", "demand", "completions", "tokens"}
            Requests admitted, in service, tokens needed before the fit, requests completed, and
            their decode tokens, all per step.

        Raises
        ------
        InvalidArgument
            If it is none of these.
        """
        check_choice(observable, "'observable'", OBSERVABLES)
        return self.variances[observable]

    def spectrum(self, observable: str, angles: Iterable[float]) -> Floats:
        """Return the spectral density per a* of one observable.

        Parameters
        ----------
        observable : str
            As in `variance`.
        angles : iterable of float
            In radians per step.

        Returns
        -------
        float array
            In double precision. Its mean over the circle is the variance.

        Raises
        ------
        InvalidArgument
            If the observable is none of these, an angle is not a finite number, or the mix is not
            proved stable.
        """
        check_choice(observable, "'observable'", OBSERVABLES)
        if self.verdict != "stable":
            raise InvalidArgument(f"'mix' must be stable for a spectrum, not {self.verdict}.")
        return density_of(observable, JointLaw.of(self.mix)).at(_read_angles(angles))


def fluctuations(mix: WorkloadLike) -> Fluctuations:
    """Return variances, spectra and quasi-cycles of a mix in steady service.

    Parameters
    ----------
    mix : WorkloadLike
        Of single requests, L at most 2^20 for variances; with a capacity, the slack counts too.

    Returns
    -------
    Fluctuations

    Raises
    ------
    InvalidWorkload
        If the inputs of `mix` are means, which have lost what its fluctuations depend on.

    Notes
    -----
    Per a*, an observable to which a request adds Q has the spectral density
    E|Q - (E Q / E X) X|^2, X the memory that the request holds (R14). It is the limit of a large
    server that evicts nothing. Variances are exact for short kernels and enclosed for long ones;
    spectra and peaks are doubles. The slack is that of a large server too, an approximation.

    References
    ----------
    docs/model.md, R13, R14.

    Examples
    --------
    >>> f = fluctuations(Workload.from_classes([(9, 1), (1, 2)]))
    >>> f.fano_factor, f.window_dispersion, f.variance("completions")
    (Fraction(17, 27), Fraction(1, 9), Fraction(4, 9))
    >>> bool(abs(f.spectrum("completions", [0.0])[0] - 1 / 9) < 1e-12)
    True
    >>> [round(peak.period, 9) for peak in f.peaks]
    [2.0]
    """
    mix = as_workload(mix)
    law, kernel = JointLaw.of(mix), MemoryKernel.of(mix)
    counts = kernel_counts(kernel)
    stable = counts.verdict == "stable"
    way = Variances.of(kernel) if stable else None
    variances = {name: _variance(name, law, way) for name in OBSERVABLES}
    peaks = _peaks(law, kernel) if stable else ()
    angles = _angles(kernel.length, peaks)
    return Fluctuations(
        mix=mix,
        verdict=counts.verdict,
        reason=counts.reason,
        fano_factor=variances["admissions"],
        window_dispersion=law.window_dispersion,
        variances=variances,
        peaks=peaks,
        angles=angles,
        densities={name: density_of(name, law).at(angles) for name in OBSERVABLES if stable},
        **_with_slack(mix, law, way, variances["admissions"]),
    )


def _variance(name: str, law: JointLaw, way: Variances | None) -> Variance | None:
    if law.is_certain:
        return Fraction(0)
    return None if way is None else way(density_of(name, law))


def _with_slack(
    mix: Workload, law: JointLaw, way: Variances | None, fano: Variance | None
) -> dict[str, Any]:
    """Return what depends on the capacity, of lengths and a memory of whole tokens."""
    if any(c.input_length.denominator > 1 for c in mix.unmerged().classes):
        return {}
    slack = mean_slack(law)
    if mix.capacity is None or mix.capacity.denominator > 1:
        return {"mean_slack": slack}
    admissions = (mix.capacity - slack) / law.memory_time
    extra = None if way is None else way(slack_density(law))
    total = None if fano is None or extra is None else _sum(_scaled(fano, admissions), extra)
    return {
        "mean_slack": slack,
        "mean_admissions": admissions,
        "admissions_variance": total,
    }


def _scaled(variance: Variance, factor: Fraction) -> Variance:
    """Return the variance times a factor above 0."""
    if isinstance(variance, Fraction):
        return variance * factor
    return RealEnclosure(variance.low * factor, variance.high * factor)


def _sum(one: Variance, other: Variance) -> Variance:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one + other
    (low, high), (least, most) = _ends(one), _ends(other)
    return RealEnclosure(low + least, high + most)


def _ends(variance: Variance) -> tuple[Fraction, Fraction]:
    if isinstance(variance, Fraction):
        return variance, variance
    return variance.low, variance.high


def _peaks(law: JointLaw, kernel: MemoryKernel) -> tuple[QuasiCycle, ...]:
    if kernel.length == 1 or law.is_certain:
        return ()
    turning = [mode for mode in kernel_modes(kernel, _MODES, _DIGITS) or () if _turns(mode)]
    angles = np.array([_angle(mode) for mode in turning])
    density = density_of("admissions", law).at(angles)
    return tuple(
        QuasiCycle(2 * math.pi / angle, 1 - abs(complex(mode.value)), value)
        for mode, angle, value in zip(turning, angles.tolist(), density.tolist(), strict=True)
    )


def _turns(mode: Root) -> bool:
    """Whether a mode of the upper half plane, or a negative one, turns faster than it decays."""
    return mode.value.imag >= 0 and _angle(mode) > 1 - abs(complex(mode.value))


def _angle(mode: Root) -> float:
    return math.atan2(float(mode.value.imag), float(mode.value.real))


def _angles(length: int, peaks: tuple[QuasiCycle, ...]) -> Floats:
    """Return angles from 0 to pi, evenly spaced on a scale of octaves, and more around peaks."""
    samples = max(_FEWEST, min(_SAMPLES, _MOST_TERMS // length))
    even = np.geomspace(2 * math.pi / (_LOWEST * length), math.pi, samples)
    around = [2 * math.pi / p.period + x * p.half_width for p in peaks for x in _AROUND]
    angles: Floats = np.unique([0.0, *even[:-1], *around, math.pi])
    return angles[(angles >= 0) & (angles <= math.pi)]


def _read_angles(angles: Any) -> Floats:
    if not is_listed(angles):
        raise ArgumentTypeError(f"'angles' must be a list of numbers, not {shown(angles)}.")
    try:
        read = np.array([float(angle) for angle in angles])
    except (TypeError, ValueError, OverflowError):
        raise InvalidArgument(f"'angles' must be numbers, not {shown(angles)}.") from None
    if not np.all(np.isfinite(read)):
        raise InvalidArgument(f"'angles' must be finite, not {shown(angles)}.")
    return read
