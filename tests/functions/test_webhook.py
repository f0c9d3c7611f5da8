"""`webhook` as deployed: in front of everything, and holding nothing."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from google.cloud import tasks_v2

from shared.adapters.targets import list_queues
from shared.telegram.rollout import is_candidate_chat, lane_of
from tests.contracts.http_server import Reply, Request, serve_http
from tests.functions.conftest import QUEUE, SECRET, Function, Load

ROOT = Path(__file__).resolve().parents[2]
ENV = QUEUE | {"BOT_URL": "https://bot.test", "TELEGRAM_WEBHOOK_SECRET": SECRET}
CANDIDATE = {"CANDIDATE_BOT_URL": "https://r-1---bot.test", "CANDIDATE_PERCENT": "25", "STAFF_CHAT_IDS": "7"}
UPDATE = b'{"update_id": 1, "message": {"text": "\\u043b\\u0438\\u0441\\u0430"}}'
Lines = pytest.CaptureFixture[str]


@dataclass
class Queue:
    """What Cloud Tasks stored."""

    tasks: list[tasks_v2.Task] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    """The short name of the queue of each."""
    is_out: bool = False

    def create_task(self, request: Request) -> Reply:
        if self.is_out:
            return Reply(503)
        self.tasks.append(tasks_v2.CreateTaskRequest.from_json(request.body).task)
        self.parents.append(request.path.split("/")[-2])
        return Reply(body=b"{}")


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def cloud_tasks(queue: Queue) -> Iterator[str]:
    """Where Cloud Tasks listens."""
    with serve_http(queue.create_task) as server:
        yield server.url.removeprefix("http://")


@pytest.fixture
async def webhook(load: Load, cloud_tasks: str) -> AsyncIterator[Function]:
    function = load("webhook", ENV | {"CLOUD_TASKS_EMULATOR_HOST": cloud_tasks})
    yield function
    await function.module.queue.get().close()


async def post(webhook: Function, body: bytes, secret: str | bytes = SECRET) -> tuple[int, dict[str, object]]:
    header = secret.encode() if isinstance(secret, str) else secret
    answer = await webhook.client.post("/", content=body, headers=[(b"X-Telegram-Bot-Api-Secret-Token", header)])
    return answer.status_code, answer.json()


async def test_update_is_stored(webhook: Function, queue: Queue) -> None:
    """The bytes become one task for `bot`, unchanged, and only then Telegram hears 200."""
    assert await post(webhook, UPDATE) == (200, {"ok": True})
    [task] = queue.tasks
    assert (task.http_request.body, task.http_request.url) == (UPDATE, "https://bot.test/")
    assert task.http_request.oidc_token.audience == "https://bot.test"


@pytest.mark.parametrize("path", ["/webhooks/telegram", "/api/v1/webhooks/telegram"])
async def test_the_old_names_are_the_same_door(webhook: Function, queue: Queue, path: str) -> None:
    """The webhook takes updates under any path, and wants its secret under each."""
    refused = await webhook.client.post(path, content=UPDATE)
    assert (refused.status_code, queue.tasks) == (401, [])
    stored = await webhook.client.post(path, content=UPDATE, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})
    assert (stored.status_code, len(queue.tasks)) == (200, 1)


async def test_anything_authentic_is_stored(webhook: Function, queue: Queue) -> None:
    """An invalid update is passed on too: `bot` quarantines it."""
    for body in (b"", b"not json", b"\xff\x00"):
        assert (await post(webhook, body))[0] == 200
    assert [task.http_request.body for task in queue.tasks] == [b"", b"not json", b"\xff\x00"]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "секрет", b"\xff\xfe"])
async def test_wrong_secret(webhook: Function, queue: Queue, secret: str | bytes) -> None:
    """Without the very secret nothing is stored, whatever it is made of."""
    assert await post(webhook, UPDATE, secret) == (401, {"error": "UnauthenticatedError"})
    assert queue.tasks == []


async def test_missing_secret(webhook: Function, queue: Queue) -> None:
    """Nor without any."""
    assert (await webhook.post("/", UPDATE)).status_code == 401
    assert queue.tasks == []


@pytest.fixture
async def trying(load: Load, cloud_tasks: str) -> AsyncIterator[Function]:
    """A webhook while a release is tried on a quarter of the chats."""
    function = load("webhook", ENV | CANDIDATE | {"CLOUD_TASKS_EMULATOR_HOST": cloud_tasks})
    yield function
    await function.module.queue.get().close()
    await function.module.candidate_queue.get().close()


async def test_chats_of_a_candidate(trying: Function, queue: Queue) -> None:
    """The chosen chats' updates go to the candidate, unchanged; the token is for `bot` itself, whatever is called."""
    for chat_id in range(400):
        assert (await post(trying, json.dumps({"message": {"chat": {"id": chat_id}}}).encode()))[0] == 200
    urls = {json.loads(task.http_request.body)["message"]["chat"]["id"]: task.http_request.url for task in queue.tasks}
    chosen = {chat_id for chat_id, url in urls.items() if url == "https://r-1---bot.test/"}
    assert chosen == {chat_id for chat_id in range(400) if is_candidate_chat(chat_id, 25, {7})}
    assert len(urls) == 400
    assert 70 < len(chosen) < 130
    assert {urls[chat_id] for chat_id in urls.keys() - chosen} == {"https://bot.test/"}
    assert {task.http_request.oidc_token.audience for task in queue.tasks} == {"https://bot.test"}


async def test_unreadable_stays_with_stable(trying: Function, queue: Queue) -> None:
    """The candidate does not handle updates without a chat."""
    for body in (b"", b"\xff\x00", b'{"update_id": 1}', b"[" * 100_000, b'{"message": {"chat": {"id": "7"}}}'):
        assert (await post(trying, body))[0] == 200
    assert [task.http_request.url for task in queue.tasks] == ["https://bot.test/"] * 5


async def test_each_chat_has_a_queue(load: Load, cloud_tasks: str, queue: Queue) -> None:
    """All updates of a chat go through one of the queues, a candidate's too; what tells no chat through the first."""
    queues = {"BOT_QUEUES": "4"}
    for env in (queues, queues | CANDIDATE):
        queue.parents.clear()
        function = load("webhook", ENV | env | {"CLOUD_TASKS_EMULATOR_HOST": cloud_tasks})
        for chat_id in (*range(40), *range(40)):
            await post(function, json.dumps({"message": {"chat": {"id": chat_id}}}).encode())
        await post(function, b"not json")
        await function.module.queue.get().close()
        await function.module.candidate_queue.get().close()
        names = [list_queues("bot", 4)[lane_of(chat_id) % 4] for chat_id in range(40)]
        assert queue.parents == [*names, *names, "bot"]


async def test_an_environment_that_was_made_again_has_new_queues(cloud_tasks: str, load: Load, queue: Queue) -> None:
    """Cloud Tasks refuses the names of deleted queues, so the second generation's end in it."""
    env = {"BOT_QUEUES": "4", "QUEUES_GENERATION": "2", "CLOUD_TASKS_EMULATOR_HOST": cloud_tasks}
    function = load("webhook", ENV | env)
    for chat_id in range(40):
        await post(function, json.dumps({"message": {"chat": {"id": chat_id}}}).encode())
    await function.module.queue.get().close()
    assert {*queue.parents} == {"bot-g2", "bot-1-g2", "bot-2-g2", "bot-3-g2"}


@pytest.mark.parametrize(("size", "is_stored"), [(256 * 1024, True), (256 * 1024 + 1, False), (5_000_000, False)])
async def test_size(webhook: Function, queue: Queue, capsys: Lines, size: int, *, is_stored: bool) -> None:
    """More than 256 KiB is no update of Telegram's: it is dropped with a line, so that the chat goes on."""
    assert (await post(webhook, b"x" * size))[0] == 200
    assert (len(queue.tasks) == 1) is is_stored
    assert ("update_dropped" in capsys.readouterr().out) is not is_stored


async def test_checkout(webhook: Function, queue: Queue) -> None:
    """A checkout is answered in the response, for which Telegram allows one method call."""
    body = json.dumps({"update_id": 1, "pre_checkout_query": {"id": "q", "from": {"id": 1}}}).encode()
    status, answer = await post(webhook, body)
    assert (status, answer["method"], answer["ok"]) == (200, "answerPreCheckoutQuery", False)
    assert queue.tasks == []


async def test_queue_is_out(webhook: Function, queue: Queue, capsys: Lines) -> None:
    """An update that cannot be stored is refused: Telegram brings it again."""
    queue.is_out = True
    assert await post(webhook, UPDATE) == (503, {"error": "UnavailableError"})
    assert '"severity": "ERROR"' in capsys.readouterr().out
    queue.is_out = False
    assert (await post(webhook, UPDATE))[0] == 200


async def test_not_ready_without_its_queue(load: Load, free_port: Callable[[], int]) -> None:
    """Without a queue the webhook is alive, but not ready."""
    webhook = load("webhook", ENV | {"CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{free_port()}"})
    assert (await webhook.client.get("/ready")).status_code == 503
    assert (await webhook.client.get("/health")).status_code == 200
    await webhook.module.queue.get().close()


async def test_probes(webhook: Function, queue: Queue) -> None:
    """The three probes need no secret and store nothing; other paths and methods are nothing."""
    assert (await webhook.client.get("/health")).json() == {"status": "ok", "function": "webhook"}
    assert (await webhook.client.get("/ready")).json() == {"status": "ready"}
    assert (await webhook.client.get("/version")).json()["version"] == "1.2.3"
    assert (await webhook.client.get("/")).status_code == 404
    assert (await webhook.client.put("/")).status_code == 405
    assert queue.tasks == []


async def test_secrets_are_not_logged(webhook: Function, capsys: Lines) -> None:
    """Neither the right nor a wrong secret, nor anybody's words, stand in a line."""
    await post(webhook, UPDATE)
    await post(webhook, UPDATE, "a-guess-of-somebody")
    lines = capsys.readouterr().out
    assert "request_failed" in lines
    for private in (SECRET, "a-guess-of-somebody", "лиса"):
        assert private not in lines


def test_settings_are_wrong(load: Load) -> None:
    """Without its secret the function does not start."""
    with pytest.raises(SystemExit, match="TELEGRAM_WEBHOOK_SECRET"):
        load("webhook", {name: value for name, value in ENV.items() if name != "TELEGRAM_WEBHOOK_SECRET"})
    with pytest.raises(SystemExit, match=r"^settings: CANDIDATE_PERCENT: not a whole number from 0 to 100$"):
        load("webhook", ENV | {"CANDIDATE_PERCENT": "a quarter"})


def test_starts_without_the_libraries() -> None:
    """Slow imports are absent: no Google, Telegram or Fluent library."""
    code = "import runpy, sys; runpy.run_path('functions/webhook/main.py'); print(*sorted(sys.modules))"
    answer = subprocess.run(  # noqa: S603 — our own code
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=ENV | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = {name.split(".")[0] for name in answer.stdout.split()}
    assert "starlette" in loaded
    assert loaded.isdisjoint({"telegram", "fluent", "PIL", "pydantic", "httpx", "httpx2", "grpc"})
    libraries = ("google.cloud.", "google.api_core", "google.auth", "google.genai")
    assert [name for name in answer.stdout.split() if name.startswith(libraries)] == []
