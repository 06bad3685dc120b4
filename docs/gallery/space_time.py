"""Cohorts in space and time

Every admission on its way through the memory; orange is what an eviction cut off.
"""

import stabkit

mix = stabkit.Workload.from_classes([(2, 6)], capacity=800)
picture = stabkit.space_time_picture(mix, steps=60)

figure = stabkit.figure(picture)
