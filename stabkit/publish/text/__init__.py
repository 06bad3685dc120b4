"""Text: every result as a report for people and as JSON types; one module per subject.

The tools: `numbers` (rounded, grouped, as many digits as a person can use), `tables`, and
`capacity` (what is said where none was given).

Of a workload: `analysis`, made of `verdict` (sentences) and `analysis_rows`; `roots`, `synchrony`,
`threshold`, `chart`, `criterion`, `margins`, `nyquist`, `locus`, `atlas`.
Of its runs: `cycles`, `losses`, `trajectories`.
For its operator: `policies`, `recommendations`, `pooling`, `sizing`.
Of what is installed: `catalogue` (workloads), `exercises`, `lessons`, `theorems`.

It takes from `document`, for exercises on paper. Figures and derivations take `numbers`.
"""
