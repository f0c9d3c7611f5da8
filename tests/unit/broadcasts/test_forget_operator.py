"""An operator who was erased is in no broadcast any more."""

import pytest

from shared.broadcasts.broadcast import AGREED_ABOVE, BroadcastState, agree
from shared.broadcasts.forget_operator import forget_operator
from shared.ports import Create, Key
from tests.unit.broadcasts.operators import keep, stored
from tests.world import ME, OTHER, World


async def test_what_only_they_confirmed(world: World) -> None:
    """A broadcast that they confirmed and nobody agreed to has to be confirmed again; acts of others stay."""
    await keep(world, state=BroadcastState.ASKING, people=AGREED_ABOVE + 1, confirmed_by=str(ME))
    await keep(world, "broadcast-0000-2", state=BroadcastState.ASKING, confirmed_by=str(OTHER))
    await forget_operator(world.ports, ME)
    first, second = stored(world, "broadcast-0000-1"), stored(world, "broadcast-0000-2")
    assert [each.by for each in (*first.acts, *second.acts)] == ["erased", "erased"]
    assert (first.state, second.state) == (BroadcastState.COUNTED, BroadcastState.ASKING)
    assert agree(first, str(ME), world.now) is None
    assert second.confirmed_by == str(OTHER)


async def test_what_does_not_name_them(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Other broadcasts are not written, and one that cannot be read is reported and holds nothing up."""
    await keep(world, confirmed_by=str(OTHER))
    await world.store.commit([Create(Key("broadcasts", "unreadable"), {"created_at": world.now, "state": "sung"})])
    before = world.store.collection("broadcasts")
    await forget_operator(world.ports, 77)
    assert world.store.collection("broadcasts") == before
    assert "document_unreadable" in capsys.readouterr().out
