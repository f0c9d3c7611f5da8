"""`releases` as deployed: workflows by GitHub's signature, Telegram by the release bot's secret, nobody else."""

import json
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.tasks.oidc import TokenSigner
from shared.errors import UnavailableError
from shared.release_hook import UPDATE, UPDATE_BYTES_MAX
from shared.release_site import BODY_BYTES_MAX
from shared.releases.change_release import SEND_AFTER
from shared.releases.publish_release import SEND_PATH
from shared.releases.release import LIMITS, OutgoingKind, Status
from shared.releases.release_documents import release_key
from shared.wiring import Once
from tests.contracts.http_server import Server, serve_http
from tests.contracts.test_github_oidc import AUDIENCE, ISSUER, REPOSITORY_ID, show_keys, sign
from tests.fakes.release_chat import ReleaseChat
from tests.fakes.releases import MANAGER, QA, SERVICE, Releasing, hash_of
from tests.fakes.store import FakeStore
from tests.functions.conftest import ACCOUNT, SECRET, Function, Load

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
def env(keys: Server, signer: TokenSigner) -> dict[str, str]:
    return {
        "GOOGLE_CLOUD_PROJECT": "test-project",
        "GOOGLE_CLOUD_LOCATION": "europe-west1",
        "RELEASE_TASKS_ACCOUNT": ACCOUNT,
        "TASKS_OIDC_ISSUER": signer.issuer,
        "TASKS_OIDC_JWKS_URL": f"{signer.issuer}/jwks",
        "RELEASES_URL": AUDIENCE,
        "GITHUB_REPOSITORY_ID": REPOSITORY_ID,
        "GITHUB_OIDC_ISSUER": ISSUER,
        "GITHUB_OIDC_JWKS_URL": keys.url,
        "RELEASE_WEBHOOK_SECRET": SECRET,
    }


def prepare(function: Function, releasing: Releasing, monkeypatch: pytest.MonkeyPatch) -> Function:
    sender = releasing.sender
    chat = ReleaseChat(releasing)
    releasing.sender = sender
    monkeypatch.setattr(function.module, "ports", Once(lambda: releasing.ports))
    monkeypatch.setattr(function.module, "bot", Once(lambda: chat.ports))
    monkeypatch.setattr(function.module, "sender", Once(lambda: releasing.sender))
    monkeypatch.setattr(function.module.hook, "_bot", lambda: chat.ports)
    monkeypatch.setattr(function.module.tasks, "_ports", lambda: releasing.ports)
    monkeypatch.setattr(function.module.tasks, "_sender", lambda: releasing.sender)
    monkeypatch.setattr(function.module.tasks, "_bot", lambda: chat.ports)
    return function


@pytest.fixture
async def function(
    load: Load, env: dict[str, str], releasing: Releasing, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Function]:
    made = prepare(load("releases", env), releasing, monkeypatch)
    yield made
    await made.client.aclose()


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
    function: Function,
    releasing: Releasing,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any] | None,
    status: int,
    detail: str,
) -> None:
    """No token, another issuer, audience, time, key or repository: 401 or 403; a workflow of ours that may not: 403.

    Each is one line, and the latter one refused event of the release that is there.
    """
    token = "" if changes is None else sign(**(OF_BUILD | changes))
    capsys.readouterr()
    answered, problem = await begin(function, token)
    assert (answered, problem["status"], problem.get("detail", "")) == (status, status, detail)
    assert await releasing.store.read([release_key(f"{SERVICE}_v1.0.0")]) == [None]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines].count("release_refused") == 1
    await releasing.begin("v1.0.0")
    assert (await begin(function, token))[0] == status
    refused = [event["refusal"] for event in await releasing.history("v1.0.0") if event["refusal"]]
    assert refused == ([detail] if detail else [])


async def test_a_token_is_good_once(function: Function, releasing: Releasing) -> None:
    """A replayed token is refused, and so is a body that names another initiator; each is one event."""
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
    refused = [event["refusal"] for event in await releasing.history("v1.0.0") if event["refusal"]]
    assert refused == ["replayed", "initiator"]
    status, _ = await begin(
        function, sign(jti="third", **OF_BUILD), BODY | {"release_tag": "v9.9.9", "initiated_by_id": 5}
    )
    assert status == 403
    assert await releasing.store.read([release_key(f"{SERVICE}_v9.9.9")]) == [None]


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


async def test_endless_bodies(function: Function) -> None:
    """A report that is too long is refused, an update that is too long is taken unread: it must not come again."""
    headers = {"Authorization": sign(jti="endless", **OF_BUILD)}
    answer = await function.client.post(RELEASE, content=b" " * (BODY_BYTES_MAX + 1), headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert await tell(function, b"x" * (UPDATE_BYTES_MAX + 1)) == (200, {"ok": True})


# --- Telegram ---------------------------------------------------------------------------------------------------


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


async def test_a_secret_without_a_token(load: Load, env: dict[str, str]) -> None:
    """A bot that is half set up takes updates and answers none."""
    assert await tell(load("releases", env), ask(QA)) == (200, {"ok": True})


async def test_a_question_is_answered(function: Function, releasing: Releasing) -> None:
    """A member gets a message of the bot; a stranger too, which says nothing of the releases."""
    await releasing.invite_all()
    await releasing.begin("v1.0.0")
    for person in (MANAGER, STRANGER):
        assert await tell(function, ask(person)) == (200, {"ok": True})
    chats = function.module.hook._bot().messenger.chats
    shown = {person: [each.text for each in messages.values()] for person, messages in chats.items()}
    assert len(shown[MANAGER]) == 1
    assert SERVICE not in "".join(shown[STRANGER])


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", ask(QA, chat={"id": 6, "type": "private"}), b"\xff"])
async def test_an_update_that_cannot_be_read(function: Function, body: bytes) -> None:
    """It must not come again: 200, whatever it is; somebody else's private chat is nobody's question."""
    assert await tell(function, body) == (200, {"error": "UnusableUpdateError"})


async def test_an_outage_of_the_store(
    function: Function, releasing: Releasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram is asked to come again."""

    async def fail(*_: Any) -> Any:
        raise UnavailableError("out")

    monkeypatch.setattr(releasing.store, "read", fail)
    assert (await tell(function, ask(QA)))[0] == 503


# --- tasks and the scheduler ------------------------------------------------------------------------------------


async def test_what_tasks_do(function: Function, releasing: Releasing, signer: TokenSigner) -> None:
    """GitHub is down at the last approval: the next minute's call makes a task, and the workflow starts.

    At its deadline the release ends. Each minute Telegram is asked about the release bot's webhook.
    """
    await releasing.invite_all()
    await releasing.bring("v1.0.0", Status.MANUAL_TEST_PASSED)
    function.token = f"Bearer {signer.token(ACCOUNT, AUDIENCE)}"
    task = json.dumps({"release": f"{SERVICE}_v1.0.0"}).encode()
    releasing.sender.out = {OutgoingKind.DEPLOYMENT}
    assert (await function.post(SEND_PATH, task)).status_code == 200
    assert releasing.sender.count(OutgoingKind.DEPLOYMENT) == 0
    releasing.sender.out, releasing.published[:] = set(), []
    releasing.clock.advance(SEND_AFTER.total_seconds())
    assert (await function.post("/")).json() == {"ok": True, "due": 1}
    assert releasing.published == [f"{SERVICE}_v1.0.0"]
    assert (await function.post(SEND_PATH, task)).status_code == 200
    assert releasing.sender.count(OutgoingKind.DEPLOYMENT) == 1
    releasing.clock.advance(LIMITS[Status.MANUAL_TEST_PASSED].total_seconds())
    assert (await function.post("/")).status_code == 200
    assert (await releasing.read("v1.0.0")).status is Status.CANCELLED
    assert (await function.post(SEND_PATH, b"{}")).json() == {"error": "UnusableUpdateError"}
    calls = function.module.tasks._bot().messenger.calls
    assert [call.method for call in calls].count("read_webhook") == 2


@pytest.mark.parametrize("path", ["/", SEND_PATH])
async def test_who_is_no_task(function: Function, signer: TokenSigner, path: str) -> None:
    """Nobody, a workflow, the account of the product's tasks, and a token for another function are refused."""
    product = "task-caller@test-project.iam.gserviceaccount.com"
    for token in (
        "",
        sign(**OF_BUILD),
        f"Bearer {signer.token(product, AUDIENCE)}",
        f"Bearer {signer.token(ACCOUNT, 'https://bot.test')}",
    ):
        function.token = token
        assert (await function.post(path, b"{}")).status_code == 403


def test_the_entry_point_is_thin() -> None:
    """At most sixty lines: what decides is in the room."""
    path = Path(__file__).parents[2] / "functions/releases/main.py"
    assert len(path.read_text("utf-8").splitlines()) <= 60
