"""The supervisor: what it starts, hears, brings back and leaves behind."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from infra.functions import FUNCTIONS
from infra.local.options import LOCAL_FAL_KEY, LOCAL_SESSION_KEY, LOCAL_TOKEN, LOCAL_USERNAME, Options, only, without
from infra.local.parts import find_started, find_urls, list_settings
from infra.local.ports import PortTakenError, find_free_port
from infra.local.processes import Process, StartError
from infra.local.system import System, Watcher, run_system
from infra.local.telegram.signing import PUBLIC_KEY
from shared.settings import TELEGRAM_PUBLIC_KEY, SignInSettings

STUBS = Path(__file__).parent / "stubs"


@asynccontextmanager
async def run_webhook(**settings: object) -> AsyncIterator[System]:
    options = Options(parts=only("webhook"), functions_folder=STUBS, **settings)  # type: ignore[arg-type]
    async with run_system(options) as system:
        yield system


async def post(system: System, body: bytes) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(system.urls["webhook"], content=body)


async def test_started_function_serves_and_is_heard() -> None:
    """A function answers once the block is entered, and its log line arrives as an event."""
    async with run_webhook() as system:
        assert (await post(system, b"hello")).status_code == 200
        event = await system.wait_for(lambda event: event.name == "asked")
    assert event.fields is not None
    assert event.fields["body"] == "hello"
    assert event.part == "webhook"


async def test_nothing_is_left_behind() -> None:
    """After the block neither the process nor its workers live, and the port is free."""
    async with run_webhook(workers={"webhook": 2}) as system:
        master = psutil.Process(system.process("webhook").pid)
        async with asyncio.timeout(5):
            while len(family := [master, *master.children(recursive=True)]) < 3:  # noqa: ASYNC110 — forks tell nobody
                await asyncio.sleep(0.02)
        port = system.options.ports["webhook"]
    assert psutil.wait_procs(family, timeout=3)[1] == []
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


async def test_killed_function_comes_back() -> None:
    """After SIGKILL to all of it, a function is started again and serves on the same port."""
    async with run_webhook() as system:
        first = system.process("webhook").pid
        system.process("webhook").kill()
        await system.process("webhook").wait_end()
        await system.wait_ready("webhook")
        assert system.process("webhook").pid != first
        assert (await post(system, b"again")).status_code == 200


async def test_lost_master_takes_its_workers_along() -> None:
    """Where only the first process dies, its orphaned workers are ended and a new one takes the port."""
    async with run_webhook() as system:
        master = psutil.Process(system.process("webhook").pid)
        workers = master.children()
        master.kill()
        await system.process("webhook").wait_end()
        await system.wait_ready("webhook")
        assert workers
        assert psutil.wait_procs(workers, timeout=3)[1] == []


async def test_dead_stay_dead_without_restart() -> None:
    """Where a test steers the deaths itself, a part stays down until it is started."""
    async with run_webhook(restart=False) as system:
        system.process("webhook").kill()
        assert await system.process("webhook").wait_end() == -9
        assert not system.process("webhook").is_running
        await system.start("webhook")
        assert (await post(system, b"again")).status_code == 200


async def test_part_that_keeps_dying_is_left_alone() -> None:
    """After too many deaths within a minute a part is given up, and that is said."""
    watcher = Notes()
    options = Options(parts=only("webhook"), functions_folder=STUBS, restarts_max=1, restart_seconds=0)
    async with run_system(options, watcher) as system:
        process = system.process("webhook")
        process.kill()
        await system.wait_for_start("webhook", 2)
        process.kill()
        plan = await asyncio.wait_for(watcher.last, 5)
        assert "left alone" in plan
        assert not process.is_running


class Notes(Watcher):
    def __init__(self) -> None:
        self.last: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def died(self, process: Process, code: int, plan: str) -> None:
        if "again" not in plan:
            self.last.set_result(plan)


async def test_environment_is_the_functions_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function gets its settings and what a test adds, and no secret that is another's."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "developer.json")
    async with run_webhook(environment={"webhook": {"EXTRA": "1"}}) as system:
        await post(system, b"hello")
        event = await system.wait_for(lambda event: event.name == "asked")
    settings = set((event.fields or {})["settings"])
    assert {"EXTRA", "TELEGRAM_WEBHOOK_SECRET", "CLOUD_TASKS_EMULATOR_HOST", "BOT_URL"} <= settings
    assert not {"TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS"} & settings


async def test_part_that_cannot_start_says_why(tmp_path: Path) -> None:
    """A function that fails to load ends the start with the lines it wrote."""
    (tmp_path / "webhook").mkdir()
    (tmp_path / "webhook" / "main.py").write_text("raise RuntimeError('no such setting')\n", encoding="utf-8")
    with pytest.raises(StartError, match="no such setting"):
        async with run_system(Options(parts=only("webhook"), functions_folder=tmp_path)):
            pass


async def test_taken_port_is_named_with_a_cure() -> None:
    """A port that another program holds is refused before anything starts."""
    with socket.create_server(("127.0.0.1", port := find_free_port())):
        ports = {**Options().ports, "webhook": port}
        with pytest.raises(PortTakenError, match=rf"Port {port} \(webhook\) is taken by .*NANOBANANA_PORT_BASE="):
            async with run_webhook(ports=ports):
                pass


async def test_sweep_is_called_with_a_token() -> None:
    """The scheduler's call reaches `sweep` through the Tasks server, which signs it."""
    options = Options(parts=only("tasks", "sweep", "scheduler"), functions_folder=STUBS, sweep_seconds=0.2)
    async with run_system(options) as system:
        await system.wait_for(lambda event: event.name == "swept" and event.fields == EXPECTED)
        count = len(system.events.named("swept"))
        await system.wait_for(lambda _: len(system.events.named("swept")) > count)


REAL_FAL = Options(second_provider=True, fal_key="TEST-fal")
EXPECTED = {"event": "swept", "caller": "Bearer"}


@pytest.mark.emulator
async def test_servers_start_together(firestore_emulator: str) -> None:
    """Storage, tasks, Gemini and Telegram come up beside an emulator that runs already."""
    parts = only("firestore", "storage", "tasks", "gemini", "telegram")
    async with run_system(Options(parts=parts, firestore_host=firestore_emulator)) as system:
        assert system.addresses["FIRESTORE_EMULATOR_HOST"] == firestore_emulator
        assert set(system.measure_memory()) == {"storage", "tasks", "gemini", "telegram"}
        assert all(size > 0 for size in system.measure_memory().values())


def test_secrets_reach_only_those_who_need_them() -> None:
    """A real token never reaches the webhook, a real key only those that ask a model."""
    options = Options(telegram_token="1234567:TEST-real", gemini_key="TEST-key")
    holders = {
        name: [key for key in ("TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY") if key in list_settings(options, name)]
        for name in FUNCTIONS
    }
    token, both = ["TELEGRAM_BOT_TOKEN"], ["TELEGRAM_BOT_TOKEN", "GEMINI_API_KEY"]
    nobody: list[str] = []
    assert holders == {
        "webhook": nobody, "bot": token, "image": both, "sweep": nobody, "chat": both, "video": both,
        "payments": nobody, "api": nobody, "releases": nobody,
    }  # fmt: skip
    assert "GOOGLE_GEMINI_BASE_URL" not in list_settings(options, "image")


def test_the_second_provider_is_off_until_it_is_wanted() -> None:
    """Without it there is neither its server nor a word of it; with it only those that ask its models get a key."""
    assert "fal" not in find_started(Options())
    assert not any("FAL" in variable for name in FUNCTIONS for variable in list_settings(Options(), name))
    for options, key in ((Options(second_provider=True), LOCAL_FAL_KEY), (REAL_FAL, "TEST-fal")):
        settings = {name: list_settings(options, name) for name in FUNCTIONS}
        assert [name for name in FUNCTIONS if settings[name].get("FAL_KEY") == key] == ["image", "video"]
        sellers = {name for name in FUNCTIONS if settings[name].get("FAL_OFFERS") == "on"}
        assert sellers == {"bot", "image", "chat", "video", "api"}
        assert ("fal" in find_started(options), "FAL_BASE_URL" in settings["image"]) == (not options.fal_key,) * 2
    assert "SPEND_USD_PER_DAY_MAX" not in list_settings(REAL_FAL, "image")


def test_the_local_app_believes_the_local_telegram() -> None:
    """People sign in by what the local Telegram has signed; beside a real bot only by what Telegram itself has."""
    local, real = Options(), Options(telegram_token="1234567:TEST-real")
    assert SignInSettings.read(list_settings(local, "api")) == SignInSettings(
        int(LOCAL_TOKEN.partition(":")[0]), LOCAL_USERNAME, bytes.fromhex(PUBLIC_KEY), (LOCAL_SESSION_KEY.encode(),)
    )
    assert list_settings(local, "bot")["MINI_APP_URL"] == f"{find_urls(local)['api']}/"
    assert "MINI_APP_URL" not in list_settings(real, "bot")
    believed = SignInSettings.read(list_settings(real, "api"))
    assert believed is not None
    assert (believed.bot_id, believed.telegram_key.hex()) == (1234567, TELEGRAM_PUBLIC_KEY)


def test_parts_are_chosen_by_name() -> None:
    """A misspelled part is refused instead of silently left out."""
    assert "image" not in without("image")
    with pytest.raises(ValueError, match="imagine"):
        only("imagine")


def test_free_ports_differ() -> None:
    """No two parts of one system are given the same port."""
    ports = Options().ports.values()
    assert len(set(ports)) == len(ports)
