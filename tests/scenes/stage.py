"""One new person and the bot, in either language: what the person does, and what came of it."""

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

from shared.jobs.job import Job, JobState
from shared.people.users import Language
from shared.providers.outcomes import Busy
from shared.texts import unmark
from tests.fakes.messenger import Shown
from tests.fakes.pictures import PNG
from tests.fakes.text_model import Answer
from tests.world import BOT_ID, ME, World

Json = dict[str, Any]

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
WORD_MIN = 3
NAMES = re.compile("Nano Banana|Pro|Русский|English")


@dataclass
class Stage:
    """What a scene is played on. Words are given in English and in Russian; the person speaks one of them."""

    language: Language
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        self.world.text_model.otherwise = lambda talk: Answer((talk.lines[-1].text,))  # in the person's language

    def words(self, english: str, russian: str) -> str:
        return english if self.language == "en" else russian

    # --- what the person does ---

    def message(self, english: str, russian: str | None = None, **fields: Any) -> Json:
        """A message that is not sent yet."""
        return self.world.message(self.words(english, russian or english), language=self.language, **fields)

    def picture(self, english: str = "", russian: str | None = None, number: int = 0, **fields: Any) -> Json:
        """A photo that is not sent yet, with a caption."""
        content = PNG + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1 photo %d" % number
        caption = self.words(english, russian or english)
        return self.world.photo(caption, picture=content, language=self.language, **fields)

    async def say(self, english: str, russian: str | None = None, **fields: Any) -> None:
        await self.world.send(self.message(english, russian, **fields))

    async def send_photo(self, english: str = "", russian: str | None = None, **fields: Any) -> None:
        await self.world.send(self.picture(english, russian, **fields))

    async def send_album(self, count: int, english: str = "", russian: str | None = None) -> list[Json]:
        """The caption stands on the first part."""
        parts = [
            self.picture(english if n == 0 else "", russian if n == 0 else None, n, media_group_id="album")
            for n in range(count)
        ]
        await self.world.send(*parts)
        return parts

    async def reply(self, english: str, russian: str | None = None, to: Shown | None = None) -> None:
        """Answer a message of the bot, the last one unless another is given."""
        shown = to or self.last
        replied = {"message_id": shown.message_id, "from": {"id": BOT_ID, "is_bot": True}}
        await self.say(english, russian, reply_to_message=replied)

    async def answer_question(self, english: str, russian: str | None = None) -> None:
        """Write into the reply field that the bot has opened: the app quotes what is replied to."""
        assert self.last.force_reply
        quoted = unmark(self.last.text)
        replied = {"message_id": self.last.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": quoted}
        await self.say(english, russian, reply_to_message=replied)

    async def tap(self, action: str) -> None:
        """Press the button once, and look at nothing that comes of it."""
        await self.world.deliver(self.world.tap(action, self.find(action), language=self.language))

    async def press(self, action: str, times: int = 1, on: Shown | None = None) -> None:
        """Press the button whose data start so, as often and as fast as somebody impatient does."""
        shown = on or self.find(action)
        taps = [self.world.tap(action, shown, language=self.language) for _ in range(times)]
        await asyncio.gather(*(self.world.deliver(tap) for tap in taps))
        await self.world.settle()

    def wait(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    # --- what a model makes of words that the rules leave open ---

    def model_reads(self, **understood: Any) -> None:
        """So it takes everything; with nothing it is away."""
        text = json.dumps({"sure": 0.95} | understood)
        said = Answer((text,)) if understood else Answer(ending=Busy("503"))
        self.world.text_model.read = lambda talk: said

    # --- what came of it ---

    @property
    def shown(self) -> list[Shown]:
        return self.world.messenger.messages(ME)

    @property
    def last(self) -> Shown:
        return self.shown[-1]

    @property
    def foreign(self) -> list[str]:
        """What the bot shows mostly in the language that this person does not speak; names are in either."""
        labels = [button.label for shown in self.shown for row in shown.buttons for button in row]
        texts = [shown.text for shown in self.shown] + [tap.toast for tap in self.world.messenger.taps]
        return [said for said in texts + labels if speaks(said) not in {self.language, None}]

    def find(self, action: str) -> Shown:
        """The newest message that has a button with this action."""
        return next(shown for shown in reversed(self.shown) if find_button(shown, action))

    @property
    def delivered(self) -> list[Job]:
        return [job for job in self.world.jobs() if job.state is JobState.DELIVERED]

    @property
    def paid(self) -> int:
        """Credits that were taken."""
        return sum(job.request.price for job in self.delivered)


def speaks(said: str) -> Language | None:
    """The language that most letters of a text belong to."""
    letters = re.findall(r"[^\W\d_]", NAMES.sub("", said))
    russian = len(CYRILLIC.findall("".join(letters)))
    return None if len(letters) < WORD_MIN else "ru" if russian * 2 > len(letters) else "en"


def find_button(shown: Shown, action: str) -> bool:
    return any(button.data.startswith(f"1;{action}") for row in shown.buttons for button in row)
