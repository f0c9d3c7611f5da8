"""Pause, go on and abort by the live card's buttons, and what the history says of them."""

from shared.release_bot.event_texts import name_event_reason, name_need, name_phase
from shared.releases.actor import ActorKind
from shared.releases.attempt import Need
from shared.releases.changes import Changes, Pull
from shared.releases.release import ABORT_LIMIT, OutgoingKind, Status
from tests.fakes.release_chat import ReleaseChat, find_button, list_labels
from tests.fakes.releases import DEVELOPER, MANAGER, OPERATOR, QA, Releasing

TAG = "v1.0.0"


async def report_stage(chat: ReleaseChat, releasing: Releasing, phase: str) -> None:
    await releasing.report(ActorKind.DEPLOY, TAG, Status.DEPLOYING, phase=phase)
    await chat.deliver(TAG)


async def test_a_rollout_waits_and_goes_on(chat: ReleaseChat, releasing: Releasing) -> None:
    """Both take one press, also on a card that a stage has made old; the card says what is so, and nobody is asked."""
    await releasing.bring(TAG, Status.DEPLOYING)
    await chat.deliver(TAG)
    card = chat.last(QA)
    await report_stage(chat, releasing, "stage 5; 5 %; verdict: pass")
    assert "no further stage" in await chat.press(QA, "Pause", card)
    shown = chat.messenger.chats[QA][card.message_id]
    assert "⏸ Paused" in shown.text
    assert "Go on" in " ".join(list_labels(shown))
    assert "done before" in await chat.press(QA, "Pause", card)
    await report_stage(chat, releasing, "paused at stage 5")
    assert "waits at stage “5 %”" in chat.messenger.chats[OPERATOR][chat.last(OPERATOR).message_id].text
    assert "goes on" in await chat.press(OPERATOR, "Go on")
    assert (await releasing.read(TAG)).paused_at is None
    assert not [label for label in list_labels(chat.last(DEVELOPER)) if "Pause" in label or "Abort" in label]


async def test_an_abort_is_asked_for_beside_the_card(chat: ReleaseChat, releasing: Releasing) -> None:
    """A stage draws the card anew and leaves the question; no is no; yes counts although a stage has come between."""
    await releasing.bring(TAG, Status.DEPLOYING)
    await chat.deliver(TAG)
    card = chat.last(QA)
    await chat.press(QA, "Abort…", card)
    question = chat.last(QA)
    await report_stage(chat, releasing, "stage 5")
    assert "Abort the deployment of" in chat.messenger.chats[QA][question.message_id].text
    await chat.press(QA, "No, let it run", question)
    assert "You have changed nothing" in chat.last(QA).text
    assert not (await releasing.read(TAG)).is_abort_asked
    assert "brought back" in await chat.press(QA, "Yes, bring", question)
    assert "brought back" in chat.messenger.chats[QA][question.message_id].text
    await chat.deliver(TAG)
    assert chat.sender.count(OutgoingKind.ROLLBACK) == 1
    assert "Pause" not in " ".join(list_labels(chat.messenger.chats[QA][card.message_id]))
    releasing.clock.advance(ABORT_LIMIT.total_seconds())
    await chat.press(QA, "Refresh", chat.messenger.chats[QA][card.message_id])
    again = " ".join(list_labels(chat.messenger.chats[QA][card.message_id]))
    assert ("Abort" in again, "Pause" in again) == (True, False)
    data, message = find_button(card, "Pause").data, card.message_id
    assert "asked to abort" in await chat.press_data(QA, data, message)
    await releasing.report(ActorKind.ROLLBACK, TAG, Status.PRODUCTION_FAILED)
    for button in ("Pause", "Abort…"):
        assert "has changed" in await chat.press_data(QA, find_button(card, button).data, message)
    assert "failed in production" in chat.messenger.chats[QA][message].text


async def test_the_history_is_in_words(chat: ReleaseChat, releasing: Releasing) -> None:
    """Wishes, stages and refusals are told in the reader's language; a stage has one line, its newest."""
    chat.language = "ru"
    await releasing.bring(TAG, Status.MANUAL_TEST_PASSED)
    await chat.deliver(TAG)
    await chat.say(MANAGER, "/start")
    await chat.press_data(MANAGER, "r1m;set;language;ru", chat.last(MANAGER).message_id)
    await releasing.report(ActorKind.DEPLOY, TAG, Status.DEPLOYING, phase="agreed")
    for percent in (1, 2):
        await report_stage(chat, releasing, f"stage 25; 25 %; candidate: {percent} % errors, 8 ms; verdict: good")
    await releasing.press(QA, TAG, Status.DEPLOYED)
    await chat.press(MANAGER, "Пауза")
    await chat.press(MANAGER, "История")
    text = chat.last(MANAGER).text
    assert "одобрения проверены" in text
    assert text.count("этап «25 %»: хорошо") == 1
    assert "ставит выкатку на паузу" in text
    assert "роль не позволяет" in text or "в этом состоянии нельзя" in text


async def test_a_start_is_told_as_one(chat: ReleaseChat, releasing: Releasing) -> None:
    """A manager's wish to start once more is not shown as a deployment that runs."""
    await releasing.bring(TAG, Status.MANUAL_TEST_PASSED)
    await chat.deliver(TAG)
    await chat.press(MANAGER, "Open the card")
    await chat.press(MANAGER, "Start it again…")
    await chat.press(MANAGER, "Yes, start")
    await chat.press(MANAGER, "History")
    assert "starts the deployment again" in chat.last(MANAGER).text


async def test_what_a_release_brings(chat: ReleaseChat, releasing: Releasing) -> None:
    """Card and question show merged pull requests, escaped, the newest six, and the risks; an unknown one by name."""
    pulls = tuple(Pull(number, "<b>fix") for number in range(9, 0, -1))
    releasing.changes = Changes(pulls=pulls, risks=("schema", "size", "odd"))
    await releasing.bring(TAG, Status.MANUAL_TESTING)
    await chat.deliver(TAG)
    card = chat.last(QA)
    assert "9 pull requests that production does not have" in card.text
    assert "#9 &lt;b&gt;fix" in card.text
    assert "#3 " not in card.text
    assert "and 3 more" in card.text
    assert "Look twice: stored documents, more files than GitHub lists, odd" in card.text
    assert "https://t.me/staging_test_bot" in [button.url for row in card.buttons for button in row]
    await chat.press(QA, "Approve…")
    assert "Look twice" in chat.last(QA).text


def test_words_of_workflows_and_of_time() -> None:
    """Known ones are translated, with the release that they name; everything else is shown as it is."""
    assert name_phase("en", "way-back") == "trying the way back"
    assert name_phase("en", "held at stage staff") == "held at stage “team only”: a person continues or aborts it"
    assert name_phase("en", "stage canary; verdict: odd") == "stage “canary”: odd"
    assert name_phase("en", "rollout failure, watch skipped") == "rollout failure, watch skipped"
    assert name_event_reason("en", "deadline") == "its time was over"
    assert name_event_reason("ru", "overtaken by nanobanana_v2.0.0") == "его обогнал nanobanana v2.0.0"
    assert name_event_reason("en", "overtaken by us") == "overtaken by us"
    assert (name_need("en", Need.ROLE.value), name_need("en", "later")) == ("the role does not allow it", "later")
