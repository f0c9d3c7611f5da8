"""The HTTP surface and the command line."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from infra.local.tasks import FaultPlan, TasksServer, run_tasks_server
from infra.local.tasks.faults import read_fault_plan
from infra.local.tasks.specs import read_queue_spec
from tests.infra.local.tasks.google_client import GoogleClient, open_google_client
from tests.infra.local.tasks.target import Target

MakeTask = Callable[..., Any]
Process = asyncio.subprocess.Process


async def test_http_surface_shows_counts_and_pauses(
    server: TasksServer, client: GoogleClient, target: Target, make_task: MakeTask, queue: str
) -> None:
    """A test in another process can pause a queue by its id, read the counts, and resume all queues."""
    async with httpx.AsyncClient(base_url=server.issuer) as http:
        assert (await http.post("/pause?queue=bot")).json() == {"queues": [queue]}
        await client.create_task(parent=queue, task=make_task())
        counts = (await http.get("/stats")).json()["queues"][queue]
        assert (counts["created"], counts["pending"], counts["is_paused"]) == (1, 1, True)
        assert (await http.post("/resume")).status_code == 200
        assert (await http.post("/pause?queue=other")).status_code == 404
        assert (await http.get("/health")).json() == {"status": "ok"}
    await target.wait_calls(1)


async def test_http_surface_plans_faults(server: TasksServer) -> None:
    """A plan is taken from JSON and shown again; nonsense is a 400 and changes nothing."""
    async with httpx.AsyncClient(base_url=server.issuer) as http:
        plan = {"duplicate_ratio": 0.3, "shuffle_seconds": 0.5, "seed": 1}
        assert (await http.post("/faults", json=plan)).json() == plan | {"lose_answer_ratio": 0.0}
        for nonsense in ("{", "[]", '{"duplicate_ratio": 2}', '{"speed": 1}', '{"seed": "x"}'):
            assert (await http.post("/faults", content=nonsense)).status_code == 400
        assert (await http.get("/faults")).json()["duplicate_ratio"] == 0.3
        await http.post("/faults", json={})
        assert (await http.get("/stats")).json()["faults"]["duplicate_ratio"] == 0


async def test_openid_configuration_names_the_keys(server: TasksServer) -> None:
    """Discovery leads to the JWKS of the same issuer."""
    async with httpx.AsyncClient(base_url=server.issuer) as http:
        found = (await http.get("/.well-known/openid-configuration")).json()
        assert (found["issuer"], found["jwks_uri"]) == (server.issuer, server.jwks_url)
        (key,) = (await http.get(found["jwks_uri"])).json()["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert "d" not in key  # the private part


def test_queue_spec_is_read() -> None:
    """Settings land in the queue's message; a project may contain a colon."""
    parent, message = read_queue_spec("projects/a.test:demo/locations/local/queues/bot:rate=5,min_backoff=0.5")
    assert parent == "projects/a.test:demo/locations/local"
    assert message.rate_limits.max_dispatches_per_second == 5
    assert message.retry_config.min_backoff.nanos == 500_000_000


@pytest.mark.parametrize(
    "spec",
    [
        "bot",
        "projects/p/locations/l/queues/bot/x",
        *(f"projects/p/locations/l/queues/bot:{bad}" for bad in ("rate", "speed=1", "rate=x", "rate=501")),
    ],
)
def test_bad_queue_spec_is_one_clear_error(spec: str) -> None:
    """A bad specification is a ValueError that quotes it or its setting."""
    with pytest.raises(ValueError, match="queue"):
        read_queue_spec(spec)


def test_fault_plan_reads_its_defaults() -> None:
    """An empty document is the plan without faults."""
    assert read_fault_plan({}) == FaultPlan()


async def test_taken_port_is_an_error(server: TasksServer) -> None:
    """A second server does not share the first one's port."""
    port = int(server.api_address.rpartition(":")[2])
    with pytest.raises(OSError, match=str(port)):
        async with run_tasks_server(port=port):
            pytest.fail("it started")


@asynccontextmanager
async def run_process(*arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.local.tasks", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def read_event(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(20):
        event = json.loads(await process.stdout.readline())
    assert isinstance(event, dict)
    return event


async def test_process_serves_logs_and_ends_on_sigterm(target: Target, make_task: MakeTask, queue: str) -> None:
    """The command line server says where it listens, logs a dispatch as JSON, and ends within a second."""
    arguments = ("--port=0", "--http-port=0", f"--queue={queue}", "--log-dispatches")
    async with run_process(*arguments) as process:
        ready = await read_event(process)
        assert (ready["event"], ready["queues"]) == ("ready", [queue])
        with open_google_client(ready["api_address"]) as client:
            await client.create_task(parent=queue, task=make_task())
        event = await read_event(process)
        assert (event["event"], event["queue"], event["status"], event["attempt"]) == ("dispatched", "bot", 200, 1)
        assert event["url"] == target.url
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 5) == 0
        assert time.monotonic() - started < 1


async def test_process_explains_why_it_cannot_start(queue: str) -> None:
    """A bad queue is one line on standard error and exit code 1."""
    async with run_process("--port=0", "--http-port=0", f"--queue={queue}:speed=1") as process:
        _, errors = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 1
    assert len(errors.decode().splitlines()) == 1
    assert "speed=1" in errors.decode()
