"""`python -m infra.local.telegram`: the local Telegram as a process of its own.

Prints one JSON line when it listens: `{"ready": true, "url", "port", "username", "base_url",
"base_file_url"}`.
With `--log`, one JSON line per Bot API call (`{"kind": "call", "call": …}`) and per delivery of an update.
SIGTERM or SIGINT ends it.
"""

import argparse
import asyncio
import json
import os
import signal
import sys

from infra.local.telegram.server import FILE_BYTES_MAX, TEST_TOKEN, Telegram, run_telegram

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
    parser.add_argument("--seed", type=int, help="makes faults with a probability repeatable")
    parser.add_argument("--log", action="store_true", help="one JSON line per call and delivery")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with run_telegram(
        token=options.token,
        username=options.username,
        port=options.port,
        file_bytes_max=options.file_bytes_max,
        seed=options.seed,
    ) as telegram:
        if options.webhook_url:
            telegram.set_webhook(options.webhook_url, options.secret)
        _print_ready(telegram)
        log = asyncio.create_task(_print_events(telegram)) if options.log else None
        await stopped.wait()
        if log is not None:
            log.cancel()


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
