"""Periodic orbits: the linear maps along them, and their Floquet multipliers.

In reading order:

* `floquet`: where the eigenvalues of a period lie, counted exactly; the record.
* `itinerary`: the affine maps along any itinerary, and the exact orbit that they have.
* `basin`: how far around such an orbit all runs converge to it.
* `poincare`: the matrices of the level cycles of one decode length, in closed form.

It takes from `counting` and `roots`. Others take `floquet`, `itinerary` and `basin`.
"""
