"""The gallery in the app: pages, one result, favourites, links, deletion; only its owner's."""

import pytest

from shared.jobs.job import JobState
from shared.miniapp import gallery_page
from shared.pictures.picture import result_of
from tests.unit.gallery.test_find_results import FOX, OWL, draw, film, write
from tests.unit.miniapp.conftest import App
from tests.world import OTHER, World


async def test_pages(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest come first; each page leads to the older one, and back to the newest."""
    monkeypatch.setattr(gallery_page, "PAGE", 2)
    await world.give(100)
    await draw(world, FOX, OWL, "a lighthouse")
    first = await app.get("/gallery")
    assert first.html.index("a lighthouse") < first.html.index(OWL)
    assert FOX not in first.html
    [older] = first.links("/gallery?show=a&after=")
    second = await app.get(older)
    assert FOX in second.html
    assert OWL not in second.html
    assert second.links("/gallery?show=a&after=") == []
    assert 'data-back="/gallery?show=a"' in second.html


async def test_empty(app: App) -> None:
    """An empty gallery leads to where something is made; behind the last page it says so."""
    assert "/create" in (await app.get("/gallery")).links()
    behind = await app.get("/gallery?show=p&after=0123456789a.AAAAAAAAAAAAAAAA")
    assert "There is nothing older." in behind.text


async def test_selections(app: App, world: World) -> None:
    """Pictures, videos and favourites can be shown alone; what is chosen is marked."""
    await world.give(100)
    await draw(world, FOX)
    await film(world, "a running fox")
    assert FOX not in (await app.get("/gallery?show=v")).html
    videos = await app.get("/gallery?show=v")
    assert "a running fox" in videos.html
    assert 'href="/gallery?show=v" aria-current="true"' in videos.html


async def test_a_picture(app: App, world: World) -> None:
    """A result is shown with its words, model, price, and a link to its file that works for minutes."""
    await world.give(100)
    await draw(world, FOX)
    page = await app.get(f"/gallery/{world.job().id}")
    assert FOX in page.text
    assert "Nano Banana · 1:1 · 1K · 4 credits" in page.text
    [file] = page.links("https://bucket.example/")
    assert "seconds=900" in file
    assert f"/create?from={world.job().id}" in page.links()


async def test_a_video(app: App, world: World) -> None:
    """A video is played, and can be changed as a video."""
    await world.give(100)
    await film(world, "a running fox")
    page = await app.get(f"/gallery/{world.job().id}")
    assert "<video" in page.html
    assert f"/create?from={world.job().id}&kind=video" in page.links()


async def test_a_result_without_its_file(app: App, world: World) -> None:
    """Where the stored file is not known any more the page says so."""
    await world.give(100)
    await draw(world, FOX)
    await film(world, "a running fox")
    for job in world.jobs():
        await write(world, job, result=None, video=None)
        assert "The file is not here any more." in (await app.get(f"/gallery/{job.id}")).text
        assert (await app.get(f"/gallery/{job.id}/small")).status == 404
    assert "/small" not in (await app.get("/gallery")).html


async def test_favourites(app: App, world: World) -> None:
    """The form says whether it becomes a favourite or not, so a form that comes twice changes nothing more."""
    await world.give(100)
    await draw(world, FOX)
    address = f"/gallery/{world.job().id}"
    for _ in range(2):
        assert (await app.post(f"{address}/star", {"on": "1"})).location == f"{address}?said=saved"
    assert FOX in (await app.get("/gallery?show=star")).html
    assert "⭐" in (await app.get(f"{address}?said=saved")).text
    await app.post(f"{address}/star", {"on": "0"})
    assert FOX not in (await app.get("/gallery?show=star")).html


async def test_a_link(app: App, world: World) -> None:
    """A result is shared by a link, which can be sent and closed."""
    await world.give(100)
    await draw(world, FOX)
    address = f"/gallery/{world.job().id}"
    assert (await app.get(address)).links("https://t.me/") == []
    assert (await app.post(f"{address}/share", {"on": "1"})).location == f"{address}?said=shared"
    [sending] = (await app.get(address)).links("https://t.me/share/url?")
    assert "start%3Dr_" in sending
    await app.post(f"{address}/share", {"on": "0"})
    assert (await app.get(address)).links("https://t.me/") == []


@pytest.mark.parametrize("is_video", [False, True])
async def test_a_deletion(app: App, world: World, is_video: bool) -> None:  # noqa: FBT001 — a parameter of the test
    """After the question it disappears here at once, and then from the chat; a second press changes nothing."""
    await world.give(100)
    await (film(world, "a running fox") if is_video else draw(world, FOX))
    job = world.job()
    question = await app.get(f"/gallery/{job.id}/delete")
    assert "Delete?" in question.text
    assert world.job().deleted_at is None
    assert (await app.post(f"/gallery/{job.id}/delete")).location == "/gallery?said=deleted"
    assert (await app.get(f"/gallery/{job.id}")).status == 404
    assert (await app.post(f"/gallery/{job.id}/delete")).location == gallery_page.GONE
    before = len(world.messenger.messages(job.user_id))
    await world.run_next()
    assert len(world.messenger.messages(job.user_id)) <= before
    await world.settle()
    assert world.job().deleted_at is not None
    assert not [name for name in world.blobs.blobs if name.startswith(f"jobs/{job.id}/")]
    world.check_money()


async def test_small_pictures(app: App, world: World) -> None:
    """A small picture is made once, and deleted with the picture; a video has the frame that is stored."""
    await world.give(100)
    await draw(world, FOX)
    job = world.job()
    first = await app.get(f"/gallery/{job.id}/small")
    assert first.reply.mime_type == "image/jpeg"
    assert "private" in first.reply.headers["Cache-Control"]
    assert f"{result_of(job).blob}.small.jpg" in world.blobs.blobs
    assert (await app.get(f"/gallery/{job.id}/small")).reply == first.reply
    await film(world, "a running fox")
    [video] = [each for each in world.jobs() if each.id != job.id]
    assert (await app.get(f"/gallery/{video.id}/small")).status == 200


async def test_a_broken_file(app: App, world: World) -> None:
    """A file that is gone or cannot be read has no small picture."""
    await world.give(100)
    await draw(world, FOX)
    job = world.job()
    world.blobs.blobs.clear()
    assert (await app.get(f"/gallery/{job.id}/small")).status == 404


async def test_somebody_else(app: App, world: World) -> None:
    """Nobody sees or changes another person's results: they look as if they did not exist."""
    await world.give(100)
    await draw(world, FOX)
    job, other = world.job(), app.as_other(OTHER)
    for path in ("", "/delete", "/small"):
        assert (await other.get(f"/gallery/{job.id}{path}")).status == 404
    for path in ("/star", "/share", "/delete"):
        assert (await other.post(f"/gallery/{job.id}{path}", {"on": "1"})).location == gallery_page.GONE
    assert world.job() == job
    assert world.job().state is JobState.DELIVERED
