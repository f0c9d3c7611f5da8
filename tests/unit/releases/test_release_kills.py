"""A process dies between two calls of store, queue or GitHub: whoever repeats, and the sweep, bring the same end."""

import itertools
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn, TypeVar

import pytest

from shared.ports import Key, Query, Record, Store, Version, Write
from shared.releases.actor import ActorKind
from shared.releases.change_release import SEND_AFTER, Outcome
from shared.releases.outgoing_sender import OutgoingSender
from shared.releases.release import Outgoing, Release, Status
from shared.releases.send_outgoing import SENDING, send_outgoing
from shared.releases.sweep_releases import sweep_releases
from tests.fakes.releases import MANAGER, OPERATOR, QA, SERVICE, Releasing
from tests.fakes.store import FakeStore

S = Status
BEFORE, TAG = "v0.9.0", "v1.0.0"
T = TypeVar("T")


class KilledError(BaseException):
    """The process is gone: nothing of ours handles this."""


class DyingStore:
    """Implements Store: dies once, before or after the call with this number."""

    def __init__(self, store: Store, dies_at: int, *, is_after: bool) -> None:
        self.store, self.calls, self.dies_at, self.is_after = store, 0, dies_at, is_after
        self.is_dead = False

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        return await self.call(self.store.read(keys))

    async def find(self, query: Query) -> list[Record]:
        return await self.call(self.store.find(query))

    async def count(self, query: Query) -> int:
        return await self.call(self.store.count(query))

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        return await self.call(self.store.commit(writes))

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        self.calls += 1
        is_last = self.calls == self.dies_at
        if is_last and not self.is_after:
            work.close()
            self._die()
        result = await work
        if is_last:
            self._die()
        return result

    def _die(self) -> NoReturn:
        self.is_dead = True
        raise KilledError


class DyingSender:
    """Implements Sender: sends by the outside of `Releasing` and to GitHub, each of which may be the last call."""

    def __init__(self, releasing: Releasing, dying: DyingStore) -> None:
        self.kept, self.dying, self.started = releasing.sender, dying, list[str]()
        self.workflows = OutgoingSender(self, self.kept.send)

    async def send(self, release: Release, outgoing: Outgoing) -> None:
        await self.workflows.send(release, outgoing)

    async def start(self, workflow: str, branch: str, request: str, inputs: Mapping[str, str]) -> None:
        """As GitHub: a run is there, or begins."""
        assert (branch, inputs["release"]) == ("main", f"{SERVICE}_{TAG}")
        await self.dying.call(self.begin(f"{workflow} {request}"))

    async def begin(self, run: str) -> None:
        if run not in self.started:
            self.started.append(run)


async def publish_or_die(dying: DyingStore, publish: Callable[[str], Awaitable[None]], id_: str) -> None:
    async def call() -> None:
        await publish(id_)

    await dying.call(call())


async def repeat(step: Callable[[], Awaitable[Outcome]]) -> None:
    """Whoever gets no answer asks once more, with a new token."""
    try:
        outcome = await step()
    except KilledError:
        outcome = await step()
    assert outcome.refusal is None


async def deliver(releasing: Releasing, sender: DyingSender) -> None:
    """Every task that was made; those of a killed process come again."""
    while releasing.published:
        id_ = releasing.published[0]
        try:
            await send_outgoing(releasing.ports, sender, id_)
        except KilledError:
            continue
        releasing.published.pop(0)


async def go_the_whole_way(releasing: Releasing, sender: DyingSender) -> None:
    """From a tag to production and back, by what people and workflows see: each step is bound to a rev."""
    await repeat(partial(releasing.begin, TAG))
    for target in (S.BUILDING, S.MANUAL_TESTING):
        rev = (await releasing.read(TAG)).rev
        await repeat(partial(releasing.report, ActorKind.BUILD, TAG, target, expect_rev=rev))
    rev = (await releasing.read(TAG)).rev
    for member in (QA, MANAGER):
        await repeat(partial(releasing.approve, member, TAG, expect_rev=rev))
    await deliver_late(releasing, sender)
    for target in (S.DEPLOYING, S.DEPLOYED):
        rev = (await releasing.read(TAG)).rev
        await repeat(partial(releasing.report, ActorKind.DEPLOY, TAG, target, expect_rev=rev))
    rev = (await releasing.read(TAG)).rev
    await repeat(partial(releasing.press, OPERATOR, TAG, S.ROLLBACK, rollback_to_tag=BEFORE, expect_rev=rev))
    await deliver_late(releasing, sender)
    rev = (await releasing.read(TAG)).rev
    await repeat(partial(releasing.report, ActorKind.ROLLBACK, TAG, S.ROLLBACK_DONE, expect_rev=rev))


async def deliver_late(releasing: Releasing, sender: DyingSender) -> None:
    """What a dead process has left is found after its time."""
    await deliver(releasing, sender)
    for _ in range(2):
        releasing.clock.advance(max(SEND_AFTER, SENDING).total_seconds())
        await sweep_or_die(releasing)
        await deliver(releasing, sender)


async def sweep_or_die(releasing: Releasing) -> None:
    try:
        await sweep_releases(releasing.ports)
    except KilledError:
        await sweep_releases(releasing.ports)


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_the_same_end(is_after: bool, is_long: bool) -> None:  # noqa: FBT001
    """For each call or every second one: two votes, one start of each workflow, a whole history, the old one back."""
    for number in itertools.count(1, 1 if is_long else 2):
        releasing = Releasing(FakeStore())
        await releasing.invite_all()
        await releasing.bring(BEFORE, S.DEPLOYED)
        releasing.published.clear()
        dying = DyingStore(releasing.store, number, is_after=is_after)
        publish = partial(publish_or_die, dying, releasing.ports.publish)
        releasing.ports = replace(releasing.ports, store=dying, publish=publish)
        sender = DyingSender(releasing, dying)
        await go_the_whole_way(releasing, sender)
        release = await releasing.read(TAG)
        assert (release.status, [vote.member_id for vote in release.votes]) == (S.ROLLBACK_DONE, [QA, MANAGER])
        assert [run.split(".yml")[0] for run in sender.started] == ["deploy-production", "rollback"]
        assert len(await releasing.history(TAG)) == 9
        assert (await releasing.environment()).live == {SERVICE: f"{SERVICE}_{BEFORE}"}
        if not dying.is_dead:
            break
    assert number > 60
