"""The renewal graph

Stages of decoding in a row; every decode length is an edge back to the first. The lengths 4 and 6
have the divisor 2, the period of the graph: requests may fall in step with it.
"""

import stabkit

mix = stabkit.Workload.from_classes([(100, 4), (100, 6)])
found = stabkit.synchrony(mix)

figure = stabkit.figure(found)
