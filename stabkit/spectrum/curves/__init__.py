"""Curves of control engineering: the root locus and the Nyquist curve.

* `locus`: where the roots go as one number changes, with exact counts between.
* `nyquist`: G on the unit circle, and how often it goes around 0, certified.

It takes from `partition` and below, the modules not from each other. Others take all of it.
"""
