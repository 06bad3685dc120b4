"""``stabkit schema``: what the JSON of the commands means, key by key."""

from __future__ import annotations

from typing import Annotated

import typer

from ..present import Found, presented

__all__ = ["schema"]


@presented("schemas")
def schema(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Such as analysis or analysis/1; all by default."),
    ] = None,
) -> Found:
    """List the JSON Schemas of what --json prints, or print one.

    Every key with its type, its unit and when it is null (draft 2020-12, whole in one document).

    \b
    Examples:
      stabkit schema
      stabkit schema analysis --output analysis.schema.json
    """
    from ...publish.schemas import schemas

    found = schemas(name)
    return Found(found if name is None else found[0])
