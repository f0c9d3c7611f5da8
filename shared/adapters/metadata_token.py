"""Access tokens of a Cloud Run instance's service account, without google.auth.

https://cloud.google.com/run/docs/container-contract#metadata-server
"""

import asyncio
import json
import time

from shared.errors import UnavailableError

METADATA_HOST = "metadata.google.internal"
PATH = "/computeMetadata/v1/instance/service-accounts/default/"
OK = 200
FETCH_SECONDS_MAX = 3.0
REFRESH_BEFORE_SECONDS = 225.0
"""The server returns the same token until 5 minutes before it expires, so an earlier refresh is useless."""
PAUSE_SECONDS = 5.0
"""The pause before a failed refresh is retried, while the old token is still valid."""


class MetadataToken:
    """Keeps one token and fetches the next in time, in a thread, one fetch at a time."""

    def __init__(self, host: str = METADATA_HOST) -> None:
        self._host = host
        self._token = ""
        self._refresh_at = 0.0
        self._expires_at = 0.0
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """A token that is valid for some minutes. Raises UnavailableError."""
        if time.monotonic() >= self._refresh_at:
            async with self._lock:
                if time.monotonic() >= self._refresh_at:
                    await self._refresh()
        return self._token

    def forget(self, token: str) -> None:
        """Fetch a new token next time, because this one was refused."""
        if token == self._token:
            self._refresh_at = self._expires_at = 0.0

    async def _refresh(self) -> None:
        now = time.monotonic()
        try:
            self._token, seconds = await asyncio.to_thread(fetch_token, self._host)
        except (OSError, ValueError) as error:
            if now >= self._expires_at:
                raise UnavailableError(f"metadata server: {error!r}") from error
            self._refresh_at = now + PAUSE_SECONDS
            return
        self._expires_at = now + seconds
        self._refresh_at = now + max(seconds - REFRESH_BEFORE_SECONDS, PAUSE_SECONDS)


def fetch_token(host: str) -> tuple[str, float]:
    """Ask the metadata server; returns the token and its remaining life in seconds. Raises OSError, ValueError."""
    try:
        answer = json.loads(fetch_metadata(host, "token"))
        return str(answer["access_token"]), float(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise ValueError("no token in the answer") from None


def fetch_metadata(host: str, name: str) -> bytes:
    """What the metadata server says of the service account: its "email", or a "token". Raises OSError, ValueError."""
    import http.client  # takes 10 ms and is needed only in the cloud

    connection = http.client.HTTPConnection(host, timeout=FETCH_SECONDS_MAX)
    try:
        connection.request("GET", PATH + name, headers={"Metadata-Flavor": "Google"})
        response = connection.getresponse()
        body = response.read()
    except http.client.HTTPException as error:
        raise OSError(repr(error)) from error
    finally:
        connection.close()
    if response.status != OK:
        raise ValueError(f"the answer has status {response.status}")
    return body
