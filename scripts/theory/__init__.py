"""The theory as Markdown, for `scripts/make_theory.py`."""
