"""Every page of the app with something on it: a person's results, conversations and payments; and empty pages.

`list_pages` is what the tests walk over. `test_every_page.py` compares it with the table in `shared/pages.py`: a new
page is walked over from its first day.
"""

from dataclasses import replace

from shared.codec import decode
from shared.conversations.conversation import Conversation
from shared.credits.catalogue import PACKAGES
from shared.miniapp.routes import find_route
from shared.pages import ROUTES
from shared.people.users import Language
from shared.pictures.style_examples import example_name, small_name
from shared.providers.outcomes import Refused
from shared.videos.video import is_video
from tests.fakes.cards import FakeCards
from tests.fakes.pictures import PNG
from tests.unit.gallery.test_find_results import draw, film
from tests.unit.miniapp.conftest import App
from tests.unit.miniapp.test_card_page import fill as fill_card
from tests.unit.miniapp.test_card_page import hear
from tests.unit.miniapp.test_create_page import order
from tests.unit.miniapp.test_subscription_page import subscribe
from tests.unit.privacy.rich_person import ERASURE_KEY
from tests.unit.wording.test_browse_examples import OIL, have, style_of
from tests.world import World

KEY = b"test-order-key-not-a-real-one-000"
PARTS = ("/state", "/small", "/uploads/{upload}", "/styles/{style}")
"""The ends of addresses that answer with a part of a page, or with a picture."""
NOBODYS = "AAAAAAAAAAAAAAAA"
PICTURE, VIDEO, REFUSED = "a red fox in the snow, early in the morning", "a boat in the wind", "something forbidden"
QUESTION = "why is the sky blue?"


def pattern_of(address: str) -> str:
    """The address in the table that this one belongs to."""
    found = find_route("GET", address.partition("?")[0], ROUTES)
    assert found is not None, address
    return found[0].pattern


def list_patterns() -> set[str]:
    """Every address in the table that answers with a page."""
    return {each.pattern for each in ROUTES if each.method == "GET" and not each.pattern.endswith(PARTS)}


def list_empty_pages() -> list[str]:
    """The pages that need no more than a person."""
    return sorted(each for each in list_patterns() if "{" not in each)


async def list_pages(world: World, language: Language = "en") -> list[str]:
    """The addresses of the person's pages, after everything has been done that puts something on them."""
    app, cards = App(world), FakeCards()
    world.sell(KEY, cards={"lava": cards})
    world.ports = replace(world.ports, erasure_keys=(ERASURE_KEY,))
    await world.give(300)
    await app.post("/settings", {"name": "language", "value": language})
    made, failed, video = await _have_results(app)
    await _have_conversations(world)
    await subscribe(app)
    paid, opened, refused = [await _order_by_card(app, cards, state) for state in ("paid", "open", "refused")]
    ready = (await app.post(f"/gallery/{made}/send", {"token": "ready"})).location
    invoice = await _order_stars(app)
    await world.settle()
    sending = (await app.post(f"/gallery/{made}/send", {"token": "waits"})).location
    begun = (await order(app, words="a lighthouse")).location
    unpaid = await _order_stars(app)
    asked = (await app.post("/buy/card", fill_card(await app.get("/buy/card")))).location
    talk = decode(Conversation, next(iter(world.store.collection("conversations").values()))).id
    number = (await app.get("/balance")).links("/balance/")[0]
    shelf = world.user().gallery.shelves[-1].id
    return [
        *(sending, ready, begun, asked, unpaid),
        *("/create", "/create?kind=video", f"/create?from={made}", f"/create?kind=video&from={made}"),
        *(f"/made/{made}", f"/made/{failed}", f"/made/{video}", f"/made/{NOBODYS}?paid=1"),
        *("/gallery", "/gallery?show=v", f"/gallery?show={shelf}", f"/gallery?show=p&after=0123456789a.{NOBODYS}"),
        *(f"/gallery/{made}", f"/gallery/{video}", f"/gallery/{made}/delete", f"/shelves/{shelf}/delete"),
        *("/talks", f"/talks/{talk}", "/balance", number, "/buy", f"/buy?for=100&then={NOBODYS}", invoice),
        *("/buy/card?for=100", paid, opened, refused, "/subscription", "/settings", "/privacy", "/privacy/erase"),
        *(f"/gallery/{NOBODYS}", "/gallery?said=deleted", "/buy?said=unpaid"),
    ]


async def _have_results(app: App) -> tuple[str, str, str]:
    """A picture that is a favourite, shared, and in a collection; a request that was refused; a video: their jobs."""
    world = app.world
    await draw(world, PICTURE)
    made = world.job().id
    world.model.script(REFUSED, Refused("SAFETY"))
    failed = (await order(app, words=REFUSED)).location.rpartition("/")[2]
    await world.settle()
    await film(world, VIDEO)
    [video] = [job.id for job in world.jobs() if is_video(job)]
    await app.post(f"/gallery/{made}/star", {"on": "1"})
    await app.post(f"/gallery/{made}/share", {"on": "1"})
    await app.post(f"/gallery/{made}/shelves", {"name": "For the website of my little bakery", "token": "t"})
    await have(world, OIL)
    await world.blobs.put(small_name(example_name(style_of(OIL), is_test=False)), PNG, "image/jpeg")
    return made, failed, video


async def _have_conversations(world: World) -> None:
    await world.send(world.message(f"/ask {QUESTION}"))
    await world.send(world.message("/remember I live in Rome"))


async def _order_stars(app: App) -> str:
    """From the shop to an order of the smallest package; its page."""
    page = await app.get("/buy")
    small = {"name": "s", "stars": str(PACKAGES["s"].stars), "credits": str(PACKAGES["s"].credits)}
    return (await app.post("/buy", {**small, "token": page.hidden("token")})).location


async def _order_by_card(app: App, cards: FakeCards, state: str) -> str:
    """An order by card that becomes this; its page."""
    cards.refuses = state == "refused"
    location = (await app.post("/buy/card", fill_card(await app.get("/buy/card")))).location
    await app.world.settle()
    if state == "paid":
        await hear(app.world, cards)
    return location
