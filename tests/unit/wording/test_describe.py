"""The prompt of a picture or a video that somebody sends."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from shared.conversations.attachment import VIDEO_SECONDS_MAX
from shared.errors import FileAwayError, NoRoomError
from shared.jobs.limits import FILE_BYTES_MAX
from shared.people import talk
from shared.people.users import LANGUAGES, Language
from shared.pictures.byte_budget import ByteBudget
from shared.pictures.picture import request_of
from shared.providers.links import LINK_TROUBLES, LinkTrouble
from shared.texts import html_text, plain_text
from shared.wording.describe import FILES_MAX, FILM_WEIGHT
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.unit.conversations.test_videos import make_film, video
from tests.unit.pictures.albums import album
from tests.world import BOT_ID, GROUP, OTHER, SNAPSHOT, Json, World

DESCRIBE: Json = {"caption": "/describe", "caption_entities": [{"type": "bot_command", "offset": 0, "length": 9}]}
PROMPT = "A grey square on a white table, soft light"


@pytest.fixture(autouse=True)
def reading(world: World) -> None:
    """A model that reads the same prompt out of everything."""
    world.text_model.read = lambda talk: Answer((json.dumps({"variants": [PROMPT, "another"]}),))


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


async def test_of_a_photo(world: World) -> None:
    """/describe as a photo's caption: its prompt to copy, and buttons with prices; nobody pays for it."""
    await world.send(world.photo("/describe"))
    assert f"<code>{PROMPT}</code>" in world.shown().text
    assert labels(world.shown()) == [["🎨 Draw · 4", "🎬 Animate · 15"], ["✨ Improve"]]
    assert len(world.text_model.talks[-1].lines[-1].pictures) == 1
    assert "English" in world.text_model.talks[-1].instruction
    assert (world.jobs(), world.user().account.available) == ([], 20)


async def test_draw_and_animate(world: World) -> None:
    """*Draw* buys a picture of the prompt alone, in the shape of what was sent; *Animate* shows the price first."""
    await world.give(100)
    await world.send(world.photo("/describe"))
    shown = world.shown()
    await world.send(world.tap("variant", shown), world.tap("variant", shown))
    [job] = world.jobs()
    assert (request_of(job).prompt, request_of(job).references, request_of(job).ratio) == (PROMPT, (), "1:1")
    await world.send(world.tap("vfilm", shown))
    assert "🎬 Make it · 15 credits" in [label for row in labels(world.shown()) for label in row]
    assert len(world.jobs()) == 1
    world.check_money()


async def test_improve_what_was_read(world: World) -> None:
    """*Improve* under a prompt that was read words it in three ways."""
    await world.send(world.photo("/describe"))
    await world.send(world.tap("improve", world.shown()))
    assert f"<wish>{PROMPT}</wish>" in world.text_model.talks[-1].lines[-1].text
    assert labels(world.shown()) == [["🎨 1 · 4"], ["🔁 Others"]]


@pytest.mark.parametrize("mode", ["chat", "auto"])
async def test_under_a_photo_without_words(world: World, mode: talk.Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bot asks what to do with a photo, *Prompt* reads it, and the question stays open."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", mode)
    await world.send(world.photo())
    question = world.shown()
    await world.send(world.tap("describe", question))
    assert PROMPT in world.shown().text
    await world.send(world.message("make it blue"))
    [job] = world.jobs()
    assert len(request_of(job).references) == 1


async def test_of_a_video(world: World) -> None:
    """A video is watched by the model as it is, and takes more of the day's allowance."""
    await world.send(world.message(video=video(world), **DESCRIBE))
    assert PROMPT in world.shown().text
    assert world.text_model.talks[-1].lines[-1].documents[0].mime_type == "video/mp4"
    assert "camera moves" in world.text_model.talks[-1].instruction
    assert world.user().talk.proposals == FILM_WEIGHT


async def test_under_a_video_without_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same button stands under a video, and not under a document."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", "auto")
    await world.send(world.message(video=video(world)))
    await world.send(world.tap("describe", world.shown()))
    assert PROMPT in world.shown().text
    world.clock.advance(3600)
    await world.send(world.file(b"one, two", "list.txt", mime_type="text/plain"))
    assert labels(world.shown()) == [["👀 What is it?"]]


async def test_by_a_reply(world: World) -> None:
    """/describe in reply to somebody's photo, to their video, or to a picture of ours."""
    photo = [{"file_id": world.messenger.add_file(SNAPSHOT), "width": 90, "height": 160, "file_size": 9}]
    for fields in ({"photo": photo}, {"video": video(world)}):
        replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, **fields}
        await world.send(world.message("/describe", chat_id=GROUP, reply_to_message=replied))
    assert [len(each.lines[-1].pictures) for each in world.text_model.talks] == [1, 0]
    assert labels(world.shown(GROUP))[0] == ["🎨 Draw", "🎬 Animate"]
    await world.send(world.message("a red fox"))
    await world.send(world.reply("/describe", world.shown()))
    assert PROMPT in world.shown().text


async def test_of_an_album(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many pictures the first few are read together."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", "auto")
    await world.send(*album(world, FILES_MAX + 2, ""))
    await world.send(world.tap("describe", world.shown()))
    assert len(world.text_model.talks[-1].lines[-1].pictures) == FILES_MAX


async def test_without_a_file(world: World) -> None:
    """/describe alone asks for a file; a reply to that with a photo or a video is read."""
    await world.send(world.message("/describe"))
    usage = world.shown()
    said = usage.text.replace("<code>", "").replace("</code>", "")
    replied = {"message_id": usage.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": said}
    await world.send(world.photo(reply_to_message=replied))
    assert PROMPT in world.shown().text
    await world.send(world.message(video=video(world), reply_to_message=replied))
    assert len(world.text_model.talks) == 2
    await world.send(world.message("draw a red fox in the snow", reply_to_message=replied))
    assert labels(world.shown())[0] == ["🎨 Draw this · 4 credits"]


async def test_of_a_link(world: World) -> None:
    """A link to a picture is fetched and read like a picture; the address is kept nowhere."""
    world.links.pages["https://example.com/cat.jpg"] = SNAPSHOT
    await world.send(world.message("/describe look: https://example.com/cat.jpg."))
    assert PROMPT in world.shown().text
    assert world.text_model.talks[-1].lines[-1].pictures[0].content == SNAPSHOT
    assert "example.com" not in str(world.store.collection("proposals"))
    assert world.user().talk.proposals == FILM_WEIGHT


async def test_of_a_link_to_a_video(world: World) -> None:
    """A video behind a link is watched, if it is short enough."""
    world.links.pages = {
        "https://example.com/a.mp4": make_film(8),
        "https://example.com/b.mp4": make_film(VIDEO_SECONDS_MAX + 10),
    }
    await world.send(world.message("/describe https://example.com/a.mp4"))
    assert PROMPT in world.shown().text
    assert world.text_model.talks[-1].lines[-1].documents[0].seconds == 8
    await world.send(world.message("/describe https://example.com/b.mp4"))
    assert "90 seconds" in world.shown().text


@pytest.mark.parametrize(("page", "text_id"), [(b"<html>", "link-kind"), (None, "link-away")])
async def test_of_a_link_to_nothing_of_use(world: World, page: bytes | None, text_id: str) -> None:
    """A page, or a server that does not answer: a sentence says so, and no model is asked."""
    world.links.pages = {} if page is None else {"https://example.com/": page}
    await world.send(world.message("/describe https://example.com/"))
    assert world.shown().text == html_text("en", text_id)
    assert world.text_model.talks == []


async def test_where_no_link_is_opened(world: World) -> None:
    """Without a reader of links the answer is that nothing came of it."""
    world.talk_studio = replace(world.talk_studio, links=None)
    await world.send(world.message("/describe https://example.com/cat.jpg"))
    assert world.shown().text == html_text("en", "link-away")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("trouble", LINK_TROUBLES)
def test_every_trouble_has_its_words(language: Language, trouble: LinkTrouble) -> None:
    """Whatever is wrong with a link, a person is told what, and what to do."""
    assert "🔗" in html_text(language, f"link-{trouble}") or "📦" in html_text(language, f"link-{trouble}")


async def test_of_another_file(world: World) -> None:
    """A text has no prompt; what is too large, or a film that is too long, is told with its reason."""
    await world.send(world.file(b"one, two", "list.txt", "/describe", mime_type="text/plain"))
    assert world.shown().text == html_text("en", "describe-usage")
    nothing = plain_text("en", "returned", price=0)
    large = video(world) | {"file_size": FILE_BYTES_MAX + 1}
    await world.send(world.message(video=large, **DESCRIBE))
    assert world.shown().text == html_text("en", "answer-file-size", returned=nothing)
    assert world.text_model.talks == []


async def test_a_file_that_is_gone(world: World) -> None:
    """A file that Telegram no longer has is told so, and nothing is claimed: the next press tries again."""
    world.messenger.fail("download", *[FileAwayError()] * 4)
    await world.send(world.photo("/describe"))
    assert world.shown().text == html_text("en", "answer-file-gone", returned=plain_text("en", "returned", price=0))
    assert world.text_model.talks == []


async def test_a_slow_telegram(world: World) -> None:
    """Where the file does not come in time, a sentence says so."""

    async def hang(file_id: str) -> bytes:
        raise TimeoutError

    world.messenger.download = hang  # type: ignore[method-assign]
    await world.send(world.photo("/describe"))
    assert world.shown().text == html_text("en", "wording-away")


async def test_no_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where this process has no room for the file, the update comes again, and counts once."""
    full = True

    @asynccontextmanager
    async def reserve(_: ByteBudget, wanted_bytes: int) -> AsyncIterator[None]:
        nonlocal full
        if full:
            full = False
            raise NoRoomError
        yield

    monkeypatch.setattr(ByteBudget, "reserve", reserve)
    await world.send(world.photo("/describe"))
    assert PROMPT in world.shown().text
    assert (len(world.text_model.talks), world.user().talk.proposals) == (1, 1)


async def test_forged_presses(world: World) -> None:
    """A button that never was is an old menu."""
    await world.send(world.tap_data("1;describe;nonsense", 1))
    assert world.messenger.taps[-1].toast == plain_text("en", "old-menu")
