"""The modes of a mix

The roots of the characteristic polynomial and the unit circle. Modes outside of it grow.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3), (5, 5)])
found = stabkit.roots(mix)

figure = stabkit.figure(found)
