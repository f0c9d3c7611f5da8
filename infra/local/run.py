"""`make run`: the whole system on this machine, one address, Ctrl-C stops all of it.

| variable | changes |
|---|---|
| `TELEGRAM_BOT_TOKEN` | serves this real bot instead of the local Telegram |
| `TELEGRAM_API_BASE_URL` | … at another Bot API server |
| `GEMINI_API_KEY` | asks the real model instead of the local one |
| `FAL_KEY` | asks the real models of fal, the second provider, instead of the local ones |
| `NANOBANANA_PORT_BASE` | moves all ports; 8700 unless given |

Exit code 0 after Ctrl-C or SIGTERM, 1 when a part failed, 2 when something must be installed or set first.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import time

from infra.local.console import Console
from infra.local.events import Event
from infra.local.options import LOCAL_ENCRYPTION_KEY, LOCAL_TOKEN, TELEGRAM_API, Options
from infra.local.ports import BASE, BASE_VARIABLE, PortTakenError, fix_ports
from infra.local.processes import StartError
from infra.local.relay import Relay, RelayError
from infra.local.seeding import seed_releases
from infra.local.system import System, run_system
from infra.local.tools import MissingToolError
from infra.telegram import set_menus
from shared.adapters.key_file import make_key_file
from shared.settings import TelegramSettings

GEMINI_LATENCY_SECONDS = 4.0
GEMINI_VIDEO_SECONDS = 20.0
RELEASE_PACE_SECONDS = 2.0
BASE_MIN, BASE_MAX = 1024, 65_000


def main() -> int:
    """Run until told to stop; returns the exit code."""
    console = Console(tuple(os.environ.get(name, "") for name in ("TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY", "FAL_KEY")))
    try:
        asyncio.run(serve(read_options(), console))
    except (MissingToolError, PortTakenError, RelayError, ValueError) as error:
        console.fail(str(error))
        return 2
    except StartError as error:
        console.fail(str(error))
        return 1
    return 0


def read_options() -> Options:
    """Read the options from the environment. Raises ValueError that says how to fix it."""
    given = os.environ.get(BASE_VARIABLE, str(BASE))
    if not given.isdecimal() or not BASE_MIN <= int(given) <= BASE_MAX:
        raise ValueError(f"{BASE_VARIABLE} is a port between {BASE_MIN} and {BASE_MAX}, not “{given}”")
    token = os.environ.get("TELEGRAM_BOT_TOKEN") or None
    return Options(
        ports=fix_ports(int(given)),
        gemini_latency_seconds=GEMINI_LATENCY_SECONDS,
        gemini_text_pace=1.0,
        gemini_video_seconds=GEMINI_VIDEO_SECONDS,
        restart_seconds=2,
        restarts_max=5,
        webhook_secret=secrets.token_urlsafe(24),
        telegram_token=token,
        telegram_api=os.environ.get("TELEGRAM_API_BASE_URL") if token else None,
        gemini_key=os.environ.get("GEMINI_API_KEY") or None,
        second_provider=True,
        cards=True,
        releases=True,
        telemetry=True,
        release_pace_seconds=RELEASE_PACE_SECONDS,
        fal_key=os.environ.get("FAL_KEY") or None,
        encryption_key=LOCAL_ENCRYPTION_KEY,
    )


async def serve(options: Options, console: Console) -> None:
    """Start everything, serve until a signal comes, stop everything. Raises the errors that `main` reports."""
    work = asyncio.create_task(serve_forever(options, console))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work
        return
    console.say("Everything is stopped.")


async def serve_forever(options: Options, console: Console) -> None:
    """Until cancelled."""
    console.greet()
    started = time.monotonic()
    if options.encryption_key is not None:
        make_key_file(options.encryption_key)
    async with run_system(options, console) as system:
        if not options.telegram_token:
            await set_menus(TelegramSettings(LOCAL_TOKEN, system.urls["telegram"]), f"{system.urls['api']}/")
        console.show_open(system, time.monotonic() - started, list_notes(options))
        try:
            if {"firestore", "github"} <= system.names:
                await seed_releases(system.addresses)  # while the page is being opened
            await (relay_updates(system, console) if options.telegram_token else asyncio.Event().wait())
        finally:
            console.say("\nStopping …")


async def relay_updates(system: System, console: Console) -> None:
    """Feed a real bot's updates to the local webhook."""
    options = system.options
    api = options.telegram_api or TELEGRAM_API
    webhook = f"{system.urls['webhook']}/"
    await Relay(
        api,
        options.telegram_token or "",
        webhook,
        options.webhook_secret,
        lambda text: console.heard(Event("relay", text)),
    ).run()


def list_notes(options: Options) -> list[str]:
    """Lines about real services in this run."""
    notes = []
    if options.telegram_token:
        notes.append("Your bot is served: write to it in Telegram.")
    if options.gemini_key:
        notes.append("The real Gemini answers: pictures cost money.")
    if options.fal_key:
        notes.append("The real fal is asked for its models: pictures and videos cost money.")
    return notes


if __name__ == "__main__":
    sys.exit(main())
