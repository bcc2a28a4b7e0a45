"""`wholeservice serve`: the web pages, on this machine only unless told otherwise."""

from __future__ import annotations

import errno
import socket
import webbrowser
from typing import TYPE_CHECKING

import click

from wholeservice.app.asked import Asked
from wholeservice.app.printing import say

if TYPE_CHECKING:
    from wholeservice.app.settings import Settings

HOST, PORT = "127.0.0.1", 8765
N_PORTS_TRIED = 20


@click.command()
@click.option("--host", default=HOST, show_default=True, help="Address to listen on; 0.0.0.0 opens it to the network.")
@click.option("--port", default=PORT, show_default=True, help="Port; the next free one is taken if it is in use.")
@click.option("--write/--read-only", "is_writable", default=None,
              help="Whether readers may write to the improvement log; by default only on this machine.")  # fmt: skip
@click.option("--open", "is_opened", is_flag=True, help="Open the browser.")
@click.pass_obj
def serve(asked: Asked, *, host: str, port: int, is_writable: bool | None, is_opened: bool) -> None:
    """Serve the pages; stop with Ctrl-C.

    On this machine, readers may write to the improvement log; nobody logs in, so on a network they may not unless --write says
    so.

    Example:  wholeservice --workspace examples/govuk serve --open
    """
    serve_workspace(asked.settings(), host=host, port=port, is_opened=is_opened, is_writable=is_writable)


def serve_workspace(
    settings: Settings, *, host: str = HOST, port: int = PORT, is_opened: bool = False, is_writable: bool | None = None
) -> None:
    """Serve the stored results of a workspace until it is stopped; results are computed first where there are none."""
    import uvicorn

    from wholeservice.app.earlier import earlier_of
    from wholeservice.app.improve_form import Door
    from wholeservice.app.web import LOOPBACK, create_app
    from wholeservice.app.web_form import routes_of
    from wholeservice.app.workspace import newest_stored, refresh

    refresh(settings)
    is_open = host in LOOPBACK if is_writable is None else is_writable
    load_data = newest_stored(settings, is_open=is_open)
    load_data()  # now, so that the first reader does not wait
    hosts = LOOPBACK if host in LOOPBACK else ("*",)  # the door to the network is open: any name may lead here
    more = routes_of(Door(settings)) if is_open else ()
    app = create_app(load_data, earlier=earlier_of(settings), hosts=hosts, more=more)
    listening = listen(host, port)
    url = f"http://{host}:{listening.getsockname()[1]}/"
    say(f"Serving {settings.name} at {url}  (stop with Ctrl-C)")
    if is_opened:
        webbrowser.open(url)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    server.run(sockets=[listening])
    if server.started:  # it was asked to stop by a signal that its parent has told it to ignore, as shells do in the background
        raise KeyboardInterrupt


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket on the first free port from *port* on; 0 lets the system choose."""
    for each in range(port, port + N_PORTS_TRIED) if port else (0,):
        listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, each))
            listening.listen()  # from now on a browser that asks waits for the answer, and is not turned away
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        return listening
    raise OSError(errno.EADDRINUSE, f"ports {port} to {port + N_PORTS_TRIED - 1} of {host} are all in use")
