"""An answer is spoken: asked for once, made once, sent at most once, paid once."""

from shared.credits.catalogue import speech_credits
from shared.jobs.job import Job, JobState
from shared.voices.speech import is_speech, sound_of
from tests.fakes.messenger import Shown
from tests.world import ME, World

SKY = "why is the sky blue?"


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
