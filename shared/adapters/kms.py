"""A wrapping key of Cloud KMS. It never leaves Google; a new version of it is used by itself, and older ones stay.

https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys
"""

import asyncio
import json
from base64 import b64decode, b64encode

from shared.adapters.google_rest import OK, GoogleRest, Token
from shared.adapters.metadata_token import MetadataToken
from shared.errors import UnavailableError

KMS_HOST = "cloudkms.googleapis.com"
CALL_SECONDS_MAX = 5.0


class CloudKms:
    """Implements KeyWrapper. The connections belong to the event loop that uses them first."""

    def __init__(self, key: str, token: Token | None = None) -> None:
        """`key` is its name: projects/…/locations/…/keyRings/…/cryptoKeys/NAME."""
        self._key, self._token = key, token
        self._opened: GoogleRest | None = None

    async def wrap(self, content: bytes, name: str) -> bytes:
        return await self._call("encrypt", "plaintext", content, "ciphertext", name)

    async def unwrap(self, wrapped: bytes, name: str) -> bytes:
        return await self._call("decrypt", "ciphertext", wrapped, "plaintext", name)

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await opened.close()

    async def _call(self, verb: str, given: str, content: bytes, wanted: str, name: str) -> bytes:
        """Whatever KMS refuses is an outage to the caller: no document is unreadable because a right is missing."""
        asked = {given: _encode(content), "additionalAuthenticatedData": _encode(name.encode())}
        if self._opened is None:
            self._opened = GoogleRest(KMS_HOST, self._token or MetadataToken())
        try:
            async with asyncio.timeout(CALL_SECONDS_MAX):
                answer = await self._opened.post(f"/v1/{self._key}:{verb}", json.dumps(asked).encode())
            if answer.status != OK:
                raise UnavailableError(f"Cloud KMS: {verb}: status {answer.status}")
            return b64decode(json.loads(answer.body)[wanted])
        except (OSError, ValueError, KeyError, TypeError) as error:  # a TimeoutError too
            raise UnavailableError(f"Cloud KMS: {verb}: {type(error).__name__}") from error


def _encode(content: bytes) -> str:
    return b64encode(content).decode("ascii")
