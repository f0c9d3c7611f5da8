"""What our APIs for machines have in common: JSON objects in, and problems (RFC 9457) for all that is refused."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from starlette.responses import JSONResponse, Response

from shared.errors import UnusableReportError

PROBLEM = "application/problem+json"
_NOTHING: Mapping[str, str] = MappingProxyType({})


def show_problem(
    status: int,
    detail: str = "",
    kind: str = "about:blank",
    headers: Mapping[str, str] = _NOTHING,
    members: Mapping[str, Any] = _NOTHING,
) -> Response:
    """The response; `kind` is the URI of the problem's type, `members` are what this type says more."""
    problem = {"type": kind, "title": HTTPStatus(status).phrase if status in set(HTTPStatus) else "Refused"}
    said = problem | {"status": status} | ({"detail": detail} if detail else {}) | dict(members)
    challenge = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(said, status, {**challenge, **headers}, media_type=PROBLEM)


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises UnusableReportError."""
    try:
        found = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate cannot be stored
    except (ValueError, RecursionError) as error:
        raise UnusableReportError("the body is no JSON") from error
    if not isinstance(found, dict):
        raise UnusableReportError("the body is no object")
    return found
