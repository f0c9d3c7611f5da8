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
from tests.fakes.releases import MANAGER, QA, SERVICE, Releasing
from tests.fakes.store import FakeStore

S = Status
TAG = "v1.0.0"
T = TypeVar("T")


class KilledError(Exception):
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
        assert (workflow, branch, inputs["release"]) == ("deploy-production.yml", "main", f"{SERVICE}_{TAG}")
        await self.dying.call(self.begin(request))

    async def begin(self, request: str) -> None:
        if request not in self.started:
            self.started.append(request)


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
    """From a tag to production, by the answers of people and workflows, each bound to the rev that they see."""
    await repeat(partial(releasing.begin, TAG))
    for target in (S.BUILDING, S.MANUAL_TESTING):
        rev = (await releasing.read(TAG)).rev
        await repeat(partial(releasing.report, ActorKind.BUILD, TAG, target, expect_rev=rev))
    rev = (await releasing.read(TAG)).rev
    for member in (QA, MANAGER):
        await repeat(partial(releasing.approve, member, TAG, expect_rev=rev))
    await deliver(releasing, sender)
    for _ in range(2):  # what a dead process left is found after its time
        releasing.clock.advance(max(SEND_AFTER, SENDING).total_seconds())
        await sweep_or_die(releasing)
        await deliver(releasing, sender)
    for target in (S.DEPLOYING, S.DEPLOYED):
        rev = (await releasing.read(TAG)).rev
        await repeat(partial(releasing.report, ActorKind.DEPLOY, TAG, target, expect_rev=rev))


async def sweep_or_die(releasing: Releasing) -> None:
    try:
        await sweep_releases(releasing.ports)
    except KilledError:
        await sweep_releases(releasing.ports)


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_the_same_end(is_after: bool) -> None:  # noqa: FBT001
    """For each call: deployed, with two votes, one started deployment and a whole history."""
    for number in itertools.count(1):
        releasing = Releasing(FakeStore())
        await releasing.invite_all()
        dying = DyingStore(releasing.store, number, is_after=is_after)
        publish = partial(publish_or_die, dying, releasing.ports.publish)
        releasing.ports = replace(releasing.ports, store=dying, publish=publish)
        sender = DyingSender(releasing, dying)
        await go_the_whole_way(releasing, sender)
        release = await releasing.read(TAG)
        assert (release.status, [vote.member_id for vote in release.votes]) == (S.DEPLOYED, [QA, MANAGER])
        assert len(sender.started) == 1
        assert len(await releasing.history(TAG)) == 7
        assert (await releasing.environment()).live == {SERVICE: release.id}
        if not dying.is_dead:
            break
    assert number > 45
