"""Whose press counts: somebody else's button, a removed member, an old screen, two taps, a stranger."""

import pytest

from shared.errors import UnusableUpdateError
from shared.ports import Update
from shared.releases.actor import ActorKind, Role
from shared.releases.change_member import change_member
from shared.releases.invite import removed
from shared.releases.release import OutgoingKind, Status
from shared.releases.release_documents import member_key
from tests.fakes.release_chat import ReleaseChat, find_button, list_labels
from tests.fakes.releases import ADMIN, DEVELOPER, MANAGER, QA, SECOND_QA, Releasing

STRANGER = 77


@pytest.fixture
async def tested(chat: ReleaseChat, releasing: Releasing) -> ReleaseChat:
    """A candidate waits, and everybody was told."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    return chat


async def count_votes(chat: ReleaseChat) -> int:
    return len((await chat.releasing.read("v1.0.0")).votes)


async def ask_approval(chat: ReleaseChat, person: int) -> str:
    """The data of the button that approves."""
    await chat.press(person, "Approve…")
    return find_button(chat.last(person), "Yes, I approve").data


async def test_two_taps_are_one_vote(tested: ReleaseChat) -> None:
    """The second tap is told that it was done."""
    data = await ask_approval(tested, QA)
    card = tested.last(QA)
    assert "counts" in await tested.press_data(QA, data, card.message_id)
    assert "done before" in await tested.press_data(QA, data, card.message_id)
    assert await count_votes(tested) == 1


async def test_a_button_of_somebody_else(tested: ReleaseChat) -> None:
    """A manager who gets QA's button approves nothing, and is told so; nor does a made-up one."""
    data = await ask_approval(tested, QA)
    assert "somebody else" in await tested.press_data(MANAGER, data, tested.last(QA).message_id)
    assert "somebody else" in await tested.press_data(MANAGER, "r1;approve;" + "A" * 22 + ";yes", 1)
    assert "somebody else" in await tested.press_data(MANAGER, "old", 1)
    assert await count_votes(tested) == 0


async def test_a_card_in_a_group(tested: ReleaseChat) -> None:
    """A button that was brought into another chat does nothing, and says so."""
    data = await ask_approval(tested, QA)
    group = {"message_id": 1, "chat": {"id": -100, "type": "supergroup"}}
    assert "only in your own chat" in await tested.press_data(QA, data, 1, message=group)
    assert await tested.press_data(QA, data, 1, message=None) == ""
    assert await count_votes(tested) == 0


async def test_a_removed_member(tested: ReleaseChat, releasing: Releasing) -> None:
    """The press of somebody who was removed after the card was drawn counts nothing; their card is closed."""
    data = await ask_approval(tested, QA)
    card = tested.last(QA)
    await tested.press_data(QA, "r1m;set;language;ru", 1)
    assert await change_member(releasing.ports, ADMIN, QA, removed) is not None
    assert "not a member" in await tested.press_data(QA, data, card.message_id)
    assert await count_votes(tested) == 0
    await tested.press_data(MANAGER, await ask_approval(tested, MANAGER), tested.last(MANAGER).message_id)
    await tested.deliver("v1.0.0")
    closed = tested.messenger.chats[QA][card.message_id]
    assert "Карточка закрыта" in closed.text
    assert not closed.buttons
    assert "not a member" in (await tested.say(QA, "/start")).text


async def test_a_member_without_the_role(tested: ReleaseChat, releasing: Releasing) -> None:
    """Who lost the role between the screen and the press is refused in the commit, and told."""
    data = await ask_approval(tested, QA)
    [record] = await releasing.store.read([member_key(QA)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"roles": [Role.VIEWER.value]}, record.version)])
    assert "role does not allow" in await tested.press_data(QA, data, tested.last(QA).message_id)
    assert await count_votes(tested) == 0


async def test_a_stale_screen_shows_today(tested: ReleaseChat) -> None:
    """A rejection ends the round: an approval on the screen before is refused, and the card shows the new state."""
    data = await ask_approval(tested, QA)
    await tested.press(SECOND_QA, "Reject…")
    assert "Rejected" in await tested.press(SECOND_QA, "It is too slow")
    assert "“rejected”" in await tested.press_data(QA, data, tested.last(QA).message_id)
    card = tested.last(QA)
    assert "🚫 <b>nanobanana v1.0.0</b> · rejected" in card.text
    assert list_labels(card) == ["📜 History", "🔄 Refresh", "📋 Menu"]
    assert (await tested.releasing.read("v1.0.0")).status is Status.MANUAL_TEST_FAILED
    await tested.deliver("v1.0.0")
    assert "person 2 rejected <b>nanobanana v1.0.0</b>: It is too slow" in tested.last(DEVELOPER).text


async def test_a_first_screen_that_is_stale(tested: ReleaseChat, releasing: Releasing) -> None:
    """Before anything is asked, a card of an earlier state is replaced by today's."""
    data = find_button(tested.last(QA), "Reject…").data
    await releasing.approve(QA, "v1.0.0")
    await releasing.approve(MANAGER, "v1.0.0")
    assert "has changed" in await tested.press_data(QA, data, tested.last(QA).message_id)
    assert "approved" in tested.last(QA).text


async def test_a_stranger_learns_nothing(tested: ReleaseChat) -> None:
    """One polite sentence to a message, a press, an invented invitation; nothing of a release in it."""
    for text in ("/start", "hello", "/start " + "A" * 22, "nanobanana v1.0.0"):
        said = (await tested.say(STRANGER, text)).text
        assert "not a member" in said
        assert "nanobanana" not in said
        assert "v1.0.0" not in said
    assert "not a member" in await tested.press_data(STRANGER, "r1m;runs", 1)
    assert "not a member" in await tested.press_data(STRANGER, "r1;look;" + "A" * 22, 1)


async def test_nothing_is_said_in_groups(chat: ReleaseChat) -> None:
    """A message in a group, or of nobody, is not answered."""
    await chat.update(message={"chat": {"id": -100, "type": "group"}, "from": {"id": QA}, "text": "/start"})
    await chat.update(message={"chat": {"id": -100, "type": "channel"}, "text": "/start"})
    await chat.update(edited_message={})
    assert -100 not in chat.messenger.chats


@pytest.mark.parametrize(
    "content",
    [
        {"message": {"chat": {"id": 5, "type": "private"}, "from": {"id": 6}}},
        {"message": {"chat": {"id": 0, "type": "private"}, "from": {"id": 0}}},
        {"message": {"chat": {"id": QA, "type": "private"}, "from": {"id": QA}, "text": 5}},
        {"message": []},
        {"callback_query": {"id": "q", "from": {"id": QA}, "message": {"message_id": "1"}, "data": "x"}},
        {"callback_query": {"id": "q", "from": {"id": True}, "message": {"message_id": 1}, "data": "x"}},
    ],
)
async def test_updates_of_another_shape(chat: ReleaseChat, content: dict[str, object]) -> None:
    """They are refused as unusable, and never as our fault."""
    with pytest.raises(UnusableUpdateError):
        await chat.update(**content)


async def test_approve_then_take_back_and_cancel(tested: ReleaseChat, releasing: Releasing) -> None:
    """An approval that is taken back starts nothing: what was to be sent is dropped. A cancelled one is over."""
    await releasing.approve(QA, "v1.0.0")
    await releasing.approve(MANAGER, "v1.0.0")
    await tested.press(MANAGER, "Refresh")
    assert "Start it again…" not in list_labels(tested.last(MANAGER))
    assert "Taken back" in await tested.press(MANAGER, "Take the approval back")
    await tested.deliver("v1.0.0")
    assert tested.sender.count(OutgoingKind.DEPLOYMENT) == 0
    await tested.press(MANAGER, "Cancel the release…")
    await tested.press(MANAGER, "own words")
    assert "only text" in (await tested.say(MANAGER, "", photo=[])).text
    await tested.say(MANAGER, "<b>not</b> this week")
    assert "✖️ <b>nanobanana v1.0.0</b> · cancelled" in tested.last(MANAGER).text
    await tested.deliver("v1.0.0")
    assert "&lt;b&gt;not&lt;/b&gt; this week" in tested.last(DEVELOPER).text


async def test_start_again_and_abort(tested: ReleaseChat, releasing: Releasing) -> None:
    """A deployment whose workflow has died is started once more; a running one is aborted once."""
    await releasing.approve(QA, "v1.0.0")
    await releasing.approve(MANAGER, "v1.0.0")
    await tested.deliver("v1.0.0")
    await tested.press(MANAGER, "Refresh")
    await tested.press(MANAGER, "Start it again…")
    assert "being started" in await tested.press(MANAGER, "Yes, start")
    await tested.deliver("v1.0.0")
    assert tested.sender.count(OutgoingKind.DEPLOYMENT) == 2
    await releasing.report(ActorKind.DEPLOY, "v1.0.0", Status.DEPLOYING)
    await tested.deliver("v1.0.0")
    card = tested.last(QA)
    await tested.press(QA, "Abort…")
    data = find_button(tested.last(QA), "Yes, bring").data
    assert "brought back" in await tested.press_data(QA, data, tested.last(QA).message_id)
    assert "done before" in await tested.press_data(QA, data, tested.last(QA).message_id)
    assert "Abort…" not in list_labels(tested.last(QA))
    await tested.deliver("v1.0.0")
    assert tested.sender.count(OutgoingKind.ROLLBACK) == 1
    await tested.press(QA, "History", tested.messenger.chats[QA][card.message_id])
    assert "👤 person 1 → asks to abort the deployment" in tested.last(QA).text
    assert "person 1 asked to abort" in tested.last(DEVELOPER).text


async def test_words_are_forgotten(tested: ReleaseChat) -> None:
    """A command ends what was asked, and so does a quarter of an hour: later words reject nothing."""
    await tested.press(QA, "Reject…")
    card = tested.last(QA)
    for end in ("/cancel", ""):
        await tested.press(QA, "own words", card)
        if end:
            await tested.say(QA, end)
        else:
            tested.releasing.clock.advance(16 * 60)
        assert "Releases" in (await tested.say(QA, "it is bad")).text
    assert (await tested.releasing.read("v1.0.0")).status is Status.MANUAL_TESTING


async def test_a_card_that_was_deleted(tested: ReleaseChat) -> None:
    """A press in a message that is gone is answered by a new card, which is the one that is kept fresh."""
    card = tested.last(QA)
    data = await ask_approval(tested, QA)
    tested.messenger.chats[QA] = {
        key: each for key, each in tested.messenger.chats[QA].items() if each != tested.last(QA)
    }
    await tested.press_data(QA, data, card.message_id)
    assert "Approvals: 1 of 2" in tested.last(QA).text
    assert card.message_id not in tested.messenger.chats[QA]
