"""Creating in the app: every offer's options, the live price, sources, and the same acceptance as in the chat."""

from dataclasses import replace

import pytest

from shared.credits.catalogue import COUNTS, OFFERS, PACKAGES, SIZES, VIDEO, sold_models
from shared.errors import FileTooManyPixelsError, UnavailableError
from shared.jobs.job import JobState
from shared.miniapp.calls import Upload
from shared.pictures.picture import request_of, result_of
from shared.providers.images import Image
from shared.providers.outcomes import Refused
from shared.videos.video import is_video, video_request
from tests.fakes.pictures import PNG
from tests.unit.gallery.test_find_results import FOX, draw, film
from tests.unit.miniapp.conftest import App, Page
from tests.world import ME, OTHER, World

PICTURE = PNG + b"what a person uploads"


def fill(page: Page, **fields: str | list[str]) -> dict[str, str | list[str]]:
    """The form of a page, filled."""
    return {"kind": page.hidden("kind"), "token": page.hidden("token"), "price": page.hidden("price")} | fields


async def order(app: App, **fields: str | list[str]) -> Page:
    """Fill the form as a browser does, let it say its price, and send it."""
    form = fill(await app.get("/create"), **fields)
    return await app.post("/create", form | {"price": (await app.post("/create/options", form)).hidden("price")})


async def test_all_offers(app: App, world: World) -> None:
    """Every model that is sold, with its ratios, sizes and numbers; the person's settings are chosen."""
    page = await app.get("/create")
    assert page.offered("model") == [*sold_models(world.ports.sellers)]
    assert page.offered("ratio") == [*OFFERS["fast"].ratios]
    assert page.offered("size") == [*SIZES]
    assert page.offered("count") == [str(count) for count in COUNTS]
    assert page.chosen("model") == "fast"
    await app.post("/settings", {"name": "size", "value": "2K"})
    assert (await app.get("/create")).chosen("size") == "2K"


async def test_all_offers_of_videos(app: App) -> None:
    """A video has its lengths, shapes, resolutions and sound."""
    page = await app.get("/create?kind=video")
    assert page.offered("seconds") == [str(each) for each in VIDEO.seconds]
    assert page.offered("video_ratio") == [*VIDEO.ratios]
    assert page.offered("resolution") == [*VIDEO.resolutions]
    assert page.offered("sound") == ["on", "off"]


async def test_several_sellers(app: App, world: World) -> None:
    """Where a second provider sells, its models of pictures and videos are there too."""
    world.ports = replace(world.ports, sellers=frozenset({"gemini", "fal"}))
    assert len((await app.get("/create")).offered("model")) > 2
    assert "kling" in (await app.get("/create?kind=video")).offered("video_model")


@pytest.mark.parametrize(
    ("fields", "price"),
    [({}, "4"), ({"count": "3"}, "12"), ({"model": "best"}, "14"), ({"words": "a fox x2"}, "8"), ({"model": "?"}, "4")],
)
async def test_live_price(app: App, fields: dict[str, str], price: str) -> None:
    """The price follows every choice, and parameters in the words too; what is not offered changes nothing."""
    options = await app.post("/create/options", fill(await app.get("/create"), **fields))
    assert options.hidden("price") == price


async def test_live_price_of_a_video(app: App) -> None:
    """A longer video in a higher resolution costs more, before there are words."""
    page = await app.get("/create?kind=video")
    short = await app.post("/create/options", fill(page))
    long = await app.post("/create/options", fill(page, seconds="10", resolution="1080p"))
    assert int(long.hidden("price")) > int(short.hidden("price")) > 0


async def test_words_that_are_too_long_have_no_price(app: App) -> None:
    """What nobody can have has no price, and is declined in words when it is sent."""
    for kind in ("picture", "video"):
        form = fill(await app.get(f"/create?kind={kind}"), words="x" * 5000)
        assert (await app.post("/create/options", form)).hidden("price") == "0"
        assert "5,000 characters" in (await app.post("/create", form)).text


async def test_a_picture(app: App, world: World) -> None:
    """A form becomes a picture: held, made, shown in the private chat with its card, captured, and in the gallery."""
    await world.give(100)
    answer = await order(app, words=FOX, ratio="16:9", count="2")
    jobs = world.jobs()
    assert answer.location == f"/made/{jobs[0].id}"
    assert [request_of(job).ratio for job in jobs] == ["16:9"] * 2
    assert world.user().account.held == 8
    await world.settle()
    assert all(job.state is JobState.DELIVERED for job in world.jobs())
    assert [shown.kind for shown in world.messenger.messages(ME)] == ["photo", "photo"]
    assert FOX in (await app.get("/gallery")).html
    world.check_money()


async def test_a_form_that_comes_twice(app: App, world: World) -> None:
    """One form is one request, however often it is sent; a new form is another one."""
    await world.give(100)
    form = fill(await app.get("/create"), words=FOX)
    first, second = await app.post("/create", form), await app.post("/create", form)
    assert first.location == second.location
    assert len(world.jobs()) == 1
    await app.post("/create", form | {"token": (await app.get("/create")).hidden("token")})
    assert len(world.jobs()) == 2
    await world.settle()
    world.check_money()


async def test_a_lost_task(app: App, world: World) -> None:
    """If the queue is out after the commit, the same form sends the task again and holds nothing more."""
    await world.give(100)
    form = fill(await app.get("/create"), words=FOX)
    world.tasks.outages = 1
    with pytest.raises(UnavailableError):
        await app.post("/create", form)
    assert (await app.post("/create", form)).location == f"/made/{world.job().id}"
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_another_price(app: App, world: World) -> None:
    """Nothing is bought at another price than was shown: the form comes back with the new one."""
    await world.give(100)
    form = fill(await app.get("/create"), words=FOX)
    again = await app.post("/create", form | {"price": "3"})
    assert "The price is 4 credits now. Nothing was charged." in again.text
    assert again.hidden("token") == form["token"]
    assert FOX in again.html
    assert world.jobs() == []
    assert (await app.post("/create", fill(again, words=FOX))).location.startswith("/made/")


async def test_without_credits(app: App, world: World) -> None:
    """Whoever lacks credits sees how many, and the way to more; sent all the same, it is declined and costs nothing."""
    await world.give(1)
    world.sell(b"k" * 32)
    page = await app.get("/create")
    assert "3 credits are missing." in page.text
    assert "/buy?for=3" in page.links()
    assert page.offered("buy") == [f"s.{PACKAGES['s'].stars}.{PACKAGES['s'].credits}"]
    assert "you have 1" in (await app.post("/create", fill(page, words=FOX))).text
    assert world.jobs() == []


async def test_where_nothing_is_sold(app: App, world: World) -> None:
    """Where no credits are sold there is no way to buy."""
    await world.give(1)
    page = await app.get("/create")
    assert page.links("/buy") == []
    assert page.offered("buy") == []
    assert "disabled" in page.html


async def test_a_video(app: App, world: World) -> None:
    """A video is ordered with its settings; the parameters in its words come first."""
    await world.give(100)
    page = await app.get("/create?kind=video")
    form = fill(page, words="a fox runs 9:16", seconds="6", sound="off")
    form |= {"price": (await app.post("/create/options", form)).hidden("price")}
    assert (await app.post("/create", form)).location == f"/made/{world.job().id}"
    request = video_request(world.job())
    assert (request.seconds, request.ratio, request.has_sound, request.prompt) == (6, "9:16", False, "a fox runs")
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_from_the_gallery(app: App, world: World) -> None:
    """A picture of the gallery is the one of which a new version is made; further ones are material."""
    await world.give(100)
    await draw(world, FOX, "a grey owl")
    older, newer = world.jobs()
    page = await app.get(f"/create?from={older.id}")
    assert page.chosen("from") == older.id
    assert "open" in page.html
    await order(app, words="both together", **{"from": [older.id, newer.id]})
    [request] = [request_of(job) for job in world.jobs() if request_of(job).prompt == "both together"]
    assert request.parent_id == older.id
    assert [each.blob for each in request.references] == [result_of(newer).blob]
    await world.settle()
    assert all(job.state is JobState.DELIVERED for job in world.jobs())


async def test_a_video_goes_on(app: App, world: World) -> None:
    """A video of the gallery is changed or continued; from a picture it begins."""
    await world.give(200)
    await draw(world, FOX)
    await film(world, "a running fox")
    [picture] = [job for job in world.jobs() if not is_video(job)]
    [clip] = [job for job in world.jobs() if is_video(job)]
    page = await app.get(f"/create?kind=video&from={clip.id}")
    assert page.offered("work") == ["edit", "extend"]
    assert "video_ratio" not in page.html
    page = await app.get(f"/create?kind=video&from={picture.id}")
    assert page.offered("work") == ["image", "reference"]
    pair = await app.post("/create/options", fill(page, **{"from": [picture.id], "upload": [await upload(app)]}))
    assert "Two frames" in pair.text


async def upload(app: App, content: bytes = PICTURE) -> str:
    """The id of an uploaded picture."""
    return (await app.post("/uploads", uploads=[Upload("file", "x.png", content)])).hidden("upload")


async def test_from_an_upload(app: App, world: World) -> None:
    """An uploaded picture is stored once, seen by its owner alone, and reaches the model."""
    await world.give(100)
    first, second = await upload(app), await upload(app)
    assert first == second
    assert (await app.get(f"/uploads/{first}")).reply.body == PICTURE
    assert (await app.as_other(OTHER).get(f"/uploads/{first}")).status == 404
    assert (await app.get("/uploads/nonsense")).status == 404
    await order(app, words="make it blue", upload=[first])
    await world.settle()
    assert [each.content for each in world.model.tasks[-1].references] == [PICTURE]
    assert world.job().state is JobState.DELIVERED


async def test_unusable_uploads(app: App) -> None:
    """What is no picture, or too large, is refused in words, and nothing is stored."""
    broken = await app.post("/uploads", uploads=[Upload("file", "x.png", b"no picture")])
    assert (broken.status, "cannot open this as a picture" in broken.text) == (422, True)
    huge = await app.post("/uploads", uploads=[Upload("file", "x.png", PNG + bytes(21_000_000))])
    assert (huge.status, "too large" in huge.text) == (422, True)
    assert (await app.post("/uploads")).status == 422


async def test_what_is_somebody_elses(app: App, world: World) -> None:
    """Results and uploads of others, and those that are gone, are no material: the form says so and is shown again."""
    await world.give(100)
    await world.give(100, OTHER)
    await draw(world, FOX, user_id=OTHER)
    theirs, uploaded = world.job().id, await upload(app.as_other(OTHER))
    for fields in ({"from": [theirs]}, {"upload": [uploaded]}):
        form = fill(await app.get("/create"), words="mine", **fields)
        assert (await app.post("/create/options", form)).hidden("price") == "4"
        answer = await app.post("/create", form)
        assert "was deleted" in answer.text
        assert answer.offered("upload") == []
    assert (await app.get(f"/create?from={theirs}")).status == 200
    assert len(world.jobs()) == 1


async def test_what_is_being_made(app: App, world: World) -> None:
    """The page of an order says how far it is, and shows the result, or why there is none; its owner alone sees it."""
    await world.give(100)
    location = (await order(app, words=FOX)).location
    assert f'data-poll="{location}/state"' in (await app.get(location)).html
    await world.settle()
    state = await app.get(f"{location}/state")
    assert "data-poll" not in state.html
    assert state.links("/gallery/") == [f"/gallery/{world.job().id}"]
    other = app.as_other(OTHER)
    assert (await other.get(location)).status == (await other.get(f"{location}/state")).status == 404
    assert (await app.get("/made/nonsense")).status == 404
    await app.post(f"/gallery/{world.job().id}/delete")
    assert "not here any more" in (await app.get(location)).text


async def test_a_failure(app: App, world: World) -> None:
    """A refusal by the model's filter is told on the page, with what it means for the credits."""
    await world.give(100)
    world.model.script(FOX, Refused("SAFETY"))
    location = (await order(app, words=FOX)).location
    await world.settle()
    assert "4 credits are back" in (await app.get(location)).text
    world.check_money()


async def test_too_many_pixels(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that would take too much memory is refused as too large."""

    async def refuse(content: bytes) -> Image:
        raise FileTooManyPixelsError("too many")

    monkeypatch.setattr(world.pictures, "check", refuse)
    answer = await app.post("/uploads", uploads=[Upload("file", "x.png", PICTURE)])
    assert (answer.status, "too large" in answer.text) == (422, True)
