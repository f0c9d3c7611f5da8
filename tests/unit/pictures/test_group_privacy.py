"""In a group nobody reads what somebody has, made or wrote elsewhere: every command, error and button is walked."""

import re
from typing import Any

import pytest

from shared.bot.router import COMMANDS
from shared.credits.ledger import Account
from shared.people.users import LANGUAGES, Language
from shared.providers.outcomes import Broken, NoResult, Refused
from shared.texts import html_text, plain_text
from tests.fakes.messenger import Call, Shown
from tests.world import GROUP, ME, OTHER, World

SECRET = "a very private fox"
FOX = "a red fox"
MONEY = re.compile(r"\d[\d\s,]*(credit|кредит)|(have|left|осталось|costs|стоит)\D{0,12}\d", re.IGNORECASE)
PRICED = re.compile(r"· \d+$")
PRESSES_MAX = 90


def name_button(data: str, keyboard: list[str]) -> tuple[str, ...]:
    """What a button does and to what: after a purchase it does the same. « Back is each keyboard's own."""
    _, action, *arguments = data.split(";")
    first = [keyboard[0].split(";")[1]] if action == "back" else []
    return action, *arguments[:1], *arguments[2:], *first


class Walk:
    """A person in a group, and what everybody there saw of it."""

    def __init__(self, world: World, language: Language) -> None:
        self.world, self.language = world, language
        self.balances: set[int] = set()

    async def begin(self) -> None:
        """Something private is there to be given away."""
        await self.world.give(73_514)
        await self.send(self.world.message(SECRET, language=self.language))

    async def say(self, text: str, **fields: Any) -> Shown | None:
        """Say something in the group; what the bot answers there."""
        before = {shown.message_id for shown in self.world.messenger.messages(GROUP)}
        await self.send(self.world.message(text, chat_id=GROUP, language=self.language, **fields))
        return next((s for s in self.world.messenger.messages(GROUP) if s.message_id not in before), None)

    async def press_all(self, shown: Shown) -> set[str]:
        """Press every button that comes up under a message, each once; the actions pressed."""
        pressed: set[tuple[str, ...]] = set()
        for _ in range(PRESSES_MAX):
            now = self.world.messenger.chats[GROUP].get(shown.message_id)
            found = [button.data for row in (now.buttons if now else ()) for button in row if button.data]
            data = [each for each in found if name_button(each, found) not in pressed]
            if not data:
                break
            pressed.add(name_button(data[0], found))
            tap = self.world.tap_data(data[0], shown.message_id, chat_id=GROUP)
            tap["callback_query"]["from"]["language_code"] = self.language
            await self.send(tap)
            assert plain_text(self.language, "old-menu") not in {each.toast for each in self.world.messenger.taps}, (
                data[0]
            )
        return {action for action, *_ in pressed}

    async def send(self, update: dict[str, Any]) -> None:
        await self.world.send(update)
        self.balances |= {self.world.user().account.available, self.world.user().account.held}

    def check(self) -> None:
        calls = [call for call in self.world.messenger.calls if call.chat_id == GROUP]
        assert calls
        for call in calls:
            self._check_call(call)

    def _check_call(self, call: Call) -> None:
        text = call.screen.text if call.screen else ""
        labels = [button.label for row in (call.screen.buttons if call.screen else ()) for button in row]
        for shown in (text, *labels):
            assert SECRET not in shown
            assert not MONEY.search(shown), shown
            assert not PRICED.search(shown), shown
            numbers = {int(number) for number in re.findall(r"\d+", re.sub(r"(?<=\d)[,\s\u00a0](?=\d)", "", shown))}
            assert not numbers & {each for each in self.balances if each > 20}, shown


@pytest.fixture(params=LANGUAGES)
async def walk(request: pytest.FixtureRequest, world: World) -> Walk:
    walk = Walk(world, request.param)
    await walk.begin()
    return walk


@pytest.mark.parametrize("command", sorted(COMMANDS))
async def test_commands(walk: Walk, command: str) -> None:
    """No command answers in a group with what a person has; each answers something."""
    answer = await walk.say(f"/{command}")
    assert answer is not None
    await walk.press_all(answer)
    walk.check()


@pytest.mark.parametrize(
    ("words", "actions"),
    [
        (FOX, {"again", "edit", "format", "make", "back", "original", "share", "sharing", "delete", "erase"}),
        (f"{FOX} x3", {"again", "format", "make", "pick", "edit", "original", "tools"}),
    ],
)
async def test_buttons_of_a_picture(walk: Walk, words: str, actions: set[str]) -> None:
    """Every button under a picture, and under what it leads to; each does something."""
    picture = await walk.say(f"/image {words}")
    assert picture is not None
    last = walk.world.messenger.messages(GROUP)[-1]
    pressed = await walk.press_all(last)
    for shown in walk.world.messenger.messages(GROUP)[-4:]:
        pressed |= await walk.press_all(shown)
    assert actions <= pressed
    walk.check()


async def test_deletion(walk: Walk) -> None:
    """What is asked before, and what stays after."""
    await walk.say(f"/image {FOX}")
    for action in ("delete", "keep", "delete", "erase", "undo"):
        await walk.world.deliver(walk.world.tap(action, walk.world.shown(GROUP), chat_id=GROUP))
    assert walk.world.shown(GROUP).kind == "photo"
    walk.check()


@pytest.mark.parametrize("outcomes", [[Refused("SAFETY")], [NoResult("STOP", "cost 4 credits")] * 2, [Broken("400")]])
async def test_failures(walk: Walk, outcomes: list[Any]) -> None:
    """A failure says neither price nor code, and its details go to the owner."""
    walk.world.model.script(FOX, *outcomes)
    card = await walk.say(f"/image {FOX}")
    assert card is not None
    assert {"details"} <= await walk.press_all(card)
    walk.check()


async def test_cancel_button(walk: Walk) -> None:
    """A card that waits, and its end."""
    await walk.world.deliver(walk.world.message(f"/image {FOX} x2", chat_id=GROUP))
    for shown in walk.world.messenger.messages(GROUP):
        await walk.press_all(shown)
    walk.check()


@pytest.mark.parametrize("text", ["why is the sky blue", "fox", "https://example.org", f"{FOX} x10"])
async def test_questions(walk: Walk, text: str) -> None:
    """What is asked about before it is bought."""
    hello = await walk.say("/help")
    assert hello is not None
    replied = {"message_id": hello.message_id, "from": {"id": 1234567, "is_bot": True}}
    question = await walk.say(text, reply_to_message=replied)
    assert question is not None
    await walk.press_all(question)
    walk.check()


POOR: dict[str, dict[str, Any]] = {
    "credits": {"available": 23},
    "jobs": {"available": 7_351, "held": 4, "active_jobs": 10},
    "day": {"available": 7_351, "spend_day": "2026-01-02", "spent_credits": 997},
}


@pytest.mark.parametrize("account", POOR.values(), ids=POOR)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_somebody_cannot_pay(world: World, language: Language, account: dict[str, Any]) -> None:
    """Credits, day cap and number of jobs are told to nobody else: a button explains, to the owner alone."""
    await world.give(**account)
    await world.send(world.message(f"/image {FOX} 4K x4", chat_id=GROUP, language=language))
    answer = world.shown(GROUP)
    assert answer.text == html_text(language, "declined-here")
    await world.send(world.tap("why", answer, user_id=OTHER, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == plain_text("en", "not-yours")
    await world.send(world.tap("why", answer, chat_id=GROUP))
    assert world.messenger.taps[-1].alert
    assert re.search(r"\d", world.messenger.taps[-1].toast)
    assert Account(**account).available == world.user().account.available


async def test_why_counts_the_pictures(world: World) -> None:
    """*Why?* asks about as many pictures as were declined: four are too many beside eight."""
    await world.give(500)
    for _ in range(3):
        await world.deliver(world.message(f"/image {FOX} x4", chat_id=GROUP))
    answer = world.shown(GROUP)
    await world.deliver(world.tap("why", answer, chat_id=GROUP))
    assert "8 pictures in the works" in world.messenger.taps[-1].toast


async def test_why_is_over(world: World) -> None:
    """Where it would work meanwhile the button says so; a forged one is an old menu."""
    await world.give(4)
    await world.send(world.message(f"/image {FOX} 4K", chat_id=GROUP))
    answer = world.shown(GROUP)
    await world.send(world.tap_data(f"1;why;{ME};4", answer.message_id, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-why-over")
    for data in (f"1;why;{ME};x", f"1;why;{ME}", f"1;code;{ME};x;y", f"1;code;{ME};E-OURS;<b>"):
        await world.send(world.tap_data(data, answer.message_id, chat_id=GROUP))
        assert world.messenger.taps[-1].toast == plain_text("en", "old-menu")
    await world.send(world.tap_data("1;code;5;E-OURS;abc", answer.message_id, chat_id=GROUP))
    assert world.messenger.taps[-1].toast == plain_text("en", "not-yours")
