"""A role is shared by a link; somebody else's is shown whole, tried without being told anything, or made one's own."""

from typing import Any

import pytest

from shared.conversations.answer import is_answer, is_without_links, question_of
from shared.jobs.job import Job
from shared.people.accounts import open_user
from shared.people.keep_prompts import delete_prompt, open_prompt
from shared.people.library import PROMPTS_MAX, Prompt, write_link
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, OTHER, World

PIRATE = "answer like a pirate, with <b>rum</b>"


async def share(world: World, words: str = PIRATE, user_id: int = OTHER) -> Prompt:
    """Somebody writes a role and shares it."""
    await world.send(world.message(f"/role {words}", user_id=user_id))
    await world.send(world.tap("lend;share", world.shown(user_id), user_id=user_id))
    stored = await open_prompt(world.ports, world.user(user_id).library[-1].id)
    assert stored is not None
    return stored.prompt


async def open_link(world: World, role: Prompt) -> Shown:
    await world.send(world.message(f"/start {write_link(role)}"))
    return world.shown()


async def press(world: World, *actions: str, **options: Any) -> None:
    for action in actions:
        await world.send(world.tap(action, world.shown(), **options))


def answers(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_answer(job)]


async def test_share(world: World) -> None:
    """Sharing keeps the role once among the prompts, and always shows the same link."""
    role = await share(world)
    assert (role.is_role, role.text) == (True, PIRATE)
    assert f"start={write_link(role)}" in world.shown(OTHER).text
    again = await share(world)
    assert again == role
    assert len(world.user(OTHER).library) == 1


async def test_the_link_shows_it_whole(world: World) -> None:
    """The link shows every word, and nothing happens before a press."""
    shown = await open_link(world, await share(world))
    assert "answer like a pirate, with &lt;b&gt;rum&lt;/b&gt;" in shown.text
    assert world.user().manner.role == "assistant"
    assert answers(world) == []


async def test_tried_it_is_told_nothing(world: World) -> None:
    """While it is tried the model gets the words in their fence, and neither earlier turns, memory, links nor files."""
    await world.send(world.message("/remember I live in Oslo"))
    await world.send(world.message("/ask my secret is 42"))
    await open_link(world, await share(world))
    await press(world, "lend;try")
    await world.send(world.message("/ask who am I?"))
    talk = world.text_model.talks[-1]
    assert "<style>\nanswer like a pirate" in talk.instruction
    assert "Somebody else has written how you answer" in talk.instruction
    assert [line.text for line in talk.lines] == ["who am I?"]
    job = answers(world)[-1]
    assert is_without_links(job)
    await world.send(world.message("/ask and now?"))
    assert world.text_model.talks[-1].lines[0].text == "who am I?"
    await world.send(world.photo("/ask what is this?"))
    talk = world.text_model.talks[-1]
    assert "pirate" not in talk.instruction
    assert talk.lines[-1].pictures


async def test_it_is_told_nothing_by_a_reply(world: World) -> None:
    """A reply to an earlier answer quotes that answer, and brings nothing else of its conversation."""
    await world.send(world.message("/ask my secret is 42"))
    said = world.shown()
    await open_link(world, await share(world))
    await press(world, "lend;try")
    update = world.reply("is that so?", said)
    update["message"]["reply_to_message"]["text"] = said.text
    await world.send(update)
    assert len(world.text_model.talks[-1].lines) == 1


async def test_what_it_said_is_not_told_later(world: World) -> None:
    """With a role of one's own again the conversation of before goes on, without what the other one said."""
    await world.send(world.message("/ask one?"))
    await open_link(world, await share(world))
    await press(world, "lend;try")
    await world.send(world.message("/ask two?"))
    await world.send(world.message("/role"))
    await press(world, "manner;role;teacher")
    await world.send(world.message("/ask three?"))
    told = [line.text for line in world.text_model.talks[-1].lines if line.speaker == "person"]
    assert told == ["one?", "three?"]


async def test_it_searches_nothing_by_itself(world: World) -> None:
    """A search costs credits: with somebody else's role only /search makes one."""
    await world.send(world.message("/role"))
    await press(world, "manner;search;on")
    await open_link(world, await share(world))
    await press(world, "lend;try")
    await world.send(world.message("/ask who won?"))
    assert not question_of(answers(world)[-1]).search


async def test_made_ones_own(world: World) -> None:
    """Adopted, from the link or after a try, it is like a role that the person wrote."""
    role = await share(world)
    await open_link(world, role)
    await press(world, "lend;try")
    await world.send(world.message("/role"))
    assert "Somebody else's words" in world.shown().text
    await press(world, "manner;role;adopted")
    assert (world.user().manner.role, world.user().manner.own, world.user().manner.lent) == ("own", PIRATE, "")
    await world.send(world.message("/ask who?"))
    assert not is_without_links(answers(world)[-1])


async def test_adopting_says_what_it_replaces(world: World) -> None:
    """A person who has words of their own is told that they would be replaced, before they are."""
    await world.send(world.message("/role be brief"))
    shown = await open_link(world, await share(world))
    assert "be brief" in shown.text
    await press(world, "lend;adopt")
    assert world.user().manner.own == PIRATE
    assert "be brief" not in (await open_link(world, await share(world))).text


async def test_from_the_list(world: World) -> None:
    """Among one's prompts a role is used as a role, and its link can be closed."""
    role = await share(world, user_id=ME)
    await world.send(world.message("/role"))
    await press(world, "manner;role;teacher")
    await world.send(world.message("/prompts"))
    await press(world, "prompt;show", "prompt;use")
    assert world.user().manner.role == "own"
    assert answers(world) == []
    await press(world, "prompt;unshare")
    await world.send(world.message(f"/start {write_link(role)}", user_id=OTHER))
    assert "no longer shared" in world.shown(OTHER).text


async def test_a_deleted_role(world: World) -> None:
    """What its owner deleted is gone for those who have the link open, and for those who open it."""
    role = await share(world)
    await open_link(world, role)
    stored = await open_prompt(world.ports, role.id)
    assert stored is not None
    await delete_prompt(world.ports, await open_user(world.ports, OTHER), stored)
    await press(world, "lend;adopt")
    assert "no longer there" in world.messenger.taps[-1].toast
    assert "no longer there" in (await open_link(world, role)).text


async def test_no_prompt_is_a_role(world: World) -> None:
    """Neither kind of link, nor its buttons, opens the other kind."""
    await world.send(world.message("/prompts Joke: tell a joke", user_id=OTHER))
    await world.send(world.tap("prompt;share", world.shown(OTHER), user_id=OTHER))
    joke = await open_prompt(world.ports, world.user(OTHER).library[-1].id)
    role = await share(world)
    assert joke is not None
    for payload in (f"r-{joke.prompt.id}{joke.prompt.token}", f"p-{role.id}{role.token}", f"r-{'a' * 16}{'b' * 22}"):
        await world.send(world.message(f"/start {payload}"))
        assert "no longer there" in world.shown().text
    await world.send(world.tap_data(f"1;lend;try;{joke.prompt.id};{joke.prompt.token}", 7))
    await world.send(world.tap_data(f"1;shared;use;{role.id};{role.token}", 7))
    assert (world.user().manner.role, answers(world)) == ("assistant", [])


@pytest.mark.parametrize("data", ["", ";try", ";share;502", ";share;501"])
async def test_nothing_to_press(world: World, data: str) -> None:
    """A button of nothing, of somebody else, or for words that are not there changes nothing."""
    await world.send(world.tap_data(f"1;lend{data}", 7))
    assert world.messenger.taps[-1].toast
    assert world.user().library == ()


async def test_another_releases_button(world: World) -> None:
    """A choice that this release does not know is an old menu."""
    role = await share(world)
    await world.send(world.tap_data(f"1;lend;sing;{role.id};{role.token}", 7))
    assert "old" in world.messenger.taps[-1].toast


async def test_a_full_list(world: World) -> None:
    """If the library is full, nothing is shared, and the reason is shown."""
    for number in range(PROMPTS_MAX):
        await world.send(world.message(f"/prompts T{number}: words"))
    await world.send(world.message(f"/role {PIRATE}"))
    await press(world, "lend;share")
    assert world.messenger.taps[-1].alert
    assert len(world.user().library) == PROMPTS_MAX


async def test_without_words_it_is_no_role(world: World) -> None:
    """Nothing is adopted where nothing is tried; a link in a group leads to the private chat as ever."""
    await world.send(world.tap_data(f"1;manner;role;adopted;{ME}", 7))
    await world.send(world.tap_data(f"1;manner;role;lent:;{ME}", 7))
    assert world.user().manner.role == "assistant"
    await world.send(world.message("/start r-x", chat_id=GROUP))
    assert "Hi!" in world.shown(GROUP).text
