"""A replay

A trace in its own order, served by the rules of an engine.
"""

import stabkit

trace = [(20, 40)] * 300
found = stabkit.replay(trace, "vllm-v0", capacity=2000)

figure = stabkit.figure(found)
