"""A worker of `video` that dies at a chosen step; over real HTTP to Gemini, Telegram, storage and Firestore.

The worker is this process, whose clock and task queue are fakes, so that nobody waits for a lease. Each port is
watched: at the chosen call the worker dies, and nothing that it still tries afterwards reaches anybody.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from google.cloud.firestore import AsyncClient
from google.oauth2.credentials import Credentials

from infra.local.gemini import Gemini, run_gemini
from infra.local.telegram import run_telegram
from infra.local.telegram.server import Telegram
from shared.adapters.firestore import FirestoreStore
from shared.adapters.gemini_access import Access
from shared.adapters.genai_videos import GeminiVideos
from shared.adapters.storage_media import CloudMedia
from shared.adapters.telegram import TelegramMessenger
from shared.adapters.telegram_request import Timeouts
from shared.adapters.transcoder import CloudTranscoder
from shared.adapters.video_files import BucketVideos
from shared.credits.spending import SpendingBook
from shared.jobs.audit import audit
from shared.jobs.job import Job
from shared.jobs.sweep_work import sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.ports import RepairPorts, VideoStudio
from shared.videos.video import is_video
from tests.contracts.test_messenger import UNLIMITED
from tests.e2e.books import Books, open_database, open_store, read_books, read_collection
from tests.fakes.between import Between
from tests.world import World

Json = dict[str, Any]
Door = Literal["enterprise", "developer"]
Step = Literal["start", "poll", "fetch", "transcode", "deliver"]
Moment = Literal["before", "answered", "committed"]
CALLS: dict[tuple[str, str], Step] = {
    ("provider", "start"): "start",
    ("provider", "poll"): "poll",
    ("media", "put_stream"): "fetch",
    ("transcoder", "start"): "transcode",
    ("messenger", "edit_video"): "deliver",
}
"""The call of a port that is the heart of each step."""
ANN = 7
CREDITS = 1_000
TASKS_MAX = 400


class DiedError(BaseException):
    """The process is gone: nothing of the product may catch this."""


@dataclass
class Reaper:
    """Lets the worker die at the next call of a step: before it, after its answer, or after the commit that follows."""

    kills: Counter[Step] = field(default_factory=Counter)
    _armed: tuple[Step, Moment] | None = None
    _dies_after_commit: Step | None = None
    _is_dead: bool = False

    def arm(self, step: Step, moment: Moment) -> None:
        self._armed, self._dies_after_commit = (step, moment), None

    def revive(self) -> None:
        """Another process takes over."""
        self._is_dead = False

    def watch(self, name: str, port: Any) -> Any:
        """The port, as this worker reaches it."""
        return Between(port, lambda method, work: self.pass_on((name, method), work))

    async def pass_on(self, call: tuple[str, str], work: Callable[[], Awaitable[Any]]) -> Any:
        if self._is_dead:
            raise DiedError
        step = CALLS.get(call)
        moment = self._armed[1] if self._armed is not None and self._armed[0] == step else None
        if step is not None and moment == "before":
            self._die(step)
        answer = await work()
        if step is not None and moment == "answered":
            self._die(step)
        if step is not None and moment == "committed":
            self._armed, self._dies_after_commit = None, step
        elif call == ("store", "commit") and self._dies_after_commit is not None:
            self._die(self._dies_after_commit)
        return answer

    def _die(self, step: Step) -> None:
        self.kills[step] += 1
        self._armed, self._dies_after_commit, self._is_dead = None, None, True
        raise DiedError


@dataclass
class Cinema:
    """One person's videos, and everything behind them."""

    door: Door
    world: World
    gemini: Gemini
    telegram: Telegram
    database: AsyncClient
    reaper: Reaper = field(default_factory=Reaper)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is closed Gemini ends no video."""

    def __post_init__(self) -> None:
        async def rest(seconds: float) -> bool:
            await self.gate.wait()
            return True

        self.gate.set()
        self.gemini.service.rest = rest  # type: ignore[method-assign]

    async def order(self, words: str) -> None:
        """A video of six seconds, which is long enough to be transcoded."""
        await self.world.send(self.world.message(f"/video {words}", user_id=ANN))
        await self.press("6 s")
        await self.press("Make it")

    async def press(self, label: str) -> None:
        """The button of the last message."""
        message = self.messages()[-1]
        buttons = [button for row in message["reply_markup"]["inline_keyboard"] for button in row]
        [data] = [button["callback_data"] for button in buttons if label in button["text"]]
        pressed = await self.telegram.press(ANN, ANN, message["message_id"], callback_data=data, wait=False)
        update = self.world.tap_data(data, message["message_id"], user_id=ANN)
        update["callback_query"]["id"] = str(pressed["query_id"])
        await self.world.deliver(update)

    def messages(self) -> Sequence[Json]:
        """What the bot shows in the chat."""
        return [message for message in self.telegram.messages(ANN) if message["from"]["is_bot"]]

    async def run_until(self, kills: int) -> None:
        """Run tasks until the worker has died so often."""
        for _ in range(TASKS_MAX):
            if self.reaper.kills.total() >= kills:
                return
            await self.run_next()
        raise AssertionError(f"{self.reaper.kills} after {TASKS_MAX} tasks")

    async def rest(self) -> None:
        """Run all tasks, and sweep what has none, until nothing is left to do."""
        for _ in range(TASKS_MAX):
            if not await self.run_next() and not await self._sweep():
                return
        raise AssertionError(f"not quiet after {TASKS_MAX} tasks")

    async def run_next(self) -> bool:
        """Run the task that is due first, after all that the providers have begun; False when there is none."""
        if self.gate.is_set():
            await self.gemini.wait_for_videos()
            await self.gemini.transcoder.wait()
        try:
            return await self.world.run_next()
        except DiedError:
            self.reaper.revive()
            self.world.clock.advance(LEASE_SECONDS + 60)
            await sweep_work(self.world.repair_ports)
            return True

    async def _sweep(self) -> bool:
        due = [job.sweep_at for job in await self.videos() if job.sweep_at is not None]
        if due:
            self.world.clock.set(max(self.world.now, *due))
            await sweep_work(self.world.repair_ports)
        return bool(due)

    async def videos(self) -> list[Job]:
        """All jobs of videos."""
        return [job for job in (await self.books()).jobs.values() if is_video(job)]

    async def books(self) -> Books:
        """Everything in Firestore."""
        return await read_books(self.database)

    async def check_books(self) -> None:
        """The books are right, and nothing is under way."""
        books = await self.books()
        assert audit(books.users.values(), list(books.jobs.values()), books.transfers, at_rest=True) == []

    async def booked_usd_micros(self) -> int:
        """What we may have spent."""
        return sum(int(fields["day"]) for fields in (await read_collection(self.database, "spend")).values())

    def orphans(self) -> Counter[str]:
        """The jobs' marks of the interactions that Gemini still keeps."""
        return Counter(each.request.labels["job"] for each in self.gemini.videos.interactions.values())


@asynccontextmanager
async def open_cinema(door: Door, firestore: str, project: str, storage: str, bucket: str) -> AsyncIterator[Cinema]:
    """`STORAGE_EMULATOR_HOST` has to be set."""
    media = CloudMedia(bucket)
    async with (
        run_gemini(storage_url=storage) as gemini,
        run_telegram() as telegram,
        open_store(firestore, project) as store,
        open_database(firestore, project) as database,
    ):
        await telegram.send(ANN, text="/start")
        messenger = TelegramMessenger(
            telegram.token, telegram.url, Timeouts(write_media=20), UNLIMITED, stream=media.stream
        )
        cinema = Cinema(door, World(), gemini, telegram, database)
        model = GeminiVideos(_access(door, gemini), media, bucket)
        files = BucketVideos(media)
        transcoder = CloudTranscoder("test-project", "europe-west1", bucket, gemini.base_url)
        _connect(cinema, store, messenger, media, VideoStudio(
            {"gemini": model}, media, files, cinema.world.pictures, cinema.world.budget, transcoder
        ))  # fmt: skip
        await cinema.world.give(CREDITS, ANN)
        yield cinema
        files.close()
        for each in (messenger, model, transcoder, media):
            await each.close()


def _access(door: Door, gemini: Gemini) -> Access:
    if door == "developer":
        return Access(api_key="test-key", base_url=gemini.base_url)
    credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
    return Access(project="p", location="eu", base_url=gemini.base_url, credentials=credentials)


def _connect(
    cinema: Cinema, store: FirestoreStore, messenger: TelegramMessenger, media: CloudMedia, studio: VideoStudio
) -> None:
    """Give the world the real ports, each as its worker reaches it."""
    world, watch = cinema.world, cinema.reaper.watch
    watched = watch("store", store)
    world.store = cast("Any", store)
    world.ports = replace(
        world.ports,
        store=watched,
        messenger=watch("messenger", messenger),
        blobs=watch("media", media),
        spending=SpendingBook(watched, world.clock, world.ids, world.caps),
    )
    world.repair_ports = RepairPorts(store, world.tasks, world.clock)
    world.video_studio = replace(
        studio,
        providers={name: watch("provider", provider) for name, provider in studio.providers.items()},
        media=watch("media", studio.media),
        files=watch("files", studio.files),
        transcoder=watch("transcoder", studio.transcoder),
    )
