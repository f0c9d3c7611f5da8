"""/voice: what is chosen is remembered, and each voice can be heard for nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.bounds import TRIES_PER_DAY_MAX, Conduct
from shared.errors import DeliveryUnknownError, MessageRejectedError
from shared.jobs.job import JobState
from shared.people.accounts import change_user, open_user
from shared.ports import Button, Update
from shared.providers.outcomes import Refused
from shared.voices.samples import sample_key
from tests.fakes.messenger import Shown
from tests.world import BOT_ID, GROUP, ME, OTHER, World


async def panel(world: World, user_id: int = ME) -> Shown:
    await world.send(world.message("/voice", user_id=user_id))
    return world.shown(user_id)


def chosen(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row if "✓" in button.label or "✅" in button.label]


async def test_choices(world: World) -> None:
    """Each choice is marked, and kept; a later press wins over an earlier one that comes late."""
    shown = await panel(world)
    assert len(chosen(shown)) == 4
    for choice in ("mode;always", "voice;Puck", "pace;fast"):
        await world.send(world.tap(f"speech;{choice}", shown))
    assert (world.user().speech.mode, world.user().speech.voice, world.user().speech.pace) == ("always", "Puck", "fast")
    assert ["Puck" in label for label in chosen(world.shown())].count(True) == 1


@pytest.mark.parametrize("data", ["mode;loud;501", "voice;Nobody;501", "pace;winged;501", ""])
async def test_no_choice(world: World, data: str) -> None:
    """What is no choice changes nothing."""
    shown = await panel(world)
    await world.send(world.tap_data(f"1;speech;{data}", shown.message_id))
    assert world.user().speech == type(world.user().speech)()


async def test_only_the_owner(world: World) -> None:
    """In a group everybody has a panel of their own."""
    await world.send(world.message("/voice", chat_id=GROUP))
    await world.send(world.tap("speech;mode;always", world.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    assert world.messenger.taps[-1].toast.startswith("This button belongs to somebody else")


async def test_sample(world: World) -> None:
    """A voice is heard for nothing; it is made once, for everybody."""
    await world.send(world.tap("sample", await panel(world)))
    job = world.job()
    assert (job.state, job.request.price) == (JobState.DELIVERED, 0)
    assert (world.shown().kind, world.shown().text, world.shown().buttons) == ("voice", "Kore", ())
    await world.send(world.tap("sample", await panel(world, OTHER), user_id=OTHER))
    assert world.shown(OTHER).file_id == world.shown().file_id
    assert len(world.speech_model.tasks) == len(world.jobs()) == 1
    world.check_money()


async def test_two_samples_at_once(world: World) -> None:
    """Two people who hear it first both do; one of the files is kept."""
    mine, others = await panel(world), await panel(world, OTHER)
    await world.send(world.tap("sample", mine), world.tap("sample", others, user_id=OTHER))
    assert world.shown().kind == world.shown(OTHER).kind == "voice"
    assert len(world.store.collection("samples")) == 1


async def test_sample_pressed_twice(world: World) -> None:
    """Two presses of one moment are one sample."""
    shown = await panel(world)
    await world.send(world.tap("sample", shown), world.tap("sample", shown))
    assert len(world.speech_model.tasks) == 1


async def test_lost_sample(world: World) -> None:
    """A file that Telegram no longer knows is made anew, once; a send of which nobody knows is not repeated."""
    await world.send(world.tap("sample", await panel(world)))
    world.clock.set(world.now + timedelta(minutes=5))
    [record] = await world.store.read([sample_key(world.ports.bot_id, "Kore", "en")])
    assert record is not None
    await world.store.commit([Update(record.key, {"file_id": "gone"}, record.version)])
    world.messenger.fail("send_voice", MessageRejectedError("wrong file identifier"))
    await world.send(world.tap("sample", await panel(world)))
    assert len(world.speech_model.tasks) == 2
    newest = world.shown().file_id
    assert [fields["file_id"] for fields in world.store.collection("samples").values()] == [newest]
    await world.send(world.tap("sample", await panel(world, OTHER), user_id=OTHER))
    assert world.shown(OTHER).file_id == newest
    assert len(world.speech_model.tasks) == 2
    world.messenger.fail("send_voice", DeliveryUnknownError("timed out"))
    await world.send(world.tap("sample", await panel(world)))
    assert len(world.speech_model.tasks) == 2


async def test_sample_without_a_file(world: World) -> None:
    """Where Telegram does not say what it calls the file, nothing is remembered; nor where nothing was made."""
    shown = await panel(world)
    world.messenger.voiceless.add(ME)
    world.speech_model.script(Refused("SAFETY"))
    await world.send(world.tap("sample", shown))
    assert world.store.collection("samples") == {}


async def test_resting(world: World) -> None:
    """Samples too are bounded: who asks for too much at once is told."""
    shown = await panel(world)
    conduct = Conduct(day=world.now.date().isoformat(), tries=TRIES_PER_DAY_MAX)
    await change_user(world.ports, await open_user(world.ports, ME), lambda user: replace(user, conduct=conduct))
    await world.send(world.tap("sample", shown))
    assert world.messenger.taps[-1].alert


@pytest.mark.parametrize("data", ["sample", "sample;Nobody"])
async def test_no_voice(world: World, data: str) -> None:
    """A voice that is not had here is an old menu."""
    await world.send(world.tap_data(f"1;{data}", 1))
    assert world.messenger.taps[-1].toast == "This menu is old. A new one: /settings or /menu."


async def test_labels(world: World) -> None:
    """The button to hear names the voice that is chosen; each language has samples of its own."""
    shown = await panel(world)
    assert Button("🔊 Hear Kore", "1;sample;Kore") in shown.buttons[-2]
    assert sample_key(BOT_ID, "Kore", "ru") != sample_key(BOT_ID, "Kore", "en")
