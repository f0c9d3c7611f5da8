"""The menu: lists, search, what runs where, holds, settings, members."""

import pytest

from shared.codec import encode
from shared.ports import Create
from shared.release_bot import show_members
from shared.release_bot.members_page import SHOWN_MAX
from shared.releases.actor import Account, Member, Role
from shared.releases.attempt import Need, Refusal, RefusalKind
from shared.releases.change_member import accept_invite, change_member, invite_person, join_account
from shared.releases.invite import removed, with_role
from shared.releases.release import OutgoingKind, Status
from shared.releases.release_documents import decode_member, member_key
from shared.usage import start_usage
from tests.fakes.release_chat import ReleaseChat, find_button, list_labels
from tests.fakes.releases import (
    ADMIN,
    DEVELOPER,
    MANAGER,
    OPERATOR,
    PEOPLE,
    QA,
    SECOND_MANAGER,
    SECOND_QA,
    Releasing,
    hash_of,
)

GUEST = 77


async def test_lists_of_five(chat: ReleaseChat, releasing: Releasing) -> None:
    """Pages go on and back, filters narrow them, a button opens its release, and each page costs what one costs."""
    for number in range(7):
        await releasing.begin(f"v1.0.{number}")
        releasing.clock.advance(86_400)
    await chat.say(QA, "/start")
    assert "7 active · 0 deployed · 0 failed" in chat.last(QA).text
    usage = start_usage()
    await chat.press(QA, "Active")
    assert usage.store_reads <= 5 + 1  # five releases, and the member with their preferences
    assert [label for label in list_labels(chat.last(QA)) if "v1" in label] == [
        f"🆕 nanobanana v1.0.{number}" for number in range(6, 1, -1)
    ]
    await chat.press(QA, "Older")
    assert "v1.0.1" in chat.last(QA).text
    await chat.press(QA, "Newest")
    assert "v1.0.6" in chat.last(QA).text
    for choice, shown in (("> 30 d", "Nothing is here"), ("👤 hand", "Only by hand"), ("📦", "Only nanobanana")):
        await chat.press(QA, "Filter")
        await chat.press(QA, choice)
        assert shown in chat.last(QA).text
        await chat.press(QA, "Filter")
        await chat.press(QA, "Show all")
    await chat.press(QA, "v1.0.6")
    assert "🆕 <b>nanobanana v1.0.6</b> · begun" in chat.last(QA).text


async def test_a_page_of_somebody_else_or_forgotten(chat: ReleaseChat, releasing: Releasing) -> None:
    """It is answered with today's main page; an operation that nobody offered with the first page."""
    await releasing.begin("v1.0.0")
    await chat.press(QA, "Active")
    page = chat.last(QA)
    data = find_button(page, "v1.0.0").data
    assert "forgotten" in await chat.press_data(MANAGER, data, chat.last(MANAGER).message_id)
    for operation in ("o9", "n", "s9", "a9", "d8", "z", "ox"):
        nonce = data.split(";")[2]
        await chat.press_data(QA, f"r1m;v;{nonce};{operation}", page.message_id)
        assert "Active releases" in chat.last(QA).text
    await chat.press_data(QA, "r1m;unknown", page.message_id)
    assert "<b>Releases</b>" in chat.last(QA).text


@pytest.mark.parametrize("words", ["v1.2.3", "1.2.3", "nanobanana v1.2.3", "nanobanana_v1.2.3"])
async def test_search(chat: ReleaseChat, releasing: Releasing, words: str) -> None:
    """A version is found with and without its v and its service; what is not there is said."""
    await releasing.bring("v1.2.3", Status.MANUAL_TESTING)
    await chat.press(QA, "Search")
    assert "<b>nanobanana v1.2.3</b>" in (await chat.say(QA, words)).text
    await chat.say(QA, "/start")
    await chat.press(QA, "Search")
    assert "No release is called “&lt;i&gt;”" in (await chat.say(QA, "<i>")).text


async def test_waiting_for_me(chat: ReleaseChat, releasing: Releasing) -> None:
    """Only what this person can decide on."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.press(QA, "Waiting")
    assert "v1.0.0" in chat.last(QA).text
    await chat.press(DEVELOPER, "Waiting")
    assert "Nothing is here" in chat.last(DEVELOPER).text


async def test_holds_and_freezes(chat: ReleaseChat, releasing: Releasing) -> None:
    """A manager holds and lifts; a late press does not lift a newer hold; an operator only freezes."""
    await chat.press(MANAGER, "What runs")
    await chat.press(MANAGER, "Hold releases…")
    assert "are held" in (await chat.say(MANAGER, "<fire>")).text
    assert (await releasing.environment()).hold == "<fire>"
    await chat.press(MANAGER, "Menu")
    assert "Nothing new is released: &lt;fire&gt;" in chat.last(MANAGER).text
    await chat.press(MANAGER, "What runs")
    await chat.press(MANAGER, "Lift the hold…")
    data, message = find_button(chat.last(MANAGER), "Yes, let").data, chat.last(MANAGER).message_id
    await chat.press(MANAGER, "Yes, let")
    assert (await releasing.environment()).hold == ""
    await chat.press(MANAGER, "Hold releases…")
    await chat.say(MANAGER, "water")
    assert "has changed" in await chat.press_data(MANAGER, data, message)
    assert (await releasing.environment()).hold == "water"
    await chat.press(OPERATOR, "What runs")
    assert "Hold releases…" not in list_labels(chat.last(OPERATOR))
    assert "role does not allow" in await chat.press_data(OPERATOR, "r1m;hold", message)
    await chat.say(MANAGER, "/start")
    await chat.press(MANAGER, "What runs")
    await chat.press(MANAGER, "Lift the hold…")
    data = find_button(chat.last(MANAGER), "Yes, let").data
    assert "role does not allow" in await chat.press_data(OPERATOR, data, chat.last(OPERATOR).message_id)
    await chat.say(OPERATOR, "/start")
    await chat.press(OPERATOR, "What runs")
    await chat.press(OPERATOR, "Freeze…")
    await chat.press(OPERATOR, "24 h")
    assert "No deployment begins before" in (await chat.say(OPERATOR, "holidays")).text
    assert (await releasing.environment()).frozen_until is not None
    await chat.press(OPERATOR, "Menu")
    await chat.press(OPERATOR, "What runs")
    assert "holidays" in chat.last(OPERATOR).text
    await chat.press(OPERATOR, "End the freeze")
    assert (await releasing.environment()).frozen_until is None


async def test_a_role_lost_while_writing(chat: ReleaseChat, releasing: Releasing) -> None:
    """The words of somebody who may not hold any more hold nothing."""
    await chat.press(MANAGER, "What runs")
    await chat.press(MANAGER, "Hold releases…")
    await change_member(releasing.ports, ADMIN, MANAGER, lambda member: with_role(member, Role.QA, is_given=True))
    await change_member(
        releasing.ports, ADMIN, MANAGER, lambda member: with_role(member, Role.RELEASE_MANAGER, is_given=False)
    )
    assert "role does not allow" in (await chat.say(MANAGER, "because")).text
    assert (await releasing.environment()).hold == ""


async def test_settings(chat: ReleaseChat, releasing: Releasing) -> None:
    """Language, topics and quiet hours are kept; a muted topic is not told, and quiet hours do not ring."""
    await chat.press(QA, "Settings")
    await chat.press(QA, "Русский")
    assert "Настройки" in chat.last(QA).text
    await chat.press(QA, "English")
    await chat.press(QA, "🔔 Something to test")
    assert "🔕 Something to test" in list_labels(chat.last(QA))
    await chat.press(QA, "🔕 Something to test")
    await chat.press(QA, "🔔 Something to test")
    before = chat.count(QA)
    await chat.press(DEVELOPER, "Settings")
    await chat.press(DEVELOPER, "22:00–08:00")
    page = chat.last(DEVELOPER)
    await chat.press_data(DEVELOPER, "r1m;set;mute;trouble", page.message_id)
    await chat.press_data(DEVELOPER, "r1m;set;quiet;1-2", page.message_id)
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    assert chat.count(QA) == before
    sent = [call.screen for call in chat.messenger.calls if call.method == "send_text" and call.chat_id == DEVELOPER]
    assert sent[-1] is not None
    assert sent[-1].is_silent  # the tests' clock shows three in the night


async def test_members_and_invitations(chat: ReleaseChat, releasing: Releasing) -> None:
    """An admin invites by a code that works once, gives and takes roles, and removes; nobody else can."""
    await chat.press(ADMIN, "Settings")
    await chat.press(ADMIN, "Members")
    assert "person 3" in chat.last(ADMIN).text
    await chat.press(ADMIN, "Invite…")
    page = chat.last(ADMIN)
    await chat.press(ADMIN, "QA")
    code = chat.last(ADMIN).text.partition("/start ")[2].partition("<")[0]
    again = await chat.press_data(ADMIN, find_button(page, "QA").data, page.message_id)
    assert code in chat.last(ADMIN).text + again
    assert "<b>Releases</b>" in (await chat.say(GUEST, f"/start {code}")).text
    assert "<b>Releases</b>" in (await chat.say(GUEST, f"/start {code}")).text
    assert "not a member" in (await chat.say(GUEST + 1, f"/start {code}")).text
    await chat.say(ADMIN, "/start")
    await chat.press(ADMIN, "Settings")
    await chat.press(ADMIN, "Members")
    await chat.press(ADMIN, "👤 Ann")
    await chat.press(ADMIN, "⬜️ operator")
    assert "QA, operator" in chat.last(ADMIN).text
    await chat.press(ADMIN, "Remove…")
    await chat.press(ADMIN, "Yes, remove")
    assert "Ann" not in chat.last(ADMIN).text
    assert "not a member" in (await chat.say(GUEST, f"/start {code}")).text
    await chat.press(ADMIN, "👤 person 7")
    assert "This is you" in chat.last(ADMIN).text
    for data in (f"r1m;mr;{ADMIN};qa;1", "r1m;mx;x;yes", "r1m;m;x"):
        await chat.press_data(ADMIN, data, chat.last(ADMIN).message_id)
        assert "Members" in chat.last(ADMIN).text
    assert "role does not allow" in await chat.press_data(QA, "r1m;invite", 1)


async def test_a_large_team(chat: ReleaseChat, releasing: Releasing) -> None:
    """Everybody can be removed, also those whose line would make the message too long."""
    for number in range(30):
        member = Member(10**9 + number, f"<newcomer> {number}", (Role.VIEWER,), invited_by=ADMIN)
        await releasing.store.commit([Create(member_key(member.telegram_id), encode(member))])
    await chat.press(ADMIN, "Settings")
    await chat.press(ADMIN, "Members")
    assert f"and {30 + len(PEOPLE) - SHOWN_MAX} more" in chat.last(ADMIN).text
    await chat.press(ADMIN, "👤 <newcomer> 29")
    await chat.press(ADMIN, "Remove…")
    await chat.press(ADMIN, "Yes, remove")
    assert "👤 <newcomer> 29" not in list_labels(chat.last(ADMIN))


async def test_how_many_approvals_are_needed(chat: ReleaseChat, releasing: Releasing) -> None:
    """An admin asks for fewer; an old button changes nothing; whoever has approved may complete a waiting release."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    await chat.press(QA, "Approve…")
    await chat.press(QA, "Yes, I approve")
    assert "Approve…" not in "".join(list_labels(chat.last(QA)))
    await chat.say(ADMIN, "/start")
    for label in ("Settings", "Members", "Approvals…"):
        await chat.press(ADMIN, label)
    page = chat.last(ADMIN)
    assert "release manager: <b>1</b>" in page.text
    old = find_button(page, "release manager: 2").data
    assert "Done" in await chat.press(ADMIN, "release manager: 0")
    assert "today's state" in await chat.press_data(ADMIN, old, page.message_id)
    assert "QA: 0" not in list_labels(chat.last(ADMIN))
    assert "role does not allow" in await chat.press_data(MANAGER, "r1m;policy;2;qa;0", 1)
    await chat.press(QA, "Refresh")
    await chat.press(QA, "Approve…")
    await chat.press(QA, "Yes, I approve")
    assert (await releasing.read("v1.0.0")).status is Status.MANUAL_TEST_PASSED


async def test_an_admin_no_more_changes_no_policy(
    chat: ReleaseChat, releasing: Releasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roles are read again in the commit, not when the page was drawn."""

    async def refuse(*_: object) -> Refusal:
        return Refusal(RefusalKind.FORBIDDEN, Need.ROLE)

    monkeypatch.setattr(show_members, "set_quorum", refuse)
    assert "role does not allow" in await chat.press_data(ADMIN, "r1m;policy;1;qa;2", 1)


async def test_nobody_can_approve(chat: ReleaseChat, releasing: Releasing) -> None:
    """The only two testers have changes in it: those who decide and the admin hear so, with the way on."""
    both = (Account(100 + QA, "one"), Account(100 + SECOND_QA, "two"))
    releasing.initiators[hash_of("v1.0.0")] = both
    chat.messenger.blocked.add(SECOND_MANAGER)
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.0.0")
    for person in (QA, MANAGER, ADMIN):
        assert "cannot give all the approvals" in chat.last(person).text
    assert "cannot give" not in chat.last(DEVELOPER).text
    await chat.press(ADMIN, "Members")
    assert "person 3" in chat.last(ADMIN).text
    await releasing.bring("v1.1.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.1.0")
    assert "cannot give" not in chat.last(MANAGER).text


async def test_invitations_that_do_not_count(releasing: Releasing) -> None:
    """Nobody but an admin invites; not after a day, not by an admin who was removed, not the admin themselves."""
    code, ports = "c" * 22, releasing.ports
    assert await invite_person(ports, QA, code, Role.ADMIN) is None
    assert await invite_person(ports, ADMIN, "short", Role.ADMIN) is None
    assert await invite_person(ports, ADMIN, code, Role.OPERATOR) is not None
    assert await accept_invite(ports, ADMIN, "Ada", code) is None
    active = await accept_invite(ports, QA, "Quinn", code)
    assert active is not None
    assert active.roles == (Role.QA,)
    releasing.clock.advance(24 * 3600)
    assert await accept_invite(ports, GUEST, "Gast", code) is None
    assert await invite_person(ports, ADMIN, "d" * 22, Role.OPERATOR) is not None
    [admin] = await releasing.store.read([member_key(ADMIN)])
    assert admin is not None
    await change_member(ports, ADMIN, MANAGER, lambda member: with_role(member, Role.ADMIN, is_given=True))
    await change_member(ports, MANAGER, ADMIN, removed)
    assert await accept_invite(ports, GUEST, "Gast", "d" * 22) is None
    assert await accept_invite(ports, GUEST, "Gast", "short") is None


async def test_joining_an_account(chat: ReleaseChat, releasing: Releasing) -> None:
    """A code joins the first account that shows it, once, within an hour, and never an App's."""
    ports = releasing.ports
    assert await invite_person(ports, ADMIN, "c" * 22, Role.QA) is not None
    await chat.say(GUEST, "/start " + "c" * 22)
    await chat.press(GUEST, "Settings")
    page = chat.last(GUEST)
    await chat.press(GUEST, "Join my GitHub account")
    code = chat.last(GUEST).text.split("<code>")[2].partition("<")[0]
    await chat.press_data(GUEST, find_button(page, "Join").data, page.message_id)
    assert not await join_account(ports, code, Account(5, "app[bot]"))
    assert not await join_account(ports, "x" * 22, Account(5, "ann"))
    assert await join_account(ports, code, Account(5, "ann"))
    assert await join_account(ports, code, Account(5, "ann"))
    assert not await join_account(ports, code, Account(6, "bob"))
    [record] = await releasing.store.read([member_key(GUEST)])
    assert record is not None
    assert (decode_member(record).github_id, decode_member(record).github_login) == (5, "ann")
    await chat.say(GUEST, "/start")
    await chat.press(GUEST, "Settings")
    assert "Joined to GitHub account ann" in chat.last(GUEST).text


async def test_history(chat: ReleaseChat, releasing: Releasing) -> None:
    """Who did what and why, refused attempts too, in a message and as a file."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await releasing.press(QA, "v1.0.0", Status.MANUAL_TEST_FAILED, reason="")
    await chat.deliver("v1.0.0")
    await chat.press(QA, "History")
    text = chat.last(QA).text
    assert "build hand → being tested" in text
    assert "👤 person 1 → rejected: refused" in text
    await chat.press(QA, "file")
    shown = chat.last(QA)
    assert shown.kind == "document"
    lines = chat.messenger.files[shown.file_id].decode().splitlines()
    assert len(lines) == 4
    assert "building -> manual_testing | build:71 hand | phase: phase" in lines[2]


async def test_what_runs_where(chat: ReleaseChat, releasing: Releasing) -> None:
    """What is live has a button that opens it; a service that is gone by now is answered with today's page."""
    await chat.press(QA, "What runs")
    page = chat.last(QA)
    assert "nothing that was released" in page.text
    await chat.press_data(QA, "r1m;live;0", page.message_id)
    assert "What runs where" in chat.last(QA).text
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await releasing.bring("v1.1.0", Status.DEPLOYING)
    await chat.press(QA, "Menu")
    await chat.press(QA, "What runs")
    assert "Being deployed or rolled back: nanobanana v1.1.0" in chat.last(QA).text
    await chat.press(QA, "🔎 nanobanana")
    assert "🟢 <b>nanobanana v1.0.0</b>" in chat.last(QA).text
    assert chat.sender.count(OutgoingKind.ROLLBACK) == 0


async def test_words_that_answer_nothing(chat: ReleaseChat) -> None:
    """What is forwarded, or is no text, does nothing, and is told so; so is the end of a question."""
    assert "Forwarded messages" in (await chat.say(QA, "approve", forward_origin={"type": "user"})).text
    await chat.press(QA, "Menu")
    await chat.press(QA, "Search")
    assert (await chat.say(QA, "/cancel")).text == "Stopped. Nothing was changed."
