"""What a copy of the database shows of a person whose words are encrypted, and that nothing else changes for them."""

import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from shared.adapters.encrypted_fields import ENCRYPTED
from shared.hash_ids import hash_id
from tests.fakes.encrypted_store import HidingStore
from tests.unit.privacy.rich_person import SHOWN, WORDS, find_traces, live, say
from tests.unit.privacy.test_erase import ask, pass_the_day
from tests.unit.rest.program import load_program
from tests.world import World

BOOKS = {"transfers": 2}
"""Operators' reasons stand in the books, which are read without keys: operators are told to quote nobody."""


@pytest.fixture
async def hidden() -> World:
    """A world that stores words encrypted, with somebody who has everything."""
    world = World(store=HidingStore())
    await live(world)
    await world.send(say(world, "/role"), say(world, f"/role a {WORDS} pirate"))
    return world


def find_words(world: World) -> dict[str, list[str]]:
    """Where the person's name, words or e-mail stand as text in the database, by collection."""
    found: dict[str, list[str]] = {}
    for key, record in world.store._documents.items():
        if shown := SHOWN.search(str(_spell(record.fields))):
            found.setdefault(key.collection, []).append(f"{key.id}: {shown[0]}")
    return found


def _spell(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


async def test_a_copy_shows_no_words(hidden: World) -> None:
    """Nothing that somebody wrote, said or is called is in any document, and the rooms read all of it."""
    assert {name: len(ids) for name, ids in find_words(hidden).items()} == BOOKS
    met = {key.collection for key in hidden.store._documents if key.collection in ENCRYPTED}
    assert met == set(ENCRYPTED)
    assert any(WORDS in fields["title"] for fields in hidden.store.collection("conversations").values())
    hidden.check_money(at_rest=False)


async def test_a_copy_shows_no_hash_to_guess_an_order_by() -> None:
    """Who guesses what a program asked for finds no hash to compare it with; the program's order is still known."""
    world = World(store=HidingStore())
    program = await load_program(world)
    fox = {"prompt": "a red fox", "price": 4}
    first, again = [await program.post("/pictures", fox, "order-1") for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert hash_id("order", "picture", json.dumps(fox, sort_keys=True)) not in str(world.store._documents)


async def test_an_export_has_the_words(hidden: World) -> None:
    """What a person takes along can be read."""
    parts = [content for name, (content, _) in hidden.blobs.blobs.items() if name.endswith(".zip")]
    files = [ZipFile(BytesIO(part)).read(name) for part in parts for name in ZipFile(BytesIO(part)).namelist()]
    assert any(WORDS.encode() in file for file in files)
    profile = next(file for file in files if b"off_reason" in file)
    assert b"whsec_" not in profile


async def test_a_person_is_erased(hidden: World) -> None:
    """Erasing finds a person by their number, which is not encrypted, and leaves nothing."""
    await ask(hidden)
    await pass_the_day(hidden)
    assert find_traces(hidden) == {}
