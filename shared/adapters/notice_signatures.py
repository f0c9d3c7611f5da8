"""Who signed a provider's notice. Checking it needs public keys only, which the provider publishes (JWKS).

    fal      Ed25519, over request id, user id, time and the body's SHA-256, each on a line
             https://fal.ai/docs/model-apis/model-endpoints/webhooks
    Gemini   an RS256 JWT in `webhook-signature`, of a webhook that was named in the request itself
             https://ai.google.dev/gemini-api/docs/webhooks

Neither names our address in what it signs (Gemini documents no audience), so any customer of the provider could have a
notice sent to us. It would make us ask one time more, and nothing else.
"""

import hashlib
from binascii import Error, unhexlify
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import jwt
from cryptography.exceptions import InvalidSignature

from shared.adapters.oidc import KeySet
from shared.errors import ForbiddenError, UnauthenticatedError, UnavailableError

FAL_JWKS_URL = "https://rest.fal.ai/.well-known/jwks.json"
GEMINI_JWKS_URL = "https://generativelanguage.googleapis.com/.well-known/jwks.json"
AGE_SECONDS_MAX = 300
"""Both providers advise this against notices that are sent again by others."""
LEEWAY_SECONDS = 30.0
_FAL = "x-fal-webhook-"


class Signed(Protocol):
    """A provider's way to sign."""

    async def check(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Return if the provider signed this just now. Raises UnauthenticatedError, also where no keys are at hand."""
        ...


class FalSigned:
    """Implements Signed. The header names in lower case."""

    def __init__(self, jwks_url: str = "") -> None:
        self._keys = KeySet(jwks_url or FAL_JWKS_URL, "OKP")

    async def check(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        told = [headers.get(f"{_FAL}{name}", "") for name in ("request-id", "user-id", "timestamp")]
        _check_time(told[-1], now)
        signed = "\n".join([*told, hashlib.sha256(body).hexdigest()]).encode()
        try:
            signature = unhexlify(headers.get(f"{_FAL}signature", ""))
            keys = await self._keys.list_all()
        except (Error, ValueError, UnavailableError) as error:
            raise UnauthenticatedError(f"fal: {type(error).__name__}") from None
        if not any(_is_signed(key, signature, signed) for key in keys):
            raise UnauthenticatedError("fal: signed by somebody else")


class GeminiSigned:
    """Implements Signed. The header names in lower case."""

    def __init__(self, jwks_url: str = "") -> None:
        self._keys = KeySet(jwks_url or GEMINI_JWKS_URL)

    async def check(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:  # noqa: ARG002 — not signed
        token = headers.get("webhook-signature", "")
        _check_time(headers.get("webhook-timestamp", ""), now)
        try:
            key = await self._keys.find(jwt.get_unverified_header(token).get("kid"))
            options = {"verify_aud": False}
            jwt.decode(token, key, algorithms=["RS256"], leeway=LEEWAY_SECONDS, options=options)  # type: ignore[arg-type]
        except (jwt.PyJWTError, ForbiddenError, UnavailableError) as error:
            raise UnauthenticatedError(f"Gemini: {type(error).__name__}") from None


def _check_time(written: str, now: datetime) -> None:
    """Raises UnauthenticatedError for a time, in seconds since 1970, that is not now."""
    is_number = written.isascii() and written.isdecimal() and len(written) <= len(str(int(now.timestamp())))
    if not is_number or abs(int(written) - now.timestamp()) > AGE_SECONDS_MAX:
        raise UnauthenticatedError("a notice without its time, or an old one")


def _is_signed(key: jwt.PyJWK, signature: bytes, content: bytes) -> bool:
    try:
        key.key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
