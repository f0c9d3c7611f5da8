"""set-webhook: what Telegram is told, what it must repeat, and when nothing is changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from telegram import WebhookInfo
from telegram.constants import UpdateType

from infra.deploy.__main__ import main
from infra.deploy.allowed_updates import ALLOWED_UPDATES
from infra.deploy.context import Context
from infra.deploy.webhook_setting import CONNECTIONS_MAX, Wanted, list_faults
from infra.local.telegram import Telegram, run_telegram
from infra.local.telegram.server import TEST_TOKEN
from infra.local.telegram.web_apps import read_menu_button
from infra.telegram import list_menus
from shared.payments.checkout import answer_checkout
from shared.telegram.updates import Unhandled, parse_update
from tests.cloud.clock import FakeClock
from tests.cloud.secret_manager import SecretManager

CORPUS = Path(__file__).parents[2] / "corpus/updates"
DEPLOYMENT = Path(__file__).with_name("deployment.json")
SECRET = "TEST-not-a-real-secret"
NOBODY = "http://127.0.0.1:9/"
"""The discard port: no server listens there."""


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with run_telegram(seed=1) as running:
        yield running


class Operator:
    """Somebody who runs the verb against the local Telegram."""

    def __init__(self, telegram: Telegram, *, dry_run: bool = False, **environment: str) -> None:
        self.lines: list[str] = []
        self.clock = FakeClock(datetime.now(UTC))
        given = {"TELEGRAM_BOT_TOKEN": TEST_TOKEN, "TELEGRAM_WEBHOOK_SECRET": SECRET}
        self.environment = {"TELEGRAM_API_BASE_URL": telegram.url, **given, **environment}
        self.context = Context(self.environment, dry_run=dry_run, clock=self.clock, say=self.lines.append)

    async def run(self, *arguments: str) -> int:
        place = ["set-webhook", "--environment=staging", "--project=nanobanana-staging", "--region=europe-west1"]
        return await asyncio.to_thread(main, [*place, *arguments], self.context)


def changes(telegram: Telegram) -> list[str]:
    return [call["method"] for call in telegram.calls() if call["method"].lower().startswith(("set", "delete"))]


# --- the kinds of update -----------------------------------------------------------------------------------


def test_allowed_updates_cover_every_handler() -> None:
    """Of all kinds of update there are, those that something handles are asked for, and no others."""
    kinds: dict[str, bool] = {}
    for path in CORPUS.glob("*.json"):
        body = path.read_bytes()
        handled = answer_checkout(body, (), datetime.now(UTC)) is not None or not isinstance(
            parse_update(body), Unhandled
        )
        kind = path.name.partition(".")[0]
        kinds[kind] = kinds.get(kind, False) or handled
    assert {kind.value for kind in UpdateType} <= set(kinds), "an example of every kind"
    assert {kind for kind, handled in kinds.items() if handled} == set(ALLOWED_UPDATES)


# --- setting it --------------------------------------------------------------------------------------------


async def test_what_telegram_is_told(telegram: Telegram) -> None:
    """Telegram gets address, secret, kinds and connections, and keeps what is waiting."""
    operator = Operator(telegram)
    await telegram.send(7, text="before the webhook")
    await operator.run("--url=http://127.0.0.1:9")  # its outcome hangs on how soon the delivery fails there
    (call,) = telegram.calls("setWebhook")
    told = call["params"]
    assert told["url"] == NOBODY
    assert told["secret_token"] == SECRET
    assert int(told["max_connections"]) == CONNECTIONS_MAX
    assert telegram.world.updates.count_pending() == 1
    assert telegram.world.updates.allowed == set(ALLOWED_UPDATES)


async def test_an_untroubled_apply_ends_with_the_menus(telegram: Telegram) -> None:
    """The deployment's own URL is taken, and the menus of all languages follow the check."""
    operator = Operator(telegram)
    assert await operator.run(f"--deployment={DEPLOYMENT}") == 0
    webhook = telegram.world.updates.webhook
    assert webhook is not None
    assert webhook.url == json.loads(DEPLOYMENT.read_text())["functions"]["webhook"]["url"] + "/"
    assert len(telegram.calls("setMyCommands")) == len(list(list_menus()))
    assert len(telegram.calls("getWebhookInfo")) >= 4, "looked at before and for a while after"
    assert "its menus are set" in operator.lines[-1]


@pytest.mark.parametrize(
    ("app_url", "button"),
    [
        ("", {"type": "commands"}),
        ("https://api.test/", {"type": "web_app", "text": "App", "web_app": {"url": "https://api.test/"}}),
    ],
)
async def test_the_button_beside_the_message_field(
    telegram: Telegram, tmp_path: Path, app_url: str, button: dict[str, object]
) -> None:
    """Where there is a Mini App the button opens it; where there is none (any more) it shows the commands."""
    deployment = json.loads(DEPLOYMENT.read_text())
    deployment["functions"]["bot"]["env"]["MINI_APP_URL"] = app_url
    file = tmp_path / "deployment.json"
    file.write_text(json.dumps(deployment))
    assert await Operator(telegram).run(f"--deployment={file}") == 0
    assert read_menu_button(telegram.world, "") == button


async def test_it_may_be_repeated(telegram: Telegram) -> None:
    """The same again is no conflict."""
    assert await Operator(telegram).run(f"--deployment={DEPLOYMENT}") == 0
    assert await Operator(telegram).run(f"--deployment={DEPLOYMENT}") == 0


async def test_dry_run_changes_nothing(telegram: Telegram) -> None:
    """Under --dry-run Telegram is only asked."""
    operator = Operator(telegram, dry_run=True)
    assert await operator.run(f"--deployment={DEPLOYMENT}", "--dry-run") == 0
    assert changes(telegram) == []
    assert "would set the webhook" in operator.lines[0]


async def test_another_environments_bot_is_left_alone(telegram: Telegram, capsys: pytest.CaptureFixture[str]) -> None:
    """A token whose updates go elsewhere is probably the wrong one: only --replace takes the bot over."""
    telegram.set_webhook("https://production.example.com/")
    operator = Operator(telegram)
    assert await operator.run(f"--deployment={DEPLOYMENT}") == 1
    assert changes(telegram) == []
    assert "production.example.com" in capsys.readouterr().err
    assert await operator.run(f"--deployment={DEPLOYMENT}", "--replace") == 0


async def test_a_failing_delivery_is_noticed(telegram: Telegram, capsys: pytest.CaptureFixture[str]) -> None:
    """An error newer than the call fails the verb with Telegram's words, and the menus are not reached."""
    await telegram.send(7, text="waiting")
    operator = Operator(telegram)
    loop = asyncio.get_running_loop()

    def wait_for_delivery() -> None:
        asyncio.run_coroutine_threadsafe(telegram.wait_until(lambda: bool(telegram.deliveries())), loop).result(10)

    operator.clock.schedule(0.5, wait_for_delivery)
    assert await operator.run(f"--url={NOBODY}") == 1
    assert "a delivery failed: Connection failed" in capsys.readouterr().err
    assert telegram.calls("setMyCommands") == []


@pytest.mark.parametrize("kind", ["wrong token", "refused"])
async def test_telegrams_refusal_tells_no_secret(
    telegram: Telegram, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """What Telegram says is passed on without the token and the secret it may quote."""
    token = "7654321:TEST-also-not-a-real-token" if kind == "wrong token" else TEST_TOKEN
    operator = Operator(telegram, TELEGRAM_BOT_TOKEN=token)
    url = "http://example.com/" if kind == "refused" else NOBODY
    assert await operator.run(f"--url={url}") == 1
    said = capsys.readouterr().err + " ".join(operator.lines)
    assert "Telegram: " in said
    assert token.partition(":")[2] not in said
    assert SECRET not in said


# --- where the values come from ----------------------------------------------------------------------------


async def test_values_come_from_secret_manager(telegram: Telegram) -> None:
    """Without variables the newest versions in Secret Manager are taken, a newline at their end cut off."""
    with SecretManager(telegram_bot_token=f"{TEST_TOKEN}\n", telegram_webhook_secret=SECRET) as secrets:
        operator = Operator(
            telegram, TELEGRAM_BOT_TOKEN="", TELEGRAM_WEBHOOK_SECRET="", SECRET_MANAGER_API_URL=secrets.url
        )
        assert await operator.run(f"--deployment={DEPLOYMENT}") == 0
        assert secrets.reads == ["telegram-bot-token", "telegram-webhook-secret"]
    assert telegram.world.updates.webhook is not None
    assert telegram.world.updates.webhook.secret == SECRET


async def test_a_secret_without_value_is_said(telegram: Telegram, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who forgot a value is shown the command that gives it."""
    with SecretManager(telegram_bot_token=TEST_TOKEN) as secrets:
        operator = Operator(telegram, TELEGRAM_WEBHOOK_SECRET="", SECRET_MANAGER_API_URL=secrets.url)
        assert await operator.run(f"--deployment={DEPLOYMENT}") == 1
    assert "gcloud secrets versions add telegram-webhook-secret" in capsys.readouterr().err
    assert changes(telegram) == []


async def test_a_token_of_the_wrong_shape_is_refused(telegram: Telegram, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be a token is not sent anywhere, nor shown."""
    operator = Operator(telegram, TELEGRAM_BOT_TOKEN="not a token")
    assert await operator.run(f"--deployment={DEPLOYMENT}") == 1
    assert telegram.calls() == []
    assert "not a token" not in capsys.readouterr().err


# --- what Telegram repeats ---------------------------------------------------------------------------------

NOW = datetime(2026, 1, 2, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "url": NOBODY,
    "has_custom_certificate": False,
    "pending_update_count": 3,
    "max_connections": CONNECTIONS_MAX,
    "allowed_updates": list(reversed(ALLOWED_UPDATES)),
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"last_error_date": NOW - timedelta(seconds=1), "last_error_message": "old"}, ""),
        ({"last_error_date": NOW, "last_error_message": "Wrong response from the webhook: 401"}, "401"),
        ({"url": ""}, "its URL is empty"),
        ({"url": "https://elsewhere.example.com/"}, "elsewhere"),
        ({"allowed_updates": None}, "what it does by default"),
        ({"allowed_updates": ["message"]}, "it sends message"),
        ({"allowed_updates": [*ALLOWED_UPDATES, "poll"]}, "poll"),
        ({"max_connections": 40}, "40 connections"),
    ],
)
def test_what_telegram_repeats_is_compared(change: dict[str, Any], fault: str) -> None:
    """Every difference is told; an error from before the call is none."""
    faults = list_faults(WebhookInfo(**{**GOOD, **change}), Wanted(NOBODY, SECRET), NOW)
    assert [fault in each for each in faults] == ([True] if fault else [])


def test_the_secret_is_in_no_representation() -> None:
    """A wanted webhook in a traceback or a log shows its address only."""
    assert SECRET not in repr(Wanted(NOBODY, SECRET))
