"""stabkit: is this mix of LLM requests steady, or does it drive its server into evictions?

The names below are loaded on first use (PEP 562), so that importing stabkit is cheap.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # typing's own would import it: half of the time until `stabkit` is loaded
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"

_HOME = {
    "InvalidArgument": "errors",
    "InvalidWorkload": "errors",
    "OutputError": "errors",
    "StabkitError": "errors",
    "StabkitWarning": "errors",
    "RequestClass": "model.workload",
    "Workload": "model.workload",
    "examples": "model.examples",
    "SymbolicWorkload": "model.symbolic",
    "characteristic_polynomial": "model.polynomials",
    "closed_form": "model.polynomials",
    "common_input_form": "model.polynomials",
    "generating_function": "model.polynomials",
    "memory_kernel": "model.polynomials",
    "survival_polynomial": "model.polynomials",
    "state_characteristic_polynomial": "model.state_space",
    "state_matrix": "model.state_space",
    "Counts": "spectrum.counting.counts",
    "unit_circle_counts": "spectrum.counting.counts",
    "Root": "spectrum.roots.roots",
    "roots": "spectrum.roots.roots",
    "dominant_modes": "spectrum.roots.dominant",
    "NyquistCurve": "spectrum.curves.nyquist",
    "nyquist": "spectrum.curves.nyquist",
    "RootLocus": "spectrum.curves.locus",
    "root_locus": "spectrum.curves.locus",
    "NearSynchronousMode": "spectrum.synchrony.synchrony",
    "SynchronizedMode": "spectrum.synchrony.modes",
    "Synchrony": "spectrum.synchrony.synchrony",
    "synchrony": "spectrum.synchrony.synchrony",
    "CountInterval": "spectrum.partition.d_partition",
    "Crossing": "spectrum.partition.d_partition",
    "Threshold": "spectrum.partition.threshold",
    "VarianceLaw": "spectrum.partition.threshold",
    "threshold": "spectrum.partition.threshold",
    "StabilityChart": "spectrum.chart.chart",
    "stability_chart": "spectrum.chart.chart",
    "StabilityCriterion": "spectrum.criterion.criterion",
    "stability_criterion": "spectrum.criterion.criterion",
    "ShareRadius": "spectrum.margins.shares.radius",
    "share_radius": "spectrum.margins.shares.radius",
    "DisturbanceMargin": "spectrum.margins.disturbance",
    "disturbance_margin": "spectrum.margins.disturbance",
    "GainMargin": "spectrum.margins.gain",
    "gain_margin": "spectrum.margins.gain",
    "InputMargin": "spectrum.margins.inputs",
    "input_margin": "spectrum.margins.inputs",
    "ClosedLoop": "analysis.operations.closed_loops",
    "closed_loop": "analysis.operations.closed_loops",
    "closed_loop_polynomial": "analysis.operations.closed_loops",
    "PolicyComparison": "analysis.operations.comparison",
    "PolicySweep": "analysis.operations.sweep",
    "compare_policies": "analysis.operations.comparison",
    "policy_sweep": "analysis.operations.sweep",
    "Arrangement": "analysis.operations.pooling",
    "Pooling": "analysis.operations.pooling",
    "pool": "analysis.operations.pooling",
    "Sizing": "analysis.operations.sizing",
    "sizing": "analysis.operations.sizing",
    "block_kernel": "model.blocks",
    "block_total": "model.blocks",
    "bytes_per_token": "model.cache_memory",
    "capacity_from_log": "model.start_up_log",
    "capacity_from_shape": "model.cache_memory",
    "Claim": "analysis.operations.claims",
    "Proposal": "analysis.operations.recommend",
    "Recommendation": "analysis.operations.recommend",
    "recommend": "analysis.operations.recommend",
    "Cycles": "analysis.cycles.cycles",
    "LimitCycle": "analysis.cycles.limit_cycle",
    "Observation": "analysis.cycles.limit_cycle",
    "cycles": "analysis.cycles.cycles",
    "Margins": "analysis.margins",
    "margins": "analysis.margins",
    "FloquetMultipliers": "spectrum.orbits.floquet",
    "itinerary_multipliers": "spectrum.orbits.itinerary",
    "periodic_orbit": "spectrum.orbits.itinerary",
    "admit_matrix": "spectrum.orbits.poincare",
    "fit_matrix": "spectrum.orbits.poincare",
    "floquet_multipliers": "spectrum.orbits.poincare",
    "level_state": "spectrum.orbits.poincare",
    "poincare_matrix": "spectrum.orbits.poincare",
    "GcdTheorem": "spectrum.synchrony.gcd_theorem",
    "gcd_theorem": "spectrum.synchrony.gcd_theorem",
    "GraphPicture": "analysis.pictures.graph",
    "KernelPicture": "analysis.pictures.run",
    "RootPicture": "analysis.pictures.roots",
    "RunPicture": "analysis.pictures.run",
    "graph_picture": "analysis.pictures.graph",
    "kernel_picture": "analysis.pictures.run",
    "root_picture": "analysis.pictures.roots",
    "run_picture": "analysis.pictures.run",
    "BasinSample": "dynamics.basins",
    "basin_sample": "dynamics.basins",
    "steps_to_worst_cycle": "dynamics.basins",
    "CapturePiece": "dynamics.capture",
    "capture_set": "dynamics.capture",
    "NecklaceCycle": "dynamics.necklaces",
    "necklace_cycle": "dynamics.necklaces",
    "necklace_cycles": "dynamics.necklaces",
    "renormalized": "dynamics.renormalization",
    "synchronized_loss": "dynamics.renormalization",
    "worst_cycle_loss": "dynamics.necklaces",
    "Damped": "dynamics.policies",
    "Greedy": "dynamics.policies",
    "Headroom": "dynamics.policies",
    "RateLimited": "dynamics.policies",
    "Reservation": "dynamics.policies",
    "Trajectory": "dynamics.trajectory",
    "simulate": "dynamics.simulator",
    "Analysis": "analysis.verdict.analysis",
    "analyze": "analysis.verdict.analyze",
    "analyze_many": "analysis.verdict.analyze",
    "AtlasEntry": "analysis.atlas",
    "atlas": "analysis.atlas",
    "bootstrap": "analysis.verdict.bootstrap",
    "Exercise": "exercises.exercises",
    "exercise": "exercises.exercises",
    "Derivation": "publish.derivation",
    "derive": "publish.derivation",
    "theorems": "theorems",
    "figure": "publish.rendering",
    "text": "publish.rendering",
    "to_dict": "publish.rendering",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f".{_HOME[name]}", __name__)
    value = getattr(home, name) if name != "theorems" else home  # a package that can be called
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
