"""The balance in the app: sections, pages and receipts; only the person's own."""

import re

from shared.delivery import ACTS_PATH
from shared.statement.section import Section
from tests.unit.gallery.test_find_results import FOX, OWL, draw
from tests.unit.miniapp.conftest import App
from tests.world import OTHER, World


async def test_entries(app: App, world: World) -> None:
    """What moved the credits, the newest first, with what is available and reserved."""
    await world.give(100)
    await draw(world, FOX, OWL)
    page = await app.get("/balance")
    assert "92" in page.text
    assert page.text.index(OWL) < page.text.index(FOX)
    assert 'href="/balance?section=a" aria-current="true"' in page.html
    assert FOX not in (await app.get("/balance?section=m")).text


async def test_words_of_people_stay_words(app: App, world: World) -> None:
    """What a person wrote is never markup."""
    await world.give(100)
    await draw(world, "/image a <b>fox</b> & an owl")
    assert "a &lt;b&gt;fox&lt;/b&gt; &amp; an owl" in (await app.get("/balance")).html


async def test_pages(app: App, world: World) -> None:
    """Older entries are on further pages, which lead back to the newest; behind the last one the page says so."""
    await world.give(1000)
    await draw(world, *(f"/image a fox number {number}" for number in range(12)))
    [older] = (await app.get("/balance")).links("/balance?section=a&until=")
    second = await app.get(older)
    assert "fox number 0" in second.text
    assert "/balance?section=a" in second.links()
    assert "Nothing older here." in (await app.get("/balance?until=1")).text


async def test_a_receipt(app: App, world: World) -> None:
    """Each entry leads to its receipt; a number of somebody else, or none, leads nowhere."""
    await world.give(100)
    await draw(world, FOX)
    [receipt] = (await app.get("/balance?section=p")).links("/balance/")
    page = await app.get(receipt)
    assert "Receipt" in page.text
    assert FOX in page.text
    assert (await app.as_other(OTHER).get(receipt)).status == 404
    assert (await app.get("/balance/nonsense")).status == 404


async def test_nothing_yet(app: App) -> None:
    """A new person has credits and no entries."""
    assert "No entries yet." in (await app.get("/balance")).text


async def test_a_promo_code(app: App) -> None:
    """A typed code leads to the chat with it, without what cannot stand in a link; nothing typed leads nowhere."""
    page = await app.post("/promo", {"code": " sрring-26 <b>"})
    [link] = page.links("https://t.me/")
    assert link.endswith("?start=promo_SPRING-26B")
    assert (await app.post("/promo", {"code": "<>"})).location == "/balance"


async def test_all_as_csv(app: App, world: World) -> None:
    """The file comes to the chat, once a minute, also if the act comes twice or late; the page says which."""
    await world.send(world.message("/start"))
    answer = await app.post("/balance/csv")
    assert "comes to our chat" in (await app.get(answer.location)).text
    act = next(task for task in world.tasks.tasks if task.path == ACTS_PATH)
    await world.settle()
    await world.run_task(act)
    assert len(world.messenger.sent("send_document")) == 1
    again = await app.post("/balance/csv")
    assert "within the last minute" in (await app.get(again.location)).text
    world.clock.advance(61)
    await app.post("/balance/csv")
    await world.settle()
    assert len(world.messenger.sent("send_document")) == 2


async def test_sections_are_those_of_the_chat(app: App, world: World) -> None:
    """The app can show what the chat's own buttons can, no more and no less."""
    await world.send(world.message("/start"))
    await world.send(world.message("/balance"))
    labels = [button.label.removeprefix("\u2705 ") for row in world.shown().buttons for button in row]
    page = await app.get("/balance")
    offered = re.findall(r'class="pill" href="/balance\?section=.[^>]*>([^<]*)<', page.html)
    assert offered == labels[: len(offered)]
    assert len(offered) == len(Section)
