"""The local GitHub: its tokens are believed by our verifier, our App starts its workflows, and it refuses the rest."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from infra.local.github import Behaviour, GitHub, Run, play, run_github
from infra.local.github.places import WHOLE, Place
from infra.local.github.reports import Reports
from infra.local.github.repository import DEVELOPER, OWNER_AND_NAME, REPOSITORY_ID, Version
from infra.local.ports import find_free_port
from infra.local.releasing import CLIENT_ID, INSTALLATION_ID, JWKS_PATH, SERVED, write_private_key, write_public_key
from infra.local.seeding import MEMBERS, seed_store
from infra.local.telegram.server import serve_app
from shared.adapters.github_app import GitHubWorkflows
from shared.adapters.github_history import GitHubHistory
from shared.adapters.github_oidc import GitHubTokens
from shared.errors import UnavailableError
from shared.release_site import ReleaseSite
from shared.releases.actor import Account
from shared.releases.attempt import Attempt
from shared.releases.change_release import change_release
from shared.releases.changes import Pull
from shared.releases.decide_vote import decide_vote
from shared.releases.decide_wish import decide_abort, decide_go_on, decide_pause
from shared.releases.outgoing_sender import OutgoingSender
from shared.releases.release import Release, Status
from shared.releases.release_ports import Caller
from shared.releases.send_outgoing import send_outgoing
from tests.fakes.releases import Releasing
from tests.fakes.store import FakeStore

FIRST, SECOND = (member.telegram_id for member in MEMBERS)


@dataclass
class Stage:
    """The local GitHub, and the release API over a store in memory, both on real HTTP."""

    github: GitHub
    releasing: Releasing
    workflows: GitHubWorkflows

    async def push(self, tag: str, flaw: str = "") -> Run:
        run = self.github.push(tag, flaw)
        await self.github.wait_until(lambda: run.is_over)
        return run

    async def approve(self, tag: str) -> None:
        for member in MEMBERS:
            release = await self.releasing.read(tag)
            attempt = Attempt(Status.MANUAL_TEST_PASSED, release.rev, digest=release.digest)
            caller = Caller(member_id=member.telegram_id)
            assert (
                await change_release(self.releasing.ports, caller, release.id, attempt, decide_vote)
            ).refusal is None

    async def send(self, tag: str) -> None:
        """Send what the release has in its outbox, and wait for the workflows that it starts."""
        release = await self.releasing.read(tag)
        await send_outgoing(self.releasing.ports, OutgoingSender(self.workflows), release.id)
        await self.github.wait_until(lambda: all(run.is_over for run in self.github.runs))

    async def read(self, tag: str) -> Release:
        return await self.releasing.read(tag)


def make_workflows(base_url: str, key: str = "") -> GitHubWorkflows:
    place = (OWNER_AND_NAME, REPOSITORY_ID)
    return GitHubWorkflows(CLIENT_ID, INSTALLATION_ID, *place, key or write_private_key(), base_url)


@asynccontextmanager
async def open_stage(pace_seconds: float = 0.0) -> AsyncIterator[Stage]:
    releasing, port = Releasing(FakeStore()), find_free_port()
    url = f"http://127.0.0.1:{port}"
    async with AsyncExitStack() as stack:
        local = run_github(releases_url=url, app_key=write_public_key(), served=SERVED, pace_seconds=pace_seconds)
        github = await stack.enter_async_context(local)
        tokens = GitHubTokens(github.base_url, f"{github.base_url}{JWKS_PATH}", url, REPOSITORY_ID)
        site = ReleaseSite(tokens, lambda: releasing.ports)
        routes = [Route("/{path:path}", site.show, methods=["GET", "POST", "PATCH"])]
        await stack.enter_async_context(serve_app(lambda _cut: Starlette(routes=routes), port))
        await seed_store(releasing.ports)
        workflows = make_workflows(github.base_url)
        releasing.ports = replace(releasing.ports, find_changes=GitHubHistory(workflows.get).find_changes)
        stack.push_async_callback(workflows.close)
        yield Stage(github, releasing, workflows)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        yield opened


async def test_from_a_tag_to_production_and_back(stage: Stage) -> None:
    """Its workflows report a release from the tag to production and back; the traffic is where the documents say."""
    assert (await stage.push("v1.1.0")).conclusion == "success"
    assert (await stage.read("v1.1.0")).status is Status.MANUAL_TESTING
    assert (await stage.read("v1.1.0")).initiators == (Account(DEVELOPER.id, DEVELOPER.login),)
    assert (await stage.read("v1.1.0")).pulls == (Pull(2, "Voice answers in the chat"),)
    assert (await stage.read("v1.1.0")).risks == ("dependencies",)
    assert stage.github.staging.describe()["version"] == "v1.1.0"
    await stage.approve("v1.1.0")
    await stage.send("v1.1.0")
    assert (await stage.read("v1.1.0")).status is Status.DEPLOYED
    assert stage.github.production.describe()["version"] == "v1.1.0"
    await stage.releasing.press(FIRST, "v1.1.0", Status.ROLLBACK, rollback_to_tag=SERVED)
    await stage.send("v1.1.0")
    assert (await stage.read("v1.1.0")).status is Status.ROLLBACK_DONE
    assert stage.github.production.describe()["version"] == SERVED


async def test_a_version_that_fails_in_the_rollout(stage: Stage) -> None:
    """A version that a quarter of the chats cannot use never reaches the others, and its release has failed."""
    await stage.push("v1.1.0", "canary")
    await stage.approve("v1.1.0")
    await stage.send("v1.1.0")
    assert (await stage.read("v1.1.0")).status is Status.PRODUCTION_FAILED
    assert stage.github.production.describe()["version"] == SERVED
    assert stage.github.production.candidate is None


async def test_a_pause_keeps_the_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paused, the rollout asks ever again and stays where it is; once it may go on it reaches everybody."""
    asked, read = list[bool](), Reports.read

    async def look(reports: Reports, run: Run, id_: str) -> dict[str, Any]:
        found = await read(reports, run, id_)
        asked.append(found["is_paused"])
        return found

    monkeypatch.setattr(Reports, "read", look)
    monkeypatch.setattr(play, "LOOK_SECONDS", 0.01)
    async with open_stage(pace_seconds=0.05) as stage:
        await stage.push("v1.1.0")
        await stage.approve("v1.1.0")
        release = await stage.read("v1.1.0")
        await send_outgoing(stage.releasing.ports, OutgoingSender(stage.workflows), release.id)
        await stage.github.wait_until(lambda: stage.github.production.candidate is not None)
        await stage.releasing.press(FIRST, "v1.1.0", Status.DEPLOYING, decide_pause)
        await stage.github.wait_until(lambda: asked[-3:] == [True, True, True])
        percent = stage.github.production.percent
        await stage.github.wait_until(lambda: asked[-9:] == [True] * 9)
        assert stage.github.production.percent == percent < WHOLE
        await stage.releasing.press(FIRST, "v1.1.0", Status.DEPLOYING, decide_go_on)
        await stage.send("v1.1.0")
        assert (await stage.read("v1.1.0")).status is Status.DEPLOYED


async def test_an_abort_takes_the_traffic_back() -> None:
    """While the rollout goes on, the workflow of an abort takes the traffic first; the rollout then reports no more."""
    async with open_stage(pace_seconds=0.05) as stage:
        await stage.push("v1.1.0")
        await stage.approve("v1.1.0")
        release = await stage.read("v1.1.0")
        await send_outgoing(stage.releasing.ports, OutgoingSender(stage.workflows), release.id)
        await stage.github.wait_until(lambda: stage.github.production.percent > 0)
        while (release := await stage.read("v1.1.0")).is_abort_asked is False:
            attempt = Attempt(Status.PRODUCTION_FAILED, release.rev, reason="too slow")
            await change_release(stage.releasing.ports, Caller(member_id=FIRST), release.id, attempt, decide_abort)
        await stage.send("v1.1.0")
        assert (await stage.read("v1.1.0")).status is Status.PRODUCTION_FAILED
        assert stage.github.production.describe()["version"] == SERVED


async def test_the_app_starts_a_workflow_once(stage: Stage) -> None:
    """A start whose answer was lost is found by its name; while GitHub is down nothing starts."""
    inputs = {"release": "nanobanana_v9.9.9"}
    stage.github.behave(Behaviour(status=503))
    with pytest.raises(UnavailableError):
        await stage.workflows.start("deploy-production.yml", "main", "nanobanana_v9.9.9.7", inputs)
    stage.github.behave(Behaviour(lose=True))
    with pytest.raises(UnavailableError):
        await stage.workflows.start("deploy-production.yml", "main", "nanobanana_v9.9.9.7", inputs)
    await stage.workflows.start("deploy-production.yml", "main", "nanobanana_v9.9.9.7", inputs)
    assert len(stage.github.runs) == 1


@pytest.mark.parametrize(
    ("workflow", "branch", "inputs"),
    [
        ("deploy-production.yml", "main", {"evil": "1"}),
        ("deploy-production.yml", "staging", {"release": "x"}),
        ("ci.yml", "main", {}),
    ],
)
async def test_what_cannot_be_started(stage: Stage, workflow: str, branch: str, inputs: dict[str, str]) -> None:
    """An input that the workflow does not have, another branch and another file start nothing."""
    with pytest.raises(UnavailableError):
        await stage.workflows.start(workflow, branch, "x.1", inputs)
    assert not stage.github.runs


async def test_strangers_are_refused(stage: Stage) -> None:
    """Without a token of the App, or with another key, nobody reads runs or starts any; a pushed tag stays one."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    stranger = make_workflows(stage.github.base_url, pem)
    with pytest.raises(UnavailableError):
        await stranger.start("deploy-production.yml", "main", "x.1", {})
    await stranger.close()
    async with httpx.AsyncClient(base_url=stage.github.base_url, trust_env=False) as client:
        assert (await client.get(f"/repos/{OWNER_AND_NAME}/actions/runs")).status_code == 401
        assert (await client.post("/control/push", json={"tag": SERVED})).status_code == 400
        assert (await client.post("/control/push", json={"tag": "v2.0.0", "flaw": "none"})).status_code == 400


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Push v1.1.0"), ("ru", "Отправить v1.1.0"), ("xx", "Push v1.1.0")]
)
async def test_page(stage: Stage, language: str, word: str) -> None:
    """The page offers the next version in the reader's language; its button pushes it, and the run is listed."""
    async with httpx.AsyncClient(base_url=stage.github.base_url, trust_env=False) as client:
        assert word in (await client.get("/", params={"lang": language})).text
        answer = await client.post("/", params={"lang": language}, data={"flaw": ""})
        assert (answer.status_code, answer.headers["location"].endswith(f"lang={language}")) == (303, True)
        await stage.github.wait_until(lambda: stage.github.runs[0].is_over)
        assert "build-release.yml" in (await client.get("/", params={"lang": language})).text


def test_traffic_of_a_place() -> None:
    """What most meet is the stable version until the candidate has everything; only what served before comes back."""
    place, old, new = Place(), Version("v1.0.0"), Version("v1.1.0")
    place.promote()
    assert place.describe() == {"version": "", "digest": ""}
    for version in (old, new):
        place.begin(version)
        place.give(25)
        assert place.describe()["version"] != version.tag
        place.give(100)
        assert place.describe()["version"] == version.tag
        place.promote()
    assert not place.go_back("v0.9.0")
    assert place.go_back("v1.0.0")
    assert (place.stable, place.good) == (old, [])
