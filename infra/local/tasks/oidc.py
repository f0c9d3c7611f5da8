"""OpenID Connect tokens for task calls, shaped like Google's, signed by a key made at start.

Claims as in Google's service-account ID tokens: `iss`, `aud`, `sub`, `azp`, `email`, `email_verified`,
`iat`, `exp` (one hour). The verifier finds the key by `kid` in the JWKS.
"""

import hashlib
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

TOKEN_SECONDS = 3600


@cache
def make_key() -> rsa.RSAPrivateKey:
    """The key of this process: made when first needed (a tenth of a second), gone with the process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class TokenSigner:
    """Signs tokens for one issuer (a base URL) and remembers them until half their life is over."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._key = make_key()
        self._jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self._key_id = hashlib.sha256(self._jwk["n"].encode()).hexdigest()[:40]
        self._cached: dict[tuple[str, str], tuple[float, str]] = {}

    def jwks(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set (RFC 7517)."""
        public_fields = {name: self._jwk[name] for name in ("kty", "n", "e")}
        return {"keys": [{**public_fields, "kid": self._key_id, "alg": "RS256", "use": "sig"}]}

    def token(self, email: str, audience: str) -> str:
        """A token for this caller and audience; signing takes about a millisecond, so it is re-used."""
        now = time.time()
        fresh_until, token = self._cached.get((email, audience), (0.0, ""))
        if now >= fresh_until:
            token = self._sign(email, audience, int(now))
            self._cached[email, audience] = (now + TOKEN_SECONDS / 2, token)
        return token

    def _sign(self, email: str, audience: str, issued_at: int) -> str:
        subject = str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:21]
        claims = {
            "iss": self.issuer,
            "aud": audience,
            "sub": subject,
            "azp": subject,
            "email": email,
            "email_verified": True,
            "iat": issued_at,
            "exp": issued_at + TOKEN_SECONDS,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})
