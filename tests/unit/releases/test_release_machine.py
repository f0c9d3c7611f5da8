"""Whatever workflows, people and time do in any order: what must never happen does not.

A model beside the store counts approvals, and keeps what the rollout's record would serve, by rules of its own.
"""

import itertools
import os
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.ports import Update
from shared.releases.actor import ActorKind, Role
from shared.releases.change_release import Outcome
from shared.releases.decide_wish import decide_abort, decide_go_on, decide_pause, decide_start
from shared.releases.environment import DEFAULT_QUORUM
from shared.releases.release import Release, Status
from shared.releases.release_documents import member_key
from shared.releases.steer_environment import set_freeze, set_hold, set_quorum
from shared.releases.sweep_releases import sweep_releases
from tests.fakes.releases import ADMIN, INITIATOR, PEOPLE, SERVICE, Releasing
from tests.fakes.store import FakeStore

IS_LONG = os.environ.get("TEST_SIZE") == "long"
T = TypeVar("T")
S = Status
TAGS = st.sampled_from(["v1.0.0", "v1.1.0", "v1.2.0"])
MEMBERS = st.sampled_from(sorted(PEOPLE))
WORKFLOWS = st.sampled_from([ActorKind.BUILD, ActorKind.DEPLOY, ActorKind.ROLLBACK, ActorKind.MONITOR])
ROLES = st.sampled_from(["qa", "release_manager", "operator", "viewer"])
MOSTLY = st.sampled_from([True, True, True, False])
GIVEN_UP = {S.PRODUCTION_FAILED, S.ROLLBACK, S.ROLLBACK_DONE, S.ROLLBACK_FAILED}
STEPS = {
    S.INITIATED: (ActorKind.BUILD, S.BUILDING),
    S.BUILDING: (ActorKind.BUILD, S.MANUAL_TESTING),
    S.MANUAL_TEST_PASSED: (ActorKind.DEPLOY, S.DEPLOYING),
    S.DEPLOYING: (ActorKind.DEPLOY, S.DEPLOYED),
    S.ROLLBACK: (ActorKind.ROLLBACK, S.ROLLBACK_DONE),
}
"""The next report of a workflow that meets no trouble."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of a flow on the store in memory, which never waits for anything."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits")


class Machine(RuleBasedStateMachine):
    """Three releases of one service."""

    @initialize(deployed=st.integers(0, 2))
    def start(self, deployed: int) -> None:
        """Some releases have gone the straight way before."""
        self.releasing = Releasing(FakeStore())
        run(self.releasing.invite_all())
        self.roles = {member: {role.value} for member, role in PEOPLE.items()}
        self.accounts = {member: 100 + member for member in PEOPLE}
        self.quorum = dict(DEFAULT_QUORUM)
        self.seen: dict[str, Release] = {}
        self.approved: dict[str, set[int]] = {}
        self.serves = ""
        self.given_up: set[str] = set()
        for tag in ("v1.0.0", "v1.1.0")[:deployed]:
            self.go_on(tag, 9)

    @rule(tag=TAGS)
    def begin(self, tag: str) -> None:
        self.releasing.clock.advance(1)
        run(self.releasing.begin(tag))
        self.look(tag)

    @rule(tag=TAGS, steps=st.integers(1, 6))
    def go_on(self, tag: str, steps: int) -> None:
        """Everything goes well for some steps, as far as the people of now let it: so that runs get far."""
        for _ in range(steps):
            status = self.seen[tag].status if tag in self.seen else None
            if status is None:
                self.begin(tag)
            elif status is S.MANUAL_TESTING:
                self.approve(tag, sorted(PEOPLE))
            elif status in STEPS:
                self.report(*STEPS[status], tag)

    @rule(tag=TAGS, to=st.sampled_from([S.PRODUCTION_FAILED, S.ROLLBACK]))
    def fail(self, tag: str, to: Status) -> None:
        """A rollout gives up, or a workflow goes back by itself."""
        kind = ActorKind.DEPLOY if to is S.PRODUCTION_FAILED else ActorKind.ROLLBACK
        if tag in self.seen:
            self.report(kind, to, tag, rollback_to_tag="v1.0.0")

    @rule(tag=TAGS, member=MEMBERS, back=TAGS)
    def go_back(self, tag: str, member: int, back: str) -> None:
        if tag in self.seen:
            self.take(tag, run(self.releasing.press(member, tag, S.ROLLBACK, rollback_to_tag=back)))
            run(set_hold(self.releasing.ports, ADMIN, ""))

    @rule(tag=TAGS, kind=WORKFLOWS, to=st.sampled_from(Status), run_id=st.sampled_from(["71", "72"]))
    def report_anything(self, tag: str, kind: ActorKind, to: Status, run_id: str) -> None:
        if tag in self.seen:
            self.report(kind, to, tag, run=run_id, rollback_to_tag="v1.0.0")

    def report(self, kind: ActorKind, target: Status, tag: str, **changes: Any) -> None:
        self.take(tag, run(self.releasing.report(kind, tag, target, **changes)))

    @rule(tag=TAGS, members=st.lists(MEMBERS, max_size=4))
    def approve(self, tag: str, members: list[int]) -> None:
        for member in members:
            if tag in self.seen:
                is_testing = self.seen[tag].status is S.MANUAL_TESTING
                outcome = run(self.releasing.approve(member, tag))
                if is_testing and outcome.refusal is None:
                    self.approved.setdefault(tag, set()).add(member)
                self.take(tag, outcome)

    @rule(tag=TAGS, member=MEMBERS, to=st.sampled_from(Status), back=TAGS)
    def press_anything(self, tag: str, member: int, to: Status, back: str) -> None:
        if tag in self.seen:
            self.take(tag, run(self.releasing.press(member, tag, to, rollback_to_tag=back)))

    @rule(tag=TAGS, member=MEMBERS, again=MEMBERS)
    def take_back(self, tag: str, member: int, again: int) -> None:
        """An approval is taken back before the deployment begins, and one person approves again."""
        if tag in self.seen:
            self.take(tag, run(self.releasing.press(member, tag, S.MANUAL_TESTING)))
            self.approve(tag, [again])

    @rule(tag=TAGS, member=MEMBERS, decide=st.sampled_from([decide_abort, decide_go_on, decide_pause, decide_start]))
    def wish(self, tag: str, member: int, decide: Any) -> None:
        if tag in self.seen:
            self.take(tag, run(self.releasing.press(member, tag, S.DEPLOYING, decide)))

    @rule(member=MEMBERS, role=ROLES, is_active=MOSTLY, is_another=MOSTLY)
    def change_member(self, member: int, role: str, is_active: bool, is_another: bool) -> None:  # noqa: FBT001
        [record] = run(self.releasing.store.read([member_key(member)]))
        assert record is not None
        account = 100 + member if is_another else INITIATOR
        fields = {"roles": [role], "is_active": is_active, "github_id": account}
        run(self.releasing.store.commit([Update(record.key, fields, record.version)]))
        self.roles[member], self.accounts[member] = ({role} if is_active else set()), account

    @rule(minutes=st.sampled_from([1, 2, 6, 100, 5000]))
    def wait(self, minutes: int) -> None:
        self.releasing.clock.advance(timedelta(minutes=minutes).total_seconds())
        run(sweep_releases(self.releasing.ports))
        self.look_at_all()

    @rule(member=MEMBERS, reason=st.sampled_from(["", "", "wait"]))
    def hold(self, member: int, reason: str) -> None:
        run(set_hold(self.releasing.ports, member, reason))
        run(set_freeze(self.releasing.ports, member, None, reason))

    @rule(member=MEMBERS, role=st.sampled_from([Role.QA, Role.RELEASE_MANAGER]), count=st.integers(0, 2))
    def change_policy(self, member: int, role: Role, count: int) -> None:
        """Only an admin, and somebody always has to approve."""
        environment = run(self.releasing.environment())
        run(set_quorum(self.releasing.ports, member, role, count, environment.policy_version))
        asked = self.quorum | {role.value: count}
        if "admin" in self.roles[member] and max(asked.values()):
            self.quorum = asked
        assert run(self.releasing.environment()).quorum == self.quorum

    def take(self, tag: str, outcome: Outcome) -> None:
        """What became of an attempt: a refused one leaves state and rev as they were."""
        before = self.seen[tag]
        self.look_at_all()
        if outcome.refusal is not None or outcome.is_repeat:
            assert (self.seen[tag].status, self.seen[tag].rev) == (before.status, before.rev)

    def look_at_all(self) -> None:
        for tag in tuple(self.seen):
            self.look(tag)

    def look(self, tag: str) -> None:
        """Follow one release in the model."""
        try:
            release = run(self.releasing.read(tag))
        except AssertionError:  # held back
            return
        before = self.seen.get(tag)
        self.seen[tag] = release
        if before is None or before.status is release.status:
            return
        assert release.rev > before.rev
        if release.status is S.MANUAL_TESTING:
            self.approved[tag] = set()
        if release.status is S.MANUAL_TEST_PASSED:
            self.check_quorum(tag)
        if release.status is S.DEPLOYING:
            assert before.status is S.MANUAL_TEST_PASSED
        if release.status is S.DEPLOYED:
            assert before.status is S.DEPLOYING
            self.serves = release.id
        if release.status in GIVEN_UP:
            self.given_up.add(release.id)
        if release.status is S.ROLLBACK:
            assert f"{SERVICE}_{release.rollback_to_tag}" not in self.given_up
        if release.status is S.ROLLBACK_DONE:
            self.serves = f"{SERVICE}_{release.rollback_to_tag}"

    def check_quorum(self, tag: str) -> None:
        """Each seat has another person with its role of today, none of them the initiator."""
        voters = sorted(each for each in self.approved[tag] if self.accounts[each] != INITIATOR)
        seats = [role for role, count in self.quorum.items() for _ in range(count)]
        ways = itertools.permutations(voters, len(seats))
        assert any(all(seat in self.roles[each] for seat, each in zip(seats, way, strict=True)) for way in ways)

    @invariant()
    def one_moves(self) -> None:
        if not hasattr(self, "seen"):
            return
        environment = run(self.releasing.environment())
        moving = [r.id for r in self.seen.values() if r.status in {S.DEPLOYING, S.ROLLBACK, S.ROLLBACK_FAILED}]
        assert moving == ([environment.moving] if environment.moving else [])
        assert environment.live.get(SERVICE, "") == self.serves
        assert self.serves not in self.given_up or self.serves in moving

    def teardown(self) -> None:
        for tag in getattr(self, "seen", ()):
            run(self.releasing.history(tag))


TestMachine = Machine.TestCase
TestMachine.__doc__ = "No way to *deployed* without a quorum, never two that move, never back to what was given up."
TestMachine.settings = settings(
    max_examples=400 if IS_LONG else 25, stateful_step_count=80 if IS_LONG else 30, deadline=None
)
