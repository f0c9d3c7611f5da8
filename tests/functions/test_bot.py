"""`bot` as deployed: what it does with a task, and what its answers make Cloud Tasks do."""

import json

import pytest

from shared.bot.intake import FAILURES_MAX
from shared.errors import TooManyRequestsError, UnavailableError
from shared.growth.gift import GIFT_LIFE, new_gift
from shared.growth.growth_documents import create_gift
from shared.jobs.job import JobState
from shared.pictures.picture import request_of
from shared.ports import WebhookState
from shared.wiring import Once
from tests.functions.conftest import Function, Load
from tests.world import ME, World, any_commit

Lines = pytest.CaptureFixture[str]


@pytest.fixture
def bot(load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load_task("bot")
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.ports))
    return function


async def test_update(bot: Function, world: World, capsys: Lines) -> None:
    """An update becomes a job with its task; the line says what it used, not what was said."""
    answer = await bot.post("/", json.dumps(world.message("a private fox")).encode())
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert world.job().state is JobState.QUEUED
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    events = ["credits_granted", "request_accepted", "update_handled", "request_answered"]
    assert [line["event"] for line in lines] == events
    assert (lines[3]["tasks"], lines[3]["messenger_calls"]) == (1, 2)
    assert "private" not in str(lines)


async def test_update_again(bot: Function, world: World) -> None:
    """The same task a second time answers the same and changes nothing."""
    body = json.dumps(world.message("a red fox")).encode()
    for _ in range(2):
        assert (await bot.post("/", body)).status_code == 200
    assert len(world.jobs()) == 1
    assert len(world.messenger.messages(ME)) == 1


async def test_act_of_the_app(bot: Function, world: World) -> None:
    """An act is done; what is none is answered 200 and not repeated."""
    act = {"act": "menu", "user": ME, "subject": "", "at": world.now.isoformat()}
    for body in (json.dumps(act).encode(), b"no act"):
        assert (await bot.post("/acts", body)).status_code == 200
    assert world.jobs() == []


async def test_look_at_the_webhook(
    load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch, capsys: Lines
) -> None:
    """Asked by `sweep`, it tells where Telegram really sends the updates."""
    bot = load_task("bot", WEBHOOK_URL="https://webhook.test")
    monkeypatch.setattr(bot.module, "ports", Once(lambda: world.ports))
    world.messenger.webhook = WebhookState("https://other.test/", 0)
    body = json.dumps({"at": world.now.isoformat()}).encode()
    assert (await bot.post("/webhook", body)).status_code == 200
    assert json.loads(capsys.readouterr().out.splitlines()[0])["trouble"] == "elsewhere"


async def test_unusable(bot: Function, world: World) -> None:
    """An invalid update is quarantined and answered 200, instead of being retried for a day."""
    assert (await bot.post("/", b"not json")).status_code == 200
    assert len(world.store.collection("quarantine")) == 1


async def test_later(bot: Function, world: World) -> None:
    """A task that comes too early is replaced by a later one, with its count."""
    world.messenger.fail("send_text", TooManyRequestsError(30), TooManyRequestsError(30))
    body = json.dumps(world.message("/help")).encode()
    assert (await bot.post("/", body)).status_code == 200
    [task] = world.tasks.take_all()
    assert task.not_before is not None
    assert (await bot.post("/", task.body, **task.headers)).status_code == 200
    [task] = world.tasks.take_all()
    assert task.headers["X-Nanobanana-Deferrals"] == "2"


async def test_store_is_out(bot: Function, world: World) -> None:
    """Our own outage is a 503: the task comes again."""

    async def fail() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(any_commit, fail)
    body = json.dumps(world.message("a red fox")).encode()
    answer = await bot.post("/", body)
    assert (answer.status_code, answer.json()) == (503, {"error": "UnavailableError"})
    assert (await bot.post("/", body)).status_code == 200
    assert len(world.jobs()) == 1


@pytest.mark.parametrize(
    ("count", "status"), [("", 500), (str(FAILURES_MAX - 1), 500), (str(FAILURES_MAX), 200), ("x", 500)]
)
async def test_poisoned_update(bot: Function, world: World, count: str, status: int) -> None:
    """An update that finds a bug is tried a few times, then put away, and the person is told."""

    async def fail(_: object) -> None:
        del world.store.read
        raise ZeroDivisionError

    world.store.read = fail  # type: ignore[method-assign,assignment]
    body = json.dumps(world.message("/help")).encode()
    answer = await bot.post("/", body, X_CloudTasks_TaskRetryCount=count)
    assert answer.status_code == status
    assert len(world.store.collection("quarantine")) == (status == 200)


async def test_draft(bot: Function, world: World) -> None:
    """POST /drafts closes an album."""
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    [task] = world.tasks.take_all()
    world.clock.advance(3)
    assert (await bot.post(task.path, task.body)).status_code == 200
    assert request_of(world.job()).prompt == "make it blue"


async def test_draft_later(bot: Function, world: World) -> None:
    """When Telegram wants a pause the closing task is a new one for then."""
    await world.deliver(world.photo(media_group_id="7"))
    [task] = world.tasks.take_all()
    world.clock.advance(3)
    world.messenger.fail("edit_text", TooManyRequestsError(30))
    assert (await bot.post(task.path, task.body)).status_code == 200
    [later] = world.tasks.tasks
    assert (later.path, later.body) == (task.path, task.body)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"draft": "x"}', b'{"job": "abcdefgh01234567"}'])
async def test_nobodys_draft(bot: Function, world: World, body: bytes, capsys: Lines) -> None:
    """A closing task that names no draft is done with a warning; the album is closed by its own."""
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    world.clock.advance(3)
    capsys.readouterr()
    assert (await bot.post("/drafts", body)).status_code == 200
    assert world.jobs() == []
    assert json.loads(capsys.readouterr().out.splitlines()[0])["severity"] == "WARNING"


async def test_unknown_draft(bot: Function) -> None:
    """A draft that is not there any more is done."""
    assert (await bot.post("/drafts", b'{"draft": "no-such-draft-00"}')).status_code == 200


async def test_due(bot: Function, world: World) -> None:
    """POST /dues does what is due with a gift; what is not there any more is done."""
    await world.give(0)
    gift = new_gift("gift-0123456789a", ME, 20, "en", world.now - GIFT_LIFE)
    await world.store.commit([create_gift(gift)])
    assert (await bot.post("/dues", b'{"due": "gift-0123456789a", "collection": "gifts"}')).status_code == 200
    assert world.user().account.available == 20
    assert (await bot.post("/dues", b'{"due": "no-such-gift-000", "collection": "gifts"}')).status_code == 200


async def test_webhook_off(bot: Function, world: World) -> None:
    """POST /webhooks-off tells a person of a webhook that was switched off; one that is not there is done."""
    body = b'{"key": "abcdefgh01234567", "user": 501}'
    assert (await bot.post("/webhooks-off", body)).status_code == 200
    assert (await bot.post("/webhooks-off", b'{"key": "x"}')).status_code == 200
    assert world.messenger.calls == []


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"due": "x"}', b'{"due": "abcdefgh01234567"}'])
async def test_nothing_is_due(bot: Function, world: World, body: bytes) -> None:
    """A task that names nothing is done."""
    assert (await bot.post("/dues", body)).status_code == 200
    assert world.store.collection("gifts") == {}


async def test_size(bot: Function) -> None:
    """Cloud Tasks holds no more than a MiB; nor do we read it."""
    assert (await bot.post("/", b"x" * (1024 * 1024 + 1))).status_code == 413
