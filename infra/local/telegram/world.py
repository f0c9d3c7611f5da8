"""The state of one bot's Telegram: users, chats, messages, files, the call log.

Nothing here knows HTTP. Message bodies are the Bot API's JSON objects and are never changed in place: an
edit replaces the body, so whoever holds one holds that version.
"""

import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from infra.local.telegram.delivery import Updates
from infra.local.telegram.errors import ControlError, bad_request, forbidden
from infra.local.telegram.faults import Faults
from infra.local.telegram.feed import Feed
from infra.local.telegram.files import FileStore
from infra.local.telegram.photos import PhotoRenderer
from infra.local.telegram.reading import Call

Json = dict[str, Any]
GENERAL_TOPIC = 1
PERMISSIONS = frozenset(
    {
        "can_send_messages",
        "can_send_audios",
        "can_send_documents",
        "can_send_photos",
        "can_send_videos",
        "can_send_video_notes",
        "can_send_voice_notes",
        "can_send_polls",
        "can_send_other_messages",
        "can_add_web_page_previews",
        "can_react_to_messages",
        "can_edit_tag",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
        "can_manage_topics",
    }
)
_EPOCH = 1_767_225_600  # 2026-01-01: the first message id counts seconds from here
_HISTORY_MAX = 50
_LOG_MAX = 20_000


@dataclass(frozen=True)
class Account:
    """The bot: `token` begins with its id."""

    token: str
    username: str
    name: str = "NanoBanana"
    links: tuple[tuple[str, str], ...] = ()
    """Title and address of what the page leads to beside this bot's chats: another bot's page, another server's."""

    @property
    def id(self) -> int:
        """The bot's user id."""
        return int(self.token.partition(":")[0])

    def to_json(self) -> Json:
        """The bot as a Telegram user."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass
class StoredMessage:
    """A message as it is now, and what became of it."""

    body: Json
    versions: int = 1
    history: list[Json] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    opinions: dict[int, list[Json]] = field(default_factory=dict)  # people's reactions

    @property
    def id(self) -> int:
        """The message id."""
        return int(self.body["message_id"])

    def replace(self, body: Json) -> None:
        """Show another version from now on."""
        self.history = [*self.history, summarise(self.body)][-_HISTORY_MAX:]
        self.body = body
        self.versions += 1

    def to_json(self) -> Json:
        """For the control API and the page: the body and what the Bot API does not show."""
        return {
            **self.body,
            "_versions": self.versions,
            "_history": self.history,
            "_reactions": [*self.reactions, *(one for each in self.opinions.values() for one in each)],
        }


@dataclass
class Draft:
    """A text that the bot still writes; `keeps` leaves it on the screen when it is stopped."""

    draft_id: int
    content: Json
    thread: int | None
    expires_at: float
    can_stop: bool = False
    keeps: bool = False


@dataclass
class Chat:
    """A chat the bot is in."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    is_forum: bool = False
    sees_everything: bool = False  # the bot is an administrator there: privacy mode does not apply
    topics: dict[int, str] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    drafts: dict[int | None, Draft] = field(default_factory=dict)  # by topic
    stopped_drafts: set[int] = field(default_factory=set)
    permissions: dict[str, bool] = field(default_factory=dict)  # what is not named is allowed
    closed_topics: set[int] = field(default_factory=set)
    is_blocked: bool = False  # by the person, or the bot was kicked from the group
    is_left: bool = False
    upgraded_to: int | None = None  # the supergroup this group became
    last_bot_id: int | None = None  # which bot wrote last

    @property
    def is_private(self) -> bool:
        """Whether it is a person's own chat with the bot."""
        return self.type == "private"

    @property
    def bot_status(self) -> str:
        """The bot's status as a member."""
        if self.is_blocked or self.is_left:
            return "kicked" if self.is_blocked else "left"
        return "administrator" if self.sees_everything and not self.is_private else "member"

    def allows(self, permission: str) -> bool:
        """Whether members who are no administrators may do this."""
        return self.permissions.get(permission, True)


class World:
    """Everything the local server knows."""

    def __init__(self, account: Account, *, file_bytes_max: int, seed: int | None = None) -> None:
        self.account = account
        self.file_bytes_max = file_bytes_max
        # chance decides which calls fail, not secrets
        self.random = random.Random(seed)  # noqa: S311 — see above
        self.feed = Feed()
        self.faults = Faults(self.random)
        self.updates = Updates(self.feed, self.faults, self.random)
        self.photos = PhotoRenderer()
        self.profile: dict[str, dict[str, Any]] = {
            name: {} for name in ("commands", "name", "description", "short", "menu_button")
        }
        self.log: deque[Json] = deque(maxlen=_LOG_MAX)
        # ids go on after a restart: a durable store outside must never meet the same message twice
        self._message_id = int(time.time()) - _EPOCH
        self._call_number = 0
        self.forget()

    def forget(self) -> None:
        """Lose people, chats, messages, files, waiting updates, faults and the log; ids go on counting."""
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Json] = {}
        self.guest_answers: dict[str, Json] = {}
        self.invoices: dict[tuple[int, int], Json] = {}  # by chat and message
        self.invoice_links: dict[str, Json] = {}
        self.subscriptions: dict[str, Json] = {}  # by the charge of the first payment
        self.checkouts: dict[str, Json] = {}
        self.transactions: list[Json] = []
        self.inline_queries: dict[str, Json] = {}
        self.prepared: dict[str, Json] = {}  # messages that people can send from the Mini App
        self.files = FileStore(self.account.id, self.file_bytes_max)
        self.log.clear()
        self.faults.clear()
        self.updates.clear()
        self.feed.publish({"kind": "reload"})

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""
        return time.monotonic()

    def next_message_id(self) -> int:
        """A message id nobody had."""
        self._message_id += 1
        return self._message_id

    def find_chat(self, call: Call) -> Chat:
        """The chat a call names; ApiError if the bot has never met it."""
        if not call.text("chat_id"):
            raise bad_request("chat_id is empty")
        name = call.text("chat_id").removeprefix("@").lower()
        named = next((each for each in self.chats.values() if each.username and each.username.lower() == name), None)
        chat = named or self.chats.get(call.integer("chat_id") or 0)
        if chat is None and call.integer("chat_id") in self.users:
            raise forbidden("bot can't initiate conversation with a user")
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def get_chat(self, chat_id: int) -> Chat:
        """A chat for the control API; ControlError 404 if there is none."""
        try:
            return self.chats[chat_id]
        except KeyError:
            raise ControlError(404, f"no chat {chat_id}") from None

    def describe_chat(self, chat: Chat) -> Json:
        """The `chat` field of a message."""
        if chat.is_private:
            user = self.users[chat.id]
            names: Json = {key: user[key] for key in ("first_name", "last_name", "username") if key in user}
            return {"id": chat.id, "type": "private", **names}
        forum = {"is_forum": True} if chat.is_forum else {}
        named = {"username": chat.username} if chat.username else {}
        return {"id": chat.id, "type": chat.type, "title": chat.title, **named, **forum}

    def put_message(self, chat: Chat, body: Json) -> StoredMessage:
        """Store a new message and show it."""
        message = StoredMessage(body)
        chat.messages[message.id] = message
        self.show_message("message", chat, message)
        return message

    def show_message(self, kind: str, chat: Chat, message: StoredMessage) -> None:
        """Tell the pages of a new or changed message."""
        self.feed.publish({"kind": kind, "chat_id": chat.id, "message": message.to_json()})

    def delete_message(self, chat: Chat, message_id: int) -> None:
        """Remove a message for everyone."""
        del chat.messages[message_id]
        self.feed.publish({"kind": "deleted", "chat_id": chat.id, "message_id": message_id})

    def record_call(self, entry: Json) -> None:
        """Add one line to the call log."""
        self._call_number += 1
        line = {"seq": self._call_number, "time": round(time.time(), 3), **entry}
        self.log.append(line)
        self.feed.publish({"kind": "call", "call": line})


def summarise(body: Json) -> Json:
    """What a version of a message was, short enough to keep."""
    kinds = ("photo", "animation", "document", "video", "voice", "audio", "sticker", "video_note", "text")
    kind = next((kind for kind in kinds if kind in body), "service")
    return {"kind": kind, "text": body.get("text") or body.get("caption") or ""}
