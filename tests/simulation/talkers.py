"""People who talk: they ask, ask again before they are answered, press *Stop*, forget, and want pictures beside it."""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.sounds import make_spoken

if TYPE_CHECKING:
    from tests.simulation.people import Crowd

Json = dict[str, Any]
Sent = list[tuple[float, bytes, int]]
BY_COMMAND, POOR, IN_CHAT_MODE = 3, 5, 6
"""Of ten people who asks by /ask, who has only the welcome gift, and whose plain words are questions."""
OTHER_WORDS = "why not?"
WITH_PHOTO = 0.15
"""How often a question is about a photo."""
SPOKEN = 4
"""Every so many plain questions come as a voice message, where plain words are questions."""
SPOKEN_WISH = 0.3
"""How often a wish for a picture does."""
SPOKEN_SECONDS = (2, 60, 290)
"""How long a recording is: of the longest the most that it can cost is more than what it does cost."""
STOPPING = 0.5
"""How often somebody who sees an answer being written wants no more of it."""


def talks(user_id: int) -> bool:
    return user_id % 10 in {BY_COMMAND, POOR, IN_CHAT_MODE}


@dataclass
class Talkers:
    """What those people do; how it travels is the crowd's business."""

    crowd: "Crowd"
    questions: dict[tuple[int, int], str] = field(default_factory=dict)
    """(chat, message) that asks → the words."""
    spoken: dict[tuple[int, int], str] = field(default_factory=dict)
    """(chat, message) of voice messages that ask, or wish for a picture → the words."""
    noted: dict[tuple[int, int], str] = field(default_factory=dict)
    """(chat, message) that only wants the words of a recording → the words."""
    edited: set[tuple[int, int]] = field(default_factory=set)
    shown: set[tuple[int, int]] = field(default_factory=set)
    """(chat, message) of questions about a photo."""

    def act(self, user_id: int) -> Sent:
        """What one of them does now."""
        deeds = [
            self._ask, self._ask_twice, self._reply, self._press, self._begin_anew, self._second_thoughts,
            self._picture, self._edit, self._look_around, self._choose, self._transcribe,
        ]  # fmt: skip
        deed = self.crowd.dice.choices(deeds, weights=[24, 10, 10, 26, 3, 3, 8, 3, 8, 3, 3])[0]
        return deed(user_id)

    def _ask(self, user_id: int) -> Sent:
        return [self._question(user_id, self._anywhere(user_id))]

    def _ask_twice(self, user_id: int) -> Sent:
        """Two or three questions of one moment in one place; the network may turn them round."""
        chat_id = self._anywhere(user_id)
        asked = [self._question(user_id, chat_id) for _ in range(self.crowd.dice.randint(2, 3))]
        return [(0.2 * number, body, update_id) for number, (_, body, update_id) in enumerate(asked)]

    def _reply(self, user_id: int) -> Sent:
        """To an answer, whoever asked for it; or to somebody else's words, by command."""
        chat_id = self._anywhere(user_id)
        answers = [
            shown.message_id
            for shown in list(self.crowd.messenger.chats[chat_id].values())[-12:]
            if "of answer" in shown.text
        ]
        if answers and self.crowd.dice.random() < 0.8:
            replied: Json = {"message_id": self.crowd.dice.choice(answers), "from": {"id": self.crowd.bot_id}}
            return [self._question(user_id, chat_id, reply_to=replied, is_plain=True)]
        quoted: Json = {"message_id": 77, "from": {"id": 4711}, "text": "The moon is made of cheese."}
        return [self._question(user_id, chat_id, reply_to=quoted)]

    def _press(self, user_id: int) -> Sent:
        """A button under an answer; *Stop* while it can be seen."""
        chat_id = self._anywhere(user_id)
        seen = [
            (shown.message_id, button.data)
            for shown in list(self.crowd.messenger.chats[chat_id].values())[-8:]
            for row in shown.buttons
            for button in row
            if button.data.startswith(("1;answer-", "1;speak", "1;unsay"))
        ]
        draft = self.crowd.messenger.drafts.get(chat_id)
        if draft is not None and self.crowd.dice.random() < STOPPING:
            return [self._stop_draft(chat_id, draft.draft_id)]
        stops = [press for press in seen if press[1].startswith("1;answer-stop")]
        if stops and self.crowd.dice.random() < STOPPING:
            return [self.crowd._press(user_id, chat_id, *self.crowd.dice.choice(stops))]
        if not seen:
            return self._ask(user_id)
        return [self.crowd._press(user_id, chat_id, *self.crowd.dice.choice(seen))]

    def _begin_anew(self, user_id: int) -> Sent:
        """/new, and a question at once, which may overtake it."""
        chat_id = self._anywhere(user_id)
        return [self._command(user_id, "/new", chat_id), self._question(user_id, chat_id)]

    def _second_thoughts(self, user_id: int) -> Sent:
        chat_id = self._anywhere(user_id)
        return [self._question(user_id, chat_id), self._command(user_id, "/cancel", chat_id)]

    def _picture(self, user_id: int) -> Sent:
        """By command, now and then in reply to what is no picture."""
        shown = self.crowd._seen(user_id)
        extra: Json = {}
        if shown is not None and self.crowd.dice.random() < 0.3:
            extra = {"reply_to_message": {"message_id": shown.message_id, "from": {"id": self.crowd.bot_id}}}
        words = f"a fox number {self.crowd.dice.random()}"
        if self.crowd.dice.random() >= SPOKEN_WISH:
            return [self.crowd._message(user_id, f"/image {words}", command=6, extra=extra, wish=True)]
        sent = self.crowd._message(user_id, "/image", command=6, extra=extra | self._record(words), wish=True)
        self.spoken[_place_of(sent[1])] = words
        return [sent]

    def _transcribe(self, user_id: int) -> Sent:
        """/transcribe with a new recording, or in reply to one's own that asks for something as well."""
        mine = [(place, words) for place, words in self.spoken.items() if place[0] == user_id]
        words, replied = f"note number {self.crowd.dice.random()}", None
        if mine and self.crowd.dice.random() < 0.5:
            (_, replied), words = self.crowd.dice.choice(mine[-3:])
        recorded = self._record(words)
        extra = recorded if replied is None else _reply_to_own(user_id, replied, recorded)
        sent = self.crowd._message(user_id, "/transcribe", command=11, extra=extra, wish=True)
        self.noted[_place_of(sent[1])] = words
        return [sent]

    def _edit(self, user_id: int) -> Sent:
        """Other words for what was asked a while ago."""
        typed = self.questions.keys() - self.spoken.keys()  # apps edit no words of a voice message
        mine = sorted((chat_id, number) for chat_id, number in typed if chat_id == user_id)
        if not mine:
            return self._ask(user_id)
        chosen = self.crowd.dice.choice(mine[-3:])
        self.edited.add(chosen)
        text, command = (OTHER_WORDS, 0) if user_id % 10 == IN_CHAT_MODE else (f"/ask {OTHER_WORDS}", 4)
        return [self.crowd._message(user_id, text, edit=chosen[1], command=command, photo=chosen in self.shown)]

    def _look_around(self, user_id: int) -> Sent:
        """Menus, a /cancel of everything, the words of everybody."""
        command = self.crowd.dice.choice(["/mode", "/cancel", "/balance", "/new", "/help"])
        return [self._command(user_id, command, self._anywhere(user_id))]

    def _choose(self, user_id: int) -> Sent:
        """Two quick presses on the modes, of people whose plain words nobody hears; the others only confirm theirs."""
        wanted = ["chat"] if user_id % 10 == IN_CHAT_MODE else self.crowd.dice.sample(["chat", "picture"], 2)
        return [
            self.crowd._press(user_id, user_id, 400, f"1;mode;{mode};{user_id}", later_seconds=0.1 * number)
            for number, mode in enumerate(wanted)
        ]

    # --- how ---

    def _anywhere(self, user_id: int) -> int:
        dice = self.crowd.dice
        return user_id if dice.random() < 0.75 else self.crowd._now_at(dice.choice(self.crowd.groups))

    def _question(
        self, user_id: int, chat_id: int, *, reply_to: Json | None = None, is_plain: bool = False
    ) -> tuple[float, bytes, int]:
        words = f"question {self.crowd.next_message_id + 1} of {user_id}?"
        is_plain = is_plain or (user_id % 10 == IN_CHAT_MODE and chat_id == user_id)
        text, command = (words, 0) if is_plain else (f"/ask {words}", 4)
        extra: Json = {} if reply_to is None else {"reply_to_message": reply_to}
        is_spoken = is_plain and user_id % 10 == IN_CHAT_MODE and self.crowd.next_message_id % SPOKEN == 0
        photo = not is_spoken and self.crowd.dice.random() < WITH_PHOTO
        if is_spoken:
            text, extra = "", extra | self._record(words)
        sent = self.crowd._message(user_id, text, chat_id=chat_id, command=command, photo=photo, extra=extra, wish=True)
        asked = _place_of(sent[1])
        self.questions[asked] = words
        if photo:
            self.shown.add(asked)
        if is_spoken:
            self.spoken[asked] = words
        return sent

    def _record(self, words: str) -> Json:
        """A voice message in which these words are said."""
        seconds = self.crowd.dice.choice(SPOKEN_SECONDS)
        file_id = self.crowd.messenger.add_file(make_spoken(words, seconds=seconds))
        return {"voice": {"file_id": file_id, "duration": seconds, "file_size": len(words)}}

    def _stop_draft(self, chat_id: int, draft_id: int) -> tuple[float, bytes, int]:
        stop: Json = {"chat": {"id": chat_id, "type": "private"}, "draft_id": draft_id}
        return self.crowd._update("stopped_message_generation", stop)

    def _command(self, user_id: int, command: str, chat_id: int) -> tuple[float, bytes, int]:
        return self.crowd._message(user_id, command, chat_id=chat_id, command=len(command))


def _place_of(body: bytes) -> tuple[int, int]:
    """The chat and the message of an update."""
    message = json.loads(body)["message"]
    return message["chat"]["id"], message["message_id"]


def _reply_to_own(user_id: int, message_id: int, recorded: Json) -> Json:
    return {"reply_to_message": {"message_id": message_id, "from": {"id": user_id}, **recorded}}
