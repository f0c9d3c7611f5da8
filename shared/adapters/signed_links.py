"""Signed URLs of Cloud Storage, which anybody can open until they expire (V4 signatures).

https://cloud.google.com/storage/docs/authentication/canonical-requests. The key of the service account never leaves
Google: the IAM Credentials API signs. The account needs the role Service Account Token Creator on itself.
"""

import asyncio
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from shared.adapters.google_rest import OK, GoogleRest
from shared.adapters.metadata_token import METADATA_HOST, MetadataToken, fetch_metadata
from shared.errors import UnavailableError

STORAGE_HOST = "storage.googleapis.com"
IAM_HOST = "iamcredentials.googleapis.com"
SIGN_SECONDS_MAX = 10.0
LIFETIME_MAX = timedelta(hours=12)
"""Cloud Storage accepts seven days, but the IAM API rotates its keys: their signatures are valid for 12 hours."""
_ALGORITHM = "GOOG4-RSA-SHA256"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """An address before it is signed."""

    path: str
    query: str
    to_sign: str

    def sign(self, signature: bytes) -> str:
        """The signed address."""
        return f"https://{STORAGE_HOST}{self.path}?{self.query}&X-Goog-Signature={signature.hex()}"


def write_unsigned(bucket: str, name: str, account: str, lifetime: timedelta, filename: str, now: datetime) -> Unsigned:
    """The unsigned address of a download under another name, for 12 hours at most."""
    scope = f"{now:%Y%m%d}/auto/storage/goog4_request"
    path = f"/{quote(bucket)}/{quote(name, safe='/~')}"
    fields = {
        "X-Goog-Algorithm": _ALGORITHM,
        "X-Goog-Credential": f"{account}/{scope}",
        "X-Goog-Date": f"{now:%Y%m%dT%H%M%SZ}",
        "X-Goog-Expires": f"{min(lifetime, LIFETIME_MAX).total_seconds():.0f}",
        "X-Goog-SignedHeaders": "host",
        "response-content-disposition": f'attachment; filename="{filename}"',
    }
    query = urlencode(fields, quote_via=quote, safe="~")
    canonical = "\n".join(("GET", path, query, f"host:{STORAGE_HOST}", "", "host", "UNSIGNED-PAYLOAD"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return Unsigned(path, query, "\n".join((_ALGORITHM, fields["X-Goog-Date"], scope, digest)))


class LinkSigner:
    """One per process and event loop."""

    def __init__(self, bucket: str, now: Callable[[], datetime] = _now, metadata_host: str = METADATA_HOST) -> None:
        self._bucket, self._now, self._metadata_host = bucket, now, metadata_host
        self._account = ""
        self._iam: GoogleRest | None = None

    async def sign(self, name: str, lifetime: timedelta, filename: str) -> str:
        """The address. Raises UnavailableError."""
        try:
            async with asyncio.timeout(SIGN_SECONDS_MAX):
                account = await self._find_account()
                unsigned = write_unsigned(self._bucket, name, account, lifetime, filename, self._now())
                return unsigned.sign(await self._ask(account, unsigned.to_sign))
        except (OSError, ValueError, KeyError) as error:  # a TimeoutError too
            raise UnavailableError(f"a link cannot be signed: {type(error).__name__}") from error

    async def close(self) -> None:
        """Close the connections."""
        if self._iam is not None:
            await self._iam.close()

    async def _find_account(self) -> str:
        if not self._account:
            found = await asyncio.to_thread(fetch_metadata, self._metadata_host, "email")
            self._account = found.decode("ascii").strip()
        return self._account

    async def _ask(self, account: str, to_sign: str) -> bytes:
        if self._iam is None:
            self._iam = GoogleRest(IAM_HOST, MetadataToken(self._metadata_host))
        body = json.dumps({"payload": b64encode(to_sign.encode()).decode("ascii")}).encode()
        answer = await self._iam.post(f"/v1/projects/-/serviceAccounts/{quote(account)}:signBlob", body)
        if answer.status != OK:
            raise UnavailableError(f"IAM Credentials: status {answer.status}")
        return b64decode(json.loads(answer.body)["signedBlob"])
