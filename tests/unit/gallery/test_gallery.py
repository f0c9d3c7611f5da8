"""/gallery: one message whose photo changes, and all that can be done under it, through the bot's real doors."""

from collections.abc import Sequence

import pytest

from shared.bot.router import TAPS
from shared.errors import DeliveryUnknownError, MessageRejectedError
from shared.gallery import show_gallery
from shared.pictures.picture import is_picture, result_of
from shared.texts import plain_text
from shared.usage import start_usage
from tests.fakes.messenger import Shown
from tests.unit.gallery.test_find_results import FOX, OWL, draw, film, write
from tests.world import GROUP, ME, OTHER, World


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


async def open_gallery(world: World) -> Shown:
    await world.send(world.message("/gallery"))
    return world.shown()


def again(world: World, shown: Shown) -> Shown:
    """The message as it is now."""
    return world.messenger.chats[ME][shown.message_id]


async def press(world: World, shown: Shown, action: str) -> Shown:
    await world.send(world.tap(action, again(world, shown)))
    return again(world, shown)


async def walk(world: World, shown: Shown, actions: Sequence[str]) -> list[str]:
    """What stands in the message after each press."""
    seen = list[str]()
    for action in actions:
        seen.append((await press(world, shown, action)).text)
    return seen


async def test_through_pages(world: World) -> None:
    """The newest is shown at once; the arrows lead to the oldest and back, in one message, and nothing is uploaded."""
    await world.give(1000)
    await draw(world, FOX)
    await film(world, "a running fox")
    await draw(world, OWL)
    shown = await open_gallery(world)
    assert (shown.kind, OWL in shown.text) == ("photo", True)
    assert "◀️" not in labels(shown)
    assert all(len(b.data.encode()) <= 64 for row in shown.buttons for b in row)
    count, uploads = len(world.messenger.messages(ME)), len(world.messenger.files)
    shown = await press(world, shown, "golder")
    assert (shown.kind, "a running fox" in shown.text) == ("video", True)
    shown = await press(world, shown, "golder")
    assert FOX in shown.text
    assert "▶️" not in labels(shown)
    texts = await walk(world, shown, ["gnewer", "gnewer"])
    assert ["a running fox" in texts[0], OWL in texts[1]] == [True, True]
    assert (len(world.messenger.messages(ME)), len(world.messenger.files)) == (count, uploads)
    world.check_money()


async def test_page_costs_little(world: World) -> None:
    """A step reads the person, the mark and two documents of each medium at most, and writes only the mark."""
    await draw(world, FOX, OWL, "a wolf")
    shown = await open_gallery(world)
    usage = start_usage()
    await press(world, shown, "golder")
    assert usage.store_reads <= 2 + 3
    assert (usage.store_writes, usage.messenger_calls) == (1, 2)


async def test_double_tap(world: World) -> None:
    """Two quick presses of an arrow go one step: the second shows what is shown."""
    await draw(world, FOX, OWL, "a wolf")
    shown = await open_gallery(world)
    await world.send(world.tap("golder", shown), world.tap("golder", shown))
    assert OWL in again(world, shown).text


async def test_nothing_yet(world: World) -> None:
    """A person who has made nothing is told what will be there."""
    shown = await open_gallery(world)
    assert "empty so far" in shown.text


async def test_in_a_group(world: World) -> None:
    """In a group a line says that the answer is in private, where a button opens the gallery."""
    await draw(world, FOX)
    await world.send(world.message("/gallery", chat_id=GROUP))
    assert world.shown(GROUP).kind == "text"
    panel = world.shown(ME)
    assert FOX in (await press(world, panel, "gal")).text
    world.messenger.blocked.add(OTHER)
    await world.send(world.message("/gallery", user_id=OTHER, chat_id=GROUP))
    assert "start=gallery" in world.shown(GROUP).buttons[0][0].url
    await world.send(world.message("/start gallery"))
    assert FOX in world.shown(ME).text


async def test_pressed_in_a_group(world: World) -> None:
    """A button that got into a group is answered politely and shows nothing."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    for row in shown.buttons:
        for button in row:
            await world.send(world.tap_data(button.data, 7, user_id=OTHER, chat_id=GROUP))
    await world.send(world.tap_data("1;gal;a", 7, user_id=OTHER, chat_id=GROUP))
    assert {tap.toast for tap in world.messenger.taps} == {plain_text("en", "toast-gallery-private")}
    assert world.messenger.messages(GROUP) == []


async def test_filters(world: World) -> None:
    """☰ shows one medium or the favourites; an empty one says how to fill it and leaves the picture."""
    await world.give(1000)
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    await walk(world, shown, ["gmenu", "gal;v", "gal;star"])
    assert [tap.toast[:9] for tap in world.messenger.taps if tap.toast] == ["There are", "There are"]
    await press(world, shown, "gback")
    await film(world, "a running fox")
    await press(world, shown, "gmenu")
    shown = await press(world, shown, "gal;v")
    assert (shown.kind, "Videos" in shown.text) == ("video", True)
    await press(world, shown, "gmenu")
    shown = await press(world, shown, "gal;p")
    assert OWL in shown.text
    await press(world, shown, "gmenu")
    shown = await press(world, shown, "gal;a")
    assert "a running fox" in shown.text


async def test_nothing_of_a_selection(world: World) -> None:
    """What was deleted meanwhile leaves nothing to show: a toast says so."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await write(world, world.job(), deleted_at=world.now)
    await world.send(world.tap_data("1;gal;a", shown.message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-nothing")


async def test_favourites(world: World) -> None:
    """☆ makes a favourite and takes it back; a press that comes twice changes nothing more."""
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    first = shown
    shown = await press(world, shown, "gstar")
    assert "⭐" in labels(shown)
    await world.send(world.tap("gstar", first))
    assert world.jobs()[1].shelves == ("star",)
    await press(world, shown, "gmenu")
    shown = await press(world, shown, "gal;star")
    assert ("⭐ Favourites" in shown.text, OWL in shown.text) == (True, True)
    assert "▶️" not in labels(shown)
    await press(world, shown, "gstar")
    assert world.jobs()[1].shelves == ()


async def test_sent_again(world: World) -> None:
    """The result comes as a new message with every button of its own, which buy independently of the old ones."""
    await world.give(1000)
    await draw(world, FOX)
    old = world.shown()
    await world.send(world.tap("again", old))
    world.clock.advance(60)
    shown = await open_gallery(world)
    await press(world, shown, "golder")
    await press(world, shown, "gsend")
    sent = world.shown()
    assert sent.kind == "photo"
    assert {"again", "edit", "animate", "original", "delete"} <= {b.data.split(";")[1] for r in sent.buttons for b in r}
    await press(world, shown, "gsend")
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-sent-already")
    assert world.shown() == sent
    jobs = len(world.jobs())
    await world.send(world.tap("again", sent))
    assert len(world.jobs()) == jobs + 1
    await world.send(world.reply("make it blue", sent))
    assert world.model.tasks[-1].prompt == "make it blue"
    world.clock.advance(60)
    await press(world, shown, "gsend")
    world.check_money()


async def test_one_of_several_sent_again(world: World) -> None:
    """A picture of a set comes with the buttons of one picture, although the set has its own below its last."""
    await draw(world, f"{FOX} x2")
    shown = await open_gallery(world)
    await press(world, shown, "gsend")
    assert {"edit", "back"} <= {b.data.split(";")[1] for row in world.shown().buttons for b in row}


async def test_from_a_group_sent_again(world: World) -> None:
    """What was asked for in a group comes to the private chat, with its price."""
    await world.send(world.message(f"/image {FOX}", chat_id=GROUP))
    shown = await open_gallery(world)
    in_group = len(world.messenger.messages(GROUP))
    await press(world, shown, "gsend")
    assert "4 credits" in world.shown(ME).text
    await press(world, shown, "gfile")
    assert world.shown(ME).kind == "document"
    assert len(world.messenger.messages(GROUP)) == in_group


async def test_video_sent_again(world: World) -> None:
    """A video comes again by its id, with its own buttons."""
    await world.give(1000)
    await film(world, "a running fox")
    shown = await open_gallery(world)
    await press(world, shown, "gsend")
    assert (world.shown().kind, {"vagain", "vdelete"}) == (
        "video",
        {b.data.split(";")[1] for row in world.shown().buttons for b in row} & {"vagain", "vdelete"},
    )


async def test_file(world: World) -> None:
    """The file comes as it was made, once a minute; a second time by its id."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await press(world, shown, "gfile")
    sent = world.shown()
    assert sent.kind == "document"
    await press(world, shown, "gfile")
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-sent-already")
    world.clock.advance(61)
    await press(world, shown, "gfile")
    assert world.messenger.sent("send_document")[-1].media.content == sent.file_id  # type: ignore[union-attr]


async def test_deleted(world: World) -> None:
    """A deletion asks first; then all messages of the picture go, it can be brought back, and the next one is shown."""
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    asking = await press(world, shown, "gdel")
    assert "gerase" in str(asking.buttons)
    await press(world, shown, "gback")
    assert world.jobs()[1].deleted_at is None
    await press(world, shown, "gdel")
    await world.deliver(world.tap("gerase", again(world, shown)))
    assert world.jobs()[1].deleted_at is not None
    assert FOX in again(world, shown).text
    await world.deliver(world.tap("undo", world.shown()))
    assert world.jobs()[1].deleted_at is None
    assert world.shown().kind == "photo"


async def test_last_one_deleted(world: World) -> None:
    """When the last one is deleted, a text says that the gallery is empty; a second press says that it is gone."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await press(world, shown, "gdel")
    asking = again(world, shown)
    await world.deliver(world.tap("gerase", asking))
    assert shown.message_id not in world.messenger.chats[ME]
    assert any("empty so far" in each.text for each in world.messenger.messages(ME))
    await world.deliver(world.tap("gerase", asking))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-gone")


async def test_newer_one_after_the_oldest_deleted(world: World) -> None:
    """After the oldest one is deleted, the next newer one is shown."""
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    await walk(world, shown, ["golder", "gdel"])
    await world.deliver(world.tap("gerase", again(world, shown)))
    assert OWL in again(world, shown).text


async def test_video_deleted(world: World) -> None:
    """A video is deleted with its message and its files."""
    await world.give(1000)
    await film(world, "a running fox")
    [video] = [each for each in world.messenger.messages(ME) if each.kind == "video"]
    shown = await open_gallery(world)
    await walk(world, shown, ["gdel"])
    await world.send(world.tap("gerase", again(world, shown)))
    assert video.message_id not in world.messenger.chats[ME]
    assert world.job().purged_at is not None


@pytest.mark.parametrize("action", ["golder", "gstar", "gmenu"])
async def test_old_and_foreign_buttons(world: World, action: str) -> None:
    """A button without a place, or with somebody else's result, changes nothing and says why."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await world.send(world.tap_data(f"1;{action};a;nonsense", shown.message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-old")
    data = next(b.data for row in shown.buttons for b in row if ";gmenu;" in b.data).replace("gmenu", action)
    await draw(world, OWL, user_id=OTHER)
    await world.send(world.tap_data(data, world.shown(OTHER).message_id, user_id=OTHER))
    assert world.jobs()[0].shelves == ()
    assert FOX not in str(world.messenger.messages(OTHER))


async def test_ends(world: World) -> None:
    """Beyond the first and the last a toast says that there is no more."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    data = next(b.data for row in shown.buttons for b in row if ";gmenu;" in b.data)
    for action in ("golder", "gnewer"):
        await world.send(world.tap_data(data.replace("gmenu", action), shown.message_id))
    toasts = [tap.toast for tap in world.messenger.taps[-2:]]
    assert toasts == [plain_text("en", f"toast-gallery-{end}") for end in ("oldest", "newest")]


async def test_lost_file_id(world: World) -> None:
    """A picture whose id Telegram does not know is uploaded from the bucket once; then its new id is used."""
    await draw(world, FOX)
    job = world.job()
    await write(world, job, result={**world.store.collection("jobs")[job.id]["result"], "photo_file_id": "unknown"})
    shown = await open_gallery(world)
    assert shown.kind == "photo"
    assert result_of(world.job()).photo_file_id == shown.file_id != "unknown"
    await write(world, job, result={**world.store.collection("jobs")[job.id]["result"], "photo_file_id": ""})
    assert (await open_gallery(world)).kind == "photo"


async def test_no_preview(world: World) -> None:
    """A picture that Telegram has lost and whose file is gone, or too large for a photo, is shown as words."""
    await draw(world, FOX)
    job = world.job()
    lost = {**world.store.collection("jobs")[job.id]["result"], "photo_file_id": "unknown", "size_bytes": 20_000_000}
    await write(world, job, result=lost)
    shown = await open_gallery(world)
    assert (shown.kind, "no preview" in shown.text) == ("text", True)
    await world.blobs.delete_all("jobs/")
    await write(world, job, result={**lost, "size_bytes": 5})
    shown = await open_gallery(world)
    assert shown.kind == "text"
    await walk(world, shown, ["gsend", "gfile"])
    assert [tap.toast for tap in world.messenger.taps[-2:]] == [plain_text("en", "toast-gallery-no-file")] * 2


async def test_words_instead_of_a_photo(world: World) -> None:
    """From a photo to a result without one: the message is sent anew, because a photo cannot become a text."""
    await draw(world, FOX, OWL)
    lost = {**world.store.collection("jobs")[world.jobs()[0].id]["result"], "photo_file_id": ""}
    await write(world, world.jobs()[0], result={**lost, "size_bytes": 20_000_000})
    shown = await open_gallery(world)
    await world.send(world.tap("golder", shown))
    assert shown.message_id not in world.messenger.chats[ME]
    assert "no preview" in world.shown().text
    await world.send(world.tap("gnewer", world.shown()))
    assert (world.shown().kind, OWL in world.shown().text) == ("photo", True)


async def test_rejected_again(world: World) -> None:
    """A photo that Telegram refuses from the bucket too is shown as words."""
    await draw(world, FOX)
    world.messenger.fail("edit_photo", MessageRejectedError("no"), MessageRejectedError("no"))
    assert "no preview" in (await open_gallery(world)).text


async def test_of_another_release(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results that only another release can read are passed over, so many at most."""
    await world.give(1000)
    await draw(world, FOX, OWL, "a wolf")
    for job in world.jobs()[1:]:
        await write(world, job, surface="hologram")
    assert FOX in (await open_gallery(world)).text
    monkeypatch.setattr(show_gallery, "UNREADABLE_MAX", 2)
    assert "empty so far" in (await open_gallery(world)).text


async def test_too_large_video(world: World) -> None:
    """A video that Telegram did not take is shown by a frame, and says so."""
    await world.give(1000)
    await film(world, "a running fox")
    job = world.job()
    video = world.store.collection("jobs")[job.id]["video"]
    await write(world, job, video={**video, "file_id": ""})
    shown = await open_gallery(world)
    assert (shown.kind, "too large" in shown.text) == ("photo", True)
    await write(world, job, video={**video, "file_id": "", "thumbnail_blob": ""})
    assert "no preview" in (await open_gallery(world)).text
    await write(world, job, video=None)
    assert "no preview" in (await open_gallery(world)).text


async def test_no_result(world: World) -> None:
    """A delivered picture without a result, which no release leaves, is words too."""
    await draw(world, FOX)
    await write(world, world.job(), result=None)
    assert "no preview" in (await open_gallery(world)).text


async def test_file_that_did_not_go(world: World) -> None:
    """A file that Telegram refuses can be asked for again at once; one that may have arrived is not sent twice."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    world.messenger.fail("send_document", MessageRejectedError("no"), DeliveryUnknownError("no answer"))
    await walk(world, shown, ["gfile", "gfile"])
    assert len(world.messenger.sent("send_document")) == 2
    await press(world, shown, "gfile")
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-sent-already")


async def test_lost_answer(world: World) -> None:
    """An edit whose answer is lost is repeated; what is shown already stays, and its id is learnt another time."""
    await draw(world, FOX)
    job = world.job()
    await write(world, job, result={**world.store.collection("jobs")[job.id]["result"], "photo_file_id": ""})
    world.messenger.lose("edit_photo")
    shown = await open_gallery(world)
    assert (shown.kind, FOX in shown.text) == ("photo", True)
    await write(world, job, result={**world.store.collection("jobs")[job.id]["result"], "photo_file_id": ""})
    await world.send(world.tap_data("1;gal;a", shown.message_id))
    assert result_of(world.job()).photo_file_id == ""
    assert again(world, shown) == shown


NONSENSE = (
    "",
    ";",
    ";a;",
    ";a;;1",
    ";star;b0.x",
    ";../x;o64751.AbCdEfGh12345678",
    f";a;b6475e00000000.{'A' * 16};x;y;z",
)


@pytest.mark.parametrize("action", [action for action in TAPS if action.startswith("g")])
@pytest.mark.parametrize("arguments", NONSENSE)
async def test_nonsense(world: World, action: str, arguments: str) -> None:
    """Whatever stands in a button, a press is answered, nothing is lost, and nothing is made but what it says."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    answered = len(world.messenger.taps)
    await world.send(world.tap_data(f"1;{action}{arguments}"[:64], shown.message_id))
    assert len(world.messenger.taps) == answered + 1
    [picture] = [job for job in world.jobs() if is_picture(job)]
    assert picture.deleted_at is None
    assert picture.shelves == ()
    world.check_money()
