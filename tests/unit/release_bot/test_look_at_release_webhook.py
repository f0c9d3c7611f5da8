"""Telegram is asked about the release bot's webhook: each trouble has its name, also that it does not answer."""

import json
from datetime import timedelta

import pytest

from shared.errors import MessageRejectedError
from shared.ports import WebhookState
from shared.release_bot.look_at_release_webhook import UNREAD, look_at_release_webhook
from shared.webhook_trouble import FAILED_WITHIN, PENDING_MAX
from tests.fakes.release_chat import ReleaseChat

URL = "https://releases.test"
HOOK = f"{URL}/api/tg-bot/update"


async def test_each_trouble_has_its_name(chat: ReleaseChat, capsys: pytest.CaptureFixture[str]) -> None:
    """No webhook, another's, one that fails now, too many that wait; a failure of before is over."""
    young = chat.releasing.clock.now() - FAILED_WITHIN
    states = {
        "none": WebhookState(HOOK, PENDING_MAX, young - timedelta(seconds=1), "Connection reset"),
        "gone": WebhookState("", 3),
        "elsewhere": WebhookState("https://other.test/api/tg-bot/update", 0),
        "failing": WebhookState(HOOK, 0, young, "Wrong response from the webhook: 401 Unauthorized"),
        "waiting": WebhookState(HOOK, PENDING_MAX + 1),
    }
    for trouble, state in states.items():
        chat.messenger.webhook = state
        capsys.readouterr()
        await look_at_release_webhook(chat.ports, URL)
        line = json.loads(capsys.readouterr().out)
        severity = "INFO" if trouble == "none" else "WARNING"
        assert (line["trouble"], line["severity"], line["telegram_says"]) == (trouble, severity, state.failure)


async def test_telegram_does_not_answer(chat: ReleaseChat, capsys: pytest.CaptureFixture[str]) -> None:
    """The minute's work is done all the same, and the look counts as trouble."""
    chat.messenger.fail("read_webhook", MessageRejectedError("Unauthorized"))
    capsys.readouterr()
    await look_at_release_webhook(chat.ports, URL)
    assert json.loads(capsys.readouterr().out)["trouble"] == UNREAD


async def test_where_there_is_no_release_bot_nobody_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Then no line is written, so no alarm rings."""
    await look_at_release_webhook(None, URL)
    assert capsys.readouterr().out == ""
