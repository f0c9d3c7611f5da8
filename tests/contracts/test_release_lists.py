"""The release bot's lists from the fake, and from Firestore's own documents and queries."""

from shared.ports import Store
from shared.releases.release import Status
from tests.fakes.release_chat import ReleaseChat, list_labels
from tests.fakes.releases import ADMIN, DEVELOPER, MANAGER, QA, Releasing


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
    for person in (QA, DEVELOPER, ADMIN):
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
