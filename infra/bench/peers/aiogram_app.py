"""A bot's webhook in aiogram: its handler pushes the message to Redis and is awaited before the answer.

aiohttp serves it with uvloop and hiredis, the fastest setup in its documentation.
"""

import os
import sys

import uvloop
from aiogram import Bot, Dispatcher  # type: ignore[import-not-found]
from aiogram.types import Message  # type: ignore[import-not-found]
from aiogram.webhook.aiohttp_server import SimpleRequestHandler  # type: ignore[import-not-found]
from aiohttp import web  # type: ignore[import-not-found]
from redis.asyncio import Redis  # type: ignore[import-not-found]

TOKEN = "1234567:TEST-not-a-real-token"  # noqa: S105 — obviously fake

dispatcher = Dispatcher()
redis = Redis.from_url(os.environ["REDIS_URL"])


@dispatcher.message()  # type: ignore[untyped-decorator]
async def take_message(message: Message) -> None:
    """One durable push, awaited."""
    await redis.rpush("updates", message.model_dump_json(exclude_none=True))


def main() -> None:
    """Serve on the given port."""
    app = web.Application()
    secret = os.environ["TELEGRAM_WEBHOOK_SECRET"]
    handler = SimpleRequestHandler(dispatcher, Bot(TOKEN), handle_in_background=False, secret_token=secret)
    handler.register(app, path="/")
    loop = uvloop.new_event_loop()
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, loop=loop, print=None)


if __name__ == "__main__":
    main()
