"""Fluctuations of a stable mix

What the draw of requests does to a server of this size: spread and spectrum of its admissions.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 3), (10, 5)], capacity=10_000)
found = stabkit.fluctuations(mix)

figure = stabkit.figure(found)
