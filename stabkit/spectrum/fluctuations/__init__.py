"""Fluctuations: what chance does to a stable mix, where requests are whole and few.

In reading order:

* `joint_law`: the moments of input and decode length, of single requests and not of means.
* `circle_mean`: means over the unit circle of a trigonometric polynomial over |G|^2, exactly.
* `density`: the spectral density of an observable of a full memory, one formula for all.
* `observables`: admissions, requests in service, demand, completions: what each adds to it.
* `trapezoid`: the same means enclosed, for kernels of thousands of terms.
* `ball_mean`: the same in ball arithmetic alone, which needs no numpy.
* `variance`: the choice among them.
* `fano`: `stabkit.fano_factor`.
* `slack`: what a memory that is not quite full adds at a finite capacity.
* `fluctuations`: `stabkit.fluctuations`, all of it for one workload.
* `loops`: the same noise through the loop of another linear policy.
* `cohorts`: how much requests come and go together.
* `tail`: what completes within one step frees, as an exactly convolved law.
* `memory_walk`: free memory as a random walk, and how often it runs out.
* `fixed_point_walk`: that walk without numpy; `walk` has what both share.
* `evictions`: where that is right, and what chance does to a server of one capacity.
* `lundberg`: how fast a watermark makes evictions rare, as a proved enclosure.

It takes from `circle`, `counting` and `roots`. Others take `joint_law`, `trapezoid`, `variance`,
`fano`, `fluctuations`, `loops`, `memory_walk`, `evictions` and `lundberg`.
"""
