"""`releases` as deployed: workflows by GitHub's signature, Telegram by the release bot's secret, nobody else."""

import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import UnavailableError
from shared.ports import Key, Update
from shared.release_hook import UPDATE, UPDATE_BYTES_MAX
from shared.releases.release import Status
from shared.releases.release_documents import environment_key, member_key, release_key
from shared.wiring import Once
from tests.contracts.http_server import Server, serve_http
from tests.contracts.test_github_oidc import AUDIENCE, ISSUER, REPOSITORY_ID, show_keys, sign
from tests.fakes.releases import DEVELOPER, MANAGER, QA, SERVICE, Releasing, hash_of
from tests.fakes.store import FakeStore
from tests.functions.conftest import SECRET, Function, Load

BUILD = "team/bot/.github/workflows/build-release.yml@refs/heads/staging"
OF_BUILD = {"job_workflow_ref": BUILD, "ref": "refs/heads/staging", "environment": "staging"}
RELEASE = "/api/tg-bot/release"
BODY = {"service_name": SERVICE, "release_tag": "v1.0.0", "commit": hash_of("a"), "tree": hash_of("b")}
BODIES = 1_000
STRANGER = 77


def ask(sender: int, language: str = "en", **changes: Any) -> bytes:
    message = {
        "message_id": 1,
        "from": {"id": sender, "is_bot": False, "first_name": "Ann", "language_code": language},
        "chat": {"id": sender, "type": "private"},
        "text": "/start",
    }
    return json.dumps({"update_id": 1, "message": message | changes}).encode()


@pytest.fixture
def keys() -> Iterator[Server]:
    with serve_http(show_keys) as server:
        yield server


@pytest.fixture
def releasing() -> Releasing:
    return Releasing(FakeStore())


@pytest.fixture
def env(keys: Server) -> dict[str, str]:
    return {
        "GOOGLE_CLOUD_PROJECT": "test-project",
        "RELEASES_URL": AUDIENCE,
        "GITHUB_REPOSITORY_ID": REPOSITORY_ID,
        "GITHUB_OIDC_ISSUER": ISSUER,
        "GITHUB_OIDC_JWKS_URL": keys.url,
        "RELEASE_WEBHOOK_SECRET": SECRET,
    }


def prepare(function: Function, releasing: Releasing, monkeypatch: pytest.MonkeyPatch) -> Function:
    monkeypatch.setattr(function.module, "ports", Once(lambda: releasing.ports))
    monkeypatch.setattr(function.module.hook, "_ports", lambda: releasing.ports)
    return function


@pytest.fixture
async def function(
    load: Load, env: dict[str, str], releasing: Releasing, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Function]:
    made = prepare(load("releases", env), releasing, monkeypatch)
    yield made
    await made.client.aclose()


async def rewrite(releasing: Releasing, key: Key, **changes: Any) -> None:
    """Change a document by hand."""
    [record] = await releasing.store.read([key])
    assert record is not None
    await releasing.store.commit([Update(key, changes, record.version)])


async def begin(function: Function, token: str, body: dict[str, Any] | bytes = BODY) -> tuple[int, dict[str, Any]]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = await function.client.post(RELEASE, content=content, headers={"Authorization": token} if token else {})
    return answer.status_code, answer.json()


async def tell(function: Function, body: bytes, secret: str = SECRET) -> tuple[int, dict[str, Any]]:
    answer = await function.post(UPDATE, body, X_Telegram_Bot_Api_Secret_Token=secret)
    return answer.status_code, answer.json()


async def test_a_workflow_begins_and_reads_a_release(function: Function) -> None:
    """With GitHub's token the release is there, a repetition finds it, and the API shows it; without one nothing."""
    assert (await begin(function, sign(jti="1", **OF_BUILD)))[0] == 201
    assert (await begin(function, sign(jti="2", **OF_BUILD)))[0] == 200
    for path in ("releases", f"releases/{SERVICE}_v1.0.0", "environments/production", "openapi.json"):
        headers = {"Authorization": sign(jti=path, **OF_BUILD)}
        assert (await function.client.get(f"/api/v1/{path}", headers=headers)).status_code == 200
        assert (await function.client.get(f"/api/v1/{path}")).status_code == 401
    assert (await function.client.get("/api/tg-bot/health")).status_code == 200
    assert (await function.client.get("/ready")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "detail"),
    [
        (None, 401, ""),
        ({"iss": "https://elsewhere.test"}, 401, ""),
        ({"aud": "https://other.test"}, 401, ""),
        ({"exp": 1_000_000}, 401, ""),
        ({"jti": None}, 401, ""),
        ({"key_id": "another"}, 401, ""),
        ({"repository_id": "75"}, 403, ""),
        ({"job_workflow_ref": "evil/bot/.github/workflows/build-release.yml@refs/heads/staging"}, 403, "role"),
        ({"job_workflow_ref": "team/bot/.github/workflows/ci.yml@refs/heads/staging"}, 403, "role"),
        ({"job_workflow_ref": "team/bot/.github/workflows/rollback.yml@refs/heads/main"}, 403, "role"),
        ({"ref": "refs/heads/feature/mine"}, 403, "role"),
        ({"environment": "production"}, 403, "role"),
        ({"environment": None}, 403, "role"),
    ],
)
async def test_who_is_refused(
    function: Function, releasing: Releasing, changes: dict[str, Any] | None, status: int, detail: str
) -> None:
    """No token, another issuer, audience, time, key or repository: 401 or 403; a workflow of ours that may not: 403."""
    token = "" if changes is None else sign(**(OF_BUILD | changes))
    answered, problem = await begin(function, token)
    assert (answered, problem["status"], problem.get("detail", "")) == (status, status, detail)
    assert await releasing.store.read([release_key(f"{SERVICE}_v1.0.0")]) == [None]


async def test_a_token_is_good_once(function: Function) -> None:
    """A replayed token is refused, and so is a body that names another initiator."""
    token = sign(jti="once", **OF_BUILD)
    assert (await begin(function, token))[0] == 201
    assert await begin(function, token) == (
        403,
        {
            "type": "urn:release:replayed",
            "title": "forbidden",
            "status": 403,
            "detail": "replayed",
            "allowed": ["building"],
            "rev": 1,
        },
    )
    status, _ = await begin(function, sign(jti="other", **OF_BUILD), BODY | {"initiated_by_id": 5})
    assert status == 403


def spoil(chance: random.Random, good: bytes) -> bytes:
    """A body with a few bytes changed, cut or doubled, or a value of another type in one place."""
    if chance.random() < 0.5:
        changed = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(changed))
            changed[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
        return bytes(changed[: chance.randint(0, len(changed))])
    value: Any = chance.choice([None, 0, -1, 2**70, True, "", "x" * 300, [], {}, [[[]]], {"id": 1}, "\ud800", 1.5])
    parsed = json.loads(good)
    place = parsed
    while isinstance(inner := place[name := chance.choice(list(place))], dict) and chance.random() < 0.7:
        place = inner
    place[name] = value
    return json.dumps(parsed).encode()


async def test_malformed_bodies(function: Function, releasing: Releasing) -> None:
    """A thousand malformed bodies, half of them updates: no 5xx, and each answer is JSON."""
    chance = random.Random(16)  # noqa: S311 — repeatable, not secret
    await releasing.invite_all()
    statuses = set[int]()
    for number in range(BODIES // 2):
        body = spoil(chance, json.dumps(BODY | {"kind": "hotfix"}).encode())
        statuses.add((await begin(function, sign(jti=f"body-{number}", **OF_BUILD), body))[0])
        statuses.add((await tell(function, spoil(chance, ask(QA))))[0])
    assert max(statuses) < 500
    assert 400 in statuses


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x"])
async def test_nobody_else_is_telegram(function: Function, secret: str) -> None:
    """Another secret is refused before the body is read."""
    assert (await tell(function, ask(QA), secret))[0] == 401


async def test_without_a_release_bot(
    load: Load, env: dict[str, str], releasing: Releasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no secret is set everybody is refused, with an empty header too."""
    function = prepare(load("releases", env | {"RELEASE_WEBHOOK_SECRET": ""}), releasing, monkeypatch)
    assert (await tell(function, ask(QA), ""))[0] == 401
    assert (await function.post(UPDATE, ask(QA))).status_code == 401


@pytest.mark.parametrize(("language", "word"), [("en", "not a member"), ("ru", "вас в ней нет")])
async def test_a_stranger_learns_their_number(function: Function, language: str, word: str) -> None:
    """Who is no member sees nothing of the releases, but what to do."""
    status, answer = await tell(function, ask(STRANGER, language))
    assert (status, answer["method"], answer["chat_id"], answer["parse_mode"]) == (200, "sendMessage", STRANGER, "HTML")
    assert word in answer["text"]
    assert f"<code>{STRANGER}</code>" in answer["text"]
    assert SERVICE not in answer["text"]


async def test_a_removed_member_is_a_stranger(function: Function, releasing: Releasing) -> None:
    """Whoever was a member and is none any more, or has no role, is told so."""
    await releasing.invite_all()
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    changes: list[dict[str, Any]] = [{"roles": []}, {"roles": ["admin"], "is_active": False}]
    for change in changes:
        await rewrite(releasing, member_key(DEVELOPER), **change)
        _, answer = await tell(function, ask(DEVELOPER))
        assert "not a member" in answer["text"]
        assert SERVICE not in answer["text"]


async def test_a_member_sees_what_runs(function: Function, releasing: Releasing) -> None:
    """Live, candidate, what moves, hold and freeze, the newest five and the member's roles, in both languages."""
    await releasing.invite_all()
    _, empty = await tell(function, ask(MANAGER))
    assert "no release yet" in empty["text"]
    await releasing.bring("v1.0.0", Status.DEPLOYED)
    await releasing.bring("v1.1.0", Status.DEPLOYING)
    until = releasing.clock.now().replace(year=2099)
    changes = {"hold": "<b>bad</b> & worse", "frozen_until": until, "freeze_reason": "a holiday"}
    await rewrite(releasing, environment_key("production"), **changes)
    _, english = await tell(function, ask(MANAGER))
    for words in (
        *(f"<b>{SERVICE} v1.0.0</b>", f"On staging: {SERVICE} v1.1.0", f"rolled back: {SERVICE} v1.1.0"),
        *("&lt;b&gt;bad&lt;/b&gt; &amp; worse", "2099", "a holiday", "v1.1.0 · being deployed", "release manager"),
    ):
        assert words in english["text"]
    await rewrite(releasing, environment_key("production"), hold=f"{SERVICE}_v1.1.0: production_failed")
    _, russian = await tell(function, ask(MANAGER, "ru"))
    assert f"Новое не выпускается: {SERVICE} v1.1.0 · сбой в продакшене" in russian["text"]
    assert "v1.1.0 · выкатывается" in russian["text"]
    assert len(english["text"]) < 4096


async def test_what_is_not_a_question(function: Function, releasing: Releasing) -> None:
    """A group, a channel, a press or an edit is taken and not answered, and an endless update is taken unread."""
    await releasing.invite_all()
    group = ask(QA, chat={"id": -100, "type": "supergroup"})
    nobody = json.dumps({"update_id": 2, "message": {"chat": {"id": 5, "type": "private"}}}).encode()
    press = json.dumps({"update_id": 3, "callback_query": {"id": "1"}}).encode()
    for body in (group, nobody, press, b"x" * (UPDATE_BYTES_MAX + 1)):
        assert await tell(function, body) == (200, {"ok": True})


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", ask(QA, chat={"id": 6, "type": "private"}), b"\xff"])
async def test_an_update_that_cannot_be_read(function: Function, body: bytes) -> None:
    """It must not come again: 200, whatever it is; somebody else's private chat is nobody's question."""
    assert await tell(function, body) == (200, {"error": "UnusableUpdateError"})


async def test_documents_that_cannot_be_read(function: Function, releasing: Releasing) -> None:
    """One broken release is left out, a later state is named as stored; a broken member is told what it means, and
    Telegram need not repeat."""
    await releasing.invite_all()
    for tag in ("v1.0.0", "v1.0.1", "v1.0.2"):
        await releasing.begin(tag)
    await rewrite(releasing, release_key(f"{SERVICE}_v1.0.1"), created_at="yesterday")
    await rewrite(releasing, release_key(f"{SERVICE}_v1.0.2"), status="unheard-of")
    await rewrite(releasing, member_key(QA), roles=["qa", "unheard-of"])
    _, answer = await tell(function, ask(QA))
    assert "v1.0.0" in answer["text"]
    assert "v1.0.1" not in answer["text"]
    assert "v1.0.2 · unheard-of" in answer["text"]
    assert "QA, unheard-of" in answer["text"]
    await rewrite(releasing, member_key(QA), roles=5)
    status, answer = await tell(function, ask(QA))
    assert (status, "cannot be read" in answer["text"]) == (200, True)


async def test_an_outage_of_the_store(
    function: Function, releasing: Releasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram is asked to come again."""

    async def fail(*_: Any) -> Any:
        raise UnavailableError("out")

    monkeypatch.setattr(releasing.store, "read", fail)
    assert (await tell(function, ask(QA)))[0] == 503


def test_the_entry_point_is_thin() -> None:
    """At most sixty lines: what decides is in the room."""
    path = Path(__file__).parents[2] / "functions/releases/main.py"
    assert len(path.read_text("utf-8").splitlines()) <= 60
