"""Every address of the operators' pages, with every role, with none, and with sessions that are none."""

import os
import random
import re
from datetime import timedelta

import pytest

from shared import admin_site
from shared.admin.calls import AdminRoute
from shared.admin_pages import ROUTES, SIGN_OUT
from shared.http import Haste
from shared.miniapp.session import Audience, open_session, write_token
from shared.people.operators import Role
from tests.functions.admin import BOSS, CLERK, COOKIE, HELPER, STAFF, Desk, load_desk
from tests.functions.app import ENV, ORIGIN, SESSION_KEY, load_app, stop_sending
from tests.functions.conftest import Load
from tests.stored import copy_all
from tests.world import ME, World, any_commit

KEY = SESSION_KEY.encode()
FUZZED = 2000 if os.environ.get("TEST_SIZE") == "long" else 300
NOTHING = "AAAAAAAAAAAAAAAA"


@pytest.fixture
def desk(load: Load, world: World) -> Desk:
    return load_desk(load, world)


def fill(route: AdminRoute, value: str = NOTHING) -> str:
    return re.sub(r"\{[a-z]+\}", value, route.pattern)


async def ask(desk: Desk, route: AdminRoute, session: str, value: str = NOTHING) -> int:
    """The status of an address with this session, and a form that is whole."""
    path = fill(route, value)
    answer = await (desk.get(path, session) if route.method == "GET" else desk.post(path, session))
    return answer.status_code


async def test_every_role_at_every_address(desk: Desk) -> None:
    """Each role gets the addresses of its row in the table, and no other; whoever may not is told so with 403."""
    for user_id, role in STAFF.items():
        for route in ROUTES:
            session = await desk.sign_in(user_id)
            status = await ask(desk, route, session)
            assert (status == 403) is (role not in route.roles), (role, route.pattern)
            assert status < 500
            desk.world.clock.advance(5)  # who signs out has ended what began in the same second


def test_the_table() -> None:
    """Nobody but those named may act: a viewer only looks, and credits and audits have their own roles."""
    acts = {(route.pattern, role) for route in ROUTES if route.method == "POST" for role in route.roles}
    assert {pattern for pattern, role in acts if role is Role.VIEWER} == {"/admin/find", "/admin/sign-out"}
    roles = {route.pattern: route.roles for route in ROUTES}
    assert roles["/admin/people/{person}/credits"] == {Role.FINANCE, Role.ADMIN}
    assert roles["/admin/requests/{request}/agree"] == roles["/admin/audit"] == {Role.ADMIN}
    assert all(roles[pattern] == {Role.SUPPORT, Role.ADMIN} for pattern in roles if "/talks" in pattern)
    assert all(Role.ADMIN in route.roles for route in ROUTES)


async def test_sessions_that_are_none(desk: Desk) -> None:
    """None, forged, expired, for the Mini App, of somebody who is no operator: 401, and nothing changes."""
    now = desk.world.now
    await desk.world.send(desk.world.message("/start"))
    good = write_token(open_session(BOSS, "en", now, Audience.ADMIN), KEY)
    sessions = {
        "none": "",
        "forged": write_token(open_session(BOSS, "en", now, Audience.ADMIN), b"another-key-not-a-real-one-000001"),
        "expired": write_token(open_session(BOSS, "en", now - timedelta(hours=1), Audience.ADMIN), KEY),
        "other audience": write_token(open_session(BOSS, "en", now), KEY),
        "renewal": write_token(open_session(BOSS, "en", now, Audience.RENEWAL), KEY),
        "renamed": good.replace(f".{BOSS}.", f".{BOSS + 1}."),
        "stranger": write_token(open_session(ME, "en", now, Audience.ADMIN), KEY),
    }
    stored = copy_all(desk.world)
    for name, session in sessions.items():
        for route in ROUTES:
            assert await ask(desk, route, session) == 401, (name, route.pattern)
    assert copy_all(desk.world) == stored
    assert await ask(desk, ROUTES[0], good) == 200


async def test_a_session_is_for_these_pages_alone(desk: Desk) -> None:
    """An operator's session opens no page of the Mini App, neither as a bearer token nor as the cookie that it is."""
    session = await desk.sign_in(BOSS)
    for headers in ({"Authorization": f"Bearer {session}"}, {"Cookie": f"{COOKIE}={session}"}):
        assert (await desk.client.get("/settings", headers=headers)).status_code == 401
    renewal = await desk.client.post("/renew", content=session, headers={"Origin": ORIGIN})
    assert renewal.status_code == 401


async def test_forms_of_other_sites(desk: Desk) -> None:
    """A form needs our origin and the token of its own session: without either it does nothing."""
    session, other = await desk.sign_in(BOSS), await desk.sign_in(CLERK)
    stored = copy_all(desk.world)
    for route in ROUTES:
        if route.method == "POST":
            for origin in ("https://evil.test", "null", "", "https://api.test.evil.test"):
                assert (await desk.post(fill(route), session, Origin=origin)).status_code == 403
            for token in ("", "x", "ü" * 40):
                assert (await desk.post(fill(route), session, {"form": token})).status_code == 403
            page = await desk.get("/admin", other)
            [token] = set(re.findall(r'name="form" value="([^"]+)"', page.text))
            assert (await desk.post(fill(route), session, {"form": token})).status_code == 403
    bare = await desk.client.post("/admin/find", data={}, headers={"Cookie": f"{COOKIE}={session}"})
    assert bare.status_code == 403
    assert copy_all(desk.world) == stored


async def test_the_cookie(desk: Desk) -> None:
    """No script reads it, no other site sends it, no other host gets it; it ends after an hour or by signing out."""
    answer = await desk.enter(await desk.ask_code(BOSS))
    name, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert name.startswith(f"{COOKIE}=a1.{BOSS}.")
    assert {each.lower() for each in attributes} == {"httponly", "max-age=3600", "path=/", "samesite=strict", "secure"}
    session = name.partition("=")[2]
    assert (await desk.get("/admin", session)).status_code == 200
    desk.world.clock.advance(5)
    left = await desk.post("/admin/sign-out", session)
    assert "Max-Age=0" in left.headers["Set-Cookie"]
    assert (await desk.get("/admin", session)).status_code == 401


async def test_signing_out_while_a_code_is_used(desk: Desk) -> None:
    """Who signs out between the look at their document and the new session has ended that session too."""
    code, session = await desk.ask_code(BOSS), await desk.sign_in(BOSS)
    desk.world.clock.advance(5)

    async def sign_out_before() -> None:
        desk.world.clock.advance(5)
        await desk.post("/admin/sign-out", session)
        desk.world.clock.advance(5)

    desk.world.store.interrupt(any_commit, sign_out_before)
    entered = (await desk.enter(code)).headers["Set-Cookie"].partition(";")[0].partition("=")[2]
    assert (await desk.get("/admin", entered)).status_code == 401


async def test_an_hour(desk: Desk) -> None:
    """A session that was good ends after an hour, and the page says how to come back."""
    session = await desk.sign_in(HELPER)
    desk.world.clock.advance(3600)
    answer = await desk.get("/admin", session)
    assert (answer.status_code, "Write /admin to the bot" in answer.text) == (401, True)


async def test_a_form_after_its_hour(desk: Desk) -> None:
    """Who sends a form when the hour is over reads that it was not done."""
    session = await desk.sign_in(BOSS)
    desk.world.clock.advance(3600)
    answer = await desk.post("/admin/find", session, {"words": "501"})
    assert (answer.status_code, "was not done" in answer.text) == (401, True)


async def test_the_button_is_pressed_again(desk: Desk) -> None:
    """The used code leads in whoever is signed in, without another session, and nobody else."""
    code = await desk.ask_code(BOSS)
    entered = await desk.enter(code)
    cookie = {"Cookie": str(entered.headers["Set-Cookie"]).partition(";")[0]}
    desk.client.cookies.clear()
    again = await desk.enter(code, **cookie)
    assert (again.status_code, again.headers["Location"], "Set-Cookie" in again.headers) == (303, "/admin", False)
    assert (await desk.enter(code)).status_code == 401
    desk.world.clock.advance(3600)
    assert (await desk.enter(code, **cookie)).status_code == 401


async def test_codes(desk: Desk) -> None:
    """A used, changed or missing code gives no session; too many tries from one address are slowed down."""
    code = await desk.ask_code(BOSS)
    assert (await desk.client.get("/admin/enter")).status_code == 200
    assert (await desk.client.get(f"/admin/enter?code={code}")).status_code == 200
    assert (await desk.enter(code)).status_code == 303
    desk.client.cookies.clear()
    statuses = []
    for wrong in (code, code[:-1], "", "x" * 5000):
        answer = await desk.enter(wrong)
        statuses.append(answer.status_code)
        assert "Set-Cookie" not in answer.headers
    assert statuses == [401] * 4
    assert (await desk.enter("x" * 9000)).status_code == 413
    many = [(await desk.enter("x" * 22)).status_code for _ in range(12)]
    assert many[-1] == 429
    elsewhere = await desk.enter(await desk.ask_code(BOSS), **{"X-Forwarded-For": "203.0.113.9"})
    assert elsewhere.status_code == 303


async def test_without_operators(load: Load, world: World) -> None:
    """Where nobody is an operator, or nobody can sign in, there are no such pages."""
    app = load_app(load, world)
    assert [(await app.client.get(path)).status_code for path in ("/admin", "/admin/enter")] == [404, 404]
    app = load_app(load, world, SESSION_SIGNING_KEY="", ADMIN_IDS="701")
    assert (await app.client.get("/admin/enter")).status_code == 404
    assert "ADMIN_IDS" not in ENV


async def test_a_form_that_stops_coming(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds the turns of a process with forms that never end, also with an operator's session."""
    session = await desk.sign_in(BOSS)
    monkeypatch.setattr(admin_site, "STRANGERS", Haste(grace_seconds=0.0, bytes_per_second_min=1e9, seconds_max=40.0))
    headers = {"Origin": ORIGIN, "Cookie": f"{COOKIE}={session}"}
    assert (await desk.client.post("/admin/find", content=stop_sending(), headers=headers)).status_code == 408


async def test_an_operator_is_slowed_down(desk: Desk) -> None:
    """Whoever calls too often is told when to call again."""
    session = await desk.sign_in(BOSS)
    statuses = {(await desk.get("/admin/people/9", session)).status_code for _ in range(260)}
    assert statuses == {404, 429}


async def test_fuzzed_requests(desk: Desk) -> None:
    """Hostile values in addresses and forms are no error of ours, and move no credits."""
    dice = random.Random(17)  # noqa: S311 — a test's dice
    await desk.world.give(20)
    session = await desk.sign_in(BOSS)
    values = ("", "0", "-1", "9" * 16, "9" * 400, "../x", "%00", "a\x00b", "ü", "🍌", "'\"<script>", NOTHING, str(ME))
    names = ("words", "credits", "reason", "nonce", "form", "x")
    calls = [route for route in ROUTES if route is not SIGN_OUT]
    for _ in range(FUZZED):
        desk.world.clock.advance(0.2)
        route, value = dice.choice(calls), dice.choice(values)
        path = fill(route, dice.choice(("1", "~", "9" * 16, "9" * 64, NOTHING, str(ME))))
        if route.method == "GET":
            query = {name: dice.choice(values) for name in ("said", "until", "after", "section", "day", "about", "to")}
            request = desk.client.build_request("GET", path, params=query, headers={"Cookie": f"{COOKIE}={session}"})
            answer = await desk.client.send(request)
        else:
            form = {name: dice.choice(values) for name in dice.sample(names[:4], 2)}
            answer = await desk.post(path, session, form | {"words": value})
        assert answer.status_code < 500, (route.pattern, path, answer.text)
        assert "<script>" not in answer.text
    assert desk.world.user().account.available == 20
