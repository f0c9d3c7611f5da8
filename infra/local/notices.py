"""Signed notices of a video that has ended, as fal and Gemini send them; repeated, late, untrue or forged on request.

In a test::

    gemini.videos.notifier.manner = Manner(repeat=3, lies=True)
    ...
    await gemini.videos.notifier.wait()
    assert gemini.videos.notifier.notices[0].answers == [200]
"""

import asyncio
import contextlib
import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TRIES_MAX = 3
SENT_SECONDS_MAX = 10.0


class Signer(Protocol):
    """A provider's key pair."""

    def sign(self, body: bytes) -> Mapping[str, str]:
        """The headers of a notice with this body."""
        ...

    def jwks(self) -> dict[str, Any]:
        """The public key, as the provider publishes it."""
        ...


@dataclass(frozen=True, slots=True)
class Manner:
    """How notices are sent."""

    repeat: int = 1
    late_seconds: float = 0.0
    lies: bool = False
    """One is sent at the beginning too."""
    forges: bool = False
    """Somebody else signs them."""
    loses: bool = False


@dataclass(slots=True)
class Notice:
    """One notice, and what was answered to each of its deliveries; 0: nobody answered."""

    url: str
    answers: list[int] = field(default_factory=list)
    began: float = 0.0
    """Unix time of the first delivery."""


class Notifier:
    """Sends notices in the background."""

    def __init__(self, signer: Signer, forger: Signer) -> None:
        self.notices: list[Notice] = []
        self.manner = Manner()
        self.signer = signer
        self._forger = forger
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, url: str, body: Mapping[str, Any]) -> None:
        """A video has begun: only a liar says that it has ended."""
        if url and self.manner.lies:
            self._start(url, body)

    def end(self, url: str, body: Mapping[str, Any]) -> None:
        """A video has ended."""
        for _ in range(0 if self.manner.loses or not url else self.manner.repeat):
            self._start(url, body)

    async def wait(self) -> None:
        """Return when every notice was answered, or given up."""
        while self._running:
            await asyncio.gather(*self._running)

    async def close(self) -> None:
        """Send nothing more."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, url: str, body: Mapping[str, Any]) -> None:
        notice = Notice(url)
        self.notices.append(notice)
        task = asyncio.create_task(self._send(notice, json.dumps(body).encode()))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _send(self, notice: Notice, body: bytes) -> None:
        await asyncio.sleep(self.manner.late_seconds)
        signer = self._forger if self.manner.forges else self.signer
        notice.began = time.time()
        async with httpx.AsyncClient(trust_env=False, timeout=SENT_SECONDS_MAX) as client:
            for _ in range(TRIES_MAX):
                answer = 0
                with contextlib.suppress(httpx.HTTPError):
                    headers = {"Content-Type": "application/json", **signer.sign(body)}
                    answer = (await client.post(notice.url, content=body, headers=headers)).status_code
                notice.answers.append(answer)
                if 0 < answer < 500:  # noqa: PLR2004 — refused notices are not sent again here
                    return


class FalSigner:
    """Ed25519, as fal: https://fal.ai/docs/model-apis/model-endpoints/webhooks."""

    def __init__(self, seed: str = "fal") -> None:
        digest = hashlib.sha256(f"the local {seed}; not a real key".encode()).digest()
        self._key = Ed25519PrivateKey.from_private_bytes(digest)

    def sign(self, body: bytes) -> Mapping[str, str]:
        told = (str(uuid.uuid4()), "local-user", str(int(time.time())))
        signed = "\n".join((*told, hashlib.sha256(body).hexdigest())).encode()
        values = (*told, self._key.sign(signed).hex())
        names = ("Request-Id", "User-Id", "Timestamp", "Signature")
        return {f"X-Fal-Webhook-{name}": value for name, value in zip(names, values, strict=True)}

    def jwks(self) -> dict[str, Any]:
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": public["x"]}]}


@cache
def _make_rsa_key() -> rsa.RSAPrivateKey:
    """The key of this process: made when first needed (a tenth of a second), gone with the process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class GeminiSigner:
    """An RS256 JWT, as Gemini for webhooks that a request names: https://ai.google.dev/gemini-api/docs/webhooks."""

    def __init__(self, key_id: str = "local-gemini") -> None:
        self._key_id = key_id

    def sign(self, body: bytes) -> Mapping[str, str]:
        now = int(time.time())
        claims = {"iss": "local", "aud": "local", "iat": now, "exp": now + 300, "event": json.loads(body)}
        token = jwt.encode(claims, _make_rsa_key(), algorithm="RS256", headers={"kid": self._key_id})
        return {"webhook-id": str(uuid.uuid4()), "webhook-timestamp": str(now), "webhook-signature": token}

    def jwks(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(_make_rsa_key().public_key(), as_dict=True)
        return {"keys": [{"kty": "RSA", "n": public["n"], "e": public["e"], "kid": self._key_id, "alg": "RS256"}]}
