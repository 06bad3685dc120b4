"""A workload

The memory kernel of a mix, which is what an admission holds at every step of its life, and the
share of requests that still decode.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 3), (5, 5), (20, 9, "1/4")])

figure = stabkit.figure(mix)
