"""What the bot does when Telegram, a document or a person is not there; and states that are rare."""

from dataclasses import replace

import pytest

from shared.codec import encode
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.ports import Create, Update
from shared.release_bot import read_people, send_messages
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.notice import describe_notice
from shared.release_bot.read_people import Audience
from shared.releases.actor import Account, ActorKind, Member, Role
from shared.releases.attempt import WORDS_MAX
from shared.releases.release import OutgoingKind, Status
from shared.releases.release_documents import member_key
from tests.fakes.release_chat import ReleaseChat, find_button, list_labels
from tests.fakes.releases import ADMIN, DEVELOPER, MANAGER, OPERATOR, PEOPLE, QA, Releasing, hash_of

LINK = "https://github.com/team/bot/actions/runs/71"
HOSTILE = '<a href="https://evil.test">&'


async def test_telegram_is_out_and_comes_back(chat: ReleaseChat, releasing: Releasing) -> None:
    """What was not sent is sent later, to everybody once; the deployment does not wait for it."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    before = {person: chat.count(person) for person in (QA, DEVELOPER, ADMIN)}
    chat.messenger.fail("send_text", TooManyRequestsError(1.0))
    await chat.deliver("v1.0.0")
    chat.messenger.lose("edit_text")
    await chat.deliver("v1.0.0")
    await chat.deliver("v1.0.0")
    assert {person: chat.count(person) - old for person, old in before.items()} == dict.fromkeys(before, 1)
    assert not (await releasing.read("v1.0.0")).outbox


async def test_people_who_have_left_the_bot(chat: ReleaseChat, releasing: Releasing) -> None:
    """Somebody who blocked it, or deleted the card, keeps nobody from being told."""
    chat.messenger.blocked.add(QA)
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    assert "is on staging" in chat.last(DEVELOPER).text
    card = chat.last(MANAGER)
    del chat.messenger.chats[MANAGER][card.message_id]
    chat.messenger.blocked.add(OPERATOR)
    await releasing.approve(QA, "v1.0.0")
    await releasing.approve(MANAGER, "v1.0.0")
    await releasing.report(ActorKind.DEPLOY, "v1.0.0", Status.DEPLOYING)
    await chat.deliver("v1.0.0")
    assert not (await releasing.read("v1.0.0")).outbox


@pytest.mark.parametrize("error", [MessageGoneError("gone"), MessageRejectedError("bad"), BotBlockedError("blocked")])
async def test_an_answer_that_never_arrives(chat: ReleaseChat, error: NanoBananaError) -> None:
    """Telegram's refusals are final: the update does not come again."""
    before = chat.count(QA)
    chat.messenger.fail("send_text", error)
    await chat.say(QA, "/start")
    assert chat.count(QA) == before


async def test_an_answer_that_may_arrive_later(chat: ReleaseChat) -> None:
    """An unknown end has the update come again."""
    chat.messenger.fail("send_text", DeliveryUnknownError("no answer"))
    with pytest.raises(UnavailableError):
        await chat.say(QA, "/start")


async def test_a_page_that_was_deleted(chat: ReleaseChat) -> None:
    """The next one is a new message."""
    page = chat.last(QA)
    del chat.messenger.chats[QA][page.message_id]
    await chat.press(QA, "Numbers", page)
    assert "The last 30 days" in chat.last(QA).text


async def test_a_member_that_cannot_be_read(chat: ReleaseChat, releasing: Releasing) -> None:
    """They are told so, everybody else goes on hearing of releases, and admins see all other members."""
    [record] = await releasing.store.read([member_key(QA)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"roles": "all"}, record.version)])
    assert "cannot be read" in (await chat.say(QA, "/start")).text
    await chat.press(ADMIN, "Settings")
    await chat.press(ADMIN, "Members")
    assert f"person {MANAGER}" in chat.last(ADMIN).text
    chat.messenger.fail("send_text", BotBlockedError("blocked"))
    await chat.say(QA, "/start")
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    assert "is on staging" in chat.last(DEVELOPER).text


async def test_a_bug_is_told_and_comes_once(
    chat: ReleaseChat, releasing: Releasing, capsys: pytest.CaptureFixture[str]
) -> None:
    """A button that was made up meets one; the update does not come again, so later presses do not wait."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.press(QA, "Waiting")
    page = chat.last(QA)
    await chat.press_data(QA, find_button(page, "v1.0.0").data.removesuffix("o0") + "f", page.message_id)
    assert "broke on our side" in chat.last(QA).text
    assert '"release_update_failed"' in capsys.readouterr().out
    assert "Releases" in (await chat.say(QA, "/start")).text


async def test_more_people_than_are_told(
    chat: ReleaseChat, releasing: Releasing, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A team at the limit of one query: the log, admins and whoever asked for the release learn that others may not be
    told, and the card of somebody beyond the limit stays. Who never wrote is not told.
    """
    silent = Member(77, "Guest", (Role.QA,), 900)
    await releasing.store.commit([Create(member_key(silent.telegram_id), encode(silent))])
    releasing.initiators[hash_of("v1.0.0")] = (Account(100 + DEVELOPER, "dev"),)
    monkeypatch.setattr(read_people, "MEMBERS_MAX", len(PEOPLE) + 1)
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    assert '"event":"audience_full"' in capsys.readouterr().out.replace(" ", "")
    assert silent.telegram_id not in chat.messenger.chats
    told = {person for person in PEOPLE if "members or more" in chat.last(person).text}
    assert told == {DEVELOPER, ADMIN}
    assert ("Members" in list_labels(chat.last(ADMIN))[0], len(list_labels(chat.last(DEVELOPER)))) == (True, 1)
    monkeypatch.setattr(send_messages, "read_audience", read_nobody)
    await releasing.approve(MANAGER, "v1.0.0")
    await chat.deliver("v1.0.0")
    assert "Approvals: 1 of 2" in chat.last(QA).text


async def read_nobody(_ports: BotPorts) -> Audience:
    """A team in which everybody is beyond the limit."""
    return Audience((), is_whole=False)


async def test_a_reason_that_is_too_long(chat: ReleaseChat, releasing: Releasing) -> None:
    """It is refused with the limit, nothing happens, and a shorter one still counts: of a release, of a hold."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    await chat.press(QA, "Reject")
    await chat.press(QA, "my own words")
    assert "at most 1,000 characters" in (await chat.say(QA, "x" * (WORDS_MAX + 1))).text
    assert (await releasing.read("v1.0.0")).status is Status.MANUAL_TESTING
    await chat.say(QA, "y" * WORDS_MAX)
    assert (await releasing.history("v1.0.0"))[-1]["reason"] == "y" * WORDS_MAX
    await chat.say(MANAGER, "/start")
    await chat.press(MANAGER, "What runs where")
    await chat.press(MANAGER, "Hold")
    assert "at most 1,000 characters" in (await chat.say(MANAGER, "x" * (WORDS_MAX + 1))).text
    assert (await releasing.environment()).hold == ""


async def test_an_old_card_loses_its_buttons(chat: ReleaseChat, releasing: Releasing) -> None:
    """One card of a release is live per person; whether the old one can be changed does not matter."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    for error in (None, MessageGoneError("gone"), DeliveryUnknownError("no answer")):
        card = chat.last(QA)
        if error is not None:
            chat.messenger.fail("edit_buttons", error)
        await chat.press(QA, "Menu")
        await chat.press(QA, "Waiting")
        await chat.press(QA, "v1.0.0")
        assert bool(chat.messenger.chats[QA][card.message_id].buttons) is (error is not None)


async def test_a_rollback_that_is_not_confirmed(chat: ReleaseChat, releasing: Releasing) -> None:
    """Everybody gets the command that needs only Cloud Run, at any hour, and the card offers another try."""
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await releasing.bring("v1.1.0", Status.DEPLOYED)
    await releasing.press(OPERATOR, "v1.1.0", Status.ROLLBACK, rollback_to_tag="v1.0.0")
    releasing.clock.advance(301)
    await releasing.tick("v1.1.0", Status.ROLLBACK_FAILED)
    await chat.deliver("v1.1.0")
    assert "make rollback ENV=production" in chat.last(DEVELOPER).text
    await chat.press(OPERATOR, "Open the card")
    await chat.press(OPERATOR, "Roll back…")
    assert "back to <b>v1.0.0</b>" in chat.last(OPERATOR).text
    await chat.say(OPERATOR, "v1.0.0")
    assert (await releasing.read("v1.1.0")).status is Status.ROLLBACK


async def test_nowhere_to_go_back_to(chat: ReleaseChat, releasing: Releasing) -> None:
    """It is said, with the releases that are no good and why."""
    await releasing.bring("v0.9.0", Status.MANUAL_TESTING)
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await chat.press(OPERATOR, "What runs")
    await chat.press(OPERATOR, "🔎 nanobanana")
    await chat.press(OPERATOR, "Roll back…")
    assert "no release to go back to" in chat.last(OPERATOR).text
    assert "v0.9.0</b> · cancelled" in chat.last(OPERATOR).text


async def test_failures_are_told(chat: ReleaseChat, releasing: Releasing) -> None:
    """A build that failed with the button to its log; a rollout that takes too long; one that failed."""
    await releasing.bring("v1.0.0", Status.BUILDING)
    evidence = releasing.show(await releasing.read("v1.0.0"), Status.STAGING_FAILED)
    evidence = type(evidence)(log_link="https://github.com/team/bot/actions/runs/71/logs")
    await releasing.report(ActorKind.BUILD, "v1.0.0", Status.STAGING_FAILED, phase=HOSTILE, evidence=evidence)
    await chat.deliver("v1.0.0")
    assert "did not reach staging: &lt;a href=" in chat.last(QA).text
    assert list_labels(chat.last(QA)) == ["🔎 Open the card", "🧾 Log"]
    await releasing.bring("v1.1.0", Status.DEPLOYING)
    releasing.clock.advance(90 * 60 + 1)
    await releasing.tick("v1.1.0", Status.DEPLOYING, phase="overdue")
    await chat.deliver("v1.1.0")
    assert "takes longer than it should" in chat.last(DEVELOPER).text
    await releasing.report(ActorKind.DEPLOY, "v1.1.0", Status.PRODUCTION_FAILED, reason="too many errors")
    await chat.deliver("v1.1.0")
    assert "failed in production: too many errors" in chat.last(QA).text


async def test_a_void_approval_is_shown(chat: ReleaseChat, releasing: Releasing) -> None:
    """The card names who approved without counting, and what holds it back, and where to look."""
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await releasing.begin("v1.1.0", github_action_link=LINK, github_ref="refs/heads/<b>")
    await releasing.report(ActorKind.BUILD, "v1.1.0", Status.BUILDING)
    shown = releasing.show(await releasing.read("v1.1.0"), Status.MANUAL_TESTING)
    evidence = replace(shown, log_link=f"{LINK}2")
    await releasing.report(ActorKind.BUILD, "v1.1.0", Status.MANUAL_TESTING, evidence=evidence)
    await releasing.approve(QA, "v1.1.0")
    [record] = await releasing.store.read([member_key(QA)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"roles": ["viewer"]}, record.version)])
    await chat.deliver("v1.1.0")
    card = chat.last(MANAGER)
    assert "⚪️ person 1 · does not count" in card.text
    assert "Changes of hand" in card.text
    assert "From <code>&lt;b&gt;</code>" in card.text
    assert find_button(card, "Run").url == LINK
    assert find_button(card, "Log").url == f"{LINK}2"
    assert "/compare/" in find_button(card, "Changes").url
    assert find_button(card, "Staging").url == "https://t.me/staging_test_bot"
    assert chat.sender.count(OutgoingKind.DEPLOYMENT) == 0


async def test_a_card_that_changes_while_it_is_drawn(chat: ReleaseChat, releasing: Releasing) -> None:
    """The slower drawing of an older state is drawn over by the newest one: when sent, and when edited."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)

    async def approve_as_qa() -> None:
        await releasing.approve(QA, "v1.0.0")

    async def approve_as_manager() -> None:
        await releasing.approve(MANAGER, "v1.0.0")

    await chat.press(ADMIN, "Active")
    chat.messenger.stall("send_text", approve_as_qa)
    await chat.press(ADMIN, "v1.0.0")
    assert "Approvals: 1 of 2" in chat.last(ADMIN).text
    chat.messenger.stall("edit_text", approve_as_manager)
    await chat.press(ADMIN, "Refresh")
    assert "Approvals: 2 of 2" in chat.last(ADMIN).text


async def test_a_card_that_keeps_changing(chat: ReleaseChat, releasing: Releasing) -> None:
    """It is drawn three times at most by one press: whoever changes it draws it too."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.press(ADMIN, "Active")
    await chat.press(ADMIN, "v1.0.0")

    async def refuse() -> None:
        await releasing.press(DEVELOPER, "v1.0.0", Status.MANUAL_TEST_FAILED)
        await releasing.press(ADMIN, "v1.0.0", Status.MANUAL_TEST_FAILED)
        chat.messenger.stall("edit_text", refuse)

    before = sum(call.method == "edit_text" for call in chat.messenger.calls)
    chat.messenger.stall("edit_text", refuse)
    await chat.press(ADMIN, "Refresh")
    assert sum(call.method == "edit_text" for call in chat.messenger.calls) - before == 3


async def test_what_holds_after_a_failure(chat: ReleaseChat, releasing: Releasing) -> None:
    """A hold that a failed release caused names it, and an event of a later release is told by its state."""
    await releasing.bring("v1.0.0", Status.DEPLOYING)
    await releasing.report(ActorKind.DEPLOY, "v1.0.0", Status.PRODUCTION_FAILED)
    assert "nanobanana v1.0.0 · failed in production" in (await chat.say(QA, "/start")).text
    release = await releasing.read("v1.0.0")
    assert describe_notice("en", release, {"target": "paused"}, []) == "⚪️ <b>nanobanana v1.0.0</b>: paused"


async def test_a_card_that_cannot_be_edited_now(chat: ReleaseChat, releasing: Releasing) -> None:
    """It stays in the outbox, and is drawn by the next try. A release without an image has a history too."""
    await releasing.bring("v0.9.0", Status.BUILDING)
    await chat.press(QA, "Active")
    await chat.press(QA, "v0.9.0")
    await chat.press(QA, "History")
    assert "sha256" not in chat.last(QA).text
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    await releasing.approve(QA, "v1.0.0")
    chat.messenger.fail("edit_text", TooManyRequestsError(1.0))
    await chat.deliver("v1.0.0")
    assert (await releasing.read("v1.0.0")).outbox
    await chat.deliver("v1.0.0")
    assert not (await releasing.read("v1.0.0")).outbox
    assert "Approvals: 1 of 2" in chat.last(MANAGER).text
