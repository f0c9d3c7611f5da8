"""The servers under test: each one's command, where it stores updates, and how many it has stored."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from infra.bench.environment import PEERS, PEERS_BIN, run_as_in_image, run_redis
from infra.bench.machine import OTHER_CORE, SERVER_CORE
from infra.bench.payload import SECRET
from infra.bench.servers import Server, run_server
from infra.local.options import Options
from infra.local.parts import FUNCTIONS_FRAMEWORK, PYTHON, describe_function, list_arguments
from infra.local.ports import HOST, find_free_port

DJANGO_THREADS = 4


@dataclass(frozen=True)
class Contender:
    """One server under test."""

    name: str
    about: str
    server: Server
    stored: Callable[[], int] | None = None
    """How many updates its durable store has taken; None where it has none."""
    path: str = "/"


@dataclass(frozen=True)
class Stores:
    """The services behind the contenders, all on the other core."""

    options: Options
    redis_url: str
    sink_port: int
    telegram_url: str


@contextmanager
def run_stores() -> Iterator[Stores]:
    """Redis, the Tasks server with its queue paused, the bare sink, a local Telegram."""
    options = Options(webhook_secret=SECRET)
    ports = options.ports
    sink_port = find_free_port()
    with ExitStack() as stack:
        redis_url = stack.enter_context(run_redis())
        tasks = (PYTHON, "-m", "infra.local.tasks", f"--port={ports['tasks']}", *list_arguments(options, "tasks"))
        stack.enter_context(run_server(Server("tasks", tasks, ports["tasks"], OTHER_CORE)))
        httpx.post(f"{tasks_url(options)}/pause", trust_env=False).raise_for_status()  # nothing to deliver to
        sink = (PYTHON, "-m", "infra.bench.sink", f"--port={sink_port}")
        stack.enter_context(run_server(Server("sink", sink, sink_port, OTHER_CORE)))
        telegram = (PYTHON, "-m", "infra.local.telegram", f"--port={ports['telegram']}")
        stack.enter_context(run_server(Server("telegram", telegram, ports["telegram"], OTHER_CORE)))
        yield Stores(options, redis_url, sink_port, f"http://{HOST}:{ports['telegram']}")


def list_contenders(stores: Stores) -> list[Contender]:
    """Ours first, then the peers, then the floor."""
    return [*list_ours(stores), *list_peers(stores), *list_floor()]


def list_ours(stores: Stores) -> list[Contender]:
    """The webhook as its container starts it, once with each of two CreateTask servers."""
    tasks = f"{HOST}:{stores.options.ports['tasks']}"
    sink = f"{HOST}:{stores.sink_port}"
    return [
        Contender("ours", "CreateTask to a bare sink", make_webhook(stores.options, "ours", sink)),
        Contender(
            "ours-tasks",
            "CreateTask to the local Tasks server",
            make_webhook(stores.options, "ours-tasks", tasks),
            lambda: count_tasks(stores.options),
        ),
    ]


def make_webhook(options: Options, name: str, tasks_address: str) -> Server:
    """The function `webhook` under functions-framework, with this CreateTask behind it."""
    moved = replace(options, ports={**options.ports, "webhook": find_free_port()})
    part = describe_function(moved, "webhook")
    environment = {**part.environment, "CLOUD_TASKS_EMULATOR_HOST": tasks_address}
    return Server(name, run_as_in_image(part.command), part.port, SERVER_CORE, environment)


def list_peers(stores: Stores) -> list[Contender]:
    """Other frameworks that do the same work with the same secret."""
    settings = {
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "REDIS_URL": stores.redis_url,
        "TELEGRAM_API_BASE_URL": stores.telegram_url,
        "PYTHONPATH": str(PEERS),
    }
    python = str(PEERS_BIN / "python")

    def peer(name: str, *command: str) -> Server:
        port = find_free_port()
        return Server(name, [word.format(port=port) for word in command], port, SERVER_CORE, settings)

    gunicorn = (str(PEERS_BIN / "gunicorn"), "--worker-class=gthread", f"--threads={DJANGO_THREADS}")
    django = peer("django", *gunicorn, f"--bind={HOST}:{{port}}", "django_app:application")
    aiogram = peer("aiogram", python, str(PEERS / "aiogram_app.py"), "{port}")
    telegram = peer("telegram-bot", python, str(PEERS / "telegram_app.py"), "{port}")
    return [
        Contender("django", "Django 5 + Celery → Redis", django, lambda: count_redis(stores.redis_url, "celery")),
        Contender("aiogram", "aiogram 3 → Redis", aiogram, lambda: count_redis(stores.redis_url, "updates")),
        Contender("telegram-bot", "python-telegram-bot's webhook (memory)", telegram),
    ]


def list_floor() -> list[Contender]:
    """functions-framework with nothing in it."""

    def hello(name: str, target: str, *more: str) -> Server:
        port = find_free_port()
        source = f"--source={PEERS / 'hello' / 'main.py'}"
        listen = (f"--host={HOST}", f"--port={port}")
        command = (FUNCTIONS_FRAMEWORK, f"--target={target}", source, *more, *listen)
        return Server(name, run_as_in_image(command), port, SERVER_CORE)

    return [
        Contender("hello-asgi", "functions-framework hello, ASGI", hello("hello-asgi", "hello_aio", "--asgi")),
        Contender("hello-sync", "functions-framework hello, sync", hello("hello-sync", "hello")),
    ]


def tasks_url(options: Options) -> str:
    """The Tasks server's HTTP port."""
    return f"http://{HOST}:{options.ports['tasks_http']}"


def count_tasks(options: Options) -> int:
    """Tasks the local server has taken."""
    answer = httpx.get(f"{tasks_url(options)}/stats", trust_env=False)
    queues: dict[str, dict[str, Any]] = answer.raise_for_status().json()["queues"]
    return sum(int(stats["created"]) for stats in queues.values())


def count_redis(url: str, key: str) -> int:
    """The length of a list, asked in Redis's own protocol."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    with socket.create_connection((HOST, port), timeout=5) as connection:
        connection.sendall(f"LLEN {key}\r\n".encode())
        return int(connection.recv(64).removeprefix(b":"))
