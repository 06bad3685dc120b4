"""The verdict: from a workload to a certified answer, with all that a reader needs to trust it.

In reading order:

* `analysis`: the `Analysis`, everything that was found, as plain data with its JSON.
* `lengths`: the largest classes of a mix, and quantiles of its lengths.
* `crosscheck`: does the simulator, which knows no algebra, see the same?
* `analyze`: `stabkit.analyze`, which asks the rooms of the spectrum one after another.
* `verdict_certificate`: the proof of the verdict as data, for ``stabkit_check.py``.
* `bootstrap`: how far a sampled trace's verdict could be off by chance.

The lowest room of the analysis. Others take all of it, most take `analysis` and `analyze`.
"""
