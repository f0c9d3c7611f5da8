"""Releases are moved by workflows and people: what is written, refused, repeated and told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.codec import encode
from shared.errors import ConflictError
from shared.ports import Create, Update, Version, Write
from shared.releases.actor import Account, Actor, ActorKind, Member, Role
from shared.releases.attempt import Attempt, Need, Refusal, RefusalKind
from shared.releases.begin_release import begin_release
from shared.releases.change_release import change_release
from shared.releases.decide_wish import decide_abort, decide_start
from shared.releases.environment import DEFAULT_QUORUM, SEATS_MAX, Environment
from shared.releases.event import REFUSALS_MAX
from shared.releases.release import OutgoingKind, ReleaseKind, Status
from shared.releases.release_documents import member_key, release_key
from shared.releases.release_ports import Caller
from shared.releases.steer_environment import set_freeze, set_hold, set_quorum
from tests.fakes.releases import (
    ADMIN,
    DEVELOPER,
    INITIATOR,
    MANAGER,
    OPERATOR,
    QA,
    SECOND_QA,
    SERVICE,
    Releasing,
    begin,
    digest_of,
    hash_of,
)
from tests.fakes.store import FakeStore

S = Status
BUILD, DEPLOY, BACK = ActorKind.BUILD, ActorKind.DEPLOY, ActorKind.ROLLBACK


async def test_from_a_tag_to_production_and_back(releasing: Releasing) -> None:
    """The straight way, a second release, and the way back to the first; all is in the history."""
    first = await releasing.bring("v1.0.0", S.DEPLOYED)
    assert (first.initiated_by_id, first.initiated_by_login, first.digest) == (INITIATOR, "hand", digest_of("v1.0.0"))
    second = await releasing.bring("v1.1.0", S.DEPLOYED)
    assert (await releasing.read("v1.0.0")).superseded_by == second.id
    assert (await releasing.environment()).live == {SERVICE: second.id}
    await releasing.press(OPERATOR, "v1.1.0", S.ROLLBACK, rollback_to_tag="v1.0.0")
    assert (await releasing.environment()).moving == second.id
    done = await releasing.report(BACK, "v1.1.0", S.ROLLBACK_DONE)
    assert done.refusal is None
    environment = await releasing.environment()
    assert (environment.live, environment.moving, bool(environment.hold)) == ({SERVICE: first.id}, "", True)
    assert (await releasing.read("v1.0.0")).superseded_by == ""
    steps = [event["target"] for event in await releasing.history("v1.1.0")]
    assert steps == [
        *("initiated", "building", "manual_testing", "manual_test_passed", "manual_test_passed"),
        *("deploying", "deployed", "rollback", "rollback_done"),
    ]
    assert {second.id, first.id} == set(releasing.published)


async def test_a_refused_attempt_is_in_the_history(releasing: Releasing) -> None:
    """Who was refused what is written once, the release is as it was, and the caller hears what is allowed."""
    before = await releasing.bring("v1.0.0", S.MANUAL_TESTING)
    for _ in range(3):
        outcome = await releasing.approve(DEVELOPER, "v1.0.0")
        assert outcome.refusal is not None
        assert (outcome.refusal.kind, outcome.refusal.need) == (RefusalKind.FORBIDDEN, Need.ROLE)
    stranger = await releasing.approve(999, "v1.0.0")
    assert stranger.refusal is not None
    after = await releasing.read("v1.0.0")
    assert (after.status, after.rev, after.votes, after.refusal_count) == (before.status, before.rev, (), 2)
    events = await releasing.history("v1.0.0")
    assert [(event["actor_id"], event["actor_kind"], event["refusal"]) for event in events[-2:]] == [
        (str(DEVELOPER), "member", "role"),
        ("999", "stranger", "role"),
    ]


async def test_a_history_cannot_be_filled(releasing: Releasing) -> None:
    """After very many refused attempts the next one is refused, but not written."""
    release = await releasing.bring("v1.0.0", S.MANUAL_TESTING)
    [record] = await releasing.store.read([release_key(release.id)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"refusal_count": REFUSALS_MAX}, record.version)])
    outcome = await releasing.approve(DEVELOPER, "v1.0.0")
    assert outcome.refusal is not None
    assert (await releasing.read("v1.0.0")).event_count == release.event_count


async def test_beginning_twice_is_one_release(releasing: Releasing) -> None:
    """A tag and a push begin the same release; another commit is refused, and so is whoever builds nothing."""
    first = await releasing.begin("v1.0.0")
    again = await releasing.begin("v1.0.0", run="99")
    assert (first.is_repeat, again.is_repeat, again.release) == (False, True, first.release)
    taken = await releasing.begin("v1.0.0", commit=hash_of("other"))
    assert taken.refusal is not None
    assert (taken.refusal.kind, taken.refusal.need) == (RefusalKind.NOT_ALLOWED, Need.TAKEN)
    for tag in ("v1.0.0", "v2.0.0"):
        member = await begin_release(releasing.ports, Caller(member_id=MANAGER), begin(tag))
        assert member.refusal is not None
        assert (member.refusal.kind, member.refusal.need) == (RefusalKind.FORBIDDEN, Need.ROLE)
    assert [event["refusal"] for event in await releasing.history("v1.0.0")] == ["", "taken", "role"]


@pytest.mark.parametrize(
    "changes",
    [
        {"service_name": "no service"},
        {"release_tag": "latest"},
        {"commit": "HEAD"},
        {"tree": ""},
        {"github_ref": "r" * 300},
        {"github_action_link": "http://example.test"},
    ],
)
async def test_a_malformed_beginning(releasing: Releasing, changes: dict[str, Any]) -> None:
    """What no workflow of ours sends begins nothing."""
    outcome = await begin_release(releasing.ports, Caller(), replace(begin("v1.0.0"), **changes))
    assert outcome.refusal is not None
    assert outcome.refusal.need is Need.NAME


async def test_a_whole_beginning(releasing: Releasing) -> None:
    """Where it came from is kept."""
    link = "https://github.example/run"
    outcome = await releasing.begin(
        "v1.0.0", kind=ReleaseKind.HOTFIX, github_ref="refs/tags/v1.0.0", github_action_link=link
    )
    assert outcome.release is not None
    release = outcome.release
    assert (release.kind, release.github_ref, release.github_action_link) == ("hotfix", "refs/tags/v1.0.0", link)


async def test_a_token_is_accepted_once(releasing: Releasing) -> None:
    """A replayed token begins nothing, changes nothing and repeats nothing."""
    await releasing.begin("v1.0.0", token="one")
    outcomes = [
        await releasing.begin("v2.0.0", token="one"),
        await releasing.begin("v1.0.0", token="one"),
        await releasing.report(BUILD, "v1.0.0", S.BUILDING, token="one"),
    ]
    assert [outcome.refusal and outcome.refusal.need for outcome in outcomes] == [Need.REPLAYED] * 3
    good = await releasing.report(BUILD, "v1.0.0", S.BUILDING, token="two")
    assert good.refusal is None
    again = await releasing.report(BUILD, "v1.0.0", S.BUILDING, token="three", expect_rev=1)
    assert again.is_repeat
    replayed = await releasing.report(BUILD, "v1.0.0", S.BUILDING, token="three", expect_rev=1)
    assert replayed.refusal is not None


async def test_a_refused_token_is_used_up(releasing: Releasing) -> None:
    """Whoever finds a token in a log cannot use it, whatever its owner was answered."""
    await set_hold(releasing.ports, ADMIN, "wait")
    await releasing.begin("v1.0.0", token="one")
    await set_hold(releasing.ports, ADMIN, "")
    assert (await releasing.begin("v1.0.0", token="one")).refusal == Refusal(RefusalKind.FORBIDDEN, Need.REPLAYED)
    await releasing.begin("v1.0.0")
    for token in ("two", "three"):
        await releasing.report(DEPLOY, "v1.0.0", S.DEPLOYED, token=token)
    caller = Caller(Actor(BUILD, "71", github_id=INITIATOR), token_id="four")
    await change_release(releasing.ports, caller, "nanobanana_v9.9.9", Attempt(S.BUILDING, 1))
    used = [await releasing.report(BUILD, "v1.0.0", S.BUILDING, token=each) for each in ("two", "three", "four")]
    assert [outcome.refusal and outcome.refusal.need for outcome in used] == [Need.REPLAYED] * 3


async def test_who_asked_for_it(releasing: Releasing) -> None:
    """Where an App pushes, the people are whom GitHub names; each of them may not approve, and bots are nobody."""
    app, pat, bot = Actor(BUILD, "71", "delivery[bot]", github_id=5), Account(101, "pat"), Account(6, "robot[bot]")
    releasing.initiators = {hash_of("v1.1.0"): (bot, pat), hash_of("v1.2.0"): (pat, Account(900, "hand"), pat)}
    live = await releasing.bring("v1.0.0", S.DEPLOYED)
    pushed = await begin_release(releasing.ports, Caller(app), begin("v1.1.0"))
    assert pushed.release is not None
    assert (pushed.release.initiated_by_id, pushed.release.initiated_by_login) == (101, "pat")
    assert pushed.release.initiators == (pat,)
    mixed = (await releasing.begin("v1.2.0")).release
    assert mixed is not None
    assert (mixed.initiated_by_login, mixed.initiator_ids) == ("hand", frozenset({101, INITIATOR}))
    nobodys = await begin_release(releasing.ports, Caller(app), begin("v1.3.0"))
    assert nobodys.release is not None
    assert (nobodys.release.initiated_by_login, nobodys.release.initiators) == ("delivery[bot]", ())
    assert releasing.asked[-1] == (hash_of("v1.3.0"), live.commit)
    await releasing.report(BUILD, "v1.1.0", S.BUILDING)
    await releasing.report(BUILD, "v1.1.0", S.MANUAL_TESTING)
    refused = await releasing.approve(QA, "v1.1.0")
    assert refused.refusal is not None
    assert refused.refusal.need is Need.INITIATOR


async def test_one_tree_has_one_release_on_its_way(releasing: Releasing) -> None:
    """A tag on what staging tests or production serves finds that release; what has failed may begin anew."""
    testing = await releasing.bring("v1.0.0-1-gabc", S.MANUAL_TESTING)
    tagged = await releasing.begin("v1.0.1", tree=testing.tree, token="one")
    assert (tagged.is_repeat, tagged.release and tagged.release.id) == (True, testing.id)
    replayed = await releasing.begin("v1.0.1", tree=testing.tree, token="one")
    assert replayed.refusal is not None
    await releasing.press(QA, "v1.0.0-1-gabc", S.MANUAL_TEST_FAILED)
    anew = await releasing.begin("v1.0.1", tree=testing.tree)
    assert not anew.is_repeat


async def test_unknown_releases(releasing: Releasing) -> None:
    """What nobody began cannot be changed, and nothing is written of it."""
    attempt = Attempt(S.BUILDING, 1)
    outcome = await change_release(releasing.ports, Caller(member_id=MANAGER), "nanobanana_v9.9.9", attempt)
    assert outcome.refusal is not None
    assert (outcome.refusal.kind, outcome.release) == (RefusalKind.UNKNOWN, None)


async def test_a_newer_candidate_cancels_the_one_in_test(releasing: Releasing) -> None:
    """The older one ends with an event of its own, and its card is told; an approval of it comes too late."""
    old = await releasing.bring("v1.0.0", S.MANUAL_TESTING)
    new = await releasing.bring("v1.1.0", S.MANUAL_TESTING)
    cancelled = await releasing.read("v1.0.0")
    assert (cancelled.status, cancelled.superseded_by) == (S.CANCELLED, new.id)
    [*_, last] = await releasing.history("v1.0.0")
    assert (last["actor_kind"], last["reason"]) == ("time", f"overtaken by {new.id}")
    assert old.id in releasing.published
    late = await releasing.approve(QA, "v1.0.0")
    assert late.refusal is not None
    assert late.refusal.kind is RefusalKind.NOT_ALLOWED


async def test_a_deployment_cancels_what_is_older(releasing: Releasing) -> None:
    """Older undecided releases end with a deployment, also one that was approved."""
    await releasing.bring("v1.0.0", S.MANUAL_TEST_PASSED)
    await releasing.begin("v1.0.1")
    releasing.clock.advance(1)
    await releasing.bring("v1.1.0", S.DEPLOYED)
    assert (await releasing.read("v1.0.0")).status is S.CANCELLED
    assert (await releasing.read("v1.0.1")).status is S.CANCELLED


async def test_a_broken_document_holds_up_nobody(releasing: Releasing) -> None:
    """A release whose neighbour cannot be read is deployed all the same."""
    broken = await releasing.bring("v1.0.0", S.BUILDING)
    [record] = await releasing.store.read([release_key(broken.id)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"rev": "two"}, record.version)])
    await releasing.bring("v1.1.0", S.DEPLOYED)


async def test_the_initiator_and_removed_members_do_not_count(releasing: Releasing) -> None:
    """Roles are read in the commit of the last vote: a vote of somebody removed since is not enough."""
    await releasing.bring("v1.0.0", S.MANUAL_TESTING)
    await releasing.approve(QA, "v1.0.0")
    [record] = await releasing.store.read([member_key(QA)])
    assert record is not None
    await releasing.store.commit([Update(record.key, {"is_active": False}, record.version)])
    await releasing.approve(MANAGER, "v1.0.0")
    assert (await releasing.read("v1.0.0")).status is S.MANUAL_TESTING
    hers = Member(20, "initiator", (Role.QA,), INITIATOR)
    await releasing.store.commit([Create(member_key(20), encode(hers))])
    refused = await releasing.approve(20, "v1.0.0")
    assert refused.refusal is not None
    assert refused.refusal.need is Need.INITIATOR
    await releasing.approve(SECOND_QA, "v1.0.0")
    assert (await releasing.read("v1.0.0")).status is S.MANUAL_TEST_PASSED


class ChangingStore(FakeStore):
    """Changes a member's roles right before the next commit."""

    is_armed = False

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        if self.is_armed:
            self.is_armed = False
            [record] = await self.read([member_key(MANAGER)])
            assert record is not None
            await super().commit([Update(record.key, {"roles": ["viewer"]}, record.version)])
        return await super().commit(writes)


async def test_a_role_that_is_lost_between_reading_and_commit() -> None:
    """The commit of a vote is bound to the roles that it rests on."""
    store = ChangingStore()
    releasing = Releasing(store)
    await releasing.invite_all()
    await releasing.bring("v1.0.0", S.MANUAL_TESTING)
    await releasing.approve(QA, "v1.0.0")
    store.is_armed = True
    outcome = await releasing.approve(MANAGER, "v1.0.0")
    assert outcome.refusal is not None
    assert outcome.refusal.need is Need.ROLE
    assert (await releasing.read("v1.0.0")).status is S.MANUAL_TESTING


async def test_holds_and_freezes(releasing: Releasing) -> None:
    """A hold stops beginnings and deployments, a freeze deployments; managers lift them and start again."""
    await releasing.bring("v1.0.0", S.MANUAL_TEST_PASSED)
    for member in (QA, OPERATOR, 999):
        refused = await set_hold(releasing.ports, member, "wait")
        assert getattr(refused, "need", None) is Need.ROLE
    await set_hold(releasing.ports, ADMIN, "wait")
    begun, deploying = await releasing.begin("v1.1.0"), await releasing.report(DEPLOY, "v1.0.0", S.DEPLOYING)
    assert [each.refusal and each.refusal.need for each in (begun, deploying)] == [Need.HOLD, Need.HOLD]
    await set_hold(releasing.ports, MANAGER, "")
    until = releasing.clock.now().replace(hour=23)
    await set_freeze(releasing.ports, OPERATOR, until, "holiday")
    assert (await releasing.begin("v1.1.0")).refusal is None
    frozen = await releasing.report(DEPLOY, "v1.0.0", S.DEPLOYING)
    assert frozen.refusal is not None
    assert frozen.refusal.need is Need.FROZEN
    await set_freeze(releasing.ports, MANAGER, None, "unused")
    environment = await releasing.environment()
    assert (environment.frozen_until, environment.freeze_reason) == (None, "")
    started = await releasing.press(MANAGER, "v1.0.0", S.DEPLOYING, decide_start)
    assert started.is_repeat, "the first dispatch is still unsent"
    assert (await releasing.report(DEPLOY, "v1.0.0", S.DEPLOYING)).refusal is None


async def test_admins_change_the_policy(releasing: Releasing) -> None:
    """Only they, only what was on the screen, and somebody always has to approve; votes are counted by it at once."""
    await releasing.bring("v1.0.0", Status.MANUAL_TESTING)
    await releasing.approve(QA, "v1.0.0")
    refused = await set_quorum(releasing.ports, MANAGER, Role.RELEASE_MANAGER, 0, 1)
    assert isinstance(refused, Refusal)
    for role, count, version in (
        (Role.RELEASE_MANAGER, 0, 2),
        (Role.RELEASE_MANAGER, SEATS_MAX + 1, 1),
        (Role.ADMIN, 1, 1),
        (Role.QA, 1, 1),
    ):
        kept = await set_quorum(releasing.ports, ADMIN, role, count, version)
        assert isinstance(kept, Environment)
        assert (kept.quorum, kept.policy_version) == (DEFAULT_QUORUM, 1)
    for _ in range(2):
        changed = await set_quorum(releasing.ports, ADMIN, Role.RELEASE_MANAGER, 0, 1)
        assert isinstance(changed, Environment)
        assert (changed.quorum, changed.policy_version) == ({"qa": 1, "release_manager": 0}, 2)
    nobody = await set_quorum(releasing.ports, ADMIN, Role.QA, 0, 2)
    assert isinstance(nobody, Environment)
    assert nobody.policy_version == 2
    assert (await releasing.approve(QA, "v1.0.0")).refusal is None
    assert (await releasing.read("v1.0.0")).status is Status.MANUAL_TEST_PASSED


async def test_a_hold_on_a_new_environment(releasing: Releasing) -> None:
    """The first thing that happens may be a hold."""
    await set_hold(releasing.ports, MANAGER, "wait")
    assert (await releasing.environment()).hold == "wait"


async def test_an_abort(releasing: Releasing) -> None:
    """It starts the way back; the end is reported by that workflow, and *deployed* comes too late."""
    await releasing.bring("v1.0.0", S.DEPLOYING)
    await releasing.press(OPERATOR, "v1.0.0", S.PRODUCTION_FAILED, decide_abort)
    release = await releasing.read("v1.0.0")
    assert OutgoingKind.ROLLBACK in {each.kind for each in release.outbox}
    late = await releasing.report(DEPLOY, "v1.0.0", S.DEPLOYED)
    assert late.refusal is not None
    assert late.refusal.need is Need.ABORT_ASKED
    assert (await releasing.report(BACK, "v1.0.0", S.PRODUCTION_FAILED, run="90")).refusal is None


class SlowStore(FakeStore):
    """Loses the first races."""

    lost = 0

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        if self.lost:
            self.lost -= 1
            raise ConflictError("somebody was faster")
        return await super().commit(writes)


async def test_a_lost_race_is_decided_again() -> None:
    """Whoever loses races reads and decides again."""
    store = SlowStore()
    releasing = Releasing(store)
    await releasing.invite_all()
    store.lost = 5
    await releasing.begin("v1.0.0")
    store.lost = 5
    await releasing.report(BUILD, "v1.0.0", S.BUILDING)
    assert (await releasing.read("v1.0.0")).rev == 2


async def test_without_the_queue_nothing_is_lost(releasing: Releasing) -> None:
    """A release is changed although no task can be made; the sweep makes it."""
    releasing.is_publishing = False
    outcome = await releasing.begin("v1.0.0")
    assert outcome.release is not None
    assert outcome.release.sweep_at is not None
