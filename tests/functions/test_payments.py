"""`payments` as deployed: whoever shows a provider's secret is heard, and what they say is only a reason to ask."""

import asyncio
import json
import random
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.notices import FalSigner, GeminiSigner, Signer
from shared.http import Haste
from shared.jobs.lanes import shard_of
from shared.miniapp.pace import CALLS_AT_ONCE
from shared.payments.publish_card_order import CARD_ORDERS_PATH, card_order_id, find_told_invoice
from shared.wiring import Once
from tests.contracts.http_server import Reply, serve_http
from tests.fakes.clock import FakeClock
from tests.fakes.tasks import FakeTaskQueue
from tests.functions.conftest import QUEUE, Function, Load

ENV = QUEUE | {"BOT_URL": "https://bot.test", "VIDEO_URL": "https://video.test"}
KEY = "TEST-not-a-real-lava-key"
SET = ENV | {"LAVA_WEBHOOK_KEY": KEY, "YOOKASSA_SHOP_ID": "100500"}
CONTRACT = "7ea82675-4ded-4133-95a7-a6efbaf165cc"
FIRST = "c5a0cacc-3453-44b0-9532-aa492f1ba191"
NOTICE = {
    "eventType": "payment.success",
    "product": {"id": "836b9fc5-7ae9-4a27-9642-592bc44072b7", "title": "60 credits"},
    "contractId": CONTRACT,
    "buyer": {"email": "ann@example.com"},
    "amount": 99,
    "currency": "RUB",
    "status": "completed",
    "timestamp": "2026-11-29T12:00:00Z",
}
EVENTS = (
    "payment.success",
    "payment.failed",
    "subscription.recurring.payment.success",
    "subscription.recurring.payment.failed",
    "subscription.cancelled",
    "something.new",
)
YOOKASSA = {"type": "notification", "event": "payment.succeeded", "object": {"id": CONTRACT, "status": "succeeded"}}
FROM_YOOKASSA = {"X-Forwarded-For": "185.71.76.1"}
MUTATIONS = 2_000


class Payments(Function):
    """The function, with the queue of `bot` in memory."""

    queue: FakeTaskQueue

    async def tell(self, path: str, said: Any, **headers: str) -> int:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return (await self.post(path, body, **headers)).status_code

    def orders(self) -> list[str]:
        """The orders that `bot` is to ask for."""
        assert all((task.queue, task.path) == ("bot", CARD_ORDERS_PATH) for task in self.queue.tasks)
        return [json.loads(task.body)["order"] for task in self.queue.tasks]


def prepare(function: Function, monkeypatch: pytest.MonkeyPatch) -> Payments:
    made = Payments(function.name, function.module, function.client)
    made.queue = FakeTaskQueue()
    monkeypatch.setattr(function.module, "queue", Once(lambda: made.queue))
    return made


@pytest.fixture
async def payments(load: Load, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Payments]:
    made = prepare(load("payments", SET), monkeypatch)
    yield made
    await made.client.aclose()


@pytest.mark.parametrize("path", ["/", "/lava", "/yookassa", "/health", "/videos/", "/videos/lava/AAAAAAAAAAAAAAAA"])
async def test_nobody_is_a_provider(load: Load, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """Without a provider that is configured every notice is refused, with an empty key too."""
    payments = prepare(load("payments", ENV), monkeypatch)
    for headers in ({}, {"X_Api_Key": ""}, {"Authorization": "Basic bGF2YTo="}, FROM_YOOKASSA):
        assert await payments.tell(path, NOTICE, **headers) == 401
    assert payments.orders() == []


@pytest.mark.parametrize("event", EVENTS)
async def test_lava_tells_of_an_order(payments: Payments, event: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever happened to a contract, `bot` is told to ask for its order; what is said of money is not passed on."""
    assert await payments.tell("/lava", NOTICE | {"eventType": event}, X_Api_Key=KEY) == 200
    assert payments.orders() == [card_order_id("lava", CONTRACT)]
    assert event in capsys.readouterr().out


@pytest.mark.parametrize("event", ["refund.success", "chargeback.initiated"])
async def test_lava_tells_of_a_return(payments: Payments, event: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A notice that money went back, which names no contract, is an error line for an operator, and asks nobody."""
    said = {"event_id": CONTRACT, "event_type": event, "data": {"customer_email": "ann@example.com"}}
    assert await payments.tell("/lava", said, X_Api_Key=KEY) == 200
    assert payments.orders() == []
    lines = [line for line in capsys.readouterr().out.splitlines() if "card_return_unnamed" in line]
    assert len(lines) == 1
    assert '"severity": "ERROR"' in lines[0]
    assert "ann@example.com" not in lines[0]
    assert await payments.tell("/lava", said) == 401


async def test_lava_tells_of_a_subscription(payments: Payments) -> None:
    """A later payment leads to the order of the first one, and the end of a subscription to that of its last one."""
    recurring = NOTICE | {"eventType": EVENTS[2], "parentContractId": FIRST}
    end = NOTICE | {"eventType": EVENTS[4]}
    for notice in (recurring, end, NOTICE):
        assert await payments.tell("/lava", notice, X_Api_Key=KEY) == 200
    told = [find_told_invoice(json.loads(task.body)) for task in payments.queue.tasks]
    first, contract = card_order_id("lava", FIRST), card_order_id("lava", CONTRACT)
    assert (payments.orders(), told) == ([first, contract, contract], [CONTRACT, CONTRACT, ""])


async def test_lava_by_basic(payments: Payments) -> None:
    """lava.top may show its key as a password too."""
    basic = "Basic " + b64encode(f"lava:{KEY}".encode()).decode()
    assert await payments.tell("/lava", NOTICE, Authorization=basic) == 200
    assert len(payments.orders()) == 1


@pytest.mark.parametrize("headers", [{}, {"X_Api_Key": "wrong"}, {"Authorization": f"Bearer {KEY}"}, FROM_YOOKASSA])
async def test_who_is_not_lava(payments: Payments, headers: dict[str, str]) -> None:
    """Without the key, or with another, nothing is heard."""
    assert await payments.tell("/lava", NOTICE, **headers) == 401
    assert payments.orders() == []


async def test_yookassa_tells_of_an_order(payments: Payments) -> None:
    """YooKassa is known by its networks, as Google's front end reports them."""
    assert await payments.tell("/yookassa", YOOKASSA, **FROM_YOOKASSA) == 200
    assert await payments.tell("/yookassa", YOOKASSA, **{"X-Forwarded-For": "10.0.0.1, 185.71.76.1"}) == 200
    assert payments.orders() == [card_order_id("yookassa", CONTRACT)] * 2


@pytest.mark.parametrize("headers", [{}, {"X_Api_Key": KEY}, {"X-Forwarded-For": "185.71.76.1, 10.0.0.1"}])
async def test_who_is_not_yookassa(payments: Payments, headers: dict[str, str]) -> None:
    """An address that the caller claims is none, and the key of the other provider opens nothing."""
    assert await payments.tell("/yookassa", YOOKASSA, **headers) == 401
    assert payments.orders() == []


async def test_mutated_notices(payments: Payments, capsys: pytest.CaptureFixture[str]) -> None:
    """2,000 changed notices, most of them with a right key: none is a 5xx, and each asks for one order at most.

    Each is logged with what became of it, and no line has the key, the buyer's address or an invented word.
    """
    dice, codes = random.Random(14), set[int]()  # noqa: S311 — not a secret
    for number in range(MUTATIONS):
        path, notice, headers = (
            ("/lava", NOTICE | {"parentContractId": FIRST}, {"X_Api_Key": KEY})
            if number % 2
            else ("/yookassa", YOOKASSA, FROM_YOOKASSA)
        )
        before = len(payments.queue.tasks)
        codes.add(await payments.tell(path, mutate(json.dumps(notice).encode(), dice), **mutate_headers(headers, dice)))
        assert len(payments.queue.tasks) <= before + 1
    assert codes <= {200, 401}
    assert all(len(order) == 16 for order in payments.orders())
    said = capsys.readouterr().out
    lines = Counter(json.loads(line)["event"] for line in said.splitlines())
    assert lines["request_answered"] == MUTATIONS
    assert lines["card_notice_taken"] == len(payments.orders())
    assert lines["request_failed"] == MUTATIONS - lines["card_notice_taken"] > 0
    secrets = (KEY, b64encode(f"lava:{KEY}".encode()).decode(), "ann@example.com", "x" * 100)
    assert [secret for secret in secrets if secret in said] == []


def mutate(body: bytes, dice: random.Random) -> bytes:
    """The notice with bytes changed, cut, doubled, or with another value in one of its fields."""
    changed = bytearray(body)
    match dice.randrange(5):
        case 0:
            for _ in range(dice.randrange(1, 6)):
                changed[dice.randrange(len(changed))] = dice.randrange(256)
        case 1:
            del changed[dice.randrange(len(changed)) :]
        case 2:
            changed *= dice.randrange(2, 4)
        case 3:
            changed = bytearray(dice.randbytes(dice.randrange(200)))
        case _:
            said = json.loads(body)
            values: tuple[Any, ...] = (
                None,
                0,
                -1,
                1e308,
                "",
                "x" * 5_000,
                [],
                {},
                [[]] * 50,
                True,
                "\ud800",
                "../../x",
            )
            said[dice.choice(list(said))] = dice.choice(values)
            changed = bytearray(json.dumps(said).encode())
    return bytes(changed)


def mutate_headers(headers: dict[str, str], dice: random.Random) -> dict[str, str]:
    """Mostly the right ones."""
    if dice.random() < 0.8:
        return headers
    return {name: value[: dice.randrange(len(value))] for name, value in headers.items()}


SIGNERS: dict[str, Signer] = {"gemini": GeminiSigner(), "fal": FalSigner()}
JOB = "AAAA-AAA_AAAAAAA"


@pytest.fixture
async def heard(load: Load, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Payments]:
    """The function, which fetches the keys of both local providers."""
    with serve_http() as keys:
        keys.answer = lambda request: Reply(body=json.dumps(SIGNERS[request.path.strip("/")].jwks()).encode())
        urls = {"GEMINI_JWKS_URL": f"{keys.url}/gemini", "FAL_JWKS_URL": f"{keys.url}/fal"}
        made = prepare(load("payments", ENV | urls), monkeypatch)
        yield made
        await made.client.aclose()


@pytest.mark.parametrize("provider", SIGNERS)
async def test_a_video_has_ended(heard: Payments, provider: str) -> None:
    """A signed notice becomes one task with the job of its address; of what it says nothing is passed on."""
    body = b'{"status": "OK", "payload": {"video": {"url": "https://evil.example"}}}'
    assert await heard.tell(f"/videos/{provider}/{JOB}", body, **SIGNERS[provider].sign(body)) == 200
    [task] = heard.queue.tasks
    assert (task.queue, task.path, json.loads(task.body)) == ("video", "/notices", {"job": JOB})
    assert task.lane == shard_of(JOB)


@pytest.mark.parametrize("provider", SIGNERS)
async def test_who_has_made_no_video(heard: Payments, provider: str) -> None:
    """Unsigned, signed by the other provider or by nobody we know, or for an address of nobody's: nothing happens."""
    body = b"{}"
    [other] = SIGNERS.keys() - {provider}
    own = SIGNERS[provider].sign(body)
    forged = (GeminiSigner("another") if provider == "gemini" else FalSigner("another")).sign(body)
    for path, headers in (
        (f"/videos/{provider}/{JOB}", {}),
        (f"/videos/{other}/{JOB}", own),
        (f"/videos/{provider}/{JOB}", forged),
        (f"/videos/{provider}/short", own),
        (f"/videos/{provider}/{JOB}/more", own),
    ):
        assert await heard.tell(path, body, **headers) == 401
    assert await heard.tell(f"/videos/{provider}/{JOB}", b"{" * 200_000, **own) == 413
    assert heard.queue.tasks == []


async def test_mutated_notices_of_videos(heard: Payments) -> None:
    """2,000 changed notices: none is a 5xx, and each makes one task at most."""
    dice, codes = random.Random(15), set[int]()  # noqa: S311 — not a secret
    whole = {name: dict(signer.sign(b"{}")) for name, signer in SIGNERS.items()}
    for number in range(MUTATIONS):
        provider = "gemini" if number % 2 else "fal"
        before = len(heard.queue.tasks)
        body = b"{}" if dice.random() < 0.5 else dice.randbytes(dice.randrange(200))
        codes.add(await heard.tell(f"/videos/{provider}/{JOB}", body, **mutate_headers(whole[provider], dice)))
        assert len(heard.queue.tasks) <= before + 1
    assert {200, 401} <= codes <= {200, 401, 429}


async def test_one_signature_for_many_jobs(heard: Payments, monkeypatch: pytest.MonkeyPatch) -> None:
    """A genuine notice that is sent again for job after job fills no queue; unsigned ones take nobody's turn."""
    monkeypatch.setattr(heard.module, "clock", FakeClock(datetime.now(UTC)))
    signed = SIGNERS["fal"].sign(b"{}")
    for _ in range(CALLS_AT_ONCE):
        assert await heard.tell(f"/videos/fal/{JOB}", b"{}") == 401
    jobs = [f"{number:016}" for number in range(CALLS_AT_ONCE + 1)]
    codes = [await heard.tell(f"/videos/fal/{each}", b"{}", **signed) for each in jobs]
    assert (set(codes[:-1]), codes[-1]) == ({200}, 429)
    assert [json.loads(task.body)["job"] for task in heard.queue.tasks] == jobs[:-1]


async def test_a_notice_that_stops_coming(heard: Payments, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for whose signature has not come yet."""
    haste = Haste(grace_seconds=0.0, bytes_per_second_min=1e9, seconds_max=40.0)
    monkeypatch.setattr(heard.module, "STRANGERS", haste)

    async def stop() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    assert (await heard.client.post(f"/videos/fal/{JOB}", content=stop())).status_code == 408
    assert heard.queue.tasks == []


async def test_a_flood(payments: Payments) -> None:
    """A body that is too long is refused before it is read."""
    assert await payments.tell("/lava", b"{" * 200_000, X_Api_Key=KEY) == 413
    assert payments.orders() == []


async def test_probes(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is alive, says which release it is, and is not ready while the queue cannot be reached."""
    function = load("payments", ENV | {"CLOUD_TASKS_EMULATOR_HOST": "127.0.0.1:1"})
    answers = [await function.client.get(path) for path in ("/health", "/version", "/ready")]
    assert [answer.status_code for answer in answers] == [200, 200, 503]
    assert answers[1].json()["version"] == "1.2.3"
