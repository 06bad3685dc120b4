"""A finite server

Whether one sees the verdict through the noise of whole requests, and how often they are evicted.
"""

import stabkit

classes = [(40 + k % 7, k) for k in range(1, 41)]
mix = stabkit.Workload.from_classes(classes, capacity=9_000, name="40 classes")
found = stabkit.finite_server(mix, steps=1000)

figure = stabkit.figure(found)
