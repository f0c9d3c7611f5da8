"""Nothing leaves the process that the allow-list does not know."""

import pytest

from shared.telemetry.attributes import ALLOWED, allow, find_route
from shared.telemetry.measures import MEASURES

PLANTED = (
    "a red fox for Ann Lee",
    "8700000001:TEST-not-a-real-token-at-all",
    "https://api.telegram.org/bot1:TEST/sendMessage",
    "ann@example.com",
    "кошка",
    "{'prompt': 'fox'}",
)
"""A prompt, a token, an address with one, a person, and words in another script."""


@pytest.mark.parametrize("value", PLANTED)
def test_no_attribute_carries_words(value: str) -> None:
    """Whichever attribute they are put into, they are dropped."""
    assert allow(dict.fromkeys(ALLOWED, value)) == {}


def test_what_may_leave() -> None:
    """Values of a known form, under known names."""
    known = {"error.type": "UnavailableError", "gen_ai.request.model": "gemini-3-pro-image", "http.route": "/{id}"}
    assert allow(known | {"user.id": 7, "gen_ai.prompt": "fox"}) == known


def test_each_label_of_a_metric_may_leave() -> None:
    """Otherwise it would never be there."""
    assert {label for measure in MEASURES.values() for label in measure.labels} <= ALLOWED.keys()


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "/"),
        ("/drafts", "/drafts"),
        ("/videos/fal/Ab3_", "/videos/fal/{id}"),
        ("/api/v1/releases/nano_v1.2.3/events", "/api/{id}/releases/{id}/events"),
        ("//x//", "/x"),
        (f"/{'a' * 17}", "/{id}"),
        ("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f"),
        ("/кот", "/{id}"),
    ],
)
def test_routes(path: str, route: str) -> None:
    """A path's ids are no labels, and its route may always leave."""
    assert find_route(path) == route
    assert allow({"http.route": route}) == {"http.route": route}
