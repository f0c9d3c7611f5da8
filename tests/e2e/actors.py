"""People who use a running system at once, one deed after the other; what they do is each group's own."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from shared.people.zones import default_zone, local_day
from tests.e2e.people import Person, Telegram


def language_of(user_id: int) -> str:
    """Every other one is a Russian."""
    return "ru" if user_id % 2 else "en"


def day_of(user_id: int, now: datetime) -> str:
    """The day on this person's calendar: a Russian's begins three hours before UTC's."""
    return local_day(default_zone(language_of(user_id)), now)


@dataclass
class Actors(ABC):
    """So many people in their private chats, every other one a Russian."""

    telegram: Telegram
    dice: random.Random
    size: int
    deeds: Counter[str] = field(default_factory=Counter)

    FIRST_ID: ClassVar = 1
    PAUSE_SECONDS: ClassVar = 1.0
    """Between two deeds of all of them, on average."""

    def __post_init__(self) -> None:
        self.people = [Person(self.telegram, n, language_of(n)) for n in self.ids]

    @property
    def ids(self) -> range:
        """Theirs."""
        return range(self.FIRST_ID, self.FIRST_ID + self.size)

    async def act_until(self, over: asyncio.Event) -> None:
        """One deed after the other, of anybody, until told that it is over."""
        while not over.is_set():
            await self._act()
            await asyncio.sleep(self.dice.expovariate(1 / self.PAUSE_SECONDS))

    @abstractmethod
    async def _act(self) -> None:
        """One deed."""

    async def press_button(self, person: Person, message_id: int, data: str) -> None:
        """Press a button, which the message may have lost meanwhile, and wait for no answer."""
        place = {"user_id": person.id, "chat_id": person.id, "message_id": message_id}
        await self.telegram.post("press", **place, callback_data=data, stale=True, wait=False)
