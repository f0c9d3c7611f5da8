"""Every address of `api`, by every method: what its answers say to browsers and to caches, errors too.

The addresses are those of the tables, and of `ELSEWHERE`, which a test compares with the code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from shared import admin_pages, admin_site, pages, rest_routes, rest_site, site
from shared.admin import sign_in
from shared.errors import UnavailableError
from shared.miniapp import rules_page, static_files
from shared.miniapp.headers import NO_DEVICES
from shared.miniapp.session import Audience, open_session, write_form_token, write_token
from shared.people.accounts import change_user, open_user
from shared.people.api_keys import SCOPES
from shared.people.users import User
from tests.functions.admin import BOSS, COOKIE, Desk, load_desk
from tests.functions.app import ORIGIN, SESSION_KEY
from tests.functions.conftest import Load
from tests.stored import copy_all
from tests.unit.rest.program import make_key
from tests.world import ME, World

KEY = SESSION_KEY.encode()
ELSEWHERE = {
    "GET": ("/", "/rules", "/static/app.css", "/static/x/app.css", "/static/none", "/admin/enter", "/api/docs",
            "/api/openapi.json", "/health", "/ready", "/version", "/nowhere", "/api", "/api/", "/api/v1", "/admin/x"),
    "POST": ("/sign-in", "/renew", "/admin/enter", "/api/v1/webhooks/telegram", "/nowhere", "/api/nowhere"),
}  # fmt: skip
PROBES = {"/health", "/ready", "/version"}
OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS")
UNHEARD = ("TRACE", "PROPFIND")
"""What functions-framework refuses by itself, in words of its own that nobody keeps."""
WEBHOOK = "https://webhook.test"


@dataclass(frozen=True)
class Address:
    method: str
    path: str

    @property
    def is_probe(self) -> bool:
        return self.path in PROBES and self.method in {"GET", "HEAD"}


def list_addresses() -> Iterator[Address]:
    """Every address that is there, and some that are not."""
    for prefix, routes in (
        ("", pages.ROUTES),
        ("", admin_pages.ROUTES),
        (rest_site.VERSION_PREFIX, rest_routes.ROUTES),
    ):
        for route in routes:
            yield Address(route.method, prefix + re.sub(r"\{[a-z_]+\}", "A" * 16, route.pattern))
    for method, paths in ELSEWHERE.items():
        yield from (Address(method, path) for path in paths)


@dataclass
class Callers:
    """Somebody who may do everything: with a session of the app, a key of the API, and an operator's cookie."""

    desk: Desk
    key: str

    async def ask(self, method: str, path: str, *, is_known: bool = True) -> httpx.Response:
        """A call as the page, the program or the operator makes it; `is_known`: with what proves who it is."""
        self.desk.world.clock.advance(4)
        self.desk.client.cookies.clear()
        now, headers, form = self.desk.world.now, {"Origin": ORIGIN}, {"name": "x"}
        if is_known and path.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.key}"
        elif is_known and path.startswith("/admin"):
            session = write_token(open_session(BOSS, "en", now, Audience.ADMIN), KEY)
            headers["Cookie"], form["form"] = f"{COOKIE}={session}", write_form_token(session, KEY)
        elif is_known:
            headers["Authorization"] = f"Bearer {write_token(open_session(ME, 'en', now), KEY)}"
        return await self.desk.client.request(method, path, headers=headers, data=form if method == "POST" else None)


@pytest.fixture
async def callers(load: Load, world: World) -> Callers:
    desk = load_desk(load, world, WEBHOOK_URL=WEBHOOK)
    await world.send(world.message("/start"), world.message("/start", user_id=BOSS))
    return Callers(desk, await make_key(world, ME, SCOPES))


def find_faults(asked: Address, answer: httpx.Response) -> list[str]:
    """What is wrong with an answer's headers."""
    headers = answer.headers
    wanted = {"X-Content-Type-Options": "nosniff"}
    if not asked.is_probe:
        wanted |= {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
        wanted |= {"Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": NO_DEVICES}
    if asked.path.startswith(("/admin/", "/api/")):
        wanted |= {"Cross-Origin-Opener-Policy": "same-origin"}
    faults = [f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value]
    faults += [name for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin") if name in headers]
    faults += [] if asked.is_probe else _judge_policy(asked, headers)
    if not _may_be_kept(asked, answer):
        faults.append(f"Cache-Control: {headers.get('Cache-Control')}")
    if "Set-Cookie" in headers and asked != Address("POST", "/admin/sign-out"):
        faults.append("Set-Cookie")
    if "Location" in headers and not re.fullmatch(rf"/(?!/).*|{re.escape(WEBHOOK)}", headers["Location"]):
        faults.append(f"Location: {headers['Location']}")
    if re.search(r"Traceback|[a-z]Error\(|\.py\b", answer.text):
        faults.append("the inside of the program")
    return faults


def _judge_policy(asked: Address, headers: httpx.Headers) -> list[str]:
    policy = dict(each.partition(" ")[::2] for each in headers.get("Content-Security-Policy", "").split("; "))
    is_admin = f"{asked.path}/".startswith("/admin/")
    may_frame = "'none'" if is_admin or asked.path.startswith("/api/") else "https://web.telegram.org"
    wanted = {
        "default-src": policy.get("default-src") == "'none'",
        "frame-ancestors": policy.get("frame-ancestors", "").startswith(may_frame),
        "wide": not re.search(r"unsafe|\*|data:|http:|https:(?!//[a-z])", " ".join(policy.values())),
        "base-uri": policy.get("base-uri", "'none'") == "'none'",
        "form-action": policy.get("form-action", "'none'") == ("'self'" if is_admin else "'none'"),
        "script-src": policy.get("script-src", "'self'") == "'self'",
        "Referrer-Policy": headers.get("Referrer-Policy") == ("same-origin" if is_admin else "no-referrer"),
        "Content-Type": not is_admin or headers.get("Content-Type", "text/html").startswith("text/html"),
    }
    return [name for name, is_met in wanted.items() if not is_met]


def _may_be_kept(asked: Address, answer: httpx.Response) -> bool:
    """Whether caches are told the right thing: only our own scripts and styles are for everybody's cache."""
    kept = str(answer.headers.get("Cache-Control", ""))
    if asked.path.startswith(static_files.PREFIX) and answer.status_code < 400:
        return kept.startswith("public, max-age=")
    return kept == "no-store" or (kept.startswith("private, max-age=") and asked.path.startswith("/styles/"))


def test_no_address_is_missing() -> None:
    """Each address that stands in the code outside of the tables stands in this test's table."""
    known = {path for paths in ELSEWHERE.values() for path in paths} | {"/admin", "/static/"}
    for module in (site, admin_site, rest_site):
        source = Path(str(module.__file__)).read_text("utf-8")
        assert set(re.findall(r'"(/[a-z0-9/.-]*)"', source)) <= known
    assert {sign_in.PATH, rules_page.PATH, rest_site.WEBHOOK, rest_site.DOCS, rest_site.DESCRIPTION} <= known


async def test_every_answer(callers: Callers) -> None:
    """Who may do everything, and nobody, get answers that load nothing of others, and that no cache keeps."""
    faults = []
    for each in list_addresses():
        for is_known in (True, False):
            answer = await callers.ask(each.method, each.path, is_known=is_known)
            assert answer.status_code < 500, (each, answer.text)
            if each.path not in {*ELSEWHERE["GET"], *ELSEWHERE["POST"]}:
                assert (answer.status_code == 401) is not is_known, (each, answer.text)
                assert answer.status_code not in {403, 429}, each
            faults += [(each, is_known, fault) for fault in find_faults(each, answer)]
    assert faults == []


async def test_a_session_of_before_signing_out(callers: Callers) -> None:
    """It opens no address that has something of its person, pictures too; no address of the table is forgotten."""
    world, opened = callers.desk.world, []

    def sign_out(user: User) -> User:
        return replace(user, signed_out_at=world.now + timedelta(days=1))

    for user_id in (ME, BOSS):
        await change_user(world.ports, await open_user(world.ports, user_id), sign_out)
    for each in list_addresses():
        if each.path not in {*ELSEWHERE["GET"], *ELSEWHERE["POST"]} and not each.path.startswith("/api/"):
            opened += [each.path] if (await callers.ask(each.method, each.path)).status_code != 401 else []
    assert opened == ["/uploads", "/styles/AAAAAAAAAAAAAAAA"]  # a form without a file, and a picture of nobody


async def test_other_methods(callers: Callers) -> None:
    """HEAD is answered as GET, and nothing is done; a method that no table has for an address is refused."""
    faults: list[tuple[Address, str]] = []
    stored = copy_all(callers.desk.world)
    known = set(list_addresses())
    for each in sorted({each.path for each in known}):
        for method in (method for method in OTHERS if Address(method, each) not in known):
            answer = await callers.ask(method, each)
            assert answer.status_code in {404, 405}, (method, each)
            faults += [(Address(method, each), fault) for fault in find_faults(Address(method, each), answer)]
        assert {(await callers.ask(method, each)).status_code for method in UNHEARD} == {405}
    for address in list_addresses():
        if address.method == "GET":
            for is_known in (True, False):
                asked = await callers.ask("GET", address.path, is_known=is_known)
                answer = await callers.ask("HEAD", address.path, is_known=is_known)
                assert answer.status_code == asked.status_code, address
                faults += [(address, fault) for fault in find_faults(address, answer)]
    assert faults == []
    assert copy_all(callers.desk.world).keys() == stored.keys()


async def test_every_answer_during_an_outage(callers: Callers) -> None:
    """Where documents cannot be read, nobody is told how the program looks inside, and the headers stay."""

    async def fail(*_: object) -> None:
        raise UnavailableError("the store is out")

    store = callers.desk.world.store
    store.read = store.find = store.commit = fail  # type: ignore[method-assign,assignment]
    faults, statuses = [], set()
    for each in list_addresses():
        answer = await callers.ask(each.method, each.path)
        statuses.add(answer.status_code)
        faults += [(each, fault) for fault in find_faults(each, answer)]
    assert faults == []
    assert 503 in statuses
    assert statuses <= {200, 303, 308, 400, 401, 404, 503}  # 303: whoever is signed in needs no code
