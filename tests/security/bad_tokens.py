"""OIDC tokens as the local Tasks server makes them, and everything that must not pass for one."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt import api_jws

from infra.local.tasks.oidc import TokenSigner, make_key

Json = dict[str, Any]


class Forger:
    """Holds the real key (the Tasks server runs in this process) and one of its own."""

    def __init__(self, issuer: str, email: str) -> None:
        self.issuer, self.email = issuer, email
        self._signer = TokenSigner(issuer)
        self._own_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id: str = self._signer.jwks()["keys"][0]["kid"]

    def sign(
        self, audience: str, *, key: Any = None, algorithm: str = "RS256", head: Json | None = None, **claims: Any
    ) -> str:
        """A token that is good but for what is named; a claim of None is left out."""
        now = int(time.time())
        usual: Json = {"iss": self.issuer, "aud": audience, "sub": "1", "azp": "1", "email": self.email}
        usual |= {"email_verified": True, "iat": now, "exp": now + 3600}
        chosen = {name: value for name, value in (usual | claims).items() if value is not None}
        headers = {"kid": self.key_id} | (head or {})
        # Not `jwt.encode`: it would not sign claims of a wrong type.
        return api_jws.encode(json.dumps(chosen).encode(), key or make_key(), algorithm=algorithm, headers=headers)

    def list_bad(self, audience: str) -> Iterator[tuple[str, bytes | None]]:
        """Names and Authorization headers; None is no header at all."""
        for name, claims in wrong_claims(audience, self.email).items():
            yield name, bearer(self.sign(audience, **claims))
        for name, token in self._wrong_signatures(audience).items():
            yield name, bearer(token)
        for name, header in wrong_headers(self.key_id).items():
            yield name, bearer(f"{segment(header)}.{segment(self._claims(audience))}.{segment(b'signature')}")
        good = self.sign(audience)
        yield "no header", None
        for junk in (
            b"",
            b"Bearer",
            b"Bearer ",
            b"Bearer x",
            b"Bearer a.b.c",
            b"Bearer ..",
            b"Basic YTpi",
            b"\xff\xfe",
            b"{}",
        ):
            yield f"junk {junk!r}", junk
        yield "no scheme", good.encode()
        yield "another scheme", b"Basic " + good.encode()
        yield "two tokens", bearer(f"{good} {good}")
        yield "two, with a comma", bearer(f"{good},{good}")
        yield "a character after it", bearer(f"{good}A")
        yield "non-ASCII", bearer(good) + "é".encode()
        yield "very long", bearer("a" * 50_000)

    def _claims(self, audience: str) -> Json:
        claims: Json = jwt.decode(self.sign(audience), options={"verify_signature": False})
        return claims

    def _wrong_signatures(self, audience: str) -> dict[str, str]:
        good = self.sign(audience)
        head, claims, signature = good.split(".")
        public = make_key().public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return {
            "another key": self.sign(audience, key=self._own_key),
            "an unknown key": self.sign(audience, key=self._own_key, head={"kid": "0" * 40}),
            "the right key, unknown id": self.sign(audience, head={"kid": "unknown"}),
            "no signature": f"{head}.{claims}.",
            "alg none": f"{segment({'alg': 'none', 'kid': self.key_id})}.{claims}.",
            "alg NoNe": f"{segment({'alg': 'NoNe', 'kid': self.key_id})}.{claims}.{signature}",
            "RS512": self.sign(audience, algorithm="RS512"),
            "HS256 with the public key": sign_with_public_key(pem, self.key_id, self._claims(audience)),
            "HS256 with the modulus": self.sign(audience, key=str(public.public_numbers().n), algorithm="HS256"),
            "other claims": f"{head}.{segment(self._claims(audience) | {'sub': '2'})}.{signature}",
            "cut": good[:-6],
            "an own key in the header": self.sign(audience, key=self._own_key, head={"jwk": own_jwk(self._own_key)}),
            "an own address in the header": self.sign(audience, key=self._own_key, head={"jku": "http://127.0.0.1:1/"}),
        }


def wrong_claims(audience: str, email: str) -> dict[str, Json]:
    """Rightly signed, and not meant for us, not from the caller, or not now."""
    now = int(time.time())
    return {
        "another audience": {"aud": "http://127.0.0.1:1"},
        "audience with a path": {"aud": audience + "/"},
        "two audiences": {"aud": [audience, "http://127.0.0.1:1"]},
        "another email": {"email": "somebody@example.iam.gserviceaccount.com"},
        "email in capitals": {"email": email.upper()},
        "email as a list": {"email": [email]},
        "email not verified": {"email_verified": False},
        "email verified in words": {"email_verified": "true"},
        "email verified by a number": {"email_verified": 1},
        "another issuer": {"iss": "https://accounts.google.com"},
        "issuer as a list": {"iss": ["https://accounts.google.com"]},
        "expired": {"iat": now - 7200, "exp": now - 3600},
        "not yet": {"iat": now + 7200, "exp": now + 10_800},
        "never expires": {"exp": "never"},
        **{f"without {name}": {name: None} for name in ("iss", "aud", "exp", "iat", "email", "email_verified")},
    }


def wrong_headers(key_id: str) -> dict[str, Json | bytes]:
    """Token headers that a parser may stumble over."""
    usual = {"alg": "RS256", "kid": key_id}
    return {
        "kid is a list": usual | {"kid": [key_id]},
        "kid is a map": usual | {"kid": {}},
        "kid is a surrogate": usual | {"kid": "\ud800"},
        "kid is a path": usual | {"kid": "../../dev/null"},
        "critical": usual | {"crit": ["b64"]},
        "critical surrogate": usual | {"crit": ["\ud800"]},
        "b64": usual | {"b64": False, "crit": ["b64"]},
        "alg is a list": usual | {"alg": ["RS256"]},
        "alg is a surrogate": usual | {"alg": "\ud800"},
        "no alg": {"kid": key_id},
        "deep": b'{"alg":"RS256","kid":' + b"[" * 3000,
        "long number": b'{"alg":"RS256","kid":' + b"9" * 5000 + b"}",
        "not JSON": b"{",
        "a list": b"[]",
        "empty": b"",
        "not UTF-8": b"\xff\xfe",
        "raw surrogate": b'{"alg":"RS256","crit":["\xed\xa0\x80"]}',
    }


def sign_with_public_key(pem: bytes, key_id: str, claims: Json) -> str:
    """The classic confusion: the public key, known to all, taken for a shared secret."""
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed = f"{segment({'alg': 'HS256', 'kid': key_id})}.{segment(claims)}"
    return f"{signed}.{segment(algorithm.sign(signed.encode(), pem))}"


def own_jwk(key: rsa.RSAPrivateKey) -> Json:
    jwk: Json = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return jwk


def bearer(token: str) -> bytes:
    return b"Bearer " + token.encode()


def segment(content: Json | bytes) -> str:
    """One part of a token."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
