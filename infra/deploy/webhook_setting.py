"""Setting Telegram's webhook and verifying the stored setting.

https://core.telegram.org/bots/api#setwebhook, …#getwebhookinfo
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from telegram import Bot, WebhookInfo
from telegram.error import TelegramError

from infra.deploy.allowed_updates import ALLOWED_UPDATES
from infra.deploy.context import Context
from infra.deploy.errors import DeployError, RefusedError
from infra.telegram import set_menus
from shared.settings import TelegramSettings

CONNECTIONS_MAX = 100
"""Telegram's maximum. A chat's updates come one after another anyway, and the webhook's instances can handle far more:
a lower number would only make people wait for each other."""
LOOKS = 3
PAUSE_SECONDS = 3.0
"""Telegram delivers pending updates at once, so failures show within seconds."""


@dataclass(frozen=True)
class Wanted:
    """The wanted setting."""

    url: str
    secret: str
    app_url: str = ""
    """Where the Mini App is; empty where there is none."""

    def __repr__(self) -> str:
        return f"Wanted({self.url})"


def apply_webhook(wanted: Wanted, settings: TelegramSettings, context: Context, *, replace: bool) -> None:
    """Set the webhook and the command menus, and check.

    Raises RefusedError if updates go elsewhere and `replace` is not given, DeployError if Telegram refuses, has stored
    another setting, or could not deliver.
    """
    try:
        asyncio.run(_apply(wanted, settings, context, replace=replace))
    except TelegramError as error:  # some of its messages contain the token
        words = str(error).replace(settings.token, "…").replace(wanted.secret, "…")
        raise DeployError(f"Telegram: {type(error).__name__}: {words}") from None


async def _apply(wanted: Wanted, settings: TelegramSettings, context: Context, *, replace: bool) -> None:
    base = settings.api_base_url
    async with Bot(settings.token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
        _refuse_other(await bot.get_webhook_info(), wanted, replace=replace)
        if context.dry_run:
            context.say(f"would set the webhook of @{bot.username} to {wanted.url} for {', '.join(ALLOWED_UPDATES)}")
            context.say("would set the command menus and descriptions")
            return
        called_at = context.clock.now().replace(microsecond=0)  # Telegram counts whole seconds
        await bot.set_webhook(
            wanted.url,
            secret_token=wanted.secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=CONNECTIONS_MAX,
            drop_pending_updates=False,
        )
        await _verify(bot, wanted, called_at, context)
        await set_menus(settings, wanted.app_url)
        context.say(f"@{bot.username} sends {', '.join(ALLOWED_UPDATES)} to {wanted.url}; its menus are set")


def _refuse_other(info: WebhookInfo, wanted: Wanted, *, replace: bool) -> None:
    """Raise if the bot's updates go to another environment, whose users would be taken away."""
    if info.url and urlsplit(info.url).netloc != urlsplit(wanted.url).netloc and not replace:
        raise RefusedError(f"this bot's updates go to {info.url}: is it the right token? If so, add --replace")


async def _verify(bot: Bot, wanted: Wanted, called_at: datetime, context: Context) -> None:
    for look in range(LOOKS):
        if look:
            await asyncio.to_thread(context.clock.sleep, PAUSE_SECONDS)
        if faults := list_faults(await bot.get_webhook_info(), wanted, called_at):
            raise DeployError(f"Telegram's webhook is not as it was set: {'; '.join(faults)}")


def list_faults(info: WebhookInfo, wanted: Wanted, called_at: datetime) -> list[str]:
    """The differences from the wanted setting, and delivery errors since then."""
    faults = []
    if info.url != wanted.url:
        faults.append(f"its URL is {info.url or 'empty'}")
    if sorted(info.allowed_updates or ()) != list(ALLOWED_UPDATES):
        faults.append(f"it sends {', '.join(sorted(info.allowed_updates or ())) or 'what it does by default'}")
    if info.max_connections != CONNECTIONS_MAX:
        faults.append(f"it opens up to {info.max_connections} connections")
    if info.last_error_date is not None and info.last_error_date >= called_at:
        faults.append(f"a delivery failed: {info.last_error_message}")
    return faults
