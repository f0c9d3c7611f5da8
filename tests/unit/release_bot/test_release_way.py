"""The whole way of a release by the bot's buttons: notice, card, votes, rollout, way back."""

from shared.releases.actor import ActorKind
from shared.releases.release import OutgoingKind, Status
from tests.fakes.release_chat import ReleaseChat, list_labels
from tests.fakes.releases import DEVELOPER, MANAGER, OPERATOR, QA, Releasing

PHASE = "stage canary; 25 %; candidate: 0.2 % errors, 840 ms; stable: 0.1 % errors, 800 ms; verdict: good"


async def test_from_the_notice_to_the_way_back(chat: ReleaseChat, releasing: Releasing) -> None:
    """QA and a manager approve, the deployment starts by itself, its card follows the rollout, it is rolled back."""
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await releasing.bring("v1.1.0", Status.MANUAL_TESTING)
    await chat.deliver("v1.1.0")
    await approve_it(chat)
    await follow_the_rollout(chat, releasing)
    await see_it_deployed(chat, releasing)
    await roll_it_back(chat, releasing)


async def approve_it(chat: ReleaseChat) -> None:
    card = chat.last(QA)
    assert "🧪 <b>nanobanana v1.1.0</b> · being tested" in card.text
    assert "Approvals: 0 of 2" in card.text
    assert [label for label in list_labels(card) if "Approve" in label or "Reject" in label]
    assert "Approve…" not in " ".join(list_labels(chat.last(DEVELOPER)))

    await chat.press(QA, "Approve…")
    assert "Production serves nanobanana v1.0.0 now" in chat.last(QA).text
    assert "Others have to approve it too" in chat.last(QA).text
    assert "Others are still needed" in await chat.press(QA, "Yes, I approve")
    assert "Approvals: 1 of 2" in chat.last(QA).text
    assert "✅ person 1 · QA" in chat.last(QA).text
    assert "Still needed: release manager" in chat.last(QA).text

    await chat.press(MANAGER, "Approve…")
    assert "You are the last" in chat.last(MANAGER).text
    assert "the deployment starts by itself" in await chat.press(MANAGER, "Yes, I approve")
    await chat.deliver("v1.1.0")
    assert chat.sender.count(OutgoingKind.DEPLOYMENT) == 1
    assert "approved" in chat.last(QA).text


async def follow_the_rollout(chat: ReleaseChat, releasing: Releasing) -> None:
    await releasing.report(ActorKind.DEPLOY, "v1.1.0", Status.DEPLOYING)
    await chat.deliver("v1.1.0")
    sent = chat.count(OPERATOR)
    assert "being deployed" in chat.last(OPERATOR).text
    await releasing.report(ActorKind.DEPLOY, "v1.1.0", Status.DEPLOYING, phase=PHASE)
    await chat.deliver("v1.1.0")
    live = chat.last(OPERATOR).text
    assert "<b>Stage: canary</b>" in live
    assert "▰▰▱▱▱▱▱▱▱▱ 25 % of people" in live
    assert "🆕 v1.1.0: 0.2 % errors, 840 ms" in live
    assert "🟢 v1.0.0: 0.1 % errors, 800 ms" in live
    assert "Verdict: good" in live
    assert chat.count(OPERATOR) == sent  # one message, edited


async def see_it_deployed(chat: ReleaseChat, releasing: Releasing) -> None:
    card = chat.last(OPERATOR)
    await releasing.report(ActorKind.DEPLOY, "v1.1.0", Status.DEPLOYED)
    await chat.deliver("v1.1.0")
    card = chat.messenger.chats[OPERATOR][card.message_id]
    assert "🟢 <b>nanobanana v1.1.0</b> · deployed" in card.text
    assert list_labels(card) == ["📜 History", "🔄 Refresh", "📋 Menu"]
    assert "everybody meets it now" in chat.last(OPERATOR).text
    await chat.press(OPERATOR, "Menu", card)


async def roll_it_back(chat: ReleaseChat, releasing: Releasing) -> None:
    await chat.press(OPERATOR, "What runs where")
    await chat.press(OPERATOR, "nanobanana")
    await chat.press(OPERATOR, "Roll back…")
    assert "go back to from <b>nanobanana v1.1.0</b>" in chat.last(OPERATOR).text
    await chat.press(OPERATOR, "v1.0.0")
    assert "type the version" in chat.last(OPERATOR).text
    assert "nothing was changed" in (await chat.say(OPERATOR, "v1.1.0")).text
    await chat.say(OPERATOR, "v1.0.0")
    assert (await releasing.read("v1.1.0")).status is Status.ROLLBACK
    await chat.deliver("v1.1.0")
    assert chat.sender.count(OutgoingKind.ROLLBACK) == 1
    releasing.clock.advance(42)
    await releasing.report(ActorKind.ROLLBACK, "v1.1.0", Status.ROLLBACK_DONE)
    await chat.deliver("v1.1.0")
    assert "production serves v1.0.0 again, after 42 s" in chat.last(QA).text
