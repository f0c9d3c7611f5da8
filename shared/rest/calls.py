"""What a program asks the REST API, and what it is answered. Pure; `shared/rest_site.py` speaks HTTP."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from shared.miniapp.routes import write_expression
from shared.people.accounts import OpenUser
from shared.people.api_keys import ApiKey, Scope
from shared.ports import AppPorts

Json = dict[str, Any]
Method = Literal["GET", "POST"]
KIND_PREFIX = "urn:nanobanana:problem:"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RestCall:
    """One call of a program. The person comes from the key and from nowhere else."""

    opened: OpenUser
    key: ApiKey
    parameters: Mapping[str, str]
    """The variable parts of the path."""
    query: Mapping[str, str]
    """The last of fields of one name."""
    body: Mapping[str, Any]
    idempotency_key: str = ""

    @property
    def user_id(self) -> int:
        return self.opened.user.id


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """What was asked for."""

    content: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why it is refused (RFC 9457)."""

    status: int
    detail: str
    name: str = ""
    """The end of the problem's type; empty: about:blank."""
    members: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    wait_seconds: int = 0
    """After how long to try again; 0: nobody knows."""

    @property
    def kind(self) -> str:
        """The URI of the type."""
        return f"{KIND_PREFIX}{self.name}" if self.name else "about:blank"


NOT_FOUND = Problem(404, "")
"""Also for what belongs to somebody else: nobody learns that it exists."""
Handler = Callable[[AppPorts, RestCall], Awaitable[RestAnswer | Problem]]


@dataclass(frozen=True, slots=True)
class RestRoute:
    """An address below /api/v1, such as "/jobs/{job_id}"."""

    method: Method
    pattern: str
    scope: Scope
    handle: Handler
    counts_as: int = 1
    """How many calls of a person's pace it is."""
    is_order: bool = False
    """It spends credits, so it needs an idempotency key."""
    expression: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", write_expression(self.pattern))


def find_routes(path: str, routes: Sequence[RestRoute]) -> dict[str, tuple[RestRoute, Mapping[str, str]]]:
    """The routes of an address by their methods, each with the variable parts of the address."""
    found = ((each, each.expression.fullmatch(path)) for each in routes)
    return {route.method: (route, match.groupdict()) for route, match in found if match is not None}
