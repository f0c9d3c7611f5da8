"""A workflow is started once, with a token that may do little, over real HTTP; neither key nor token leaks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from shared.adapters import github_app
from shared.adapters.absent import AbsentWorkflows
from shared.adapters.github_app import CLOCK_SECONDS, PERMISSIONS, GitHubWorkflows
from shared.errors import UnavailableError
from tests.contracts.http_server import Reply, Request, Server, serve_http
from tests.contracts.test_github_oidc import KEY

PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
).decode()
REQUEST = "nanobanana_v1.1.0.7"
TOKEN = "ghs_TEST-not-a-real-token"
RUNS = "/repos/team/bot/actions/workflows/deploy-production.yml/runs?event=workflow_dispatch&branch=main&per_page=30"
DISPATCHES = "/repos/team/bot/actions/workflows/deploy-production.yml/dispatches"
TOKENS = "/app/installations/55/access_tokens"


class GitHub:
    """What GitHub answers: runs by their names, and a fault for a path."""

    def __init__(self) -> None:
        self.titles: list[str] = ["deploy-production", "deploy-production nanobanana_v1.1.0.70"]
        self.faults: dict[str, list[Reply]] = {}
        self.started: list[dict[str, Any]] = []

    def answer(self, request: Request) -> Reply:
        if faults := self.faults.get(request.path):
            return faults.pop(0)
        if request.path == TOKENS:
            return Reply(201, json.dumps({"token": TOKEN}).encode())
        if request.path == RUNS:
            runs = [{"id": number, "display_title": title} for number, title in enumerate(self.titles)]
            return Reply(body=json.dumps({"total_count": len(runs), "workflow_runs": runs}).encode())
        assert request.path == DISPATCHES
        self.started.append(json.loads(request.body))
        return Reply(204)


@pytest.fixture
def github() -> GitHub:
    return GitHub()


@pytest.fixture
def server(github: GitHub) -> Iterator[Server]:
    def answer(request: Request) -> Reply:
        """This server drops idle connections within a second, GitHub does not: no test depends on speed."""
        return replace(github.answer(request), headers={"Connection": "close"})

    with serve_http(answer) as server:
        yield server


def make(server: Server, key: str = PEM) -> GitHubWorkflows:
    return GitHubWorkflows("Iv23TEST", "55", "team/bot", "74", key, server.url)


@pytest.fixture
async def workflows(server: Server) -> AsyncIterator[GitHubWorkflows]:
    made = make(server)
    yield made
    await made.close()


async def start(workflows: GitHubWorkflows) -> None:
    await workflows.start("deploy-production.yml", "main", REQUEST, {"release": "nanobanana_v1.1.0"})


async def test_a_start(server: Server, github: GitHub, workflows: GitHubWorkflows) -> None:
    """The App's key signs for ten minutes, buys a token of one repository with few rights, and that starts the run."""
    await start(workflows)
    assert github.started == [{"ref": "main", "inputs": {"release": "nanobanana_v1.1.0", "request": REQUEST}}]
    bought, listed, dispatched = server.requests
    proof = bought.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(proof, KEY.public_key(), algorithms=["RS256"])
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("Iv23TEST", 540)
    assert json.loads(bought.body) == {"repository_ids": [74], "permissions": PERMISSIONS}
    assert {each.headers["authorization"] for each in (listed, dispatched)} == {f"Bearer {TOKEN}"}
    assert {each.headers["x-github-api-version"] for each in server.requests} == {"2022-11-28"}
    assert CLOCK_SECONDS < 540


async def test_a_repetition(server: Server, github: GitHub, workflows: GitHubWorkflows) -> None:
    """A run with the request as a word of its name was started before; one token serves all calls."""
    await start(workflows)
    github.titles.insert(0, f"deploy-production {REQUEST}")
    await start(workflows)
    assert len(github.started) == 1
    assert [each.path for each in server.requests].count(TOKENS) == 1


async def test_several_at_once(server: Server, workflows: GitHubWorkflows) -> None:
    """Two releases that are sent at the same moment buy one token."""
    await asyncio.gather(start(workflows), start(workflows))
    assert [each.path for each in server.requests].count(TOKENS) == 1


async def test_a_token_that_was_taken_back(server: Server, github: GitHub, workflows: GitHubWorkflows) -> None:
    """It is bought anew, once."""
    github.faults[RUNS] = [Reply(401)]
    await start(workflows)
    assert [each.path for each in server.requests] == [TOKENS, RUNS, TOKENS, RUNS, DISPATCHES]


FAULTS: dict[str, Callable[[GitHub], Any]] = {
    "no right to a token": lambda github: github.faults.update({TOKENS: [Reply(403)]}),
    "a token that is none": lambda github: github.faults.update({TOKENS: [Reply(201, b'{"token": "a\\nb"}')]}),
    "no JSON": lambda github: github.faults.update({RUNS: [Reply(200, b"<html>")]}),
    "no list": lambda github: github.faults.update({RUNS: [Reply(200, b'{"workflow_runs": [1]}')]}),
    "an outage": lambda github: github.faults.update({RUNS: [Reply(503)]}),
    "refused twice": lambda github: github.faults.update({RUNS: [Reply(401), Reply(401)]}),
    "no such input": lambda github: github.faults.update({DISPATCHES: [Reply(422)]}),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_tried_again_later(fault: str, github: GitHub, workflows: GitHubWorkflows) -> None:
    """Whatever GitHub refuses: nothing is started, the error has no token in it, and the next try succeeds."""
    FAULTS[fault](github)
    with pytest.raises(UnavailableError) as raised:
        await start(workflows)
    assert TOKEN not in str(raised.value)
    assert github.started == []
    await start(workflows)
    assert len(github.started) == 1


async def test_nobody_there(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub that cannot be reached, a slow one, a key that is none, and no App at all: again later."""
    gone = GitHubWorkflows("Iv23TEST", "55", "team/bot", "74", PEM, "http://127.0.0.1:1")
    spoilt = make(server, "-----BEGIN RSA PRIVATE KEY-----\nTEST\n-----END RSA PRIVATE KEY-----")
    for workflows in (gone, spoilt):
        with pytest.raises(UnavailableError) as raised:
            await start(workflows)
        assert "TEST" not in str(raised.value)
    with pytest.raises(UnavailableError):
        await AbsentWorkflows().start("deploy-production.yml", "main", REQUEST, {})
    monkeypatch.setattr(github_app, "CALL_SECONDS_MAX", 0.0)
    with pytest.raises(UnavailableError):
        await start(make(server))
