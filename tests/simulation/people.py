"""What people do to the bot: a seeded stream of updates, with what must come of each."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shared.pictures.batch_card import BATCH_ALBUM
from shared.pictures.batch_quote import BATCH_DROP
from shared.pictures.keyboards import ANSWER_INSTEAD
from shared.ports import Button, Clock
from tests.fakes.messenger import FakeMessenger, Shown
from tests.simulation.buyers import Buyers
from tests.simulation.talkers import Talkers, talks

if TYPE_CHECKING:
    from tests.simulation.clients import Clients

Json = dict[str, Any]
BOT_ID = 1234567
GROUP_ID = -1001
SPLIT_END = "n above it"
STUBBORN = 0.3
FINGERS_DOWN = 50
"""Far more than press at the same time."""
PHOTOLESS_ID, CLOSING_ID, MOVING_ID, MOVED_ID = -1002, -1003, -1004, -1_000_004
"""Groups that forbid photos, that close now and then, and that become a supergroup."""
GROUPS = (GROUP_ID, PHOTOLESS_ID, CLOSING_ID, MOVING_ID)
UPDATE_IDS_DRAWN_ANEW = 0.002
BUSY = 0.65
"""How often somebody does something who writes to operators, or has themselves erased, where there are such people."""
CAREFUL = 10
"""Of so many people one sends nothing but wishes in pieces, with so long between them."""
CAREFUL_SECONDS = 60.0


@dataclass(frozen=True)
class Act:
    """One update on its way. `intent` names the wish behind it, if it asks for a picture."""

    update_id: int
    body: bytes
    at_seconds: float


@dataclass
class Choice:
    """A tap on a setting."""

    user_id: int
    name: str
    value: str
    at: datetime
    """When it reaches the webhook."""


@dataclass
class Finger:
    """A finger that comes down again and again on one place of the screen, whatever is shown there by then."""

    user_id: int
    chat_id: int
    message_id: int
    row: int
    """Counted from below where negative, in a chat that is scrolled to its end; else from the first row."""
    across: float
    """0 is left, 1 right."""
    text: str
    is_stubborn: bool
    """It goes on for seconds, and may well mean what it hits in the end."""
    first_action: str = ""
    files: set[str] = field(default_factory=set)
    """The jobs whose file it asked for."""
    updates: set[int] = field(default_factory=set)
    """What its presses were, under all the ids they came by."""


@dataclass
class Crowd:
    """Everybody, and what they did so far."""

    dice: random.Random
    messenger: FakeMessenger
    clock: Clock
    people: int
    next_update_id: int = 1
    next_message_id: int = 500_000
    next_query: int = 0
    photo: str = ""
    wishes: dict[tuple[int, int], set[int]] = field(default_factory=dict)
    """(chat, message) that asks for a picture → the update ids that brought it."""
    choices: list[Choice] = field(default_factory=list)
    chatter: set[tuple[int, int]] = field(default_factory=set)
    """(chat, message) that asks for nothing."""
    agreed: dict[int, set[int]] = field(default_factory=dict)
    """chat → the questions under which *Draw this* was pressed."""
    said: set[str] = field(default_factory=set)
    """Transcripts whose words are acted on after all."""
    pressed: set[str] = field(default_factory=set)
    """The jobs and drafts of all buttons that were pressed."""
    answered_drafts: set[str] = field(default_factory=set)
    """Questions of ours under which *Answer* was pressed, by their drafts."""
    asked_under: set[int] = field(default_factory=set)
    """Messages with a button that asks a question: *Answer* under a transcript, an example."""
    replies: dict[tuple[int, int], int] = field(default_factory=dict)
    """(chat, message) → the message that it replies to."""
    pairs: list[tuple[int, int, int]] = field(default_factory=list)
    """(chat, message, message) of one wish that was sent as two."""
    last_acts: dict[int, float] = field(default_factory=dict)
    fingers: list[Finger] = field(default_factory=list)
    originals: Counter[str] = field(default_factory=Counter)
    """job → how often its file was asked for, however many presses that took."""
    album_parts: dict[tuple[int, str], set[int]] = field(default_factory=dict)
    """(user, media group) → the message ids of its parts."""
    is_talkative: bool = False
    """Nobody does anything but talk."""
    aim: str = ""
    """The action of the buttons that impatient fingers come down on, where one is in sight."""
    bot_id: int = BOT_ID
    groups: tuple[int, ...] = GROUPS
    is_filming: bool = False
    """Nobody does anything but have videos made."""
    is_batching: bool = False
    """Nobody does anything but have batches made."""
    buyers: Buyers | None = None
    """Everybody buys credits."""

    clients: "Clients | None" = None
    """People who write to operators, or have themselves erased, do half of what happens."""

    def __post_init__(self) -> None:
        self.talkers = Talkers(self)

    def act(self) -> list[tuple[float, bytes, int]]:
        """What a random person does now: (delay in s, body, update id), more than one for an album."""
        if self.clients is not None and self.dice.random() < BUSY:
            return self.clients.act()
        user_id = self.dice.randrange(1, self.people + 1)
        if self.is_talkative and not talks(user_id):
            return []
        if self.is_filming:
            return self.dice.choices([self._film, self._look_at_film, self._end_film], weights=[12, 4, 1])[0](user_id)
        if self.buyers is not None:
            return self.buyers.act(user_id)
        if self.is_batching:
            deeds = [self._batch, self._press_in_batches, self._end_film]
            return self.dice.choices(deeds, weights=[12, 4, 1])[0](user_id)
        if user_id % CAREFUL == 0:
            return self._act_carefully(user_id)
        if talks(user_id):
            return self.talkers.act(user_id)
        deed = self.dice.choices(
            [self._ask, self._photo, self._album, self._reply, self._tap, self._edit, self._cancel, self._stop,
             self._menu, self._choose, self._chatter, self._comment, self._split, self._photo_then_words,
             self._film],
            weights=[34, 8, 5, 8, 16, 4, 4, 4, 6, 6, 8, 3, 2, 3, 4],
        )[0]  # fmt: skip
        return deed(user_id)

    def _act_carefully(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """Some people send one wish at a time, always in pieces: of theirs it is known what belongs together."""
        now = self.clock.now().timestamp()
        if self.last_acts.get(user_id, 0.0) + CAREFUL_SECONDS > now:
            return []
        self.last_acts[user_id] = now
        before = self.next_message_id
        sent = self.dice.choice([self._comment, self._split, self._photo_then_words])(user_id)
        self.pairs.append((user_id, before + 1, before + 2))
        return sent

    # --- deeds ---

    def _ask(self, user_id: int) -> list[tuple[float, bytes, int]]:
        tail = self.dice.choice(["", "", "", " 16:9", " 4K", " x3", " 2K x2", " 9:16 х4"])
        if self.dice.random() < 0.25:
            group = self._now_at(self.dice.choice(GROUPS))
            return [self._message(user_id, f"/image a fox{tail}", chat_id=group, command=6, wish=True)]
        return [self._message(user_id, f"a fox number {self.dice.random()}{tail}", wish=True)]

    def _photo(self, user_id: int) -> list[tuple[float, bytes, int]]:
        caption = self.dice.choice(["make it blue", "add a hat 4K", ""])
        return [self._message(user_id, caption, photo=True, wish=bool(caption))]

    def _album(self, user_id: int) -> list[tuple[float, bytes, int]]:
        group = f"album-{self.next_message_id}"
        count = self.dice.randint(2, 10)
        self.album_parts[user_id, group] = {self.next_message_id + 1 + index for index in range(count)}
        caption = self.dice.choice(["a collage", "a collage x2", ""])
        parts = []
        for index in range(count):
            delay, body, update_id = self._message(
                user_id, caption if index == 0 else "", photo=True, extra={"media_group_id": group}
            )
            late = 30.0 if self.dice.random() < 0.03 else 0.0
            parts.append((delay + self.dice.random() + late, body, update_id))
        return parts

    def _reply(self, user_id: int) -> list[tuple[float, bytes, int]]:
        shown = self._seen(user_id)
        if shown is None:
            return self._ask(user_id)
        replied: Json = {"message_id": shown.message_id, "from": {"id": BOT_ID, "is_bot": True}}
        return [self._message(user_id, "and now at night", extra={"reply_to_message": replied}, wish=True)]

    def _tap(self, user_id: int) -> list[tuple[float, bytes, int]]:
        chat_id = self.dice.choice([user_id, user_id, user_id, self._now_at(self.dice.choice(GROUPS))])
        shown = self._seen(user_id, chat_id, buttons=True)
        if shown is None:
            return self._ask(user_id)
        buttons = [button for row in shown.buttons for button in row if not button.url] or [Button("?", "1;old")]
        return [self._press(user_id, chat_id, shown.message_id, self.dice.choice(buttons).data)]

    def _choose(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """Two quick taps, which may overtake each other."""
        name, *values = self.dice.choice(
            [("ratio", "16:9", "1:1"), ("size", "1K", "2K"), ("count", "1", "2"), ("model", "best", "fast"),
             ("original", "on", "off"), ("language", "ru", "en")]
        )  # fmt: skip
        return [
            self._press(user_id, user_id, 400, f"1;set;{name};{value};{user_id}", later_seconds=0.1 * number)
            for number, value in enumerate(values)
        ]

    def _edit(self, user_id: int) -> list[tuple[float, bytes, int]]:
        mine = [message for chat, message in self.wishes if chat == user_id]
        if not mine:
            return self._ask(user_id)
        return [self._message(user_id, "a wolf instead", edit=self.dice.choice(mine[-3:]))]

    def _cancel(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """Second thoughts at once: the /cancel may arrive before what it cancels."""
        asked = self._ask(user_id)
        return [*asked, self._message(user_id, "/cancel", command=7)]

    def _stop(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """Second thoughts at any time, by the button or in words, where the picture was asked for or in private."""
        group = self._now_at(self.dice.choice(GROUPS))
        chat_id = self.dice.choice([user_id, user_id, group])
        cards = [
            (shown.message_id, button.data)
            for shown in list(self.messenger.chats[chat_id].values())[-20:]
            for row in shown.buttons
            for button in row
            if button.data.startswith("1;cancel")
        ]
        if cards and self.dice.random() < 0.7:
            return [self._press(user_id, chat_id, *self.dice.choice(cards))]
        return [self._message(user_id, "/cancel", chat_id=chat_id, command=7)]

    def _now_at(self, group_id: int) -> int:
        return self.messenger.migrated.get(group_id, group_id)

    def _menu(self, user_id: int) -> list[tuple[float, bytes, int]]:
        command = self.dice.choice(["/start", "/help", "/balance", "/settings", "/language"])
        return [self._message(user_id, command, command=len(command))]

    def _chatter(self, user_id: int) -> list[tuple[float, bytes, int]]:
        if self.dice.random() < 0.2:
            return [self._message(user_id, "hello everybody", chat_id=GROUP_ID)]
        words = self.dice.choice(
            ["thanks", "?", "...", "спасибо", "wow", "https://example.com/a", "what is this?", "стоп", "8K", "fox", ""]
        )
        extra: Json = {} if words else {"voice": {"file_id": "v"}}
        shown = None
        if words and (shown := self._seen(user_id)) is not None and self.dice.random() < 0.5:
            extra = {"reply_to_message": {"message_id": shown.message_id, "from": {"id": BOT_ID, "is_bot": True}}}
        said = self._message(user_id, words, extra=extra)
        is_answer = words == "fox" and extra and shown is not None and shown.force_reply is not None
        if not is_answer:  # one word is enough where we asked for words
            self.chatter.add((user_id, self.next_message_id))
        return [said]

    def _comment(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """A photo is forwarded with a comment: two messages of one moment."""
        said = self._message(user_id, f"make this one better {self.dice.random()}")
        photo = self._message(user_id, "somebody's words", photo=True, extra={"forward_origin": {"type": "user"}})
        return [said, photo]

    def _split(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """The app splits a text that is too long."""
        first = self._message(user_id, "a meadow with one more flower, " * 131 + "a moo")
        second = self._message(user_id, f"{SPLIT_END} and a boat on the lake")
        return [first, second]

    def _photo_then_words(self, user_id: int) -> list[tuple[float, bytes, int]]:
        photo = self._message(user_id, "", photo=True)
        _, body, update_id = self._message(user_id, f"paint it in oil {self.dice.random()}", later_seconds=8)
        return [photo, (8.0, body, update_id)]

    def _film(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """The review of a video, or a press on one that is open: the one that buys, as often as not."""
        chat_id = self.dice.choice([user_id, user_id, self._now_at(self.dice.choice(GROUPS))])
        shown = [each for each in list(self.messenger.chats[chat_id].values())[-8:] if _is_review(each)]
        if not shown or self.dice.random() < 0.3:
            return [self._message(user_id, f"/video a film {self.dice.random()}", chat_id=chat_id, command=6)]
        buttons = [button for row in shown[-1].buttons for button in row]
        buys = [button for button in buttons if button.data.startswith("1;vmake")] or buttons[-1:]
        chosen = self.dice.choice([*buttons, *buys * len(buttons)])
        return [self._press(user_id, chat_id, shown[-1].message_id, chosen.data)]

    def _look_at_film(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """Some button of what was shown last."""
        shown = self._seen(user_id, buttons=True)
        buttons = [] if shown is None else [each for row in shown.buttons for each in row if not each.url]
        if shown is None or not buttons:
            return self._film(user_id)
        return [self._press(user_id, user_id, shown.message_id, self.dice.choice(buttons).data)]

    def _batch(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """The question before a batch, or a press on one that is open: mostly the one that buys."""
        shown = [each for each in list(self.messenger.chats[user_id].values())[-8:] if _has_button(each, BATCH_DROP)]
        if not shown or self.dice.random() < 0.3:
            lines = [f"a fox number {self.dice.random()}" for _ in range(self.dice.randint(1, 12))]
            return [self._message(user_id, "/batch " + "\n".join(lines), command=6)]
        buttons = [button for row in shown[-1].buttons for button in row]
        return [
            self._press(user_id, user_id, shown[-1].message_id, self.dice.choice([*buttons, *buttons[:1] * 3]).data)
        ]

    def _press_in_batches(self, user_id: int) -> list[tuple[float, bytes, int]]:
        """Some button of what was shown last, but for the album, which shows all pictures a second time."""
        shown = self._seen(user_id, buttons=True)
        if shown is None or _has_button(shown, BATCH_ALBUM):
            return self._batch(user_id)
        buttons = [each for row in shown.buttons for each in row if not each.url]
        return [self._press(user_id, user_id, shown.message_id, self.dice.choice(buttons).data)]

    def _end_film(self, user_id: int) -> list[tuple[float, bytes, int]]:
        return [self._message(user_id, "/cancel", command=7)]

    def put_finger(self) -> Finger | None:
        """Somebody loses patience with a button."""
        user_id = self.dice.randrange(1, self.people + 1)
        chat_id = self.dice.choice([user_id, user_id, user_id, GROUP_ID])
        shown = self._seen(user_id, chat_id, buttons=True)
        if shown is None:
            return None
        row, across = self._aim(shown)
        is_stubborn = self.dice.random() < STUBBORN
        finger = Finger(user_id, chat_id, shown.message_id, row, across, shown.text, is_stubborn)
        self.fingers.append(finger)
        return finger

    def _aim(self, shown: Shown) -> tuple[int, float]:
        """A place on a keyboard, as a finger has it: that of the button they are after, or any."""
        aimed_at = [
            (number, (column + 0.5) / len(row))
            for number, row in enumerate(shown.buttons)
            for column, button in enumerate(row)
            if button.data.split(";")[1:2] == [self.aim]
        ]
        if aimed_at:
            row, across = self.dice.choice(aimed_at)
            return row - self.dice.choice([0, len(shown.buttons)]), across
        return self.dice.randrange(-len(shown.buttons), len(shown.buttons)), self.dice.random()

    def press_again(self, finger: Finger) -> tuple[float, bytes, int] | None:
        """One more press of it; None where no button is under it any more."""
        shown = self.messenger.chats[finger.chat_id].get(finger.message_id)
        if shown is None or not -len(shown.buttons) <= finger.row < len(shown.buttons):
            return None
        if finger.row >= 0 and shown.text != finger.text:  # what grows moves the rows away from under it
            return None
        row = shown.buttons[finger.row]
        data = row[int(finger.across * len(row))].data
        if not data:  # a link, which the bot hears nothing of
            return None
        finger.first_action = finger.first_action or data.split(";")[1]
        press = self._press(finger.user_id, finger.chat_id, finger.message_id, data, finger)
        finger.updates.add(press[2])
        return press

    # --- updates ---

    def _seen(self, user_id: int, chat_id: int | None = None, *, buttons: bool = False) -> Shown | None:
        messages = list(self.messenger.chats[chat_id or user_id].values())[-6:]
        messages = [message for message in messages if message.buttons or not buttons]
        return self.dice.choice(messages) if messages else None

    def _message(
        self,
        user_id: int,
        text: str,
        *,
        chat_id: int | None = None,
        command: int = 0,
        photo: bool = False,
        edit: int | None = None,
        extra: Json | None = None,
        wish: bool = False,
        later_seconds: int = 0,
    ) -> tuple[float, bytes, int]:
        chat = chat_id or user_id
        self.next_message_id += 1
        message_id = edit or self.next_message_id
        message: Json = {
            "message_id": message_id,
            "from": {"id": user_id, "is_bot": False, "language_code": "ru" if user_id % 2 else "en"},
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup"},
            "date": int(self.clock.now().timestamp()) + later_seconds,
            **(extra or {}),
        }
        key = "caption" if photo or "voice" in message else "text"
        if text:
            message[key] = text
        if command:
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": command}]
        if photo:
            message["photo"] = [{"file_id": self.photo, "width": 90, "height": 90, "file_size": 1000}]
        if wish:
            self.wishes[chat, message_id] = {self.next_update_id}
        if "reply_to_message" in message:
            self.replies[chat, message_id] = message["reply_to_message"]["message_id"]
        return self._update("edited_message" if edit else "message", message)

    def _press(
        self,
        user_id: int,
        chat_id: int,
        message_id: int,
        data: str,
        finger: Finger | None = None,
        *,
        later_seconds: float = 0.0,
    ) -> tuple[float, bytes, int]:
        _, action, job_id, *_ = (*data.split(";"), "")
        if action == "original" and (finger is None or job_id not in finger.files):
            self.originals[job_id] += 1
            if finger is not None:
                finger.files.add(job_id)
        if data.startswith("1;said"):
            self.said.add(data.split(";")[3])
        if data.startswith(("1;said", "1;ex")):
            self.asked_under.add(message_id)
        self.pressed.add(job_id)
        if action == ANSWER_INSTEAD:
            self.answered_drafts.add(job_id)
        if data.startswith("1;draw"):
            self.agreed.setdefault(chat_id, set()).add(message_id)
        at = self.clock.now() + timedelta(seconds=later_seconds)
        if data.startswith("1;set;"):
            _, _, name, value, _ = data.split(";")
            self.choices.append(Choice(user_id, name, value, at))
        if data.startswith("1;mode;") and data.endswith(f";{user_id}") and chat_id == user_id:
            self.choices.append(Choice(user_id, "mode", data.split(";")[2], at))
        self.next_query += 1
        query = {
            "id": f"q{self.next_query}",
            "from": {"id": user_id, "is_bot": False, "language_code": "en"},
            "message": {
                "message_id": message_id,
                "chat": {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"},
            },
            "data": data,
        }
        _, body, update_id = self._update("callback_query", query)
        return later_seconds, body, update_id

    def _update(self, kind: str, payload: Json) -> tuple[float, bytes, int]:
        update_id = self._take_update_id()
        return (0.0, json.dumps({"update_id": update_id, kind: payload}).encode(), update_id)

    def _take_update_id(self) -> int:
        """The next one; after a quiet week Telegram draws it anew, here more often."""
        update_id = self.next_update_id
        redrawn = self.dice.random() < UPDATE_IDS_DRAWN_ANEW
        self.next_update_id = self.dice.randrange(1, 10**9) if redrawn else update_id + 1
        return update_id

    def copy_under_new_id(self, body: bytes) -> tuple[bytes, int]:
        """The same update once more, as Telegram numbers it anew."""
        update: Json = json.loads(body)
        first_id, update["update_id"] = update["update_id"], self._take_update_id()
        for finger in self.fingers[-FINGERS_DOWN:]:
            if first_id in finger.updates:
                finger.updates.add(update["update_id"])
        return json.dumps(update).encode(), update["update_id"]


def _is_review(shown: Shown) -> bool:
    return _has_button(shown, "vdrop")


def _has_button(shown: Shown, action: str) -> bool:
    return any(button.data.startswith(f"1;{action}") for row in shown.buttons for button in row)
