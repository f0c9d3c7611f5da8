"""Encrypts words that were stored before their encryption was switched on, and renews the wrapping of data keys.

    export GOOGLE_CLOUD_PROJECT=… ENCRYPTION_KEY=projects/…
    python -m infra.operations.encryption encrypt     documents of before; only where every function encrypts already
    python -m infra.operations.encryption rewrap      data keys, by the newest version of the key of KMS

Both can be stopped and said again: what is done is passed. `encrypt` reads every document of the collections with words
once, and leaves one alone that somebody changes meanwhile: whoever changes it encrypts it. Say `rewrap` before an old
version of the key of KMS is destroyed. With --local they work on the system that `make run` started, else on the
project's database FIRESTORE_DATABASE.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress

from google.auth.exceptions import GoogleAuthError
from google.cloud.firestore import AsyncClient

from infra.local.options import Options
from infra.operations.documents import KMS_SCOPE, name_local_documents
from infra.operations.ledger import open_database
from infra.operations.login_token import LoginToken, tell_no_login
from shared.adapters.clock import SystemClock
from shared.adapters.data_keys import DataKeys, KeyWrapper
from shared.adapters.encrypted_fields import ENCRYPTED, has_plain
from shared.adapters.encrypted_store import EncryptedStore
from shared.adapters.firestore import FirestoreStore
from shared.errors import CallRefusedError, ConflictError, UnavailableError
from shared.ports import Fields, Key, Query, Record, Store, Update
from shared.settings import EncryptionSettings, load, read_database
from shared.wiring import open_wrapping_key

PAGE = 50
DATA_KEYS_MAX = 1000
"""More than eighty years have."""


async def encrypt_documents(client: AsyncClient, store: Store, wrapper: KeyWrapper) -> dict[str, int]:
    """Encrypt what is plain; how many documents of each collection were. Raises UnavailableError, CallRefusedError."""
    encrypted = EncryptedStore(store, DataKeys(store, SystemClock(), wrapper), encrypts=True)
    counts: dict[str, int] = {}
    for collection, paths in ENCRYPTED.items():
        async for keys in _walk(client, collection):
            found = [each for each in await store.read(keys) if each is not None and has_plain(each.fields, paths)]
            done = await asyncio.gather(*(_encrypt(encrypted, each, paths) for each in found))
            counts[collection] = counts.get(collection, 0) + sum(done)
    return counts


async def _walk(client: AsyncClient, collection: str) -> AsyncIterator[list[Key]]:
    """The keys of a collection, page by page, by their ids: no index is needed."""
    search = client.collection(collection).select(["__name__"]).order_by("__name__").limit(PAGE)
    page = [each async for each in search.stream()]
    while page:
        yield [Key(collection, each.id) for each in page]
        page = [each async for each in search.start_after(page[-1]).stream()]


async def _encrypt(store: EncryptedStore, record: Record, paths: tuple[str, ...]) -> bool:
    """Write the fields with words again, encrypted; whether nobody was first."""
    names = {path.partition(".")[0] for path in paths}
    fields: Fields = {name: value for name, value in record.fields.items() if name in names}
    with suppress(ConflictError):
        await store.commit([Update(record.key, fields, record.version)])
        return True
    return False


async def rewrap_keys(store: Store, wrapper: KeyWrapper) -> int:
    """Wrap every data key anew; how many. Raises UnavailableError, and then those before it are done."""
    records = await store.find(Query("data_keys", (), DATA_KEYS_MAX))
    for record in records:
        content = await wrapper.unwrap(record.fields["wrapped"], record.key.id)
        wrapped = await wrapper.wrap(content, record.key.id)
        if await wrapper.unwrap(wrapped, record.key.id) != content:
            raise UnavailableError("a data key was damaged while it was wrapped")
        await store.commit([Update(record.key, {"wrapped": wrapped}, record.version)])
    return len(records)


async def carry_out(project: str, database: str, settings: EncryptionSettings, verb: str) -> list[str]:
    """What was done, in lines. Raises GoogleAuthError too."""
    store = FirestoreStore(project, database, LoginToken())
    wrapper = open_wrapping_key(settings.key, LoginToken(KMS_SCOPE))
    try:
        if verb == "rewrap":
            return [f"{await rewrap_keys(store, wrapper)} data keys are wrapped anew"]
        async with open_database(project, database) as client:
            return tell_counts(await encrypt_documents(client, store, wrapper))
    finally:
        await wrapper.close()
        await store.close()


def tell_counts(counts: Mapping[str, int]) -> list[str]:
    """What was encrypted, in lines."""
    return [f"{name}: {count} encrypted" for name, count in counts.items() if count] or ["Everything was encrypted."]


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Encrypt documents of before, or renew the wrapping of data keys.")
    parser.add_argument("verb", choices=["encrypt", "rewrap"])
    parser.add_argument("--local", action="store_true", help="in the system that `make run` started")
    arguments = parser.parse_args(words)
    if arguments.local:
        os.environ |= name_local_documents()
    project = Options().project if arguments.local else os.environ.get("GOOGLE_CLOUD_PROJECT")
    settings = load(EncryptionSettings.read)
    if not project or settings is None:
        sys.exit(f"encryption: {'ENCRYPTION_KEY' if project else 'GOOGLE_CLOUD_PROJECT'}: not set")
    try:
        lines = asyncio.run(carry_out(project, load(read_database), settings, arguments.verb))
    except GoogleAuthError as error:
        sys.exit(f"encryption: {tell_no_login(error)}")
    except (UnavailableError, CallRefusedError, ConflictError) as error:
        sys.exit(f"encryption: say it again: {' '.join(str(error).split())}")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
