"""`python -m infra.local.telegram`: the local Telegram as a process of its own.

Prints one JSON line when it listens: `{"ready": true, "url", "port", "username", "base_url",
"base_file_url"}`.
With `--log`, one JSON line per Bot API call (`{"kind": "call", "call": …}`) and per delivery of an update.
SIGTERM or SIGINT ends it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator

from infra.local.telegram.server import FILE_BYTES_MAX, TEST_TOKEN, Telegram, run_telegram

RELEASES_TITLE = "NanoBanana Releases"
_LOGGED = {"call", "delivered"}


def main() -> None:
    """Serve until told to stop."""
    options = _read_arguments()
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        sys.exit(f"cannot listen on 127.0.0.1:{options.port}: {error.strerror}")


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=8700, help="0 takes a free one")
    parser.add_argument("--token", default=os.environ.get("TELEGRAM_BOT_TOKEN") or TEST_TOKEN)
    parser.add_argument("--username", default="nanobanana_local_bot")
    parser.add_argument("--webhook-url", default="", help="set a webhook at the start")
    parser.add_argument("--secret", default="", help="the webhook's secret token")
    parser.add_argument("--file-bytes-max", type=int, default=FILE_BYTES_MAX, help="memory for files")
    parser.add_argument("--second-token", default="", help="another bot, with its own people's chats and page")
    parser.add_argument("--second-username", default="")
    parser.add_argument("--second-port", type=int, default=0)
    parser.add_argument("--second-webhook-url", default="", help="with the same secret token")
    parser.add_argument("--link", type=read_link, action="append", default=[], help="title=address, for both pages")
    parser.add_argument("--forum", type=read_link, help="id=title: a group with topics, the bot an administrator there")
    parser.add_argument("--seed", type=int, help="makes faults with a probability repeatable")
    parser.add_argument("--log", action="store_true", help="one JSON line per call and delivery")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with contextlib.AsyncExitStack() as stack:
        second = [await stack.enter_async_context(_run_second(options))] if options.second_token else []
        first = await stack.enter_async_context(_run_first(options))
        logs = [asyncio.create_task(_print_events(each)) for each in (first, *second) if options.log]
        _print_ready(first)
        await stopped.wait()
        for log in logs:
            log.cancel()


@contextlib.asynccontextmanager
async def _run_first(options: argparse.Namespace) -> AsyncIterator[Telegram]:
    second = [(RELEASES_TITLE, f"http://127.0.0.1:{options.second_port}")] if options.second_token else []
    async with run_telegram(
        token=options.token,
        username=options.username,
        links=(*second, *options.link),
        port=options.port,
        file_bytes_max=options.file_bytes_max,
        seed=options.seed,
    ) as telegram:
        if options.webhook_url:
            telegram.set_webhook(options.webhook_url, options.secret)
        if options.forum:
            chat_id, title = options.forum
            await telegram.create_chat(int(chat_id), title=title, is_forum=True, sees_everything=True)
        yield telegram


@contextlib.asynccontextmanager
async def _run_second(options: argparse.Namespace) -> AsyncIterator[Telegram]:
    async with run_telegram(
        token=options.second_token,
        username=options.second_username,
        name=RELEASES_TITLE,
        links=(("NanoBanana", f"http://127.0.0.1:{options.port}"), *options.link),
        port=options.second_port,
        seed=options.seed,
    ) as telegram:
        telegram.set_webhook(options.second_webhook_url, options.secret)
        yield telegram


def read_link(text: str) -> tuple[str, str]:
    """A title and an address from "title=address"."""
    title, _, address = text.partition("=")
    return title, address


def _print_ready(telegram: Telegram) -> None:
    addresses = {"base_url": telegram.base_url, "base_file_url": telegram.base_file_url}
    about = {"url": telegram.url, "port": telegram.port, "username": telegram.world.account.username}
    print(json.dumps({"ready": True, **about, **addresses}), flush=True)


async def _print_events(telegram: Telegram) -> None:
    with telegram.world.feed.listen() as events:
        while True:
            event = await events.get()
            if event["kind"] in _LOGGED:
                print(json.dumps(event, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
