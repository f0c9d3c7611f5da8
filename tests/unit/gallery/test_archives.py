"""ZIPs of results: asked for by a button, packed by a task, sent or linked, whatever is missing or dies on the way."""

import io
import zipfile
from datetime import timedelta

import pytest

from shared.errors import MessageRejectedError, TooManyRequestsError, UnavailableError
from shared.gallery import make_archive
from shared.gallery.archive import ArchiveArtefacts, archive_of, is_archive
from shared.gallery.archive_kind import ARCHIVE_KIND
from shared.gallery.archive_screens import archive_caption, kept_archive, left_archive
from shared.gallery.zip_stream import name_entry
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import open_job
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.people.shelves import ARCHIVES_PER_DAY, Gallery, return_archive
from shared.pictures.picture import is_picture, result_of
from shared.providers.outcomes import FailureReason
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.unit.gallery.test_find_results import FOX, OWL, draw, film, write
from tests.unit.gallery.test_gallery import again, labels, open_gallery, press, walk
from tests.world import GROUP, ME, World


def zips(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_archive(job)]


def contents(world: World) -> dict[str, bytes]:
    """What stands in the only ZIP in the bucket."""
    [packed] = [content for name, (content, _) in world.blobs.blobs.items() if name.startswith("archives/")]
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def ask(world: World, shown: Shown) -> None:
    """Open ☰ and ask for a ZIP of what is shown."""
    await press(world, shown, "gmenu")
    await world.deliver(world.tap("gzip", again(world, shown)))


def card(world: World) -> Shown:
    """The last message of the chat that is not the gallery's."""
    return world.shown()


async def test_a_zip(world: World) -> None:
    """Pictures without their signatures and videos, byte for byte, named by their words, in a file below its words."""
    await world.give(1000)
    await draw(world, FOX)
    await film(world, "a running fox")
    shown = await open_gallery(world)
    await ask(world, shown)
    assert "I am packing" in card(world).text
    await world.settle()
    sent = card(world)
    assert (sent.kind, "2 files" in sent.text) == ("document", True)
    assert list(contents(world)) == ["001 a running fox.mp4", "002 a red fox.png"]
    [picture] = [job for job in world.jobs() if is_picture(job)]
    stored = world.blobs.blobs[result_of(picture).blob][0]
    assert contents(world)["002 a red fox.png"] == stored[: result_of(picture).size_bytes]
    [job] = zips(world)
    assert (job.state, job.request.price, job.expire_at < picture.expire_at) == (JobState.DELIVERED, 0, True)
    assert "ready" not in card(world).text
    world.check_money()


async def test_of_a_selection(world: World) -> None:
    """Only what is shown is packed."""
    await draw(world, FOX, OWL)
    shown = await open_gallery(world)
    await walk(world, shown, ["gstar", "gmenu", "gal;star"])
    await ask(world, shown)
    await world.settle()
    assert list(contents(world)) == ["001 a grey owl.png"]
    assert "⭐ Favourites" in card(world).text


async def test_pressed_twice(world: World) -> None:
    """Two quick presses are one ZIP; opening ☰ again asks for another."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    menu = await press(world, shown, "gmenu")
    await world.deliver(world.tap("gzip", menu))
    await world.deliver(world.tap("gzip", menu))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-known")
    assert len(zips(world)) == 1
    await world.settle()
    world.clock.advance(10)
    await press(world, shown, "gback")
    await ask(world, shown)
    assert len(zips(world)) == 2


async def test_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit, by number or by bytes, comes in the next part; nothing is lost or twice."""
    await world.give(1000)
    await draw(world, "fox 1", "fox 2", "fox 3", "fox 4")
    monkeypatch.setattr(make_archive, "RESULTS_MAX", 3)
    shown = await open_gallery(world)
    await ask(world, shown)
    await world.settle()
    assert [name[4:9] for name in contents(world)] == ["fox 4", "fox 3", "fox 2"]
    assert "the next part" in card(world).text
    monkeypatch.setattr(make_archive, "BYTES_MAX", 1)
    await world.blobs.delete_all("archives/")
    await world.send(world.tap("gzip", card(world)))
    assert [name[4:9] for name in contents(world)] == ["fox 1"]
    assert card(world).buttons == ()
    await press(world, shown, "gback")
    world.clock.advance(10)
    await world.blobs.delete_all("archives/")
    await ask(world, shown)
    await world.settle()
    assert [name[4:9] for name in contents(world)] == ["fox 4"]


async def test_missing_files(world: World) -> None:
    """A file that the bucket has lost is left out and counted; where all are lost, the card says so, and what to do."""
    await draw(world, FOX, OWL)
    fox, owl = world.jobs()
    await world.blobs.delete_all(result_of(owl).blob)
    shown = await open_gallery(world)
    await ask(world, shown)
    await world.settle()
    assert list(contents(world)) == ["001 a red fox.png"]
    assert "1 file is no longer kept" in card(world).text
    await world.blobs.delete_all("")
    await press(world, shown, "gback")
    world.clock.advance(10)
    await ask(world, shown)
    await world.settle()
    assert "nothing to pack" in card(world).text
    assert labels(card(world)) == ["🔁 Try again"]
    await write(world, fox, result=None)
    await write(world, owl, result=None)
    await world.send(world.tap("gzip", card(world)))
    assert "nothing to pack" in card(world).text


async def test_nothing_to_pack(world: World) -> None:
    """A ZIP of nothing is refused with a toast; in a group there is none at all."""
    await world.send(world.tap_data("1;gzip;v;1", 5))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-nothing")
    await world.send(world.tap_data("1;gzip;v;1", 5, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-gallery-private")


async def test_too_large_for_telegram(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large ZIP is a link that expires."""
    await draw(world, FOX)
    monkeypatch.setattr(make_archive, "SHOWN_BYTES_MAX", 10)
    shown = await open_gallery(world)
    await ask(world, shown)
    await world.settle()
    assert card(world).buttons[0][0].url.startswith("https://bucket.example/test-media/archives/")
    assert "12 hours" in card(world).text


async def test_limit_of_a_day(world: World) -> None:
    """One person gets so many a day, told so afterwards; what ended without a file does not count."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    for _ in range(ARCHIVES_PER_DAY):
        await ask(world, shown)
        await world.settle()
        await press(world, shown, "gback")
        world.clock.advance(10)
    await ask(world, shown)
    assert "Tomorrow" in world.messenger.taps[-1].toast
    assert len(zips(world)) == ARCHIVES_PER_DAY
    await press(world, shown, "gback")
    world.clock.advance(24 * 3600)
    await ask(world, shown)
    assert len(zips(world)) == ARCHIVES_PER_DAY + 1
    await world.send(world.tap("gstop", card(world)))
    assert world.user().gallery.archives == 0
    assert return_archive(Gallery(archives=1, archives_day="2026-01-01"), "2026-01-02").archives == 1


async def test_declined(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While all spending rests, the press says until when, and nothing is made."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    until = world.now + timedelta(hours=1)

    async def rests() -> object:
        return until

    monkeypatch.setattr(world.ports.spending, "rest_until", rests)
    await ask(world, shown)
    assert zips(world) == []
    assert world.messenger.taps[-1].alert


async def test_waits_for_spending(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is accepted waits while spending rests."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)
    rests = [world.now + timedelta(minutes=5)]

    async def rest_until() -> object:
        return rests.pop() if rests else None

    monkeypatch.setattr(world.ports.spending, "rest_until", rest_until)
    await world.run_next()
    assert zips(world)[0].state is JobState.QUEUED
    await world.settle()
    assert zips(world)[0].state is JobState.DELIVERED


async def test_canceled(world: World) -> None:
    """*Cancel* ends it; then the same button and /cancel say that it is too late; a failed one offers another try."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)
    packing = card(world)
    await world.send(world.tap("gstop", packing))
    assert "canceled" in card(world).text
    await world.send(world.tap("gstop", packing))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-canceled")
    await world.send(world.tap("gzip", card(world)))
    assert card(world).kind == "document"
    await world.send(world.tap("gstop", packing))
    await world.send(world.tap_data("1;gstop;nothing", packing.message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-expired")
    await press(world, shown, "gback")
    world.clock.advance(10)
    await ask(world, shown)
    await world.send(world.message("/cancel"))
    assert "Canceled 1 ZIP" in world.shown().text


async def test_dies_in_between(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies while it packs is followed by another, which packs again; the person gets one file."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)

    class DiedError(BaseException):
        pass

    async def die(*_: object) -> None:
        raise DiedError

    with monkeypatch.context() as patched:
        patched.setattr(make_archive, "change_held_job", die)
        with pytest.raises(DiedError):
            await world.run_next()
    world.tasks.take_all()
    world.clock.advance(LEASE_SECONDS + 60)
    await sweep_work(world.repair_ports)
    await world.settle()
    assert len([each for each in world.messenger.messages(ME) if each.kind == "document"]) == 1
    assert zips(world)[0].state is JobState.DELIVERED
    assert "ready" in card(world).text


async def test_bucket_is_out(world: World) -> None:
    """An outage of the bucket costs no attempt: the task comes again until the deadline."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)
    [task] = world.tasks.take_all()
    world.blobs.outages = 1
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    assert zips(world)[0].attempts == ()
    world.clock.advance(60)
    await world.run_task(task)
    assert zips(world)[0].state is JobState.DELIVERED


async def test_gives_up(world: World) -> None:
    """After its deadline the card says that it did not work out, and what to do."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)
    world.clock.advance(3600)
    await world.settle()
    assert "did not work out" in card(world).text


async def test_telegram_refuses_the_card(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that cannot be posted now is posted later; one that never can be ends the job."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    menu = await press(world, shown, "gmenu")
    world.messenger.fail("send_text", TooManyRequestsError(5), TooManyRequestsError(5))
    await world.send(world.tap("gzip", menu))
    assert card(world).kind == "document"
    world.clock.advance(10)
    await press(world, shown, "gback")
    menu = await press(world, shown, "gmenu")
    world.messenger.fail("send_text", TooManyRequestsError(5), MessageRejectedError("no"))
    await world.send(world.tap("gzip", menu))
    assert zips(world)[1].failure is FailureReason.UNDELIVERABLE


async def test_file_is_gone_before_it_is_shown(world: World) -> None:
    """A packed file that the bucket deleted before Telegram took it ends with words."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)
    world.messenger.fail("edit_document", TooManyRequestsError(5))
    await world.run_next()
    await world.blobs.delete_all("archives/")
    await world.settle()
    assert "nothing to pack" in card(world).text


async def test_video_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A video's file is sent as it is by a task, once for two presses; a large one as a link; a lost one with words."""
    await world.give(1000)
    await film(world, "a running fox")
    shown = await open_gallery(world)
    await press(world, shown, "gfile")
    sent = card(world)
    assert (sent.kind, sent.text) == ("document", plain_text("en", "original-caption"))
    await press(world, shown, "gfile")
    assert len(zips(world)) == 1
    world.clock.advance(1000)
    monkeypatch.setattr(make_archive, "SHOWN_BYTES_MAX", 1)
    await press(world, shown, "gfile")
    [file_card] = [each for each in world.messenger.messages(ME) if each.buttons and each.buttons[0][0].url]
    assert "as=nanobanana-" in file_card.buttons[0][0].url
    world.clock.advance(1000)
    await world.blobs.delete_all("jobs/")
    await press(world, shown, "gfile")
    assert "nothing to pack" in card(world).text
    assert card(world).buttons == ()


async def test_video_deleted_meanwhile(world: World) -> None:
    """A video that is deleted before its file is fetched is not sent."""
    await world.give(1000)
    await film(world, "a running fox")
    shown = await open_gallery(world)
    await world.deliver(world.tap("gfile", shown))
    await write(world, world.jobs()[0], deleted_at=world.now)
    await world.settle()
    assert "nothing to pack" in card(world).text


async def test_ends_of_the_kind(world: World) -> None:
    """What the engine may ask of the kind: nothing is recovered, a deletion removes its files."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)
    await world.settle()
    [job] = zips(world)
    opened = await open_job(world.ports, job.id)
    assert opened is not None
    assert not await ARCHIVE_KIND.recover(world.ports, world.video_studio, opened)
    await ARCHIVE_KIND.mend(world.ports, world.video_studio, opened)
    await ARCHIVE_KIND.purge(world.ports, opened)
    assert not [name for name in world.blobs.blobs if name.startswith("archives/")]
    assert left_archive(job).text == kept_archive(job, "https://t.me/bot").text
    assert archive_of(job) is not None
    assert isinstance(job.artefacts, ArchiveArtefacts)
    assert archive_caption(job, 0).text.startswith("📦")


@pytest.mark.parametrize(
    ("words", "name"),
    [("a red fox", "001 a red fox.png"), ("../../etc: *?", "001 etc.png"), ("лиса", "001 лиса.png"), ("🦊", "001.png")],
)
def test_names(words: str, name: str) -> None:
    """A name in a ZIP is a name on every system, and never a path."""
    assert name_entry(1, words, "png") == name


async def test_blocked(world: World) -> None:
    """Somebody who blocked the bot gets nothing, and nothing is packed for them."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    menu = await press(world, shown, "gmenu")
    world.messenger.blocked.add(ME)
    await world.send(world.tap("gzip", menu))
    assert zips(world)[0].failure is FailureReason.UNDELIVERABLE
    assert not [name for name in world.blobs.blobs if name.startswith("archives/")]


async def test_card_was_removed(world: World) -> None:
    """Where the person deleted the card meanwhile, a new one becomes the file."""
    await draw(world, FOX)
    shown = await open_gallery(world)
    await ask(world, shown)
    del world.messenger.chats[ME][card(world).message_id]
    await world.settle()
    assert card(world).kind == "document"


async def test_an_album(world: World) -> None:
    """What one request became is packed alone, whichever of it is shown; what is deleted is not in it."""
    await world.give(1000)
    await draw(world, OWL, f"{FOX} x4", "a wolf")
    await write(world, next(job for job in world.jobs() if job.count == 4 and job.index == 2), deleted_at=world.now)
    shown = await open_gallery(world)
    await walk(world, shown, ["gmenu"])
    assert "galbum" not in str(again(world, shown).buttons)
    menu = (await walk(world, shown, ["gback", "golder", "gmenu"]), again(world, shown))[1]
    assert "📦 ZIP of these 4" in labels(menu)
    await world.send(world.tap("galbum", menu), world.tap("galbum", menu))
    assert len(zips(world)) == 1
    assert [name[4:] for name in contents(world)] == ["a red fox.png"] * 3
    assert "All of one request: a red fox" in card(world).text
    await world.blobs.delete_all("")
    world.clock.advance(10)
    await walk(world, shown, ["gback", "gmenu", "galbum"])
    assert (card(world).kind, card(world).buttons) == ("text", ())
    assert all(len(b.data.encode()) <= 64 for row in menu.buttons for b in row)
