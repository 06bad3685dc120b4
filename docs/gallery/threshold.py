"""A threshold

The growing modes along a common input: stable intervals are shaded, the last one begins at s*.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3, 251), (5, 4, 149), (5, 5, 100)])
found = stabkit.threshold(mix)

figure = stabkit.figure(found)
