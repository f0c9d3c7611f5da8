"""The whole system as processes, for `make run`, for tests that kill it, for the browser and for the bench.

    async with run_system(Options(gemini_latency_seconds=0.1)) as system:
        await post_update(system.urls["webhook"], ...)
        await system.wait_for(lambda event: event.name == "delivered")
        system.process("image").kill()          # SIGKILL to master and workers; it is restarted automatically
        await system.wait_ready("image")
        assert not system.events.errors()

`Options(parts=only("firestore", "tasks", "bot"))` starts less, `Options(functions_folder=…)` other functions,
`Options(restart=False)` leaves a dead part stopped until `await system.start("image")`. `system.addresses` are the
environment variables with which a test's own clients reach the same Firestore, storage and tasks.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from infra.functions import FUNCTIONS, SCHEDULED
from infra.local.events import Event, EventLog, read_event
from infra.local.options import SCHEDULER, Options
from infra.local.parts import find_urls, list_addresses, list_parts, name_caller
from infra.local.ports import require_free
from infra.local.processes import READY_SECONDS_MAX, Part, Process, StartError
from infra.local.scheduler import Scheduler

MEGABYTE = 1_000_000
DEATHS_FORGOTTEN_SECONDS = 60
WARM_SECONDS_MAX = 10
ANSWER_SECONDS_MAX = 10
"""For one answer to whether a part serves: a killed part's connection ends at once, a busy one's answer takes long."""


class Watcher:
    """Receives the events of a system and ignores them; the subclass of `make run` prints them."""

    def started(self, process: Process, seconds: float) -> None:
        """A part serves, `seconds` after its start."""

    def died(self, process: Process, code: int, plan: str) -> None:
        """A part ended unexpectedly; `plan` is a text that says what happens next."""

    def heard(self, event: Event) -> None:
        """A part wrote a line."""


class System:
    """The parts that run; made by `run_system`."""

    def __init__(self, options: Options, watcher: Watcher) -> None:
        """Raises MissingToolError when a program that a part needs is not installed."""
        self.options = options
        self.urls = find_urls(options)
        self.addresses = list_addresses(options)
        self.events = EventLog()
        self._watcher = watcher
        self._scratch = TemporaryDirectory(prefix="nanobanana-", ignore_cleanup_errors=True)
        self._processes = {part.name: Process(self._give_folder(part), self._hear) for part in list_parts(options)}
        self._client = httpx.AsyncClient(timeout=ANSWER_SECONDS_MAX, trust_env=False)
        self._keepers: list[asyncio.Task[None]] = []
        self._schedulers: list[Scheduler] = []
        self._stopping = False

    @property
    def names(self) -> frozenset[str]:
        """The parts that run as processes of this system."""
        return frozenset(self._processes)

    # --- what a test uses ---------------------------------------------------------------------------------

    def process(self, name: str) -> Process:
        """One part's process: its `pid`, `kill()`, `is_running`, `starts`. Raises KeyError when not started."""
        return self._processes[name]

    async def start(self, name: str) -> float:
        """Start a part that was killed or stopped, under `restart=False`; the seconds until it serves."""
        await self._processes[name].start()
        return await self._processes[name].wait_ready(self._client)

    async def stop(self, name: str) -> None:
        """SIGTERM to one part, as a scale-down would; SIGKILL to what is left after 3 s."""
        await self._processes[name].stop()

    async def wait_ready(self, name: str, seconds_max: float = READY_SECONDS_MAX) -> None:
        """Wait until a part serves, however often it dies meanwhile. Raises TimeoutError."""
        async with asyncio.timeout(seconds_max):
            while True:
                with suppress(StartError):
                    await self._processes[name].wait_ready(self._client)
                    return
                await asyncio.sleep(0.05)

    async def wait_for_start(self, name: str, number: int, seconds_max: float = READY_SECONDS_MAX) -> None:
        """Wait until a part was started for the `number`th time and serves. Raises TimeoutError with what is known."""
        process = self._processes[name]
        try:
            async with asyncio.timeout(seconds_max):
                while process.starts < number:  # noqa: ASYNC110 — its keeper starts it, sooner or later
                    await asyncio.sleep(0.02)
                await self.wait_ready(name, seconds_max)
        except TimeoutError:
            state = "runs" if process.is_running else "has ended"
            ago = time.monotonic() - process.started_at
            what = f"does not serve after {seconds_max:.0f} s: its start {process.starts} (wanted: {number}) was"
            what += f" {ago:.0f} s ago, and it {state}"
            raise TimeoutError(process.describe(what)) from None

    async def wait_for(self, wanted: Callable[[Event], bool], seconds_max: float = 10) -> Event:
        """The first event, heard already or to come, for which `wanted` is true. Raises TimeoutError."""
        found: asyncio.Future[Event] = asyncio.get_running_loop().create_future()

        def look(event: Event) -> None:
            if not found.done() and wanted(event):
                found.set_result(event)

        unlisten = self.events.listen(look)
        try:
            for event in self.events:
                look(event)
            return await asyncio.wait_for(found, seconds_max)
        finally:
            unlisten()

    def measure_memory(self) -> dict[str, int]:
        """Bytes per part, children included: its share (PSS) on Linux, resident elsewhere."""
        return {name: measure_tree(each.pid) for name, each in self._processes.items() if each.is_running}

    # --- its life -----------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Start everything and wait until it serves. Raises StartError or PortTakenError."""
        require_free({name: self.options.ports[name] for name in self._list_ports()})
        await asyncio.gather(*(process.start() for process in self._processes.values()))
        try:
            async with asyncio.TaskGroup() as group:
                for process in self._processes.values():
                    group.create_task(self._await_first(process))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        if self.options.warm:
            await asyncio.gather(*(self._warm(name) for name in FUNCTIONS if name in self._processes))
        self._keepers = [asyncio.create_task(self._keep(process)) for process in self._processes.values()]
        if SCHEDULER in self.options.parts:
            for name in SCHEDULED:
                self._open_scheduler(name)

    def _give_folder(self, part: Part) -> Part:
        """Give the part its own runtime folder: gunicorns that share one compete for `gunicorn.ctl`."""
        folder = Path(self._scratch.name, part.name)
        folder.mkdir(mode=0o700)
        return replace(part, environment={**part.environment, "XDG_RUNTIME_DIR": str(folder)})

    def _list_ports(self) -> list[str]:
        more = ["tasks_http"] if "tasks" in self._processes else []
        more += ["release_telegram"] if {"telegram", "github"} <= self._processes.keys() else []
        return [*self._processes, *more]

    async def _await_first(self, process: Process) -> None:
        self._watcher.started(process, await process.wait_ready(self._client))

    async def _warm(self, name: str) -> None:
        """Let a function open its connections; its answer is ignored."""
        with suppress(httpx.HTTPError):
            await self._client.get(f"{self.urls[name]}/ready", timeout=WARM_SECONDS_MAX)

    def _open_scheduler(self, name: str) -> None:
        options = self.options
        queue = f"projects/{options.project}/locations/{options.location}/queues/{name}"
        account = name_caller(options, name)
        scheduler = Scheduler(self.urls["tasks"], queue, self.urls[name], account)
        self._schedulers.append(scheduler)
        run = scheduler.run(options.sweep_seconds, lambda text: self._hear(SCHEDULER, text))
        self._keepers.append(asyncio.create_task(run))

    async def _keep(self, process: Process) -> None:
        """Start a part again whenever it dies, at most every `restart_seconds`."""
        deaths: list[float] = []
        while True:
            code = await process.wait_end()
            if not self.options.restart or self._stopping:
                return
            process.kill()  # its children, where only the first process died
            deaths = [at for at in deaths if at > time.monotonic() - DEATHS_FORGOTTEN_SECONDS]
            deaths.append(time.monotonic())
            if len(deaths) > self.options.restarts_max:
                self._watcher.died(process, code, f"died {len(deaths)} times within a minute, left alone")
                return
            self._watcher.died(process, code, "started again")
            await asyncio.sleep(max(0.0, process.started_at + self.options.restart_seconds - time.monotonic()))
            try:
                await process.start()
            except OSError as error:  # no memory, no more processes: said where the part's own lines are
                self._hear(process.part.name, f"could not be started: {error!r}")
                raise

    async def close(self) -> None:
        """End all started processes, whatever their state."""
        self._stopping = True
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for scheduler in self._schedulers:
            await scheduler.close()
        # The functions first: what they call must not be gone before them.
        for is_function in (True, False):
            wanted = [process for name, process in self._processes.items() if (name in FUNCTIONS) is is_function]
            await asyncio.gather(*(process.stop() for process in wanted))
        await self._client.aclose()
        self._scratch.cleanup()

    def _hear(self, part: str, line: str) -> None:
        event = read_event(part, line)
        self.events.add(event)
        self._watcher.heard(event)


@asynccontextmanager
async def run_system(options: Options | None = None, watcher: Watcher | None = None) -> AsyncIterator[System]:
    """Start a system, ready when the block is entered, gone when it is left.

    Raises MissingToolError, PortTakenError, or StartError with the last lines of the part that failed.
    """
    system = System(options or Options(), watcher or Watcher())
    try:
        await system.open()
        yield system
    finally:
        await system.close()


def measure_tree(pid: int) -> int:
    """Memory of a process and its descendants, in bytes."""
    total = 0
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.Error):
                full = process.memory_full_info()
                total += getattr(full, "pss", full.rss)
    return total
