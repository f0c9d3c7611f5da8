"""The control paths: faults, behaviour and the call log. They are this server's own, not Google's."""

from dataclasses import asdict, fields, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.gemini.faults import read_fault
from infra.local.gemini.service import Behaviour, Service


def routes(service: Service) -> list[Route]:
    """The paths with their methods."""
    control = Control(service)
    return [
        Route("/control/faults", control.faults, methods=["GET", "POST", "DELETE"]),
        Route("/control/behaviour", control.behaviour, methods=["GET", "POST"]),
        Route("/control/calls", control.calls, methods=["GET"]),
        Route("/control/reset", control.reset, methods=["POST"]),
    ]


class Control:
    """The handlers of the paths; an invalid body is answered with 400 and one sentence."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._first = replace(service.behaviour)

    async def faults(self, request: Request) -> Response:
        """POST takes one fault or a list of them; every method answers with the faults in force."""
        if request.method == "DELETE":
            self.service.faults.clear()
        elif request.method == "POST":
            try:
                sent = await request.json()
                self.service.faults.add(*map(read_fault, sent if isinstance(sent, list) else [sent]))
            except (ValueError, TypeError) as error:
                return _refuse(error)
        return JSONResponse({"faults": self.service.faults.as_json()})

    async def behaviour(self, request: Request) -> Response:
        """POST changes the fields it names."""
        if request.method == "POST":
            try:
                self.service.behaviour = _changed(self.service.behaviour, await request.json())
            except (ValueError, TypeError) as error:
                return _refuse(error)
        return JSONResponse(asdict(self.service.behaviour))

    async def calls(self, _: Request) -> Response:
        """Every call since the start or the last reset, oldest first."""
        return JSONResponse({"calls": [call.as_json() for call in self.service.calls.calls]})

    async def reset(self, _: Request) -> Response:
        """No faults, no calls, the behaviour the server was started with."""
        self.service.faults.clear()
        self.service.calls.clear()
        self.service.behaviour = replace(self._first)
        return JSONResponse({})


def _changed(behaviour: Behaviour, changes: Any) -> Behaviour:
    known = {field.name for field in fields(Behaviour)}
    if not isinstance(changes, dict) or changes.keys() - known:
        raise ValueError(f"expected an object with some of {', '.join(sorted(known))}")
    return replace(behaviour, **changes)


def _refuse(error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)
