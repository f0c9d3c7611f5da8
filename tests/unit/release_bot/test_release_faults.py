"""What the bot does when Telegram, a document or a person is not there; and states that are rare."""

from datetime import timedelta

import pytest

from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    TooManyRequestsError,
    UnavailableError,
    UnusableUpdateError,
)
from shared.people.users import LANGUAGES
from shared.ports import Update
from shared.release_bot.buttons import Action
from shared.release_bot.card import CardFacts, describe_card
from shared.release_bot.names import is_link, name_status, sign_status, write_duration
from shared.release_bot.notice import describe_notice
from shared.release_bot.questions import read_reason
from shared.release_bot.read_update import read_update
from shared.release_bot.refusal_texts import ALERT_CHARACTERS_MAX, describe_refusal
from shared.release_bot.rollout_phase import RolloutPhase, read_rollout_phase
from shared.release_bot.votes import count_votes, would_pass
from shared.releases.actor import Account, ActorKind, Member, Role
from shared.releases.attempt import Need, Refusal, RefusalKind
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.release import OutgoingKind, Release, ReleaseKind, Status
from shared.releases.release_documents import member_key
from shared.texts import plain_text
from tests.fakes.release_chat import ReleaseChat, find_button, list_labels
from tests.fakes.releases import ADMIN, BEGUN, DEVELOPER, MANAGER, OPERATOR, QA, Releasing

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
async def test_an_answer_that_never_arrives(chat: ReleaseChat, error: Exception) -> None:
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
    """They are told so, and everybody else goes on hearing of releases."""
    [record] = await releasing.store.read([member_key(QA)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"roles": "all"}, record.version)])
    assert "cannot be read" in (await chat.say(QA, "/start")).text
    chat.messenger.fail("send_text", BotBlockedError("blocked"))
    await chat.say(QA, "/start")
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    assert "is on staging" in chat.last(DEVELOPER).text


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fullest_card_fits(language: str) -> None:
    """With everything that a hostile branch, author and workflow can put into it, it has room in a message."""
    people = tuple(Member(n, HOSTILE * 10, tuple(Role), n + 100) for n in range(1, 8))
    release = Release(
        *("a" * 60, "v1.0.0-" + "x" * 100, "c" * 40, "d" * 40, "7" * 19, 900, BEGUN),
        initiated_by_login=HOSTILE * 9,
        initiators=tuple(Account(n, HOSTILE * 9) for n in range(20)),
        github_ref="refs/heads/" + HOSTILE * 6,
        github_action_link=LINK,
        kind=ReleaseKind.HOTFIX,
        status=Status.DEPLOYING,
        phase=("candidate: " + HOSTILE * 3 + "; stable: x; 100 %; 101 %; " + HOSTILE * 9)[:200],
        digest="sha256:" + "a" * 64,
        rollback_to_tag="v" + "9" * 127,
        superseded_by="a_" + "v" * 120,
        deadline_at=BEGUN + timedelta(days=3),
        completed_at=BEGUN,
        is_abort_asked=True,
        deployment_run_id="8" * 19,
    )
    facts = CardFacts(release, Environment(PRODUCTION, hold=HOSTILE * 20), people, release, BEGUN)
    text = describe_card("ru" if language == "ru" else "en", facts)
    assert len(text) < 4096
    assert "<a" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("need", Need)
def test_every_refusal_is_an_alert(language: str, need: Need) -> None:
    """At most 200 characters, with or without a release; so are all toasts."""
    spoken = "ru" if language == "ru" else "en"
    for status in (None, *Status):
        release = None if status is None else Release("a", "v1.0.0", "", "", "", 1, BEGUN, status=status)
        assert len(describe_refusal(spoken, Refusal(RefusalKind.NOT_ALLOWED, need), release)) <= ALERT_CHARACTERS_MAX
    for text in ("not-here", "no-member"):
        assert len(plain_text(spoken, f"release-bot-{text}")) <= ALERT_CHARACTERS_MAX
    assert len(plain_text(spoken, "release-button-not-yours")) <= ALERT_CHARACTERS_MAX


def test_a_release_of_nobody_known() -> None:
    """Without a login the account's number is shown, and nobody's changes."""
    release = Release("a", "v1.0.0", "", "", "", 900, BEGUN)
    text = describe_card("en", CardFacts(release, Environment(PRODUCTION), (), None, BEGUN))
    assert "Begun by 900" in text
    assert "Changes of" not in text


def test_words_for_what_is_unknown() -> None:
    """A state of a later release is shown by its name; durations have two units; only plain addresses are opened."""
    assert (name_status("en", "paused"), sign_status("paused")) == ("paused", "▫️")
    assert [write_duration("en", timedelta(seconds=n)) for n in (-1, 61, 3_660, 90_000)] == [
        "0 s",
        "1 min 1 s",
        "1 h 1 min",
        "1 d 1 h",
    ]
    assert is_link(LINK)
    bad = ("", "http://github.com/", "https://a b/", 'https://x/"', "javascript:1", LINK + "x" * 300)
    assert not any(map(is_link, bad))
    assert read_reason("en", Action.REJECT, "0") == "It has a fault"
    assert [read_reason("en", action, "99") for action in (Action.REJECT, Action.APPROVE)] == ["", ""]


def test_a_phase_of_another_form() -> None:
    """It is shown as it is."""
    assert read_rollout_phase("probing; 999 %;; verdict: ") == RolloutPhase(rest="probing; 999 %; verdict:")


def test_votes_that_do_not_count() -> None:
    """Who lost the role is shown as void; the initiator's approval would pass nothing; a lone seat is named."""
    release = Release("a", "v1.0.0", "", "", "", 900, BEGUN, digest="d")
    viewer, initiator = Member(1, "Vi", (Role.VIEWER,), 101), Member(2, "In", (Role.QA,), 900)
    environment = Environment(PRODUCTION, quorum={"qa": 1})
    assert count_votes(release, environment, []).missing == ("qa",)
    assert not would_pass(release, environment, [], initiator)
    assert not would_pass(release, environment, [], viewer)
    assert would_pass(release, environment, [], Member(3, "Qu", (Role.QA,), 103))


async def test_a_void_approval_is_shown(chat: ReleaseChat, releasing: Releasing) -> None:
    """The card names who approved without counting, and what holds it back, and where to look."""
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await releasing.begin("v1.1.0", github_action_link=LINK, github_ref="refs/heads/<b>")
    await releasing.report(ActorKind.BUILD, "v1.1.0", Status.BUILDING)
    await releasing.report(ActorKind.BUILD, "v1.1.0", Status.MANUAL_TESTING)
    await releasing.approve(QA, "v1.1.0")
    [record] = await releasing.store.read([member_key(QA)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"roles": ["viewer"]}, record.version)])
    await chat.deliver("v1.1.0")
    card = chat.last(MANAGER)
    assert "▫️ person 1 · does not count" in card.text
    assert "Changes of hand" in card.text
    assert "From <code>&lt;b&gt;</code>" in card.text
    assert find_button(card, "Run").url == LINK
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
    assert describe_notice("en", release, {"target": "paused"}, []) == "▫️ <b>nanobanana v1.0.0</b>: paused"


def test_an_update_that_is_none() -> None:
    """JSON without an update's number is refused."""
    for body in (b"[]", b"{}", b"no"):
        with pytest.raises(UnusableUpdateError):
            read_update(body)
