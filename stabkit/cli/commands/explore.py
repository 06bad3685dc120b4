"""``stabkit explore``: the explorer as a page on this machine."""

from __future__ import annotations

from ...errors import InvalidArgument, told
from ..options import flag, option
from ..terminal import emit

__all__ = ["explore"]


def explore(
    port: int | None = option(
        None, "PORT", "Port on this machine; by default a free one.", min=1024, max=65535
    ),
    no_browser: bool = flag("--no-browser", "Print the address, and open nothing."),
) -> int:
    """Explore mixes and request logs on a page in the browser.

    Sliders for two kinds of requests: verdict, modes, memory over time, threshold. And a place to
    drop a request log: its verdict, what a server of a given memory does with it, what to set. The
    page is served on this machine alone, to whoever has its address, and nothing leaves it. Ctrl-C
    ends it.

    \b
    Examples:
      stabkit explore
      stabkit explore --port 8000 --no-browser
    """
    from ...explorer.server import ExplorerServer

    try:
        server = ExplorerServer(port or 0)
    except OSError as failure:
        raise InvalidArgument(f"'--port' must be free, not {port} ({told(failure)}).") from None
    emit(f"{server.address} (stop with Ctrl-C)\n")
    if not no_browser:
        import webbrowser

        webbrowser.open(server.address)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0
