"""The explorer: one page, and what answers its questions, on this machine or in the browser.

* `operations`: the questions of the page, each a function of JSON types; the page computes nothing;
* `page`: the page as one text, from the files in `sources`, with either engine behind it;
* `server`: the loopback server of ``stabkit explore``.

`scripts/make_explorer.py` puts the same page and the same operations, with a Python for browsers,
into one file. So nothing here imports numpy or sympy before a question needs them: what a browser
lacks is said by the answer (`operations.Explorer.answer`).

It is a room of its own because it is neither a command nor a rendering: it asks the analysis,
which `publish` does not, and its page is no terminal. Others take `Explorer`, `page_text` and
`ExplorerServer`.
"""
