"""*Remix*: several pictures become one, by photos that are sent, pictures that are added, and words that may follow."""

from dataclasses import replace

import pytest

from shared.jobs.job import JobState
from shared.pictures.picture import request_of, result_of
from shared.pictures.press import IMPATIENCE
from shared.pictures.tools import write_words
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.unit.pictures.albums import album
from tests.world import BOT_ID, GROUP, ME, World

FOX, OWL = "a red fox", "a white owl"


def now(world: World, shown: Shown, chat_id: int = ME) -> Shown:
    return world.messenger.chats[chat_id][shown.message_id]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


def toasts(world: World) -> list[str]:
    return [tap.toast for tap in world.messenger.taps]


def look(world: World) -> None:
    world.clock.advance(IMPATIENCE.total_seconds())


async def ask(world: World, *before: str, words: str = FOX, mode: str = "picture", chat_id: int = ME) -> Shown:
    """The question of *Remix* under a picture, after others were made."""
    await world.give(100)
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))
    for earlier in (*before, words):
        await world.send(world.message(f"/image {earlier}", chat_id=chat_id))
    picture = world.shown(chat_id)
    await world.send(world.tap("tools", picture, chat_id=chat_id))
    look(world)
    buttons = [button for row in now(world, picture, chat_id).buttons for button in row]
    data = next(each.data for each in buttons if each.data.endswith(";remix"))
    await world.send(world.tap_data(data, picture.message_id, chat_id=chat_id))
    assert labels(now(world, picture, chat_id))[0].startswith("🔁")  # the first keyboard is back
    return world.shown(chat_id)


@pytest.mark.parametrize("mode", ["picture", "auto", "video"])
async def test_with_a_photo(world: World, mode: str) -> None:
    """A photo without words is added; *Mix them* then makes one picture of both, for the price on the button."""
    question = await ask(world, mode=mode)
    assert (question.text, question.buttons) == (plain_text("en", "remix-send"), ())
    await world.send(world.photo())
    card = world.shown()
    assert card.message_id > question.message_id
    assert "2 pictures will become one" in card.text
    assert labels(card) == ["🧩 Mix them · 4"]
    look(world)
    await world.send(world.tap("mix", card))
    fox, made = world.jobs()
    request = request_of(made)
    assert (made.state, request.parent_id, len(request.references)) == (JobState.DELIVERED, fox.id, 1)
    assert (request.tool, request.prompt) == ("remix", write_words("remix", "en"))
    assert "🧩 Remix" in now(world, card).text
    assert now(world, card).kind == "photo"
    world.check_money()


@pytest.mark.parametrize("mode", ["picture", "auto"])
async def test_with_a_photo_and_words(world: World, mode: str) -> None:
    """A photo whose caption says what should come of both is bought at once."""
    await ask(world, mode=mode)
    await world.send(world.photo("put the fox on this sofa"))
    request = request_of(world.jobs()[-1])
    assert (request.tool, request.words, len(request.references)) == ("remix", "put the fox on this sofa", 1)
    assert request.prompt == write_words("remix", "en", "put the fox on this sofa")
    world.check_money()


async def test_with_the_last_pictures(world: World) -> None:
    """The last pictures can be added by a press each, those of several too; words are what should come of them."""
    question = await ask(world, OWL, "a lake x2")
    assert labels(question) == ["➕ 1/2 a lake", "➕ a white owl", "➕ 2/2 a lake"]
    for _ in range(2):
        await world.send(world.tap_data(question.buttons[1][0].data, question.message_id))
    assert labels(now(world, question)) == ["🧩 Mix them · 4", "➕ 1/2 a lake", "➕ 2/2 a lake"]
    await world.send(world.tap_data(question.buttons[2][0].data, question.message_id))
    assert "3 pictures" in now(world, question).text
    await world.send(world.message("the fox and the owl at the lake 16:9"))
    request = request_of(world.jobs()[-1])
    assert (request.tool, request.words, request.ratio) == ("remix", "the fox and the owl at the lake", "16:9")
    assert len(request.references) == 2
    owl, lake = world.jobs()[0], world.jobs()[2]
    assert {each.file_id for each in request.references} == {result_of(job).photo_file_id for job in (owl, lake)}
    world.check_money()


async def test_a_reply_without_another_picture(world: World) -> None:
    """Words in reply to the question change the one picture there is."""
    question = await ask(world)
    await world.send(world.reply("make the sky green", question))
    request = request_of(world.jobs()[-1])
    assert (request.tool, request.prompt, request.references) == ("", "make the sky green", ())
    assert request.parent_id == world.jobs()[0].id


@pytest.mark.parametrize("mode", ["picture", "auto"])
async def test_words_that_do_not_wait_for_another_picture(world: World, mode: str) -> None:
    """Whoever changes their mind and asks for something else, while the bot waits for a photo, gets that."""
    await ask(world, mode=mode)
    await world.send(world.message("draw a blue whale in the sea"))
    request = request_of(world.jobs()[-1])
    assert (request.tool, request.parent_id) == ("", None)


async def test_with_an_album(world: World) -> None:
    """All photos of an album are added, on one card; its caption is what *Mix them* then says."""
    await ask(world)
    before = len(world.messenger.messages(ME))
    await world.send(*album(world, caption="a family portrait"))
    assert len(world.messenger.messages(ME)) == before + 1
    card = world.shown()
    assert "4 pictures" in card.text
    assert "a family portrait" in card.text
    look(world)
    await world.send(world.tap("mix", card))
    request = request_of(world.jobs()[-1])
    assert (len(request.references), request.words) == (3, "a family portrait")


async def test_a_press_buys_once(world: World) -> None:
    """One too early buys nothing; neither does one at another price, nor a second one."""
    await ask(world)
    await world.send(world.photo())
    card = world.shown()
    await world.send(world.tap("mix", card))
    assert toasts(world)[-1] == plain_text("en", "toast-which")
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;size;2K", world.shown()))
    look(world)
    await world.send(world.tap("mix", card))
    assert (toasts(world)[-1], labels(now(world, card))) == (plain_text("en", "toast-choose"), ["🧩 Mix them · 6"])
    look(world)
    data = now(world, card).buttons[0][0].data
    for _ in range(2):
        await world.deliver(world.tap_data(data, card.message_id))
    assert toasts(world)[-2:] == [plain_text("en", "toast-again"), plain_text("en", "toast-known")]
    await world.settle()
    assert len(world.jobs()) == 2
    await world.send(world.photo())  # after it was bought a photo is only a photo
    assert len(world.jobs()) == 2
    world.check_money()


async def test_a_photo_after_the_purchase_at_the_same_moment(world: World) -> None:
    """A photo that comes while the remix is bought changes nothing."""
    await ask(world)
    await world.send(world.photo())
    card = world.shown()
    look(world)
    late = world.photo()
    world.store.interrupt(
        lambda writes: any(write.key.collection == "drafts" for write in writes),
        lambda: world.deliver(world.tap("mix", card)),
    )
    await world.send(late)
    assert len(request_of(world.jobs()[-1]).references) == 1


async def test_without_credits_or_the_picture(world: World) -> None:
    """Nothing is bought without credits, or of a picture that was deleted meanwhile."""
    await world.give(5)
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.send(world.tap("tools", picture))
    look(world)
    buttons = [button for row in now(world, picture).buttons for button in row]
    await world.send(world.tap_data(next(b.data for b in buttons if b.data.endswith(";remix")), picture.message_id))
    await world.send(world.photo())
    card = world.shown()
    look(world)
    await world.send(world.tap("mix", card))
    assert (len(world.jobs()), world.messenger.taps[-1].alert) == (1, True)
    await world.send(world.tap("delete", now(world, picture)))
    await world.send(world.tap("erase", now(world, picture)))
    await world.send(world.tap("mix", card))
    assert (len(world.jobs()), world.messenger.taps[-1].alert) == (1, True)


async def test_forged_presses(world: World) -> None:
    """A picture that does not exist is not added; another person's question is not pressed."""
    question = await ask(world, OWL)
    data = question.buttons[0][0].data
    draft_id = data.split(";")[2]
    for forged in (f"1;mixin;{draft_id};nobody", f"1;mixin;{draft_id}", f"1;mixin;{draft_id};aaaaaaaaaaaaaaaa"):
        await world.send(world.tap_data(forged, question.message_id))
        assert toasts(world)[-1] == plain_text("en", "toast-gone")
    for forged in ("1;mix;nobody", "1;mixin", "1;mix;aaaaaaaaaaaaaaaa"):
        await world.send(world.tap_data(forged, question.message_id))
        assert toasts(world)[-1] == plain_text("en", "old-menu")
    await world.send(world.tap_data(data, question.message_id, user_id=ME + 1))
    assert toasts(world)[-1] == plain_text("en", "not-yours")
    look(world)
    await world.send(world.tap_data(f"1;mix;{draft_id};0;4", question.message_id))  # there is nothing to mix with
    assert (len(world.jobs()), toasts(world)[-1]) == (2, plain_text("en", "old-menu"))


async def test_in_a_group(world: World) -> None:
    """In a group the button has no price; the photo replies to the question, as a group's messages have to."""
    question = await ask(world, OWL, chat_id=GROUP)
    await world.send(
        world.photo(
            chat_id=GROUP, reply_to_message=world.reply("", question, chat_id=GROUP)["message"]["reply_to_message"]
        )
    )
    card = world.shown(GROUP)
    assert labels(card)[0] == "🧩 Mix them"


async def test_a_photo_in_reply_to_an_earlier_question(world: World) -> None:
    """A photo in reply to the question is added, though the person has asked for something else since."""
    question = await ask(world)
    await world.send(world.message("draw a blue whale in the sea"))
    replied = {"message_id": question.message_id, "from": {"id": BOT_ID, "is_bot": True}}
    await world.send(world.photo(reply_to_message=replied))
    assert "2 pictures" in world.shown().text


async def test_asked_once(world: World) -> None:
    """A second press of the same button does not ask again."""
    await world.give(100)
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.send(world.tap("tools", picture))
    look(world)
    buttons = [button for row in now(world, picture).buttons for button in row]
    data = next(b.data for b in buttons if b.data.endswith(";remix"))
    for _ in range(2):
        await world.send(world.tap_data(data, picture.message_id))
    assert toasts(world)[-1] == plain_text("en", "toast-waiting")
    assert len(world.messenger.messages(ME)) == 2


async def test_not_more_than_an_album(world: World) -> None:
    """Not more pictures are added than an album may have."""
    question = await ask(world)
    for _ in range(12):
        await world.send(world.photo(picture=str(world.last_update_id).encode()))
    assert "11 pictures" in world.shown().text
    assert replace(question, text="") != world.shown()


async def test_with_a_file_that_is_too_large(world: World) -> None:
    """A file above Telegram's limit is declined in words, and nothing is bought."""
    await ask(world)
    photo = world.photo()
    photo["message"]["photo"][0]["file_size"] = 21 * 1024 * 1024
    await world.send(photo)
    card = world.shown()
    look(world)
    await world.send(world.tap("mix", card))
    assert (len(world.jobs()), world.messenger.taps[-1].alert) == (1, True)


async def test_an_answer_is_no_picture(world: World) -> None:
    """A forged press cannot add an answer in words."""
    question = await ask(world, OWL)
    await world.send(world.message("/ask why is the sky blue"))
    answer = world.jobs()[-1]
    draft_id = question.buttons[0][0].data.split(";")[2]
    await world.send(world.tap_data(f"1;mixin;{draft_id};{answer.id}", question.message_id))
    assert toasts(world)[-1] == plain_text("en", "toast-gone")


async def test_added_while_it_is_bought(world: World) -> None:
    """A picture that is added at the moment of the purchase changes nothing."""
    question = await ask(world, OWL)
    await world.send(world.photo())
    card = world.shown()
    look(world)
    world.store.interrupt(
        lambda writes: any(write.key.collection == "drafts" for write in writes),
        lambda: world.deliver(world.tap("mix", card)),
    )
    await world.send(world.tap_data(question.buttons[0][0].data, card.message_id))
    assert len(request_of(world.jobs()[-1]).references) == 1
    world.check_money()
