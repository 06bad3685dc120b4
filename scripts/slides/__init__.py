"""Slides of the lessons, for `scripts/make_print.py`."""
