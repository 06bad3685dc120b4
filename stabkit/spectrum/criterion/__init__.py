"""The stability criterion in symbols: inequalities in inputs and shares, for decode lengths to 5.

In reading order:

* `domain`: does a polynomial keep its sign wherever the numbers are admissible? A proof or nothing.
* `pruning`: inequalities factored, solved where linear, and dropped where others imply them.
* `work`: the price of every step, and what may be spent.
* `criterion`: `stabkit.stability_criterion`, which joins them.

It takes from no other room of the spectrum: computer algebra on the model alone.
Others take `criterion`.
"""
