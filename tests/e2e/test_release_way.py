"""The whole way of a release on local servers, by the release bot's buttons: push, staging, QA, canary, production, a
version that turns out bad, and the way back.
"""

import math
import sys
import time
from collections.abc import AsyncIterator
from statistics import median

import pytest
import pytest_asyncio

from infra.local.options import Options, only
from infra.local.seeding import FIRST, SECOND, seed_releases
from tests.e2e.conftest import start_system
from tests.e2e.release_people import Member, ReleaseWorld

pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="module")]

PARTS = only("firestore", "tasks", "telegram", "github", "releases", "scheduler")
DEPLOY, BACK = "deploy-production.yml", "rollback.yml"
WAYS = 20
"""There and back, of the nightly size: the second worst of twenty is their 95th percentile."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world() -> AsyncIterator[ReleaseWorld]:
    """A system with nothing but releases, and both members in the bot."""
    async with start_system(Options(parts=PARTS, releases=True, sweep_seconds=1)) as system:
        await seed_releases(system.addresses)
        opened = ReleaseWorld.open(system)
        for member in (Member(opened, FIRST), Member(opened, SECOND)):
            await member.write("/start")
            await member.see("In production: nanobanana v1.0.0")
        yield opened
        await opened.close()


async def approve(member: Member, tag: str) -> str:
    await member.press("Approve…", tag, "being tested")
    await member.see("You are about to approve", tag)
    return await member.press("Yes, I approve it", tag)


async def roll_back(member: Member, bad: str, good: str) -> float:
    """Up to the version that is typed to confirm; when it was sent."""
    await member.press("Open the card", f"{bad} is deployed")
    await member.press("Roll back…", bad, "deployed")
    await member.press(good)
    await member.see("type the version")
    sent = time.monotonic()
    await member.write(good)
    return sent


async def deploy(world: ReleaseWorld, tag: str, flaw: str = "") -> float:
    """From the pushed tag to production, approved by both; the seconds from the last approval to the workflow."""
    alex, maria = Member(world, FIRST), Member(world, SECOND)
    started = len(await world.runs(DEPLOY))
    await world.push(tag, flaw)
    assert "Others are still needed" in await approve(alex, tag)
    assert len(await world.runs(DEPLOY)) == started
    await maria.press("Approve…", tag, "being tested")
    await maria.see("You are the last")
    pressed = time.monotonic()
    assert "the deployment starts by itself" in await maria.press("Yes, I approve it", tag)
    seconds = await world.wait_started(DEPLOY, started + 1) - pressed
    for member in (alex, maria):
        await member.see(f"{tag} is deployed")
    assert await world.served() == tag
    assert len(await world.runs(DEPLOY)) == started + 1
    return seconds


@pytest.mark.timeout(900)
async def test_from_a_push_to_the_way_back(world: ReleaseWorld, *, is_long: bool) -> None:
    """Nobody touches GitHub after the push: two approvals deploy once, a typed version brings the old one back, and
    what was given up can be gone back to no more. How long both took is reported, not asserted.
    """
    alex, started, back = Member(world, FIRST), list[float](), list[float]()
    await deploy(world, "v1.1.0")
    for number in range(2, 2 + (WAYS if is_long else 1)):
        bad = f"v1.{number}.0"
        started.append(await deploy(world, bad, "later"))
        sent = await roll_back(alex, bad, "v1.1.0")
        back.append(await world.wait_served("v1.1.0") - sent)
        await Member(world, SECOND).see(bad, "production serves v1.1.0 again")
        assert len(await world.runs(BACK)) == len(back)
        await let_go(alex)
    report("last approval → workflow", started)
    report("typed version → /version", back)


async def test_a_canary_that_fails_stays_a_canary(world: ReleaseWorld) -> None:
    """A version that a quarter of the chats cannot use is given up by the rollout, and everybody is told."""
    before = await world.served()
    alex, maria = Member(world, FIRST), Member(world, SECOND)
    await world.push("v2.0.0", "canary")
    await approve(alex, "v2.0.0")
    await approve(maria, "v2.0.0")
    await maria.see("v2.0.0", "failed in production")
    assert await world.served() == before
    await let_go(alex)


async def let_go(member: Member) -> None:
    """Lift the hold that a failure leaves, so that the next release may go."""
    await member.write("/start")
    await member.press("What runs where")
    await member.press("Lift the hold")
    await member.press("Yes, let releases go on")
    await member.see("Nothing holds releases back")


def report(what: str, seconds: list[float]) -> None:
    p95 = sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    figures = f"median {median(seconds):.2f} s, p95 {p95:.2f} s, worst {max(seconds):.2f} s of {len(seconds)}"
    sys.stdout.write(f"\n{what}: {figures}\n")
