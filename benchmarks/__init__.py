"""Benchmarks of stabkit beside its peers, each for one thread unless its name says otherwise.

The libraries of linear algebra below numpy read the number of threads once, when numpy is first
imported, so that it is set here, before any module of this folder can import it.
"""

from __future__ import annotations

import os

for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
