"""What an endpoint is given, and the table of endpoints."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cloud.github.errors import Json
from tests.cloud.github.state import Actor, State


@dataclass(frozen=True)
class Asked:
    """One call of the API: who asks what."""

    state: State
    actor: Actor
    parts: dict[str, str]
    """The named parts of the path."""
    query: dict[str, str]
    body: Json = field(default_factory=dict)
    content: bytes = b""
    """What was sent where it is a file."""
    url: str = ""
    """Of this server."""


@dataclass(frozen=True)
class Listed:
    """A list to be given page by page, inside an object where `key` names it."""

    entries: list[Any]
    key: str = ""
    around: Json = field(default_factory=dict)


Answer = tuple[int, Any]
Handler = Callable[[Asked], Answer]


@dataclass(frozen=True)
class Endpoint:
    method: str
    pattern: re.Pattern[str]
    permission: str
    """Which permission of a token it needs: to read for GET, to write for the rest."""
    handle: Handler


ENDPOINTS: list[Endpoint] = []


def endpoint(method: str, path: str, permission: str) -> Callable[[Handler], Handler]:
    """Put a handler into the table. `{name}` matches one segment of the path, `{name+}` several."""
    pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", path.replace(".", r"\."))
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)

    def add(handler: Handler) -> Handler:
        ENDPOINTS.append(Endpoint(method, re.compile(pattern), permission, handler))
        return handler

    return add
