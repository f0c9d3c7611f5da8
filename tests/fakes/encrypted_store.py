"""A wrapping key in memory, and a world's store whose documents are stored encrypted."""

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shared.adapters.data_keys import KEY_BYTES, DataKeys
from shared.adapters.encrypted_fields import ENCRYPTED, DataKey, decrypt_fields
from shared.adapters.encrypted_store import EncryptedStore
from shared.errors import UnavailableError
from shared.ports import Fields, Key, Query, Record, Store, Version, Write
from tests.fakes.clock import FakeClock
from tests.world import FragileStore


class FakeKeyWrapper:
    """Implements KeyWrapper; counts its calls, and fails while it is away."""

    def __init__(self) -> None:
        self._cipher = AESSIV(os.urandom(KEY_BYTES))
        self.calls: list[str] = []
        self.is_away = False

    async def wrap(self, content: bytes, name: str) -> bytes:
        self._note("wrap")
        return self._cipher.encrypt(content, [name.encode()])

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:
        self._note("unwrap")
        try:
            return self._cipher.decrypt(wrapped, [name.encode()])
        except InvalidTag as error:
            raise UnavailableError("wrapped by another key") from error

    async def close(self) -> None:
        pass

    def _note(self, call: str) -> None:
        self.calls.append(call)
        if self.is_away:
            raise UnavailableError("the wrapping key is away")


class KeptKeys(DataKeys):
    """Data keys that a test can look at."""

    @property
    def opened(self) -> dict[str, DataKey]:
        """Those that are known by now."""
        return self._opened


class HidingStore(FragileStore):
    """A world's store behind an EncryptedStore: `_documents` is what a copy of the database would show."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        super().__init__()
        self.wrapper = FakeKeyWrapper()
        stored: Store = _Stored(self)
        self._keys = KeptKeys(stored, clock or FakeClock(), self.wrapper)
        self._front = EncryptedStore(stored, self._keys, encrypts=True)

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        return await self._front.read(keys)

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        return await self._front.commit(writes)

    async def find(self, query: Query) -> list[Record]:
        return await self._front.find(query)

    def collection(self, name: str) -> dict[str, Fields]:
        paths, keys = ENCRYPTED.get(name, ()), self._keys.opened
        stored = super().collection(name)
        return {id_: decrypt_fields(Key(name, id_), fields, paths, keys) for id_, fields in stored.items()}

    async def read_stored(self, keys: Sequence[Key]) -> list[Record | None]:
        return await super().read(keys)

    async def commit_stored(self, writes: Sequence[Write]) -> list[Version]:
        return await super().commit(writes)

    async def find_stored(self, query: Query) -> list[Record]:
        return await super().find(query)


class _Stored:
    """What is behind: the same store as it is."""

    def __init__(self, store: HidingStore) -> None:
        self.read, self.commit, self.find = store.read_stored, store.commit_stored, store.find_stored
        self.count = store.count
