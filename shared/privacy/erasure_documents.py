"""Documents of erasures: one for each person who is to be erased, gone with them."""

from dataclasses import dataclass

from shared.codec import decode
from shared.jobs.shards import create_sharded, update_sharded
from shared.ports import Create, Delete, Key, Ports, Record, Update
from shared.privacy.erasure import Erasure, erasure_id_of

COLLECTION = "erasures"


@dataclass(frozen=True, slots=True)
class StoredErasure:
    """An erasure and the record it was read from."""

    erasure: Erasure
    record: Record

    def update(self, changed: Erasure) -> Update:
        """The update, with a precondition on the version that was read."""
        return update_sharded(self.record, changed)

    def delete(self) -> Delete:
        """Likewise its end."""
        return Delete(self.record.key, self.record.version)


def create_erasure(erasure: Erasure) -> Create:
    """The creation; a second one of the same person fails."""
    return create_sharded(_key(erasure.id), erasure)


async def open_erasure(ports: Ports, erasure_id: str) -> StoredErasure | None:
    """The erasure of this id, if there is one. Raises UnavailableError."""
    [record] = await ports.store.read([_key(erasure_id)])
    return None if record is None else StoredErasure(decode(Erasure, record.fields), record)


async def find_erasure(ports: Ports, user_id: int) -> StoredErasure | None:
    """The erasure that this person has asked for. Raises UnavailableError."""
    return await open_erasure(ports, erasure_id_of(user_id))


def _key(erasure_id: str) -> Key:
    return Key("erasures", erasure_id)
