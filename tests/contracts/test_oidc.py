"""Only the expected service account's tokens open a task endpoint, and strangers cannot make us work."""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local.tasks import run_tasks_server
from shared.adapters import oidc
from shared.adapters.oidc import TokenVerifier
from shared.adapters.targets import Target, queue_name
from shared.adapters.tasks import CloudTasks
from shared.errors import ForbiddenError, UnavailableError
from shared.task import Task
from tests.contracts.http_server import Reply, Request, Server, serve_http

ISSUER = "https://issuer.test"
AUDIENCE = "https://image.test"
EMAIL = "tasks@test-project.iam.gserviceaccount.com"


class Issuer:
    """Signs tokens and shows its keys."""

    def __init__(self) -> None:
        self.keys = {"one": rsa.generate_private_key(public_exponent=65537, key_size=2048)}
        self.shown = ["one"]

    def answer(self, _: Request) -> Reply:
        keys = [{**public_jwk(self.keys[key_id]), "kid": key_id} for key_id in self.shown]
        return Reply(body=json.dumps({"keys": keys}).encode())

    def sign(self, key_id: str | None = "one", key: Any = None, algorithm: str = "RS256", **changes: Any) -> str:
        """A token as Google makes them; a change of None leaves the claim out."""
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "email": EMAIL, "email_verified": True,
            "sub": "1", "iat": now, "exp": now + 3600,
        }  # fmt: skip
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        headers = {"kid": key_id} if key_id else {}
        token = jwt.encode(claims, key or self.keys[key_id or "one"], algorithm=algorithm, headers=headers)
        return f"Bearer {token}"


def unsigned(token: str) -> str:
    """The same claims under a header that says there is no signature."""
    header = base64.urlsafe_b64encode(b'{"alg": "none", "kid": "one"}').decode().rstrip("=")
    return f"Bearer {header}.{token.split('.')[1]}."


def public_jwk(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": "RSA", "alg": "RS256", "use": "sig", "n": jwk["n"], "e": jwk["e"]}


@pytest.fixture(scope="module")
def issuer_with_key() -> Issuer:
    return Issuer()


@pytest.fixture
def issuer(issuer_with_key: Issuer) -> Issuer:
    issuer_with_key.shown = ["one"]
    return issuer_with_key


@pytest.fixture
def server(issuer: Issuer) -> Iterator[Server]:
    with serve_http(issuer.answer) as server:
        yield server


@pytest.fixture
def verifier(server: Server) -> TokenVerifier:
    return TokenVerifier(ISSUER, server.url, AUDIENCE, EMAIL)


async def test_valid_token_passes(issuer: Issuer, server: Server, verifier: TokenVerifier) -> None:
    """The expected caller's token passes, again and again with one look at the keys."""
    await asyncio.gather(*(verifier.verify(issuer.sign()) for _ in range(10)))
    await verifier.verify(issuer.sign().replace("Bearer", "bearer"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://accounts.google.com"},
        {"aud": "https://bot.test"},
        {"aud": [AUDIENCE, "https://bot.test"]},
        {"email": "someone@test-project.iam.gserviceaccount.com"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"exp": 1_700_000_000},
        {"iat": 4_000_000_000, "exp": 4_000_003_600},
        {"nbf": 4_000_000_000},
        *({name: None} for name in ("iss", "aud", "email", "email_verified", "exp", "iat")),
    ],
)
async def test_other_claims_are_refused(issuer: Issuer, verifier: TokenVerifier, changes: dict[str, Any]) -> None:
    """Each claim is needed and must be what we expect."""
    with pytest.raises(ForbiddenError):
        await verifier.verify(issuer.sign(**changes))


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a.b.c", "Bearer é", "Bearer " + "." * 9, "Bearer e30.e30."],
)
async def test_no_token_is_refused(server: Server, verifier: TokenVerifier, header: str | None) -> None:
    """A malformed token is refused before the keys are fetched."""
    with pytest.raises(ForbiddenError):
        await verifier.verify(header)
    assert len(server.requests) <= 1


async def test_foreign_signatures_are_refused(issuer: Issuer, verifier: TokenVerifier) -> None:
    """Another key under the known id, no id, no signature, and the public key as a shared secret."""
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    modulus = public_jwk(issuer.keys["one"])["n"]
    tokens = [
        issuer.sign(key=stranger),
        issuer.sign(key_id=None),
        unsigned(issuer.sign()),
        issuer.sign(key=modulus, algorithm="HS256"),
        issuer.sign(algorithm="RS512"),
        issuer.sign()[:-4] + "AAAA",
    ]
    await verifier.verify(issuer.sign())
    for token in tokens:
        with pytest.raises(ForbiddenError):
            await verifier.verify(token)


async def test_google_has_two_names() -> None:
    """Google's tokens may name the issuer with or without https, another issuer's may not."""
    issuer = Issuer()
    with serve_http(issuer.answer) as server:
        verifier = TokenVerifier("https://accounts.google.com", server.url, AUDIENCE, EMAIL)
        await verifier.verify(issuer.sign(iss="https://accounts.google.com"))
        await verifier.verify(issuer.sign(iss="accounts.google.com"))
        with pytest.raises(ForbiddenError):
            await verifier.verify(issuer.sign(iss="accounts.google.com.test"))


async def test_strangers_cannot_make_us_fetch(issuer: Issuer, server: Server, verifier: TokenVerifier) -> None:
    """Unknown key ids cost at most one fetch a minute, and known keys go on working."""
    await verifier.verify(issuer.sign())
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for n in range(20):
        with pytest.raises(ForbiddenError):
            await verifier.verify(issuer.sign(key_id=f"made-up-{n}", key=stranger))
    await verifier.verify(issuer.sign())
    assert len(server.requests) == 1


async def test_new_key_is_found(
    issuer: Issuer, server: Server, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the issuer changes keys, the unknown id makes us look again, once the pause is over."""
    monkeypatch.setattr(oidc, "FETCH_PAUSE_SECONDS", 0.0)
    await verifier.verify(issuer.sign())
    issuer.keys["two"] = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issuer.shown = ["two"]
    await verifier.verify(issuer.sign(key_id="two"))
    with pytest.raises(ForbiddenError):
        await verifier.verify(issuer.sign(key_id="one"))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys": []}', b"\xff", b'{"keys": [{"kty": "oct"}]}'])
@pytest.mark.parametrize("status", [200, 503])
async def test_without_keys_nobody_can_say(issuer: Issuer, server: Server, status: int, body: bytes) -> None:
    """No usable keys are an outage of ours, not the caller's fault, and asked for only now and then."""
    server.answer = lambda _: Reply(status, body)
    verifier = TokenVerifier(ISSUER, server.url, AUDIENCE, EMAIL)
    for _ in range(5):
        with pytest.raises(UnavailableError):
            await verifier.verify(issuer.sign())
    assert len(server.requests) == 1


async def test_known_keys_outlive_an_outage(
    issuer: Issuer, server: Server, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old keys are fetched anew, and stay good while that fails."""
    monkeypatch.setattr(oidc, "KEYS_SECONDS_MAX", 0.0)
    monkeypatch.setattr(oidc, "FETCH_PAUSE_SECONDS", 0.0)
    await verifier.verify(issuer.sign())
    server.answer = lambda _: Reply(503)
    await verifier.verify(issuer.sign())
    assert len(server.requests) == 2


@pytest.mark.parametrize("missing", ["issuer", "audience", "email"])
def test_empty_expectations_are_refused(missing: str) -> None:
    """A setting that is missing must not mean "anyone"."""
    arguments = {"issuer": ISSUER, "jwks_url": "https://keys.test", "audience": AUDIENCE, "email": EMAIL}
    with pytest.raises(ValueError, match="empty"):
        TokenVerifier(**arguments | {missing: ""})


async def test_local_tasks_server_is_accepted() -> None:
    """A task from the local Tasks server passes at its own function and at no other."""
    name = queue_name("test-project", "europe-west1", "image")
    async with run_tasks_server([name]) as tasks_server:
        with serve_http() as function:
            queue = CloudTasks(
                {"image": Target((name,), function.url, function.url, EMAIL, 60)}, tasks_server.api_address
            )
            await queue.enqueue(Task("image", "/steps", b"{}"))
            (request,) = await function.wait_for_requests(1)
            await queue.close()
        header = request.headers["authorization"]
        issuer, jwks_url = tasks_server.issuer, tasks_server.jwks_url
        await TokenVerifier(issuer, jwks_url, function.url, EMAIL).verify(header)
        with pytest.raises(ForbiddenError):
            await TokenVerifier(issuer, jwks_url, "https://bot.test", EMAIL).verify(header)
