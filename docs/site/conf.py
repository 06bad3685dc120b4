"""Sphinx's settings for the site. scripts/make_site.py lays out the sources and runs it."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

from numpydoc.xref import DEFAULT_LINKS
from pygments.lexers import JsonLexer, TextLexer

import stabkit

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

gc.set_threshold(100_000)  # pages stay until all are read: looking for waste takes a fifth of all

project = "stabkit"
author = "the stabkit authors"
copyright = "2026, the stabkit authors"
release = version = stabkit.__version__

# myst_parser: the pages are Markdown. autodoc, numpydoc: the pages of names, from docstrings.
# viewcode: their sources. sphinx_design: cards and answers that wait. sphinx_copybutton: commands
# without their prompts. The others are in _ext.
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_design",
    "sphinx_copybutton",
    "docstrings",
    "mathml",
    "names",
]
exclude_patterns = ["_ext", "extra"]
default_role = "obj"
smartquotes = False

myst_enable_extensions = ["dollarmath", "colon_fence", "attrs_inline"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
# Types lead to their pages; those of Python would need an inventory from the network.
numpydoc_xref_ignore = {"of", "or", "optional"}
numpydoc_xref_aliases = {word: word for word in DEFAULT_LINKS}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True

html_theme = "pydata_sphinx_theme"
html_title = f"stabkit {release}"
html_static_path = ["_static"]
html_extra_path = ["extra"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "collapse_navigation": True,
    "footer_end": [],
    "footer_start": ["copyright"],
    "header_links_before_dropdown": 7,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
}
html_sidebars = {"index": []}


def setup(app: Any) -> None:
    """Name the languages of samples that Pygments does not know."""
    app.add_lexer("csv", TextLexer)
    app.add_lexer("jsonl", JsonLexer)
