"""The form of the improvement log as the web sees it: a bound on what is read, and nothing is kept in a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wholeservice.app import improve_form
from wholeservice.app.improve_form import ADDRESS, MAX_BYTES, Answer, Door
from wholeservice.app.web import HEADERS, fill

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


def routes_of(door: Door) -> list[Route]:
    """Return the routes over which readers may write to the log."""
    from starlette.concurrency import run_in_threadpool
    from starlette.routing import Route

    def show(request: Request) -> Response:
        return _answered(door.open(dict(request.query_params)))

    async def take(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _refused()
        headers = {name.lower(): value for name, value in request.headers.items()}
        return _answered(await run_in_threadpool(door.take, headers, body))

    return [Route(ADDRESS, show, methods=["GET"]), Route(ADDRESS, take, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    """Return what was sent; None once it is larger than any form, whatever its length was said to be."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _answered(answer: Answer) -> Response:
    from starlette.responses import HTMLResponse, RedirectResponse

    headers = {**HEADERS, "Cache-Control": "no-store"}
    if answer.address is not None:
        return RedirectResponse(answer.address, answer.status, headers)
    return HTMLResponse(fill("improve_form", form=answer.form), answer.status, headers)


def _refused() -> Response:
    from starlette.responses import HTMLResponse

    problem = improve_form.too_large()
    page = fill("trouble", title="Nothing was kept", says=[f"{problem.what}: {problem.expected}. {problem.next_step}."])
    return HTMLResponse(page, 413, {**HEADERS, "Cache-Control": "no-store"})
