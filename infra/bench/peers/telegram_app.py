"""A bot's webhook in python-telegram-bot: its own server, its own queue in memory, so nothing is durable."""

import os
import sys
from typing import Any

import uvloop
from telegram import Update
from telegram.ext import Application, TypeHandler

TOKEN = "1234567:TEST-not-a-real-token"  # noqa: S105 — obviously fake


async def take_update(update: Update, context: Any) -> None:
    """Do nothing: the bench measures only the webhook."""


def main() -> None:
    """Serve on the given port; TELEGRAM_API_BASE_URL is a local Bot API server that takes setWebhook."""
    uvloop.install()
    api, port = os.environ["TELEGRAM_API_BASE_URL"], int(sys.argv[1])
    application = Application.builder().token(TOKEN).base_url(f"{api}/bot").build()
    application.add_handler(TypeHandler(Update, take_update))
    application.run_webhook(
        listen="127.0.0.1",
        port=port,
        webhook_url=f"http://127.0.0.1:{port}/",
        secret_token=os.environ["TELEGRAM_WEBHOOK_SECRET"],
        close_loop=False,
    )


if __name__ == "__main__":
    main()
