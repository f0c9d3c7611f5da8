"""People who speak to a running system: questions and wishes as voice messages, and recordings that they want written
down only; what they said.

Plain words ask for an answer from some of them, and for a picture from the others. Half of them have had their free
answers and their free seconds of the day.
"""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra.local.options import LOCAL_TOKEN
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, FREE_HEARING_SECONDS_PER_DAY
from shared.people.talk import Mode, TalkPlace, TalkSettings, place_of
from tests.e2e.actors import Actors, day_of
from tests.e2e.people import Json, Person
from tests.sounds import make_ogg

BOT_ID = int(LOCAL_TOKEN.partition(":")[0])
MORE_WORDS = "and a long road through the hills, over the river and under the trees, " * 3
"""Whatever is said, it takes the local model a second to write it down: time enough for a kill."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MODES: tuple[Mode, ...] = ("chat", "picture", "picture", "chat")


@dataclass
class Speakers(Actors):
    """People who send voice messages."""

    FIRST_ID = 201
    PAUSE_SECONDS = 1.2
    asked: dict[tuple[int, int], str] = field(default_factory=dict)
    """(chat, message) of each voice message whose words ask for something → the words, which are nobody else's."""
    noted: dict[tuple[int, int], str] = field(default_factory=dict)
    """(chat, message) that only wants the words of a recording → the words."""

    async def _act(self) -> None:
        weighted: list[tuple[Callable[[Person], Awaitable[None]], int]] = [
            (self.speak, 6),
            (self.speak_twice, 2),
            (self.transcribe, 2),
            (self.transcribe_later, 2),
        ]
        [(deed, _)] = self.dice.choices(weighted, [weight for _, weight in weighted])
        self.deeds[deed.__name__] += 1
        await deed(self.dice.choice(self.people))

    async def speak(self, person: Person) -> None:
        """A question or a wish."""
        words = self._find_words(person)
        self.asked[await self._send(person, words)] = words

    async def speak_twice(self, person: Person) -> None:
        """And another right behind it."""
        await self.speak(person)
        await self.speak(person)

    async def transcribe(self, person: Person) -> None:
        """A recording with /transcribe in its caption."""
        words = self._find_words(person)
        self.noted[await self._send(person, words, "/transcribe")] = words

    async def transcribe_later(self, person: Person) -> None:
        """/transcribe in reply to the last that this person said; the first time they say something."""
        mine = [message_id for chat_id, message_id in self.asked if chat_id == person.id]
        if not mine:
            await self.speak(person)
            return
        [message] = await person.send("/transcribe", reply_to=mine[-1])
        self.noted[person.id, message["message_id"]] = self.asked[person.id, mine[-1]]

    def _find_words(self, person: Person) -> str:
        number = self.dice.randrange(10**9)
        beginning = "Tell me about river" if mode_of(person.id) == "chat" else "a red fox with the number"
        return f"{beginning} {number} {MORE_WORDS}".strip()

    async def _send(self, person: Person, words: str, caption: str = "") -> tuple[int, int]:
        sound = base64.b64encode(make_ogg(words)).decode()
        voice: Json = {"kind": "voice", "name": "voice.ogg", "mime": "audio/ogg", "content": sound}
        [message] = await person.send(caption, attachments=[voice])
        return person.id, message["message_id"]


def mode_of(user_id: int) -> Mode:
    """What plain words of this speaker ask for."""
    return _MODES[(user_id - Speakers.FIRST_ID) % len(_MODES)]


def pays(user_id: int) -> bool:
    """Whether this speaker has had what is free on a day."""
    return (user_id - Speakers.FIRST_ID) % 2 == 0


def settings_of(user_id: int, now: datetime) -> TalkSettings:
    """How this speaker talks with the bot."""
    places = {place_of(BOT_ID, user_id, None): TalkPlace(_LONG_AGO, mode_of(user_id))}
    today = day_of(user_id, now)
    if not pays(user_id):
        return TalkSettings(places=places)
    return TalkSettings(
        places=places,
        free_day=today,
        free_used=FREE_ANSWERS_PER_DAY,
        heard_day=today,
        heard_seconds=FREE_HEARING_SECONDS_PER_DAY,
    )
