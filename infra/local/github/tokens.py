"""Tokens: those that GitHub signs for the jobs of its workflows, and those of the App."""

import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from infra.local.github.repository import OWNER_AND_NAME, REPOSITORY_ID, Run

JOB_TOKEN_SECONDS = 300
APP_TOKEN_SECONDS = 3600
APP_JWT_SECONDS_MAX = 600
KEY_ID = "local-github"


class JobTokens:
    """Signs with a key that is made at the start and gone with the process.

    The claims: https://docs.github.com/en/actions/reference/security/oidc
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def list_keys(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set."""
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        public = {name: key[name] for name in ("kty", "n", "e")}
        return {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def sign(self, run: Run, environment: str, audience: str) -> str:
        """A new token for a job of this run."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": audience,
            "sub": f"repo:{OWNER_AND_NAME}:environment:{environment}",
            "iat": now,
            "nbf": now,
            "exp": now + JOB_TOKEN_SECONDS,
            "jti": secrets.token_hex(16),
            "repository": OWNER_AND_NAME,
            "repository_id": REPOSITORY_ID,
            "ref": run.ref,
            "sha": "0" * 40,
            "job_workflow_ref": f"{OWNER_AND_NAME}/.github/workflows/{run.file}@{run.ref}",
            "run_id": str(run.id),
            "actor": run.actor.login,
            "actor_id": str(run.actor.id),
            "environment": environment,
            "event_name": run.event,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": KEY_ID})


class AppTokens:
    """Gives the App tokens for an hour, once it has proved itself with its key.

    https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
    """

    def __init__(self, public_key: str) -> None:
        """`public_key` in PEM; empty: there is no App, and nobody may start anything."""
        self._key = load_pem_public_key(public_key.encode()) if public_key else None
        self._given: dict[str, float] = {}

    def give(self, proof: str) -> str | None:
        """A token for an App's JWT; None if it is none of the App's, or lives too long."""
        if not isinstance(self._key, rsa.RSAPublicKey):
            return None
        try:
            claims = jwt.decode(proof, self._key, algorithms=["RS256"], options={"require": ["iss", "iat", "exp"]})
        except jwt.InvalidTokenError:
            return None
        if claims["exp"] - time.time() > APP_JWT_SECONDS_MAX:
            return None
        token = f"ghs_local_{secrets.token_hex(12)}"
        self._given[token] = time.time() + APP_TOKEN_SECONDS
        return token

    def knows(self, token: str) -> bool:
        """Whether this is a token that is still good."""
        return time.time() < self._given.get(token, 0.0)
