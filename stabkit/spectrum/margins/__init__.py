"""Margins: how far one thing may change before a mode reaches the unit circle or memory runs out.

In reading order:

* `line`: the nearest change along a line; what the margins of one number share.
* `gain`: the admission gain.
* `inputs`: all inputs, shifted or scaled together.
* `shares`: all shares at once; a room of its own.
* `disturbance`: the state: the largest disturbance of the equilibrium without an eviction.

It takes from `partition` and below. `stabkit.analysis.margins` joins them for one workload.
Others take all of it.
"""
