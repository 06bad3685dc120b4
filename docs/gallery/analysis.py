"""An analysis

What `stabkit analyze --figure` draws: the modes in the plane, and a small swing that grows.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3), (5, 5)], capacity=1000)
found = stabkit.analyze(mix)

figure = stabkit.figure(found)
