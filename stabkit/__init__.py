"""stabkit: is this mix of LLM requests steady, or does it drive its server into evictions?

The names below are loaded on first use (PEP 562), so that importing stabkit is cheap. The table
says group by group where they live; from it `scripts/make_api.py` makes what static tools read,
`__init__.pyi`, and the list of all names for people, `docs/api.md`. The groups are:
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.2.0"

__groups__ = {
    "workloads": {
        "model.request_classes": "RequestClass",
        "model.workload": "Workload",
        "model.notation": "as_workload",
        "model.examples": "examples",
        "model.symbolic": "SymbolicWorkload",
        "model.cache_memory": "bytes_per_token capacity_from_shape",
        "model.model_config": "capacity_from_config",
        "model.start_up_log": "capacity_from_log",
    },
    "polynomials": {
        "model.polynomials": (
            "characteristic_polynomial closed_form common_input_form generating_function "
            "memory_kernel survival_polynomial"
        ),
        "model.state_space": "state_characteristic_polynomial state_matrix",
        "model.blocks": "block_kernel block_total",
        "model.transfer": "to_control to_scipy",
    },
    "counts and roots": {
        "spectrum.counting.counts": "Counts unit_circle_counts",
        "spectrum.batched.counts": "BatchedCounts batched_counts",
        "spectrum.batched.radii": "batched_radii",
        "spectrum.batched.values": "BatchedValues",
        "analysis.verdict.verdict_certificate": "CertifiedClaim VerdictCertificate certify",
        "spectrum.roots.roots": "Root roots",
        "spectrum.roots.dominant": "dominant_modes",
        "spectrum.curves.nyquist": "NyquistCurve nyquist",
        "spectrum.curves.locus": "RootLocus root_locus",
        "analysis.pictures.roots": "RootPicture root_picture",
    },
    "synchrony": {
        "spectrum.synchrony.synchrony": "NearSynchronousMode Synchrony synchrony",
        "spectrum.synchrony.modes": "SynchronizedMode",
        "spectrum.synchrony.gcd_theorem": "GcdTheorem gcd_theorem",
        "analysis.pictures.graph": "GraphPicture graph_picture",
        "analysis.pictures.run": "KernelPicture kernel_picture",
    },
    "thresholds and charts": {
        "spectrum.partition.d_partition": "CountInterval Crossing",
        "spectrum.partition.input_line": "InputLine",
        "spectrum.partition.threshold": "Threshold VarianceLaw threshold",
        "spectrum.chart.chart": "StabilityChart stability_chart",
        "spectrum.criterion.criterion": "StabilityCriterion stability_criterion",
        "analysis.atlas": "AtlasEntry atlas",
    },
    "margins": {
        "analysis.margins": "Margins margins",
        "spectrum.margins.gain": "GainMargin gain_margin",
        "spectrum.margins.inputs": "InputMargin input_margin",
        "spectrum.margins.shares.radius": "ShareRadius share_radius",
        "spectrum.margins.shares.robust": "EdgeCrossing RobustShares robust_shares",
        "spectrum.margins.shares.tolerance": "ShareTolerance share_tolerance",
        "spectrum.margins.disturbance": "DisturbanceMargin disturbance_margin",
    },
    "fluctuations": {
        "spectrum.batched.fano": "batched_fano_factors",
        "spectrum.fluctuations.fano": "fano_factor",
        "spectrum.fluctuations.fluctuations": "Fluctuations QuasiCycle fluctuations",
    },
    "starts": {
        "spectrum.starts.no_eviction": "NoEviction never_evicts",
        "spectrum.starts.soft_start": "SoftStart soft_start",
    },
    "cycles and orbits": {
        "analysis.cycles.cycles": "Cycles cycles",
        "analysis.cycles.limit_cycle": "LimitCycle Observation",
        "analysis.pictures.cycle": "CyclePicture cycle_picture",
        "dynamics.necklaces": "NecklaceCycle necklace_cycle necklace_cycles worst_cycle_loss",
        "dynamics.capture": "CapturePiece capture_set",
        "dynamics.basins": "BasinSample basin_sample steps_to_worst_cycle",
        "dynamics.renormalization": "renormalized synchronized_loss",
        "analysis.starts.certificates": "ConvergentStart EvictingStart UndecidedStart",
        "analysis.starts.certify": "certify_start",
        "spectrum.orbits.floquet": "FloquetMultipliers",
        "spectrum.orbits.itinerary": "itinerary_multipliers periodic_orbit",
        "spectrum.orbits.poincare": (
            "admit_matrix fit_matrix floquet_multipliers level_state poincare_matrix"
        ),
    },
    "simulation": {
        "dynamics.trajectory": "Trajectory",
        "dynamics.simulator": "simulate",
        "dynamics.requests": (
            "Estimate RequestRun RequestSeries RequestTable Scheduler simulate_requests"
        ),
        "dynamics.kept_progress": "KeptProgress kept_progress",
        "dynamics.long_run": "LongRun long_run",
        "analysis.pictures.run": "RunPicture run_picture",
        "analysis.pictures.space_time": "SpaceTimePicture space_time_picture",
        "analysis.pictures.animation": "AnimationPicture animation_picture",
        "publish.figures.animation": "animation_bytes",
    },
    "policies and operations": {
        "dynamics.policies": (
            "Damped Greedy Headroom MemoryView NotLinear RateLimited RationalParameters "
            "Reservation parameter register_policy"
        ),
        "model.kernel": "MemoryKernel",
        "analysis.operations.closed_loops": "ClosedLoop closed_loop closed_loop_polynomial",
        "analysis.operations.loop_noise": "policy_fano_factor",
        "analysis.operations.comparison": "PolicyComparison PolicyFinding compare_policies",
        "analysis.operations.sweep": "PolicySweep policy_sweep",
        "analysis.operations.predictions": "Prediction",
        "analysis.pictures.policies": "PolicyPanel PolicyPicture policy_picture",
        "analysis.operations.trials": "Trial Trials",
        "analysis.operations.recommend": "Proposal Recommendation recommend",
        "analysis.operations.pooling": "Arrangement Pooling pool",
        "analysis.operations.sizing": "Sizing sizing",
        "analysis.operations.finite": "FiniteServer Watermark finite_server",
        "analysis.operations.replay": "Replay replay",
    },
    "analysis": {
        "analysis.verdict.analysis": "Analysis",
        "analysis.verdict.analyze": "analyze analyze_many",
        "analysis.verdict.bootstrap": "bootstrap",
        "analysis.pictures.analysis": "AnalysisPicture analysis_picture",
    },
    "sweeps": {
        "sweeps.sweep_plan": "SweepPlan",
        "sweeps.sweep_run": "SweepProgress SweepRun sweep",
        "sweeps.processes": "sweep_processes",
        "sweeps.cluster": "sweep_cluster",
    },
    "reports": {
        "publish.rendering": "figure text to_csv to_dict",
        "publish.notebook": "html",
        "publish.text.numbers": "percent readable",
        "publish.figures.formats": "figure_bytes",
        "publish.figures": "style",
    },
    "derivations and theorems": {
        "publish.derivation": "Derivation derive",
        "exercises.exercises": "Exercise exercise",
        "publish.text.exercises": "exercise_document",
        "publish.document.tree": (
            "CirclePlot Document Equations Figure Formula Layer Paragraph Plot Section Source "
            "Statement Table"
        ),
        "theorems.records": "Theorem",
        "theorems.registry": "theorems",
        "theorems.checked": "CheckedTheorem",
        "theorems.runner": "prove",
        "publish.theory.article": "theory_tex",
        "publish.theory.evidence": "evidence_tex",
        "publish.theory.exposition": "exposition",
    },
    "errors": {
        "errors": "InvalidArgument InvalidWorkload OutputError StabkitError StabkitWarning",
    },
}
_HOME = {
    name: home
    for group in __groups__.values()
    for home, names in group.items()
    for name in names.split()
}
__all__ = ["__version__", *_HOME]
__doc__ = f"{__doc__}" + "".join(
    f"\n{group.capitalize()}\n    {', '.join(' '.join(homes.values()).split())}\n"
    for group, homes in __groups__.items()
)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f".{_HOME[name]}", __name__)
    # The import has bound `theorems` already: to a package, which can be called.
    return globals().setdefault(name, getattr(home, name))


def __dir__() -> list[str]:
    return sorted(__all__)
