"""Yes, no, and "in French": short words after a question of ours or an answer; what is deleted is offered no more."""

import pytest

from shared.conversations.answer import is_answer, question_of
from shared.conversations.read_rules import Act
from shared.conversations.reading import Understanding, decide
from shared.people import talk
from shared.pictures.picture import is_picture
from tests.fakes.messenger import Shown
from tests.world import World


@pytest.fixture(autouse=True)
def _auto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "DEFAULT_MODE", "auto")


def labels(shown: Shown) -> list[str]:
    return [button.label.partition(" · ")[0] for row in shown.buttons for button in row]


@pytest.mark.parametrize("words", ["да, пожалуйста", "yes please", "ок, плиз"])
async def test_a_polite_yes(world: World, words: str) -> None:
    """A yes with a please is a yes."""
    await world.send(world.message("fox"))
    await world.send(world.message(words))
    assert [is_picture(job) for job in world.jobs()] == [True]


async def test_a_no(world: World) -> None:
    """A no to our question is taken as one; where nothing was asked it is a word like others."""
    await world.send(world.message("fox"))
    await world.send(world.message("no"))
    assert world.shown().text == "👌 All right, I draw nothing."
    await world.send(world.message("no"))
    assert world.shown().text != "👌 All right, I draw nothing."
    assert world.jobs() == []


async def test_a_no_after_a_picture(world: World) -> None:
    """A no where nothing was asked buys nothing, and takes nothing back."""
    await world.send(world.message("draw a red fox"))
    await world.send(world.message("no"))
    assert "All right" not in world.shown().text
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("words", ["in French please", "по-французски, пожалуйста", "а на немецком?"])
async def test_an_answer_in_another_language(world: World, words: str) -> None:
    """After an answer the name of a language goes on with it: no model reads it, and nothing is asked."""
    await world.send(world.message("why is the sky blue?"))
    await world.send(world.message(words))
    assert [question_of(job).words for job in world.jobs() if is_answer(job)][1:] == [words]


async def test_a_deleted_picture_is_not_offered(world: World) -> None:
    """A deleted picture cannot be changed: the bot asks about the words alone."""
    await world.send(world.message("draw a red fox"))
    await world.send(world.tap("delete", world.shown()))
    await world.send(world.tap("erase", world.shown()))
    world.clock.advance(120)
    await world.settle()
    await world.send(world.message("make it darker"))
    assert labels(world.shown()) == ["🎨 Draw this", "✨ Improve", "💬 Answer"]


async def test_two_wishes(world: World) -> None:
    """An order to draw with something to be told behind it is asked about: nothing of it is left out in silence."""
    await world.send(world.message("draw a cat and tell me its history"))
    assert "two wishes" in world.shown().text
    assert labels(world.shown()) == ["🎨 Draw this", "✨ Improve", "💬 Answer"]
    assert world.jobs() == []


@pytest.mark.parametrize(
    ("word", "page"), [("buy", "not open"), ("купить", "not open"), ("возврат", "not open"), ("баланс", "You have")]
)
async def test_money_has_a_page(world: World, word: str, page: str) -> None:
    """A lone word about money leads to its page."""
    await world.send(world.message(word))
    assert page in world.shown().text


@pytest.mark.parametrize(
    "words",
    [
        "1. milk\n2. bread\n3. eggs",
        "- молоко\n- хлеб и масло",
        "def f(x):\n    return x+1\nprint(f(2))",
        "const answer = await fetch(url);",
        "SELECT * FROM users WHERE id=1;",
    ],
)
def test_what_nobody_draws(words: str) -> None:
    """However sure a model is, a list and a program are asked about before they are bought."""
    assert decide(Understanding(Act.DRAW, 1.0, words), words, 0, brings_picture=False) is Act.ASK


@pytest.mark.parametrize("words", ["a class of 12 pupils in the snow", "let it snow — a red fox, watercolour"])
def test_what_only_sounds_so(words: str) -> None:
    """A word of a program does not make one."""
    assert decide(Understanding(Act.DRAW, 1.0, words), words, 0, brings_picture=False) is Act.DRAW
