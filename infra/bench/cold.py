"""`cold`: from `exec` to the first useful call, as a ratio to functions-framework's smallest function.

Every start is a fresh process on its own core; the request waits until the process listens, as on Cloud Run.

    exec ──── imports ──── listens ── request ── first call of …
                                                 webhook → CreateTask · bot → sendMessage · image → generateContent
                                                 chat, video → look-up of a missing job
                                                 payments → look at the queue · api → a page of a person
                                                 releases → an answer of the release bot
                                                 sweep → one sweep
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from infra.bench.contenders import list_floor, make_webhook
from infra.bench.crowd import BOT_ID, FIRST_USER_ID, Ear, gather_crowd, hear
from infra.bench.environment import prepare_runtime, run_as_in_image
from infra.bench.figures import Goal, Section, find_median
from infra.bench.machine import OTHER_CORE, SERVER_CORE, staying_on
from infra.bench.noise import QUIET_CORES_MAX, Noise
from infra.bench.payload import SECRET, SECRET_HEADER, encode_request, encode_update, make_update
from infra.bench.servers import Server
from infra.bench.sink import start_sink
from infra.bench.tokens import catch_token
from infra.local.options import LOCAL_SESSION_KEY, SERVERS, Options, only
from infra.local.parts import describe_function
from infra.local.ports import HOST, find_free_port
from infra.local.system import System, run_system
from shared.hash_ids import hash_id
from shared.jobs.identity import job_id_of, message_intent
from shared.miniapp.session import open_session, write_token
from shared.pages import ROUTES
from shared.release_hook import UPDATE

STARTS = 7
PATIENCE_SECONDS = 30
ROUNDS_MAX = 60
MESSAGE_ID = 4321
SECONDS_MAX = 15
BYTES_MAX = 65_536
LIMITS = {
    "webhook": (1.6, 1.3),
    "bot": (4.0, 3.0),
    "image": (6.0, 4.2),
    "chat": (6.0, 4.2),
    "video": (6.0, 4.2),
    "payments": (4.0, 3.0),
    "api": (4.0, 3.0),
    "releases": (4.0, 3.0),
    "sweep": (4.0, 3.0),
}
"""Function → the promised ratio and the ratio we aim for."""
USEFUL = {
    "hello": "first answer of functions-framework's sync hello",
    "webhook": "webhook: first update stored as a task",
    "bot": "bot: first status card sent",
    "image": "image: model called",
    "chat": "chat: a job looked up",
    "video": "video: a job looked up",
    "payments": "payments: the queue looked at",
    "api": "api: a page of a person shown",
    "releases": "releases: a question to the bot answered",
    "sweep": "sweep: swept once",
}
COLUMNS = ("from exec to", "median ms", "best ms", "worst ms", "× hello")


@dataclass(frozen=True)
class Start:
    """One kind of cold start."""

    server: Server
    make_request: Callable[[int], bytes]
    """The request for start number n."""
    find_useful: Callable[[], Awaitable[float]] | None = None
    """The time of the last start's useful call, asked after the answer; None: the answer itself counts."""


@dataclass(frozen=True)
class Round:
    """One start of each kind: milliseconds per kind, and the cores used by other processes meanwhile."""

    milliseconds: dict[str, float]
    others_cores: float


def measure() -> Section:
    """All kinds in turn, so that noise affects all equally; everything but the function runs on the other core."""
    prepare_runtime()
    with staying_on(OTHER_CORE):
        return asyncio.run(measure_rounds())


async def measure_rounds() -> Section:
    """The first start of each is not counted: it compiles bytecode and fills the disk cache."""
    rounds: list[Round] = []
    async with prepare_starts() as starts:
        await measure_round(starts, 0)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(rounds) < STARTS or (is_noisy(rounds) and time.monotonic() < deadline):
            rounds.append(await measure_round(starts, len(rounds) + 1))
    chosen = sorted(rounds, key=lambda each: each.others_cores)[:STARTS]
    return build_section(chosen, len(rounds))


def is_noisy(rounds: Sequence[Round]) -> bool:
    """Whether more rounds may help, and there are people left for them."""
    quiet = sum(each.others_cores <= QUIET_CORES_MAX for each in rounds)
    return quiet < STARTS and len(rounds) < ROUNDS_MAX


def count_quiet(rounds: Sequence[Round]) -> int:
    return sum(each.others_cores <= QUIET_CORES_MAX for each in rounds)


async def measure_round(starts: Mapping[str, Start], number: int) -> Round:
    """Each kind once; `image` gets the job that `bot` has just made."""
    noise = Noise()
    milliseconds = {name: await measure_start(start, number) for name, start in starts.items()}
    return Round(milliseconds, noise.find_cores())


async def measure_start(start: Start, number: int) -> float:
    """Milliseconds from exec to the useful call. Raises ServerError, RuntimeError."""
    start.server.start()
    try:
        answered_at = await asyncio.to_thread(knock, start.server, start.make_request(number))
        useful_at = await start.find_useful() if start.find_useful else answered_at
    finally:
        await asyncio.to_thread(start.server.stop)
    return round((useful_at - start.server.started_at) * 1000, 1)


def knock(server: Server, request: bytes) -> float:
    """Send the request as soon as the server listens; returns the time of the answer's first byte."""
    with server.connect() as connection:
        connection.settimeout(SECONDS_MAX)
        connection.sendall(request)
        answer = connection.recv(BYTES_MAX)
    answered_at = time.time()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{server.name} answered {answer[:200]!r}; it wrote:\n{server.read_last_lines()}")
    return answered_at


# --- the kinds ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def prepare_starts() -> AsyncIterator[dict[str, Start]]:
    """The services that the functions need are up and warm; only the functions start cold."""
    options = Options(parts=only(*SERVERS), webhook_secret=SECRET, arguments={"telegram": ("--webhook-url=",)})
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(run_system(options))
        ear = await stack.enter_async_context(hear(system))
        crowd = await stack.enter_async_context(gather_crowd(system))
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        await client.post(f"{system.urls['tasks_http']}/pause?queue=image")  # its jobs wait for the bench
        await asyncio.gather(*(crowd.ask(user_of(number), "/start") for number in range(ROUNDS_MAX + 1)))
        seen: list[float] = []
        sink_port = find_free_port()
        await stack.enter_async_context(await start_sink(sink_port, lambda: seen.append(time.time())))
        yield {
            "hello": prepare_hello(),
            "webhook": prepare_webhook(options, sink_port, seen),
            "bot": prepare_bot(system, ear, await catch_token(system, "bot")),
            "image": prepare_image(system, client, await catch_token(system, "image")),
            "chat": prepare_look(system, "chat", await catch_token(system, "chat")),
            "video": prepare_look(system, "video", await catch_token(system, "video")),
            "payments": prepare_read(system, "payments", "/ready", {}),
            "api": prepare_read(system, "api", find_page(), {"Authorization": f"Bearer {make_session()}"}),
            "releases": prepare_releases(system),
            "sweep": prepare_look(system, "sweep", await catch_token(system, "sweep")),
        }


def prepare_hello() -> Start:
    """The smallest function, to which the others are compared."""
    server = next(each.server for each in list_floor() if each.name == "hello-sync")
    return Start(server, lambda _: encode_request(server.port, "/", b"{}", {}))


def prepare_webhook(options: Options, sink_port: int, seen: list[float]) -> Start:
    """Until its first CreateTask arrives."""
    server = make_webhook(options, "cold-webhook", f"{HOST}:{sink_port}")

    async def find_useful() -> float:
        return seen[-1]

    return Start(
        server, lambda _: encode_request(server.port, "/", encode_update(), {SECRET_HEADER: SECRET}), find_useful
    )


def prepare_bot(system: System, ear: Ear, token: str) -> Start:
    """Until its first sendMessage arrives."""
    server = make_function(system, "bot")

    def make_request(number: int) -> bytes:
        update = make_update(900_000_001 + number, MESSAGE_ID, user_of(number))
        return encode_request(server.port, "/", json.dumps(update).encode(), {"Authorization": token})

    async def find_useful() -> float:
        def list_sent() -> list[float]:
            return [call.started_at for call in ear.calls if call.started_at > server.started_at]

        await ear.wait_until(lambda: bool(list_sent()), SECONDS_MAX)
        return list_sent()[0]

    return Start(server, make_request, find_useful)


def prepare_image(system: System, client: httpx.AsyncClient, token: str) -> Start:
    """Until its first generateContent arrives."""
    server = make_function(system, "image")

    def make_request(number: int) -> bytes:
        job_id = job_id_of(message_intent(BOT_ID, user_of(number), MESSAGE_ID), 1)
        return encode_request(server.port, "/", json.dumps({"job": job_id}).encode(), {"Authorization": token})

    async def find_useful() -> float:
        calls = (await client.get(f"{system.urls['gemini']}/control/calls")).json()["calls"]
        started_at = float(calls[-1]["started"])
        if started_at < server.started_at:
            raise RuntimeError("image answered without asking the model")
        return started_at

    return Start(server, make_request, find_useful)


def prepare_releases(system: System) -> Start:
    """Until it has answered somebody who is no member."""
    server = make_function(system, "releases")
    update = encode_update()
    return Start(server, lambda _: encode_request(server.port, UPDATE, update, {SECRET_HEADER: SECRET}))


def prepare_look(system: System, name: str, token: str) -> Start:
    """Until it has looked up a missing job, which `sweep` is not asked for: it has connected to Firestore, and made the
    model's client if it has one.
    """
    server = make_function(system, name)
    body = json.dumps({"job": hash_id("not there")}).encode()
    return Start(server, lambda _: encode_request(server.port, "/", body, {"Authorization": token}))


def prepare_read(system: System, name: str, path: str, headers: Mapping[str, str]) -> Start:
    """Until a GET is answered that reads a document."""
    server = make_function(system, name)
    lines = "".join(f"{header}: {value}\r\n" for header, value in headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{server.port}\r\n{lines}Connection: close\r\n\r\n".encode()
    return Start(server, lambda _: request)


def find_page() -> str:
    """The first page of the Mini App that needs no more than the person."""
    return next(each.pattern for each in ROUTES if each.method == "GET" and "{" not in each.pattern)


def make_session() -> str:
    """The session of a person in the local Mini App."""
    return write_token(open_session(FIRST_USER_ID, "en", datetime.now(UTC)), LOCAL_SESSION_KEY.encode())


def make_function(system: System, name: str) -> Server:
    """A function as its container starts it, on its own core."""
    part = describe_function(system.options, name)
    return Server(f"cold-{name}", run_as_in_image(part.command), part.port, SERVER_CORE, part.environment)


def user_of(number: int) -> int:
    """One person per start: nobody may have more than a few jobs open."""
    return FIRST_USER_ID + number


# --- the table ----------------------------------------------------------------------------------------------


def build_section(rounds: Sequence[Round], count: int) -> Section:
    """Ratios of medians."""
    section = Section("cold", f"fresh processes on one core, {len(rounds)} starts of each in turn", COLUMNS)
    starts = {name: [each.milliseconds[name] for each in rounds] for name in USEFUL}
    hello = find_median(starts["hello"])
    for name, values in starts.items():
        median = find_median(values)
        cells = (f"{median:.0f}", f"{min(values):.0f}", f"{max(values):.0f}", f"{median / hello:.2f}")
        section.rows.append((USEFUL[name], *cells))
    for name, (promise, aim) in LIMITS.items():
        text, ratio = f"{USEFUL[name]}, over hello", find_median(starts[name]) / hello
        section.goals += [
            Goal(text, ratio, "at most", promise, "×"),
            Goal(text, ratio, "at most", aim, "×", binding=False),
        ]
    busy = max(each.others_cores for each in rounds)
    section.notes = [f"the {len(rounds)} least disturbed of {count} rounds; others kept at most {busy:.2f} cores busy"]
    section.raw = {"milliseconds": starts, "others_cores": [each.others_cores for each in rounds]}
    return section
