"""How long the app takes on a slow phone: the first paint, and the first page after signing in.

    python -m tests.app.measure_paint [openings]

The phone: a processor 4 times slower, 1.6 Mbit/s, 150 ms to the server and back; nothing is in its cache. The server is
on this machine, with a world in memory.
"""

import asyncio
import statistics
import sys
from collections.abc import Sequence

from playwright.async_api import Browser, expect

from infra.local.tools import find_chromium
from shared.miniapp.static_files import FOLDER
from tests.app.phone import open_phone
from tests.e2e.page import open_browser
from tests.world import World

OPENINGS = 8
SLOWER, BYTES_PER_SECOND, ROUND_TRIP_MS = 4, 200_000, 150
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
NOW = "() => performance.now()"


async def open_once(browser: Browser) -> tuple[float, float]:
    """Milliseconds until the first paint, and until the first page."""
    async with open_phone(browser, World()) as phone:
        slow = await phone.page.context.new_cdp_session(phone.page)
        await slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        network = {"offline": False, "latency": ROUND_TRIP_MS, "uploadThroughput": BYTES_PER_SECOND}
        await slow.send("Network.emulateNetworkConditions", network | {"downloadThroughput": BYTES_PER_SECOND})
        await phone.start()
        await expect(phone.title).to_be_visible()
        ready = float(await phone.page.evaluate(NOW))
        return float(await phone.page.evaluate(PAINTED)), ready


def describe(name: str, times_ms: Sequence[float]) -> str:
    """One line."""
    times = sorted(times_ms)
    return f"{name}: {times[0]:.0f} to {times[-1]:.0f} ms, median {statistics.median(times):.0f} ms"


async def measure(openings: int) -> None:
    """Print the result."""
    async with open_browser(find_chromium()) as browser:
        times = [await open_once(browser) for _ in range(openings)]
    lines = [
        describe("first paint", [painted for painted, _ in times]),
        describe("first page", [ready for _, ready in times]),
        f"scripts: {sum(path.stat().st_size for path in FOLDER.glob('*.js'))} bytes; {openings} openings",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else OPENINGS))
