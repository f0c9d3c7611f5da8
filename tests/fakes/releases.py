"""The outside of releases: people, workflows, a sender that keeps what it sends."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.codec import encode
from shared.errors import UnavailableError
from shared.ports import Create, Store
from shared.releases.actor import TIME, Account, Actor, ActorKind, Member, Role
from shared.releases.attempt import LOOKS, Attempt, Evidence
from shared.releases.begin_release import begin_release
from shared.releases.beginning import Beginning
from shared.releases.change_release import Decide, Outcome, change_release
from shared.releases.changes import Changes
from shared.releases.decide_change import decide_change
from shared.releases.decide_vote import decide_vote
from shared.releases.environment import PRODUCTION, Environment
from shared.releases.event import find_break
from shared.releases.release import Outgoing, OutgoingKind, Release, Status, release_id
from shared.releases.release_documents import (
    decode_environment,
    decode_release,
    environment_key,
    event_key,
    member_key,
    release_key,
)
from shared.releases.release_ports import Caller, ReleasePorts
from shared.releases.steer_environment import set_hold
from tests.fakes.clock import START, FakeClock
from tests.fakes.ids import FakeIds

SERVICE = "nanobanana"
INITIATOR = 900
"""GitHub's id."""
QA, SECOND_QA, MANAGER, SECOND_MANAGER, OPERATOR, DEVELOPER, ADMIN = range(1, 8)
PEOPLE = {
    QA: Role.QA,
    SECOND_QA: Role.QA,
    MANAGER: Role.RELEASE_MANAGER,
    SECOND_MANAGER: Role.RELEASE_MANAGER,
    OPERATOR: Role.OPERATOR,
    DEVELOPER: Role.DEVELOPER,
    ADMIN: Role.ADMIN,
}
RUN = "71"
BEGUN = START + timedelta(microseconds=120_034)
"""As precise as a clock: a hash of an event holds for the time as it is stored."""
WATCHED = Evidence(
    is_smoke_passed=True,
    is_way_back_walked=True,
    is_rollout_whole=True,
    is_watch_passed=True,
    is_traffic_back=True,
)


def digest_of(tag: str) -> str:
    return "sha256:" + tag.encode().hex().ljust(64, "0")[:64]


def hash_of(tag: str) -> str:
    return tag.encode().hex().ljust(40, "0")[:40]


def begin(tag: str, **changes: Any) -> Beginning:
    return replace(Beginning(SERVICE, tag, hash_of(tag), hash_of(tag)), **changes)


@dataclass
class KeptSender:
    """Implements Sender: keeps what was sent, or is out for the kinds that are named."""

    sent: list[tuple[str, Outgoing]] = field(default_factory=list)
    out: set[OutgoingKind] = field(default_factory=set)

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        if outgoing.kind in self.out:
            raise UnavailableError("out")
        self.sent.append((release.id, outgoing))

    def count(self, kind: OutgoingKind) -> int:
        return sum(outgoing.kind is kind for _, outgoing in self.sent)


class Releasing:
    """Releases on one store, and everybody who moves them."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.published = store, FakeClock(BEGUN), list[str]()
        self.ports = ReleasePorts(store, self.clock, FakeIds(), self._publish, self._find_changes)
        self.initiators: dict[str, tuple[Account, ...]] = {}
        """By commit: whom GitHub names."""
        self.changes = Changes()
        """Of every commit, but for its people."""
        self.asked = list[tuple[str, str]]()
        self.is_publishing = True
        self.sender = KeptSender()

    async def _publish(self, id_: str) -> None:
        if not self.is_publishing:
            raise UnavailableError("no queue")
        self.published.append(id_)

    async def _find_changes(self, commit: str, base: str) -> Changes:
        self.asked.append((commit, base))
        return replace(self.changes, accounts=self.initiators.get(commit, ()))

    async def invite_all(self) -> None:
        """Everybody is a member, each with the GitHub account 100 + their id."""
        for telegram_id, role in PEOPLE.items():
            member = Member(telegram_id, f"person {telegram_id}", (role,), 100 + telegram_id)
            await self.store.commit([Create(member_key(telegram_id), encode(member))])

    async def begin(self, tag: str, run: str = RUN, token: str = "", **changes: Any) -> Outcome:
        actor = Actor(ActorKind.BUILD, run, "hand", github_id=INITIATOR)
        return await begin_release(self.ports, Caller(actor, token_id=token), begin(tag, **changes))

    async def report(self, kind: ActorKind, tag: str, target: Status, **changes: Any) -> Outcome:
        """A workflow's report with all that it needs."""
        release = await self.read(tag)
        run, token = changes.pop("run", RUN), changes.pop("token", "")
        attempt = Attempt(target, release.rev, "phase", evidence=self.show(release, target))
        caller = Caller(Actor(kind, run, "hand", github_id=INITIATOR), token_id=token)
        return await change_release(self.ports, caller, release.id, replace(attempt, **changes))

    def show(self, release: Release, target: Status) -> Evidence:
        is_back = target is Status.ROLLBACK_DONE
        shown = (digest_of(release.rollback_to_tag),) * LOOKS if is_back else (digest_of(release.release_tag),)
        return replace(WATCHED, tree=release.tree, versions=shown)

    async def press(
        self, member_id: int, tag: str, target: Status, decide: Decide = decide_change, **changes: Any
    ) -> Outcome:
        """A member's press on today's screen."""
        release = await self.read(tag)
        attempt = Attempt(target, release.rev, reason="because", digest=release.digest)
        caller = Caller(member_id=member_id)
        return await change_release(self.ports, caller, release.id, replace(attempt, **changes), decide)

    async def approve(self, member_id: int, tag: str, **changes: Any) -> Outcome:
        return await self.press(member_id, tag, Status.MANUAL_TEST_PASSED, decide_vote, **changes)

    async def tick(self, tag: str, target: Status, **changes: Any) -> Outcome:
        """Time's attempt."""
        release = await self.read(tag)
        attempt = replace(Attempt(target, release.rev), **changes)
        return await change_release(self.ports, Caller(TIME), release.id, attempt)

    async def bring(self, tag: str, status: Status) -> Release:
        """A new release on the straight way to this state."""
        await self.begin(tag)
        if status is not Status.INITIATED:
            await self.report(ActorKind.BUILD, tag, Status.BUILDING)
        if status not in {Status.INITIATED, Status.BUILDING}:
            await self.report(ActorKind.BUILD, tag, Status.MANUAL_TESTING)
        if status in {Status.MANUAL_TEST_PASSED, Status.DEPLOYING, Status.DEPLOYED}:
            await self.approve(QA, tag)
            await self.approve(MANAGER, tag)
        if status in {Status.DEPLOYING, Status.DEPLOYED}:
            await self.report(ActorKind.DEPLOY, tag, Status.DEPLOYING)
        if status is Status.DEPLOYED:
            await self.report(ActorKind.DEPLOY, tag, Status.DEPLOYED)
        release = await self.read(tag)
        assert release.status is status
        return release

    async def let_go(self) -> None:
        """A manager lifts the hold."""
        await set_hold(self.ports, MANAGER, "")

    async def read(self, tag: str) -> Release:
        [record] = await self.store.read([release_key(release_id(SERVICE, tag))])
        assert record is not None
        return decode_release(record)

    async def environment(self) -> Environment:
        [record] = await self.store.read([environment_key(PRODUCTION)])
        return decode_environment(record, PRODUCTION)

    async def history(self, tag: str) -> list[dict[str, Any]]:
        """All events of a release; their chain is whole."""
        release = await self.read(tag)
        keys = [event_key(release.id, number) for number in range(1, release.event_count + 1)]
        records = await self.store.read(keys)
        events = [record.fields for record in records if record is not None]
        assert find_break(release, events) is None
        return events
