"""The explorer: one page, and what answers its questions, on this machine or in the browser.

* `operations`: the questions of the page, answered in JSON types; the page computes nothing;
* `page`: the page of the local server, from the files in `sources`;
* `server`: the loopback server of ``stabkit explore``.

`scripts/make_explorer.py` puts the same page and the same operations, with a Python for browsers,
into one file. So nothing here imports numpy or sympy before a question needs them: what is missing
is said by the answer.

It is a room of its own because it is neither a command nor a rendering: it turns questions into
analyses, and its page is no terminal. Others take `server`.
"""
