"""The worst cycle

One cohort fills the memory and evicts nothing: one period of it, from its exact state.
"""

import stabkit

mix = stabkit.Workload.from_classes([(5, 6)], capacity=1100)
worst = stabkit.necklace_cycle(mix, [6])
picture = stabkit.cycle_picture(mix, [list(worst.states[0])], worst.period, "the worst cycle")

figure = stabkit.figure(picture)
