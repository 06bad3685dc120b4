"""Limit cycles

On which cycle the runs of an unstable mix end, for one period: what the memory holds, and what is
evicted.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3), (5, 6)], capacity=1000)
found = stabkit.cycles(mix)

figure = stabkit.figure(found)
