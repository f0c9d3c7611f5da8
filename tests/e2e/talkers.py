"""People who ask questions of a running system, and stop, press and correct; what they asked for.

Some of them write in the mode *Chat*, some by /ask, some in the mode *Auto*. Half of them have had their free answers
of the day.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra.local.options import LOCAL_TOKEN
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.people.talk import Mode, TalkPlace, TalkSettings, place_of
from tests.e2e.actors import Actors, day_of
from tests.e2e.people import Json, Person, list_buttons

BOT_ID = int(LOCAL_TOKEN.partition(":")[0])
SEEN_LAST = 4
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MODES: tuple[Mode, ...] = ("chat", "picture", "auto", "chat", "picture")


@dataclass
class Talkers(Actors):
    """People who ask questions."""

    FIRST_ID = 101
    PAUSE_SECONDS = 0.9
    asked: dict[tuple[int, int], str] = field(default_factory=dict)
    """(chat, message) of each question → its words, which are nobody else's."""
    words: set[tuple[int, int]] = field(default_factory=set)
    """(chat, message) of plain words in the mode *Auto*."""

    async def _act(self) -> None:
        weighted: list[tuple[Callable[[Person], Awaitable[None]], int]] = [
            (self.ask, 7),
            (self.ask_twice, 8),
            (self.stop, 8),
            (self.tap, 5),
            (self.hear, 4),
            (self.correct, 2),
        ]
        [(deed, _)] = self.dice.choices(weighted, [weight for _, weight in weighted])
        person = self.dice.choice(self.people)
        self.deeds[deed.__name__] += 1
        if mode_of(person.id) == "auto":
            await self._say(person)
        else:
            await deed(person)

    async def ask(self, person: Person) -> None:
        """A question, short or long to answer."""
        beginning = self.dice.choice(["Tell me about", "Give me a list about", "Write a long essay about"])
        text = f"{beginning} river {self.dice.randrange(10**9)}"
        command = "" if mode_of(person.id) == "chat" else "/ask "
        [message] = await person.send(command + text)
        self.asked[person.id, message["message_id"]] = text

    async def ask_twice(self, person: Person) -> None:
        """A question, and another right behind it."""
        await self.ask(person)
        await self.ask(person)

    async def stop(self, person: Person) -> None:
        """Telegram's own *Stop* at whosever draft is shown; else that under a card."""
        for each in self.dice.sample(self.people, len(self.people)):
            if await self.telegram.stop(each.id):
                self.deeds["stopped a draft"] += 1
                return
        await self._press(person, "answer-stop")

    async def tap(self, person: Person) -> None:
        """Any button under an answer, some twice."""
        await self._press(person, self.dice.choice(["answer-again", "answer-shorter", "answer-longer"]))

    async def hear(self, person: Person) -> None:
        """🔊 under an answer, some twice."""
        await self._press(person, "speak")

    async def correct(self, person: Person) -> None:
        """Another wording of a question: the first one stays what it is known by."""
        mine = [message_id for chat_id, message_id in self.asked if chat_id == person.id]
        if mine:
            place = {"user_id": person.id, "chat_id": person.id, "message_id": mine[-1]}
            await self.telegram.post("edit", **place, text=f"{self.asked[person.id, mine[-1]]} now")

    async def _say(self, person: Person) -> None:
        """What the rules leave to a model that reads it."""
        number = self.dice.randrange(10**9)
        text = self.dice.choice([f"красивый портрет лисы {number} в старом стиле", f"моя собака {number} убежала"])
        [message] = await person.send(text)
        self.words.add((person.id, message["message_id"]))

    async def _press(self, person: Person, action: str) -> None:
        found = [(m, data) for m in await self._see(person) for data in list_buttons(m) if f";{action};" in data]
        if not found:
            await self.ask(person)
            return
        message, data = self.dice.choice(found)
        self.deeds[f"tap {action}"] += 1
        for _ in range(self.dice.choice([1, 1, 2])):
            await self.press_button(person, message["message_id"], data)

    async def _see(self, person: Person) -> list[Json]:
        return (await person.bots_messages())[-SEEN_LAST:]


def mode_of(user_id: int) -> Mode:
    """What plain words of this talker ask for."""
    return _MODES[(user_id - Talkers.FIRST_ID) % len(_MODES)]


def pays(user_id: int) -> bool:
    """Whether this talker has had the free answers of the day."""
    return (user_id - Talkers.FIRST_ID) % 2 == 0


def settings_of(user_id: int, now: datetime) -> TalkSettings:
    """How this talker talks with the bot."""
    place = place_of(BOT_ID, user_id, None)
    used = FREE_ANSWERS_PER_DAY if pays(user_id) else 0
    places = {place: TalkPlace(_LONG_AGO, mode_of(user_id))}
    return TalkSettings(places=places, free_day=day_of(user_id, now), free_used=used)
