"""A store whose documents hold people's words encrypted: rooms read and write them as ever.

    room ── commit {title: "My cat"} ──▶ here ── {title: {data_key, ciphertext}} ──▶ Firestore
    room ◀─────────── "My cat" ───────── here ◀─────────────────────────────────── Firestore

Nothing is sent before everything is encrypted, so an outage of the keys leaves nothing half written. What is stored as
plain text is read as such: releases before this one wrote it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.adapters.data_keys import DataKeys
from shared.adapters.encrypted_fields import (
    ENCRYPTED,
    DataKey,
    decrypt_fields,
    encrypt_fields,
    find_data_keys,
    has_plain,
)
from shared.ports import Create, Key, Query, Record, Store, Update, Version, Write


class EncryptedStore:
    """Implements Store."""

    def __init__(
        self, store: Store, data_keys: DataKeys, *, encrypts: bool, paths: Mapping[str, tuple[str, ...]] = ENCRYPTED
    ) -> None:
        """Without `encrypts` it reads what is encrypted, and writes plain text."""
        self._store, self._data_keys, self._encrypts, self._paths = store, data_keys, encrypts, paths

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        found = await self._store.read(keys)
        opened = iter(await self._decrypt([record for record in found if record is not None]))
        return [None if record is None else next(opened) for record in found]

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        return await self._store.commit(await self._encrypt(writes) if self._encrypts else writes)

    async def find(self, query: Query) -> list[Record]:
        self._check_query(query)
        return await self._decrypt(await self._store.find(query))

    async def count(self, query: Query) -> int:
        self._check_query(query)
        return await self._store.count(query)

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._data_keys.close()
        await self._store.close()  # type: ignore[attr-defined]  # the port has no end

    async def _encrypt(self, writes: Sequence[Write]) -> list[Write]:
        if not any(map(self._shows_words, writes)):
            return list(writes)
        data_key = await self._data_keys.get_current()
        return [self._encrypt_write(write, data_key) if self._shows_words(write) else write for write in writes]

    def _shows_words(self, write: Write) -> bool:
        return has_plain(write.fields, self._paths.get(write.key.collection, ()))

    def _encrypt_write(self, write: Write, data_key: DataKey) -> Write:
        assert isinstance(write, Create | Update)  # what is increased is no text
        return replace(
            write, fields=encrypt_fields(write.key, write.fields, self._paths[write.key.collection], data_key)
        )

    async def _decrypt(self, records: list[Record]) -> list[Record]:
        paths = self._paths
        needed = {
            each for record in records for each in find_data_keys(record.fields, paths.get(record.key.collection, ()))
        }
        if not needed:
            return records
        data_keys = await self._data_keys.get(needed)
        return [
            replace(record, fields=decrypt_fields(record.key, record.fields, paths[record.key.collection], data_keys))
            if record.key.collection in paths
            else record
            for record in records
        ]

    def _check_query(self, query: Query) -> None:
        """Raises ValueError for a query that could find nothing."""
        named = {path for path, _, _ in query.where} | ({query.order_by[0]} if query.order_by else set())
        hidden = self._paths.get(query.collection, ())
        if any(f"{path}.".startswith(f"{each}.") for path in named for each in hidden):
            raise ValueError(f"{query.collection}: a query of what is encrypted")
