"""Pages of the site that are written from what the repository holds, a module for each kind.

Each has a function `pages`, which yields the path of a page, as it would be in the repository, and
its text. `scripts/make_site.py` puts them among the pages of `docs`.
"""
