"""Synchrony: what the common divisor of the decode lengths does to the modes.

In reading order:

* `renewal_graph`: the combinatorics: the graph, its period, the cohorts.
* `quotient`: the quotient on the unit circle that the gcd theorem speaks of.
* `least_real_part`: its least real part, by branch and bound in doubles.
* `condition`: the theorem's margin, enclosed by proof.
* `gcd_theorem`: what the gcd then proves about the unstable modes.
* `continuation`: certified paths from the roots of unity to where the modes have moved.
* `modes`: the synchronised modes that come of it.
* `synchrony`: all of it for one workload, near-synchronous modes included.

It takes from `circle`, `counting` and `roots`. Others take `renewal_graph`, `condition`,
`gcd_theorem`, `modes` and `synchrony`.
"""
