"""Authenticating calls of task endpoints: verifying the OpenID Connect token that Cloud Tasks sends.

The checks: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
"""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any

import jwt

from shared.errors import ForbiddenError, UnavailableError

GOOGLE_ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
"""Google's tokens may have either."""
FETCH_SECONDS_MAX = 5.0
FETCH_PAUSE_SECONDS = 60.0
"""The shortest time between two fetches of the keys because of unknown key ids."""
OUTAGE_PAUSE_SECONDS = 2.0
"""The pause after a failed fetch."""
KEYS_SECONDS_MAX = 6 * 3600.0
"""Keys are fetched again after this time; Google replaces its keys over days."""
KEYS_BYTES_MAX = 256 * 1024
LEEWAY_SECONDS = 30.0
ALGORITHMS = {"RSA": "RS256", "OKP": "EdDSA"}
REQUIRED_CLAIMS = ["iss", "aud", "exp", "iat", "email", "email_verified"]


class TokenVerifier:
    """Accepts the tokens of one service account for one audience."""

    def __init__(self, issuer: str, jwks_url: str, audience: str, email: str) -> None:
        if not (issuer and audience and email):
            raise ValueError("issuer, audience and email must be given: an empty one would accept too much")
        self._issuers = GOOGLE_ISSUERS if issuer in GOOGLE_ISSUERS else frozenset({issuer})
        self._audience = audience
        self._email = email
        self._keys = KeySet(jwks_url)

    async def verify(self, authorization_header: str | None) -> None:
        """Return if the header holds a valid token. Raises ForbiddenError; UnavailableError without keys."""
        claims = await read_token(self._keys, authorization_header, self._audience, REQUIRED_CLAIMS)
        if not any(claims["iss"] == issuer for issuer in self._issuers):
            raise ForbiddenError("another issuer")
        if claims["email"] != self._email or claims["email_verified"] is not True:
            raise ForbiddenError("another caller")


class KeySet:
    """The public keys at a JWKS address, by their id; fetched in a thread, one fetch at a time.

    A known key stays valid while the address does not answer.
    """

    def __init__(self, url: str, kind: str = "RSA") -> None:
        """`kind` is the `kty` of the keys: "RSA" for RS256, "OKP" for Ed25519."""
        self._url, self._kind = url, kind
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._lock = asyncio.Lock()
        self._old_at = 0.0
        self._next_fetch_at = 0.0
        self._outage: Exception | None = None

    async def find(self, key_id: str | None) -> jwt.PyJWK:
        """The key with this id. Raises ForbiddenError if there is none, UnavailableError without the keys."""
        await self._fetch_if_due(key_id)
        key = self._keys.get(key_id or "")
        if key is not None:
            return key
        if self._outage is not None:
            raise UnavailableError(f"no keys from {self._url}: {self._outage!r}")
        raise ForbiddenError("signed with a key that is not the issuer's")

    async def list_all(self) -> tuple[jwt.PyJWK, ...]:
        """All keys, for signatures that name none. Raises UnavailableError without the keys."""
        await self._fetch_if_due(next(iter(self._keys), None))
        if not self._keys:
            raise UnavailableError(f"no keys from {self._url}: {self._outage!r}")
        return tuple(self._keys.values())

    async def _fetch_if_due(self, key_id: str | None) -> None:
        """Fetch the keys if this one is unknown or they are old; of several calls at once one fetches."""
        if self._should_fetch(key_id):
            async with self._lock:
                if self._should_fetch(key_id):
                    await self._fetch()

    def _should_fetch(self, key_id: str | None) -> bool:
        now = time.monotonic()
        return now >= self._next_fetch_at and (key_id not in self._keys or now >= self._old_at)

    async def _fetch(self) -> None:
        try:
            self._keys = await asyncio.to_thread(fetch_keys, self._url, self._kind)
        except (OSError, ValueError, jwt.PyJWTError) as error:
            self._outage = error
            self._next_fetch_at = time.monotonic() + OUTAGE_PAUSE_SECONDS
            return
        self._outage = None
        self._next_fetch_at = time.monotonic() + FETCH_PAUSE_SECONDS
        self._old_at = time.monotonic() + KEYS_SECONDS_MAX


async def read_token(
    keys: KeySet, authorization_header: str | None, audience: str, required: Sequence[str]
) -> dict[str, Any]:
    """The claims of the header's token, which is for this audience, is valid now and is signed with one of the keys.

    The issuer is not checked. Raises ForbiddenError; UnavailableError without keys.
    """
    scheme, _, token = (authorization_header or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ForbiddenError("no bearer token")
    try:
        key = await keys.find(jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token.strip(),
            key,
            algorithms=["RS256"],
            audience=audience,
            leeway=LEEWAY_SECONDS,
            options={"require": list(required), "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        raise ForbiddenError(f"{type(error).__name__}: {error}") from None
    return claims


def fetch_keys(url: str, kind: str = "RSA") -> dict[str, jwt.PyJWK]:
    """The keys of one kind in a JSON Web Key Set, by their ids; a key without an id has its number.

    Raises OSError, ValueError, PyJWTError.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"not a web address: {url!r}")
    try:
        with urllib.request.urlopen(url, timeout=FETCH_SECONDS_MAX) as response:  # noqa: S310 — checked above
            content = response.read(KEYS_BYTES_MAX)
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise OSError(f"status {error.code}") from None
    except HTTPException as error:
        raise OSError(repr(error)) from error
    try:
        entries = [entry for entry in json.loads(content)["keys"] if entry["kty"] == kind]
        keys = {
            str(entry.get("kid", number)): jwt.PyJWK(entry, ALGORITHMS[kind]) for number, entry in enumerate(entries)
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a key set: {error!r}") from error
    if not keys:
        raise ValueError("a key set without a key for us")
    return keys
