"""The analysis: spectrum and dynamics joined, for one workload.

The rooms and modules, in reading order; each may take from those before it:

* `verdict`: is it stable, and how is that known? `stabkit.analyze` and its record.
* `cycles`: the limit cycles, and which of them runs end on.
* `starts`: where the run from one start ends, certified.
* `operations`: admission policies, pooling, sizing, and what to do.
* `pictures`: what figures show, as plain data.
* `margins`: every margin of `stabkit.spectrum.margins`, joined.
* `atlas`: the packaged thresholds of all coprime pairs.
* `facts`: what a derivation needs beyond the verdict.

Only here do the siblings `spectrum` and `dynamics` meet. Others take all of it.
"""
