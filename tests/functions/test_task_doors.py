"""The door of every function that tasks call: a token of the right account for this very function, or nothing."""

import pytest

from infra.functions import WORKERS
from infra.local.tasks.oidc import TokenSigner
from shared.wiring import Once
from tests.functions.conftest import ACCOUNT, URLS, Function, Load
from tests.world import World

Lines = pytest.CaptureFixture[str]


@pytest.fixture(params=WORKERS)
def function(
    request: pytest.FixtureRequest, load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch
) -> Function:
    loaded = load_task(request.param)
    monkeypatch.setattr(loaded.module, "ports", Once(lambda: world.ports))
    return loaded


async def test_no_token(function: Function, world: World) -> None:
    """A request without a token is refused before anything is read."""
    function.token = ""
    answer = await function.post("/", b"x" * 100)
    assert (answer.status_code, answer.json()) == (403, {"error": "ForbiddenError"})
    assert world.store.collection("quarantine") == {}


async def test_wrong_token(function: Function, signer: TokenSigner) -> None:
    """Nor does somebody else's token, one for another function or one of another issuer open the door."""
    own = URLS[f"{function.name.upper()}_URL"]
    tokens = [
        "Bearer nonsense",
        "Basic dTpw",
        f"Bearer {signer.token('stranger@example.com', own)}",
        f"Bearer {signer.token(ACCOUNT, 'https://other.test')}",
        f"Bearer {TokenSigner('https://issuer.test').token(ACCOUNT, own)}",
    ]
    for token in tokens:
        function.token = token
        assert (await function.post()).status_code == 403, token


async def test_nobody_knows_the_keys(load_task: Load) -> None:
    """When the keys cannot be had nobody comes in, but may come again."""
    function = load_task("bot", TASKS_OIDC_JWKS_URL="http://127.0.0.1:1/jwks")
    assert (await function.post()).status_code == 503


async def test_probes(function: Function, world: World) -> None:
    """The three probes need no token."""
    function.token = ""
    assert (await function.client.get("/health")).json() == {"status": "ok", "function": function.name}
    assert (await function.client.get("/ready")).json() == {"status": "ready"}
    assert (await function.client.get("/version")).json()["function"] == function.name
    assert (await function.client.get("/")).status_code == 404
    assert (await function.client.delete("/")).status_code == 405


async def test_store_is_out(function: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its store a function is alive, but not ready."""

    def fail() -> None:
        raise ConnectionError("no store")

    monkeypatch.setattr(function.module, "ports", Once(fail))
    assert (await function.client.get("/ready")).status_code == 503
    assert (await function.client.get("/health")).status_code == 200


async def test_bug(function: Function, monkeypatch: pytest.MonkeyPatch, capsys: Lines) -> None:
    """An unexpected error is a 500 with a line that says where it came from, and an answer that does not."""

    def fail() -> None:
        raise ZeroDivisionError("private words")

    monkeypatch.setattr(function.module, "ports", Once(fail))
    body = b'{"job": "abcdefgh01234567", "update_id": 1, "message": 1}'
    answer = await function.post("/", body, X_CloudTasks_TaskRetryCount="1")
    assert (answer.status_code, answer.json()) == (500, {"error": "ZeroDivisionError"})
    lines = capsys.readouterr().out
    assert "stack_trace" in lines
    assert "Bearer" not in lines


def test_settings_are_wrong(load_task: Load) -> None:
    """A function without its own address, which its tokens are for, does not start."""
    for name in WORKERS:
        with pytest.raises(SystemExit, match=f"{name.upper()}_URL"):
            load_task(name, **{f"{name.upper()}_URL": ""})
