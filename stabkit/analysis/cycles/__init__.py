"""Limit cycles of one workload: exact orbits, and what runs end on.

In reading order:

* `limit_cycle`: the records, an exact orbit and an observed end.
* `named`: the cycles that the theory names: necklaces, and those of the renormalised mix.
* `observed`: a period seen in floats, then the exact orbit of its itinerary.
* `cycles`: `stabkit.cycles`, which joins them.

It takes from no other room of the analysis. Others take all but `named`.
"""
