"""A stand-in for sweep: says who called."""

import json

from starlette.requests import Request
from starlette.responses import Response


async def sweep(request: Request) -> Response:
    if request.method == "POST":
        caller = request.headers.get("Authorization", "")
        print(json.dumps({"event": "swept", "caller": caller.split(" ")[0]}), flush=True)  # noqa: T201 — a log line
    return Response("ok")
