"""Batches of promo codes: made once per name, completed after a failure, refused where their terms make no sense."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.errors import ConflictError, UnavailableError, UnusableChangeError
from shared.growth.make_promos import TRIES_MAX, PromoBatch, make_promos, stop_promo
from tests.world import World, any_commit, writes_to

BATCH = PromoBatch("launch", 250, datetime(2027, 1, 1, tzinfo=UTC), credits=20)


async def make(world: World, batch: PromoBatch = BATCH) -> list[str]:
    return await make_promos(world.store, world.clock, world.ids, batch)


async def test_a_batch_is_made_once(world: World) -> None:
    """The same command again shows the same codes and makes no more of them."""
    codes = await make(world)
    assert await make(world) == codes
    stored = world.store.collection("promo_codes")
    assert stored.keys() == {*codes}
    assert len(codes) == 250
    assert {(each["credits"], each["uses_max"], each["used"], each["batch"]) for each in stored.values()} == {
        (20, 1, 0, "launch")
    }


async def test_a_failure_in_between(world: World) -> None:
    """What a failed command has not made the repeated one makes; a lost answer makes nothing twice."""
    world.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await make(world)
    world.store.lose(writes_to("promo_codes"))
    with pytest.raises(UnavailableError):
        await make(world)
    assert len(world.store.collection("promo_codes")) == 200
    assert world.store.collection("promo_codes").keys() < {*await make(world)}
    assert len(world.store.collection("promo_codes")) == 250


async def test_two_commands_at_once(world: World) -> None:
    """The same command in two places at the same moment makes one batch."""
    world.store.interrupt(writes_to("promo_codes"), lambda: make(world))
    assert len(await make(world)) == len(world.store.collection("promo_codes")) == 250


async def test_other_terms(world: World) -> None:
    """A name that was used on other terms is refused, and so is a word that belongs to another batch."""
    await make(world)
    with pytest.raises(UnusableChangeError, match="on other terms"):
        await make(world, replace(BATCH, credits=21))
    word = replace(BATCH, name="spring", count=1, word="HELLO")
    assert await make(world, word) == ["HE110"]
    with pytest.raises(UnusableChangeError, match="HE110 belongs to another batch"):
        await make(world, replace(word, name="summer"))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"name": "Launch!"}, "a batch's name"),
        ({"name": "a/b"}, "a batch's name"),
        ({"count": 0}, "1 to 10000 codes"),
        ({"count": 10_001}, "1 to 10000 codes"),
        ({"credits": 0}, "either credits or per cent"),
        ({"percent": 10}, "either credits or per cent"),
        ({"credits": 1_001}, "at most 1000 credits"),
        ({"credits": 0, "percent": 51}, "at most 50 per cent"),
        ({"uses_max": 0}, "needs a limit of people"),
        ({"credits": 0, "percent": 10, "uses_max": -1}, "needs a limit of people"),
        ({"until": datetime(2026, 1, 1, tzinfo=UTC)}, "in the future"),
        ({"word": "HELLO"}, "a batch of it one code"),
        ({"word": "?", "count": 1}, "a word is 4 to 32"),
    ],
)
async def test_terms_that_make_no_sense(world: World, terms: dict[str, Any], words: str) -> None:
    """Each mistake of an operator is named, and nothing is written."""
    with pytest.raises(UnusableChangeError, match=words):
        await make(world, replace(BATCH, **terms))
    assert world.store.collection("promo_batches") == {}


async def test_any_number_of_people(world: World) -> None:
    """A code of per cent may be for everybody."""
    assert len(await make(world, replace(BATCH, credits=0, percent=10, uses_max=0, count=1))) == 1


async def test_stopping(world: World) -> None:
    """A stopped code is stopped in any spelling, also while somebody uses it; an unknown one is named."""
    [code] = await make(world, replace(BATCH, count=1))
    world.store.interrupt(writes_to("promo_codes"), lambda: stop_promo(world.store, code))
    await stop_promo(world.store, f" {code.lower()} ")
    assert world.store.collection("promo_codes")[code]["is_stopped"]
    for typed in ("ABCDE-FGHJK", "?"):
        with pytest.raises(UnusableChangeError, match="there is no code"):
            await stop_promo(world.store, typed)


async def test_lost_races_end(world: World) -> None:
    """A command that always loses gives up, and says that it may be repeated."""

    async def lose() -> None:
        raise ConflictError("on purpose")

    [code] = await make(world, replace(BATCH, count=1))
    for _ in range(TRIES_MAX):
        world.store.interrupt(any_commit, lose)
    with pytest.raises(UnavailableError):
        await stop_promo(world.store, code)
    for _ in range(TRIES_MAX):
        world.store.interrupt(writes_to("promo_codes"), lose)
    with pytest.raises(UnavailableError):
        await make(world, replace(BATCH, name="spring"))
