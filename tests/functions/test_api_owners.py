"""Nobody reads or changes what belongs to somebody else, at whichever address of the Mini App they ask for it.

The addresses are those of the table in shared/pages.py: a page that is added later is asked too.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from random import Random

import httpx
import pytest

from shared.credits.catalogue import PACKAGES
from shared.miniapp.routes import Route
from shared.pages import ROUTES
from shared.pictures.picture import is_picture
from shared.ports import Key
from tests.fakes.cards import FakeCards
from tests.fakes.pictures import PNG
from tests.functions.app import ORIGIN, App, load_app
from tests.functions.conftest import Load
from tests.world import ME, OTHER, World

KEY = b"test-order-key-not-a-real-one-000"
SECRET = "xylophone-of-boris"
PROBES_MIN, FIELD_PROBES, SEED = 300, 20, 14
"""How many probes there are at least, and of how many the fields of each address are asked in the daily size."""
UNHEARD, PACE_SECONDS = {401, 429}, 30
"""What is answered before anybody looks at the id, and after how long a person's pace is whole again."""
NOBODYS = "AAAAAAAAAAAAAAAA"
FIELDS = (
    *("id", "job", "talk", "order", "upload", "from", "number", "user_id", "after", "user"),
    *("shelf", "then", "fact", "show", "style"),
)
"""Names under which a form or an address may carry an id."""


@pytest.fixture
async def app(load: Load, world: World) -> App:
    """Boris has a picture in a collection, a video, an answer, a saved prompt, an upload and an order by card; Ann has
    talked to the bot once.
    """
    world.sell(KEY, cards={"lava": FakeCards()})
    app = load_app(load, world)
    asked = (f"draw {SECRET}", f"/ask what is {SECRET}?", f"/image {SECRET} x2", f"/ask is {SECRET} loud?")
    for text in ("/start", *asked, f"/video {SECRET}", f"/remember {SECRET}", "/balance", "/settings", "/gallery"):
        await world.send(world.message(text, user_id=OTHER))
    await world.send(world.message("/start"))
    for route in ROUTES:
        if route.takes_files:
            files = {"file": (f"{SECRET}.png", PNG, "image/png")}
            session = {"Authorization": f"Bearer {await app.open(OTHER)}", "Origin": ORIGIN}
            await app.client.post(route.pattern, files=files, headers=session)
    job_id = next(job.id for job in world.jobs() if is_picture(job))
    await app.post(f"/gallery/{job_id}/shelves", {"name": SECRET, "token": "t"}, OTHER)
    price = f"s.{PACKAGES['s'].prices['USD']}.{PACKAGES['s'].credits}"
    card = {"package": price, "currency": "USD", "email": f"{SECRET}@example.com", "token": "t"}
    assert (await app.post("/buy/card", card, OTHER)).status_code == 303
    await world.settle()
    assert len(world.store.collection("card_orders")) == 1
    return app


def list_ids(world: World) -> list[str]:
    """Every id in what is stored: of documents, and of the parts of files' names."""
    documents = {key.id for key in world.store._documents if not key.id.startswith(str(ME))}
    files = {part for name in world.blobs.blobs for part in re.split(r"[/.]", name)}
    return sorted(each for each in documents | files if re.fullmatch(r"[A-Za-z0-9_.~-]{1,64}", each))


def belongs_to_boris(key: Key, fields: Mapping[str, object]) -> bool:
    return key.id == str(OTHER) or str(OTHER) in str(fields)


async def probe(app: App, method: str, path: str, form: Mapping[str, str]) -> httpx.Response:
    """Ann's question. Where the last one signed her out, or used up her pace, she signs in again: none is lost."""
    app.world.clock.advance(1)
    answer = await ask(app, method, path, form)
    if answer.status_code in UNHEARD:
        app.sessions.clear()
        app.world.clock.advance(PACE_SECONDS)
        answer = await ask(app, method, path, form)
    assert answer.status_code not in UNHEARD, (method, path)
    return answer


async def ask(app: App, method: str, path: str, form: Mapping[str, str]) -> httpx.Response:
    return await (app.get(path) if method == "GET" else app.post(path, form))


def list_probes(ids: list[str], *, is_long: bool) -> Iterator[tuple[Route, str, dict[str, str]]]:
    """Route, address and form: each id in each address that takes one, and in each field of a form or a question; of
    the latter a few for each route, unless the test may take long.
    """
    dice = Random(SEED)  # noqa: S311 — a test's dice
    for route in ROUTES:
        for each in ids if "{" in route.pattern else ():
            yield route, fill(route, each), {}
        every = list(itertools.product(ids, FIELDS))
        for each, name in every if is_long else dice.sample(every, FIELD_PROBES):
            if route.method == "GET":
                yield route, f"{fill(route, NOBODYS)}?{name}={each}", {}
            else:
                yield route, fill(route, NOBODYS), {"words": "a red fox", name: each}


def fill(route: Route, each: str) -> str:
    """The address with this id in each of its variable parts."""
    return re.sub(r"\{[a-z_]+\}", each, route.pattern)


async def test_nobody_sees_or_changes_what_is_anothers(app: App, *, is_long: bool) -> None:
    """No answer and no new document has a word of Boris, and nothing of his has changed, whichever id Ann asks for.

    Every route is asked, more than 300 times together.
    """
    world = app.world
    stored = world.store._documents
    before = {key: record.fields for key, record in stored.items() if belongs_to_boris(key, record.fields)}
    assert any(SECRET in str(fields) for fields in before.values())
    files, ids, counts = dict(world.blobs.blobs), list_ids(world), Counter[tuple[str, str]]()
    for route, path, form in list_probes(ids, is_long=is_long):
        answer = await probe(app, route.method, path, form)
        counts[route.method, route.pattern] += 1
        assert answer.status_code < 500, (route.method, path)
        assert SECRET not in answer.text, (route.method, path, form)
    assert counts.keys() == {(route.method, route.pattern) for route in ROUTES}
    assert min(counts.values()) >= (len(ids) * len(FIELDS) if is_long else FIELD_PROBES)
    assert counts.total() >= PROBES_MIN
    after = {key: record.fields for key, record in stored.items()}
    assert {key: after.get(key) for key in before} == before
    assert {name: world.blobs.blobs.get(name) for name in files} == files
    anns = {key: fields for key, fields in after.items() if key not in before}
    assert [key for key, fields in anns.items() if SECRET in str(fields)] == []


@pytest.mark.parametrize("route", [route for route in ROUTES if "{" in route.pattern], ids=lambda route: route.pattern)
async def test_anothers_is_like_nothing(app: App, route: Route) -> None:
    """What belongs to Boris is answered as what does not exist: nobody learns that it is there."""
    nothing = await probe(app, route.method, fill(route, NOBODYS), {})
    for each in list_ids(app.world):
        if len(each) < len(NOBODYS):  # a number, which a page of everybody may hold
            continue
        answer = await probe(app, route.method, fill(route, each), {})
        same = answer.text.replace(each, NOBODYS) == nothing.text
        assert (answer.status_code, same) == (nothing.status_code, True), each


async def test_without_a_session_nothing(app: App) -> None:
    """Every address of the table wants a session first."""
    for route in ROUTES:
        answer = await app.client.request(route.method, fill(route, NOBODYS), headers={"Origin": ORIGIN})
        assert answer.status_code == 401, route.pattern
