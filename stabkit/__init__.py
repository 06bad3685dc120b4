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
    "Counts": "spectrum.counts",
    "unit_circle_counts": "spectrum.counts",
    "Root": "spectrum.roots",
    "roots": "spectrum.roots",
    "dominant_modes": "spectrum.dominant",
    "NyquistCurve": "spectrum.nyquist",
    "nyquist": "spectrum.nyquist",
    "RootLocus": "spectrum.locus",
    "root_locus": "spectrum.locus",
    "NearSynchronousMode": "spectrum.synchrony",
    "SynchronizedMode": "spectrum.synchronized_modes",
    "Synchrony": "spectrum.synchrony",
    "synchrony": "spectrum.synchrony",
    "CountInterval": "spectrum.d_partition",
    "Crossing": "spectrum.d_partition",
    "Threshold": "spectrum.threshold",
    "VarianceLaw": "spectrum.threshold",
    "threshold": "spectrum.threshold",
    "StabilityChart": "spectrum.chart",
    "stability_chart": "spectrum.chart",
    "StabilityCriterion": "spectrum.symbolic_criterion",
    "stability_criterion": "spectrum.symbolic_criterion",
    "ShareRadius": "spectrum.share_radius",
    "share_radius": "spectrum.share_radius",
    "DisturbanceMargin": "spectrum.disturbance",
    "disturbance_margin": "spectrum.disturbance",
    "GainMargin": "spectrum.gain_margin",
    "gain_margin": "spectrum.gain_margin",
    "InputMargin": "spectrum.input_margin",
    "input_margin": "spectrum.input_margin",
    "ClosedLoop": "analysis.closed_loops",
    "closed_loop": "analysis.closed_loops",
    "closed_loop_polynomial": "analysis.closed_loops",
    "PolicyComparison": "analysis.policy_comparison",
    "PolicySweep": "analysis.policy_sweep",
    "compare_policies": "analysis.policy_comparison",
    "policy_sweep": "analysis.policy_sweep",
    "Arrangement": "analysis.pooling",
    "Pooling": "analysis.pooling",
    "pool": "analysis.pooling",
    "Sizing": "analysis.sizing",
    "sizing": "analysis.sizing",
    "block_kernel": "model.blocks",
    "block_total": "model.blocks",
    "bytes_per_token": "model.cache_memory",
    "capacity_from_log": "model.start_up_log",
    "capacity_from_shape": "model.cache_memory",
    "Claim": "analysis.claims",
    "Proposal": "analysis.recommend",
    "Recommendation": "analysis.recommend",
    "recommend": "analysis.recommend",
    "Cycles": "analysis.cycles",
    "LimitCycle": "analysis.limit_cycle",
    "Observation": "analysis.limit_cycle",
    "cycles": "analysis.cycles",
    "Margins": "analysis.margins",
    "margins": "analysis.margins",
    "FloquetMultipliers": "spectrum.floquet",
    "itinerary_multipliers": "spectrum.itinerary",
    "periodic_orbit": "spectrum.itinerary",
    "admit_matrix": "spectrum.poincare",
    "fit_matrix": "spectrum.poincare",
    "floquet_multipliers": "spectrum.poincare",
    "level_state": "spectrum.poincare",
    "poincare_matrix": "spectrum.poincare",
    "GcdTheorem": "spectrum.gcd_theorem",
    "gcd_theorem": "spectrum.gcd_theorem",
    "GraphPicture": "publish.pictures",
    "KernelPicture": "publish.pictures",
    "RootPicture": "publish.root_pictures",
    "RunPicture": "publish.pictures",
    "graph_picture": "publish.pictures",
    "kernel_picture": "publish.pictures",
    "root_picture": "publish.root_pictures",
    "run_picture": "publish.pictures",
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
    "Analysis": "analysis.records",
    "analyze": "analysis.analyze",
    "analyze_many": "analysis.analyze",
    "AtlasEntry": "analysis.atlas",
    "atlas": "analysis.atlas",
    "bootstrap": "analysis.bootstrap",
    "Exercise": "analysis.exercises",
    "exercise": "analysis.exercises",
    "Derivation": "publish.derivation",
    "derive": "publish.derivation",
    "theorems": "theorems",
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
