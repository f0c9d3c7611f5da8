"""The release bot's lists from the fake, and from Firestore's own documents and queries."""

import sys
from datetime import timedelta
from time import monotonic

from shared.ports import Store
from shared.releases.actor import Account
from shared.releases.release import Release, Status, Vote
from shared.releases.release_documents import create_release, releases_by_time
from shared.usage import start_usage
from tests.fakes.release_chat import ReleaseChat, list_labels
from tests.fakes.releases import (
    ADMIN,
    BEGUN,
    DEVELOPER,
    INITIATOR,
    MANAGER,
    QA,
    SERVICE,
    Releasing,
    digest_of,
    hash_of,
)


async def test_pages_of_a_list(store: Store) -> None:
    """Each list has the releases of its states, the newest first, five a page, also narrowed to an author."""
    releasing = Releasing(store)
    await releasing.invite_all()
    for number in range(7):
        releasing.clock.advance(60)
        await releasing.begin(f"v1.0.{number}")
    await releasing.press(MANAGER, "v1.0.3", Status.CANCELLED)
    chat = ReleaseChat(releasing)
    await chat.say(QA, "/start")
    await chat.press(QA, "Active")
    await chat.press(QA, "Filter")
    await chat.press(QA, "👤 hand")
    shown = [label.removeprefix("🆕 nanobanana ") for label in list_labels(chat.last(QA)) if "v1" in label]
    assert shown == ["v1.0.6", "v1.0.5", "v1.0.4", "v1.0.2", "v1.0.1"]
    await chat.press(QA, "Older")
    assert "v1.0.0" in chat.last(QA).text
    await chat.say(QA, "/start")
    await chat.press(QA, "Failed")
    assert "v1.0.3</b> · cancelled" in chat.last(QA).text


async def test_votes_and_members_by_buttons(store: Store) -> None:
    """A vote, a preference and a list of members on the store itself."""
    releasing = Releasing(store)
    await releasing.invite_all()
    chat = ReleaseChat(releasing)
    for person in (QA, MANAGER, DEVELOPER, ADMIN):
        await chat.say(person, "/start")
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    await chat.press(QA, "Approve…")
    await chat.press(QA, "Yes, I approve")
    assert "Approvals: 1 of 2" in chat.last(QA).text
    assert "is on staging" in chat.last(DEVELOPER).text
    await chat.say(ADMIN, "/start")
    await chat.press(ADMIN, "Settings")
    await chat.press(ADMIN, "Members")
    assert "person 5" in chat.last(ADMIN).text


async def test_a_long_list_opens_with_six_reads(store: Store, is_long: bool) -> None:  # noqa: FBT001 — a fixture
    """However many releases there are, a list opens with five of them and the member, in the bot and in the API."""
    releasing = Releasing(store)
    await releasing.invite_all()
    count = 10_000 if is_long else 300
    for first in range(0, count, 300):
        numbers = range(first, min(first + 300, count))
        await store.commit([create_release(make_deployed(number)) for number in numbers])
    chat = ReleaseChat(releasing)
    await chat.say(QA, "/start")
    for _ in range(10):
        usage, began = start_usage(), monotonic()
        await chat.press(QA, "Deployed")
        sys.stdout.write(f"{count} releases: a list in {1000 * (monotonic() - began):.0f} ms\n")
        assert usage.store_reads == 6
        assert f"v1.0.{count - 1}" in chat.last(QA).text
        await chat.say(QA, "/start")
    usage = start_usage()
    assert len(await store.find(releases_by_time("", None, 5))) == usage.store_reads == 5


def make_deployed(number: int) -> Release:
    """The releases are as large as real ones."""
    at = BEGUN + timedelta(minutes=number)
    tag = f"v1.0.{number}"
    return Release(
        SERVICE,
        tag,
        hash_of(tag),
        hash_of(tag),
        "71",
        INITIATOR,
        at,
        "hand",
        (Account(INITIATOR, "hand"), Account(901, "pat")),
        "refs/heads/staging",
        "https://github.com/team/bot/actions/runs/71",
        status=Status.DEPLOYED,
        digest=digest_of(tag),
        votes=(Vote(QA, 3, digest_of(tag), at), Vote(MANAGER, 3, digest_of(tag), at)),
        entered_at={status.value: at for status in Status},
    )
