"""Collections in the app: made, filled, emptied, removed; each of them is the person's own."""

import pytest

from shared.people.shelves import SHELVES_MAX, Shelf, shelf_id
from tests.unit.miniapp.conftest import App
from tests.world import ME, OTHER, World


@pytest.fixture
async def job_id(world: World) -> str:
    """A picture of the person."""
    await world.send(world.message("/image a red fox"))
    return world.job().id


async def make(app: App, job_id: str, name: str, token: str = "") -> str:
    """Make a collection with this picture; its id."""
    given = token or (await app.get(f"/gallery/{job_id}")).hidden("token")
    assert (await app.post(f"/gallery/{job_id}/shelves", {"name": name, "token": given})).status == 303
    return app.world.user(app.user_id).gallery.shelves[-1].id


async def test_a_collection(app: App, world: World, job_id: str) -> None:
    """It is made with the picture in it, is among what the gallery can show, and lets the picture go and come."""
    shelf = await make(app, job_id, "  For the\n website ")
    assert world.user().gallery.shelves == (Shelf(shelf, "For the website"),)
    page = await app.get(f"/gallery?show={shelf}")
    assert f"/gallery/{job_id}" in page.links()
    assert "For the website" in page.text
    assert 'aria-pressed="true"' in (await app.get(f"/gallery/{job_id}")).html
    for on, count in (("0", 0), ("0", 0), ("1", 1)):
        await app.post(f"/gallery/{job_id}/shelf", {"shelf": shelf, "on": on})
        assert len((await app.get(f"/gallery?show={shelf}")).links(f"/gallery/{job_id}")) == count
    await app.post(f"/gallery/{job_id}/shelf", {"shelf": shelf, "on": "0"})
    assert "The collection is empty" in (await app.get(f"/gallery?show={shelf}")).text


async def test_twice_is_once(app: App, world: World, job_id: str) -> None:
    """A form that comes twice makes one collection; a name that is taken, in any case, means its owner."""
    await make(app, job_id, "Cats", "t1")
    await make(app, job_id, "Cats", "t1")
    await make(app, job_id, "CATS", "t2")
    assert [shelf.name for shelf in world.user().gallery.shelves] == ["Cats"]


async def test_no_name(app: App, world: World, job_id: str) -> None:
    """Blanks alone make nothing."""
    answer = await app.post(f"/gallery/{job_id}/shelves", {"name": " \n ", "token": "t"})
    assert answer.location == f"/gallery/{job_id}"
    assert world.user().gallery.shelves == ()


async def test_too_many(app: App, world: World, job_id: str) -> None:
    """Beyond the limit the page says so."""
    for number in range(SHELVES_MAX):
        await make(app, job_id, f"c{number}", f"t{number}")
    page = await app.post(f"/gallery/{job_id}/shelves", {"name": "one more", "token": "t"})
    assert f"There can be {SHELVES_MAX} collections" in page.text
    assert f"/gallery/{job_id}" in page.links()


async def test_a_removal(app: App, world: World, job_id: str) -> None:
    """It is asked about first; what was in the collection stays, and a second removal changes nothing."""
    shelf = await make(app, job_id, "Cats")
    assert f"/shelves/{shelf}/delete" in (await app.get(f"/gallery?show={shelf}")).links()
    question = await app.get(f"/shelves/{shelf}/delete")
    assert ("Remove the collection?" in question.text, world.user().gallery.shelves != ()) == (True, True)
    for _ in range(2):
        answer = await app.post(f"/shelves/{shelf}/delete")
        assert "The collection is removed" in (await app.get(answer.location)).text
    assert world.user().gallery.shelves == ()
    assert f"/gallery/{job_id}" in (await app.get("/gallery")).links()
    assert (await app.get(f"/shelves/{shelf}/delete")).status == 404
    assert (await app.post(f"/gallery/{job_id}/shelf", {"shelf": shelf, "on": "1"})).location.endswith("gone")


async def test_somebody_elses(app: App, world: World, job_id: str) -> None:
    """Nobody puts another person's picture anywhere, or uses their collections."""
    shelf = await make(app, job_id, "Cats")
    other = app.as_other(OTHER)
    for path, form in (
        (f"/gallery/{job_id}/shelf", {"shelf": shelf, "on": "0"}),
        (f"/gallery/{job_id}/shelves", {"name": "mine", "token": "t"}),
    ):
        assert (await other.post(path, form)).location.endswith("gone")
    assert (await other.get(f"/shelves/{shelf}/delete")).status == 404
    await other.post(f"/shelves/{shelf}/delete")
    assert [each.name for each in world.user(ME).gallery.shelves] == ["Cats"]
    assert world.job().shelves == (shelf,)


def test_ids() -> None:
    """An id of a collection stands in a button: eight characters, none of which a button divides at."""
    ids = {shelf_id("x", number) for number in range(300)}
    assert len(ids) == 300
    assert all(each.isalnum() and len(each) == 8 for each in ids)
