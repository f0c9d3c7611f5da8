"""Data keys: one for each month, stored in the database wrapped by a key that never leaves its place (KMS, a file).

    data_keys/2026-11   {"wrapped": …}   made by whoever writes first in November; opened once by each process

A copy of the database has the wrapped keys only. A new version of the wrapping key changes nothing here, because its
place knows which version wrapped a key. Whoever loses the wrapping key or this collection loses what was encrypted.
"""

import asyncio
import os
from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shared.adapters.encrypted_fields import DataKey
from shared.errors import ConflictError, UnavailableError
from shared.logs import log_event
from shared.ports import Clock, Create, Key, Store

KEY_BYTES = 64
"""AES-256-SIV has two keys of 256 bits."""
PAUSE = timedelta(seconds=30)
"""After a failure the last month's key is used so long before this month's is tried again."""


class KeyWrapper(Protocol):
    """A key that encrypts keys."""

    async def wrap(self, content: bytes, name: str) -> bytes:
        """Encrypt a key of this name. Raises UnavailableError."""
        ...

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """What was wrapped under this name. Raises UnavailableError."""
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


class DataKeys:
    """The data keys that a process has opened. One per process and event loop."""

    def __init__(self, store: Store, clock: Clock, wrapper: KeyWrapper) -> None:
        self._store, self._clock, self._wrapper = store, clock, wrapper
        self._opened: dict[str, DataKey] = {}
        self._opening: dict[str, asyncio.Task[DataKey | None]] = {}
        self._retry_at = clock.now()

    async def get_current(self) -> DataKey:
        """The key of this month, which is made where there is none. Raises UnavailableError.

        While it cannot be opened, the last month's that this process knows does as well.
        """
        now = self._clock.now()
        key_id = f"{now:%Y-%m}"
        if key_id not in self._opened and not (self._opened and now < self._retry_at):
            try:
                await self._open_once(key_id, make=True)
            except UnavailableError:
                if not self._opened:
                    raise
                self._retry_at = now + PAUSE
        return self._opened.get(key_id) or self._opened[max(self._opened)]

    async def get(self, key_ids: Iterable[str]) -> dict[str, DataKey]:
        """The keys with these ids, without those that do not exist. Raises UnavailableError."""
        wanted = set(key_ids)
        missing = [self._open_once(key_id, make=False) for key_id in wanted - self._opened.keys()]
        if missing:
            await asyncio.gather(*missing)
        return {key_id: self._opened[key_id] for key_id in wanted & self._opened.keys()}

    async def close(self) -> None:
        """Close the connections of the wrapping key."""
        await self._wrapper.close()

    async def _open_once(self, key_id: str, *, make: bool) -> None:
        """Open a key, once for all who need it now: they have its outcome together, and no queue at an outage."""
        task = self._opening.get(key_id)
        if task is None:
            task = self._opening[key_id] = asyncio.create_task(self._open(key_id, make=make))
            task.add_done_callback(lambda done: self._close_task(key_id, done))
        opened = await asyncio.shield(task)
        if opened is None and make:  # it was only looked for
            await self._open_once(key_id, make=True)

    def _close_task(self, key_id: str, task: "asyncio.Task[DataKey | None]") -> None:
        del self._opening[key_id]
        if not task.cancelled() and task.exception() is None and (opened := task.result()) is not None:
            self._opened[key_id] = opened

    async def _open(self, key_id: str, *, make: bool) -> DataKey | None:
        place = Key("data_keys", key_id)
        [record] = await self._store.read([place])
        if record is None and make:
            await self._make(place)
            [record] = await self._store.read([place])
        if record is None:
            log_event("data_key_missing", severity="ERROR", data_key=key_id)
            return None
        return DataKey(key_id, AESSIV(await self._wrapper.unwrap(record.fields["wrapped"], key_id)))

    async def _make(self, place: Key) -> None:
        """Store a new key. What cannot be opened again is not stored."""
        content = os.urandom(KEY_BYTES)
        wrapped = await self._wrapper.wrap(content, place.id)
        if await self._wrapper.unwrap(wrapped, place.id) != content:
            raise UnavailableError("a data key was damaged while it was wrapped")
        try:
            await self._store.commit([Create(place, {"wrapped": wrapped, "made_at": self._clock.now()})])
        except ConflictError:
            return  # another process was first
        log_event("data_key_made", data_key=place.id)
