"""Conversations in the app: pages of them, and their turns; only their owner's, and nothing that has expired."""

from datetime import timedelta

import pytest

from shared.codec import decode, encode
from shared.conversations import read_conversation
from shared.conversations.conversation import Conversation
from shared.conversations.conversation_documents import conversation_key
from shared.conversations.messages import message_key
from shared.miniapp import talks_page
from shared.ports import Create, Update
from tests.unit.miniapp.conftest import App
from tests.world import ME, OTHER, World


async def ask(world: World, *questions: str) -> None:
    for question in questions:
        world.clock.advance(60)
        await world.send(world.message(f"/ask {question}"))


def talks(world: World) -> list[Conversation]:
    return [decode(Conversation, fields) for fields in world.store.collection("conversations").values()]


async def test_none(app: App) -> None:
    """Without conversations the page says how one begins."""
    assert "the first question that you ask" in (await app.get("/talks")).text


async def test_pages(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest come first, in pages; a deleted one is in none."""
    monkeypatch.setattr(read_conversation, "PAGE", 2)
    for question in ("why is the sky blue?", "what is rain?", "who was Dante?"):
        await ask(world, question)
        await world.send(world.message("/new"))
    first = await app.get("/talks")
    assert first.text.index("who was Dante?") < first.text.index("what is rain?")
    [older] = first.links("/talks?before=")
    second = await app.get(older)
    assert "why is the sky blue?" in second.text
    assert second.links("/talks?before=") == []
    assert 'data-back="/talks"' in second.html


async def test_unreadable(app: App, world: World) -> None:
    """What only another release can read is left out."""
    await ask(world, "why is the sky blue?")
    [talk] = talks(world)
    [record] = await world.store.read([conversation_key(talk.id)])
    assert record is not None
    await world.store.commit([Update(record.key, {"turns": "nonsense"}, record.version)])
    assert "sky" not in (await app.get("/talks")).text
    assert (await app.get(f"/talks/{talk.id}")).status == 404


async def test_turns(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest turns are shown, who said what, and the way to the earlier and the later ones."""
    monkeypatch.setattr(talks_page, "TURNS", 2)
    await ask(world, "why is the sky blue?", "and at night?")
    [talk] = talks(world)
    page = await app.get(f"/talks/{talk.id}")
    assert "and at night?" in page.text
    assert "You · " in page.text
    assert "Bot · " in page.text
    assert "why is the sky blue?" not in page.html.partition("<ol")[2]
    [earlier] = page.links(f"/talks/{talk.id}?to=")
    before = await app.get(earlier)
    assert "why is the sky blue?" in before.html.partition("<ol")[2]
    assert before.links(f"/talks/{talk.id}?to=") == [f"/talks/{talk.id}?to=4"]
    assert (await app.get(f"/talks/{talk.id}?to=nonsense")).html == page.html


async def test_expired_turns(app: App, world: World) -> None:
    """A turn that has expired is not shown, although its conversation goes on; an empty one says so."""
    await ask(world, "why is the sky blue?")
    [talk] = talks(world)
    for record in await world.store.read([message_key(talk, number) for number in (1, 2)]):
        assert record is not None
        await world.store.commit([Update(record.key, {"expire_at": world.now}, record.version)])
    page = await app.get(f"/talks/{talk.id}")
    assert "Nothing of it is kept any more." in page.text


async def test_without_a_title(app: App, world: World) -> None:
    """A conversation without words has a title all the same, and no turns."""
    empty = Conversation("AAAAAAAAAAAAAAAA", ME, "place", world.now, world.now + timedelta(days=1), world.now)
    await world.store.commit([Create(conversation_key(empty.id), encode(empty))])
    assert "Untitled" in (await app.get("/talks")).text
    assert "Untitled" in (await app.get(f"/talks/{empty.id}")).html


async def test_somebody_else(app: App, world: World) -> None:
    """Nobody reads another person's conversation; one that has expired is gone."""
    await ask(world, "why is the sky blue?")
    [talk] = talks(world)
    assert (await app.as_other(OTHER).get(f"/talks/{talk.id}")).status == 404
    assert (await app.get("/talks/nonsense")).status == 404
    assert "sky" not in (await app.as_other(OTHER).get("/talks")).text
    world.clock.advance(timedelta(days=31).total_seconds())
    assert (await app.get(f"/talks/{talk.id}")).status == 404
