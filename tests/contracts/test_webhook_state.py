"""What Telegram says of the bot's webhook: the fake, and the adapter in front of the local Telegram."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from infra.local.telegram import Telegram, run_telegram
from infra.local.telegram.delivery import Webhook
from shared.adapters.telegram import TelegramMessenger
from shared.ports import Messenger, WebhookState
from tests.fakes.messenger import FakeMessenger

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:9/nobody"


def tell_local(telegram: Telegram, state: WebhookState) -> None:
    """The local Telegram as if it had tried to deliver."""
    hook = Webhook(state.url) if state.url else None
    telegram.world.updates.set_webhook(hook)
    if hook is not None and state.failed_at is not None:
        hook.last_error, hook.last_error_at = state.failure, int(state.failed_at.timestamp())


@pytest.fixture(params=["fake", "telegram"])
async def asked(request: pytest.FixtureRequest, state: WebhookState) -> AsyncIterator[Messenger]:
    """A messenger whose Telegram is in this state."""
    if request.param == "fake":
        fake = FakeMessenger()
        fake.webhook = state
        yield fake
        return
    async with run_telegram() as telegram:
        tell_local(telegram, state)
        adapter = TelegramMessenger(telegram.token, telegram.url)
        yield adapter
        await adapter.close()


@pytest.mark.parametrize(
    "state",
    [
        WebhookState("", 0),
        WebhookState(NOWHERE, 0),
        WebhookState(NOWHERE, 0, AT, "Connection failed: ConnectError"),
    ],
    ids=["none", "set", "failed"],
)
async def test_what_telegram_says(asked: Messenger, state: WebhookState) -> None:
    """No webhook, one, and one that failed come as they are."""
    assert await asked.read_webhook() == state
