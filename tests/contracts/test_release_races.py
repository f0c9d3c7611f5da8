"""People, workflows and time move one release at the same moment: on the fake, and on Firestore's own commits."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest

from shared.ports import Store
from shared.releases.actor import ActorKind
from shared.releases.change_release import Outcome
from shared.releases.decide_wish import decide_abort
from shared.releases.release import ABORT_LIMIT, LIMITS, OutgoingKind, Release, Status
from shared.releases.send_outgoing import send_outgoing
from tests.fakes.releases import MANAGER, OPERATOR, QA, SECOND_MANAGER, SECOND_QA, Releasing

APPROVERS = (QA, MANAGER, SECOND_QA, SECOND_MANAGER, OPERATOR)
"""The last one has no role to approve: a refused attempt among the votes."""
S = Status
pytestmark = pytest.mark.timeout(900)
"""200 rounds take a minute or two each on a machine with two cores."""


@pytest.fixture
def rounds(is_long: bool) -> int:  # noqa: FBT001 — a fixture
    """How often each race is run."""
    return 200 if is_long else 2


@pytest.fixture
async def releasing(store: Store) -> Releasing:
    made = Releasing(store)
    await made.invite_all()
    return made


Press = Callable[[], Awaitable[Outcome]]


async def race(releasing: Releasing, tag: str, *presses: Press) -> list[Outcome]:
    """All at the same moment, then whatever tasks they made, each twice at the same moment."""
    outcomes = await asyncio.gather(*(press() for press in presses))
    ids, releasing.published[:] = list(releasing.published) * 2, ()
    await asyncio.gather(*(send_outgoing(releasing.ports, releasing.sender, id_) for id_ in ids))
    assert len(await releasing.history(tag)) == (await releasing.read(tag)).event_count
    return list(outcomes)


def count_deployments(releasing: Releasing, release: Release) -> int:
    return sum(id_ == release.id and each.kind is OutgoingKind.DEPLOYMENT for id_, each in releasing.sender.sent)


def approvals(releasing: Releasing, tag: str, members: tuple[int, ...], release: Release) -> list[Press]:
    """Presses of the same screen."""
    screen = {"expect_rev": release.rev, "digest": release.digest}
    return [partial(releasing.approve, member, tag, **screen) for member in members]


@pytest.mark.parametrize("count", [2, 3, 4, 5])
async def test_no_vote_is_lost(releasing: Releasing, count: int, rounds: int) -> None:
    """Two to five people approve at once, in every order: one deployment, and whoever came before it is counted."""
    orders = itertools.cycle(itertools.permutations(APPROVERS[:count]))
    for number, members in zip(range(rounds), orders, strict=False):
        tag = f"v1.{count}.{number}"
        release = await releasing.bring(tag, S.MANUAL_TESTING)
        outcomes = await race(releasing, tag, *approvals(releasing, tag, members, release))
        after = await releasing.read(tag)
        assert after.status is S.MANUAL_TEST_PASSED
        assert count_deployments(releasing, after) == 1
        accepted = {member for member, each in zip(members, outcomes, strict=True) if each.refusal is None}
        assert accepted == {vote.member_id for vote in after.votes}


async def test_a_double_tap(releasing: Releasing, rounds: int) -> None:
    """Each of two people presses three times at once: two votes, one deployment."""
    for number in range(rounds):
        tag = f"v2.0.{number}"
        release = await releasing.bring(tag, S.MANUAL_TESTING)
        await race(releasing, tag, *approvals(releasing, tag, (QA, MANAGER) * 3, release))
        after = await releasing.read(tag)
        assert [vote.member_id for vote in after.votes] in ([QA, MANAGER], [MANAGER, QA])
        assert count_deployments(releasing, after) == 1


async def test_approve_against_reject(releasing: Releasing, rounds: int) -> None:
    """Either the release passes and starts once, or it has failed and never starts."""
    for number in range(rounds):
        tag = f"v3.0.{number}"
        release = await releasing.bring(tag, S.MANUAL_TESTING)
        await releasing.approve(QA, tag)
        await race(
            releasing,
            tag,
            *approvals(releasing, tag, (MANAGER,), release),
            partial(releasing.press, SECOND_QA, tag, S.MANUAL_TEST_FAILED, expect_rev=release.rev),
        )
        after = await releasing.read(tag)
        assert after.status in {S.MANUAL_TEST_PASSED, S.MANUAL_TEST_FAILED}
        assert count_deployments(releasing, after) == (after.status is S.MANUAL_TEST_PASSED)


async def test_approve_against_a_newer_candidate(releasing: Releasing, rounds: int) -> None:
    """Either the older release was approved in time, or it is cancelled; staging has one candidate."""
    for number in range(rounds):
        old, new = f"v4.{number}.0", f"v4.{number}.1"
        release = await releasing.bring(old, S.MANUAL_TESTING)
        await releasing.approve(QA, old)
        newer = await releasing.bring(new, S.BUILDING)
        await race(
            releasing,
            old,
            *approvals(releasing, old, (MANAGER,), release),
            partial(releasing.report, ActorKind.BUILD, new, S.MANUAL_TESTING),
        )
        after = await releasing.read(old)
        assert after.status in {S.MANUAL_TEST_PASSED, S.CANCELLED}
        assert count_deployments(releasing, after) == (after.status is S.MANUAL_TEST_PASSED)
        assert (await releasing.environment()).candidate == {newer.service_name: newer.id}


async def test_two_candidates_at_once(releasing: Releasing, rounds: int) -> None:
    """Of two releases that reach staging at the same moment one waits for its test."""
    for number in range(rounds):
        tags = (f"v5.{number}.0", f"v5.{number}.1")
        for tag in tags:
            await releasing.bring(tag, S.BUILDING)
        await race(
            releasing,
            tags[0],
            *(partial(releasing.report, ActorKind.BUILD, tag, S.MANUAL_TESTING) for tag in tags),
        )
        states = {(await releasing.read(tag)).status for tag in tags}
        assert states == {S.MANUAL_TESTING, S.CANCELLED}


async def test_two_workflows_begin_one_release(releasing: Releasing, rounds: int) -> None:
    """A tag and a push at the same moment begin one release, with one beginning in its history."""
    for number in range(rounds):
        tag = f"v6.0.{number}"
        outcomes = await race(
            releasing,
            tag,
            *(partial(releasing.begin, tag, run=run) for run in ("71", "72", "73")),
        )
        assert sorted(each.is_repeat for each in outcomes) == [False, True, True]
        assert len(await releasing.history(tag)) == 1


async def test_two_deployments_at_once(releasing: Releasing, rounds: int) -> None:
    """Of two approved releases one deploys, and the other is told that production is busy."""
    for number in range(rounds):
        tags = (f"v7.{number}.0", f"v7.{number}.1")
        for tag in tags:
            await releasing.bring(tag, S.MANUAL_TEST_PASSED)
        await race(
            releasing,
            tags[0],
            *(partial(releasing.report, ActorKind.DEPLOY, tag, S.DEPLOYING) for tag in tags),
        )
        states = [(await releasing.read(tag)).status for tag in tags]
        assert sorted(states) == [S.DEPLOYING, S.MANUAL_TEST_PASSED]
        winner = tags[states.index(S.DEPLOYING)]
        await releasing.report(ActorKind.DEPLOY, winner, S.DEPLOYED)


async def test_abort_against_the_last_stage(releasing: Releasing, rounds: int) -> None:
    """Either the release is deployed and nothing goes back, or the way back starts once and it never is."""
    for number in range(rounds):
        tag = f"v8.0.{number}"
        release = await releasing.bring(tag, S.DEPLOYING)
        before = releasing.sender.count(OutgoingKind.ROLLBACK)
        await race(
            releasing,
            tag,
            partial(releasing.press, OPERATOR, tag, S.PRODUCTION_FAILED, decide_abort, expect_rev=release.rev),
            partial(releasing.report, ActorKind.DEPLOY, tag, S.DEPLOYED, expect_rev=release.rev),
        )
        after, started = await releasing.read(tag), releasing.sender.count(OutgoingKind.ROLLBACK) - before
        assert (after.status, started) in {(S.DEPLOYED, 0), (S.DEPLOYING, 1)}
        if after.status is S.DEPLOYING:
            evidence = replace(releasing.show(after, S.PRODUCTION_FAILED), is_traffic_back=True)
            await releasing.report(ActorKind.ROLLBACK, tag, S.PRODUCTION_FAILED, evidence=evidence)
            await releasing.let_go()


async def test_a_way_back_against_a_newer_deployment(releasing: Releasing, rounds: int) -> None:
    """A press on the release that serves, while the next one begins: one of them has production, the other is told."""
    await releasing.bring("v10.0.0", S.DEPLOYED)
    for number in range(rounds):
        live, new = f"v10.{number}.1", f"v10.{number}.2"
        await releasing.bring(live, S.DEPLOYED)
        release = await releasing.read(live)
        await releasing.bring(new, S.MANUAL_TEST_PASSED)
        back = partial(releasing.press, OPERATOR, live, S.ROLLBACK, rollback_to_tag="v10.0.0", expect_rev=release.rev)
        outcomes = await race(releasing, live, back, partial(releasing.report, ActorKind.DEPLOY, new, S.DEPLOYING))
        assert sorted(each.refusal is None for each in outcomes) == [False, True]
        moving = (await releasing.environment()).moving
        if moving == release.id:
            await releasing.report(ActorKind.ROLLBACK, live, S.ROLLBACK_DONE)
            await releasing.press(MANAGER, new, S.CANCELLED)
        else:
            await releasing.report(ActorKind.DEPLOY, new, S.DEPLOYED)
            late = await back()
            assert late.refusal is not None, "the newer one stays"
            await releasing.press(OPERATOR, new, S.ROLLBACK, rollback_to_tag="v10.0.0")
            await releasing.report(ActorKind.ROLLBACK, new, S.ROLLBACK_DONE)
        await releasing.let_go()


async def test_a_late_end_against_a_second_way_back(releasing: Releasing, rounds: int) -> None:
    """The slow workflow ends while an operator starts another one: production is free again in the end, and back."""
    await releasing.bring("v11.0.0", S.DEPLOYED)
    for number in range(rounds):
        tag = f"v11.1.{number}"
        await releasing.bring(tag, S.DEPLOYED)
        await releasing.press(OPERATOR, tag, S.ROLLBACK, rollback_to_tag="v11.0.0")
        releasing.clock.advance(LIMITS[S.ROLLBACK].total_seconds())
        await releasing.tick(tag, S.ROLLBACK_FAILED)
        done = partial(releasing.report, ActorKind.ROLLBACK, tag, S.ROLLBACK_DONE)
        await race(releasing, tag, done, partial(releasing.press, OPERATOR, tag, S.ROLLBACK))
        if (await releasing.read(tag)).status is S.ROLLBACK:
            await done()
        assert (await releasing.read(tag)).status is S.ROLLBACK_DONE
        assert (await releasing.environment()).moving == ""
        await releasing.let_go()


async def test_an_abort_is_asked_again_once(releasing: Releasing, rounds: int) -> None:
    """Two people press when the first abort was not carried out: one more start, not two."""
    for number in range(rounds):
        tag = f"v12.0.{number}"
        await releasing.bring(tag, S.DEPLOYING)
        abort = partial(releasing.press, OPERATOR, tag, S.PRODUCTION_FAILED, decide_abort)
        await race(releasing, tag, abort)
        releasing.clock.advance(ABORT_LIMIT.total_seconds())
        before, rev = releasing.sender.count(OutgoingKind.ROLLBACK), (await releasing.read(tag)).rev
        other = partial(releasing.press, QA, tag, S.PRODUCTION_FAILED, decide_abort)
        await race(releasing, tag, partial(abort, expect_rev=rev), partial(other, expect_rev=rev))
        assert releasing.sender.count(OutgoingKind.ROLLBACK) == before + 1
        await releasing.report(ActorKind.ROLLBACK, tag, S.PRODUCTION_FAILED)
        await releasing.let_go()


async def test_a_token_is_accepted_once(releasing: Releasing, rounds: int) -> None:
    """Of several calls with one token one is made, and at most one refused event of it is written."""
    for number in range(rounds):
        tag, token = f"v9.0.{number}", f"token-{number}"
        await releasing.begin(tag)
        report = partial(releasing.report, ActorKind.BUILD, tag, S.BUILDING, token=token, expect_rev=1)
        outcomes = await race(releasing, tag, *[report] * 4)
        assert sorted(each.refusal is None for each in outcomes) == [False, False, False, True]
        assert [event["refusal"] for event in await releasing.history(tag)] == ["", "", "replayed"]
