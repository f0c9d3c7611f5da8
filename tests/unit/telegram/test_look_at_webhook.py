"""Telegram is asked about our webhook every minute: each trouble has its name; what cannot be asked says nothing."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import MessageRejectedError, UnusableUpdateError
from shared.ports import WebhookState
from shared.telegram.look_at_webhook import LATE, look_at_webhook, publish_look
from shared.webhook_trouble import FAILED_WITHIN, PENDING_MAX
from tests.world import World

URL = "https://webhook.test"
Heard = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Heard:
    """The lines of the looks so far."""
    return lambda: [
        line for line in map(json.loads, capsys.readouterr().out.splitlines()) if line["event"].startswith("webhook_")
    ]


async def look(world: World) -> None:
    """As `sweep` has it done."""
    await publish_look(world.repair_ports)
    [task] = world.tasks.take_all()
    await look_at_webhook(world.ports, URL, task.body)


async def test_each_trouble_has_its_name(heard: Heard) -> None:
    """No webhook, another's, one that fails now, too many that wait; a failure of before is over."""
    world = World()
    now, young = world.now, world.now - FAILED_WITHIN
    states = {
        "none": WebhookState(f"{URL}/", PENDING_MAX, young - timedelta(seconds=1), "Connection reset"),
        "gone": WebhookState("", 3),
        "elsewhere": WebhookState("https://other.test/", 0),
        "failing": WebhookState(f"{URL}/", 0, young, "Wrong response from the webhook: 401 Unauthorized"),
        "waiting": WebhookState(f"{URL}/", PENDING_MAX + 1),
    }
    for trouble, state in states.items():
        world.messenger.webhook = state
        await look(world)
        [line] = heard()
        assert (line["trouble"], line["pending"], line["telegram_says"]) == (trouble, state.pending, state.failure)
        assert line["severity"] == ("INFO" if trouble == "none" else "WARNING")
    assert world.now == now


async def test_nobody_is_asked_where_updates_are_fetched(heard: Heard) -> None:
    """Without a webhook of ours there is nothing to look at."""
    world = World()
    await look_at_webhook(world.ports, "", b"{}")
    assert world.messenger.calls == []
    assert heard() == []


async def test_what_waited_for_an_outage_to_end_is_left_out(heard: Heard) -> None:
    """After a day of outage 1,440 tasks come at once: Telegram is asked by those of the last minutes only."""
    world = World()
    await publish_look(world.repair_ports)
    [task] = world.tasks.take_all()
    world.clock.advance(LATE.total_seconds())
    await look_at_webhook(world.ports, URL, task.body)
    assert len(heard()) == 1
    world.clock.advance(1)
    await look_at_webhook(world.ports, URL, task.body)
    assert heard() == []


async def test_telegram_does_not_answer(heard: Heard) -> None:
    """The task is done all the same, and no line counts as a look."""
    world = World()
    world.messenger.fail("read_webhook", MessageRejectedError("Unauthorized"))
    await look(world)
    assert [line["event"] for line in heard()] == ["webhook_unread"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"at": 1}', b'{"at": "soon"}', b"[" * 100_000])
async def test_a_task_of_another_form(body: bytes) -> None:
    """It is refused for good."""
    with pytest.raises(UnusableUpdateError):
        await look_at_webhook(World().ports, URL, body)


async def test_a_time_without_its_zone_is_universal(heard: Heard) -> None:
    """It is read as UTC, and not refused again and again."""
    world = World()
    body = json.dumps({"at": world.now.replace(tzinfo=None).isoformat()}).encode()
    await look_at_webhook(world.ports, URL, body)
    assert len(heard()) == 1
