"""An export brings everything of a person and nothing of anybody else, part by part, whatever dies on the way."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from shared.conversations.conversation_documents import conversation_key
from shared.errors import BotBlockedError, MessageRejectedError, NanoBananaError, TooManyRequestsError, UnavailableError
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import open_job
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.people.accounts import open_user
from shared.people.keep_prompts import keep_prompt
from shared.people.library import Prompt
from shared.people.users import new_user
from shared.pictures.picture import is_picture, result_of
from shared.ports import Create, Key, Update
from shared.privacy import make_export, pack_part, person_documents
from shared.privacy.export import ExportRequest, is_export, progress_of
from shared.privacy.export_screens import export_caption, export_card, kept_export, left_export
from shared.privacy.make_export import EXPORT_KIND
from shared.providers.outcomes import FailureReason
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.unit.gallery.test_find_results import FOX, OWL, draw, film, write
from tests.unit.gallery.test_gallery import labels
from tests.unit.rest.program import make_key
from tests.world import GROUP, ME, OTHER, World

SECRET = "a secret of somebody else"
DOCUMENTS = ["README.txt", "profile.json", "requests.json", "conversations.json", "prompts.json", "credits.json",
             "receipts.json", "orders.json", "ratings.json", "links.json", "webhooks.json"]  # fmt: skip


class DiedError(BaseException):
    """The process is gone."""


async def ask(world: World) -> Shown:
    """/privacy, and the button of the export; the card is the last message."""
    await world.send(world.message("/privacy"))
    page = world.shown()
    await world.deliver(world.tap("export", page))
    return page


def parts(world: World) -> list[dict[str, bytes]]:
    """What stands in each ZIP in the bucket, in their order."""
    names = sorted(name for name in world.blobs.blobs if name.startswith("archives/"))
    found = []
    for name in sorted(names, key=lambda each: int(each.rsplit("/", 1)[1].split("-")[0])):
        with zipfile.ZipFile(io.BytesIO(world.blobs.blobs[name][0])) as archive:
            assert archive.testzip() is None
            found.append({each: archive.read(each) for each in archive.namelist()})
    return found


def exports(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_export(job)]


async def fill(world: World) -> None:
    """A picture, a video, a conversation, a stored prompt, a spoken answer; and somebody else's secret."""
    await world.give(1000)
    await draw(world, FOX)
    await film(world, "a running fox")
    await world.send(world.message("/ask why is the sky blue?"))
    await world.send(world.tap("speak", world.shown()))
    await draw(world, SECRET, user_id=OTHER)
    await world.send(world.message(f"/ask {SECRET}", user_id=OTHER))


async def test_everything(world: World) -> None:
    """All documents and files of the person come, byte for byte; nothing of another person does."""
    await fill(world)
    await make_key(world, ME, ("read",))
    await ask(world)
    assert "packing your data" in world.shown().text
    await world.settle()
    documents, files = parts(world)
    assert list(documents) == DOCUMENTS
    read = {name: json.loads(content) for name, content in documents.items() if name.endswith(".json")}
    [profile] = read["profile.json"]
    assert (profile["id"], profile["api_keys"][0]["scopes"]) == (ME, ["read"])
    assert b"secret" not in documents["profile.json"]
    assert {each["kind"] for each in read["requests.json"]} >= {"picture", "video", "answer", "speech"}
    [talk] = read["conversations.json"]
    assert "why is the sky blue?" in talk["messages"][0]["text"]
    booked = {each["id"] for each in world.store.collection("transfers").values() if each["user_id"] == ME}
    assert {each["id"] for each in read["credits.json"]} == booked
    assert sorted(name.rsplit(".", 1)[1] for name in files) == ["mp4", "ogg", "png"]
    [picture] = [job for job in world.jobs() if is_picture(job) and job.user_id == ME]
    stored = world.blobs.blobs[result_of(picture).blob][0]
    assert next(each for name, each in files.items() if FOX in name) == stored[: result_of(picture).size_bytes]
    assert not any(SECRET.encode() in content for content in documents.values())
    assert not any(SECRET in name for name in files)
    shown = next(each for each in world.messenger.messages(ME) if "Your data: your documents" in each.text)
    assert [button.url.split("?")[0].rsplit("/", 1)[1][0] for row in shown.buttons for button in row] == ["1", "2"]
    assert "seconds=43200" in shown.buttons[0][0].url
    assert "ready" not in world.shown().text
    world.check_money()


async def test_nothing_yet(world: World) -> None:
    """Somebody new gets their documents, and no empty ZIP."""
    await ask(world)
    await world.settle()
    [documents] = parts(world)
    assert json.loads(documents["conversations.json"]) == json.loads(documents["prompts.json"]) == []
    assert "There are no pictures" in world.shown().text


async def test_payments_and_prompts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts and stored prompts are there, whatever the size of a page; what has expired or was deleted is not."""
    monkeypatch.setattr(person_documents, "PAGE", 1)
    await draw(world, FOX, OWL)
    prompt = Prompt("wolf", ME, "A wolf", "a wolf in the snow", world.now)
    assert await keep_prompt(world.ports, await open_user(world.ports, ME), prompt)
    for number in range(2):
        paid = {"id": f"charge{number}", "user_id": ME, "paid_at": world.now}
        await world.store.commit([Create(Key("payments", f"charge{number}"), paid)])
    await world.send(world.message("/ask why?"), world.message("/new"), world.message("/ask when?"))
    await write(world, world.jobs()[0], expire_at=world.now)
    await leave_small(world)
    await ask(world)
    await world.settle()
    documents, files = parts(world)
    assert len(json.loads(documents["receipts.json"])) == 2
    assert [each["text"] for each in json.loads(documents["prompts.json"])] == ["a wolf in the snow"]
    assert len(json.loads(documents["conversations.json"])) == 2
    assert [name[-14:] for name in files] == [f"{OWL}.png"]
    assert FOX not in documents["requests.json"].decode()
    small = [json.loads(documents[name]) for name in ("orders.json", "ratings.json", "links.json")]
    assert small == [[{"user_id": ME, "email": "me@post.test"}], [{"user_id": ME, "value": 1}], [{"user_id": ME}]]


async def leave_small(world: World) -> None:
    """An order, a rating, a link, each with what no export has; another rating has expired."""
    kept: dict[tuple[str, str], dict[str, Any]] = {
        ("card_orders", "o1"): {"email": "me@post.test", "rulings": ["TEST ruling"], "url": "https://pay.test/1"},
        ("ratings", "r1"): {"value": 1},
        ("ratings", "r2"): {"value": -1, "expire_at": world.now},
        ("shares", "s1"): {"token": "TEST-token"},
    }
    await world.store.commit([Create(Key(*key), {"user_id": ME} | fields) for key, fields in kept.items()])


async def test_what_is_gone(world: World) -> None:
    """Messages that have expired, and conversations that are deleted, do not come back by an export."""
    await world.send(world.message("/ask why is the sky blue?"))
    for name in world.store.collection("messages"):
        [record] = await world.store.read([Key("messages", name)])
        assert record is not None
        await world.store.commit([Update(record.key, {"expire_at": world.now}, record.version)])
    [(name, talk)] = world.store.collection("conversations").items()
    [record] = await world.store.read([conversation_key(name)])
    assert record is not None
    erased = Create(conversation_key("erased"), talk | {"id": "erased", "deleted_at": world.now})
    newer = Create(conversation_key("newer"), talk | {"id": "newer", "count": "two"})
    longer = Update(record.key, {"count": talk["count"] + 1}, record.version)
    await world.store.commit([erased, newer, longer])
    await ask(world)
    await world.settle()
    [talk] = json.loads(parts(world)[0]["conversations.json"])
    assert talk["messages"] == []


async def test_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large for one ZIP comes in several, each file once; many links are several messages."""
    await world.give(1000)
    await draw(world, *(f"fox {n}" for n in range(9)))
    monkeypatch.setattr(pack_part, "PART_BYTES_MAX", 1)
    await ask(world)
    await world.settle()
    packed = [name for each in parts(world)[1:] for name in each]
    assert (len(parts(world)), len(packed), len({*packed})) == (10, 9, 9)
    linked = [each for each in world.messenger.messages(ME) if each.buttons and each.buttons[0][0].url]
    assert [len(each.buttons) for each in linked] == [8, 2]


async def test_time_of_a_part(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part ends when its time is over, and the next goes on behind it, also where there were no files."""
    await draw(world, FOX, OWL)
    monkeypatch.setattr(pack_part, "PACKING", timedelta())
    await ask(world)
    await world.settle()
    assert [len(each) for each in parts(world)] == [len(DOCUMENTS), 1, 1]
    assert exports(world)[0].state is JobState.DELIVERED


async def test_missing_files(world: World) -> None:
    """A file that the bucket has lost, or a job without one, is left out; the first is counted."""
    await draw(world, FOX, OWL, "a wolf")
    fox, owl, _ = world.jobs()
    await world.blobs.delete_all(result_of(owl).blob)
    await write(world, fox, result=None)
    await ask(world)
    await world.settle()
    assert len(parts(world)[1]) == 1
    assert "1 file is no longer kept" in world.shown().text


async def test_other_releases(world: World) -> None:
    """A job of a kind that this release does not know, or cannot read, is among the requests and stops nothing."""
    await draw(world, FOX, OWL)
    fox, owl = world.jobs()
    await write(world, fox, kind="sculpture")
    await write(world, owl, count="two")
    await ask(world)
    await world.run_next()
    await world.run_next()
    await world.run_next()
    requests = json.loads(parts(world)[0]["requests.json"])
    assert {each["kind"] for each in requests} >= {"sculpture", "picture"}
    [name] = [key for key, each in world.store.collection("jobs").items() if each.get("kind") == "export"]
    opened = await open_job(world.ports, name)
    assert opened is not None
    assert opened.job.state is JobState.DELIVERED


@pytest.mark.parametrize("name", ["follow_operation", "show_export", "change_held_job"])
async def test_dies_in_between(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A worker that dies after any part is followed by another: each file comes once, and one export is delivered."""
    await draw(world, FOX, OWL)
    monkeypatch.setattr(pack_part, "PART_BYTES_MAX", 1)
    await ask(world)
    deaths = 0

    async def die(*_: object) -> None:
        raise DiedError

    for _ in range(12):
        if not world.tasks.tasks:
            world.clock.advance(LEASE_SECONDS + 60)
            await sweep_work(world.repair_ports)
            if not world.tasks.tasks:
                break
        with monkeypatch.context() as patched:
            if deaths < 2:  # a third attempt that dies before the first part ends the job
                patched.setattr(make_export, name, die)
            try:
                await world.run_next()
            except DiedError:
                deaths += 1
                world.tasks.take_all()
    await world.settle()
    assert deaths
    [job] = exports(world)
    assert (job.state, "ready" in world.shown().text) == (JobState.DELIVERED, True)
    names = [part.blob for part in progress_of(job).parts]
    packed = []
    for each in names[1:]:
        with zipfile.ZipFile(io.BytesIO(world.blobs.blobs[each][0])) as archive:
            packed += archive.namelist()
    assert sorted(each.split(" ", 3)[3] for each in packed) == ["001 a grey owl.png", "001 a red fox.png"]


async def test_bucket_is_out(world: World) -> None:
    """An outage of the bucket in the middle ends nothing: the task comes again and goes on from the stored place."""
    await draw(world, FOX)
    await ask(world)
    await world.run_next()
    [task] = world.tasks.take_all()
    world.blobs.outages = 1
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    world.clock.advance(60)
    await world.run_task(task)
    await world.settle()
    assert exports(world)[0].state is JobState.DELIVERED


async def test_once_a_day(world: World) -> None:
    """A second press of a button is the same export; another on the same day is refused, the next day it is not."""
    page = await ask(world)
    await world.deliver(world.tap("export", page))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-known")
    await world.settle()
    world.clock.advance(60)
    await ask(world)
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-export-limit")
    assert len(exports(world)) == 1
    world.clock.advance(24 * 3600)
    await ask(world)
    assert len(exports(world)) == 2
    await world.settle()


async def test_canceled(world: World) -> None:
    """*Cancel* ends it and gives the day back; *Try again* under it makes another; then it is too late."""
    await ask(world)
    packing = world.shown()
    await world.send(world.tap("estop", packing))
    assert "canceled" in world.shown().text
    assert world.user().exported_day == ""
    await world.deliver(world.tap("export", world.shown()))
    again = world.shown()
    await world.settle()
    assert exports(world)[-1].state is JobState.DELIVERED
    await world.send(world.tap("estop", again))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-too-late")
    await world.send(world.tap_data("1;estop;nothing", packing.message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-expired")
    world.clock.advance(24 * 3600)
    await ask(world)
    await world.send(world.message("/cancel"))
    assert "Canceled 1 export" in world.shown().text


async def test_gives_up(world: World) -> None:
    """After its deadline the card says that it did not work out; files that are gone before they are shown do too."""
    await ask(world)
    world.clock.advance(7 * 3600)
    await world.settle()
    assert "did not work out" in world.shown().text
    assert labels(world.shown()) == ["🔁 Try again"]
    await world.deliver(world.tap("export", world.shown()))
    await world.run_next()
    await world.run_next()
    world.messenger.fail("edit_text", TooManyRequestsError(5), TooManyRequestsError(5))
    await world.run_next()
    await world.blobs.delete_all("archives/")
    await world.settle()
    assert exports(world)[-1].failure is FailureReason.FILE_GONE
    assert "did not work out" in world.shown().text


async def test_spending_rests(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While spending rests nothing is packed, neither at the beginning nor between two parts."""
    await ask(world)
    until = world.now + timedelta(minutes=5)
    rests = [None, until, until]

    async def rest_until() -> object:
        return rests.pop() if rests else None

    monkeypatch.setattr(world.ports.spending, "rest_until", rest_until)
    await world.run_next()
    assert exports(world)[0].state is JobState.QUEUED
    rests[:] = [until, None]
    await world.run_next()
    await world.run_next()
    assert (exports(world)[0].state, parts(world)) == (JobState.POLLING, [])
    await world.settle()
    assert exports(world)[0].state is JobState.DELIVERED


async def test_declined(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While all spending rests, the press says until when, and nothing is made."""

    async def rests() -> object:
        return world.now + timedelta(hours=1)

    monkeypatch.setattr(world.ports.spending, "rest_until", rests)
    await ask(world)
    assert exports(world) == []
    assert world.messenger.taps[-1].alert


async def test_slow_part(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that takes longer than a visit is tried again later."""
    await ask(world)
    await world.run_next()

    async def late(*_: object) -> None:
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(make_export, "pack_part", late)
        await world.run_next()
    assert exports(world)[0].state is JobState.POLLING
    await world.settle()
    assert exports(world)[0].state is JobState.DELIVERED


@pytest.mark.parametrize("error", [MessageRejectedError("no"), BotBlockedError("blocked")])
async def test_no_card(world: World, error: NanoBananaError) -> None:
    """An export whose card can never be posted ends, and gives the day back."""
    await world.send(world.message("/privacy"))
    world.messenger.fail("send_text", TooManyRequestsError(5), error, error)
    await world.send(world.tap("export", world.shown()))
    assert exports(world)[0].failure is FailureReason.UNDELIVERABLE
    assert world.user().exported_day == ""


async def test_in_a_group(world: World) -> None:
    """In a group /privacy has no buttons, and a button that got there does nothing."""
    await world.send(world.message("/privacy", chat_id=GROUP))
    [shown] = world.messenger.messages(GROUP)
    assert ("What I keep" in shown.text, shown.buttons) == (True, ())
    await world.send(world.tap_data("1;export;1", 5, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == plain_text("en", "old-menu")
    assert exports(world) == []


async def test_ends_of_the_kind(world: World) -> None:
    """What the engine may ask of the kind: nothing is recovered, a deletion removes its files."""
    await ask(world)
    await world.settle()
    opened = await open_job(world.ports, exports(world)[0].id)
    assert opened is not None
    assert not await EXPORT_KIND.recover(world.ports, world.video_studio, opened)
    await EXPORT_KIND.mend(world.ports, world.video_studio, opened)
    await EXPORT_KIND.purge(world.ports, opened)
    assert parts(world) == []
    assert "Your data: your documents" in export_caption(opened.job, 0).text
    assert export_card(opened.job, world.now) == left_export(opened.job)
    assert kept_export(opened.job, "https://t.me").text == left_export(opened.job).text
    user, _ = new_user(OTHER, world.now)
    assert ExportRequest(price=0, day="2026-01-01").returned(user) is user


async def test_nobody(world: World) -> None:
    """The walk over somebody who has no document finds nothing."""
    assert [each async for each in person_documents.walk_prompts(world.store, 7)] == []
