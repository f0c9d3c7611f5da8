"""The API: who may call it, what it answers, and that nothing that anybody sends breaks it."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from shared.errors import ForbiddenError, UnauthenticatedError, UnavailableError
from shared.ports import Update
from shared.release_site import EVENTS_A_PAGE, RELEASES_A_PAGE, ReleaseSite
from shared.releases.actor import ActorKind
from shared.releases.api_description import describe_api
from shared.releases.event import find_break
from shared.releases.release import Status
from shared.releases.release_documents import release_key
from shared.releases.workflow import Claims
from shared.usage import start_usage
from tests.fakes.releases import INITIATOR, SERVICE, Releasing, digest_of, hash_of

REPOSITORY = "team/bot"
FILES = {
    "build": ("build-release.yml", "refs/heads/staging", "staging"),
    "deploy": ("deploy-production.yml", "refs/heads/main", "production"),
    "ci": ("ci.yml", "refs/heads/main", "production"),
}
ERRORS = {"nobody": UnauthenticatedError(""), "other": ForbiddenError(""), "outage": UnavailableError("")}
RELEASE = "/api/tg-bot/release"


class Tokens:
    """Implements TokenReader: the header names the workflow and the token."""

    async def read(self, authorization_header: str | None) -> Claims:
        workflow, _, token = (authorization_header or "nobody").partition(" ")
        if workflow in ERRORS:
            raise ERRORS[workflow]
        file, ref, environment = FILES[workflow]
        path = f"{REPOSITORY}/.github/workflows/{file}@{ref}"
        return Claims(REPOSITORY, ref, path, "71", "hand", str(INITIATOR), token, environment)


class Caller:
    """Calls the API, each time with a new token."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.count = client, 0

    async def call(self, method: str, path: str, workflow: str = "build", **parts: Any) -> httpx.Response:
        self.count += 1
        token = parts.pop("token", f"token-{self.count}")
        return await self.client.request(method, path, headers={"Authorization": f"{workflow} {token}"}, **parts)

    async def begin(self, tag: str = "v1.0.0", workflow: str = "build", **changes: Any) -> httpx.Response:
        said = {"service_name": SERVICE, "release_tag": tag, "commit": hash_of(tag), "tree": hash_of(tag)}
        return await self.call("POST", RELEASE, workflow, json=said | changes)

    async def report(self, status: str, rev: int, workflow: str = "build", **changes: Any) -> httpx.Response:
        said = {"id": f"{SERVICE}_v1.0.0", "status": status, "expect_rev": rev}
        token = {"token": changes.pop("token")} if "token" in changes else {}
        return await self.call("PATCH", RELEASE, workflow, json=said | changes, **token)


@pytest.fixture
async def api(releasing: Releasing) -> AsyncIterator[Caller]:
    site = ReleaseSite(Tokens(), lambda: releasing.ports)
    methods = ["GET", "POST", "PUT", "DELETE", "PATCH"]
    app = Starlette(routes=[Route("/{path:path}", site.show, methods=methods)])
    start_usage()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Caller(client)


def refusal_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return answer.status_code, problem.get("detail", "")


async def test_a_release_is_begun_and_reported(api: Caller) -> None:
    """201, a repetition 200, each report 200 with the new rev and what is allowed next; old names are understood."""
    begun, again = await api.begin(), await api.begin()
    assert (begun.status_code, again.status_code) == (201, 200)
    assert begun.json() == again.json()
    assert begun.json()["initiated_by_id"] == INITIATOR
    assert begun.json()["allowed"] == ["building"]
    building = await api.report("stage_building", 1)
    assert (building.status_code, building.json()["status"], building.json()["rev"]) == (200, "building", 2)
    evidence = {"versions": [digest_of("v1.0.0")], "is_smoke_passed": True, "is_way_back_walked": True}
    testing = await api.report("manual_testing", 2, evidence=evidence, phase="staging")
    assert (testing.status_code, testing.json()["digest"]) == (200, digest_of("v1.0.0"))


async def test_refusals_are_problems(api: Caller) -> None:
    """409 with what is allowed, 412 for an old rev, 403 for the wrong workflow, 404 for an unknown release."""
    await api.begin()
    not_allowed = await api.report("deployed", 1)
    assert refusal_of(not_allowed) == (409, "no-step")
    assert (not_allowed.json()["allowed"], not_allowed.json()["rev"]) == (["building"], 1)
    assert refusal_of(await api.report("building", 7)) == (412, "stale")
    assert refusal_of(await api.report("building", 1, "deploy")) == (403, "role")
    assert refusal_of(await api.report("building", 1, id=f"{SERVICE}_v9.9.9")) == (404, "no-release")
    assert refusal_of(await api.report("building", 1, id="../users/1")) == (404, "no-release")
    assert refusal_of(await api.begin(commit=hash_of("other"))) == (409, "taken")
    assert refusal_of(await api.begin(tag="latest")) == (409, "name")


async def test_strangers(api: Caller, releasing: Releasing, capsys: pytest.CaptureFixture[str]) -> None:
    """No token 401, another repository 403, each one line; another workflow 403 and one refused event; no keys 503."""
    await api.begin()
    capsys.readouterr()
    for workflow, status, need in (("nobody", 401, "token"), ("other", 403, "repository"), ("outage", 503, None)):
        answers = [await api.begin(workflow=workflow), await api.report("building", 1, workflow)]
        answers.append(await api.call("GET", "/api/v1/releases", workflow))
        assert [refusal_of(answer) for answer in answers] == [(status, "")] * 3
        assert ("WWW-Authenticate" in answers[0].headers) is (status == 401)
        said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        refused = [line["need"] for line in said if line["event"] == "release_refused"]
        assert refused == ([] if need is None else [need] * 3)
    for _ in range(3):
        assert refusal_of(await api.report("building", 1, "ci")) == (403, "role")
    assert refusal_of(await api.call("GET", "/api/v1/releases", "ci")) == (403, "")
    assert [event["refusal"] for event in await releasing.history("v1.0.0")] == ["", "role"]
    assert (await api.client.get("/api/v1/releases")).status_code == 401


async def test_a_replayed_token(api: Caller, releasing: Releasing) -> None:
    """A second call with one token is refused, and is one refused event."""
    await api.begin()
    await api.report("building", 1, token="one")
    for _ in range(2):
        assert refusal_of(await api.report("building", 1, token="one")) == (403, "replayed")
    assert [event["refusal"] for event in await releasing.history("v1.0.0")] == ["", "", "replayed"]


async def test_who_began_it_is_in_the_token(api: Caller) -> None:
    """A body that names another initiator is refused, one that names the token's is not."""
    assert refusal_of(await api.begin(initiated_by_id=1)) == (403, "")
    assert (await api.begin(initiated_by_id=INITIATOR)).status_code == 201


async def test_reading(api: Caller, releasing: Releasing) -> None:
    """A release, its whole history in pages, and production."""
    await releasing.bring("v1.0.0", Status.BUILDING)
    for number in range(EVENTS_A_PAGE):
        await releasing.report(ActorKind.BUILD, "v1.0.0", Status.BUILDING, phase=f"step {number}")
    path = f"/api/v1/releases/{SERVICE}_v1.0.0"
    release = (await api.call("GET", path)).json()
    assert (release["status"], release["phase"], release["votes"]) == ("building", f"step {EVENTS_A_PAGE - 1}", 0)
    first = (await api.call("GET", f"{path}/events")).json()
    second = (await api.call("GET", f"{path}/events", params={"after": first["next"]})).json()
    assert (len(first["events"]), len(second["events"]), second["next"]) == (EVENTS_A_PAGE, 2, None)
    kept = await releasing.read("v1.0.0")
    assert find_break(replace(kept, event_count=1, event_hash=first["events"][0]["hash"]), first["events"][:1]) is None
    assert (await api.call("GET", f"{path}/events", params={"after": "99"})).json() == {"events": [], "next": None}
    await releasing.bring("v1.1.0", Status.DEPLOYED)
    production = (await api.call("GET", "/api/v1/environments/production")).json()
    assert (production["live"], production["moving"]) == ({SERVICE: f"{SERVICE}_v1.1.0"}, "")


async def test_a_list_goes_by_pages(api: Caller, releasing: Releasing) -> None:
    """The newest first, five a page, each page with as many reads; of one service too."""
    for number in range(RELEASES_A_PAGE + 2):
        releasing.clock.advance(1)
        await releasing.begin(f"v1.0.{number}")
        await releasing.begin(f"v1.0.{number}", service_name="other")
    usage = start_usage()
    first = (await api.call("GET", "/api/v1/releases", params={"service": SERVICE})).json()
    assert usage.store_reads <= RELEASES_A_PAGE + 1
    assert [each["release_tag"] for each in first["releases"]] == [f"v1.0.{number}" for number in (6, 5, 4, 3, 2)]
    parameters = {"service": SERVICE, "after": first["next"]}
    second = (await api.call("GET", "/api/v1/releases", params=parameters)).json()
    assert [each["release_tag"] for each in second["releases"]] == ["v1.0.1", "v1.0.0"]
    assert second["next"] == ""
    both = (await api.call("GET", "/api/v1/releases")).json()
    assert {each["service_name"] for each in both["releases"]} == {SERVICE, "other"}
    raw = f"/api/v1/releases?service={SERVICE}&after={first['next']}"  # as somebody types it, with its plus
    assert (await api.call("GET", raw)).json() == second


async def test_a_release_that_cannot_be_read_hides_no_other(api: Caller, releasing: Releasing) -> None:
    """The page is shown without it, and the next one follows."""
    for number in range(RELEASES_A_PAGE + 1):
        releasing.clock.advance(1)
        await releasing.begin(f"v1.0.{number}")
    [record] = await releasing.store.read([release_key(f"{SERVICE}_v1.0.1")])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"rev": "two"}, record.version)])
    page = (await api.call("GET", "/api/v1/releases")).json()
    assert [each["release_tag"] for each in page["releases"]] == ["v1.0.5", "v1.0.4", "v1.0.3", "v1.0.2"]
    page = (await api.call("GET", "/api/v1/releases", params={"after": page["next"]})).json()
    assert [each["release_tag"] for each in page["releases"]] == ["v1.0.0"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/releases?service=../x", 400),
        ("/api/v1/releases?after=yesterday,nanobanana_v1.0.0", 400),
        ("/api/v1/releases?after=2026-01-01,nanobanana_v1.0.0", 400),
        ("/api/v1/releases?after=2026-01-01T00:00:00%2B00:00,x", 400),
        ("/api/v1/releases/nanobanana_v1.0.0", 404),
        ("/api/v1/releases/nanobanana_v1.0.0/events", 404),
        ("/api/v1/releases/%2e%2e", 404),
        ("/api/v1/environments/staging", 404),
        ("/api/v1/", 404),
        ("/api", 404),
    ],
)
async def test_what_is_not_there(api: Caller, path: str, status: int) -> None:
    """Unknown pages, and parameters that no page gives."""
    assert refusal_of(await api.call("GET", path))[0] == status


async def test_other_parameters_and_methods(api: Caller) -> None:
    """A page of a history that is no number; methods that nothing here has; the one page for everybody."""
    await api.begin()
    path = f"/api/v1/releases/{SERVICE}_v1.0.0/events"
    for after in ("-1", "²", "9" * 30, "x"):
        assert refusal_of(await api.call("GET", path, params={"after": after})) == (400, "after")
    for method, page in (("PUT", RELEASE), ("GET", RELEASE), ("POST", "/api/v1/releases"), ("DELETE", path)):
        assert refusal_of(await api.call(method, page))[0] == 405
    health = await api.client.get("/api/tg-bot/health")
    assert (health.status_code, health.headers["Cache-Control"]) == (200, "no-store")


async def test_the_description_is_complete(api: Caller) -> None:
    """Every page of the description is there, and what the pages need is described."""
    described = (await api.call("GET", "/api/v1/openapi.json")).json()
    assert described == describe_api()
    named = set(described["components"]["schemas"])
    assert {part.split("#/components/schemas/")[1].split('"')[0] for part in _references(described)} == named
    await api.begin()
    for path, methods in described["paths"].items():
        for method in methods:
            filled = path.replace("{id}", f"{SERVICE}_v1.0.0").replace("{name}", "production")
            answer = await api.call(method.upper(), filled)
            assert str(answer.status_code) in methods[method]["responses"]
            assert answer.status_code not in {404, 405}


def _references(document: Any) -> list[str]:
    return [part for part in json.dumps(document).split('"$ref": ') if part.startswith('"#/components')]


GOOD: dict[str, Any] = {
    "id": f"{SERVICE}_v1.0.0",
    "status": "building",
    "expect_rev": 1,
    "phase": "p",
    "reason": "r",
    "rollback_to_tag": "v0.0.1",
    "evidence": {"tree": "t", "versions": ["v"], "is_smoke_passed": True},
    "service_name": SERVICE,
    "release_tag": "v1.0.0",
    "commit": hash_of("v1.0.0"),
    "tree": hash_of("v1.0.0"),
    "kind": "release",
    "initiated_by_id": INITIATOR,
}
BAD: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**80, 1.5, float("nan"), "", "x" * 70_000, "\ud800", "\x00", "__x__", "../..", "v1.0.0/x"),
    *([], ["x"] * 300, [[]], {}, {"versions": [1]}, {"versions": "x", "tree": []}, {"is_smoke_passed": 1}),
)


async def test_malformed_bodies(api: Caller, is_long: bool) -> None:  # noqa: FBT001 — a fixture
    """Hundreds of bodies, each wrong in one or more fields, cut off or no JSON at all: none is our fault."""
    await api.begin()
    chance = random.Random(16)  # noqa: S311 — repeatable on purpose
    for number in range(2000 if is_long else 300):
        said = dict(GOOD)
        for name in chance.sample(sorted(GOOD), chance.randint(1, 3)):
            said[name] = chance.choice(BAD)
            if chance.random() < 0.2:
                del said[name]
        body = json.dumps(said).encode()
        if number % 10 == 0:
            body = chance.choice([body[: len(body) // 2], b"", b"[]", b"\xff\xfe", b"[" * 50_000, b'"x"', b"null"])
        method, workflow = chance.choice(["POST", "PATCH"]), chance.choice(["build", "deploy", "ci"])
        answer = await api.call(method, RELEASE, workflow, content=body)
        assert answer.status_code < 500, body[:2000]
