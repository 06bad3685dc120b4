"""The margins

How far the gain, the inputs, the shares and the cohorts may go before something grows.
"""

import stabkit

mix = stabkit.Workload.from_classes([(20, 3), (20, 5), (40, 7)])
found = stabkit.margins(mix, "1/5")

figure = stabkit.figure(found)
