"""Every address of the REST API, asked by every kind of caller: nobody without a right learns or changes anything.

The addresses are those of the table in shared/rest_routes.py: one that is added later is asked too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx
import pytest

from shared.people.accounts import change_user, open_user
from shared.people.api_keys import OLD_SECRET_KEPT, SCOPES, hash_secret, renew_key, write_token
from shared.people.user_documents import user_key
from shared.pictures.picture import is_picture
from shared.rest_routes import ROUTES, RestRoute
from tests.unit.rest.program import PATH, Program, load_program, make_key
from tests.world import ME, OTHER, World, writes_to

SECRET = "xylophone-of-boris"
EVENTS = "webhook_events"
NOBODYS = "AAAAAAAAAAAAAAAA"
PACE_SECONDS = 60
WISH = {"prompt": "a red fox", "price": 4}


@dataclass
class Callers:
    """Ann's program with each kind of key; all of Boris' things are there."""

    program: Program
    tokens: Mapping[str, str]
    """Those that are no keys, by what is wrong with them."""


@pytest.fixture
async def callers(world: World) -> Callers:
    program = await load_program(world)
    for text in ("/start", f"draw {SECRET}", f"/ask what is {SECRET}?"):
        await world.send(world.message(text, user_id=OTHER))
    boris = Program(world, program.client, await make_key(world, OTHER, SCOPES, "D" * 16), OTHER)
    await boris.post("/pictures", WISH | {"prompt": SECRET}, "b")
    await world.settle()
    assert len([job for job in world.jobs() if is_picture(job)]) == 2
    await boris.put("/webhook", {"url": f"https://{SECRET}.example.org"})
    await boris.post("/webhook/test", None)
    good = program.token
    return Callers(
        program,
        {
            "none": "",
            "forged": good[:-1] + ("A" if good[-1] != "A" else "B"),
            "of another person": good.replace(f"_{ME}_", f"_{OTHER}_", 1),
            "of nobody": good.replace(f"_{ME}_", "_777_", 1),
            "with another id": good.replace(NOBODYS, "B" * 16, 1),
            "no key at all": "s1.501.en.1.x",
            "a hash": write_token(ME, NOBODYS, world.user().api_keys[0].secret_hash),
        },
    )


async def ask(program: Program, route: RestRoute, each: str, **query: str) -> httpx.Response:
    program.world.clock.advance(PACE_SECONDS)
    path = re.sub(r"\{[a-z_]+\}", each, route.pattern)
    if route.method == "GET":
        return await program.get(path, **query)
    if route.method == "DELETE":
        return await program.delete(path)
    if route.method == "PUT":
        return await program.put(path, {"url": "https://boris.example.org"})
    return await program.post(path, WISH | ({"from": [each]} if len(each) == len(NOBODYS) else {}), f"key-{each}")


async def test_without_a_key_nothing(callers: Callers) -> None:
    """No address answers a caller whose key is missing, forged or another's; nothing changes, no person is made."""
    program, world = callers.program, callers.program.world
    before = {key: record.fields for key, record in world.store._documents.items()}
    for kind, token in callers.tokens.items():
        for route in ROUTES:
            answer = await ask(program.with_token(token), route, NOBODYS)
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), (kind, route.pattern)
            assert answer.headers["Content-Type"] == "application/problem+json"
    assert {key: record.fields for key, record in world.store._documents.items()} == before


@pytest.mark.parametrize("scheme", ["Basic", "bearerx", ""])
async def test_another_scheme(callers: Callers, scheme: str) -> None:
    """A key is accepted as a bearer token only, and only one at a time."""
    program = callers.program
    for headers in (
        [("Authorization", f"{scheme} {program.token}")],
        [("Authorization", f"Bearer {program.token}")] * 2,
    ):
        assert (await program.client.get(f"{PATH}/balance", headers=headers)).status_code == 401


async def test_an_old_secret_and_a_revoked_key(callers: Callers) -> None:
    """A day after a renewal the old secret is refused, and a revoked key at once, whatever it asks for."""
    program, world = callers.program, callers.program.world
    keys = renew_key(world.user().api_keys, NOBODYS, 0, hash_secret("TEST-not-a-real-secret-new"), world.now)
    assert keys is not None
    stored = world.store._documents[user_key(ME)].fields["api_keys"][0]
    stored |= {"secret_hash": keys[0].secret_hash, "old_secret_hash": keys[0].old_secret_hash}
    stored["old_until"] = keys[0].old_until
    assert (await program.get("/balance")).status_code == 200
    world.clock.advance(OLD_SECRET_KEPT.total_seconds())
    for route in ROUTES:
        assert (await ask(program, route, NOBODYS)).status_code == 401, route.pattern
    fresh = program.with_token(write_token(ME, NOBODYS, "TEST-not-a-real-secret-new"))
    assert (await fresh.get("/balance")).status_code == 200
    world.store._documents[user_key(ME)].fields["api_keys"] = []
    for route in ROUTES:
        assert (await ask(fresh, route, NOBODYS)).status_code == 401, route.pattern


async def test_a_key_that_is_revoked_while_it_orders(callers: Callers) -> None:
    """An order whose key goes between its reading and the commit is refused, and holds nothing."""
    program, world = callers.program, callers.program.world
    jobs, held = len(world.jobs()), world.user().account.held

    async def revoke() -> None:
        await change_user(world.ports, await open_user(world.ports, ME), lambda user: replace(user, api_keys=()))

    world.store.interrupt(writes_to("jobs"), revoke)
    answer = await program.post("/pictures", WISH, "revoked")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (len(world.jobs()), world.user().account.held) == (jobs, held)


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_key_does_what_its_scope_allows(callers: Callers, scope: str) -> None:
    """With one scope exactly the addresses of that scope are open, and the others say which is missing."""
    world = callers.program.world
    program = callers.program.with_token(await make_key(world, ME, (scope, "of a newer release"), "C" * 16))
    jobs = len(world.jobs())
    for route in ROUTES:
        answer = await ask(program, route, NOBODYS)
        assert (answer.status_code == 403) is (route.scope != scope), (route.pattern, answer.text)
        assert answer.status_code < 500
        if answer.status_code == 403:
            assert answer.json()["scope"] == route.scope
    assert len(world.jobs()) == jobs


async def test_nobody_sees_or_changes_what_is_anothers(callers: Callers) -> None:
    """Whichever of all ids Ann's program asks for, it gets no word of Boris, and what is his is as if it were not."""
    program, world = callers.program, callers.program.world
    await program.put("/webhook", {"url": "https://ann.example.org"})
    before = {key: record.fields for key, record in world.store._documents.items() if key.collection == EVENTS}
    before |= {key: record.fields for key, record in world.store._documents.items() if SECRET in str(record.fields)}
    assert {key.collection for key in before} >= {"jobs", "conversations", "users", EVENTS}
    ids = sorted(
        {key.id for key in world.store._documents if re.fullmatch(r"[A-Za-z0-9_-]{16}", key.id)} | {str(OTHER)}
    )
    probed = [route for route in ROUTES if "{" in route.pattern or route.method == "POST"]
    for route in probed:
        nothing = await ask(program, route, NOBODYS)
        for each in ids:
            answer = await ask(program, route, each)
            assert SECRET not in answer.text, (route.pattern, each)
            assert answer.status_code < 500
            if "{" in route.pattern:
                assert (answer.status_code, answer.json()) == (nothing.status_code, nothing.json()), (
                    route.pattern,
                    each,
                )
    for path in ("/results", "/conversations", "/balance", "/webhook", "/webhook/deliveries"):
        assert SECRET not in (await program.get(path)).text
    assert {key: world.store._documents[key].fields for key in before} == before
