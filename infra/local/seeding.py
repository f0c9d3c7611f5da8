"""Members of the release bot, and a release that production serves, for whoever tries releases on one machine.

Both go through the rules of `shared/releases`, as people and workflows would go through them.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Mapping
from dataclasses import replace

from infra.local.github.repository import DEVELOPER, SERVICE, Version
from infra.local.parts import inherit_environment
from infra.local.processes import StartError
from infra.local.releasing import SERVED
from shared.adapters.clock import SystemClock
from shared.adapters.firestore import EMULATOR_HOST, FirestoreStore
from shared.adapters.ids import RandomIds
from shared.codec import encode
from shared.ports import Create
from shared.releases.actor import Account, Actor, ActorKind, Member, Role
from shared.releases.attempt import LOOKS, Attempt, Evidence
from shared.releases.begin_release import begin_release
from shared.releases.beginning import Beginning
from shared.releases.change_release import Decide, change_release
from shared.releases.changes import Changes
from shared.releases.decide_change import decide_change
from shared.releases.decide_vote import decide_vote
from shared.releases.release import Outgoing, Release, Status
from shared.releases.release_documents import member_key
from shared.releases.release_ports import Caller, ReleasePorts
from shared.releases.send_outgoing import send_outgoing
from shared.settings import RELEASE_DATABASE

FIRST, SECOND = 1, 2
"""The people of the chat page: whoever opens it, and *a second person*."""
MEMBERS = (
    Member(FIRST, "Alex", (Role.QA, Role.RELEASE_MANAGER, Role.OPERATOR, Role.ADMIN), FIRST, github_login="alex"),
    Member(SECOND, "Maria", (Role.QA, Role.RELEASE_MANAGER, Role.DEVELOPER), SECOND, github_login="maria"),
)
RUN = "1000"
PROJECT = "GOOGLE_CLOUD_PROJECT"
SAID_MAX = 2000
SEEN = Evidence(is_smoke_passed=True, is_way_back_walked=True, is_rollout_whole=True, is_watch_passed=True)


class Silence:
    """Implements Sender: whoever comes later is not told of what was before them."""

    async def send(self, _release: Release, _outgoing: Outgoing) -> None:
        """Nothing."""


async def seed_releases(addresses: Mapping[str, str]) -> None:
    """Once per system, before anybody looks; by a process of its own, as our code writes what it does to its output.

    Raises StartError.
    """
    environment = inherit_environment() | {name: addresses[name] for name in (EMULATOR_HOST, PROJECT)}
    command = (sys.executable, "-m", "infra.local.seeding")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=STDOUT)
    said, _ = await process.communicate()
    if process.returncode:
        raise StartError(f"the members and the first release were not made:\n{said.decode()[-SAID_MAX:]}")


async def seed() -> None:
    """What the process does. Raises UnavailableError."""
    store = FirestoreStore(os.environ[PROJECT], RELEASE_DATABASE)
    try:
        await seed_store(ReleasePorts(store, SystemClock(), RandomIds(), _publish_nothing, _find_changes))
    finally:
        await store.close()


async def seed_store(ports: ReleasePorts) -> None:
    """The documents, over any store. Raises UnavailableError."""
    await ports.store.commit([Create(member_key(member.telegram_id), encode(member)) for member in MEMBERS])
    await _bring(ports, Version(SERVED))


async def _publish_nothing(_id: str) -> None:
    """There is nothing to send."""


async def _find_changes(_commit: str, _base: str) -> Changes:
    return Changes((Account(DEVELOPER.id, DEVELOPER.login),))


async def _bring(ports: ReleasePorts, version: Version) -> None:
    """One release from its tag to production, approved by both."""
    build = Actor(ActorKind.BUILD, RUN, DEVELOPER.login, github_id=DEVELOPER.id)
    deploy = replace(build, kind=ActorKind.DEPLOY)
    begun = await begin_release(ports, Caller(build), Beginning(SERVICE, version.tag, version.commit, version.tree))
    assert begun.release is not None, begun.refusal
    seen = replace(SEEN, tree=version.tree, versions=(version.digest,) * LOOKS)
    steps: tuple[tuple[Caller, Status, Decide], ...] = (
        (Caller(build), Status.BUILDING, decide_change),
        (Caller(build), Status.MANUAL_TESTING, decide_change),
        *((Caller(member_id=each.telegram_id), Status.MANUAL_TEST_PASSED, decide_vote) for each in MEMBERS),
        (Caller(deploy), Status.DEPLOYING, decide_change),
        (Caller(deploy), Status.DEPLOYED, decide_change),
    )
    release = begun.release
    for caller, target, decide in steps:
        attempt = Attempt(target, release.rev, evidence=seen, digest=release.digest)
        outcome = await change_release(ports, caller, release.id, attempt, decide)
        assert outcome.refusal is None, (target, outcome.refusal)
        assert outcome.release is not None
        release = outcome.release
    await send_outgoing(ports, Silence(), release.id)


if __name__ == "__main__":
    asyncio.run(seed())
