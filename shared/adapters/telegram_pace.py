"""Keeping Telegram's rate limits, because a refused call costs its chat a pause.

Telegram allows one message a second for a chat, 20 a minute for a group and 30 a second for a bot, edits included
(https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this), and asks bots to obey its 429s. Each
process counts its own calls. `bot`, `image`, `chat` and `video` write into the same groups, so each has a share. The 30
a second are not divided: the functions' bursts rarely coincide, and with a quarter of the rate a burst would take four
times as long.
"""

import time
from bisect import bisect_right, insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.errors import TooManyRequestsError

GROUP_PER_MINUTE = 20
"""Telegram's limit for all functions together."""
GROUP_SHARES = {"bot": 7, "image": 6, "chat": 4, "video": 3}
"""The shares of the functions with the bot's token. A picture needs a card by `bot` and an edit by `image`; answers and
videos can wait longer."""
MINUTE_SECONDS = 60.0
CHATS_MAX = 10_000
"""The most chats in memory; above this number chats without a booked call are dropped."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The rate limits of one process."""

    chat_seconds: float = 1.05
    """Between two messages of one chat: a second, and the variation of network delays."""
    group_seconds: float = 2.1
    group_per_minute: int = min(GROUP_SHARES.values())
    own_group_id: int = 0
    """The group in which no other function writes: all of Telegram's limit is for this one."""
    total_per_second: int = 30
    wait_seconds_max: float = 5.0
    """How long a call waits here; if that is not enough, the job or update is retried later."""


SMALLEST = Limits()
"""Limits within the share of every function."""


def limits_of(function: str, own_group_id: int = 0) -> Limits:
    """The limits of a process of this function, which alone writes into its own group."""
    return Limits(group_per_minute=GROUP_SHARES[function], own_group_id=own_group_id)


@dataclass(slots=True)
class _Chat:
    per_minute: int
    """Only for a group."""
    free_at: float = 0.0
    promised_at: float = 0.0
    """The latest retry time given to a rejected caller."""
    sent_at: deque[float] = field(default_factory=deque)


class Pace:
    """Schedules the calls to chats."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._now = now
        self._chats: dict[int, _Chat] = {}
        self._sent_at: list[float] = []
        """Booked times, sorted; those older than a second are dropped."""

    def book(self, chat_id: int) -> float:
        """Book a call; returns the seconds to wait before it.

        Raises TooManyRequestsError if the wait is too long: nothing is booked, and each caller gets a different retry
        time.
        """
        chat, now = self._open(chat_id), self._now()
        at = self._find_turn(chat, now)
        if at - now > self._limits.wait_seconds_max:
            chat.promised_at = max(at, chat.promised_at + self._pause_seconds(chat_id))
            raise TooManyRequestsError(chat.promised_at - now)
        chat.free_at = at + (self._limits.chat_seconds if chat_id > 0 else self._limits.group_seconds)
        insort(self._sent_at, at)
        if chat_id < 0:
            chat.sent_at.append(at)
        return at - now

    def wait_seconds(self, chat_id: int) -> float:
        """How long a call would wait if it were booked now, in seconds; books nothing."""
        now = self._now()
        return self._find_turn(self._open(chat_id), now) - now

    def room(self, chat_id: int) -> int:
        """How many more calls a group allows this minute; 0 for a chat that is on hold."""
        chat, now = self._open(chat_id), self._now()
        if chat.free_at - now > self._limits.wait_seconds_max:
            return 0
        return chat.per_minute - sum(at > now - MINUTE_SECONDS - 1.0 for at in chat.sent_at)

    def hold(self, chat_id: int, seconds: float) -> None:
        """Make no calls to this chat for so many seconds, as Telegram demands."""
        chat = self._open(chat_id)
        chat.free_at = max(chat.free_at, self._now() + seconds)

    def _open(self, chat_id: int) -> _Chat:
        if len(self._chats) >= CHATS_MAX:
            now = self._now()
            self._chats = {key: chat for key, chat in self._chats.items() if chat.free_at + MINUTE_SECONDS > now}
        is_own = chat_id < 0 and chat_id == self._limits.own_group_id
        return self._chats.setdefault(chat_id, _Chat(GROUP_PER_MINUTE if is_own else self._limits.group_per_minute))

    def _find_turn(self, chat: _Chat, now: float) -> float:
        """The first moment that is free for this chat and at which the bot's limit per second is not exceeded.

        Later bookings of other chats do not count: they belong to other seconds.
        """
        at = max(now, chat.free_at, self._find_group_turn(chat))
        del self._sent_at[: bisect_right(self._sent_at, now - 1.0)]
        while True:
            last = bisect_right(self._sent_at, at)
            first = bisect_right(self._sent_at, at - 1.0)
            if last - first < self._limits.total_per_second:
                return at
            at = self._sent_at[first] + 1.0

    def _find_group_turn(self, chat: _Chat) -> float:
        while len(chat.sent_at) > chat.per_minute:
            chat.sent_at.popleft()
        is_full = len(chat.sent_at) == chat.per_minute
        return chat.sent_at[0] + MINUTE_SECONDS + 1.0 if is_full else 0.0

    def _pause_seconds(self, chat_id: int) -> float:
        return self._limits.chat_seconds if chat_id > 0 else MINUTE_SECONDS / self._open(chat_id).per_minute
