"""The smallest functions there are: what functions-framework itself costs."""

from flask import Request as FlaskRequest
from starlette.requests import Request


def hello(request: FlaskRequest) -> str:
    return "ok"


async def hello_aio(request: Request) -> str:
    return "ok"
