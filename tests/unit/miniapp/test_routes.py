"""Addresses and what stands in them."""

from datetime import UTC, datetime

import pytest

from shared.miniapp.calls import Call, Reply
from shared.miniapp.routes import Route, find_route
from shared.ports import AppPorts


async def answer(_: AppPorts, call: Call) -> Reply:
    return Reply(str(call.parameters).encode())


GALLERY, RESULT, ERASE = (
    Route("GET", "/gallery", answer),
    Route("GET", "/gallery/{job_id}", answer),
    Route("POST", "/gallery/{job_id}/erase", answer),
)
ROUTES = (GALLERY, RESULT, ERASE)


@pytest.mark.parametrize(
    ("method", "path", "route", "parameters"),
    [
        ("GET", "/gallery", GALLERY, {}),
        ("GET", "/gallery/aB_-9", RESULT, {"job_id": "aB_-9"}),
        ("POST", "/gallery/x/erase", ERASE, {"job_id": "x"}),
    ],
)
def test_an_address(method: str, path: str, route: Route, parameters: dict[str, str]) -> None:
    """The first route of this method that fits the whole address, and its variable parts."""
    assert find_route(method, path, ROUTES) == (route, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gallery"),
        ("GET", "/gallery/"),
        ("GET", "/gallery/x/y"),
        ("GET", "/gallery/имя"),
        ("GET", "/gallery/x\n"),
        ("GET", f"/gallery/{'x' * 65}"),
        ("GET", "/galleryx"),
    ],
)
def test_no_address(method: str, path: str) -> None:
    """Another method, a part too many, or a character that no id of ours has."""
    assert find_route(method, path, ROUTES) is None


async def test_a_form() -> None:
    """The last value of a field counts; a field that is missing has a default."""
    call = Call(501, "en", datetime(2026, 11, 29, tzinfo=UTC)).with_form({"size": ["1K", "2K"], "empty": []})
    assert (call.value("size"), call.value("empty"), call.value("none", "x")) == ("2K", "", "x")
