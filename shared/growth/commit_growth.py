"""Answers that are stored in one commit with what they tell of, decided again after each lost race."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.errors import LaterError
from shared.people.accounts import OpenUser, log_gift, try_until_won
from shared.people.users import User
from shared.ports import Button, Ports, Record, Screen, Write
from shared.telegram.answers import SENDING_SECONDS, answer, commit_answer, send_answer
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of an update."""

    screen: Screen
    opened: OpenUser
    user: User
    """The person after it; `opened.user` if nothing changes."""
    writes: list[Write] = field(default_factory=list)
    """Further ones."""

    def all_writes(self) -> list[Write]:
        """With those of the person, where there is anything to write."""
        is_changed = self.user is not self.opened.user or self.opened.gift is not None
        return [*(self.opened.writes(self.user) if is_changed else []), *self.writes]


Decide = Callable[[], Awaitable[Decision]]
"""Reads and decides, and raises LaterError by `check_unseen` where another delivery has answered."""


def check_unseen(mark: Record | None) -> None:
    """Raises LaterError while another delivery of the same update works: its mark is there."""
    if mark is not None:
        raise LaterError(SENDING_SECONDS)


async def answer_in_commit(ports: Ports, visit: Visit, decide: Decide) -> Decision:
    """Commit what was decided with its answer, then send that. Raises MessengerErrors, UnavailableError, LaterError."""

    async def attempt() -> tuple[Record, Decision]:
        decision = await decide()
        mark = await commit_answer(ports, visit, visit.place, decision.screen, decision.all_writes())
        log_gift(decision.opened)
        return mark, decision

    mark, decision = await try_until_won(ports, attempt)
    await send_answer(ports, mark, visit.place, decision.screen)
    return decision


async def show_in_private(ports: Ports, visit: Visit, payload: str, text_id: str = "growth-in-private") -> None:
    """Lead from a group to the private chat, whose /start with this payload goes on. Raises MessengerErrors."""
    url = f"https://t.me/{await ports.messenger.username()}?start={payload}"
    button = Button(plain_text(visit.language, "button-chat"), url=url)
    await answer(ports, visit, Screen(html_text(visit.language, text_id), ((button,),)))
