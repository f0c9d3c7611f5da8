"""One round of sending: some seconds, at a steady pace, a few messages at once.

people in the order of their ids ──▶ window: [sent][sent][on its way][held by a 429][sent]…
                                              └─ counted up to here ─┘ the cursor, stored every second

Only what lies before the first unfinished person is counted. So a round can end anywhere: the next one begins behind
the cursor, and finds by the marks whom this one had sent to. A 429 holds everybody, as Telegram counts per bot.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.broadcasts.audience import Recipient, belongs, read_person
from shared.broadcasts.broadcast import PER_SECOND, Outcome, count_outcome, is_failing
from shared.broadcasts.broadcast_documents import PAGE_MAX, people_after
from shared.broadcasts.change_broadcast import OpenBroadcast
from shared.broadcasts.hold_broadcast import CARRIED, end_round, keep_progress
from shared.broadcasts.send_to_person import send_to_person
from shared.credits.catalogue import price_of
from shared.errors import TooManyRequestsError, UnavailableError
from shared.ports import Ports, Record

ROUND_SECONDS = 12.0
"""After so long no further page is read."""
ROUND_SECONDS_MAX = 18.0
"""After so long no further person is taken. The function may run for 50 s; calls on their way take up to 30 s more."""
KEEP_SECONDS = 1.0
"""Between two commits of the progress: one document takes about one write a second."""
AT_ONCE_MAX = 20
"""Messages on their way: a second of sending, should Telegram be slow."""
STORE_PAUSE = timedelta(seconds=1)
INTERVAL = timedelta(seconds=1 / PER_SECOND)


@dataclass(slots=True)
class _Entry:
    """One person in the window."""

    user_id: int
    person: Recipient | None
    outcome: Outcome | None = None


async def send_people(ports: Ports, held: OpenBroadcast) -> OpenBroadcast:
    """Send for one round. Raises LeaseLostError, UnavailableError."""
    round_ = _Round(ports, held)
    try:
        await round_.run()
    finally:
        await round_.wait_for_all()
    await round_.keep()
    return await end_round(ports, round_.held, is_finished=round_.is_finished)


class _Round:
    def __init__(self, ports: Ports, held: OpenBroadcast) -> None:
        now = ports.clock.now()
        self.held = held
        self.is_over = False
        """No more people are taken."""
        self.is_finished = False
        """There are no more people, and all are counted."""
        self._ports = ports
        self._progress = held.broadcast.progress
        self._owner = f"{held.broadcast.round}:{held.broadcast.fence}"
        self._pages_until = now + timedelta(seconds=ROUND_SECONDS)
        self._until = now + timedelta(seconds=ROUND_SECONDS_MAX)
        self._keep_at = now + timedelta(seconds=KEEP_SECONDS)
        self._next_at = now
        self._paused_until = held.broadcast.not_before or now
        self._window: deque[_Entry] = deque()
        self._held: deque[_Entry] = deque()
        self._on_way: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None

    async def run(self) -> None:
        """Take people until the round is over or nobody is left."""
        cursor = self._progress.cursor
        while page := await self._ports.store.find(people_after(cursor)):
            for record in page:
                if not await self._take(record):
                    return
                cursor = record.fields["id"]
            if len(page) < PAGE_MAX:
                break
            if self._ports.clock.now() >= self._pages_until:
                return
        await self.wait_for_all()
        while self._held and not self.is_over:
            await self._send_held()
            await self.wait_for_all()
        self._settle()
        self.is_finished = not self._window

    async def wait_for_all(self) -> None:
        """Let the messages on their way arrive."""
        while self._on_way:
            await asyncio.wait(self._on_way)

    async def keep(self) -> None:
        """Store how far this round is. Raises what ended a message unexpectedly; LeaseLostError, UnavailableError."""
        self._settle()
        if self._failure is not None:
            raise self._failure
        now, paused_until = self._ports.clock.now(), self._paused_until
        not_before = paused_until if paused_until > now else None
        people = self.held.broadcast.people
        self.held = await keep_progress(self._ports, self.held, self._progress, people, not_before)
        self._keep_at = now + timedelta(seconds=KEEP_SECONDS)
        is_stopped = self.held.broadcast.state not in CARRIED
        self.is_over = self.is_over or is_stopped or is_failing(self._progress)

    async def _take(self, record: Record) -> bool:
        """Put a person into the window, and send if they belong to the audience; whether the round goes on."""
        now, person = self._ports.clock.now(), read_person(record)
        entry = _Entry(record.fields["id"], person)
        self._window.append(entry)
        if person is None or not self._belongs(person, now):
            entry.outcome = Outcome.LEFT_OUT
        else:
            await self._send(entry)
        await self._send_held()
        if now >= self._keep_at:
            await self.keep()
        self.is_over = self.is_over or now >= self._until
        return not self.is_over

    def _belongs(self, person: Recipient, now: datetime) -> bool:
        broadcast = self.held.broadcast
        return belongs(person, broadcast.audience, price_of("fast", "1K"), broadcast.began_at or now, now)

    async def _send_held(self) -> None:
        while self._held and not self.is_over:
            await self._send(self._held.popleft())

    async def _send(self, entry: _Entry) -> None:
        """Send to a person at the next turn; if the round ends before, they stay without an outcome."""
        while len(self._on_way) >= AT_ONCE_MAX:
            await asyncio.wait(self._on_way, return_when=asyncio.FIRST_COMPLETED)
        while (at := max(self._next_at, self._paused_until)) > (now := self._ports.clock.now()):
            if at >= self._until:
                self.is_over = True
                return
            await self._ports.clock.sleep((at - now).total_seconds())
        self._next_at = now + INTERVAL
        task = asyncio.create_task(self._carry(entry))
        self._on_way.add(task)
        task.add_done_callback(self._on_way.discard)

    async def _carry(self, entry: _Entry) -> None:
        assert entry.person is not None, "only people who can be read are sent to"
        try:
            entry.outcome = await send_to_person(self._ports, self.held.broadcast, entry.person, self._owner)
        except TooManyRequestsError as error:
            self._hold(entry, timedelta(seconds=error.retry_after_seconds))
        except UnavailableError:
            self._hold(entry, STORE_PAUSE)
        except Exception as error:  # noqa: BLE001 — raised by `keep`, once the others have arrived
            self._failure, self.is_over = error, True

    def _hold(self, entry: _Entry, pause: timedelta) -> None:
        self._held.append(entry)
        self._paused_until = max(self._paused_until, self._ports.clock.now() + pause)

    def _settle(self) -> None:
        """Count the people before the first one without an outcome."""
        while self._window and (outcome := self._window[0].outcome) is not None:
            self._progress = count_outcome(self._progress, self._window.popleft().user_id, outcome)
