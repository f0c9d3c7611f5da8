"""The same hostility without processes: straight into `take_update`, on the fakes, and what hypothesis invents."""

import json
import time
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.delivery import UPDATE_BYTES_MAX
from shared.errors import UnavailableError
from shared.payments.checkout import answer_checkout
from shared.telegram.address import chat_of
from tests.security.corpus import load_update, read_files
from tests.security.mutation import list_slots, mutate, write_bytes
from tests.security.nonsense import LONG_TEXTS, list_nonsense
from tests.security.storm import Victim, make_storm, make_tap
from tests.world import ME, OTHER, World

SECONDS_MAX = 1.0
"""For one update, however long: others wait for the same process."""
TASKS_BETWEEN = 50
quick = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


def write_json(value: Any) -> bytes:
    return json.dumps(value).encode()


async def take(world: World, body: bytes) -> None:
    """What `bot` does with a body; anything but an outage is a bug."""
    try:
        await world.deliver(body)
    except UnavailableError:
        return


async def test_storm_on_the_fakes() -> None:
    """All 2,000 updates of a storm with another seed are taken, every job ends, and the books are right."""
    world = World()
    await world.send(world.message("a red fox"), world.message("a red fox", user_id=OTHER))
    victims = tuple(Victim(job.user_id, job.id, chat_of(job).card_message_id or 0, "n") for job in world.jobs())
    before = world.user(ME), world.user(OTHER)
    for number, body in enumerate(make_storm(4, victims)):
        if len(body) <= UPDATE_BYTES_MAX and answer_checkout(body, (), datetime.now(UTC)) is None:
            await take(world, body)
        if number % TASKS_BETWEEN == 0:
            await world.settle()
    await world.settle()
    world.check_money()
    assert (world.user(ME), world.user(OTHER)) == before


@pytest.mark.parametrize("name", LONG_TEXTS)
@pytest.mark.parametrize("kind", ["message", "edited_message"])
async def test_long_text_is_read_in_a_moment(name: str, kind: str) -> None:
    """The time for a text grows with its length, not with its square: one message must not stop the bot."""
    world = World()
    update = load_update("message.text")
    message = update["message"] | {"text": LONG_TEXTS[name][: 32 * 1024]}
    started = time.perf_counter()
    await world.deliver(json.dumps({"update_id": 1, kind: message}).encode(), deferrals=1)
    assert time.perf_counter() - started < SECONDS_MAX


@pytest.mark.parametrize("case", list_nonsense(), ids=lambda case: ascii(case.name))
def test_checkout_answer_can_be_sent(case: Any) -> None:
    """What the webhook echoes of a checkout query is fit for an answer."""
    answer = answer_checkout(case.body, (), datetime.now(UTC))
    json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()
    assert answer is None or isinstance(answer["pre_checkout_query_id"], str)


@quick
@given(st.data())
async def test_invented_values_anywhere(data: st.DataObject) -> None:
    """A genuine update with any value in any place is handled or quarantined."""
    update = load_update(data.draw(st.sampled_from([*read_files()])))
    for _ in range(data.draw(st.integers(1, 3))):
        parent, key = data.draw(st.sampled_from(list_slots(update)))
        parent[key] = data.draw(JSON_VALUES)
    await take_alone(json.dumps(update).encode())


@quick
@given(st.integers(), st.sampled_from([*read_files()]))
async def test_broken_updates(seed: int, name: str) -> None:
    """Any breakage of any genuine update is handled or quarantined."""
    chance = Random(seed)  # noqa: S311 — repeatable, not secret
    await take_alone(write_bytes(mutate(load_update(name), chance), chance))


@quick
@given(st.binary(max_size=200) | st.dictionaries(st.text(max_size=12), JSON_VALUES).map(write_json))
async def test_invented_bodies(body: bytes) -> None:
    """So are bytes and objects that come from nowhere."""
    await take_alone(body)


@quick
@given(st.text(st.characters(codec=None), max_size=80) | st.builds(";".join, st.lists(st.text(max_size=12))))
async def test_invented_buttons(data: str) -> None:
    """No `callback_data` raises, or moves a credit of anybody's but the presser's."""
    world = World()
    await world.send(world.message("a red fox", user_id=OTHER))
    before = world.user(OTHER), world.jobs()
    for text in (data, f"1;{data}", f"1;again;{data}", f"1;set;{data};{OTHER}", f"1;delete;{world.job().id};{data}"):
        await world.send(make_tap(text, ME, ME, world.shown(OTHER).message_id, world.last_update_id + 1))
        world.last_update_id += 1
    assert (world.user(OTHER), world.jobs()) == before
    world.check_money()


async def take_alone(body: bytes) -> None:
    world = World()
    if answer_checkout(body, (), datetime.now(UTC)) is None:
        await take(world, body)
        await world.settle()
        world.check_money()
