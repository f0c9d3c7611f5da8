"""Entities beside a text are refused as Telegram refuses them."""

from typing import Any

import pytest

from infra.local.telegram.errors import ApiError
from infra.local.telegram.given_entities import check_entities, find_url_problem


def make_entity(kind: str = "bold", offset: int = 0, length: int = 1, **extra: Any) -> dict[str, Any]:
    """One entity as a bot sends it."""
    return {"type": kind, "offset": offset, "length": length, **extra}


@pytest.mark.parametrize(
    ("text", "entity", "reason"),
    [
        ("a", make_entity("loud"), "can't parse MessageEntity: Unsupported type specified"),
        ("a", make_entity("text_link"), "can't parse MessageEntity: Can't find field \"url\""),
        (
            "a",
            make_entity("text_link", url="ftp://x.org"),
            "entity URL 'ftp://x.org' is invalid: Unsupported",
        ),
        ("a", make_entity(offset=-1), "receive an entity with incorrect offset -1"),
        ("a", make_entity(length=1_000_001), "receive an entity with incorrect length 1000001"),
        ("a", make_entity(offset=2), "entity begins after the end of the text at UTF-16 offset 2"),
        (
            "ab",
            make_entity(offset=1, length=3),
            "entity beginning at UTF-16 offset 1 ends after the end of",
        ),
        ("a😀b", make_entity(offset=2), "entity begins in a middle of a UTF-16 symbol at byte offset 5"),
        ("a😀b", make_entity(length=2), "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at"),
    ],
)
def test_entity_is_refused(text: str, entity: dict[str, Any], reason: str) -> None:
    """What Telegram does not take is answered in its words."""
    with pytest.raises(ApiError) as refused:
        check_entities(text, [entity])
    assert refused.value.description.startswith(f"Bad Request: {reason}")


def test_entities_that_telegram_finds_itself_are_dropped() -> None:
    """Given mentions and links count for nothing, and so does what covers nothing."""
    given = [make_entity("mention"), make_entity("url"), make_entity(length=0), make_entity(offset=1, length=2)]
    assert check_entities("a😀", given) == [make_entity(offset=1, length=2)]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://example.org/a b", ""),
        ("example.org", ""),
        ("tg://user?id=1", ""),
        ("https://example.org:", "Wrong port number specified in the URL"),
        ("https://example.org:0/x", "Wrong port number specified in the URL"),
        ("https://example.org:99999", "Wrong port number specified in the URL"),
        ("https:///x", "URL host is empty"),
        ("http://localhost/x", "Wrong HTTP URL"),
        ("javascript://x.org", "Unsupported URL protocol"),
    ],
)
def test_links_are_checked(url: str, problem: str) -> None:
    """A link needs a host with a dot, a port that exists, and a protocol that Telegram opens."""
    assert find_url_problem(url) == problem
