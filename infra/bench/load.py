"""The load generator: `python -m infra.bench.load --port 8080 --seconds 5`, prints one JSON object.

Keeps some connections busy. Without `--rate` each sends its next request as soon as it has its answer (closed
loop: the server's capacity). With `--rate` requests come at random moments (Poisson), independent of the server, and
wait for a free connection. Latency is counted from the moment a request was due, so a stall also shows in the requests
that it delayed (no coordinated omission).
"""

import argparse
import asyncio
import gc
import json
import random
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, cast

import httptools
import uvloop

from infra.bench.figures import find_percentile
from infra.bench.payload import SECRET, SECRET_HEADER, encode_request, encode_update

CONNECTIONS = 40
"""What Telegram opens to a webhook unless told otherwise (`max_connections` of setWebhook)."""
TICK_SECONDS = 0.001
DRAIN_SECONDS_MAX = 5.0
OK = 200


@dataclass
class Load:
    """One run: the requests, their times and their answers."""

    port: int
    request: bytes
    measured_from: float
    until: float
    rate: float | None
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    answered_ever: int = 0
    broken: int = 0
    due: deque[float] = field(default_factory=deque)
    idle: "deque[Lane]" = field(default_factory=deque)

    def answered(self, lane: "Lane", due_at: float, status: int) -> None:
        """Record a lane's answer; the lane is free again."""
        now = time.perf_counter()
        self.answered_ever += status == OK
        if due_at >= self.measured_from and (now <= self.until or self.rate):
            self.statuses[status] += 1
            self.latencies.append(now - due_at)
        if lane.is_open:
            self.free(lane)

    def free(self, lane: "Lane") -> None:
        """Give a free lane its next request, if there is one."""
        now = time.perf_counter()
        if self.rate is None:
            if now < self.until:
                lane.send(now)
        elif self.due:
            lane.send(self.due.popleft())
        else:
            self.idle.append(lane)

    def admit(self, due_at: float) -> None:
        """A request is due."""
        while self.idle:
            lane = self.idle.popleft()
            if lane.is_open:
                lane.send(due_at)
                return
        self.due.append(due_at)


class Lane(asyncio.Protocol):
    """One connection with at most one request under way; opened again when the server closes it."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._parser: Any = None
        self._transport: asyncio.Transport | None = None
        self._due_at: float | None = None
        self._reopening: asyncio.Task[None] | None = None
        self.is_open = False

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._due_at is not None

    async def open(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._load.port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self.is_open = True
        self._parser = httptools.HttpResponseParser(self)
        self._load.free(self)

    def send(self, due_at: float) -> None:
        assert self._transport is not None
        self._due_at = due_at
        self._transport.write(self._load.request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        due_at, self._due_at = self._due_at, None
        assert due_at is not None
        assert self._transport is not None
        if not self._parser.should_keep_alive():
            self.is_open = False
            self._transport.close()
        self._load.answered(self, due_at, self._parser.get_status_code())

    def close(self) -> None:
        """Close the connection and do not reopen it."""
        if self._reopening is not None:
            self._reopening.cancel()
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 — asyncio's signature
        self.is_open = False
        if self._due_at is not None:
            self._load.broken += 1
            self._due_at = None
        if time.perf_counter() < self._load.until:
            self._reopening = asyncio.get_running_loop().create_task(self.open())


async def run_load(load: Load, connections: int) -> None:
    """Run until the time is over and all sent requests are answered."""
    lanes = [Lane(load) for _ in range(connections)]
    await asyncio.gather(*(lane.open() for lane in lanes))
    if load.rate:
        await admit_at_random(load, load.rate)
    else:
        await asyncio.sleep(load.until - time.perf_counter())
    deadline = time.perf_counter() + DRAIN_SECONDS_MAX
    while time.perf_counter() < deadline and (load.due or any(lane.is_busy for lane in lanes)):  # noqa: ASYNC110
        await asyncio.sleep(TICK_SECONDS)
    for lane in lanes:
        lane.close()


async def admit_at_random(load: Load, rate: float) -> None:
    """Requests at independent random moments, `rate` a second."""
    dice = random.Random(1)  # noqa: S311 — the same moments every time
    next_at = time.perf_counter()
    while next_at < load.until:
        now = time.perf_counter()
        while next_at <= now:
            load.admit(next_at)
            next_at += dice.expovariate(rate)
        await asyncio.sleep(min(TICK_SECONDS, max(0.0, next_at - now)))


def summarise(load: Load, seconds: float) -> dict[str, Any]:
    """The figures of a run; `answered_ever` counts 200s outside the measured time too."""
    latencies_ms = [latency * 1000 for latency in load.latencies] or [0.0]
    return {
        "rate": round(load.statuses[OK] / seconds, 1),
        "asked_rate": load.rate,
        "seconds": seconds,
        "statuses": {str(status): count for status, count in load.statuses.items()},
        "broken": load.broken,
        "unsent": len(load.due),
        "answered_ever": load.answered_ever,
        "p50_ms": round(find_percentile(latencies_ms, 50), 2),
        "p99_ms": round(find_percentile(latencies_ms, 99), 2),
        "max_ms": round(max(latencies_ms), 2),
    }


def main() -> None:
    """Run once, print, end."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench.load", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default="/")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--warm-seconds", type=float, default=0.5)
    parser.add_argument("--rate", type=float)
    given = parser.parse_args()
    request = encode_request(given.port, given.path, encode_update(), {SECRET_HEADER: SECRET})
    measured_from = time.perf_counter() + given.warm_seconds
    load = Load(given.port, request, measured_from, measured_from + given.seconds, given.rate)
    gc.disable()
    uvloop.run(run_load(load, given.connections))
    print(json.dumps(summarise(load, given.seconds)))


if __name__ == "__main__":
    main()
