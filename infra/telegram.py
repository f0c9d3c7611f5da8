"""Setting the bot's profile at Telegram: command menus per scope and language, and descriptions.

    TELEGRAM_BOT_TOKEN=… MINI_APP_URL=… python -m infra.telegram        the latter where there is a Mini App
    TELEGRAM_BOT_TOKEN=… python -m infra.telegram --dry-run

`make run` does this for the local Telegram, never for a real bot. The deployment's verb `set-webhook` does it for a
real bot. infra.local and infra.deploy both import this module and do not import each other, so it is outside of both.
The command is idempotent: each call replaces the menus.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    MenuButton,
    MenuButtonCommands,
    MenuButtonWebApp,
    WebAppInfo,
)
from telegram.error import TelegramError

from shared.bot.commands import GROUP_MENU, PRIVATE_MENU, describe_menu
from shared.errors import SettingsError
from shared.people.users import LANGUAGES, Language
from shared.settings import TelegramSettings, read_app_url
from shared.texts import plain_text


@dataclass(frozen=True)
class Menu:
    """The commands of one scope in one language; language None is for all other languages."""

    scope: BotCommandScope
    language: Language | None
    commands: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        return {"scope": self.scope.type, "language_code": self.language or "", "commands": dict(self.commands)}


def list_menus() -> Iterator[Menu]:
    """All menus."""
    for scope, names in (
        (BotCommandScopeAllPrivateChats(), PRIVATE_MENU),
        (BotCommandScopeAllGroupChats(), GROUP_MENU),
    ):
        for language in (None, *LANGUAGES):
            yield Menu(scope, language, describe_menu(language or "en", names))


async def set_menus(settings: TelegramSettings, app_url: str = "") -> None:
    """Set the menus at Telegram, and the button beside the message field. Raises TelegramError.

    The button opens the Mini App at `app_url`, or without one the list of commands.
    """
    base = settings.api_base_url
    async with Bot(settings.token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
        for menu in list_menus():
            await bot.set_my_commands(menu.commands, scope=menu.scope, language_code=menu.language)
        for language in (None, *LANGUAGES):
            spoken = language or "en"
            await bot.set_my_description(plain_text(spoken, "bot-description"), language_code=language)
            await bot.set_my_short_description(plain_text(spoken, "bot-short-description"), language_code=language)
        await bot.set_chat_menu_button(menu_button=make_menu_button(app_url))


def make_menu_button(app_url: str) -> MenuButton:
    """The button beside the message field; Telegram has one for all languages."""
    if not app_url:
        return MenuButtonCommands()
    return MenuButtonWebApp(plain_text("en", "app-menu-button"), WebAppInfo(app_url))


def main() -> None:
    parser = argparse.ArgumentParser(description="Set the bot's command menus and descriptions in every language.")
    parser.add_argument("--dry-run", action="store_true", help="print the menus and change nothing")
    if parser.parse_args().dry_run:
        for menu in list_menus():
            print(json.dumps(menu.as_json(), ensure_ascii=False))
        return
    try:
        asyncio.run(set_menus(TelegramSettings.read(os.environ), read_app_url(os.environ)))
    except SettingsError as error:
        sys.exit(f"menus: {error}")
    except TelegramError as error:  # its message may contain the token
        sys.exit(f"menus: Telegram answered with {type(error).__name__}")
    print("The command menus and descriptions are set.")


if __name__ == "__main__":
    main()
