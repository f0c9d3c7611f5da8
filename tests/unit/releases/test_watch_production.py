"""The documents say what production serves, and where they do not, that is noticed."""

import json

import pytest

from shared.releases.actor import ActorKind
from shared.releases.release import Status
from shared.releases.watch_production import watch_production
from tests.fakes.releases import OPERATOR, Releasing, digest_of
from tests.fakes.store import FakeStore

OLD, NEW = "v1.0.0", "v1.1.0"


async def test_a_way_back_that_nobody_reported(capsys: pytest.CaptureFixture[str]) -> None:
    """`make rollback` with the API down: the documents name the newer release, and the older image runs."""
    releasing = Releasing(FakeStore())
    await releasing.invite_all()
    assert not await watch_production(releasing.ports, digest_of(OLD))
    for tag in (OLD, NEW):
        await releasing.bring(tag, Status.DEPLOYED)
        assert not await watch_production(releasing.ports, digest_of(tag))
    assert not await watch_production(releasing.ports, "")
    capsys.readouterr()
    assert await watch_production(releasing.ports, digest_of(OLD))
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["severity"], line["live"]) == ("release_drifted", "ERROR", [f"nanobanana_{NEW}"])
    await releasing.press(OPERATOR, NEW, Status.ROLLBACK, rollback_to_tag=OLD)
    assert not await watch_production(releasing.ports, digest_of(OLD))
    await releasing.report(ActorKind.ROLLBACK, NEW, Status.ROLLBACK_DONE)
    assert not await watch_production(releasing.ports, digest_of(OLD))
