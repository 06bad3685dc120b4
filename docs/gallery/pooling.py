"""Pooling

What replicas complete that serve a class each, and what one pool of them does.
"""

import stabkit

mix = stabkit.Workload.from_classes([(10, 3), (10, 5), (20, 7)], capacity=5050)
found = stabkit.pool(mix, replicas=4)

figure = stabkit.figure(found)
