"""Names the packages, which setup.cfg cannot: `find:` sees neither the records nor the lessons.

A new folder of stabkit ships without being listed; `proofs` and `docs/lessons` are installed under
the names that setup.cfg's `package_dir` gives them. All else is in setup.cfg.
"""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["stabkit*"]), "stabkit_lessons", "stabkit_proofs"])
