"""Only a workflow of our own repository is believed, by GitHub's signature."""

import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.adapters.github_oidc import GitHubTokens
from shared.errors import ForbiddenError, UnauthenticatedError, UnavailableError
from shared.releases.actor import ActorKind
from shared.releases.workflow import identify_workflow
from tests.contracts.http_server import Reply, Request, Server, serve_http

ISSUER = "https://github.test"
AUDIENCE = "https://releases.test"
REPOSITORY_ID = "74"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def show_keys(_: Request) -> Reply:
    key: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    shown = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one", "n": key["n"], "e": key["e"]}
    return Reply(body=json.dumps({"keys": [shown]}).encode())


def sign(key: Any = KEY, algorithm: str = "RS256", key_id: str = "one", **changes: Any) -> str:
    """A header with a token as GitHub makes them; a change of None leaves the claim out."""
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "repo:team/bot:environment:production", "jti": "token-1",
        "iat": now, "nbf": now, "exp": now + 600, "ref": "refs/heads/main", "repository": "team/bot",
        "repository_id": REPOSITORY_ID, "run_id": "71", "run_attempt": "1", "actor": "hand", "actor_id": "900",
        "job_workflow_ref": "team/bot/.github/workflows/rollback.yml@refs/heads/main", "environment": "production",
    }  # fmt: skip
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return f"Bearer {jwt.encode(claims, key, algorithm=algorithm, headers={'kid': key_id})}"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http(show_keys) as server:
        yield server


@pytest.fixture
def tokens(server: Server) -> GitHubTokens:
    return GitHubTokens(ISSUER, server.url, AUDIENCE, REPOSITORY_ID)


async def test_a_workflow_is_known(server: Server, tokens: GitHubTokens) -> None:
    """A valid token tells which workflow of ours calls, for whom and in which run; the keys are fetched once."""
    for _ in range(3):
        claims = await tokens.read(sign())
    caller = identify_workflow(claims)
    assert caller.actor is not None
    actor = caller.actor
    assert (actor.key, actor.name, actor.github_id, caller.token_id) == ("rollback:71", "hand", 900, "token-1")
    assert len(server.requests) == 1


async def test_a_job_without_an_environment(tokens: GitHubTokens) -> None:
    """Its token has no such claim: the token is valid, and the workflow is a stranger."""
    claims = await tokens.read(sign(environment=None))
    assert claims.environment == ""
    caller = identify_workflow(claims)
    assert caller.actor is not None
    assert caller.actor.kind is ActorKind.STRANGER


@pytest.mark.parametrize("repository_id", ["75", 74, ["74"]])
async def test_another_repository(tokens: GitHubTokens, repository_id: Any) -> None:
    """A fork, and a repository that took the name, have another id."""
    with pytest.raises(ForbiddenError):
        await tokens.read(sign(repository_id=repository_id))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://token.actions.githubusercontent.com"},
        {"iss": f"{ISSUER}/"},
        {"aud": "https://other.test"},
        {"aud": [AUDIENCE]},
        {"exp": 1_700_000_000},
        {"exp": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000, "exp": 4_000_000_600},
        {"jti": ["token-1"]},
        {"environment": {"name": "production"}},
        *(
            {name: None}
            for name in (
                *("iss", "aud", "exp", "iat", "jti", "ref", "repository", "repository_id"),
                *("run_id", "actor", "actor_id", "job_workflow_ref"),
            )
        ),
    ],
)
async def test_each_claim_counts(tokens: GitHubTokens, changes: dict[str, Any]) -> None:
    """Another issuer or audience, a time that is not now, a life that is too long, a claim that is missing."""
    with pytest.raises(UnauthenticatedError):
        await tokens.read(sign(**changes))


async def test_no_token_and_foreign_signatures(tokens: GitHubTokens) -> None:
    """Nothing, nonsense, another key, another key id, another algorithm, no signature."""
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    headers = [
        *(None, "", "Bearer", "Bearer a.b.c", "Basic eA=="),
        *(sign(key=stranger), sign(key_id="two"), sign(algorithm="RS512")),
        *(sign(key="s" * 64, algorithm="HS256"), sign(key="", algorithm="none")),
        sign()[:-4] + "AAAA",
    ]
    for header in headers:
        with pytest.raises(UnauthenticatedError):
            await tokens.read(header)


async def test_without_keys_nobody_can_say(server: Server) -> None:
    """GitHub's keys are away: this is an outage, and not the caller's fault."""
    server.answer = lambda _: Reply(503)
    with pytest.raises(UnavailableError):
        await GitHubTokens(ISSUER, server.url, AUDIENCE, REPOSITORY_ID).read(sign())


@pytest.mark.parametrize("missing", ["issuer", "audience", "repository_id"])
def test_empty_expectations_are_refused(missing: str) -> None:
    """A setting that is missing must not mean "anyone"."""
    arguments = {"issuer": ISSUER, "jwks_url": "https://keys.test", "audience": AUDIENCE, "repository_id": "74"}
    with pytest.raises(ValueError, match="empty"):
        GitHubTokens(**arguments | {missing: ""})
