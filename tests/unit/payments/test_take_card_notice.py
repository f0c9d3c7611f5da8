"""Notices of card payments: whose are heard, and what becomes of one."""

import json

import pytest

from shared.errors import UnauthenticatedError
from shared.payments.publish_card_order import card_order_id
from shared.payments.take_card_notice import Caller, admit_provider, take_card_notice
from tests.fakes.tasks import FakeTaskQueue

KEY = b"not-a-real-key"
NETWORKS = ("185.71.76.0/27",)


@pytest.mark.parametrize(
    "caller",
    [
        Caller("/lava", ["not-a-real-key"], [], "8.8.8.8"),
        Caller("/yookassa", [], [], "185.71.76.1"),
    ],
)
def test_a_provider_is_admitted(caller: Caller) -> None:
    """lava.top by its key, YooKassa by its address."""
    admit_provider(caller, KEY, NETWORKS)


@pytest.mark.parametrize(
    "caller",
    [
        Caller("/lava", ["another"], [], "185.71.76.1"),
        Caller("/yookassa", ["not-a-real-key"], [], "8.8.8.8"),
        Caller("/other", ["not-a-real-key"], [], "185.71.76.1"),
    ],
)
def test_others_are_not(caller: Caller) -> None:
    """One provider's proof is none at another's path, and nobody is at any other path."""
    with pytest.raises(UnauthenticatedError):
        admit_provider(caller, KEY, NETWORKS)


async def test_a_notice_becomes_one_task() -> None:
    """Its order is asked for."""
    queue = FakeTaskQueue()
    body = json.dumps({"eventType": "payment.success", "contractId": "c-1"}).encode()
    await take_card_notice(queue, "/lava", body)
    [task] = queue.tasks
    assert json.loads(task.body) == {"order": card_order_id("lava", "c-1")}


async def test_a_return_that_names_no_order_is_an_operators(capsys: pytest.CaptureFixture[str]) -> None:
    """lava.top's notices of returns name no contract: an error in the log, no task."""
    queue = FakeTaskQueue()
    await take_card_notice(queue, "/lava", json.dumps({"event_type": "refund.success", "data": {}}).encode())
    assert list(queue.tasks) == []
    assert "card_return_unnamed" in capsys.readouterr().out
