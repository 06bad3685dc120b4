"""`thrifty.py` is a plug-in: its tests install it, nothing else may load it."""

collect_ignore = ["thrifty.py"]
