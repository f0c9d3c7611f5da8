"""The product's documents for an operator's commands.

They need ENCRYPTION_KEY where the functions have it, and encrypt what they write where ENCRYPT_FIELDS is `on`, as the
functions do: a release that cannot read it may be serving, or come back.
"""

from infra.local.options import LOCAL_ENCRYPTION_KEY
from infra.local.ports import HOST, read_ports
from infra.operations.login_token import LoginToken
from shared.adapters.clock import SystemClock
from shared.adapters.data_keys import DataKeys
from shared.adapters.encrypted_store import EncryptedStore
from shared.adapters.firestore import FirestoreStore
from shared.errors import UnavailableError
from shared.settings import EncryptionSettings, load
from shared.wiring import open_store

KMS_SCOPE = "https://www.googleapis.com/auth/cloudkms"


class AbsentKey:
    """Implements KeyWrapper where there is no key."""

    async def wrap(self, content: bytes, name: str) -> bytes:
        return await self.unwrap(content, name)

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:  # noqa: ARG002 — the port's arguments
        raise UnavailableError("these documents are encrypted, and ENCRYPTION_KEY is not set")

    async def close(self) -> None:
        """Nothing is open."""


def open_documents(project: str, database: str) -> FirestoreStore | EncryptedStore:
    """The documents, by this machine's login. Raises GoogleAuthError where they are used."""
    settings, token = load(EncryptionSettings.read), LoginToken()
    if settings is not None:
        return open_store(project, database, settings, token, LoginToken(KMS_SCOPE))
    store = FirestoreStore(project, database, token)
    return EncryptedStore(store, DataKeys(store, SystemClock(), AbsentKey()), encrypts=False)


def name_local_documents() -> dict[str, str]:
    """The variables by which the documents of the system that `make run` started are found and read."""
    key = str(LOCAL_ENCRYPTION_KEY) if LOCAL_ENCRYPTION_KEY.exists() else ""
    encrypts = "on" if key else "off"
    host = f"{HOST}:{read_ports()['firestore']}"
    return {"FIRESTORE_EMULATOR_HOST": host, "ENCRYPTION_KEY": key, "ENCRYPT_FIELDS": encrypts}
