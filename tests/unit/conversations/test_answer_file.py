"""A very long answer comes as a file too: once automatically, and by its button."""

import pytest

from shared.errors import MessageRejectedError, UnavailableError
from shared.jobs.job import JobState
from shared.telegram.claim_sending import SENT_ALREADY
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.world import GROUP, ME, World, writes_to

SKY = "why is the sky — blue?"
LONG = "\n\n".join(f"Paragraph {n}. **Bold** " + "words " * 100 for n in range(30))


def files(world: World, chat_id: int = ME) -> list[Shown]:
    return [shown for shown in world.messenger.messages(chat_id) if shown.kind == "document"]


def last_text(world: World, chat_id: int = ME) -> Shown:
    """The message with the answer's end, which has the buttons."""
    return next(shown for shown in reversed(world.messenger.messages(chat_id)) if shown.kind == "text")


async def ask(world: World, chat_id: int = ME) -> None:
    world.text_model.script(SKY, Answer((LONG,)))
    await world.send(world.message(f"/ask {SKY}", chat_id=chat_id))


@pytest.mark.parametrize("chat_id", [ME, GROUP])
async def test_a_file_beside_the_messages(world: World, chat_id: int) -> None:
    """After the messages comes one file with the answer in Markdown, named after the question."""
    await ask(world, chat_id=chat_id)
    [file] = files(world, chat_id)
    assert len(world.messenger.messages(chat_id)) > 4
    assert world.messenger.files[file.file_id].decode() == LONG
    [call] = world.messenger.sent("send_document")
    assert call.media is not None
    assert call.media.filename == "why is the sky blue.md"
    world.check_money()


async def test_three_messages_are_enough(world: World) -> None:
    """An answer of three messages is no file, and has no button for one."""
    world.text_model.script(SKY, Answer((LONG[: 3 * 3_800],)))
    await world.send(world.message(f"/ask {SKY}"))
    assert len(world.messenger.messages(ME)) == 3
    assert not files(world)
    assert "answer-file" not in str(last_text(world).buttons)


async def test_a_file_without_a_question(world: World) -> None:
    """A question without words still gives the file a name."""
    world.text_model.script("…?", Answer((LONG,)))
    await world.send(world.message("/ask …?"))
    [call] = world.messenger.sent("send_document")
    assert call.media is not None
    assert call.media.filename == "answer.md"


async def test_the_button(world: World) -> None:
    """The button sends it again, but not within a minute."""
    await ask(world)
    await world.send(world.tap("answer-file", last_text(world)))
    assert len(files(world)) == 1
    assert "already" in world.messenger.taps[-1].toast
    world.clock.advance(SENT_ALREADY.total_seconds())
    await world.send(world.tap("answer-file", last_text(world)))
    assert len(files(world)) == 2


async def test_refused(world: World) -> None:
    """A file that Telegram refused was not sent: the button sends it at once."""
    world.messenger.fail("send_document", MessageRejectedError("no"))
    await ask(world)
    assert world.job().state is JobState.DELIVERED
    assert not files(world)
    await world.send(world.tap("answer-file", last_text(world)))
    assert len(files(world)) == 1


async def test_an_unknown_outcome_is_not_repeated(world: World) -> None:
    """A file that may have arrived is not sent again automatically."""
    world.messenger.lose("send_document")
    await ask(world)
    await world.settle()
    assert len(files(world)) == 1
    await world.send(world.tap("answer-file", last_text(world)))
    assert len(files(world)) == 1


async def test_a_crash_after_the_delivery(world: World) -> None:
    """A worker that dies between commit and file leaves the answer whole and paid once; the button sends the file."""
    world.store.lose(writes_to("jobs", state="delivered"))
    with pytest.raises(UnavailableError):
        await ask(world)
    await world.move(world.job())
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert not files(world)
    world.clock.advance(SENT_ALREADY.total_seconds())
    await world.send(world.tap("answer-file", last_text(world)))
    assert len(files(world)) == 1
    world.check_money()


async def test_not_there_yet(world: World) -> None:
    """A button that is pressed before the answer is delivered sends nothing."""
    world.text_model.script(SKY, Answer((LONG,)))
    await world.deliver(world.message(f"/ask {SKY}"))
    await world.deliver(world.tap_data(f"1;answer-file;{world.job().id}", 5))
    assert "Wait" in world.messenger.taps[-1].toast
    assert not files(world)
