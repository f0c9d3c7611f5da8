"""`sweep` as deployed: any call sweeps once."""

import json

import pytest

from infra.local.telegram import run_telegram
from shared.credits.spending import CACHE_SECONDS
from shared.errors import DocumentUnreadableError
from shared.people.user_documents import user_key
from shared.ports import Update
from shared.wiring import Once
from tests.functions.conftest import Function, Load
from tests.unit.telegram.test_tell_alarm import INCIDENT, push
from tests.world import ME, World

OPERATOR = 77
Lines = pytest.CaptureFixture[str]


@pytest.fixture
def sweep(load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load_task("sweep")
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.repair_ports))
    return function


async def test_sweep(sweep: Function, world: World, capsys: Lines) -> None:
    """Overdue work gets its tasks; the answer and a log line say how many."""
    await world.deliver(world.message("a red fox"))
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    world.tasks.take_all()
    world.clock.advance(60)
    capsys.readouterr()
    answer = await sweep.post()
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "jobs": 1, "drafts": 1, "dues": 0})
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["event"], line["jobs"], line["drafts"]) == ("work_swept", 1, 1)
    tasks = world.tasks.tasks
    assert sorted((task.queue, task.path) for task in tasks) == [
        ("bot", "/drafts"),
        ("bot", "/payments"),
        ("bot", "/webhook"),
        ("image", "/"),
    ]


async def test_what_is_due_at_night(sweep: Function, world: World) -> None:
    """Wrong books are found and stop all buying; payments are compared by `bot`, once it has its task."""
    await world.send(world.message("/start"))
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    account = record.fields["account"] | {"available": 21}
    await world.store.commit([Update(record.key, {"account": account}, record.version)])
    assert (await sweep.post()).status_code == 200
    world.clock.advance(CACHE_SECONDS)
    assert await world.ports.spending.rest_until() is not None
    assert [task.path for task in world.tasks.tasks] == ["/payments", "/webhook"]


async def test_nothing_to_do(sweep: Function) -> None:
    """An empty system is swept too."""
    assert (await sweep.post("/", b"")).json() == {"ok": True, "jobs": 0, "drafts": 0, "dues": 0}


async def test_queue_is_out(sweep: Function, world: World) -> None:
    """Without a queue the call fails and the scheduler comes again; the job is swept again later."""
    await world.deliver(world.message("a red fox"))
    world.tasks.take_all()
    world.clock.advance(60)
    world.tasks.outages = 1
    assert (await sweep.post()).status_code == 503
    world.clock.advance(60)
    assert (await sweep.post()).json()["jobs"] == 1


async def test_an_alarm_reaches_the_operators(load_task: Load) -> None:
    """Pub/Sub's call, with its token, becomes a message of the operators' own bot; without the token nobody is told."""
    async with run_telegram() as telegram:
        await telegram.send({"id": OPERATOR, "first_name": "Ann", "language_code": "en"}, text="/start")
        chat = {"NOTICE_BOT_TOKEN": telegram.token, "NOTICE_CHAT_ID": str(OPERATOR)}
        sweep = load_task("sweep", **chat, TELEGRAM_API_BASE_URL=telegram.url)
        assert (await sweep.post("/alarms", push(INCIDENT))).status_code == 200
        sweep.token = ""
        assert (await sweep.post("/alarms", push(INCIDENT))).status_code == 403
        texts = [message["text"] for message in telegram.messages(OPERATOR) if message["from"]["is_bot"]]
        messenger, _ = sweep.module.operators.get()
        await messenger.close()
    assert len(texts) == 1
    assert texts[0].startswith("🔔 production: a queue's attempts fail")


async def test_the_operators_get_the_numbers_of_a_day(
    load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call that ends the night's check of the books tells the day before; the next call has nothing to tell."""
    function = load_task("sweep", NOTICE_BOT_TOKEN="77:AAA", NOTICE_CHAT_ID=str(OPERATOR))
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.repair_ports))
    monkeypatch.setattr(function.module, "operators", Once(lambda: (world.messenger, OPERATOR)))
    for _ in range(2):
        assert (await function.post()).status_code == 200
    assert [message.text.split()[0] for message in world.messenger.messages(OPERATOR)] == ["📊"]


async def test_numbers_that_cannot_be_told_hold_up_nothing(
    load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The call fails, which rings; everything else of this minute is done."""

    async def tell(*_: object) -> None:
        raise DocumentUnreadableError("payments/1")

    function = load_task("sweep", NOTICE_BOT_TOKEN="77:AAA", NOTICE_CHAT_ID=str(OPERATOR))
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.repair_ports))
    monkeypatch.setattr("shared.sweep_tasks.tell_day", tell)
    assert (await function.post()).status_code == 500
    assert [task.path for task in world.tasks.tasks] == ["/payments", "/webhook"]


async def test_an_alarm_without_a_chat(sweep: Function) -> None:
    """Where no chat is set it is put away, not repeated, and nothing is swept."""
    assert (await sweep.post("/alarms", push(INCIDENT))).json() == {"error": "UnusableUpdateError"}
