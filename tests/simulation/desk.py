"""Operators: they answer people in the topics of their group, and write to everybody."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.broadcasts.broadcast import MOVING, Broadcast, BroadcastState
from shared.codec import decode
from tests.fakes.messenger import Shown
from tests.simulation.buyers import Sent

if TYPE_CHECKING:
    from tests.simulation.world import World

DESK = -100_700
"""The group with topics."""
ANSWERER = 900
OPERATORS = (901, 902)
STEPS = ("resume", "send", "count", "test")
"""The buttons that lead a broadcast to its end, the last steps first."""
THOUGHT_SECONDS = (3.0, 9.0)
"""How long an operator thinks before the next press."""
MEDDLING = 0.2
"""How often an operator presses another button of a broadcast's card, such as *Pause*."""
HARMLESS = ("show", "pause", "look", "agree", "disagree", "edit")


@dataclass
class Desk:
    """What they do."""

    world: "World"
    answers: dict[int, int] = field(default_factory=dict)
    """message → the topic in which it answers a person."""
    notes: set[int] = field(default_factory=set)
    """Messages that are for operators only."""
    titles: dict[int, str] = field(default_factory=dict)
    """The names of all topics that ever were."""
    disturbed: set[int] = field(default_factory=set)
    """Topics that were closed or deleted: not all that is told there arrives."""
    written: int = 0

    def __post_init__(self) -> None:
        self.world.messenger.topics[DESK] = {}

    def act(self) -> Sent:
        """What one of them does now."""
        self.titles |= self.world.messenger.topics[DESK]
        deeds = [self._answer, self._note, self._close, self._delete]
        return self.world.dice.choices(deeds, weights=[30, 4, 3, 1])[0]()

    async def write_to_everybody(self) -> None:
        """One broadcast after another, as long as the storm lasts."""
        while self.world.chaos.odds.killed:
            for delay, body, _ in self._broadcast():
                self.world._send(body, delay)
            await asyncio.sleep(self.world.dice.uniform(*THOUGHT_SECONDS))

    # --- the group ---

    def _answer(self) -> Sent:
        if (thread_id := self._choose_topic()) is None:
            return []
        sent = self._say(thread_id, f"We look into number {self.world.dice.random()}")
        self.answers[self.world.crowd.next_message_id] = thread_id
        return sent

    def _note(self) -> Sent:
        if (thread_id := self._choose_topic()) is None:
            return []
        sent = self._say(thread_id, self.world.dice.choice(["// is it the same as yesterday?", "/card", "/ban"]))
        self.notes.add(self.world.crowd.next_message_id)
        return sent

    def _close(self) -> Sent:
        if (thread_id := self._choose_topic()) is None:
            return []
        self.disturbed.add(thread_id)
        self.world.messenger.closed_topics.add((DESK, thread_id))
        return self._say(thread_id, "", forum_topic_closed={})

    def _delete(self) -> Sent:
        if (thread_id := self._choose_topic()) is not None:
            self.disturbed.add(thread_id)
            del self.world.messenger.topics[DESK][thread_id]
        return []

    def _choose_topic(self) -> int | None:
        topics = [*self.world.messenger.topics[DESK]]
        return self.world.dice.choice(topics) if topics else None

    def _say(self, thread_id: int, words: str, **fields: Any) -> Sent:
        extra = {"message_thread_id": thread_id, "is_topic_message": True, **fields}
        sent = [self.world.crowd._message(ANSWERER, words, chat_id=DESK, extra=extra)]
        number = self.world.crowd.next_message_id
        self.world.messenger.chats[DESK][number] = Shown(number, "text", words, thread_id=thread_id)
        return sent

    # --- broadcasts ---

    def _broadcast(self) -> Sent:
        """The next step of the broadcast whose card is open, or a new one."""
        user_id, dice = self.world.dice.choice(OPERATORS), self.world.dice
        steps = self._find_steps(user_id)
        if not steps:
            self.written += 1
            return [self.world.crowd._message(user_id, f"/broadcast News number {self.written}!", command=10)]
        others = [each for each in steps if each[1].split(";")[2] in HARMLESS]
        useful = [each for verb in STEPS for each in steps if _leads_on(each[1], verb)]
        chosen = dice.choice(others) if others and (not useful or dice.random() < MEDDLING) else None
        chosen = chosen or (useful[0] if useful else None)
        return [] if chosen is None else [self.world.crowd._press(user_id, user_id, *chosen)]

    def _find_steps(self, user_id: int) -> list[tuple[int, str]]:
        """The buttons of the newest card that has some: (message, data)."""
        for shown in reversed(self._shown(user_id)):
            data = [button.data for row in shown.buttons for button in row if button.data.startswith("1;cast;")]
            if data:
                return [(shown.message_id, each) for each in data]
        return []

    def _shown(self, user_id: int) -> list[Shown]:
        return list(self.world.messenger.chats[user_id].values())[-20:]

    def list_broadcasts(self) -> list[Broadcast]:
        """As they are stored."""
        return [decode(Broadcast, fields) for fields in self.world.store.collection("broadcasts").values()]

    def list_open(self) -> list[Broadcast]:
        """Those that are not at an end, and that no operator has to count or confirm first."""
        return [each for each in self.list_broadcasts() if each.state in {*MOVING, BroadcastState.PAUSED}]

    def resume(self, broadcasts: list[Broadcast]) -> Sent:
        """Let what was paused go on."""
        paused = [each for each in broadcasts if each.state is BroadcastState.PAUSED and each.card is not None]
        return [
            self.world.crowd._press(OPERATORS[0], OPERATORS[0], each.card.message_id, f"1;cast;resume;{each.id}")
            for each in paused
            if each.card is not None
        ]


def _leads_on(data: str, verb: str) -> bool:
    """Whether the button does this now, and not in some hours."""
    _, _, named, _, *values = data.split(";")
    return named == verb and len(values) <= 1
