"""What `scripts/soak.py` compares: `mixes`, `plain` engines, and the comparisons of `compared`."""
