"""The spectrum: what the characteristic polynomial says, each statement with its proof.

The rooms, in reading order; each may take from those before it, those of one line not from each
other:

* `circle`: polynomials on the unit circle, with proved error bounds.
* `counting`: how many modes are inside, on and outside the circle; this decides stability.
* `roots`: where they are, in discs that are proved, and the spectral radius.
* `batched`: counts, spectral radii and Fano factors of many mixes at once, in arrays.
* `synchrony`: what the gcd of the decode lengths does.
* `partition`: where along one number of the mix the count changes.
* `chart`, `margins`, `curves`, `orbits`, `criterion`, `fluctuations`: what is built on these.
* `starts`: from where a run reaches the equilibrium, by what the kernel alone proves.

It takes the model from below and never meets the dynamics, so that their agreement is evidence.
Others take all but `circle`.
"""
