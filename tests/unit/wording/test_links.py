"""Links that bring a style or a prompt never buy by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pictures.picture import request_of
from shared.telegram.payloads import PAYLOAD_CHARACTERS_MAX, read_words, write_words
from shared.texts import html_text
from tests.fakes.messenger import Shown
from tests.world import ME, World


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


@pytest.mark.parametrize("words", ["a red fox", "рыжая лиса в снегу"])
async def test_a_prompt(world: World, words: str) -> None:
    """A link with words asks, with the price on the button; a press draws them once."""
    payload = write_words("p_", words)
    await world.send(world.message(f"/start {payload}"))
    asked = world.shown()
    assert words in asked.text
    assert labels(asked) == ["🎨 Draw this · 4 credits", "✨ Improve"]
    assert world.jobs() == []
    await world.send(world.tap("draw;", asked), world.tap("draw;", asked))
    assert [request_of(job).prompt for job in world.jobs()] == [words]
    world.check_money()


async def test_a_style(world: World) -> None:
    """A link with a style asks what to draw in it, with the price."""
    update = world.message("/start t_oil")
    await world.send(update, update)
    assert [shown.text for shown in world.messenger.messages(ME)] == [
        html_text("en", "style-chosen", title="🖼 Oil", price=4)
    ]
    await world.send(world.message("a red fox"))
    assert request_of(world.job()).prompt.endswith("a red fox")


@pytest.mark.parametrize("payload", ["t_nothing", "p_", "p_!", "p_A", "p_" + "A" * 63, "p_gICA", "p_CQoL", "q_YWJj"])
async def test_other_payloads(world: World, payload: str) -> None:
    """A payload that brings nothing shows the first screen."""
    await world.send(world.message(f"/start {payload}"))
    assert "I answer questions, draw pictures" in world.shown().text
    assert world.jobs() == []


@given(st.text(min_size=1, max_size=60))
def test_there_and_back(words: str) -> None:
    """What fits comes back as it was, on one line; what does not fit, or is nothing, has no link."""
    line = " ".join(words.split())
    if not all(each.isprintable() for each in line):
        return
    payload = write_words("p_", words)
    assert len(payload) <= PAYLOAD_CHARACTERS_MAX
    assert bool(payload) == (0 < len(line.encode()) <= 46)
    assert read_words("p_", payload or "p_") == (line if payload else "")
