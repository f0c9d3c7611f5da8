"""Videos in a chat: from memory or from our bucket, as an edit or as a message; the fake, and the local Telegram."""

import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from infra.local.gemini.motion import Motion, make_video
from infra.local.telegram import run_telegram
from shared.adapters.telegram import TelegramMessenger
from shared.adapters.telegram_request import Timeouts
from shared.adapters.video_files import BucketVideos
from shared.errors import DeliveryUnknownError, MessageRejectedError, TooManyRequestsError
from shared.ports import Media, Messenger, Place, Screen, StoredFile, Video
from tests.contracts.test_messenger import ANNA, BUTTONS, DATA, HERE, UNLIMITED, LocalWorld, Seen, World
from tests.contracts.test_messenger import FakeWorld as FakeMessengerWorld
from tests.fakes.blobs import FakeBlobStore

RAW = make_video(Motion("a cat", "text", 3.0, "16:9", "360p"), (), ())


def make_thumbnail() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (320, 180), "green").save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
async def blobs() -> FakeBlobStore:
    """Our bucket, with a video that plays while it loads."""
    bucket = FakeBlobStore()
    await bucket.put("raw", RAW, "video/mp4")
    await BucketVideos(bucket).finish("raw", "done", has_sound=True)
    return bucket


@pytest.fixture
async def telegram(blobs: FakeBlobStore) -> AsyncIterator[LocalWorld]:
    async with run_telegram() as server:
        await server.send(ANNA, text="/start")
        local = LocalWorld(server)
        messenger = TelegramMessenger(server.token, server.url, Timeouts(write_media=5), UNLIMITED, stream=blobs.stream)
        local.messenger = messenger
        yield local
        await messenger.close()


@pytest.fixture(params=["fake", "telegram"])
async def world(request: pytest.FixtureRequest, blobs: FakeBlobStore) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeMessengerWorld()
        return
    async with run_telegram() as server:
        await server.send(ANNA, text="/start")
        local = LocalWorld(server)
        messenger = TelegramMessenger(server.token, server.url, limits=UNLIMITED, stream=blobs.stream)
        local.messenger = messenger
        yield local
        await messenger.close()


def describe(content: StoredFile | bytes | str) -> Video:
    return Video(content, "cat.mp4", 640, 360, 3, make_thumbnail())


def stored(blobs: FakeBlobStore) -> StoredFile:
    return StoredFile("done", len(blobs.blobs["done"][0]))


async def turn(messenger: Messenger, video: Video) -> tuple[int, str]:
    card = await messenger.send_text(HERE, Screen("Working"))
    return card, (await messenger.edit_video(HERE, card, video, Screen("Ready", BUTTONS))).file_id


async def test_a_card_becomes_a_video(world: World, blobs: FakeBlobStore) -> None:
    """A text is edited into the video from our bucket; once more changes nothing; a caption can be edited."""
    card, file_id = await turn(world.messenger, describe(stored(blobs)))
    assert file_id
    assert world.look(ANNA) == [Seen(card, "video", "Ready", DATA, None, None)]
    again = await world.messenger.edit_video(HERE, card, describe(file_id), Screen("Ready", BUTTONS))
    assert again.file_id == ""
    await world.messenger.edit_caption(HERE, card, Screen("Deleted"))
    assert world.look(ANNA) == [Seen(card, "video", "Deleted", (), None, None)]


async def test_a_photo_becomes_a_video(world: World, blobs: FakeBlobStore) -> None:
    """The picture that a video starts from may stand on the card meanwhile."""
    card = await world.messenger.send_text(HERE, Screen("Working"))
    picture = io.BytesIO()
    Image.new("RGB", (90, 60)).save(picture, "JPEG")
    await world.messenger.edit_photo(HERE, card, Media(picture.getvalue(), "a.jpg"), Screen("Working"))
    await world.messenger.edit_video(HERE, card, describe(stored(blobs)), Screen("Ready"))
    assert world.look(ANNA)[-1].kind == "video"


async def test_a_message_of_its_own(world: World, blobs: FakeBlobStore) -> None:
    """A video is sent as a message, and again by its id; one that Telegram does not know is refused."""
    sent = await world.messenger.send_video(HERE, describe(stored(blobs)), Screen("Ready", BUTTONS))
    assert world.look(ANNA) == [Seen(sent.message_id, "video", "Ready", DATA, None, None)]
    again = await world.messenger.send_video(HERE, describe(sent.file_id), Screen(""))
    assert again.message_id != sent.message_id
    with pytest.raises(MessageRejectedError):
        await world.messenger.send_video(HERE, describe("no-such-file"), Screen(""))


async def test_byte_for_byte(telegram: LocalWorld, blobs: FakeBlobStore) -> None:
    """What comes in pieces from the bucket arrives whole, with its thumbnail and its measures."""
    sent = await telegram.messenger.send_video(HERE, describe(stored(blobs)), Screen(""))
    assert await telegram.messenger.download(sent.file_id) == blobs.blobs["done"][0]
    [*_, message] = telegram.telegram.messages(ANNA)
    assert (message["video"]["width"], message["video"]["duration"]) == (640, 3)
    assert message["video"]["thumbnail"]["width"] == 320
    from_memory = await telegram.messenger.send_video(HERE, describe(blobs.blobs["done"][0]), Screen(""))
    assert from_memory.file_id


@pytest.mark.parametrize("size_bytes", [-1, 1])
async def test_a_file_of_another_size(telegram: LocalWorld, blobs: FakeBlobStore, size_bytes: int) -> None:
    """A call whose file does not come as announced is broken off: nobody has seen it, so it may be repeated."""
    wrong = StoredFile("done", len(blobs.blobs["done"][0]) + size_bytes)
    with pytest.raises(TooManyRequestsError):
        await telegram.messenger.send_video(HERE, describe(wrong), Screen(""))
    assert telegram.look(ANNA) == []


async def test_a_file_that_is_gone(telegram: LocalWorld) -> None:
    """Without its file nothing is sent; a process without a bucket has none."""
    with pytest.raises(TooManyRequestsError):
        await telegram.messenger.send_video(HERE, describe(StoredFile("nothing", 10)), Screen(""))
    plain = TelegramMessenger(telegram.telegram.token, telegram.telegram.url, limits=UNLIMITED)
    with pytest.raises(TooManyRequestsError):
        await plain.send_video(HERE, describe(StoredFile("done", 10)), Screen(""))
    await plain.close()


async def test_an_answer_that_comes_early(telegram: LocalWorld) -> None:
    """A refusal before the whole file was sent is that refusal, not a broken line: 60 MB are never taken."""
    blobs = FakeBlobStore()
    await blobs.put("large", bytes(60_000_000), "video/mp4")
    messenger = TelegramMessenger(telegram.telegram.token, telegram.telegram.url, limits=UNLIMITED, stream=blobs.stream)
    with pytest.raises(MessageRejectedError):
        await messenger.send_video(HERE, describe(StoredFile("large", 60_000_000)), Screen(""))
    await messenger.close()


async def test_a_lost_answer(telegram: LocalWorld, blobs: FakeBlobStore) -> None:
    """The video may have arrived."""
    telegram.lose_answer()
    with pytest.raises(DeliveryUnknownError):
        await telegram.messenger.send_video(Place(ANNA), describe(stored(blobs)), Screen(""))


async def test_a_file_from_the_bucket(world: World, blobs: FakeBlobStore) -> None:
    """A card becomes a file that stands in our bucket, with its caption and buttons; its id shows it once more."""
    card = await world.messenger.send_text(HERE, Screen("Packing"))
    document = Media(stored(blobs), "all.zip")
    file_id = await world.messenger.edit_document(HERE, card, document, Screen("Two files", BUTTONS))
    assert world.look(ANNA) == [Seen(card, "document", "Two files", DATA, None, None)]
    sent = await world.messenger.send_document(HERE, document, Screen("Again"))
    assert file_id
    assert sent.file_id
    assert [seen.kind for seen in world.look(ANNA)] == ["document", "document"]
