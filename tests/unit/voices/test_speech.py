"""An answer is spoken: asked for once, made once, sent at most once, paid once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.conversations.answer import answer_of
from shared.conversations.speech_intents import ROUNDS_MAX
from shared.credits.catalogue import SPEECH, speech_credits
from shared.credits.ledger import Change, TransferKind, book_change
from shared.credits.spending import CACHE_SECONDS, STOP
from shared.credits.transfer_documents import create_transfer
from shared.errors import (
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import Job, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.people.accounts import change_user, open_user
from shared.ports import Create, Key, Record
from shared.providers.outcomes import Broken, Busy, FailureReason, Gone, NoResult, Refused, TimedOut
from shared.texts import plain_text
from shared.usage import start_usage
from shared.voices.samples import keep_sample
from shared.voices.speak_along import speak_along
from shared.voices.speech import is_speech, sound_of, speech_of, with_sound
from shared.voices.speech_screens import kept_card, left_card, speech_card
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.world import GROUP, ME, OTHER, World, writes_to

ANY = Record(Key("jobs", "any"), {}, None)
SKY = "why is the sky blue?"


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
"""When, by the price list, speech begins to cost twice as much."""


async def answered(world: World, question: str = SKY) -> Shown:
    """The answer to a question, with 🔊 under it."""
    await world.send(world.message(f"/ask {question}"))
    return world.shown()


def speeches(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_speech(job)]


def speech(world: World) -> Job:
    [job] = speeches(world)
    return job


def voices(world: World, chat_id: int = ME) -> list[Shown]:
    return [shown for shown in world.messenger.messages(chat_id) if shown.kind == "voice"]


async def spend_all(world: World) -> None:
    """The person has no credits, and gets none today."""
    await world.give(1)
    opened = await open_user(world.ports, ME)
    spent = Change(TransferKind.CORRECTION, ME, -1, "t-1", "spent")
    account, transfer = book_change(opened.user.account, spent, world.now)
    await world.store.commit([*opened.writes(replace(opened.user, account=account)), create_transfer(transfer)])


async def test_speak(world: World) -> None:
    """The way without trouble: one call, one voice message in reply to the answer, the true cost is charged."""
    shown = await answered(world)
    await world.send(world.tap("speak", shown))
    job = speech(world)
    [voice] = voices(world)
    assert job.state is JobState.DELIVERED
    assert [task.words for task in world.speech_model.tasks] == [f"You said: {SKY}"]
    assert (voice.reply_to, voice.text) == (shown.message_id, "")
    [call] = world.messenger.sent("send_voice")
    assert call.seconds == 2 >= sound_of(job).seconds
    assert (job.request.price, job.spent) == (speech_credits(f"You said: {SKY}", world.now.date()), 1)
    assert world.user().account.available == 19
    world.check_money()


@pytest.mark.parametrize("turns", [1, 8])
async def test_what_it_costs_beside_the_model(world: World, turns: int) -> None:
    """What is read and written for a spoken answer is counted, and does not grow with the conversation."""
    for number in range(turns):
        shown = await answered(world, f"question {number}?")
    usage = start_usage()
    await world.send(world.tap("speak", shown))
    assert (usage.store_reads, usage.store_writes) == (9, 12)
    assert (usage.blob_puts, usage.blob_gets, usage.model_calls, usage.messenger_calls) == (1, 0, 1, 4)


async def test_pressed_twice(world: World) -> None:
    """However often it is pressed, while it is made and afterwards, it is bought once."""
    shown = await answered(world)
    tap = world.tap("speak", shown)
    await world.deliver(tap)
    await world.deliver(tap)
    await world.deliver(world.tap("speak", shown))
    assert world.messenger.taps[-1].toast == "It is being recorded."
    await world.settle()
    await world.send(world.tap("speak", shown))
    assert world.messenger.taps[-1].toast.startswith("It is spoken already")
    assert len(voices(world)) == len(world.speech_model.tasks) == 1
    world.check_money()


async def test_two_presses_at_once(world: World) -> None:
    """Of two presses that see nothing bought, one buys; the other finds it."""
    shown = await answered(world)
    first, second = world.tap("speak", shown), world.tap("speak", shown)
    world.store.interrupt(writes_to("jobs", kind="speech"), lambda: world.deliver(second))
    await world.send(first)
    assert {tap.toast for tap in world.messenger.taps[-2:]} == {"Recording…", "It is being recorded."}
    assert len(voices(world)) == 1
    world.check_money()


async def test_another_voice(world: World) -> None:
    """Another voice or pace is another wish; the model is told of both."""
    shown = await answered(world)
    await world.send(world.tap("speak", shown))
    await world.send(world.message("/voice"))
    await world.send(world.tap("speech;voice;Puck", world.shown()))
    await world.send(world.tap("speech;pace;slow", world.shown()))
    await world.send(world.tap("speak", shown))
    assert [(task.voice, task.style) for task in world.speech_model.tasks] == [
        ("Kore", ""),
        ("Puck", "calm and slow, with pauses"),
    ]


async def test_only_the_owner(world: World) -> None:
    """Nobody pays for what somebody else presses."""
    await world.send(world.message("/ask why?", chat_id=GROUP))
    shown = world.shown(GROUP)
    await world.send(world.tap("speak", shown, user_id=OTHER, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == "This button belongs to somebody else. Send your own request."
    assert speeches(world) == []
    await world.send(world.tap("speak", shown, chat_id=GROUP))
    assert len(voices(world, GROUP)) == 1


@pytest.mark.parametrize("job_id", ["", "nothing", "a" * 16])
async def test_unknown(world: World, job_id: str) -> None:
    """A button whose answer is no longer kept says so."""
    await world.send(world.tap_data(f"1;speak;{job_id}", 1))
    assert world.messenger.taps[-1].toast == "That is no longer stored."


async def test_not_of_an_answer(world: World) -> None:
    """Only what is words, and is there, can be spoken."""
    await world.send(world.message("a red fox"))
    await world.send(world.tap_data(f"1;speak;{world.job().id}", 1))
    assert "Wait for the answer" in world.messenger.taps[-1].toast


async def test_answer_deleted(world: World) -> None:
    """An old button of an answer that is gone says so; what waits for its words is refused, and free."""
    shown = await answered(world)
    await world.deliver(world.tap("speak", shown))
    [answer] = [job for job in world.jobs() if not is_speech(job)]
    opened = await open_job(world.ports, answer.id)
    assert opened is not None
    await change_job(world.ports, opened, lambda job: replace(job, deleted_at=world.now))
    await world.settle()
    assert (speech(world).state, speech(world).failure) == (JobState.FAILED, FailureReason.FILE_GONE)
    assert world.user().account.available == 20
    await world.send(world.tap("speak", shown))
    assert world.messenger.taps[-1].toast == "That was deleted."
    world.check_money()


@pytest.mark.parametrize("is_written_down", [True, False])
async def test_deleted_before_it_is_sent(world: World, *, is_written_down: bool) -> None:
    """A sound that waits to be sent is not, once its answer was deleted; nothing of it stays, and nobody pays."""
    shown = await answered(world)
    [answer] = world.jobs()

    async def delete() -> None:
        world.store._documents.pop(job_key(answer.id))
        if not is_written_down:
            raise UnavailableError("the store is out")

    if is_written_down:
        world.messenger.stall("send_voice", delete)
        world.messenger.fail("send_voice", TooManyRequestsError(3))
        await world.send(world.tap("speak", shown))
    else:
        world.store.interrupt(writes_to("jobs", kind="speech", state="made"), delete)
        await world.deliver(world.tap("speak", shown))
        with pytest.raises(UnavailableError):
            await world.settle()
        for _ in range(3):
            world.clock.set(world.now + timedelta(minutes=2))
            await world.move(speech(world))
    assert (speech(world).failure, voices(world), world.blobs.blobs) == (FailureReason.FILE_GONE, [], {})
    assert SKY not in str(world.store.collection("jobs")[speech(world).id])
    world.check_money()


async def test_kept_as_long_as_answers(world: World) -> None:
    """What is spoken, and what was written down of it, is kept as long as its person chose for what is said."""
    await world.send(world.message("/history"))
    await world.send(world.tap("kept", world.shown()))
    await world.send(world.tap("kept;1;", world.shown()))
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;chat", world.shown()))
    await world.send(world.voice(SKY))
    await world.send(world.tap("speak", world.shown()))
    assert {job.kind: (job.expire_at - job.created_at).days for job in world.jobs()} == {
        "transcript": 2,
        "answer": 2,
        "speech": 2,
    }


async def test_reply_to_a_voice_message(world: World) -> None:
    """A reply to the voice message is a reply to its answer: a question that knows what was said."""
    await world.send(world.tap("speak", await answered(world)))
    await world.send(world.reply("and at night?", voices(world)[0]))
    assert [line.text for line in world.text_model.talks[-1].lines][-3:] == [SKY, f"You said: {SKY}", "and at night?"]
    world.check_money()


async def test_the_answer_is_no_longer_kept(world: World) -> None:
    """What was spoken stays where its answer's document is gone meanwhile."""
    shown = await answered(world)
    answer = world.job().id

    async def forget() -> None:
        world.store._documents.pop(job_key(answer))

    world.messenger.stall("send_voice", forget)
    await world.send(world.tap("speak", shown))
    assert speech(world).state is JobState.DELIVERED


async def test_nothing_to_say(world: World) -> None:
    """An answer that is only code is not bought."""
    world.text_model.script(SKY, Answer(("```\ncode\n```",)))
    await world.send(world.tap("speak", await answered(world)))
    assert "nothing in it that can be spoken" in world.messenger.taps[-1].toast
    assert speeches(world) == []


async def test_no_credits(world: World) -> None:
    """A person who cannot pay is told, and nothing is asked."""
    await spend_all(world)
    await world.send(world.tap("speak", await answered(world)))
    assert world.messenger.taps[-1].alert
    assert world.speech_model.tasks == []
    world.check_money()


async def test_spending_is_stopped(world: World) -> None:
    """While nothing may be spent a press is declined, and what was accepted waits until its time is over."""
    shown = await answered(world)
    await world.deliver(world.tap("speak", shown))
    await world.store.commit([Create(STOP, {"until": world.now + timedelta(minutes=30)})])
    world.clock.set(world.now + timedelta(seconds=CACHE_SECONDS + 1))
    await world.settle()
    assert world.speech_model.tasks == []
    assert speech(world).failure is FailureReason.LATE
    await world.send(world.tap("speak", shown))
    assert world.messenger.taps[-1].alert
    world.check_money()


@pytest.mark.parametrize(
    ("outcomes", "failure", "words"),
    [
        ([Refused("SAFETY")], FailureReason.SAFETY, "filter"),
        ([NoResult("OTHER"), NoResult("OTHER")], FailureReason.NO_RESULT, "said nothing, twice"),
        ([TimedOut()], FailureReason.LATE, "took too long"),
        ([Broken("400")], FailureReason.OURS, "on our side"),
    ],
)
async def test_nothing_came(world: World, outcomes: list[Refused], failure: FailureReason, words: str) -> None:
    """Without sound the credits go back, and a message says why. What timed out may be paid: it is not asked again."""
    shown = await answered(world)
    world.speech_model.script(*outcomes)
    await world.send(world.tap("speak", shown))
    job = speech(world)
    assert (job.state, job.failure) == (JobState.FAILED, failure)
    assert len(world.speech_model.tasks) == len(outcomes)
    assert words in world.shown().text
    assert world.user().account.available == 20
    world.check_money()
    await world.send(world.tap("speak", shown))  # another round
    assert [job.state for job in speeches(world)] == [JobState.FAILED, JobState.DELIVERED]
    world.check_money()


async def test_models_are_gone(world: World) -> None:
    """Where the wanted model is no longer there the other one speaks; without both the fault is ours."""
    shown = await answered(world)
    world.speech_model.script(Gone())
    await world.send(world.tap("speak", shown))
    assert [rung.id for rung in world.speech_model.rungs] == [rung.id for rung in SPEECH.rungs]
    assert sound_of(speech(world)).model_id == SPEECH.rungs[1].id
    await world.send(world.tap("unsay", voices(world)[0]))
    world.speech_model.script(Gone())
    await world.send(world.tap("speak", shown))
    assert speeches(world)[-1].failure is FailureReason.OURS
    world.check_money()


async def test_it_fails_too_often(world: World) -> None:
    """There is an end to trying the same."""
    shown = await answered(world)
    world.speech_model.script(*[Refused("SAFETY")] * ROUNDS_MAX)
    for _ in range(ROUNDS_MAX):
        await world.send(world.tap("speak", shown))
        world.clock.set(world.now + timedelta(hours=2))
    await world.send(world.tap("speak", shown))
    assert "Choose another voice" in world.messenger.taps[-1].toast
    assert len(speeches(world)) == ROUNDS_MAX


@pytest.mark.parametrize("is_fault", [False, True])
async def test_busy(world: World, *, is_fault: bool) -> None:
    """A provider that is busy is asked again; the card that said so goes when the voice message is there."""
    shown = await answered(world)
    world.speech_model.script(Busy("503", is_fault=is_fault))
    await world.send(world.tap("speak", shown))
    assert speech(world).state is JobState.DELIVERED
    assert [each.kind for each in world.messenger.messages(ME)] == ["text", "voice"]
    assert any("Google" in (call.screen.text if call.screen else "") for call in world.messenger.calls)


async def test_uncounted(world: World) -> None:
    """Where the provider does not say what it charges, the length of the sound tells."""
    world.speech_model.counts = False
    await world.send(world.tap("speak", await answered(world)))
    sound = sound_of(speech(world))
    assert sound.tokens_made == round(25 * sound.seconds)


async def test_canceled(world: World) -> None:
    """/cancel stops what is being spoken."""
    shown = await answered(world)

    async def cancel(_: object) -> None:
        world.speech_model.before = None
        await world.deliver(world.message("/cancel"))
        await world.clock.sleep(30)

    world.speech_model.before = cancel
    await world.send(world.tap("speak", shown))
    assert speech(world).state is JobState.CANCELED
    assert voices(world) == []
    world.check_money()


# --- crashes ---


async def test_stored_is_not_made_again(world: World) -> None:
    """A worker that died after storing the sound, before writing it down: the next one finds it, at the true cost."""
    shown = await answered(world)

    async def die() -> None:
        raise UnavailableError("the store is out")

    world.store.interrupt(writes_to("jobs", kind="speech", state="made"), die)
    await world.deliver(world.tap("speak", shown))
    with pytest.raises(UnavailableError):
        await world.settle()
    await world.move(speech(world))
    world.clock.set(world.now + timedelta(minutes=2))
    await world.move(speech(world))
    job = speech(world)
    assert job.state is JobState.DELIVERED
    assert len(world.speech_model.tasks) == len(voices(world)) == 1
    assert (job.spent, sound_of(job).words) == (1, f"You said: {SKY}")
    world.check_money()


async def test_the_bucket_is_out(world: World) -> None:
    """The bucket gets every chance before the sound is lost; then it is made once more."""
    shown = await answered(world)
    world.blobs.outages = 3
    await world.send(world.tap("speak", shown))
    assert speech(world).state is JobState.DELIVERED
    assert len(world.speech_model.tasks) == 1


async def test_the_bucket_stays_out(world: World) -> None:
    """Without the bucket nothing is sent; once it is back, what was lost with its worker is made once more."""
    shown = await answered(world)
    world.blobs.outages = 1000
    await world.deliver(world.tap("speak", shown))
    with pytest.raises(UnavailableError):
        await world.settle()
    assert voices(world) == []
    world.blobs.outages = 0
    world.clock.set(world.now + timedelta(minutes=2))
    await world.move(speech(world))
    assert len(voices(world)) == 1
    assert len(world.speech_model.tasks) == 2
    world.check_money()


async def test_the_bucket_hangs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A put that does not come back is given up in time."""
    shown = await answered(world)
    monkeypatch.setattr("shared.voices.make_speech.STORING_SECONDS_MAX", 0.01)
    monkeypatch.setattr(world.blobs, "put", lambda *_: asyncio.Event().wait())
    await world.deliver(world.tap("speak", shown))
    with pytest.raises(UnavailableError, match="too long"):
        await world.settle()


async def test_shown_by_the_next_worker(world: World) -> None:
    """What is written down is sent by whoever comes next, from the bucket."""
    shown = await answered(world)
    world.messenger.fail("send_voice", TooManyRequestsError(3))
    await world.send(world.tap("speak", shown))
    assert speech(world).state is JobState.DELIVERED
    assert len(voices(world)) == len(world.speech_model.tasks) == 1
    world.check_money()


async def test_the_sound_is_gone(world: World) -> None:
    """A sound that the bucket lost cannot be sent: the credits go back."""
    shown = await answered(world)
    world.messenger.fail("send_voice", TooManyRequestsError(3))
    world.messenger.stall("send_voice", lambda: world.blobs.delete_all("jobs/"))
    await world.send(world.tap("speak", shown))
    assert speech(world).failure is FailureReason.FILE_GONE
    world.check_money()


# --- sent at most once ---


async def test_an_unknown_send_is_not_repeated(world: World) -> None:
    """Telegram's answer is lost: the voice message may be there. It is sent once, not paid, and the person is told."""
    shown = await answered(world)
    world.messenger.lose("send_voice")
    await world.send(world.tap("speak", shown))
    assert len(world.messenger.sent("send_voice")) == len(voices(world)) == 1
    assert speech(world).failure is FailureReason.UNDELIVERABLE
    assert "did not confirm" in world.shown().text
    assert world.user().account.available == 20
    world.check_money()


async def test_a_worker_died_while_sending(world: World) -> None:
    """Between the note that it is sent and the settlement nobody knows what happened: it is not sent again."""
    shown = await answered(world)

    async def die() -> None:
        raise UnavailableError("the store is out")

    world.store.interrupt(writes_to("jobs", kind="speech", state="delivered"), die)
    await world.deliver(world.tap("speak", shown))
    with pytest.raises(UnavailableError):
        await world.settle()
    world.clock.set(world.now + timedelta(minutes=2))
    await world.move(speech(world))
    assert len(voices(world)) == 1
    assert speech(world).failure is FailureReason.UNDELIVERABLE
    world.check_money()


async def test_no_voice_messages(world: World) -> None:
    """Where voice messages are forbidden the file is sent; where both are, a text says so, free of charge."""
    world.messenger.voiceless |= {ME, GROUP}
    await world.send(world.tap("speak", await answered(world)))
    assert world.shown().kind == "document"
    await world.send(world.message("/ask why?", chat_id=GROUP))
    await world.send(world.tap("speak", world.shown(GROUP), chat_id=GROUP))
    assert world.shown(GROUP).kind == "document"
    await world.send(world.message("/ask why else?", chat_id=GROUP))
    world.messenger.fail("send_document", PlaceRefusedError("not enough rights to send documents to the chat"))
    await world.send(world.tap("speak", world.shown(GROUP), chat_id=GROUP))
    assert [job.state for job in speeches(world)] == [JobState.DELIVERED, JobState.DELIVERED, JobState.FAILED]
    assert "Neither voice messages nor files are allowed here. Credits are back" in world.shown(GROUP).text
    assert "Press" not in world.shown(GROUP).text
    world.check_money()


async def test_blocked(world: World) -> None:
    """A person who has stopped the bot meanwhile pays nothing."""
    shown = await answered(world)
    await world.deliver(world.tap("speak", shown))
    world.messenger.blocked.add(ME)
    await world.settle()
    assert speech(world).failure is FailureReason.UNDELIVERABLE
    world.check_money()


async def test_the_group_has_moved(world: World) -> None:
    """A group that became a supergroup gets it there."""
    await world.send(world.message("/ask why?", chat_id=GROUP))
    await world.deliver(world.tap("speak", world.shown(GROUP), chat_id=GROUP))
    world.messenger.migrated[GROUP] = GROUP - 1
    await world.settle()
    assert len(voices(world, GROUP - 1)) == 1
    world.check_money()


async def test_rejected(world: World) -> None:
    """What Telegram never takes is not tried again."""
    shown = await answered(world)
    world.messenger.fail("send_voice", MessageRejectedError("file must be non-empty"))
    await world.send(world.tap("speak", shown))
    assert speech(world).failure is FailureReason.UNDELIVERABLE
    world.check_money()


# --- always, in kind ---


async def choose(world: World, mode: str) -> None:
    await world.send(world.message("/voice"))
    await world.send(world.tap(f"speech;mode;{mode}", world.shown()))


async def test_always(world: World) -> None:
    """A person who wants to hear every answer gets both, and a press then buys nothing more."""
    await choose(world, "always")
    shown = await answered(world)
    assert shown.kind == "voice"
    [text] = [each for each in world.messenger.messages(ME) if each.text.startswith("You said")]
    assert shown.reply_to == text.message_id
    await world.send(world.tap("speak", text))
    assert len(speeches(world)) == 1
    world.check_money()


async def test_never(world: World) -> None:
    """Nobody pays for a voice that nobody asked for."""
    for mode in ("never", "kind"):  # in kind: this question was typed
        await choose(world, mode)
        await answered(world)
    assert speeches(world) == []


async def test_in_kind(world: World) -> None:
    """A person who asks aloud is answered aloud, where that is wanted."""
    await choose(world, "kind")
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;chat", world.shown()))
    await world.send(world.voice(SKY))
    assert [task.words for task in world.speech_model.tasks] == [f"You said: {SKY}"]
    assert world.shown().kind == "voice"
    world.check_money()


async def test_always_without_means(world: World) -> None:
    """A person who cannot pay for the voice has the words; nothing more is said."""
    await spend_all(world)
    await choose(world, "always")
    shown = await answered(world)
    assert shown.text == f"You said: {SKY}"
    assert speeches(world) == []


async def test_accepted_before_the_answer_ends(world: World) -> None:
    """A worker that dies after the voice was ordered, before the answer's end: the next one orders nothing more."""
    await choose(world, "always")

    async def die() -> None:
        raise UnavailableError("the store is out")

    world.store.interrupt(writes_to("jobs", kind="answer", state="delivered"), die)
    await world.deliver(world.message(f"/ask {SKY}"))
    with pytest.raises(UnavailableError):
        await world.settle()
    await world.settle()
    world.clock.set(world.now + timedelta(minutes=2))
    [answer] = [job for job in world.jobs() if not is_speech(job)]
    await world.move(answer)
    await world.settle()
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 2
    assert len(voices(world)) == 1
    world.check_money()


# --- deleted ---


async def test_delete(world: World) -> None:
    """🗑 takes the voice message away at once, and its sound and words a minute later; then it can be had anew."""
    shown = await answered(world)
    await world.send(world.tap("speak", shown))
    [voice] = voices(world)
    tap = world.tap("unsay", voice)
    await world.deliver(tap)
    assert voices(world) == []
    assert len(world.blobs.blobs) == 1
    await world.settle()
    assert world.blobs.blobs == {}
    job = speech(world)
    assert (sound_of(job).words, sound_of(job).file_id, job.sweep_at) == ("", "", None)
    await world.send(world.tap_data(f"1;unsay;{job.id}", voice.message_id))
    assert world.messenger.taps[-1].toast == "That was deleted."
    await world.send(world.tap("speak", shown))
    assert len(voices(world)) == 1
    world.check_money()


async def test_delete_what_is_old(world: World) -> None:
    """A message that Telegram no longer deletes loses its button; the sound goes all the same."""
    await world.send(world.tap("speak", await answered(world)))
    [voice] = voices(world)
    world.messenger.fail("delete_message", MessageRejectedError("message can't be deleted"))
    world.messenger.fail("delete_message", MessageRejectedError("message can't be deleted"))
    await world.send(world.tap("unsay", voice))
    assert "do it yourself" in (world.messenger.taps[-1].toast or "")
    assert voices(world)[0].buttons == ()
    assert world.blobs.blobs == {}


@pytest.mark.parametrize("error", [TooManyRequestsError(3), DeliveryUnknownError("?")])
async def test_delete_what_cannot_be_deleted_now(world: World, error: MessengerError) -> None:
    """Where Telegram cannot delete it now the press says so, and it goes a moment later."""
    await world.send(world.tap("speak", await answered(world)))
    [voice] = voices(world)
    world.messenger.fail("delete_message", error, error)
    await world.deliver(world.tap("unsay", voice))
    assert world.messenger.taps[-1].toast == "I will delete it in a minute or two."
    await world.settle()
    assert voices(world) == []
    assert (speech(world).sweep_at, sound_of(speech(world)).words) == (None, "")


async def test_delete_in_vain(world: World) -> None:
    """What Telegram never deletes is tried for a day, and its words are gone at once all the same."""
    await world.send(world.tap("speak", await answered(world)))
    [voice] = voices(world)
    world.messenger.fail("delete_message", *[TooManyRequestsError(50_000)] * 4)
    await world.deliver(world.tap("unsay", voice))
    await world.settle()
    assert len(world.messenger.sent("delete_message")) == 4
    assert speech(world).purged_at is not None
    assert len(voices(world)) == 1


async def test_delete_what_is_gone(world: World) -> None:
    """A voice message that its person deleted in Telegram is gone, and its sound goes too."""
    await world.send(world.tap("speak", await answered(world)))
    [voice] = voices(world)
    world.messenger.fail("delete_message", *[MessageGoneError("message to delete not found")] * 2)
    await world.send(world.tap("unsay", voice))
    assert world.messenger.taps[-1].toast == "Deleted, here and from my storage."
    assert world.blobs.blobs == {}


async def test_delete_what_is_no_voice(world: World) -> None:
    """The button of something else deletes nothing; nor does one that is pressed before the end."""
    shown = await answered(world)
    await world.send(world.tap_data(f"1;unsay;{world.job().id}", 1), world.tap_data("1;unsay;" + "a" * 16, 1))
    assert [tap.toast for tap in world.messenger.taps[-2:]] == ["That was deleted.", "That is no longer stored."]
    await world.deliver(world.tap("speak", shown))
    await world.send(world.tap_data(f"1;unsay;{speech(world).id}", 1))
    assert world.messenger.taps[-1].toast == "It is being recorded."
    assert len(voices(world)) == 1


# --- reading what others wrote ---


async def test_words_not_there_yet(world: World) -> None:
    """A voice whose answer is not there yet waits for it; one whose answer never came is refused."""
    await world.deliver(world.message(f"/ask {SKY}"))
    [answer] = world.jobs()
    opened = await open_user(world.ports, ME)
    await speak_along(world.ports, StoredJob(replace(answer, artefacts=replace(answer_of(answer), said="Words.")), ANY))
    world.text_model.script(SKY, Answer(("Blue.",)))
    await world.settle()
    assert opened.user.id == ME
    assert [task.words for task in world.speech_model.tasks] == ["Blue."]
    world.check_money()


async def test_a_newer_voice(world: World) -> None:
    """A voice of a newer release is spoken by one of ours where it is chosen; a job with it is left alone."""
    await world.send(world.message("/voice"))
    await world.send(world.tap("speech;voice;Puck", world.shown()))
    newer: Any = {"voice": "Sirius", "pace": "winged"}
    opened = await open_user(world.ports, ME)
    await change_user(world.ports, opened, lambda user: replace(user, speech=replace(user.speech, **newer)))
    shown = await answered(world)
    await world.send(world.tap("speak", shown))
    assert world.speech_model.tasks[0].voice == "Kore"
    assert not replace(speech_of(speech(world)), **newer).is_known()


async def test_cards(world: World) -> None:
    """A voice message never leaves its chat, so what stands for it elsewhere says only what it is."""
    await world.send(world.tap("speak", await answered(world)))
    job = speech(world)
    assert left_card(job) == kept_card(job, "https://t.me/x") == speech_card(job, world.now)


async def test_a_sample_without_a_name(world: World) -> None:
    """Where Telegram does not say what it calls the file, nothing is kept."""
    await world.send(world.tap("speak", await answered(world)))
    job = speech(world)
    await keep_sample(world.ports, with_sound(job, replace(sound_of(job), file_id="")))
    assert world.store.collection("samples") == {}


@pytest.mark.parametrize("is_of_the_release_before", [False, True])
async def test_a_price_that_has_risen_is_said_first(world: World, is_of_the_release_before: bool) -> None:  # noqa: FBT001
    """🔊 under an answer of last year buys nothing at this year's price: it is said, and stands on the button."""
    world.clock.set(NEW_YEAR - timedelta(minutes=10))
    await world.give(50)
    world.text_model.script(SKY, Answer(("A long answer. " * 40,)))
    answer = await answered(world)
    data = answer.buttons[-1][0].data
    then, now = (speech_credits(answer_of(world.jobs()[0]).said, day.date()) for day in (world.clock.now(), NEW_YEAR))
    assert (data.rpartition(";")[2], then < now) == (str(then), True)
    world.clock.set(NEW_YEAR + timedelta(minutes=10))
    pressed = data.rpartition(";")[0] if is_of_the_release_before else data
    await world.send(world.tap_data(pressed, answer.message_id))
    assert speeches(world) == []
    assert world.messenger.taps[-1].toast == plain_text("en", "price-changed", price=now)
    shown = world.messenger.chats[ME][answer.message_id]
    assert shown.buttons[-1][0].label == plain_text("en", "button-speak", price=now)
    await world.send(world.tap("speak", shown))
    assert speech(world).request.price == now
