"""How long the operators' pages take with 100,000 people and the numbers of 1,000,000 jobs, on Google's emulator.

    python -m tests.app.measure_admin [people] [calls]

Besides people there are 500 jobs that wait and 500 that failed today, a person with 2,000 transfers, 2,000 payments of
a day, 2,000 acts in the audit, 500 batches of promo codes and 200 broadcasts. Each page is asked for one call after the
other, after some that are not counted, as the emulator compiles while it works. Printed are the documents read, the CPU
time of this process, the median and the 95th percentile. The emulator has no indexes: it looks through the whole
collection of a query, which Firestore does not.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from itertools import chain, islice
from typing import Any, cast

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from infra.local import firestore
from infra.local.ports import HOST, find_free_port
from shared.adapters.firestore import EMULATOR_HOST, FirestoreStore
from shared.admin.audit_log import create_entry, new_entry
from shared.admin.calls import Operator
from shared.broadcasts.broadcast import new_broadcast
from shared.broadcasts.broadcast_documents import create_broadcast
from shared.broadcasts.content import Content
from shared.codec import encode
from shared.credits.ledger import Side, Transfer, TransferKind
from shared.credits.spending import hour_field, shard_keys
from shared.errors import UnavailableError
from shared.growth.make_promos import PromoBatch, batch_key
from shared.jobs.check_books import CONTROL, DAYS_KEPT, Check
from shared.jobs.count_errors import day_keys
from shared.jobs.day_numbers import DayNumbers
from shared.miniapp.session import Audience, open_session, write_token
from shared.payments.payment_documents import PaymentRecord, create_payment
from shared.people.operators import Role
from shared.people.user_documents import user_key
from shared.people.users import new_user
from shared.ports import AppPorts, Create, Increment, Key, Query, Write
from shared.settings import ApiSettings
from shared.site import Site
from shared.usage import start_usage
from tests.conftest import running
from tests.functions.app import ENV, SESSION_KEY
from tests.world import ME, World

PEOPLE, CALLS, UNCOUNTED_CALLS, JOBS = 100_000, 40, 20, 1_000_000
WAITING, FAILED, TRANSFERS, PAYMENTS, ACTS, BATCHES, BROADCASTS = 500, 500, 2_000, 2_000, 2_000, 500, 200
BOSS, AT_ONCE, IN_ONE_COMMIT, PACE_SECONDS = 701, 2, 200, 10
PATHS = (
    *("", "/jobs", "/errors", "/models", "/payments", "/promos", "/promos/batch-0001", "/broadcasts"),
    *("/broadcasts/broadcast-000001", "/requests", "/audit", f"/audit?about={ME}"),
    *(f"/people/{ME}", f"/people/{ME}/ledger", f"/people/{ME}/jobs"),
)


def list_documents(job: dict[str, Any], people: int, now: datetime) -> Iterator[Write]:
    """All that is stored; `job`: the fields of one that waits."""
    for user_id in range(1_000_000, 1_000_000 + people):
        yield Create(user_key(user_id), encode(new_user(user_id, now)[0]))
    for number in range(WAITING + FAILED):
        state = "queued" if number < WAITING else "failed"
        more = {"id": f"job-{number:012d}", "state": state, "shard": number % 8, "user_id": 1_000_000 + number}
        yield Create(Key("jobs", f"job-{number:012d}"), job | more)
    for number in range(TRANSFERS):
        at = now - timedelta(minutes=number)
        hold = Transfer(
            "", TransferKind.HOLD, Side.AVAILABLE, Side.HELD, ME, 4, at, f"job-{number:012d}", job_kind="picture"
        )
        yield Create(Key("transfers", f"t-{number:014d}"), encode(hold) | {"id": f"t-{number:014d}"})
    for number in range(PAYMENTS):
        name = f"pay-{number:012d}"
        yield create_payment(PaymentRecord(name, "stars", name, ME, "", 50, "XTR", 40, now - timedelta(seconds=number)))
    operator = Operator(BOSS, Role.ADMIN, "en", "")
    for number in range(ACTS):
        entry = new_entry(operator, "give", str(number), now - timedelta(minutes=number))
        yield create_entry(replace(entry, user_id=ME if number % 2 else 5, credits=3, reason="A picture"))
    for number in range(BATCHES):
        batch = PromoBatch(f"batch-{number:04d}", 40, now + timedelta(hours=number), percent=10, seed="test-seed")
        yield Create(batch_key(batch.name), encode(batch))
    for number in range(BROADCASTS):
        cast_id = f"broadcast-{number:06d}"
        yield create_broadcast(new_broadcast(cast_id, Content("News"), str(BOSS), now - timedelta(hours=number)))


def list_numbers(now: datetime) -> list[Write]:
    """The aggregates: days of all jobs, what was spent, and errors."""
    each = JOBS // DAYS_KEPT
    ends = {"delivered picture": each * 9 // 10, "failed E-BUSY": each // 20, "failed E-LATE": each // 20}
    first = now.date() - timedelta(days=DAYS_KEPT)
    days = [
        DayNumbers(
            (first + timedelta(days=n)).isoformat(), people=each // 10, ends=ends, models={"delivered fast": each}
        )
        for n in range(DAYS_KEPT)
    ]
    groups = {f"bot event_{number} UnavailableError": number for number in range(60)}
    return [
        Create(CONTROL, encode(Check(now, recent=tuple(days)))),
        *(Increment(key, {"day": 900_000, hour_field(now): 90_000}) for key in shard_keys(now)),
        *(Increment(key, groups) for key in (*day_keys(now), *day_keys(now - timedelta(days=1)))),
    ]


async def fill(world: World, people: int) -> int:
    """Store everything; how many documents."""
    await world.deliver(world.message("/image a fox"))
    await world.deliver(world.message("/start", user_id=BOSS))
    [job] = await world.store.find(Query("jobs", (), 1))
    writes = chain(list_numbers(world.now), list_documents(job.fields, people, world.now))
    return sum(await asyncio.gather(*(put(world, writes) for _ in range(AT_ONCE))))


async def put(world: World, writes: Iterator[Write]) -> int:
    """Store what nobody else has taken; how many documents."""
    count = 0
    while chunk := list(islice(writes, IN_ONE_COMMIT)):
        with suppress(UnavailableError):  # the emulator was slow, and writes it all the same
            await world.store.commit(chunk)
        count += len(chunk)
    return count


async def ask(client: httpx.AsyncClient, world: World, path: str, calls: int) -> str:
    """One line about a page."""
    times, cpu, reads = list[float](), list[float](), 0
    for _ in range(calls):
        world.clock.advance(PACE_SECONDS)
        session = write_token(open_session(BOSS, "en", world.now, Audience.ADMIN), SESSION_KEY.encode())
        usage, begun, cpu_begun = start_usage(), time.perf_counter(), time.process_time()
        answer = await client.get(f"/admin{path}", headers={"Cookie": f"__Host-admin={session}"})
        times.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.process_time() - cpu_begun))
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        reads = usage.store_reads
    high = sorted(times)[int(0.95 * (len(times) - 1))]
    middle, used = statistics.median(times), statistics.median(cpu)
    return f"{path or '/':32} {reads:4} reads {used:7.1f} ms CPU {middle:8.1f} ms median {high:8.1f} ms p95"


async def measure(people: int, calls: int) -> list[str]:
    """The lines to print."""
    world, store = World(), FirestoreStore("test-admin-pages")
    world.store = cast("Any", store)
    world.__post_init__()
    world.ports = replace(world.ports, admin_ids=frozenset({BOSS}))
    begun = time.perf_counter()
    count = await fill(world, people)
    lines = [f"{count} documents in {time.perf_counter() - begun:.0f} s; load {os.getloadavg()[0]:.1f}"]

    def ports() -> AppPorts:
        return replace(world.app_ports, alone_credits_max=50, spend_usd_micros_max=(10_000_000, 50_000_000))

    site = Site(ApiSettings.read(ENV), ports)
    app = Starlette(routes=[Route("/{path:path}", site.show, methods=["GET", "POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://api.test") as client:
        for path in PATHS:
            await ask(client, world, path, UNCOUNTED_CALLS)
        lines += [await ask(client, world, path, calls) for path in PATHS]
    await store.close()
    return [*lines, f"load {os.getloadavg()[0]:.1f}"]


def main(people: int, calls: int) -> None:
    port = find_free_port()
    with running(firestore.emulator_command(port, 2048), f"http://{HOST}:{port}/"):
        os.environ[EMULATOR_HOST] = f"{HOST}:{port}"
        with redirect_stdout(StringIO()):
            lines = asyncio.run(measure(people, calls))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]) if len(sys.argv) == 3 else (PEOPLE, CALLS))
