"""A Nyquist curve

How often it encircles the origin is how many modes grow.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3), (5, 5)])
curve = stabkit.nyquist(mix)

figure = stabkit.figure(curve)
