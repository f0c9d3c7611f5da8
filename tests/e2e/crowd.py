"""A crowd that uses a running system: seeded deeds of many people at once, and what they asked for."""

import io
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from PIL import Image

from tests.e2e.actors import Actors
from tests.e2e.people import Json, Person, list_buttons

SEEN_LAST = 8
"""People reply to and press what they can still see."""
ODDS_OF_A_REPLY = 0.5


@dataclass
class Crowd(Actors):
    """People 1 to `size`, every other one a Russian; all write in their private chats, and nobody has chosen a mode.

    What they want is said so that the rules know it: how often a model reads along is the talkers' matter.
    """

    PAUSE_SECONDS = 0.4
    asked: set[tuple[int, int]] = field(default_factory=set)
    """(chat, message) that asks for pictures."""
    albums: dict[tuple[int, str], set[int]] = field(default_factory=dict)
    """(chat, media group) → the message ids of its parts."""
    chatter: set[tuple[int, int]] = field(default_factory=set)
    """(chat, message) that asks for nothing."""
    agreed: set[tuple[int, int]] = field(default_factory=set)
    """(chat, message) of the bot under which *Draw this* was pressed."""
    originals: Counter[str] = field(default_factory=Counter)
    """How often the file of a job was asked for."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.photos = [paint_photo(n) for n in range(10)]

    async def _act(self) -> None:
        weighted: list[tuple[Callable[[Person], Awaitable[None]], int]] = [
            (self.ask, 36),
            (self.send_photo, 8),
            (self.send_album, 7),
            (self.reply, 12),
            (self.tap, 22),
            (self.edit, 4),
            (self.cancel, 5),
            (self.open_menu, 6),
            (self.forward, 3),
            (self.paste, 2),
            (self.send_photo_then_words, 3),
            (self.chat, 3),
            (self.redraw_ids, 1),
        ]
        [(deed, _)] = self.dice.choices(weighted, [weight for _, weight in weighted])
        self.deeds[deed.__name__] += 1
        await deed(self.dice.choice(self.people))

    async def ask(self, person: Person) -> None:
        tail = self.dice.choice(["", "", "", " 16:9", " x2", " 3:4 x3"])
        await self._want(person, f"draw a fox called {self.dice.randrange(10**6)}{tail}")

    async def send_photo(self, person: Person) -> None:
        caption = self.dice.choice(["make it blue", "add a hat", ""])
        [message] = await person.send(caption, photos=[self.dice.choice(self.photos)])
        if caption:
            self.asked.add((person.id, message["message_id"]))

    async def send_album(self, person: Person) -> None:
        photos = self.photos[: self.dice.randint(2, 6)]
        words = self.dice.choice(["put all into one collage", "put all into one collage x2", ""])
        parts = await person.send(words, photos=photos)
        self.albums[person.id, parts[0]["media_group_id"]] = {part["message_id"] for part in parts}

    async def reply(self, person: Person) -> None:
        shown = await self._see(person)
        reply_to = self.dice.choice(shown)["message_id"] if shown else None
        await self._want(person, "and now at night", reply_to)

    async def tap(self, person: Person) -> None:
        shown = [message for message in await self._see(person) if list_buttons(message)]
        if not shown:
            await self.ask(person)
            return
        message = self.dice.choice(shown)
        data = self.dice.choice(list_buttons(message))
        _, action, job_id, *_ = (*data.split(";"), "")
        self.deeds[f"tap {action}"] += 1
        presses = self.dice.choice([1, 1, 3])
        self.originals[job_id] += action == "original"
        self.agreed |= {(person.id, message["message_id"])} if action in {"draw", "drawlast"} else set()
        for _ in range(presses):
            await self.press_button(person, message["message_id"], data)

    async def edit(self, person: Person) -> None:
        mine = [message_id for chat_id, message_id in self.asked if chat_id == person.id]
        if not mine:
            await self.ask(person)
            return
        place = {"user_id": person.id, "chat_id": person.id, "message_id": self.dice.choice(mine)}
        await self.telegram.post("edit", **place, text="a wolf instead")

    async def cancel(self, person: Person) -> None:
        await person.send("/cancel")

    async def open_menu(self, person: Person) -> None:
        await person.send(self.dice.choice(["/start", "/help", "/balance", "/settings", "/language"]))

    async def forward(self, person: Person) -> None:
        """A photo of somebody's with a comment: two messages of one moment."""
        origin = {"type": "user", "sender_user": {"id": 900, "is_bot": False, "first_name": "Somebody"}}
        comment = f"make this one better {self.dice.randrange(10**6)}"
        await person.send("", photos=[self.dice.choice(self.photos)], forward_origin=origin, comment=comment)

    async def paste(self, person: Person) -> None:
        """A text that the app splits."""
        for part in await person.send("draw a meadow with one more flower, " * 120 + "and a boat"):
            self.asked.add((person.id, part["message_id"]))

    async def send_photo_then_words(self, person: Person) -> None:
        await person.send("", photos=[self.dice.choice(self.photos)])
        await self._want(person, f"paint it in oil {self.dice.randrange(10**6)}")

    async def chat(self, person: Person) -> None:
        """Words that ask for nothing."""
        shown = await self._see(person)
        reply_to = self.dice.choice(shown)["message_id"] if shown and self.dice.random() < ODDS_OF_A_REPLY else None
        [message] = await person.send(
            self.dice.choice(["thanks", "?", "wow", "https://example.com/a"]), reply_to=reply_to
        )
        self.chatter.add((person.id, message["message_id"]))

    async def redraw_ids(self, _: Person) -> None:
        """Telegram draws the next update id anew."""
        await self.telegram.post("update-id")

    async def _want(self, person: Person, text: str, reply_to: int | None = None) -> None:
        [message] = await person.send(text, reply_to=reply_to)
        self.asked.add((person.id, message["message_id"]))

    async def _see(self, person: Person) -> list[Json]:
        return (await person.bots_messages())[-SEEN_LAST:]


def paint_photo(number: int) -> bytes:
    """A small JPEG, each number another colour."""
    file = io.BytesIO()
    Image.new("RGB", (320, 240), (25 * number % 256, 90, 200 - 15 * number)).save(file, "JPEG")
    return file.getvalue()
