"""What a release has to send is sent, once where it matters, whatever fails."""

import asyncio
from contextlib import nullcontext
from datetime import timedelta

import pytest

from shared.errors import DocumentUnreadableError, UnavailableError
from shared.ports import Update
from shared.releases import send_outgoing as send_outgoing_module
from shared.releases import sweep_releases as sweep_releases_module
from shared.releases.actor import ActorKind
from shared.releases.attempt import Attempt
from shared.releases.change_release import Outcome, change_release
from shared.releases.decide_change import OVERDUE
from shared.releases.decide_wish import decide_abort
from shared.releases.release import ABORT_LIMIT, LIMITS, Outgoing, OutgoingKind, Release, Status
from shared.releases.release_documents import release_key
from shared.releases.release_ports import Caller, ReleasePorts
from shared.releases.send_outgoing import SENDING, send_outgoing
from shared.releases.sweep_releases import UNREADABLE_PAUSE, sweep_releases
from tests.fakes.releases import MANAGER, OPERATOR, QA, KeptSender, Releasing

K, S = OutgoingKind, Status


async def send(releasing: Releasing, tag: str = "v1.0.0") -> None:
    await send_outgoing(releasing.ports, releasing.sender, f"nanobanana_{tag}")


async def test_all_is_sent_once(releasing: Releasing) -> None:
    """A second task finds nothing, and the release waits for its deadline alone."""
    release = await releasing.bring("v1.0.0", S.MANUAL_TEST_PASSED)
    for _ in range(2):
        await send(releasing)
    sent = [outgoing.kind for _, outgoing in releasing.sender.sent]
    assert sorted(sent) == [K.CARD, K.DEPLOYMENT, K.NOTICE]
    after = await releasing.read("v1.0.0")
    assert (after.outbox, after.sending_until, after.sweep_at) == ((), {}, release.deadline_at)


async def test_two_tasks_at_once(releasing: Releasing) -> None:
    """One has the lane, the other leaves."""
    await releasing.bring("v1.0.0", S.MANUAL_TEST_PASSED)
    await asyncio.gather(send(releasing), send(releasing), send(releasing))
    assert releasing.sender.count(K.DEPLOYMENT) == 1


async def test_github_waits_for_nobody(releasing: Releasing) -> None:
    """Without Telegram the workflow starts; without GitHub people are told, and it starts once GitHub is back."""
    await releasing.bring("v1.0.0", S.MANUAL_TEST_PASSED)
    releasing.sender.out = {K.CARD, K.NOTICE, K.DEPLOYMENT}
    await send(releasing)
    assert releasing.sender.sent == []
    releasing.sender.out = {K.CARD, K.NOTICE}
    await send(releasing)
    assert [outgoing.kind for _, outgoing in releasing.sender.sent] == [K.DEPLOYMENT]
    releasing.sender.out = set()
    releasing.clock.advance(3600)
    releasing.published.clear()
    assert await sweep_releases(releasing.ports) == 1
    assert releasing.published == ["nanobanana_v1.0.0"]
    await send(releasing)
    assert sorted(outgoing.kind for _, outgoing in releasing.sender.sent) == [K.CARD, K.DEPLOYMENT, K.NOTICE]


class MovingSender(KeptSender):
    """Something happens to the release while its card is sent."""

    def __init__(self, releasing: Releasing, tag: str) -> None:
        super().__init__()
        self.releasing, self.tag, self.is_moved = releasing, tag, False

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        await super().send(release, outgoing)
        if not self.is_moved:
            self.is_moved = True
            await self.releasing.report(ActorKind.BUILD, self.tag, S.BUILDING)


async def test_what_comes_while_it_is_sent(releasing: Releasing) -> None:
    """Whoever has the lane sends also what came meanwhile: the task of that found the lane taken."""
    await releasing.begin("v1.0.0")
    releasing.sender = MovingSender(releasing, "v1.0.0")
    await send(releasing)
    assert releasing.sender.count(K.CARD) == 2
    assert (await releasing.read("v1.0.0")).outbox == ()


class KilledError(BaseException):
    """The end of a process."""


class DyingSender(KeptSender):
    """The process dies right after sending."""

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        await super().send(release, outgoing)
        raise KilledError


async def test_a_task_that_died_is_continued(releasing: Releasing) -> None:
    """Its lane is free again after a while, and what it may have sent is sent again."""
    await releasing.begin("v1.0.0")
    good, releasing.sender = releasing.sender, DyingSender()
    with pytest.raises(KilledError):
        await send(releasing)
    releasing.sender = good
    await send(releasing)
    assert good.sent == []
    releasing.clock.advance(SENDING.total_seconds())
    await send(releasing)
    assert good.count(K.CARD) == 1


class SlowSender(KeptSender):
    """Its first thing takes so long that the lane is free again before it has ended."""

    def __init__(self, releasing: Releasing) -> None:
        super().__init__()
        self.releasing, self.is_slow = releasing, True

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        if outgoing.kind is K.DEPLOYMENT and self.is_slow:
            self.is_slow = False
            self.releasing.clock.advance(SENDING.total_seconds())
            await send(self.releasing)
        await super().send(release, outgoing)


async def test_whoever_lost_the_lane_leaves(releasing: Releasing) -> None:
    """A task that stood still meets what the next one did: it sends nothing more, and what is repeated says so."""
    await releasing.bring("v1.0.0", S.MANUAL_TEST_PASSED)
    releasing.sender = SlowSender(releasing)
    await send(releasing)
    tries = [each.tries for _, each in releasing.sender.sent if each.kind is K.DEPLOYMENT]
    assert tries == [2, 1]
    after = await releasing.read("v1.0.0")
    assert (after.outbox, after.sending_until) == ((), {})


async def test_sending_is_cut_off(releasing: Releasing, monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs is left for later, long before another task may come in."""
    assert timedelta(seconds=send_outgoing_module.SECONDS_MAX) < SENDING / 2
    monkeypatch.setattr(send_outgoing_module, "SECONDS_MAX", 0.0)
    await releasing.begin("v1.0.0")
    hanging = KeptSender()
    monkeypatch.setattr(hanging, "send", lambda *_: asyncio.Event().wait())
    releasing.sender = hanging
    await send(releasing)
    assert [each.tries for each in (await releasing.read("v1.0.0")).outbox] == [1]


async def test_a_bug_holds_up_nothing_else(releasing: Releasing, capsys: pytest.CaptureFixture[str]) -> None:
    """A notice that cannot be drawn stays for the sweep; the workflow and the card are sent, and the lanes are free."""

    class Stumbling(KeptSender):
        async def send(self, release: Release, outgoing: Outgoing) -> None:
            if outgoing.kind is K.NOTICE:
                raise DocumentUnreadableError("the release that serves")
            await asyncio.sleep(0)  # the notice's end comes first
            await super().send(release, outgoing)

    await releasing.bring("v1.0.0", S.MANUAL_TEST_PASSED)
    releasing.sender = Stumbling()
    await send(releasing)
    assert sorted(outgoing.kind for _, outgoing in releasing.sender.sent) == [K.CARD, K.DEPLOYMENT]
    after = await releasing.read("v1.0.0")
    assert ([each.kind for each in after.outbox], after.sending_until) == ([K.NOTICE], {})
    assert '"severity": "ERROR"' in capsys.readouterr().out


async def test_an_outage_of_the_store_ends_both_lanes(releasing: Releasing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is slower ends too, before the task is answered: afterwards it would have no CPU."""
    ended = list[str]()

    async def send_lane(_ports: object, _sender: object, _id: str, lane: str) -> None:
        await asyncio.sleep(0)
        if lane == "messages":
            raise UnavailableError("out")
        for _ in range(9):
            await asyncio.sleep(0)
        ended.append(lane)

    monkeypatch.setattr(send_outgoing_module, "_send_lane", send_lane)
    with pytest.raises(UnavailableError):
        await send(releasing)
    assert ended == ["workflows"]


async def test_an_abort_that_is_not_carried_out(releasing: Releasing) -> None:
    """People are told after its time; a second press starts the workflow once more, by another number."""
    await releasing.bring("v1.0.0", S.DEPLOYING)
    await releasing.press(OPERATOR, "v1.0.0", S.PRODUCTION_FAILED, decide_abort)
    await send(releasing)
    assert (await releasing.press(QA, "v1.0.0", S.PRODUCTION_FAILED, decide_abort)).is_repeat
    releasing.clock.advance(ABORT_LIMIT.total_seconds())
    await sweep_releases(releasing.ports)
    assert K.NOTICE in {each.kind for each in (await releasing.read("v1.0.0")).outbox}
    again = await releasing.press(QA, "v1.0.0", S.PRODUCTION_FAILED, decide_abort)
    assert again.refusal is None
    await send(releasing)
    numbers = {each.event_number for _, each in releasing.sender.sent if each.kind is K.ROLLBACK}
    assert len(numbers) == releasing.sender.count(K.ROLLBACK) == 2


async def test_what_is_not_wanted_any_more(releasing: Releasing) -> None:
    """A deployment that was taken back before it was sent is not sent, and what nobody knows is left alone."""
    release = await releasing.bring("v1.0.0", S.MANUAL_TESTING)
    [record] = await releasing.store.read([release_key(release.id)])
    assert record is not None
    outbox = [{"kind": "telex", "event_number": 9}, {"kind": "deployment", "event_number": 2}]
    await releasing.store.commit([Update(record.key, {"outbox": outbox}, record.version)])
    await send(releasing)
    assert releasing.sender.sent == []
    assert [each.kind.value for each in (await releasing.read("v1.0.0")).outbox] == ["telex"]


@pytest.mark.parametrize("status", LIMITS)
async def test_deadlines(releasing: Releasing, status: Status) -> None:
    """The sweep acts at the deadline, not before; a rollout that says nothing is told of again and again."""
    if status is S.ROLLBACK:
        await releasing.bring("v1.0.0", S.DEPLOYED)
        release = await releasing.bring("v1.1.0", S.DEPLOYED)
        await releasing.press(OPERATOR, "v1.1.0", S.ROLLBACK, rollback_to_tag="v1.0.0")
    else:
        release = await releasing.bring("v1.1.0", status)
    for tag in {"v1.1.0", release.release_tag}:
        await send(releasing, tag)
    releasing.clock.advance(LIMITS[status].total_seconds() - 1)
    await sweep_releases(releasing.ports)
    assert (await releasing.read("v1.1.0")).status is status
    releasing.clock.advance(1)
    await sweep_releases(releasing.ports)
    after = await releasing.read("v1.1.0")
    assert after.status is OVERDUE[status]
    assert K.NOTICE in {each.kind for each in after.outbox}
    [*_, last] = await releasing.history("v1.1.0")
    assert (last["actor_kind"], last["reason"]) == ("time", "deadline")


async def test_what_the_sweep_cannot_read(releasing: Releasing) -> None:
    """A broken document, and a state of a newer release, are put aside, and the others are swept."""
    for number, fields in enumerate(({"rev": "two"}, {"status": "hibernating"})):
        release = await releasing.bring(f"v1.0.{number}", S.BUILDING)
        [record] = await releasing.store.read([release_key(release.id)])
        assert record is not None
        await releasing.store.commit([Update(record.key, fields, record.version)])
    await releasing.bring("v2.0.0", S.BUILDING)
    releasing.clock.advance(timedelta(days=1).total_seconds())
    assert await sweep_releases(releasing.ports) == 3
    assert (await releasing.read("v2.0.0")).status is S.STAGING_FAILED
    [record] = await releasing.store.read([release_key("nanobanana_v1.0.0")])
    assert record is not None
    assert record.fields["sweep_at"] == releasing.clock.now() + UNREADABLE_PAUSE


@pytest.mark.parametrize("error", [UnavailableError("lost 9 rounds"), AssertionError("a bug")])
async def test_one_release_holds_up_no_other(
    releasing: Releasing, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """What fails with one release leaves the others their deadlines; an outage is told to the scheduler."""

    async def change(ports: ReleasePorts, caller: Caller, id_: str, attempt: Attempt) -> Outcome:
        if id_.endswith("v1.0.0"):
            raise error
        return await change_release(ports, caller, id_, attempt)

    monkeypatch.setattr(sweep_releases_module, "change_release", change)
    for tag in ("v1.0.0", "v2.0.0"):
        await releasing.bring(tag, S.BUILDING)
    releasing.clock.advance(timedelta(days=1).total_seconds())
    with pytest.raises(UnavailableError) if isinstance(error, UnavailableError) else nullcontext():
        await sweep_releases(releasing.ports)
    assert (await releasing.read("v2.0.0")).status is S.STAGING_FAILED


async def test_a_vote_is_shown(releasing: Releasing) -> None:
    """Each vote refreshes the card, and two of them are one card."""
    await releasing.bring("v1.0.0", S.MANUAL_TESTING)
    await releasing.approve(QA, "v1.0.0")
    await releasing.approve(MANAGER, "v1.0.0")
    kinds = [each.kind for each in (await releasing.read("v1.0.0")).outbox]
    assert kinds.count(K.CARD) == 1
